//! The Message/CPIM object of an instant message, and edits of CPIM header lines.

use scenario::model::{Edits, Send};
use time::OffsetDateTime;
use wire::cpim::Builder;
use wire::time::encode;

use super::generate::message_id;
use super::{ComposeError, Composer};

/// The media type of plain text.
pub(super) const PLAIN_TEXT: &str = "text/plain;charset=utf-8";

/// The Subject of a template.
const SUBJECT: &str = "Conformance test";

impl Composer<'_> {
    /// IM-req of part A; or, if it asks for nothing, the same without the request.
    pub(super) fn instant_message(&self, send: &Send, asks: bool) -> Result<Vec<u8>, ComposeError> {
        let names = &self.profile().headers;
        let mut object = self.head().subject(SUBJECT, None);
        object = self.bind(object);
        if asks {
            object = object.header(self.name(names.request), "");
        }
        object = object.header(self.name(names.message_id), message_id());
        let content = self.content(send)?;
        Ok(self.edit(object.content(PLAIN_TEXT, content), &send.cpim)?.encode())
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
}

/// The time of day in UTC, in whole seconds.
pub(super) fn now() -> String {
    let now = OffsetDateTime::now_utc();
    // Only a year beyond 9999 cannot be written.
    encode(now.replace_nanosecond(0).unwrap_or(now)).unwrap_or_default()
}
