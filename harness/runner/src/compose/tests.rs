//! What the templates write, read by the codecs.

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
    let mut names = Environment::new(&IMDN_03);
    names.bind("P", serde_json::json!({"uri": PEER, "user": "p.abc123"}));
    names.bind("marker", "x-1".into());
    let head = OF_IUT.replace("309", &CPIM_OF_IUT.len().to_string());
    let kind = EventKind::Received {
        peer: Arc::from("P"),
        transport: Transport::Udp,
        from: ([127, 0, 0, 1], 5062).into(),
        novelty: Novelty::Request,
        octets: (head + CPIM_OF_IUT).into(),
    };
    let event = Event { at: Duration::ZERO, step: None, kind };
    let message = Capture::new(&IMDN_03).observe(EventId(0), &event).unwrap();
    names.name("im", message);
    names
}

fn compose(transport: Transport, yaml: &str) -> Result<Bytes, ComposeError> {
    let names = names();
    let peer = format!("{PEER}{}", if transport == Transport::Tcp { ";transport=tcp" } else { "" });
    let parties = Parties {
        peer: &peer,
        iut: "sip:bob@127.0.0.1:5062",
        endpoint: "sip:bob@127.0.0.1:5062;transport=udp",
        transport,
        sent_by: ([127, 0, 0, 1], 41080).into(),
        relayed: false,
    };
    Composer { names: &names, parties }.compose(&send(yaml))
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
    for template in ["im-req", "im", "plain", "options", "resent, of: im", "report, about: im", "report"] {
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
    let identity = |yaml: &str| Identity::of(&compose(Transport::Udp, yaml).unwrap(), &IMDN_03);
    let id = |yaml: &str| identity(yaml).message_id;
    assert_eq!(id("{message: im, cpim: {set: ['imdn.Message-ID: abc']}}").as_deref(), Some("abc"));
    assert_eq!(id("{message: im, cpim: {set: ['NS: imdn <urn:other>']}}"), None);
    assert_eq!(id("{message: im, cpim: {drop: [imdn.Message-ID], add: ['Message-ID: abc']}}"), None);
    assert_eq!(id("{message: plain}"), None);
    assert_eq!(identity("{message: im}").from.as_deref(), Some(PEER));
}
