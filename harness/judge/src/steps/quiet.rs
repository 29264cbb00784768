//! What may not come.

use std::sync::Arc;

use record::{EventId, EventKind, Purpose, StepOutcome};
use scenario::model::{Kind, Quiet};

use super::locate::all;
use super::{Place, Walk, blank};
use crate::capture::Message;
use crate::evidence;
use crate::verdict::Finding;

/// Most messages that one finding shows.
const MOST_SHOWN: usize = 4;

impl Walk<'_> {
    pub(super) fn quiet(&mut self, quiet: &Quiet, place: &Place, outcome: &StepOutcome) {
        let ids = quiet.judges.as_slice();
        let about = match self.meant(quiet) {
            Ok(about) => about,
            Err(why) => return self.inconclusive(all(&quiet.judges, &quiet.at), &why, &[]),
        };
        let unwanted = self.unwanted(quiet, about);
        if !unwanted.is_empty() {
            let evidence = unwanted.iter().take(MOST_SHOWN);
            let finding = Finding {
                oracle: "quiet".to_owned(),
                message: sentence(&unwanted),
                admissible: quiet.say.clone().unwrap_or_else(|| "Nothing comes.".to_owned()),
                reading: quiet.reading.clone(),
                asserted_at: Some(quiet.at.clone()),
                evidence: evidence.map(|message| evidence::whole(message, "not wanted here")).collect(),
                ..blank()
            };
            // Later steps would take what came too early for what they wait for.
            self.break_off(
                &place.path,
                format!("an earlier quiet was broken. {}", finding.message),
                Vec::new(),
            );
            return self.charge(ids, quiet.otherwise, &finding);
        }
        if let Some(unread) = self.unread(quiet) {
            let evidence = evidence::whole(&unread, "nobody can read this");
            let why = "the IUT sent something in a session that is no complete message";
            return self.inconclusive(all(&quiet.judges, &quiet.at), why, &[evidence]);
        }
        let why = match (&self.doubt, outcome) {
            (_, outcome) if *outcome != StepOutcome::Elapsed => {
                Some(format!("the quiet window was cut short{}", self.waited(place)))
            }
            (Some(doubt), _) => Some(format!("nothing came, but {doubt}")),
            (None, _) if !self.provoked() => {
                Some("nothing was done that could have provoked a message".into())
            }
            (None, _) => None,
        };
        match why {
            Some(why) => self.inconclusive(all(&quiet.judges, &quiet.at), &why, &[]),
            None => self.docket.pass(ids),
        }
    }

    /// The message that unwanted ones would be about, if the step names one.
    fn meant(&self, quiet: &Quiet) -> Result<Option<EventId>, String> {
        let Some(name) = &quiet.about else { return Ok(None) };
        let message =
            self.environment.message(name).ok_or_else(|| format!("no message is named `{name}` here"))?;
        Ok(Some(message.event))
    }

    /// What came and no `expect` took.
    fn unwanted(&self, quiet: &Quiet, about: Option<EventId>) -> Vec<Arc<Message>> {
        let kind = quiet.message.unwrap_or(Kind::Any);
        let role = self.case.scenario.role;
        let loose = |message: &Message| self.capture.is_tolerant(role, &message.peer);
        let at_peer = |message: &Message| is_at(quiet, message);
        let left = self.capture.of_iut().filter(|message| !self.taken.contains(&message.event));
        let tells = |message: &Message| {
            let wanted = quiet.disposition.as_ref();
            wanted.is_none_or(|wanted| self.capture.may_tell(message.event, wanted))
        };
        let left = left.filter(|message| tells(message));
        let left =
            left.filter(|message| at_peer(message) && self.capture.fits(message, kind, None, loose(message)));
        left.filter(|m| about.is_none_or(|about| self.capture.is_about(m.event, about) == Some(true)))
            .cloned()
            .collect()
    }

    /// What came and could be a message that was not to come, if it could be read.
    fn unread(&self, quiet: &Quiet) -> Option<Arc<Message>> {
        self.capture.unread().into_iter().find(|message| is_at(quiet, message))
    }

    /// Whether anything was done to the IUT at all (vacuity guard).
    fn provoked(&self) -> bool {
        self.case.record.events.iter().take(self.now.0 as usize).any(|event| {
            let sent = matches!(event.kind, EventKind::Sent { purpose: Purpose::Request | Purpose::Raw, .. });
            sent || matches!(event.kind, EventKind::Command { .. })
        })
    }
}

/// Whether a step looks at what came there.
fn is_at(quiet: &Quiet, message: &Message) -> bool {
    quiet.peers.is_empty() || quiet.peers.iter().any(|peer| **peer == *message.peer)
}

fn sentence(unwanted: &[Arc<Message>]) -> String {
    match unwanted {
        [one] => format!("A {} came to {} that was not to come.", one.method, one.peer),
        many => format!("{} requests came that were not to come.", many.len()),
    }
}
