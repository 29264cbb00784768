//! The Message/CPIM object of an instant message, and edits of CPIM and MIME header lines.

use scenario::model::{Edits, Send};
use time::OffsetDateTime;
use wire::cpim::Builder;
use wire::mime;
use wire::profile::RequestValue;
use wire::time::encode;

use super::generate::message_id;
use super::{ComposeError, Composer};

/// The media type of plain text.
pub(super) const PLAIN_TEXT: &str = "text/plain;charset=utf-8";

/// The Subject of a template.
const SUBJECT: &str = "Conformance test";

impl Composer<'_> {
    /// IM-req or RR of part A; or, if it asks for nothing, the same without the request.
    pub(super) fn instant_message(&self, send: &Send, asks: bool) -> Result<Vec<u8>, ComposeError> {
        let names = &self.profile().headers;
        // RR has no Subject.
        let head = if self.sends_receipts() { self.head() } else { self.head().subject(SUBJECT, None) };
        let mut object = self.bind(head);
        if let Some(request) = self.request_value(send).transpose()?.filter(|_| asks) {
            object = object.header(self.name(names.request), request);
        }
        object = object.header(self.name(names.message_id), message_id());
        let entity = mime::Builder::new(PLAIN_TEXT, self.content(send)?);
        let object = object.entity(self.edit_entity(entity, &send.entity)?.encode());
        Ok(self.edit(object, &send.cpim)?.encode())
    }

    /// What a request asks for, in the form of the profile; `None` where the scenario writes the request itself.
    fn request_value(&self, send: &Send) -> Option<Result<String, ComposeError>> {
        match self.profile().headers.request_value {
            RequestValue::Nothing => Some(Ok(String::new())),
            _ if send.receipts.is_empty() => None,
            _ => Some(self.texts(&send.receipts).map(|words| words.join(", "))),
        }
    }

    /// From, To and DateTime.
    pub(super) fn head(&self) -> Builder {
        Builder::new()
            .address("From", None, self.parties.peer)
            .address("To", None, self.parties.iut)
            .header("DateTime", now())
    }

    /// Binds the profile's prefix, if it has one.
    pub(super) fn bind(&self, object: Builder) -> Builder {
        let profile = self.profile();
        match profile.cpim_namespace {
            Some(urn) => object.namespace(profile.cpim_prefix, urn),
            None => object,
        }
    }

    /// A header of the profile, with the prefix where there is one.
    pub(super) fn name(&self, local: &str) -> String {
        let profile = self.profile();
        match profile.cpim_namespace {
            Some(_) => format!("{}.{local}", profile.cpim_prefix),
            None => local.to_owned(),
        }
    }

    /// Carries out the edits of a scenario: first what goes, then what takes another's place, then what is added.
    pub(super) fn edit(&self, object: Builder, edits: &Edits) -> Result<Builder, ComposeError> {
        let mut object = edits.drop.iter().fold(object, |object, name| object.without(name));
        for line in self.texts(&edits.set)? {
            let name = line.split(':').next().unwrap_or_default().to_owned();
            object = object.set_raw(&name, line + "\r\n");
        }
        for line in self.texts(&edits.add)? {
            object = object.raw(line + "\r\n");
        }
        Ok(object)
    }

    /// The same for the headers of the entity.
    pub(super) fn edit_entity(
        &self,
        entity: mime::Builder,
        edits: &Edits,
    ) -> Result<mime::Builder, ComposeError> {
        let mut entity = edits.drop.iter().fold(entity, |entity, name| entity.without(name));
        for line in self.texts(&edits.set)? {
            let (name, value) = line.split_once(':').unwrap_or((&line, ""));
            entity = entity.set(name, value.trim_start());
        }
        for line in self.texts(&edits.add)? {
            entity = entity.raw(line + "\r\n");
        }
        Ok(entity)
    }
}

/// The time of day in UTC, in whole seconds.
pub(super) fn now() -> String {
    let now = OffsetDateTime::now_utc();
    // Only a year beyond 9999 cannot be written.
    encode(now.replace_nanosecond(0).unwrap_or(now)).unwrap_or_default()
}
