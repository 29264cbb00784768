//! Who is who on a network.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::member::Member;

/// The members of a network by user part.
#[derive(Debug, Default)]
pub(crate) struct Directory(RwLock<HashMap<Box<[u8]>, Arc<Member>>>);

impl Directory {
    /// Adds a member; one of the same user part is no longer found.
    pub(crate) fn add(&self, member: Arc<Member>) {
        let mut members = self.0.write().unwrap_or_else(PoisonError::into_inner);
        members.insert(member.user().as_bytes().into(), member);
    }

    /// Takes a member out, unless another one has taken its user part over.
    pub(crate) fn remove(&self, member: &Arc<Member>) {
        let mut members = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let user = member.user().as_bytes();
        if members.get(user).is_some_and(|known| Arc::ptr_eq(known, member)) {
            members.remove(user);
        }
    }

    /// The first of the users that is a member. User parts are compared octet by octet (RFC 3261 section 19.1.4).
    pub(crate) fn find<'a>(&self, users: impl IntoIterator<Item = &'a [u8]>) -> Option<Arc<Member>> {
        let members = self.0.read().unwrap_or_else(PoisonError::into_inner);
        users.into_iter().find_map(|user| members.get(user).cloned())
    }
}
