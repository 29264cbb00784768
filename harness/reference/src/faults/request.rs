//! What can go wrong with an instant message: one function for each defect that shows in what is written.

use time::{OffsetDateTime, UtcOffset};

use super::{Conduct, Defect, object};
use crate::agent::draft::Draft;
use crate::agent::object::{Name, address};
use crate::agent::request::Letter;
use crate::control::command::ListAction;

const MARKER: Name = Name::Imdn("Disposition-Notification");
const REQUIRE: Name = Name::Core("Require");
const LIST_ACTION: Name = Name::Imdn("List-Action");
const ORIGINAL_FROM: Name = Name::Imdn("Original-From");

type Spoil = fn(&mut Draft, &Letter, OffsetDateTime);

static SPOILS: [(Defect, Spoil); 13] = [
    (Defect::RequestWithoutMessageId, |draft, letter, _| {
        if letter.report {
            draft.object.remove(Name::Imdn("Message-ID"));
        }
    }),
    (Defect::ListActionTypo, |draft, letter, _| {
        if let Some(action) = letter.list_action {
            draft.object.replace(LIST_ACTION, action.value().replace('-', "_"));
        }
    }),
    (Defect::ListActionSwapped, |draft, letter, _| {
        if let Some(action) = letter.list_action {
            draft.object.replace(LIST_ACTION, opposite(action).value());
        }
    }),
    (Defect::QuotedListAction, |draft, letter, _| {
        if let Some(action) = letter.list_action {
            draft.object.replace(LIST_ACTION, format!("\"{}\"", action.value()));
        }
    }),
    (Defect::NoRequireWhenInsisting, |draft, _, _| {
        draft.object.remove(REQUIRE);
    }),
    (Defect::RequireInSip, |draft, _, _| {
        if draft.object.remove(REQUIRE) {
            draft.sip_headers.push(("Require", "imdn".to_owned()));
        }
    }),
    (Defect::MarkerInSipHeader, |draft, _, _| {
        if draft.object.remove(MARKER) {
            draft.sip_headers.push(("Disposition-Notification", String::new()));
        }
    }),
    (Defect::LiteralNullValue, |draft, _, _| draft.object.replace(MARKER, "NULL")),
    (Defect::PrivateToken, |draft, _, _| draft.object.replace(MARKER, "always")),
    (Defect::ForeignOriginalFrom, |draft, letter, _| {
        if let (Some(recipient), false) = (letter.to.first(), letter.hide_sender) {
            draft.object.replace(ORIGINAL_FROM, address(None, recipient));
        }
    }),
    (Defect::NullBecomesFrom, |draft, letter, _| {
        if letter.hide_sender {
            draft
                .object
                .replace(ORIGINAL_FROM, address(letter.written.display_name.as_deref(), &letter.from));
        }
    }),
    (Defect::UnbracketedOriginalFrom, |draft, letter, _| {
        if !letter.hide_sender {
            draft.object.replace(ORIGINAL_FROM, letter.from.as_str());
        }
    }),
    (Defect::ExampleDatetime, |draft, _, now| {
        draft.object.replace(Name::Core("DateTime"), hour_only_offset(now));
    }),
];

/// Spoils a message that is otherwise complete.
pub(crate) fn spoil(conduct: Conduct, draft: &mut Draft, letter: &Letter, now: OffsetDateTime) {
    if let Some((_, spoil)) = SPOILS.iter().find(|(defect, _)| conduct.is(*defect)) {
        spoil(draft, letter, now);
    }
    object::spoil(conduct, draft);
}

fn opposite(action: ListAction) -> ListAction {
    match action {
        ListAction::FirstRecipient => ListAction::FinalRecipient,
        ListAction::FinalRecipient => ListAction::FirstRecipient,
    }
}

/// Five hours west of Greenwich, written as in the sample of section 11.1: `2005-10-18T09:27:22-5`.
fn hour_only_offset(now: OffsetDateTime) -> String {
    let local = UtcOffset::from_hms(-5, 0, 0).map_or(now, |offset| now.to_offset(offset));
    let (date, hour, minute, second) = (local.date(), local.hour(), local.minute(), local.second());
    format!("{date}T{hour:02}:{minute:02}:{second:02}-5")
}
