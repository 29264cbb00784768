//! What can go wrong with what an intermediary of RFC 5438 passes on: copies, notifications, and bundles of them.

use wire::cpim::{self, Message};
use wire::mime;

use super::lines::Lines;
use super::{Conduct, Slip};
use crate::clock::timestamp;
use crate::common::address::without_parameters;
use crate::common::draft::Draft;
use crate::common::text::{characters, octets};
use crate::notifications::intermediary::copy::Copying;
use crate::notifications::intermediary::passing::Passage;
use crate::notifications::marks::{MESSAGE_ID, ORIGINAL_TO, RECORD_ROUTE, REQUEST, URN, prefixed};
use crate::notifications::received::Confirmation;
use crate::notifications::report::About;
use crate::notifications::wanted::Wanted;

type InLines = fn(&mut Lines, &Copying<'_>);
type InObject = fn(&mut Vec<u8>, &Copying<'_>);

/// Defects of the header lines of a copy.
static LINES: [(Slip, InLines); 16] = [
    (Slip::OriginalToSender, |lines, copying| {
        if is_new(copying) {
            let from = &copying.received.from.uri;
            lines.change(&original_to(), |_| format!("{}: <{from}>\r\n", original_to()));
        }
    }),
    (Slip::DropOriginalTo, |lines, copying| {
        if is_new(copying) {
            lines.remove(&original_to());
        }
    }),
    (Slip::ListOmitsOriginalTo, |lines, copying| {
        if is_new(copying) && copying.members > 1 {
            lines.remove(&original_to());
        }
    }),
    (Slip::SecondOriginalTo, |lines, copying| {
        if let Some(prefix) = other_prefix(copying).filter(|_| !is_new(copying)) {
            lines.put_below(&original_to(), format!("{prefix}.{ORIGINAL_TO}: {}\r\n", former(copying)));
        }
    }),
    (Slip::OverwriteOriginalTo, |lines, copying| {
        let former = former(copying);
        lines.change(&original_to(), |_| format!("{}: {former}\r\n", original_to()));
    }),
    (Slip::PrependOriginalTo, |lines, copying| {
        if !is_new(copying) {
            lines.put_above(&original_to(), format!("{}: {}\r\n", original_to(), former(copying)));
        }
    }),
    (Slip::HideTargetStripsRequest, |lines, copying| {
        if copying.terms.hides {
            lines.remove(&prefixed(REQUEST));
        }
    }),
    (Slip::RecordRouteReplacesRequest, |lines, copying| {
        if copying.terms.records && copying.disclosed && !copying.terms.collects {
            lines.remove(&prefixed(REQUEST));
        }
    }),
    (Slip::SecondCopyLosesRequest, |lines, copying| {
        if copying.place > 0 && !copying.terms.records && !copying.terms.hides {
            lines.remove(&prefixed(REQUEST));
        }
    }),
    (Slip::RecordRouteAppended, |lines, copying| {
        if copying.terms.records && lines.count(&prefixed(RECORD_ROUTE)) > 1 {
            let own = format!("{}: <{}>\r\n", prefixed(RECORD_ROUTE), copying.hop);
            lines.without(&own);
            lines.push(own);
        }
    }),
    (Slip::OriginalToBareUri, |lines, copying| {
        if is_new(copying) {
            let named = &copying.received.named.uri;
            lines.change(&original_to(), |_| format!("{}: {named}\r\n", original_to()));
        }
    }),
    (Slip::RecordRouteLrOutside, |lines, copying| {
        let (own, hop) = (prefixed(RECORD_ROUTE), copying.hop);
        let written = format!("{own}: <{hop}>\r\n");
        lines.change(&own, |line| match line == written {
            true => format!("{own}: <{hop}>;lr\r\n"),
            false => line.to_owned(),
        });
    }),
    (Slip::DatetimeToUtcInTransit, |lines, _| lines.change("DateTime", in_utc)),
    (Slip::ReencodeEscapes, |lines, _| lines.change_all(reencoded)),
    (Slip::SortHeaders, |lines, _| lines.sort(canonical)),
    (Slip::OriginalToOwnContact, |lines, copying| {
        if is_new(copying) && copying.members == 0 {
            lines.put_above(&prefixed(REQUEST), format!("{}: <{}>\r\n", original_to(), copying.hop));
        }
    }),
];

/// Defects of what is in a copy.
static OBJECTS: [(Slip, InObject); 2] = [
    (Slip::TranscodeContent, |object, _| transcode(object)),
    (Slip::StripTrailingBlankLines, |object, _| {
        if object.ends_with(b"\r\n") {
            object.truncate(object.trim_ascii_end().len());
        }
    }),
];

/// Spoils a copy that is otherwise complete.
pub(crate) fn spoil(conduct: Conduct, body: &mut Vec<u8>, copying: &Copying<'_>) {
    let Some(slip) = conduct.slip() else { return };
    if copying.message.object().is_none() {
        match slip {
            _ if !copying.message.is_any(&["multipart/signed"]) => {}
            Slip::EditSignedInPlace => readdress(body, copying),
            Slip::EditUnderForeignSignature => insert_original_to(body, copying),
            _ => {}
        }
        return;
    }
    if let Some((_, spoil)) = LINES.iter().find(|(own, _)| *own == slip) {
        Lines::edit_object(body, |lines| spoil(lines, copying));
    }
    if let Some((_, spoil)) = OBJECTS.iter().find(|(own, _)| *own == slip) {
        spoil(body, copying);
    }
}

/// The hop that is recorded in place of the intermediary's own.
pub(crate) fn hop<'a>(conduct: Conduct, copying: &Copying<'a>) -> &'a str {
    let by_choice = copying.disclosed && !copying.terms.collects;
    match conduct.slip().filter(|_| by_choice) {
        Some(Slip::RecordsPreviousHop) => without_parameters(&copying.message.sender),
        Some(Slip::RecordsListMember) if copying.members > 1 => without_parameters(copying.member),
        _ => copying.hop,
    }
}

/// Whether a notification goes no further; `is_own` if it was sent to this host.
pub(crate) fn swallows(conduct: Conduct, told: &[Confirmation], is_known: bool, is_own: bool) -> bool {
    match conduct.slip() {
        Some(Slip::ForwardOnlyKnownIds) => is_own && !is_known,
        Some(Slip::ProxySwallowsImdn) => !told.is_empty() && !is_own && !is_known,
        Some(Slip::DownstreamFailedDropped) => told.iter().any(|told| told.status == "failed"),
        _ => false,
    }
}

/// Whether an intermediary tells about its processing.
pub(crate) fn wants_processing(conduct: Conduct, wanted: Wanted) -> bool {
    let others = Wanted { positive: true, negative: true, processing: false, display: true };
    wanted.processing || (conduct.slips(Slip::ProcessingUnrequested) && wanted == others)
}

/// What it says of that.
pub(crate) fn processing(conduct: Conduct, status: &'static str, is_blind: bool) -> &'static str {
    match (conduct.slip(), status) {
        (Some(Slip::AlwaysStored), "processed") => "stored",
        (Some(Slip::UnknownFateAsProcessed), _) if is_blind => "processed",
        _ => status,
    }
}

/// Spoils a notification of the intermediary's own.
pub(crate) fn spoil_own(conduct: Conduct, draft: &mut Draft, about: About) {
    if conduct.slips(Slip::ProcessingSampleLayout) && about == About::Processing {
        Lines::edit(&mut draft.object, |lines| {
            lines.remove(&prefixed(MESSAGE_ID));
            lines.remove("NS");
        });
    }
}

/// Spoils what is left of a secret member's notification.
pub(crate) fn spoil_cleaned(conduct: Conduct, body: &mut Vec<u8>, passage: Passage<'_>, is_bundled: bool) {
    match conduct.slip() {
        Some(Slip::CpimFromKept) => {
            let from = String::from_utf8_lossy(&passage.received.from.value).into_owned();
            Lines::edit_object(body, |lines| lines.change("From", |_| format!("From: {from}\r\n")));
        }
        Some(Slip::BlankRecipientUri) if !is_bundled => {
            let text = String::from_utf8_lossy(body).replacen(
                "</datetime>",
                "</datetime><recipient-uri></recipient-uri>",
                1,
            );
            *body = without_length(&text).into_bytes();
        }
        Some(Slip::SignatureCertificateLeak) if !is_bundled => {
            *body = with_entity_of(body, &passage.message.body);
        }
        Some(Slip::BundleSkipsCleaning) if is_bundled => *body = with_entity_of(body, &passage.message.body),
        _ => {}
    }
}

/// Spoils a bundle.
pub(crate) fn spoil_bundle(conduct: Conduct, body: &mut Vec<u8>, entities: &[Vec<u8>]) {
    match conduct.slip() {
        Some(Slip::MergedImdnDocument) => {
            if let Some(merged) = merged(entities) {
                *body = with_entity(body, &merged);
            }
        }
        Some(Slip::NoClosingBoundary) => {
            let end = body.trim_ascii_end().strip_suffix(b"--").map(<[u8]>::len);
            if let Some(end) = end {
                body.truncate(end);
                body.extend_from_slice(b"\r\n");
            }
        }
        _ => {}
    }
}

/// Whether an Original-To is new in the copy.
fn is_new(copying: &Copying<'_>) -> bool {
    copying.received.original_to.is_none()
}

fn original_to() -> String {
    prefixed(ORIGINAL_TO)
}

/// The To from before the change.
fn former(copying: &Copying<'_>) -> String {
    String::from_utf8_lossy(&copying.received.named.value).into_owned()
}

/// A second prefix that is bound to the namespace.
fn other_prefix(copying: &Copying<'_>) -> Option<String> {
    let object = copying.message.object()?;
    let value =
        object.bare("NS").map(|line| line.value().into_owned()).filter(|value| value.contains(URN)).nth(1)?;
    Some(value.split([' ', '<']).next()?.to_owned())
}

fn in_utc(line: &str) -> String {
    let octets = line.as_bytes();
    let decoded = cpim::decode(octets, 0..octets.len()).value;
    let time = decoded.headers().next().and_then(|line| line.timestamp().value);
    match time {
        Some(time) => format!("DateTime: {}\r\n", timestamp(time.instant.to_offset(time::UtcOffset::UTC))),
        None => line.to_owned(),
    }
}

fn reencoded(line: &str) -> String {
    match line.trim_end().split_once(": ") {
        Some((name, value)) if value.contains('\\') => {
            format!("{name}: {}\r\n", cpim::escape(&cpim::unescape(value)))
        }
        _ => line.to_owned(),
    }
}

/// Places of headers in the order in which RFC 3862 defines them.
fn canonical(line: &str) -> usize {
    let known = ["From", "To", "cc", "DateTime", "Subject", "NS"];
    let name = line.split(':').next().unwrap_or_default();
    known.iter().position(|known| *known == name).unwrap_or(known.len())
}

fn transcode(object: &mut Vec<u8>) {
    let message = cpim::decode(object, 0..object.len()).value;
    let entity = message.entity();
    let content_type = entity.content_type();
    let charset = content_type.as_ref().and_then(|value| value.parameter("charset"));
    let Some(charset) = charset.filter(|charset| !charset.value.eq_ignore_ascii_case("utf-8")) else {
        return;
    };
    let text = characters(&octets(entity), &charset.value);
    let changed = mime::Builder::new("text/plain; charset=utf-8", text.into_bytes()).encode();
    *object = with_entity(object, &changed);
}

/// Original-To in the object inside a signed message.
fn insert_original_to(body: &mut Vec<u8>, copying: &Copying<'_>) {
    let request = format!("{}:", prefixed(REQUEST));
    if let Some(at) = String::from_utf8_lossy(body).find(&request) {
        let line = format!("{}: <{}>\r\n", original_to(), without_parameters(&copying.message.target));
        body.splice(at..at, line.into_bytes());
    }
}

/// Another To in the object inside a signed message.
fn readdress(body: &mut Vec<u8>, copying: &Copying<'_>) {
    let text = String::from_utf8_lossy(body).into_owned();
    let to = text.find("\r\nTo: ").map(|at| at + 2);
    let end = to.and_then(|at| text[at..].find("\r\n").map(|end| at + end));
    if let Some((from, to)) = to.zip(end) {
        let line = format!("To: <{}>", without_parameters(copying.member));
        body.splice(from..to, line.into_bytes());
    }
}

/// The documents in one: the first, with the notification elements of the others.
fn merged(entities: &[Vec<u8>]) -> Option<Vec<u8>> {
    let texts: Vec<_> = entities.iter().map(|entity| String::from_utf8_lossy(entity).into_owned()).collect();
    let told = |text: &String| {
        let (start, end) = (
            text.find("<delivery-notification").or(text.find("<display-notification"))?,
            text.find("</imdn>")?,
        );
        text.get(start..end).map(str::to_owned)
    };
    let others: String = texts.iter().skip(1).filter_map(told).collect();
    let all = texts.first()?.replacen("</imdn>", &format!("{others}</imdn>"), 1);
    Some(without_length(&all).into_bytes())
}

/// The same without Content-length, which no longer is true.
fn without_length(text: &str) -> String {
    let lines =
        text.split_inclusive("\r\n").filter(|line| !line.to_ascii_lowercase().starts_with("content-length:"));
    lines.collect()
}

/// The headers of one object around another entity.
fn with_entity(object: &[u8], entity: &[u8]) -> Vec<u8> {
    let start = decoded(object).mime_entity().start;
    [&object[..start], entity].concat()
}

fn with_entity_of(object: &[u8], other: &[u8]) -> Vec<u8> {
    with_entity(object, decoded(other).entity().octets())
}

fn decoded(object: &[u8]) -> Message<'_> {
    cpim::decode(object, 0..object.len()).value
}
