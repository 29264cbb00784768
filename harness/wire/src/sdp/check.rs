//! What a description has to be.

use std::net::IpAddr;

use super::format::Format;
use super::media::{Attribute, Media, Setup};
use super::{Session, rule};
use crate::deviation::Rule;
use crate::mime::notes::Notes;
use crate::msrp::{MsrpUri, uri};

/// The lines of a session, in their order, and those of a medium; `t` and `r` alternate.
const SESSION: &[u8] = b"vosiuepcbtrzka";
const MEDIA: &[u8] = b"micbka";

/// The port of an endpoint that does not listen (RFC 4145 section 4.1).
pub(super) const DISCARD: u16 = 9;

pub(super) fn check(session: &Session<'_>, notes: &mut Notes) {
    order(session, notes);
    let end = session.head().last().map_or(session.within.start, |line| line.whole.end);
    for letter in b"vost" {
        if session.head().iter().all(|line| line.letter != *letter) {
            notes.explain(end..end, &rule::LINE_MISSING, format!("{}=", char::from(*letter)));
        }
    }
    for media in session.media() {
        if media.address().is_none() && !media.is_refused() {
            notes.add(media.span(), &rule::CONNECTION_MISSING);
        }
    }
    for media in session.msrp().filter(|media| !media.is_refused()) {
        description(&media, notes);
        path(&media, notes);
        types(&media, notes);
        setup(&media, notes);
    }
}

fn order(session: &Session<'_>, notes: &mut Notes) {
    let mut place = 0;
    let mut order = SESSION;
    for line in &session.lines {
        if line.letter == b'm' {
            (order, place) = (MEDIA, 0);
        }
        match order.iter().position(|letter| *letter == line.letter) {
            // Repeats follow their time, and another time may follow them.
            Some(found) if found >= place || (line.letter == b't' && order[place] == b'r') => place = found,
            _ => notes.add(line.whole.clone(), &rule::ORDER),
        }
    }
}

/// The m= line by itself.
fn description(media: &Media<'_, '_>, notes: &mut Notes) {
    let mut demand = |good: bool, rule: &'static Rule, found: &str| {
        if !good {
            notes.explain(media.span(), rule, found);
        }
    };
    demand(media.kind() == "message", &rule::MEDIA, media.kind());
    demand(media.formats() == "*", &rule::FORMAT, media.formats());
    let expected = if media.is_secure() { "TCP/TLS/MSRP" } else { "TCP/MSRP" };
    demand(media.protocol() == expected, &rule::PROTOCOL, media.protocol());
}

fn path(media: &Media<'_, '_>, notes: &mut Notes) {
    let Some(path) = single(media, "path", notes) else {
        return notes.add(media.span(), &rule::PATH_MISSING);
    };
    uri::check_path(media.octets(), path.value_span.clone(), &rule::PATH, notes);
    if media.path().any(|uri| uri.host_port().port.is_none()) {
        notes.add(path.value_span.clone(), &rule::PATH_PORT);
    }
    let Some(own) = media.path().last() else { return };
    if own.session_id().is_none() {
        notes.add(path.value_span.clone(), &rule::PATH_SESSION);
    }
    if own.is_secure() != media.is_secure() {
        notes.add(path.value_span, &rule::PATH_SCHEME);
    }
    address(media, &own, notes);
}

/// Port and address against those of the endpoint's own URI.
fn address(media: &Media<'_, '_>, own: &MsrpUri<'_>, notes: &mut Notes) {
    let discard = media.setup() == Some(Setup::Active) && media.port() == Some(DISCARD);
    if media.port() != own.port() && !discard {
        notes.explain(media.span(), &rule::PORT, own.to_string());
    }
    let Some((address, span)) = media.address() else { return };
    let host = String::from_utf8_lossy(own.host());
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&host);
    let same_address = match (host.parse::<IpAddr>(), address.parse::<IpAddr>()) {
        (Ok(one), Ok(other)) => one == other,
        _ => host.eq_ignore_ascii_case(address),
    };
    if !same_address {
        notes.explain(span, &rule::ADDRESS, host);
    }
}

fn types(media: &Media<'_, '_>, notes: &mut Notes) {
    match single(media, "accept-types", notes) {
        None => notes.add(media.span(), &rule::ACCEPT_TYPES_MISSING),
        Some(list) => formats(media, &list, notes),
    }
    if let Some(list) = single(media, "accept-wrapped-types", notes) {
        formats(media, &list, notes);
        let repeated =
            |entry: &Format<'_>| media.accept_types().any(|other| other.0.eq_ignore_ascii_case(entry.0));
        if let Some(entry) = media.accept_wrapped_types().find(repeated) {
            notes.explain(list.value_span, &rule::WRAPPED_REPEATED, entry.0);
        }
    }
    if let Some(size) = single(media, "max-size", notes)
        && media.max_size().is_none()
    {
        notes.add(size.value_span, &rule::MAX_SIZE);
    }
}

fn formats(media: &Media<'_, '_>, list: &Attribute<'_>, notes: &mut Notes) {
    let mut at = list.value_span.start;
    for entry in list.value.unwrap_or_default().split(' ') {
        let span = at..at + entry.len();
        at = span.end + 1;
        if entry.is_empty() || !Format::is_valid(media.octets(), span.clone()) {
            notes.add(span, &rule::ACCEPT_TYPES);
        }
    }
}

fn setup(media: &Media<'_, '_>, notes: &mut Notes) {
    if let Some(connection) = media.attribute_or_inherited("connection") {
        notes.add(connection.span, &rule::CONNECTION);
    }
    single(media, "setup", notes);
    let Some(attribute) = media.attribute_or_inherited("setup") else {
        return notes.add(media.span(), &rule::SETUP_MISSING);
    };
    match media.setup() {
        None => notes.add(attribute.span, &rule::SETUP),
        Some(Setup::HoldConn) => notes.add(attribute.span, &rule::SETUP_HOLDCONN),
        Some(Setup::Active) if media.port() != Some(DISCARD) => notes.add(media.span(), &rule::SETUP_PORT),
        Some(_) => {}
    }
}

/// The attribute of that name, of which there should be no more than one.
fn single<'a>(media: &Media<'_, 'a>, name: &str, notes: &mut Notes) -> Option<Attribute<'a>> {
    let mut found = media.attributes().filter(|attribute| attribute.name == name);
    let first = found.next();
    for other in found {
        notes.explain(other.span, &rule::ATTRIBUTE_REPEATED, name);
    }
    first
}
