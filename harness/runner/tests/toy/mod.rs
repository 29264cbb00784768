//! A small implementation under test inside the test's own process: one user agent over UDP, spoken to over a TCP
//! control connection. It reports on messages that are read, and misbehaves in one way if asked to.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use imdnspec_runner::compose::fresh;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::{Mutex, Notify};
use wire::profile::IMDN_03;
use wire::sip::build::{RequestBuilder, ResponseBuilder};
use wire::{cpim, imdn, sip};

/// How it misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Not at all.
    Good,
    /// It answers no SIP request.
    DeafToSip,
    /// It hangs up when it is asked to dispose of a message.
    DiesOnDispose,
    /// The same, but only the first time.
    DiesOnce,
    /// It says something that is no JSON when it is asked to dispose of a message.
    TalksNonsense,
    /// It says nothing when it is asked to dispose of a message.
    IgnoresDispose,
    /// It sends messages without end when it is asked to dispose of one.
    Floods,
    /// It never says that it is ready.
    NeverReady,
    /// It refuses to dispose of messages.
    RefusesDispose,
    /// It refuses every message, and reports on it all the same, some time later.
    RefusesMessages,
    /// It does what messages tell it: `please die`, `please hang`, `please refuse`, `please fetch URL`.
    Gullible,
}

/// How much later a report on a refused message is sent: the harness has long read the refusal by then.
const LATER: Duration = Duration::from_millis(100);

/// The running toy; it ends with the runtime of the test.
pub(crate) struct Toy {
    /// Where its control channel is.
    pub(crate) control: SocketAddr,
}

struct Agent {
    mood: Mood,
    scoped: bool,
    socket: UdpSocket,
    control: Mutex<Option<OwnedWriteHalf>>,
    received: Mutex<Vec<Received>>,
    deaths: Mutex<u32>,
    /// Tells it to die.
    dying: Notify,
    hangs: AtomicBool,
    refuses: AtomicBool,
    /// Seconds by which its clock was moved.
    ahead: AtomicI64,
}

#[derive(Clone)]
struct Received {
    id: Option<String>,
    from: String,
    target: SocketAddr,
}

impl Toy {
    pub(crate) async fn start(mood: Mood, scoped: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let control = listener.local_addr().unwrap();
        let agent = Arc::new(Agent {
            mood,
            scoped,
            socket: UdpSocket::bind("127.0.0.1:0").await.unwrap(),
            control: Mutex::default(),
            received: Mutex::default(),
            deaths: Mutex::default(),
            dying: Notify::new(),
            hangs: AtomicBool::new(false),
            refuses: AtomicBool::new(false),
            ahead: AtomicI64::new(0),
        });
        tokio::spawn(agent.clone().listen());
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                agent.clone().serve(stream).await;
            }
        });
        Self { control }
    }
}

impl Agent {
    async fn serve(self: Arc<Self>, stream: TcpStream) {
        let (reader, writer) = stream.into_split();
        self.hangs.store(false, Ordering::Relaxed);
        self.refuses.store(false, Ordering::Relaxed);
        *self.control.lock().await = Some(writer);
        let address = self.socket.local_addr().unwrap();
        if self.mood != Mood::NeverReady {
            self.say(json!({"event": "ready", "protocol": 1, "scoped": self.scoped,
                "implementation": {"name": "Toy", "version": "1"},
                "endpoints": [format!("sip:bob@{address};transport=udp")],
                "commands": ["policy", "dispose", "reset", "advance_clock"]}))
                .await;
        }
        let mut lines = BufReader::new(reader).lines();
        loop {
            let line = tokio::select! {
                line = lines.next_line() => line,
                () = self.dying.notified() => break,
            };
            let Ok(Some(line)) = line else { break };
            let command: Value = serde_json::from_str(&line).unwrap();
            if command["command"] == "dispose" && !self.dispose(&command).await {
                break;
            } else if command["command"] != "dispose" {
                self.ahead.fetch_add(command["seconds"].as_i64().unwrap_or_default(), Ordering::Relaxed);
                self.say(json!({"id": command["id"], "ok": true})).await;
            }
        }
        *self.control.lock().await = None;
    }

    /// Whether to go on.
    async fn dispose(self: &Arc<Self>, command: &Value) -> bool {
        let dies_once = self.mood == Mood::DiesOnce && *self.deaths.lock().await == 0;
        match self.mood {
            Mood::DiesOnDispose => return false,
            _ if dies_once => {
                *self.deaths.lock().await += 1;
                return false;
            }
            Mood::TalksNonsense => self.say_line("Traceback (most recent call last):").await,
            Mood::IgnoresDispose => {}
            Mood::RefusesDispose => {
                self.say(json!({"id": command["id"], "ok": false, "error": "failed"})).await;
            }
            _ => self.say(json!({"id": command["id"], "ok": true})).await,
        }
        let id = command["message_id"].as_str().map(str::to_owned);
        let found = self.received.lock().await.iter().find(|message| message.id == id).cloned();
        let Some(message) = found else { return true };
        self.report(&message).await;
        if self.mood == Mood::Floods {
            let agent = self.clone();
            tokio::spawn(async move {
                loop {
                    agent.report(&message).await;
                    tokio::task::yield_now().await;
                }
            });
        }
        true
    }

    async fn listen(self: Arc<Self>) {
        let mut buffer = vec![0; 65_536];
        loop {
            let (length, from) = self.socket.recv_from(&mut buffer).await.unwrap();
            let octets = &buffer[..length];
            let message = sip::decode(octets).value;
            if message.is_response() || self.mood == Mood::DeafToSip || self.hangs.load(Ordering::Relaxed) {
                continue;
            }
            if self.mood == Mood::Gullible {
                self.believe(&String::from_utf8_lossy(octets)).await;
            }
            let refuses = self.mood == Mood::RefusesMessages || self.refuses.load(Ordering::Relaxed);
            let status = if refuses { 488 } else { 200 };
            let answer = ResponseBuilder::to_request(&message, status).build().unwrap();
            self.socket.send_to(&answer, from).await.unwrap();
            let object = cpim::decode(octets, message.body_span()).value;
            let id = object.namespaced(IMDN_03.cpim_namespace.unwrap(), "Message-ID").next();
            let received = Received {
                id: id.map(|header| header.value().into_owned()),
                from: object.from().unwrap().uri().into_owned(),
                target: from,
            };
            if refuses {
                let agent = self.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(LATER).await;
                    agent.report(&received).await;
                });
                continue;
            }
            let event = json!({"event": "arrived", "handle": fresh(4), "message_id": received.id, "from": received.from});
            self.received.lock().await.push(received);
            self.say(event).await;
        }
    }

    async fn believe(&self, text: &str) {
        let Some((_, wish)) = text.split_once("please ") else { return };
        if wish.starts_with("die") {
            self.dying.notify_one();
        } else if let Some(url) = wish.strip_prefix("fetch http://") {
            let (address, path) = url.split_once('/').unwrap();
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(format!("GET /{path} HTTP/1.1\r\n\r\n").as_bytes()).await.unwrap();
        } else if wish.starts_with("refuse") {
            self.refuses.store(true, Ordering::Relaxed);
        } else {
            self.hangs.store(true, Ordering::Relaxed);
        }
    }

    async fn report(&self, message: &Received) {
        let bob = format!("sip:bob@{}", self.socket.local_addr().unwrap());
        let id = message.id.clone().unwrap_or_default();
        let now =
            time::OffsetDateTime::now_utc() + time::Duration::seconds(self.ahead.load(Ordering::Relaxed));
        let document = imdn::Builder::new(&IMDN_03)
            .child("disposition", "read")
            .child("original-message-id", &id)
            .child("original-recipient-uri", &message.from)
            .child("disposition-time", wire::time::encode(now).unwrap())
            .child("reporting-uas-uri", &bob);
        let object = cpim::Builder::new()
            .address("From", None, &bob)
            .address("To", None, &message.from)
            .subject("Conformance test", None)
            .namespace("imdn", IMDN_03.cpim_namespace.unwrap())
            .header("imdn.Message-ID", fresh(22))
            .content("application/imdn+xml", document.encode());
        let request = RequestBuilder::new("MESSAGE", &message.from)
            .header(
                "Via",
                &format!(
                    "SIP/2.0/UDP {};branch=z9hG4bK{};rport",
                    self.socket.local_addr().unwrap(),
                    fresh(16)
                ),
            )
            .max_forwards(70)
            .from(&format!("<{bob}>;tag={}", fresh(8)))
            .to(&format!("<{}>", message.from))
            .call_id(&fresh(16))
            .cseq(1)
            .body("message/cpim", object.encode());
        let _ = self.socket.send_to(&request.build().unwrap(), message.target).await;
    }

    async fn say(&self, object: Value) {
        self.say_line(&object.to_string()).await;
    }

    async fn say_line(&self, line: &str) {
        if let Some(control) = self.control.lock().await.as_mut() {
            let _ = control.write_all(format!("{line}\n").as_bytes()).await;
        }
    }
}
