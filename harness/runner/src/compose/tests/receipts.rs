//! Messages and receipts of draft-khartabil-simple-im-receipts-00.

use wire::profile::RECEIPTS_00;
use wire::receipt;

use super::*;

/// A message of the IUT that asks for receipts.
const ASKS: &str = "From: <sip:bob@127.0.0.1:5062>\r\nTo: <sip:p.abc123@127.0.0.1:41080>\r\nSubject: Food\r\n\
    Message-ID: id-1\r\nReceipt-Request: positive-delivery, read\r\n\r\nContent-Type: text/plain\r\n\r\nLunch?";

fn composed(yaml: &str) -> Result<String, ComposeError> {
    let octets = compose_with(names_with(&RECEIPTS_00, ASKS), Transport::Udp, yaml, false)?;
    Ok(String::from_utf8(octets.to_vec()).unwrap())
}

fn written(yaml: &str) -> String {
    composed(yaml).unwrap()
}

#[test]
fn a_request_is_as_part_a_says() {
    let request = golden(&written("{message: im-req, receipts: [positive-delivery, read]}"));
    let expected = "From: <sip:p.abc123@127.0.0.1:41080>\r\nTo: <sip:bob@127.0.0.1:5062>\r\nDateTime: *\r\n\
        Receipt-Request: positive-delivery, read\r\nMessage-ID: *\r\n\r\n\
        Content-Type: text/plain;charset=utf-8\r\n\r\nMarker *";
    assert!(request.ends_with(&format!("\r\n\r\n{expected}")), "{request}");
    let plain = golden(&written("{message: im}"));
    let expected = expected.replace("Receipt-Request: positive-delivery, read\r\n", "");
    assert!(plain.ends_with(&format!("\r\n\r\n{expected}")), "{plain}");
}

#[test]
fn what_is_asked_can_be_written_by_hand() {
    let odd = written("{message: im-req, receipts: [], cpim: {add: ['Receipt-Request: ']}}");
    assert_eq!(odd.matches("Receipt-Request:").count(), 1, "{odd}");
    let one = written("{message: im-req, receipts: ['${marker}']}");
    assert!(one.contains("\r\nReceipt-Request: x-1\r\n"), "{one}");
}

#[test]
fn a_receipt_says_everything_right() {
    let whole = written("{message: report, about: im}");
    let head = "From: <sip:p.abc123@127.0.0.1:41080>\r\nTo: <sip:bob@127.0.0.1:5062>\r\nDateTime: *\r\n\r\n\
        Content-Type: message/status-receipt+xml\r\nContent-Disposition: confirm\r\n\r\n<?xml";
    assert!(golden(&whole).contains(head), "{whole}");
    let sip = wire::sip::decode(whole.as_bytes()).value;
    let object = wire::cpim::decode(whole.as_bytes(), sip.body_span());
    assert!(object.deviations.is_empty(), "{:?}", object.deviations);
    let entity = object.value.entity();
    assert!(receipt::check_label(entity).is_empty());
    assert!(receipt::check_unwanted(&object.value, &RECEIPTS_00).is_empty());
    assert_eq!(receipt::Kind::of(whole.as_bytes(), entity), receipt::Kind::Read);
    let document = receipt::decode_entity(whole.as_bytes(), entity, &RECEIPTS_00);
    assert!(document.deviations.is_empty(), "{:?}", document.deviations);
    let value = |name| document.value.value(name, &RECEIPTS_00).map(str::to_owned);
    assert_eq!(value("message-id").as_deref(), Some("id-1"));
    assert_eq!(value("recipient-uri").as_deref(), Some(PEER));
    assert_eq!(value("status").as_deref(), Some("200"));
}

#[test]
fn every_element_of_a_receipt_can_be_changed() {
    let receipt = written(
        "{message: report, about: im, document: {type: delivery, status: '480', recipient-uri: null, note: Later.}, \
         cpim: {add: ['Message-ID: own']}, entity: {drop: [Content-Disposition]}}",
    );
    let sip = wire::sip::decode(receipt.as_bytes()).value;
    let object = wire::cpim::decode(receipt.as_bytes(), sip.body_span()).value;
    let document = receipt::decode_entity(receipt.as_bytes(), object.entity(), &RECEIPTS_00);
    assert!(document.deviations.is_empty(), "{:?}", document.deviations);
    let expected = [
        ("type", Some("delivery")),
        ("status", Some("480")),
        ("note", Some("Later.")),
        ("recipient-uri", None),
    ];
    for (name, value) in expected {
        assert_eq!(document.value.value(name, &RECEIPTS_00), value, "{name}");
    }
    assert!(receipt.contains("\r\nMessage-ID: own\r\n\r\n"), "{receipt}");
    assert!(!receipt.contains("Content-Disposition"), "{receipt}");
}

#[test]
fn receipts_of_other_kinds_are_written_too() {
    for template in ["wrapped", "encrypted", "signed"] {
        let octets = compose_with(
            names_with(&RECEIPTS_00, ASKS),
            Transport::Udp,
            &format!("{{message: {template}, about: im}}"),
            false,
        );
        let octets = octets.unwrap();
        let sip = wire::sip::decode(&octets).value;
        let object = wire::cpim::decode(&octets, sip.body_span());
        assert!(object.deviations.is_empty(), "{template}: {:?}", object.deviations);
    }
    let resent = written("{message: resent, of: im}");
    assert!(resent.ends_with(ASKS), "{resent}");
}

#[test]
fn a_message_without_identifier_cannot_be_confirmed() {
    let anonymous = ASKS.replace("Message-ID: id-1\r\n", "");
    let names = names_with(&RECEIPTS_00, &anonymous);
    let error = compose_with(names, Transport::Udp, "{message: report, about: im}", false).unwrap_err();
    assert_eq!(error.to_string(), "`im` has no `id`");
}
