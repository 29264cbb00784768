//! Where a message ends (RFC 4975 section 7.1).

use memchr::memmem::Finder;

/// What an end-line begins with.
pub(super) const HYPHENS: &[u8] = b"-------";

/// The continuation flag of an end-line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flag {
    /// `$`: the body is the end of the message.
    Final,
    /// `+`: there is more of the message.
    More,
    /// `#`: the message is given up.
    Aborted,
}

impl Flag {
    /// The character.
    pub fn octet(self) -> u8 {
        match self {
            Self::Final => b'$',
            Self::More => b'+',
            Self::Aborted => b'#',
        }
    }

    /// The flag of that character.
    pub fn of(octet: u8) -> Option<Self> {
        [Self::Final, Self::More, Self::Aborted].into_iter().find(|flag| flag.octet() == octet)
    }
}

/// Looks for the end-line of one transaction.
#[derive(Debug)]
pub(super) struct EndLine(Finder<'static>);

/// An end-line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// Its first hyphen.
    pub(super) start: usize,
    /// Behind its flag.
    pub(super) text_end: usize,
    /// Behind its line end.
    pub(super) next: usize,
    pub(super) flag: Flag,
    /// The first hyphens, identifier and flag before it that no line end follows.
    pub(super) earlier: Option<usize>,
}

/// What a search came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    Found(Found),
    /// There is none yet, and none can begin before this place, which is never before where the search began.
    Until(usize),
}

impl EndLine {
    pub(super) fn new(transaction: &[u8]) -> Self {
        let needle = [HYPHENS, transaction].concat();
        Self(Finder::new(&needle).into_owned())
    }

    /// Looks from `from` on for hyphens, identifier, flag and line end.
    ///
    /// They count wherever they stand: since no sender may let them occur in a body, a line that lacks the line end
    /// before it is a broken end-line and no body. Each octet is looked at a fixed number of times.
    pub(super) fn search(&self, octets: &[u8], from: usize) -> Search {
        let length = self.0.needle().len();
        let (mut at, mut earlier) = (from.min(octets.len()), None);
        while let Some(offset) = self.0.find(&octets[at..]) {
            let start = at + offset;
            let text_end = start + length + 1;
            let next = match &octets[start + length..] {
                [_, b'\r', b'\n', ..] => text_end + 2,
                [_, b'\n', ..] => text_end + 1,
                [] | [_] | [_, b'\r'] => return Search::Until(start),
                _ => 0,
            };
            match Flag::of(octets[start + length]) {
                Some(flag) if next != 0 => {
                    return Search::Found(Found { start, text_end, next, flag, earlier });
                }
                flag => earlier = earlier.or(flag.map(|_| start)),
            }
            at = start + 1;
        }
        Search::Until(at.max((octets.len() + 1).saturating_sub(length)))
    }

    /// Octets of the end-line with its line end, at most.
    pub(super) fn longest(&self) -> usize {
        self.0.needle().len() + 3
    }
}
