//! What a message asks an intermediary to do about reports (9.3).

use wire::cpim::Qualified;

use crate::capture::View;

/// The procedure that a message selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// The intermediary reports for itself and passes nothing on.
    First(Given),
    /// The reports of the recipients are wanted.
    Final,
    /// The text does not say (I-70).
    Unclear,
}

/// How first-recipient was selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Given {
    Named,
    Absent,
    Empty,
    Unknown,
}

/// The value that asks for the reports of the recipients.
pub(super) const FINAL: &str = "final-recipient";
const FIRST: &str = "first-recipient";

/// What the List-Action of a message selects. Values are compared exactly; what differs from one in case or padding alone
/// is open (I-70).
pub(super) fn action(view: &View<'_>) -> Action {
    let lines = view.profile.headers.list_action.map(|name| view.extension(name)).unwrap_or_default();
    let [line] = &lines[..] else {
        return if lines.is_empty() { Action::First(Given::Absent) } else { Action::Unclear };
    };
    if !matches!(line.qualified, Some(Qualified::Proper | Qualified::ByDefault)) {
        return Action::Unclear;
    }
    let text = line.text();
    match &*text {
        FINAL => Action::Final,
        FIRST => Action::First(Given::Named),
        "" => Action::First(Given::Empty),
        text if [FINAL, FIRST].iter().any(|word| text.trim().eq_ignore_ascii_case(word)) => Action::Unclear,
        _ => Action::First(Given::Unknown),
    }
}
