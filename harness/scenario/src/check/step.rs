//! Steps: what belongs together in each kind of them.

use super::names::Meaning;
use super::requirement::Judging;
use super::{Checker, NAME, is_name};
use crate::control;
use crate::model::{
    Answer, Command, Expect, ExpectedAnswer, Kind, Quiet, Raw, Repeat, Send, Step, Template, Value, Verify,
    Wait,
};
use crate::strict::Node;

/// Templates that are reports.
const REPORTS: &[Template] = &[Template::Report, Template::Wrapped, Template::Encrypted, Template::Signed];

/// Whether a key makes sense for a template.
type Fits = fn(Template) -> bool;

/// Keys of `send` that make sense for some templates only.
const KEYS_OF_TEMPLATES: &[(&str, Fits)] = &[
    ("about", is_report),
    ("document", |template| is_report(template) && template != Template::Encrypted),
    ("of", |template| matches!(template, Template::Again | Template::Resent | Template::Wrapped)),
    ("cpim", |template| !matches!(template, Template::Plain | Template::Again | Template::Options)),
    ("sip", |template| template != Template::Again),
    ("to", |template| template != Template::Again),
    ("text", |template| matches!(template, Template::ImReq | Template::Im | Template::Plain)),
    ("body", |template| !matches!(template, Template::Again | Template::Resent)),
];

fn is_report(template: Template) -> bool {
    REPORTS.contains(&template)
}

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
        }
    }

    /// Binds the name of a step; one that does nothing but bind has to be used.
    fn save(&mut self, name: Option<&String>, meaning: Meaning, node: &Node, asserts: bool) {
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

    fn send(&mut self, send: &Send, node: &Node) {
        self.peer(send.peer.as_ref(), node);
        self.references(node);
        self.message_named(send.about.as_ref(), "about", node);
        self.message_named(send.of.as_ref(), "of", node);
        for (key, fits) in KEYS_OF_TEMPLATES {
            if let Some(entry) = node.entry(key)
                && !fits(send.message)
            {
                let message = format!("`{key}` means nothing to this `message`");
                let problem = self.error(entry.key_span.clone(), message);
                self.problems.push(problem.related(
                    self.source,
                    node.at("message").span.clone(),
                    "to this one",
                ));
            }
        }
        if matches!(send.message, Template::Again | Template::Resent) && send.of.is_none() {
            let help = "name the earlier message: `of: NAME`";
            self.report_with(node.at("message").span.clone(), "which message is sent again?", help);
        }
        if send.of.is_some() && !send.document.is_empty() {
            let message = "the report that `of` names is enclosed as it is";
            self.report_with(node.at("document").head(), message, "leave `document` out, or `of`");
        }
        if send.body.is_some() && send.text.is_some() {
            self.report(
                node.at("text").span.clone(),
                "`body` takes the place of all there is, `text` included",
            );
        }
        if let Some(answer) = &send.answer {
            self.expected_answer(answer, node.at("answer"));
        }
        let asserts = send.answer.as_ref().is_some_and(|answer| !answer.judges.as_slice().is_empty());
        self.save(send.name.as_ref(), Meaning::Message, node, asserts);
    }

    fn expected_answer(&mut self, answer: &ExpectedAnswer, node: &Node) {
        self.charge(node, &answer.judges, answer.otherwise, answer.reading.as_ref(), Judging::May);
        if answer.is.is_empty() {
            self.report(node.at("is").span.clone(), "`is` has to name a status");
        }
        for (key, statuses) in [("is", &answer.is), ("tolerate", &answer.tolerate)] {
            for (index, status) in statuses.iter().enumerate() {
                if !is_status(status) {
                    let help = "a status is three digits from 100 to 699, a class is written `2xx`";
                    let span = node.at(key).item(index).span.clone();
                    self.report_with(span, format!("`{status}` is no status and no class"), help);
                }
            }
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

    fn quiet(&mut self, quiet: &Quiet, node: &Node) {
        for (index, peer) in quiet.peers.iter().enumerate() {
            self.peer_named(peer, node.at("peers").item(index));
        }
        let report = quiet.message.is_none_or(|kind| kind == Kind::Report);
        self.about(quiet.about.as_ref(), report, node);
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

/// `200` or `2xx`.
fn is_status(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1'..=b'6', b'x', b'x'])
        || matches!(text.as_bytes(), [b'1'..=b'6', tens, ones] if tens.is_ascii_digit() && ones.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::is_status;

    #[test]
    fn statuses_and_classes() {
        assert!(["200", "2xx", "699", "100"].iter().all(|status| is_status(status)));
        assert!(!["20", "2XX", "700", "0xx", "2x0", "2000", ""].iter().any(|status| is_status(status)));
    }
}
