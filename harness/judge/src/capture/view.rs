//! The layers of a message: SIP, CPIM, MIME, report document.

use std::borrow::Cow;

use wire::cpim::{self, Qualified};
use wire::deviation::{Deviation, Span};
use wire::profile::Profile;
use wire::{imdn, mime, sip};

use super::line::Line;
use super::message::{Class, Message, Place};

/// Levels of nested multiparts that are looked into.
const DEPTH: usize = 8;

/// Media types whose content cannot be read without keys.
pub(crate) const ENVELOPES: &[&str] =
    &["application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"];

/// Requests that are no messages and never count as unexpected traffic.
const NO_MESSAGES: &[&str] =
    &["OPTIONS", "REGISTER", "SUBSCRIBE", "NOTIFY", "PUBLISH", "ACK", "CANCEL", "PRACK", "UPDATE", "BYE"];

/// All layers of one message. Spans of SIP are in the message's octets, all others in its body buffer.
pub struct View<'a> {
    /// What it shows.
    pub message: &'a Message,
    pub(crate) profile: &'static Profile,
    pub(crate) sip: sip::Message<'a>,
    pub(crate) cpim: Option<cpim::Message<'a>>,
    pub(crate) cpim_deviations: Vec<Deviation>,
    pub(crate) parts: Vec<Part<'a>>,
    /// Which of the parts holds the report document.
    pub(crate) report: Option<usize>,
    /// The report document, and what the decoder has to say about it. Its spans are in [`View::document_octets`].
    pub(crate) document: Option<imdn::Document<'a>>,
    pub(crate) document_deviations: Vec<Deviation>,
}

/// An entity that is no multipart.
pub(crate) struct Part<'a> {
    /// As it is labelled, parameters included.
    pub(crate) label: Option<Label<'a>>,
    pub(crate) content: Span,
    pub(crate) entity: Option<mime::Entity<'a>>,
}

/// A Content-Type as it stands.
pub(crate) struct Label<'a> {
    /// Type and subtype in lower case.
    pub(crate) media_type: String,
    pub(crate) charset: Option<Cow<'a, str>>,
    /// Where type and subtype stand; `None` where it is a SIP header.
    pub(crate) span: Option<Span>,
}

impl<'a> View<'a> {
    /// Takes a message apart.
    pub fn new(message: &'a Message, profile: &'static Profile) -> Self {
        let sip = sip::decode(&message.octets).value;
        let label = sip.content_type().map(|value| String::from_utf8_lossy(&value).into_owned());
        let (cpim, cpim_deviations) = open_cpim(message, label.as_deref());
        let parts = match &cpim {
            Some(cpim) => cpim.entity().clone().leaves(DEPTH).value.into_iter().map(Part::of).collect(),
            None => vec![Part::plain(message, label.as_deref())],
        };
        let report = parts.iter().position(|part| part.is_report(message, profile));
        let (document, document_deviations) =
            report.and_then(|at| parts.get(at)).map(|part| part.document(message, profile)).unzip();
        let document_deviations = document_deviations.unwrap_or_default();
        Self { message, profile, sip, cpim, cpim_deviations, parts, report, document, document_deviations }
    }

    /// What the message is, judged tolerantly (G-11).
    pub(crate) fn class(&self) -> Class {
        let is_message = self.sip.is_request() && self.message.method.eq_ignore_ascii_case("MESSAGE");
        if !is_message {
            Class::Other
        } else if self.report.is_some() {
            Class::Report
        } else if self.asks_for_report() {
            Class::Request
        } else {
            Class::Im
        }
    }

    /// The lines that mean a header of the profile: properly qualified ones, else badly qualified ones, else bare ones.
    pub(crate) fn imdn(&self, local: &str) -> Vec<Line<'a>> {
        let lines = self.imdn_all(local);
        let best = lines.iter().filter_map(|line| line.qualified).map(tier).min();
        lines.into_iter().filter(|line| line.qualified.map(tier) == best).collect()
    }

    /// Every line that could mean a header of the profile.
    pub(crate) fn imdn_all(&self, local: &str) -> Vec<Line<'a>> {
        let Some(cpim) = &self.cpim else { return Vec::new() };
        let found = cpim.recognised(self.profile, local);
        found.map(|(header, qualified)| Line::of(&self.message.body, &header, Some(qualified))).collect()
    }

    /// Lines of that name without a prefix.
    pub(crate) fn core(&self, name: &str) -> Vec<Line<'a>> {
        let Some(cpim) = &self.cpim else { return Vec::new() };
        cpim.core(name).map(|header| Line::of(&self.message.body, &header, None)).collect()
    }

    /// All CPIM header lines.
    pub(crate) fn lines(&self) -> Vec<Line<'a>> {
        let Some(cpim) = &self.cpim else { return Vec::new() };
        cpim.headers().map(|header| Line::of(&self.message.body, &header, None)).collect()
    }

    /// The first value of a profile's header, trimmed.
    pub(crate) fn imdn_value(&self, local: &str) -> Option<String> {
        self.imdn(local).first().map(|line| line.text().trim().to_owned())
    }

    /// The profile's identifier of the message.
    pub(crate) fn id(&self) -> Option<String> {
        self.imdn_value(self.profile.headers.message_id).filter(|id| !id.is_empty())
    }

    /// The URI in the first line of that bare name.
    pub(crate) fn address(&self, name: &str) -> Option<String> {
        self.core(name).first().and_then(Line::uri_text)
    }

    /// The part whose content is shown: that of the report, else the first.
    pub(crate) fn main_part(&self) -> Option<&Part<'a>> {
        self.report.and_then(|at| self.parts.get(at)).or_else(|| self.parts.first())
    }

    /// The content of a part, its transfer encoding undone, with the octets to point at.
    pub(crate) fn content_of(&self, part: &Part<'a>) -> Place {
        let decoded = part.entity.as_ref().and_then(|entity| entity.decoded_content().ok());
        match decoded {
            Some(Cow::Owned(octets)) => Place { span: 0..octets.len(), octets: octets.into() },
            _ => self.message.in_body(part.content.clone()),
        }
    }

    /// The report's content, if a transfer encoding had to be undone to read it.
    pub(crate) fn decoded_document(&self) -> Option<bytes::Bytes> {
        let entity = self.parts.get(self.report?)?.entity.as_ref()?;
        match entity.decoded_content() {
            Ok(Cow::Owned(octets)) => Some(octets.into()),
            _ => None,
        }
    }

    /// The buffer in which the document stands.
    pub(crate) fn document_octets(&self) -> &'a bytes::Bytes {
        self.message.content.as_ref().unwrap_or(&self.message.body)
    }

    /// Octets of the document to point at.
    pub(crate) fn in_document(&self, span: Span) -> Place {
        let octets = self.document_octets().clone();
        let end = span.end.min(octets.len());
        Place { span: span.start.min(end)..end, octets }
    }

    /// Whether anything in it could be meant as a request for a report.
    fn asks_for_report(&self) -> bool {
        let request = self.profile.headers.request;
        let others = self.profile.headers.undefined.iter().filter(|name| name.contains("Disposition"));
        !self.imdn_all(request).is_empty()
            || others.into_iter().any(|name| !self.imdn_all(name).is_empty())
            || self.request_in_sip().is_some()
            || self.request_in_entity().is_some()
    }

    /// A request header that stands among the SIP headers, with or without a prefix.
    pub(crate) fn request_in_sip(&self) -> Option<Span> {
        let headers = self.sip.all_headers();
        headers.into_iter().find(|header| names(header.name(), self.profile)).map(|header| header.raw_span())
    }

    /// A request header that stands among the MIME headers of the content.
    pub(crate) fn request_in_entity(&self) -> Option<Span> {
        let entity = self.cpim.as_ref()?.entity();
        entity
            .headers()
            .find(|header| names(header.name().as_bytes(), self.profile))
            .map(|header| header.line_span())
    }
}

impl Message {
    /// Whether it is a request that shows nothing about messages, such as OPTIONS.
    pub fn is_housekeeping(&self) -> bool {
        NO_MESSAGES.iter().any(|method| method.eq_ignore_ascii_case(&self.method))
    }
}

impl<'a> Part<'a> {
    fn of(entity: mime::Entity<'a>) -> Self {
        let label = entity.content_type().map(|value| Label {
            media_type: value.value().to_ascii_lowercase(),
            charset: value.parameter("charset").map(|parameter| parameter.value),
            span: Some(value.span()),
        });
        Self { label, content: entity.content_span(), entity: Some(entity) }
    }

    /// The body of a SIP message that is no CPIM object.
    fn plain(message: &Message, label: Option<&str>) -> Self {
        let label = label.map(|label| {
            let (media_type, parameters) = label.split_once(';').unwrap_or((label, ""));
            let charset =
                parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("charset="));
            Label {
                media_type: media_type.trim().to_ascii_lowercase(),
                charset: charset.map(|value| value.trim_matches('"').to_owned().into()),
                span: None,
            }
        });
        Self { label, content: message.body_span.clone(), entity: None }
    }

    /// Whether the content is labelled as a report or looks like one.
    fn is_report(&self, message: &Message, profile: &Profile) -> bool {
        let label = self.label.as_ref().map(|label| &*label.media_type);
        if profile.media_types.iter().any(|media_type| Some(media_type.name) == label) {
            return true;
        }
        let decoded = self.entity.as_ref().and_then(|entity| entity.decoded_content().ok());
        let raw = message.body.get(self.content.clone()).unwrap_or_default();
        looks_like_report(decoded.as_deref().unwrap_or(raw), profile)
    }

    fn document(&self, message: &'a Message, profile: &Profile) -> (imdn::Document<'a>, Vec<Deviation>) {
        let decoded = match (&message.content, &self.entity) {
            (Some(content), _) => imdn::decode(content, 0..content.len(), profile),
            (None, Some(entity)) => imdn::decode_entity(&message.body, entity, profile),
            (None, None) => imdn::decode(&message.body, self.content.clone(), profile),
        };
        (decoded.value, decoded.deviations)
    }

    /// Type and subtype in lower case; empty if there is no label.
    pub(crate) fn media_type(&self) -> &str {
        self.label.as_ref().map_or("", |label| &label.media_type)
    }
}

/// The CPIM object in the body: where the label says so, or where it cannot be anything else.
fn open_cpim<'a>(message: &'a Message, label: Option<&str>) -> (Option<cpim::Message<'a>>, Vec<Deviation>) {
    let is = |name: &str| label.is_some_and(|label| media_type(label).eq_ignore_ascii_case(name));
    let decoded = cpim::decode(&message.body, message.body_span.clone());
    let looks = || {
        let object = &decoded.value;
        object.core("From").next().is_some() && object.core("To").next().is_some()
    };
    if message.depth > 0 || is("message/cpim") || looks() {
        (Some(decoded.value), decoded.deviations)
    } else {
        (None, Vec::new())
    }
}

/// Whether a content is the XML of a report, whatever its label: by its root, or by two of the known elements.
fn looks_like_report(content: &[u8], profile: &Profile) -> bool {
    let text = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content).trim_ascii_start();
    if text.first() != Some(&b'<') {
        return false;
    }
    let document = imdn::decode(content, 0..content.len(), profile).value;
    let known =
        document.elements().iter().filter(|element| profile.report.child(&element.name).is_some()).count();
    known >= 2 || document.root().is_some_and(|root| root.name == profile.report.root)
}

fn media_type(label: &str) -> &str {
    label.split(';').next().unwrap_or_default().trim()
}

/// Whether a header outside CPIM bears the name of the request header, with or without a prefix.
fn names(name: &[u8], profile: &Profile) -> bool {
    let local = memchr::memrchr(b'.', name).map_or(name, |dot| &name[dot + 1..]);
    local.eq_ignore_ascii_case(profile.headers.request.as_bytes())
}

/// Proper before badly qualified before bare.
fn tier(qualified: Qualified) -> u8 {
    match qualified {
        Qualified::Proper | Qualified::ByDefault => 0,
        Qualified::UrnCase | Qualified::BoundLate | Qualified::OtherUrn | Qualified::Unbound => 1,
        Qualified::Bare => 2,
    }
}
