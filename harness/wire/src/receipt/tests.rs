use proptest::prelude::*;

use super::*;
use crate::cpim;
use crate::deviation::Decoded;
use crate::mime;
use crate::profile::IMDN_03;

/// A receipt as the text of the draft wants it, in the order of its sample.
const RECEIPT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
    <status-receipt xmlns=\"urn:ietf:params:xml:ns:status-receipt\">\
    <message-id>34jk324j</message-id>\
    <recipient-uri>im:bob@example.com</recipient-uri>\
    <type>delivery</type>\
    <status>200</status>\
    <note lang=\"en\">The message was successfully Delivered</note>\
    </status-receipt>";

/// Section 3.1, with what I-54 says is wrong put right.
const REQUEST: &str = "From: Alice <im:alice@example.com>\r\n\
    To: Bob <im:bob@example.com>\r\n\
    Message-ID: 34jk324j\r\n\
    Receipt-Request: positive-delivery, negative-delivery\r\n\
    \r\n\
    Content-type: text/plain\r\n\
    Content-length: 11\r\n\
    \r\n\
    Hello World";

fn read(text: &str) -> Decoded<Document<'_>> {
    decode(text.as_bytes(), 0..text.len(), &RECEIPTS_00)
}

fn found(deviations: &[Deviation]) -> Vec<&'static str> {
    deviations.iter().map(|found| found.rule.name).collect()
}

#[test]
fn a_proper_receipt_passes() {
    let decoded = read(RECEIPT);
    assert_eq!(found(&decoded.deviations), Vec::<&str>::new());
    let value = |name| decoded.value.value(name, &RECEIPTS_00).unwrap();
    assert_eq!((value("message-id"), value("type"), value("status")), ("34jk324j", "delivery", "200"));
    assert_eq!(decoded.value.child("note", &RECEIPTS_00).unwrap().attributes[0].value, "en");
}

/// The samples of sections 3.2 and 3.3, of which I-27 and I-53 say what is wrong.
#[test]
fn the_printed_receipts_have_their_known_faults() {
    for (kind, note) in
        [("delivery", "The message was successfully Delivered"), ("read", "The message has been read")]
    {
        let text = format!(
            "<status-receipt>\r\n  <message-id>34jk324j</message-id>\r\n  <recipient-uri>bob@example.com</recipient-uri>\r\n  \
             <type>{kind}</type>\r\n  <status>200</status>\r\n  <note lang=\"en\">{note}</note>\r\n</status-receipt>\r\n"
        );
        let decoded = read(&text);
        assert_eq!(found(&decoded.deviations), ["receipt.namespace-missing", "receipt.recipient-uri"]);
        assert_eq!(decoded.value.value("type", &RECEIPTS_00), Some(kind));
    }
}

#[test]
fn what_no_schema_would_refuse_passes() {
    for (right, as_good) in [
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n", ""),
        ("UTF-8", "utf-8"),
        ("<recipient-uri>im:bob@example.com</recipient-uri>", ""),
        ("<note lang=\"en\">The message was successfully Delivered</note>", ""),
        ("note lang", "note xml:lang"),
        ("</status-receipt>", "<note lang=\"de\">Zugestellt \u{fc}ber</note></status-receipt>"),
        ("</status-receipt>", "<x:y xmlns:x=\"urn:x\">more</x:y></status-receipt>"),
        (">34jk324j<", ">a&amp;b<"),
        (">200<", ">485<"),
        (">delivery<", ">read<"),
    ] {
        assert!(RECEIPT.contains(right), "{right}");
        let text = RECEIPT.replacen(right, as_good, 1);
        assert_eq!(found(&read(&text).deviations), Vec::<&str>::new(), "{as_good}");
    }
}

#[test]
fn each_fault_is_named_where_it_stands() {
    let urn = "urn:ietf:params:xml:ns:status-receipt";
    for (right, wrong, rule, octets) in [
        (
            " xmlns=\"urn:ietf:params:xml:ns:status-receipt\"",
            "",
            "receipt.namespace-missing",
            "<status-receipt>",
        ),
        (urn, "urn:x", "receipt.namespace-wrong", "<status-receipt xmlns=\"urn:x\">"),
        (
            urn,
            "URN:ietf:params:xml:ns:status-receipt",
            "receipt.namespace-case",
            "<status-receipt xmlns=\"URN:ietf:params:xml:ns:status-receipt\">",
        ),
        ("version=\"1.0\"", "version=\"1.1\"", "receipt.version", ""),
        ("encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\"", "receipt.utf8", ""),
        ("encoding=\"UTF-8\"", "encoding=\"us-ascii\"", "receipt.utf8", ""),
        ("<?xml", "\u{feff}<?xml", "receipt.byte-order-mark", "\u{feff}"),
        ("<status>200</status>", "", "receipt.child-missing", ""),
        ("<type>delivery</type>", "", "receipt.child-missing", ""),
        ("<message-id>34jk324j</message-id>", "", "receipt.child-missing", ""),
        ("</status>", "</status><status>404</status>", "receipt.child-repeated", "<status>404</status>"),
        ("</status>", "</status><reason>x</reason>", "receipt.child-unknown", "<reason>x</reason>"),
        ("</status>", "</status>text", "receipt.root-text", "text"),
        ("<type>", "<type a=\"b\">", "receipt.attribute", "a=\"b\""),
        (" lang=\"en\"", "", "receipt.note-language", "<note>"),
        (">delivery<", ">Delivery<", "receipt.type", "Delivery"),
        (">delivery<", ">display<", "receipt.type", "display"),
        (">200<", ">0<", "receipt.status", "0"),
        (">200<", ">2OO<", "receipt.status", "2OO"),
        (">200<", "> 200<", "receipt.padded", " 200"),
        (">34jk324j<", "><", "receipt.empty", ""),
        ("im:bob", "bob", "receipt.recipient-uri", "bob@example.com"),
        (
            "<type>delivery</type><status>200</status>",
            "<status>200</status><type>delivery</type>",
            "receipt.order",
            "<type>delivery</type>",
        ),
    ] {
        assert!(RECEIPT.contains(right), "{right}");
        let text = RECEIPT.replacen(right, wrong, 1);
        let decoded = read(&text);
        assert_eq!(found(&decoded.deviations), [rule], "{wrong}");
        assert_eq!(&text[decoded.deviations[0].span.clone()], octets, "{wrong}");
    }
    let root = RECEIPT.replace("status-receipt xmlns", "imdn xmlns").replace("</status-receipt>", "</imdn>");
    assert_eq!(found(&read(&root).deviations), ["receipt.root"]);
    assert_eq!(found(&read(&RECEIPT.replace("</type>", "")).deviations)[0], "receipt.not-well-formed");
    let wide: Vec<u8> = RECEIPT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let decoded = decode(&wide, 0..wide.len(), &RECEIPTS_00);
    assert_eq!(found(&decoded.deviations), ["receipt.utf8", "receipt.encoding-unread"]);
}

/// The report of one document is none of the other.
#[test]
fn documents_do_not_mix() {
    let decoded = decode(RECEIPT.as_bytes(), 0..RECEIPT.len(), &IMDN_03);
    assert!(found(&decoded.deviations).iter().all(|rule| rule.starts_with("imdn.")));
    assert!(decoded.breaks(&crate::imdn::rule::ROOT) && decoded.breaks(&crate::imdn::rule::NAMESPACE_WRONG));
}

#[test]
fn requests_are_read_bare() {
    let message = cpim::decode(REQUEST.as_bytes(), 0..REQUEST.len());
    assert_eq!(found(&message.deviations), Vec::<&str>::new());
    let decoded = headers(&message.value, &RECEIPTS_00);
    assert_eq!(found(&decoded.deviations), Vec::<&str>::new());
    assert_eq!(decoded.value.message_id.unwrap().value(), "34jk324j");
    assert_eq!(decoded.value.request.unwrap().value(), "positive-delivery, negative-delivery");
    // The printed request of section 3.1 (I-54).
    let printed = REQUEST.replace("delivery\r\n\r\n", "delivery\r\n").replace("11", "12");
    let message = cpim::decode(printed.as_bytes(), 0..printed.len());
    assert_eq!(found(&message.deviations), ["cpim.separator-missing", "mime.content-length"]);
}

#[test]
fn faults_of_headers_are_named_where_they_stand() {
    for (right, wrong, rule, octets) in [
        ("34jk324j", "a@b", "receipt.token-at", "@"),
        ("34jk324j", "<a>", "receipt.token", "<"),
        ("34jk324j", "", "receipt.token-empty", ""),
        ("Receipt-Request", "Request-Receipt", "receipt.header-undefined", "Request-Receipt"),
        ("positive-delivery, ", "Positive-Delivery, ", "receipt.request-case", "Positive-Delivery"),
        ("positive-delivery, ", "display, ", "receipt.request-word", "display"),
        ("positive-delivery, ", "read;", "receipt.request-value", "read;negative-delivery"),
        ("positive-delivery, ", "read ", "receipt.request-value", "read negative-delivery"),
        ("positive-delivery, ", "positive-delivery,,", "receipt.request-value", ""),
        ("positive-delivery, ", "negative-delivery,", "receipt.request-twice", "negative-delivery"),
        ("positive-delivery, negative-delivery", "", "receipt.request-empty", ""),
        ("Receipt-Request", "x.Receipt-Request", "receipt.header-prefix", "x.Receipt-Request"),
        (
            "Message-ID",
            "Receipt-Request: read\r\nMessage-ID",
            "receipt.header-repeated",
            "Receipt-Request: positive-delivery, negative-delivery\r\n",
        ),
    ] {
        assert!(REQUEST.contains(right), "{right}");
        let text = REQUEST.replacen(right, wrong, 1);
        let message = cpim::decode(text.as_bytes(), 0..text.len()).value;
        let found_here = headers(&message, &RECEIPTS_00).deviations;
        assert_eq!(found(&found_here), [rule], "{wrong}");
        assert_eq!(&text[found_here[0].span.clone()], octets, "{wrong}");
    }
}

#[test]
fn headers_of_another_namespace_are_none() {
    let other = "NS: imdn <urn:ietf:params:cpim-headers:imdn>\r\n";
    for (text, known) in [
        (REQUEST.replace("Message-ID", "imdn.Message-ID"), false),
        (REQUEST.replace("Message-ID", &format!("{other}imdn.Message-ID")), false),
        (REQUEST.replace("Message-ID", "NS: c <urn:ietf:params:cpim-headers:>\r\nc.Message-ID"), true),
        (REQUEST.replace("Message-ID", "NS: <urn:x:y>\r\nMessage-ID"), true),
    ] {
        let message = cpim::decode(text.as_bytes(), 0..text.len()).value;
        assert_eq!(headers(&message, &RECEIPTS_00).value.message_id.is_some(), known, "{text}");
    }
    // A message may carry both (I-19).
    let both = REQUEST.replace("Message-ID", &format!("{other}imdn.Message-ID: other\r\nMessage-ID"));
    let message = cpim::decode(both.as_bytes(), 0..both.len()).value;
    let id = |profile| headers(&message, profile).value.message_id.unwrap().value();
    assert_eq!((id(&RECEIPTS_00), id(&IMDN_03)), ("34jk324j".into(), "other".into()));
}

#[test]
fn a_receipt_is_known_by_its_marks() {
    let proper = "Content-type: message/status-receipt+xml\r\nContent-Disposition: confirm\r\n\r\n"
        .to_owned()
        + RECEIPT;
    for (right, wrong, kind, rules) in [
        ("", "", Kind::Delivery, vec![]),
        (">delivery<", ">read<", Kind::Read, vec![]),
        (">delivery<", ">foo<", Kind::Unclear, vec![]),
        ("confirm", "Confirm; a=b", Kind::Delivery, vec![]),
        ("confirm", "render", Kind::Unclear, vec!["receipt.disposition"]),
        ("Content-Disposition: confirm\r\n", "", Kind::Unclear, vec!["receipt.disposition-missing"]),
        ("receipt+xml", "receipt+XML; charset=utf-8", Kind::Delivery, vec![]),
        ("receipt+xml", "receipt", Kind::InstantMessage, vec!["receipt.media-type-short"]),
        ("message/status-receipt+xml", "application/xml", Kind::InstantMessage, vec!["receipt.media-type"]),
        (
            "Content-type: message/status-receipt+xml\r\n",
            "",
            Kind::InstantMessage,
            vec!["receipt.media-type"],
        ),
    ] {
        let text = proper.replacen(right, wrong, 1);
        let entity = mime::decode(text.as_bytes(), 0..text.len()).value;
        assert_eq!(Kind::of(text.as_bytes(), &entity), kind, "{wrong}");
        assert_eq!(found(&check_label(&entity)), rules, "{wrong}");
    }
    let charset = proper.replace("receipt+xml", "receipt+xml; charset=us-ascii");
    let entity = mime::decode(charset.as_bytes(), 0..charset.len()).value;
    assert_eq!(found(&decode_entity(charset.as_bytes(), &entity, &RECEIPTS_00).deviations), ["receipt.utf8"]);
}

#[test]
fn what_a_receipt_should_not_have_is_named() {
    let text = REQUEST.replace("Receipt-Request", "Request-Receipt: read\r\nReceipt-Request");
    let message = cpim::decode(text.as_bytes(), 0..text.len()).value;
    assert_eq!(
        found(&check_unwanted(&message, &RECEIPTS_00)),
        ["receipt.message-id-on-receipt", "receipt.request-on-receipt", "receipt.request-on-receipt"]
    );
    assert_eq!(check_unwanted(&message, &IMDN_03), []);
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        id in "[!-~]([ -~]{0,20}[!-~])?",
        status in 0_u16..1000,
        note in proptest::option::of("[ -~\u{e0}-\u{ff}]{0,30}"),
        kind in prop_oneof![Just("delivery"), Just("read")],
        secret in any::<bool>(),
    ) {
        let receipt = Receipt {
            message_id: &id,
            recipient_uri: (!secret).then_some("im:bob@example.com"),
            kind,
            status,
            note: note.as_deref().map(|text| ("en", text)),
        };
        let octets = receipt.entity().encode();
        let entity = mime::decode(&octets, 0..octets.len());
        prop_assert_eq!(&entity.deviations, &[]);
        prop_assert_eq!(check_label(&entity.value), vec![]);
        let decoded = decode_entity(&octets, &entity.value, &RECEIPTS_00);
        let padded = |found: &&Deviation| found.rule != &rule::PADDED;
        prop_assert_eq!(decoded.deviations.iter().filter(padded).count(), 0);
        let value = |name| decoded.value.value(name, &RECEIPTS_00);
        prop_assert_eq!(value("message-id"), Some(&*id));
        prop_assert_eq!(value("status"), Some(&*format!("{status:03}")));
        prop_assert_eq!(value("recipient-uri").is_none(), secret);
        prop_assert_eq!(value("note"), note.as_deref().map(str::trim));
        prop_assert_eq!(Kind::of(&octets, &entity.value), if kind == "read" { Kind::Read } else { Kind::Delivery });
    }

    #[test]
    fn mutated_receipts_are_survived(
        at in 0..RECEIPT.len(),
        with in proptest::collection::vec(any::<u8>(), 0..4),
        cut in 0_usize..4,
    ) {
        let mut octets = RECEIPT.as_bytes().to_vec();
        octets.splice(at..(at + cut).min(octets.len()), with);
        for found in decode(&octets, 0..octets.len(), &RECEIPTS_00).deviations {
            prop_assert!(found.span.start <= found.span.end && found.span.end <= octets.len());
        }
    }

    #[test]
    fn any_request_is_survived(value in "[ -~]{0,30}", name in "(x\\.|imdn\\.)?(Receipt-Request|Message-ID|Request-Receipt)") {
        let text = format!("From: <im:a@b>\r\n{name}: {value}\r\n\r\nContent-Type: text/plain\r\n\r\n");
        let message = cpim::decode(text.as_bytes(), 0..text.len()).value;
        for found in headers(&message, &RECEIPTS_00).deviations {
            prop_assert!(found.span.start <= found.span.end && found.span.end <= text.len());
        }
    }
}
