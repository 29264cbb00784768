//! A message of 10 MB in chunks of 2048 octets, received, answered, recorded and handed to the scenario.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark that cannot begin has nothing better to do"
)]

use divan::Bencher;
use imdnspec_peer::{Config, FailureReport, Invite, Network, OutgoingMessage, Peer, Session, SessionPolicy};
use record::{Recorder, Transport};
use tokio::runtime::{Builder, Runtime};

fn main() {
    divan::main();
}

const OCTETS: usize = 10_000_000;

/// Two peers, each on a network of its own, and their session.
struct Pair {
    runtime: Runtime,
    alices: Session,
    bob: Peer,
    _alice: Peer,
    records: [Recorder; 2],
}

impl Pair {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let limits = imdnspec_peer::Limits { received: usize::MAX, ..imdnspec_peer::Limits::default() };
        let config = Config { limits, ..Config::default() };
        let records = ["alice", "bob"].map(|name| Recorder::begin("bench", name));
        let (alices, alice, bob) = runtime.block_on(async {
            let networks = [Network::bind(config.clone()).await, Network::bind(config).await];
            let [one, other] = networks.map(|bound| bound.expect("ports"));
            let alice = one.join("alice", "alice", &records[0]);
            let bob = other.join("bob", "bob", &records[1]);
            bob.set_sessions(SessionPolicy { prefers_active: false, ..SessionPolicy::default() });
            let invite =
                Invite::new(other.address(), Transport::Tcp, "sip:bob@127.0.0.1", "sip:alice@127.0.0.1");
            (alice.invite(&invite).await.expect("a session"), alice, bob)
        });
        Self { runtime, alices, bob, _alice: alice, records }
    }

    /// Sends the message, and waits until all of it is with the scenario of the other side.
    fn exchange(&mut self, message: OutgoingMessage) {
        let Self { runtime, alices, bob, .. } = self;
        runtime.block_on(async {
            let sending = alices.send(message);
            let mut received = 0;
            while received < OCTETS {
                let octets = bob.next().await.octets;
                received += wire::msrp::decode(&octets).value.body().map_or(0, <[u8]>::len);
            }
            sending.ended().await;
        });
    }
}

/// Sending, receiving and everything between on one thread.
#[divan::bench(args = ["no", "yes"])]
fn ten_megabytes(bencher: Bencher<'_, '_>, failure_report: &str) {
    let body = bytes::Bytes::from(vec![b'x'; OCTETS]);
    let wanted = FailureReport::parse(failure_report.as_bytes());
    let pair = std::cell::RefCell::new(Pair::new());
    bencher
        .counter(divan::counter::BytesCount::new(OCTETS))
        .with_inputs(|| {
            pair.borrow().records.iter().for_each(|record| drop(record.finish()));
            OutgoingMessage {
                success_report: Some(true),
                failure_report: wanted,
                ..OutgoingMessage::new("text/plain", body.clone())
            }
        })
        .bench_local_values(|message| pair.borrow_mut().exchange(message));
}
