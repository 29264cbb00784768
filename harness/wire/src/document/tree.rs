//! The elements of a document, in document order, with their octets.

use std::borrow::Cow;

use roxmltree::{Node, ParsingOptions, StringStorage};

use super::plain;
use crate::deviation::{Rule, Span};
use crate::profile::Report;

/// Nodes read from one document.
const MOST_NODES: u32 = 4096;

/// A root and six children.
pub(super) const USUAL_ELEMENTS: usize = 7;

/// An element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element<'a> {
    /// Local name.
    pub name: Cow<'a, str>,
    /// Namespace name; `None` if there is none.
    pub namespace: Option<Cow<'a, str>>,
    /// 0 for the root, 1 for its children.
    pub depth: usize,
    /// From the start tag to the end tag, both included.
    pub span: Span,
    /// What stands between the tags; empty for an empty element.
    pub content: Span,
    /// All character data directly in the element, references resolved, white space kept; of the root, only
    /// what is more than white space.
    pub text: Cow<'a, str>,
    /// Whether it holds elements.
    pub has_elements: bool,
    /// Its attributes, namespace declarations left out.
    pub attributes: Vec<Attribute>,
}

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Local name.
    pub name: String,
    /// Namespace name; `None` if there is none.
    pub namespace: Option<String>,
    /// Value, references resolved.
    pub value: String,
    /// Name, equals sign and quoted value.
    pub span: Span,
}

impl<'a> Element<'a> {
    /// The text without white space around it (I-28).
    pub fn trimmed(&self) -> &str {
        self.text.trim_matches(is_space)
    }

    pub(super) fn into_owned(self) -> Element<'static> {
        Element {
            name: Cow::Owned(self.name.into_owned()),
            namespace: self.namespace.map(|namespace| Cow::Owned(namespace.into_owned())),
            text: Cow::Owned(self.text.into_owned()),
            depth: self.depth,
            span: self.span,
            content: self.content,
            has_elements: self.has_elements,
            attributes: self.attributes,
        }
    }
}

/// White space of XML.
pub(super) fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

/// What a document holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tree<'a> {
    pub(super) elements: Vec<Element<'a>>,
    pub(super) comments: Vec<Span>,
    /// Character data directly under the root that is more than white space.
    pub(super) root_texts: Vec<Span>,
}

impl<'a> Tree<'a> {
    /// Adds character data; it is borrowed as long as it stands in the document in one piece and as it is meant.
    pub(super) fn text(&mut self, parent: usize, span: Span, characters: &StringStorage<'a>) {
        if parent == 0 {
            if characters.as_str().trim_matches(is_space).is_empty() {
                return;
            }
            self.root_texts.push(span);
        }
        let text = &mut self.elements[parent].text;
        match characters {
            StringStorage::Borrowed(characters) if text.is_empty() => *text = Cow::Borrowed(characters),
            other => text.to_mut().push_str(other.as_str()),
        }
    }
}

/// Why the document passed no gate.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(super) at: usize,
    pub(super) rule: &'static Rule,
    pub(super) detail: String,
}

/// Reads a well-formed document. `offset` is where `text` starts in the octets.
pub(super) fn parse<'a>(text: &'a str, offset: usize, report: &Report) -> Result<Tree<'a>, Refusal> {
    plain::read(text, offset, report.namespace).map_or_else(|| gate(text, offset, report), Ok)
}

/// As [`parse`], by the gate for well-formedness alone.
pub(crate) fn gate<'a>(text: &'a str, offset: usize, report: &Report) -> Result<Tree<'a>, Refusal> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    match roxmltree::Document::parse_with_options(text, options) {
        Ok(document) => Ok(collect(&document, text, offset, report.namespace)),
        Err(error) => Err(refusal(text, &error, report)),
    }
}

fn collect<'a>(
    document: &roxmltree::Document<'a>,
    text: &str,
    offset: usize,
    namespace: &'static str,
) -> Tree<'a> {
    let mut tree = Tree { elements: Vec::with_capacity(USUAL_ELEMENTS), ..Tree::default() };
    let mut open: Vec<usize> = Vec::with_capacity(8);
    for node in document.root().descendants() {
        let range = node.range();
        let span = offset + range.start..offset + range.end;
        while open.last().is_some_and(|last| tree.elements[*last].span.end < span.end) {
            open.pop();
        }
        if node.is_element() {
            if let Some(parent) = open.last() {
                tree.elements[*parent].has_elements = true;
            }
            open.push(tree.elements.len());
            let depth = open.len() - 1;
            tree.elements.push(element(&node, text, offset, depth, namespace));
        } else if node.is_comment() {
            tree.comments.push(span);
        } else if let (Some(parent), true, Some(characters)) =
            (open.last(), node.is_text(), node.text_storage())
        {
            tree.text(*parent, span, characters);
        }
    }
    tree
}

fn element<'a>(
    node: &Node<'_, 'a>,
    text: &str,
    offset: usize,
    depth: usize,
    expected: &'static str,
) -> Element<'a> {
    let range = node.range();
    let content = content_of(node, text);
    let shift = |span: Span| offset + span.start..offset + span.end;
    Element {
        name: Cow::Borrowed(node.tag_name().name()),
        namespace: node.tag_name().namespace().filter(|namespace| !namespace.is_empty()).map(|namespace| {
            match namespace == expected {
                true => Cow::Borrowed(expected),
                false => Cow::Owned(namespace.to_owned()),
            }
        }),
        depth,
        span: shift(range),
        content: shift(content),
        text: Cow::Borrowed(""),
        has_elements: false,
        attributes: node
            .attributes()
            .map(|attribute| Attribute {
                name: attribute.name().to_owned(),
                namespace: attribute.namespace().map(str::to_owned),
                value: attribute.value().to_owned(),
                span: shift(attribute.range()),
            })
            .collect(),
    }
}

/// Between the tags of an element.
fn content_of(node: &Node<'_, '_>, text: &str) -> Span {
    if let (Some(first), Some(last)) = (node.first_child(), node.last_child()) {
        return first.range().start..last.range().end;
    }
    let range = node.range();
    let end = text.get(range.clone()).map_or(range.end, |whole| match whole.rfind("</") {
        Some(end_tag) => range.start + end_tag,
        None => range.end,
    });
    end..end
}

fn refusal(text: &str, error: &roxmltree::Error, report: &Report) -> Refusal {
    let rules = report.rules;
    let (at, rule) = match error {
        roxmltree::Error::DtdDetected => (text.find("<!DOCTYPE").unwrap_or(0), rules.doctype),
        roxmltree::Error::NodesLimitReached => (0, rules.too_large),
        roxmltree::Error::UnclosedRootNode | roxmltree::Error::UnexpectedEndOfStream => {
            (text.len(), rules.not_well_formed)
        }
        other => (position(text, other.pos()), rules.not_well_formed),
    };
    Refusal { at, rule, detail: error.to_string() }
}

/// The octet at a row and column, both from 1, the column in characters.
fn position(text: &str, at: roxmltree::TextPos) -> usize {
    let row = text
        .split_inclusive('\n')
        .take(usize::try_from(at.row).unwrap_or(1).saturating_sub(1))
        .map(str::len)
        .sum();
    let column = usize::try_from(at.col).unwrap_or(1).saturating_sub(1);
    let line = text.get(row..).unwrap_or_default();
    row + line.char_indices().nth(column).map_or(line.len(), |(offset, _)| offset)
}
