//! Which requirements are judged, and what breaking them may be worth.

use ledger::{Requirement, Role};

use super::Checker;
use crate::model::{Ids, Severity};
use crate::strict::{Node, closest};

/// Whether something has to judge a requirement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Judging {
    Must,
    May,
}

impl Checker<'_> {
    /// `judges`, `else` and `reading`, wherever they stand together.
    pub(super) fn charge(
        &mut self,
        node: &Node,
        judges: &Ids,
        otherwise: Option<Severity>,
        reading: Option<&String>,
        judging: Judging,
    ) {
        let ids = judges.as_slice();
        if ids.is_empty() && judging == Judging::Must {
            let help = "name the requirement that it decides: `judges: IMDN-9.1-1`";
            self.report_with(node.at("judges").head(), "an assertion without a requirement", help);
        }
        if ids.is_empty() && judging == Judging::May && (otherwise.is_some() || reading.is_some()) {
            let key = if otherwise.is_some() { "else" } else { "reading" };
            let help = "add `judges`, or leave it out";
            self.report_with(node.at(key).head(), format!("`{key}` without a requirement"), help);
        }
        let here = node.at("judges");
        for (index, id) in ids.iter().enumerate() {
            if ids[..index].contains(id) {
                self.report(here.item(index).span.clone(), format!("`{id}` stands twice"));
            } else {
                self.requirement(id, here.item(index));
            }
        }
        self.reading(reading, node);
    }

    fn requirement(&mut self, id: &str, at: &Node) {
        let span = at.span.clone();
        let Some(requirement) = self.vocabulary.ledger.get(id) else {
            let known = self.vocabulary.ledger.iter().map(|one| one.id.as_str());
            let help = closest(id, known).map(|meant| format!("did you mean `{meant}`?"));
            let help = help.unwrap_or_else(|| "`imdnspec requirements` lists them".into());
            return self.report_with(span, format!("there is no requirement `{id}`"), help);
        };
        if let Some((message, help)) = self.objection(requirement) {
            self.report_with(span, message, help);
        }
    }

    /// Why a scenario of this role and document cannot judge a requirement.
    fn objection(&self, requirement: &Requirement) -> Option<(String, String)> {
        let id = &requirement.id;
        if !requirement.is_testable() {
            let reason = requirement.testability_reason.clone().unwrap_or_default();
            return Some((
                format!("{id} cannot be judged by a scenario: {}", requirement.testability),
                reason,
            ));
        }
        let document = self.document;
        if requirement.document.family() != document.family() {
            let message = format!(
                "{id} belongs to the {}, {document} to the {}",
                requirement.document.family(),
                document.family()
            );
            return Some((message, "profiles of the two families run separately".into()));
        }
        let role = self.role?;
        if !requirement.binds_any(&[role, Role::UaAny]) {
            let bound: Vec<_> = requirement.roles.iter().map(|role| role.as_str()).collect();
            let message = format!("{id} does not bind the role {role}");
            return Some((message, format!("it binds {}", bound.join(", "))));
        }
        None
    }

    fn reading(&mut self, reading: Option<&String>, node: &Node) {
        let Some(reading) = reading.filter(|id| self.vocabulary.ledger.reading(id).is_none()) else { return };
        let known = self.vocabulary.ledger.readings().iter().map(|one| one.id.as_str());
        let help = closest(reading, known).map(|meant| format!("did you mean `{meant}`?"));
        let help = help.unwrap_or_else(|| "readings are called I-01, R-01 and so on".into());
        self.report_with(node.at("reading").span.clone(), format!("there is no reading `{reading}`"), help);
    }
}
