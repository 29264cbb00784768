//! Where findings are collected: what was judged, and what was found.

use std::collections::HashSet;

use record::EventId;

use crate::verdict::{Finding, Verdict};

/// Everything that was said about requirements in one case.
#[derive(Debug, Default)]
pub(crate) struct Docket {
    pub(crate) entries: Vec<Entry>,
    seen: HashSet<(String, String, EventId)>,
}

/// One thing that was said about one requirement.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) requirement: String,
    /// `None` says that the requirement was put to the test and met.
    pub(crate) finding: Option<Finding>,
}

impl Docket {
    /// The requirements were put to the test and met.
    pub(crate) fn pass<S: AsRef<str>>(&mut self, ids: impl IntoIterator<Item = S>) {
        for id in ids {
            self.entries.push(Entry { requirement: id.as_ref().to_owned(), finding: None });
        }
    }

    /// Something was found about each of the requirements.
    pub(crate) fn find<S: AsRef<str>>(&mut self, ids: impl IntoIterator<Item = S>, finding: &Finding) {
        for id in ids {
            self.entries.push(Entry { requirement: id.as_ref().to_owned(), finding: Some(finding.clone()) });
        }
    }

    /// What was charged to these requirements because nothing came says nothing: something did come, only wrongly.
    pub(crate) fn excuse(&mut self, ids: &[&str], why: &str) {
        let of_these = self.entries.iter_mut().filter(|entry| ids.contains(&&*entry.requirement));
        let missing = of_these.filter_map(|entry| entry.finding.as_mut());
        for finding in
            missing.filter(|finding| finding.oracle == "missing" && finding.verdict < Verdict::Error)
        {
            finding.verdict = Verdict::Inconclusive;
            finding.message = format!("{} {why}", finding.message);
        }
    }

    /// The same, but once only for a requirement, an oracle and an event.
    pub(crate) fn find_once(&mut self, id: &str, finding: &Finding, event: EventId) {
        if self.seen.insert((id.to_owned(), finding.oracle.clone(), event)) {
            self.find([id], finding);
        }
    }
}
