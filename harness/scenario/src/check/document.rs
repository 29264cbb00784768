//! What a report says: the keys of `document`, and what can be told apart by `disposition`.

use wire::profile::{Content, PROFILES, Profile};

use super::Checker;
use super::selector::meant;
use crate::model::{NOTIFICATION, Send};
use crate::strict::{Node, listed};
use crate::text::Text;

/// What reports can tell: their kinds, or the words of the element that tells it.
pub(super) fn dispositions(profile: &'static Profile) -> Vec<&'static str> {
    let report = &profile.report;
    match report.child(report.roles.disposition).map(|element| &element.content) {
        Some(Content::Words(words)) => words.to_vec(),
        _ => report.kinds().map(|(kind, _)| kind).collect(),
    }
}

/// What is said in words of the harness's own of a report whose document has an element for each kind: which kind it is, and
/// the result.
pub(super) fn of_kinds(profile: &'static Profile) -> impl Iterator<Item = &'static str> {
    let has_kinds = !profile.report.choice.is_empty();
    [NOTIFICATION, profile.report.roles.disposition].into_iter().filter(move |_| has_kinds)
}

/// The keys of `document`.
fn keys(profile: &'static Profile) -> Vec<&'static str> {
    let children = profile.report.children.iter().map(|child| child.name);
    children.filter(|name| !profile.report.choice.contains(name)).chain(of_kinds(profile)).collect()
}

impl Checker<'_> {
    pub(super) fn document(&mut self, send: &Send, node: &Node) {
        let Some(profile) = self.profile else { return };
        self.elements(profile, node);
        if profile.report.choice.is_empty() {
            return;
        }
        let kind = self.kind(profile, send, node);
        self.result(profile, kind, send, node);
    }

    /// What another document calls its own, and slips. Any other name is an extension.
    fn elements(&mut self, profile: &'static Profile, node: &Node) {
        let known = keys(profile);
        for entry in node.entry("document").map_or(&[][..], |document| document.value.entries()) {
            let name = entry.key.as_str();
            let elsewhere = PROFILES.iter().any(|other| other.report.child(name).is_some());
            let meant = meant(name, &known);
            if !known.contains(&name) && (elsewhere || meant.is_some()) {
                let help = meant.unwrap_or_else(|| format!("the elements are {}", listed(&known)));
                let message = format!("a report of {} has no element `{name}`", self.document);
                self.report_with(entry.key_span.clone(), message, help);
            }
        }
    }

    /// Which kind of notification it is, where the scenario says so.
    fn kind(&mut self, profile: &'static Profile, send: &Send, node: &Node) -> Option<&'static str> {
        let word = fixed(send, NOTIFICATION)?;
        let known = profile.report.kinds().map(|(kind, _)| kind).find(|kind| *kind == word);
        if known.is_none() {
            let kinds = dispositions(profile);
            let help = meant(word, &kinds).unwrap_or_else(|| format!("the kinds are {}", listed(&kinds)));
            let span = node.at("document").at(NOTIFICATION).span.clone();
            self.report_with(span, format!("there is no notification `{word}`"), help);
        }
        known
    }

    /// The word of the status, against the kind of notification. A word that no kind knows is an extension.
    fn result(&mut self, profile: &'static Profile, kind: Option<&str>, send: &Send, node: &Node) {
        let name = profile.report.roles.disposition;
        let Some(word) = fixed(send, name) else { return };
        let has = |words: &[&str]| words.contains(&word);
        let right =
            profile.report.kinds().any(|(one, words)| kind.is_none_or(|kind| kind == one) && has(words));
        let other = profile.report.kinds().find(|(_, words)| has(words)).map(|(kind, _)| kind);
        let words: Vec<_> = profile.report.kinds().flat_map(|(_, words)| words).copied().collect();
        let help = match other {
            _ if right => return,
            Some(kind) => Some(format!("it belongs to `{NOTIFICATION}: {kind}`")),
            None => meant(word, &words),
        };
        if let Some(help) = help {
            let kind = kind.map_or_else(|| "notification".to_owned(), |kind| format!("{kind} notification"));
            let span = node.at("document").at(name).span.clone();
            self.report_with(span, format!("no {kind} has the status `{word}`"), help);
        }
    }
}

/// What `document` says under a name, unless that is filled in when the scenario runs.
fn fixed<'a>(send: &'a Send, name: &str) -> Option<&'a str> {
    let Text(text) = send.document.get(name)?.as_ref()?;
    Some(text.as_str()).filter(|text| !text.contains("${"))
}
