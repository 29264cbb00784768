//! What can go wrong with a copy: one function for each defect that shows in what is written.

use super::{Conduct, Defect, object};
use crate::agent::draft::Draft;
use crate::agent::object::{Name, PREFIX, address};
use crate::b2bua::forward::Forward;
use crate::common::address::without_parameters;

const ORIGINAL_FROM: Name = Name::Imdn("Original-From");
const ORIGINAL_TO: Name = Name::Imdn("Original-To");
const ORIGINAL_ID: Name = Name::Imdn("Original-Message-ID");
const LIST_ACTION: Name = Name::Imdn("List-Action");
const FROM: Name = Name::Core("From");

/// Where a header that is too long is folded.
const FOLD: usize = 78;

type Spoil = fn(&mut Draft, &Forward<'_>);

static SPOILS: [(Defect, Spoil); 14] = [
    (Defect::FinalWithoutDownstreamRequest, |draft, _| {
        draft.object.remove(Name::Imdn("Disposition-Notification"));
        draft.object.remove(Name::Core("Require"));
    }),
    (Defect::ListActionNotForwarded, |draft, _| {
        draft.object.remove(LIST_ACTION);
    }),
    (Defect::QuotedListAction, |draft, _| {
        if let Some(header) = draft.object.header(LIST_ACTION) {
            header.value = [b"\"", &header.value[..], b"\""].concat();
        }
    }),
    (Defect::OmitOriginalFrom, |draft, forward| {
        if forward.inbound.original_from.is_none() && !forward.hidden {
            draft.object.remove(ORIGINAL_FROM);
        }
    }),
    (Defect::OverwriteOriginalFrom, |draft, forward| {
        if forward.inbound.original_from.is_some() {
            draft.object.replace(ORIGINAL_FROM, forward.inbound.received.from.value.clone());
        }
    }),
    (Defect::NullBecomesFrom, |draft, forward| {
        if is_null(forward) {
            draft.object.replace(ORIGINAL_FROM, forward.inbound.received.from.value.clone());
        }
    }),
    (Defect::UnbracketedOriginalFrom, |draft, forward| {
        if forward.inbound.original_from.is_none() && !forward.hidden {
            draft.object.replace(ORIGINAL_FROM, forward.inbound.received.from.uri.as_str());
        }
    }),
    (Defect::LeakSenderInFrom, |draft, forward| {
        if forward.hidden {
            draft.object.replace(FROM, forward.inbound.received.from.value.clone());
        }
    }),
    (Defect::DropOriginalTo, |draft, _| {
        draft.object.remove(ORIGINAL_TO);
    }),
    (Defect::PerMemberOriginalTo, |draft, forward| {
        draft.object.replace(ORIGINAL_TO, address(None, without_parameters(&forward.member.uri)));
    }),
    (Defect::ReuseMessageId, |draft, forward| {
        if let Some(id) = &forward.inbound.received.message_id {
            draft.object.replace(Name::Imdn("Message-ID"), id.as_str());
        }
    }),
    (Defect::OmitOriginalMessageId, |draft, forward| {
        if forward.inbound.original_message_id.is_none() {
            draft.object.remove(ORIGINAL_ID);
        }
    }),
    (Defect::OverwriteOriginalId, |draft, forward| {
        if let Some(id) = &forward.inbound.received.message_id {
            draft.object.replace(ORIGINAL_ID, id.as_str());
        }
    }),
    (Defect::FoldedOriginalId, |draft, _| {
        let before = format!("{PREFIX}.Original-Message-ID: ").len();
        if let Some(header) = draft.object.header(ORIGINAL_ID)
            && before + header.value.len() > FOLD
        {
            header.value.splice(FOLD - before..FOLD - before, *b"\r\n ");
        }
    }),
];

/// Spoils a copy that is otherwise complete.
pub(crate) fn spoil(conduct: Conduct, draft: &mut Draft, forward: &Forward<'_>) {
    if let Some((_, spoil)) = SPOILS.iter().find(|(defect, _)| conduct.is(*defect)) {
        spoil(draft, forward);
    }
    object::spoil(conduct, draft);
}

fn is_null(forward: &Forward<'_>) -> bool {
    forward.inbound.original_from.as_ref().is_some_and(|value| value.is_empty())
}
