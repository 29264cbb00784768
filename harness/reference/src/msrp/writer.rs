//! Writing on one connection: chunks of several messages take turns, and what is not chunked goes first (RFC 4975 section
//! 5.1).

use std::collections::VecDeque;

use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc::Receiver;

/// Something to be written.
#[derive(Debug)]
pub(crate) enum Parcel {
    /// A response or REPORT.
    Whole(Bytes),
    /// The chunks of the message of that number.
    Message(u64, VecDeque<Bytes>),
    /// No more of the message of that number.
    GiveUp(u64),
}

/// What waits to be written.
#[derive(Debug, Default)]
struct Queue {
    whole: VecDeque<Bytes>,
    messages: VecDeque<Message>,
}

#[derive(Debug)]
struct Message {
    number: u64,
    chunks: VecDeque<Bytes>,
    begun: bool,
}

/// Writes until nobody has anything to be written any more.
pub(super) async fn write(mut writer: impl AsyncWrite + Unpin, mut parcels: Receiver<Parcel>) {
    let mut queue = Queue::default();
    loop {
        while let Ok(parcel) = parcels.try_recv() {
            queue.put(parcel);
        }
        let next = match queue.next() {
            Some(octets) => octets,
            None => match parcels.recv().await {
                Some(parcel) => {
                    queue.put(parcel);
                    continue;
                }
                None => break,
            },
        };
        if writer.write_all(&next).await.is_err() {
            return;
        }
    }
    // The other side may have closed already.
    let _ = writer.shutdown().await;
}

impl Queue {
    fn put(&mut self, parcel: Parcel) {
        match parcel {
            Parcel::Whole(octets) => self.whole.push_back(octets),
            Parcel::Message(number, chunks) => {
                self.messages.push_back(Message { number, chunks, begun: false });
            }
            Parcel::GiveUp(number) => self.give_up(number),
        }
    }

    fn next(&mut self) -> Option<Bytes> {
        if let Some(octets) = self.whole.pop_front() {
            return Some(octets);
        }
        let mut message = self.messages.pop_front()?;
        let chunk = message.chunks.pop_front();
        message.begun = true;
        if !message.chunks.is_empty() {
            self.messages.push_back(message);
        }
        chunk
    }

    /// A message that has begun ends with a chunk that says that it is given up (RFC 4975 section 7.1).
    fn give_up(&mut self, number: u64) {
        let Some(place) = self.messages.iter().position(|message| message.number == number) else { return };
        let last = self.messages.remove(place).filter(|message| message.begun);
        self.whole.extend(last.and_then(|mut message| message.chunks.pop_front()).map(aborted));
    }
}

/// The chunk with the flag of a message that is given up; the flag stands before the last line end.
fn aborted(chunk: Bytes) -> Bytes {
    let mut octets = chunk.to_vec();
    if let Some(flag) = octets.len().checked_sub(3).and_then(|place| octets.get_mut(place)) {
        *flag = wire::msrp::Flag::Aborted.octet();
    }
    octets.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(number: u64, chunks: &[&'static str]) -> Parcel {
        Parcel::Message(number, chunks.iter().map(|chunk| Bytes::from_static(chunk.as_bytes())).collect())
    }

    fn written(queue: &mut Queue) -> String {
        let octets: Vec<u8> = std::iter::from_fn(|| queue.next()).flatten().collect();
        String::from_utf8(octets).unwrap()
    }

    #[test]
    fn messages_take_turns_and_responses_go_first() {
        let mut queue = Queue::default();
        queue.put(message(1, &["a", "b", "c"]));
        queue.put(message(2, &["1", "2"]));
        assert_eq!(queue.next().as_deref(), Some(&b"a"[..]));
        queue.put(Parcel::Whole(Bytes::from_static(b"!")));
        assert_eq!(written(&mut queue), "!1b2c");
    }

    #[test]
    fn a_message_that_is_given_up_says_so_if_it_has_begun() {
        let mut queue = Queue::default();
        queue.put(message(1, &["a+\r\n", "b+\r\n", "c$\r\n"]));
        queue.put(message(2, &["1$\r\n"]));
        assert_eq!(queue.next().as_deref(), Some(&b"a+\r\n"[..]));
        queue.put(Parcel::GiveUp(1));
        queue.put(Parcel::GiveUp(2));
        queue.put(Parcel::GiveUp(3));
        assert_eq!(written(&mut queue), "b#\r\n");
    }

    #[tokio::test]
    async fn what_was_queued_is_written_before_the_end() {
        let (parcels, waiting) = tokio::sync::mpsc::channel(8);
        parcels.try_send(message(1, &["a", "b"])).unwrap();
        drop(parcels);
        let mut out = Vec::new();
        write(&mut out, waiting).await;
        assert_eq!(out, b"ab");
    }
}
