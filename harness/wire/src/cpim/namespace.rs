//! Namespaces of header names (RFC 3862 section 3.4).

use std::borrow::Cow;

use super::header::{Header, Record};
use super::{Message, address, rule, token};
use crate::deviation::Span;
use crate::mime::notes::Notes;
use crate::profile::{PROFILES, Profile};

/// The namespace of the headers that RFC 3862 defines, and of bare names.
pub const CORE: &str = "urn:ietf:params:cpim-headers:";

/// `NS` lines looked at for one name, the nearest first.
const MOST_BINDINGS: usize = 64;

/// The namespace of a header name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Namespace<'a> {
    /// A bare name, while no `NS` line has moved the default: [`CORE`].
    Default,
    /// An `NS` line above binds the prefix, or the bare names, to this URI.
    Bound {
        /// The URI as it is written.
        uri: Cow<'a, str>,
        /// Where it stands.
        span: Span,
    },
    /// No `NS` line above binds the prefix.
    Unbound,
}

/// How a header that means a profile's header is qualified; the better, the lesser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Qualified {
    /// As the document demands.
    Proper,
    /// The name is bare, but an `NS` line has moved bare names into the namespace.
    ByDefault,
    /// The bound URN differs in case only (I-27).
    UrnCase,
    /// The prefix is bound below this line only.
    BoundLate,
    /// The prefix is bound to another URN, though it is the customary prefix, or the URN resembles the right one. Where the
    /// profile's headers are bare: an `NS` line has moved bare names into another namespace.
    OtherUrn,
    /// The prefix is bound nowhere. Where the profile's headers are bare: there is such a prefix.
    Unbound,
    /// The name is bare and not in the namespace.
    Bare,
}

impl<'a> Message<'a> {
    /// Headers of that local name in the namespace `urn`, whatever the prefix.
    pub fn namespaced<'m>(&'m self, urn: &'m str, local: &'m str) -> impl Iterator<Item = Header<'m, 'a>> {
        self.headers().filter(move |header| {
            header.local_octets() == local.as_bytes()
                && match header.namespace() {
                    Namespace::Default => urn == CORE,
                    Namespace::Bound { uri, .. } => uri == urn,
                    Namespace::Unbound => false,
                }
        })
    }

    /// Headers of that name without a prefix.
    pub fn bare<'m>(&'m self, name: &'m str) -> impl Iterator<Item = Header<'m, 'a>> {
        self.headers().filter(move |header| {
            header.prefix_octets().is_none() && header.local_octets() == name.as_bytes()
        })
    }

    /// Headers that mean the profile's header `local`, however they are qualified (G-11).
    pub fn recognised<'m>(
        &'m self,
        profile: &'m Profile,
        local: &'m str,
    ) -> impl Iterator<Item = (Header<'m, 'a>, Qualified)> {
        self.headers()
            .filter(move |header| header.local_octets() == local.as_bytes())
            .filter_map(move |header| Some((header, self.qualified(&header, profile)?)))
    }

    /// The header that means the profile's header `local` and is qualified best; of equals, the first.
    pub fn recognise<'m>(
        &'m self,
        profile: &'m Profile,
        local: &'m str,
    ) -> Option<(Header<'m, 'a>, Qualified)> {
        self.recognised(profile, local).min_by_key(|(_, qualified)| *qualified)
    }

    /// How a header is tied to the profile's namespace, whatever its local name; `None` if it has nothing to do with it.
    pub fn qualified(&self, header: &Header<'_, 'a>, profile: &Profile) -> Option<Qualified> {
        let bare = header.prefix_octets().is_none();
        let Some(urn) = profile.cpim_namespace else {
            return qualified_in_core(header);
        };
        let customary = header.prefix_octets() == Some(profile.cpim_prefix.as_bytes());
        match header.namespace() {
            Namespace::Bound { uri, .. } if uri == urn => {
                Some(if bare { Qualified::ByDefault } else { Qualified::Proper })
            }
            Namespace::Bound { uri, .. } if uri.eq_ignore_ascii_case(urn) => Some(Qualified::UrnCase),
            Namespace::Bound { uri, .. } => {
                (customary || resembles(&uri, profile.cpim_prefix)).then_some(Qualified::OtherUrn)
            }
            Namespace::Default => Some(Qualified::Bare),
            Namespace::Unbound => Some(self.unbound(header)),
        }
    }

    fn unbound(&self, header: &Header<'_, 'a>) -> Qualified {
        let prefix = header.prefix_octets().unwrap_or_default();
        if bound_below(self.octets, &self.records, header.index, prefix) {
            Qualified::BoundLate
        } else {
            Qualified::Unbound
        }
    }

    pub(super) fn namespace_at(&self, index: usize) -> Namespace<'a> {
        let record = &self.records[index];
        let prefix = &self.octets[record.start..record.prefix_end];
        if prefix.is_empty() && is_ns(self.octets, record) {
            return Namespace::Default;
        }
        self.namespace_of(index, prefix)
    }

    /// What `prefix` means at the line `index`; the empty prefix stands for bare names.
    pub(super) fn namespace_of(&self, index: usize, prefix: &[u8]) -> Namespace<'a> {
        match find(self.octets, &self.records, index, prefix) {
            Some(span) => Namespace::Bound { uri: String::from_utf8_lossy(&self.octets[span.clone()]), span },
            None if prefix.is_empty() => Namespace::Default,
            None => Namespace::Unbound,
        }
    }
}

/// Whether an `NS` line below `index` binds `prefix`.
pub(super) fn bound_below(octets: &[u8], records: &[Record], index: usize, prefix: &[u8]) -> bool {
    records[index..]
        .iter()
        .filter(|record| is_ns(octets, record))
        .take(MOST_BINDINGS)
        .any(|record| binding(octets, record).0 == prefix)
}

/// How a header is qualified that belongs among those of RFC 3862. A prefix of another namespace, or the customary one of
/// another profile, makes it a header of that.
fn qualified_in_core(header: &Header<'_, '_>) -> Option<Qualified> {
    let prefix = header.prefix_octets();
    match header.namespace() {
        Namespace::Default => Some(Qualified::Proper),
        Namespace::Bound { uri, .. } if uri == CORE => Some(Qualified::Proper),
        Namespace::Bound { .. } => prefix.is_none().then_some(Qualified::OtherUrn),
        Namespace::Unbound => {
            let other = PROFILES.iter().any(|other| prefix == Some(other.cpim_prefix.as_bytes()));
            (!other).then_some(Qualified::Unbound)
        }
    }
}

fn resembles(uri: &str, prefix: &str) -> bool {
    uri.to_ascii_lowercase().contains(&prefix.to_ascii_lowercase())
}

/// Whether a record is an `NS` line; `NS` is bare wherever the default namespace has gone.
#[inline]
pub(super) fn is_ns(octets: &[u8], record: &Record) -> bool {
    record.name_end - record.start == 2 && &octets[record.start..record.name_end] == b"NS"
}

/// The URI that the nearest `NS` line above `index` binds `prefix` to.
pub(super) fn find(octets: &[u8], records: &[Record], index: usize, prefix: &[u8]) -> Option<Span> {
    let mut at = index;
    for _ in 0..MOST_BINDINGS {
        let back = records.get(at)?.ns_back;
        if back == 0 {
            return None;
        }
        at -= back;
        let (bound, uri) = binding(octets, records.get(at)?);
        if bound == prefix {
            return Some(uri);
        }
    }
    None
}

/// Prefix and URI of an `NS` line, as far as they can be told.
fn binding<'a>(octets: &'a [u8], record: &Record) -> (&'a [u8], Span) {
    let value = &octets[record.value_start..record.value_end];
    let name = value.iter().take_while(|octet| token::is_name(**octet)).count();
    let space = usize::from(name != 0 && value.get(name) == Some(&b' '));
    if let ([b'<', rest @ ..], [.., b'>']) = (&value[name + space..], value)
        && !rest.first().is_none_or(u8::is_ascii_whitespace)
    {
        return (&value[..name], record.value_start + name + space + 1..record.value_end - 1);
    }
    odd_binding(value, record)
}

#[cold]
fn odd_binding<'a>(value: &'a [u8], record: &Record) -> (&'a [u8], Span) {
    let open = memchr::memchr(b'<', value);
    let prefix_end = open.or_else(|| memchr::memchr(b' ', value)).unwrap_or(0);
    let start = open.map_or(prefix_end, |open| open + 1);
    let uri = value[start..].trim_ascii();
    let uri = uri.strip_suffix(b">").unwrap_or(uri);
    let lead = value[start..].len() - value[start..].trim_ascii_start().len();
    let start = record.value_start + start + lead;
    (value[..prefix_end].trim_ascii(), start..start + uri.len())
}

/// Checks an `NS` line.
pub(super) fn check(octets: &[u8], record: &Record, notes: &mut Notes) {
    let (prefix, uri) = binding(octets, record);
    let value = record.value_start..record.value_end;
    let form = prefix.iter().copied().all(token::is_name) && {
        let between = &octets[value.start + prefix.len()..uri.start];
        let spaced = between == b" <" && !prefix.is_empty();
        (spaced || between == b"<") && octets[uri.end..value.end] == *b">"
    };
    if !form {
        notes.add(value, &rule::NAMESPACE_FORM);
    }
    address::check_uri(octets, uri.clone(), &rule::NAMESPACE_URI, notes);
    if memchr::memchr(b'#', &octets[uri.clone()]).is_some() {
        notes.explain(uri, &rule::NAMESPACE_URI, "a fragment");
    }
}
