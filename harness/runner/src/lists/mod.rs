//! Lists that an IUT has by its own configuration (IXIT `static-lists`), for drivers that cannot define any. Each of them
//! is lent to one case at a time.

mod wanted;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::driver::user_of;
use crate::iut::StaticList;

pub(crate) use wanted::{Wanted, all_wanted, wanted_by};

/// The static lists of an IUT.
#[derive(Debug)]
pub(crate) struct Shelf {
    lists: Vec<StaticList>,
    out: Mutex<Out>,
    /// Tells that lists have come back.
    returned: Notify,
}

/// What is lent.
#[derive(Debug, Default)]
struct Out {
    lists: HashSet<usize>,
    /// User parts of members. Peers are told apart by them, so no two cases may have one at a time.
    users: HashSet<String>,
}

/// Lists that one case has for itself; dropping it gives them back.
#[derive(Debug)]
pub(crate) struct Loan {
    shelf: Arc<Shelf>,
    lists: Vec<(Wanted, usize)>,
}

impl Shelf {
    /// These lists.
    pub(crate) fn new(lists: Vec<StaticList>) -> Arc<Self> {
        Arc::new(Self { lists, out: Mutex::default(), returned: Notify::new() })
    }

    /// Waits until there is a list for everything that is wanted.
    ///
    /// # Errors
    /// There never will be; the text says which list would be needed.
    pub(crate) async fn lend(self: &Arc<Self>, wanted: &[Wanted]) -> Result<Loan, String> {
        self.choose(wanted, &Out::default())?;
        loop {
            let returned = self.returned.notified();
            tokio::pin!(returned);
            // From here on nothing that comes back can be missed.
            returned.as_mut().enable();
            if let Some(loan) = self.take(wanted) {
                return Ok(loan);
            }
            returned.await;
        }
    }

    fn take(self: &Arc<Self>, wanted: &[Wanted]) -> Option<Loan> {
        let mut out = self.out();
        let chosen = self.choose(wanted, &out).ok()?;
        for index in &chosen {
            out.lists.insert(*index);
            out.users.extend(self.lists[*index].users());
        }
        Some(Loan { shelf: self.clone(), lists: wanted.iter().cloned().zip(chosen).collect() })
    }

    /// A list that is free for each that is wanted.
    fn choose(&self, wanted: &[Wanted], out: &Out) -> Result<Vec<usize>, String> {
        let mut chosen: Vec<usize> = Vec::new();
        let mut users = out.users.clone();
        for one in wanted {
            let free = |(index, list): &(usize, &StaticList)| {
                !out.lists.contains(index)
                    && !chosen.contains(index)
                    && one.is_met_by(list)
                    && list.users().all(|user| !users.contains(&user))
            };
            let found = self.lists.iter().enumerate().find(free);
            let (index, list) = found.ok_or_else(|| one.needed())?;
            users.extend(list.users());
            chosen.push(index);
        }
        Ok(chosen)
    }

    fn out(&self) -> MutexGuard<'_, Out> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StaticList {
    fn users(&self) -> impl Iterator<Item = String> + '_ {
        self.members.iter().map(|member| user_of(member).to_owned())
    }
}

impl Loan {
    /// The address of the list that stands for the one of that name.
    pub(crate) fn uri(&self, name: &str) -> Option<&str> {
        let lent = self.lists.iter().find(|(wanted, _)| wanted.list == name);
        lent.and_then(|(_, index)| self.shelf.lists.get(*index)).map(|list| list.uri.as_str())
    }

    /// The addresses that peers get as members, by the names of the peers.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lists.iter().flat_map(|(wanted, index)| {
            let addresses = self.shelf.lists.get(*index).map_or(&[][..], |list| &list.members);
            wanted.members.iter().map(String::as_str).zip(addresses.iter().map(String::as_str))
        })
    }

    /// Whether a list like that is there already.
    pub(crate) fn has(&self, wanted: &Wanted) -> bool {
        self.lists.iter().any(|(lent, _)| lent == wanted)
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        let mut out = self.shelf.out();
        for (_, index) in &self.lists {
            out.lists.remove(index);
            self.shelf.lists.get(*index).into_iter().flat_map(StaticList::users).for_each(|user| {
                out.users.remove(&user);
            });
        }
        drop(out);
        self.shelf.returned.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
