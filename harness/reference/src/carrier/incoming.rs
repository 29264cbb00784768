//! Messages that came.

use bytes::Bytes;

use super::{Mode, SessionId, Way};
use crate::sip::{Request, Source, direct, lossy, resolve};

/// A message that came, whatever carried it.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    pub(crate) origin: Origin,
    /// URI of the party that sent it: SIP From, or the other party of the session.
    pub(crate) sender: String,
    /// URI that it was sent to: the Request-URI, or what stands for this side in the session.
    pub(crate) target: String,
    /// URI of the To header, by which nothing finds its way; in a session, the same as the target.
    pub(crate) to: String,
    /// Content-Type as it came; `None` if there was none.
    pub(crate) content_type: Option<String>,
    /// Content-Disposition of the request that carried it, which says nothing about what the body carries.
    pub(crate) disposition: Option<String>,
    /// Whether the request names its body by a Content-ID.
    pub(crate) has_content_id: bool,
    pub(crate) body: Bytes,
    /// How many octets of the body the first chunk to come had; all of them where nothing is cut into chunks.
    pub(crate) first_chunk: usize,
    /// The identifier that MSRP gives a message, which means nothing to anybody above it.
    pub(crate) carrier_id: Option<String>,
    /// How much further it may go (RFC 3261 section 8.1.1.6); a session has what is left of its INVITE.
    pub(crate) hops: u8,
}

/// How a message came, and so how its answer goes back.
#[derive(Debug, Clone)]
pub(crate) enum Origin {
    /// In a MESSAGE from there.
    Page(Source),
    /// In that session, whose signalling comes from there.
    Session(SessionId, Source),
}

impl Origin {
    /// Where the signalling comes from.
    pub(crate) fn source(&self) -> &Source {
        match self {
            Self::Page(source) | Self::Session(_, source) => source,
        }
    }

    /// How it came.
    pub(crate) fn mode(&self) -> Mode {
        match self {
            Self::Page(_) => Mode::Page,
            Self::Session(..) => Mode::Session,
        }
    }

    /// The way for what is said about the message to its sender, who is called that: by a page to a page, and into the
    /// session that the message came by. When that has gone, nothing is prescribed; another one is used then.
    pub(crate) fn back(&self, uri: &str) -> Option<Way> {
        let route = resolve(uri, Some(self.source()));
        Some(match self {
            Self::Page(_) => Way::Page(route?),
            Self::Session(id, _) => Way::Session { into: Some(*id), route },
        })
    }

    /// The way to somebody else by the same mode, to wherever his URI leads.
    pub(crate) fn elsewhere(&self, uri: &str) -> Option<Way> {
        resolve(uri, Some(self.source())).map(|route| Way::of(self.mode(), route))
    }

    /// The way to somebody else whose URI has an address, by the same mode and, if it names none, the same transport.
    pub(crate) fn onward(&self, uri: &str) -> Option<Way> {
        direct(uri, self.source().transport).map(|route| Way::of(self.mode(), route))
    }
}

impl Incoming {
    /// The message in a MESSAGE request.
    pub(crate) fn of_page(request: &Request) -> Self {
        let message = request.message();
        Self {
            origin: Origin::Page(request.source.clone()),
            sender: message.from().map(|from| lossy(from.uri.text())).unwrap_or_default(),
            target: request.target(),
            to: message.to().map(|to| lossy(to.uri.text())).unwrap_or_default(),
            content_type: message.content_type().map(|value| lossy(&value)),
            disposition: message.header_named(b"Content-Disposition").map(|header| lossy(&header.value())),
            has_content_id: message.header_named(b"Content-ID").is_some(),
            body: request.body(),
            first_chunk: message.body().len(),
            carrier_id: None,
            hops: request.hops(),
        }
    }

    /// Whether the body is of one of these media types; parameters do not count. No body is of any type.
    pub(crate) fn is_any(&self, types: &[&str]) -> bool {
        crate::sip::is_any(self.content_type.as_deref().map(str::as_bytes), &self.body, types)
    }

    /// The CPIM object that it carries, if it carries one.
    pub(crate) fn object(&self) -> Option<wire::cpim::Message<'_>> {
        let is_object = self.content_type.is_some() && self.is_any(&["message/cpim"]);
        is_object.then(|| wire::cpim::decode(&self.body, 0..self.body.len()).value)
    }
}
