//! What the schema cannot say: names, requirements, selectors, commands, and what belongs together.

mod assertion;
mod cast;
mod command;
mod document;
mod hostile;
mod names;
mod requirement;
mod selector;
mod send;
mod step;

use std::ops::Range;
use std::sync::Arc;

use ledger::{Document, Ledger, Role};
use wire::profile::{self, Profile};

use crate::diagnostic::Diagnostic;
use crate::model::{Generator, Scenario, ScenarioFile, Variant};
use crate::source::Source;
use crate::strict::{Node, closest};
use crate::suite;

use names::{Meaning, Names};

/// What other rooms know and scenarios refer to.
#[derive(Clone, Copy, Debug)]
pub struct Vocabulary<'a> {
    /// Requirements, readings, documents.
    pub ledger: &'a Ledger,
    /// The built-in checks that an assertion may name.
    pub checks: &'a [&'a str],
}

/// Longest value that can be generated, in characters.
const LONGEST_VALUE: u32 = 65_535;

/// The mistakes of one file.
pub(crate) fn file(
    file: &ScenarioFile,
    tree: &Node,
    source: &Arc<Source>,
    vocabulary: Vocabulary<'_>,
) -> Vec<Diagnostic> {
    let mut checker = Checker {
        vocabulary,
        source,
        document: file.document,
        profile: profile::by_name(file.document.as_str()),
        role: None,
        instances: 1,
        variants: Vec::new(),
        slow: false,
        parallel: false,
        rounds: Vec::new(),
        names: Names::default(),
        problems: Vec::new(),
    };
    checker.section(&file.section, tree);
    if file.scenarios.is_empty() {
        checker.report(tree.at("scenarios").head(), "a file has to have a scenario");
    }
    for (index, scenario) in file.scenarios.iter().enumerate() {
        checker.scenario(scenario, tree.at("scenarios").item(index));
    }
    checker.problems
}

/// Walks the types and the tree side by side.
struct Checker<'a> {
    vocabulary: Vocabulary<'a>,
    source: &'a Arc<Source>,
    document: Document,
    profile: Option<&'static Profile>,
    /// Of the scenario at hand, if it can be played.
    role: Option<Role>,
    /// Of the scenario at hand.
    instances: u32,
    /// Of the scenario at hand.
    variants: Vec<Variant>,
    /// Whether the scenario at hand may take minutes.
    slow: bool,
    /// Whether rounds run side by side here.
    parallel: bool,
    /// The names that have a value for each round here, with all of their values.
    rounds: Vec<(String, Vec<String>)>,
    names: Names,
    problems: Vec<Diagnostic>,
}

impl Checker<'_> {
    fn error(&self, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.source, span, message)
    }

    fn report(&mut self, span: Range<usize>, message: impl Into<String>) {
        let problem = self.error(span, message);
        self.problems.push(problem);
    }

    fn report_with(&mut self, span: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        let problem = self.error(span, message).help(help);
        self.problems.push(problem);
    }

    /// A section has to be one in which, or below which, a requirement of the document stands.
    fn section(&mut self, section: &str, tree: &Node) {
        let document = self.document;
        let below = |known: &str| {
            known.strip_prefix(section).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let ledger = self.vocabulary.ledger;
        let mut known = ledger.of_document(document).flat_map(|requirement| requirement.section.split(','));
        if known.any(|known| below(known.trim())) {
            return;
        }
        let all = ledger.of_document(document).flat_map(|requirement| requirement.section.split(','));
        let help = closest(section, all.map(str::trim)).map(|meant| format!("did you mean `{meant}`?"));
        let message = format!("no requirement of {document} stands in section `{section}`");
        let problem = self.error(tree.at("section").span.clone(), message);
        self.problems.push(Diagnostic { help, ..problem });
    }

    fn scenario(&mut self, scenario: &Scenario, node: &Node) {
        self.role = self.playable(scenario.role, node);
        self.instances = scenario.instances;
        self.variants = scenario.variants().to_vec();
        self.kebab(&scenario.id, node.at("id"));
        self.transports(scenario, node);
        self.slowness(scenario, node);
        if scenario.instances == 0 {
            self.report(node.at("instances").span.clone(), "`instances` has to be at least 1");
        }
        let outer = self.names.enter();
        self.names.bind("iut", Meaning::Iut);
        self.hostility(scenario, node);
        self.cast(scenario, node);
        self.values(scenario, node);
        if scenario.steps.is_empty() {
            self.report(node.at("steps").head(), "a scenario has to have a step");
        }
        self.steps(&scenario.steps, node.at("steps"));
        self.leave(outer);
        if !scenario.steps.is_empty() && suite::judged(&scenario.steps).is_empty() {
            let help =
                "name a requirement by `judges` in an assertion, an `answer`, a `missing` or a `quiet`";
            self.report_with(node.at("id").span.clone(), "a scenario that judges nothing", help);
        }
    }

    fn kebab(&mut self, id: &str, node: &Node) {
        let words = id.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        });
        if !words {
            let help = "lower-case words joined by hyphens, such as `report-by-a-relay`";
            self.report_with(node.span.clone(), format!("`{id}` cannot be the id of a scenario"), help);
        }
    }

    /// Only roles that requirements of the document's family bind can be played. What binds every user agent is judged where
    /// the IUT plays one of them.
    fn playable(&mut self, role: Role, node: &Node) -> Option<Role> {
        let document = self.document;
        if document.is_robustness() && role != Role::SpecAuthor {
            return Some(role);
        }
        if role == Role::UaAny {
            let help = "name the part that it plays; what binds `ua-any` can be judged in each of them";
            let message = "no implementation plays every user agent";
            self.report_with(node.at("role").span.clone(), message, help);
            return None;
        }
        let mut family =
            self.vocabulary.ledger.iter().filter(|one| one.document.family() == document.family());
        if role != Role::SpecAuthor && family.any(|one| one.roles.contains(&role)) {
            return Some(role);
        }
        let message = format!("{document} knows no role `{role}` that an implementation could play");
        self.report(node.at("role").span.clone(), message);
        None
    }

    fn values(&mut self, scenario: &Scenario, node: &Node) {
        for entry in node.entry("values").map_or(&[][..], |values| values.value.entries()) {
            let Some(generator) = scenario.values.get(&entry.key) else { continue };
            let length = match generator {
                Generator::Random(length) | Generator::Token(length) => Some(*length),
                Generator::EveryTokenCharacter | Generator::Text(_) => None,
                Generator::Repeat(_) | Generator::Nest(_) => {
                    self.longest(generator, &entry.value);
                    None
                }
            };
            if length.is_some_and(|length| length == 0 || length > LONGEST_VALUE) {
                self.report(entry.value.span.clone(), format!("a value has 1 to {LONGEST_VALUE} characters"));
            }
            if !is_name(&entry.key) {
                self.report_with(entry.key_span.clone(), format!("`{}` cannot be a name", entry.key), NAME);
            }
            self.define_used(&entry.key, Meaning::Value, &entry.key_span, "leave the value out");
        }
    }
}

const NAME: &str = "a name begins with a letter and has letters, digits and hyphens";

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
