//! Sessions that the other side opens, and what it says in any session by SIP.

use wire::sip::Method;

use super::dialog::{Dialog, record_route};
use super::media::{Local, Remote, is_readable};
use super::{MOST_SESSIONS, NOT_ACCEPTABLE, Session, Sessions, Stage, owner, unknown_call};
use crate::carrier::{Answer, SessionId};
use crate::sip::{ALLOWED, Owner, Request, Stack, lossy};

impl Sessions {
    /// Takes an ACK, BYE or CANCEL, or an INVITE in a call.
    pub(crate) fn request(&mut self, stack: &mut Stack, request: &Request) {
        let message = request.message();
        let id = self.dialog_of(request);
        match (message.method(), id) {
            (Some(Method::CANCEL), _) => self.cancelled(stack, request),
            (Some(Method::ACK), Some(id)) => self.acknowledged(stack, request, id),
            (Some(Method::ACK), None) => {}
            (_, None) => stack.respond(request, &unknown_call()),
            (_, Some(id)) => self.in_dialog(stack, request, id),
        }
    }

    /// The session whose dialog a request belongs to (RFC 3261 section 12.2.2).
    fn dialog_of(&self, request: &Request) -> Option<SessionId> {
        let message = request.message();
        let (call_id, local, remote) =
            (lossy(message.call_id()?), lossy(message.to_tag()?), message.from_tag().map(lossy));
        let is_it = |session: &Session| {
            let dialog = &session.dialog;
            dialog.call_id == call_id && dialog.local_tag == local && dialog.remote_tag == remote
        };
        self.find(is_it).pop()
    }

    fn in_dialog(&mut self, stack: &mut Stack, request: &Request, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if !session.dialog.follow(request) {
            return stack.respond(request, &Answer::new(500, "Server Internal Error: CSeq is not greater"));
        }
        if request.message().method() == Some(Method::BYE) {
            stack.respond(request, &Answer::ok());
            return self.remove(id, None);
        }
        self.invited_again(stack, request, id);
    }

    /// Takes an INVITE that begins a call (RFC 3261 section 13.3.1, RFC 3264 section 6).
    pub(crate) fn invited(&mut self, stack: &mut Stack, request: &Request) {
        let tag = stack.mark("");
        let Some(dialog) = Dialog::called(request, tag) else {
            return stack.respond(request, &Answer::new(400, "Bad Request: no Contact"));
        };
        if self.sessions.len() >= MOST_SESSIONS {
            return stack.respond(request, &Answer::new(503, "Service Unavailable: too many sessions"));
        }
        let offer = request.body();
        let remote = match understood(&offer) {
            Ok(remote) => remote,
            Err(refusal) => return stack.respond(request, &refusal),
        };
        let mut session =
            Session::new(dialog, Stage::Offered, Local::new(self.network.local()), request.hops());
        let description = match &remote {
            Some(remote) => session.local.answer(&offer, remote, remote.offered()),
            None => session.local.offer(),
        };
        let id = self.put(session);
        self.accept(stack, request, id, &description);
        if let Some(remote) = remote {
            let side = remote.offered();
            self.connect(id, remote, side);
        }
    }

    /// RFC 3261 section 14.2: what is refused changes nothing.
    fn invited_again(&mut self, stack: &mut Stack, request: &Request, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if !matches!(session.stage, Stage::Open | Stage::Offered) {
            return stack.respond(request, &Answer::new(491, "Request Pending"));
        }
        let offer = request.body();
        let description = match understood(&offer) {
            Err(refusal) => return stack.respond(request, &refusal),
            Ok(None) => {
                session.stage = Stage::Offered;
                session.local.offer()
            }
            Ok(Some(remote)) => {
                let side = remote.offered();
                let description = session.local.answer(&offer, &remote, side);
                self.connect(id, remote, side);
                description
            }
        };
        self.accept(stack, request, id, &description);
    }

    fn accept(&mut self, stack: &mut Stack, request: &Request, id: SessionId, description: &[u8]) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.unacknowledged = true;
        let contact = session.dialog.contact(stack.local(), request.source.transport.name());
        let mut answer = Answer::ok().with("Contact", contact).with("Allow", ALLOWED);
        for proxy in record_route(&request.message()) {
            answer = answer.with("Record-Route", proxy);
        }
        stack.respond_in_call(request, &answer, &session.dialog.local_tag, Some(description), owner(id));
    }

    /// The answer to an offer of this side may come with the ACK (RFC 3261 section 13.2.1).
    fn acknowledged(&mut self, stack: &mut Stack, ack: &Request, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.unacknowledged = false;
        match session.stage {
            Stage::Offered => {}
            Stage::Parting => return self.part(stack, id),
            _ => return,
        }
        match Remote::read(&ack.body()) {
            Some(remote) => {
                let side = remote.answered();
                self.connect(id, remote, side);
            }
            None => self.end(stack, id, Some(NOT_ACCEPTABLE)),
        }
    }

    /// Every INVITE has its final answer by now, so a CANCEL comes too late (RFC 3261 section 9.2).
    fn cancelled(&mut self, stack: &mut Stack, request: &Request) {
        let message = request.message();
        let (call_id, tag) = (message.call_id().map(lossy), message.from_tag().map(lossy));
        let is_it = |session: &Session| {
            Some(&session.dialog.call_id) == call_id.as_ref() && session.dialog.remote_tag == tag
        };
        match self.find(is_it).pop().and_then(|id| self.sessions.get(&id)) {
            Some(session) => {
                stack.respond_in_call(request, &Answer::ok(), &session.dialog.local_tag, None, Owner::None);
            }
            None => stack.respond(request, &unknown_call()),
        }
    }
}

/// What an offer has for this side; nothing if there is no offer.
///
/// # Errors
/// The answer, if that is refused.
fn understood(offer: &[u8]) -> Result<Option<Remote>, Answer> {
    if offer.is_empty() {
        return Ok(None);
    }
    if !is_readable(offer) {
        return Err(Answer::new(400, "Bad Request: the session description cannot be read"));
    }
    Remote::read(offer).map(Some).ok_or_else(|| Answer::new(NOT_ACCEPTABLE, "Not Acceptable Here"))
}
