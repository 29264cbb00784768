//! Dialogs (RFC 3261 section 12).

use std::net::SocketAddr;

use wire::sip::{HeaderId, Message};
use wire::uri::{NameAddr, Uri};

use crate::common::address::without_parameters;
use crate::sip::{ALLOWED, DialogIds, HOPS, Outgoing, Owner, Request, Route, Source, lossy, resolve};

/// What both sides of a call have agreed on.
#[derive(Debug)]
pub(super) struct Dialog {
    pub(super) call_id: String,
    pub(super) local_tag: String,
    pub(super) remote_tag: Option<String>,
    /// URI of this side.
    pub(super) local: String,
    /// URI of the other side.
    pub(super) remote: String,
    /// Where requests of this side are for: the other side's Contact, or the URI that is called.
    target: String,
    /// Proxies on the way, the nearest first.
    routes: Vec<String>,
    /// The last number of a request of this side.
    number: u32,
    /// The last number of a request of the other side.
    remote_number: Option<u32>,
    /// Where the other side was last heard from.
    pub(super) source: Option<Source>,
}

impl Dialog {
    /// The beginning of a call to that URI.
    pub(super) fn calling(local: &str, target: &str, call_id: String, local_tag: String) -> Self {
        Self {
            call_id,
            local_tag,
            remote_tag: None,
            local: without_parameters(local).to_owned(),
            remote: without_parameters(target).to_owned(),
            target: target.to_owned(),
            routes: Vec::new(),
            number: 1,
            remote_number: None,
            source: None,
        }
    }

    /// The call that an INVITE begins; `None` if it lacks something that a dialog needs.
    pub(super) fn called(request: &Request, local_tag: String) -> Option<Self> {
        let message = request.message();
        Some(Self {
            call_id: lossy(message.call_id()?),
            local_tag,
            remote_tag: message.from_tag().map(lossy),
            local: without_parameters(&request.target()).to_owned(),
            remote: without_parameters(&lossy(message.from()?.uri.text())).to_owned(),
            target: contact(&message)?,
            routes: record_route(&message),
            number: 0,
            remote_number: message.cseq().map(|cseq| cseq.number),
            source: Some(request.source.clone()),
        })
    }

    /// The call was accepted (section 12.1.2). Says whether the response has what a dialog needs.
    pub(super) fn accepted(&mut self, response: &Message<'_>, source: &Source) -> bool {
        self.remote_tag = response.to_tag().map(lossy);
        self.routes = record_route(response);
        self.routes.reverse();
        self.source = Some(source.clone());
        let contact = contact(response);
        let complete = self.remote_tag.is_some() && contact.is_some();
        self.target = contact.unwrap_or_else(|| self.target.clone());
        complete
    }

    /// Whether a request of the other side comes in order (section 12.2.2); a new Contact of an INVITE is taken over.
    pub(super) fn follow(&mut self, request: &Request) -> bool {
        let message = request.message();
        let number = message.cseq().map(|cseq| cseq.number);
        if self.remote_number >= number {
            return false;
        }
        self.remote_number = number;
        self.source = Some(request.source.clone());
        if message.method() == Some(wire::sip::Method::INVITE) {
            self.target = contact(&message).unwrap_or_else(|| self.target.clone());
        }
        true
    }

    /// The INVITE that begins it.
    pub(super) fn invite(
        &self,
        local: SocketAddr,
        route: Route,
        description: Vec<u8>,
        owner: Owner,
    ) -> Outgoing {
        let contact = self.contact(local, route.transport().name());
        Outgoing {
            method: "INVITE",
            route,
            request_uri: self.target.clone(),
            from: self.local.clone(),
            to: self.remote.clone(),
            headers: vec![("Contact", contact), ("Allow", ALLOWED.to_owned())],
            body: Some((crate::sip::SDP.to_owned(), description)),
            hops: HOPS,
            dialog: Some(self.ids()),
            owner,
        }
    }

    /// The ACK to the response that accepts the INVITE; `None` if there is no way to the other side.
    pub(super) fn ack(&self) -> Option<Outgoing> {
        self.request("ACK")
    }

    /// The BYE that ends it.
    pub(super) fn bye(&mut self) -> Option<Outgoing> {
        self.number += 1;
        self.request("BYE")
    }

    fn request(&self, method: &'static str) -> Option<Outgoing> {
        let next =
            self.routes.first().and_then(|route| bracketed(route)).unwrap_or_else(|| self.target.clone());
        Some(Outgoing {
            method,
            route: resolve(&next, self.source.as_ref())?,
            request_uri: self.target.clone(),
            from: self.local.clone(),
            to: self.remote.clone(),
            headers: self.routes.iter().map(|route| ("Route", route.clone())).collect(),
            body: None,
            hops: HOPS,
            dialog: Some(self.ids()),
            owner: Owner::None,
        })
    }

    fn ids(&self) -> DialogIds {
        DialogIds {
            call_id: self.call_id.clone(),
            local_tag: self.local_tag.clone(),
            remote_tag: self.remote_tag.clone(),
            number: self.number,
        }
    }

    /// Where requests of the other side are for: this side's user at this side's socket.
    pub(super) fn contact(&self, local: SocketAddr, transport: &str) -> String {
        let user =
            Uri::parse(self.local.as_bytes()).and_then(|uri| uri.user().map(lossy)).unwrap_or_default();
        let at = if user.is_empty() { "" } else { "@" };
        format!("<sip:{user}{at}{local};transport={}>", transport.to_ascii_lowercase())
    }
}

/// The values of Record-Route in their order, one proxy each.
pub(super) fn record_route(message: &Message<'_>) -> Vec<String> {
    let headers = message.headers(HeaderId::RECORD_ROUTE);
    headers
        .flat_map(|header| header.list().map(|span| lossy(&message.octets()[span])).collect::<Vec<_>>())
        .collect()
}

fn contact(message: &Message<'_>) -> Option<String> {
    let uri = lossy(message.contact()?.uri.text());
    // What cannot be written into a Request-URI is no address to answer to.
    crate::common::address::is_writable(&uri).then_some(uri)
}

fn bracketed(route: &str) -> Option<String> {
    NameAddr::parse(route.as_bytes()).map(|address| lossy(address.uri.text()))
}
