//! Sessions: set up by SIP (RFC 3261, RFC 3264), filled by MSRP (RFC 4975).

mod called;
mod calling;
mod dialog;
mod media;
mod receiving;
mod sending;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;

use tokio::time::Instant;
use wire::msrp::Reassembly;

use self::dialog::Dialog;
use self::media::{Local, Remote, Side};
pub(crate) use self::receiving::Reply;
use self::receiving::reassembly;
use self::sending::{Deliveries, Letter};
use crate::carrier::{Answer, Call, Conclusion, Incoming, SessionId};
use crate::common::address::Party;
use crate::msrp::{Arrival, ConnectionId, Network};
use crate::sip::{Owner, Stack};

/// Most sessions at a time.
const MOST_SESSIONS: usize = 4096;

/// Something that those above have to know.
#[derive(Debug)]
pub(crate) enum Event {
    /// A whole message came; it waits for [`Sessions::answer`].
    Incoming(Box<Incoming>, Reply),
    /// A message of ours is over.
    Concluded(Conclusion),
}

/// Where the setting up of a session stands.
#[derive(Debug, PartialEq, Eq)]
enum Stage {
    /// The INVITE of that branch is out.
    Calling { branch: String },
    /// The same, but nobody wants it any more; a CANCEL is out if somebody has heard of the INVITE.
    Leaving { branch: String, cancelled: bool },
    /// It was accepted with an offer of this side, and the answer is to come with the ACK.
    Offered,
    /// Both sides know each other.
    Open,
    /// It is to end, as soon as the other side has acknowledged that it was accepted (RFC 3261 section 15).
    Parting,
}

#[derive(Debug)]
struct Session {
    dialog: Dialog,
    stage: Stage,
    /// What is left of the Max-Forwards of its INVITE.
    hops: u8,
    local: Local,
    remote: Option<Remote>,
    /// Which side opens the connection.
    side: Side,
    connection: Option<ConnectionId>,
    /// What is to be sent as soon as there is a connection.
    waiting: Vec<Letter>,
    /// Whether an ACK is to come.
    unacknowledged: bool,
    reassembly: Reassembly,
    /// Octets of the first chunk of messages that are not complete.
    first_chunks: HashMap<Vec<u8>, usize>,
}

impl Session {
    fn new(dialog: Dialog, stage: Stage, local: Local, hops: u8) -> Self {
        Self {
            dialog,
            stage,
            hops,
            local,
            remote: None,
            side: Side::Other,
            connection: None,
            waiting: Vec::new(),
            unacknowledged: false,
            reassembly: reassembly(),
            first_chunks: HashMap::new(),
        }
    }

    /// Whether something can be sent there, now or when it is set up.
    fn is_usable(&self) -> bool {
        !matches!(self.stage, Stage::Leaving { .. } | Stage::Parting)
    }

    /// Who it is between: this side and the other.
    fn parties(&self) -> (Party, Party) {
        (Party::of(&self.dialog.local), Party::of(&self.dialog.remote))
    }
}

/// A connection and what it is for.
#[derive(Debug, Default)]
struct Connection {
    /// Where it was opened to; of one that somebody else has opened, only a session says whose it is.
    peer: Option<SocketAddr>,
    sessions: BTreeSet<SessionId>,
}

/// All sessions.
#[derive(Debug)]
pub(crate) struct Sessions {
    network: Network,
    sessions: BTreeMap<SessionId, Session>,
    /// By the part of this side's MSRP URI that tells them apart.
    by_path: HashMap<Vec<u8>, SessionId>,
    /// By who they are between.
    by_parties: HashMap<(Party, Party), BTreeSet<SessionId>>,
    connections: HashMap<ConnectionId, Connection>,
    deliveries: Deliveries,
    /// What those above were not told yet.
    events: VecDeque<Event>,
    count: u64,
}

impl Sessions {
    /// No session yet, and a port for connections.
    pub(crate) async fn bind() -> io::Result<Self> {
        Ok(Self {
            network: Network::bind().await?,
            sessions: BTreeMap::new(),
            by_path: HashMap::new(),
            by_parties: HashMap::new(),
            connections: HashMap::new(),
            deliveries: Deliveries::default(),
            events: VecDeque::new(),
            count: 0,
        })
    }

    /// The next thing that those above have to know, if there is one.
    pub(crate) fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Waits for something that [`Sessions::take`] has to take.
    pub(crate) async fn next(&mut self) -> Arrival {
        self.network.next().await
    }

    /// Takes what happened on a connection.
    pub(crate) fn take(&mut self, stack: &mut Stack, arrival: Arrival) {
        match arrival {
            // The network keeps it.
            Arrival::Accepted(..) => {}
            Arrival::Whole(connection, octets) => self.take_message(stack, connection, octets),
            Arrival::TooLarge(connection, octets) => self.refuse_large(connection, &octets),
            Arrival::Closed(connection) => self.lose(stack, connection),
        }
    }

    /// When [`Sessions::due`] has to be asked next.
    pub(crate) fn wakes(&self) -> Option<Instant> {
        self.deliveries.wakes()
    }

    /// Opens or closes sessions.
    pub(crate) fn call(&mut self, stack: &mut Stack, call: Call) {
        match call {
            Call::Open { from, to, route } => {
                self.open(stack, (&from, &to), route, crate::sip::HOPS);
            }
            Call::Close(with) => {
                let party = with.as_deref().map(Party::of);
                let concerned = |session: &Session| {
                    party.as_ref().is_none_or(|party| Party::of(&session.dialog.remote) == *party)
                };
                for id in self.find(concerned) {
                    self.end(stack, id, None);
                }
            }
            Call::Lose => self.forget(),
        }
    }

    fn find(&self, is_wanted: impl Fn(&Session) -> bool) -> Vec<SessionId> {
        self.sessions.iter().filter(|(_, session)| is_wanted(session)).map(|(id, _)| *id).collect()
    }

    /// Ends a session from this side. What was not delivered in it never will be, for a reason that may be known.
    fn end(&mut self, stack: &mut Stack, id: SessionId, status: Option<u16>) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if let Stage::Calling { branch } = &session.stage {
            // Section 9.1 of RFC 3261: a CANCEL has to wait for a provisional response.
            session.stage = Stage::Leaving { branch: branch.clone(), cancelled: false };
            return self.fail_all(id, status);
        }
        if matches!(session.stage, Stage::Leaving { .. }) {
            return;
        }
        if session.unacknowledged {
            session.stage = Stage::Parting;
            let connection = session.connection.take();
            self.unbind(id, connection);
            return self.fail_all(id, status);
        }
        if let Some(bye) = session.dialog.bye() {
            stack.send(&bye);
        }
        self.remove(id, status);
    }

    /// Forgets a session that has ended, and lets go of its connection.
    fn remove(&mut self, id: SessionId, status: Option<u16>) {
        self.fail_all(id, status);
        let Some(session) = self.sessions.remove(&id) else { return };
        self.by_path.remove(&session.local.session());
        if let Entry::Occupied(mut between) = self.by_parties.entry(session.parties()) {
            between.get_mut().remove(&id);
            if between.get().is_empty() {
                between.remove();
            }
        }
        self.unbind(id, session.connection);
    }

    fn unbind(&mut self, id: SessionId, connection: Option<ConnectionId>) {
        let Some(connection) = connection else { return };
        let Some(found) = self.connections.get_mut(&connection) else { return };
        found.sessions.remove(&id);
        if found.sessions.is_empty() {
            self.connections.remove(&connection);
            self.network.close(connection);
        }
    }

    /// RFC 4975 section 5.4: with a connection, its sessions fail.
    fn lose(&mut self, stack: &mut Stack, connection: ConnectionId) {
        let Some(lost) = self.connections.remove(&connection) else { return };
        for id in lost.sessions {
            self.end(stack, id, None);
        }
    }

    /// Without a word, as if the power were cut.
    fn forget(&mut self) {
        for connection in std::mem::take(&mut self.connections).into_keys() {
            self.network.close(connection);
        }
        self.sessions.clear();
        self.by_path.clear();
        self.by_parties.clear();
        self.deliveries = Deliveries::default();
    }

    fn conclude(&mut self, conclusion: Conclusion) {
        if conclusion.mark.is_some() || conclusion.complaint().is_some() {
            self.events.push_back(Event::Concluded(conclusion));
        }
    }

    /// Takes a new session in.
    fn put(&mut self, session: Session) -> SessionId {
        self.count += 1;
        let id = SessionId(self.count);
        self.by_path.insert(session.local.session(), id);
        self.by_parties.entry(session.parties()).or_default().insert(id);
        self.sessions.insert(id, session);
        id
    }

    /// Both sides know each other, or do so anew: there is a connection, or there will be one.
    fn connect(&mut self, id: SessionId, remote: Remote, side: Side) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.stage = Stage::Open;
        let before = session.remote.replace(remote.clone());
        if before.is_some_and(|before| before.is_reached_as(&remote)) && session.connection.is_some() {
            return;
        }
        session.side = side;
        let old = session.connection.take();
        if side == Side::This {
            let open =
                |(_, connection): &(&ConnectionId, &Connection)| connection.peer == Some(remote.address);
            let known = self.connections.iter().find(open).map(|(connection, _)| *connection);
            let connection = known.unwrap_or_else(|| self.network.open(remote.address));
            self.bind_to(id, connection);
            self.connections.entry(connection).or_default().peer = Some(remote.address);
            self.greet(id);
            self.flush(id);
        }
        self.unbind(id, old);
        self.expect_delivery(id);
    }

    /// From now on the session has that connection.
    fn bind_to(&mut self, id: SessionId, connection: ConnectionId) {
        self.connections.entry(connection).or_default().sessions.insert(id);
        if let Some(session) = self.sessions.get_mut(&id) {
            session.connection = Some(connection);
        }
    }
}

/// Who is told what becomes of requests of a session.
fn owner(id: SessionId) -> Owner {
    Owner::Call(id.0)
}

/// Status where a description has nothing for this side (RFC 3261 section 21.4.26).
const NOT_ACCEPTABLE: u16 = 488;

/// The answer that says that a call is unknown (RFC 3261 section 12.2.2).
fn unknown_call() -> Answer {
    Answer::new(481, "Call/Transaction Does Not Exist")
}
