//! What can go wrong with reading a message: what should be read is refused.

use std::collections::HashMap;

use wire::cpim::{CORE, Header, Message, Namespace};
use wire::profile::RFC5438;

use super::{Conduct, Flaw};
use crate::carrier::Incoming;
use crate::common::envelope::{KNOWN_CORE, core};
use crate::notifications::marks::{RECORD_ROUTE, URN};
use crate::notifications::received::{Received, What, required};

/// The longest line that an old mail program takes.
const LONGEST_LINE: usize = 998;

/// A message before the eyes of an agent that takes offence.
struct Seen<'a> {
    message: &'a Incoming,
    object: &'a Message<'a>,
    received: &'a Received,
}

type Offends = fn(&Seen<'_>) -> bool;

/// What is refused, and with which status.
static REFUSALS: [(Flaw, u16, Offends); 21] = [
    (Flaw::CpimTypeCaseSensitive, 415, |seen| !seen.outer_type().starts_with("message/cpim")),
    (Flaw::ParameterOnTypeRefused, 415, |seen| seen.outer_type().contains(';')),
    (Flaw::ExtraMimeHeaderFatal, 400, |seen| seen.message.has_content_id),
    (Flaw::LineLimit998, 400, |seen| seen.any(|line| is_subject(line) && length(line) > LONGEST_LINE)),
    (Flaw::DuplicateHeaderFatal, 400, |seen| seen.repeated().len() >= 3),
    (Flaw::SecondSubjectFatal, 400, |seen| {
        seen.repeated() == ["Subject"] && !seen.asks() && !seen.any(is_foreign)
    }),
    (Flaw::UnknownHeaderFatal, 400, |seen| seen.any(is_unknown) && seen.any(is_foreign)),
    (Flaw::ContentTypeExactSpelling, 400, |seen| {
        let header = seen
            .object
            .entity()
            .headers()
            .find(|header| header.name() == "Content-Type" || header.name() == "Content-type");
        header.is_none_or(|header| header.is_folded() || header.value().contains('('))
    }),
    (Flaw::NestedCpimCrash, 400, |seen| seen.object.entity().is("message/cpim")),
    (Flaw::UrnOnlyNamespaces, 400, |seen| {
        seen.namespaces().iter().filter(|uri| !uri.starts_with("urn:")).count() > 1
    }),
    (Flaw::UnusedPrefixFatal, 400, |seen| {
        let foreign: Vec<_> = seen.namespaces().into_iter().filter(|uri| !uri.starts_with("urn:")).collect();
        foreign.len() == 1 && foreign[0].starts_with("mid:") && seen.received.required.is_empty()
    }),
    (Flaw::UnknownPrefixRefused, 400, |seen| {
        seen.any(|line| {
            line.prefix().is_some() && matches!(line.namespace(), Namespace::Bound { uri, .. } if uri == CORE)
        })
    }),
    (Flaw::NsDemanded, 400, |seen| {
        seen.namespaces().is_empty() && !seen.any(|line| line.prefix().is_some() || is_unknown(line))
    }),
    (Flaw::AsciiOnlyToken, 400, |seen| {
        let is_cyrillic =
            |text: &str| text.contains(|character| ('\u{400}'..='\u{4ff}').contains(&character));
        seen.any(|line| {
            let is_token = line.local_name() == "Message-ID" || line.name() == "From";
            is_token && !line.value().starts_with('"') && is_cyrillic(&line.value())
        })
    }),
    (Flaw::DisplayNameRefused, 400, |seen| {
        let addresses = ["From", "To"].into_iter().flat_map(|name| core(seen.object, name));
        let mut names = addresses.map(|line| line.value().split('<').next().unwrap_or_default().to_owned());
        names.any(|name| name.split_whitespace().count() > 2 || name.starts_with('"'))
    }),
    (Flaw::LastToWins, 404, |seen| {
        let to: Vec<_> =
            core(seen.object, "To").filter_map(|line| Some(line.address()?.uri().into_owned())).collect();
        to.len() > 2 && to.last() != Some(&seen.received.named.uri)
    }),
    (Flaw::AsciiAlnumIdsOnly, 400, |seen| {
        let id = seen.received.message_id.as_deref().unwrap_or_default();
        id.contains(|character: char| "!#$%*^|~".contains(character) || !character.is_ascii())
    }),
    (Flaw::AnonymousRequestRefused, 433, |seen| seen.received.is_anonymous() && seen.asks()),
    (Flaw::MimeHeaderWhitelist, 400, |seen| {
        let dispositions = seen.object.entity().headers().filter(|header| header.is("Content-Disposition"));
        let is_odd = |header: wire::mime::Header<'_, '_>| {
            header.name() != "Content-Disposition" || Some(&*header.value()) != RFC5438.disposition
        };
        seen.is_notification() && dispositions.into_iter().any(is_odd)
    }),
    (Flaw::RecordRouteOnImdnFatal, 400, |seen| {
        seen.is_notification() && seen.any(|line| line.local_name() == RECORD_ROUTE)
    }),
    (Flaw::MultipartImdn415, 415, |seen| {
        seen.is_notification() && seen.object.content_type().is_some_and(|value| value.is_type("multipart"))
    }),
];

impl Seen<'_> {
    fn outer_type(&self) -> &str {
        self.message.content_type.as_deref().unwrap_or_default().trim()
    }

    fn any(&self, is: impl Fn(&Header<'_, '_>) -> bool) -> bool {
        self.object.headers().any(|line| is(&line))
    }

    fn asks(&self) -> bool {
        !self.received.requests.is_empty()
    }

    fn is_notification(&self) -> bool {
        matches!(self.received.what, What::Notifications(_))
    }

    /// Names that stand there more than once.
    fn repeated(&self) -> Vec<String> {
        let mut counts: HashMap<String, usize> = HashMap::new();
        self.object.headers().for_each(|line| *counts.entry(line.name().into_owned()).or_default() += 1);
        counts.into_iter().filter(|(_, count)| *count > 1).map(|(name, _)| name).collect()
    }

    /// URIs of all `NS` lines.
    fn namespaces(&self) -> Vec<String> {
        let uri = |line: Header<'_, '_>| line.address().map(|address| address.uri().into_owned());
        self.object.bare("NS").filter_map(uri).collect()
    }
}

fn is_subject(line: &Header<'_, '_>) -> bool {
    line.local_name() == "Subject"
}

fn length(line: &Header<'_, '_>) -> usize {
    line.line_span().len()
}

/// A bare name that nobody has defined; one in another case is another header.
fn is_unknown(line: &Header<'_, '_>) -> bool {
    line.namespace() == Namespace::Default && !KNOWN_CORE.contains(&&*line.name())
}

/// A name in a namespace that nobody here knows.
fn is_foreign(line: &Header<'_, '_>) -> bool {
    line.prefix().is_some()
        && matches!(line.namespace(), Namespace::Bound { uri, .. } if uri != URN && uri != CORE)
}

/// The status that an agent with that flaw refuses the message with, if it does.
pub(crate) fn refusal(
    conduct: Conduct,
    message: &Incoming,
    object: &Message<'_>,
    received: &Received,
) -> Option<u16> {
    let flaw = conduct.flaw()?;
    let (_, status, offends) = REFUSALS.iter().find(|(own, ..)| *own == flaw)?;
    offends(&Seen { message, object, received }).then_some(*status)
}

/// What is required and not understood, as an agent with that flaw sees it; `unknown` is what there is.
pub(crate) fn not_understood(conduct: Conduct, object: &Message<'_>, unknown: &[String]) -> Vec<String> {
    let names = || required(object).into_iter().map(|required| required.name.into_owned());
    let is_there = |name: &String| object.header(name).is_some();
    match conduct.flaw() {
        Some(Flaw::IgnoreRequire) => Vec::new(),
        Some(Flaw::FirstRequireOnly) => names().take(1).filter(|name| unknown.contains(name)).collect(),
        Some(Flaw::RequireNeedsHeader) => {
            names().filter(|name| unknown.contains(name) || !is_there(name)).collect()
        }
        Some(Flaw::AnyRequireRefused) => {
            names().filter(|name| unknown.contains(name) || is_there(name)).collect()
        }
        _ => unknown.to_vec(),
    }
}
