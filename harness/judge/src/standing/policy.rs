//! What the driver was told that changes what is right.

use record::{EventId, EventKind};
use serde_json::Value as Json;

use super::Context;
use crate::capture::View;
use crate::uri;

/// Whether a switch of the IUT's policy was on at that event.
pub(super) fn holds(context: &Context<'_>, at: EventId, switch: &str) -> bool {
    is_on(commands(context, at), switch)
}

/// Whether the IUT was told to hide the sender of a message when it sent the copy.
pub(super) fn hides_sender(context: &Context<'_>, at: EventId, source: &View<'_>) -> bool {
    let address = context.scene.environment.select(&source.message.peer, "uri").ok();
    let address = address.and_then(|values| Some(values.first()?.text.clone()));
    let concerns = |command: &&Json| match (command.get("peer").and_then(Json::as_str), &address) {
        (Some(scope), Some(address)) => uri::same(scope, address),
        _ => true,
    };
    is_on(commands(context, at).filter(concerns), "hide_sender")
}

fn is_on<'c>(commands: impl DoubleEndedIterator<Item = &'c Json>, switch: &str) -> bool {
    let last = commands.rev().find_map(|command| match name(command) {
        Some("policy") => command.get(switch).and_then(Json::as_bool),
        Some("reset") => Some(false),
        _ => None,
    });
    last.unwrap_or(false)
}

/// Whether a list was told that this member does not honour requests, or cannot.
pub(super) fn is_known_not_to_report(context: &Context<'_>, at: EventId, member: &str) -> bool {
    let silent = &context.scene.capture.told().silent;
    silent.iter().take_while(|(told, _)| *told < at).any(|(_, uri)| uri::same(uri, member))
}

/// How many members a list was told to have.
pub(super) fn members_of(context: &Context<'_>, at: EventId, list: &str) -> Option<usize> {
    Some(list_told(context, at, list)?.get("members")?.as_array()?.len())
}

/// The addresses of the members of a list that was told not to disclose them; `None` where it was not told so.
pub(super) fn hidden_members<'c>(context: &Context<'c>, at: EventId, list: &str) -> Option<Vec<&'c str>> {
    let told = list_told(context, at, list)?;
    let hidden = told.get("disclosed").and_then(Json::as_bool) == Some(false);
    let members = told.get("members").and_then(Json::as_array).filter(|_| hidden)?;
    Some(members.iter().filter_map(|member| member.get("uri")?.as_str()).collect())
}

/// Whether the IUT had a certificate of its own at that event.
pub(super) fn holds_certificate(context: &Context<'_>, at: EventId) -> bool {
    let mut last = commands_with_ids(context, at).rev().filter(|(_, command)| {
        name(command) == Some("identity") && command.get("certificate_pem").is_some()
            || is_full_reset(command)
    });
    last.next().is_some_and(|(id, command)| !is_full_reset(command) && was_done(context, id))
}

/// Whether the IUT had been given the certificate of that peer.
pub(super) fn knows_certificate_of(context: &Context<'_>, at: EventId, peer: &str) -> bool {
    let address = context.scene.environment.select(peer, "uri").ok();
    let Some(address) = address.and_then(|values| Some(values.first()?.text.clone())) else { return false };
    let is_meant = |command: &Json| {
        let named = command.get("address").and_then(Json::as_str);
        name(command) == Some("trust") && named.is_some_and(|named| uri::same(named, &address))
    };
    let mut last = commands_with_ids(context, at)
        .rev()
        .filter(|(_, command)| is_meant(command) || is_full_reset(command));
    last.next().is_some_and(|(id, command)| !is_full_reset(command) && was_done(context, id))
}

fn is_full_reset(command: &Json) -> bool {
    name(command) == Some("reset") && command.get("peer").is_none()
}

fn was_done(context: &Context<'_>, command: EventId) -> bool {
    context.events().iter().any(|event| match &event.kind {
        EventKind::Reply { to, reply } => *to == command && reply.get("ok") == Some(&Json::Bool(true)),
        _ => false,
    })
}

/// What the IUT was last told to send before that event.
pub(super) fn last_send<'c>(context: &Context<'c>, before: EventId) -> Option<&'c Json> {
    commands(context, before).rev().find(|command| name(command) == Some("send"))
}

fn list_told<'c>(context: &Context<'c>, at: EventId, list: &str) -> Option<&'c Json> {
    let mut lists = commands(context, at).rev().filter(|command| name(command) == Some("list"));
    lists.find(|command| command.get("uri").and_then(Json::as_str).is_some_and(|uri| uri::same(uri, list)))
}

fn name(command: &Json) -> Option<&str> {
    command.get("command").and_then(Json::as_str)
}

fn commands<'c>(context: &Context<'c>, before: EventId) -> impl DoubleEndedIterator<Item = &'c Json> {
    commands_with_ids(context, before).map(|(_, command)| command)
}

fn commands_with_ids<'c>(
    context: &Context<'c>,
    before: EventId,
) -> impl DoubleEndedIterator<Item = (EventId, &'c Json)> {
    let all = &context.scene.capture.told().commands;
    let earlier = &all[..all.partition_point(|event| *event < before)];
    let events = context.events();
    earlier.iter().filter_map(|event| match &events.get(event.0 as usize)?.kind {
        EventKind::Command { command, .. } => Some((*event, command)),
        _ => None,
    })
}
