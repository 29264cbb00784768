//! Steps: what belongs together in each kind of them.

use super::document::dispositions;
use super::names::Meaning;
use super::requirement::Judging;
use super::selector::meant;
use super::{Checker, NAME, is_name};
use crate::control;
use crate::model::{Answer, Command, Expect, Kind, Quiet, Raw, Repeat, Step, Value, Verify, Wait};
use crate::strict::{Node, listed};

/// Longest wait, in seconds.
const LONGEST_WAIT: u32 = 3_600;

/// Rounds for each of which a peer is looked up; crowds are smaller.
const MOST_ROUNDS_CHECKED: u32 = 20_000;

const NO_SAVE: &str = "leave `as` out, or use the name in a later step";

impl Checker<'_> {
    pub(super) fn steps(&mut self, steps: &[Step], node: &Node) {
        for (index, step) in steps.iter().enumerate() {
            let Some(entry) = node.item(index).entries().first() else { continue };
            self.step(step, &entry.value);
        }
    }

    fn step(&mut self, step: &Step, node: &Node) {
        match step {
            Step::Send(send) => self.send(send, node),
            Step::Raw(raw) => self.raw(raw, node),
            Step::Answer(answer) => self.answer(answer, node),
            Step::Expect(expect) => self.expect(expect, node),
            Step::Quiet(quiet) => self.quiet(quiet, node),
            Step::Command(command) => self.command_step(command, node),
            Step::Repeat(repeat) => self.repeat(repeat, node),
            Step::Together(steps) => self.together(steps, node),
            Step::Wait(wait) => self.wait(wait, node),
            Step::Verify(verify) => self.verify(verify, node),
            Step::Unharmed(unharmed) => self.unharmed(unharmed, node),
        }
    }

    /// Binds the name of a step; one that does nothing but bind has to be used.
    pub(super) fn save(&mut self, name: Option<&String>, meaning: Meaning, node: &Node, asserts: bool) {
        let Some(name) = name else { return };
        let span = node.at("as").span.clone();
        if !is_name(name) {
            self.report_with(span, format!("`{name}` cannot be a name"), NAME);
        } else if asserts {
            self.define(name, meaning, &span);
        } else {
            self.define_used(name, meaning, &span, NO_SAVE);
        }
    }

    fn raw(&mut self, raw: &Raw, node: &Node) {
        self.peer(raw.peer.as_ref(), node);
        self.references(node);
        if raw.octets.is_empty() {
            self.report(node.at("octets").span.clone(), "there is nothing to send");
        }
    }

    fn answer(&mut self, answer: &Answer, node: &Node) {
        self.peer(answer.peer.as_ref(), node);
        self.references(node);
        if answer.status != 0 && !(100..700).contains(&answer.status) {
            let help = "a status is a number from 100 to 699, or 0 for no answer at all";
            self.report_with(node.at("status").span.clone(), "this is no status", help);
        }
    }

    fn expect(&mut self, expect: &Expect, node: &Node) {
        self.peer(expect.peer.as_ref(), node);
        self.about(expect.about.as_ref(), expect.message == Kind::Report, node);
        self.disposition(expect.disposition.as_ref(), expect.message == Kind::Report, node);
        self.references(node);
        if let Some(charge) = &expect.missing {
            let here = node.at("missing");
            self.charge(here, &charge.judges, charge.otherwise, charge.reading.as_ref(), Judging::Must);
        }
        if self.parallel && expect.name.is_some() && expect.about.is_none() {
            let help = "say which message it is `about`, leave `as` out, or leave `parallel` out";
            let message = "where rounds run side by side this may be the message of another round";
            self.report_with(node.at("as").span.clone(), message, help);
        }
        let asserts = expect.missing.is_some() || !expect.assert.is_empty();
        self.save(expect.name.as_ref(), Meaning::Message, node, asserts);
        self.assertions(&expect.assert, node, Some(Meaning::Message));
    }

    /// `about` narrows reports down; nothing else is about a message.
    fn about(&mut self, about: Option<&String>, report: bool, node: &Node) {
        self.message_named(about, "about", node);
        if about.is_some() && !report {
            let help = "write `message: report`, or leave `about` out";
            self.report_with(node.at("about").span.clone(), "only reports are about a message", help);
        }
    }

    /// `disposition` narrows reports down by what they tell, in the words of the document.
    fn disposition(&mut self, disposition: Option<&String>, report: bool, node: &Node) {
        let Some(word) = disposition else { return };
        let span = node.at("disposition").span.clone();
        if !report {
            let help = "write `message: report`, or leave `disposition` out";
            self.report_with(span, "only reports tell a disposition", help);
            return;
        }
        let Some(words) = self.profile.map(dispositions).filter(|words| !words.is_empty()) else { return };
        if !words.contains(&word.as_str()) {
            let help = meant(word, &words).unwrap_or_else(|| format!("the words are {}", listed(&words)));
            self.report_with(span, format!("no report tells `{word}`"), help);
        }
    }

    fn quiet(&mut self, quiet: &Quiet, node: &Node) {
        for (index, peer) in quiet.peers.iter().enumerate() {
            self.peer_named(peer, node.at("peers").item(index));
        }
        let report = quiet.message.is_none_or(|kind| kind == Kind::Report);
        self.about(quiet.about.as_ref(), report, node);
        self.disposition(quiet.disposition.as_ref(), report, node);
        self.references(node);
        self.charge(node, &quiet.judges, quiet.otherwise, quiet.reading.as_ref(), Judging::Must);
    }

    fn command_step(&mut self, command: &Command, node: &Node) {
        let known = control::command(&command.ask);
        self.peer(command.peer.as_ref(), node);
        self.message_named(command.about.as_ref(), "about", node);
        self.references(node);
        if command.iut >= self.instances {
            let message = format!("there is no IUT {}", command.iut);
            let help = "`instances` of the scenario says how many there are; the first is 0";
            self.report_with(node.at("iut").span.clone(), message, help);
        }
        if let Some(known) = known {
            self.members(known, command, node);
        }
        self.save(command.name.as_ref(), Meaning::Reply(known), node, !command.assert.is_empty());
        self.assertions(&command.assert, node, Some(Meaning::Reply(known)));
    }

    fn repeat(&mut self, repeat: &Repeat, node: &Node) {
        self.rounds(repeat, node);
        self.references(node);
        if repeat.steps.is_empty() {
            self.report(node.at("steps").head(), "a round has to have a step");
        }
        let outer = (self.names.enter(), self.parallel);
        let rounds = self.rounds.len();
        self.parallel |= repeat.parallel > 1;
        self.names.bind("round", Meaning::Value);
        self.rounds.extend(values_of_rounds(repeat));
        for entry in node.entry("each").map_or(&[][..], |each| each.value.entries()) {
            self.define_used(
                &entry.key,
                Meaning::Value,
                &entry.key_span,
                "use it in the steps, or write `times`",
            );
        }
        self.steps(&repeat.steps, node.at("steps"));
        self.rounds.truncate(rounds);
        self.parallel = outer.1;
        self.leave(outer.0);
    }

    fn together(&mut self, steps: &[Step], node: &Node) {
        if steps.len() < 2 {
            let help = "leave `together` out where nothing happens at once";
            self.report_with(node.head(), "`together` has at least two steps", help);
        }
        self.apart(steps.iter().enumerate(), |this, (index, step)| {
            if let Some(entry) = node.item(index).entries().first() {
                this.step(step, &entry.value);
            }
        });
    }

    fn wait(&mut self, wait: &Wait, node: &Node) {
        self.references(node);
        if !self.slow {
            let help = "mark the scenario with `slow: true`; events are awaited by `expect` and `quiet`";
            self.report_with(node.head(), "only slow scenarios may let time pass", help);
        }
        if !(1..=LONGEST_WAIT).contains(&wait.seconds) {
            let message = format!("a wait lasts 1 to {LONGEST_WAIT} seconds");
            self.report(node.at("seconds").span.clone(), message);
        }
        if wait.why.trim().is_empty() {
            self.report(node.at("why").span.clone(), "what is waited for?");
        }
    }

    fn rounds(&mut self, repeat: &Repeat, node: &Node) {
        let help = "write `times: 10`, or `each: {name: [a, b]}` for one round a value";
        match (repeat.times, repeat.each.is_empty()) {
            (None, true) => self.report_with(node.head(), "how many rounds?", help),
            (Some(_), false) => {
                self.report(node.at("times").span.clone(), "`each` already says how many rounds there are");
            }
            (Some(0), true) => self.report(node.at("times").span.clone(), "`times` has to be at least 1"),
            _ => {}
        }
        if repeat.parallel == 0 {
            self.report(node.at("parallel").span.clone(), "`parallel` has to be at least 1");
        }
        let mut lengths = repeat.each.values().map(Vec::len);
        let first = lengths.next();
        if first == Some(0) || lengths.any(|length| Some(length) != first) {
            let message = "each name needs a value for every round";
            self.report(node.at("each").span.clone(), message);
        }
    }

    fn verify(&mut self, verify: &Verify, node: &Node) {
        let subject = self.subject(verify.of.as_ref(), node);
        if verify.assert.is_empty() {
            self.report(node.at("assert").span.clone(), "there is nothing to verify");
        }
        self.assertions(&verify.assert, node, subject);
    }
}

/// The names that have a value for each round, with these values.
fn values_of_rounds(repeat: &Repeat) -> Vec<(String, Vec<String>)> {
    let listed = repeat.each.values().map(Vec::len).next().unwrap_or_default();
    let count = repeat.times.unwrap_or(u32::try_from(listed).unwrap_or(u32::MAX)).min(MOST_ROUNDS_CHECKED);
    let numbers = (1..=count).map(|round| round.to_string()).collect();
    let text = |value: &Value| match value {
        Value::Text(text) => text.0.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::List(_) | Value::Object(_) => String::new(),
    };
    let each = repeat.each.iter().map(|(name, values)| (name.clone(), values.iter().map(text).collect()));
    std::iter::once(("round".to_owned(), numbers)).chain(each).collect()
}
