//! All sessions of a network.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use rustc_hash::FxBuildHasher;

use super::{Ack, Leg};
use crate::lock::lock;
use crate::member::Member;
use crate::tcp::{Connection, Side};
use crate::transaction::Key;

/// Sessions by what names them.
#[derive(Debug)]
pub(crate) struct Registry {
    limit: usize,
    tables: Mutex<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    /// By the session id in the URI of this end, as long as messages can come.
    by_session: HashMap<Box<[u8]>, Arc<Leg>>,
    /// As long as the dialog lasts.
    by_dialog: HashMap<Key, Arc<Leg>, FxBuildHasher>,
}

impl Registry {
    /// An empty registry that takes so many sessions.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, tables: Mutex::default() }
    }

    /// Adds a session; `false` if there are too many.
    pub(crate) fn add(&self, leg: &Arc<Leg>) -> bool {
        let mut tables = lock(&self.tables);
        let room = tables.by_session.len().max(tables.by_dialog.len()) < self.limit;
        if room {
            tables.by_session.insert(leg.session_id().into(), leg.clone());
        }
        room
    }

    /// The session has a dialog now.
    pub(crate) fn add_dialog(&self, key: Key, leg: &Arc<Leg>) {
        lock(&self.tables).by_dialog.insert(key, leg.clone());
    }

    /// The session with that id in the URI of this end.
    pub(crate) fn find(&self, session_id: &[u8]) -> Option<Arc<Leg>> {
        lock(&self.tables).by_session.get(session_id).cloned()
    }

    /// The session of a dialog.
    pub(crate) fn of_dialog(&self, key: &Key) -> Option<Arc<Leg>> {
        lock(&self.tables).by_dialog.get(key).cloned()
    }

    /// The dialog is over.
    pub(crate) fn remove_dialog(&self, leg: &Arc<Leg>) {
        lock(&self.tables).by_dialog.retain(|_, known| !Arc::ptr_eq(known, leg));
    }

    /// Takes the session from its connection, which is closed by that if this end has opened it and no other session
    /// uses it. One that the other side has opened is left to it: it may be about to use it for its next session.
    pub(crate) fn end(&self, leg: &Leg, why: &str) {
        let mut tables = lock(&self.tables);
        tables.by_session.remove(leg.session_id());
        let Some(connection) = leg.over(why) else { return };
        if connection.opened_by() == Side::Here
            && !tables.by_session.values().any(|leg| uses(leg, &connection))
        {
            // Under the lock, so that no session takes it over at the last moment.
            connection.finish();
        }
    }

    /// Binds a session to the connection that another one of the same scenario has to the same address, if there is
    /// one.
    pub(crate) fn share(&self, leg: &Leg) -> Option<Arc<Connection>> {
        let agreed = leg.agreed().filter(|_| leg.shares_connections)?;
        let tables = lock(&self.tables);
        let same = |other: &&Arc<Leg>| {
            other.member.is_with(&leg.member)
                && other
                    .agreed()
                    .is_some_and(|other| (&other.host, other.port) == (&agreed.host, agreed.port))
        };
        let connection = tables.by_session.values().filter(same).find_map(|other| other.connection())?;
        leg.bind(&connection);
        Some(connection)
    }

    /// The sessions on a connection.
    pub(crate) fn on(&self, connection: &Connection) -> Vec<Arc<Leg>> {
        let tables = lock(&self.tables);
        tables.by_session.values().filter(|leg| uses(leg, connection)).cloned().collect()
    }

    /// Those of the connections that no session uses.
    pub(crate) fn unused(&self, mut connections: Vec<Arc<Connection>>) -> Vec<Arc<Connection>> {
        let tables = lock(&self.tables);
        let used: HashSet<u64> =
            tables.by_session.values().filter_map(|leg| leg.connection()).map(|it| it.id()).collect();
        connections.retain(|connection| !used.contains(&connection.id()));
        connections
    }

    /// The sessions of a peer, those among them that have lost their connection.
    pub(crate) fn of_member(&self, member: &Arc<Member>) -> Vec<Arc<Leg>> {
        let tables = lock(&self.tables);
        let mut legs: Vec<Arc<Leg>> =
            tables.by_session.values().filter(|leg| Arc::ptr_eq(&leg.member, member)).cloned().collect();
        for leg in tables.by_dialog.values().filter(|leg| Arc::ptr_eq(&leg.member, member)) {
            if !legs.iter().any(|known| Arc::ptr_eq(known, leg)) {
                legs.push(leg.clone());
            }
        }
        legs
    }

    /// Everything is over.
    pub(crate) fn clear(&self, why: &str) {
        let tables = std::mem::take(&mut *lock(&self.tables));
        for leg in tables.by_session.into_values().chain(tables.by_dialog.into_values()) {
            leg.over(why);
            leg.acknowledge(Ack::Never);
        }
    }
}

fn uses(leg: &Leg, connection: &Connection) -> bool {
    leg.connection().is_some_and(|own| own.id() == connection.id())
}
