//! What a report tells, in whichever place its profile has it.

use super::{Document, Element};
use crate::profile::Profile;

/// What became of a message, as a report has it. Nothing is checked; what is missing is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told<'d> {
    /// What it tells about: `delivery`, `read` or `display`, and so on; where the document has only one kind, the disposition.
    pub kind: &'d str,
    /// The result: a status code, or the word of a status.
    pub status: Option<&'d str>,
}

impl<'a> Document<'a> {
    /// What the document tells; `None` if it does not say what about.
    pub fn told<'d>(&'d self, profile: &'d Profile) -> Option<Told<'d>> {
        let report = &profile.report;
        if report.choice.is_empty() {
            let status = report.roles.status.and_then(|name| self.value(name, profile));
            return self.value(report.roles.disposition, profile).map(|kind| Told { kind, status });
        }
        let chosen = report.choice.iter().find_map(|name| self.child(name, profile))?;
        let kind = chosen.name.split('-').next().unwrap_or_default();
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
        Some(Told { kind, status: word.map(|word| word.name.as_ref()) })
    }
}
