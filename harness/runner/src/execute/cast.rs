//! Who takes part in a case: the peers, and the IUT as they know it.

use std::net::SocketAddr;
use std::sync::Arc;

use peer::{Peer, Requests};
use record::{Recorder, Transport};
use serde_json::{Value, json};
use wire::uri::Uri;

use super::inbox::Inbox;
use super::{Bench, Booking};
use crate::compose::{Parties, fresh_small};
use crate::driver::Fault;
use crate::iut::{Addressing, Ixit};
use crate::plan::{Case, name_of};

/// Length of the random tail of a peer's user part.
const TAIL: usize = 6;

/// The port of SIP where a URI has none (RFC 3261 section 19.1.2).
const SIP_PORT: u16 = 5060;

/// Everybody who takes part.
pub(super) struct Cast {
    /// The peers; the first is the one that is meant where a step names none.
    pub(super) roles: Vec<Role>,
    /// Where requests to the IUT go.
    pub(super) destination: SocketAddr,
    /// The Request-URI.
    endpoint: String,
    /// The address of the IUT's user.
    address: String,
}

/// A peer on stage.
pub(super) struct Role {
    /// Its name in the scenario.
    pub(super) name: Arc<str>,
    /// Its address as CPIM and commands name it.
    pub(super) uri: String,
    pub(super) peer: Peer,
    /// Held by whoever takes in what comes.
    pub(super) requests: tokio::sync::Mutex<Requests>,
    pub(super) inbox: Inbox,
}

impl Cast {
    pub(super) async fn assemble(
        case: &Case,
        bench: &Bench,
        booking: &Booking,
        recorder: &Recorder,
    ) -> Result<Self, Fault> {
        let facts = booking.processes.first().map(|process| &process.facts);
        let endpoint = facts
            .and_then(|facts| facts.endpoint(name_of(case.transport)))
            .ok_or_else(|| Fault::Unreachable(format!("the IUT has no endpoint for {}", case.transport)))?;
        let address = facts.and_then(|facts| facts.address()).unwrap_or(endpoint);
        let names = &case.scenario.scenario.peers;
        Ok(Self {
            roles: names.iter().map(|name| Role::cast(name, case.transport, bench, recorder)).collect(),
            destination: resolve(endpoint).await?,
            endpoint: endpoint.to_owned(),
            address: address.to_owned(),
        })
    }

    /// The peer of that name, or the first.
    pub(super) fn role(&self, name: Option<&str>) -> Option<&Role> {
        match name {
            Some(name) => self.roles.iter().find(|role| &*role.name == name),
            None => self.roles.first(),
        }
    }

    /// What stands on both sides of a message of that peer.
    pub(super) fn parties<'a>(&'a self, role: &'a Role, transport: Transport) -> Parties<'a> {
        Parties {
            peer: &role.uri,
            iut: &self.address,
            endpoint: &self.endpoint,
            transport,
            sent_by: role.peer.address(),
        }
    }

    /// Everybody by name, as texts of the scenario refer to them.
    pub(super) fn parties_by_name(&self) -> impl Iterator<Item = (&str, Value)> {
        let peers = self.roles.iter().map(|role| (&*role.name, party(&role.uri)));
        peers.chain([("iut", party(&self.address))])
    }
}

impl Role {
    fn cast(name: &str, transport: Transport, bench: &Bench, recorder: &Recorder) -> Self {
        let user = format!("{}.{}", name.to_lowercase(), fresh_small(TAIL));
        let uri = uri(&user, transport, bench.network.address(), &bench.ixit);
        let mut peer = bench.network.join(&user, name, recorder);
        let requests = tokio::sync::Mutex::new(peer.take_requests());
        Self { name: name.into(), uri, peer, requests, inbox: Inbox::default() }
    }
}

/// The address of a peer. Where the IUT has to tell the transport from it, the address says so.
fn uri(user: &str, transport: Transport, harness: SocketAddr, ixit: &Ixit) -> String {
    match (ixit.addressing, transport) {
        (Addressing::Aor, _) => format!("sip:{user}@{}", ixit.domain),
        (Addressing::HostPort, Transport::Udp) => format!("sip:{user}@{harness}"),
        (Addressing::HostPort, Transport::Tcp) => format!("sip:{user}@{harness};transport=tcp"),
    }
}

/// A party as texts can take it apart.
fn party(uri: &str) -> Value {
    let parsed = Uri::parse(uri.as_bytes());
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    json!({
        "uri": uri,
        "user": parsed.and_then(|parsed| parsed.user()).map(text),
        "host": parsed.map(|parsed| text(parsed.host())),
        "port": parsed.and_then(|parsed| parsed.port()),
    })
}

/// The address behind a URI.
///
/// # Errors
/// It names no host that is known.
async fn resolve(endpoint: &str) -> Result<SocketAddr, Fault> {
    let unreachable = |why: &str| Fault::Unreachable(format!("the IUT's endpoint `{endpoint}` {why}"));
    let uri = Uri::parse(endpoint.as_bytes()).ok_or_else(|| unreachable("is no URI"))?;
    let host = String::from_utf8_lossy(uri.host()).into_owned();
    let port = uri.port().unwrap_or(SIP_PORT);
    if let Ok(ip) = host.trim_matches(['[', ']']).parse() {
        return Ok(SocketAddr::new(ip, port));
    }
    let found =
        tokio::net::lookup_host((host, port)).await.map_err(|error| unreachable(&error.to_string()))?;
    found.into_iter().next().ok_or_else(|| unreachable("has no address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_peers_follow_the_profile() {
        let harness = SocketAddr::from(([127, 0, 0, 1], 41080));
        let aor = Ixit { addressing: Addressing::Aor, ..Ixit::default() };
        let table = [
            (Transport::Udp, Ixit::default(), "sip:p.1@127.0.0.1:41080"),
            (Transport::Tcp, Ixit::default(), "sip:p.1@127.0.0.1:41080;transport=tcp"),
            (Transport::Tcp, aor, "sip:p.1@peer.test"),
        ];
        for (transport, ixit, expected) in table {
            assert_eq!(uri("p.1", transport, harness, &ixit), expected);
        }
    }

    #[test]
    fn a_party_is_taken_apart() {
        let expected = json!({"uri": "sip:b@h:5;x", "user": "b", "host": "h", "port": 5});
        assert_eq!(party("sip:b@h:5;x"), expected);
        assert_eq!(party("sip:h")["user"], Value::Null);
    }

    #[tokio::test]
    async fn endpoints_are_resolved() {
        assert_eq!(resolve("sip:bob@127.0.0.1:5062;transport=udp").await, Ok(([127, 0, 0, 1], 5062).into()));
        assert_eq!(resolve("sip:127.0.0.1").await, Ok(([127, 0, 0, 1], SIP_PORT).into()));
        assert_eq!(resolve("sip:[::1]:5070").await.unwrap(), "[::1]:5070".parse().unwrap());
        assert!(matches!(resolve("bob").await, Err(Fault::Unreachable(_))));
    }
}
