//! Requirements, readings, rules and groups as plain text for people.

use std::fmt::Write;

use crate::{Coverage, Group, Ledger, Reading, Requirement, Rule, UnknownId};

/// Columns of the rendered text.
const WIDTH: usize = 100;
/// Columns of the labels in front of it.
const LABEL: usize = 14;
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
    if texts.is_empty() { Err(UnknownId::new(ledger, name)) } else { Ok(texts.join("\n")) }
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
    if !r.sources.is_empty() {
        text.field("sources", &r.sources.join("; "));
    }
    for group in ledger.groups_of(&r.id) {
        text.field("group", &format!("{}: {}", group.name, join(&group.entries)));
    }
    for effect in ledger.side_effects_of(&r.id) {
        text.field("side effect", &format!("{}: {}", join(&effect.entries), effect.reason));
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
    let lines = if r.source_lines.is_empty() {
        r.section.clone()
    } else {
        format!("{} (lines {} of the text)", r.section, join(&r.source_lines))
    };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CoverageItem;

    fn explained(name: &str) -> Result<String, UnknownId> {
        let item = CoverageItem {
            requirement: "IMDN-9.2-4".parse().unwrap(),
            scenario: "imdn-03/9.2/ignore".to_owned(),
            assertion: "no-report".to_owned(),
        };
        explain(&Ledger::builtin().unwrap(), &Coverage::from_iter([item]), name)
    }

    #[test]
    fn a_requirement_is_shown_with_its_fault_readings_and_scenarios() {
        let text = explained("IMDN-9.2-4").unwrap();
        for part in [
            "IMDN-9.2-4  MUST\n",
            "9.2 (lines 402 of the text)",
            "reporting-uas",
            "ignore-sends-denied: answer an ignored request with denied",
            "imdn-03/9.2/ignore (no-report)",
            "\nI-30  Consent and policy\n",
            "any report under\n                  ignore is a failure",
        ] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
    }

    #[test]
    fn a_requirement_without_scenario_says_why() {
        assert!(explained("IMDN-3-1").unwrap().contains("none: needs S/MIME\n"));
        assert!(explained("MSG-11-1").unwrap().contains("none: document not covered yet\n"));
    }

    #[test]
    fn a_reading_is_shown_with_the_entries_that_rest_on_it() {
        let text = explained("I-08").unwrap();
        assert!(text.starts_with("I-08  Content of original-recipient-uri\n"), "{text}");
        assert!(text.contains("IMDN-6.1-1, IMDN-8.1.3-2"), "{text}");
    }

    #[test]
    fn rules_groups_and_faults_can_be_asked_for() {
        assert!(explained("G-4").unwrap().contains("not pass"));
        assert!(explained("no report for a report").unwrap().contains("IMDN-9.1-4"));
        assert_eq!(explained("hidden lists").unwrap().matches("Entries that may go red together").count(), 2);
        assert!(explained("id-lowercased").unwrap().contains("\nI5438-11.1.1-1  "));
    }

    #[test]
    fn lines_stay_within_the_width_and_labels_in_front() {
        let text = explained("IMDN-10.3-1").unwrap();
        // Anchors are single words and cannot be broken.
        assert!(
            text.lines().filter(|line| !line.contains("http")).all(|line| line.chars().count() <= WIDTH),
            "{text}"
        );
        assert!(text.contains("\n  statement       The original"), "{text}");
    }

    #[test]
    fn wrapping_keeps_every_word() {
        assert_eq!(wrap("aa bb  cc dddddd e", 5), ["aa bb", "cc", "dddddd", "e"]);
        assert!(wrap("", 5).is_empty());
    }
}
