//! What is read out of an incoming message (sections 3.1 and 3.4).

use time::OffsetDateTime;
use wire::cpim::{CORE, Message, Namespace};
use wire::mime::Entity;
use wire::profile::RECEIPTS_00;

use super::receipt::{About, CONFIRM, MEDIA_TYPE};
use super::wanted::{MESSAGE_ID, RECEIPT_REQUEST, Wanted};
use crate::carrier::{Incoming, Mode, Origin};
use crate::common::address::{Party, is_writable};
use crate::common::envelope::{Address, KNOWN_CORE, address, called, core, named};
use crate::faults::{Conduct, Defect};

/// What a message is (section 3.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    InstantMessage,
    Receipt(Confirmation),
    /// The media type of receipts without the other marks: it confirms nothing, and is not for people (I-57).
    Unclear,
}

/// What a receipt says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Confirmation {
    pub(crate) about: About,
    /// Which message.
    pub(crate) message_id: String,
    /// Whom that was for.
    pub(crate) recipient: Option<String>,
    pub(crate) status: String,
}

impl Confirmation {
    /// Whether it says that all went well.
    pub(crate) fn is_success(&self) -> bool {
        self.status.parse().is_ok_and(|status: u16| (200..300).contains(&status))
    }
}

/// A message as far as an agent cares.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) origin: Origin,
    pub(crate) arrived: OffsetDateTime,
    /// Whom it is from: by CPIM, and by what carried it.
    pub(crate) parties: Vec<Party>,
    /// What MSRP calls it.
    pub(crate) carrier_id: Option<String>,
    pub(crate) from: Address,
    /// Which address means this agent.
    pub(crate) named: Address,
    /// URIs in To and cc.
    pub(crate) addressees: Vec<String>,
    pub(crate) message_id: Option<String>,
    /// What the control protocol may call it by: a Message-ID in any namespace.
    pub(crate) called: Option<String>,
    pub(crate) wanted: Wanted,
    /// Values of Receipt-Request as they came.
    pub(crate) requests: Vec<String>,
    /// Headers that have to be understood and are not.
    pub(crate) required: Vec<String>,
    pub(crate) subject: Option<String>,
    pub(crate) content_type: String,
    /// Whether the content says itself how it wants to be presented.
    pub(crate) disposed: bool,
    pub(crate) content: Vec<u8>,
    pub(crate) what: What,
}

/// Who is reading: what the agent goes by, and what it does wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) own: &'a str,
    pub(crate) conduct: Conduct,
    pub(crate) now: OffsetDateTime,
}

impl Reader<'_> {
    /// Reads a message.
    pub(crate) fn read(self, message: &Incoming) -> Received {
        let plain = self.plain(message);
        let Some(object) = message.object() else { return plain };
        let what = self.what(&object, message);
        self.object(&object, Received { what, ..plain }, &message.target)
    }

    /// A message without a CPIM object: its carrier alone says whom it is from, and nothing can be asked for.
    fn plain(self, message: &Incoming) -> Received {
        Received {
            origin: message.origin.clone(),
            arrived: self.now,
            parties: vec![Party::of(&message.sender)],
            carrier_id: message.carrier_id.clone(),
            from: Address::of_uri(&message.sender),
            named: Address::of_uri(self.own),
            addressees: Vec::new(),
            message_id: None,
            called: None,
            wanted: Wanted::default(),
            requests: Vec::new(),
            required: Vec::new(),
            subject: None,
            content_type: message.content_type.clone().unwrap_or_default(),
            disposed: true,
            content: message.body.to_vec(),
            what: What::InstantMessage,
        }
    }

    /// A message in a CPIM object, which outweighs what its carrier says about it.
    fn object(self, object: &Message<'_>, outer: Received, target: &str) -> Received {
        let from = core(object, "From").find_map(address).filter(|from| is_writable(&from.uri));
        let from = from.unwrap_or_else(|| outer.from.clone());
        let text = |name| core(object, name).map(|line| line.value().into_owned()).collect::<Vec<_>>();
        let message_id = text(MESSAGE_ID).into_iter().next().filter(|id| !id.is_empty());
        let requests = text(RECEIPT_REQUEST);
        let addressees = ["To", "cc"].into_iter().flat_map(|name| core(object, name)).filter_map(address);
        let content_type = object.entity().header("Content-Type");
        Received {
            parties: [Party::of(&from.uri)].into_iter().chain(outer.parties).collect(),
            from,
            named: named(object, target, self.own).address,
            addressees: addressees.map(|address| address.uri).collect(),
            called: called(object),
            wanted: self.wanted(message_id.as_deref(), &requests),
            message_id,
            requests,
            required: not_understood(object),
            subject: core(object, "Subject").next().map(|line| line.text().into_owned()),
            content_type: content_type.map(|header| header.value().into_owned()).unwrap_or_default(),
            disposed: object.entity().disposition().is_some(),
            content: object.content().to_vec(),
            ..outer
        }
    }

    /// A receipt has to name its message, so a message without a name gets none (I-56).
    fn wanted(self, message_id: Option<&str>, requests: &[String]) -> Wanted {
        match message_id {
            Some(_) => Wanted::parse(requests.iter().map(String::as_str), self.conduct),
            None => Wanted::default(),
        }
    }

    /// Media type, Content-Disposition and document together make a receipt; any other media type makes an instant
    /// message (section 3.4).
    fn what(self, object: &Message<'_>, message: &Incoming) -> What {
        if let Some(what) = self.what_by_other_means(object, message) {
            return what;
        }
        let entity = object.entity();
        if !entity.is(MEDIA_TYPE) {
            return What::InstantMessage;
        }
        let confirms = entity.disposition().is_some_and(|value| value.is(CONFIRM));
        let confirms = confirms || self.conduct.is(Defect::IgnoreContentDisposition);
        confirmation(entity).filter(|_| confirms).map_or(What::Unclear, What::Receipt)
    }

    /// What agents go by that do not go by section 3.4.
    fn what_by_other_means(self, object: &Message<'_>, message: &Incoming) -> Option<What> {
        let entity = object.entity();
        match (self.conduct.defect()?, message.disposition.as_deref()) {
            (Defect::ClassifyByRootElement, _) if !entity.is(MEDIA_TYPE) => {
                confirmation(entity).map(What::Receipt)
            }
            (Defect::ClassifyByOuterHeader, Some(outer)) if message.origin.mode() == Mode::Page => {
                let confirms = outer.trim().eq_ignore_ascii_case(CONFIRM);
                let confirmed = || confirmation(entity).map_or(What::Unclear, What::Receipt);
                Some(if confirms { confirmed() } else { What::InstantMessage })
            }
            (Defect::ClassifyFirstChunkOnly, _) if message.origin.mode() == Mode::Session => {
                let chunk = message.body.get(..message.first_chunk).unwrap_or_default();
                let begun = wire::cpim::decode(chunk, 0..chunk.len()).value;
                (!begun.entity().is(MEDIA_TYPE)).then_some(What::InstantMessage)
            }
            _ => None,
        }
    }
}

/// What the document in an entity says, if it is a receipt's.
fn confirmation(entity: &Entity<'_>) -> Option<Confirmation> {
    let content = entity.content();
    let document = wire::receipt::decode(content, 0..content.len(), &RECEIPTS_00).value;
    let text = |name| {
        let text = document.value(name, &RECEIPTS_00)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    Some(Confirmation {
        about: About::of(&text("type")?)?,
        message_id: text("message-id")?,
        recipient: text("recipient-uri"),
        status: text("status").unwrap_or_default(),
    })
}

/// What Require names and this agent does not know (RFC 3862 section 4.7).
fn not_understood(object: &Message<'_>) -> Vec<String> {
    let is_known = |required: &wire::cpim::Required<'_>| {
        let ours = match &required.namespace {
            Namespace::Default => true,
            Namespace::Bound { uri, .. } => uri == CORE,
            Namespace::Unbound => false,
        };
        let name = &*required.local_name;
        ours && (KNOWN_CORE.contains(&name) || [MESSAGE_ID, RECEIPT_REQUEST].contains(&name))
    };
    let required = object.require().into_iter().filter(|required| !is_known(required));
    required.map(|required| required.name.into_owned()).collect()
}
