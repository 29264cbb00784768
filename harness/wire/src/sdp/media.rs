//! One medium of a description, seen as one of MSRP.

use std::fmt;

use super::{Format, Line, Session};
use crate::deviation::Span;
use crate::msrp::MsrpUri;
use crate::msrp::uri;

/// A medium: its m= line and what belongs to it.
#[derive(Debug, Clone, Copy)]
pub struct Media<'s, 'a> {
    pub(super) session: &'s Session<'a>,
    /// Which line is the m= line.
    pub(super) start: usize,
}

/// One a= line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// The name.
    pub name: &'a str,
    /// The value; `None` if there is no colon.
    pub value: Option<&'a str>,
    /// The whole line without its line end.
    pub span: Span,
    /// Where the value stands; empty behind the name if there is none.
    pub value_span: Span,
}

/// Which endpoint opens the connection (RFC 6135 section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Setup {
    /// This one.
    Active,
    /// The other one.
    Passive,
    /// Either; the answer decides.
    ActPass,
    /// None for now; to be ignored.
    HoldConn,
}

static SETUPS: [(&str, Setup); 4] = [
    ("active", Setup::Active),
    ("passive", Setup::Passive),
    ("actpass", Setup::ActPass),
    ("holdconn", Setup::HoldConn),
];

impl Setup {
    /// Reads the value of the attribute, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        SETUPS.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, value)| *value)
    }
}

impl fmt::Display for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SETUPS.iter().find(|(_, value)| value == self).map_or("", |(word, _)| word))
    }
}

impl<'a> Media<'_, 'a> {
    /// Where the m= line stands.
    pub fn span(&self) -> Span {
        self.line().whole.clone()
    }

    /// The medium, `message` for MSRP.
    pub fn kind(&self) -> &'a str {
        self.field(0)
    }

    /// The port; zero if the medium is refused, `None` if there is no such number.
    pub fn port(&self) -> Option<u16> {
        self.field(1).split('/').next()?.parse().ok()
    }

    /// The protocol.
    pub fn protocol(&self) -> &'a str {
        self.field(2)
    }

    /// The format list.
    pub fn formats(&self) -> &'a str {
        self.field(3)
    }

    /// Whether the protocol is that of MSRP, in any case.
    pub fn is_msrp(&self) -> bool {
        self.is_secure() || self.protocol().eq_ignore_ascii_case("TCP/MSRP")
    }

    /// Whether the protocol is that of MSRP over TLS, in any case.
    pub fn is_secure(&self) -> bool {
        self.protocol().eq_ignore_ascii_case("TCP/TLS/MSRP")
    }

    /// Whether the medium is refused or closed (RFC 3264 section 6).
    pub fn is_refused(&self) -> bool {
        self.port() == Some(0)
    }

    /// The address of its c= line, or of that of the session, and where it stands.
    pub fn address(&self) -> Option<(&'a str, Span)> {
        let is_connection = |line: &&Line| line.letter == b'c';
        let own = self.lines().iter().find(is_connection);
        let line = own.or_else(|| self.session.head().iter().find(is_connection))?;
        let text = self.text(line.value.clone());
        let address = text.rsplit(' ').next().unwrap_or_default();
        Some((address, line.value.end - address.len()..line.value.end))
    }

    /// Its attributes.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'a>> {
        self.lines().iter().filter_map(|line| self.attribute_of(line))
    }

    /// The first attribute of that name, case included.
    pub fn attribute(&self, name: &str) -> Option<Attribute<'a>> {
        self.attributes().find(|attribute| attribute.name == name)
    }

    /// The attribute of that name of the medium or, without one, of the session.
    pub fn attribute_or_inherited(&self, name: &str) -> Option<Attribute<'a>> {
        let inherited = || {
            let head = self.session.head().iter().filter_map(|line| self.attribute_of(line));
            head.into_iter().find(|attribute| attribute.name == name)
        };
        self.attribute(name).or_else(inherited)
    }

    /// The URIs of the path that can be read, the first to be visited first.
    pub fn path(&self) -> impl Iterator<Item = MsrpUri<'a>> + Clone + use<'a> {
        let value = self.attribute("path").map_or(0..0, |path| path.value_span);
        uri::path(self.session.octets, value).map(|(_, uri)| uri)
    }

    /// The entries of accept-types.
    pub fn accept_types(&self) -> impl Iterator<Item = Format<'a>> + use<'a> {
        self.formats_of("accept-types")
    }

    /// The entries of accept-wrapped-types.
    pub fn accept_wrapped_types(&self) -> impl Iterator<Item = Format<'a>> + use<'a> {
        self.formats_of("accept-wrapped-types")
    }

    /// Whether a media type may be sent: at the top level, or wrapped in another (RFC 4975 section 8.6).
    pub fn accepts(&self, media_type: &str, wrapped: bool) -> bool {
        self.accept_types().any(|format| format.matches(media_type))
            || (wrapped && self.accept_wrapped_types().any(|format| format.matches(media_type)))
    }

    /// The most octets that a message should have.
    pub fn max_size(&self) -> Option<u64> {
        crate::sip::lex::number(self.attribute("max-size")?.value?.as_bytes())
    }

    /// Which endpoint opens the connection; `None` without the attribute or with an unknown value.
    pub fn setup(&self) -> Option<Setup> {
        Setup::parse(self.attribute_or_inherited("setup")?.value?)
    }

    pub(super) fn octets(&self) -> &'a [u8] {
        self.session.octets
    }

    fn line(&self) -> &Line {
        &self.session.lines[self.start]
    }

    /// The lines behind the m= line, up to the next one.
    pub(super) fn lines(&self) -> &[Line] {
        let behind = &self.session.lines[self.start + 1..];
        let end = behind.iter().position(|line| line.letter == b'm').unwrap_or(behind.len());
        &behind[..end]
    }

    /// A word of the m= line; the last takes what is left.
    fn field(&self, number: usize) -> &'a str {
        self.text(self.line().value.clone()).splitn(4, ' ').nth(number).unwrap_or_default()
    }

    fn formats_of(&self, name: &str) -> impl Iterator<Item = Format<'a>> + use<'a> {
        let value = self.attribute(name).and_then(|attribute| attribute.value).unwrap_or_default();
        value.split(' ').filter(|entry| !entry.is_empty()).map(Format)
    }

    fn attribute_of(&self, line: &Line) -> Option<Attribute<'a>> {
        let text = Some(line).filter(|line| line.letter == b'a').map(|line| self.text(line.value.clone()))?;
        let (name, value) = text.split_once(':').map_or((text, None), |(name, value)| (name, Some(value)));
        let value_span = line.value.end - value.map_or(0, str::len)..line.value.end;
        Some(Attribute { name, value, span: line.whole.clone(), value_span })
    }

    /// The text there; empty if it is not UTF-8.
    fn text(&self, span: Span) -> &'a str {
        std::str::from_utf8(&self.session.octets[span]).unwrap_or_default()
    }
}
