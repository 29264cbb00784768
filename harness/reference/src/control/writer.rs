//! Writing lines.

use serde_json::Value;
use tokio::io::{AsyncWrite, AsyncWriteExt, BufWriter};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::command::Failure;
use super::{LONGEST, reply};

/// Said in place of a reply that the protocol has no room for.
fn too_long(id: &Value) -> String {
    let detail = "the reply is longer than 1 MiB; name a peer to get less".to_owned();
    reply(id, Err(Failure::Failed(detail))).to_string()
}

/// Writes lines in the background, so that a driver that reads slowly does not stop the network.
#[derive(Debug)]
pub(crate) struct Writer {
    lines: UnboundedSender<String>,
    task: JoinHandle<()>,
}

impl Writer {
    /// Writes to that output.
    pub(crate) fn new(output: impl AsyncWrite + Send + Unpin + 'static) -> Self {
        let (lines, waiting) = unbounded_channel();
        Self { lines, task: tokio::spawn(write(BufWriter::new(output), waiting)) }
    }

    /// Writes a line after those before it.
    pub(crate) fn line(&self, line: &Value) {
        let mut text = line.to_string();
        if text.len() >= LONGEST {
            text = too_long(&line["id"]);
        }
        text.push('\n');
        // If nobody reads any more, the input ends too, and with it everything.
        let _ = self.lines.send(text);
    }

    /// Waits until everything is written.
    pub(crate) async fn finish(self) {
        drop(self.lines);
        // The task does not panic, and nobody else ends it.
        let _ = self.task.await;
    }
}

async fn write(mut output: impl AsyncWrite + Unpin, mut waiting: UnboundedReceiver<String>) {
    while let Some(line) = waiting.recv().await {
        let written = output.write_all(line.as_bytes()).await;
        if written.is_err() || (waiting.is_empty() && output.flush().await.is_err()) {
            return;
        }
    }
    // Nobody is left to be told that this failed.
    let _ = output.flush().await;
}
