//! Responses that a peer makes by itself, and where they go.

use std::net::SocketAddr;

use bytes::Bytes;
use wire::sip::{Message, Reply};

/// What stands in a response beside what it takes from the request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outline<'a> {
    pub(crate) code: u16,
    pub(crate) reason: Option<&'a str>,
    pub(crate) headers: &'a [(String, String)],
    pub(crate) body: &'a [u8],
    /// Makes the To tag, where the request has none.
    pub(crate) tag: u64,
}

/// The response to a request that came from `source`. Headers that the request lacks are left out.
pub(crate) fn build(request: &Message<'_>, source: SocketAddr, outline: &Outline<'_>) -> Bytes {
    let headers: Vec<(&str, &str)> =
        outline.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let tag = format!("{:016x}", outline.tag);
    let reply = Reply {
        status: outline.code,
        reason: outline.reason,
        to_tag: Some(&tag),
        source: Some(source),
        headers: &headers,
        body: outline.body,
    };
    reply.to(request).into()
}

/// Where the response to a request that came over UDP from `source` goes (RFC 3261 section 18.2.2, RFC 3581 section 4).
///
/// `maddr` is not obeyed: a response never goes to another host than the one the request came from.
pub(crate) fn destination(request: &Message<'_>, source: SocketAddr) -> SocketAddr {
    match request.via() {
        Some(via) if via.params.get(b"rport").is_none() => without_connection(request, source),
        _ => source,
    }
}

/// Where the response to a request goes if its connection is gone: the port of the topmost Via at the host the request
/// came from (RFC 3261 section 18.2.2).
pub(crate) fn without_connection(request: &Message<'_>, source: SocketAddr) -> SocketAddr {
    let port = request.via().and_then(|via| via.sent_by.port_number()).filter(|port| *port != 0);
    SocketAddr::new(source.ip(), port.unwrap_or(5060))
}

#[cfg(test)]
mod tests {
    use wire::sip::decode;

    use super::*;

    fn request(via: &str) -> String {
        format!(
            "MESSAGE sip:a@h SIP/2.0\r\nVia: {via}\r\nFrom: <sip:f@h>;tag=1\r\nTo: <sip:t@h>\r\nCall-ID: c\r\n\
             CSeq: 1 MESSAGE\r\nMax-Forwards: 70\r\n\r\n"
        )
    }

    fn source() -> SocketAddr {
        ([192, 0, 2, 1], 9988).into()
    }

    #[test]
    fn a_response_carries_the_headers_of_the_answer_and_the_source() {
        let headers = [("Allow".to_owned(), "MESSAGE".to_owned())];
        let outline = Outline { code: 405, reason: None, headers: &headers, body: b"", tag: 0xab };
        let request = request("SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff");
        let response = build(&decode(request.as_bytes()).value, source(), &outline);
        let decoded = decode(&response);
        assert_eq!(decoded.deviations, [], "{}", response.escape_ascii());
        assert_eq!(decoded.value.to_tag(), Some(&b"00000000000000ab"[..]));
        assert_eq!(
            decoded.value.header_named(b"Allow").map(|header| header.raw_value()),
            Some(&b"MESSAGE"[..])
        );
        let via = decoded.value.via().unwrap();
        assert_eq!(via.params.value(b"rport"), Some(&b"9988"[..]));
        assert_eq!(via.params.value(b"received"), Some(&b"192.0.2.1"[..]));
    }

    #[test]
    fn responses_over_udp_go_where_the_via_says() {
        let to = |via: &str| destination(&decode(request(via).as_bytes()).value, source()).to_string();
        assert_eq!(to("SIP/2.0/UDP c.example;branch=z9hG4bK1"), "192.0.2.1:5060");
        assert_eq!(to("SIP/2.0/UDP 10.0.0.1:5070;maddr=10.0.0.2;branch=z9hG4bK1"), "192.0.2.1:5070");
        assert_eq!(to("SIP/2.0/UDP 10.0.0.1:5070;rport;branch=z9hG4bK1"), "192.0.2.1:9988");
        assert_eq!(to("nonsense"), "192.0.2.1:9988");
    }
}
