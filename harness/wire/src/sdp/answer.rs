//! Offers and answers (RFC 3264 sections 5 and 6, RFC 6135 section 4.2).

use super::media::{Media, Setup};
use super::{Session, rule};
use crate::deviation::Deviation;
use crate::mime::notes::Notes;

/// Checks what is demanded of an offer alone.
pub fn check_offer(offer: &Session<'_>) -> Vec<Deviation> {
    let mut notes = Notes::default();
    for media in offer.msrp().filter(|media| media.setup() == Some(Setup::Passive)) {
        let span = media.attribute_or_inherited("setup").map_or(media.span(), |setup| setup.span);
        notes.add(span, &rule::OFFER_PASSIVE);
    }
    notes.into_deviations()
}

/// Checks an answer against its offer. The spans are in the octets of the answer.
pub fn check_answer(offer: &Session<'_>, answer: &Session<'_>) -> Vec<Deviation> {
    let mut notes = Notes::default();
    let (offered, answered) = (offer.media().count(), answer.media().count());
    if offered != answered {
        let detail = format!("{answered} for {offered}");
        notes.explain(answer.span(), &rule::ANSWER_MEDIA, detail);
    }
    for (offered, answered) in offer.media().zip(answer.media()) {
        pair(&offered, &answered, &mut notes);
    }
    notes.into_deviations()
}

fn pair(offered: &Media<'_, '_>, answered: &Media<'_, '_>, notes: &mut Notes) {
    if !offered.kind().eq_ignore_ascii_case(answered.kind()) {
        return notes.explain(answered.span(), &rule::ANSWER_MEDIA, answered.kind());
    }
    if !offered.protocol().eq_ignore_ascii_case(answered.protocol()) {
        notes.explain(answered.span(), &rule::ANSWER_PROTOCOL, answered.protocol());
    }
    if offered.is_refused() && !answered.is_refused() {
        notes.add(answered.span(), &rule::ANSWER_REJECTED);
    }
    let Some(setup) = answered.setup().filter(|_| answered.is_msrp() && !answered.is_refused()) else {
        return;
    };
    let fits = match offered.setup() {
        Some(Setup::Active) => setup == Setup::Passive,
        Some(Setup::Passive) => setup == Setup::Active,
        _ => matches!(setup, Setup::Active | Setup::Passive),
    };
    if !fits {
        let span = answered.attribute_or_inherited("setup").map_or(answered.span(), |setup| setup.span);
        notes.explain(span, &rule::ANSWER_SETUP, setup.to_string());
    }
}
