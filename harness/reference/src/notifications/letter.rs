//! Composing an instant message that may ask for notifications (RFC 5438 section 7.1.1, RFC 3862).

use time::OffsetDateTime;
use wire::cpim;

use super::marks::{MESSAGE_ID, PREFIX, REQUEST, URN, prefixed};
use super::wanted::{Kind, words};
use crate::carrier::Mode;
use crate::clock::timestamp;
use crate::common::draft::{Content, Draft, Shape};
use crate::common::written::Written;

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
    pub(crate) kinds: Vec<Kind>,
    /// Whether the recipient has to know the request.
    pub(crate) is_required: bool,
    pub(crate) mode: Mode,
}

impl Letter {
    /// URIs of all whom it is for.
    pub(crate) fn addressees(&self) -> impl Iterator<Item = &String> {
        self.recipients.iter().chain(self.recipients.is_empty().then_some(&self.to))
    }
}

/// Writes the letter. Each recipient has a line of its own (RFC 3862 section 4.2). It has a Message-ID if something is asked
/// for that will name it.
pub(crate) fn compose(letter: &Letter, id: Option<&str>, now: OffsetDateTime) -> Draft {
    let Letter { written, kinds, .. } = letter;
    let name = written.display_name.as_deref().map(str::trim);
    let mut object = cpim::Builder::new().address("From", name, &letter.from);
    for uri in letter.addressees() {
        object = object.address("To", None, uri);
    }
    for uri in &written.cc {
        object = object.address("cc", None, uri);
    }
    object = object.header("DateTime", timestamp(now));
    for subject in &written.subjects {
        // A line neither starts nor ends with a blank (RFC 3862 section 2.2).
        let text = subject.text.trim_matches([' ', '\t']);
        object = object.subject(text, subject.lang.as_deref());
    }
    if !kinds.is_empty() {
        object = object.namespace(PREFIX, URN);
        object = id.into_iter().fold(object, |object, id| object.header(prefixed(MESSAGE_ID), id));
        object = object.header(prefixed(REQUEST), words(kinds, ", "));
        if letter.is_required {
            object = object.header("Require", prefixed(REQUEST));
        }
    }
    let content = Content::Octets(written.content.clone());
    let mut draft = Draft::new(object, &written.content_type, content, letter.to.as_str());
    if letter.mode == Mode::Page && !letter.recipients.is_empty() {
        draft.shape = Shape::WithList(letter.recipients.clone());
        draft.sip_headers.push(("Require", "recipient-list-message".to_owned()));
    }
    draft
}
