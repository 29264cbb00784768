//! Answers to INVITE that wait for their ACK (RFC 3261 sections 13.3.1.4 and 17.2.1).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use record::{EventId, Purpose, Transport};
use wire::sip::Message;

use super::{Exchange, Origin, Served};
use crate::dialog::Negotiated;
use crate::member::Member;
use crate::session::{Ack, Leg};
use crate::transaction::{Key, Reminder};

/// A final response to an INVITE.
#[derive(Debug)]
pub(crate) struct Accepted {
    member: Arc<Member>,
    answer: EventId,
    hop: (SocketAddr, Transport),
    /// The session that it accepts.
    leg: Option<Arc<Leg>>,
}

impl Exchange {
    /// Sends an answer to INVITE again until it is acknowledged: a refusal over UDP, a 2xx response over everything,
    /// since UDP may follow behind a proxy (RFC 3261 sections 13.3.1.4 and 17.2.1).
    pub(super) fn await_ack(
        &self,
        served: &Served,
        request: &Message<'_>,
        (answer, octets, code): (EventId, &Bytes, u16),
        leg: Option<&Arc<Leg>>,
        origin: Origin<'_>,
    ) {
        if code < 200 {
            return;
        }
        let response = wire::sip::read(octets);
        let Some(key) = self.ack_key(&response) else { return };
        let repeats = code < 300 || origin.transport() == Transport::Udp;
        let accepted = Accepted {
            member: served.member.clone(),
            answer,
            hop: (super::receive::destination(request, origin), origin.transport()),
            leg: leg.cloned(),
        };
        let mut waiting = self.unacknowledged();
        let before = waiting.deadline();
        waiting.start(key, repeats.then(|| octets.clone()), Arc::new(accepted), Instant::now());
        let after = waiting.deadline();
        drop(waiting);
        self.arm(before, after);
    }

    /// What an ACK, or the response that it is for, is known by.
    fn ack_key(&self, message: &Message<'_>) -> Option<Key> {
        let (call_id, number) = (message.call_id()?, message.cseq()?.number);
        let (from, to) = (message.from_tag().unwrap_or_default(), message.to_tag().unwrap_or_default());
        Some(self.keys.acknowledged(call_id, from, to, number))
    }

    /// An ACK came: a session that the peer has accepted begins.
    pub(super) fn acknowledged(self: &Arc<Self>, request: &Message<'_>) {
        let accepted = self.ack_key(request).and_then(|key| self.unacknowledged().acknowledge(&key));
        let Some(leg) = accepted.and_then(|accepted| accepted.leg.clone()) else { return };
        leg.acknowledge(Ack::Over);
        if leg.member.has_left() {
            return;
        }
        if leg.agreed().is_none() {
            match Negotiated::of_answer(&leg.description(), request.body()) {
                Ok((negotiated, _)) => leg.agree(negotiated),
                Err(unusable) => {
                    leg.member.note(format!("the answer in an ACK makes no session: {}", unusable.why));
                    drop(self.hang_up(&leg));
                    return self.end_session(&leg, "the answer in the ACK makes no session");
                }
            }
        }
        if leg.agreed().is_some_and(|agreed| agreed.is_active) {
            self.connect_later(leg);
        }
    }

    /// Sends again what has had no ACK, and gives up what never has.
    pub(super) fn remind(self: &Arc<Self>, now: Instant) {
        loop {
            let due = self.unacknowledged().poll(now);
            match due {
                None => return,
                Some(Reminder::Retransmit { response, owner }) => {
                    let again = Purpose::Retransmission(owner.answer);
                    if !owner.member.has_left() {
                        self.post(&owner.member, response, owner.hop, again);
                    }
                }
                Some(Reminder::GaveUp(owner)) => {
                    let Some(leg) = &owner.leg else { continue };
                    leg.acknowledge(Ack::Over);
                    leg.member.note(format!("no ACK came for the answer in event {}", owner.answer.0));
                    drop(self.hang_up(leg));
                    self.end_session(leg, "no ACK came for the answer to INVITE");
                }
            }
        }
    }
}
