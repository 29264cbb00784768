//! Messages for tests, and what is said about them without what differs from run to run.

use std::net::SocketAddr;

use crate::carrier::{Answer, Incoming, Mode, Origin, Outgoing, SessionId, Way};
use crate::sip::{Source, Transport};
use crate::user::Action;

/// Where everybody's signalling comes from.
const PEER: &str = "127.0.0.1:5060";

/// A CPIM object as somebody sends it to a URI.
pub(crate) fn incoming(mode: Mode, sender: &str, target: &str, cpim: &str) -> Incoming {
    let address: SocketAddr = PEER.parse().unwrap();
    let source = Source { transport: Transport::Udp, address, link: None };
    Incoming {
        origin: match mode {
            Mode::Page => Origin::Page(source),
            Mode::Session => Origin::Session(SessionId(7), source),
        },
        sender: sender.to_owned(),
        target: target.to_owned(),
        to: target.to_owned(),
        content_type: Some("message/cpim".to_owned()),
        disposition: None,
        has_content_id: false,
        body: cpim.to_owned().into(),
        first_chunk: cpim.len(),
        carrier_id: Some("msrp".to_owned()),
        hops: 70,
    }
}

/// An answer in words.
pub(crate) fn answer(answer: Option<&Answer>) -> String {
    let Some(Answer { status, body, unwanted, .. }) = answer else { return "no answer".to_owned() };
    let body = body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    masked(&format!("{status} {body}{}", if *unwanted { " at any price" } else { "" }))
}

/// What is done, in words.
pub(crate) fn action(action: &Action) -> String {
    match action {
        Action::Send(outgoing) => masked(&written(outgoing)),
        Action::Tell(event) => masked(&event.to_string()),
        Action::Call(call) => format!("{call:?}"),
    }
}

fn written(outgoing: &Outgoing) -> String {
    let Outgoing { way, request_uri, from, to, headers, content_type, body, reports, .. } = outgoing;
    let way = match way {
        Way::Page(_) => "page".to_owned(),
        Way::Session { into, .. } => format!("session {into:?} {reports:?}"),
    };
    let body = String::from_utf8_lossy(body);
    format!("{way}: {request_uri} from {from} to {to} {headers:?} {content_type}\n{body}")
}

/// Random identifiers become `ID`, times `NOW`.
pub(crate) fn masked(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| match line.starts_with("DateTime: ") {
        true => "DateTime: NOW\r\n".to_owned(),
        false => without_ids(line),
    });
    lines.collect()
}

fn without_ids(line: &str) -> String {
    let mut masked = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|character: char| !character.is_ascii_hexdigit()).unwrap_or(rest.len());
        let taken = end.max(first.len_utf8());
        masked.push_str(if end == 32 { "ID" } else { &rest[..taken] });
        rest = &rest[taken..];
    }
    masked
}
