//! Commands to the driver and their replies.

use record::{EventId, EventKind, StepOutcome};
use scenario::model::Command;

use super::locate::asserted;
use super::{Place, Walk};
use crate::assertion::Subject;

/// Commands that provoke nothing, so that their lack explains no silence.
const PROVOKE_NOTHING: &[&str] = &["log"];

/// Commands that fail where there is nothing to carry them out on, such as a report that is no message to the IUT.
/// That the driver tried and failed explains no silence then.
const MAY_FAIL: &[&str] = &["log", "dispose"];

impl Walk<'_> {
    pub(super) fn command(&mut self, command: &Command, place: &Place, outcome: &StepOutcome) {
        let (why, harmless) = match outcome {
            StepOutcome::Unsupported(what) => (lacks(command, what), PROVOKE_NOTHING),
            StepOutcome::Refused(text) => {
                (format!("the driver failed at `{}`: {text}", command.ask), MAY_FAIL)
            }
            StepOutcome::Elapsed => (format!("the driver did not answer `{}`", command.ask), MAY_FAIL),
            StepOutcome::Done(events) => return self.reply(command, place, events),
            StepOutcome::Skipped(_) => return,
        };
        self.inconclusive(asserted(&command.assert), &why, &[]);
        if !command.optional {
            self.break_off(&place.path, why, Vec::new());
        } else if !harmless.contains(&&*command.ask) {
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

fn lacks(command: &Command, what: &str) -> String {
    format!("the driver lacks `{}` ({what}); add it to the driver to have this judged", command.ask)
}
