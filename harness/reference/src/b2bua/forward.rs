//! Composing what one member of a list gets: a new message (section 8.1.4) with the old content.

use super::inbound::Inbound;
use super::others;
use crate::agent::draft::Draft;
use crate::agent::object::{Content, NAMESPACE, Name, Object, PREFIX, address};
use crate::common::lists::List;
use crate::control::command::{ListAction, Member};

/// What one member gets of a message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Forward<'a> {
    pub(crate) inbound: &'a Inbound,
    pub(crate) list: &'a List,
    pub(crate) member: &'a Member,
    /// Whether the member is asked for a report (section 9.3.2).
    pub(crate) marked: bool,
    /// Whether the sender's URI is kept private (sections 8.1.3 and 11.4).
    pub(crate) hidden: bool,
    /// The copy's own Message-ID, if it gets one.
    pub(crate) id: Option<&'a str>,
}

/// Writes the copy. It comes from the list, whoever wrote the message, so that reports come back here (section 5).
pub(crate) fn compose(forward: &Forward<'_>) -> Draft {
    let Forward { inbound, list, member, .. } = forward;
    let mut object = Object::new("", Content::Entity(inbound.entity.clone()));
    object.add(Name::Core("From"), address(None, &list.uri));
    object.add(Name::Core("To"), address(None, &member.uri));
    if let Some(date_time) = &inbound.date_time {
        object.add(Name::Core("DateTime"), date_time.clone());
    }
    object.headers.extend(inbound.received.subjects.iter().cloned());
    object.add(Name::Core("NS"), format!("{PREFIX} <{NAMESPACE}>"));
    request(&mut object, forward);
    originals(&mut object, forward);
    let sender = inbound.received.parties.first().filter(|_| forward.hidden);
    object.passed_on = others::write(&inbound.others, sender);
    Draft::new(object, member.uri.as_str())
}

/// Message-ID, and the request for a report if there is one.
fn request(object: &mut Object, forward: &Forward<'_>) {
    if forward.marked && forward.inbound.insists {
        object.add(Name::Core("Require"), format!("{PREFIX}.Disposition-Notification"));
    }
    if forward.marked {
        object.add(Name::Imdn("Disposition-Notification"), "");
    }
    if let Some(id) = forward.id {
        object.add(Name::Imdn("Message-ID"), id);
    }
    if forward.marked {
        object.add(Name::Imdn("List-Action"), ListAction::FinalRecipient.value());
    }
}

/// What was first: created by the first B2BUA, and kept by those behind it (sections 6.3, 8.1.3 and 8.1.5, I-21).
fn originals(object: &mut Object, forward: &Forward<'_>) {
    let Inbound { received, original_from, original_to, original_message_id, .. } = forward.inbound;
    object.add(
        Name::Imdn("Original-From"),
        match original_from {
            _ if forward.hidden => Vec::new(),
            Some(first) => first.clone(),
            None => bracketed(&received.from.value),
        },
    );
    object.add(
        Name::Imdn("Original-To"),
        match original_to {
            Some(first) => first.clone(),
            None => bracketed(&received.named.address.value),
        },
    );
    if let Some(id) = original_message_id.as_ref().or(received.message_id.as_ref()) {
        object.add(Name::Imdn("Original-Message-ID"), id.as_str());
    }
}

/// An address value with its URI in angle brackets, as the grammar of section 8.1.3 wants it.
fn bracketed(value: &[u8]) -> Vec<u8> {
    if value.contains(&b'<') { value.to_vec() } else { [b"<", value, b">"].concat() }
}
