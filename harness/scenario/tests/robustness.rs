//! Whatever a file holds, loading it ends with a value or with mistakes that lie inside of it.

mod common;

use common::{file, load};
use imdnspec_scenario::{Diagnostics, Source, Style, strict};
use proptest::prelude::*;

/// A file that uses most of the language.
fn valid() -> String {
    let steps = r#"- command: {ask: policy, with: {reports: allow}, optional: true}
- send:
    message: im-req
    as: im
    cpim: {drop: [Subject], set: ["imdn.Message-ID: ${id}"], add: ["X: ü"]}
    text: |
      Grüße,
      ${P.uri}
    answer: {is: [2xx, "202"], tolerate: [4xx], judges: IMDN-8.1.1-3, reading: I-32}
- command: {ask: dispose, about: im, with: {how: read}}
- expect:
    message: report
    about: im
    as: report
    missing: {judges: IMDN-9.1-1, say: 'It''s due'}
    assert:
      - {judges: [IMDN-9.1-1, IMDN-9.1-2], that: document.original-message-id, is: "${im.id}"}
      - judges: IMDN-9.1-1   # a comment
        check: headers-prefixed
- repeat:
    each: {x: [1, 255]}
    steps:
      - send: {message: resent, of: im, text: "${x} ${round}"}
"#;
    file("transports: [udp]\ntransports-reason: why\npeers: [P]\nvalues: {id: {token: 22}}", steps)
        .replace(", text: \"${x} ${round}\"", ", sip: {set: [\"A: ${x} ${round}\"]}")
}

fn check(text: &str, found: Result<(), Diagnostics>) -> Result<(), TestCaseError> {
    let Err(found) = found else { return Ok(()) };
    prop_assert!(!found.is_empty());
    for one in found.iter() {
        let inside = one.span.start <= text.len() && one.span.start <= one.span.end;
        prop_assert!(inside, "{one:?}");
        let location = one.location();
        prop_assert!(location.line <= text.lines().count() + 1);
        let shown = one.render(Style::Plain);
        prop_assert!(shown.contains(&format!("{}:{location}", one.file())), "{shown}");
    }
    let _ = found.render(Style::Colour);
    Ok(())
}

#[test]
fn the_file_that_is_mutated_is_valid() {
    if let Err(found) = load(&valid()) {
        panic!("{found}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(?s).{0,400}") {
        check(&text, load(&text).map(drop))?;
        check(&text, strict::load::<Vec<String>>("any.yaml", &text).map(drop))?;
    }

    #[test]
    fn texts_made_of_yaml_characters_are_read_or_refused(
        text in "[-\\[\\]{}:,#&*!|>'\"%@`? \n\tab0~$é]{0,120}",
    ) {
        check(&text, load(&text).map(drop))?;
        check(&text, strict::load::<Vec<String>>("any.yaml", &text).map(drop))?;
    }

    #[test]
    fn mutated_files_are_read_or_refused(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, "[-\\[\\]{}:,#&*!|>'\"$ \n\tax0é]{0,6}"), 1..5),
    ) {
        let mut text: Vec<char> = valid().chars().collect();
        for (at, length, replacement) in cuts {
            let at = at.index(text.len());
            let end = (at + length).min(text.len());
            text.splice(at..end, replacement.chars());
        }
        let text: String = text.into_iter().collect();
        check(&text, load(&text).map(drop))?;
    }

    #[test]
    fn any_octets_are_text_or_located(octets in prop::collection::vec(any::<u8>(), 0..64)) {
        match Source::decode("any.yaml", octets.clone()) {
            Ok(source) => prop_assert_eq!(source.text.into_bytes(), octets),
            Err(found) => {
                let valid_up_to = std::str::from_utf8(&octets).unwrap_err().valid_up_to();
                prop_assert_eq!(found.iter().next().unwrap().span.start, valid_up_to);
            }
        }
    }

    #[test]
    fn any_range_can_be_shown(text in "(?s).{0,60}", start in 0_usize..100, length in 0_usize..100) {
        let source = Source::new("any.yaml", text);
        let span = start..start + length;
        let _ = source.excerpt(&span, "here", Style::Plain);
        let location = source.location(&span);
        prop_assert!(location.line >= 1 && location.column >= 1);
    }
}
