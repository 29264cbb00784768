//! Dialogs (RFC 3261 section 12) and what is negotiated in them (RFC 3264), without clock or socket.

mod description;
mod requests;
mod route;

use wire::sip::{HeaderId, Message};
use wire::uri::{NameAddr, Uri};

pub(crate) use description::{Media, Negotiated};
pub(crate) use requests::{Outset, acknowledge_refusal, cancel, invite};

/// One end of a dialog.
#[derive(Clone, Debug)]
pub(crate) struct Dialog {
    call_id: String,
    /// From of the requests of this end, with its tag.
    local: String,
    /// To of the requests of this end, with the tag of the other one.
    remote: String,
    local_tag: Vec<u8>,
    remote_tag: Vec<u8>,
    /// The Request-URI of what is sent (section 12.2.1.1).
    target: String,
    /// The route set, in the order of the Route headers.
    routes: Vec<String>,
    /// The number of the last request sent.
    sent: u32,
    /// The number of the last request that came.
    received: Option<u32>,
}

impl Dialog {
    /// The dialog that a 2xx response to an INVITE of this end makes (section 12.1.2).
    pub(crate) fn of_response(request: &Message<'_>, response: &Message<'_>) -> Self {
        let mut routes = record_routes(response);
        routes.reverse();
        Self {
            call_id: value(request, HeaderId::CALL_ID),
            local: value(request, HeaderId::FROM),
            remote: value(response, HeaderId::TO),
            local_tag: request.from_tag().unwrap_or_default().to_vec(),
            remote_tag: response.to_tag().unwrap_or_default().to_vec(),
            target: contact(response).unwrap_or_else(|| text(request.request_uri().unwrap_or_default())),
            routes,
            sent: request.cseq().map_or(1, |cseq| cseq.number),
            received: None,
        }
    }

    /// The dialog that an INVITE of the other end makes once it is answered with this tag (section 12.1.1). Without a
    /// Contact, its sender is the target.
    pub(crate) fn of_request(request: &Message<'_>, tag: &str) -> Self {
        let sender = || request.from().map(|from| text(from.uri.text())).unwrap_or_default();
        Self {
            call_id: value(request, HeaderId::CALL_ID),
            local: format!("{};tag={tag}", value(request, HeaderId::TO)),
            remote: value(request, HeaderId::FROM),
            local_tag: tag.as_bytes().to_vec(),
            remote_tag: request.from_tag().unwrap_or_default().to_vec(),
            target: contact(request).unwrap_or_else(sender),
            routes: record_routes(request),
            sent: 0,
            received: request.cseq().map(|cseq| cseq.number),
        }
    }

    /// Call-ID, own tag, tag of the other end.
    pub(crate) fn id(&self) -> [&[u8]; 3] {
        [self.call_id.as_bytes(), &self.local_tag, &self.remote_tag]
    }

    /// The URI of the other end, as it named itself.
    pub(crate) fn remote_party(&self) -> String {
        NameAddr::parse(self.remote.as_bytes()).map(|party| text(party.uri.text())).unwrap_or_default()
    }

    /// A request with that number came in the dialog; `false` if it is older than one before (section 12.2.2).
    pub(crate) fn admits(&mut self, cseq: Option<u32>) -> bool {
        let fits = match (self.received, cseq) {
            (Some(last), Some(cseq)) => cseq >= last,
            _ => true,
        };
        if fits {
            self.received = cseq.or(self.received);
        }
        fits
    }

    /// A target refresh request came, or the 2xx response to one (section 12.2).
    pub(crate) fn refresh(&mut self, message: &Message<'_>) {
        if let Some(target) = contact(message) {
            self.target = target;
        }
    }
}

/// The URI of the first Contact, if it can stand in a Request-Line.
fn contact(message: &Message<'_>) -> Option<String> {
    let contact = message.contact()?;
    let uri = contact.uri.text();
    let decoded = Uri::decode(uri, 0..uri.len());
    decoded.deviations.is_empty().then(|| text(uri))
}

/// The values of Record-Route, in their order.
fn record_routes(message: &Message<'_>) -> Vec<String> {
    let values = message.headers(HeaderId::RECORD_ROUTE).flat_map(|header| {
        let spans: Vec<_> = header.list().collect();
        spans.into_iter().map(|span| text(&message.octets()[span]))
    });
    values.collect()
}

fn value(message: &Message<'_>, id: HeaderId) -> String {
    message.header(id).map(|header| text(&header.value())).unwrap_or_default()
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}
