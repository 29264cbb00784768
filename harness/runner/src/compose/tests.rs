//! What the templates write, read by the codecs.

mod notifications;
mod protect;
mod receipts;
mod sessions;

use std::sync::Arc;
use std::time::Duration;

use judge::Capture;
use record::{Event, EventId, EventKind, Novelty};
use scenario::model::Step;
use wire::profile::IMDN_03;

use super::*;

const PEER: &str = "sip:p.abc123@127.0.0.1:41080";
const OF_IUT: &str = "MESSAGE sip:p.abc123@127.0.0.1:41080 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bK7\r\n\
    From: <sip:bob@127.0.0.1:5062>;tag=1\r\nTo: <sip:p.abc123@127.0.0.1:41080>\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\n\
    Max-Forwards: 70\r\nContent-Type: message/cpim\r\nContent-Length: 309\r\n\r\n";
const CPIM_OF_IUT: &str = "From: Bob <sip:bob@127.0.0.1:5062>\r\nTo: <sip:p.abc123@127.0.0.1:41080>\r\n\
    DateTime: 2026-11-20T12:00:00Z\r\nSubject:;lang=de Essen\r\nSubject: Food\r\n\
    NS: imdn <urn:ietf:params:cpim-headers:imdn>\r\nimdn.Message-ID: id-1\r\nimdn.Disposition-Notification: \r\n\r\n\
    Content-Type: text/plain\r\n\r\nLunch?";

fn send(yaml: &str) -> Send {
    let text = format!(
        "document: imdn-03\nsection: '1'\ntitle: t\nscenarios:\n  - id: a\n    title: t\n    role: b2bua\n    steps:\n      - send: {yaml}\n"
    );
    let loaded = scenario::strict::load::<scenario::model::ScenarioFile>("a.yaml", &text);
    let mut file =
        loaded.unwrap_or_else(|problems| panic!("{}", problems.render(scenario::Style::Plain))).value;
    match file.scenarios.remove(0).steps.remove(0) {
        Step::Send(send) => send,
        step => panic!("{step:?}"),
    }
}

/// Names with a message of the IUT called `im`.
fn names() -> Environment {
    names_with(&IMDN_03, CPIM_OF_IUT)
}

/// The same where that is the message.
fn names_with(profile: &'static Profile, object: &str) -> Environment {
    let mut names = Environment::new(profile);
    names.bind("P", serde_json::json!({"uri": PEER, "user": "p.abc123"}));
    names.bind("marker", "x-1".into());
    let head = OF_IUT.replace("309", &object.len().to_string());
    let kind = EventKind::Received {
        peer: Arc::from("P"),
        transport: Transport::Udp,
        from: ([127, 0, 0, 1], 5062).into(),
        novelty: Novelty::Request,
        octets: (head + object).into(),
    };
    let event = Event { at: Duration::ZERO, step: None, kind };
    let message = Capture::new(profile).observe(EventId(0), &event).unwrap();
    names.name("im", message);
    names
}

fn compose(transport: Transport, yaml: &str) -> Result<Bytes, ComposeError> {
    compose_with(names(), transport, yaml, false)
}

fn compose_with(
    names: Environment,
    transport: Transport,
    yaml: &str,
    relayed: bool,
) -> Result<Bytes, ComposeError> {
    match compose_in(names, transport, yaml, relayed, Mode::Page)? {
        Composed::Page(octets) => Ok(octets),
        Composed::Session(message) => panic!("{message:?}"),
    }
}

fn compose_in(
    names: Environment,
    transport: Transport,
    yaml: &str,
    relayed: bool,
    mode: Mode,
) -> Result<Composed, ComposeError> {
    let peer = format!("{PEER}{}", if transport == Transport::Tcp { ";transport=tcp" } else { "" });
    let parties = Parties {
        peer: &peer,
        iut: "sip:bob@127.0.0.1:5062",
        endpoint: "sip:bob@127.0.0.1:5062;transport=udp",
        transport,
        sent_by: ([127, 0, 0, 1], 41080).into(),
        relayed,
        keys: None,
    };
    Composer { names: &names, parties }.compose(&send(yaml), mode)
}

fn text(yaml: &str) -> String {
    String::from_utf8(compose(Transport::Udp, yaml).unwrap().to_vec()).unwrap()
}

/// The message with everything fresh replaced.
fn golden(text: &str) -> String {
    let fresh = [
        "branch=z9hG4bK",
        "tag=",
        "Call-ID: ",
        "DateTime: ",
        "Message-ID: ",
        "Marker ",
        "-time>",
        "Content-Length: ",
    ];
    fresh.iter().fold(text.to_owned(), |text, key| {
        let mut pieces = text.split(key);
        let first = pieces.next().unwrap_or_default().to_owned();
        pieces.fold(first, |out, piece| {
            let end = piece.find(['\r', ';', '@', '<']).unwrap_or(piece.len());
            format!("{out}{key}*{}", &piece[end..])
        })
    })
}

#[test]
fn every_template_is_free_of_deviations() {
    for template in [
        "im-req",
        "im",
        "plain",
        "options",
        "resent, of: im",
        "report, about: im",
        "report",
        "wrapped, about: im",
        "wrapped",
        "encrypted, about: im",
        "signed, about: im",
    ] {
        for transport in [Transport::Udp, Transport::Tcp] {
            let octets = compose(transport, &format!("{{message: {template}}}")).unwrap();
            let sip = wire::sip::decode(&octets);
            assert!(sip.deviations.is_empty(), "{template}: {:?}", sip.deviations);
            if sip.value.content_type().as_deref() != Some(b"message/cpim") {
                continue;
            }
            let cpim = wire::cpim::decode(&octets, sip.value.body_span());
            assert!(cpim.deviations.is_empty(), "{template}: {:?}", cpim.deviations);
            let headers = wire::imdn::headers(&cpim.value, &IMDN_03);
            assert!(headers.deviations.is_empty(), "{template}: {:?}", headers.deviations);
            if template.starts_with("report") {
                let document = wire::imdn::decode_entity(&octets, cpim.value.entity(), &IMDN_03);
                assert!(document.deviations.is_empty(), "{template}: {:?}", document.deviations);
            }
        }
    }
}

#[test]
fn im_req_is_as_part_a_says() {
    let expected = "MESSAGE sip:bob@127.0.0.1:5062;transport=udp SIP/2.0\r\n\
        Via: SIP/2.0/UDP 127.0.0.1:41080;branch=z9hG4bK*;rport\r\nMax-Forwards: 70\r\n\
        From: <sip:p.abc123@127.0.0.1:41080>;tag=*\r\nTo: <sip:bob@127.0.0.1:5062>\r\nCall-ID: *@127.0.0.1\r\n\
        CSeq: 1 MESSAGE\r\nContent-Type: message/cpim\r\nContent-Length: *\r\n\r\n\
        From: <sip:p.abc123@127.0.0.1:41080>\r\nTo: <sip:bob@127.0.0.1:5062>\r\nDateTime: *\r\n\
        Subject: Conformance test\r\nNS: imdn <urn:ietf:params:cpim-headers:imdn>\r\n\
        imdn.Disposition-Notification: \r\nimdn.Message-ID: *\r\n\r\n\
        Content-Type: text/plain;charset=utf-8\r\n\r\nMarker *";
    assert_eq!(golden(&text("{message: im-req}")), expected);
}

#[test]
fn a_report_says_everything_right() {
    let report = golden(&text("{message: report, about: im}"));
    let head = "From: <sip:p.abc123@127.0.0.1:41080>\r\nTo: <sip:bob@127.0.0.1:5062>\r\nDateTime: *\r\n\
        Subject:;lang=de Essen\r\nSubject: Food\r\nNS: imdn <urn:ietf:params:cpim-headers:imdn>\r\n\
        imdn.Message-ID: *\r\nimdn.Original-Message-ID: *\r\n\r\nContent-Type: application/imdn+xml\r\n\r\n";
    assert!(report.contains(head), "{report}");
    let whole = text("{message: report, about: im}");
    assert!(whole.contains("imdn.Original-Message-ID: id-1\r\n"), "{whole}");
    for element in [
        "<disposition>read</disposition>",
        "<original-message-id>id-1</original-message-id>",
        "<original-recipient-uri>sip:bob@127.0.0.1:5062</original-recipient-uri>",
        "<reporting-uas-uri>sip:p.abc123@127.0.0.1:41080</reporting-uas-uri>",
    ] {
        assert!(whole.contains(element), "{element}\n{whole}");
    }
    assert!(!whole.contains("<original-recipient>"), "{whole}");
}

#[test]
fn edits_drop_set_and_add_lines() {
    let edited = golden(&text(
        "{message: im-req, cpim: {drop: [Subject, imdn.Message-ID], set: ['NS: zz <urn:x>'], \
         add: ['Subject:;lang=fr Été', 'zz.Id: ${marker}']}, \
         sip: {drop: [Max-Forwards], set: ['From: <sip:x@y>;tag=*'], add: ['Subject: ${im.id}']}}",
    ));
    for line in [
        "NS: zz <urn:x>\r\n",
        "Subject:;lang=fr Été\r\n",
        "zz.Id: x-1\r\n",
        "From: <sip:x@y>;tag=*\r\n",
        "Subject: id-1\r\n",
    ] {
        assert_eq!(edited.matches(line).count(), 1, "{line}\n{edited}");
    }
    for gone in ["Max-Forwards", "imdn.Message-ID", "urn:ietf"] {
        assert!(!edited.contains(gone), "{gone}\n{edited}");
    }
}

#[test]
fn the_headers_of_the_content_can_be_edited() {
    let image = text(
        "{message: im, text: no image, entity: {set: ['Content-Type: image/png'], add: ['X: ${marker}']}}",
    );
    assert!(image.ends_with("\r\n\r\nContent-Type: image/png\r\nX: x-1\r\n\r\nno image"), "{image}");
    let bare = text("{message: report, about: im, entity: {drop: [Content-Type]}}");
    assert!(bare.contains("\r\n\r\n\r\n<?xml"), "{bare}");
    let signed = text("{message: signed, about: im, entity: {set: ['content-type: text/plain']}}");
    assert!(signed.contains("\r\n\r\ncontent-type: text/plain\r\n\r\n--"), "{signed}");
}

#[test]
fn a_document_can_be_spoilt() {
    let report = text("{message: report, about: im, document: {disposition: eaten, disposition-time: null}}");
    assert!(
        report.contains("<disposition>eaten</disposition>") && !report.contains("disposition-time"),
        "{report}"
    );
}

#[test]
fn texts_and_bodies_are_the_scenarios() {
    assert!(text("{message: plain, text: 'Is it ${marker}?'}").ends_with("\r\n\r\nIs it x-1?"));
    let body = text("{message: im, body: 'no cpim'}");
    assert!(body.contains("Content-Length: 7\r\n") && body.ends_with("\r\n\r\nno cpim"), "{body}");
}

#[test]
fn what_was_sent_can_be_sent_again() {
    let again = compose(Transport::Udp, "{message: again, of: im}").unwrap();
    assert_eq!(again, names().message("im").unwrap().octets);
    let resent = text("{message: resent, of: im}");
    assert!(resent.ends_with(CPIM_OF_IUT) && !resent.contains("branch=z9hG4bK7\r\n"), "{resent}");
    assert_eq!(
        compose(Transport::Udp, "{message: again, of: no}"),
        Err(ComposeError::NoMessage("no".into()))
    );
}

#[test]
fn what_is_not_there_is_named() {
    for (yaml, part) in [
        ("{message: im, text: '${no}'}", "nothing is named `no`"),
        ("{message: im, text: '${im.cpim.cc}'}", "`im` has no `cpim.cc`"),
        ("{message: report, about: other}", "nothing is named `other`"),
        ("{message: im, sip: {set: ['${']}}", "no closing brace"),
    ] {
        let error = compose(Transport::Udp, yaml).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[test]
fn only_what_is_in_the_namespace_identifies_a_message() {
    let identity = |yaml: &str| {
        let composed = compose_in(names(), Transport::Udp, yaml, false, Mode::Page).unwrap();
        Identity::of(composed.body(), &IMDN_03, "sip:sender@h")
    };
    let id = |yaml: &str| identity(yaml).message_id;
    assert_eq!(id("{message: im, cpim: {set: ['imdn.Message-ID: abc']}}").as_deref(), Some("abc"));
    assert_eq!(id("{message: im, cpim: {set: ['NS: imdn <urn:other>']}}"), None);
    assert_eq!(id("{message: im, cpim: {drop: [imdn.Message-ID], add: ['Message-ID: abc']}}"), None);
    assert_eq!(id("{message: plain}"), None);
    assert_eq!(identity("{message: im}").from, PEER);
    assert_eq!(identity("{message: im, cpim: {drop: [From]}}").from, "sip:sender@h");
    assert_eq!(identity("{message: plain}").from, "sip:sender@h");
}

/// A message of an intermediary that has Original-Message-ID, Original-From and Original-To, called `copy`.
fn copy(edit: impl Fn(String) -> String) -> Environment {
    let headers = "imdn.Original-Message-ID: first-1\r\nimdn.Original-From: <sip:u@h>\r\n\
                   imdn.Original-To: <sip:list@127.0.0.1:5062>\r\nimdn.Message-ID";
    let object = edit(CPIM_OF_IUT.replace("imdn.Message-ID", headers).replace("sip:bob@", "sip:list@"));
    let head = OF_IUT.replace("309", &object.len().to_string());
    let kind = EventKind::Received {
        peer: Arc::from("D1"),
        transport: Transport::Udp,
        from: ([127, 0, 0, 1], 5062).into(),
        novelty: Novelty::Request,
        octets: (head + &object).into(),
    };
    let mut capture = Capture::new(&IMDN_03);
    let mut names = Environment::new(&IMDN_03);
    let received = capture.observe(EventId(0), &Event { at: Duration::ZERO, step: None, kind }).unwrap();
    names.name("copy", received);
    names.bind("L", serde_json::json!({"uri": "sip:l.7@127.0.0.1:5062"}));
    names
}

fn relayed(transport: Transport, yaml: &str) -> Bytes {
    compose_with(copy(|object| object), transport, yaml, true).unwrap()
}

#[test]
fn a_message_goes_to_the_address_that_it_is_for() {
    for (transport, endpoint) in
        [(Transport::Udp, "sip:l.7@127.0.0.1:5062"), (Transport::Tcp, "sip:l.7@127.0.0.1:5062;transport=tcp")]
    {
        let text = String::from_utf8(relayed(transport, "{message: im, to: '${L.uri}'}").to_vec()).unwrap();
        assert!(text.starts_with(&format!("MESSAGE {endpoint} SIP/2.0\r\n")), "{text}");
        assert_eq!(text.matches("\r\nTo: <sip:l.7@127.0.0.1:5062>\r\n").count(), 2, "SIP and CPIM\n{text}");
    }
    let im =
        String::from_utf8(relayed(Transport::Udp, "{message: im, to: 'im:l@lab.test'}").to_vec()).unwrap();
    assert!(im.starts_with("MESSAGE sip:bob@127.0.0.1:5062;transport=udp SIP/2.0\r\n"), "{im}");
    assert!(im.contains("\r\nTo: <im:l@lab.test>\r\n"), "{im}");
}

#[test]
fn a_report_from_behind_an_intermediary_goes_to_the_sender_of_the_copy() {
    for template in ["report", "wrapped", "encrypted", "signed"] {
        let octets = relayed(Transport::Udp, &format!("{{message: {template}, about: copy}}"));
        let text = String::from_utf8_lossy(&octets);
        assert!(text.starts_with("MESSAGE sip:list@127.0.0.1:5062 SIP/2.0\r\n"), "{template}\n{text}");
        assert!(text.contains("\r\nTo: <sip:list@127.0.0.1:5062>\r\nDateTime"), "{template}\n{text}");
        assert!(text.contains("\r\nimdn.Original-Message-ID: first-1\r\n"), "{template}\n{text}");
    }
    let report =
        String::from_utf8(relayed(Transport::Udp, "{message: report, about: copy}").to_vec()).unwrap();
    for element in [
        "<original-message-id>first-1</original-message-id>",
        "<original-recipient-uri>sip:u@h</original-recipient-uri>",
        "<original-recipient>sip:list@127.0.0.1:5062</original-recipient>",
    ] {
        assert!(report.contains(element), "{element}\n{report}");
    }
    let elsewhere = relayed(Transport::Udp, "{message: report, about: copy, to: 'sip:x@h'}");
    assert!(elsewhere.starts_with(b"MESSAGE sip:x@h SIP/2.0\r\n"));
}

#[test]
fn without_a_first_identifier_the_message_id_is_reported() {
    let empty = copy(|object| object.replace("Original-Message-ID: first-1", "Original-Message-ID: "));
    let octets = compose_with(empty, Transport::Udp, "{message: report, about: copy}", true).unwrap();
    assert!(String::from_utf8_lossy(&octets).contains("<original-message-id>id-1</original-message-id>"));
}

#[test]
fn a_wrapped_report_encloses_another_one_whole() {
    let inner = relayed(Transport::Udp, "{message: report, about: copy}");
    let mut names = copy(|object| object);
    let kind = EventKind::Sent {
        peer: Arc::from("D2"),
        transport: Transport::Udp,
        to: ([127, 0, 0, 1], 5062).into(),
        purpose: record::Purpose::Request,
        octets: inner.clone(),
    };
    let event = Event { at: Duration::ZERO, step: None, kind };
    names.name("inner", Capture::new(&IMDN_03).observe(EventId(1), &event).unwrap());
    let outer =
        compose_with(names, Transport::Udp, "{message: wrapped, about: copy, of: inner}", true).unwrap();
    let body = wire::sip::decode(&inner).value.body().to_vec();
    assert!(outer.ends_with(&body));
    let sip = wire::sip::decode(&outer).value;
    let object = wire::cpim::decode(&outer, sip.body_span()).value;
    assert!(object.entity().is("message/cpim"));
    assert_eq!(object.content(), body);
}

#[test]
fn what_cannot_be_read_on_the_way_is_opaque() {
    let encrypted = relayed(Transport::Tcp, "{message: encrypted, about: copy}");
    let sip = wire::sip::decode(&encrypted).value;
    let object = wire::cpim::decode(&encrypted, sip.body_span()).value;
    assert!(object.entity().is("application/pkcs7-mime"));
    assert_eq!(object.content(), (0..=255).collect::<Vec<u8>>());
    let signed = relayed(Transport::Tcp, "{message: signed, about: copy, document: {disposition: denied}}");
    let sip = wire::sip::decode(&signed).value;
    let object = wire::cpim::decode(&signed, sip.body_span()).value;
    let parts = object.entity().parts();
    assert!(parts.deviations.is_empty(), "{:?}", parts.deviations);
    let [document, signature] = parts.value.as_slice() else { panic!("{:?}", parts.value) };
    assert!(signature.is("application/pkcs7-signature"));
    let document = wire::imdn::decode_entity(&signed, document, &IMDN_03).value;
    assert_eq!(document.value("disposition", &IMDN_03), Some("denied"));
}
