//! Originating instant messages (RFC 5438 section 7.1.1).

use serde_json::json;

use super::Endpoint;
use super::sent::Sent;
use crate::carrier::{Outgoing, Way};
use crate::common::address::{Party, is_writable, without_parameters};
use crate::common::written::written;
use crate::control::command::{Failure, Send, no_way};
use crate::control::members;
use crate::faults::{Flaw, rfc_letter as spoiled};
use crate::notifications::letter::{Letter, compose};
use crate::notifications::security::Layers;
use crate::notifications::wanted::Kind;
use crate::sip::resolve;
use crate::user::{Action, Outcome};

/// The URI of who does not say who he is (RFC 3323 section 4.1.1.3).
const ANONYMOUS: &str = "sip:anonymous@anonymous.invalid";

impl Endpoint {
    /// Sends a message; where others are named, to a list that is to send it to them.
    pub(super) fn send(&mut self, send: &Send, actions: &mut Vec<Action>) -> Outcome {
        supported(send)?;
        let target = send.to.clone().ok_or_else(|| Failure::Failed("`to` is missing".to_owned()))?;
        let route = resolve(&target, None).filter(|_| is_writable(&target)).ok_or_else(|| no_way(&target))?;
        let letter = self.letter(send, &target)?;
        let named = !letter.kinds.is_empty() && !spoiled::is_nameless(self.conduct, &letter);
        let id = named.then(|| self.identifiers.for_message());
        let now = self.clock.now();
        let mut draft = compose(&letter, id.as_deref(), now);
        draft.target.clone_from(&target);
        spoiled::spoil(self.conduct, &mut draft, &letter);
        let mut outgoing = draft.into_outgoing(&letter.from, Way::of(send.mode, route));
        outgoing = self.sealed(send, outgoing, &Party::of(&target))?;
        self.accompany(&mut outgoing);
        actions.push(Action::Send(Box::new(outgoing)));
        if let Some(id) = id.clone() {
            self.sent.remember(Sent { id, to: Party::of(&target), at: now });
        }
        Ok(members(json!({"message_id": id})))
    }

    /// The message as it was asked for: signed, encrypted, or both.
    fn sealed(&self, send: &Send, outgoing: Outgoing, to: &Party) -> Result<Outgoing, Failure> {
        let layers = Layers { sign: send.sign, encrypt: send.encrypt };
        if layers.sign && !self.security.can_sign() {
            return Err(Failure::Failed("`sign` needs an `identity`".to_owned()));
        }
        let without = || Failure::Failed("`encrypt` needs the certificate of the recipient".to_owned());
        self.security.close(outgoing, layers, to).ok_or_else(without)
    }

    fn letter(&self, send: &Send, target: &str) -> Result<Letter, Failure> {
        let recipients: Vec<_> =
            send.recipients.iter().map(|recipient| without_parameters(&recipient.uri).to_owned()).collect();
        if !recipients.iter().all(|uri| is_writable(uri)) {
            return Err(Failure::Failed("`recipients` takes URIs".to_owned()));
        }
        let is_anonymous = send.hide_sender || self.policies.hide_sender(&[Party::of(target)]);
        // Nobody could be told (section 12.1.1).
        let is_silent = is_anonymous && !self.conduct.has(Flaw::AnonymousWithRequest);
        let kinds = self.kinds(send)?;
        Ok(Letter {
            from: if is_anonymous { ANONYMOUS.to_owned() } else { self.address.clone() },
            to: without_parameters(target).to_owned(),
            recipients,
            written: written(send)?,
            kinds: if is_silent { Vec::new() } else { kinds },
            is_required: send.require,
            mode: send.mode,
        })
    }

    /// What to ask for, each once.
    fn kinds(&self, send: &Send) -> Result<Vec<Kind>, Failure> {
        let mut kinds = Vec::new();
        for word in &send.receipts {
            let unknown = || Failure::Unsupported(format!("`receipts` of this profile has no `{word}`"));
            let kind = Kind::of(word).ok_or_else(unknown)?;
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        Ok(kinds)
    }
}

fn supported(send: &Send) -> Result<(), Failure> {
    let other = send.report || send.list_action.is_some() || send.original_from;
    let checks = [
        (
            send.profile.as_deref().is_some_and(|profile| profile != "rfc5438"),
            "`profile` can only be `rfc5438`",
        ),
        (other, "that belongs to other profiles"),
    ];
    match checks.into_iter().find(|(broken, _)| *broken) {
        Some((_, why)) => Err(Failure::Unsupported(why.to_owned())),
        None => Ok(()),
    }
}
