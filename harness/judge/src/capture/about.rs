//! Which message a report is about, told by identifiers however badly they are copied.

use record::EventId;
use wire::document::Document;
use wire::profile::RequestValue;

use super::view::known_word;
use super::{Capture, Class, Message, View};

/// What a request says about its own identity and about that of other messages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Identity {
    /// The profile's identifier, trimmed.
    pub(crate) id: Option<String>,
    /// The first identifier, across intermediaries.
    pub(crate) original: Option<String>,
    /// The identifier that a report document names.
    pub(crate) names: Option<String>,
    /// The CPIM sender.
    pub(crate) from: Option<String>,
    /// The identifiers that further documents of the same report name.
    pub(crate) also: Vec<String>,
    /// What the documents of a report say became of the message, the first one's first; nothing where that cannot be read.
    pub(crate) tells: Vec<String>,
}

impl Identity {
    pub(crate) fn of(view: &View<'_>) -> Self {
        let original = original(view);
        let innermost = view.innermost();
        let innermost = innermost.as_ref().map(|message| View::new(message, view.profile));
        let enclosed = innermost.as_ref().and_then(|inner| named(inner).or_else(|| self::original(inner)));
        Self {
            id: view.id(),
            tells: innermost.as_ref().map(told).filter(|told| !told.is_empty()).unwrap_or_else(|| told(view)),
            also: if view.report.is_some() { named_further(view) } else { Vec::new() },
            names: enclosed.or_else(|| named(view)).or_else(|| original.clone()),
            original,
            from: view.address("From"),
        }
    }

    /// Whether `name` is one of the identifiers that a report on this message may give.
    fn is_named(&self, name: &str, same: fn(&str, &str) -> bool) -> bool {
        [&self.id, &self.original].into_iter().flatten().any(|id| same(id, name))
    }
}

/// The identifier that a report document names.
fn named(view: &View<'_>) -> Option<String> {
    element(view, view.spoken().report.roles.message_id)
}

/// The identifiers that the documents behind the first one name.
fn named_further(view: &View<'_>) -> Vec<String> {
    if view.parts.len() < 2 {
        return Vec::new();
    }
    let name = view.profile.report.roles.message_id;
    let documents = view.documents();
    let values = documents.iter().skip(1).filter_map(|document| document.value(name, view.profile));
    values.map(str::to_owned).collect()
}

/// What the documents of a report tell; where it is one of the profile's words, as the profile spells it.
fn told(view: &View<'_>) -> Vec<String> {
    let profile = view.profile;
    if view.foreign_profile().is_some() {
        return Vec::new();
    }
    if !profile.report.choice.is_empty() {
        // A word that stands in the wrong element may be awaited as either (G-11).
        let kinds = |document: &Document<'_>| {
            let told = document.told(profile);
            told.map(|told| [told.kind.to_owned(), told.element.to_owned()])
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
        };
        return view.documents().iter().flat_map(kinds).collect();
    }
    let told = element(view, profile.report.roles.disposition);
    told.map(|told| known_word(profile, &told).map_or(told, str::to_owned)).into_iter().collect()
}

/// The text of the first element of that name, wherever it stands, if there is any.
fn element(view: &View<'_>, name: &str) -> Option<String> {
    let element = view.document.as_ref()?.elements().iter().find(|element| element.name == name)?;
    Some(element.trimmed().to_owned()).filter(|text| !text.is_empty())
}

/// The first identifier, as a header says.
fn original(view: &View<'_>) -> Option<String> {
    let name = view.profile.headers.original_message_id?;
    view.extension_value(name).filter(|id| !id.is_empty())
}

/// Ways in which an identifier may have been miscopied, the best first.
const COPIES: &[fn(&str, &str) -> bool] = &[
    |id, name| id.eq_ignore_ascii_case(name),
    // Cut off, or in a wrapping; too short a piece says nothing.
    |id, name| name.len() >= 8 && (id.starts_with(name) || name.contains(id) && id.len() >= 8),
];

impl Capture {
    /// The peer's message that a report is about: by identifier, by the call that it came in where that was taken for one,
    /// else the only one it can be.
    pub(super) fn subject_of(&self, report: EventId) -> Option<EventId> {
        let message = self.get(report)?;
        if let Some(relay) = self.relayed.get(&report) {
            return self.behind(report).or_else(|| self.behind(relay.of));
        }
        let name = self.identity(report).and_then(|identity| identity.names.clone());
        let exact = name.as_ref().and_then(|name| self.first_named.get(name)).copied();
        if exact.is_some_and(|subject| subject < report) {
            return exact;
        }
        let candidates: Vec<&Message> = self
            .messages
            .range(..report)
            .map(|(_, earlier)| &**earlier)
            .filter(|m| can_be_reported(m))
            .collect();
        let by_name = |name: &String| COPIES.iter().find_map(|same| self.named(&candidates, name, *same));
        let by_call =
            |name: &String| self.first_called.get(name).copied().filter(|subject| *subject < report);
        let named = name.as_ref().and_then(|name| by_name(name).or_else(|| by_call(name)));
        named.or_else(|| self.only_one(&candidates, message))
    }

    /// The instant message of a peer that a report from behind the IUT is about: by the first identifier, or by that of
    /// the copy (I-09).
    pub(crate) fn behind(&self, report: EventId) -> Option<EventId> {
        let names = self.identity(report)?.names.as_ref()?;
        let copy = || Some(self.copies.get(self.first_copies.get(names)?)?.of);
        self.sources.named(names).or_else(copy)
    }

    /// The first candidate that bears that name; a message sent again is meant by its first sending.
    fn named(&self, candidates: &[&Message], name: &str, same: fn(&str, &str) -> bool) -> Option<EventId> {
        let bears = |message: &&&Message| {
            self.identity(message.event).is_some_and(|identity| identity.is_named(name, same))
        };
        candidates.iter().find(bears).map(|message| message.event)
    }

    /// The only message at that peer without a report; else the only message at all.
    fn only_one(&self, candidates: &[&Message], report: &Message) -> Option<EventId> {
        let preferred = |message: &&&Message| message.class != Class::Report;
        let here: Vec<&&Message> =
            candidates.iter().filter(|m| m.peer == report.peer).filter(preferred).collect();
        let told = self.reported_as(report.event);
        let open: Vec<&&Message> =
            here.iter().copied().filter(|m| !self.reported.contains(&(m.event, told.clone()))).collect();
        match (&open[..], &here[..]) {
            ([one], _) | ([], [one]) => Some(one.event),
            ([], []) => match candidates {
                [one] => Some(one.event),
                _ => None,
            },
            _ => None,
        }
    }

    /// What sets one report on a message apart from another: where the document lets a requester ask for several kinds, what
    /// it tells.
    pub(super) fn reported_as(&self, report: EventId) -> Option<String> {
        match self.profile.headers.request_value {
            RequestValue::Nothing => None,
            _ => self.tells(report),
        }
    }

    /// Whether two events hold the same message, sent twice: same identifier from the same sender (I-74).
    pub(crate) fn same_message(&self, one: EventId, other: EventId) -> bool {
        let (Some(one), Some(other)) = (self.identity(one), self.identity(other)) else { return false };
        one.id.is_some() && one.id == other.id && one.from == other.from
    }
}

pub(super) fn can_be_reported(message: &Message) -> bool {
    message.is_new_request_of_peer() && message.class != Class::Other
}
