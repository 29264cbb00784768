//! The layers of a message: SIP or MSRP, CPIM, MIME, report document.

use std::borrow::Cow;

use wire::cpim::{self, Qualified};
use wire::deviation::{Deviation, Span};
use wire::document::{self, Document};
use wire::mime;
use wire::profile::{Content, Profile};

use super::carrier::{Carrier, media_type};
use super::line::Line;
use super::message::{Class, Message, Place};
use super::spoken;

/// Levels of nested multiparts that are looked into.
const DEPTH: usize = 8;

/// Media types whose content cannot be read without keys.
pub(crate) const ENVELOPES: &[&str] =
    &["application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"];

/// All layers of one message. Spans of the carrier are in the message's octets, all others in its body buffer.
pub struct View<'a> {
    /// What it shows.
    pub message: &'a Message,
    pub(crate) profile: &'static Profile,
    pub(crate) carrier: Carrier<'a>,
    pub(crate) cpim: Option<cpim::Message<'a>>,
    pub(crate) cpim_deviations: Vec<Deviation>,
    pub(crate) parts: Vec<Part<'a>>,
    /// Which of the parts holds the report document.
    pub(crate) report: Option<usize>,
    /// The report document, and what the decoder has to say about it. Its spans are in [`View::document_octets`].
    pub(crate) document: Option<Document<'a>>,
    pub(crate) document_deviations: Vec<Deviation>,
    pub(super) foreign: Option<&'static Profile>,
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
    /// Where type and subtype stand; `None` where it is a header of SIP or MSRP.
    pub(crate) span: Option<Span>,
}

impl<'a> View<'a> {
    /// Takes a message apart.
    pub fn new(message: &'a Message, profile: &'static Profile) -> Self {
        let carrier = Carrier::of(message);
        let peeled = message.protection.as_ref().map(|protection| protection.label.clone());
        let assembled = || message.msrp.as_ref().and_then(|share| share.label.as_deref().map(str::to_owned));
        let label = peeled.or_else(assembled);
        let label = label.or_else(|| carrier.content_type().map(|field| field.value.into_owned()));
        let (cpim, cpim_deviations) = open_cpim(message, label.as_deref());
        let parts = match &cpim {
            _ if message.is_piece() => Vec::new(),
            Some(cpim) => cpim.entity().clone().leaves(DEPTH).value.into_iter().map(Part::of).collect(),
            None => vec![Part::plain(message, label.as_deref())],
        };
        let own = parts.iter().position(|part| part.is_report(message, profile));
        let other = || spoken::foreign_report(&parts, message, profile).filter(|_| message.is_from_iut());
        let (report, foreign) = match own {
            Some(own) => (Some(own), None),
            None => other().unzip(),
        };
        let (document, document_deviations) =
            report.and_then(|at| parts.get(at)).map(|part| part.document(message, profile)).unzip();
        let document_deviations = document_deviations.unwrap_or_default();
        let mut view = Self {
            message,
            profile,
            carrier,
            cpim,
            cpim_deviations,
            parts,
            report,
            document,
            document_deviations,
            foreign,
        };
        if message.is_from_iut() && foreign.is_none() {
            view.foreign = view.foreign_document().or_else(|| view.foreign_request());
        }
        view
    }

    /// What the message is, judged tolerantly (G-11).
    pub(crate) fn class(&self) -> Class {
        let is_message = match self.carrier {
            Carrier::Sip(_) => self.carrier.method().is_some_and(|m| m.eq_ignore_ascii_case("MESSAGE")),
            Carrier::Msrp(_) => !self.message.is_housekeeping(),
        };
        if !is_message {
            Class::Other
        } else if self.report.is_some() {
            Class::Report
        } else if self.asks_for_report(self.spoken()) {
            Class::Request
        } else {
            Class::Im
        }
    }

    /// The media type of the body, in lower case and without parameters.
    pub fn outer_type(&self) -> Option<(String, Option<Place>)> {
        if let Some(protection) = self.message.protection.as_ref().filter(|protection| protection.is_around())
        {
            return Some((media_type(&protection.label), None));
        }
        let field = self.carrier.content_type();
        let label = self.message.msrp.as_ref().and_then(|share| share.label.as_deref());
        let place = field.as_ref().filter(|field| label.is_none_or(|label| label == field.value));
        let place = place.map(|field| self.message.in_octets(field.value_span.clone()));
        Some((media_type(label.or(field.as_ref().map(|field| &*field.value))?), place))
    }

    /// The lines that mean a header of the profile: properly qualified ones, else badly qualified ones, else bare ones.
    pub(crate) fn extension(&self, local: &str) -> Vec<Line<'a>> {
        let lines = self.extension_all(local);
        let best = lines.iter().filter_map(|line| line.qualified).map(tier).min();
        lines.into_iter().filter(|line| line.qualified.map(tier) == best).collect()
    }

    /// Every line that could mean a header of the profile.
    pub(crate) fn extension_all(&self, local: &str) -> Vec<Line<'a>> {
        self.extension_of(self.profile, local).collect()
    }

    /// Every line that could mean a header of that profile.
    pub(super) fn extension_of(
        &self,
        profile: &'static Profile,
        local: &str,
    ) -> impl Iterator<Item = Line<'a>> {
        let found = self.cpim.iter().flat_map(move |cpim| {
            let found = cpim.recognised(profile, local);
            found.map(|(header, qualified)| Line::of(&self.message.body, &header, Some(qualified)))
        });
        let found: Vec<Line<'a>> = found.collect();
        if found.is_empty() { self.re_cased(profile, local).into_iter() } else { found.into_iter() }
    }

    /// Lines by which the IUT means a header of the profile although its name has another case (G-11); only where the
    /// profile says what that is worth.
    fn re_cased(&self, profile: &'static Profile, local: &str) -> Vec<Line<'a>> {
        let has_rule = profile.cpim_namespace.is_some() && profile.headers.rules.request_case.is_some();
        let Some(cpim) = self.cpim.as_ref().filter(|_| has_rule && self.message.is_from_iut()) else {
            return Vec::new();
        };
        let meant = cpim.headers().filter(|header| header.local_name().eq_ignore_ascii_case(local));
        let meant = meant.filter(|header| header.prefix().is_some());
        meant
            .filter_map(|header| {
                let qualified = cpim.qualified(&header, profile)?;
                Some(Line::of(&self.message.body, &header, Some(qualified)))
            })
            .collect()
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
    pub(crate) fn extension_value(&self, local: &str) -> Option<String> {
        self.extension(local).first().map(|line| line.text().trim().to_owned())
    }

    /// The profile's identifier of the message.
    pub(crate) fn id(&self) -> Option<String> {
        self.extension_value(self.profile.headers.message_id).filter(|id| !id.is_empty())
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

    /// All report documents, the one that is shown first; of the others those that no transfer encoding hides.
    pub(crate) fn documents(&self) -> Vec<Document<'a>> {
        let first = self.document.clone();
        let others = self.parts.iter().enumerate().filter(|(at, part)| {
            Some(*at) != self.report && self.report.is_some() && part.is_report(self.message, self.profile)
        });
        let others = others.filter_map(|(_, part)| part.entity.as_ref());
        let read = |entity: &mime::Entity<'a>| {
            let raw = matches!(entity.decoded_content(), Ok(Cow::Borrowed(_)));
            raw.then(|| document::decode_entity(&self.message.body, entity, self.profile).value)
        };
        first.into_iter().chain(others.filter_map(read)).collect()
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

    /// Whether anything in it could be meant as a request for a report in the terms of a profile.
    pub(super) fn asks_for_report(&self, profile: &'static Profile) -> bool {
        let names = std::iter::once(profile.headers.request).chain(misnomers(profile));
        names.into_iter().any(|name| self.extension_of(profile, name).next().is_some())
            || self.request_in_carrier(profile).is_some()
            || self.request_in_entity_of(profile).is_some()
    }

    fn request_in_carrier(&self, profile: &Profile) -> Option<Span> {
        let fields = self.carrier.fields();
        fields.into_iter().find(|field| names(field.name.as_bytes(), profile)).map(|field| field.line)
    }

    /// A request header that stands among those of SIP or MSRP, with or without a prefix.
    pub(crate) fn request_in_sip(&self) -> Option<Span> {
        self.request_in_carrier(self.profile)
    }

    /// A request header that stands among the MIME headers of the content.
    pub(crate) fn request_in_entity(&self) -> Option<Span> {
        self.request_in_entity_of(self.profile)
    }

    fn request_in_entity_of(&self, profile: &Profile) -> Option<Span> {
        let entity = self.cpim.as_ref()?.entity();
        entity
            .headers()
            .find(|header| names(header.name().as_bytes(), profile))
            .map(|header| header.line_span())
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

    /// A body that is no CPIM object.
    fn plain(message: &Message, label: Option<&str>) -> Self {
        let label = label.map(|label| {
            let (_, parameters) = label.split_once(';').unwrap_or((label, ""));
            let charset =
                parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("charset="));
            Label {
                media_type: media_type(label),
                charset: charset.map(|value| value.trim_matches('"').to_owned().into()),
                span: None,
            }
        });
        Self { label, content: message.body_span.clone(), entity: None }
    }

    /// Whether the content is labelled as a report or looks like one.
    fn is_report(&self, message: &Message, profile: &Profile) -> bool {
        self.is_labelled(profile) || self.with_content(message, |content| looks_like_report(content, profile))
    }

    /// Whether the label is that of a report.
    pub(super) fn is_labelled(&self, profile: &Profile) -> bool {
        profile.media_types.iter().any(|media_type| media_type.name == self.media_type())
    }

    /// Whether the content is a document with the root of a report.
    pub(super) fn has_root(&self, message: &Message, profile: &Profile) -> bool {
        let has_root = |content: &[u8]| {
            let document = xml(content, profile);
            document
                .is_some_and(|document| document.root().is_some_and(|root| root.name == profile.report.root))
        };
        self.with_content(message, has_root)
    }

    fn with_content(&self, message: &Message, look: impl Fn(&[u8]) -> bool) -> bool {
        let decoded = self.entity.as_ref().and_then(|entity| entity.decoded_content().ok());
        let raw = message.body.get(self.content.clone()).unwrap_or_default();
        look(decoded.as_deref().unwrap_or(raw))
    }

    fn document(&self, message: &'a Message, profile: &Profile) -> (Document<'a>, Vec<Deviation>) {
        let decoded = match (&message.content, &self.entity) {
            (Some(content), _) => document::decode(content, 0..content.len(), profile),
            (None, Some(entity)) => document::decode_entity(&message.body, entity, profile),
            (None, None) => document::decode(&message.body, self.content.clone(), profile),
        };
        (decoded.value, decoded.deviations)
    }

    /// Type and subtype in lower case; empty if there is no label.
    pub(crate) fn media_type(&self) -> &str {
        self.label.as_ref().map_or("", |label| &label.media_type)
    }
}

/// The CPIM object in the body: where the label says so, where it cannot be anything else, or beside a list of recipients.
fn open_cpim<'a>(message: &'a Message, label: Option<&str>) -> (Option<cpim::Message<'a>>, Vec<Deviation>) {
    if message.is_piece() {
        return (None, Vec::new());
    }
    let labelled = label.is_some_and(|label| media_type(label) == super::CPIM);
    let decoded = cpim::decode(&message.body, message.body_span.clone());
    let looks = || {
        let object = &decoded.value;
        object.core("From").next().is_some() && object.core("To").next().is_some()
    };
    if message.depth > 0 || labelled || looks() {
        return (Some(decoded.value), decoded.deviations);
    }
    let beside =
        label.and_then(|label| beside_list(message, label)).map(|span| cpim::decode(&message.body, span));
    beside.map_or((None, Vec::new()), |decoded| (Some(decoded.value), decoded.deviations))
}

/// Where the CPIM object stands that goes to several recipients: in a part of its own, with their list in another
/// (RFC 5365 section 4).
fn beside_list(message: &Message, label: &str) -> Option<Span> {
    let label = format!("Content-Type: {label}\r\n\r\n");
    let label = mime::decode(label.as_bytes(), 0..label.len()).value;
    let label = label.content_type().filter(|label| label.value().eq_ignore_ascii_case("multipart/mixed"))?;
    let boundary = label.parameter("boundary")?.value;
    let parts = mime::split(&message.body, message.body_span.clone(), boundary.as_bytes()).value.parts;
    let mut parts = parts.into_iter().map(|part| mime::decode(&message.body, part).value);
    parts.find(|part| part.is(super::CPIM)).map(|part| part.content_span())
}

/// The document in a content that could be XML.
fn xml<'c>(content: &'c [u8], profile: &Profile) -> Option<Document<'c>> {
    let text = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content).trim_ascii_start();
    (text.first() == Some(&b'<')).then(|| document::decode(content, 0..content.len(), profile).value)
}

/// Whether a content is the XML of a report, whatever its label: by its root, or by two of the known elements, of which
/// one says which message it is about or what became of it. Names such as `status` and `note` alone stand in many documents.
fn looks_like_report(content: &[u8], profile: &Profile) -> bool {
    let Some(document) = xml(content, profile) else { return false };
    let report = &profile.report;
    let known = document.elements().iter().filter(|element| report.child(&element.name).is_some());
    let tells = |element: &document::Element<'_>| {
        element.name == report.roles.message_id || known_word(profile, element.trimmed()).is_some()
    };
    document.root().is_some_and(|root| root.name == report.root)
        || known.clone().count() >= 2 && known.clone().any(tells)
}

/// The word for a disposition that is meant, however it is capitalised (G-11).
pub(super) fn known_word(profile: &Profile, text: &str) -> Option<&'static str> {
    match profile.report.child(profile.report.roles.disposition)?.content {
        Content::Words(words) => words.iter().copied().find(|word| word.eq_ignore_ascii_case(text)),
        _ => None,
    }
}

/// Names without a definition that share a word with that of the request header, and so could be meant for it.
fn misnomers(profile: &'static Profile) -> impl Iterator<Item = &'static str> {
    let shares =
        |name: &str| name.split('-').any(|word| profile.headers.request.split('-').any(|own| own == word));
    profile.headers.undefined.iter().copied().filter(move |name| shares(name))
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
