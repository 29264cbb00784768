//! Lists and who is on them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Map;

use super::address::{Party, is_writable, without_parameters};
use crate::carrier::Incoming;
use crate::control::command::{self, Ability, Failure, Member};
use crate::user::Outcome;

/// A list; with one member it is a gateway (section 6.3).
#[derive(Debug)]
pub(crate) struct List {
    /// Its URI, as it stands in From.
    pub(crate) uri: String,
    pub(crate) members: Vec<Member>,
    /// Whether anybody may know who they are.
    pub(crate) disclosed: bool,
    /// Whether anybody may know how many they are.
    pub(crate) count_disclosed: bool,
    /// Who the members are.
    parties: HashSet<Party>,
}

impl List {
    /// A list of nobody but its own URI.
    pub(crate) fn of_one(uri: &str) -> Self {
        let member = Member { uri: uri.to_owned(), reports: Ability::Reports };
        let parties = HashSet::from([Party::of(uri)]);
        Self {
            uri: without_parameters(uri).to_owned(),
            members: vec![member],
            disclosed: true,
            count_disclosed: true,
            parties,
        }
    }

    /// Who it is.
    pub(crate) fn party(&self) -> Party {
        Party::of(&self.uri)
    }
}

/// All lists, found under any scheme and port of their URIs.
#[derive(Debug, Default)]
pub(crate) struct Lists(HashMap<Party, Arc<List>>);

impl Lists {
    /// Defines a list, or defines it anew.
    pub(crate) fn define(&mut self, list: command::List) -> Outcome {
        let uris = list.members.iter().map(|member| &member.uri).chain([&list.uri]);
        if let Some(uri) = uris.into_iter().find(|uri| !is_writable(uri)) {
            return Err(Failure::Failed(format!("`{uri}` is no URI")));
        }
        let uri = without_parameters(&list.uri).to_owned();
        let parties = list.members.iter().map(|member| Party::of(&member.uri)).collect();
        let command::List { members, disclosed, count_disclosed, .. } = list;
        let party = Party::of(&uri);
        self.0.insert(party, Arc::new(List { uri, members, disclosed, count_disclosed, parties }));
        Ok(Map::new())
    }

    /// The list of that URI.
    pub(crate) fn find(&self, uri: &str) -> Option<Arc<List>> {
        self.0.get(&Party::of(uri)).cloned()
    }

    /// The list that a message is for, by where it was sent to; if that is the host and no list, by CPIM To.
    pub(crate) fn addressed(&self, message: &Incoming, host: &str) -> Option<Arc<List>> {
        if let Some(list) = self.find(&message.target) {
            return Some(list);
        }
        let object = message.object().filter(|_| Party::of(&message.target) == Party::of(host))?;
        let to: Vec<_> = object.to().map(|address| address.uri().into_owned()).collect();
        to.iter().find_map(|uri| self.find(uri))
    }

    /// Forgets one list.
    pub(crate) fn forget(&mut self, list: &Party) {
        self.0.remove(list);
    }

    /// Forgets the lists that somebody is on.
    pub(crate) fn forget_with(&mut self, member: &Party) {
        self.0.retain(|_, list| !list.parties.contains(member));
    }
}
