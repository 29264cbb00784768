//! What intermediaries remember of the messages that they sent on, so that what is told about them finds its way back.

use std::collections::{BTreeMap, HashMap};

use super::address::Party;
use super::host::Memory;
use super::lists::List;

/// How many messages are remembered; the oldest is forgotten first.
const MOST: usize = 100_000;

/// A message that was sent on.
pub(crate) trait Request {
    /// Identifiers by which a report can name it.
    fn ids(&self) -> impl Iterator<Item = &String>;

    /// Whom it is from.
    fn parties(&self) -> &[Party];

    /// Whom it was for.
    fn list(&self) -> &List;
}

/// All messages that are remembered, by number and by identifier.
#[derive(Debug)]
pub(crate) struct Remembered<R> {
    requests: BTreeMap<u64, R>,
    by_id: HashMap<String, Vec<u64>>,
    count: u64,
}

impl<R> Default for Remembered<R> {
    fn default() -> Self {
        Self { requests: BTreeMap::new(), by_id: HashMap::new(), count: 0 }
    }
}

impl<R: Request> Remembered<R> {
    /// The number of the next message.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// Remembers a message and says under which number.
    pub(crate) fn put(&mut self, request: R) -> u64 {
        let number = self.next_number();
        self.put_as(number, request);
        number
    }

    /// Remembers a message under a number that it was given before.
    pub(crate) fn put_as(&mut self, number: u64, request: R) {
        for id in request.ids() {
            self.by_id.entry(id.clone()).or_default().push(number);
        }
        self.requests.insert(number, request);
        if self.requests.len() > MOST {
            self.forget_first_if(|_| true);
        }
    }

    /// Forgets the oldest message if it is like that, and says whether it was.
    pub(crate) fn forget_first_if(&mut self, test: impl Fn(&R) -> bool) -> bool {
        let first = self.requests.first_key_value().filter(|(_, request)| test(request));
        let Some(number) = first.map(|(number, _)| *number) else { return false };
        self.remove(number);
        true
    }

    /// The message of that number.
    pub(crate) fn get(&mut self, number: u64) -> Option<&mut R> {
        self.requests.get_mut(&number)
    }

    /// Messages that have this identifier, oldest first.
    pub(crate) fn called(&self, id: &str) -> impl Iterator<Item = (u64, &R)> {
        let numbers = self.by_id.get(id).into_iter().flatten();
        numbers.filter_map(|number| Some((*number, self.requests.get(number)?)))
    }

    /// All messages, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &R)> {
        self.requests.iter().map(|(number, request)| (*number, request))
    }

    fn remove(&mut self, number: u64) -> Option<R> {
        let request = self.requests.remove(&number)?;
        for id in request.ids() {
            if let Some(numbers) = self.by_id.get_mut(id) {
                numbers.retain(|other| *other != number);
                if numbers.is_empty() {
                    self.by_id.remove(id);
                }
            }
        }
        Some(request)
    }
}

impl<R: Request> Memory for Remembered<R> {
    fn forget(&mut self, party: &Party) -> Vec<Party> {
        let theirs = self.iter().filter(|(_, request)| request.parties().contains(party));
        let gone: Vec<_> = theirs.map(|(number, _)| number).collect();
        let gone = gone.into_iter().filter_map(|number| self.remove(number));
        gone.map(|request| request.list().party()).collect()
    }

    fn clear(&mut self) {
        *self = Self { count: self.count, ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::common::lists::Lists;
    use crate::control::command::{Command, Request as Line};

    struct Sent {
        ids: Vec<String>,
        parties: Vec<Party>,
        list: Arc<List>,
    }

    impl Request for Sent {
        fn ids(&self) -> impl Iterator<Item = &String> {
            self.ids.iter()
        }

        fn parties(&self) -> &[Party] {
            &self.parties
        }

        fn list(&self) -> &List {
            &self.list
        }
    }

    fn sent(from: &str, ids: &[&str]) -> Sent {
        let mut lists = Lists::default();
        let command = Line::parse(br#"{"command": "list", "uri": "sip:team@h", "members": []}"#).command;
        let Ok(Command::List(list)) = command else { panic!("{command:?}") };
        lists.define(list).unwrap();
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        Sent { ids, parties: vec![Party::of(from)], list: lists.find("sip:team@h").unwrap() }
    }

    fn called(remembered: &Remembered<Sent>, id: &str) -> Vec<u64> {
        remembered.called(id).map(|(number, _)| number).collect()
    }

    #[test]
    fn what_is_forgotten_leaves_its_identifiers_to_others() {
        let mut remembered = Remembered::default();
        remembered.put(sent("sip:a@h", &["x", "y"]));
        remembered.put(sent("sip:b@h", &["y"]));
        assert_eq!(called(&remembered, "y"), [1, 2]);
        assert_eq!(remembered.forget(&Party::of("im:a@h")), [Party::of("sip:team@h")]);
        assert_eq!((called(&remembered, "x"), called(&remembered, "y")), (vec![], vec![2]));
        assert!(!remembered.forget_first_if(|oldest| oldest.ids.is_empty()));
        remembered.clear();
        assert!(called(&remembered, "y").is_empty());
        assert_eq!(remembered.put(sent("sip:a@h", &["y"])), 3, "no old copy belongs to a new request");
    }
}
