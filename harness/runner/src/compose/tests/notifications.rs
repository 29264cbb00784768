//! Messages and notifications of RFC 5438, with its own examples.

use wire::notification;
use wire::profile::RFC5438;

use super::*;

/// Section 7.1.1.3, with the blank line of R-01.
const REQUEST: &str = "From: Alice <im:alice@example.com>\r\nTo: Bob <im:bob@example.com>\r\n\
    NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: 34jk324j\r\nDateTime: 2006-04-04T12:16:49-05:00\r\n\
    imdn.Disposition-Notification: positive-delivery, negative-delivery\r\n\r\n\
    Content-type: text/plain\r\n\r\nHello World";

/// The document of section 7.2.1.1, without blanks.
const DOCUMENT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">\
    <message-id>34jk324j</message-id><datetime>2006-04-04T12:16:49-05:00</datetime>\
    <recipient-uri>im:bob@example.com</recipient-uri>\
    <original-recipient-uri>im:bob@example.com</original-recipient-uri>\
    <delivery-notification><status><delivered/></status></delivery-notification></imdn>";

fn composed(object: &str, yaml: &str, relayed: bool) -> String {
    let octets = compose_with(names_with(&RFC5438, object), Transport::Udp, yaml, relayed).unwrap();
    String::from_utf8(octets.to_vec()).unwrap()
}

fn written(yaml: &str) -> String {
    composed(REQUEST, yaml, false)
}

/// The request of the example as an intermediary sends it on, with further header lines.
fn relayed(lines: &str, yaml: &str) -> String {
    composed(&REQUEST.replace("DateTime", &format!("{lines}DateTime")), yaml, true)
}

#[test]
fn a_request_is_as_part_a_says() {
    let request = golden(&written("{message: im-req, receipts: [positive-delivery, display]}"));
    let expected = "From: <sip:p.abc123@127.0.0.1:41080>\r\nTo: <sip:bob@127.0.0.1:5062>\r\nDateTime: *\r\n\
        NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: *\r\n\
        imdn.Disposition-Notification: positive-delivery, display\r\n\r\n\
        Content-Type: text/plain; charset=utf-8\r\n\r\nMarker *";
    let expected = golden(expected);
    assert!(request.ends_with(&format!("\r\n\r\n{expected}")), "{request}");
    let plain = golden(&written("{message: im}"));
    let expected = expected.replace("imdn.Disposition-Notification: positive-delivery, display\r\n", "");
    assert!(plain.ends_with(&format!("\r\n\r\n{expected}")), "{plain}");
}

#[test]
fn what_is_sent_tells_always_the_same_time() {
    for yaml in ["{message: im}", "{message: im-req, receipts: [display]}", "{message: report, about: im}"] {
        assert!(written(yaml).contains("\r\nDateTime: 2026-06-15T12:34:56Z\r\n"), "{yaml}");
    }
    assert!(written("{message: report}").contains("<datetime>2026-06-15T12:34:56Z</datetime>"));
}

#[test]
fn templates_are_free_of_deviations() {
    for template in [
        "im-req, receipts: [processing]",
        "im",
        "report, about: im",
        "report",
        "wrapped, about: im",
        "encrypted, about: im",
        "signed, about: im",
    ] {
        let text = compose_with(
            names_with(&RFC5438, REQUEST),
            Transport::Udp,
            &format!("{{message: {template}}}"),
            false,
        );
        let text = text.unwrap();
        let sip = wire::sip::decode(&text);
        assert!(sip.deviations.is_empty(), "{template}: {:?}", sip.deviations);
        let object = wire::cpim::decode(&text, sip.value.body_span());
        assert!(object.deviations.is_empty(), "{template}: {:?}", object.deviations);
        let headers = notification::headers(&object.value, &RFC5438);
        assert!(headers.deviations.is_empty(), "{template}: {:?}", headers.deviations);
        assert!(headers.value.message_id.is_some(), "{template}");
    }
}

#[test]
fn a_notification_is_that_of_the_example() {
    let whole = written("{message: report, about: im}");
    assert!(whole.ends_with(DOCUMENT), "{whole}");
    let head = golden(&whole);
    let head = head.split("\r\n\r\n").nth(1).unwrap();
    assert_eq!(
        head,
        "From: <sip:p.abc123@127.0.0.1:41080>\r\nTo: <im:alice@example.com>\r\nDateTime: *\r\n\
         NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: *"
    );
    let marks = "\r\n\r\nContent-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n";
    assert!(whole.contains(marks), "{whole}");
    let elsewhere = written("{message: report, about: im, to: 'sip:x@h'}");
    assert!(elsewhere.contains("\r\nTo: <sip:x@h>\r\nDateTime"), "{elsewhere}");
}

#[test]
fn kind_and_status_follow_from_each_other() {
    for (document, kind, status) in [
        ("notification: display", "display", "displayed"),
        ("notification: processing", "processing", "processed"),
        ("status: failed", "delivery", "failed"),
        ("status: displayed", "display", "displayed"),
        ("status: stored", "processing", "stored"),
        ("status: forbidden", "delivery", "forbidden"),
        ("status: error, notification: display", "display", "error"),
        ("status: '${marker}', notification: display", "display", "x-1"),
        ("status: eaten", "delivery", "eaten"),
    ] {
        let report = written(&format!("{{message: report, about: im, document: {{{document}}}}}"));
        let expected =
            format!("<{kind}-notification><status><{status}/></status></{kind}-notification></imdn>");
        assert!(report.ends_with(&expected), "{document}\n{report}");
    }
}

#[test]
fn elements_are_changed_in_their_place() {
    let report = written(
        "{message: report, about: im, document: {subject: Lunch, message-id: '${marker}', datetime: null, \
         recipient-uri: 'sip:c@d', colour: red}}",
    );
    let expected = DOCUMENT
        .replace("<datetime>2006-04-04T12:16:49-05:00</datetime>", "")
        .replace("34jk324j", "x-1")
        .replace("<recipient-uri>im:bob@example.com", "<recipient-uri>sip:c@d")
        .replace("<delivery-notification>", "<subject>Lunch</subject><delivery-notification>")
        .replace("</imdn>", "<colour>red</colour></imdn>");
    assert!(report.ends_with(&expected), "{report}");
    for (document, end) in [
        ("notification: null", "</original-recipient-uri></imdn>"),
        ("notification: null, status: null", "</original-recipient-uri></imdn>"),
        ("status: null", "<delivery-notification/></imdn>"),
        ("status: null, notification: display", "<display-notification/></imdn>"),
    ] {
        let report = written(&format!("{{message: report, about: im, document: {{{document}}}}}"));
        assert!(report.ends_with(end), "{document}\n{report}");
    }
}

#[test]
fn a_recorded_route_is_followed() {
    let hops =
        "imdn.IMDN-Record-Route: List <sip:l.7@127.0.0.1:5062>\r\nimdn.IMDN-Record-Route: <sip:far@h>\r\n";
    let report = relayed(hops, "{message: report, about: im}");
    assert!(report.starts_with("MESSAGE sip:l.7@127.0.0.1:5062 SIP/2.0\r\n"), "{report}");
    assert!(report.contains("\r\nTo: <sip:l.7@127.0.0.1:5062>\r\n"), "SIP\n{report}");
    assert!(report.contains("\r\nTo: <im:alice@example.com>\r\nDateTime"), "CPIM\n{report}");
    let copied = hops.replace("Record-Route", "Route");
    assert!(report.contains(&copied) && !report.contains("Record-Route"), "{report}");
}

#[test]
fn without_a_route_a_notification_goes_to_where_the_message_came_from() {
    let report = relayed("", "{message: report, about: im}");
    assert!(report.starts_with("MESSAGE sip:bob@127.0.0.1:5062 SIP/2.0\r\n"), "SIP From\n{report}");
    assert!(report.contains("\r\nTo: <im:alice@example.com>\r\nDateTime"), "{report}");
    assert!(!report.contains("IMDN-Route"), "{report}");
}

#[test]
fn the_first_address_is_named_beside_the_recipients() {
    let report = relayed("imdn.Original-To: List <im:list@example.com>\r\n", "{message: report, about: im}");
    let pair = "<recipient-uri>im:bob@example.com</recipient-uri>\
                <original-recipient-uri>im:list@example.com</original-recipient-uri>";
    assert!(report.contains(pair), "{report}");
}

#[test]
fn a_message_without_time_or_addressee_can_be_reported() {
    let bare = REQUEST
        .replace("DateTime: 2006-04-04T12:16:49-05:00\r\n", "")
        .replace("To: Bob <im:bob@example.com>\r\n", "");
    let report = composed(&bare, "{message: report, about: im}", false);
    assert!(report.contains(&format!("<datetime/><recipient-uri>{PEER}</recipient-uri>")), "{report}");
}
