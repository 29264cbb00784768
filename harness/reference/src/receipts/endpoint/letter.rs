//! Composing an instant message that may ask for receipts (section 3.1).

use time::OffsetDateTime;
use wire::cpim;

use crate::carrier::Mode;
use crate::clock::timestamp;
use crate::common::written::Written;
use crate::receipts::draft::{Content, Draft, Shape};
use crate::receipts::wanted::{Kind, MESSAGE_ID, RECEIPT_REQUEST, words};

/// What the user wants to send.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Letter {
    /// The sender's URI.
    pub(crate) from: String,
    /// URI of the addressee, be it a person or a list.
    pub(crate) to: String,
    /// URIs of those whom the list is to send it to.
    pub(crate) recipients: Vec<String>,
    pub(crate) written: Written,
    /// What is asked for, in the order in which it was chosen.
    pub(crate) receipts: Vec<Kind>,
    pub(crate) mode: Mode,
    /// Whether the addressee is a conference room.
    pub(crate) is_room: bool,
}

/// Writes the letter. It has a Message-ID if something is asked for that will name it.
pub(crate) fn compose(letter: &Letter, id: Option<&str>, now: OffsetDateTime) -> Draft {
    let Letter { written, receipts, .. } = letter;
    let mut object = cpim::Builder::new()
        .address("From", written.display_name.as_deref(), &letter.from)
        .address("To", None, &letter.to);
    for uri in &written.cc {
        object = object.address("cc", None, uri);
    }
    object = object.header("DateTime", timestamp(now));
    for subject in &written.subjects {
        object = object.subject(&subject.text, subject.lang.as_deref());
    }
    if let Some(id) = id {
        object = object.header(MESSAGE_ID, id);
    }
    if !receipts.is_empty() {
        object = object.header(RECEIPT_REQUEST, words(receipts, ", "));
    }
    let content = Content::Octets(written.content.clone());
    let mut draft = Draft::new(object, &written.content_type, content, letter.to.as_str());
    if letter.mode == Mode::Page && !letter.recipients.is_empty() {
        draft.shape = Shape::WithList(letter.recipients.clone());
        draft.sip_headers.push(("Require", "recipient-list-message".to_owned()));
    }
    draft
}
