//! Composing a receipt (sections 3.2 and 3.3).

use time::OffsetDateTime;
use wire::cpim;
use wire::receipt::Receipt;

use super::draft::{Content, Draft};
use super::received::Received;
use crate::carrier::Reports;
use crate::clock::timestamp;
use crate::common::address::is_writable;
use crate::faults::{Conduct, receipt as spoiled};
use crate::user::Action;

/// The registered media type (section 9.1); the one sentence that leaves its suffix out is a slip (I-40).
pub(crate) const MEDIA_TYPE: &str = "message/status-receipt+xml";
/// What marks a confirmation (section 9.5).
pub(crate) const CONFIRM: &str = "confirm";
/// All went well.
pub(crate) const SUCCESS: u16 = 200;
/// Nobody can tell whether, or when, the message was read (section 3.3).
pub(crate) const UNCERTAIN: u16 = 485;

/// What a receipt is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum About {
    Delivery,
    Read,
}

impl About {
    /// The word in the document.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Read => "read",
        }
    }

    /// What a word in a document means.
    pub(crate) fn of(word: &str) -> Option<Self> {
        [Self::Delivery, Self::Read].into_iter().find(|about| about.word() == word)
    }
}

/// What is confirmed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occasion<'a> {
    pub(crate) received: &'a Received,
    pub(crate) message_id: &'a str,
    /// Whom the message was for; nobody where the members of a list are secret (section 8.2).
    pub(crate) recipient: Option<&'a str>,
    pub(crate) about: About,
    /// 2xx for success; 485 where nothing is certain; the code of a failure (I-45).
    pub(crate) status: u16,
    /// A Message-ID for a receipt of those that have one.
    pub(crate) id: &'a str,
}

impl Occasion<'_> {
    /// Whether it is good news.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    fn document(&self) -> wire::document::Builder {
        let Self { message_id, recipient: recipient_uri, about, status, .. } = *self;
        let note = Some(("en", self.note()));
        Receipt { message_id, recipient_uri, kind: about.word(), status, note }.document()
    }

    fn note(&self) -> &'static str {
        match (self.about, self.is_success()) {
            (About::Delivery, true) => "The message was delivered",
            (About::Delivery, false) => "The message could not be delivered",
            (About::Read, true) => "The message has been read",
            (About::Read, false) => "It is not known whether the message has been read",
        }
    }
}

/// Gives the receipt: by a page to a page, and into the session that the message came by (I-29).
pub(super) fn give(occasion: &Occasion<'_>, now: OffsetDateTime, conduct: Conduct) -> Vec<Action> {
    let received = occasion.received;
    let mut draft = compose(occasion, now);
    spoiled::spoil(conduct, &mut draft, occasion);
    let own = &received.named.uri;
    let mut actions = Vec::new();
    for uri in spoiled::bystanders(conduct, received) {
        let copy = Draft { target: uri.to_owned(), ..draft.clone() };
        let way = received.origin.onward(uri);
        actions.extend(way.map(|way| Action::Send(Box::new(copy.into_outgoing(own, way)))));
    }
    let way = received.origin.back(&draft.target).filter(|_| is_writable(&draft.target));
    actions.extend(way.map(|way| Action::Send(Box::new(draft.into_outgoing(own, way)))));
    actions
}

/// Writes the receipt. It goes from whom the message was for to whom it was from (I-29), without a Message-ID, since no
/// receipt is ever asked for a receipt (section 3.2), and without any word of MSRP about it (section 7.1.1).
fn compose(occasion: &Occasion<'_>, now: OffsetDateTime) -> Draft {
    let received = occasion.received;
    let object = cpim::Builder::new()
        .header("From", String::from_utf8_lossy(&received.named.value))
        .header("To", String::from_utf8_lossy(&received.from.value))
        .header("DateTime", timestamp(now));
    let content = Content::Document(occasion.document());
    Draft {
        disposition: Some(CONFIRM),
        reports: Reports::NONE,
        ..Draft::new(object, MEDIA_TYPE, content, received.from.uri.as_str())
    }
}
