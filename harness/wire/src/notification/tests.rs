use proptest::prelude::*;

use super::*;
use crate::cpim;
use crate::deviation::{Decoded, Deviation};
use crate::profile::RFC5438;

/// Section 7.1.1.3, with the blank line of R-01 and the length of R-35 put right.
const REQUEST: &str = "From: Alice <im:alice@example.com>\r\n\
    To: Bob <im:bob@example.com>\r\n\
    NS: imdn <urn:ietf:params:imdn>\r\n\
    imdn.Message-ID: 34jk324j\r\n\
    DateTime: 2006-04-04T12:16:49-05:00\r\n\
    imdn.Disposition-Notification: positive-delivery, negative-delivery\r\n\
    \r\n\
    Content-type: text/plain\r\n\
    Content-length: 11\r\n\
    \r\n\
    Hello World";

/// The children of section 7.2.1.1.
const HEAD: &str = "<message-id>34jk324j</message-id><datetime>2008-04-04T12:16:49-05:00</datetime>";
const PAIR: &str = "<recipient-uri>im:bob@example.com</recipient-uri>\
    <original-recipient-uri>im:bob@example.com</original-recipient-uri>";
const DELIVERED: &str = "<delivery-notification><status><delivered/></status></delivery-notification>";

fn document(children: &[&str]) -> String {
    let children = children.concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">{children}</imdn>"
    )
}

fn read(text: &str) -> Decoded<Document<'_>> {
    decode(text.as_bytes(), 0..text.len(), &RFC5438)
}

fn found(deviations: &[Deviation]) -> Vec<&'static str> {
    deviations.iter().map(|found| found.rule.name.trim_start_matches("notification.")).collect()
}

fn told(text: &str) -> Option<(String, Option<String>)> {
    let document = read(text).value;
    document.told(&RFC5438).map(|told| (told.kind.to_owned(), told.status.map(str::to_owned)))
}

/// Sections 7.2.1.1, 7.2.1.2 and 8.1.
#[test]
fn the_documents_own_examples_pass() {
    for (kind, word) in [("delivery", "delivered"), ("display", "displayed"), ("processing", "processed")] {
        let notification =
            format!("<{kind}-notification>\n<status>\n<{word}/>\n</status>\n</{kind}-notification>");
        let text = document(&[HEAD, PAIR, &notification]);
        let decoded = read(&text);
        assert_eq!(found(&decoded.deviations), Vec::<&str>::new(), "{kind}");
        assert_eq!(decoded.value.value("message-id", &RFC5438), Some("34jk324j"));
        assert_eq!(told(&text), Some((kind.to_owned(), Some(word.to_owned()))));
    }
}

/// What section 11.1.9 admits, as a validator by that schema says too.
#[test]
fn what_the_schema_admits_passes() {
    let extension = "<x:more xmlns:x=\"urn:x\"><x:deep>text</x:deep></x:more>";
    let extended = format!(
        "<delivery-notification><status><failed/><x:why xmlns:x=\"urn:x\" x:code=\"1\"/></status></delivery-notification>{extension}"
    );
    for children in [
        vec![HEAD, DELIVERED],
        vec![HEAD, PAIR, "<subject>Lunch</subject>", DELIVERED],
        vec![HEAD, PAIR, "<subject xml:lang=\"en\">Lunch</subject>", DELIVERED],
        vec!["<message-id>a</message-id><datetime/>", DELIVERED],
        vec![HEAD, &extended],
        vec![HEAD, "<display-notification><status><forbidden/></status></display-notification>"],
    ] {
        let text = document(&children);
        assert_eq!(found(&read(&text).deviations), Vec::<&str>::new(), "{text}");
    }
    let prefixed = "<i:imdn xmlns:i=\"urn:ietf:params:xml:ns:imdn\"><i:message-id>a</i:message-id><i:datetime>b</i:datetime>\
        <i:delivery-notification><i:status><i:error></i:error></i:status></i:delivery-notification></i:imdn>";
    assert_eq!(found(&read(prefixed).deviations), Vec::<&str>::new());
}

#[test]
fn what_the_schema_refuses_is_said_once() {
    let holding = |inner: &str| format!("<delivery-notification>{inner}</delivery-notification>");
    let of_status = |inner: &str| holding(&format!("<status>{inner}</status>"));
    for (children, rules) in [
        (vec![HEAD.to_owned()], vec!["kind"]),
        (
            vec![
                HEAD.into(),
                DELIVERED.into(),
                DELIVERED.replace("delivery", "display").replace("delivered", "displayed"),
            ],
            vec!["kind"],
        ),
        (vec![HEAD.into(), "<recipient-uri>im:b@h</recipient-uri>".into(), DELIVERED.into()], vec!["needs"]),
        (
            vec![
                HEAD.into(),
                "<original-recipient-uri>im:b@h</original-recipient-uri>".into(),
                DELIVERED.into(),
            ],
            vec!["needs"],
        ),
        (vec![HEAD.into(), "<subject>a</subject>".into(), DELIVERED.into()], vec!["needs"]),
        (vec!["<datetime>b</datetime><message-id>a</message-id>".into(), DELIVERED.into()], vec!["order"]),
        (vec![DELIVERED.into(), HEAD.into()], vec!["order", "order"]),
        (vec!["<message-id>a</message-id>".into(), DELIVERED.into()], vec!["child-missing"]),
        (vec![HEAD.into(), holding("")], vec!["child-missing"]),
        (vec![HEAD.into(), of_status("")], vec!["status"]),
        (vec![HEAD.into(), of_status("<displayed/>")], vec!["status"]),
        (vec![HEAD.into(), of_status("<x xmlns=\"urn:x\"/>")], vec!["status"]),
        (vec![HEAD.into(), of_status("<delivered>true</delivered>")], vec!["not-empty"]),
        (vec![HEAD.into(), of_status("<delivered/><reason>r</reason>")], vec!["child-unknown"]),
        (vec![HEAD.into(), of_status("<delivered/><failed/>")], vec!["child-unknown"]),
        (vec![HEAD.into(), of_status("<delivered a=\"1\"/>")], vec!["attribute"]),
        (
            vec![HEAD.into(), holding("<status><delivered/></status><status><delivered/></status>")],
            vec!["child-repeated"],
        ),
        (
            vec![HEAD.into(), holding("<status><delivered/></status><x xmlns=\"urn:x\"/>")],
            vec!["extension-misplaced"],
        ),
        (vec!["<x xmlns=\"urn:x\"/>".into(), HEAD.into(), DELIVERED.into()], vec!["extension-misplaced"]),
        (
            vec![HEAD.into(), "<disposition>read</disposition>".into(), DELIVERED.into()],
            vec!["child-unknown"],
        ),
        (
            vec![HEAD.into(), "<status><delivered/></status>".into()],
            vec!["child-unknown", "child-unknown", "kind"],
        ),
        (vec![HEAD.into(), holding("text<status><delivered/></status>")], vec!["root-text"]),
    ] {
        let children: Vec<&str> = children.iter().map(String::as_str).collect();
        let text = document(&children);
        let mut said = found(&read(&text).deviations);
        said.sort_unstable();
        assert_eq!(said, rules, "{text}");
    }
}

#[test]
fn values_are_looked_at() {
    for (from, to, rule) in [
        ("im:bob@example.com</r", "bob%40example.com</r", "uri"),
        ("<recipient-uri>im:bob@example.com", "<recipient-uri>&lt;im:bob@example.com&gt;", "uri"),
        ("<message-id>34jk324j", "<message-id>", "empty"),
        ("xmlns=\"urn:ietf:params:xml:ns:imdn\"", "", "namespace-missing"),
        ("version=\"1.0\"", "version=\"1.1\"", "version"),
        ("<message-id>34jk324j", "<message-id> 34jk324j", "padded"),
    ] {
        let text = document(&[HEAD, PAIR, DELIVERED]).replacen(from, to, 1);
        assert_eq!(found(&read(&text).deviations).first(), Some(&rule), "{text}");
    }
}

#[test]
fn requests_are_read() {
    let proper = cpim::decode(REQUEST.as_bytes(), 0..REQUEST.len()).value;
    let fields = headers(&proper, &RFC5438);
    assert_eq!(found(&fields.deviations), Vec::<&str>::new());
    assert_eq!(fields.value.message_id.unwrap().value(), "34jk324j");
    for (from, to, rules) in [
        ("positive-delivery, negative-delivery", "positive-delivery,negative-delivery", vec![]),
        ("positive-delivery, negative-delivery", "display;lang=x;y, processing", vec![]),
        ("positive-delivery, negative-delivery", "read", vec!["request-word"]),
        ("positive-delivery, negative-delivery", "Display", vec!["request-case"]),
        ("positive-delivery, negative-delivery", "display; display", vec![]),
        ("positive-delivery, negative-delivery", "", vec!["request-empty"]),
        ("positive-delivery, negative-delivery", "display processing", vec!["request-value"]),
        ("urn:ietf:params:imdn>", "urn:ietf:params:cpim-headers:imdn>", vec!["header-urn", "header-urn"]),
        ("imdn.Message-ID", "Message-ID", vec!["header-bare"]),
        ("34jk324j\r\nDateTime", "34jk@324j\r\nDateTime", vec!["token-at"]),
        (
            "DateTime:",
            "imdn.IMDN-Record-Route: <sip:a@b>\r\nimdn.IMDN-Record-Route: <sip:c@d>\r\nDateTime:",
            vec![],
        ),
        ("DateTime:", "imdn.IMDN-Route: <sip:a@b>, <sip:c@d>\r\nDateTime:", vec!["address"]),
        ("DateTime:", "imdn.Original-To: sip:a@b\r\nDateTime:", vec!["address-brackets"]),
    ] {
        let text = REQUEST.replacen(from, to, 1);
        let message = cpim::decode(text.as_bytes(), 0..text.len()).value;
        assert_eq!(found(&headers(&message, &RFC5438).deviations), rules, "{text}");
    }
}

#[test]
fn what_is_written_is_read_back() {
    let notification = Notification {
        message_id: "a&b",
        datetime: "2008-04-04T12:16:49-05:00",
        recipients: Some(("sip:bob@example.com", "sip:list@example.com")),
        subject: Some((Some("fr"), "<déjeuner>")),
        kind: "processing",
        status: "stored",
    };
    let entity = notification.entity().encode();
    let decoded = crate::mime::decode(&entity, 0..entity.len()).value;
    assert!(decoded.is("message/imdn+xml"));
    assert!(decoded.disposition().is_some_and(|own| own.is("notification")));
    let document = decode_entity(&entity, &decoded, &RFC5438);
    assert_eq!(found(&document.deviations), Vec::<&str>::new());
    assert_eq!(document.value.value("message-id", &RFC5438), Some("a&b"));
    assert_eq!(document.value.child("subject", &RFC5438).map(|subject| &*subject.text), Some("<déjeuner>"));
    let told = document.value.told(&RFC5438).unwrap();
    assert_eq!((told.kind, told.status), ("processing", Some("stored")));
}

#[test]
fn a_word_under_the_wrong_element_means_its_own_kind() {
    let told = |element: &str, word: &str| {
        let text = format!(
            "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><{element}-notification><status><{word}/></status></{element}-notification></imdn>"
        );
        let read = read(&text);
        let told = read.value.told(&RFC5438).unwrap();
        (told.kind.to_owned(), told.element.to_owned())
    };
    let both = |kind: &str, element: &str| (kind.to_owned(), element.to_owned());
    assert_eq!(told("delivery", "displayed"), both("display", "delivery"));
    assert_eq!(told("display", "failed"), both("delivery", "display"));
    assert_eq!(told("processing", "delivered"), both("delivery", "processing"));
    for (element, word) in
        [("delivery", "forbidden"), ("display", "error"), ("processing", "processed"), ("display", "read")]
    {
        assert_eq!(told(element, word), both(element, element), "{word}");
    }
}

#[test]
fn profiles_with_one_place_for_what_they_tell_are_told_too() {
    use crate::profile::{IMDN_03, RECEIPTS_00};
    let receipt = "<status-receipt xmlns=\"urn:ietf:params:xml:ns:status-receipt\"><type>read</type><status>200</status></status-receipt>";
    let report = "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><disposition>denied</disposition></imdn>";
    let receipt = decode(receipt.as_bytes(), 0..receipt.len(), &RECEIPTS_00).value;
    let report = decode(report.as_bytes(), 0..report.len(), &IMDN_03).value;
    assert_eq!(receipt.told(&RECEIPTS_00).map(|told| (told.kind, told.status)), Some(("read", Some("200"))));
    assert_eq!(report.told(&IMDN_03).map(|told| (told.kind, told.status)), Some(("denied", None)));
    assert_eq!(read("<imdn/>").value.told(&RFC5438), None);
}

proptest! {
    #[test]
    fn any_octets_are_read(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        let decoded = decode(&octets, 0..octets.len(), &RFC5438);
        let _ = decoded.value.told(&RFC5438);
        for found in decoded.deviations {
            prop_assert!(found.span.start <= found.span.end && found.span.end <= octets.len());
        }
    }

    #[test]
    fn shuffled_pieces_are_read(pieces in prop::collection::vec(prop::sample::select(vec![
        "<imdn xmlns='urn:ietf:params:xml:ns:imdn'>", "</imdn>", "<status>", "</status>", "<delivered/>", "<delivery-notification>",
        "</delivery-notification>", "<x:y xmlns:x='u'/>", "text", "<recipient-uri>", "</recipient-uri>", "<message-id>",
    ]), 0..20)) {
        let text = pieces.concat();
        let decoded = read(&text);
        let _ = decoded.value.told(&RFC5438);
        for found in decoded.deviations {
            prop_assert!(found.span.start <= found.span.end && found.span.end <= text.len());
        }
    }
}
