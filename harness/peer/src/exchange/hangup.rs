//! Ending dialogs (RFC 3261 section 15), and messages outside of client transactions.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Waker};

use bytes::Bytes;
use record::{Ending, EventId, Purpose, Transport};

use super::Exchange;
use crate::member::Member;
use crate::pending::Pending;
use crate::session::Leg;
use crate::tcp::Urgency;

impl Exchange {
    /// Sends BYE; `None` if there is no dialog any more.
    pub(crate) fn hang_up(self: &Arc<Self>, leg: &Arc<Leg>) -> Option<Pending> {
        let mut dialog = leg.dialog().take()?;
        self.sessions.remove_dialog(leg);
        let (to, transport) = dialog.next_hop(leg.known);
        match dialog.bye(&self.outset(transport)) {
            Ok(bye) => Some(self.request(&leg.member, &[bye.into()], transport, to)),
            Err(error) => {
                leg.member.note(format!("the BYE of a session cannot be written: {error}"));
                None
            }
        }
    }

    /// Sends BYE as soon as that is allowed, and waits for its end; then the session leaves its connection.
    pub(crate) async fn close_session(self: &Arc<Self>, leg: &Arc<Leg>, why: &str) -> Option<Ending> {
        let bye = if leg.may_hang_up().await { self.hang_up(leg) } else { None };
        let ending = match bye {
            Some(pending) => Some(pending.await),
            None => None,
        };
        self.end_session(leg, why);
        ending
    }

    /// The peer is about to leave.
    pub(super) fn leave_sessions(self: &Arc<Self>, member: &Arc<Member>) {
        for leg in self.sessions.of_member(member) {
            // What may be sent goes out before the peer is gone, and before its network may be.
            let mut closing = Box::pin({
                let exchange = self.clone();
                async move { exchange.close_session(&leg, "its peer has left the network").await }
            });
            let mut context = Context::from_waker(Waker::noop());
            if closing.as_mut().poll(&mut context).is_pending() {
                self.runtime.spawn(closing);
            }
        }
    }

    /// Records and sends a SIP message outside any client transaction.
    pub(super) fn post(
        self: &Arc<Self>,
        member: &Arc<Member>,
        octets: Bytes,
        (to, transport): (SocketAddr, Transport),
        purpose: Purpose,
    ) -> EventId {
        let event = member.sent(octets.clone(), transport, to, purpose);
        if transport == Transport::Udp {
            self.datagram(member, octets, to);
        } else if let Err(why) = self.connection(member, to).send(&[octets], Urgency::Now) {
            member.note(format!("event {} could not be sent to {to}: {why}", event.0));
        }
        event
    }
}
