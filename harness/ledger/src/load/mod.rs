//! Strict loading of the catalogue: every mistake of every file is reported at once, with file and line.

mod check;
mod error;
mod fields;
mod records;
mod sources;

pub use error::{LoadError, Problem};
pub use sources::{Content, SourceFile};

use crate::interpretation::{FieldForm, Group, LeftOut, Reading, RollUp, Rule, SideEffect};
use crate::{Catalogue, Requirement};
use error::Problems;
use fields::{Located, read_records};

/// Everything that the files say, with the places where they say it.
#[derive(Default)]
struct Parsed {
    requirements: Vec<Located<Requirement>>,
    readings: Vec<Located<Reading>>,
    rules: Vec<Located<Rule>>,
    field_forms: Vec<Located<FieldForm>>,
    groups: Vec<Located<Group>>,
    rollups: Vec<Located<RollUp>>,
    side_effects: Vec<Located<SideEffect>>,
    left_out: Vec<Located<LeftOut>>,
}

/// The files that are built in.
pub(crate) fn embedded() -> &'static [SourceFile<'static>] {
    sources::EMBEDDED
}

/// Reads and checks a whole catalogue.
pub(crate) fn catalogue(files: &[SourceFile<'_>]) -> Result<Catalogue, LoadError> {
    let mut problems = Problems::default();
    let mut parsed = Parsed::default();
    for file in files {
        parsed.add(file, &mut problems);
    }
    check::all(&parsed, &mut problems);
    problems.into_result().map(|()| parsed.into_catalogue())
}

impl Parsed {
    fn add(&mut self, file: &SourceFile<'_>, problems: &mut Problems) {
        match file.content {
            Content::Requirements(document) => {
                let records = read_records(file, problems);
                self.requirements.extend(records.into_iter().map(|mut record: Located<Requirement>| {
                    record.value.document = document;
                    record
                }));
            }
            Content::Readings => self.readings.extend(read_records(file, problems)),
            Content::Rules => self.rules.extend(read_records(file, problems)),
            Content::FieldForms => self.field_forms.extend(read_records(file, problems)),
            Content::Groups => self.groups.extend(read_records(file, problems)),
            Content::RollUps => self.rollups.extend(read_records(file, problems)),
            Content::SideEffects => self.side_effects.extend(read_records(file, problems)),
            Content::LeftOut => self.left_out.extend(read_records(file, problems)),
        }
    }

    fn into_catalogue(self) -> Catalogue {
        fn values<T>(located: Vec<Located<T>>) -> Vec<T> {
            located.into_iter().map(|record| record.value).collect()
        }
        Catalogue {
            requirements: values(self.requirements),
            readings: values(self.readings),
            rules: values(self.rules),
            field_forms: values(self.field_forms),
            groups: values(self.groups),
            rollups: values(self.rollups),
            side_effects: values(self.side_effects),
            left_out: values(self.left_out),
        }
    }
}
