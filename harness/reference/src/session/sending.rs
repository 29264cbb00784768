//! Messages that go into sessions, and what becomes of them.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;
use wire::msrp::{Builder, Chunking, FailureReport, Message, TransactionId};

use super::{Sessions, Stage};
use crate::carrier::{Conclusion, Outgoing, Reports, SessionId};
use crate::common::address::Party;
use crate::msrp::{ConnectionId, Parcel};
use crate::sip::{Route, Stack};

/// How long to wait for the response to a SEND (RFC 4975 section 7.1.1), or for the other side to connect.
const PATIENCE: Duration = Duration::from_secs(30);
/// What a message is told when the other side wants no message of its size.
const TOO_LARGE: u16 = 413;

/// A message that waits for a connection.
#[derive(Debug)]
pub(super) struct Letter {
    number: u64,
    headers: Vec<(&'static str, String)>,
    content_type: String,
    body: Vec<u8>,
    reports: Reports,
}

/// A message that is not over yet.
#[derive(Debug)]
struct Delivery {
    session: SessionId,
    mark: Option<u64>,
    /// URI of whom it is for.
    to: String,
    /// Identifiers of its chunks that are not answered yet.
    unanswered: BTreeSet<Vec<u8>>,
    /// When patience with it ends.
    deadline: Option<Instant>,
}

/// All messages that are not over yet.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    open: BTreeMap<u64, Delivery>,
    by_transaction: HashMap<Vec<u8>, u64>,
    deadlines: BTreeSet<(Instant, u64)>,
    count: u64,
}

impl Deliveries {
    /// When the patience with one of them ends.
    pub(super) fn wakes(&self) -> Option<Instant> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    fn begin(&mut self, session: SessionId, mark: Option<u64>, to: String) -> u64 {
        self.count += 1;
        let delivery = Delivery { session, mark, to, unanswered: BTreeSet::new(), deadline: None };
        self.open.insert(self.count, delivery);
        self.count
    }

    fn expect(&mut self, number: u64) {
        let Some(delivery) = self.open.get_mut(&number) else { return };
        let deadline = Instant::now() + PATIENCE;
        if let Some(before) = delivery.deadline.replace(deadline) {
            self.deadlines.remove(&(before, number));
        }
        self.deadlines.insert((deadline, number));
    }

    fn end(&mut self, number: u64, status: Option<u16>) -> Option<Conclusion> {
        let Delivery { mark, to, unanswered, deadline, .. } = self.open.remove(&number)?;
        for transaction in unanswered {
            self.by_transaction.remove(&transaction);
        }
        if let Some(deadline) = deadline {
            self.deadlines.remove(&(deadline, number));
        }
        Some(Conclusion { mark, to, status })
    }

    fn of(&self, session: SessionId) -> Vec<u64> {
        let theirs = self.open.iter().filter(|(_, delivery)| delivery.session == session);
        theirs.map(|(number, _)| *number).collect()
    }
}

impl Sessions {
    /// Sends a message into the session that it names, or into one between its two parties, or into a new one.
    pub(crate) fn send(
        &mut self,
        stack: &mut Stack,
        outgoing: Outgoing,
        into: Option<SessionId>,
        route: Option<Route>,
    ) {
        let Outgoing { request_uri, from, to, headers, content_type, body, hops, reports, mark, .. } =
            outgoing;
        let known = into.filter(|id| self.is_usable(*id)).or_else(|| self.between(&from, &to, hops));
        let open = |route: Route| self.open(stack, (&from, &request_uri), route, hops);
        let Some(id) = known.or_else(|| route.map(open)) else {
            return self.conclude(Conclusion { mark, to: request_uri, status: None });
        };
        let number = self.deliveries.begin(id, mark, request_uri);
        if let Some(session) = self.sessions.get_mut(&id) {
            session.waiting.push(Letter { number, headers, content_type, body, reports });
        }
        if self.sessions.get(&id).is_some_and(|session| session.stage == Stage::Open) {
            self.expect_delivery(id);
        }
        self.flush(id);
    }

    fn is_usable(&self, id: SessionId) -> bool {
        self.sessions.get(&id).is_some_and(|session| session.is_usable())
    }

    /// The latest session between two parties whose INVITE may not have gone further than so many hops.
    fn between(&self, from: &str, to: &str, hops: u8) -> Option<SessionId> {
        let fits = |id: &SessionId| {
            self.sessions.get(id).is_some_and(|session| session.is_usable() && session.hops <= hops)
        };
        let between = self.by_parties.get(&(Party::of(from), Party::of(to)))?;
        between.iter().rev().copied().find(fits)
    }

    /// From now on the other side has to connect, or to answer.
    pub(super) fn expect_delivery(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get(&id) else { return };
        for letter in &session.waiting {
            self.deliveries.expect(letter.number);
        }
    }

    /// Sends what waits, if there is a connection.
    pub(super) fn flush(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let (Stage::Open, Some(connection)) = (&session.stage, session.connection) else { return };
        for letter in std::mem::take(&mut session.waiting) {
            self.transmit(id, connection, letter);
        }
    }

    fn transmit(&mut self, id: SessionId, connection: ConnectionId, letter: Letter) {
        let Some(session) = self.sessions.get(&id) else { return };
        let Some(remote) = &session.remote else { return };
        let Letter { number, headers, content_type, body, reports } = letter;
        if remote.max_size.is_some_and(|most| body.len() as u64 > most) {
            return self.over(number, Some(TOO_LARGE));
        }
        let send = request(&remote.path, &session.local.uri, reports);
        let send = headers.into_iter().fold(send, |send, (name, value)| send.header(name, value));
        let send = send.body(&content_type, body);
        let chunks: VecDeque<Bytes> =
            send.chunks(Chunking::default(), rand::random).map(Bytes::from).collect();
        if reports.failure == Some(FailureReport::No) {
            self.network.send(connection, Parcel::Message(number, chunks));
            // Nobody will say anything.
            return self.over(number, Some(200));
        }
        for chunk in &chunks {
            self.await_response(number, chunk);
        }
        self.deliveries.expect(number);
        self.network.send(connection, Parcel::Message(number, chunks));
    }

    fn await_response(&mut self, number: u64, chunk: &[u8]) {
        let message = wire::msrp::read(chunk);
        let Some(transaction) = message.transaction() else { return };
        self.deliveries.by_transaction.insert(transaction.to_vec(), number);
        if let Some(delivery) = self.deliveries.open.get_mut(&number) {
            delivery.unanswered.insert(transaction.to_vec());
        }
    }

    /// A side that has connected says at once for which session (RFC 4975 section 5.4): by the first message, or by a
    /// request without one.
    pub(super) fn greet(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get(&id).filter(|session| session.waiting.is_empty()) else {
            return;
        };
        let (Some(remote), Some(connection)) = (&session.remote, session.connection) else { return };
        let send = request(&remote.path, &session.local.uri, Reports::default());
        let octets = send.transaction(TransactionId::free_in(rand::random(), b"")).encode();
        let number = self.deliveries.begin(id, None, session.dialog.remote.clone());
        self.await_response(number, &octets);
        self.deliveries.expect(number);
        self.network.send(connection, Parcel::Whole(octets.into()));
    }

    /// A response to a chunk came. All chunks have to be accepted.
    pub(super) fn take_response(&mut self, stack: &mut Stack, response: &Message<'_>) {
        let (Some(transaction), Some(status)) = (response.transaction(), response.status()) else { return };
        let Some(number) = self.deliveries.by_transaction.remove(transaction) else { return };
        let Some(delivery) = self.deliveries.open.get_mut(&number) else { return };
        delivery.unanswered.remove(transaction);
        let session = delivery.session;
        match status {
            200 if delivery.unanswered.is_empty() => self.over(number, Some(200)),
            200 => {}
            _ => self.refused(stack, session, number, status),
        }
    }

    /// The rest of the message is not sent. Where the session is said to be none, it is ended (RFC 4975 sections 10.8 and
    /// 10.10).
    fn refused(&mut self, stack: &mut Stack, id: SessionId, number: u64, status: u16) {
        if let Some(connection) = self.sessions.get(&id).and_then(|session| session.connection) {
            self.network.send(connection, Parcel::GiveUp(number));
        }
        self.over(number, Some(status));
        if matches!(status, 481 | 506) {
            self.end(stack, id, Some(status));
        }
    }

    /// Gives up on messages that nobody has answered in time, and on sessions to which nobody has connected.
    pub(crate) fn due(&mut self, stack: &mut Stack) {
        let now = Instant::now();
        while let Some((at, number)) = self.deliveries.deadlines.first().copied().filter(|(at, _)| *at <= now)
        {
            self.deliveries.deadlines.remove(&(at, number));
            let Some(id) = self.deliveries.open.get(&number).map(|delivery| delivery.session) else {
                continue;
            };
            match self.sessions.get(&id).and_then(|session| session.connection) {
                Some(connection) => self.network.send(connection, Parcel::GiveUp(number)),
                None => self.end(stack, id, None),
            }
            self.over(number, None);
        }
    }

    /// Nothing of this session will be delivered any more.
    pub(super) fn fail_all(&mut self, id: SessionId, status: Option<u16>) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.waiting.clear();
        }
        for number in self.deliveries.of(id) {
            self.over(number, status);
        }
    }

    fn over(&mut self, number: u64, status: Option<u16>) {
        if let Some(conclusion) = self.deliveries.end(number, status) {
            self.conclude(conclusion);
        }
    }
}

/// A SEND with an identifier of its own that means nothing to anybody above.
fn request(path: &str, own: &str, reports: Reports) -> Builder {
    let mut send = Builder::request("SEND", "", path, own).message_id(&message_id());
    if let Some(success) = reports.success {
        send = send.success_report(success);
    }
    if let Some(failure) = reports.failure {
        send = send.failure_report(failure);
    }
    send
}

/// 16 octets of randomness in 32 characters, the most that are allowed (RFC 4975 section 9).
fn message_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}
