//! Receipts of draft-khartabil-simple-im-receipts-00: the status-receipt document, its label, and the bare CPIM headers
//! of section 4.
//!
//! Document and headers are read by the names of a [`Profile`]; what is the document's own are its rules, and what marks
//! a receipt (section 3.4).

use crate::cpim::Message;
use crate::deviation::Deviation;
use crate::mime::Entity;
use crate::mime::notes::Notes;
use crate::profile::{Profile, RECEIPTS_00};

mod build;
mod kind;
pub mod rule;

pub use crate::document::{Attribute, Builder, Document, Element, Node, decode, decode_entity};
pub use crate::extension::{Field, Headers, headers};
pub use build::Receipt;
pub use kind::Kind;
pub use rule::RULES;

/// Checks what marks an entity as a receipt: media type and Content-Disposition (section 3.2).
pub fn check_label(entity: &Entity<'_>) -> Vec<Deviation> {
    let mut notes = Notes::default();
    let start = entity.span().start;
    let media_type = entity.content_type();
    let known = |profile: &'static Profile| {
        profile.media_types.iter().find(|known| media_type.as_ref().is_some_and(|own| own.is(known.name)))
    };
    match (known(&RECEIPTS_00), &media_type) {
        (Some(known), _) if known.own => {}
        (Some(_), Some(short)) => notes.add(short.span(), &rule::MEDIA_TYPE_SHORT),
        (_, Some(other)) => notes.explain(other.span(), &rule::MEDIA_TYPE, other.value()),
        (_, None) => notes.add(start..start, &rule::MEDIA_TYPE),
    }
    match (entity.disposition(), RECEIPTS_00.disposition) {
        (None, _) => notes.add(start..start, &rule::DISPOSITION_MISSING),
        (Some(other), Some(wanted)) if !other.is(wanted) => {
            notes.explain(other.span(), &rule::DISPOSITION, other.value());
        }
        (Some(_), _) => {}
    }
    notes.into_deviations()
}

/// Finds the headers that a message should not have if it is a report.
pub fn check_unwanted(message: &Message<'_>, profile: &Profile) -> Vec<Deviation> {
    let mut notes = Notes::default();
    for (name, rule) in profile.headers.unwanted {
        for (header, _) in message.recognised(profile, name) {
            notes.add(header.line_span(), rule);
        }
    }
    notes.into_deviations()
}

#[cfg(test)]
mod tests;
