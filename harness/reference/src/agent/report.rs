//! Composing a report (sections 9 and 10).

use time::OffsetDateTime;

use super::document::{Document, MEDIA_TYPE};
use super::draft::Draft;
use super::item::Disposition;
use super::object::{Content, NAMESPACE, Name, Object, PREFIX};
use super::received::{Asked, OriginalFrom, Received};
use crate::clock::timestamp;

/// What is reported.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occasion<'a> {
    pub(crate) received: &'a Received,
    pub(crate) asked: &'a Asked,
    pub(crate) disposition: Disposition,
    /// When it happened.
    pub(crate) at: OffsetDateTime,
    pub(crate) now: OffsetDateTime,
    /// The reporter's URI.
    pub(crate) own: &'a str,
    /// Whether the reporter keeps its URI to itself.
    pub(crate) hidden: bool,
    /// The report's own Message-ID.
    pub(crate) id: &'a str,
}

/// Writes the report. It goes to the agent that sent the message, whoever wrote it first (section 5).
pub(crate) fn compose(occasion: &Occasion<'_>) -> Draft {
    let Occasion { received, .. } = occasion;
    let content = Content::Document(document(occasion));
    let mut object = Object::new(format!("{MEDIA_TYPE}; charset=utf-8"), content);
    object.add(Name::Core("From"), received.named.address.value.clone());
    object.add(Name::Core("To"), received.from.value.clone());
    object.add(Name::Core("DateTime"), timestamp(occasion.now));
    // Section 9.1: Subject is taken over.
    object.headers.extend(received.subjects.iter().cloned());
    object.add(Name::Core("NS"), format!("{PREFIX} <{NAMESPACE}>"));
    object.add(Name::Imdn("Message-ID"), occasion.id);
    Draft::new(object, received.from.uri.clone())
}

fn document(occasion: &Occasion<'_>) -> Document {
    let asked = occasion.asked;
    let mut document = Document::default();
    document.add("disposition", occasion.disposition.word());
    if !occasion.hidden {
        document.add("reporting-uas-uri", occasion.own);
    }
    document.add("original-recipient-uri", original_recipient_uri(occasion));
    // Section 10.5.
    if let Some(uri) = &asked.original_to {
        document.add("original-recipient", uri.as_str());
    }
    // Section 8.1.5: behind a B2BUA the originator's identifier is the appropriate one; section 10.2 otherwise.
    let id = asked.original_message_id.as_ref().unwrap_or(&asked.message_id);
    document.add("original-message-id", id.as_str());
    document.add("disposition-time", timestamp(occasion.at));
    document
}

/// Section 10.3: the value of Original-From, empty if that is null; section 8.1.3: From, if there is none.
fn original_recipient_uri<'a>(occasion: &Occasion<'a>) -> &'a str {
    match &occasion.asked.original_from {
        OriginalFrom::Uri(uri) => uri,
        OriginalFrom::Null => "",
        OriginalFrom::Absent => &occasion.received.from.uri,
    }
}
