//! Reading lines of limited length.

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};

use super::LONGEST;

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A line without its end.
    Whole(Vec<u8>),
    /// A line that is too long; it was passed over.
    TooLong,
}

/// Lines of an input, one after the other.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    input: BufReader<R>,
    /// What was read of the next line. It lives here so that nothing is lost when a wait is given up.
    begun: Vec<u8>,
    skipping: bool,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// Reads from that input.
    pub(crate) fn new(input: R) -> Self {
        Self { input: BufReader::with_capacity(1 << 16, input), begun: Vec::new(), skipping: false }
    }

    /// The next line; `None` at the end of the input, or when it cannot be read any more. Empty lines are passed over.
    pub(crate) async fn next(&mut self) -> Option<Line> {
        loop {
            let room = (LONGEST + 1).saturating_sub(self.begun.len()) as u64;
            let read = (&mut self.input).take(room).read_until(b'\n', &mut self.begun).await;
            let ended = self.begun.ends_with(b"\n");
            if read.is_err() || (read.is_ok_and(|octets| octets == 0) && !ended) {
                return None;
            }
            if ended {
                let line = std::mem::take(&mut self.begun);
                if std::mem::take(&mut self.skipping) {
                    return Some(Line::TooLong);
                }
                let text = line.trim_ascii();
                if !text.is_empty() {
                    return Some(Line::Whole(text.to_vec()));
                }
            } else if self.begun.len() > LONGEST {
                self.skipping = true;
                self.begun.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn all(input: &[u8]) -> Vec<Line> {
        let mut lines = Lines::new(input);
        let mut found = Vec::new();
        while let Some(line) = lines.next().await {
            found.push(line);
        }
        found
    }

    #[tokio::test]
    async fn gives_lines_and_survives_the_long_ones() {
        let long = [vec![b'x'; 3 * LONGEST], b"\nb\r\n".to_vec()].concat();
        let input = [b"a\n\n \r\n", &long[..]].concat();
        assert_eq!(
            all(&input).await,
            [Line::Whole(b"a".to_vec()), Line::TooLong, Line::Whole(b"b".to_vec())]
        );
    }

    #[tokio::test]
    async fn a_line_without_an_end_is_none() {
        assert_eq!(all(b"a\nb").await, [Line::Whole(b"a".to_vec())]);
    }
}
