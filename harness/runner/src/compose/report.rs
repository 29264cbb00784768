//! Reports that peers send on messages of the IUT.

use judge::Environment;
use scenario::model::Send;
use wire::cpim::Builder;
use wire::imdn;

use super::cpim::now;
use super::generate::message_id;
use super::{ComposeError, Composer};

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

impl Composer<'_> {
    /// A report on the message that the step names; without one, on a message that never was.
    pub(super) fn report(&self, send: &Send) -> Result<Vec<u8>, ComposeError> {
        let subject = match send.about.as_deref() {
            Some(about) => self.subject(about)?,
            None => Subject::of_nothing(self.parties.iut),
        };
        let profile = self.profile();
        let copied = subject.subjects.iter().map(|line| format!("{line}\r\n"));
        let mut object = self.bind(copied.fold(self.head(), Builder::raw));
        object = object.header(self.name(profile.headers.message_id), message_id());
        if let Some(original) = profile.headers.original_message_id {
            object = object.header(self.name(original), &subject.id);
        }
        let media_type = profile.media_types.first().map_or("application/octet-stream", |known| known.name);
        let object = object.content(media_type, self.document(&subject, send)?);
        Ok(self.edit(object, &send.cpim)?.encode())
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
        let id = match imdn(names.original_message_id)? {
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

fn absent(name: &str, selector: &str) -> ComposeError {
    ComposeError::Unresolved(judge::select::Unresolved::Absent(name.to_owned(), selector.to_owned()))
}

/// The URI of an address; an empty address stays empty (I-07).
fn uri(address: &str) -> String {
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
