//! Sessions that this side opens.

use super::dialog::Dialog;
use super::media::{Local, Remote};
use super::{Session, Sessions, Stage, owner};
use crate::carrier::SessionId;
use crate::sip::{Response, Route, Stack};

impl Sessions {
    /// Calls somebody.
    pub(super) fn open(
        &mut self,
        stack: &mut Stack,
        (from, to): (&str, &str),
        route: Route,
        hops: u8,
    ) -> SessionId {
        let dialog = Dialog::calling(from, to, stack.mark(""), stack.mark(""));
        let mut local = Local::new(self.network.local());
        let offer = local.offer();
        // The branch is known when the INVITE is out.
        let stage = Stage::Calling { branch: String::new() };
        let id = self.put(Session::new(dialog, stage, local, hops));
        if let Some(session) = self.sessions.get_mut(&id) {
            let mut invite = session.dialog.invite(stack.local(), route, offer, owner(id));
            invite.hops = hops;
            session.stage = Stage::Calling { branch: stack.send(&invite) };
        }
        id
    }

    /// A response to a request of a session came, or no more will come; or nobody has acknowledged what this side
    /// answered.
    pub(crate) fn answered(&mut self, stack: &mut Stack, call: u64, response: Option<&Response>) {
        let id = SessionId(call);
        let Some(session) = self.sessions.get(&id) else { return };
        let status = response.and_then(|response| response.message().status());
        match (&session.stage, response, status) {
            (Stage::Calling { .. } | Stage::Leaving { .. }, Some(_), Some(..200)) => self.cancel(stack, id),
            (Stage::Calling { .. } | Stage::Leaving { .. }, Some(response), Some(200..300)) => {
                self.accepted(stack, id, response);
            }
            (Stage::Calling { .. } | Stage::Leaving { .. }, ..) => self.remove(id, status),
            // Nobody acknowledges what this side has accepted.
            (Stage::Open | Stage::Offered | Stage::Parting, ..) => self.part(stack, id),
        }
    }

    /// Ends a session that waits for no ACK any more.
    pub(super) fn part(&mut self, stack: &mut Stack, id: SessionId) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.unacknowledged = false;
        }
        self.end(stack, id, None);
    }

    /// The INVITE is known at the other side; if nobody wants it any more, it can be taken back now.
    fn cancel(&mut self, stack: &mut Stack, id: SessionId) {
        if let Some(Session { stage: Stage::Leaving { branch, cancelled }, .. }) = self.sessions.get_mut(&id)
            && !std::mem::replace(cancelled, true)
        {
            stack.cancel(branch);
        }
    }

    /// RFC 3261 section 13.2.2.4: whatever follows, the response is acknowledged.
    fn accepted(&mut self, stack: &mut Stack, id: SessionId, response: &Response) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let message = response.message();
        let complete = session.dialog.accepted(&message, &response.source);
        if let Some(ack) = session.dialog.ack() {
            stack.acknowledge(&response.branch, &ack);
        }
        let wanted = session.is_usable() && complete;
        // Whatever it was before, it can be ended by a BYE now.
        session.stage = Stage::Open;
        match Remote::read(message.body()).filter(|_| wanted) {
            Some(remote) => {
                let side = remote.answered();
                self.connect(id, remote, side);
            }
            None => self.end(stack, id, Some(super::NOT_ACCEPTABLE)),
        }
    }
}
