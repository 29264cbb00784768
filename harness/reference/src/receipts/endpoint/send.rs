//! Originating instant messages (sections 3.1, 6.1.1 and 7.1.1).

use serde_json::json;

use super::Endpoint;
use super::letter::{Letter, compose};
use super::sent::Sent;
use crate::carrier::{Mode, Way};
use crate::common::address::{Party, is_writable, without_parameters};
use crate::common::written::written;
use crate::control::command::{Failure, Send, no_way};
use crate::control::members;
use crate::faults::{Defect, letter as spoiled};
use crate::receipts::wanted::Kind;
use crate::sip::resolve;
use crate::user::{Action, Outcome};

impl Endpoint {
    /// Sends a message; where others are named, to a list that is to send it to them.
    pub(super) fn send(&mut self, send: &Send, actions: &mut Vec<Action>) -> Outcome {
        supported(send)?;
        let target = send.to.clone().ok_or_else(|| Failure::Failed("`to` is missing".to_owned()))?;
        let route = resolve(&target, None).filter(|_| is_writable(&target)).ok_or_else(|| no_way(&target))?;
        let letter = self.letter(send, &target)?;
        let named = !letter.receipts.is_empty() && !spoiled::is_nameless(self.conduct, &letter);
        let id = self.identifiers.for_message().filter(|_| named);
        let now = self.clock.now();
        let mut draft = compose(&letter, id.as_deref(), now);
        draft.target.clone_from(&target);
        spoiled::spoil(self.conduct, &mut draft, &letter);
        let outgoing = draft.into_outgoing(&self.address, Way::of(send.mode, route));
        actions.push(Action::Send(Box::new(outgoing)));
        if let Some(id) = id.clone() {
            self.sent.remember(Sent { id, to: Party::of(&target), recipients: letter.recipients, at: now });
        }
        Ok(members(json!({"message_id": id})))
    }

    fn letter(&self, send: &Send, target: &str) -> Result<Letter, Failure> {
        let recipients: Vec<_> =
            send.recipients.iter().map(|recipient| without_parameters(&recipient.uri).to_owned()).collect();
        if !recipients.iter().all(|uri| is_writable(uri)) {
            return Err(Failure::Failed("`recipients` takes URIs".to_owned()));
        }
        Ok(Letter {
            from: self.address.clone(),
            to: without_parameters(target).to_owned(),
            is_room: send.mode == Mode::Session && (!recipients.is_empty() || is_room(target)),
            recipients,
            written: written(send)?,
            receipts: self.receipts(send)?,
            mode: send.mode,
        })
    }

    /// What to ask for, each once. In a session delivery is not asked for (section 7.1.1).
    fn receipts(&self, send: &Send) -> Result<Vec<Kind>, Failure> {
        let mut kinds = Vec::new();
        for word in &send.receipts {
            let unknown = || Failure::Unsupported(format!("`receipts` of this profile has no `{word}`"));
            let kind = Kind::of(word).ok_or_else(unknown)?;
            let banned = send.mode == Mode::Session && kind != Kind::Read;
            if !kinds.contains(&kind) && (!banned || self.conduct.is(Defect::MsrpRequestsDelivery)) {
                kinds.push(kind);
            }
        }
        Ok(kinds)
    }
}

/// Nothing in MSRP tells a room from a person, so it is told by its address.
fn is_room(uri: &str) -> bool {
    let user = uri.split_once(':').map_or(uri, |(_, user)| user);
    ["room", "conference", "chat"].into_iter().any(|word| user.starts_with(word))
}

fn supported(send: &Send) -> Result<(), Failure> {
    let other = send.report || send.require || send.list_action.is_some() || send.original_from;
    let checks = [
        (
            send.profile.as_deref().is_some_and(|profile| profile != "receipts-00"),
            "`profile` can only be `receipts-00`",
        ),
        (other || send.hide_sender, "that belongs to other profiles"),
        (send.sign || send.encrypt, "this agent neither signs nor encrypts"),
    ];
    match checks.into_iter().find(|(broken, _)| *broken) {
        Some((_, why)) => Err(Failure::Unsupported(why.to_owned())),
        None => Ok(()),
    }
}
