//! Checks what single message headers hold (RFC 3862 section 4).

use super::header::Record;
use super::{address, namespace, rule, token};
use crate::deviation::Span;
use crate::mime::notes::Notes;
use crate::time;

/// Checks all headers. `end` is the place to point at for a header that is missing.
pub(super) fn headers(octets: &[u8], records: &[Record], end: usize, notes: &mut Notes) {
    let (mut from, mut to, mut date) = (0, 0, 0);
    for (index, record) in records.iter().enumerate() {
        if record.prefix_end != record.start {
            check_prefix(octets, records, index, notes);
            continue;
        }
        let value = record.value_start..record.value_end;
        let mut address = |count: &mut usize| {
            *count += 1;
            address::check(octets, value.clone(), notes);
        };
        match &octets[record.start..record.name_end] {
            b"From" => address(&mut from),
            b"To" => address(&mut to),
            b"cc" => address(&mut 0),
            b"NS" => namespace::check(octets, record, notes),
            b"Require" => check_require(octets, value, notes),
            b"DateTime" => {
                date += 1;
                notes.extend(time::decode(octets, value).deviations);
            }
            b"Subject" => {}
            name => check_case(name, record, notes),
        }
        if from > 1 || date > 1 {
            (from, date) = (from.min(1), date.min(1));
            notes.add(record.start..record.next, &rule::REPEATED);
        }
    }
    for (count, rule) in [(from, &rule::FROM_MISSING), (to, &rule::TO_MISSING)] {
        if count == 0 {
            notes.add(end..end, rule);
        }
    }
}

fn check_prefix(octets: &[u8], records: &[Record], index: usize, notes: &mut Notes) {
    let record = &records[index];
    let prefix = &octets[record.start..record.prefix_end];
    if namespace::find(octets, records, index, prefix).is_some() {
        return;
    }
    let late = namespace::bound_below(octets, records, index, prefix);
    let rule = if late { &rule::PREFIX_BOUND_LATE } else { &rule::PREFIX_UNBOUND };
    notes.add(record.start..record.prefix_end, rule);
}

fn check_case(name: &[u8], record: &Record, notes: &mut Notes) {
    let known: &[&[u8]] = match name.len() {
        2 => &[b"To", b"cc", b"NS"],
        4 => &[b"From"],
        7 => &[b"Subject", b"Require"],
        8 => &[b"DateTime"],
        _ => &[],
    };
    if known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        notes.add(record.start..record.name_end, &rule::NAME_CASE);
    }
}

fn check_require(octets: &[u8], value: Span, notes: &mut Notes) {
    let mut at = value.start;
    for name in octets[value.clone()].split(|octet| *octet == b',') {
        let mut parts = name.splitn(2, |octet| *octet == b'.');
        if !parts.all(|part| !part.is_empty() && part.iter().copied().all(token::is_name)) {
            notes.add(at..at + name.len(), &rule::REQUIRE);
        }
        at += name.len() + 1;
    }
}
