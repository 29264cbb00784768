//! Pointing at bytes of foreign text.

use std::fmt::Write;
use std::ops::Range;

pub use record::visible;

/// Longest line that an excerpt shows, in characters.
const LINE_LIMIT: usize = 140;
/// So many octets surely give more characters than a line shows.
const MOST_OCTETS: usize = 4 * LINE_LIMIT + 4;
/// Lines shown before the one that is pointed at.
const BEFORE: usize = 2;
/// Lines shown after it.
const AFTER: usize = 1;

/// Line and column of a byte, both from 1; the column counts characters.
pub fn position(octets: &[u8], at: usize) -> (usize, usize) {
    let before = octets.get(..at).unwrap_or(octets);
    let line = before.iter().filter(|octet| **octet == b'\n').count() + 1;
    let column = match before.iter().rposition(|octet| *octet == b'\n') {
        Some(newline) => &before[newline + 1..],
        None => before,
    };
    (line, String::from_utf8_lossy(column).chars().count() + 1)
}

/// The lines around a span with the span underlined and a label behind the carets.
pub fn excerpt(octets: &[u8], span: &Range<usize>, label: &str) -> String {
    let start = span.start.min(octets.len());
    let end = span.end.clamp(start, octets.len());
    let marked = line_at(octets, start.min(octets.len().saturating_sub(1)));
    let (lines, before) = lines_around(octets, &marked);
    let number = octets[..lines[0].start].iter().filter(|octet| **octet == b'\n').count() + 1;
    let width = (number + lines.len() - 1).to_string().len();
    let mut out = String::new();
    for (index, line) in lines.iter().enumerate() {
        let shown = without_line_end(octets, line);
        let number = number + index;
        if index == before {
            let (text, column, length) = window(octets, &shown, &(start..end.min(shown.end).max(start)));
            let carets = "^".repeat(length.max(1));
            let gap = " ".repeat(column);
            let _ = writeln!(out, "{number:>width$} | {text}");
            let _ = writeln!(
                out,
                "{:>width$} | {}",
                "",
                format!("{gap}{carets} {}", visible(label.as_bytes())).trim_end()
            );
        } else {
            let text = keep_first(&visible(&octets[first_of(shown)]), LINE_LIMIT);
            let _ = writeln!(out, "{number:>width$} | {text}");
        }
    }
    out
}

/// The line that a byte is in, line end included.
fn line_at(octets: &[u8], at: usize) -> Range<usize> {
    let start = octets[..at].iter().rposition(|octet| *octet == b'\n').map_or(0, |newline| newline + 1);
    let end = octets[at..]
        .iter()
        .position(|octet| *octet == b'\n')
        .map_or(octets.len(), |newline| at + newline + 1);
    start..end
}

/// A line with those before and after it, and how many are before it. Only as much of the text is looked at as is shown:
/// it may be a message of many megabytes.
fn lines_around(octets: &[u8], marked: &Range<usize>) -> (Vec<Range<usize>>, usize) {
    let mut lines = vec![marked.clone()];
    while let Some(first) = lines.first().filter(|first| first.start > 0 && lines.len() <= BEFORE) {
        lines.insert(0, line_at(octets, first.start - 1));
    }
    let before = lines.len() - 1;
    while let Some(last) =
        lines.last().filter(|last| last.end < octets.len() && lines.len() <= before + AFTER)
    {
        lines.push(line_at(octets, last.end));
    }
    (lines, before)
}

/// The beginning of a line, as far as it can be shown.
fn first_of(line: Range<usize>) -> Range<usize> {
    line.start..line.end.min(line.start + MOST_OCTETS)
}

fn without_line_end(octets: &[u8], line: &Range<usize>) -> Range<usize> {
    let text = &octets[line.clone()];
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    line.start..line.start + text.len()
}

/// The visible form of a line, cut to [`LINE_LIMIT`] around the span, with the column and length of the span in it.
fn window(octets: &[u8], line: &Range<usize>, span: &Range<usize>) -> (String, usize, usize) {
    let start = span.start.clamp(line.start, line.end);
    let end = span.end.clamp(start, line.end);
    let from = line.start.max(start.saturating_sub(MOST_OCTETS));
    let before = visible(&octets[from..start]);
    let inside = visible(&octets[first_of(start..end)]);
    let after = visible(&octets[first_of(end..line.end)]);
    let inside_shown = keep_first(&inside, LINE_LIMIT / 2);
    let room = LINE_LIMIT - inside_shown.chars().count();
    let (before, cut) = keep_last(&before, room.saturating_sub(after.chars().count()).max(room / 2));
    let after = keep_first(&after, room.saturating_sub(before.chars().count()));
    let column = before.chars().count() + usize::from(cut);
    let length = inside_shown.chars().count();
    let lead = if cut { "…" } else { "" };
    (format!("{lead}{before}{inside_shown}{after}"), column, length)
}

fn keep_last(text: &str, limit: usize) -> (String, bool) {
    let count = text.chars().count();
    (text.chars().skip(count.saturating_sub(limit)).collect(), count > limit)
}

fn keep_first(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_at_the_bytes() {
        let text = b"From: <im:a>\r\nimdn.Message-ID: <x@y>\r\nTo: <im:b>\r\n";
        let shown = excerpt(text, &(31..36), "no token");
        let expected = "1 | From: <im:a>\n\
                        2 | imdn.Message-ID: <x@y>\n  \
                          |                  ^^^^^ no token\n\
                        3 | To: <im:b>\n";
        assert_eq!(shown, expected);
        assert_eq!(position(text, 31), (2, 18));
    }

    #[test]
    fn empty_spans_and_ends_are_pointed_at_too() {
        assert_eq!(excerpt(b"", &(0..0), "nothing"), "1 | \n  | ^ nothing\n");
        assert_eq!(excerpt(b"abc", &(3..3), "here"), "1 | abc\n  |    ^ here\n");
        assert_eq!(excerpt(b"abc\n", &(9..12), ""), "1 | abc\n  |    ^\n");
    }

    #[test]
    fn long_lines_are_cut_around_the_span() {
        let mut text = vec![b'a'; 5000];
        text[2500] = b'!';
        let shown = excerpt(&text, &(2500..2501), "");
        let mut lines = shown.lines();
        let line = lines.next().unwrap();
        let caret = lines.next().unwrap();
        assert!(line.chars().count() < 200, "{line}");
        let column = caret.chars().position(|c| c == '^').unwrap();
        assert_eq!(line.chars().nth(column), Some('!'));
    }

    #[test]
    fn only_what_is_shown_of_a_large_text_is_looked_at() {
        let mut text = vec![b'\n'; 1 << 20];
        text.extend(vec![b'a'; 1 << 20]);
        let at = text.len() - 9;
        let shown = excerpt(&text, &(at..text.len()), "here");
        assert!(shown.starts_with("1048575 | \n1048576 | \n1048577 | …aaa"), "{shown}");
        assert!(shown.len() < 600 && shown.ends_with("^^^^^^^^^ here\n"), "{shown}");
        assert!(excerpt(&text, &(5..text.len()), "").starts_with("4 | \n5 | \n6 | \n"));
    }

    #[test]
    fn any_octets_and_any_span_can_be_shown() {
        let octets: Vec<u8> = (0..=255).chain([13, 10, 13, 13, 10]).collect();
        for start in 0..octets.len() + 2 {
            for end in start..octets.len() + 2 {
                assert!(excerpt(&octets, &(start..end), "x").contains('^'));
            }
        }
    }
}
