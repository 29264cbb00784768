//! How fast peers exchange MESSAGE and 200 between two processes, with the record on.
//!
//! ```text
//! exchange server [--seconds S]
//! exchange client ADDRESS [--outstanding N] [--seconds S] [--tcp]
//! exchange memory [--outstanding N]
//! ```
//! The server prints its address, and what it did when its time is over. `memory` shows what outstanding requests cost
//! besides the record.

#![allow(clippy::print_stdout, reason = "a command-line program")]

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use imdnspec_peer::{Config, Limits, Network, Peer};
use record::{Ending, Recorder, Transport};

type Outcome = Result<(), Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let options = Options::read(std::env::args().skip(1).collect())?;
    match options.role.as_str() {
        "server" => server(&options).await,
        "client" => client(&options).await,
        "memory" => memory(&options).await,
        other => Err(format!("no role {other}: say server, client or memory").into()),
    }
}

struct Options {
    role: String,
    address: Option<SocketAddr>,
    outstanding: u64,
    seconds: f64,
    transport: Transport,
}

impl Options {
    fn read(mut arguments: Vec<String>) -> Result<Self, Box<dyn Error>> {
        let mut value_of = |name: &str| -> Option<String> {
            let place = arguments.iter().position(|argument| argument == name)?;
            arguments.remove(place);
            (place < arguments.len()).then(|| arguments.remove(place))
        };
        let outstanding = value_of("--outstanding").map_or(Ok(1), |value| value.parse())?;
        let seconds = value_of("--seconds").map_or(Ok(5.0), |value| value.parse())?;
        let is_tcp = arguments.iter().any(|argument| argument == "--tcp");
        let transport = if is_tcp { Transport::Tcp } else { Transport::Udp };
        let role = arguments.first().cloned().unwrap_or_default();
        let address = arguments.get(1).filter(|argument| !argument.starts_with('-'));
        let address = address.map(|address| address.parse()).transpose()?;
        Ok(Self { role, address, outstanding, seconds, transport })
    }
}

async fn bind() -> Result<Network, Box<dyn Error>> {
    let limits = Limits { received: usize::MAX, ..Limits::default() };
    Ok(Network::bind(Config { limits, ..Config::default() }).await?)
}

async fn server(options: &Options) -> Outcome {
    let network = bind().await?;
    let recorder = Recorder::begin("exchange", "server");
    let mut peer = network.join("bob", "bob", &recorder);
    println!("{}", network.address());
    let mut count = 0u64;
    let end = tokio::time::sleep(Duration::from_secs_f64(options.seconds));
    tokio::pin!(end);
    loop {
        tokio::select! {
            () = &mut end => break,
            _ = peer.next() => count += 1,
        }
    }
    report("server", count, None);
    Ok(())
}

async fn client(options: &Options) -> Outcome {
    let server = options.address.ok_or("the client needs the address of a server")?;
    let network = bind().await?;
    let recorder = Recorder::begin("exchange", "client");
    let peer = Arc::new(network.join("alice", "alice", &recorder));
    let (done, numbers) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let template = Template::new(peer.address(), options.transport);
    let begin = Instant::now();
    let end = begin + Duration::from_secs_f64(options.seconds);
    let mut workers = Vec::new();
    for _ in 0..options.outstanding {
        let (peer, done, numbers) = (peer.clone(), done.clone(), numbers.clone());
        let (template, transport) = (template.clone(), options.transport);
        workers.push(tokio::spawn(async move {
            while Instant::now() < end {
                let octets = template.message(numbers.fetch_add(1, Ordering::Relaxed));
                if let Ending::Final(_) = peer.request(octets, transport, server).await {
                    done.fetch_add(1, Ordering::Relaxed);
                }
            }
        }));
    }
    for worker in workers {
        worker.await?;
    }
    report("client", done.load(Ordering::Relaxed), Some(begin.elapsed()));
    let lost = numbers.load(Ordering::Relaxed) - done.load(Ordering::Relaxed);
    println!("client: {lost} without a final response");
    Ok(())
}

/// Requests that nobody answers, with the record thrown away as it grows.
async fn memory(options: &Options) -> Outcome {
    let network = bind().await?;
    let recorder = Recorder::begin("exchange", "memory");
    let peer: Peer = network.join("alice", "alice", &recorder);
    let silent = std::net::UdpSocket::bind("127.0.0.1:0")?;
    let to = silent.local_addr()?;
    let template = Template::new(peer.address(), options.transport);
    let length = template.message(0).len();
    let before = resident();
    let mut pending = Vec::with_capacity(options.outstanding as usize);
    for number in 0..options.outstanding {
        pending.push(peer.request(template.message(number + 1), Transport::Udp, to));
        if number % 1_000 == 0 {
            recorder.finish();
        }
    }
    recorder.finish();
    let after = resident();
    println!(
        "{} outstanding requests of {length} octets: {} KiB, {} octets each",
        pending.len(),
        after.saturating_sub(before),
        after.saturating_sub(before) * 1024 / options.outstanding.max(1)
    );
    Ok(())
}

/// A MESSAGE of which only the branch and the Call-ID change.
#[derive(Clone)]
struct Template {
    octets: Arc<Vec<u8>>,
    places: Arc<Vec<usize>>,
}

const DIGITS: usize = 12;

impl Template {
    fn new(via: SocketAddr, transport: Transport) -> Self {
        let mark = "#".repeat(DIGITS);
        let text = format!(
            "MESSAGE sip:bob@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{} {via};branch=z9hG4bK{mark}\r\nMax-Forwards: 70\r\n\
             From: <sip:alice@127.0.0.1>;tag=a\r\nTo: <sip:bob@127.0.0.1>\r\nCall-ID: {mark}\r\nCSeq: 1 MESSAGE\r\n\
             Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nHello",
            transport.word().to_uppercase()
        );
        let places = text.match_indices(&mark).map(|(place, _)| place).collect();
        Self { octets: Arc::new(text.into_bytes()), places: Arc::new(places) }
    }

    fn message(&self, number: u64) -> Bytes {
        let mut octets = self.octets.to_vec();
        for &place in &*self.places {
            let mut rest = number;
            for digit in octets[place..place + DIGITS].iter_mut().rev() {
                *digit = b'0' + (rest % 10) as u8;
                rest /= 10;
            }
        }
        octets.into()
    }
}

fn report(role: &str, count: u64, elapsed: Option<Duration>) {
    let (user, system) = processor();
    let each = (user + system).as_secs_f64() * 1e6 / count.max(1) as f64;
    let rate = elapsed
        .map_or(String::new(), |elapsed| format!(", {:.0} a second", count as f64 / elapsed.as_secs_f64()));
    println!(
        "{role}: {count} exchanges{rate}; {each:.1} us of processor each ({user:.2?} user, {system:.2?} system); \
         {} KiB resident",
        resident()
    );
}

/// Processor time of this process, from `/proc` in ticks of 10 ms.
fn processor() -> (Duration, Duration) {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit(") ").next().unwrap_or_default();
    let ticks = |place: usize| {
        let ticks = after_name.split(' ').nth(place).and_then(|ticks| ticks.parse::<u64>().ok());
        Duration::from_millis(ticks.unwrap_or_default() * 10)
    };
    (ticks(11), ticks(12))
}

/// Resident memory of this process, in KiB.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default()
}
