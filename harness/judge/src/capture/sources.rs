//! Instant messages of the peers, and which of them a copy by an intermediary comes from.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use record::EventId;

use super::about::Identity;
use super::{Message, View};
use crate::uri;

/// All instant messages that peers sent to the IUT.
#[derive(Clone, Debug, Default)]
pub(super) struct Sources {
    all: HashMap<EventId, Source>,
    order: Vec<EventId>,
    /// By identifier, their own and the first one.
    by_id: HashMap<String, Vec<EventId>>,
    by_content: HashMap<Bytes, Vec<EventId>>,
    /// Which of them went to which peer already.
    copied: HashSet<(EventId, Arc<str>)>,
}

/// What a copy of an instant message can be told by.
#[derive(Clone, Debug)]
struct Source {
    from: Option<String>,
    to: Option<String>,
    lines: Lines,
    id: Option<String>,
}

/// Something that the source of a copy has in common with it.
type Test<'t> = &'t dyn Fn(EventId, &Source) -> bool;

/// Header lines that are handed on unchanged, as they stand.
#[derive(Clone, Debug, PartialEq)]
struct Lines {
    subject: Vec<String>,
    date_time: Vec<String>,
}

/// The message that a copy comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origination {
    pub(crate) of: EventId,
    /// Whether identifier or content say so, not only that nothing else comes into question.
    pub(crate) sure: bool,
}

impl Sources {
    /// Takes in an instant message of a peer.
    pub(super) fn add(&mut self, view: &View<'_>, identity: &Identity) {
        let event = view.message.event;
        self.order.push(event);
        for id in [&identity.id, &identity.original].into_iter().flatten() {
            self.by_id.entry(id.clone()).or_default().push(event);
        }
        if let Some(content) = content(view) {
            self.by_content.entry(content).or_default().push(event);
        }
        let (from, to) = (originator(view).or(view.address("From")), view.address("To"));
        self.all.insert(event, Source { from, to, lines: lines(view), id: identity.id.clone() });
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = EventId> {
        self.order.iter().copied()
    }

    /// The first message of that identifier.
    pub(super) fn named(&self, id: &str) -> Option<EventId> {
        self.by_id.get(id)?.first().copied()
    }

    /// Whether a peer sent a message with the same content.
    pub(super) fn has_content_of(&self, view: &View<'_>) -> bool {
        content(view).is_some_and(|content| self.by_content.contains_key(&content))
    }

    /// The message that an instant message of the IUT comes from: by identifier, by content, else the only one there is.
    pub(super) fn of_copy(&mut self, view: &View<'_>, identity: &Identity) -> Option<Origination> {
        let by_id = |id: &Option<String>| self.by_id.get(id.as_ref()?);
        let content = content(view);
        let by_content = || self.by_content.get(content.as_ref()?);
        let told = by_id(&identity.original).or_else(|| by_id(&identity.id)).or_else(by_content);
        let (candidates, sure) = match (told, &self.order[..]) {
            (Some(told), _) => (told.clone(), true),
            (None, [only]) => (vec![*only], false),
            (None, _) => return None,
        };
        let of = self.narrowed(candidates, view, content.as_ref())?;
        self.copied.insert((of, view.message.peer.clone()));
        Some(Origination { of, sure })
    }

    /// The only one that is left when what can be told by other headers is told by them.
    fn narrowed(
        &self,
        candidates: Vec<EventId>,
        view: &View<'_>,
        content: Option<&Bytes>,
    ) -> Option<EventId> {
        if let [only] = candidates[..] {
            return Some(only);
        }
        let (from, lines) = (originator(view), lines(view));
        let to = view.profile.headers.original_to.and_then(|name| view.extension(name).first()?.uri_text());
        let here: Vec<&EventId> =
            content.and_then(|content| self.by_content.get(content)).into_iter().flatten().collect();
        let same = |one: &Option<String>, other: &Option<String>| {
            one.as_ref().zip(other.as_ref()).is_some_and(|(one, other)| uri::same(one, other))
        };
        let copied = |event: EventId| self.copied.contains(&(event, view.message.peer.clone()));
        let tests: [Test<'_>; 5] = [
            &|event, _| here.binary_search(&&event).is_ok(),
            &|_, source| same(&source.from, &from),
            &|_, source| source.lines == lines,
            &|_, source| same(&source.to, &to),
            &|event, _| !copied(event),
        ];
        let mut left = candidates;
        for test in tests {
            let passing: Vec<EventId> = left
                .iter()
                .copied()
                .filter(|event| self.all.get(event).is_some_and(|s| test(*event, s)))
                .collect();
            left = if passing.is_empty() { left } else { passing };
        }
        let first = *left.first()?;
        // The same message sent again is meant by its first sending.
        left.iter().all(|event| self.same(first, *event)).then_some(first)
    }

    fn same(&self, one: EventId, other: EventId) -> bool {
        let known = |event: EventId| self.all.get(&event).map(|source| (&source.id, &source.from));
        one == other || known(one).is_some_and(|(id, _)| id.is_some()) && known(one) == known(other)
    }
}

fn originator(view: &View<'_>) -> Option<String> {
    view.profile.headers.original_from.and_then(|name| view.extension(name).first()?.uri_text())
}

fn lines(view: &View<'_>) -> Lines {
    let texts = |name: &str| view.core(name).iter().map(|line| line.text().into_owned()).collect();
    Lines { subject: texts("Subject"), date_time: texts("DateTime") }
}

/// The content of an instant message, if there is any.
fn content(view: &View<'_>) -> Option<Bytes> {
    let place = view.main_part().map(|part| view.content_of(part))?;
    let content = place.octets.slice(place.span);
    Some(content).filter(|content| !content.is_empty())
}

impl super::Capture {
    /// Whether an instant message of the IUT is the copy of one of the peers by its identifier or its content.
    pub(super) fn is_surely_copy(&self, message: &Message) -> bool {
        self.copies.get(&message.event).is_some_and(|origination| origination.sure)
    }
}
