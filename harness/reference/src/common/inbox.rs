//! Messages that came in.

use std::collections::{BTreeMap, HashMap};

use super::address::Party;

/// What the inbox has to know of a message.
pub(crate) trait Entry {
    /// Identifiers by which a command may call it.
    fn names(&self) -> impl Iterator<Item = &String>;

    /// Whom it is from.
    fn parties(&self) -> &[Party];

    /// Whether it is something for the user, and no report.
    fn is_message(&self) -> bool;
}

/// All messages, in the order in which they came.
#[derive(Debug)]
pub(crate) struct Inbox<I> {
    items: BTreeMap<u64, I>,
    by_id: HashMap<String, Vec<u64>>,
    last: HashMap<Party, u64>,
    count: u64,
}

impl<I> Default for Inbox<I> {
    fn default() -> Self {
        Self { items: BTreeMap::new(), by_id: HashMap::new(), last: HashMap::new(), count: 0 }
    }
}

impl<I: Entry> Inbox<I> {
    /// Takes a message in and says under which number.
    pub(crate) fn put(&mut self, item: I) -> u64 {
        self.count += 1;
        for id in item.names() {
            self.by_id.entry(id.clone()).or_default().push(self.count);
        }
        if item.is_message() {
            for party in item.parties() {
                self.last.insert(party.clone(), self.count);
            }
        }
        self.items.insert(self.count, item);
        self.count
    }

    /// The message of that number.
    pub(crate) fn get(&mut self, number: u64) -> Option<&mut I> {
        self.items.get_mut(&number)
    }

    /// The message that a command means: by its handle, by its identifier, or as the last one of a sender.
    pub(crate) fn find(&self, handle: Option<&str>, id: Option<&str>, from: Option<&str>) -> Option<u64> {
        let from = from.map(Party::of);
        match (handle, id) {
            (Some(handle), _) => self.by_handle(handle),
            (None, Some(id)) => self.by_id(id, from.as_ref()),
            (None, None) => self.last_from(&from?),
        }
    }

    /// The number in a handle, if such a message is there.
    fn by_handle(&self, handle: &str) -> Option<u64> {
        let number = handle.strip_prefix('h')?.parse().ok()?;
        self.items.contains_key(&number).then_some(number)
    }

    /// The latest message of that Message-ID, from that party if one is given. A report is meant only if no message is:
    /// anybody can give it the name of one.
    pub(crate) fn by_id(&self, id: &str, from: Option<&Party>) -> Option<u64> {
        let rank = |number: &u64| {
            let item = self.items.get(number)?;
            let fits = from.is_none_or(|party| item.parties().contains(party));
            fits.then_some((item.is_message(), *number))
        };
        self.by_id.get(id)?.iter().filter_map(rank).max().map(|(_, number)| number)
    }

    /// The latest message from that party.
    fn last_from(&self, party: &Party) -> Option<u64> {
        self.last.get(party).copied()
    }

    /// Everything, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &I)> {
        self.items.iter().map(|(number, item)| (*number, item))
    }

    /// Forgets what came from that party.
    pub(crate) fn forget(&mut self, party: &Party) {
        self.items.retain(|_, item| !item.parties().contains(party));
        let items = &self.items;
        self.by_id.retain(|_, numbers| {
            numbers.retain(|number| items.contains_key(number));
            !numbers.is_empty()
        });
        self.last.remove(party);
    }

    /// Forgets everything but the numbers, so that no old handle means a new message.
    pub(crate) fn clear(&mut self) {
        *self = Self { count: self.count, ..Self::default() };
    }
}

/// How the control protocol calls a message.
pub(crate) fn handle(number: u64) -> String {
    format!("h{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Entered(&'static str, &'static str, bool);

    impl Entry for (String, Vec<Party>, bool) {
        fn names(&self) -> impl Iterator<Item = &String> {
            std::iter::once(&self.0)
        }

        fn parties(&self) -> &[Party] {
            &self.1
        }

        fn is_message(&self) -> bool {
            self.2
        }
    }

    fn inbox(items: &[Entered]) -> Inbox<(String, Vec<Party>, bool)> {
        let mut inbox = Inbox::default();
        for Entered(id, from, is_message) in items {
            inbox.put(((*id).to_owned(), vec![Party::of(from)], *is_message));
        }
        inbox
    }

    #[test]
    fn the_latest_message_of_a_name_is_meant() {
        let inbox = inbox(&[
            Entered("m", "sip:a@h", true),
            Entered("m", "sip:b@h", true),
            Entered("m", "sip:b@h", false),
            Entered("r", "sip:b@h", false),
        ]);
        assert_eq!(inbox.find(None, Some("m"), None), Some(2), "a report takes no name away");
        assert_eq!(inbox.find(None, Some("m"), Some("sip:a@h:5060")), Some(1));
        assert_eq!(inbox.find(None, Some("r"), None), Some(4));
        assert_eq!(inbox.find(None, None, Some("sip:b@h")), Some(2));
        assert_eq!((inbox.find(Some("h3"), None, None), inbox.find(Some("h9"), None, None)), (Some(3), None));
        assert_eq!(inbox.find(None, None, None), None);
    }

    #[test]
    fn forgetting_a_party_leaves_the_names_of_others() {
        let mut inbox = inbox(&[Entered("m", "sip:a@h", true), Entered("m", "sip:b@h", true)]);
        inbox.forget(&Party::of("sip:b@h"));
        assert_eq!(inbox.find(None, Some("m"), None), Some(1));
        assert_eq!(inbox.find(None, None, Some("sip:b@h")), None);
        inbox.clear();
        assert_eq!(inbox.put(("n".to_owned(), Vec::new(), true)), 3, "no old handle means a new message");
    }
}
