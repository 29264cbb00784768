//! The XML document of a report, by the names and rules of a profile.

use std::borrow::Cow;

use crate::deviation::{Decoded, Span};
use crate::mime::notes::Notes;
use crate::mime::{Entity, clamp};
use crate::profile::{Profile, Report};

mod builder;
mod check;
mod encoding;
mod nested;
pub(crate) mod plain;
mod recover;
mod rules;
mod told;
pub(crate) mod tree;

pub use builder::{Builder, Node};
pub use rules::{Rules, XmlRules};
pub use told::Told;
pub use tree::{Attribute, Element};

use tree::Tree;

/// Longest document that is read, in octets.
const MOST_OCTETS: usize = 256 * 1024;

/// A report's document, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document<'a> {
    octets: &'a [u8],
    within: Span,
    elements: Vec<Element<'a>>,
    comments: Vec<Span>,
    well_formed: bool,
}

/// Reads the document that fills `within`.
///
/// Elements of a document that is not well-formed, or that has a DOCTYPE, are recovered as far as can be.
pub fn decode<'a>(octets: &'a [u8], within: Span, profile: &Profile) -> Decoded<Document<'a>> {
    let mut notes = Notes::default();
    let value = read(octets, clamp(octets, within), profile, &mut notes);
    Decoded { value, deviations: notes.into_deviations() }
}

/// Reads the content of an entity, and holds its `charset` parameter against it.
///
/// Spans are in `octets`, the octets that the entity was decoded from.
pub fn decode_entity<'a>(octets: &'a [u8], entity: &Entity<'_>, profile: &Profile) -> Decoded<Document<'a>> {
    let mut notes = Notes::default();
    let value = read(octets, clamp(octets, entity.content_span()), profile, &mut notes);
    encoding::check_charset(value.octets(), entity, &profile.report, &mut notes);
    Decoded { value, deviations: notes.into_deviations() }
}

fn read<'a>(octets: &'a [u8], within: Span, profile: &Profile, notes: &mut Notes) -> Document<'a> {
    let mut document = Document {
        octets,
        within: within.clone(),
        elements: Vec::new(),
        comments: Vec::new(),
        well_formed: false,
    };
    if within.len() > MOST_OCTETS {
        notes.add(within, profile.report.rules.too_large);
        return document;
    }
    let Some(text) = encoding::characters(octets, within.clone(), &profile.report, notes) else {
        return document;
    };
    let tree = match text {
        Cow::Borrowed(text) => elements(text, &mut document, &profile.report, notes),
        Cow::Owned(text) => elements(&text, &mut document, &profile.report, notes).into_owned(),
    };
    check::check(octets, &within, &tree, profile, notes);
    document.elements = tree.elements;
    document.comments = tree.comments;
    document
}

fn elements<'t>(text: &'t str, document: &mut Document<'_>, report: &Report, notes: &mut Notes) -> Tree<'t> {
    let offset = document.within.start;
    match tree::parse(text, offset, report) {
        Ok(tree) => {
            document.well_formed = true;
            tree
        }
        Err(refusal) => {
            let at = (offset + refusal.at).min(document.within.end);
            notes.explain(at..(at + 1).min(document.within.end), refusal.rule, refusal.detail);
            recover::recover(text, offset)
        }
    }
}

impl<'a> Document<'a> {
    /// Where the document stands.
    pub fn span(&self) -> Span {
        self.within.clone()
    }

    /// The octets of the document.
    pub fn octets(&self) -> &'a [u8] {
        &self.octets[self.within.clone()]
    }

    /// Whether the document is well-formed XML without a DOCTYPE; otherwise the elements are recovered ones.
    pub fn is_well_formed(&self) -> bool {
        self.well_formed
    }

    /// The root element.
    pub fn root(&self) -> Option<&Element<'a>> {
        self.elements.first()
    }

    /// All elements in document order, the root first; their depth tells how they are nested.
    pub fn elements(&self) -> &[Element<'a>] {
        &self.elements
    }

    /// Children of the root in document order.
    pub fn children(&self) -> impl Iterator<Item = &Element<'a>> {
        self.elements.iter().filter(|element| element.depth == 1)
    }

    /// Children of that local name that are in the report's own namespace, or would be but for a fault in its name.
    pub fn named<'d>(&'d self, name: &'d str, profile: &'d Profile) -> impl Iterator<Item = &'d Element<'a>> {
        let root = self.root().and_then(|root| root.namespace.as_deref());
        self.children().filter(move |element| {
            element.name == name && check::is_own(element.namespace.as_deref(), root, profile)
        })
    }

    /// The first of [`Document::named`].
    pub fn child<'d>(&'d self, name: &'d str, profile: &'d Profile) -> Option<&'d Element<'a>> {
        self.named(name, profile).next()
    }

    /// The text of that child without white space around it.
    pub fn value<'d>(&'d self, name: &'d str, profile: &'d Profile) -> Option<&'d str> {
        self.child(name, profile).map(Element::trimmed)
    }

    /// Where the comments stand.
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }
}

impl<'a> Tree<'a> {
    fn into_owned(self) -> Tree<'static> {
        Tree {
            elements: self.elements.into_iter().map(Element::into_owned).collect(),
            comments: self.comments,
            root_texts: self.root_texts,
        }
    }
}
