use super::*;
use crate::deviation::Deviation;
use crate::profile::IMDN_03;
use proptest::prelude::*;

/// A request as the documents want it.
const REQUEST: &str = "From: Eric Burger <im:eburger@example.com>\r\n\
    To: Hisham Khartabil <im:hisham.khartabil@example.net>\r\n\
    DateTime: 2005-10-18T09:27:22-05:00\r\n\
    Subject: Did you get this?\r\n\
    NS: imdn <urn:ietf:params:cpim-headers:imdn>\r\n\
    imdn.Disposition-Notification: \r\n\
    imdn.Message-ID: 1542af3e8b\r\n\
    \r\n\
    Content-type: text/plain; charset=utf-8\r\n\
    Content-ID: <1542af3e8b-12@eburger.example.com>\r\n\
    \r\n\
    Did you get this message?";

fn read(text: &str) -> Decoded<Message<'_>> {
    decode(text.as_bytes(), 0..text.len())
}

fn found(deviations: &[Deviation]) -> Vec<&'static str> {
    deviations.iter().map(|found| found.rule.name).collect()
}

/// Names of the rules broken, and the octets of the first.
fn broken(text: &str) -> (Vec<&'static str>, String) {
    let decoded = read(text);
    let first = decoded.deviations.first().map_or("", |first| &text[first.span.clone()]);
    (found(&decoded.deviations), first.to_owned())
}

#[test]
fn the_example_of_rfc_3862_section_5_1_passes() {
    let text = "From: MR SANDERS <im:piglet@100akerwood.com>\r\n\
        To: Depressed Donkey <im:eeyore@100akerwood.com>\r\n\
        DateTime: 2000-12-13T13:40:00-08:00\r\n\
        Subject: the weather will be fine today\r\n\
        Subject:;lang=fr beau temps prevu pour aujourd'hui\r\n\
        NS: MyFeatures <mid:MessageFeatures@id.foo.com>\r\n\
        Require: MyFeatures.VitalMessageOption\r\n\
        MyFeatures.VitalMessageOption: Confirmation-requested\r\n\
        MyFeatures.WackyMessageOption: Use-silly-font\r\n\
        \r\n\
        Content-type: text/xml; charset=utf-8\r\n\
        Content-ID: <1234567890@foo.com>\r\n\
        \r\n\
        <body>\r\nHere is the text of my message.\r\n</body>\r\n";
    let decoded = read(text);
    assert_eq!(found(&decoded.deviations), Vec::<&str>::new());
    let message = decoded.value;
    let from = message.from().unwrap();
    assert_eq!(
        (from.formal_name().unwrap().as_ref(), from.uri().as_ref()),
        ("MR SANDERS", "im:piglet@100akerwood.com")
    );
    assert_eq!(
        message.to().map(|to| to.uri().into_owned()).collect::<Vec<_>>(),
        ["im:eeyore@100akerwood.com"]
    );
    let subjects: Vec<_> = message
        .subjects()
        .map(|subject| (subject.text().into_owned(), subject.language().map(Cow::into_owned)))
        .collect();
    assert_eq!(subjects[0], ("the weather will be fine today".to_owned(), None));
    assert_eq!(subjects[1], ("beau temps prevu pour aujourd'hui".to_owned(), Some("fr".to_owned())));
    let required = message.require();
    assert_eq!(required[0].local_name, "VitalMessageOption");
    assert!(
        matches!(&required[0].namespace, Namespace::Bound { uri, .. } if uri == "mid:MessageFeatures@id.foo.com")
    );
    let wacky = message.namespaced("mid:MessageFeatures@id.foo.com", "WackyMessageOption").next().unwrap();
    assert_eq!(wacky.value(), "Use-silly-font");
    assert!(message.content_type().unwrap().is("text/xml"));
    assert_eq!(message.entity().content_id().unwrap(), "1234567890@foo.com");
    assert!(message.content().starts_with(b"<body>"));
    assert!(message.date_time().unwrap().timestamp().value.is_some());
}

#[test]
fn the_single_examples_of_rfc_3862_pass() {
    let rest = "To: <im:a@b.example>\r\n\r\nContent-Type: text/plain\r\n\r\n";
    for lines in [
        "From: Winnie the Pooh <im:pooh@100akerwood.com>\r\n",
        "From: <im:tigger@100akerwood.com>\r\ncc: Winnie the Pooh <im:pooh@100akerwood.com>\r\n",
        "From: \"Winnie, the Pooh\" <im:pooh@100akerwood.com>\r\n",
        "From: \"Winnie\"<im:pooh@100akerwood.com>\r\n",
        "From: <im:a@b.example>\r\nDateTime: 2001-02-01T12:16:49-05:00\r\n",
        "From: <im:a@b.example>\r\nSubject:;lang=en Eeyore's feeling very depressed today\r\n",
        "From: <im:a@b.example>\r\nNS: MyAlias <mid:MessageFeatures@id.foo.com>\r\nMyAlias.MyHeader: private-extension-data\r\n",
        "From: <im:a@b.example>\r\nNS: acme <http://id.acme.widgets/wily-headers/>\r\nacme.runner-trap: set\r\n",
        "NS: <http://id.acme.widgets/wily-headers/>\r\nrunner-trap: set\r\nNS: c<urn:ietf:params:cpim-headers:>\r\nFrom: <im:a@b.example>\r\n",
        "From: <im:a@b.example>\r\nRequire: MyAlias.VitalHeader,Locale.MustRenderKanji\r\n",
        "From: <im:a@b.example>\r\nSubject: tab \\t and NUL \\u0000 and \\\\\r\n",
    ] {
        assert_eq!(broken(&format!("{lines}{rest}")).0, Vec::<&str>::new(), "{lines}");
    }
}

#[test]
fn the_request_of_the_draft_passes_once_its_faults_are_mended() {
    let decoded = read(REQUEST);
    assert_eq!(found(&decoded.deviations), Vec::<&str>::new());
    let (header, qualified) = decoded.value.recognise(&IMDN_03, "Message-ID").unwrap();
    assert_eq!((header.value().as_ref(), qualified), ("1542af3e8b", Qualified::Proper));
    let request = decoded.value.header("imdn.Disposition-Notification").unwrap();
    assert!(request.raw_value().is_empty() && request.has_space());
}

/// Draft section 11.1: hour-only offset, and a space missing behind the empty header (I-69). The at sign in the
/// identifier is no fault of CPIM's grammar, but of the extension's.
#[test]
fn the_printed_request_of_the_draft_has_its_known_faults() {
    let text = REQUEST
        .replace("22-05:00", "22-5")
        .replace("Notification: \r", "Notification:\r")
        .replace(": 1542af3e8b\r", ": 1542af3e8b@eburger@example.com\r");
    assert_eq!(broken(&text), (vec!["cpim.space-missing-empty", "time.offset-hour-only"], String::new()));
}

/// Draft section 11.1: no blank line between the header blocks nor inside the part, and a folded header (I-69).
#[test]
fn the_printed_report_of_the_draft_is_still_read() {
    let text = "From: Hisham Khartabil <im:hisham.khartabil@example.net>\r\n\
        To: <im:eburger@example.com>\r\n\
        DateTime: 2005-10-18T09:30:18+1\r\n\
        Subject: Did you get this?\r\n\
        NS: imdn <urn:ietf:params:cpim-headers:imdn>\r\n\
        imdn.Message-ID: latida27@stuff@example.net\r\n\
        Content-type: multipart/signed; boundary=next;\r\n              micalg=sha1;\r\n              \
        protocol=application/pkcs7-signature\r\n\
        --next\r\n\
        Content-type: application/imdn+xml; charset=utf-8\r\n\
        <imdn>\r\n  <disposition>read</disposition>\r\n</imdn>\r\n\
        --next\r\n\
        Content-type: application/pkcs7-signature\r\n\
        {signature stuff}\r\n\
        --next--\r\n";
    let decoded = read(text);
    assert_eq!(
        found(&decoded.deviations),
        [
            "cpim.separator-missing",
            "time.offset-hour-only",
            "mime.separator-missing",
            "mime.parameter-unquoted",
            "cpim.content-header-folded"
        ]
    );
    assert!(text[decoded.deviations[0].span.start..].starts_with("Content-type: multipart"));
    assert_eq!(decoded.value.headers().len(), 6);
    let parts = decoded.value.entity().parts();
    assert_eq!(found(&parts.deviations), ["mime.separator-missing", "mime.separator-missing"]);
    assert!(parts.value[0].is("application/imdn+xml") && parts.value[1].is("application/pkcs7-signature"));
    assert_eq!(parts.value[0].content(), b"<imdn>\r\n  <disposition>read</disposition>\r\n</imdn>");
}

/// RFC 5438 section 7.1.1.3: the header blocks run together (erratum 3013).
#[test]
fn the_request_of_rfc_5438_lacks_the_blank_line() {
    let text = "From: Alice <im:alice@example.com>\r\n\
        To: Bob <im:bob@example.com>\r\n\
        NS: imdn <urn:ietf:params:imdn>\r\n\
        imdn.Message-ID: 34jk324j\r\n\
        DateTime: 2006-04-04T12:16:49-05:00\r\n\
        imdn.Disposition-Notification: positive-delivery, negative-delivery\r\n\
        Content-type: text/plain\r\nContent-length: 11\r\n\r\nHello World";
    let decoded = read(text);
    assert_eq!(found(&decoded.deviations), ["cpim.separator-missing"]);
    assert_eq!(decoded.value.content(), b"Hello World");
    assert_eq!(decoded.value.headers().len(), 6);
    assert!(decoded.value.entity().header("content-length").is_some());
    let (_, qualified) = decoded.value.recognise(&IMDN_03, "Message-ID").unwrap();
    assert_eq!(qualified, Qualified::OtherUrn);
    assert_eq!(
        broken(&text.replace("length: 11", "length: 12")).0,
        ["cpim.separator-missing", "mime.content-length"]
    );
}

/// RFC 5438 section 8.1 prints the enclosing label above.
#[test]
fn the_label_inside_the_object_is_skipped() {
    let (rules, octets) = broken(&format!("Content-type: Message/CPIM\r\n\r\n{REQUEST}"));
    assert_eq!((rules, octets.as_str()), (vec!["cpim.label-inside"], "Content-type: Message/CPIM"));
    assert_eq!(broken(&format!("\r\n{REQUEST}")).0, ["cpim.leading-blank"]);
}

#[test]
fn each_fault_is_named_where_it_stands() {
    for (right, wrong, rule, octets) in [
        ("Subject: Did", "Subject:Did", "cpim.space-missing", ""),
        ("Subject: Did", "Subject:  Did", "cpim.space", "  "),
        ("Subject: Did", "Subject:\tDid", "cpim.space", "\t"),
        ("this?\r\nNS", "this? \r\nNS", "cpim.line-space", " "),
        ("Subject: Did", "Subject : Did", "cpim.name-space", " "),
        ("Subject: Did", "subject: Did", "cpim.name-case", "subject"),
        ("Subject: Did", "Sub(ject: Did", "cpim.name", "Sub(ject"),
        ("imdn.Message-ID", "imdn.Message.ID", "cpim.name", "imdn.Message.ID"),
        ("Subject: Did", "Did", "cpim.header-malformed", "Did you get this?"),
        ("Subject: Did you", "Subject: Did\r\n you", "cpim.header-folded", "Subject: Did\r\n you get this?"),
        ("Subject: Did", "Subject: D\u{1}d", "cpim.control-character", "\u{1}"),
        ("Subject: Did", "Subject: D\td", "cpim.control-character", "\t"),
        ("Subject: Did", "Subject: D\rd", "cpim.control-character", "\r"),
        ("Subject: Did", "Subject: D\u{7f}d", "cpim.control-character", "\u{7f}"),
        ("this?\r\n", "this?\n", "cpim.bare-lf", "\n"),
        ("Subject: Did", "Subject:;lang=e_n Did", "cpim.language-tag", "e_n"),
        ("Subject: Did", "Subject:;lang Did", "cpim.parameter", ";lang"),
        ("Subject: Did", "Subject: \\u0041", "cpim.escape", "\\u0041"),
        ("Subject: Did", "Subject: \\x", "cpim.escape", "\\x"),
        ("this?\r\n", "this?\\\r\n", "cpim.escape", "\\"),
        ("Eric Burger <", "Eric, Burger <", "cpim.formal-name", "Eric, Burger "),
        ("Eric Burger <", "Eric Burger<", "cpim.formal-name", "Eric Burger"),
        (
            "Eric Burger <im:eburger@example.com>",
            "im:eburger@example.com",
            "cpim.address-brackets",
            "im:eburger@example.com",
        ),
        ("<im:eburger@example.com>", "<eburger@example.com>", "cpim.uri", "eburger@example.com"),
        ("<im:eburger@example.com>", "<im:eburger@example.com>, <im:b@c>", "cpim.address", ">, <im:b@c>"),
        ("From: Eric", "X: Eric", "cpim.from-missing", ""),
        ("To: Hisham", "X: Hisham", "cpim.to-missing", ""),
        (
            "Subject: Did you get this?",
            "From: <im:x@y.example>",
            "cpim.header-repeated",
            "From: <im:x@y.example>\r\n",
        ),
        ("NS: imdn <", "NS: imdn  <", "cpim.ns-form", "imdn  <urn:ietf:params:cpim-headers:imdn>"),
        (
            "<urn:ietf:params:cpim-headers:imdn>",
            "urn:ietf:params:cpim-headers:imdn",
            "cpim.ns-form",
            "imdn urn:ietf:params:cpim-headers:imdn",
        ),
        ("Subject: Did", "Require: a, b", "cpim.require", " b you get this?"),
        ("Subject: Did", "x.Subject: Did", "cpim.prefix-unbound", "x"),
        ("Subject: Did", "imdn.Subject: Did", "cpim.prefix-bound-late", "imdn"),
        ("Content-type: text/plain; charset=utf-8\r\n", "", "cpim.content-type-missing", ""),
        (
            "plain; charset",
            "plain;\r\n charset",
            "cpim.content-header-folded",
            "Content-type: text/plain;\r\n charset=utf-8\r\n",
        ),
        ("Subject: Did", "Content-Foo: Did", "cpim.content-header-misplaced", "Content-Foo"),
        ("text/plain; charset", "textplain; charset", "mime.content-type", "textplain"),
    ] {
        assert!(REQUEST.contains(right), "{right}");
        let (rules, at) = broken(&REQUEST.replacen(right, wrong, 1));
        assert_eq!((rules.first().copied(), at.as_str()), (Some(rule), octets), "{wrong:?}");
        assert_eq!(rules.len(), 1, "{wrong:?}: {rules:?}");
    }
}

#[test]
fn octets_that_are_not_utf8_are_pointed_at() {
    let mut octets = REQUEST.as_bytes().to_vec();
    let at = REQUEST.find("Did").unwrap();
    octets[at] = 0xff;
    let decoded = decode(&octets, 0..octets.len());
    assert_eq!(found(&decoded.deviations), ["cpim.not-utf8"]);
    assert_eq!(decoded.deviations[0].span, at..at + 1);
    assert_eq!(decoded.value.subjects().next().unwrap().text(), "\u{fffd}id you get this?");
}

#[test]
fn a_missing_end_of_the_headers_is_named() {
    let text = "From: <im:a@b.example>\r\nTo: <im:a@b.example>\r\n";
    let decoded = read(text);
    assert_eq!(found(&decoded.deviations), ["cpim.separator-missing", "cpim.content-type-missing"]);
    assert_eq!(decoded.value.content(), b"");
}

#[test]
fn bindings_count_from_their_line_on() {
    let text = "a.X: 1\r\nNS: a <urn:one:1>\r\na.X: 2\r\nNS: a <urn:two:2>\r\na.X: 3\r\nX: 4\r\nNS: <urn:one:1>\r\nX: 5\r\n\r\n";
    let message = read(text).value;
    let values =
        |urn| message.namespaced(urn, "X").map(|header| header.value().into_owned()).collect::<Vec<_>>();
    assert_eq!(values("urn:one:1"), ["2", "5"]);
    assert_eq!(values("urn:two:2"), ["3"]);
    assert_eq!(values(CORE), ["4"]);
    assert_eq!(message.bare("X").count(), 2);
    assert_eq!(message.headers().next().unwrap().namespace(), Namespace::Unbound);
}

#[test]
fn recognition_prefers_the_proper_header() {
    let proper = "urn:ietf:params:cpim-headers:imdn";
    for (lines, qualified) in [
        (format!("NS: x <{proper}>\r\nMessage-ID: bare\r\nx.Message-ID: right\r\n"), Some(Qualified::Proper)),
        (format!("NS: <{proper}>\r\nMessage-ID: right\r\n"), Some(Qualified::ByDefault)),
        (
            format!("NS: imdn <{}>\r\nimdn.Message-ID: right\r\n", proper.replace("urn", "URN")),
            Some(Qualified::UrnCase),
        ),
        ("NS: x <urn:ietf:params:imdn>\r\nx.Message-ID: right\r\n".to_owned(), Some(Qualified::OtherUrn)),
        (format!("imdn.Message-ID: right\r\nNS: imdn <{proper}>\r\n"), Some(Qualified::BoundLate)),
        ("imdn.Message-ID: right\r\n".to_owned(), Some(Qualified::Unbound)),
        ("Message-ID: right\r\n".to_owned(), Some(Qualified::Bare)),
        ("NS: x <mid:other@example.com>\r\nx.Message-ID: foreign\r\n".to_owned(), None),
    ] {
        let text = format!("{lines}\r\n");
        let message = read(&text).value;
        let best = message.recognise(&IMDN_03, "Message-ID");
        assert_eq!(best.map(|(_, qualified)| qualified), qualified, "{lines}");
        assert!(best.is_none_or(|(header, _)| header.value() == "right"), "{lines}");
    }
}

#[test]
fn escapes_mean_characters() {
    for (text, meant) in [
        ("plain", "plain"),
        ("\\\\ \\\" \\' \\b\\t\\n\\r", "\\ \" ' \u{8}\t\n\r"),
        ("\\u00e9\\u0000", "\u{e9}\0"),
        ("\\ud83d\\ude00 \\ud83d", "\u{1f600} \u{fffd}"),
        ("\\q \\u12 end\\", "q u12 end"),
    ] {
        assert_eq!(unescape(text), meant, "{text}");
    }
    assert_eq!(escape("a\\b\"\u{1}\n"), "a\\\\b\"\\u0001\\n");
    assert_eq!(quote("say \"hi\""), "\"say \\\"hi\\\"\"");
}

#[test]
fn the_builder_writes_what_every_reading_allows() {
    let octets = Builder::new()
        .address("From", Some("Eric Burger"), "im:eburger@example.com")
        .address("To", Some("Khartabil, \"H\""), "im:hisham@example.net")
        .header("DateTime", "2005-10-18T09:27:22Z")
        .subject("line\nbreak \\ caf\u{e9}", Some("fr"))
        .namespace("imdn", "urn:ietf:params:cpim-headers:imdn")
        .header("imdn.Disposition-Notification", "")
        .header("imdn.Message-ID", "abc")
        .content("text/plain; charset=utf-8", "hello")
        .encode();
    let decoded = decode(&octets, 0..octets.len());
    assert_eq!(found(&decoded.deviations), Vec::<&str>::new());
    let message = decoded.value;
    assert_eq!(message.to().next().unwrap().formal_name().unwrap(), "Khartabil, \"H\"");
    assert_eq!(message.subjects().next().unwrap().text(), "line\nbreak \\ caf\u{e9}");
    assert_eq!(message.content(), b"hello");
}

#[test]
fn the_builder_can_be_made_to_write_what_is_wrong() {
    let base = Builder::new().header("A", "1").header("B", "2").content("text/plain", "x");
    let octets = base
        .clone()
        .set("A", "3")
        .without("B")
        .prepend("C", "0")
        .set_raw("C", "C 0\n")
        .without_separator()
        .encode();
    assert_eq!(octets, b"C 0\nA: 3\r\nContent-Type: text/plain\r\n\r\nx");
    assert_eq!(base.raw("raw").entity("y").encode(), b"A: 1\r\nB: 2\r\nraw\r\ny");
}

fn check_spans(octets: &[u8], within: &Span) {
    let decoded = decode(octets, within.clone());
    let inside =
        |span: Span| assert!(within.start <= span.start && span.start <= span.end && span.end <= within.end);
    for found in &decoded.deviations {
        inside(found.span.clone());
    }
    let message = decoded.value;
    let mut behind = within.start;
    for header in message.headers() {
        for span in [header.line_span(), header.name_span(), header.value_span()] {
            inside(span);
        }
        assert!(behind <= header.line_span().start);
        behind = header.line_span().end;
        assert!(header.name().contains(&*header.local_name()));
        let _ = (header.namespace(), header.text(), header.language(), header.parameters().count());
        if let Some(address) = header.address() {
            inside(address.uri_span());
            inside(address.formal_name_span());
        }
        header.timestamp();
    }
    inside(message.mime_entity());
    inside(message.content_span());
    assert_eq!(message.content_span().end, within.end);
    for name in message.require() {
        assert_eq!(String::from_utf8_lossy(&octets[name.span]), name.name);
    }
    let _ = (message.from(), message.to().count(), message.recognise(&IMDN_03, "Message-ID"));
    for part in message.entity().parts().value {
        inside(part.span());
    }
}

proptest! {
    #[test]
    fn any_octets_are_survived(octets in proptest::collection::vec(any::<u8>(), 0..300), cut in 0_usize..10) {
        check_spans(&octets, &(cut.min(octets.len())..octets.len()));
    }

    #[test]
    fn header_like_octets_are_survived(text in "([CcNSFTD.:;=<>\\\\\"a-c/\\- \t]|\r\n|\n|NS: |From: |Content-Type: |\r\n\r\n|--){0,80}") {
        check_spans(text.as_bytes(), &(0..text.len()));
    }

    #[test]
    fn mutated_requests_are_survived(at in 0..REQUEST.len(), with in proptest::collection::vec(any::<u8>(), 0..4), cut in 0_usize..4) {
        let mut octets = REQUEST.as_bytes().to_vec();
        octets.splice(at..(at + cut).min(octets.len()), with);
        check_spans(&octets, &(0..octets.len()));
        octets.splice(0..0, *b"SIP above");
        check_spans(&octets, &(9..octets.len()));
    }

    #[test]
    fn what_is_written_is_read(subject in any::<String>(), name in any::<String>(), id in "[!#$%&'*+.^_`|~A-Za-z0-9-]{1,64}", content in proptest::collection::vec(any::<u8>(), 0..64)) {
        let octets = Builder::new()
            .address("From", Some(&name), "im:a@b.example")
            .address("To", None, "im:c@d.example")
            .subject(&subject, None)
            .namespace("p", "urn:ietf:params:cpim-headers:imdn")
            .header("p.Message-ID", &id)
            .content("application/octet-stream", content.clone())
            .encode();
        let decoded = decode(&octets, 0..octets.len());
        let message = decoded.value;
        prop_assert_eq!(message.recognise(&IMDN_03, "Message-ID").unwrap().0.value(), id);
        prop_assert_eq!(message.content(), content);
        let read = message.subjects().next().unwrap().text().into_owned();
        prop_assert_eq!(read.trim_matches(' '), subject.trim_matches(' '));
        prop_assert_eq!(message.from().unwrap().formal_name().unwrap_or_default(), name);
    }

    #[test]
    fn escaping_is_undone(text in any::<String>()) {
        let escaped = escape(&text);
        prop_assert!(!escaped.bytes().any(|octet| octet.is_ascii_control()));
        prop_assert_eq!(unescape(&escaped), text);
    }

    #[test]
    fn addresses_survive_any_octets(octets in proptest::collection::vec(any::<u8>(), 0..64)) {
        let decoded = decode_address(&octets, 0..octets.len());
        if let Some(address) = decoded.value {
            prop_assert!(address.uri_span().end <= octets.len());
            let _ = (address.uri(), address.formal_name());
        }
    }
}
