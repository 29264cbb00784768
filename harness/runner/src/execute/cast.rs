//! Who takes part in a case: the peers, the lists, and the IUT as they know it.

use std::net::SocketAddr;
use std::sync::Arc;

use peer::{Peer, Requests, Sessions};
use record::{Recorder, Transport};
use rustc_hash::FxHashMap;
use scenario::model::{Scenario, TransportName};
use serde_json::{Value, json};
use smime::Certificate;
use wire::uri::Uri;

use super::inbox::Inbox;
use super::{Bench, Booking};
use crate::compose::{Keys, Parties, fresh_small};
use crate::driver::{Fault, user_of};
use crate::iut::{Addressing, Facts, Ixit};
use crate::lists::{Loan, all_wanted};
use crate::pki::{Holder, Pki};
use crate::plan::{Case, transport_of};

/// Length of the random tail of a user part.
const TAIL: usize = 6;

/// The port of SIP where a URI has none (RFC 3261 section 19.1.2).
const SIP_PORT: u16 = 5060;

/// What scenarios call the IUT.
const IUT: &str = "iut";

/// Everybody who takes part.
pub(super) struct Cast {
    /// The peers; the first is the one that is meant where a step names none.
    pub(super) roles: Vec<Role>,
    by_name: FxHashMap<Arc<str>, usize>,
    /// What names of the scenario stand for beside the peers.
    others: Vec<(String, Value)>,
    /// The lists that the IUT lends, where its driver cannot define any; or why it cannot lend them.
    pub(super) loan: Option<Result<Loan, String>>,
    /// The address of the IUT's user.
    address: String,
    /// Whether the IUT stands between upstream and downstream peers.
    relays: bool,
    many_processes: bool,
    /// Keys and certificates, where the scenario needs any.
    wallets: Option<Wallets>,
}

/// What everybody signs and decrypts with.
struct Wallets {
    authority: Certificate,
    iut: Holder,
    /// In the order of the roles.
    peers: Vec<Holder>,
}

/// A peer on stage.
pub(super) struct Role {
    /// Its name in the scenario.
    pub(super) name: Arc<str>,
    /// Its address as CPIM and commands name it.
    pub(super) uri: String,
    /// How it reaches the IUT.
    pub(super) way: Arc<Way>,
    pub(super) peer: Peer,
    /// Held by whoever takes in what comes.
    pub(super) requests: tokio::sync::Mutex<Requests>,
    /// Sessions that the IUT has opened. Held by whoever looks for a session, or opens one.
    pub(super) sessions: tokio::sync::Mutex<Sessions>,
    pub(super) inbox: Inbox,
}

/// How the IUT is reached over one transport.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) transport: Transport,
    /// Where requests to the IUT go.
    pub(super) destination: SocketAddr,
    /// The Request-URI, where a step names no other.
    endpoint: String,
}

impl Cast {
    pub(super) async fn assemble(
        case: &Case,
        bench: &Bench,
        booking: &Booking,
        recorder: &Recorder,
    ) -> Result<Self, Fault> {
        let scenario = &case.scenario.scenario;
        let nobody = || Fault::Unreachable("there is no process of the IUT".into());
        let process = booking.processes.first().ok_or_else(nobody)?;
        let facts = &process.facts;
        let loan = if process.can("list") { None } else { borrow(scenario, bench).await };
        let lent = loan.as_ref().and_then(|loan| loan.as_ref().ok());
        let upstream = Arc::new(Way::find(facts, case.variant.upstream()).await?);
        let downstream = Arc::new(Way::find(facts, case.variant.downstream()).await?);
        let way = |name: &str| if scenario.is_downstream(name) { &downstream } else { &upstream };
        let members: FxHashMap<&str, &str> = lent.into_iter().flat_map(Loan::members).collect();
        let role = |name: String| {
            let address = match members.get(name.as_str()) {
                Some(address) => (user_of(address).to_owned(), (*address).to_owned()),
                None => fresh_address(&name, way(&name), bench),
            };
            Role::cast(&name, address, way(&name), bench, recorder)
        };
        let roles: Vec<Role> = scenario.peer_names().map(role).collect();
        let address = facts.address().unwrap_or(&upstream.endpoint).to_owned();
        let others = others(scenario, &roles, &address, lent);
        let wallets = match scenario.needs_certificates() {
            true => {
                let pki = bench.vault.open().await.map_err(without_keys)?;
                Some(Wallets::fill(pki, &roles, &addresses_of_iut(&others)).map_err(without_keys)?)
            }
            false => None,
        };
        Ok(Self {
            by_name: roles.iter().enumerate().map(|(index, role)| (role.name.clone(), index)).collect(),
            others,
            relays: scenario.relays(),
            many_processes: booking.processes.len() > 1,
            roles,
            loan,
            address,
            wallets,
        })
    }

    /// The peer of that name.
    pub(super) fn named(&self, name: &str) -> Option<&Role> {
        self.by_name.get(name).and_then(|index| self.roles.get(*index))
    }

    /// What stands on both sides of a message of that peer.
    pub(super) fn parties<'a>(&'a self, role: &'a Role) -> Parties<'a> {
        Parties {
            peer: &role.uri,
            iut: &self.address,
            endpoint: &role.way.endpoint,
            transport: role.way.transport,
            sent_by: role.peer.address(),
            relayed: self.relays,
            keys: self.keys(role),
        }
    }

    fn keys<'a>(&'a self, role: &Role) -> Option<Keys<'a>> {
        let wallets = self.wallets.as_ref()?;
        let own = wallets.peers.get(*self.by_name.get(&role.name)?)?;
        Some(Keys { own, recipient: wallets.iut.own.certificate() })
    }

    /// Whether a peer may have to do with more than one party: lists, or several processes of the IUT.
    pub(super) const fn has_many_parties(&self) -> bool {
        self.relays || self.many_processes
    }

    /// Everybody by name, as texts of the scenario refer to them.
    pub(super) fn parties_by_name(&self) -> impl Iterator<Item = (&str, Value)> {
        let peers = self.roles.iter().enumerate().map(|(index, role)| {
            let holder = self.wallets.as_ref().and_then(|wallets| wallets.peers.get(index));
            (&*role.name, self.with_keys(party(&role.uri), holder))
        });
        let others = self.others.iter().map(|(name, value)| {
            let holder = self.wallets.as_ref().map(|wallets| &wallets.iut).filter(|_| name == IUT);
            (name.as_str(), self.with_keys(value.clone(), holder))
        });
        peers.chain(others)
    }

    /// A party with its keys, so that they stand in the record.
    fn with_keys(&self, mut party: Value, holder: Option<&Holder>) -> Value {
        let (Some(members), Some(wallets), Some(holder)) = (party.as_object_mut(), &self.wallets, holder)
        else {
            return party;
        };
        let certificate = holder.own.certificate();
        let pem = [
            ("certificate", certificate.pem()),
            ("key", holder.own.key_pem()),
            ("authority", wallets.authority.pem()),
        ];
        members.extend(pem.into_iter().filter_map(|(name, pem)| Some((name.to_owned(), pem.ok()?.into()))));
        party
    }
}

impl Wallets {
    fn fill(pki: &Pki, roles: &[Role], iut: &[&str]) -> Result<Self, smime::Error> {
        let peers = roles.iter().map(|role| pki.peer(&role.uri)).collect::<Result<_, _>>()?;
        Ok(Self { authority: pki.authority().clone(), iut: pki.iut(iut)?, peers })
    }
}

/// The IUT's user, and its lists.
fn addresses_of_iut(others: &[(String, Value)]) -> Vec<&str> {
    // The user, who stands last, comes first.
    others.iter().rev().filter_map(|(_, party)| party.get("uri")?.as_str()).collect()
}

fn without_keys(error: smime::Error) -> Fault {
    Fault::Harness(format!("no keys could be made: {error}"))
}

/// The IUT, lists and crowds.
fn others(scenario: &Scenario, roles: &[Role], address: &str, lent: Option<&Loan>) -> Vec<(String, Value)> {
    let list = |name: &String| {
        let lent = lent.and_then(|loan| loan.uri(name)).map(str::to_owned);
        (name.clone(), party(&lent.unwrap_or_else(|| beside(address, &user(name)))))
    };
    let crowd = |name: &String| {
        let members = roles.iter().filter(|role| scenario.crowd_of(&role.name) == Some(name));
        let members: Vec<Value> = members.map(|role| json!({"uri": role.uri, "reports": true})).collect();
        (name.clone(), json!({"members": members}))
    };
    let lists = scenario.lists.iter().map(list);
    lists.chain(scenario.crowds.keys().map(crowd)).chain([(IUT.to_owned(), party(address))]).collect()
}

/// The lists of a scenario from the IUT's own configuration; `None` if it defines none.
async fn borrow(scenario: &Scenario, bench: &Bench) -> Option<Result<Loan, String>> {
    match all_wanted(scenario) {
        Ok(wanted) if wanted.is_empty() => None,
        Ok(wanted) => Some(bench.shelf.lend(&wanted).await),
        Err(why) => Some(Err(why)),
    }
}

/// An address of record that nobody else has: user part and URI.
fn fresh_address(name: &str, way: &Way, bench: &Bench) -> (String, String) {
    let user = user(name);
    let uri = uri(&user, way.transport, bench.network.address(), &bench.ixit);
    (user, uri)
}

/// A user part that nobody else has: the name in lower case, a dot, and a random tail.
fn user(name: &str) -> String {
    format!("{}.{}", name.to_lowercase(), fresh_small(TAIL))
}

/// The address of another user at the host of this one.
fn beside(address: &str, user: &str) -> String {
    let (scheme, rest) = address.split_once(':').unwrap_or(("sip", address));
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    format!("{scheme}:{user}@{host}")
}

impl Way {
    /// The endpoint for that transport.
    ///
    /// # Errors
    /// There is none, or it names no host that is known.
    async fn find(facts: &Facts, name: TransportName) -> Result<Self, Fault> {
        let transport = transport_of(name);
        let none = || Fault::Unreachable(format!("the IUT has no endpoint for {transport}"));
        let endpoint = facts.endpoint(name).ok_or_else(none)?;
        Ok(Self { transport, destination: resolve(endpoint).await?, endpoint: endpoint.to_owned() })
    }
}

impl Role {
    fn cast(
        name: &str,
        (user, uri): (String, String),
        way: &Arc<Way>,
        bench: &Bench,
        recorder: &Recorder,
    ) -> Self {
        let mut peer = bench.network.join(&user, name, recorder);
        let requests = tokio::sync::Mutex::new(peer.take_requests());
        let sessions = tokio::sync::Mutex::new(peer.take_sessions());
        Self { name: name.into(), uri, way: way.clone(), peer, requests, sessions, inbox: Inbox::default() }
    }
}

/// The address of a peer. Where the IUT has to tell the transport from it, the address says so.
fn uri(user: &str, transport: Transport, harness: SocketAddr, ixit: &Ixit) -> String {
    match (ixit.addressing, transport) {
        (Addressing::Aor, _) => format!("sip:{user}@{}", ixit.domain),
        (Addressing::HostPort, Transport::Udp) => format!("sip:{user}@{harness}"),
        (Addressing::HostPort, Transport::Tcp | Transport::Msrp) => {
            format!("sip:{user}@{harness};transport=tcp")
        }
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
    fn lists_live_where_the_iut_lives() {
        for (address, expected) in [
            ("sip:bob@127.0.0.1:5062", "sip:l.1@127.0.0.1:5062"),
            ("im:bob@lab.test", "im:l.1@lab.test"),
            ("sip:lab.test", "sip:l.1@lab.test"),
        ] {
            assert_eq!(beside(address, "l.1"), expected);
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
