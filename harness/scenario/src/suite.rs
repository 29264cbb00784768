//! Scenarios, loaded and checked, with what follows from them.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use ledger::{CoverageItem, Document, RequirementId, Role};

use crate::check::{self, Vocabulary};
use crate::control;
use crate::describe;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::locate;
use crate::model::{Assertion, Command, Ids, Scenario, ScenarioFile, Step, Value};
use crate::source::Source;
use crate::strict::{self, Loaded};

/// Scenarios that can be run. Copies of a suite share them.
#[derive(Clone, Debug, Default)]
pub struct Suite {
    /// In the order of the files and of the scenarios in them.
    pub scenarios: Vec<Arc<LoadedScenario>>,
}

/// A scenario that can be run.
#[derive(Clone, Debug)]
pub struct LoadedScenario {
    /// The document whose section it is about.
    pub document: Document,
    /// The section.
    pub section: String,
    /// Document and name: `imdn-03/report-leaves-by-itself`.
    pub id: String,
    /// The role that the IUT plays.
    pub role: Role,
    /// The scenario itself.
    pub scenario: Scenario,
    /// The file it stands in.
    pub source: Arc<Source>,
    /// The commands it asks for.
    pub commands: Commands,
    /// What it judges, assertion by assertion.
    pub judges: Vec<Judged>,
    /// Whether no other scenario may run in its processes meanwhile.
    pub needs_own_process: bool,
}

/// The commands of a scenario, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commands {
    /// Without these it cannot run.
    pub required: BTreeSet<&'static str>,
    /// Without these it runs, and says less.
    pub optional: BTreeSet<&'static str>,
}

/// A requirement that an assertion judges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The requirement.
    pub requirement: RequirementId,
    /// The assertion in words.
    pub assertion: String,
    /// Where it stands in the file.
    pub at: Range<usize>,
}

impl LoadedScenario {
    /// What it adds to the coverage of the ledger.
    pub fn coverage(&self) -> impl Iterator<Item = CoverageItem> + '_ {
        self.judges.iter().map(|judged| CoverageItem {
            requirement: judged.requirement.clone(),
            scenario: self.id.clone(),
            assertion: judged.assertion.clone(),
        })
    }

    /// The requirements it judges, each once, in the order of their names.
    pub fn requirements(&self) -> BTreeSet<&RequirementId> {
        self.judges.iter().map(|judged| &judged.requirement).collect()
    }
}

/// Loads and checks scenario files.
///
/// # Errors
/// Every mistake of every file: those of [`strict::load`], and everything that refers to nothing, contradicts itself or
/// could never be judged.
pub fn load_scenarios(sources: &[Source], vocabulary: &Vocabulary<'_>) -> Result<Suite, Diagnostics> {
    let schema = crate::schema();
    let mut problems = Vec::new();
    let mut suite = Suite::default();
    let mut ids = HashMap::new();
    for source in sources {
        match strict::load_by::<ScenarioFile>(&schema, &Arc::new(source.clone())) {
            Err(found) => problems.extend(found),
            Ok(mut loaded) => {
                locate::file(&mut loaded.value, &loaded.tree);
                problems.extend(check::file(&loaded.value, &loaded.tree, &loaded.source, *vocabulary));
                problems.extend(unique(&loaded, &mut ids));
                suite.scenarios.extend(finish(loaded).into_iter().map(Arc::new));
            }
        }
    }
    if problems.is_empty() { Ok(suite) } else { Err(problems.into_iter().collect()) }
}

/// Where the ids of scenarios were seen first.
type Seen = HashMap<String, (Arc<Source>, Range<usize>)>;

fn unique(loaded: &Loaded<ScenarioFile>, ids: &mut Seen) -> Vec<Diagnostic> {
    let file = &loaded.value;
    let mut problems = Vec::new();
    for (index, scenario) in file.scenarios.iter().enumerate() {
        let span = loaded.tree.at("scenarios").item(index).at("id").span.clone();
        let id = format!("{}/{}", file.document, scenario.id);
        if let Some((source, first)) = ids.get(&id) {
            let problem =
                Diagnostic::error(&loaded.source, span, format!("there is a scenario `{id}` already"));
            problems.push(problem.related(source, first.clone(), "it stands here"));
        } else {
            ids.insert(id, (Arc::clone(&loaded.source), span));
        }
    }
    problems
}

/// The scenarios of a file that has passed.
fn finish(loaded: Loaded<ScenarioFile>) -> Vec<LoadedScenario> {
    let Loaded { value: file, source, .. } = loaded;
    let document = file.document;
    let finish = |scenario: Scenario| {
        let (commands, takes_process) = commands(&scenario);
        LoadedScenario {
            document,
            section: file.section.clone(),
            id: format!("{document}/{}", scenario.id),
            role: scenario.role,
            source: Arc::clone(&source),
            commands,
            judges: judged(&scenario.steps),
            needs_own_process: takes_process || scenario.instances > 1,
            scenario,
        }
    };
    file.scenarios.into_iter().map(finish).collect()
}

/// The commands, and whether one of them takes the whole process.
fn commands(scenario: &Scenario) -> (Commands, bool) {
    let asked = Step::all(&scenario.steps).into_iter().filter_map(|step| match step {
        Step::Command(command) => Some((command, control::command(&command.ask)?)),
        _ => None,
    });
    let asked: Vec<(&Command, &'static control::Command)> = asked.collect();
    let named = |optional: bool| {
        asked.iter().filter(move |(step, _)| step.optional == optional).map(|(_, known)| known.name)
    };
    let required: BTreeSet<_> = named(false).collect();
    let optional = named(true).filter(|name| !required.contains(name)).collect();
    let takes_process =
        asked.iter().any(|(step, known)| known.takes_process && !defines_own_list(step, scenario));
    (Commands { required, optional }, takes_process)
}

/// Whether it defines a list that only this scenario uses, so that it disturbs nobody.
fn defines_own_list(command: &Command, scenario: &Scenario) -> bool {
    let Some(Value::Text(uri)) = command.with.get("uri").filter(|_| command.ask == "list") else {
        return false;
    };
    let own = |list: &String| uri.0 == format!("${{{list}.uri}}");
    scenario.lists.iter().any(own)
}

pub(crate) fn judged(steps: &[Step]) -> Vec<Judged> {
    let mut all = Vec::new();
    for step in Step::all(steps) {
        match step {
            Step::Send(send) => {
                if let Some(answer) = &send.answer {
                    note(&mut all, &answer.judges, describe::answer(answer), &answer.at);
                }
            }
            Step::Expect(expect) => {
                if let Some(missing) = &expect.missing {
                    note(&mut all, &missing.judges, describe::missing(expect, missing), &missing.at);
                }
                assertions(&mut all, &expect.assert);
            }
            Step::Quiet(quiet) => note(&mut all, &quiet.judges, describe::quiet(quiet), &quiet.at),
            Step::Command(command) => assertions(&mut all, &command.assert),
            Step::Verify(verify) => assertions(&mut all, &verify.assert),
            Step::Unharmed(unharmed) => {
                note(&mut all, &unharmed.judges, describe::unharmed(unharmed), &unharmed.at);
            }
            Step::Raw(_) | Step::Answer(_) | Step::Repeat(_) | Step::Together(_) | Step::Wait(_) => {}
        }
    }
    all
}

fn assertions(all: &mut Vec<Judged>, assertions: &[Assertion]) {
    for assertion in assertions {
        note(all, &assertion.judges, describe::assertion(assertion), &assertion.at);
    }
}

fn note(all: &mut Vec<Judged>, ids: &Ids, assertion: String, at: &Range<usize>) {
    let ids = ids.as_slice().iter().filter_map(|id| id.parse().ok());
    all.extend(ids.map(|requirement| Judged { requirement, assertion: assertion.clone(), at: at.clone() }));
}
