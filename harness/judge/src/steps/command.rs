//! Commands to the driver and their replies.

use record::{EventId, EventKind, StepOutcome};
use scenario::model::Command;

use super::{Place, Walk, precondition};
use crate::assertion::Subject;

/// Commands that provoke nothing, so that their lack explains no silence.
const PROVOKE_NOTHING: &[&str] = &["log"];

impl Walk<'_> {
    pub(super) fn command(&mut self, command: &Command, place: &Place, outcome: &StepOutcome) {
        let (why, lacking) = match outcome {
            StepOutcome::Unsupported(what) => (lacks(command, what), true),
            StepOutcome::Refused(text) => (format!("the driver failed at `{}`: {text}", command.ask), false),
            StepOutcome::Elapsed => (format!("the driver did not answer `{}`", command.ask), false),
            StepOutcome::Done(events) => return self.reply(command, place, events),
            StepOutcome::Skipped(_) => return,
        };
        self.docket.find(command_ids(command), &precondition(why.clone(), Vec::new()));
        if !command.optional {
            self.break_off(&place.path, why, Vec::new());
        } else if lacking && !PROVOKE_NOTHING.contains(&&*command.ask) {
            self.doubt = Some(why);
        }
    }

    fn reply(&mut self, command: &Command, place: &Place, done: &[EventId]) {
        let reply = |event: EventId| match &self.case.record.event(event)?.kind {
            EventKind::Reply { reply, .. } => Some((reply.clone(), event)),
            _ => None,
        };
        let listed = done.iter().rev().find_map(|event| reply(*event));
        let found = listed.or_else(|| self.since(place.began).rev().find_map(|(event, _)| reply(event)));
        let subject = found.map_or(Subject::None, |(reply, event)| Subject::Reply(reply, Some(event)));
        self.assert_all(&command.assert, &subject);
    }
}

fn command_ids(command: &Command) -> Vec<&str> {
    command.assert.iter().flat_map(|assertion| assertion.judges.as_slice()).map(String::as_str).collect()
}

fn lacks(command: &Command, what: &str) -> String {
    format!("the driver lacks `{}` ({what}); add it to the driver to have this judged", command.ask)
}
