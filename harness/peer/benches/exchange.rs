//! One MESSAGE and its 200 between two peers of one process, and the transaction layer's share of it.

#![allow(clippy::expect_used, reason = "a benchmark that cannot begin has nothing better to do")]

use std::net::SocketAddr;

use bytes::Bytes;
use divan::Bencher;
use imdnspec_peer::{Config, Limits, Network, Peer};
use record::{Recorder, Transport};
use tokio::runtime::{Builder, Runtime};

fn main() {
    divan::main();
}

const TRANSPORTS: [Transport; 2] = [Transport::Udp, Transport::Tcp];

/// Two peers, each on a network of its own, and their records.
struct Pair {
    runtime: Runtime,
    alice: Peer,
    bob: Peer,
    records: [Recorder; 2],
}

impl Pair {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let limits = Limits { received: usize::MAX, ..Limits::default() };
        let config = Config { limits, ..Config::default() };
        let networks = runtime.block_on(async {
            [Network::bind(config.clone()).await, Network::bind(config).await]
                .map(|bound| bound.expect("ports"))
        });
        let records = ["alice", "bob"].map(|name| Recorder::begin("bench", name));
        let alice = networks[0].join("alice", "alice", &records[0]);
        let bob = networks[1].join("bob", "bob", &records[1]);
        Self { runtime, alice, bob, records }
    }

    /// Messages that were not sent before, and room in the records.
    fn prepare(&self, numbers: std::ops::Range<u64>, transport: Transport) -> Vec<Bytes> {
        self.records.iter().for_each(|record| drop(record.finish()));
        numbers.map(|number| message(number, self.alice.address(), transport)).collect()
    }

    fn exchange(&mut self, messages: Vec<Bytes>, transport: Transport) {
        let Self { runtime, alice, bob, .. } = self;
        runtime.block_on(async {
            let count = messages.len();
            let send = |octets| alice.request(octets, transport, bob.address());
            let pending: Vec<_> = messages.into_iter().map(send).collect();
            for pending in pending {
                pending.await;
            }
            for _ in 0..count {
                bob.next().await;
            }
        });
    }
}

fn message(number: u64, via: SocketAddr, transport: Transport) -> Bytes {
    format!(
        "MESSAGE sip:bob@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{} {via};branch=z9hG4bK{number}\r\nMax-Forwards: 70\r\n\
         From: <sip:alice@127.0.0.1>;tag=a\r\nTo: <sip:bob@127.0.0.1>\r\nCall-ID: {number}\r\nCSeq: 1 MESSAGE\r\n\
         Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nHello",
        transport.word().to_uppercase()
    )
    .into()
}

/// Sends `count` requests at once and waits for all answers.
fn run(bencher: Bencher<'_, '_>, transport: Transport, count: u64) {
    let pair = std::cell::RefCell::new(Pair::new());
    let mut next = 0;
    bencher
        .counter(divan::counter::ItemsCount::new(count))
        .with_inputs(|| {
            next += count;
            pair.borrow().prepare(next..next + count, transport)
        })
        .bench_local_values(|messages| pair.borrow_mut().exchange(messages, transport));
}

#[divan::bench(args = TRANSPORTS)]
fn one_outstanding(bencher: Bencher<'_, '_>, transport: Transport) {
    run(bencher, transport, 1);
}

#[divan::bench(args = TRANSPORTS)]
fn thousand_outstanding(bencher: Bencher<'_, '_>, transport: Transport) {
    run(bencher, transport, 1_000);
}
