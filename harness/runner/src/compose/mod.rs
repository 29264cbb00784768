//! Messages that peers send, from templates (INTERPRETATIONS part A), as octets.
//!
//! What a template writes, every reading of the documents allows (G-9). A scenario's edits change it line by line.

mod cpim;
mod generate;
mod hostile;
mod identity;
mod notification;
mod protect;
mod report;
mod session;
mod sip;

use std::net::SocketAddr;

use bytes::Bytes;
use judge::Environment;
use judge::select::Unresolved;
use peer::OutgoingMessage;
use record::Transport;
use scenario::Text;
use scenario::model::{Mode, Send, Template};
use wire::profile::Profile;
use wire::sip::build::BuildError;

pub(crate) use generate::fresh_small;
pub use generate::{fresh, generate};
pub(crate) use hostile::compressed;
pub use identity::Identity;
pub use protect::Keys;

/// Why a message cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// A text refers to something that is not there.
    #[error(transparent)]
    Unresolved(#[from] Unresolved),
    /// The SIP message would be no message.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The template needs an earlier message.
    #[error("`{0}` is no message that could be sent again")]
    NoMessage(String),
    /// There are no keys to protect it with.
    #[error("there are no keys to protect it with")]
    NoKeys,
    /// It cannot be signed or encrypted.
    #[error(transparent)]
    Protection(#[from] smime::Error),
}

/// What a `send` step puts on the wire.
#[derive(Clone, Debug)]
pub enum Composed {
    /// A SIP request, as octets.
    Page(Bytes),
    /// A message for a session.
    Session(SessionMessage),
}

/// A message for a session, and whom the session is with.
#[derive(Clone, Debug)]
pub struct SessionMessage {
    /// The address that the message goes to, as CPIM names it.
    pub address: String,
    /// The Request-URI of an invitation.
    pub endpoint: String,
    /// From and To of an invitation, without tags.
    pub from: String,
    /// See [`SessionMessage::from`].
    pub to: String,
    /// The message.
    pub message: OutgoingMessage,
}

impl Composed {
    /// The body of the message.
    pub fn body(&self) -> &[u8] {
        match self {
            Self::Page(octets) => wire::sip::read(octets).body(),
            Self::Session(session) => &session.message.body,
        }
    }
}

/// Who sends to whom over what.
#[derive(Clone, Copy, Debug)]
pub struct Parties<'a> {
    /// The peer's address as it stands in CPIM.
    pub peer: &'a str,
    /// The IUT's address as it stands in CPIM.
    pub iut: &'a str,
    /// The Request-URI.
    pub endpoint: &'a str,
    /// What carries the message.
    pub transport: Transport,
    /// Where the answer is to go.
    pub sent_by: SocketAddr,
    /// Whether the IUT stands between peers, so that reports go to the sender that its copies name.
    pub relayed: bool,
    /// What the peer protects its messages with, if the scenario does.
    pub keys: Option<Keys<'a>>,
}

/// Writes messages for one case.
#[derive(Clone, Copy, Debug)]
pub struct Composer<'a> {
    /// What the names of the scenario stand for.
    pub names: &'a Environment,
    /// Who sends to whom.
    pub parties: Parties<'a>,
}

/// A body with its media type.
struct Body {
    media_type: String,
    octets: Vec<u8>,
}

/// The media type of a Message/CPIM object.
const CPIM: &str = "message/cpim";

impl Composer<'_> {
    /// What a `send` step puts on the wire in that mode.
    ///
    /// # Errors
    /// The scenario refers to something that is not there, or asks for what cannot be written.
    pub fn compose(&self, send: &Send, mode: Mode) -> Result<Composed, ComposeError> {
        if send.message == Template::Again {
            return Ok(Composed::Page(self.request_again(send)?));
        }
        let Some(to) = self.addressee(send)? else { return self.write(send, mode) };
        let endpoint = sip::request_uri(&to, self.parties.transport);
        let parties = Parties {
            iut: &to,
            endpoint: endpoint.as_deref().unwrap_or(self.parties.endpoint),
            ..self.parties
        };
        Composer { names: self.names, parties }.write(send, mode)
    }

    /// Whom the message names as its addressee, where that is not the IUT's user.
    fn addressee(&self, send: &Send) -> Result<Option<String>, ComposeError> {
        match (&send.to, &send.about) {
            (Some(to), _) => self.text(to).map(|to| Some(report::uri(&to))),
            (None, Some(about)) if self.parties.relayed => match self.terms() {
                Terms::Notifications => self.target_of(about),
                Terms::Dispositions | Terms::Receipts => self.sender_of(about),
            },
            (None, _) => Ok(None),
        }
    }

    /// The octets of an earlier request; what went in a session has no retransmissions.
    fn request_again(&self, send: &Send) -> Result<Bytes, ComposeError> {
        let earlier = self.earlier(send)?;
        match earlier.transport {
            Transport::Udp | Transport::Tcp => Ok(earlier.octets.clone()),
            Transport::Msrp => Err(ComposeError::NoMessage(send.of.clone().unwrap_or_default())),
        }
    }

    fn write(&self, send: &Send, mode: Mode) -> Result<Composed, ComposeError> {
        let mut body = self.body(send)?;
        if let Some(text) = &send.body {
            let written = self.text(text)?.into_bytes();
            body = Some(Body {
                octets: written,
                ..body.unwrap_or(Body { media_type: CPIM.into(), octets: Vec::new() })
            });
        }
        let body = body.map(|body| self.protected(body, &send.protect)).transpose()?;
        let method = if send.message == Template::Options { "OPTIONS" } else { "MESSAGE" };
        match body {
            Some(body) if mode == Mode::Session => self.in_session(send, body).map(Composed::Session),
            body => self.request(method, body, &send.sip).map(|octets| Composed::Page(octets.into())),
        }
    }

    fn body(&self, send: &Send) -> Result<Option<Body>, ComposeError> {
        let octets = match send.message {
            Template::ImReq => self.instant_message(send, true)?,
            Template::Im => self.instant_message(send, false)?,
            Template::Report | Template::Wrapped | Template::Encrypted | Template::Signed => {
                self.report(send)?
            }
            Template::Resent => return self.resent(send).map(Some),
            Template::Plain => {
                let octets = self.content(send)?.into_bytes();
                return Ok(Some(Body { media_type: cpim::PLAIN_TEXT.into(), octets }));
            }
            Template::Options | Template::Again => return Ok(None),
        };
        Ok(Some(Body { media_type: CPIM.into(), octets }))
    }

    fn resent(&self, send: &Send) -> Result<Body, ComposeError> {
        let earlier = self.earlier(send)?;
        let label = match earlier.transport {
            Transport::Udp | Transport::Tcp => "sip.Content-Type",
            Transport::Msrp => "msrp.Content-Type",
        };
        let labels = self.names.select(send.of.as_deref().unwrap_or_default(), label)?;
        let media_type = labels.into_iter().next().map_or_else(|| CPIM.to_owned(), |label| label.text);
        Ok(Body { media_type, octets: earlier.body_octets().to_vec() })
    }

    fn earlier(&self, send: &Send) -> Result<&judge::capture::Message, ComposeError> {
        let name = send.of.as_deref().unwrap_or_default();
        self.names
            .message(name)
            .map(|message| &**message)
            .ok_or_else(|| ComposeError::NoMessage(name.to_owned()))
    }

    /// The text of an instant message; without one in the scenario, a marker that occurs nowhere else.
    fn content(&self, send: &Send) -> Result<String, ComposeError> {
        match &send.text {
            Some(text) => self.text(text),
            None => Ok(format!("Marker {}", fresh(16))),
        }
    }

    fn text(&self, text: &Text) -> Result<String, ComposeError> {
        Ok(self.names.resolve(text)?)
    }

    fn texts(&self, texts: &[Text]) -> Result<Vec<String>, ComposeError> {
        texts.iter().map(|text| self.text(text)).collect()
    }

    fn profile(&self) -> &'static Profile {
        self.names.profile()
    }

    fn terms(&self) -> Terms {
        let report = &self.profile().report;
        if !report.choice.is_empty() {
            Terms::Notifications
        } else if report.roles.status.is_some() {
            Terms::Receipts
        } else {
            Terms::Dispositions
        }
    }
}

/// How reports tell what became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Terms {
    /// By a disposition (draft-burger-simple-imdn-03).
    Dispositions,
    /// By a type and a status code (draft-khartabil-simple-im-receipts-00).
    Receipts,
    /// By an element for each kind of notification, with a status (RFC 5438).
    Notifications,
}

#[cfg(test)]
mod tests;
