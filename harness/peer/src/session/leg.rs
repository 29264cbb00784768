//! One end of a session, as the network sees it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use bytes::Bytes;
use record::Transport;
use tokio::sync::watch;

use crate::dialog::{Dialog, Media, Negotiated};
use crate::lock::lock;
use crate::member::Member;
use crate::msrp::Arrivals;
use crate::tcp::Connection;

/// A session of a peer, with the dialog that made it.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) member: Arc<Member>,
    /// What this end says of itself.
    pub(crate) media: Media,
    pub(crate) is_incoming: bool,
    /// Whether it may use a connection that another session has.
    pub(crate) shares_connections: bool,
    /// Where its dialog was made with.
    pub(crate) known: (SocketAddr, Transport),
    session_id: Box<str>,
    /// The description that this end has sent; empty before.
    description: Mutex<Bytes>,
    dialog: Mutex<Option<Dialog>>,
    agreed: OnceLock<Negotiated>,
    stage: watch::Sender<Stage>,
    ack: watch::Sender<Ack>,
    arrivals: Mutex<Arrivals>,
}

/// The ACK of a session that the other side has opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ack {
    /// It is awaited; until then there may be no BYE (RFC 3261 section 15).
    Awaited,
    /// It is there or not awaited any more, or this side has opened the session.
    Over,
    /// The network is closed.
    Never,
}

/// How far a session has come.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// It has no connection yet.
    Waiting,
    /// It is bound to a connection.
    Bound(Arc<Connection>),
    /// It is over, with how it came to that.
    Over(Arc<str>),
}

/// What the first request of a session on a connection means (RFC 4975 section 5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binding {
    /// The session is bound to the connection, now or since before.
    Bound,
    /// It is bound to another connection.
    InUse,
    /// There is no such session any more.
    Over,
}

/// What a leg is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) member: Arc<Member>,
    /// The MSRP address of the network.
    pub(crate) address: SocketAddr,
    pub(crate) types: super::MediaTypes,
    pub(crate) is_incoming: bool,
    pub(crate) shares_connections: bool,
    pub(crate) known: (SocketAddr, Transport),
    /// Incomplete messages that are kept track of.
    pub(crate) messages: usize,
}

impl Leg {
    /// A session under a random identifier.
    pub(crate) fn new(parts: Parts) -> Self {
        // RFC 4975 section 14.1 asks for 80 bits that cannot be guessed.
        let session_id = format!("{:032x}", rand::random::<u128>());
        let uri = format!("msrp://{}/{session_id};tcp", parts.address);
        Self {
            member: parts.member,
            media: Media { number: u64::from(rand::random::<u32>()), uri, types: parts.types },
            is_incoming: parts.is_incoming,
            shares_connections: parts.shares_connections,
            known: parts.known,
            session_id: session_id.into(),
            description: Mutex::default(),
            dialog: Mutex::default(),
            agreed: OnceLock::new(),
            stage: watch::Sender::new(Stage::Waiting),
            ack: watch::Sender::new(if parts.is_incoming { Ack::Awaited } else { Ack::Over }),
            arrivals: Mutex::new(Arrivals::new(parts.messages)),
        }
    }

    pub(crate) fn session_id(&self) -> &[u8] {
        self.session_id.as_bytes()
    }

    /// The dialog, as long as it lasts.
    pub(crate) fn dialog(&self) -> MutexGuard<'_, Option<Dialog>> {
        lock(&self.dialog)
    }

    pub(crate) fn arrivals(&self) -> MutexGuard<'_, Arrivals> {
        lock(&self.arrivals)
    }

    /// The description that this end has sent last.
    pub(crate) fn description(&self) -> Bytes {
        lock(&self.description).clone()
    }

    pub(crate) fn describe(&self, description: Bytes) {
        *lock(&self.description) = description;
    }

    /// What offer and answer came to; nothing before there is an answer.
    pub(crate) fn agreed(&self) -> Option<&Negotiated> {
        self.agreed.get()
    }

    /// Offer and answer are there. Only the first of them count.
    pub(crate) fn agree(&self, negotiated: Negotiated) {
        let _ = self.agreed.set(negotiated);
    }

    /// Its ACK has come, or will not any more.
    pub(crate) fn acknowledge(&self, ack: Ack) {
        self.ack.send_replace(ack);
    }

    /// Waits until it may be ended with BYE; `false` if nothing can be sent any more.
    pub(crate) async fn may_hang_up(&self) -> bool {
        let mut ack = self.ack.subscribe();
        // The sender lives as long as the leg.
        ack.wait_for(|ack| *ack != Ack::Awaited).await.is_ok_and(|ack| *ack == Ack::Over)
    }

    /// Binds the session to a connection.
    pub(crate) fn bind(&self, connection: &Arc<Connection>) -> Binding {
        let mut binding = Binding::Bound;
        self.stage.send_if_modified(|stage| {
            binding = match stage {
                Stage::Waiting => {
                    *stage = Stage::Bound(connection.clone());
                    return true;
                }
                Stage::Bound(bound) if bound.id() == connection.id() => Binding::Bound,
                Stage::Bound(_) => Binding::InUse,
                Stage::Over(_) => Binding::Over,
            };
            false
        });
        binding
    }

    /// The session is over. Returns the connection that it was bound to; nothing changes if it was over already.
    pub(crate) fn over(&self, why: &str) -> Option<Arc<Connection>> {
        let mut was = None;
        self.stage.send_if_modified(|stage| {
            let lasts = !matches!(stage, Stage::Over(_));
            if lasts && let Stage::Bound(connection) = std::mem::replace(stage, Stage::Over(why.into())) {
                was = Some(connection);
            }
            lasts
        });
        was
    }

    /// The connection that it is bound to.
    pub(crate) fn connection(&self) -> Option<Arc<Connection>> {
        match &*self.stage.borrow() {
            Stage::Bound(connection) => Some(connection.clone()),
            Stage::Waiting | Stage::Over(_) => None,
        }
    }

    /// How it ended, if it has.
    pub(crate) fn end(&self) -> Option<Arc<str>> {
        match &*self.stage.borrow() {
            Stage::Over(why) => Some(why.clone()),
            Stage::Waiting | Stage::Bound(_) => None,
        }
    }

    /// Waits until it is bound to a connection.
    ///
    /// # Errors
    /// It is over; how it came to that.
    pub(crate) async fn bound(&self) -> Result<Arc<Connection>, Arc<str>> {
        let mut stage = self.stage.subscribe();
        match stage.wait_for(|stage| !matches!(stage, Stage::Waiting)).await.as_deref() {
            Ok(Stage::Bound(connection)) => Ok(connection.clone()),
            Ok(Stage::Over(why)) => Err(why.clone()),
            // The sender lives as long as the leg.
            Ok(Stage::Waiting) | Err(_) => Err("it is gone".into()),
        }
    }

    /// Waits until it is over, and says how it came to that.
    pub(crate) async fn ended(&self) -> Arc<str> {
        let mut stage = self.stage.subscribe();
        match stage.wait_for(|stage| matches!(stage, Stage::Over(_))).await.as_deref() {
            Ok(Stage::Over(why)) => why.clone(),
            _ => "it is gone".into(),
        }
    }
}
