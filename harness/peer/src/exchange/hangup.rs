//! Ending dialogs (RFC 3261 section 15), and messages outside of client transactions.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use record::{EventId, Purpose, Transport};

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

    /// The peer is about to leave. Its connections are closed when the other side has had the time to answer.
    pub(super) fn leave_sessions(self: &Arc<Self>, member: &Arc<Member>) {
        for leg in self.sessions.of_member(member) {
            let (bye, exchange) = (self.hang_up(&leg), self.clone());
            self.runtime.spawn(async move {
                if let Some(bye) = bye {
                    bye.await;
                }
                exchange.end_session(&leg, "its peer has left the network");
            });
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
