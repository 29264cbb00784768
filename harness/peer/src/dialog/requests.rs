//! The requests that make, keep and end a dialog.

use std::net::SocketAddr;

use record::Transport;
use wire::sip::build::{BuildError, RequestBuilder};
use wire::sip::{HeaderId, Message};

use super::{Dialog, text, value};

/// What this end writes into every request of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outset {
    /// What it sends over.
    pub(crate) transport: Transport,
    /// Where answers go to.
    pub(crate) address: SocketAddr,
    /// A branch not used before, without the magic cookie.
    pub(crate) branch: u128,
}

impl Outset {
    /// The Contact of a user there.
    pub(crate) fn contact(&self, user: &str) -> String {
        match self.transport {
            Transport::Tcp => format!("<sip:{user}@{};transport=tcp>", self.address),
            _ => format!("<sip:{user}@{}>", self.address),
        }
    }

    fn begin(&self, method: &str, uri: &str) -> RequestBuilder {
        let branch = format!("z9hG4bK{:032x}", self.branch);
        let transport = self.transport.word().to_uppercase();
        RequestBuilder::new(method, uri).via(&transport, &self.address.to_string(), &branch).max_forwards(70)
    }
}

/// The INVITE that offers a session.
pub(crate) fn invite(
    outset: &Outset,
    user: &str,
    wanted: &crate::Invite,
    tag: u64,
    call_id: u128,
    offer: Vec<u8>,
) -> Result<Vec<u8>, BuildError> {
    let from = format!("{};tag={tag:016x}", wanted.from);
    let call_id = format!("{call_id:032x}@{}", outset.address.ip());
    let request = outset
        .begin("INVITE", &wanted.uri)
        .from(&from)
        .to(&wanted.to)
        .call_id(&call_id)
        .cseq(1)
        .header("Contact", &outset.contact(user))
        .header("Allow", crate::answer::ALLOW)
        .header("Accept", "application/sdp");
    let request = wanted.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    request.body("application/sdp", offer).build()
}

/// The ACK that the INVITE transaction sends for a response of 300 or above (RFC 3261 section 17.1.1.3).
pub(crate) fn acknowledge_refusal(
    invite: &Message<'_>,
    response: &Message<'_>,
) -> Result<Vec<u8>, BuildError> {
    in_transaction("ACK", invite, response)
}

/// The CANCEL of an INVITE that has no final response (RFC 3261 section 9.1).
pub(crate) fn cancel(invite: &Message<'_>) -> Result<Vec<u8>, BuildError> {
    in_transaction("CANCEL", invite, invite)
}

/// A request with the Via, Request-URI and number of the INVITE, and the To of another message.
fn in_transaction(method: &str, invite: &Message<'_>, to: &Message<'_>) -> Result<Vec<u8>, BuildError> {
    let number = invite.cseq().map_or(1, |cseq| cseq.number);
    let uri = text(invite.request_uri().unwrap_or_default());
    let request = RequestBuilder::new(method, &uri)
        .header("Via", &value(invite, HeaderId::VIA))
        .max_forwards(70)
        .from(&value(invite, HeaderId::FROM))
        .to(&value(to, HeaderId::TO))
        .call_id(&value(invite, HeaderId::CALL_ID))
        .cseq(number);
    let routes = invite.headers(HeaderId::ROUTE).map(|header| text(&header.value()));
    routes.fold(request, |request, route| request.header("Route", &route)).build()
}

impl Dialog {
    /// The ACK of a 2xx response (RFC 3261 section 13.2.2.4).
    pub(crate) fn ack(&self, outset: &Outset) -> Result<Vec<u8>, BuildError> {
        self.request("ACK", self.sent, outset)
    }

    /// The BYE that ends the dialog (RFC 3261 section 15.1.1).
    pub(crate) fn bye(&mut self, outset: &Outset) -> Result<Vec<u8>, BuildError> {
        self.sent = self.sent.wrapping_add(1).max(1);
        self.request("BYE", self.sent, outset)
    }

    fn request(&self, method: &str, number: u32, outset: &Outset) -> Result<Vec<u8>, BuildError> {
        let routing = self.routing();
        let request = outset
            .begin(method, &routing.uri)
            .from(&self.local)
            .to(&self.remote)
            .call_id(&self.call_id)
            .cseq(number);
        routing.routes.iter().fold(request, |request, route| request.header("Route", route)).build()
    }
}

#[cfg(test)]
mod tests {
    use wire::sip::decode;

    use super::*;

    const INVITE: &str = "INVITE sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
        Max-Forwards: 70\r\nFrom: \"A\" <sip:a@192.0.2.1>;tag=1\r\nTo: <sip:b@192.0.2.2>\r\nCall-ID: c\r\n\
        CSeq: 7 INVITE\r\nContact: <sip:a@192.0.2.1:5070>\r\nRoute: <sip:192.0.2.9;lr>\r\n\
        Record-Route: <sip:192.0.2.7;lr>, <sip:192.0.2.8;lr>\r\nContent-Length: 0\r\n\r\n";
    const OK: &str = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
        From: \"A\" <sip:a@192.0.2.1>;tag=1\r\nTo: <sip:b@192.0.2.2>;tag=2\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\n\
        Contact: <sip:b@192.0.2.2:5071;transport=udp>\r\nRecord-Route: <sip:192.0.2.8;lr>\r\n\
        Record-Route: <sip:192.0.2.7;lr>\r\nContent-Length: 0\r\n\r\n";

    fn outset() -> Outset {
        Outset { transport: Transport::Udp, address: "192.0.2.1:5070".parse().unwrap(), branch: 0xb }
    }

    /// The lines of a request that has nothing wrong with it.
    fn lines(octets: &[u8]) -> Vec<String> {
        let decoded = decode(octets);
        assert_eq!(decoded.deviations, [], "{}", octets.escape_ascii());
        String::from_utf8(octets.to_vec()).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_requests_of_the_caller_follow_the_response() {
        let (request, response) = (decode(INVITE.as_bytes()), decode(OK.as_bytes()));
        let mut dialog = Dialog::of_response(&request.value, &response.value);
        let ack = lines(&dialog.ack(&outset()).unwrap());
        assert_eq!(ack[0], "ACK sip:b@192.0.2.2:5071;transport=udp SIP/2.0");
        assert!(ack.contains(&"CSeq: 7 ACK".to_owned()));
        assert!(ack.contains(&"To: <sip:b@192.0.2.2>;tag=2".to_owned()));
        let routes: Vec<_> = ack.iter().filter(|line| line.starts_with("Route")).collect();
        assert_eq!(routes, ["Route: <sip:192.0.2.7;lr>", "Route: <sip:192.0.2.8;lr>"], "the other way round");
        let bye = lines(&dialog.bye(&outset()).unwrap());
        assert!(bye.contains(&"CSeq: 8 BYE".to_owned()));
        assert_eq!(dialog.remote_party(), "sip:b@192.0.2.2");
    }

    #[test]
    fn the_requests_of_the_callee_follow_the_invite() {
        let request = decode(INVITE.as_bytes());
        let mut dialog = Dialog::of_request(&request.value, "9");
        assert_eq!(dialog.id(), [&b"c"[..], b"9", b"1"]);
        let bye = lines(&dialog.bye(&outset()).unwrap());
        assert_eq!(bye[0], "BYE sip:a@192.0.2.1:5070 SIP/2.0");
        for line in ["From: <sip:b@192.0.2.2>;tag=9", "To: \"A\" <sip:a@192.0.2.1>;tag=1", "CSeq: 1 BYE"] {
            assert!(bye.contains(&line.to_owned()), "{line}");
        }
        let routes: Vec<_> = bye.iter().filter(|line| line.starts_with("Route")).collect();
        assert_eq!(routes, ["Route: <sip:192.0.2.7;lr>", "Route: <sip:192.0.2.8;lr>"]);
        assert!(dialog.admits(Some(7)) && !dialog.admits(Some(6)) && dialog.admits(Some(8)));
    }

    #[test]
    fn refusals_are_acknowledged_in_their_transaction() {
        let refusal = OK.replace("200 OK", "486 Busy Here");
        let (request, response) = (decode(INVITE.as_bytes()), decode(refusal.as_bytes()));
        let ack = lines(&acknowledge_refusal(&request.value, &response.value).unwrap());
        assert_eq!(ack[0], "ACK sip:b@192.0.2.2 SIP/2.0");
        for line in [
            "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
            "To: <sip:b@192.0.2.2>;tag=2",
            "CSeq: 7 ACK",
            "Route: <sip:192.0.2.9;lr>",
        ] {
            assert!(ack.contains(&line.to_owned()), "{line}");
        }
        let cancel = lines(&cancel(&request.value).unwrap());
        assert!(cancel.contains(&"CSeq: 7 CANCEL".to_owned()));
        assert!(cancel.contains(&"To: <sip:b@192.0.2.2>".to_owned()));
    }

    #[test]
    fn a_contact_that_is_no_uri_leaves_the_target() {
        let request = decode(INVITE.as_bytes());
        for contact in ["<sip:b@192.0.2.2:5071;transport=udp>", "nonsense", "<sip:b c@192.0.2.2>"] {
            let response = OK.replace("<sip:b@192.0.2.2:5071;transport=udp>", contact);
            let dialog = Dialog::of_response(&request.value, &decode(response.as_bytes()).value);
            let expected = if contact.contains("5071") {
                "sip:b@192.0.2.2:5071;transport=udp"
            } else {
                "sip:b@192.0.2.2"
            };
            assert_eq!(dialog.target, expected);
        }
    }
}
