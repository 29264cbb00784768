//! What a B2BUA reads out of an incoming message beyond what any agent does.

use wire::cpim::{Message, Namespace};
use wire::mime::Entity;

use super::others::{Other, others};
use crate::agent::object::{NAMESPACE, entity};
use crate::agent::received::{DEPTH, REPORT_TYPES, Reader, Received};
use crate::carrier::Incoming;
use crate::common::envelope::{core, unfolded};

/// Media types that hide from a B2BUA what is inside.
const OPAQUE: [&str; 4] =
    ["application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted", MESSAGE_CPIM];
const MESSAGE_CPIM: &str = "message/cpim";

/// A message as far as a B2BUA cares.
#[derive(Debug, Clone)]
pub(crate) struct Inbound {
    pub(crate) received: Received,
    /// Value of List-Action, if the header is there.
    pub(crate) list_action: Option<String>,
    /// Value of Original-From as it came; empty if it is null.
    pub(crate) original_from: Option<Vec<u8>>,
    /// Value of Original-To as it came.
    pub(crate) original_to: Option<Vec<u8>>,
    pub(crate) original_message_id: Option<String>,
    /// Value of DateTime as it came.
    pub(crate) date_time: Option<Vec<u8>>,
    /// Whether Require lists Disposition-Notification (section 8.1.1).
    pub(crate) insists: bool,
    /// Headers that mean nothing to a B2BUA.
    pub(crate) others: Vec<Other>,
    /// The encapsulated entity, its headers included.
    pub(crate) entity: Vec<u8>,
    /// The whole CPIM object.
    pub(crate) object: Vec<u8>,
    pub(crate) is_report: bool,
    /// How much further it may go (RFC 3261 section 8.1.1.6).
    pub(crate) hops: u8,
}

impl Inbound {
    /// Reads a message.
    pub(super) fn read(message: &Incoming, reader: Reader<'_>) -> Self {
        let received = reader.read(message);
        let inbound = match message.object() {
            Some(object) => Self::of_object(&object, &message.body, reader, received),
            None => Self::plain(received),
        };
        Self { hops: message.hops, ..inbound }
    }

    /// A message without a CPIM object becomes the content of one.
    fn plain(received: Received) -> Self {
        Self {
            list_action: None,
            original_from: None,
            original_to: None,
            original_message_id: None,
            date_time: None,
            insists: false,
            others: Vec::new(),
            entity: entity(&received.content_type, &received.content),
            object: Vec::new(),
            is_report: false,
            hops: 0,
            received,
        }
    }

    fn of_object(object: &Message<'_>, octets: &[u8], reader: Reader<'_>, received: Received) -> Self {
        let raw = |local| reader.header(object, local).map(|line| unfolded(&line));
        let value = |local| reader.value(object, local).filter(|value| !value.is_empty());
        Self {
            list_action: reader.value(object, "List-Action"),
            original_from: raw("Original-From"),
            original_to: raw("Original-To"),
            original_message_id: value("Original-Message-ID"),
            date_time: core(object, "DateTime").next().map(|line| unfolded(&line)),
            insists: insists(object),
            others: others(object, octets),
            entity: object.entity().octets().to_vec(),
            object: object.octets().to_vec(),
            is_report: is_report(object, reader),
            hops: 0,
            received,
        }
    }
}

fn insists(object: &Message<'_>) -> bool {
    object.require().into_iter().any(|required| {
        let ours = matches!(&required.namespace, Namespace::Bound { uri, .. } if uri == NAMESPACE);
        ours && required.local_name == "Disposition-Notification"
    })
}

/// A report is known by its media type, at whatever depth. One that cannot be read is known by what only reports have:
/// an Original-Message-ID, and neither a request nor what B2BUAs add to messages (I-09, section 11.6).
fn is_report(object: &Message<'_>, reader: Reader<'_>) -> bool {
    let has = |local| reader.header(object, local).is_some();
    let only_reports = has("Original-Message-ID")
        && !["Disposition-Notification", "Original-From", "Original-To"].into_iter().any(has);
    readable(object.entity(), DEPTH).is_some() || (only_reports && is_opaque(object.entity()))
}

fn is_opaque(entity: &Entity<'_>) -> bool {
    let leaves = entity.clone().leaves(DEPTH).value;
    leaves.iter().any(|leaf| OPAQUE.iter().any(|name| leaf.is(name)))
}

/// The document of a report, from inside wrappers and signatures if it has to be.
pub(crate) fn readable(entity: &Entity<'_>, depth: usize) -> Option<Vec<u8>> {
    entity.clone().leaves(DEPTH).value.iter().find_map(|leaf| {
        if REPORT_TYPES.iter().any(|name| leaf.is(name)) {
            return Some(leaf.content().to_vec());
        }
        let wrapped = depth > 0 && leaf.is(MESSAGE_CPIM);
        let inner = leaf.content();
        wrapped
            .then(|| wire::cpim::decode(inner, 0..inner.len()).value)
            .and_then(|inner| readable(inner.entity(), depth - 1))
    })
}
