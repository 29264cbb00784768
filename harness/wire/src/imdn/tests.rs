use super::*;
use crate::cpim;
use crate::deviation::{Decoded, Deviation, Span};
use crate::document::{plain, tree};
use crate::profile::IMDN_03;
use proptest::prelude::*;
use std::borrow::Cow;

/// A report as the documents want it.
const REPORT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
    <imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">\
    <disposition>read</disposition>\
    <original-message-id>1542af3e8b</original-message-id>\
    <original-recipient-uri>im:eburger@example.com</original-recipient-uri>\
    <disposition-time>2005-10-18T08:30:18Z</disposition-time>\
    <reporting-uas-uri>im:hisham.khartabil@example.net</reporting-uas-uri>\
    </imdn>";

fn read(text: &str) -> Decoded<Document<'_>> {
    decode(text.as_bytes(), 0..text.len(), &IMDN_03)
}

fn found(deviations: &[Deviation]) -> Vec<&'static str> {
    deviations.iter().map(|found| found.rule.name).collect()
}

#[test]
fn a_proper_report_passes() {
    let decoded = read(REPORT);
    assert_eq!(found(&decoded.deviations), Vec::<&str>::new());
    let document = decoded.value;
    assert!(document.is_well_formed());
    assert_eq!(document.value("disposition", &IMDN_03), Some("read"));
    let id = document.child("original-message-id", &IMDN_03).unwrap();
    assert_eq!(&REPORT[id.content.clone()], "1542af3e8b");
    assert_eq!(&REPORT[id.span.clone()], "<original-message-id>1542af3e8b</original-message-id>");
    assert!(matches!(id.text, Cow::Borrowed(_)));
    assert_eq!(document.children().count(), 5);
}

/// The printed report of draft section 11.1, of which I-69 says what is wrong.
#[test]
fn the_printed_report_of_the_draft_has_its_known_faults() {
    let text = "<imdn>\n  <disposition>read</disposition>\n  <reporting-uas-uri>\n    im:hisham.khartabil@example.net\n  \
        </reporting-uas-uri>\n  <original-recipient-uri>\n    im:hisham.khartabil@example.net\n  </original-recipient-uri>\n  \
        <original-message-id>\n    1542af3e8b@eburger@example.com\n  </original-message-id>\n</imdn>\n";
    let decoded = read(text);
    assert_eq!(
        found(&decoded.deviations),
        ["imdn.namespace-missing", "imdn.padded", "imdn.padded", "imdn.padded", "imdn.child-missing"]
    );
    assert_eq!(decoded.deviations[4].detail, "disposition-time");
    assert_eq!(decoded.value.value("original-message-id", &IMDN_03), Some("1542af3e8b@eburger@example.com"));
}

#[test]
fn what_no_schema_would_refuse_passes() {
    for (right, as_good) in [
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n", ""),
        ("<?xml", "\u{feff}<?xml"),
        ("><disposition", ">\r\n <!-- note --> <?pi x?>\t<disposition"),
        ("read", "<![CDATA[read]]>"),
        ("read", "re<!-- x -->ad"),
        ("read", "&#114;ead"),
        ("1542af3e8b", "a&amp;b&apos;c"),
        ("im:eburger@example.com", ""),
        ("18Z", "18+00:00"),
        ("</imdn>", "<x:y xmlns:x=\"urn:x\" a=\"1\">text <x:z/></x:y></imdn>"),
        ("<reporting-uas-uri>im:hisham.khartabil@example.net</reporting-uas-uri>", ""),
    ] {
        assert!(REPORT.contains(right), "{right}");
        let text = REPORT.replacen(right, as_good, 1);
        let decoded = read(&text);
        assert_eq!(found(&decoded.deviations), Vec::<&str>::new(), "{as_good}");
        assert_eq!(decoded.value.value("disposition", &IMDN_03), Some("read"), "{as_good}");
    }
    let prefixed = REPORT
        .replace("<imdn xmlns=", "<i:imdn xmlns:i=")
        .replace("</", "</i:")
        .replace("<disp", "<i:disp")
        .replace("<orig", "<i:orig")
        .replace("<rep", "<i:rep");
    assert_eq!(found(&read(&prefixed).deviations), Vec::<&str>::new());
}

#[test]
fn each_fault_is_named_where_it_stands() {
    let urn = "urn:ietf:params:xml:ns:imdn";
    for (right, wrong, rule, octets) in [
        ("<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"", "<imdn", "imdn.namespace-missing", "<imdn>"),
        (
            urn,
            "urn:ietf:params:cpim-headers:imdn",
            "imdn.namespace-wrong",
            "<imdn xmlns=\"urn:ietf:params:cpim-headers:imdn\">",
        ),
        (
            urn,
            "URN:ietf:params:xml:ns:imdn",
            "imdn.namespace-case",
            "<imdn xmlns=\"URN:ietf:params:xml:ns:imdn\">",
        ),
        ("<disposition>", "<disposition xmlns=\"\">", "imdn.namespace-missing", "<disposition xmlns=\"\">"),
        (
            "<disposition>read</disposition>",
            "<disposition>read</disposition><disposition>read</disposition>",
            "imdn.child-repeated",
            "<disposition>read</disposition>",
        ),
        ("<disposition>read</disposition>", "", "imdn.child-missing", ""),
        (
            "<disposition>read</disposition>",
            "<disposition>read</disposition><reason>x</reason>",
            "imdn.child-unknown",
            "<reason>x</reason>",
        ),
        ("<disposition>read</disposition>", "<disposition>read</disposition>text", "imdn.root-text", "text"),
        ("<disposition>", "<disposition state=\"x\">", "imdn.attribute", "state=\"x\""),
        (">read<", "> read<", "imdn.padded", " read"),
        (">read<", "><", "imdn.empty", ""),
        (">read<", ">Read<", "imdn.value", "Read"),
        (">read<", ">deleted<", "imdn.value", "deleted"),
        (">1542af3e8b<", "><", "imdn.empty", ""),
        (">im:hisham.khartabil@example.net<", "><", "imdn.empty", ""),
        ("18Z", "18+02:00", "time.not-utc", "2005-10-18T08:30:18+02:00"),
        ("18Z", "18-00:00", "time.offset-unknown", "2005-10-18T08:30:18-00:00"),
        ("18Z", "18", "time.offset-missing", ""),
        ("2005-10-18T08:30:18Z", "now", "time.malformed", "now"),
        ("2005-10-18T08:30:18Z", "&#110;ow", "time.malformed", "&#110;ow"),
    ] {
        assert!(REPORT.contains(right), "{right}");
        let text = REPORT.replacen(right, wrong, 1);
        let decoded = read(&text);
        assert_eq!(found(&decoded.deviations), [rule], "{wrong}");
        assert_eq!(&text[decoded.deviations[0].span.clone()], octets, "{wrong}");
        assert!(decoded.value.is_well_formed());
    }
}

#[test]
fn a_wrong_root_and_misplaced_elements_are_named() {
    let text = REPORT.replace("<imdn ", "<status-receipt ").replace("</imdn>", "</status-receipt>");
    let decoded = read(&text);
    assert_eq!(found(&decoded.deviations), ["imdn.root"]);
    assert_eq!(decoded.value.value("disposition", &IMDN_03), Some("read"));
    let text = REPORT.replace(
        "<disposition>read</disposition>",
        "<s xmlns=\"urn:x\"><disposition xmlns=\"urn:ietf:params:xml:ns:imdn\">read</disposition></s>",
    );
    assert_eq!(found(&read(&text).deviations), ["imdn.child-misplaced", "imdn.child-missing"]);
}

/// The gate refuses, and what is there is read all the same.
#[test]
fn documents_that_are_not_well_formed_are_recovered() {
    for (right, wrong, octet) in [
        ("1542af3e8b", "a&b", "&"),
        ("1542af3e8b", "a<b", ""),
        ("</imdn>", "", ""),
        ("</imdn>", "</imdn><imdn/>", ""),
        ("</disposition-time>", "</disposition-tim>", "<"),
        ("<disposition-time>", "<x:disposition-time>", ""),
        ("<reporting-uas-uri>", "<reporting-uas-uri a=\"1\" a=\"2\">", ""),
        ("1542af3e8b", "a\u{1}b", "\u{1}"),
    ] {
        let text = REPORT.replacen(right, wrong, 1);
        let decoded = read(&text);
        assert_eq!(found(&decoded.deviations)[0], "imdn.not-well-formed", "{wrong}");
        assert!(!decoded.value.is_well_formed());
        assert!(text[decoded.deviations[0].span.clone()].starts_with(octet), "{wrong}");
        assert_eq!(decoded.value.value("disposition", &IMDN_03), Some("read"), "{wrong}");
        let id = decoded.value.value("original-message-id", &IMDN_03);
        if right == "1542af3e8b" && !wrong.contains('<') {
            assert_eq!(id, Some(wrong));
        }
    }
    for hopeless in ["", "text", "<", "<imdn", "<?xml version=\"1.0\"?>", "{\"imdn\":1}"] {
        assert!(read(hopeless).breaks(&rule::NOT_WELL_FORMED), "{hopeless}");
    }
}

#[test]
fn the_place_of_an_error_counts_octets() {
    let text = "<a>\n\u{e9}\u{e9}&x</a>";
    let decoded = read(text);
    let at = decoded.deviations[0].span.start;
    assert!(text[at..].starts_with('&'), "{}", &text[at..]);
}

#[test]
fn doctypes_are_refused_and_entities_never_expanded() {
    let text = REPORT
        .replace(
            "<imdn ",
            "<!DOCTYPE imdn [<!ENTITY a \"read\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]><imdn ",
        )
        .replace(">read<", ">&a;&b;<");
    let decoded = read(&text);
    assert_eq!(found(&decoded.deviations), ["imdn.doctype", "imdn.value"]);
    assert!(text[decoded.deviations[0].span.start..].starts_with("<!DOCTYPE"));
    assert_eq!(decoded.value.value("disposition", &IMDN_03), Some("&a;&b;"));
}

#[test]
fn encodings_are_held_against_the_octets() {
    let latin = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<u8>>();
    let accent = REPORT.replace("1542af3e8b", "caf\u{e9}");
    for (octets, rules) in [
        (latin(&accent), vec!["imdn.encoding"]),
        (latin(&accent.replace("UTF-8", "ISO-8859-1")), vec![]),
        (accent.replace("UTF-8", "ISO-8859-1").into_bytes(), vec!["imdn.encoding"]),
        (accent.replace("\"UTF-8\"", "'us-ascii'").into_bytes(), vec!["imdn.encoding"]),
        (REPORT.replace("UTF-8", "us-ascii").into_bytes(), vec![]),
        (REPORT.replace("UTF-8", "UTF-16").into_bytes(), vec!["imdn.encoding"]),
        (REPORT.bytes().flat_map(|octet| [octet, 0]).collect(), vec!["imdn.encoding-unread"]),
    ] {
        let decoded = decode(&octets, 0..octets.len(), &IMDN_03);
        assert_eq!(found(&decoded.deviations), rules);
    }
    for (charset, rules) in
        [("utf-8", vec![]), ("us-ascii", vec!["imdn.charset"]), ("utf-16", vec!["imdn.charset"])]
    {
        let octets =
            crate::mime::Builder::new(format!("application/imdn+xml; charset={charset}"), accent.clone())
                .encode();
        let entity = crate::mime::decode(&octets, 0..octets.len()).value;
        let decoded = decode_entity(&octets, &entity, &IMDN_03);
        assert_eq!(found(&decoded.deviations), rules);
        assert_eq!(decoded.value.value("original-message-id", &IMDN_03), Some("caf\u{e9}"));
    }
}

#[test]
fn size_and_depth_are_limited() {
    let wide = format!("<imdn>{}</imdn>", "<a/>".repeat(5000));
    assert!(read(&wide).breaks(&rule::TOO_LARGE));
    let deep = format!("{}{}", "<a>".repeat(1000), "</a>".repeat(1000));
    assert!(read(&deep).breaks(&rule::TOO_DEEP));
    let long = format!("<imdn>{}</imdn>", "x".repeat(300_000));
    let decoded = read(&long);
    assert!(decoded.breaks(&rule::TOO_LARGE) && decoded.value.root().is_none());
}

#[test]
fn the_builder_writes_a_proper_report_and_wrong_ones() {
    let base = Builder::new(&IMDN_03)
        .child("disposition", "read")
        .child("original-message-id", "a&<b>\r\n]]>")
        .child("original-recipient-uri", "")
        .child("disposition-time", "2005-10-18T08:30:18Z");
    let rules = |builder: &Builder| {
        let octets = builder.encode();
        found(&decode(&octets, 0..octets.len(), &IMDN_03).deviations)
    };
    assert_eq!(rules(&base), Vec::<&str>::new());
    let octets = base.encode();
    let document = decode(&octets, 0..octets.len(), &IMDN_03).value;
    assert_eq!(document.child("original-message-id", &IMDN_03).unwrap().text, "a&<b>\r\n]]>");
    assert_eq!(rules(&base.clone().prefix("x")), Vec::<&str>::new());
    assert_eq!(rules(&base.clone().without_declaration()), Vec::<&str>::new());
    assert_eq!(rules(&base.clone().order(&["disposition-time", "disposition"])), Vec::<&str>::new());
    for (wrong, rule) in [
        (base.clone().set_raw("original-message-id", "a&b"), "imdn.not-well-formed"),
        (base.clone().repeat("disposition"), "imdn.child-repeated"),
        (base.clone().without("disposition"), "imdn.child-missing"),
        (base.clone().namespace(None), "imdn.namespace-missing"),
        (base.clone().namespace(Some("urn:x")), "imdn.namespace-wrong"),
        (base.clone().root("status-receipt"), "imdn.root"),
        (base.clone().attribute("a", "\"1\""), "imdn.attribute"),
        (base.clone().doctype(" imdn"), "imdn.doctype"),
        (base.clone().push(Node::Text("text".into())), "imdn.root-text"),
        (base.clone().prepend(Node::element("reason", "x")), "imdn.child-unknown"),
        (base.clone().set("disposition", "deleted"), "imdn.value"),
        (base.clone().push(Node::Comment(" -- ".into())), "imdn.not-well-formed"),
    ] {
        assert_eq!(rules(&wrong), [rule]);
    }
}

#[test]
fn the_short_cut_takes_what_agents_write() {
    let expected = IMDN_03.report.namespace;
    let pretty = REPORT.replace("><", ">\r\n  <");
    for text in [
        REPORT,
        &pretty,
        "<imdn/>",
        "<a xmlns=\"urn:x\"><b>  </b>x<c><d/>\n</c></a>\n",
        "<?xml version=\"1.0\"?><a>]]</a>",
    ] {
        let short = plain::read(text, 7, expected).unwrap();
        assert_eq!(short, tree::gate(text, 7, &IMDN_03.report).unwrap(), "{text}");
    }
    for text in [
        "",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>x",
        "<a>&lt;</a>",
        "<a>]]></a>",
        "<a b=\"\"/>",
        "<a><b>\r\n</b></a>",
        "<a:b/>",
    ] {
        assert_eq!(plain::read(text, 0, expected), None, "{text}");
    }
}

fn request(lines: &str) -> Vec<&'static str> {
    let text = format!("NS: imdn <urn:ietf:params:cpim-headers:imdn>\r\n{lines}\r\n\r\n");
    let message = cpim::decode(text.as_bytes(), 0..text.len()).value;
    found(&headers(&message, &IMDN_03).deviations)
}

#[test]
fn headers_of_the_extension_are_checked() {
    for (lines, rules) in [
        ("imdn.Disposition-Notification: \r\nimdn.Message-ID: !#$%&'*+.^_`|~aZ9-", vec![]),
        ("imdn.Disposition-Notification:", vec!["imdn.request-no-space"]),
        ("imdn.Disposition-Notification: private other", vec!["imdn.request-token", "imdn.request-token"]),
        (
            "imdn.Disposition-Notification: a  b",
            vec!["imdn.request-token", "imdn.request-value", "imdn.request-token"],
        ),
        ("imdn.Disposition-Notification: \"a\"", vec!["imdn.request-value"]),
        ("imdn.Disposition-Notification:;a=b ", vec!["imdn.request-value"]),
        ("imdn.Disposition-Notification: NULL", vec!["imdn.null-word"]),
        ("imdn.Message-ID: a@b", vec!["imdn.token-at"]),
        ("imdn.Message-ID: <a@b>", vec!["imdn.token"]),
        ("imdn.Message-ID: a b", vec!["imdn.token"]),
        ("imdn.Message-ID: ", vec!["imdn.token-empty"]),
        ("imdn.Original-Message-ID: a,b", vec!["imdn.token"]),
        ("imdn.List-Action: final-recipient", vec![]),
        ("imdn.List-Action: ", vec![]),
        ("imdn.List-Action: \"final-recipient\"", vec!["imdn.list-action"]),
        ("imdn.Original-From: ", vec![]),
        ("imdn.Original-From: \"E, B\" <im:e@b.example>", vec![]),
        ("imdn.Original-From: im:e@b.example", vec!["imdn.address-brackets"]),
        ("imdn.Original-From: NULL", vec!["imdn.null-word"]),
        ("imdn.Original-From: <e@b.example>", vec!["imdn.address"]),
        ("imdn.Original-To: ", vec!["imdn.address"]),
        ("Message-ID: a", vec!["imdn.header-bare"]),
        ("x.Message-ID: a", vec!["imdn.header-unbound"]),
        ("NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: a", vec!["imdn.header-urn"]),
        ("NS: imdn <URN:ietf:params:cpim-headers:imdn>\r\nimdn.Message-ID: a", vec!["imdn.header-urn-case"]),
        ("NS: <urn:ietf:params:cpim-headers:imdn>\r\nMessage-ID: a", vec!["imdn.header-default"]),
        ("imdn.Message-ID: a\r\nimdn.Message-ID: a", vec!["imdn.header-repeated"]),
        ("imdn.Disposition-Notification-To: a", vec!["imdn.header-undefined"]),
        ("imdn.Original-Message-Id: a", vec!["imdn.header-undefined"]),
    ] {
        assert_eq!(request(lines), rules, "{lines}");
    }
}

#[test]
fn the_best_qualified_header_counts() {
    let text = "Message-ID: bare\r\nNS: i <urn:ietf:params:cpim-headers:imdn>\r\ni.Message-ID: right\r\ni.Original-From: \r\n\r\n";
    let message = cpim::decode(text.as_bytes(), 0..text.len()).value;
    let fields = headers(&message, &IMDN_03).value;
    assert_eq!(fields.message_id.unwrap().value(), "right");
    assert!(fields.original_from.unwrap().is_null());
    assert!(fields.request.is_none());
}

fn check_spans(octets: &[u8], within: Span) {
    let decoded = decode(octets, within.clone(), &IMDN_03);
    let inside = |span: &Span| {
        assert!(
            within.start <= span.start && span.start <= span.end && span.end <= within.end,
            "{span:?} in {within:?}"
        );
    };
    decoded.deviations.iter().for_each(|found| inside(&found.span));
    for element in decoded.value.elements() {
        inside(&element.span);
        inside(&element.content);
        assert!(element.span.start <= element.content.start && element.content.end <= element.span.end);
        element.attributes.iter().for_each(|attribute| inside(&attribute.span));
    }
    decoded.value.comments().iter().for_each(inside);
    if !decoded.value.is_well_formed() {
        assert!(!decoded.deviations.is_empty());
    }
}

proptest! {
    #[test]
    fn any_octets_are_survived(octets in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..9) {
        check_spans(&octets, cut.min(octets.len())..octets.len());
    }

    #[test]
    fn xml_like_octets_are_survived(text in "(<a>|</a>|<imdn|<disposition>|</disposition>|/>|>|<|&amp;|&#1;|&x;|<!--|-->|<!\\[CDATA\\[|\\]\\]>|<!DOCTYPE|\\[|<\\?xml|\\?>|[a-c =\"':\u{e9}]){0,40}") {
        check_spans(text.as_bytes(), 0..text.len());
    }

    #[test]
    fn the_short_cut_agrees_with_the_gate(text in "(<\\?xml version=\"1.0\"\\?>)?\n?<a( xmlns=\"urn:[a-z:]{0,3}\")?>(<b>|</b>|<b/>|<c1>|</c1>|<b>[ -~]{0,3}</b>|[ \r\n\t]{1,2}|[!-~]{0,2}){0,8}</a>[ \n]{0,2}") {
        if let Some(short) = plain::read(&text, 3, IMDN_03.report.namespace) {
            prop_assert_eq!(short, tree::gate(&text, 3, &IMDN_03.report).unwrap());
        }
    }

    #[test]
    fn mutated_reports_are_survived(at in 0..REPORT.len(), with in proptest::collection::vec(any::<u8>(), 0..4), cut in 0_usize..4) {
        let mut octets = REPORT.as_bytes().to_vec();
        octets.splice(at..(at + cut).min(octets.len()), with);
        check_spans(&octets, 0..octets.len());
        if let Ok(text) = std::str::from_utf8(&octets)
            && let Some(short) = plain::read(text, 0, IMDN_03.report.namespace)
        {
            prop_assert_eq!(short, tree::gate(text, 0, &IMDN_03.report).unwrap());
        }
        octets.splice(0..0, *b"above");
        check_spans(&octets, 5..octets.len());
    }

    #[test]
    fn what_is_written_is_read(id in any::<String>(), uri in "[ -~]{0,30}") {
        let octets = Builder::new(&IMDN_03)
            .child("disposition", "error")
            .child("original-message-id", &id)
            .child("original-recipient-uri", &uri)
            .encode();
        let decoded = decode(&octets, 0..octets.len(), &IMDN_03);
        prop_assert!(decoded.value.is_well_formed());
        let text = |name| decoded.value.child(name, &IMDN_03).unwrap().text.to_string();
        prop_assert_eq!(text("original-recipient-uri"), uri);
        let lost = |character: char| (character < ' ' && !"\t\r\n".contains(character)) || matches!(character, '\u{fffe}' | '\u{ffff}');
        prop_assert_eq!(text("original-message-id"), id.replace(lost, "\u{fffd}"));
    }
}
