//! MSRP URIs (RFC 4975 sections 6 and 9).

use std::fmt;

use super::{lex, rule};
use crate::deviation::{Decoded, Rule, Span};
use crate::mime::notes::Notes;
use crate::uri::HostPort;

/// An MSRP URI, borrowed as it stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MsrpUri<'a> {
    text: &'a [u8],
    scheme: &'a [u8],
    userinfo: Option<&'a [u8]>,
    host_port: HostPort<'a>,
    session: Option<&'a [u8]>,
    params: &'a [u8],
}

impl<'a> MsrpUri<'a> {
    /// Reads a URI; `None` if it does not begin with `msrp://` or `msrps://`, in any case.
    pub fn parse(text: &'a [u8]) -> Option<Self> {
        let (scheme, rest) = lex::split(text, b':');
        let known = [&b"msrp"[..], b"msrps"].iter().any(|known| known.eq_ignore_ascii_case(scheme));
        let rest = rest.filter(|_| known)?.strip_prefix(b"//")?;
        // Neither a session-id nor, in practice, an authority has a semicolon in it.
        let semicolon = memchr::memchr(b';', rest).unwrap_or(rest.len());
        let (authority, session) = lex::split(&rest[..semicolon], b'/');
        let at = memchr::memrchr(b'@', authority);
        Some(Self {
            text,
            scheme,
            userinfo: at.map(|at| &authority[..at]),
            host_port: HostPort::parse(at.map_or(authority, |at| &authority[at + 1..])),
            session,
            params: &rest[semicolon..],
        })
    }

    /// Reads the URI in `within` and says what is wrong with it.
    pub fn decode(octets: &'a [u8], within: Span) -> Decoded<Option<Self>> {
        let mut notes = Notes::default();
        let value = read(octets, within, &mut notes);
        Decoded { value, deviations: notes.into_deviations() }
    }

    /// The whole URI as sent.
    pub fn text(&self) -> &'a [u8] {
        self.text
    }

    /// Whether the connection has to be protected with TLS.
    pub fn is_secure(&self) -> bool {
        self.scheme.len() == b"msrps".len()
    }

    /// The part before the at sign, as sent.
    pub fn userinfo(&self) -> Option<&'a [u8]> {
        self.userinfo
    }

    /// Host and port.
    pub fn host_port(&self) -> HostPort<'a> {
        self.host_port
    }

    /// The host as sent; an IPv6 address in its brackets.
    pub fn host(&self) -> &'a [u8] {
        self.host_port.host
    }

    /// The port, if there is one and it is a number.
    pub fn port(&self) -> Option<u16> {
        self.host_port.port_number()
    }

    /// The session-id; without one the URI means a host and no session.
    pub fn session_id(&self) -> Option<&'a [u8]> {
        self.session
    }

    /// The transport: the first parameter, unless it has a value.
    pub fn transport(&self) -> Option<&'a [u8]> {
        self.parameters().next().filter(|(name, value)| !name.is_empty() && value.is_none()).map(|it| it.0)
    }

    /// All parameters, the transport among them, with their values.
    pub fn parameters(&self) -> impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)> + use<'a> {
        self.params.split(|octet| *octet == b';').skip(1).map(|parameter| lex::split(parameter, b'='))
    }

    /// Whether two URIs mean the same (RFC 4975 section 6.1). Userinfo, and parameters behind the transport, do not
    /// count.
    pub fn equivalent(&self, other: &MsrpUri<'_>) -> bool {
        let same = |one: Option<&[u8]>, other: Option<&[u8]>| match (one, other) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            (one, other) => one.is_none() && other.is_none(),
        };
        self.scheme.eq_ignore_ascii_case(other.scheme)
            && same_host(&self.host_port, &other.host_port)
            && same_port(&self.host_port, &other.host_port)
            && self.session == other.session
            && same(self.transport(), other.transport())
    }
}

fn same_host(one: &HostPort<'_>, other: &HostPort<'_>) -> bool {
    one.same_host(other) || {
        let (one, other) = (unescaped(one.host), unescaped(other.host));
        HostPort { host: &one, port: None }.same_host(&HostPort { host: &other, port: None })
    }
}

fn same_port(one: &HostPort<'_>, other: &HostPort<'_>) -> bool {
    match (one.port_number(), other.port_number()) {
        (None, None) => one.port == other.port,
        (one, other) => one == other,
    }
}

/// The octets with percent-encoded unreserved characters decoded (RFC 3986 section 6.2.2.2).
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let escaped = escape(rest).filter(|octet| is_unreserved(*octet));
        plain.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { &rest[3..] } else { after };
    }
    plain
}

fn escape(text: &[u8]) -> Option<u8> {
    let &[b'%', high, low, ..] = text else { return None };
    let digit = |octet: u8| char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

fn is_unreserved(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~')
}

/// As [`MsrpUri::decode`], into the notes of an enclosing decoder.
pub(crate) fn read<'a>(octets: &'a [u8], within: Span, notes: &mut Notes) -> Option<MsrpUri<'a>> {
    let text = &octets[within.clone()];
    let Some(uri) = MsrpUri::parse(text) else {
        notes.add(within, &rule::URI_SCHEME);
        return None;
    };
    if text.iter().any(|octet| !octet.is_ascii_graphic() || matches!(octet, b'<' | b'>' | b'"')) {
        notes.add(within.clone(), &rule::URI_CHARACTERS);
    }
    let params = within.end - uri.params.len()..within.end;
    let host = uri.host_port;
    if !is_host(host.host) || (host.port.is_some() && host.port_number().is_none()) {
        notes.explain(within.clone(), &rule::URI_AUTHORITY, host.host.escape_ascii().to_string());
    } else if host.port.is_none() && host.address().is_some() {
        notes.add(within.clone(), &rule::URI_PORT);
    }
    if uri.userinfo.is_some_and(|userinfo| userinfo.contains(&b':')) {
        notes.add(within.clone(), &rule::URI_PASSWORD);
    }
    if let Some(session) = uri.session.filter(|session| !is_session(session)) {
        notes.add(params.start - session.len()..params.start, &rule::URI_SESSION);
    }
    check_parameters(&uri, params, notes);
    Some(uri)
}

fn check_parameters(uri: &MsrpUri<'_>, place: Span, notes: &mut Notes) {
    match uri.transport() {
        Some(transport) if transport.eq_ignore_ascii_case(b"tcp") => {}
        Some(other) => notes.explain(place.clone(), &rule::URI_TRANSPORT, other.escape_ascii().to_string()),
        None => notes.add(place.clone(), &rule::URI_TRANSPORT),
    }
    let good = |(name, value): (&[u8], Option<&[u8]>)| {
        lex::is_whole_token(name) && value.is_none_or(lex::is_whole_token)
    };
    if !uri.parameters().all(good) {
        notes.add(place, &rule::URI_PARAMETER);
    }
}

/// A `host` of RFC 3986 section 3.2.2, without the semicolon that parts it from parameters here.
fn is_host(host: &[u8]) -> bool {
    match host {
        [] => false,
        [b'[', ..] => HostPort { host, port: None }.address().is_some(),
        name => name.iter().all(|octet| is_unreserved(*octet) || b"%!$&'()*+,=".contains(octet)),
    }
}

fn is_session(session: &[u8]) -> bool {
    !session.is_empty()
        && session.iter().all(|octet| is_unreserved(*octet) || matches!(octet, b'+' | b'=' | b'/'))
}

impl fmt::Display for MsrpUri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.text.escape_ascii())
    }
}

impl fmt::Debug for MsrpUri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MsrpUri({self})")
    }
}

/// The URIs of a path, parted by blanks, each with its place.
pub(crate) fn path(octets: &[u8], within: Span) -> impl Iterator<Item = (Span, MsrpUri<'_>)> + Clone {
    words(octets, within).filter_map(|span| Some((span.clone(), MsrpUri::parse(&octets[span])?)))
}

/// Checks `URI *( SP URI )`.
pub(crate) fn check_path(octets: &[u8], within: Span, list: &'static Rule, notes: &mut Notes) {
    let text = &octets[within.clone()];
    let odd = text.is_empty() || text.windows(2).any(|pair| pair == b"  ") || text.contains(&b'\t');
    if odd {
        notes.add(within.clone(), list);
    }
    for span in words(octets, within) {
        read(octets, span, notes);
    }
}

/// The words between blanks.
fn words(octets: &[u8], within: Span) -> impl Iterator<Item = Span> + Clone + '_ {
    let mut at = within.start;
    std::iter::from_fn(move || {
        at += octets[at..within.end].iter().take_while(|octet| matches!(octet, b' ' | b'\t')).count();
        let length = octets[at..within.end].iter().take_while(|octet| !matches!(octet, b' ' | b'\t')).count();
        let word = at..at + length;
        at = word.end;
        (!word.is_empty()).then_some(word)
    })
}
