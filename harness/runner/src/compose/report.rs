//! Reports that peers send on messages of the IUT.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use judge::Environment;
use scenario::model::{Send, Template};
use wire::cpim::Builder;
use wire::{imdn, mime};

use super::cpim::now;
use super::generate::message_id;
use super::{CPIM, ComposeError, Composer};

/// What became of the message, unless the scenario says otherwise.
const DISPOSITION: &str = "read";

/// What a report says about the message it is on.
struct Subject {
    /// The identifier to report: the first one, where the message has been re-originated (I-09).
    id: String,
    /// The party that Original-From names, or From in its stead (I-08).
    sender: String,
    /// The party that Original-To names, if it stands there (I-22).
    addressee: Option<String>,
    /// The Subject lines, to be copied as they are (I-33).
    subjects: Vec<String>,
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
        let object = match send.message {
            Template::Wrapped => self.report_head(&subject).content(CPIM, self.enclosed(&subject, send)?),
            Template::Encrypted => self.report_head(&subject).content(ENVELOPED, OPAQUE),
            Template::Signed => {
                let (media_type, content) = signed(&self.report_entity(&subject, send)?);
                self.report_head(&subject).content(&media_type, content)
            }
            _ => self.report_head(&subject).entity(self.report_entity(&subject, send)?),
        };
        Ok(self.edit(object, &send.cpim)?.encode())
    }

    /// The CPIM headers of a report.
    fn report_head(&self, subject: &Subject) -> Builder {
        let profile = self.profile();
        let copied = subject.subjects.iter().map(|line| format!("{line}\r\n"));
        let object = self.bind(copied.fold(self.head(), Builder::raw));
        let object = object.header(self.name(profile.headers.message_id), message_id());
        match profile.headers.original_message_id {
            Some(original) => object.header(self.name(original), &subject.id),
            None => object,
        }
    }

    /// The document with its MIME header.
    fn report_entity(&self, subject: &Subject, send: &Send) -> Result<Vec<u8>, ComposeError> {
        let media_type =
            self.profile().media_types.first().map_or("application/octet-stream", |known| known.name);
        Ok(mime::Builder::new(media_type, self.document(subject, send)?).encode())
    }

    /// The whole CPIM object of another report: of one that the scenario names, else of one like this.
    fn enclosed(&self, subject: &Subject, send: &Send) -> Result<Vec<u8>, ComposeError> {
        if send.of.is_some() {
            return Ok(wire::sip::decode(&self.earlier(send)?.octets).value.body().to_vec());
        }
        Ok(self.report_head(subject).entity(self.report_entity(subject, send)?).encode())
    }

    /// The URI of the CPIM sender of a message; `None` if there is none.
    pub(super) fn sender_of(&self, about: &str) -> Result<Option<String>, ComposeError> {
        let first = self.names.select(about, "cpim.From")?.into_iter().next();
        Ok(first.map(|sender| uri(&sender.text)).filter(|sender| !sender.is_empty()))
    }

    fn document(&self, subject: &Subject, send: &Send) -> Result<Vec<u8>, ComposeError> {
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
        let mut document =
            known.fold(imdn::Builder::new(profile), |document, (name, value)| document.child(name, value));
        for (name, text) in &send.document {
            document = match text {
                Some(text) => document.set(name, self.text(text)?),
                None => document.without(name),
            };
        }
        Ok(document.encode())
    }

    fn subject(&self, about: &str) -> Result<Subject, ComposeError> {
        let names = &self.profile().headers;
        let first = |selector: &str| -> Result<Option<String>, ComposeError> {
            Ok(self.names.select(about, selector)?.into_iter().next().map(|value| value.text))
        };
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
            subjects: subject_lines(self.names, about),
        })
    }
}

impl Subject {
    fn of_nothing(iut: &str) -> Self {
        Self { id: message_id(), sender: iut.to_owned(), addressee: None, subjects: Vec::new() }
    }
}

/// The entity beside an opaque signature: media type and content (RFC 1847 section 2.1).
fn signed(entity: &[u8]) -> (String, Vec<u8>) {
    let signature = mime::Builder::new(SIGNATURE, STANDARD.encode(OPAQUE))
        .header("Content-Transfer-Encoding", "base64")
        .header("Content-Disposition", "attachment; filename=smime.p7s");
    let media_type = format!(
        "multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256; boundary={BOUNDARY}"
    );
    (media_type, mime::multipart(BOUNDARY, &[entity.to_vec(), signature.encode()]))
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
    let sip = wire::sip::decode(&message.octets).value;
    let cpim = wire::cpim::decode(&message.octets, sip.body_span()).value;
    let line = |header: wire::cpim::Header<'_, '_>| {
        let octets = message.octets.get(header.line_span())?;
        Some(std::str::from_utf8(octets).ok()?.trim_end().to_owned())
    };
    cpim.subjects().filter_map(line).collect()
}
