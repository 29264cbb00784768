//! Originating instant messages (section 8.1).

use serde_json::{Map, Value, json};

use super::draft::Draft;
use super::request::{Letter, compose};
use super::{Action, Agent, Outcome};
use crate::carrier::Way;
use crate::common::address::{Party, is_writable, without_parameters};
use crate::common::written::written;
use crate::control::command::{Failure, Recipient, Send, no_way};
use crate::control::members;
use crate::faults::{Defect, request as spoiled};
use crate::sip::resolve;

/// A letter and the ways to those who get it.
#[derive(Debug, Clone)]
pub(super) struct Mailing {
    letter: Letter,
    targets: Vec<(String, Way)>,
}

impl Agent {
    /// Sends a message, or one to each of several recipients.
    pub(super) fn send(&mut self, send: Send, actions: &mut Vec<Action>) -> Outcome {
        supported(&send)?;
        let recipients = recipients(&send)?;
        let mailings = self.mailings(&send, &recipients)?;
        let mut ids = Map::new();
        for mailing in mailings {
            let id = self.post(&mailing, actions);
            if let (Some(id), true) = (&id, mailing.letter.report) {
                self.sent.watch(id, &mailing, self.clock.now());
            }
            for (target, _) in mailing.targets {
                ids.insert(target, json!(id));
            }
        }
        Ok(match send.recipients.is_empty() {
            true => members(json!({"message_id": ids.into_iter().next().map(|(_, id)| id)})),
            false => members(json!({"message_ids": Value::Object(ids)})),
        })
    }

    /// Wishes can differ between recipients, and all who get a marked message would report: so each gets a message of
    /// its own (section 8.1.1).
    fn mailings(&self, send: &Send, recipients: &[Recipient]) -> Result<Vec<Mailing>, Failure> {
        let letter = self.letter(send)?;
        let mut mailings = Vec::with_capacity(recipients.len());
        for recipient in recipients {
            let route = resolve(&recipient.uri, None)
                .filter(|_| is_writable(&recipient.uri))
                .ok_or_else(|| no_way(&recipient.uri))?;
            let way = Way::of(send.mode, route);
            let to = vec![without_parameters(&recipient.uri).to_owned()];
            let letter = Letter { to, report: recipient.report, ..letter.clone() };
            mailings.push(Mailing { letter, targets: vec![(recipient.uri.clone(), way)] });
        }
        if self.conduct.is(Defect::MixedRequestSingleMessage) && mailings.len() > 1 {
            return Ok(vec![merged(mailings, letter)]);
        }
        Ok(mailings)
    }

    fn letter(&self, send: &Send) -> Result<Letter, Failure> {
        let written = written(send)?;
        let to = send.to.as_deref().map(Party::of);
        Ok(Letter {
            from: self.address.clone(),
            to: Vec::new(),
            written,
            report: false,
            require: send.require,
            list_action: send.list_action,
            original_from: send.original_from,
            hide_sender: send.hide_sender || self.policies.hide_sender(to.as_slice()),
        })
    }

    /// Sends one message, remembers it, and gives its Message-ID.
    pub(super) fn post(
        &mut self,
        Mailing { letter, targets }: &Mailing,
        actions: &mut Vec<Action>,
    ) -> Option<String> {
        let (id, now) = (self.identifiers.for_message(), self.clock.now());
        let object = compose(letter, id.as_deref(), now);
        let id = id.filter(|_| !(letter.report && self.conduct.is(Defect::RequestWithoutMessageId)));
        for (target, way) in targets {
            let mut draft = Draft::new(object.clone(), target.as_str());
            spoiled::spoil(self.conduct, &mut draft, letter, now);
            let outgoing = draft.into_outgoing(&self.address, way.clone());
            if let Some(id) = &id {
                self.sent.remember(id, Party::of(target), now);
            }
            actions.push(Action::Send(Box::new(outgoing)));
        }
        id
    }
}

impl Mailing {
    /// Whether that party is among those who get it.
    pub(super) fn is_for(&self, party: &Party) -> bool {
        self.targets.iter().any(|(target, _)| Party::of(target) == *party)
    }
}

/// One message for all: what section 8.1.1 forbids where wishes differ.
fn merged(mailings: Vec<Mailing>, letter: Letter) -> Mailing {
    let report = mailings.iter().any(|mailing| mailing.letter.report);
    let to = mailings.iter().flat_map(|mailing| mailing.letter.to.clone()).collect();
    let targets = mailings.into_iter().flat_map(|mailing| mailing.targets).collect();
    Mailing { letter: Letter { to, report, ..letter }, targets }
}

fn supported(send: &Send) -> Result<(), Failure> {
    let checks = [
        (
            send.profile.as_deref().is_some_and(|profile| profile != "imdn-03"),
            "`profile` can only be `imdn-03`",
        ),
        (!send.receipts.is_empty(), "`receipts` belong to other profiles"),
        (send.sign || send.encrypt, "this agent neither signs nor encrypts"),
    ];
    match checks.into_iter().find(|(broken, _)| *broken) {
        Some((_, why)) => Err(Failure::Unsupported(why.to_owned())),
        None => Ok(()),
    }
}

fn recipients(send: &Send) -> Result<Vec<Recipient>, Failure> {
    if !send.recipients.is_empty() {
        return Ok(send.recipients.clone());
    }
    let uri = send.to.clone().ok_or_else(|| Failure::Failed("`to` is missing".to_owned()))?;
    Ok(vec![Recipient { uri, report: send.report }])
}
