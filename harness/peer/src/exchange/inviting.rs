//! Opening sessions with INVITE (RFC 3261 section 13.2).

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use record::{Ending, EventId, Purpose, Transport};
use wire::sip::{Message, read};

use super::Exchange;
use crate::dialog::{self, Dialog, Negotiated, Outset};
use crate::lock::lock;
use crate::member::Member;
use crate::session::{Leg, Parts};
use crate::{Invite, Session, SessionError};

/// 2xx responses with different tags that are acknowledged: an INVITE may fork.
const FORKS: usize = 16;

/// The INVITE of a session under way.
#[derive(Debug)]
pub(crate) struct Inviting {
    leg: Arc<Leg>,
    request: Bytes,
    progress: Mutex<Progress>,
}

#[derive(Debug, Default)]
struct Progress {
    /// Nobody waits for the session any more.
    abandoned: bool,
    /// A provisional response has come, so that it can be cancelled.
    rang: bool,
    cancelled: bool,
    /// The final response that counts.
    response: Option<Bytes>,
    acknowledged: Vec<Acknowledged>,
}

/// The ACK of one final response, for when that comes again.
#[derive(Debug)]
struct Acknowledged {
    tag: Vec<u8>,
    event: EventId,
    octets: Bytes,
    hop: (SocketAddr, Transport),
}

impl Inviting {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        lock(&self.progress)
    }
}

/// Gives a session up that is not complete when it is dropped.
struct Unfinished<'a> {
    exchange: &'a Arc<Exchange>,
    leg: &'a Arc<Leg>,
    inviting: Option<Arc<Inviting>>,
    done: bool,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        if let Some(inviting) = &self.inviting {
            self.exchange.give_up(inviting);
        }
        drop(self.exchange.hang_up(self.leg));
        self.exchange.end_session(self.leg, "given up before it was complete");
    }
}

impl Exchange {
    /// Opens a session.
    pub(crate) async fn invite(
        self: &Arc<Self>,
        member: &Arc<Member>,
        wanted: &Invite,
    ) -> Result<Session, SessionError> {
        if wanted.transport == Transport::Msrp {
            let why = "it needs UDP or TCP as its transport".to_owned();
            return Err(SessionError::Unwritable { why });
        }
        let leg = Arc::new(Leg::new(Parts {
            member: member.clone(),
            address: self.addresses.msrp,
            types: wanted.types.clone(),
            is_incoming: false,
            shares_connections: wanted.shares_connections,
            known: (wanted.destination, wanted.transport),
            messages: self.config.limits.incomplete,
        }));
        if !self.sessions.add(&leg) {
            return Err(SessionError::TooMany { limit: self.config.limits.sessions });
        }
        let mut unfinished = Unfinished { exchange: self, leg: &leg, inviting: None, done: false };
        leg.agree(self.negotiate(&mut unfinished, wanted).await?);
        match tokio::time::timeout(wanted.patience, self.connect(&leg)).await {
            Ok(connected) => connected?,
            Err(_) => return Err(self.never_connected(&leg)),
        }
        unfinished.done = true;
        drop(unfinished);
        Ok(Session::new(leg, self.clone()))
    }

    fn never_connected(&self, leg: &Leg) -> SessionError {
        match leg.agreed().filter(|agreed| agreed.is_active) {
            None => SessionError::NeverConnected { at: self.addresses.msrp },
            Some(agreed) => {
                let to = format!("{}:{}", agreed.host, agreed.port);
                SessionError::Unreachable { to, why: "it took too long".to_owned() }
            }
        }
    }

    /// Exchanges offer and answer.
    async fn negotiate(
        self: &Arc<Self>,
        unfinished: &mut Unfinished<'_>,
        wanted: &Invite,
    ) -> Result<Negotiated, SessionError> {
        let leg = unfinished.leg;
        let unwritable = |why: String| SessionError::Unwritable { why };
        let offer: Bytes = leg.media.offer(wanted.setup).map_err(|error| unwritable(error.why))?.into();
        leg.describe(offer.clone());
        let (tag, call_id) = (rand::random(), rand::random());
        let outset = self.outset(wanted.transport);
        let request = dialog::invite(&outset, leg.member.user(), wanted, tag, call_id, offer.to_vec());
        let request: Bytes = request.map_err(|error| unwritable(error.to_string()))?.into();
        let inviting =
            Arc::new(Inviting { leg: leg.clone(), request: request.clone(), progress: Mutex::default() });
        unfinished.inviting = Some(inviting.clone());
        let pending = self.begin(
            &leg.member,
            std::slice::from_ref(&request),
            (wanted.destination, wanted.transport),
            Some(inviting.clone()),
        );
        let request = pending.request();
        let response = match tokio::time::timeout(wanted.patience, pending).await {
            Err(_) | Ok(Ending::TimedOut) => return Err(SessionError::NoAnswer { request }),
            Ok(Ending::Broken(why)) => return Err(SessionError::Broken { request, why }),
            Ok(Ending::Final(response)) => response,
        };
        let octets = inviting.progress().response.clone().unwrap_or_default();
        read_answer(leg, &offer, &octets, response)
    }

    /// Nobody waits for a session any more: it is cancelled as soon as that is allowed (RFC 3261 section 9.1).
    fn give_up(self: &Arc<Self>, inviting: &Inviting) {
        inviting.progress().abandoned = true;
        self.cancel(inviting);
    }

    fn cancel(self: &Arc<Self>, inviting: &Inviting) {
        let mut progress = inviting.progress();
        let cancels =
            progress.abandoned && progress.rang && progress.response.is_none() && !progress.cancelled;
        if !cancels {
            return;
        }
        progress.cancelled = true;
        drop(progress);
        if let Ok(cancel) = dialog::cancel(&read(&inviting.request)) {
            let (to, transport) = inviting.leg.known;
            drop(self.request(&inviting.leg.member, &[cancel.into()], transport, to));
        }
    }

    /// A response to the INVITE of a session came; its event is `event`.
    pub(super) fn invite_answered(
        self: &Arc<Self>,
        inviting: &Arc<Inviting>,
        response: &Message<'_>,
        event: EventId,
    ) {
        match response.status().unwrap_or_default() {
            ..200 => {
                inviting.progress().rang = true;
                self.cancel(inviting);
            }
            200..300 => self.accepted(inviting, response, event),
            _ => self.refused_invite(inviting, response, event),
        }
    }

    /// Every 2xx response gets an ACK, each time it comes (RFC 3261 section 13.2.2.4). A dialog that is not wanted ends at
    /// once.
    fn accepted(self: &Arc<Self>, inviting: &Arc<Inviting>, response: &Message<'_>, event: EventId) {
        let (leg, member) = (&inviting.leg, &inviting.leg.member);
        if self.acknowledged_again(inviting, response) {
            return;
        }
        let mut dialog = Dialog::of_response(&read(&inviting.request), response);
        let hop = dialog.next_hop(leg.known);
        match dialog.ack(&self.outset(hop.1)) {
            Ok(ack) => self.acknowledge(inviting, response, event, ack.into(), hop),
            Err(error) => member.note(format!("the ACK for event {} cannot be written: {error}", event.0)),
        }
        let mut progress = inviting.progress();
        if progress.response.is_none() && !progress.abandoned {
            progress.response = Some(Bytes::copy_from_slice(response.octets()));
            self.enter(leg, dialog);
            return;
        }
        drop(progress);
        if let Ok(bye) = dialog.bye(&self.outset(hop.1)) {
            drop(self.request(member, &[bye.into()], hop.1, hop.0));
        }
    }

    fn refused_invite(self: &Arc<Self>, inviting: &Arc<Inviting>, response: &Message<'_>, event: EventId) {
        if self.acknowledged_again(inviting, response) {
            return;
        }
        let octets = Bytes::copy_from_slice(response.octets());
        inviting.progress().response.get_or_insert(octets);
        if let Ok(ack) = dialog::acknowledge_refusal(&read(&inviting.request), response) {
            self.acknowledge(inviting, response, event, ack.into(), inviting.leg.known);
        }
    }

    /// Whether the response had its ACK before; it gets it again.
    fn acknowledged_again(self: &Arc<Self>, inviting: &Inviting, response: &Message<'_>) -> bool {
        let tag = response.to_tag().unwrap_or_default();
        let progress = inviting.progress();
        let Some(known) = progress.acknowledged.iter().find(|known| known.tag == tag) else {
            return progress.acknowledged.len() >= FORKS;
        };
        let (octets, hop, event) = (known.octets.clone(), known.hop, known.event);
        drop(progress);
        self.post(&inviting.leg.member, octets, hop, Purpose::Retransmission(event));
        true
    }

    fn acknowledge(
        self: &Arc<Self>,
        inviting: &Inviting,
        response: &Message<'_>,
        event: EventId,
        octets: Bytes,
        hop: (SocketAddr, Transport),
    ) {
        let event = self.post(&inviting.leg.member, octets.clone(), hop, Purpose::Answer(event));
        let tag = response.to_tag().unwrap_or_default().to_vec();
        inviting.progress().acknowledged.push(Acknowledged { tag, event, octets, hop });
    }

    /// What a request of this network begins with.
    pub(super) fn outset(&self, transport: Transport) -> Outset {
        Outset { transport, address: self.addresses.sip, branch: rand::random() }
    }
}

/// What the final response to an INVITE comes to.
fn read_answer(
    leg: &Leg,
    offer: &[u8],
    octets: &[u8],
    response: EventId,
) -> Result<Negotiated, SessionError> {
    let message = read(octets);
    let status = message.status().unwrap_or_default();
    if status >= 300 {
        return Err(SessionError::Refused { status, response });
    }
    let unusable = |why: &str| SessionError::Unusable { response, why: why.to_owned() };
    if !super::dialogs::is_description(&message) {
        return Err(unusable("it has no body of the type application/sdp"));
    }
    let (negotiated, wrong) =
        Negotiated::of_answer(offer, message.body()).map_err(|error| unusable(&error.why))?;
    for wrong in wrong {
        leg.member.note(format!("the session description in event {} is wrong: {wrong}", response.0));
    }
    Ok(negotiated)
}
