//! What a member's copy says differently from the message: whom it is for, whom it was for at first, and where its
//! notifications are to go (RFC 5438 sections 6.4, 6.5 and 8). Everything else stays as it is, octet by octet.

use wire::cpim::{Header, Message};

use super::state::{Terms, asks};
use crate::carrier::Incoming;
use crate::common::address::without_parameters;
use crate::common::envelope::{address, core, unfolded};
use crate::faults::{Conduct, relayed as spoiled};
use crate::notifications::marks::{Familiar, Finder, ORIGINAL_TO, PREFIX, RECORD_ROUTE, REQUEST, URN};
use crate::notifications::received::Received;

/// Whose copy of which message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Copying<'a> {
    pub(crate) message: &'a Incoming,
    pub(crate) received: &'a Received,
    /// URI of the member.
    pub(crate) member: &'a str,
    /// URI that notifications are to come back to.
    pub(crate) hop: &'a str,
    pub(crate) terms: Terms,
    /// Place of the member in the list.
    pub(crate) place: usize,
    /// How many members the list has; none where the message is for no list.
    pub(crate) members: usize,
    /// Whether anybody may know who they are.
    pub(crate) disclosed: bool,
}

/// A change of the body: what stands instead of which octets.
type Change = (std::ops::Range<usize>, Vec<u8>);

/// The body of the copy. A message that asks for nothing is left alone.
pub(super) fn edited(copying: &Copying<'_>, conduct: Conduct) -> Vec<u8> {
    let mut body = changed(copying, conduct);
    spoiled::spoil(conduct, &mut body, copying);
    body
}

fn changed(copying: &Copying<'_>, conduct: Conduct) -> Vec<u8> {
    let Copying { message, received, terms, .. } = copying;
    let Some(object) = message.object().filter(|_| asks(received) || terms.hides) else {
        return message.body.to_vec();
    };
    let mut changes: Vec<Change> = Vec::new();
    let former = core(&object, "To").find(|line| is_named(line, received));
    if let Some(line) = &former {
        let to = format!("<{}>", without_parameters(copying.member));
        changes.push((line.value_span(), to.into_bytes()));
    }
    changes.extend(additions(&object, former.as_ref(), copying, conduct));
    changes.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut body = message.body.to_vec();
    for (span, octets) in changes {
        body.splice(span, octets);
    }
    body
}

/// Whether a To is the one that means the list.
fn is_named(line: &Header<'_, '_>, received: &Received) -> bool {
    line.address().is_some_and(|address| address.uri() == received.named.uri)
}

/// The headers that are added: above the request, in its namespace, or above the hops that are there.
fn additions(
    object: &Message<'_>,
    former: Option<&Header<'_, '_>>,
    copying: &Copying<'_>,
    conduct: Conduct,
) -> Option<Change> {
    let Copying { received, hop, terms, .. } = copying;
    let find = |name| Finder { conduct, familiar: Familiar::default() }.find(object, name);
    let request = find(REQUEST).into_iter().next().filter(|_| asks(received))?;
    let below = find(RECORD_ROUTE).into_iter().next().filter(|hop| hop.index() < request.index());
    let place = below.unwrap_or(request);
    let (declared, prefix) = prefix(object, &place);
    let mut lines = declared;
    let has_original = !find(ORIGINAL_TO).is_empty();
    if let Some(former) = former.filter(|_| !has_original && !terms.hides) {
        lines.extend_from_slice(format!("{prefix}.{ORIGINAL_TO}: ").as_bytes());
        lines.extend_from_slice(&bracketed(former));
        lines.extend_from_slice(b"\r\n");
    }
    if terms.records {
        lines.extend_from_slice(format!("{prefix}.{RECORD_ROUTE}: <{hop}>\r\n").as_bytes());
    }
    let at = place.line_span().start;
    Some((at..at, lines))
}

/// The prefix under which headers can be added above that one, and the line that declares it where it has none.
fn prefix(object: &Message<'_>, place: &Header<'_, '_>) -> (Vec<u8>, String) {
    if let Some(prefix) = place.prefix() {
        return (Vec::new(), prefix.into_owned());
    }
    let is_taken = |prefix: &str| {
        object.headers().any(|line| {
            line.prefix().is_some_and(|other| other == prefix) || line.value().starts_with(prefix)
        })
    };
    let names = (1..).map(|number| format!("{PREFIX}{number}"));
    let prefix = std::iter::once(PREFIX.to_owned()).chain(names).find(|prefix| !is_taken(prefix));
    let prefix = prefix.unwrap_or_else(|| PREFIX.to_owned());
    (format!("NS: {prefix} <{URN}>\r\n").into_bytes(), prefix)
}

/// An address as it came, in angle brackets, as the grammar of section 10 wants it.
fn bracketed(line: &Header<'_, '_>) -> Vec<u8> {
    let value = unfolded(line);
    match address(*line) {
        Some(address) if !value.contains(&b'<') => format!("<{}>", address.uri).into_bytes(),
        _ => value,
    }
}
