//! The two parts of an object, and how its lines are written (2, 2.1, 2.2, 2.4, 7.1).

use wire::cpim::rule;
use wire::deviation::Deviation;
use wire::mime;

use super::found::{OF_EXTENSIONS, broken, broken_lines, is_in, line_of, named, object};
use crate::Verdict;
use crate::capture::{CPIM, View};
use crate::evidence::quote;
use crate::standing::observation::one;
use crate::standing::receipts::carriage::mislabelled;
use crate::standing::{Check, Context, Look, LooksAt, Observation};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "blank-line",
        looks_at: LooksAt::Message,
        requirements: &["C3862-2-1"],
        run: |context| {
            let rules = [&rule::SEPARATOR_MISSING, &rule::CONTENT_HEADER_MISPLACED];
            unless_imdn(context, broken(context, "R-01", |_, found| is_in(found, &rules)))
        },
    },
    Check {
        name: "starts-with-headers",
        looks_at: LooksAt::Message,
        requirements: &["C3862-2-2"],
        run: |context| {
            let rules = [&rule::LABEL_INSIDE, &rule::LEADING_BLANK];
            broken(context, "R-01", |_, found| is_in(found, &rules))
        },
    },
    Check {
        name: "outer-type",
        looks_at: LooksAt::Message,
        requirements: &["C3862-2.1-1"],
        run: |context| unless_imdn(context, mislabelled(context)),
    },
    Check {
        name: "type-parameters",
        looks_at: LooksAt::Message,
        requirements: &["C3862-7.1-1"],
        run: type_parameters,
    },
    Check {
        name: "line-form",
        looks_at: LooksAt::Message,
        requirements: &["C3862-2.2-3"],
        run: |context| {
            let rules = [&rule::HEADER_MALFORMED, &rule::NAME_SPACE];
            broken(context, "R-33", |_, found| is_in(found, &rules))
        },
    },
    Check {
        name: "one-line",
        looks_at: LooksAt::Message,
        requirements: &["C3862-2.2-4", OF_EXTENSIONS],
        run: |context| {
            broken_lines(context, "C3862-2.2-4", "R-33", |_, found| is_in(found, &[&rule::HEADER_FOLDED]))
        },
    },
    Check {
        name: "one-header-a-line",
        looks_at: LooksAt::Message,
        requirements: &[ONE_A_LINE, "C3862-4.2-2"],
        run: one_header_a_line,
    },
    Check {
        name: "no-edge-blanks",
        looks_at: LooksAt::Message,
        requirements: &["C3862-2.2-8", OF_EXTENSIONS],
        run: |context| {
            broken_lines(context, "C3862-2.2-8", "R-05", |view, found| {
                is_in(found, &[&rule::LINE_SPACE]) && !is_empty_value(view, found)
            })
        },
    },
    Check {
        name: "utf8",
        looks_at: LooksAt::Message,
        requirements: &["C3862-2.2-9", OF_EXTENSIONS],
        run: utf8,
    },
    Check {
        name: "strict-utf8",
        looks_at: LooksAt::Message,
        requirements: &["C3862-3.6-7"],
        run: strict_utf8,
    },
    Check {
        name: "crlf",
        looks_at: LooksAt::Message,
        requirements: &["C3862-2.2-10", OF_EXTENSIONS],
        run: |context| {
            let rules = [&rule::BARE_LF, &mime::rule::BARE_LF];
            broken_lines(context, "C3862-2.2-10", "R-48", |_, found| is_in(found, &rules))
        },
    },
    Check {
        name: "no-controls",
        looks_at: LooksAt::Message,
        requirements: &["C3862-2.2-11", OF_EXTENSIONS],
        run: |context| {
            broken_lines(context, "C3862-2.2-11", "R-30", |_, found| is_control(found) && !is_del(found))
        },
    },
    Check {
        name: "no-del",
        looks_at: LooksAt::Message,
        requirements: &["C3862-2.3-1"],
        run: |context| broken(context, "R-30", |_, found| is_control(found) && is_del(found)),
    },
    Check {
        name: "one-space",
        looks_at: LooksAt::Message,
        requirements: &["C3862-2.2-13", OF_EXTENSIONS],
        run: |context| {
            broken_lines(context, "C3862-2.2-13", "R-33", |view, found| {
                is_in(found, &[&rule::SPACE, &rule::SPACE_MISSING]) && !is_empty_value(view, found)
            })
        },
    },
    Check {
        name: "content-type-present",
        looks_at: LooksAt::Message,
        requirements: &["C3862-2.4-2"],
        run: |context| broken(context, "R-33", |_, found| is_in(found, &[&rule::CONTENT_TYPE_MISSING])),
    },
];

/// What is found, except in notifications, whose layout and label RFC 5438 has rules of its own about.
fn unless_imdn(context: &Context<'_>, look: Look) -> Look {
    let found = look?;
    let violated = found.iter().any(|seen| seen.verdict > Verdict::Inconclusive);
    let view = context.view()?;
    if violated && context.scene.capture.is_report(view.message.event) {
        let why = "The form of notifications is for RFC 5438 to say.";
        return one(Observation::unclear(why).reading("R-01").seen(view.message));
    }
    Ok(found)
}

const ONE_A_LINE: &str = "C3862-2.2-6";

fn is_control(found: &Deviation) -> bool {
    is_in(found, &[&rule::CONTROL])
}

fn is_del(found: &Deviation) -> bool {
    found.detail.ends_with("0x7f")
}

/// A header without a value cannot do both, have one blank behind its colon and none at its end.
fn is_empty_value(view: &View<'_>, found: &Deviation) -> bool {
    let lines = view.lines();
    line_of(&lines, &found.span).is_some_and(|line| line.raw().trim_ascii().is_empty())
}

fn type_parameters(context: &Context<'_>) -> Look {
    let view = object(context)?;
    let field = view.carrier.content_type();
    let labelled = view.outer_type().is_some_and(|(media_type, _)| media_type == CPIM);
    let found = field.filter(|field| labelled && field.value.contains(';')).map(|field| {
        Observation::warn(format!("The type is given as {}.", quote(&field.value)))
            .right("message/cpim without parameters.")
            .at(view.message, view.message.in_octets(field.value_span), "a parameter")
    });
    Ok(found.into_iter().collect())
}

/// Whether a value holds several addresses, parted by commas outside quotes and brackets.
pub(super) fn holds_several(value: &str) -> bool {
    let (mut quoted, mut escaped, mut inside, mut closed) = (false, false, false, false);
    for character in value.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if !inside => quoted = !quoted,
            _ if quoted => {}
            '<' => inside = true,
            '>' => (inside, closed) = (false, true),
            ',' if closed && !inside => return true,
            _ => {}
        }
    }
    false
}

fn one_header_a_line(context: &Context<'_>) -> Look {
    let view = object(context)?;
    let found = named(view, "To").into_iter().find(|line| holds_several(&line.text())).map(|line| {
        Observation::fail("One To holds several addresses.")
            .right("A To for each recipient.")
            .usually(&[ONE_A_LINE])
            .in_body(view, line.line, "here")
    });
    Ok(found.into_iter().collect())
}

/// Whether octets follow the older range of UTF-8, which takes in surrogates, long forms and more than is defined.
fn is_lenient_utf8(octets: &[u8]) -> bool {
    let mut rest = octets;
    while let Some((first, tail)) = rest.split_first() {
        let more = match first {
            0x00..=0x7f => 0,
            0xc0..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf7 => 3,
            0xf8..=0xfb => 4,
            0xfc..=0xfd => 5,
            _ => return false,
        };
        match tail.get(..more) {
            Some(follow) if follow.iter().all(|octet| octet & 0xc0 == 0x80) => rest = &tail[more..],
            _ => return false,
        }
    }
    true
}

/// The line of a deviation, in octets.
fn is_lenient(view: &View<'_>, found: &Deviation) -> bool {
    let lines = view.lines();
    line_of(&lines, &found.span).is_some_and(|line| is_lenient_utf8(line.raw()))
}

/// A text in the encoding of mail headers (RFC 2047).
fn is_encoded_word(text: &str) -> bool {
    let mut words = text.split_ascii_whitespace();
    words.any(|word| {
        let parts: Vec<&str> = word.trim_matches('"').split('?').collect();
        matches!(parts[..], ["=", charset, "Q" | "q" | "B" | "b", _, "="] if !charset.is_empty())
    })
}

fn utf8(context: &Context<'_>) -> Look {
    let mut found = broken_lines(context, "C3862-2.2-9", "R-30", |view, found| {
        is_in(found, &[&rule::NOT_UTF8]) && !is_lenient(view, found)
    })?;
    let view = object(context)?;
    let encoded = view.lines().into_iter().find(|line| is_encoded_word(&line.text())).map(|line| {
        Observation::fail(format!("{} is in the encoding of mail headers.", quote(&line.full_name())))
            .right("The characters themselves, in UTF-8.")
            .charge(&["C3862-2.2-9"])
            .in_body(view, line.value, "an encoded word")
    });
    found.extend(encoded);
    Ok(found)
}

fn strict_utf8(context: &Context<'_>) -> Look {
    let view = object(context)?;
    let lenient = |found: &&Deviation| is_in(found, &[&rule::NOT_UTF8]) && is_lenient(view, found);
    let Some(found) = view.cpim_deviations.iter().find(lenient) else { return Ok(Vec::new()) };
    one(Observation::warn("A character is encoded in a way that only the older range of UTF-8 allows.")
        .right("UTF-8 as RFC 3629 has it.")
        .in_body(view, found.span.clone(), "here"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_addresses_are_told_from_one() {
        assert!(holds_several("<sip:a@b>, <sip:c@d>"));
        assert!(holds_several("\"A, B\" <sip:a@b>,<sip:c@d>"));
        for one in ["<sip:a@b>", "\"A, <B>, C\" <sip:a@b>", "Smith, Bob <sip:a@b>", "<sip:a@b;x=1,2>"] {
            assert!(!holds_several(one), "{one}");
        }
    }

    #[test]
    fn the_older_range_is_told_from_no_utf8() {
        assert!(is_lenient_utf8(b"\xed\xa0\xbd\xed\xb8\x80") && is_lenient_utf8(b"\xc0\xaf"));
        assert!(!is_lenient_utf8(b"caf\xe9") && !is_lenient_utf8(b"\xff"));
        assert!(is_encoded_word("a =?utf-8?Q?=C3=A9t=C3=A9?="));
        assert!(!is_encoded_word("what? =? yes?="));
    }
}
