//! The end of a stream, bounded.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt};

/// How many octets are kept.
const KEPT: usize = 4096;

/// The last octets of a stream that somebody else fills.
#[derive(Debug, Default)]
pub(super) struct Tail(Mutex<VecDeque<u8>>);

impl Tail {
    /// Reads a stream to its end and keeps the last of it.
    pub(super) async fn fill(&self, mut stream: impl AsyncRead + Unpin) {
        let mut chunk = [0; KEPT];
        while let Ok(read @ 1..) = stream.read(&mut chunk).await {
            self.push(&chunk[..read]);
        }
    }

    fn push(&self, octets: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(octets);
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
    }

    /// What is kept, as text, from the first whole line on, trimmed.
    pub(super) fn text(&self) -> String {
        let kept: Vec<u8> = self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
        let text = String::from_utf8_lossy(&kept);
        let whole =
            if kept.len() < KEPT { &text } else { text.split_once('\n').map_or(&*text, |(_, rest)| rest) };
        whole.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_end_is_kept_and_it_begins_with_a_whole_line() {
        let lines: String = (0..5_000).map(|n| format!("line {n}\n")).collect();
        let tail = Tail::default();
        tail.fill(lines.as_bytes()).await;
        let text = tail.text();
        assert!(text.len() <= KEPT && text.starts_with("line ") && text.ends_with("line 4999"), "{text}");
    }
}
