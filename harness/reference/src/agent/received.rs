//! What is read out of an incoming message.

use time::OffsetDateTime;
use wire::cpim::{Header as Line, Namespace};

use super::object::{Header, NAMESPACE, Name, PREFIX};
use crate::carrier::{Incoming, Mode, Origin, Way};
use crate::common::address::{Party, is_writable};
use crate::common::envelope::{Address, KNOWN_CORE, Named, address, called, core, named, unfolded};
use crate::faults::{Conduct, Defect};

/// Media types that mark a report: that of section 11.1, and the one the later RFC chose.
pub(crate) const REPORT_TYPES: [&str; 2] = [super::document::MEDIA_TYPE, "message/imdn+xml"];
/// How deep entities are searched for a report.
pub(crate) const DEPTH: usize = 4;
/// Headers of the IMDN namespace (section 8 and, for Original-To, 6.3).
pub(crate) const KNOWN: [&str; 6] = [
    "Disposition-Notification",
    "Message-ID",
    "List-Action",
    "Original-From",
    "Original-To",
    "Original-Message-ID",
];
/// Original-From, whose absence and whose null value mean different things (section 8.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OriginalFrom {
    Absent,
    Null,
    Uri(String),
}

/// The request for a report (section 8.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    /// What stands in Disposition-Notification; nothing, if the sender follows section 8.1.1.
    pub(crate) value: String,
    pub(crate) message_id: String,
    pub(crate) original_message_id: Option<String>,
    pub(crate) original_from: OriginalFrom,
    /// URI of Original-To.
    pub(crate) original_to: Option<String>,
}

/// A message as far as the agent cares.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) origin: Origin,
    pub(crate) arrived: OffsetDateTime,
    /// Whom it is from: by CPIM, and by what carried it.
    pub(crate) parties: Vec<Party>,
    pub(crate) from: Address,
    pub(crate) named: Named,
    pub(crate) message_id: Option<String>,
    /// What the control protocol may call it by: a Message-ID in any namespace.
    pub(crate) called: Option<String>,
    /// The request for a report, or what is wrong with it.
    pub(crate) asked: Result<Option<Asked>, NoMessageId>,
    /// Headers that have to be understood and are not.
    pub(crate) required: Vec<String>,
    pub(crate) subjects: Vec<Header>,
    pub(crate) content_type: String,
    pub(crate) content: Vec<u8>,
    /// The document, if this is a report.
    pub(crate) report: Option<Vec<u8>>,
}

impl Received {
    /// The way to where a report on the message goes: to its sender, back the way it came. Whoever reports to somebody
    /// else, which is wrong, has to find a way of his own.
    pub(crate) fn way_to(&self, target: &str) -> Option<Way> {
        if target == self.from.uri { self.origin.back(target) } else { self.origin.elsewhere(target) }
    }

    /// Whether an agent that knows reports in pages only says nothing about the message.
    pub(crate) fn is_unreported_by(&self, conduct: Conduct) -> bool {
        conduct.is(Defect::MsrpReportsSuppressed) && self.origin.mode() == Mode::Session
    }
}

/// A request for a report without a Message-ID is malformed (section 9.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoMessageId;

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
        let named = named(&object, &message.target, self.own);
        let subjects = core(&object, "Subject").map(|line| verbatim(&line, &message.body)).collect();
        self.object(&object, Received { named, subjects, ..plain })
    }

    /// A message without a CPIM object: its carrier alone says whom it is from, and nothing can be asked for.
    fn plain(self, message: &Incoming) -> Received {
        Received {
            origin: message.origin.clone(),
            arrived: self.now,
            parties: vec![Party::of(&message.sender)],
            from: Address::of_uri(&message.sender),
            named: Named { address: Address::of_uri(self.own), first: true },
            message_id: None,
            called: None,
            asked: Ok(None),
            required: Vec::new(),
            subjects: Vec::new(),
            content_type: message.content_type.clone().unwrap_or_default(),
            content: message.body.to_vec(),
            report: None,
        }
    }

    /// A message in a CPIM object, which outweighs what its carrier says about it.
    fn object(self, object: &wire::cpim::Message<'_>, outer: Received) -> Received {
        let from = core(object, "From").find_map(address).filter(|from| is_writable(&from.uri));
        let from = from.unwrap_or_else(|| outer.from.clone());
        let leaves = object.entity().clone().leaves(DEPTH).value;
        let report = leaves.iter().find(|leaf| REPORT_TYPES.iter().any(|name| leaf.is(name)));
        let content_type = object.entity().header("Content-Type");
        Received {
            parties: [Party::of(&from.uri)].into_iter().chain(outer.parties).collect(),
            from,
            message_id: self.value(object, "Message-ID").filter(|id| !id.is_empty()),
            called: called(object),
            asked: self.asked(object),
            required: self.not_understood(object),
            content_type: content_type.map(|header| header.value().into_owned()).unwrap_or_default(),
            content: object.content().to_vec(),
            report: report.map(|leaf| leaf.content().to_vec()),
            ..outer
        }
    }

    /// The first header of that name in the IMDN namespace, whatever its prefix (section 7).
    pub(crate) fn header<'m, 'a>(
        self,
        object: &'m wire::cpim::Message<'a>,
        local: &'m str,
    ) -> Option<Line<'m, 'a>> {
        if self.conduct.is(Defect::IgnoreNamespace) {
            return object.headers().find(|line| line.local_name() == local);
        }
        let literal = self.conduct.is(Defect::LiteralPrefix);
        object
            .namespaced(NAMESPACE, local)
            .find(|line| !literal || line.prefix().is_some_and(|prefix| prefix == PREFIX))
    }

    /// Its value, without white space around it.
    pub(crate) fn value(self, object: &wire::cpim::Message<'_>, local: &str) -> Option<String> {
        let value = self.header(object, local)?.value().into_owned();
        Some(if local == "Message-ID" { self.conduct.stored(&value).to_owned() } else { value })
    }

    fn asked(self, object: &wire::cpim::Message<'_>) -> Result<Option<Asked>, NoMessageId> {
        let Some(value) = self.value(object, "Disposition-Notification") else { return Ok(None) };
        let Some(message_id) = self.value(object, "Message-ID").filter(|id| !id.is_empty()) else {
            return if self.conduct.is(Defect::AcceptMissingMessageId) { Ok(None) } else { Err(NoMessageId) };
        };
        let uri = |local| {
            let line = self.header(object, local)?;
            Some(
                line.address()
                    .map_or_else(|| line.value().into_owned(), |address| address.uri().into_owned()),
            )
        };
        Ok(Some(Asked {
            value,
            message_id,
            original_message_id: self.value(object, "Original-Message-ID").filter(|id| !id.is_empty()),
            original_from: match uri("Original-From") {
                None => OriginalFrom::Absent,
                Some(null) if null.is_empty() => OriginalFrom::Null,
                Some(uri) => OriginalFrom::Uri(uri),
            },
            original_to: uri("Original-To"),
        }))
    }

    /// What Require names and this agent does not know (section 8.1.1, RFC 3862 section 4.7).
    fn not_understood(self, object: &wire::cpim::Message<'_>) -> Vec<String> {
        let by_name = self.conduct.is(Defect::IgnoreNamespace);
        object
            .require()
            .into_iter()
            .filter(|required| {
                let known: &[&str] = match &required.namespace {
                    _ if by_name => &KNOWN,
                    Namespace::Bound { uri, .. } if uri == NAMESPACE => &KNOWN,
                    Namespace::Bound { uri, .. } if uri != wire::cpim::CORE => &[],
                    Namespace::Unbound => &[],
                    _ => &KNOWN_CORE,
                };
                !known.contains(&&*required.local_name)
            })
            .map(|required| required.name.into_owned())
            .collect()
    }
}

/// A header with parameters and value as they came (section 9.1).
pub(crate) fn verbatim(line: &Line<'_, '_>, octets: &[u8]) -> Header {
    let between = octets.get(line.name_span().end..line.value_span().start).unwrap_or_default();
    let parameters = between.strip_prefix(b":").unwrap_or(between).trim_ascii_end().to_vec();
    Header { name: Name::Core("Subject"), parameters, value: unfolded(line) }
}
