//! CPIM objects inside CPIM objects, as intermediaries make them of reports (I-34).

use super::message::{Class, Message, Place};
use super::view::{ENVELOPES, Part, View};

/// Levels of objects inside one another that are opened.
const MOST_LEVELS: usize = 8;

/// The media type of a CPIM object.
pub(crate) const CPIM: &str = "message/cpim";

impl<'a> View<'a> {
    /// The same message with the CPIM object that is its content in place of the outer one.
    pub(crate) fn enclosed(&self) -> Option<Message> {
        let depth = self.message.depth + 1;
        self.cpim.as_ref().filter(|_| depth <= MOST_LEVELS)?;
        let part = self.parts.iter().find(|part| part.media_type() == CPIM)?;
        let Place { octets: body, span: body_span } = self.content_of(part);
        if body_span.is_empty() {
            return None;
        }
        let inner =
            Message { body, body_span, depth, content: None, class: Class::Other, ..self.message.clone() };
        Some(inner.classified(self.profile))
    }

    /// All objects inside this one, the outer ones first.
    pub(crate) fn levels(&self) -> Vec<Message> {
        let mut levels: Vec<Message> = self.enclosed().into_iter().collect();
        while let Some(inner) = levels.last().and_then(|level| View::new(level, self.profile).enclosed()) {
            levels.push(inner);
        }
        levels
    }

    /// The innermost object, if there is any in this one.
    pub(crate) fn innermost(&self) -> Option<Message> {
        self.levels().pop()
    }

    /// Whether the content is an envelope that only a key opens, under a header that says which message it is about: a
    /// report for the eyes of the requester alone (11.6, I-09).
    pub(crate) fn is_sealed_report(&self) -> bool {
        let names =
            self.profile.headers.original_message_id.is_some_and(|name| !self.extension(name).is_empty());
        let asks = !self.extension_all(self.profile.headers.request).is_empty();
        names && !asks && (self.main_part().is_some_and(Part::is_envelope) || self.is_enveloped())
    }

    fn is_enveloped(&self) -> bool {
        let label = self.cpim.as_ref().and_then(|cpim| cpim.entity().content_type());
        label.is_some_and(|label| ENVELOPES.iter().any(|envelope| label.is(envelope)))
    }

    /// The whole CPIM object.
    pub(crate) fn object(&self) -> Option<Place> {
        Some(self.message.in_body(self.cpim.as_ref()?.span()))
    }

    /// The MIME entity in the CPIM object, its headers included.
    pub(crate) fn entity(&self) -> Option<Place> {
        Some(self.message.in_body(self.cpim.as_ref()?.mime_entity()))
    }

    /// The content of the MIME entity, its transfer encoding undone.
    pub(crate) fn payload(&self) -> Option<Place> {
        let entity = self.cpim.as_ref()?.entity();
        Some(match entity.decoded_content() {
            Ok(std::borrow::Cow::Owned(octets)) => Place { span: 0..octets.len(), octets: octets.into() },
            _ => self.message.in_body(entity.content_span()),
        })
    }
}

impl Part<'_> {
    fn is_envelope(&self) -> bool {
        ENVELOPES.contains(&self.media_type())
    }
}
