//! Many scenarios on one network at the same time.

mod common;

use common::*;
use imdnspec_peer::{Network, Peer};
use record::{Ending, EventKind, Recorder, Transport};

const SCENARIOS: usize = 200;

struct Scenario {
    name: String,
    alice: Peer,
    bob: Peer,
    records: [Recorder; 2],
}

impl Scenario {
    fn new(number: usize, one: &Network, other: &Network) -> Self {
        let (alice, sent) = join(one, &format!("alice-{number}"));
        let (bob, got) = join(other, &format!("bob-{number}"));
        Self { name: number.to_string(), alice, bob, records: [sent, got] }
    }

    /// A message there and one back, over both transports.
    async fn play(mut self) -> Self {
        for (transport, word) in [(Transport::Udp, "UDP"), (Transport::Tcp, "TCP")] {
            for (from, to, way) in [(&self.alice, &self.bob, "there"), (&self.bob, &self.alice, "back")] {
                let branch = format!("{}-{way}-{word}", self.name);
                let octets = message(to.user(), &branch, from.address(), word);
                let pending = from.request(octets, transport, to.address());
                assert!(matches!(soon(pending).await, Ending::Final(_)), "{branch}");
            }
            soon(self.alice.next()).await;
            soon(self.bob.next()).await;
        }
        self
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_record_holds_what_concerns_its_scenario_and_nothing_else() {
    let (one, other) = (network().await, network().await);
    let tasks: Vec<_> =
        (0..SCENARIOS).map(|number| tokio::spawn(Scenario::new(number, &one, &other).play())).collect();
    for task in tasks {
        let scenario = soon(task).await.unwrap();
        for record in &scenario.records {
            let kinds = kinds(record);
            let count = |wanted| kinds.iter().filter(|kind| **kind == wanted).count();
            let counts =
                ["request out", "request in", "answer out", "response in", "over", "note"].map(count);
            assert_eq!(counts, [2, 2, 2, 2, 2, 0], "{kinds:?}");
            let mark = format!("z9hG4bK{}-", scenario.name);
            for event in record.snapshot().events {
                if let EventKind::Sent { octets, .. } | EventKind::Received { octets, .. } = event.kind {
                    assert!(String::from_utf8_lossy(&octets).contains(&mark));
                }
            }
        }
    }
    assert_eq!((one.unclaimed(), other.unclaimed()), Default::default());
}
