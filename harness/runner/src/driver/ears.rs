//! Who hears what an IUT says unasked.
//!
//! Many cases may run in one IUT at once. An event that names a message's sender goes to the case whose peer that
//! is; where the driver is not scoped there is one case at a time, which hears everything.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use record::{EventKind, Recorder};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};
use tokio::sync::Notify;

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
    news: Notify,
}

#[derive(Debug, Default)]
struct Heard {
    arrivals: Vec<Arrival>,
    /// The latest arrival of each identifier.
    by_id: FxHashMap<String, usize>,
}

/// A message that has come to the IUT's user, as `arrived` tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    /// By what the driver wants it called.
    pub handle: Option<String>,
    /// Its identifier, as the IUT understood it.
    pub message_id: Option<String>,
    /// The user part of its sender.
    user: String,
}

/// Which arrival is waited for.
#[derive(Clone, Debug)]
pub struct Awaited<'a> {
    /// The identifier that the message has.
    pub message_id: Option<&'a str>,
    /// The user part of its sender.
    pub user: &'a str,
    /// How many arrivals had been heard before it was sent.
    pub since: usize,
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
        let ear = Arc::new(Ear { recorder, heard: Mutex::default(), news: Notify::new() });
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
            ear.hear(self.process, event.clone(), arrival.clone());
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
        // Beyond the limit of the record nothing is kept here either.
        if let Some(arrival) = arrival.filter(|_| !self.recorder.has_overflowed()) {
            lock(&self.heard).add(arrival);
            self.news.notify_waiters();
        }
    }

    /// How many arrivals have been heard so far.
    pub fn arrivals(&self) -> usize {
        lock(&self.heard).arrivals.len()
    }

    /// Waits until the IUT has said that this message has arrived. `is_other` knows the identifiers of other messages.
    pub async fn arrived(&self, awaited: &Awaited<'_>, is_other: impl Fn(&str) -> bool) -> Arrival {
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            // From here on nothing that is heard can be missed.
            news.as_mut().enable();
            if let Some(arrival) = lock(&self.heard).find(awaited, &is_other) {
                return arrival;
            }
            news.await;
        }
    }
}

impl Heard {
    fn add(&mut self, arrival: Arrival) {
        if let Some(id) = &arrival.message_id {
            self.by_id.insert(id.clone(), self.arrivals.len());
        }
        self.arrivals.push(arrival);
    }

    /// The arrival of that identifier; else the first one since the message was sent that cannot be another's, for
    /// an IUT that understood no identifier, or another one.
    fn find(&self, awaited: &Awaited<'_>, is_other: impl Fn(&str) -> bool) -> Option<Arrival> {
        let identified =
            awaited.message_id.and_then(|id| self.by_id.get(id)).and_then(|at| self.arrivals.get(*at));
        let is_it = |arrival: &&Arrival| {
            arrival.user == awaited.user && !arrival.message_id.as_deref().is_some_and(&is_other)
        };
        let since = || self.arrivals.get(awaited.since..).unwrap_or_default().iter().find(is_it);
        identified.or_else(since).cloned()
    }
}

impl Arrival {
    fn of(event: &Map<String, Value>) -> Self {
        let text = |member| event.get(member).and_then(Value::as_str).map(str::to_owned);
        Self {
            handle: text("handle"),
            message_id: text("message_id"),
            user: text("from").map(|from| user_of(&from).to_owned()).unwrap_or_default(),
        }
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

    fn arrived(id: Value, from: &str, handle: &str) -> Map<String, Value> {
        let event = serde_json::json!({"event": "arrived", "message_id": id, "from": from, "handle": handle});
        event.as_object().unwrap().clone()
    }

    fn awaited<'a>(message_id: Option<&'a str>, since: usize) -> Awaited<'a> {
        Awaited { message_id, user: "p.1", since }
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
        ears.hear(arrived("id".into(), "sip:p.1@h", "h1"));
        ears.hear(arrived(Value::Null, "sip:nobody@h", "h2"));
        let arrival = first.ear().arrived(&awaited(Some("id"), 0), |_| false).await;
        assert_eq!(arrival.handle.as_deref(), Some("h1"));
        assert_eq!((one.finish().events.len(), two.finish().events.len()), (1, 0));
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
        let waiting = tokio::spawn(async move { ear.arrived(&awaited(None, 0), |_| false).await.handle });
        ears.hear(Map::from_iter([("event".to_owned(), "log".into())]));
        tokio::task::yield_now().await;
        ears.hear(arrived(Value::Null, "sip:p.1@h", "h1"));
        assert_eq!(waiting.await.unwrap().as_deref(), Some("h1"));
        assert_eq!(recorder.finish().events.len(), 2);
    }

    #[tokio::test]
    async fn a_message_that_was_understood_otherwise_is_found_by_exclusion() {
        let ears = Arc::new(Ears::new(0));
        let hearing = ears.listen(vec!["p.1".into()], Recorder::begin("one", "udp"));
        for (id, handle) in [("old", "h1"), ("other", "h2"), ("MINE", "h3")] {
            ears.hear(arrived(id.into(), "sip:p.1@h", handle));
        }
        let mine = hearing.ear().arrived(&awaited(Some("mine"), 1), |id| id == "other").await;
        assert_eq!(mine.handle.as_deref(), Some("h3"));
        let old = hearing.ear().arrived(&awaited(Some("old"), 3), |_| true).await;
        assert_eq!(old.handle.as_deref(), Some("h1"));
    }
}
