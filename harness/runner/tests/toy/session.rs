//! A small implementation of draft-khartabil-simple-im-receipts-00 in sessions, inside the test's own process; a peer plays its
//! side of SIP and MSRP. It confirms messages that are read, and sends messages when it is asked to.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use imdnspec_runner::compose::fresh;
use judge::Capture;
use judge::capture::Message;
use peer::{
    Answer, Chunking, Config, FailureReport, Incoming, Invite, Network, OutgoingMessage, Peer, Session,
};
use record::{Event, EventKind, Novelty, Recorder, Transport};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use wire::cpim;
use wire::profile::RECEIPTS_00;
use wire::receipt::Receipt;

/// How it misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Not at all.
    Good,
    /// It refuses every session.
    RefusesSessions,
    /// It refuses every message.
    RefusesMessages,
    /// It has no session mode.
    PagesOnly,
}

/// The running toy; it ends with the runtime of the test.
pub(crate) struct Toy {
    /// Where its control channel is.
    pub(crate) control: SocketAddr,
}

impl Toy {
    pub(crate) async fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let control = listener.local_addr().unwrap();
        let network = Network::bind(Config::default()).await.unwrap();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            Agent::start(mood, &network, stream).await;
        });
        Self { control }
    }
}

struct Agent {
    peer: Arc<Peer>,
    address: String,
    control: OwnedWriteHalf,
    capture: Capture,
    received: Vec<(Arc<Message>, Session)>,
    /// Sessions that it has opened, and for whom.
    opened: Vec<(String, Session)>,
}

impl Agent {
    /// Takes commands and messages in, one after the other.
    async fn start(mood: Mood, network: &Network, stream: TcpStream) {
        let mut peer = network.join("bob", "bob", &Recorder::begin("toy", "msrp"));
        match mood {
            Mood::RefusesSessions => peer.set_answer_to("INVITE", Answer::status(488)),
            Mood::RefusesMessages => peer.set_answer_to("SEND", Answer::status(403)),
            Mood::Good | Mood::PagesOnly => {}
        }
        let (reader, control) = stream.into_split();
        let mut requests = peer.take_requests();
        let mut agent = Self {
            peer: Arc::new(peer),
            address: format!("sip:bob@{}", network.address()),
            control,
            capture: Capture::new(&RECEIPTS_00),
            received: Vec::new(),
            opened: Vec::new(),
        };
        let modes = if mood == Mood::PagesOnly { vec!["page"] } else { vec!["page", "session"] };
        let endpoints = ["udp", "tcp"].map(|name| format!("{};transport={name}", agent.address));
        let commands = ["send", "dispose", "policy"];
        agent
            .say(json!({"event": "ready", "endpoints": endpoints, "modes": modes, "commands": commands}))
            .await;
        let mut lines = BufReader::new(reader).lines();
        loop {
            tokio::select! {
                incoming = requests.next() => agent.receive(incoming).await,
                line = lines.next_line() => match line {
                    Ok(Some(line)) => agent.obey(&serde_json::from_str(&line).unwrap()).await,
                    _ => return,
                },
            }
        }
    }

    async fn receive(&mut self, incoming: Incoming) {
        let Incoming { event, octets, transport, from, session } = incoming;
        let novelty = Novelty::Request;
        let kind = EventKind::Received { peer: "bob".into(), transport, from, novelty, octets };
        let message = self.capture.observe(event, &Event { at: Duration::ZERO, step: None, kind }).unwrap();
        let Some(session) = session.filter(|_| message.is_whole_send()) else { return };
        let from = sender(&message);
        self.received.push((message, session));
        self.say(json!({"event": "arrived", "message_id": self.id(self.received.len() - 1), "from": from}))
            .await;
    }

    fn id(&self, index: usize) -> Option<String> {
        let (message, _) = &self.received[index];
        let object = cpim::decode(message.body_octets(), 0..message.body_octets().len()).value;
        object.bare("Message-ID").next().map(|header| header.value().into_owned())
    }

    async fn obey(&mut self, command: &Value) {
        self.say(json!({"id": command["id"], "ok": true, "message_id": null})).await;
        match command["command"].as_str().unwrap() {
            "dispose" => self.confirm(command["message_id"].as_str()),
            "send" if command["mode"] == "session" => self.send(command).await,
            _ => {}
        }
    }

    /// Confirms a message in the session that it came by.
    fn confirm(&self, id: Option<&str>) {
        let Some(index) = (0..self.received.len()).find(|index| self.id(*index).as_deref() == id) else {
            return;
        };
        let (message, session) = &self.received[index];
        let receipt = Receipt {
            message_id: id.unwrap_or_default(),
            recipient_uri: Some(&self.address),
            kind: "read",
            status: 200,
            note: None,
        };
        let object = self.object(&sender(message)).entity(receipt.entity().encode());
        session.send(OutgoingMessage {
            success_report: Some(false),
            failure_report: Some(FailureReport::No),
            ..OutgoingMessage::new("message/cpim", object.encode())
        });
    }

    async fn send(&mut self, command: &Value) {
        let to = command["to"].as_str().unwrap();
        let object = self.object(to).header("Message-ID", fresh(20)).header("Receipt-Request", "read");
        let text = command["text"].as_str().unwrap();
        let (text, chunk) = match text.strip_prefix("octets: ").and_then(|octets| octets.parse().ok()) {
            Some(octets) => ("x".repeat(octets), 2048),
            None => (text.to_owned(), 100),
        };
        let object = object.content("text/plain", text);
        let session = self.session(to).await;
        session.send(OutgoingMessage {
            chunking: Chunking::of(chunk),
            ..OutgoingMessage::new("message/cpim", object.encode())
        });
    }

    async fn session(&mut self, to: &str) -> Session {
        if let Some((_, session)) = self.opened.iter().find(|(party, _)| party == to) {
            return session.clone();
        }
        let host = to.split(['@', ';']).nth(1).unwrap();
        let invite = Invite::new(host.parse().unwrap(), Transport::Tcp, to, &self.address);
        let session = self.peer.invite(&invite).await.unwrap();
        self.opened.push((to.to_owned(), session.clone()));
        session
    }

    fn object(&self, to: &str) -> cpim::Builder {
        cpim::Builder::new().address("From", None, &self.address).address("To", None, to)
    }

    async fn say(&mut self, object: Value) {
        let _ = self.control.write_all(format!("{object}\n").as_bytes()).await;
    }
}

fn sender(message: &Message) -> String {
    let body = message.body_octets();
    let object = cpim::decode(body, 0..body.len()).value;
    object.from().map(|from| from.uri().into_owned()).unwrap_or_default()
}
