//! What is known of a running IUT: its own `ready`, corrected by the profile.

use std::collections::BTreeSet;

use scenario::model::{Mode, TransportName};
use serde::Deserialize;

use super::Ixit;

/// The IUT's first line (control protocol, "Start"). Members that are not known are ignored.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ready {
    /// Version of the control protocol; absent means 1.
    pub protocol: Option<u64>,
    /// Who it is.
    pub implementation: Option<Implementation>,
    /// Where SIP requests go, one URI a transport.
    pub endpoints: Vec<String>,
    /// Addresses of its user.
    pub addresses: Vec<String>,
    /// Lists that it serves.
    pub lists: Vec<String>,
    /// What its driver can do.
    pub commands: Vec<String>,
    /// How it can exchange messages; empty means in pages only.
    pub modes: Vec<String>,
    /// Whether its driver honours `peer`.
    pub scoped: bool,
}

/// Name and version as the IUT gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Implementation {
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
}

/// What holds for a running IUT.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Who it says it is.
    pub implementation: Option<Implementation>,
    /// Where SIP requests go, as URIs.
    pub endpoints: Vec<String>,
    /// Addresses of its user, first the usual one.
    pub addresses: Vec<String>,
    /// Lists that it serves.
    pub lists: Vec<String>,
    /// What its driver can do.
    pub commands: BTreeSet<String>,
    /// How it can exchange messages.
    pub modes: BTreeSet<Mode>,
    /// Whether many scenarios may run in it at once.
    pub scoped: bool,
}

impl Facts {
    /// What the IUT said, corrected by its profile.
    pub fn new(ready: Ready, ixit: &Ixit) -> Self {
        let endpoints = ixit.endpoints.clone().unwrap_or(ready.endpoints);
        let mut addresses = ixit.addresses.clone().unwrap_or(ready.addresses);
        if addresses.is_empty() {
            addresses.extend(endpoints.first().map(|uri| without_parameters(uri).to_owned()));
        }
        Self {
            implementation: ready.implementation,
            addresses,
            lists: ixit.lists.clone().unwrap_or(ready.lists),
            modes: ixit.modes.clone().map_or_else(|| modes(&ready.modes), BTreeSet::from_iter),
            commands: ixit.commands.clone().unwrap_or(ready.commands).into_iter().collect(),
            scoped: ixit.scoped.unwrap_or(ready.scoped),
            endpoints,
        }
    }

    /// The endpoint for a transport: the one whose `transport` parameter names it; without that parameter a URI
    /// means UDP (RFC 3263 4.1).
    pub fn endpoint(&self, transport: TransportName) -> Option<&str> {
        self.endpoints.iter().map(String::as_str).find(|uri| transport_of(uri) == Some(transport))
    }

    /// The usual address of the user.
    pub fn address(&self) -> Option<&str> {
        self.addresses.first().map(String::as_str)
    }
}

/// The modes of these names. Others are not known here, and what names none means pages.
fn modes(names: &[String]) -> BTreeSet<Mode> {
    let named: BTreeSet<Mode> =
        Mode::ALL.into_iter().filter(|mode| names.iter().any(|name| name == mode.word())).collect();
    if named.is_empty() { BTreeSet::from([Mode::Page]) } else { named }
}

fn without_parameters(uri: &str) -> &str {
    uri.split([';', '?']).next().unwrap_or(uri)
}

/// `None` for a transport that is not known.
fn transport_of(uri: &str) -> Option<TransportName> {
    let parameter = |piece: &str| {
        let (name, value) = piece.split_once('=')?;
        name.eq_ignore_ascii_case("transport").then(|| value.to_ascii_lowercase())
    };
    match uri.split(';').skip(1).find_map(parameter).as_deref() {
        None | Some("udp") => Some(TransportName::Udp),
        Some("tcp") => Some(TransportName::Tcp),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READY: &str = r#"{"event":"ready","protocol":1,"implementation":{"name":"Example UA","version":"2.1"},
        "endpoints":["sip:bob@127.0.0.1:5062;transport=udp","sip:bob@127.0.0.1:5062;transport=TCP"],
        "commands":["send","reset"],"scoped":true,"mood":"good"}"#;

    fn ready() -> Ready {
        serde_json::from_str(READY).unwrap()
    }

    #[test]
    fn the_first_endpoint_is_the_address_by_default() {
        let facts = Facts::new(ready(), &Ixit::default());
        assert_eq!(facts.address(), Some("sip:bob@127.0.0.1:5062"));
        assert_eq!(facts.endpoint(TransportName::Tcp), Some("sip:bob@127.0.0.1:5062;transport=TCP"));
        assert!(facts.scoped && facts.commands.contains("reset"));
    }

    #[test]
    fn who_names_no_mode_sends_pages() {
        let table: [(&[&str], &[Mode]); 4] = [
            (&[], &[Mode::Page]),
            (&["session", "page"], &[Mode::Page, Mode::Session]),
            (&["session"], &[Mode::Session]),
            (&["carrier-pigeon"], &[Mode::Page]),
        ];
        for (names, expected) in table {
            let modes = names.iter().map(|name| (*name).to_owned()).collect();
            let facts = Facts::new(Ready { modes, ..ready() }, &Ixit::default());
            assert_eq!(facts.modes.into_iter().collect::<Vec<_>>(), expected, "{names:?}");
        }
        let ixit = Ixit { modes: Some(vec![Mode::Session]), ..Ixit::default() };
        assert_eq!(Facts::new(ready(), &ixit).modes, BTreeSet::from([Mode::Session]));
    }

    #[test]
    fn the_profile_wins() {
        let ixit = Ixit {
            endpoints: Some(vec!["sip:lab.test".into(), "sip:lab.test;transport=tls".into()]),
            commands: Some(Vec::new()),
            scoped: Some(false),
            ..Ixit::default()
        };
        let facts = Facts::new(ready(), &ixit);
        assert_eq!(facts.endpoint(TransportName::Udp), Some("sip:lab.test"));
        assert_eq!(facts.endpoint(TransportName::Tcp), None);
        assert!(facts.commands.is_empty() && !facts.scoped);
    }
}
