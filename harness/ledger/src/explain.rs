//! Requirements, readings, rules and groups as plain text for people.

use std::fmt::Write;

use crate::{Coverage, Group, Ledger, Reading, Requirement, Rule};

/// Columns of the rendered text.
const WIDTH: usize = 100;
/// Columns of the labels in front of it.
const LABEL: usize = 14;
/// How alike an id must be to be suggested (0 to 1, Jaro-Winkler).
const ALIKE: f64 = 0.85;
/// How many ids are suggested at most.
const SUGGESTIONS: usize = 3;

/// An id that names nothing, with ids that look like it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("nothing is named `{id}`{}", did_you_mean(suggestions))]
pub struct UnknownId {
    /// What was asked for.
    pub id: String,
    /// Ids that look like it, best first.
    pub suggestions: Vec<String>,
}

fn did_you_mean(suggestions: &[String]) -> String {
    if suggestions.is_empty() {
        String::new()
    } else {
        format!("; did you mean {}?", suggestions.join(" or "))
    }
}

/// Renders whatever `name` names: a requirement, a reading (`I-08`), a rule (`G-10`), a fault or a group.
///
/// # Errors
/// If nothing is named so; the error suggests what may have been meant.
pub fn explain(ledger: &Ledger, coverage: &Coverage, name: &str) -> Result<String, UnknownId> {
    if let Some(found) = ledger.get(name) {
        return Ok(requirement(ledger, coverage, found));
    }
    if let Some(found) = ledger.reading(name) {
        return Ok(reading(ledger, found));
    }
    if let Some(found) = ledger.rules().iter().find(|rule| rule.id == name) {
        return Ok(rule(found));
    }
    let groups = ledger.groups().iter().filter(|group| group.name == name).map(|found| group(ledger, found));
    let faults = ledger.by_fault(name).map(|found| requirement(ledger, coverage, found));
    let texts: Vec<String> = groups.chain(faults).collect();
    if texts.is_empty() { Err(unknown(ledger, name)) } else { Ok(texts.join("\n")) }
}

/// The error for an id that names nothing.
#[must_use]
pub fn unknown(ledger: &Ledger, name: &str) -> UnknownId {
    let names = (ledger.iter().map(|r| r.id.as_str()))
        .chain(ledger.readings().iter().map(|reading| reading.id.as_str()))
        .chain(ledger.rules().iter().map(|rule| rule.id.as_str()))
        .chain(ledger.groups().iter().map(|group| group.name.as_str()))
        .chain(ledger.iter().filter_map(|r| r.fault.as_ref()).map(|fault| fault.name.as_str()));
    let asked = name.to_lowercase();
    let mut alike: Vec<(f64, &str)> = names
        .map(|known| (strsim::jaro_winkler(&asked, &known.to_lowercase()), known))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    alike.sort_by(|a, b| b.0.total_cmp(&a.0));
    alike.dedup();
    let suggestions = alike.into_iter().take(SUGGESTIONS).map(|(_, known)| known.to_owned()).collect();
    UnknownId { id: name.to_owned(), suggestions }
}

/// Renders a requirement with the readings that settle it and the scenarios that judge it.
#[must_use]
pub fn requirement(ledger: &Ledger, coverage: &Coverage, r: &Requirement) -> String {
    let mut text = Text::headed(&format!("{}  {}", r.id, r.level));
    text.field("document", r.document.title());
    text.field("section", &section(r));
    text.field("roles", &join(&r.roles));
    text.field("transports", &join(&r.transports));
    text.field("statement", &r.statement);
    text.field("stimulus", &r.stimulus);
    text.field("pass", &r.pass);
    text.field("fail", &r.fail);
    text.field("testability", &with_reason(r.testability.as_str(), r.testability_reason.as_deref()));
    if let Some(fault) = &r.fault {
        text.field("fault", &format!("{}: {}", fault.name, fault.does));
    }
    if let Some(other) = r.fault.as_ref().and_then(|fault| fault.also_reddens()) {
        text.field("", &format!("turns {other} red as well"));
    }
    text.optional("ambiguity", r.ambiguity.as_deref());
    text.optional("history", r.history.as_deref());
    for group in ledger.groups_of(&r.id) {
        text.field("group", &format!("{}: {}", group.name, join(&group.entries)));
    }
    text.field("scenarios", &scenarios(ledger, coverage, r));
    for found in r.readings.iter().filter_map(|id| ledger.reading(id.as_str())) {
        text.blank();
        text.heading(&format!("{}  {}", found.id, found.title));
        text.field("interpretation", &found.interpretation);
        text.field("verdict", &found.verdict);
    }
    text.0
}

/// Renders a reading with the entries that rest on it.
#[must_use]
pub fn reading(ledger: &Ledger, reading: &Reading) -> String {
    let mut text = Text::headed(&format!("{}  {}", reading.id, reading.title));
    text.field("passages", &reading.passages);
    text.field("problem", &reading.problem);
    text.field("interpretation", &reading.interpretation);
    text.field("verdict", &reading.verdict);
    let entries: Vec<_> = ledger.iter().filter(|r| r.readings.contains(&reading.id)).map(|r| &r.id).collect();
    text.field("requirements", &if entries.is_empty() { "none".to_owned() } else { join(&entries) });
    text.0
}

/// Renders a general rule.
#[must_use]
pub fn rule(rule: &Rule) -> String {
    let mut text = Text::headed(&rule.id);
    text.field("rule", &rule.text);
    text.0
}

/// Renders a group with the statements of its entries.
#[must_use]
pub fn group(ledger: &Ledger, group: &Group) -> String {
    let mut text = Text::headed(&format!("{} ({})", group.name, group.family));
    text.field("", "Entries that may go red together:");
    for entry in group.entries.iter().filter_map(|id| ledger.get(id)) {
        text.field(entry.id.as_str(), &entry.statement);
    }
    text.0
}

fn section(r: &Requirement) -> String {
    let lines = format!("{} (lines {} of the text)", r.section, join(&r.source_lines));
    match r.document.section_anchor(&r.section) {
        Some(anchor) => format!("{lines} {anchor}"),
        None => lines,
    }
}

fn with_reason(word: &str, reason: Option<&str>) -> String {
    reason.map_or_else(|| word.to_owned(), |reason| format!("{word}: {reason}"))
}

fn scenarios(ledger: &Ledger, coverage: &Coverage, r: &Requirement) -> String {
    let items = coverage.of(&r.id);
    if items.is_empty() {
        return if r.is_testable() { with_reason("none", ledger.left_out(&r.id)) } else { "none".to_owned() };
    }
    items.iter().map(|item| format!("{} ({})", item.scenario, item.assertion)).collect::<Vec<_>>().join(", ")
}

fn join<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Labelled, wrapped text.
struct Text(String);

impl Text {
    fn headed(heading: &str) -> Self {
        let mut text = Self(String::new());
        text.heading(heading);
        text
    }

    fn heading(&mut self, heading: &str) {
        self.0.push_str(heading);
        self.blank();
    }

    fn blank(&mut self) {
        self.0.push('\n');
    }

    fn optional(&mut self, label: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.field(label, value);
        }
    }

    fn field(&mut self, label: &str, value: &str) {
        for (n, line) in wrap(value, WIDTH - LABEL - 4).into_iter().enumerate() {
            let label = if n == 0 { label } else { "" };
            // Writing to a string cannot fail.
            let _ = writeln!(self.0, "  {label:LABEL$}  {line}");
        }
    }
}

/// Breaks text at blanks into lines of at most `width` characters, longer words left whole.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
