//! Notifications that wait for others, and go together (RFC 5438 sections 8.3 and 14.2).

use time::{Duration, OffsetDateTime};

use super::Intermediary;
use super::explode::is_counted;
use super::passing::Passage;
use super::state::{Copy, Fate, Request};
use crate::carrier::Outgoing;
use crate::faults::{Slip, relayed as spoiled};
use crate::notifications::report::{About, bundled};
use crate::notifications::wanted::Wanted;
use crate::user::Action;

/// How long the first notification waits for others.
const PERIOD: Duration = Duration::minutes(1);

/// Notifications about one message that wait.
#[derive(Debug, Default)]
pub(super) struct Collection {
    held: Vec<(About, Outgoing)>,
    due: Option<OffsetDateTime>,
    /// Whether nothing more may follow.
    closed: bool,
    /// What has gone before; nothing in order depends on it.
    gone: Vec<(About, Outgoing)>,
}

impl Intermediary {
    /// Takes note of what a member says, and sends it to whom it is for, now or with others. What a member says again where
    /// nobody may know who he is goes no further; nor does what somebody else says there.
    pub(super) fn collect(&mut self, passage: Passage<'_>, outgoing: Outgoing) -> Vec<Action> {
        let now = self.host.clock.now();
        let at_once = |outgoing| vec![Action::Send(Box::new(outgoing))];
        let request = passage.known.and_then(|number| Some((number, self.host.requests.get(number)?)));
        let Some((number, request)) = request else { return at_once(outgoing) };
        let mut news = false;
        for told in passage.told {
            if let Some(copy) =
                request.member(passage.received, told).and_then(|at| request.copies.get_mut(at))
                && !copy.heard.contains(&told.about)
            {
                copy.heard.push(told.about);
                news = true;
            }
        }
        let closed = request.collection.closed;
        if (closed || !news) && !request.list.disclosed {
            return Vec::new();
        }
        let Some(told) = passage.told.first().filter(|_| request.terms.collects && news) else {
            return at_once(outgoing);
        };
        request.collection.held.push((told.about, outgoing));
        let due = *request.collection.due.get_or_insert_with(|| now.saturating_add(PERIOD));
        if !self.host.conduct.slips(Slip::WaitForAllForever) {
            self.timers.insert((due, number));
        }
        self.release_if_complete(number)
    }

    /// Sends what was collected, if nothing more is to come.
    pub(super) fn release_if_complete(&mut self, number: u64) -> Vec<Action> {
        let request = self.host.requests.get(number);
        if request.is_some_and(|request| is_complete(request)) { self.release(number) } else { Vec::new() }
    }

    /// Sends what was collected, if its time is over.
    pub(super) fn release_if_due(&mut self, number: u64, now: OffsetDateTime) -> Vec<Action> {
        let request = self.host.requests.get(number);
        let due = request.is_some_and(|request| request.collection.due.is_some_and(|due| due <= now));
        if due { self.release(number) } else { Vec::new() }
    }

    fn release(&mut self, number: u64) -> Vec<Action> {
        let (id, now, conduct) =
            (self.host.identifiers.for_report(), self.host.clock.now(), self.host.conduct);
        let Some(request) = self.host.requests.get(number) else { return Vec::new() };
        request.collection.due = None;
        let mut held = std::mem::take(&mut request.collection.held);
        if is_counted(&request.list) && !held.is_empty() {
            // One in all, which tells the most that anybody has told.
            request.collection.closed = !conduct.slips(Slip::BundlePerPeriodWhenCountHidden);
            let most = held.iter().position(|(about, _)| *about == About::Display).unwrap_or_default();
            held.swap(0, most);
            held.truncate(1);
        }
        if conduct.slips(Slip::CumulativeBundles) && !held.is_empty() {
            held.splice(0..0, request.collection.gone.iter().cloned());
            request.collection.gone.clone_from(&held);
        }
        let outgoing = match held.len() {
            0 | 1 => held.pop().map(|(_, outgoing)| outgoing),
            _ => {
                let entities: Vec<_> = held.iter().map(|(_, outgoing)| entity(&outgoing.body)).collect();
                let mut bundle = bundled(&request.received, &id, &entities, now);
                if let Some(bundle) = &mut bundle {
                    spoiled::spoil_bundle(conduct, &mut bundle.body, &entities);
                }
                bundle
            }
        };
        outgoing.map(|outgoing| Action::Send(Box::new(outgoing))).into_iter().collect()
    }
}

/// Whether every member has said all that he was asked for, or never will.
fn is_complete(request: &Request) -> bool {
    let Wanted { positive, display, .. } = request.received.wanted;
    let is_done = |copy: &Copy| {
        let heard = |about| copy.heard.contains(&about);
        copy.fate == Fate::Failed
            || ((!positive || heard(About::Delivery)) && (!display || heard(About::Display)))
    };
    request.copies.iter().all(is_done)
}

/// What a CPIM object carries, with its headers.
fn entity(object: &[u8]) -> Vec<u8> {
    wire::cpim::decode(object, 0..object.len()).value.entity().octets().to_vec()
}
