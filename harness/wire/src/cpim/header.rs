//! One message header: its record, and the view of it.

use std::borrow::Cow;

use super::escape;
use super::namespace::Namespace;
use super::{Message, address::Address};
use crate::deviation::{Decoded, Span};
use crate::mime::{Parameterised, Parameters, unfolded};
use crate::time::{self, Timestamp};

/// Where the pieces of a header stand. The name starts where the line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) start: usize,
    /// End of the prefix, which a full stop follows; `start` if there is none.
    pub(super) prefix_end: usize,
    pub(super) name_end: usize,
    pub(super) colon: usize,
    pub(super) value_start: usize,
    pub(super) value_end: usize,
    /// Behind the line end, folds included.
    pub(super) next: usize,
    /// Records down to the nearest `NS` line above; 0 if there is none.
    pub(super) ns_back: usize,
}

/// A message header.
#[derive(Debug, Clone, Copy)]
pub struct Header<'m, 'a> {
    pub(super) message: &'m Message<'a>,
    pub(super) index: usize,
}

impl<'m, 'a> Header<'m, 'a> {
    /// Its place among the message headers, from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The whole line with its end, folds included.
    pub fn line_span(&self) -> Span {
        self.record().start..self.record().next
    }

    /// Name, with the prefix.
    pub fn name_span(&self) -> Span {
        self.record().start..self.record().name_end
    }

    /// The value, white space around it left out.
    pub fn value_span(&self) -> Span {
        self.record().value_start..self.record().value_end
    }

    /// Name, with the prefix; octets that are not UTF-8 become U+FFFD.
    pub fn name(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.slice(self.name_span()))
    }

    /// The prefix, if the name has one.
    pub fn prefix(&self) -> Option<Cow<'a, str>> {
        self.prefix_octets().map(String::from_utf8_lossy)
    }

    /// The name without its prefix.
    pub fn local_name(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.local_octets())
    }

    /// The namespace of the name at this line (RFC 3862 section 3.4).
    pub fn namespace(&self) -> Namespace<'a> {
        self.message.namespace_at(self.index)
    }

    /// Parameters that can be read, as `lang=fr`.
    pub fn parameters(&self) -> Parameters<'a> {
        let record = self.record();
        Parameterised::new(self.message.octets, record.colon + 1..record.value_start).parameters()
    }

    /// The language of the value, if a parameter gives it (RFC 3862 section 3.3).
    pub fn language(&self) -> Option<Cow<'a, str>> {
        self.parameters().find(|parameter| parameter.name == "lang").map(|parameter| parameter.value)
    }

    /// The octets of the value; folds are still in it.
    pub fn raw_value(&self) -> &'a [u8] {
        self.slice(self.value_span())
    }

    /// The value, unfolded, with its escapes; octets that are not UTF-8 become U+FFFD.
    pub fn value(&self) -> Cow<'a, str> {
        unfolded(self.raw_value())
    }

    /// The characters the value means, escapes undone.
    pub fn text(&self) -> Cow<'a, str> {
        match self.value() {
            Cow::Borrowed(value) => escape::unescape(value),
            Cow::Owned(value) => Cow::Owned(escape::unescape(&value).into_owned()),
        }
    }

    /// Whether the header goes over more than one line, which CPIM forbids.
    pub fn is_folded(&self) -> bool {
        memchr::memchr(b'\n', self.raw_value()).is_some()
    }

    /// The value as an address.
    pub fn address(&self) -> Option<Address<'a>> {
        super::address::locate(self.message.octets, self.value_span())
    }

    /// The value as an address, with what is wrong with it.
    pub fn decode_address(&self) -> Decoded<Option<Address<'a>>> {
        super::decode_address(self.message.octets, self.value_span())
    }

    /// Whether anything stands between the colon, with its parameters, and the value.
    pub fn has_space(&self) -> bool {
        let record = self.record();
        self.message.octets[record.colon + 1..record.value_start]
            .iter()
            .any(|octet| matches!(octet, b' ' | b'\t'))
    }

    /// The value as a timestamp.
    pub fn timestamp(&self) -> Decoded<Option<Timestamp>> {
        time::decode(self.message.octets, self.value_span())
    }

    pub(super) fn record(&self) -> &'m Record {
        &self.message.records[self.index]
    }

    pub(super) fn prefix_octets(&self) -> Option<&'a [u8]> {
        let record = self.record();
        (record.prefix_end != record.start).then(|| self.slice(record.start..record.prefix_end))
    }

    pub(super) fn local_octets(&self) -> &'a [u8] {
        let record = self.record();
        let start = if record.prefix_end == record.start { record.start } else { record.prefix_end + 1 };
        self.slice(start..record.name_end)
    }

    fn slice(&self, span: Span) -> &'a [u8] {
        &self.message.octets[span]
    }
}
