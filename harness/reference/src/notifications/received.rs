//! What is read out of an incoming message (RFC 5438 sections 7 and 9, RFC 3862).

use time::OffsetDateTime;
use wire::cpim::{CORE, Header, Message, Namespace};
use wire::mime::Entity;
use wire::profile::RFC5438;

use super::marks::{
    Familiar, Finder, KNOWN, MESSAGE_ID, ORIGINAL_TO, RECORD_ROUTE, REQUEST, URN, is_without_blank,
};
use super::report::{About, DISPOSITION, MEDIA_TYPE};
use super::security::Protection;
use super::wanted::Wanted;
use crate::carrier::{Incoming, Origin};
use crate::common::address::{Party, is_writable};
use crate::common::envelope::{Address, KNOWN_CORE, address, called, core, named, unfolded};
use crate::common::text::{characters, octets};
use crate::faults::{Conduct, Flaw, meaning, reading};

/// What an answer says that refuses a content (RFC 3261 section 21.4.13).
pub(crate) const ACCEPTED: &str = "message/cpim, message/imdn+xml, text/*, image/*, audio/*, video/*, multipart/*, application/octet-stream";

/// Levels of multipart that are looked into.
const DEPTH: usize = 2;

/// What a message is (section 9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    InstantMessage,
    /// One notification, or a bundle of them (section 8.3).
    Notifications(Vec<Confirmation>),
    /// Some of the marks of a notification, but not all: it confirms nothing, and is not for people.
    Unclear,
}

/// What a notification says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Confirmation {
    pub(crate) about: About,
    /// The word of the status.
    pub(crate) status: String,
    /// Which message.
    pub(crate) message_id: String,
    /// Whom that was for.
    pub(crate) recipient: Option<String>,
}

/// The subject of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) text: String,
    pub(crate) language: Option<String>,
}

/// An intermediary that wants to see the notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hop {
    /// The whole value as it came.
    pub(crate) value: String,
    pub(crate) uri: String,
}

/// What the user is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) name: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) sent: Option<OffsetDateTime>,
    pub(crate) text: String,
    /// What is shown where that is no text.
    pub(crate) octets: Option<Vec<u8>>,
}

/// A message as far as an agent cares.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) origin: Origin,
    pub(crate) arrived: OffsetDateTime,
    /// Whom it is from: by CPIM, and by what carried it.
    pub(crate) parties: Vec<Party>,
    /// URI of whom it is from by what carried it.
    pub(crate) sender: String,
    pub(crate) from: Address,
    /// Which address means this agent.
    pub(crate) named: Address,
    /// URIs in To and cc.
    pub(crate) addressees: Vec<String>,
    pub(crate) message_id: Option<String>,
    /// What the control protocol may call it by: a Message-ID in any namespace.
    pub(crate) called: Option<String>,
    pub(crate) wanted: Wanted,
    /// Values of Disposition-Notification as they came.
    pub(crate) requests: Vec<String>,
    /// DateTime as it came.
    pub(crate) datetime: Option<String>,
    pub(crate) subjects: Vec<Subject>,
    /// URI in Original-To.
    pub(crate) original_to: Option<String>,
    pub(crate) route: Vec<Hop>,
    /// Headers that have to be understood and are not.
    pub(crate) required: Vec<String>,
    pub(crate) content_type: String,
    pub(crate) shown: Shown,
    pub(crate) what: What,
    /// Whether one of its `NS` lines has no blank before the bracket.
    pub(crate) without_blank: bool,
    /// Whether it was a CPIM object.
    pub(crate) is_object: bool,
    /// How it was protected.
    pub(crate) protection: Protection,
    /// The status that a flaw of this agent's reading refuses it with.
    pub(crate) refused: Option<u16>,
}

impl Received {
    /// Whether it is sound or film, which is displayed when it is played (section 5.3).
    pub(crate) fn is_played(&self) -> bool {
        let kind = self.content_type.trim().to_ascii_lowercase();
        kind.starts_with("audio/") || kind.starts_with("video/")
    }

    /// Whether there is a way to show its content, be it as a file. Something has to be refused, or nobody could see how
    /// that is done (section 12.1.3.1).
    pub(crate) fn is_presentable(&self) -> bool {
        let kind = self.content_type.trim().to_ascii_lowercase();
        !kind.starts_with("application/x-")
    }

    /// Whether what carried it does not say whom it is from (section 12.1.1, R-29).
    pub(crate) fn is_anonymous(&self) -> bool {
        is_anonymous(&self.sender)
    }
}

/// Whether nobody is behind that URI.
pub(crate) fn is_anonymous(uri: &str) -> bool {
    let host = uri.rsplit('@').next().unwrap_or_default();
    host.split([':', ';']).next().is_some_and(|host| host.eq_ignore_ascii_case("anonymous.invalid"))
}

/// Who is reading: what the agent goes by, and what it does wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) own: &'a str,
    pub(crate) conduct: Conduct,
    pub(crate) now: OffsetDateTime,
    pub(crate) familiar: Familiar,
}

impl Reader<'_> {
    /// Reads a message.
    pub(crate) fn read(self, message: &Incoming) -> Received {
        let plain = self.plain(message);
        let Some(object) = message.object() else { return plain };
        let what = self.what(object.entity());
        let mut received = self.object(&object, Received { what, ..plain }, &message.target);
        received.refused = reading::refusal(self.conduct, message, &object, &received);
        received
    }

    /// A message without a CPIM object: its carrier alone says whom it is from, and nothing can be asked for.
    fn plain(self, message: &Incoming) -> Received {
        let content_type = message.content_type.clone().unwrap_or_default();
        Received {
            origin: message.origin.clone(),
            arrived: self.now,
            parties: vec![Party::of(&message.sender)],
            sender: message.sender.clone(),
            from: Address::of_uri(&message.sender),
            named: Address::of_uri(self.own),
            addressees: Vec::new(),
            message_id: None,
            called: None,
            wanted: Wanted::default(),
            requests: Vec::new(),
            datetime: None,
            subjects: Vec::new(),
            original_to: None,
            route: Vec::new(),
            required: Vec::new(),
            content_type,
            shown: Shown { text: characters(&message.body, "utf-8"), ..Shown::default() },
            what: What::InstantMessage,
            without_blank: false,
            is_object: false,
            protection: Protection::default(),
            refused: None,
        }
    }

    /// A message in a CPIM object, which outweighs what its carrier says about it.
    fn object(self, object: &Message<'_>, outer: Received, target: &str) -> Received {
        let from = core(object, "From").find_map(address).filter(|from| is_writable(&from.uri));
        let from = from.unwrap_or_else(|| outer.from.clone());
        let addressees = ["To", "cc"].into_iter().flat_map(|name| core(object, name)).filter_map(address);
        let marks = |name| self.finder().find(object, name);
        let texts = |name| marks(name).iter().map(|line| self.value(line)).collect::<Vec<_>>();
        let message_id = texts(MESSAGE_ID).into_iter().next().filter(|id| !id.is_empty());
        let requests = texts(REQUEST);
        let content_type = object.entity().header("Content-Type");
        let original_to = marks(ORIGINAL_TO).into_iter().find_map(address).map(|address| address.uri);
        Received {
            parties: [Party::of(&from.uri)].into_iter().chain(outer.parties).collect(),
            from,
            named: named(object, target, self.own).address,
            addressees: addressees.map(|address| address.uri).collect(),
            called: called(object),
            wanted: Wanted::parse(requests.iter().map(String::as_str), self.conduct),
            message_id,
            requests,
            datetime: core(object, "DateTime").next().map(|line| self.value(&line)),
            subjects: core(object, "Subject").map(subject).collect(),
            original_to,
            route: marks(RECORD_ROUTE).into_iter().filter_map(hop).collect(),
            required: reading::not_understood(self.conduct, object, &not_understood(object)),
            content_type: content_type.map(|header| header.value().into_owned()).unwrap_or_default(),
            shown: self.shown(object),
            without_blank: is_without_blank(object),
            is_object: true,
            ..outer
        }
    }

    /// CPIM knows no folding, so what stands in a line below is no part of a value (RFC 3862 section 2.2).
    fn value(self, line: &Header<'_, '_>) -> String {
        match self.conduct.has(Flaw::UnfoldOnReception) {
            true => line.value().into_owned(),
            false => first_line(line),
        }
    }

    fn finder(self) -> Finder {
        Finder { conduct: self.conduct, familiar: self.familiar }
    }

    fn shown(self, object: &Message<'_>) -> Shown {
        let entity = object.entity();
        let content = meaning::content(self.conduct, entity, octets(entity));
        let content_type = entity.content_type();
        let charset = content_type.as_ref().and_then(|value| value.parameter("charset"));
        let charset = charset.map_or_else(|| "utf-8".into(), |charset| charset.value);
        let text = characters(&content, &charset);
        let is_text = content_type.is_none_or(|value| value.is_type("text"));
        let name = core(object, "From").find_map(|line| line.address());
        let sent = core(object, "DateTime").find_map(|line| line.timestamp().value);
        Shown {
            name: name.and_then(|from| from.formal_name().map(std::borrow::Cow::into_owned)),
            subject: meaning::subject(self.conduct, object),
            sent: sent.map(|sent| meaning::instant(self.conduct, sent.instant)),
            octets: (!is_text && std::str::from_utf8(&content).is_err()).then_some(content),
            text,
        }
    }

    /// Media type, Content-Disposition and document together make a notification; any other media type makes an instant
    /// message (section 9).
    fn what(self, entity: &Entity<'_>) -> What {
        let marked = |entity: &Entity<'_>| entity.disposition().is_some_and(|value| value.is(DISPOSITION));
        let is_ours = |entity: &Entity<'_>| entity.is(MEDIA_TYPE);
        let parts: Vec<_> = entity.clone().leaves(DEPTH).value.into_iter().collect();
        if self.conduct.has(Flaw::ClassifyByRootElement) && !parts.iter().any(is_ours) {
            return confirmation(entity, self.conduct)
                .map_or(What::InstantMessage, |confirmation| What::Notifications(vec![confirmation]));
        }
        if !parts.iter().any(is_ours) {
            return What::InstantMessage;
        }
        let told: Option<Vec<_>> = parts
            .iter()
            .map(|part| {
                confirmation(part, self.conduct).filter(|_| is_ours(part) && (marked(entity) || marked(part)))
            })
            .collect();
        told.map_or(What::Unclear, What::Notifications)
    }
}

/// What the document in an entity says, if it is a notification's (section 11.1).
fn confirmation(entity: &Entity<'_>, conduct: Conduct) -> Option<Confirmation> {
    let content = octets(entity);
    let document = wire::notification::decode(&content, 0..content.len(), &RFC5438).value;
    let root = document.root().filter(|_| document.is_well_formed())?;
    let ours =
        root.name == RFC5438.report.root && root.namespace.as_deref() == Some(RFC5438.report.namespace);
    let text = |name| document.value(name, &RFC5438).filter(|text| !text.is_empty()).map(str::to_owned);
    let foreign = |namespace: Option<&str>| namespace != Some(RFC5438.report.namespace);
    let extended = document.elements().iter().any(|element| foreign(element.namespace.as_deref()));
    if !ours || (extended && conduct.has(Flaw::ExtensionElementFatal)) {
        return None;
    }
    let told =
        document.told(&RFC5438).and_then(|told| Some((About::of(told.kind)?, told.status?.to_owned())));
    let by_type_only =
        || conduct.has(Flaw::ClassifyByTypeOnly).then(|| (About::Delivery, "delivered".to_owned()));
    let (about, status) = told.or_else(by_type_only)?;
    Some(Confirmation { about, status, message_id: text("message-id")?, recipient: text("recipient-uri") })
}

/// A subject. CPIM knows no folding, so what stands in a line below is no part of it (RFC 3862 section 2.2).
fn subject(line: Header<'_, '_>) -> Subject {
    let language = line.language().map(std::borrow::Cow::into_owned);
    Subject { text: wire::cpim::unescape(&first_line(&line)).into_owned(), language }
}

/// The value as far as its first line goes.
pub(crate) fn first_line(line: &Header<'_, '_>) -> String {
    let raw = String::from_utf8_lossy(line.raw_value());
    raw.lines().next().unwrap_or_default().trim_end().to_owned()
}

/// A hop whose address can be written again.
fn hop(line: Header<'_, '_>) -> Option<Hop> {
    let uri = line.address()?.uri().into_owned();
    let value = String::from_utf8_lossy(&unfolded(&line)).into_owned();
    is_writable(&uri).then_some(Hop { value, uri })
}

/// What Require names and this agent does not know (RFC 3862 section 4.7).
fn not_understood(object: &Message<'_>) -> Vec<String> {
    let is_known = |required: &wire::cpim::Required<'_>| {
        let name = &*required.local_name;
        match &required.namespace {
            Namespace::Default => KNOWN_CORE.contains(&name),
            Namespace::Bound { uri, .. } if uri == CORE => KNOWN_CORE.contains(&name),
            Namespace::Bound { uri, .. } => uri == URN && KNOWN.contains(&name),
            Namespace::Unbound => false,
        }
    };
    let required = required(object).into_iter().filter(|required| !is_known(required));
    required.map(|required| required.name.into_owned()).collect()
}

/// What Require names; by its exact name, since another case makes another header.
pub(crate) fn required<'a>(object: &Message<'a>) -> Vec<wire::cpim::Required<'a>> {
    match core(object, "Require").next() {
        Some(_) => object.require(),
        None => Vec::new(),
    }
}
