//! One control channel: many questions under way, each answered by its id.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use super::{Ears, Fault, Reply, lines};
use crate::iut::Ready;

/// The version of the control protocol that the harness speaks.
const PROTOCOL: u64 = 1;

/// The harness's end of a control channel. Dropping it closes the channel without waiting.
#[derive(Debug)]
pub(super) struct Link {
    shared: Arc<Shared>,
    commands: mpsc::UnboundedSender<Vec<u8>>,
    closing: watch::Sender<Closing>,
    keeper: JoinHandle<Option<String>>,
}

#[derive(Debug)]
struct Shared {
    ears: Arc<Ears>,
    next_id: AtomicU64,
    questions: Mutex<FxHashMap<u64, Question>>,
    state: watch::Sender<State>,
}

/// Whether and why the harness closes the channel.
#[derive(Clone, Debug, Default)]
enum Closing {
    /// It does not.
    #[default]
    No,
    /// The run is over.
    Over,
    /// The IUT has to be stopped at once.
    Condemned(Fault),
}

#[derive(Debug)]
enum Question {
    Open(oneshot::Sender<Reply>),
    /// Nobody waits for the answer any more, but it may still come.
    GivenUp,
}

#[derive(Clone, Debug, Default)]
struct State {
    /// How often the IUT was ready, and what it said the last time.
    times_ready: u64,
    ready: Ready,
    fault: Option<Fault>,
}

/// What stands behind a control channel.
pub(super) trait Peer: Send + 'static {
    /// The stream has ended, or what came was of no use any more (`fault`). Says what that means.
    fn ended(self, fault: Option<Fault>) -> impl Future<Output = Fault> + Send;

    /// The harness has closed the channel. Waits for the other side to end, and says how it did.
    fn closed(self) -> impl Future<Output = Option<String>> + Send;
}

impl Link {
    /// Speaks over a pair of streams with the IUT that `peer` stands for.
    pub(super) fn open<R, W, P>(reader: R, writer: W, peer: P, ears: Arc<Ears>) -> Self
    where
        R: AsyncRead + Send + Unpin + 'static,
        W: AsyncWrite + Send + Unpin + 'static,
        P: Peer,
    {
        let (commands, to_write) = mpsc::unbounded_channel();
        let (closing, closed) = watch::channel(Closing::No);
        let shared = Arc::new(Shared {
            ears,
            next_id: AtomicU64::new(1),
            questions: Mutex::default(),
            state: watch::Sender::default(),
        });
        tokio::spawn(write(writer, to_write, closed.clone()));
        let keeper = tokio::spawn(keep(BufReader::new(reader), shared.clone(), peer, closed));
        Self { shared, commands, closing, keeper }
    }

    pub(super) async fn ask(&self, command: &Map<String, Value>, bound: Duration) -> Result<Reply, Fault> {
        let id = self.shared.next_id.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        self.shared.questions().insert(id, Question::Open(answer));
        self.send(id, command);
        tokio::select! {
            // A reply that came before the end counts.
            biased;
            Ok(reply) = answered => Ok(reply),
            fault = self.broken() => Err(fault),
            () = tokio::time::sleep(bound) => {
                self.shared.give_up(id);
                Err(Fault::Silent(format!("no reply within {bound:?} to {}", Value::Object(command.clone()))))
            }
        }
    }

    fn send(&self, id: u64, command: &Map<String, Value>) {
        let mut object = Map::from_iter([("id".to_owned(), Value::from(id))]);
        object.extend(command.clone());
        let mut line = Value::Object(object).to_string().into_bytes();
        line.push(b'\n');
        // Where nobody writes any more, the channel is broken, and the question hears of that.
        let _ = self.commands.send(line);
    }

    /// What the IUT said when it was ready for more than the `seen`th time.
    pub(super) async fn ready(&self, seen: u64, bound: Duration) -> Result<Ready, Fault> {
        let mut state = self.shared.state.subscribe();
        let news = state.wait_for(|state| state.times_ready > seen || state.fault.is_some());
        let Ok(news) = tokio::time::timeout(bound, news).await else {
            return Err(Fault::Silent(format!("it did not say that it is ready within {bound:?}")));
        };
        match news {
            Ok(state) if state.times_ready > seen => Ok(state.ready.clone()),
            Ok(state) => Err(state.fault.clone().unwrap_or_else(Fault::lost)),
            Err(_) => Err(Fault::lost()),
        }
    }

    pub(super) fn readiness(&self) -> u64 {
        self.shared.state.borrow().times_ready
    }

    pub(super) fn fault(&self) -> Option<Fault> {
        self.shared.state.borrow().fault.clone()
    }

    pub(super) async fn broken(&self) -> Fault {
        let mut state = self.shared.state.subscribe();
        let fault = state.wait_for(|state| state.fault.is_some()).await;
        fault.ok().and_then(|state| state.fault.clone()).unwrap_or_else(Fault::lost)
    }

    /// Breaks the channel off, as if what stands behind it had broken down with that fault.
    pub(super) async fn condemn(&self, fault: Fault) {
        self.closing.send_replace(Closing::Condemned(fault));
        self.broken().await;
    }

    pub(super) async fn close(self) -> Option<String> {
        self.closing.send_replace(Closing::Over);
        self.keeper.await.ok().flatten()
    }
}

impl Fault {
    fn lost() -> Self {
        Self::Harness("the task that kept the control channel is gone".into())
    }
}

impl Shared {
    fn questions(&self) -> MutexGuard<'_, FxHashMap<u64, Question>> {
        self.questions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn give_up(&self, id: u64) {
        self.questions().insert(id, Question::GivenUp);
    }

    /// Takes one object from the IUT.
    fn take(&self, mut object: Map<String, Value>) -> Result<(), Fault> {
        match object.remove("id") {
            Some(id) => self.answer(&id, object),
            None => match object.get("event").and_then(Value::as_str) {
                Some("ready") => self.become_ready(object),
                Some(_) => {
                    self.ears.hear(object);
                    Ok(())
                }
                None => {
                    Err(Fault::Garbage(format!("an object has neither `id` nor `event`: {}", show(&object))))
                }
            },
        }
    }

    fn answer(&self, id: &Value, object: Map<String, Value>) -> Result<(), Fault> {
        let question = id.as_u64().and_then(|id| self.questions().remove(&id));
        let Some(question) = question else {
            return Err(Fault::Garbage(format!(
                "a reply has the id {id}, which no open command has: {}",
                show(&object)
            )));
        };
        let reply = Reply(object);
        if !reply.is_wellformed() {
            return Err(Fault::Garbage(format!("the reply {id} has no `ok`: {}", show(&reply.0))));
        }
        if let Question::Open(asker) = question {
            let _ = asker.send(reply);
        }
        Ok(())
    }

    fn become_ready(&self, object: Map<String, Value>) -> Result<(), Fault> {
        let shown = show(&object);
        let ready: Ready = serde_json::from_value(Value::Object(object))
            .map_err(|error| Fault::Garbage(format!("`ready` cannot be understood ({error}): {shown}")))?;
        if ready.protocol.is_some_and(|version| version != PROTOCOL) {
            return Err(Fault::Garbage(format!(
                "it speaks another version of the protocol than {PROTOCOL}: {shown}"
            )));
        }
        self.state.send_modify(|state| {
            state.times_ready += 1;
            state.ready = ready;
        });
        Ok(())
    }

    fn fail(&self, fault: Fault) {
        self.state.send_modify(|state| {
            state.fault.get_or_insert(fault);
        });
    }
}

fn show(object: &Map<String, Value>) -> String {
    lines::shown(Value::Object(object.clone()).to_string().as_bytes())
}

/// Writes commands until the harness closes the channel or the other side takes no more.
async fn write<W: AsyncWrite + Unpin>(
    mut writer: W,
    mut commands: mpsc::UnboundedReceiver<Vec<u8>>,
    mut closed: watch::Receiver<Closing>,
) {
    loop {
        let line = tokio::select! {
            line = commands.recv() => line,
            () = closing(&mut closed) => None,
        };
        let Some(line) = line else { break };
        if writer.write_all(&line).await.is_err() || writer.flush().await.is_err() {
            break;
        }
    }
    let _ = writer.shutdown().await;
}

/// Reads until the channel ends, whoever ends it.
async fn keep<R: AsyncBufRead + Unpin, P: Peer>(
    mut reader: R,
    shared: Arc<Shared>,
    peer: P,
    mut closed: watch::Receiver<Closing>,
) -> Option<String> {
    let fault = tokio::select! {
        biased;
        () = closing(&mut closed) => None,
        fault = read(&mut reader, &shared) => Some(fault),
    };
    let condemned = match &*closed.borrow() {
        Closing::Condemned(fault) => Some(Some(fault.clone())),
        Closing::No | Closing::Over => None,
    };
    if let Some(fault) = condemned.or(fault) {
        let fault = peer.ended(fault).await;
        let text = fault.to_string();
        shared.fail(fault);
        return Some(text);
    }
    tokio::select! {
        end = peer.closed() => end,
        () = drain(&mut reader) => None,
    }
}

/// Waits until the harness closes the channel, or is gone.
async fn closing(closed: &mut watch::Receiver<Closing>) {
    let _ = closed.wait_for(|closing| !matches!(closing, Closing::No)).await;
}

/// Throws away what still comes, so that the other side can write to its end. Never returns.
async fn drain<R: AsyncBufRead + Unpin>(reader: &mut R) {
    while let Ok(available @ [_, ..]) = reader.fill_buf().await {
        let length = available.len();
        reader.consume(length);
    }
    std::future::pending().await
}

async fn read<R: AsyncBufRead + Unpin>(reader: &mut R, shared: &Shared) -> Option<Fault> {
    let mut line = Vec::new();
    loop {
        match lines::next(reader, &mut line).await {
            Ok(Some(object)) => {
                if let Err(fault) = shared.take(object) {
                    return Some(fault);
                }
            }
            Ok(None) => return None,
            Err(fault) => return Some(fault),
        }
    }
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;
