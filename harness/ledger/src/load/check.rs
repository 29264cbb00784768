//! What must hold between the records of a catalogue.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::Parsed;
use super::error::Problems;
use super::fields::Located;
use crate::interpretation::within;
use crate::{Document, Family, Fault, Level, ReadingId, Requirement, RequirementId, Role, Testability};

/// Runs every check.
pub(super) fn all(parsed: &Parsed, problems: &mut Problems) {
    unique("requirement", &parsed.requirements, |r| &r.id, problems);
    unique("reading", &parsed.readings, |r| &r.id, problems);
    unique("rule", &parsed.rules, |r| &r.id, problems);
    unique("group", &parsed.groups, |g| (&g.name, g.family), problems);
    unique("roll-up", &parsed.rollups, |r| &r.id, problems);
    let known = Known::of(parsed);
    for record in &parsed.requirements {
        requirement(record, &known, problems);
    }
    fault_names(&parsed.requirements, problems);
    readings(parsed, &known, problems);
    groups(parsed, &known, problems);
    rollups(parsed, &known, problems);
    side_effects(parsed, &known, problems);
    left_out(parsed, &known, problems);
}

/// What can be referred to.
struct Known<'a> {
    requirements: HashMap<&'a str, &'a Requirement>,
    readings: HashSet<&'a str>,
}

impl<'a> Known<'a> {
    fn of(parsed: &'a Parsed) -> Self {
        Self {
            requirements: parsed.requirements.iter().map(|r| (r.value.id.as_str(), &r.value)).collect(),
            readings: parsed.readings.iter().map(|r| r.value.id.as_str()).collect(),
        }
    }

    /// Notes ids that are no requirements.
    fn expect<T>(&self, record: &Located<T>, key: &str, ids: &[RequirementId], problems: &mut Problems) {
        for id in ids.iter().filter(|id| !self.requirements.contains_key(id.as_str())) {
            record.problem(key, format!("unknown requirement `{id}`"), problems);
        }
    }

    /// Notes references in prose to requirements (or sections of a document) and readings that do not exist.
    fn expect_in_prose<T>(&self, record: &Located<T>, key: &str, text: &str, problems: &mut Problems) {
        for id in ReadingId::mentioned_in(text).iter().filter(|id| !self.readings.contains(id.as_str())) {
            record.problem(key, format!("unknown reading `{id}`"), problems);
        }
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.')));
        for id in words
            .map(|word| word.trim_end_matches(['.', '-']))
            .filter(|word| word.parse::<RequirementId>().is_ok())
        {
            if !self.requirements.contains_key(id) && !self.requirements.keys().any(|known| within(known, id))
            {
                record.problem(key, format!("unknown requirement `{id}`"), problems);
            }
        }
    }
}

impl<T> Located<T> {
    fn problem(&self, key: &str, message: impl Into<String>, problems: &mut Problems) {
        problems.add(&self.file, self.line_of(key), message);
    }
}

fn unique<'a, T, K: Eq + Hash + std::fmt::Debug>(
    kind: &str,
    records: &'a [Located<T>],
    key: impl Fn(&'a T) -> K,
    problems: &mut Problems,
) {
    let mut seen = HashSet::new();
    for record in records {
        if !seen.insert(key(&record.value)) {
            record.problem("id", format!("{kind} {:?} is defined twice", key(&record.value)), problems);
        }
    }
}

fn requirement(record: &Located<Requirement>, known: &Known<'_>, problems: &mut Problems) {
    let r = &record.value;
    let mut expect = |holds: bool, key: &str, message: &str| {
        if !holds {
            record.problem(key, format!("{}: {message}", r.id), problems);
        }
    };
    expect(r.id.document() == r.document, "id", "the id belongs to another document than the file");
    expect(!r.roles.is_empty(), "roles", "at least one role is needed");
    expect(!r.transports.is_empty(), "transports", "at least one transport is needed");
    expect(!r.source_lines.contains(&0), "source_lines", "lines count from 1");
    let (of_text, of_threat) = (!r.source_lines.is_empty(), !r.sources.is_empty());
    if r.document.is_robustness() {
        expect(of_threat && !of_text, "sources", "robustness has `sources` and no `source_lines`");
    } else {
        expect(of_text && !of_threat, "source_lines", "a document has `source_lines` and no `sources`");
    }
    let by_level = r.level == Level::Robustness;
    expect(by_level == r.document.is_robustness(), "level", "the level `robustness` is that of robustness");
    expect(!r.is_testable() || r.fault.is_some(), "testability", "a testable entry needs a fault");
    expect(r.is_testable() || r.fault.is_none(), "fault", "an entry that cannot be tested has no fault");
    let from_octets = r.testability == Testability::Wire;
    expect(
        from_octets == r.testability_reason.is_none(),
        "testability",
        "every testability but wire needs a reason",
    );
    let for_authors = r.roles.contains(&Role::SpecAuthor);
    expect(!for_authors || !r.is_testable(), "testability", "nothing that binds authors only can be tested");
    for (key, text) in prose(r) {
        known.expect_in_prose(record, key, text, problems);
    }
    if let Some(fault) = &r.fault {
        self::fault(record, fault, known, problems);
    }
}

/// The free text of an entry, by key.
fn prose(r: &Requirement) -> impl Iterator<Item = (&'static str, &str)> {
    let always =
        [("statement", &r.statement), ("stimulus", &r.stimulus), ("pass", &r.pass), ("fail", &r.fail)];
    let sometimes =
        [("testability_reason", &r.testability_reason), ("ambiguity", &r.ambiguity), ("history", &r.history)];
    let sometimes = sometimes.into_iter().filter_map(|(key, text)| text.as_deref().map(|text| (key, text)));
    always.into_iter().map(|(key, text)| (key, text.as_str())).chain(sometimes)
}

fn fault(record: &Located<Requirement>, fault: &Fault, known: &Known<'_>, problems: &mut Problems) {
    let word =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if !fault.name.contains('-') || !fault.name.split('-').all(word) {
        record.problem(
            "fault",
            format!("`{}` is not lower-case words joined by hyphens", fault.name),
            problems,
        );
    }
    let others: Vec<_> = fault.same_as.iter().chain(&fault.caught_by).cloned().collect();
    known.expect(record, "fault", &others, problems);
}

/// Within a family a fault name belongs to one entry and those that say they have the same fault.
fn fault_names(requirements: &[Located<Requirement>], problems: &mut Problems) {
    let mut owners: HashMap<(Family, &str), &RequirementId> = HashMap::new();
    for record in requirements {
        let Some(fault) = record.value.fault.as_ref().filter(|fault| fault.same_as.is_none()) else {
            continue;
        };
        let family = record.value.document.family();
        if let Some(owner) = owners.insert((family, &fault.name), &record.value.id) {
            record.problem("fault", format!("fault `{}` belongs to {owner} already", fault.name), problems);
        }
    }
}

fn readings(parsed: &Parsed, known: &Known<'_>, problems: &mut Problems) {
    for record in &parsed.readings {
        let r = &record.value;
        for (key, text) in
            [("problem", &r.problem), ("interpretation", &r.interpretation), ("verdict", &r.verdict)]
        {
            known.expect_in_prose(record, key, text, problems);
        }
    }
    for record in &parsed.rules {
        known.expect_in_prose(record, "text", &record.value.text, problems);
    }
    for record in &parsed.field_forms {
        known.expect(record, "entries", &record.value.entries, problems);
    }
}

fn groups(parsed: &Parsed, known: &Known<'_>, problems: &mut Problems) {
    for record in &parsed.groups {
        let group = &record.value;
        known.expect(record, "entries", &group.entries, problems);
        if group.entries.len() < 2 {
            record.problem("entries", "a group has at least two entries", problems);
        }
        for id in group.entries.iter().filter(|id| id.document().family() != group.family) {
            record.problem("entries", format!("{id} is not of the family {}", group.family), problems);
        }
    }
}

fn rollups(parsed: &Parsed, known: &Known<'_>, problems: &mut Problems) {
    for record in &parsed.rollups {
        known.expect(record, "id", std::slice::from_ref(&record.value.id), problems);
        for part in &record.value.gathers {
            if !known.requirements.keys().any(|id| within(id, part)) {
                record.problem("gathers", format!("no entry is named or lies in `{part}`"), problems);
            }
        }
    }
}

fn side_effects(parsed: &Parsed, known: &Known<'_>, problems: &mut Problems) {
    for record in &parsed.side_effects {
        known.expect(record, "of", &record.value.of, problems);
        known.expect(record, "entries", &record.value.entries, problems);
        let families: HashSet<Family> =
            record.value.of.iter().chain(&record.value.entries).map(|id| id.document().family()).collect();
        if families.len() > 1 {
            record.problem(
                "entries",
                "profiles run separately, so no fault of one family shows in the other",
                problems,
            );
        }
    }
}

fn left_out(parsed: &Parsed, known: &Known<'_>, problems: &mut Problems) {
    let whole: HashSet<Document> =
        parsed.left_out.iter().flat_map(|r| r.value.documents.iter().copied()).collect();
    let mut seen = HashSet::new();
    for record in &parsed.left_out {
        known.expect(record, "entries", &record.value.entries, problems);
        for id in &record.value.entries {
            if !seen.insert(id) || whole.contains(&id.document()) {
                record.problem("entries", format!("{id} has a reason already"), problems);
            }
            if known.requirements.get(id.as_str()).is_some_and(|r| !r.is_testable()) {
                record.problem("entries", format!("{id} cannot be tested anyway"), problems);
            }
        }
    }
}
