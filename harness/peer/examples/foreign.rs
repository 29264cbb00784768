//! Messages exchanged with an MSRP implementation that shares nothing with this one, in every constellation.
//!
//! ```text
//! foreign [--octets N] PROGRAM [ARGUMENT]...
//! ```
//! The program speaks the control protocol (docs/control-protocol.md): `ready` with an endpoint for TCP, `session`, `send` in
//! session mode and `log`. For each constellation it is started anew; `MSRP_SETUP` and `MSRP_REPORTS` in its environment
//! say what to offer and whether to ask for reports. Every line of output is one constellation; the record of one that failed is
//! shown. The exit status is that of the worst.

#![allow(clippy::print_stdout, reason = "a command-line program")]

use std::collections::VecDeque;
use std::error::Error;
use std::net::SocketAddr;
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use imdnspec_peer::{
    Config, Delivery, Incoming, Invite, MediaTypes, Network, OutgoingMessage, Peer, Session, SessionPolicy,
};
use record::{EventKind, Record, Recorder, Transport};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;
use wire::msrp::{Chunking, FailureReport, Progress, Reassembly};
use wire::sdp::Setup;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Events of a failed exchange that are shown.
const SHOWN: usize = 30;

/// Who invites, who connects, how much is said, and whether reports are asked for.
#[derive(Clone, Copy, Debug)]
struct Constellation {
    we_invite: bool,
    /// What the offer says of the connection.
    offer: Option<Setup>,
    octets: usize,
    reports: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<ExitCode> {
    let mut arguments: VecDeque<String> = std::env::args().skip(1).collect();
    let mut most = 100_000;
    if arguments.front().is_some_and(|first| first == "--octets") {
        arguments.pop_front();
        most = arguments.pop_front().unwrap_or_default().parse()?;
    }
    let mut failed = 0;
    for constellation in constellations(most) {
        let recorder = Recorder::begin("foreign", "msrp");
        let outcome = timeout(PATIENCE * 3, exchange(constellation, &arguments, &recorder)).await;
        match outcome.map_err(Into::into).and_then(|outcome| outcome) {
            Ok(what) => println!("ok      {constellation:?}: {what}"),
            Err(error) => {
                failed += 1;
                println!("FAILED  {constellation:?}: {error}");
                show(&recorder.finish());
            }
        }
    }
    Ok(ExitCode::from(u8::from(failed > 0)))
}

fn constellations(most: usize) -> impl Iterator<Item = Constellation> {
    let offers = [
        (true, Some(Setup::ActPass)),
        (true, Some(Setup::Active)),
        (true, Some(Setup::Passive)),
        (true, None),
        (false, Some(Setup::Active)),
        (false, Some(Setup::Passive)),
    ];
    offers.into_iter().flat_map(move |(we_invite, offer)| {
        [(20, false), (20, true), (most, false), (most, true)].map(|(octets, reports)| Constellation {
            we_invite,
            offer,
            octets,
            reports,
        })
    })
}

/// One message in each direction, and the end of the session.
async fn exchange(
    constellation: Constellation,
    program: &VecDeque<String>,
    recorder: &Recorder,
) -> Outcome<String> {
    let mut driver = Driver::start(program, constellation).await?;
    let network = Network::bind(Config::default()).await?;
    let mut peer = network.join("peer", "P", recorder);
    peer.set_sessions(SessionPolicy { types: types(), ..SessionPolicy::default() });
    let own = format!("sip:peer@{};transport=tcp", network.address());
    let session = open(constellation, &mut driver, &mut peer, &own).await?;
    timeout(PATIENCE, session.connected()).await??;
    let sent = text(constellation.octets);
    let chunking = Chunking::of(if constellation.octets > 2048 { 2048 } else { usize::MAX });
    let message = OutgoingMessage {
        success_report: constellation.reports.then_some(true),
        // It is the default (RFC 4975 section 7.1.2); some send success reports only where it is written out.
        failure_report: constellation.reports.then_some(FailureReport::Yes),
        chunking,
        ..OutgoingMessage::new("text/plain", sent.clone())
    };
    let sending = session.send(message);
    match timeout(PATIENCE, sending.ended()).await? {
        Delivery::Answered(_) => {}
        other => return Err(format!("our message: {other:?}").into()),
    }
    let party = if constellation.we_invite { format!("sip:peer@{}", network.address()) } else { own };
    driver.ask(json!({"command": "send", "to": party, "mode": "session", "text": sent})).await?;
    let came = receive(&mut peer, constellation.reports).await?;
    let log = driver.ask(json!({"command": "log"})).await?;
    let shown =
        log["shown"].as_array().and_then(|shown| shown.first()).and_then(|shown| shown["text"].as_str());
    if shown != Some(&sent) || came.body != sent.as_bytes() {
        return Err(format!(
            "what was sent did not come: they have {} octets, we have {}",
            shown.map_or(0, str::len),
            came.body.len()
        )
        .into());
    }
    let ending = timeout(PATIENCE, session.close()).await?;
    Ok(format!(
        "{} chunks there, {} back, {} reports to us, BYE {}",
        sending.chunks().len(),
        came.chunks,
        came.reports,
        ending.map_or("none", |_| "answered")
    ))
}

async fn open(
    constellation: Constellation,
    driver: &mut Driver,
    peer: &mut Peer,
    own: &str,
) -> Outcome<Session> {
    if constellation.we_invite {
        let mut invite =
            Invite::new(driver.address, Transport::Tcp, &driver.uri, own.trim_end_matches(";transport=tcp"));
        invite.setup = constellation.offer;
        invite.patience = PATIENCE;
        invite.types = types();
        return Ok(peer.invite(&invite).await?);
    }
    let opened = driver.ask(json!({"command": "session", "open": own}));
    let (reply, session) = tokio::join!(opened, timeout(PATIENCE, peer.next_session()));
    reply?;
    Ok(session?)
}

fn types() -> MediaTypes {
    MediaTypes { accept: vec!["message/cpim".to_owned(), "text/plain".to_owned()], wrapped: Vec::new() }
}

fn text(octets: usize) -> String {
    "The quick brown fox. ".chars().cycle().take(octets).collect()
}

/// What came from the other side.
#[derive(Default)]
struct Came {
    body: Vec<u8>,
    chunks: usize,
    reports: usize,
}

/// Takes chunks until a message is whole, and waits for the report on ours where one was asked for.
async fn receive(peer: &mut Peer, reports: bool) -> Outcome<Came> {
    let mut reassembly = Reassembly::new();
    let mut came = Came::default();
    while came.body.is_empty() || (reports && came.reports == 0) {
        let Incoming { octets, .. } = timeout(PATIENCE, peer.next()).await?;
        let chunk = wire::msrp::decode(&octets).value;
        match chunk.method().map(|method| method.0) {
            Some(b"REPORT") => came.reports += 1,
            Some(b"SEND") if chunk.body().is_some() => {
                came.chunks += 1;
                if let Progress::Complete(whole) = reassembly.take(&chunk).value {
                    came.body = whole.octets.to_vec();
                }
            }
            _ => {}
        }
    }
    Ok(came)
}

/// The other implementation.
struct Driver {
    _child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    uri: String,
    address: SocketAddr,
    asked: u64,
}

impl Driver {
    async fn start(program: &VecDeque<String>, constellation: Constellation) -> Outcome<Self> {
        let (name, arguments) = program.as_slices();
        let mut words = name.iter().chain(arguments);
        let name = words.next().ok_or("name the program of the other side")?;
        let setup = if constellation.offer == Some(Setup::Passive) { "passive" } else { "active" };
        let mut child = Command::new(name)
            .args(words)
            .env("MSRP_SETUP", setup)
            .env("MSRP_REPORTS", if constellation.reports { "1" } else { "0" })
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let input = child.stdin.take().ok_or("no standard input")?;
        let mut output = BufReader::new(child.stdout.take().ok_or("no standard output")?).lines();
        let ready = timeout(PATIENCE, output.next_line()).await??.ok_or("it ended before it was ready")?;
        let ready: Value = serde_json::from_str(&ready)?;
        let uri = ready["endpoints"][0].as_str().ok_or("no endpoint")?.to_owned();
        let address = uri.split(['@', ';']).nth(1).ok_or("no address")?.parse()?;
        Ok(Self { _child: child, input, output, uri, address, asked: 0 })
    }

    /// Asks for something; the reply, if it is good.
    async fn ask(&mut self, mut command: Value) -> Outcome<Value> {
        self.asked += 1;
        command["id"] = self.asked.into();
        self.input.write_all(format!("{command}\n").as_bytes()).await?;
        loop {
            let line = timeout(PATIENCE, self.output.next_line()).await??.ok_or("it has ended")?;
            let reply: Value = serde_json::from_str(&line)?;
            if reply["id"] != command["id"] {
                continue;
            }
            return if reply["ok"] == true {
                Ok(reply)
            } else {
                Err(format!("{command} gave {reply}").into())
            };
        }
    }
}

fn show(record: &Record) {
    for (_, event) in record.iter().take(SHOWN) {
        let line = match &event.kind {
            EventKind::Sent { octets, .. } => format!("we sent {}", record::visible(octets)),
            EventKind::Received { octets, .. } => format!("we got {}", record::visible(octets)),
            other => format!("{other:?}"),
        };
        println!("        {:?} {}", event.at, line.chars().take(900).collect::<String>());
    }
}
