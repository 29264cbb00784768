//! What carries a message: SIP or MSRP, as far as both can be asked the same.

use std::borrow::Cow;

use bytes::Bytes;
use record::Transport;
use wire::deviation::Span;
use wire::{mime, msrp, sip};

use super::message::{Message, Opened};
use super::session::{Piece, Share};

/// Most octets that a compressed body may grow to; what is longer stays compressed.
const MOST_INFLATED: usize = 4 << 20;

/// The head of a message, decoded. Its spans are in the message's octets.
pub(crate) enum Carrier<'a> {
    /// RFC 3261.
    Sip(sip::Message<'a>),
    /// RFC 4975; of a message in several chunks the head of the first one. Its body and end-line are left out.
    Msrp(msrp::Message<'a>),
}

/// One header of a carrier.
pub(crate) struct Field<'a> {
    /// The name as sent; of a SIP header that RFC 3261 defines, its long form.
    pub(crate) name: Cow<'a, str>,
    /// The value, unfolded and trimmed.
    pub(crate) value: Cow<'a, str>,
    pub(crate) value_span: Span,
    /// All its lines, with their line ends.
    pub(crate) line: Span,
}

impl<'a> Carrier<'a> {
    pub(crate) fn of(message: &'a Message) -> Self {
        Self::read(&message.octets, message.msrp.as_ref())
    }

    fn read(octets: &'a [u8], msrp: Option<&Share>) -> Self {
        match msrp {
            None => Self::Sip(sip::read(octets)),
            Some(share) => {
                let head = octets.get(..share.head_end).unwrap_or(octets);
                Self::Msrp(msrp::read(head))
            }
        }
    }

    /// The name of the protocol.
    pub(crate) fn protocol(&self) -> &'static str {
        match self {
            Self::Sip(_) => "SIP",
            Self::Msrp(_) => "MSRP",
        }
    }

    pub(crate) fn sip(&self) -> Option<&sip::Message<'a>> {
        match self {
            Self::Sip(sip) => Some(sip),
            Self::Msrp(_) => None,
        }
    }

    /// The method of a request.
    pub(crate) fn method(&self) -> Option<Cow<'a, str>> {
        let method = match self {
            Self::Sip(sip) => sip.method()?.0,
            Self::Msrp(msrp) => msrp.method()?.0,
        };
        Some(String::from_utf8_lossy(method))
    }

    pub(crate) fn start_line_span(&self) -> Span {
        match self {
            Self::Sip(sip) => sip.start_line_span(),
            Self::Msrp(msrp) => msrp.start_line_span(),
        }
    }

    /// Start line and headers.
    pub(crate) fn head_span(&self) -> Span {
        match self {
            Self::Sip(sip) => sip.head_span(),
            Self::Msrp(msrp) => msrp.head_span(),
        }
    }

    /// All headers in the order in which they came.
    pub(crate) fn fields(&self) -> Vec<Field<'a>> {
        match self {
            Self::Sip(sip) => sip.all_headers().map(Field::of_sip).collect(),
            Self::Msrp(msrp) => msrp.headers().map(|header| Field::of_msrp(&header)).collect(),
        }
    }

    /// The headers of that name, in any case and form.
    pub(crate) fn named(&self, name: &str) -> Vec<Field<'a>> {
        match self {
            Self::Sip(sip) => sip.headers_named(name.as_bytes()).map(Field::of_sip).collect(),
            Self::Msrp(msrp) => {
                let named = msrp.headers().filter(|header| header.is(name.as_bytes()));
                named.map(|header| Field::of_msrp(&header)).collect()
            }
        }
    }

    /// What describes the body.
    pub(crate) fn content_type(&self) -> Option<Field<'a>> {
        self.named("Content-Type").into_iter().next()
    }
}

impl<'a> Field<'a> {
    fn of_sip(header: sip::Header<'a>) -> Self {
        let name = match header.id().long() {
            "" => String::from_utf8_lossy(header.name()),
            long => long.into(),
        };
        Self { name, value: lossy(header.value()), value_span: header.value_span(), line: header.raw_span() }
    }

    fn of_msrp(header: &msrp::Header<'_, 'a>) -> Self {
        Self {
            name: String::from_utf8_lossy(header.name()),
            value: header.value(),
            value_span: header.value_span(),
            line: header.line_span(),
        }
    }
}

fn lossy(octets: Cow<'_, [u8]>) -> Cow<'_, str> {
    match octets {
        Cow::Borrowed(octets) => String::from_utf8_lossy(octets),
        Cow::Owned(octets) => Cow::Owned(String::from_utf8_lossy(&octets).into_owned()),
    }
}

impl Opened {
    /// Whether it is MSRP that is no complete message.
    pub(super) fn is_part(&self) -> bool {
        self.msrp.as_ref().is_some_and(|share| !matches!(share.piece, Piece::Whole(_)))
    }

    /// What the carrier says of the body: its Content-Type, and its Content-Transfer-Encoding.
    pub(super) fn labels(&self) -> (Option<String>, Option<String>) {
        let carrier = Carrier::read(&self.octets, self.msrp.as_ref());
        let assembled = self.msrp.as_ref().and_then(|share| share.label.as_deref().map(str::to_owned));
        let named = |name| Some(carrier.named(name).into_iter().next()?.value.into_owned());
        (assembled.or_else(|| named("Content-Type")), named("Content-Transfer-Encoding"))
    }
}

/// The media type in a Content-Type: in lower case, without parameters.
pub(crate) fn media_type(label: &str) -> String {
    label.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether octets of that transport are MSRP.
pub(super) fn is_msrp(transport: Transport) -> bool {
    match transport {
        Transport::Msrp => true,
        Transport::Udp | Transport::Tcp => false,
    }
}

/// A SIP message: method, status, and the body with its `Content-Encoding` undone (RFC 3261 20.12).
pub(super) fn open_sip(octets: Bytes) -> Opened {
    let sip = sip::read(&octets);
    let method = sip.method().or_else(|| sip.cseq().map(|cseq| cseq.method));
    let method = method.map(|method| String::from_utf8_lossy(method.0).into_owned()).unwrap_or_default();
    let coding = sip.header(sip::HeaderId::CONTENT_ENCODING).map(|header| header.value().into_owned());
    let inflated = coding.and_then(|coding| {
        mime::inflate(&String::from_utf8_lossy(&coding), sip.body(), MOST_INFLATED).ok().map(Bytes::from)
    });
    let status = sip.status();
    let (body, body_span) = match inflated {
        Some(inflated) => (inflated.clone(), 0..inflated.len()),
        None => (octets.clone(), sip.body_span()),
    };
    Opened { octets, method, status, body, body_span, msrp: None, protection: None }
}
