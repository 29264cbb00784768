//! What a report tells, in whichever place its profile has it.

use super::{Document, Element};
use crate::profile::Profile;

/// What became of a message, as a report has it. Nothing is checked; what is missing is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told<'d> {
    /// What it tells about: `delivery`, `read` or `display`, and so on; where the document has only one kind, the disposition.
    /// Where the word of the status belongs to another kind alone, it is that: the word says what became of the message.
    pub kind: &'d str,
    /// The kind by the element that the status stands in.
    pub element: &'d str,
    /// The result: a status code, or the word of a status.
    pub status: Option<&'d str>,
}

impl<'a> Document<'a> {
    /// What the document tells; `None` if it does not say what about.
    pub fn told<'d>(&'d self, profile: &'d Profile) -> Option<Told<'d>> {
        let report = &profile.report;
        if report.choice.is_empty() {
            let status = report.roles.status.and_then(|name| self.value(name, profile));
            let kind = self.value(report.roles.disposition, profile);
            return kind.map(|kind| Told { kind, element: kind, status });
        }
        let chosen = report.choice.iter().find_map(|name| self.child(name, profile))?;
        let element = chosen.name.split('-').next().unwrap_or_default();
        let inside = |element: &&Element<'a>| {
            chosen.span.start < element.span.start && element.span.end <= chosen.span.end
        };
        let below = |depth: usize| {
            self.elements().iter().filter(inside).filter(move |element| element.depth == depth)
        };
        let holder = below(2).find(|element| element.name == report.roles.disposition);
        let word = holder.and_then(|holder| {
            below(3).find(|word| holder.span.start < word.span.start && word.span.end <= holder.span.end)
        });
        let status = word.map(|word| word.name.as_ref());
        let kind = status.and_then(|status| meant(profile, element, status)).unwrap_or(element);
        Some(Told { kind, element, status })
    }
}

/// The only kind that has this word, where that of the element does not have it.
fn meant(profile: &Profile, element: &str, status: &str) -> Option<&'static str> {
    let mut having =
        profile.report.kinds().filter(|(_, words)| words.contains(&status)).map(|(kind, _)| kind);
    having.next().filter(|kind| *kind != element && having.next().is_none())
}
