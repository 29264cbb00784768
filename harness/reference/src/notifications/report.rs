//! Composing a notification (RFC 5438 sections 7.2.1 and 11).

use time::OffsetDateTime;
use wire::cpim;
use wire::mime;
use wire::notification::Notification;
use wire::profile::RFC5438;

use super::marks::{MESSAGE_ID, PREFIX, ROUTE, URN, prefixed};
use super::received::Received;
use crate::carrier::{Outgoing, Reports};
use crate::clock::timestamp;
use crate::common::address::is_writable;
use crate::common::draft::{Content, Draft};
use crate::common::identifiers::unique;
use crate::faults::{Conduct, notification as spoiled, relayed};

/// The media type of the document (section 11.1.8).
pub(crate) const MEDIA_TYPE: &str = "message/imdn+xml";
/// What marks a notification (section 9).
pub(crate) const DISPOSITION: &str = "notification";

/// What a notification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum About {
    Delivery,
    Display,
    Processing,
}

impl About {
    /// The word in the document.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Display => "display",
            Self::Processing => "processing",
        }
    }

    /// What a word in a document means.
    pub(crate) fn of(word: &str) -> Option<Self> {
        [Self::Delivery, Self::Display, Self::Processing].into_iter().find(|about| about.word() == word)
    }
}

/// What is told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occasion<'a> {
    pub(crate) received: &'a Received,
    /// The identifier of the message.
    pub(crate) message_id: &'a str,
    pub(crate) about: About,
    /// The word of the status.
    pub(crate) status: &'a str,
    /// The identifier of the notification.
    pub(crate) id: &'a str,
    /// This agent's own URI.
    pub(crate) own: &'a str,
    /// URI of the list member whom the message did not reach, if it is about one (section 12.2).
    pub(crate) member: Option<&'a str>,
    /// Whether nobody may learn whom the message reached (section 14.2).
    pub(crate) is_hidden: bool,
    /// Whether another notification about the message has gone before.
    pub(crate) is_second: bool,
}

impl Occasion<'_> {
    /// Whom the message was for, and whom it was for at first: as CPIM and Original-To say.
    fn recipients(&self) -> Option<(&str, &str)> {
        let recipient = self.received.named.uri.as_str();
        let hidden = self.is_hidden && recipient == self.own;
        let original = self.received.original_to.as_deref().unwrap_or(recipient);
        (!hidden).then(|| (self.member.unwrap_or(recipient), original))
    }

    /// DateTime of the message, literally; the time when it came where it had none.
    fn datetime(&self) -> String {
        self.received.datetime.clone().unwrap_or_else(|| timestamp(self.received.arrived))
    }

    fn document(&self) -> wire::document::Builder {
        let recipients = self.recipients();
        let subject = self.received.subjects.first().filter(|_| recipients.is_some());
        Notification {
            message_id: self.message_id,
            datetime: &self.datetime(),
            recipients,
            subject: subject.map(|subject| (subject.language.as_deref(), subject.text.as_str())),
            kind: self.about.word(),
            status: self.status,
        }
        .document()
    }
}

/// Writes the notification and finds its way: along the route that intermediaries ask for, else to the sender (section
/// 12.1.3.1). It is `None` if there is no way.
pub(crate) fn written(occasion: &Occasion<'_>, now: OffsetDateTime, conduct: Conduct) -> Option<Outgoing> {
    let received = occasion.received;
    let mut draft = compose(occasion, now);
    spoiled::spoil(conduct, &mut draft, occasion);
    relayed::spoil_own(conduct, &mut draft, occasion.about);
    sent(draft, received)
}

/// Several notifications about one message in one (section 8.3): each entity is a part of its own.
pub(crate) fn bundled(
    received: &Received,
    id: &str,
    entities: &[Vec<u8>],
    now: OffsetDateTime,
) -> Option<Outgoing> {
    let boundary = unique();
    let media_type = format!("multipart/mixed; boundary={boundary}");
    let content = Content::Octets(mime::multipart(&boundary, entities));
    sent(enveloped(received, id, (&media_type, content), now), received)
}

fn sent(draft: Draft, received: &Received) -> Option<Outgoing> {
    let way = match draft.target == received.sender {
        true => received.origin.back(&draft.target),
        false => received.origin.elsewhere(&draft.target),
    };
    let way = way.filter(|_| is_writable(&draft.target))?;
    Some(draft.into_outgoing(&received.named.uri, way))
}

/// It goes from whom the message was for to whom it was from (section 7.2.1), and asks for nothing.
fn compose(occasion: &Occasion<'_>, now: OffsetDateTime) -> Draft {
    let content = Content::Document(occasion.document());
    enveloped(occasion.received, occasion.id, (MEDIA_TYPE, content), now)
}

fn enveloped(
    received: &Received,
    id: &str,
    (media_type, content): (&str, Content),
    now: OffsetDateTime,
) -> Draft {
    let mut object = cpim::Builder::new()
        .header("From", String::from_utf8_lossy(&received.named.value))
        .header("To", String::from_utf8_lossy(&received.from.value))
        .header("DateTime", timestamp(now))
        .namespace(PREFIX, URN)
        .header(prefixed(MESSAGE_ID), id);
    for hop in &received.route {
        object = object.header(prefixed(ROUTE), &hop.value);
    }
    let target = received.route.first().map_or(received.sender.as_str(), |hop| hop.uri.as_str());
    Draft {
        disposition: RFC5438.disposition,
        reports: Reports::NONE,
        ..Draft::new(object, media_type, content, target)
    }
}
