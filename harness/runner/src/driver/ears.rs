//! Who hears what an IUT says unasked.
//!
//! Many cases may run in one IUT at once. An event that names a message's sender goes to the case whose peer that
//! is; where the driver is not scoped there is one case at a time, which hears everything.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use record::{EventKind, Recorder};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value};
use tokio::sync::oneshot;

/// All that listen to one process.
#[derive(Debug)]
pub struct Ears {
    process: u32,
    scoped: AtomicBool,
    /// Whether an `arrived` was ever heard, or ever waited for in vain.
    announces: Mutex<Option<bool>>,
    listening: Mutex<Listening>,
}

#[derive(Debug, Default)]
struct Listening {
    all: Vec<Arc<Ear>>,
    by_user: FxHashMap<String, Arc<Ear>>,
}

/// One case's ear: writes what it hears into the record, and knows which messages have arrived.
#[derive(Debug)]
pub struct Ear {
    recorder: Recorder,
    heard: Mutex<Heard>,
}

#[derive(Debug, Default)]
struct Heard {
    arrived: FxHashSet<Arrival>,
    awaited: FxHashMap<Arrival, Vec<oneshot::Sender<()>>>,
}

/// A message that has come to the IUT's user, as `arrived` tells it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Arrival {
    /// By its identifier.
    Identified(String),
    /// Without one: by the user part of its sender.
    From(String),
}

/// Keeps an ear open; dropping it closes the ear.
#[derive(Debug)]
pub struct Hearing {
    ears: Arc<Ears>,
    ear: Arc<Ear>,
    users: Vec<String>,
}

impl Ears {
    pub(super) fn new(process: u32) -> Self {
        Self { process, scoped: false.into(), announces: Mutex::default(), listening: Mutex::default() }
    }

    pub(super) fn set_scoped(&self, scoped: bool) {
        self.scoped.store(scoped, Ordering::Relaxed);
    }

    /// Whether this IUT announces messages: `None` as long as nobody can know.
    pub fn announces(&self) -> Option<bool> {
        *lock(&self.announces)
    }

    /// An announcement was waited for in vain. One that came counts for more.
    pub fn waited_in_vain(&self) {
        lock(&self.announces).get_or_insert(false);
    }

    /// Opens an ear for a case whose peers have these user parts.
    pub fn listen(self: &Arc<Self>, users: Vec<String>, recorder: Recorder) -> Hearing {
        let ear = Arc::new(Ear { recorder, heard: Mutex::default() });
        let mut listening = lock(&self.listening);
        listening.all.push(ear.clone());
        listening.by_user.extend(users.iter().map(|user| (user.clone(), ear.clone())));
        drop(listening);
        Hearing { ears: self.clone(), ear, users }
    }

    /// Takes an event that is no `ready`.
    pub(super) fn hear(&self, event: Map<String, Value>) {
        let arrival =
            (event.get("event").and_then(Value::as_str) == Some("arrived")).then(|| Arrival::of(&event));
        if arrival.is_some() {
            *lock(&self.announces) = Some(true);
        }
        for ear in self.concerned(&event) {
            ear.hear(self.process, event.clone(), arrival.clone().flatten());
        }
    }

    fn concerned(&self, event: &Map<String, Value>) -> Vec<Arc<Ear>> {
        let listening = lock(&self.listening);
        let sender = event.get("from").and_then(Value::as_str).map(user_of);
        match sender.and_then(|user| listening.by_user.get(user)) {
            Some(ear) => vec![ear.clone()],
            None if self.scoped.load(Ordering::Relaxed) => Vec::new(),
            None => listening.all.clone(),
        }
    }
}

impl Ear {
    fn hear(&self, iut: u32, event: Map<String, Value>, arrival: Option<Arrival>) {
        self.recorder.push(EventKind::DriverEvent { iut, event: Value::Object(event) });
        let Some(arrival) = arrival else { return };
        let mut heard = lock(&self.heard);
        for waiting in heard.awaited.remove(&arrival).into_iter().flatten() {
            let _ = waiting.send(());
        }
        heard.arrived.insert(arrival);
    }

    /// Waits until the IUT has said that this message has arrived.
    pub async fn arrived(&self, arrival: Arrival) {
        let told = {
            let mut heard = lock(&self.heard);
            if heard.arrived.contains(&arrival) {
                return;
            }
            let (tell, told) = oneshot::channel();
            heard.awaited.entry(arrival).or_default().push(tell);
            told
        };
        // The other end is kept as long as this ear is.
        let _ = told.await;
    }
}

impl Arrival {
    fn of(event: &Map<String, Value>) -> Option<Self> {
        let text = |member| event.get(member).and_then(Value::as_str);
        let identified = text("message_id").map(|id| Self::Identified(id.to_owned()));
        identified.or_else(|| text("from").map(|from| Self::From(user_of(from).to_owned())))
    }
}

impl Hearing {
    /// The ear.
    pub fn ear(&self) -> &Arc<Ear> {
        &self.ear
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        let mut listening = lock(&self.ears.listening);
        listening.all.retain(|ear| !Arc::ptr_eq(ear, &self.ear));
        for user in &self.users {
            listening.by_user.remove(user);
        }
    }
}

/// The user part of a URI, with or without angle brackets and display name; the whole text if it has none.
pub(crate) fn user_of(address: &str) -> &str {
    let uri = address.rsplit_once('<').map_or(address, |(_, uri)| uri);
    let after_scheme = uri.split_once(':').map_or(uri, |(_, rest)| rest);
    after_scheme.split_once('@').map_or(after_scheme, |(user, _)| user)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrived(id: Value, from: &str) -> Map<String, Value> {
        let Value::Object(event) = serde_json::json!({"event": "arrived", "message_id": id, "from": from})
        else {
            panic!()
        };
        event
    }

    #[test]
    fn user_parts_are_found_in_any_form_of_an_address() {
        for text in ["sip:p.1@127.0.0.1:5", "<sip:p.1@h;transport=tcp>", "\"P\" <im:p.1@h>", "p.1@h"] {
            assert_eq!(user_of(text), "p.1", "{text}");
        }
        assert_eq!(user_of("sip:host"), "host");
    }

    #[tokio::test]
    async fn with_scope_only_the_case_hears_whose_peer_is_named() {
        let ears = Arc::new(Ears::new(0));
        ears.set_scoped(true);
        let (one, two) = (Recorder::begin("one", "udp"), Recorder::begin("two", "udp"));
        let first = ears.listen(vec!["p.1".into()], one.clone());
        let second = ears.listen(vec!["p.2".into()], two.clone());
        ears.hear(arrived("id".into(), "sip:p.2@h"));
        ears.hear(arrived(Value::Null, "sip:nobody@h"));
        second.ear().arrived(Arrival::Identified("id".into())).await;
        assert_eq!((one.finish().events.len(), two.finish().events.len()), (0, 1));
        assert_eq!(ears.announces(), Some(true));
        drop((first, second));
        assert!(lock(&ears.listening).by_user.is_empty() && lock(&ears.listening).all.is_empty());
    }

    #[tokio::test]
    async fn without_scope_the_one_case_hears_everything() {
        let ears = Arc::new(Ears::new(3));
        let recorder = Recorder::begin("one", "udp");
        let hearing = ears.listen(vec!["p.1".into()], recorder.clone());
        let ear = hearing.ear().clone();
        let waiting = tokio::spawn(async move { ear.arrived(Arrival::From("p.1".into())).await });
        ears.hear(Map::from_iter([("event".to_owned(), "log".into())]));
        ears.hear(arrived(Value::Null, "sip:p.1@h"));
        waiting.await.unwrap();
        assert_eq!(recorder.finish().events.len(), 2);
    }
}
