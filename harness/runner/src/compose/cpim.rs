//! The Message/CPIM object of an instant message, and edits of CPIM and MIME header lines.

use scenario::model::{Edits, Send};
use time::OffsetDateTime;
use wire::cpim::Builder;
use wire::mime;
use wire::profile::RequestValue;
use wire::time::encode;

use super::generate::message_id;
use super::{ComposeError, Composer, Terms};

/// The media type of plain text.
pub(super) const PLAIN_TEXT: &str = "text/plain;charset=utf-8";

/// The same as DN of part A writes it for the RFCs.
const SPACED_PLAIN_TEXT: &str = "text/plain; charset=utf-8";

/// The time at which messages of the RFCs are sent, where they are not about it: one that every reader takes, in whichever
/// month it reads.
pub(super) const FIXED_TIME: &str = "2026-06-15T12:34:56Z";

/// The Subject of a template.
const SUBJECT: &str = "Conformance test";

impl Composer<'_> {
    /// IM-req, RR or DN of part A; or, if it asks for nothing, the same without the request.
    pub(super) fn instant_message(&self, send: &Send, asks: bool) -> Result<Vec<u8>, ComposeError> {
        let names = &self.profile().headers;
        let terms = self.terms();
        let head = self.head(self.parties.iut);
        // RR and DN have no Subject.
        let head = if terms == Terms::Dispositions { head.subject(SUBJECT, None) } else { head };
        let request = self.request_value(send).transpose()?.filter(|_| asks);
        let request = request.map(|request| (names.request, request));
        let id = Some((names.message_id, message_id()));
        let order = if terms == Terms::Notifications { [id, request] } else { [request, id] };
        let object = order
            .into_iter()
            .flatten()
            .fold(self.bind(head), |object, (name, value)| object.header(self.name(name), value));
        let label = if terms == Terms::Notifications { SPACED_PLAIN_TEXT } else { PLAIN_TEXT };
        let entity = mime::Builder::new(label, self.content(send)?);
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

    /// From, To and DateTime. Addresses have no names, which every reader takes.
    pub(super) fn head(&self, to: &str) -> Builder {
        let time = if self.terms() == Terms::Notifications { FIXED_TIME.to_owned() } else { now() };
        Builder::new()
            .address("From", None, self.parties.peer)
            .address("To", None, to)
            .header("DateTime", time)
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
