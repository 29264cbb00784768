//! How notifications are protected (14, 14.2), and what becomes of a signature in a list (14.1).

use smime::{Obstacle, Signature};

use crate::capture::{Protection, View};
use crate::standing::observation::{nothing, one};
use crate::standing::policy::{holds_certificate, knows_certificate_of};
use crate::standing::{Check, Context, Look, LooksAt, Observation};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "protected",
        looks_at: LooksAt::Report,
        requirements: &[SIGNED, ENCRYPTED, BOTH, AS_WELL],
        run: protected,
    },
    Check {
        name: "signature-after-editing",
        looks_at: LooksAt::Copy,
        requirements: &["I5438-14.1-1"],
        run: signature_after_editing,
    },
];

/// Who has a certificate signs.
const SIGNED: &str = "I5438-14-2";
/// The answer to what was encrypted is encrypted.
const ENCRYPTED: &str = "I5438-14-3";
/// Both rules apply together.
const BOTH: &str = "I5438-14-4";
/// A notification is protected as well as its message.
const AS_WELL: &str = "I5438-14.2-6";

/// The element of a document that tells of display.
const DISPLAY: &str = "display";

const READING: &str = "R-28";

fn protected(context: &Context<'_>) -> Look {
    let (view, subject) = context.pair()?;
    let (own, asked) = (view.message.protection.as_deref(), subject.message.protection.as_deref());
    let is_encrypted = own.is_some_and(Protection::is_encrypted);
    let was_encrypted = asked.is_some_and(Protection::is_encrypted);
    if was_encrypted && !is_encrypted {
        return one(in_clear(context, view));
    }
    if let Some(obstacle) = own.and_then(|own| own.obstacle.as_ref()) {
        return one(sealed(context, view, obstacle));
    }
    let was_signed = asked.is_some_and(Protection::is_signed);
    if !was_signed && !holds_certificate(context, view.message.event) {
        return if was_encrypted { nothing() } else { one(unprotected(view)) };
    }
    let Some(why) = unsigned(context, own) else { return nothing() };
    let charged = match (is_encrypted, was_signed) {
        (true, _) => BOTH,
        (false, true) => AS_WELL,
        (false, false) => SIGNED,
    };
    let observation = Observation::fail(format!("The notification {why}."))
        .right("A signature of S/MIME that verifies with the certificate of the IUT and covers the document.")
        .reading(READING)
        .charge(&[charged]);
    one(covered(observation, view))
}

/// Points at the entity that a signature has to cover.
fn covered(observation: Observation, view: &View<'_>) -> Observation {
    match view.main_part().and_then(|part| part.entity.as_ref()) {
        Some(entity) => observation.in_body(view, entity.span(), "what a signature has to cover"),
        None => observation.seen(view.message),
    }
}

/// Nothing asks for protection.
fn unprotected(view: &View<'_>) -> Observation {
    Observation::unclear("The IUT was given no certificate, and its message was not protected.")
        .seen(view.message)
}

/// The document can be read by everybody, although the message could not.
fn in_clear(context: &Context<'_>, view: &View<'_>) -> Observation {
    let told = context.scene.capture.tells(view.message.event);
    let is_display = told.is_none_or(|told| told == DISPLAY);
    let observation = Observation::fail("The message was encrypted, and the notification on it is not.")
        .right("The document inside an envelope that only the key of the sender opens; or nothing at all.")
        .reading(READING)
        .charge(if is_display { &[ENCRYPTED, AS_WELL] } else { &[AS_WELL] });
    match &view.document {
        Some(_) => observation.in_document(view, 0..view.document_octets().len(), "readable by everybody"),
        None => observation.seen(view.message),
    }
}

/// A layer could not be taken off with the key of who got the notification.
fn sealed(context: &Context<'_>, view: &View<'_>, obstacle: &Obstacle) -> Observation {
    let knows = knows_certificate_of(context, view.message.event, &view.message.peer);
    match obstacle {
        Obstacle::NoKey if knows => {
            Observation::fail("The key of the sender does not open the notification.")
                .right("An envelope for the certificate of the sender, which the IUT was given.")
                .reading(READING)
                .charge(&[ENCRYPTED])
        }
        Obstacle::NoKey => Observation::unclear("The notification is encrypted for somebody else; the IUT was not given the certificate of the sender."),
        Obstacle::Unreadable(why) => Observation::unclear(format!("A layer of S/MIME cannot be read: {why}.")),
        Obstacle::TooMuch => Observation::unclear("There are more layers of S/MIME than this harness takes off."),
    }
    .seen(view.message)
}

/// Why a message does not count as signed by the IUT.
fn unsigned(context: &Context<'_>, own: Option<&Protection>) -> Option<String> {
    let Some(own) = own.filter(|own| own.is_signed()) else { return Some("is not signed".to_owned()) };
    if own.signatures().any(|signature| is_by_iut(context, signature)) {
        return None;
    }
    own.signatures().next().map(|signature| worth(signature).to_owned())
}

/// Whether it is good, and made with the key that the IUT was given; where that cannot be told, whether it is good.
fn is_by_iut(context: &Context<'_>, signature: &Signature) -> bool {
    let own = context.scene.capture.certificate_of_iut();
    match signature {
        Signature::Valid(signer) => signer.as_ref().is_none_or(|signer| Some(signer) == own),
        _ => false,
    }
}

/// What is wrong with a signature that is not the right one, as the rest of a sentence.
fn worth(signature: &Signature) -> &'static str {
    match signature {
        Signature::Valid(_) => "is signed with another certificate than the IUT was given",
        Signature::Untrusted(_) => "is signed by somebody for whom nobody vouches",
        Signature::UnknownSigner => "is signed with a certificate that is not at hand",
        Signature::Broken(_) => "has a signature that does not fit its octets",
    }
}

/// An intermediary leaves what is signed untouched, wraps it, or signs its own copy.
fn signature_after_editing(context: &Context<'_>) -> Look {
    let (view, subject) = context.pair()?;
    let was_signed = subject.message.protection.as_deref().is_some_and(Protection::is_signed);
    if !was_signed {
        return one(Observation::unclear("The message was not signed.").seen(view.message));
    }
    let own = view.message.protection.as_deref();
    let by_sender = context.scene.capture.certificate_of(&subject.message.peer);
    let is_by_sender = |signature: &Signature| matches!(signature, Signature::Valid(Some(signer)) if Some(signer) == by_sender);
    let mut signatures = own.into_iter().flat_map(Protection::signatures);
    if signatures.any(|signature| is_by_iut(context, signature) || is_by_sender(signature)) {
        return nothing();
    }
    let signature = own.into_iter().flat_map(Protection::signatures).next();
    let why = signature.map_or("is not signed", worth);
    let observation = Observation::fail(format!("The copy of a signed message {why}."))
        .right("The signed object untouched, or inside an object of the IUT; else a copy with the signature of the IUT.")
        .reading("R-15");
    one(covered(observation, view))
}
