//! A short cut past the gate for the documents that nearly every agent writes.
//!
//! It takes only what is beyond doubt: the usual declaration, elements without prefixes, no attribute but an `xmlns`
//! on the root, printable ASCII without references, comments, sections and instructions. Whatever else occurs, the
//! gate decides. Tests hold both to the same result.

use std::borrow::Cow;

use roxmltree::StringStorage;

use super::tree::{Element, Tree, USUAL_ELEMENTS};
use crate::deviation::Span;

/// Elements taken from one document.
const MOST_ELEMENTS: usize = 64;

/// The declarations of UTF-8 that are usual.
pub(super) const DECLARATIONS: [&str; 3] = [
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
    "<?xml version=\"1.0\"?>",
];

struct Cursor<'a> {
    text: &'a str,
    octets: &'a [u8],
    at: usize,
}

/// Reads a plain document; `None` says nothing about it. `offset` is where `text` starts in the octets.
pub(crate) fn read<'a>(text: &'a str, offset: usize, expected: &'static str) -> Option<Tree<'a>> {
    let mut cursor = Cursor { text, octets: text.as_bytes(), at: 0 };
    cursor.at = DECLARATIONS.iter().find(|known| text.starts_with(*known)).map_or(0, |known| known.len());
    cursor.space();
    let mut tree = Tree { elements: Vec::with_capacity(USUAL_ELEMENTS), ..Tree::default() };
    let mut open = [0_usize; 8];
    let mut depth = 0;
    let mut namespace = None;
    loop {
        let start = cursor.at;
        cursor.expect(b'<')?;
        if depth > 0 && cursor.octets.get(cursor.at) == Some(&b'/') {
            depth -= 1;
            let element = &mut tree.elements[open[depth]];
            cursor.at += 1;
            cursor.octets[cursor.at..].starts_with(element.name.as_bytes()).then_some(())?;
            cursor.at += element.name.len();
            cursor.expect(b'>')?;
            element.content.end = offset + start;
            element.span.end = offset + cursor.at;
        } else {
            let name = cursor.name()?;
            if tree.elements.is_empty() {
                namespace = cursor.namespace(expected)?;
            }
            let empty = cursor.octets.get(cursor.at) == Some(&b'/');
            cursor.at += usize::from(empty);
            cursor.expect(b'>')?;
            if depth == open.len() || tree.elements.len() == MOST_ELEMENTS {
                return None;
            }
            if depth > 0 {
                tree.elements[open[depth - 1]].has_elements = true;
            }
            open[depth] = tree.elements.len();
            tree.elements.push(element(name, namespace.clone(), depth, offset + start..offset + cursor.at));
            depth += usize::from(!empty);
        }
        if depth == 0 {
            cursor.space();
            return (cursor.at == text.len()).then_some(tree);
        }
        let span = cursor.characters(depth)?;
        if !span.is_empty() {
            let characters = StringStorage::Borrowed(&text[span.clone()]);
            tree.text(open[depth - 1], offset + span.start..offset + span.end, &characters);
        }
    }
}

/// An element whose content starts, and for now ends, behind its tag.
fn element<'a>(name: &'a str, namespace: Option<Cow<'a, str>>, depth: usize, tag: Span) -> Element<'a> {
    Element {
        name: Cow::Borrowed(name),
        namespace,
        depth,
        content: tag.end..tag.end,
        span: tag,
        text: Cow::Borrowed(""),
        has_elements: false,
        attributes: Vec::new(),
    }
}

impl<'a> Cursor<'a> {
    fn expect(&mut self, octet: u8) -> Option<()> {
        let next = self.octets.get(self.at).filter(|next| **next == octet);
        self.at += 1;
        next.map(|_| ())
    }

    fn space(&mut self) {
        self.at += self.octets[self.at..].iter().take_while(|octet| b" \t\r\n".contains(octet)).count();
    }

    fn name(&mut self) -> Option<&'a str> {
        let rest = &self.octets[self.at..];
        let length = rest.iter().take_while(|octet| octet.is_ascii_alphanumeric() || **octet == b'-').count();
        let name =
            rest.first().filter(|first| first.is_ascii_alphabetic()).map(|_| self.at..self.at + length)?;
        self.at = name.end;
        Some(&self.text[name])
    }

    /// The namespace of the root: ` xmlns="urn:…"`, or none.
    fn namespace(&mut self, expected: &'static str) -> Option<Option<Cow<'a, str>>> {
        let Some(value) = self.text[self.at..].strip_prefix(" xmlns=\"") else { return Some(None) };
        let (value, _) = value.split_once('"')?;
        let plain = value.bytes().all(|octet| octet.is_ascii_graphic() && !matches!(octet, b'<' | b'&'));
        self.at += " xmlns=\"\"".len() + value.len();
        (plain && value.starts_with("urn:")).then(|| match value == expected {
            true => Some(Cow::Borrowed(expected)),
            false => Some(Cow::Owned(value.to_owned())),
        })
    }

    /// Character data up to the next tag. A parser changes line ends that have a carriage return, so it may stand
    /// only where character data is left out: between the children of the root.
    fn characters(&mut self, depth: usize) -> Option<Span> {
        let start = self.at;
        self.at += memchr::memchr(b'<', &self.octets[start..])?;
        let data = &self.octets[start..self.at];
        let foreign = data.iter().fold(false, |foreign, octet| {
            foreign | !matches!(octet, b' '..=b'~' | b'\t' | b'\n') | matches!(octet, b'&' | b'>')
        });
        let blank = || depth == 1 && data.iter().all(|octet| b" \t\r\n".contains(octet));
        (!foreign || blank()).then_some(start..self.at)
    }
}
