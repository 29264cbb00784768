//! INVITE, ACK, BYE and CANCEL that come (RFC 3261 sections 9.2, 13.3, 14.2 and 15.1.2).

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use record::{EventId, Purpose};
use wire::sip::{Message, Method};

use super::{Exchange, Origin, Served};
use crate::answer::ALLOW;
use crate::dialog::Dialog;
use crate::member::Member;
use crate::session::{Leg, Parts};
use crate::transaction::Key;
use crate::{Answer, Session, identity};

/// How a request is answered, and what follows from that.
#[derive(Debug)]
pub(super) struct Reaction {
    pub(super) code: u16,
    pub(super) reason: Option<String>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
    pub(super) follow: Follow,
}

/// What follows when an answer has been sent.
#[derive(Debug)]
pub(super) enum Follow {
    Nothing,
    /// Its ACK is awaited; if the answer accepts a session, it is this one.
    Acknowledgement(Option<Arc<Leg>>),
    /// The session is over.
    End(Arc<Leg>),
    /// The INVITE of that transaction is cancelled.
    Cancel(Key),
}

impl Reaction {
    fn status(code: u16) -> Self {
        Self { code, reason: None, headers: Vec::new(), body: Bytes::new(), follow: Follow::Nothing }
    }

    /// As declared; `None` for silence.
    fn declared(answer: &Answer, follow: Follow) -> Option<Self> {
        match answer {
            Answer::Silent => None,
            Answer::Status { code, reason, headers } => Some(Self {
                code: *code,
                reason: reason.clone(),
                headers: headers.clone(),
                follow,
                ..Self::status(*code)
            }),
        }
    }

    fn with_header(mut self, name: &str, value: String) -> Self {
        self.headers.push((name.to_owned(), value));
        self
    }

    fn followed_by(self, follow: Follow) -> Self {
        Self { follow, ..self }
    }
}

/// Whether the body of a message is a session description.
pub(super) fn is_description(message: &Message<'_>) -> bool {
    let content_type = message.content_type().unwrap_or_default();
    let media_type = content_type.split(|octet| *octet == b';').next().unwrap_or_default();
    !message.body().is_empty() && media_type.trim_ascii().eq_ignore_ascii_case(b"application/sdp")
}

impl Exchange {
    /// What a peer does about a new request; `None` if it stays silent.
    pub(super) fn react(
        &self,
        member: &Arc<Member>,
        request: &Message<'_>,
        key: &Key,
        origin: Origin<'_>,
    ) -> Option<Reaction> {
        let method = request.method()?;
        let answer = member.answers().take_declared(method.0);
        match method {
            Method::INVITE => self.react_to_invite(member, request, key, origin, answer.as_deref()),
            Method::BYE => match (self.dialog_of(request), answer) {
                (None, None) => Some(Reaction::status(481)),
                (None, Some(answer)) => Reaction::declared(&answer, Follow::Nothing),
                (Some(leg), None) => Some(Reaction::status(200).followed_by(Follow::End(leg))),
                (Some(leg), Some(answer)) => {
                    let accepts = matches!(*answer, Answer::Status { code: 200..300, .. });
                    Reaction::declared(&answer, if accepts { Follow::End(leg) } else { Follow::Nothing })
                }
            },
            Method::CANCEL => match answer {
                Some(answer) => Reaction::declared(&answer, Follow::Nothing),
                None => Some(
                    Reaction::status(481)
                        .followed_by(Follow::Cancel(identity::cancelled_key(&self.keys, request))),
                ),
            },
            _ => {
                let answer = answer.unwrap_or_else(|| member.answers().take(method.0));
                Reaction::declared(&answer, Follow::Nothing)
            }
        }
    }

    fn react_to_invite(
        &self,
        member: &Arc<Member>,
        request: &Message<'_>,
        key: &Key,
        origin: Origin<'_>,
        answer: Option<&Answer>,
    ) -> Option<Reaction> {
        let headers = match answer {
            None => Vec::new(),
            Some(Answer::Status { code: 200..300, headers, .. }) => headers.clone(),
            Some(answer) => {
                let is_final = matches!(answer, Answer::Status { code: 300.., .. });
                let follow = if is_final { Follow::Acknowledgement(None) } else { Follow::Nothing };
                return Reaction::declared(answer, follow);
            }
        };
        let reaction = match request.to_tag() {
            None => self.accept(member, request, key, origin),
            Some(_) => match self.dialog_of(request) {
                None => Reaction::status(481),
                Some(leg) => self.reinvited(&leg, request, origin),
            },
        };
        let follow = match reaction.follow {
            Follow::Nothing => Follow::Acknowledgement(None),
            follow => follow,
        };
        Some(Reaction { headers: [reaction.headers, headers].concat(), follow, ..reaction })
    }

    /// Accepts an invitation, or refuses it as the policy says.
    fn accept(&self, member: &Arc<Member>, request: &Message<'_>, key: &Key, origin: Origin<'_>) -> Reaction {
        let policy = member.policy().clone();
        if let Some(code) = policy.refuse {
            return Reaction::status(code);
        }
        if !request.body().is_empty() && !is_description(request) {
            return Reaction::status(415).with_header("Accept", "application/sdp".to_owned());
        }
        let leg = Leg::new(Parts {
            member: member.clone(),
            address: self.addresses.msrp,
            types: policy.types,
            is_incoming: true,
            shares_connections: policy.shares_connections,
            known: (origin.address(), origin.transport()),
            messages: self.config.limits.incomplete,
        });
        let described = match request.body() {
            // The answer comes with the ACK (RFC 3261 section 13.2.1).
            [] => leg.media.offer(Some(wire::sdp::Setup::ActPass)),
            offer => leg.media.answer(offer, policy.prefers_active).map(|(answer, negotiated)| {
                leg.agree(negotiated);
                answer
            }),
        };
        let description = match described {
            Ok(description) => Bytes::from(description),
            Err(unusable) => {
                let warning = format!("399 {} \"{}\"", self.addresses.sip, unusable.why);
                return Reaction::status(unusable.status).with_header("Warning", warning);
            }
        };
        leg.describe(description);
        let leg = Arc::new(leg);
        if !self.sessions.add(&leg) {
            return Reaction::status(486);
        }
        self.enter(&leg, Dialog::of_request(request, &format!("{:016x}", key.tag())));
        self.accepting(&leg, origin).followed_by(Follow::Acknowledgement(Some(leg)))
    }

    /// 200 with the description of this end.
    fn accepting(&self, leg: &Leg, origin: Origin<'_>) -> Reaction {
        let contact = self.outset(origin.transport()).contact(leg.member.user());
        let reaction = Reaction::status(200)
            .with_header("Contact", contact)
            .with_header("Allow", ALLOW.to_owned())
            .with_header("Content-Type", "application/sdp".to_owned());
        Reaction { body: leg.description(), ..reaction }
    }

    /// Another INVITE in a dialog (RFC 3261 section 14.2): accepted if it leaves the session as it is. The session goes on
    /// in either case.
    fn reinvited(&self, leg: &Arc<Leg>, request: &Message<'_>, origin: Origin<'_>) -> Reaction {
        let mut dialog = leg.dialog();
        let Some(dialog) = dialog.as_mut() else { return Reaction::status(481) };
        if !dialog.admits(request.cseq().map(|cseq| cseq.number)) {
            return Reaction::status(500);
        }
        if !request.body().is_empty() {
            let is_active = leg.agreed().is_some_and(|agreed| agreed.is_active);
            match leg.media.answer(request.body(), is_active) {
                Ok((answer, same)) if leg.agreed().is_some_and(|agreed| agreed.path == same.path) => {
                    leg.describe(answer.into());
                }
                _ => return Reaction::status(488),
            }
        }
        dialog.refresh(request);
        self.accepting(leg, origin)
    }

    /// The session has its dialog now.
    pub(super) fn enter(&self, leg: &Arc<Leg>, dialog: Dialog) {
        let [call_id, local, remote] = dialog.id();
        let key = self.keys.dialog(call_id, local, remote);
        *leg.dialog() = Some(dialog);
        self.sessions.add_dialog(key, leg);
    }

    /// The session whose dialog a request belongs to.
    fn dialog_of(&self, request: &Message<'_>) -> Option<Arc<Leg>> {
        let (local, remote) = (request.to_tag()?, request.from_tag().unwrap_or_default());
        self.sessions.of_dialog(&self.keys.dialog(request.call_id()?, local, remote))
    }

    /// Does what follows from an answer that has been sent.
    pub(super) fn follow(
        self: &Arc<Self>,
        served: &Served,
        request: &Message<'_>,
        answer: (EventId, &Bytes, u16),
        follow: Follow,
        origin: Origin<'_>,
    ) {
        match follow {
            Follow::Nothing => {}
            Follow::End(leg) => {
                leg.dialog().take();
                self.sessions.remove_dialog(&leg);
                self.end_session(&leg, "ended by the other side with BYE");
            }
            Follow::Cancel(invite) => self.cancelled(&invite, origin),
            Follow::Acknowledgement(leg) => {
                self.await_ack(served, request, answer, leg.as_ref(), origin);
                if let Some(leg) = leg {
                    let session = Session::new(leg.clone(), self.clone());
                    leg.member.deliver_session(session);
                }
            }
        }
    }

    /// The INVITE of that transaction is answered with 487, unless it has a final answer.
    fn cancelled(self: &Arc<Self>, invite: &Key, origin: Origin<'_>) {
        let served = self.servers().owner(invite).cloned();
        let Some(served) = served else { return };
        let Some(request) = served.member.received_octets(served.request) else { return };
        let request = wire::sip::read(&request);
        let outline =
            crate::response::Outline { code: 487, reason: None, headers: &[], body: b"", tag: invite.tag() };
        let octets = crate::response::build(&request, origin.address(), &outline);
        if !self.servers().respond(invite, 487, &octets, Instant::now(), |_| ()) {
            return;
        }
        let to = super::receive::destination(&request, origin);
        let event =
            served.member.sent(octets.clone(), origin.transport(), to, Purpose::Answer(served.request));
        self.reply(&served.member, octets.clone(), &request, origin);
        self.await_ack(&served, &request, (event, &octets, 487), None, origin);
    }
}
