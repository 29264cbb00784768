//! What a Message/CPIM object is (section 3.4).

use crate::deviation::Span;
use crate::document;
use crate::mime::Entity;
use crate::profile::RECEIPTS_00;

/// What a message is, by media type, Content-Disposition and document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An instant message: its media type is not that of receipts, whatever else it says.
    InstantMessage,
    /// A delivery receipt, positive or negative.
    Delivery,
    /// A read receipt.
    Read,
    /// The media type of receipts without the other marks; it confirms nothing and is not for people to read (I-57).
    Unclear,
}

/// Types of receipts by what the document calls them.
static TYPES: [(&str, Kind); 2] = [("delivery", Kind::Delivery), ("read", Kind::Read)];

impl Kind {
    /// What the entity of a message is. The media type has to be the registered one, in any case and with any
    /// parameters; `octets` are those that the entity was decoded from.
    pub fn of(octets: &[u8], entity: &Entity<'_>) -> Self {
        let labelled = RECEIPTS_00.media_types.iter().any(|known| known.own && entity.is(known.name));
        if !labelled {
            return Self::InstantMessage;
        }
        let confirms = match (entity.disposition(), RECEIPTS_00.disposition) {
            (Some(own), Some(wanted)) => own.is(wanted),
            (_, wanted) => wanted.is_none(),
        };
        if confirms { Self::of_document(octets, entity.content_span()) } else { Self::Unclear }
    }

    fn of_document(octets: &[u8], within: Span) -> Self {
        let document = document::decode(octets, within, &RECEIPTS_00).value;
        let word = document.value(RECEIPTS_00.report.roles.disposition, &RECEIPTS_00);
        let known = TYPES.iter().find(|(known, _)| Some(*known) == word);
        known.map_or(Self::Unclear, |(_, kind)| *kind)
    }
}
