//! Holds what stands inside a child of the root against the shape that the profile gives, and the children against each
//! other where they are a choice or need one another.

use super::check::{check_attributes, check_content, check_namespace, is_own};
use super::tree::{Element, Tree};
use crate::mime::notes::Notes;
use crate::mime::trimmed;
use crate::profile::{self, Content, Profile};

/// A document under examination.
pub(super) struct Examined<'d, 'a> {
    pub(super) octets: &'a [u8],
    pub(super) tree: &'d Tree<'a>,
    pub(super) profile: &'d Profile,
}

impl<'d, 'a> Examined<'d, 'a> {
    /// Checks what stands inside the element at `at`.
    pub(super) fn inside(&self, at: usize, content: &Content, notes: &mut Notes) {
        match content {
            Content::Elements(known) => self.elements(at, known, notes),
            Content::EmptyElement(words) => self.word(at, words, notes),
            _ => {}
        }
    }

    fn elements(&self, at: usize, known: &[profile::Element], notes: &mut Notes) {
        let rules = self.profile.report.rules;
        let parent = &self.tree.elements[at];
        self.no_text(parent, notes);
        let mut seen: Vec<&str> = Vec::new();
        for (place, child) in self.children(at) {
            if !self.is_own(child) {
                self.note(rules.extension_misplaced, child, notes);
                continue;
            }
            let Some(known) = known.iter().find(|known| known.name == child.name) else {
                notes.explain(child.span.clone(), rules.child_unknown, child.name.as_ref());
                continue;
            };
            if seen.contains(&known.name) {
                notes.explain(child.span.clone(), rules.child_repeated, known.name);
            }
            seen.push(known.name);
            check_namespace(child, &self.profile.report, notes);
            check_attributes(child, known.attributes, &self.profile.report, notes);
            check_content(self.octets, child, &known.content, &self.profile.report, notes);
            self.inside(place, &known.content, notes);
        }
        for known in known.iter().filter(|known| known.least > 0 && !seen.contains(&known.name)) {
            notes.explain(parent.content.end..parent.content.end, rules.child_missing, known.name);
        }
    }

    /// One of the words first, empty; behind it only what is in other namespaces.
    fn word(&self, at: usize, words: &[&str], notes: &mut Notes) {
        let rules = self.profile.report.rules;
        let parent = &self.tree.elements[at];
        self.no_text(parent, notes);
        let mut is_first = true;
        for (_, child) in self.children(at) {
            match (self.is_own(child), is_first) {
                (true, true) if words.contains(&child.name.as_ref()) => self.empty(child, notes),
                (true, true) => notes.explain(child.span.clone(), rules.value, child.name.as_ref()),
                (true, false) => notes.explain(child.span.clone(), rules.child_unknown, child.name.as_ref()),
                (false, true) => notes.explain(child.span.clone(), rules.value, child.name.as_ref()),
                (false, false) => {}
            }
            is_first = false;
        }
        if is_first {
            notes.add(parent.span.clone(), rules.value);
        }
    }

    fn empty(&self, word: &Element<'_>, notes: &mut Notes) {
        let report = &self.profile.report;
        check_namespace(word, report, notes);
        check_attributes(word, &[], report, notes);
        if word.has_elements || !word.trimmed().is_empty() {
            self.note(report.rules.not_empty, word, notes);
        }
    }

    fn no_text(&self, parent: &Element<'_>, notes: &mut Notes) {
        if !parent.trimmed().is_empty() {
            let place = trimmed(self.octets, parent.content.clone());
            notes.explain(place, self.profile.report.rules.root_text, parent.name.as_ref());
        }
    }

    /// Of a choice exactly one child stands there, and a child that needs another one has it.
    pub(super) fn beside(&self, notes: &mut Notes) {
        let report = &self.profile.report;
        let Some(root) = self.tree.elements.first() else { return };
        let there = |name: &str| {
            let own = |element: &&Element<'_>| element.depth == 1 && element.name == name;
            self.tree.elements.iter().filter(own).find(|element| self.is_own(element))
        };
        if let Some(rule) = report.choice.first().and(report.rules.choice) {
            let mut chosen = report.choice.iter().filter_map(|name| there(name));
            match (chosen.next(), chosen.next()) {
                (None, _) => notes.add(root.content.end..root.content.end, rule),
                (Some(_), Some(second)) => notes.explain(second.span.clone(), rule, second.name.as_ref()),
                (Some(_), None) => {}
            }
        }
        for (child, other) in report.needs {
            if let (Some(child), None, Some(rule)) = (there(child), there(other), report.rules.needs) {
                notes.explain(child.span.clone(), rule, *other);
            }
        }
        self.extensions(notes);
    }

    /// Extensions stand behind the chosen child.
    fn extensions(&self, notes: &mut Notes) {
        let choice = self.profile.report.choice;
        let children: Vec<_> = self.tree.elements.iter().filter(|element| element.depth == 1).collect();
        let chosen = |element: &&Element<'_>| choice.contains(&element.name.as_ref());
        let Some(last) = children.iter().rposition(chosen) else { return };
        for child in children.into_iter().take(last).filter(|child| !self.is_own(child)) {
            self.note(self.profile.report.rules.extension_misplaced, child, notes);
        }
    }

    /// The elements directly inside the one at `at`, with their places.
    fn children(&self, at: usize) -> impl Iterator<Item = (usize, &'d Element<'a>)> {
        let depth = self.tree.elements[at].depth;
        let below = self.tree.elements.iter().enumerate().skip(at + 1);
        below
            .take_while(move |(_, element)| element.depth > depth)
            .filter(move |(_, element)| element.depth == depth + 1)
    }

    fn is_own(&self, element: &Element<'_>) -> bool {
        let root = self.tree.elements.first().and_then(|root| root.namespace.as_deref());
        is_own(element.namespace.as_deref(), root, self.profile)
    }

    fn note(&self, rule: Option<&'static crate::deviation::Rule>, element: &Element<'_>, notes: &mut Notes) {
        if let Some(rule) = rule {
            notes.explain(element.span.clone(), rule, element.name.as_ref());
        }
    }
}
