//! The same messages for sessions.

use peer::{HeaderEdit, OutgoingMessage};
use wire::msrp::{FailureReport, RangeEnd};

use super::*;

fn in_session(yaml: &str) -> SessionMessage {
    match compose_in(names(), Transport::Tcp, yaml, false, Mode::Session).unwrap() {
        Composed::Session(message) => message,
        Composed::Page(octets) => panic!("{octets:?}"),
    }
}

fn message(yaml: &str) -> OutgoingMessage {
    in_session(yaml).message
}

#[test]
fn a_message_is_the_same_object_in_a_session() {
    let message = message("{message: im-req}");
    assert_eq!(message.content_type.as_deref(), Some("message/cpim"));
    assert_eq!((message.success_report, message.failure_report), (None, None));
    let object = wire::cpim::decode(&message.body, 0..message.body.len());
    assert!(object.deviations.is_empty(), "{:?}", object.deviations);
    assert!(wire::imdn::headers(&object.value, &IMDN_03).deviations.is_empty());
    assert_eq!(message.message_id, None, "it has nothing to do with that of CPIM");
}

#[test]
fn a_report_wants_no_answer() {
    for template in ["report", "wrapped", "encrypted", "signed"] {
        let message = message(&format!("{{message: {template}, about: im}}"));
        assert_eq!(message.success_report, Some(false), "{template}");
        assert_eq!(message.failure_report, Some(FailureReport::No), "{template}");
    }
}

#[test]
fn a_session_is_with_whom_the_message_is_for() {
    let to_user = in_session("{message: im}");
    assert_eq!(to_user.endpoint, "sip:bob@127.0.0.1:5062;transport=udp");
    assert_eq!(to_user.from, "<sip:p.abc123@127.0.0.1:41080>");
    assert_eq!((&*to_user.to, &*to_user.address), ("<sip:bob@127.0.0.1:5062>", "sip:bob@127.0.0.1:5062"));
    let to_list = in_session("{message: im, to: 'sip:l.7@127.0.0.1:5062'}");
    assert_eq!(to_list.endpoint, "sip:l.7@127.0.0.1:5062;transport=tcp");
    assert_eq!((&*to_list.to, &*to_list.address), ("<sip:l.7@127.0.0.1:5062>", "sip:l.7@127.0.0.1:5062"));
}

#[test]
fn chunks_and_headers_are_as_the_step_says() {
    let whole = message(&format!("{{message: im, body: '{}'}}", "x".repeat(5000)));
    assert_eq!((whole.chunking.size, whole.chunking.range_end), (5000, RangeEnd::Interruptible));
    let edited = message(
        "{message: plain, text: Hi, chunk: 100, \
         msrp: {drop: [Message-ID], set: ['Failure-Report: partial'], add: ['X:${marker}']}}",
    );
    assert_eq!(edited.chunking.size, 100);
    assert_eq!(edited.content_type.as_deref(), Some("text/plain;charset=utf-8"));
    assert_eq!(edited.body, "Hi");
    let (name, value) = ("Failure-Report".to_owned(), "partial".to_owned());
    let expected = [
        HeaderEdit::Drop("Message-ID".into()),
        HeaderEdit::Set(name, value),
        HeaderEdit::Add("X".into(), "x-1".into()),
    ];
    assert_eq!(edited.edits, expected);
}

#[test]
fn what_came_as_a_page_can_be_sent_in_a_session() {
    let resent = message("{message: resent, of: im}");
    assert_eq!(resent.content_type.as_deref(), Some("message/cpim"));
    assert_eq!(resent.body, CPIM_OF_IUT);
}

#[test]
fn options_are_never_sent_in_a_session() {
    let composed = compose_in(names(), Transport::Tcp, "{message: options}", false, Mode::Session).unwrap();
    assert!(matches!(composed, Composed::Page(octets) if octets.starts_with(b"OPTIONS ")));
}
