//! Multipart contents, split to the octet: signatures cover exactly a part's octets (RFC 2046 section 5.1.1).

use memchr::memmem;

use super::notes::Notes;
use super::{Entity, clamp, read, rule};
use crate::deviation::{Decoded, Span};

/// Parts read from one multipart content.
const MOST_PARTS: usize = 256;

/// A multipart content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Multipart {
    /// What stands before the first delimiter line.
    pub preamble: Span,
    /// The octets of each part; the line end before a delimiter belongs to the delimiter.
    pub parts: Vec<Span>,
    /// What stands behind the close delimiter.
    pub epilogue: Span,
}

struct Delimiter {
    /// With the line end before it.
    start: usize,
    /// Behind the line.
    next: usize,
    close: bool,
}

/// Splits the multipart content that fills `within`.
pub fn split(octets: &[u8], within: Span, boundary: &[u8]) -> Decoded<Multipart> {
    let mut notes = Notes::default();
    let value = split_into(octets, clamp(octets, within), boundary, &mut notes);
    Decoded { value, deviations: notes.into_deviations() }
}

fn split_into(octets: &[u8], within: Span, boundary: &[u8], notes: &mut Notes) -> Multipart {
    let mut out = Multipart { preamble: within.clone(), parts: Vec::new(), epilogue: within.end..within.end };
    let mut open: Option<usize> = None;
    for delimiter in delimiters(octets, &within, boundary) {
        match open {
            Some(start) => out.parts.push(start..delimiter.start.max(start)),
            None => out.preamble.end = delimiter.start,
        }
        open = Some(delimiter.next);
        if delimiter.close {
            out.epilogue = delimiter.next..within.end;
            return out;
        }
        if out.parts.len() >= MOST_PARTS {
            notes.add(delimiter.next..within.end, &rule::TOO_MANY_PARTS);
            return out;
        }
    }
    match open {
        Some(start) => {
            notes.add(within.end..within.end, &rule::CLOSE_MISSING);
            out.parts.push(start..within.end);
        }
        None => notes.add(within, &rule::PARTS_MISSING),
    }
    out
}

fn delimiters(octets: &[u8], within: &Span, boundary: &[u8]) -> impl Iterator<Item = Delimiter> {
    let (start, end) = (within.start, within.end);
    let needle = [b"--", boundary].concat();
    let length = needle.len();
    let hits: Box<dyn Iterator<Item = usize>> = if boundary.is_empty() {
        Box::new(std::iter::empty())
    } else {
        Box::new(
            memmem::Finder::new(&needle).find_iter(&octets[within.clone()]).collect::<Vec<_>>().into_iter(),
        )
    };
    hits.filter_map(move |hit| delimiter_at(octets, start, start + hit, start + hit + length, end))
}

/// The delimiter line whose dashes are at `at` and whose boundary ends at `behind`, if it is one.
fn delimiter_at(octets: &[u8], first: usize, at: usize, behind: usize, end: usize) -> Option<Delimiter> {
    let before = &octets[first..at];
    if !before.is_empty() && !before.ends_with(b"\n") {
        return None;
    }
    let line_end = if before.ends_with(b"\r\n") { 2 } else { usize::from(!before.is_empty()) };
    let rest = &octets[behind..end];
    let close = rest.starts_with(b"--");
    let rest = if close { &rest[2..] } else { rest };
    let padding = rest.iter().take_while(|octet| matches!(octet, b' ' | b'\t')).count();
    let feed = match &rest[padding..] {
        [] => 0,
        [b'\n', ..] => 1,
        [b'\r', b'\n', ..] => 2,
        _ => return None,
    };
    Some(Delimiter { start: at - line_end, next: end - rest.len() + padding + feed, close })
}

pub(super) fn parts<'a>(entity: &Entity<'a>, notes: &mut Notes) -> Vec<Entity<'a>> {
    let Some(content_type) = entity.content_type().filter(|value| value.is_type("multipart")) else {
        return Vec::new();
    };
    let Some(boundary) = content_type.parameter("boundary").filter(|boundary| !boundary.value.is_empty())
    else {
        notes.add(content_type.span(), &rule::BOUNDARY_MISSING);
        return Vec::new();
    };
    let split = split_into(entity.octets, entity.content_span(), boundary.value.as_bytes(), notes);
    split.parts.into_iter().map(|part| read(entity.octets, part, notes)).collect()
}

pub(super) fn leaves<'a>(entity: Entity<'a>, depth: usize) -> Decoded<Vec<Entity<'a>>> {
    let mut notes = Notes::default();
    let mut leaves = Vec::new();
    let mut pending = vec![(entity, depth)];
    while let Some((entity, depth)) = pending.pop() {
        if !entity.content_type().is_some_and(|value| value.is_type("multipart")) {
            leaves.push(entity);
        } else if depth == 0 {
            notes.add(entity.span(), &rule::TOO_DEEP);
        } else {
            pending.extend(parts(&entity, &mut notes).into_iter().rev().map(|part| (part, depth - 1)));
        }
    }
    Decoded { value: leaves, deviations: notes.into_deviations() }
}
