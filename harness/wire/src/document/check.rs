//! Holds a document against the shape that the profile gives (substitute schemas of I-26).

use super::nested::Examined;
use super::tree::{Attribute, Element, Tree};
use crate::deviation::{Deviation, Span};
use crate::mime::notes::Notes;
use crate::mime::trimmed;
use crate::profile::{self, Content, Profile, Report};
use crate::time;
use crate::uri::Uri;

/// Deepest nesting that is looked at.
const MOST_DEPTH: usize = 32;

/// Whether an element is the report's own: in its namespace, in that of the root, in none, or in a re-cased one.
pub(super) fn is_own(namespace: Option<&str>, root: Option<&str>, profile: &Profile) -> bool {
    match namespace {
        None => true,
        Some(namespace) => {
            Some(namespace) == root || namespace.eq_ignore_ascii_case(profile.report.namespace)
        }
    }
}

pub(super) fn check(octets: &[u8], within: &Span, tree: &Tree<'_>, profile: &Profile, notes: &mut Notes) {
    let Some(root) = tree.elements.first() else { return };
    let report = &profile.report;
    let rules = report.rules;
    if root.name != report.root {
        notes.explain(tag_span(root), rules.root, root.name.as_ref());
    }
    check_namespace(root, report, notes);
    check_attributes(root, &[], report, notes);
    for text in &tree.root_texts {
        notes.add(trimmed(octets, text.clone()), rules.root_text);
    }
    let mut order = Order::default();
    let examined = Examined { octets, tree, profile };
    let mut inside = 0;
    for (at, element) in tree.elements.iter().enumerate().skip(1) {
        if element.depth > MOST_DEPTH {
            notes.add(element.span.clone(), rules.too_deep);
            return;
        }
        if at < inside || !is_own(element.namespace.as_deref(), root.namespace.as_deref(), profile) {
            continue;
        }
        if element.namespace != root.namespace {
            check_namespace(element, report, notes);
        }
        let place = report.children.iter().position(|known| known.name == element.name);
        let Some((place, known)) = place.and_then(|place| Some((place, report.children.get(place)?))) else {
            let unknown = element.namespace.is_some() || element.depth == 1;
            if unknown {
                notes.explain(element.span.clone(), rules.child_unknown, element.name.as_ref());
            }
            continue;
        };
        if element.depth != 1 {
            notes.explain(element.span.clone(), rules.child_misplaced, element.name.as_ref());
            continue;
        }
        order.take(element, place, report, notes);
        check_attributes(element, known.attributes, report, notes);
        check_content(octets, element, &known.content, report, notes);
        if let Content::Elements(_) = known.content {
            examined.inside(at, &known.content, notes);
            inside = after(tree, at);
        }
    }
    examined.beside(notes);
    order.finish(within, root, report, notes);
}

/// Counts the children and follows their order, by their places in the profile.
#[derive(Default)]
struct Order {
    seen: Vec<usize>,
}

impl Order {
    fn take(&mut self, element: &Element<'_>, place: usize, report: &Report, notes: &mut Notes) {
        let known = &report.children[place];
        if self.count(place) >= known.most {
            notes.explain(element.span.clone(), report.rules.child_repeated, known.name);
        }
        if report.ordered && self.seen.iter().any(|seen| *seen > place) {
            notes.explain(element.span.clone(), report.rules.order, known.name);
        }
        self.seen.push(place);
    }

    fn finish(&self, within: &Span, root: &Element<'_>, report: &Report, notes: &mut Notes) {
        let end = root.content.end.min(within.end);
        for (place, known) in report.children.iter().enumerate() {
            if self.count(place) < known.least {
                notes.explain(end..end, report.rules.child_missing, known.name);
            }
        }
    }

    fn count(&self, place: usize) -> usize {
        self.seen.iter().filter(|seen| **seen == place).count()
    }
}

/// The place of the first element behind the one at `at` that is not inside it.
fn after(tree: &Tree<'_>, at: usize) -> usize {
    let depth = tree.elements[at].depth;
    let inside = tree.elements.iter().skip(at + 1).take_while(|element| element.depth > depth).count();
    at + 1 + inside
}

pub(super) fn check_namespace(element: &Element<'_>, report: &Report, notes: &mut Notes) {
    let expected = report.namespace;
    let rule = match element.namespace.as_deref() {
        Some(namespace) if namespace == expected => return,
        None => report.rules.namespace_missing,
        Some(namespace) if namespace.eq_ignore_ascii_case(expected) => report.rules.namespace_case,
        Some(_) => report.rules.namespace_wrong,
    };
    notes.explain(tag_span(element), rule, element.namespace.as_deref().unwrap_or_default());
}

/// The namespace of the prefix `xml`.
const XML: &str = "http://www.w3.org/XML/1998/namespace";

pub(super) fn check_attributes(
    element: &Element<'_>,
    known: &[profile::Attribute],
    report: &Report,
    notes: &mut Notes,
) {
    let is_known = |attribute: &Attribute| {
        attribute.namespace.as_deref().is_none_or(|namespace| namespace == XML)
            && known.iter().any(|known| known.name == attribute.name)
    };
    for attribute in element.attributes.iter().filter(|attribute| !is_known(attribute)) {
        notes.explain(attribute.span.clone(), report.rules.attribute, attribute.name.as_str());
    }
    for known in known {
        let there = element.attributes.iter().any(|attribute| attribute.name == known.name);
        if let Some(rule) = known.missing.filter(|_| !there) {
            notes.explain(tag_span(element), rule, known.name);
        }
    }
}

pub(super) fn check_content(
    octets: &[u8],
    element: &Element<'_>,
    content: &Content,
    report: &Report,
    notes: &mut Notes,
) {
    let rules = report.rules;
    if let Content::Elements(_) | Content::EmptyElement(_) = content {
        return;
    }
    if element.has_elements {
        notes.explain(element.content.clone(), rules.element_in_text, element.name.as_ref());
    }
    let value = element.trimmed();
    if value.len() != element.text.len() {
        notes.explain(element.content.clone(), rules.padded, element.name.as_ref());
    }
    match content {
        Content::TextOrNothing | Content::Elements(_) | Content::EmptyElement(_) => {}
        _ if value.is_empty() => notes.explain(element.content.clone(), rules.empty, element.name.as_ref()),
        Content::Text => {}
        Content::Words(words) => {
            if !words.contains(&value) {
                notes.explain(trimmed(octets, element.content.clone()), rules.value, value);
            }
        }
        Content::UtcTime => check_time(octets, element, notes),
        Content::Digits { count, rule } => {
            if value.len() != *count || !value.bytes().all(|octet| octet.is_ascii_digit()) {
                notes.explain(trimmed(octets, element.content.clone()), rule, value);
            }
        }
        Content::Uri { rule } => {
            let uri = Uri::decode(value.as_bytes(), 0..value.len());
            if uri.value.is_none() || !uri.deviations.is_empty() {
                notes.explain(trimmed(octets, element.content.clone()), rule, value);
            }
        }
    }
}

/// Reads the time where it stands; if references or comments are in it, the places are those of the content.
fn check_time(octets: &[u8], element: &Element<'_>, notes: &mut Notes) {
    let value = element.trimmed();
    let place = trimmed(octets, element.content.clone());
    if octets[place.clone()] == *value.as_bytes() {
        notes.extend(time::decode_utc(octets, place).deviations);
        return;
    }
    let found = time::decode_utc(value.as_bytes(), 0..value.len()).deviations;
    notes.extend(found.into_iter().map(|found| Deviation { span: place.clone(), ..found }).collect());
}

/// From the start of the element to its content.
fn tag_span(element: &Element<'_>) -> Span {
    element.span.start..element.content.start.max(element.span.start)
}
