//! Message/CPIM objects (RFC 3862), the grammar on which the documents on disposition notification build (G-8).
//!
//! An object is a block of message headers, an empty line, and an encapsulated MIME entity. The decoder keeps
//! where everything stands and reads values only when they are asked for.

use std::borrow::Cow;

use crate::deviation::{Decoded, Span};
use crate::mime::notes::Notes;
use crate::mime::{Entity, Parameterised, clamp};

mod address;
mod builder;
mod check;
mod escape;
mod header;
mod namespace;
pub mod rule;
mod scan;
mod token;

pub use address::{Address, decode_address};
pub use builder::Builder;
pub use escape::{escape, quote, unescape};
pub use header::Header;
pub use namespace::{CORE, Namespace, Qualified};
pub use rule::RULES;
pub use token::is_token;

use header::Record;

/// A Message/CPIM object in the octets it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<'a> {
    octets: &'a [u8],
    within: Span,
    records: Vec<Record>,
    entity: Entity<'a>,
}

/// One name of a `Require` header (RFC 3862 section 4.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Required<'a> {
    /// The name, with its prefix.
    pub name: Cow<'a, str>,
    /// The name without its prefix.
    pub local_name: Cow<'a, str>,
    /// The namespace of the name at that line.
    pub namespace: Namespace<'a>,
    /// Where the name stands.
    pub span: Span,
}

/// Reads the object that fills `within`.
///
/// The entity starts behind the first empty line. If that line is missing, it starts, as a deviation, at the first
/// line that looks like a MIME header.
pub fn decode(octets: &[u8], within: Span) -> Decoded<Message<'_>> {
    let within = clamp(octets, within);
    let mut notes = Notes::default();
    let block = scan::block(octets, within.clone(), &mut notes);
    check::headers(octets, &block.records, within.start, &mut notes);
    let entity = crate::mime::read(octets, block.entity..within.end, &mut notes);
    let message = Message { octets, within, records: block.records, entity };
    message.check_entity(&mut notes);
    Decoded { value: message, deviations: notes.into_deviations() }
}

impl<'a> Message<'a> {
    /// The whole object.
    pub fn span(&self) -> Span {
        self.within.clone()
    }

    /// The octets of the whole object.
    pub fn octets(&self) -> &'a [u8] {
        &self.octets[self.within.clone()]
    }

    /// Message headers in their order.
    pub fn headers(&self) -> impl ExactSizeIterator<Item = Header<'_, 'a>> {
        (0..self.records.len()).map(|index| Header { message: self, index })
    }

    /// The first header whose whole name, prefix and case included, is `name`.
    pub fn header(&self, name: &str) -> Option<Header<'_, 'a>> {
        self.headers().find(|header| &self.octets[header.name_span()] == name.as_bytes())
    }

    /// Headers of RFC 3862 by that name: in the core namespace, or, if there is none, bare with another case.
    pub fn core<'m>(&'m self, name: &'m str) -> impl Iterator<Item = Header<'m, 'a>> {
        let exact = self.namespaced(CORE, name).next().is_some();
        self.headers().filter(move |header| {
            let local = header.local_octets();
            if exact {
                local == name.as_bytes() && self.is_core(header)
            } else {
                header.prefix_octets().is_none() && local.eq_ignore_ascii_case(name.as_bytes())
            }
        })
    }

    /// The sender (RFC 3862 section 4.1).
    pub fn from(&self) -> Option<Address<'a>> {
        self.core("From").find_map(|header| header.address())
    }

    /// The recipients, one a header (RFC 3862 section 4.2).
    pub fn to(&self) -> impl Iterator<Item = Address<'a>> {
        self.core("To").filter_map(|header| header.address())
    }

    /// Those who get a copy for courtesy, one a header (RFC 3862 section 4.3).
    pub fn cc(&self) -> impl Iterator<Item = Address<'a>> {
        self.core("cc").filter_map(|header| header.address())
    }

    /// `DateTime`; read it with [`Header::timestamp`].
    pub fn date_time(&self) -> Option<Header<'_, 'a>> {
        self.core("DateTime").next()
    }

    /// `Subject` headers; see [`Header::text`] and [`Header::language`].
    pub fn subjects(&self) -> impl Iterator<Item = Header<'_, 'a>> {
        self.core("Subject")
    }

    /// What the receiver must understand.
    pub fn require(&self) -> Vec<Required<'a>> {
        self.core("Require").flat_map(|header| self.required(&header)).collect()
    }

    /// The encapsulated MIME entity.
    pub fn entity(&self) -> &Entity<'a> {
        &self.entity
    }

    /// Where the encapsulated entity stands, its headers included.
    pub fn mime_entity(&self) -> Span {
        self.entity.span()
    }

    /// The media type of the content.
    pub fn content_type(&self) -> Option<Parameterised<'a>> {
        self.entity.content_type()
    }

    /// The content as it came.
    pub fn content(&self) -> &'a [u8] {
        self.entity.content()
    }

    /// Where the content stands.
    pub fn content_span(&self) -> Span {
        self.entity.content_span()
    }

    fn is_core(&self, header: &Header<'_, 'a>) -> bool {
        match header.namespace() {
            Namespace::Default => true,
            Namespace::Bound { uri, .. } => uri == CORE,
            Namespace::Unbound => false,
        }
    }

    fn required(&self, header: &Header<'_, 'a>) -> Vec<Required<'a>> {
        let mut names = Vec::new();
        let mut at = header.value_span().start;
        for piece in header.raw_value().split(|octet| *octet == b',') {
            let span = crate::mime::trimmed(self.octets, at..at + piece.len());
            at += piece.len() + 1;
            let name = &self.octets[span.clone()];
            let dot = memchr::memchr(b'.', name).unwrap_or(0);
            let local = if dot == 0 { name } else { &name[dot + 1..] };
            names.push(Required {
                name: String::from_utf8_lossy(name),
                local_name: String::from_utf8_lossy(local),
                namespace: self.namespace_of(header.index(), &name[..dot]),
                span,
            });
        }
        names
    }

    fn check_entity(&self, notes: &mut Notes) {
        if !self.entity.has_content_type() {
            let start = self.entity.span().start;
            notes.add(start..start, &rule::CONTENT_TYPE_MISSING);
        }
        for header in self.entity.headers().filter(crate::mime::Header::is_folded) {
            notes.add(header.line_span(), &rule::CONTENT_HEADER_FOLDED);
        }
    }
}

#[cfg(test)]
mod tests;
