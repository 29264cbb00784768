//! Entries of format lists (RFC 4975 section 8.6).

use crate::deviation::Span;
use crate::mime::{self, Parameterised};

/// An entry of accept-types or accept-wrapped-types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format<'a>(pub &'a str);

impl Format<'_> {
    /// Whether the entry lets a media type pass: `*` all of them, `type/*` those of that type. Case and parameters do not
    /// count.
    pub fn matches(&self, media_type: &str) -> bool {
        let (own, other) = (bare(self.0), bare(media_type));
        match own.strip_suffix('*') {
            Some("") => true,
            Some(kind) if kind.ends_with('/') => {
                other.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind))
            }
            _ => own.eq_ignore_ascii_case(other),
        }
    }

    /// Whether the entry follows the grammar: a media type, `type/*` or `*`, the former two with parameters.
    pub(super) fn is_valid(octets: &[u8], within: Span) -> bool {
        if octets[within.clone()] == *b"*" {
            return true;
        }
        let mut notes = mime::notes::Notes::default();
        mime::check_media_type(octets, within.clone(), &mut notes);
        // The asterisk of `type/*` is a token of its own.
        notes.into_deviations().is_empty() && !Parameterised::new(octets, within).value().starts_with('*')
    }
}

fn bare(entry: &str) -> &str {
    entry.split(';').next().unwrap_or_default().trim()
}
