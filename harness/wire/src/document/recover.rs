//! Reads what there is in a document that is not well-formed, or that has a DOCTYPE.
//!
//! Entities are not expanded and nothing is fetched: a reference to one stays as it is written.

use std::borrow::Cow;

use quick_xml::NsReader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use roxmltree::StringStorage;

use super::tree::{Attribute, Element, Tree};
use crate::deviation::Span;

/// Elements recovered from one document.
const MOST_ELEMENTS: usize = 1024;

struct Recovery<'a> {
    tree: Tree<'a>,
    open: Vec<usize>,
}

/// Reads up to the first octet at which even a tolerant reader gives up. `offset` is where `text` starts.
pub(super) fn recover(text: &str, offset: usize) -> Tree<'_> {
    let mut reader = NsReader::from_str(text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    let mut recovery = Recovery { tree: Tree::default(), open: Vec::new() };
    let position = |at: u64| offset + usize::try_from(at).unwrap_or(usize::MAX).min(text.len());
    loop {
        let start = position(reader.buffer_position());
        let Ok((namespace, event)) = reader.read_resolved_event() else { break };
        let namespace = match namespace {
            ResolveResult::Bound(name) => Some(name.0.to_owned()),
            _ => None,
        };
        let full = recovery.tree.elements.len() >= MOST_ELEMENTS;
        if matches!(event, Event::Eof) || full {
            break;
        }
        let span = start..position(reader.buffer_position());
        recovery.take(event, namespace, span);
    }
    let end = offset + text.len();
    while recovery.close(end, end) {}
    recovery.tree
}

impl<'a> Recovery<'a> {
    fn take(&mut self, event: Event<'a>, namespace: Option<String>, span: Span) {
        match event {
            Event::Start(tag) => self.start(&tag, namespace, span),
            Event::Empty(tag) => {
                let end = span.end;
                self.start(&tag, namespace, span);
                self.close(end, end);
            }
            Event::End(tag) => {
                let local = tag.local_name();
                let same = |index: &usize| self.tree.elements[*index].name == local.as_ref();
                if let Some(place) = self.open.iter().rposition(same) {
                    while self.open.len() > place + 1 {
                        self.close(span.start, span.start);
                    }
                    self.close(span.start, span.end);
                }
            }
            Event::Text(text) => self.text(&text.xml10_content(), span),
            Event::CData(text) => self.text(&text.xml10_content(), span),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => self.text(character.encode_utf8(&mut [0; 4]), span),
                _ => match resolve_predefined_entity(&reference) {
                    Some(character) => self.text(character, span),
                    None => self.text(&format!("&{};", &*reference), span),
                },
            },
            Event::Comment(_) => self.tree.comments.push(span),
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Eof => {}
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, namespace: Option<String>, span: Span) {
        if let Some(parent) = self.open.last() {
            self.tree.elements[*parent].has_elements = true;
        }
        self.open.push(self.tree.elements.len());
        self.tree.elements.push(Element {
            name: Cow::Owned(tag.local_name().as_ref().to_owned()),
            namespace: namespace.map(Cow::Owned),
            depth: self.open.len() - 1,
            content: span.end..span.end,
            text: Cow::Borrowed(""),
            has_elements: false,
            attributes: attributes(tag, &span),
            span,
        });
    }

    /// Closes the innermost open element; `false` if there is none.
    fn close(&mut self, content_end: usize, end: usize) -> bool {
        let Some(index) = self.open.pop() else { return false };
        let element = &mut self.tree.elements[index];
        element.content.end = content_end.max(element.content.start);
        element.span.end = end.max(element.content.end);
        true
    }

    fn text(&mut self, characters: &str, span: Span) {
        if let Some(index) = self.open.last() {
            self.tree.text(*index, span, &StringStorage::new_owned(characters));
        }
    }
}

/// Attributes that can be read; each points at the whole tag.
fn attributes(tag: &BytesStart<'_>, span: &Span) -> Vec<Attribute> {
    tag.attributes()
        .with_checks(false)
        .flatten()
        .filter(|attribute| attribute.key.as_namespace_binding().is_none())
        .map(|attribute| Attribute {
            name: attribute.key.local_name().as_ref().to_owned(),
            namespace: None,
            value: attribute.value.into_owned(),
            span: span.clone(),
        })
        .collect()
}
