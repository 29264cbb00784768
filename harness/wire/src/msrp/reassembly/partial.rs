//! One message of which chunks are missing.

use super::Assembled;
use super::fragments::Fragments;
use crate::deviation::Rule;
use crate::mime::notes::Notes;
use crate::msrp::end::Flag;
use crate::msrp::header::HeaderId;
use crate::msrp::message::Message;
use crate::msrp::rule;
use crate::msrp::value::FailureReport;

/// A message that is not complete.
#[derive(Debug, Default)]
pub(super) struct Partial {
    pub(super) fragments: Fragments,
    /// Where the last chunk ended, which is where the next one has to begin.
    pub(super) next: u64,
    /// The total that was claimed last.
    claimed: Option<u64>,
    /// Where the chunk with the flag `$` ended.
    length: Option<u64>,
    content_type: Vec<u8>,
    success_report: bool,
    failure_report: FailureReport,
    chunks: usize,
    refused: bool,
}

impl Partial {
    pub(super) fn of(first: &Message<'_>) -> Self {
        Self {
            success_report: first.success_report(),
            failure_report: first.failure_report(),
            ..Self::default()
        }
    }

    /// A message whose chunks are refused.
    pub(super) fn refused() -> Self {
        Self { refused: true, ..Self::default() }
    }

    pub(super) fn is_refused(&self) -> bool {
        self.refused
    }

    /// Holds a chunk against those before it.
    pub(super) fn compare(&mut self, chunk: &Message<'_>, notes: &mut Notes) {
        let reports = (self.success_report, self.failure_report);
        if reports != (chunk.success_report(), chunk.failure_report()) {
            let place = [HeaderId::SuccessReport, HeaderId::FailureReport].map(|id| chunk.header(id));
            let place = place.into_iter().flatten().next();
            let span = place.map_or(chunk.start_line_span(), |header| header.line_span());
            notes.add(span, &rule::CHUNK_REPORTS);
        }
        if let Some(total) = chunk.byte_range().and_then(|range| range.total) {
            if self.claimed.is_some_and(|claimed| claimed != total) {
                note_range(chunk, &rule::CHUNK_TOTAL, "another total than before", notes);
            }
            self.claimed = Some(total);
        }
        if let Some(header) = chunk.header(HeaderId::ContentType) {
            header.raw_value().clone_into(&mut self.content_type);
        }
    }

    /// The offset of the chunk's first octet; without a range it goes where the last chunk ended.
    pub(super) fn offset(&self, chunk: &Message<'_>, notes: &mut Notes) -> Option<u64> {
        let Some(header) = chunk.header(HeaderId::ByteRange) else {
            if self.chunks > 0 {
                let at = chunk.start_line_span().end;
                notes.add(at..at, &rule::CHUNK_RANGE_MISSING);
            }
            return Some(self.next);
        };
        let offset = chunk.byte_range()?.start.checked_sub(1)?;
        if offset != self.next {
            let detail = format!("it starts with octet {}, and {} is next", offset + 1, self.next + 1);
            notes.explain(header.value_span(), &rule::CHUNK_ORDER, detail);
        }
        Some(offset)
    }

    pub(super) fn put(&mut self, chunk: &Message<'_>, offset: u64, body: &[u8], notes: &mut Notes) {
        self.chunks += 1;
        self.fragments.put(offset, body);
        if chunk.flag() == Some(Flag::Final) {
            self.length = Some(offset + body.len() as u64);
            if self.claimed.is_some_and(|claimed| self.length != Some(claimed)) {
                note_range(chunk, &rule::CHUNK_TOTAL, "the last chunk does not end at the total", notes);
            }
        }
        if let Some(length) = self.length
            && self.fragments.cut(length)
        {
            note_range(chunk, &rule::CHUNK_BEYOND, "", notes);
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        self.length == Some(self.fragments.octets() as u64)
    }

    pub(super) fn into_message(self, id: &[u8]) -> Assembled {
        Assembled {
            message_id: id.to_vec(),
            content_type: self.content_type,
            success_report: self.success_report,
            failure_report: self.failure_report,
            octets: self.fragments.into_octets(),
            chunks: self.chunks,
        }
    }
}

fn note_range(chunk: &Message<'_>, rule: &'static Rule, detail: &str, notes: &mut Notes) {
    let span = chunk.header(HeaderId::ByteRange).map_or(chunk.start_line_span(), |range| range.value_span());
    notes.explain(span, rule, detail);
}
