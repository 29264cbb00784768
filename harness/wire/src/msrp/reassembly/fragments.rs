//! The octets of a message that have come so far.

use std::collections::BTreeMap;

/// What a piece costs beyond its octets, in octets.
pub(super) const PIECE: usize = 64;

/// Pieces of a message by the offset of their first octet; no two overlap.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    pieces: BTreeMap<u64, Vec<u8>>,
    octets: usize,
}

impl Fragments {
    /// Octets held, with what the pieces cost.
    pub(super) fn cost(&self) -> usize {
        self.octets + self.pieces.len() * PIECE
    }

    /// Octets held.
    pub(super) fn octets(&self) -> usize {
        self.octets
    }

    /// Puts octets at `offset`; they replace those that are there (RFC 4975 section 7.3.1). Octets that would lie
    /// beyond 64 bits are left out.
    ///
    /// The work is in proportion to the octets that come, not to those that are held.
    pub(super) fn put(&mut self, offset: u64, octets: &[u8]) {
        let (mut at, mut rest) = (offset, octets);
        while !rest.is_empty() {
            let length = match self.pieces.range_mut(..=at).next_back() {
                Some((start, piece)) if at - start < piece.len() as u64 => overwrite(piece, at - start, rest),
                _ => self.fill(at, rest),
            };
            rest = &rest[length..];
            let Some(next) = at.checked_add(length as u64) else { return };
            at = next;
        }
    }

    /// Puts octets where there are none, up to the next piece; says how many.
    fn fill(&mut self, at: u64, octets: &[u8]) -> usize {
        let room = self.pieces.range(at..).next().map_or(u64::MAX, |(next, _)| next - at);
        let length = usize::try_from(room).map_or(octets.len(), |room| room.min(octets.len()));
        let octets = &octets[..length];
        self.octets += length;
        match self.pieces.range_mut(..at).next_back() {
            Some((start, piece)) if start + piece.len() as u64 == at => piece.extend_from_slice(octets),
            _ => drop(self.pieces.insert(at, octets.to_vec())),
        }
        length
    }

    /// Leaves out what lies at `end` or behind it; says whether there was anything.
    pub(super) fn cut(&mut self, end: u64) -> bool {
        let behind = self.pieces.split_off(&end);
        let mut lost: usize = behind.values().map(Vec::len).sum();
        if let Some((start, piece)) = self.pieces.iter_mut().next_back() {
            let kept = usize::try_from(end - start).unwrap_or(usize::MAX).min(piece.len());
            lost += piece.len() - kept;
            piece.truncate(kept);
        }
        self.octets -= lost;
        lost > 0
    }

    /// The octets from the first on, up to the first gap.
    pub(super) fn into_octets(self) -> Vec<u8> {
        let mut pieces = self.pieces.into_iter();
        let Some((0, mut whole)) = pieces.next() else { return Vec::new() };
        for (start, piece) in pieces {
            if start != whole.len() as u64 {
                break;
            }
            whole.extend_from_slice(&piece);
        }
        whole
    }
}

/// Writes over octets of a piece from `offset` on, as far as it goes; says how many.
fn overwrite(piece: &mut [u8], offset: u64, octets: &[u8]) -> usize {
    let there = usize::try_from(offset).ok().and_then(|offset| piece.get_mut(offset..)).unwrap_or_default();
    let length = there.len().min(octets.len());
    there[..length].copy_from_slice(&octets[..length]);
    length
}
