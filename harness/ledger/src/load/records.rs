//! The keys of every kind of record.

use super::fields::from_fields;
use crate::interpretation::{FieldForm, Group, LeftOut, Reading, RollUp, Rule, SideEffect};
use crate::{Document, Requirement};

from_fields!(Requirement {
    id, section, level, roles, transports, statement, stimulus, pass, fail, testability
} optional {
    source_lines, sources, testability_reason, fault, ambiguity, history
} later {
    // The file says which document it is, and the ledger links the readings.
    document: Document::Imdn03, readings: Vec::new()
});
from_fields!(Reading { id, title, passages, problem, interpretation, verdict });
from_fields!(Rule { id, text });
from_fields!(FieldForm { what, entries, verdict });
from_fields!(Group { name, family, entries });
from_fields!(RollUp { id, gathers });
from_fields!(SideEffect { of, entries, reason });
from_fields!(LeftOut { reason } optional { documents, entries });
