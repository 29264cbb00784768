//! What only scenarios of robustness may do, and what they have to.

use super::Checker;
use super::names::Meaning;
use super::requirement::Judging;
use crate::model::{Generator, Scenario, Send, Step, TERMS, TRAP, Unharmed};
use crate::strict::Node;

/// Longest value of many texts, in octets.
const LONGEST: u64 = 4 << 20;

/// To how much a body may inflate, in megabytes. Whoever runs the suite has to have the machine for it.
const LARGEST_INFLATED: u32 = 512;

impl Checker<'_> {
    /// The names of the group, and that what is hostile is followed by a look whether it has done harm.
    pub(super) fn hostility(&mut self, scenario: &Scenario, node: &Node) {
        if !self.document.is_robustness() {
            return;
        }
        self.names.bind(TRAP, Meaning::Trap);
        self.names.bind(TERMS, Meaning::Terms);
        let steps = Step::all(&scenario.steps);
        let is_hostile = |step: &&Step| match step {
            Step::Send(send) => send.hostile,
            Step::Raw(_) => true,
            _ => false,
        };
        let looks = |step: &&Step| matches!(step, Step::Unharmed(look) if !look.judges.as_slice().is_empty());
        let (last, look) = (steps.iter().rposition(is_hostile), steps.iter().rposition(looks));
        let here = node.entry("steps").map_or_else(|| node.head(), |entry| entry.key_span.clone());
        match (last, look) {
            (None, _) => {
                self.report_with(here, "nothing in here is hostile", "mark a `send` with `hostile: true`")
            }
            (Some(last), Some(look)) if last < look => {}
            (Some(_), _) => {
                let help = "end with `unharmed: {judges: …}`";
                self.report_with(here, "nobody looks whether the last hostile step has done harm", help);
            }
        }
    }

    pub(super) fn unharmed(&mut self, unharmed: &Unharmed, node: &Node) {
        self.only_here(node, "`unharmed` belongs to scenarios of robustness");
        self.peer(unharmed.peer.as_ref(), node);
        self.references(node);
        self.charge(node, &unharmed.judges, None, None, Judging::May);
    }

    /// Keys of `send` for hostile input.
    pub(super) fn hostile(&mut self, send: &Send, node: &Node) {
        if send.hostile {
            self.only_here(node.at("hostile"), "only scenarios of robustness may be hostile");
            if send.answer.is_some() {
                let help = "leave `answer` out; what the IUT says to hostile input is its own affair";
                self.report_with(node.at("answer").head(), "no answer to hostile input is expected", help);
            }
        }
        for (key, is_there) in [("markup", send.markup.is_some()), ("compress", send.compress.is_some())] {
            if is_there && !send.hostile {
                let help = "add `hostile: true`";
                self.report_with(node.at(key).head(), format!("`{key}` makes hostile input"), help);
            }
        }
        if send.markup.is_some() && !send.message.is_report() {
            let help = "write `message: report`, or use `text` and `body`";
            self.report_with(node.at("markup").head(), "only reports have a document", help);
        }
        if send.compress.is_some_and(|compress| compress.megabytes > LARGEST_INFLATED) {
            let message = format!("a body may inflate to {LARGEST_INFLATED} megabytes");
            self.report(node.at("compress").at("megabytes").span.clone(), message);
        }
    }

    pub(super) fn longest(&mut self, generator: &Generator, node: &Node) {
        let (length, times) = match generator {
            Generator::Repeat(repeat) => (repeat.text.len(), repeat.times),
            Generator::Nest(nest) => (nest.open.len() + nest.close.len(), nest.times),
            _ => return,
        };
        let octets = u64::try_from(length).unwrap_or(u64::MAX).saturating_mul(times.into());
        if octets == 0 || octets > LONGEST {
            self.report(node.span.clone(), format!("a value of many texts has 1 to {LONGEST} octets"));
        }
    }

    fn only_here(&mut self, node: &Node, message: &str) {
        if !self.document.is_robustness() {
            self.report_with(node.head(), message, "they stand in files with `document: robustness`");
        }
    }
}
