//! Reports that peers send on messages of the IUT.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use judge::Environment;
use scenario::model::{Send, Template};
use wire::cpim::Builder;
use wire::receipt::{self, Receipt};
use wire::{document, mime};

use super::cpim::{FIXED_TIME, now};
use super::generate::message_id;
use super::{CPIM, ComposeError, Composer, Terms};

/// What became of the message, unless the scenario says otherwise.
const DISPOSITION: &str = "read";

/// What a receipt says of how it went: success.
const STATUS: u16 = 200;

/// The element of a receipt that needs a language, and the language of those that a scenario writes.
const NOTE: (&str, &str) = ("note", "en");

/// What a report says about the message it is on.
pub(super) struct Subject {
    /// The identifier to report: the first one, where the message has been re-originated (I-09).
    pub(super) id: String,
    /// The party that Original-From names, or From in its stead (I-08).
    pub(super) sender: String,
    /// The party that Original-To names, if it stands there (I-22).
    pub(super) addressee: Option<String>,
    /// The Subject lines, to be copied as they are (I-33).
    subjects: Vec<String>,
    /// The party that To names.
    pub(super) recipient: Option<String>,
    /// DateTime, as it stands; empty if it does not.
    pub(super) time: String,
    /// What the record-route headers hold, the top one first.
    route: Vec<String>,
}

/// The content of an encrypted report: nobody here has a key. Every octet occurs, so that a relay that takes content for
/// text is found out.
const OPAQUE: [u8; 256] = {
    let mut octets = [0; 256];
    let mut index = 0;
    while index < octets.len() {
        octets[index] = index as u8;
        index += 1;
    }
    octets
};

/// The media type of such content (RFC 8551 section 3.3).
const ENVELOPED: &str = "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m";

/// The media type of a signature beside what is signed (RFC 8551 section 3.5.3).
const SIGNATURE: &str = "application/pkcs7-signature; name=smime.p7s";

/// Between the parts of a signed report; no document holds it.
const BOUNDARY: &str = "imdnspec-signed-report";

impl Composer<'_> {
    /// A report on the message that the step names; without one, on a message that never was.
    pub(super) fn report(&self, send: &Send) -> Result<Vec<u8>, ComposeError> {
        let subject = match send.about.as_deref() {
            Some(about) => self.subject(about)?,
            None => Subject::of_nothing(self.parties.iut),
        };
        // `to` names another addressee than the sender (RFC 5438 section 7.2.1.1).
        let back = self.terms() == Terms::Notifications && send.to.is_none();
        let to = if back { &subject.sender } else { self.parties.iut };
        let entity = match send.message {
            Template::Wrapped => mime::Builder::new(CPIM, self.enclosed(&subject, to, send)?),
            Template::Encrypted => mime::Builder::new(ENVELOPED, OPAQUE),
            Template::Signed => signed(&self.report_entity(&subject, send)?.encode()),
            _ => self.report_entity(&subject, send)?,
        };
        let entity = self.edit_entity(entity, &send.entity)?.encode();
        Ok(self.edit(self.report_head(&subject, to).entity(entity), &send.cpim)?.encode())
    }

    /// The CPIM headers of a report.
    fn report_head(&self, subject: &Subject, to: &str) -> Builder {
        let names = &self.profile().headers;
        let copied = subject.subjects.iter().map(|line| format!("{line}\r\n"));
        let mut object = self.bind(copied.fold(self.head(to), Builder::raw));
        if !names.unwanted.iter().any(|(name, _)| *name == names.message_id) {
            object = object.header(self.name(names.message_id), message_id());
        }
        for (name, hop) in
            names.route.into_iter().flat_map(|name| subject.route.iter().map(move |hop| (name, hop)))
        {
            object = object.header(self.name(name), hop);
        }
        match names.original_message_id {
            Some(original) => object.header(self.name(original), &subject.id),
            None => object,
        }
    }

    /// The document with its MIME headers.
    fn report_entity(&self, subject: &Subject, send: &Send) -> Result<mime::Builder, ComposeError> {
        let profile = self.profile();
        let media_type = profile.media_types.first().map_or("application/octet-stream", |known| known.name);
        let entity =
            mime::Builder::new(media_type, self.marked_up(self.document(subject, send)?, subject, send)?);
        Ok(profile
            .disposition
            .into_iter()
            .fold(entity, |entity, mark| entity.header("Content-Disposition", mark)))
    }

    /// The whole CPIM object of another report: of one that the scenario names, else of one like this.
    fn enclosed(&self, subject: &Subject, to: &str, send: &Send) -> Result<Vec<u8>, ComposeError> {
        if send.of.is_some() {
            return Ok(self.earlier(send)?.body_octets().to_vec());
        }
        Ok(self.report_head(subject, to).entity(self.report_entity(subject, send)?.encode()).encode())
    }

    /// The URI of the CPIM sender of a message; `None` if there is none.
    pub(super) fn sender_of(&self, about: &str) -> Result<Option<String>, ComposeError> {
        let first = self.first(about, "cpim.From")?;
        Ok(first.map(|sender| uri(&sender)).filter(|sender| !sender.is_empty()))
    }

    /// What a selector gives of a message.
    fn values(&self, about: &str, selector: &str) -> Result<Vec<String>, ComposeError> {
        Ok(self.names.select(about, selector)?.into_iter().map(|value| value.text).collect())
    }

    /// The first of it.
    pub(super) fn first(&self, about: &str, selector: &str) -> Result<Option<String>, ComposeError> {
        Ok(self.values(about, selector)?.into_iter().next())
    }

    fn document(&self, subject: &Subject, send: &Send) -> Result<Vec<u8>, ComposeError> {
        let terms = self.terms();
        let template = match terms {
            Terms::Dispositions => self.disposition(subject),
            Terms::Receipts => self.receipt(subject),
            Terms::Notifications => return self.notification(subject, send),
        };
        let mut document = template;
        for (name, text) in &send.document {
            document = match text {
                Some(text) if terms == Terms::Receipts && name == NOTE.0 => {
                    document.replace(name, note(self.text(text)?))
                }
                Some(text) => document.set(name, self.text(text)?),
                None => document.without(name),
            };
        }
        Ok(document.encode())
    }

    /// A receipt for a message that came to the peer.
    fn receipt(&self, subject: &Subject) -> document::Builder {
        let receipt = Receipt {
            message_id: &subject.id,
            recipient_uri: Some(self.parties.peer),
            kind: DISPOSITION,
            status: STATUS,
            note: None,
        };
        receipt.document()
    }

    fn disposition(&self, subject: &Subject) -> document::Builder {
        let profile = self.profile();
        let roles = &profile.report.roles;
        let elements = [
            (Some(roles.disposition), Some(DISPOSITION.to_owned())),
            (Some(roles.message_id), Some(subject.id.clone())),
            (Some(roles.recipient), Some(subject.sender.clone())),
            (roles.time, Some(now())),
            (roles.reporter, Some(self.parties.peer.to_owned())),
            (roles.original_recipient, subject.addressee.clone()),
        ];
        let known = elements.into_iter().filter_map(|(name, value)| Some((name?, value?)));
        known.fold(document::Builder::new(profile), |document, (name, value)| document.child(name, value))
    }

    fn subject(&self, about: &str) -> Result<Subject, ComposeError> {
        let names = &self.profile().headers;
        let first = |selector: &str| self.first(about, selector);
        let imdn = |local: Option<&str>| local.map_or(Ok(None), |local| first(&format!("imdn.{local}")));
        let id = match imdn(names.original_message_id)?.filter(|id| !id.is_empty()) {
            Some(id) => id,
            None => first("id")?.ok_or_else(|| absent(about, "id"))?,
        };
        let sender = match imdn(names.original_from)? {
            Some(sender) => sender,
            None => first("cpim.From")?.unwrap_or_else(|| self.parties.iut.to_owned()),
        };
        Ok(Subject {
            id,
            sender: uri(&sender),
            addressee: imdn(names.original_to)?.map(|addressee| uri(&addressee)),
            subjects: match self.terms() {
                Terms::Dispositions => subject_lines(self.names, about),
                Terms::Receipts | Terms::Notifications => Vec::new(),
            },
            recipient: first("cpim.To")?.map(|recipient| uri(&recipient)),
            time: first("cpim.DateTime")?.unwrap_or_default(),
            route: match names.record_route {
                Some(name) => self.values(about, &format!("imdn.{name}"))?,
                None => Vec::new(),
            },
        })
    }
}

impl Subject {
    fn of_nothing(iut: &str) -> Self {
        Self {
            id: message_id(),
            sender: iut.to_owned(),
            addressee: None,
            subjects: Vec::new(),
            recipient: None,
            time: FIXED_TIME.to_owned(),
            route: Vec::new(),
        }
    }
}

/// A remark for people in a receipt.
fn note(text: String) -> receipt::Node {
    let (name, language) = NOTE;
    receipt::Node::Element {
        name: name.to_owned(),
        attributes: vec![("lang".to_owned(), language.to_owned())],
        content: vec![receipt::Node::Text(text)],
    }
}

/// An entity with an opaque signature beside it (RFC 1847 section 2.1).
fn signed(entity: &[u8]) -> mime::Builder {
    let signature = mime::Builder::new(SIGNATURE, STANDARD.encode(OPAQUE))
        .header("Content-Transfer-Encoding", "base64")
        .header("Content-Disposition", "attachment; filename=smime.p7s");
    let media_type = format!(
        "multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256; boundary={BOUNDARY}"
    );
    mime::Builder::new(media_type, mime::multipart(BOUNDARY, &[entity.to_vec(), signature.encode()]))
}

fn absent(name: &str, selector: &str) -> ComposeError {
    ComposeError::Unresolved(judge::select::Unresolved::Absent(name.to_owned(), selector.to_owned()))
}

/// The URI of an address; an empty address stays empty (I-07).
pub(super) fn uri(address: &str) -> String {
    let decoded = wire::cpim::decode_address(address.as_bytes(), 0..address.len()).value;
    decoded.map_or_else(|| address.to_owned(), |address| address.uri().into_owned())
}

/// The Subject lines of a message, as they are. A line of the IUT that is not UTF-8 is left out.
fn subject_lines(names: &Environment, about: &str) -> Vec<String> {
    let Some(message) = names.message(about) else { return Vec::new() };
    let body = message.body_octets();
    let cpim = wire::cpim::decode(body, 0..body.len()).value;
    let line = |header: wire::cpim::Header<'_, '_>| {
        let octets = body.get(header.line_span())?;
        Some(std::str::from_utf8(octets).ok()?.trim_end().to_owned())
    };
    cpim.subjects().filter_map(line).collect()
}
