//! What can go wrong with a message that asks for receipts: one function for each defect that shows in what is written.

use super::receipt::contact;
use super::{Conduct, Defect};
use crate::carrier::Mode;
use crate::receipts::Letter;
use crate::receipts::draft::Draft;
use crate::receipts::wanted::{Kind, RECEIPT_REQUEST, words};

type Spoil = fn(&mut Draft, &Letter);

static SPOILS: [(Defect, Spoil); 10] = [
    (Defect::CpimSingleHeaderBlock, |draft, _| draft.object = draft.object.clone().without_separator()),
    (Defect::ContentLengthOffByOne, |draft, _| draft.excess = 1),
    (Defect::RequestReceiptName, |draft, letter| rename(draft, letter, "Request-Receipt: ")),
    (Defect::ReceiptRequestNoSpace, |draft, letter| rename(draft, letter, "Receipt-Request:")),
    (Defect::PrefixedReceiptHeaders, |draft, letter| {
        rename(draft, letter, "NS: imdn <urn:ietf:params:cpim-headers:imdn>\r\nimdn.Receipt-Request: ");
    }),
    (Defect::PositiveAsDelivery, |draft, letter| reword(draft, letter, Kind::PositiveDelivery, "delivery")),
    (Defect::ReadAsDisplay, |draft, letter| reword(draft, letter, Kind::Read, "display")),
    (Defect::SpaceSeparatedValues, |draft, letter| request(draft, letter, &words(&letter.receipts, " "))),
    (Defect::ListDropsReceiptRequest, |draft, letter| {
        if letter.mode == Mode::Page && letter.recipients.len() > 1 {
            draft.object = draft.object.clone().without(RECEIPT_REQUEST);
        }
    }),
    (Defect::ContactInMessage, |draft, letter| {
        if letter.mode == Mode::Page {
            draft.sip_headers.push(contact(&letter.from));
        }
    }),
];

/// Spoils a message that is otherwise complete.
pub(crate) fn spoil(conduct: Conduct, draft: &mut Draft, letter: &Letter) {
    if let Some((_, spoil)) = SPOILS.iter().find(|(defect, _)| conduct.is(*defect)) {
        spoil(draft, letter);
    }
}

/// Whether the message goes without a Message-ID, although it asks for something.
pub(crate) fn is_nameless(conduct: Conduct, letter: &Letter) -> bool {
    match conduct.defect() {
        Some(Defect::ReceiptWithoutMessageId) => letter.receipts == [Kind::Read],
        Some(Defect::RoomDropsMessageId) => letter.is_room,
        _ => false,
    }
}

/// Other octets in place of name, colon and space.
fn rename(draft: &mut Draft, letter: &Letter, start: &str) {
    if !letter.receipts.is_empty() {
        let line = format!("{start}{}\r\n", words(&letter.receipts, ", "));
        draft.object = draft.object.clone().set_raw(RECEIPT_REQUEST, line);
    }
}

/// Another word in place of one of those that were chosen.
fn reword(draft: &mut Draft, letter: &Letter, kind: Kind, word: &str) {
    let words = letter.receipts.iter().map(|own| if *own == kind { word } else { own.word() });
    request(draft, letter, &words.collect::<Vec<_>>().join(", "));
}

fn request(draft: &mut Draft, letter: &Letter, value: &str) {
    if !letter.receipts.is_empty() {
        draft.object = draft.object.clone().set(RECEIPT_REQUEST, value);
    }
}
