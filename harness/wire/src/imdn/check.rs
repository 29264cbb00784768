//! Holds a document against the shape that the profile gives (substitute schema of I-26).

use super::rule;
use super::tree::{Element, Tree};
use crate::deviation::{Deviation, Span};
use crate::mime::notes::Notes;
use crate::mime::trimmed;
use crate::profile::{Content, Profile};
use crate::time;

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
    if root.name != report.root {
        notes.explain(tag_span(root), &rule::ROOT, root.name.as_ref());
    }
    check_namespace(root, profile, notes);
    check_attributes(root, notes);
    for text in &tree.root_texts {
        notes.add(trimmed(octets, text.clone()), &rule::ROOT_TEXT);
    }
    let mut order = Order::default();
    for element in &tree.elements[1..] {
        if element.depth > MOST_DEPTH {
            notes.add(element.span.clone(), &rule::TOO_DEEP);
            return;
        }
        if !is_own(element.namespace.as_deref(), root.namespace.as_deref(), profile) {
            continue;
        }
        if element.namespace != root.namespace {
            check_namespace(element, profile, notes);
        }
        let place = report.children.iter().position(|known| known.name == element.name);
        let Some((place, known)) = place.and_then(|place| Some((place, report.children.get(place)?))) else {
            let unknown = element.namespace.is_some() || element.depth == 1;
            if unknown && !has_nested(profile, &element.name) {
                notes.explain(element.span.clone(), &rule::CHILD_UNKNOWN, element.name.as_ref());
            }
            continue;
        };
        if element.depth != 1 {
            notes.explain(element.span.clone(), &rule::CHILD_MISPLACED, element.name.as_ref());
            continue;
        }
        order.take(element, place, profile, notes);
        check_attributes(element, notes);
        check_content(octets, element, &known.content, notes);
    }
    order.finish(within, root, profile, notes);
}

/// Counts the children and follows their order, by their places in the profile.
#[derive(Default)]
struct Order {
    seen: Vec<usize>,
}

impl Order {
    fn take(&mut self, element: &Element<'_>, place: usize, profile: &Profile, notes: &mut Notes) {
        let known = &profile.report.children[place];
        if self.count(place) >= known.most {
            notes.explain(element.span.clone(), &rule::CHILD_REPEATED, known.name);
        }
        if profile.report.ordered && self.seen.iter().any(|seen| *seen > place) {
            notes.explain(element.span.clone(), &rule::ORDER, known.name);
        }
        self.seen.push(place);
    }

    fn finish(&self, within: &Span, root: &Element<'_>, profile: &Profile, notes: &mut Notes) {
        let end = root.content.end.min(within.end);
        for (place, known) in profile.report.children.iter().enumerate() {
            if self.count(place) < known.least {
                notes.explain(end..end, &rule::CHILD_MISSING, known.name);
            }
        }
    }

    fn count(&self, place: usize) -> usize {
        self.seen.iter().filter(|seen| **seen == place).count()
    }
}

/// Whether some child of the report may hold an element of that name.
fn has_nested(profile: &Profile, name: &str) -> bool {
    fn holds(content: &Content, name: &str) -> bool {
        match content {
            Content::Elements(elements) => {
                elements.iter().any(|element| element.name == name || holds(&element.content, name))
            }
            _ => false,
        }
    }
    profile.report.children.iter().any(|child| holds(&child.content, name))
}

fn check_namespace(element: &Element<'_>, profile: &Profile, notes: &mut Notes) {
    let expected = profile.report.namespace;
    let rule = match element.namespace.as_deref() {
        Some(namespace) if namespace == expected => return,
        None => &rule::NAMESPACE_MISSING,
        Some(namespace) if namespace.eq_ignore_ascii_case(expected) => &rule::NAMESPACE_CASE,
        Some(_) => &rule::NAMESPACE_WRONG,
    };
    notes.explain(tag_span(element), rule, element.namespace.as_deref().unwrap_or_default());
}

fn check_attributes(element: &Element<'_>, notes: &mut Notes) {
    for attribute in &element.attributes {
        notes.explain(attribute.span.clone(), &rule::ATTRIBUTE, attribute.name.as_str());
    }
}

fn check_content(octets: &[u8], element: &Element<'_>, content: &Content, notes: &mut Notes) {
    if let Content::Elements(_) = content {
        return;
    }
    if element.has_elements {
        notes.explain(element.content.clone(), &rule::ELEMENT_IN_TEXT, element.name.as_ref());
    }
    let value = element.trimmed();
    if value.len() != element.text.len() {
        notes.explain(element.content.clone(), &rule::PADDED, element.name.as_ref());
    }
    match content {
        Content::TextOrNothing | Content::Elements(_) => {}
        _ if value.is_empty() => notes.explain(element.content.clone(), &rule::EMPTY, element.name.as_ref()),
        Content::Text => {}
        Content::Words(words) => {
            if !words.contains(&value) {
                notes.explain(trimmed(octets, element.content.clone()), &rule::VALUE, value);
            }
        }
        Content::UtcTime => check_time(octets, element, notes),
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
