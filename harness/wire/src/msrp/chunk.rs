//! Sending a message in chunks (RFC 4975 section 7.1.1).

use super::build::Builder;
use super::check::CHUNK;
use super::end::Flag;
use super::transaction::TransactionId;
use super::value::ByteRange;

/// How a message is cut into chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunking {
    /// Octets of body in each chunk but the last; at least one.
    pub size: usize,
    /// What stands for the end of a range.
    pub range_end: RangeEnd,
    /// Whether the total is stated; otherwise an asterisk stands for it.
    pub total: bool,
    /// The flag of the last chunk: [`Flag::Final`], or another one to break off there.
    pub last: Flag,
}

/// What stands for the end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeEnd {
    /// The position of the chunk's last octet.
    Stated,
    /// An asterisk: the chunk can be interrupted, and is where it ends before the message does.
    Interruptible,
}

impl Default for Chunking {
    /// 2048 octets a chunk, ends and total stated.
    fn default() -> Self {
        Self::of(CHUNK)
    }
}

impl Chunking {
    /// Chunks of that many octets. Ends are stated unless the size demands an asterisk; the total is.
    pub fn of(size: usize) -> Self {
        let range_end = if size > CHUNK { RangeEnd::Interruptible } else { RangeEnd::Stated };
        Self { size, range_end, total: true, last: Flag::Final }
    }

    fn range(&self, start: usize, length: usize, whole: usize) -> ByteRange {
        let stated = self.range_end == RangeEnd::Stated;
        ByteRange {
            start: start as u64 + 1,
            end: stated.then_some((start + length) as u64),
            total: self.total.then_some(whole as u64),
        }
    }
}

impl Builder {
    /// The chunks of the message that this request holds, in their order; an empty message has one. Each gets its own
    /// Byte-Range and transaction identifier, one that does not occur in its body, from the numbers of `random`.
    pub fn chunks<'b>(
        &'b self,
        chunking: Chunking,
        mut random: impl FnMut() -> u128 + 'b,
    ) -> impl Iterator<Item = Vec<u8>> + 'b {
        let body = self.whole_body();
        let size = chunking.size.max(1);
        (0..body.len().div_ceil(size).max(1)).map(move |number| {
            let start = number * size;
            let end = body.len().min(start.saturating_add(size));
            let octets = &body[start..end];
            let transaction = TransactionId::free_in(random(), octets);
            let range = chunking.range(start, octets.len(), body.len());
            let flag = if end == body.len() { chunking.last } else { Flag::More };
            self.encode_chunk(octets, range, transaction.as_str(), flag)
        })
    }
}
