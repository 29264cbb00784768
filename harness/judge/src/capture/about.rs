//! Which message a report is about, told by identifiers however badly they are copied.

use record::EventId;

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
}

impl Identity {
    pub(crate) fn of(view: &View<'_>) -> Self {
        let report = &view.profile.report;
        let named = view.document.as_ref().and_then(|document| {
            let element =
                document.elements().iter().find(|element| element.name == report.roles.message_id)?;
            Some(element.trimmed().to_owned()).filter(|id| !id.is_empty())
        });
        let original = view.profile.headers.original_message_id.and_then(|name| view.imdn_value(name));
        Self {
            id: view.id(),
            original: original.clone().filter(|id| !id.is_empty()),
            names: named.or(original).filter(|id| !id.is_empty()),
            from: view.address("From"),
        }
    }

    /// Whether `name` is one of the identifiers that a report on this message may give.
    fn is_named(&self, name: &str, same: fn(&str, &str) -> bool) -> bool {
        [&self.id, &self.original].into_iter().flatten().any(|id| same(id, name))
    }
}

/// Ways in which an identifier may have been copied, the best first.
const COPIES: &[fn(&str, &str) -> bool] = &[
    |id, name| id == name,
    |id, name| id.eq_ignore_ascii_case(name),
    // Cut off, or in a wrapping; too short a piece says nothing.
    |id, name| name.len() >= 8 && (id.starts_with(name) || name.contains(id) && id.len() >= 8),
];

impl Capture {
    /// The peer's message that a report is about: by identifier, else the only one it can be.
    pub(super) fn subject_of(&self, report: EventId) -> Option<EventId> {
        let message = self.get(report)?;
        let candidates: Vec<&Message> = self
            .messages
            .range(..report)
            .map(|(_, earlier)| &**earlier)
            .filter(|m| can_be_reported(m))
            .collect();
        let name = self.identity(report).and_then(|identity| identity.names.clone());
        let by_name = |name: &String| COPIES.iter().find_map(|same| self.named(&candidates, name, *same));
        name.as_ref().and_then(by_name).or_else(|| self.only_one(&candidates, message))
    }

    /// The latest candidate that bears that name; a message sent again is meant by its first sending.
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
        let open: Vec<&&Message> =
            here.iter().copied().filter(|m| !self.reported.contains(&m.event)).collect();
        match (&open[..], &here[..]) {
            ([one], _) | ([], [one]) => Some(one.event),
            ([], []) => match candidates {
                [one] => Some(one.event),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether two events hold the same message, sent twice: same identifier from the same sender (I-74).
    pub(crate) fn same_message(&self, one: EventId, other: EventId) -> bool {
        let (Some(one), Some(other)) = (self.identity(one), self.identity(other)) else { return false };
        one.id.is_some() && one.id == other.id && one.from == other.from
    }
}

fn can_be_reported(message: &Message) -> bool {
    message.is_new_request_of_peer() && message.class != Class::Other
}
