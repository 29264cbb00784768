//! What the framers of all stream-based transports share: the octets of a connection, read line by line.

/// What came of a framer's step: something, nothing before more octets arrive, or another step.
pub(crate) enum Step<F> {
    Found(F),
    Starved,
    Again,
}

/// Takes steps until one of them finds something, or finds nothing before more octets arrive.
pub(crate) fn advance<F>(mut step: impl FnMut() -> Step<F>) -> Option<F> {
    loop {
        match step() {
            Step::Found(frame) => return Some(frame),
            Step::Starved => return None,
            Step::Again => {}
        }
    }
}

/// What a search for a start line came to.
pub(crate) enum Hunt {
    /// These octets are no start line and do not belong to one; the search is not over.
    Garbage(Vec<u8>),
    /// The first line that is held is a start line, and it has been read.
    StartLine,
    Starved,
}

/// The octets that came and were not used up yet, and how far they have been read.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    buffer: Vec<u8>,
    /// What of the buffer has been used up; the offsets below count from here.
    start: usize,
    /// Where the line begins that is being read, or where another search goes on.
    at: usize,
    /// Up to where the end of the line has been looked for.
    searched: usize,
}

impl Lines {
    pub(crate) fn push(&mut self, octets: &[u8]) {
        self.buffer.extend_from_slice(octets);
    }

    /// What is not used up.
    pub(crate) fn held(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Where the current line begins, counted from the first octet that is held.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The current line up to there.
    pub(crate) fn current(&self, end: usize) -> &[u8] {
        &self.held()[self.at..end]
    }

    /// Where the current line ends, its line feed included, if that is within `limit` octets. No octet is looked at twice.
    pub(crate) fn line_end(&mut self, limit: usize) -> Option<usize> {
        let held = &self.buffer[self.start..];
        let window = held.len().min(self.at + limit);
        let from = self.searched.max(self.at).min(window);
        let found = memchr::memchr(b'\n', &held[from..window]);
        self.searched = found.map_or(window, |feed| from + feed);
        found.map(|feed| from + feed + 1)
    }

    /// The next line begins there.
    pub(crate) fn next_line(&mut self, at: usize) {
        self.at = at;
        self.searched = at;
    }

    /// Reads lines until one is a start line. Lines have at most `longest` octets; of garbage no more than `most` octets
    /// are held back, give or take a line.
    pub(crate) fn hunt(
        &mut self,
        longest: usize,
        most: usize,
        is_start_line: impl Fn(&[u8]) -> bool,
    ) -> Hunt {
        while let Some(end) = self.line_end(longest) {
            if is_start_line(self.current(end)) {
                if self.at > 0 {
                    return Hunt::Garbage(self.take(self.at));
                }
                self.next_line(end);
                return Hunt::StartLine;
            }
            self.next_line(end);
            if end >= most {
                return Hunt::Garbage(self.take(end));
            }
        }
        if self.held().len() - self.at < longest {
            return Hunt::Starved;
        }
        Hunt::Garbage(self.take(self.at + longest))
    }

    /// Gives so many octets away.
    pub(crate) fn take(&mut self, length: usize) -> Vec<u8> {
        let octets = self.held()[..length].to_vec();
        self.consume(length);
        octets
    }

    /// Gives all octets away.
    pub(crate) fn take_all(&mut self) -> Vec<u8> {
        self.take(self.held().len())
    }

    /// Uses octets up. The buffer is moved only when most of it is used up, so that each octet moves at most once for
    /// each octet taken.
    pub(crate) fn consume(&mut self, length: usize) {
        self.start += length;
        self.next_line(0);
        if self.start * 2 > self.buffer.len() {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
    }

    #[cfg(test)]
    pub(crate) fn capacity(&self) -> usize {
        self.buffer.capacity()
    }
}
