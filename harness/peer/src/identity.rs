//! Whose a message is, and which transaction it belongs to.

use wire::sip::{HeaderId, MAGIC_COOKIE, Message};

use crate::transaction::{Identity, Key, Keys};

/// At most so many `@` are looked at to find a user in garbage.
const GUESSES: usize = 64;

/// The key of the client transaction of a request, or the one that a response is for (RFC 3261 section 17.1.3). `None`
/// if there is neither a branch nor a Call-ID.
pub(crate) fn client_key(keys: &Keys, message: &Message<'_>) -> Option<Key> {
    let method = message.cseq().map(|cseq| cseq.method).or(message.method());
    match message.via_branch() {
        Some(branch) => Some(keys.client(branch, method.map_or(b"", |method| method.0))),
        None => Some(keys.client_without_branch(message.call_id()?, cseq(message))),
    }
}

fn cseq<'a>(message: &Message<'a>) -> &'a [u8] {
    message.header(HeaderId::CSEQ).map_or(b"", |header| header.raw_value())
}

/// The key of the server transaction of a request (RFC 3261 section 17.2.3).
pub(crate) fn server_key(keys: &Keys, request: &Message<'_>) -> Key {
    let method = request.method().map_or(&b""[..], |method| method.0);
    server_key_of(keys, request, method, cseq(request))
}

/// The key of the server transaction of the INVITE that a CANCEL is about (RFC 3261 section 9.2).
pub(crate) fn cancelled_key(keys: &Keys, cancel: &Message<'_>) -> Key {
    let cseq = cancel.cseq().map(|cseq| format!("{} INVITE", cseq.number)).unwrap_or_default();
    server_key_of(keys, cancel, b"INVITE", cseq.as_bytes())
}

fn server_key_of(keys: &Keys, request: &Message<'_>, method: &[u8], cseq: &[u8]) -> Key {
    let uri = request.request_uri().unwrap_or_default();
    let call_id = request.call_id().unwrap_or_default();
    let via = request.via();
    let branch = via.and_then(|via| Some((via.branch()?, via.sent_by)));
    let identity = match branch.filter(|(branch, _)| branch.starts_with(MAGIC_COOKIE)) {
        Some((branch, by)) => Identity::Branch {
            branch,
            sent_by: (by.host, by.port_number()),
            method,
            values: [uri, call_id, cseq],
        },
        None => Identity::Headers {
            values: [
                uri,
                request.to_tag().unwrap_or_default(),
                request.from_tag().unwrap_or_default(),
                call_id,
                cseq,
                request.header(HeaderId::VIA).map_or(b"", |header| header.raw_value()),
            ],
        },
    };
    keys.server(identity)
}

/// The users that a request may be for, the likeliest first: that of the Request-URI, that of To.
pub(crate) fn addressees<'a>(request: &Message<'a>) -> impl Iterator<Item = &'a [u8]> {
    let uri = request.request_uri_parts().and_then(|uri| uri.user());
    let to = request.to().and_then(|to| to.uri.user());
    uri.into_iter().chain(to)
}

/// The user in From: that of a response is who sent the request.
pub(crate) fn sender<'a>(message: &Message<'a>) -> Option<&'a [u8]> {
    message.from()?.uri.user()
}

/// Everything in front of an `@` that could be a user, in octets that are no message.
pub(crate) fn guesses(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ats = octets.iter().enumerate().filter(|(_, octet)| **octet == b'@').map(|(at, _)| at);
    ats.take(GUESSES).map(|at| {
        let before = &octets[..at];
        let start = before.iter().rposition(|octet| !is_user(*octet)).map_or(0, |last| last + 1);
        &before[start..]
    })
}

fn is_user(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-_.!~*'()%&=+$,;?/".contains(&octet)
}

#[cfg(test)]
mod tests {
    use wire::sip::decode;

    use super::*;

    const REQUEST: &str = "MESSAGE sip:a@h SIP/2.0\r\nVia: SIP/2.0/UDP c.example;branch=z9hG4bK1\r\n\
        From: <sip:f@h>;tag=1\r\nTo: \"@\" <sip:t@h>\r\nCall-ID: c\r\nCSeq: 1 MESSAGE\r\nMax-Forwards: 70\r\n\r\n";

    fn changed(from: &str, to: &str) -> String {
        assert!(REQUEST.contains(from));
        REQUEST.replace(from, to)
    }

    #[test]
    fn a_response_finds_its_request() {
        let keys = Keys::default();
        let key = |text: &str| client_key(&keys, &decode(text.as_bytes()).value);
        let response = |text: &str| text.replace("MESSAGE sip:a@h SIP/2.0", "SIP/2.0 200 OK");
        assert_eq!(key(REQUEST), key(&response(REQUEST)));
        assert_ne!(key(REQUEST), key(&response(&changed("1 MESSAGE", "1 CANCEL"))));
        let bare = changed(";branch=z9hG4bK1", "");
        assert_eq!(key(&bare), key(&response(&bare)));
        assert_ne!(key(&bare), key(REQUEST));
        assert_eq!(key("MESSAGE sip:a@h SIP/2.0\r\n\r\n"), None);
    }

    #[test]
    fn requests_are_told_apart_with_and_without_the_cookie() {
        let keys = Keys::default();
        let key = |text: &str| server_key(&keys, &decode(text.as_bytes()).value);
        assert_eq!(key(REQUEST), key(&changed("Max-Forwards: 70", "Max-Forwards: 69")));
        assert_ne!(
            key(REQUEST),
            key(&changed("Call-ID: c", "Call-ID: d")),
            "a branch used twice hides nothing"
        );
        assert_ne!(key(REQUEST), key(&changed("bK1", "bK2")));
        let old = changed("z9hG4bK1", "1");
        assert_eq!(key(&old), key(&old.replace("Max-Forwards: 70", "Max-Forwards: 69")));
        for (from, to) in
            [("Call-ID: c", "Call-ID: d"), ("CSeq: 1", "CSeq: 2"), (";tag=1", ";tag=2"), ("a@h", "b@h")]
        {
            assert_ne!(key(&old), key(&old.replace(from, to)), "{from}");
        }
    }

    #[test]
    fn users_are_found() {
        let decoded = decode(REQUEST.as_bytes());
        assert_eq!(addressees(&decoded.value).collect::<Vec<_>>(), [b"a", b"t"]);
        assert_eq!(sender(&decoded.value), Some(&b"f"[..]));
        let found: Vec<_> = guesses(b"x sip:me@h \0<im:you@z> @").collect();
        assert_eq!(found, [&b"me"[..], b"you", b""]);
        assert_eq!(guesses(&[b'@'; 10_000]).count(), GUESSES);
    }
}
