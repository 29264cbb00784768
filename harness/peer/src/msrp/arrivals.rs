//! Which messages are complete, for the success reports that they want (RFC 4975 sections 7.1.2 and 7.3.1).

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use wire::msrp::{ByteRange, Flag, HeaderId, Message};

use super::ranges::Ranges;

/// What has come of the messages of one session that want success reports. Positions alone are kept: no content, and
/// nothing that a Byte-Range claims.
#[derive(Debug)]
pub(crate) struct Arrivals {
    /// By a digest of the Message-ID, keyed with a secret: identifiers may be long.
    messages: HashMap<u64, Partial>,
    digest: RandomState,
    /// Messages at one time.
    most: usize,
}

/// Stretches of one message that stand alone.
const PIECES: usize = 256;

#[derive(Debug, Default)]
struct Partial {
    ranges: Ranges,
    /// Where the last chunk ended, which is where one without Byte-Range belongs.
    next: u64,
    /// Where the chunk with the flag `$` ended.
    length: Option<u64>,
    /// No report is due: a chunk was refused, or it has come in too many pieces.
    silent: bool,
}

/// What came of a chunk.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Nothing is due.
    Nothing,
    /// The message is complete; this is what a success report is about.
    Complete(ByteRange),
    /// There will be no report, because too much is incomplete.
    Forgotten,
}

impl Arrivals {
    /// Keeps track of so many incomplete messages; more get no report.
    pub(crate) fn new(most: usize) -> Self {
        Self { messages: HashMap::new(), digest: RandomState::new(), most }
    }

    /// A SEND came, and was accepted or not.
    pub(crate) fn take(&mut self, chunk: &Message<'_>, accepted: bool) -> Progress {
        let Some(id) = chunk.message_id() else { return Progress::Nothing };
        let id = self.digest.hash_one(id);
        if is_whole(chunk) {
            self.messages.remove(&id);
            let length = chunk.body().map_or(0, <[u8]>::len) as u64;
            return match accepted && chunk.success_report() {
                true => Progress::Complete(whole(length)),
                false => Progress::Nothing,
            };
        }
        if !self.messages.contains_key(&id) {
            if !chunk.success_report() {
                return Progress::Nothing;
            }
            if self.messages.len() >= self.most {
                return Progress::Forgotten;
            }
        }
        let partial = self.messages.entry(id).or_default();
        let fits = partial.take(chunk);
        partial.silent |= !accepted;
        let newly_forgotten = !fits && !std::mem::replace(&mut partial.silent, true);
        let complete = partial.length.filter(|length| partial.ranges.cover(*length));
        let silent = partial.silent;
        if complete.is_some() || chunk.flag() == Some(Flag::Aborted) {
            self.messages.remove(&id);
        }
        match complete {
            Some(length) if !silent => Progress::Complete(whole(length)),
            _ if newly_forgotten => Progress::Forgotten,
            _ => Progress::Nothing,
        }
    }
}

impl Partial {
    /// Whether there was room for it.
    fn take(&mut self, chunk: &Message<'_>) -> bool {
        let start = match chunk.header(HeaderId::ByteRange) {
            None => Some(self.next),
            Some(_) => chunk.byte_range().and_then(|range| range.start.checked_sub(1)),
        };
        let length = chunk.body().map_or(0, <[u8]>::len) as u64;
        let Some((start, end)) = start.and_then(|start| Some((start, start.checked_add(length)?))) else {
            return false;
        };
        self.next = end;
        if chunk.flag() == Some(Flag::Final) {
            self.length = Some(end);
        }
        self.ranges.add(start, end, PIECES)
    }
}

/// Whether a chunk is a whole message (section 7.3.1).
fn is_whole(chunk: &Message<'_>) -> bool {
    let from_first = match chunk.header(HeaderId::ByteRange) {
        Some(_) => chunk.byte_range().is_some_and(|range| range.start == 1),
        None => true,
    };
    from_first && chunk.flag() == Some(Flag::Final)
}

fn whole(length: u64) -> ByteRange {
    ByteRange { start: 1, end: Some(length), total: Some(length) }
}

#[cfg(test)]
mod tests {
    use wire::msrp::{Builder, decode};

    use super::*;

    /// A chunk of message `id`; the range is left out if its start is 0.
    fn chunk(id: &str, start: u64, body: &str, flag: Flag) -> Vec<u8> {
        let request = Builder::request("SEND", "t1234", "msrp://b:1/b;tcp", "msrp://a:1/a;tcp")
            .message_id(id)
            .success_report(true)
            .body("text/plain", body)
            .flag(flag);
        match start {
            0 => request.encode(),
            _ => request.byte_range(ByteRange { start, end: None, total: None }).encode(),
        }
    }

    fn take(arrivals: &mut Arrivals, octets: &[u8]) -> Progress {
        arrivals.take(&decode(octets).value, true)
    }

    #[test]
    fn a_message_is_complete_when_all_octets_are_there_in_any_order() {
        let mut arrivals = Arrivals::new(4);
        assert_eq!(take(&mut arrivals, &chunk("m", 7, "world", Flag::Final)), Progress::Nothing);
        assert_eq!(take(&mut arrivals, &chunk("m", 1, "hello", Flag::More)), Progress::Nothing);
        assert_eq!(take(&mut arrivals, &chunk("m", 5, "o,", Flag::More)), Progress::Complete(whole(11)));
        assert_eq!(arrivals.messages.len(), 0);
    }

    #[test]
    fn a_chunk_that_is_the_whole_message_is_complete() {
        let mut arrivals = Arrivals::new(0);
        for start in [0, 1] {
            let octets = chunk("m", start, "hello", Flag::Final);
            assert_eq!(take(&mut arrivals, &octets), Progress::Complete(whole(5)));
        }
        assert_eq!(take(&mut arrivals, &chunk("m", 1, "", Flag::Final)), Progress::Complete(whole(0)));
    }

    #[test]
    fn chunks_without_range_follow_each_other() {
        let mut arrivals = Arrivals::new(4);
        assert_eq!(take(&mut arrivals, &chunk("m", 1, "hello", Flag::More)), Progress::Nothing);
        // Without a range, `$` would make it a message of its own.
        assert_eq!(take(&mut arrivals, &chunk("m", 0, ", ", Flag::More)), Progress::Nothing);
        assert_eq!(take(&mut arrivals, &chunk("m", 8, "you", Flag::Final)), Progress::Complete(whole(10)));
    }

    #[test]
    fn a_refused_chunk_leaves_the_message_without_report() {
        let mut arrivals = Arrivals::new(4);
        let first = chunk("m", 1, "hello", Flag::More);
        assert_eq!(arrivals.take(&decode(&first).value, false), Progress::Nothing);
        assert_eq!(take(&mut arrivals, &chunk("m", 6, "!", Flag::Final)), Progress::Nothing);
        assert_eq!(arrivals.messages.len(), 0);
    }

    #[test]
    fn a_message_given_up_is_forgotten() {
        let mut arrivals = Arrivals::new(4);
        take(&mut arrivals, &chunk("m", 1, "hello", Flag::More));
        assert_eq!(take(&mut arrivals, &chunk("m", 6, "", Flag::Aborted)), Progress::Nothing);
        assert_eq!(arrivals.messages.len(), 0);
    }

    #[test]
    fn claims_cost_nothing() {
        let mut arrivals = Arrivals::new(2);
        for number in 0..1_000u64 {
            let far = chunk("m", (1 << 62) + 2 * number, "x", Flag::More);
            let expected = if number == PIECES as u64 { Progress::Forgotten } else { Progress::Nothing };
            assert_eq!(take(&mut arrivals, &far), expected);
        }
        assert_eq!(take(&mut arrivals, &chunk("n", u64::MAX, "xx", Flag::More)), Progress::Forgotten);
        assert_eq!(
            take(&mut arrivals, &chunk("o", 1, "x", Flag::More)),
            Progress::Forgotten,
            "a third message"
        );
        assert_eq!(arrivals.messages.len(), 2);
    }
}
