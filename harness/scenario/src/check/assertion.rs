//! Assertions: one operator each, on something that is there.

use regex::Regex;

use super::Checker;
use super::names::Meaning;
use super::requirement::Judging;
use super::selector::meant;
use crate::model::Assertion;
use crate::strict::{Node, listed};

/// The keys of which an assertion has exactly one.
pub(crate) const OPERATORS: &[&str] = &[
    "is", "in", "not", "matches", "uri", "present", "count", "contains", "omits", "lists", "lacks", "check",
];

/// Operators that compare values, so that other values can be tolerated.
const COMPARE: &[&str] = &["is", "in", "matches", "uri", "contains"];

/// Operators that say themselves what absence is worth.
const COUNT: &[&str] = &["present", "count", "check"];

impl Checker<'_> {
    pub(super) fn assertions(&mut self, assertions: &[Assertion], step: &Node, subject: Option<Meaning>) {
        for (index, assertion) in assertions.iter().enumerate() {
            self.assertion(assertion, step.at("assert").item(index), subject);
        }
    }

    fn assertion(&mut self, assertion: &Assertion, node: &Node, subject: Option<Meaning>) {
        self.charge(node, &assertion.judges, assertion.otherwise, assertion.reading.as_ref(), Judging::Must);
        self.references(node);
        let own = self.subject(assertion.of.as_ref(), node);
        let subject = if assertion.of.is_some() { own } else { subject };
        let operators: Vec<_> =
            node.entries().iter().filter(|one| OPERATORS.contains(&one.key.as_str())).collect();
        match operators.as_slice() {
            [] => {
                let help = format!("it has one of {}", listed(OPERATORS));
                self.report_with(node.head(), "an assertion that asserts nothing", help);
            }
            [operator] => self.operator(assertion, &operator.key, node, subject),
            [first, second, ..] => {
                let problem = self
                    .error(second.key_span.clone(), "a second operator in one assertion")
                    .related(self.source, first.key_span.clone(), "the first one")
                    .help("write two assertions");
                self.problems.push(problem);
            }
        }
    }

    /// What `of` names: a message or a reply.
    pub(super) fn subject(&mut self, of: Option<&String>, node: &Node) -> Option<Meaning> {
        let name = of?;
        let span = node.at("of").span.clone();
        let meaning = self.lookup(name, span.clone())?;
        if matches!(meaning, Meaning::Message | Meaning::Reply(_)) {
            return Some(meaning);
        }
        let message = format!("`of` has to name a message or a reply; `{name}` is {}", meaning.describe());
        self.report(span, message);
        None
    }

    fn operator(&mut self, assertion: &Assertion, operator: &str, node: &Node, subject: Option<Meaning>) {
        if operator == "check" {
            self.check(assertion, node);
        } else {
            self.that(assertion, operator, node, subject);
        }
        if let Some(pattern) = &assertion.matches {
            self.pattern(pattern, node);
        }
        if !assertion.tolerate.is_empty() && !COMPARE.contains(&operator) {
            let help = format!("it goes with {}", listed(COMPARE));
            self.report_with(
                node.at("tolerate").head(),
                format!("`tolerate` does not go with `{operator}`"),
                help,
            );
        }
        if assertion.absent.is_some() && COUNT.contains(&operator) {
            let message = format!("`{operator}` says itself what absence means");
            self.report_with(node.at("absent").span.clone(), message, "leave `absent` out");
        }
    }

    fn check(&mut self, assertion: &Assertion, node: &Node) {
        let Some(name) = &assertion.check else { return };
        if !self.vocabulary.checks.contains(&name.as_str()) {
            let help = meant(name, self.vocabulary.checks)
                .unwrap_or_else(|| format!("the checks are {}", listed(self.vocabulary.checks)));
            self.report_with(node.at("check").span.clone(), format!("there is no check `{name}`"), help);
        }
        if assertion.that.is_some() {
            let message = "a check looks at the whole message";
            self.report_with(node.at("that").span.clone(), message, "leave `that` out");
        }
    }

    fn that(&mut self, assertion: &Assertion, operator: &str, node: &Node, subject: Option<Meaning>) {
        let Some(that) = &assertion.that else {
            let help = "say what is looked at, such as `that: imdn.Message-ID`";
            return self.report_with(node.head(), format!("`{operator}` of what?"), help);
        };
        let here = node.at("that").span.clone();
        let Some(subject) = subject else {
            if assertion.of.is_none() {
                let help = "name a message or a reply by `of`";
                self.report_with(here, "there is no message here to look at", help);
            }
            return;
        };
        self.selector(subject, that, here);
        for key in ["lists", "lacks"] {
            if let Some(entry) = node.entry(key) {
                self.list_members(subject, that, &entry.value);
            }
        }
    }

    fn pattern(&mut self, pattern: &str, node: &Node) {
        if let Err(error) = Regex::new(&format!("^(?:{pattern})$")) {
            let text = error.to_string();
            let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            let help = "the syntax is that of the Rust crate `regex`; the whole value has to match";
            self.report_with(
                node.at("matches").span.clone(),
                format!("no regular expression: {reason}"),
                help,
            );
        }
    }
}
