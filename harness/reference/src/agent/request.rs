//! Composing an instant message that may ask for a report (section 8.1; the shape is that of section 11.1).

use time::OffsetDateTime;

use super::object::{Content, NAMESPACE, Name, Object, PREFIX, address};
use crate::clock::timestamp;
use crate::common::written::Written;
use crate::control::command::ListAction;

/// What the user wants to send.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Letter {
    /// The sender's URI.
    pub(crate) from: String,
    /// URIs of the addressees.
    pub(crate) to: Vec<String>,
    pub(crate) written: Written,
    /// Whether a report is wanted.
    pub(crate) report: bool,
    /// Whether the recipient has to be able to report.
    pub(crate) require: bool,
    pub(crate) list_action: Option<ListAction>,
    pub(crate) original_from: bool,
    pub(crate) hide_sender: bool,
}

impl ListAction {
    /// The value in the header (section 8.1.2).
    pub(crate) fn value(self) -> &'static str {
        match self {
            Self::FirstRecipient => "first-recipient",
            Self::FinalRecipient => "final-recipient",
        }
    }
}

/// Writes the letter. Every message has a Message-ID (section 8.1.4), asked for a report or not.
pub(crate) fn compose(letter: &Letter, id: Option<&str>, now: OffsetDateTime) -> Object {
    let mut object =
        Object::new(letter.written.content_type.as_str(), Content::Octets(letter.written.content.clone()));
    envelope(&mut object, letter, now);
    object.add(Name::Core("NS"), format!("{PREFIX} <{NAMESPACE}>"));
    if letter.report && letter.require {
        // Section 8.1.1; section 8.1 names a header that no section defines.
        object.add(Name::Core("Require"), format!("{PREFIX}.Disposition-Notification"));
    }
    if letter.report {
        // No token is defined, so the value is empty (section 8.1.1).
        object.add(Name::Imdn("Disposition-Notification"), "");
    }
    if let Some(id) = id {
        object.add(Name::Imdn("Message-ID"), id);
    }
    routing(&mut object, letter);
    object
}

fn envelope(object: &mut Object, letter: &Letter, now: OffsetDateTime) {
    object.add(Name::Core("From"), address(letter.written.display_name.as_deref(), &letter.from));
    for uri in &letter.to {
        object.add(Name::Core("To"), address(None, uri));
    }
    for uri in &letter.written.cc {
        object.add(Name::Core("cc"), address(None, uri));
    }
    object.add(Name::Core("DateTime"), timestamp(now));
    for subject in &letter.written.subjects {
        object.add(Name::Core("Subject"), wire::cpim::escape(&subject.text));
        if let (Some(lang), Some(header)) = (&subject.lang, object.headers.last_mut()) {
            header.parameters = format!(";lang={lang}").into_bytes();
        }
    }
}

/// What B2BUAs on the way are told (sections 8.1.2 and 8.1.3). A null Original-From keeps the sender private.
fn routing(object: &mut Object, letter: &Letter) {
    if let Some(action) = letter.list_action {
        object.add(Name::Imdn("List-Action"), action.value());
    }
    if letter.hide_sender {
        object.add(Name::Imdn("Original-From"), "");
    } else if letter.original_from {
        object
            .add(Name::Imdn("Original-From"), address(letter.written.display_name.as_deref(), &letter.from));
    }
}
