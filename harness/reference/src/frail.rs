//! What hostile input does to an agent with a frailty, told from the octets alone: a table of what it cannot stand, and what becomes
//! of it. An agent without one never looks.

mod input;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::faults::Frailty;
use input::Input;

/// What becomes of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Harm {
    /// It ends.
    Dies,
    /// It does nothing any more.
    Hangs,
    /// It forgets all messages.
    Forgets,
    /// It gets what is at that address, and goes on.
    Fetches(String),
}

/// How an agent looks at input, and what becomes of it where that is so.
type Effect = fn(&Input<'_>) -> Option<Harm>;

/// Lines longer than this do not fit where the frail keep them.
const ROOM: usize = 32 << 10;

/// More than the frail can look at in their way.
const MANY: usize = 500;

/// Deeper than the frail can go.
const DEEP: usize = 100;

/// Octets from which on a compressed body can be anything.
const BOMB: usize = 20_000;

/// To how much the others inflate at most.
const INFLATED: usize = 4 << 20;

const EFFECTS: &[(Frailty, Effect)] = &[
    (Frailty::FetchesExternalEntity, |input| {
        fetches(input, !input.is_composing() && input.has("<!ENTITY e "), "http://")
    }),
    (Frailty::ReadsExternalFile, |input| fetches(input, input.has("<!ENTITY e "), "file://")),
    (Frailty::FetchesParameterEntity, |input| {
        fetches(input, !input.is_composing() && input.has("<!ENTITY % "), "http://")
    }),
    (Frailty::FetchesExternalDtd, |input| {
        fetches(input, !input.is_composing() && input.names_external_subset(), "http://")
    }),
    (Frailty::FollowsXinclude, |input| fetches(input, input.has("<xi:include "), "http://127.")),
    (Frailty::ExpandsNestedEntities, |input| hangs(input.count("<!ENTITY ") > 5)),
    (Frailty::ExpandsLongEntity, |input| hangs(input.count("&e;") > MANY)),
    (Frailty::DiesOnMalformedReport, |input| dies(!input.is_composing() && input.has_broken_document())),
    (Frailty::DiesOnDeepElements, |input| dies(input.count("<a>") > MANY)),
    (Frailty::DiesOnMalformedComposing, |input| dies(input.is_composing() && !input.has("</state>"))),
    (Frailty::FetchesComposingEntity, |input| {
        fetches(input, input.is_composing() && input.has("<!ENTITY "), "http://127.")
    }),
    (Frailty::DiesOnExtremeRefresh, |input| {
        dies(input.between("<refresh>", "</refresh>").is_some_and(|text| text.parse::<u32>().is_err()))
    }),
    (Frailty::DiesOnLongSipHeader, |input| dies(input.head.iter().any(|line| line.len() > ROOM))),
    (Frailty::HangsOnManySipHeaders, |input| hangs(input.head.len() > MANY)),
    (Frailty::DiesOnLongCpimHeader, |input| dies(input.plain_cpim().any(|line| line.len() > ROOM))),
    (Frailty::HangsOnManyCpimHeaders, |input| hangs(input.plain_cpim().count() > MANY)),
    (Frailty::DiesOnLongNamespace, |input| {
        dies(input.cpim.iter().any(|line| line.starts_with("NS:") && line.len() > ROOM))
    }),
    (Frailty::DiesOnLongMessageId, |input| dies(input.message_id().is_some_and(|line| line.len() > ROOM))),
    (Frailty::DiesOnLongMimeHeader, |input| dies(input.entity.iter().any(|line| line.len() > ROOM))),
    (Frailty::DiesOnMissingBoundary, |input| dies(input.lacks_boundary())),
    (Frailty::HangsOnUnterminatedMultipart, |input| {
        hangs(matches!(input.boundaries().as_slice(), [only] if !input.has(&format!("--{only}--"))))
    }),
    (Frailty::HangsOnOverlappingBoundaries, |input| hangs(input.has_overlapping_boundaries())),
    (Frailty::DiesOnNestedMultiparts, |input| {
        dies(input.boundaries().len() > DEEP || input.count("Message/CPIM") > DEEP)
    }),
    (Frailty::DiesOnTruncatedCpim, |input| dies(input.is_truncated_cpim())),
    (Frailty::DiesOnWrongMimeLength, |input| dies(input.claims_wrong_length_of_content())),
    (Frailty::HangsOnShortBody, |input| hangs(input.lengths().is_some_and(|(said, is)| said > is))),
    (Frailty::DiesOnLongBody, |input| dies(input.lengths().is_some_and(|(said, is)| said < is))),
    (Frailty::DiesOnNegativeLength, |input| {
        dies(input.sip("Content-Length").any(|value| value.starts_with('-')))
    }),
    (Frailty::DiesOnHugeLength, |input| {
        dies(
            input
                .sip("Content-Length")
                .any(|value| value.len() > 9 && value.bytes().all(|b| b.is_ascii_digit())),
        )
    }),
    (Frailty::DiesOnGarbage, |input| {
        dies(input.sip("Call-ID").next().is_none() || input.sip("CSeq").next().is_none())
    }),
    (Frailty::InflatesGzipBomb, |input| hangs(input.coding() == Some("gzip") && input.body.len() > BOMB)),
    (Frailty::InflatesDeflateBomb, |input| {
        hangs(input.coding() == Some("deflate") && input.body.len() > BOMB)
    }),
    (Frailty::DiesOnFalseCoding, |input| {
        let coding = input.coding().filter(|_| input.body.len() <= BOMB);
        let result = coding.map(|coding| wire::mime::inflate(coding, input.body, INFLATED));
        dies(matches!(result, Some(Err(_))))
    }),
    (Frailty::ForgetsOnQuote, |input| {
        input.message_id().filter(|id| id.contains('\'')).map(|_| Harm::Forgets)
    }),
    (Frailty::DiesOnFormatString, |input| dies(input.message_id().is_some_and(|id| id.contains("%s")))),
    (Frailty::DiesOnControlCharacters, |input| dies(input.cpim.iter().any(|line| line.contains('\0')))),
];

/// What these octets do to an agent with that frailty.
pub(crate) fn harm(frailty: Frailty, octets: &[u8]) -> Option<Harm> {
    let (_, effect) = EFFECTS.iter().find(|(of, _)| *of == frailty)?;
    effect(&Input::read(octets))
}

/// Gets what is at an address, whoever named it.
pub(crate) async fn fetch(url: String) {
    if let Some(path) = url.strip_prefix("file://") {
        // What stands in the file is of no use; it was read.
        let _ = tokio::fs::read(path).await;
    } else if let Some((host, path)) = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')) {
        let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        if let Ok(mut stream) = TcpStream::connect(host).await {
            // So it was asked for.
            let _ = stream.write_all(request.as_bytes()).await;
            let _ = stream.read(&mut [0; 1024]).await;
        }
    }
}

fn dies(so: bool) -> Option<Harm> {
    so.then_some(Harm::Dies)
}

fn hangs(so: bool) -> Option<Harm> {
    so.then_some(Harm::Hangs)
}

fn fetches(input: &Input<'_>, so: bool, scheme: &str) -> Option<Harm> {
    input.url(scheme).filter(|_| so).map(Harm::Fetches)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SANE: &str = "MESSAGE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: 1\r\n\
                        CSeq: 1 MESSAGE\r\nContent-Type: message/cpim\r\nContent-Length: 105\r\n\r\nFrom: <sip:a@h>\r\nTo: <sip:b@h>\r\n\
                        NS: imdn <urn:x>\r\nimdn.Message-ID: 1\r\n\r\nContent-Type: text/plain\r\n\r\nHello";

    #[test]
    fn nobody_suffers_from_what_is_sane() {
        for (frailty, _) in EFFECTS {
            assert_eq!(harm(*frailty, SANE.as_bytes()), None, "{frailty:?}");
        }
    }

    #[test]
    fn the_frail_suffer() {
        let entity = SANE.replace(
            "Hello",
            r#"<!DOCTYPE imdn [<!ENTITY e SYSTEM "http://127.0.0.1:1/x">]><imdn>&e;</imdn>"#,
        );
        let table = [
            (Frailty::FetchesExternalEntity, entity, Harm::Fetches("http://127.0.0.1:1/x".into())),
            (
                Frailty::DiesOnLongMessageId,
                SANE.replace("ID: 1", &format!("ID: {}", "1".repeat(50_000))),
                Harm::Dies,
            ),
            (Frailty::HangsOnShortBody, SANE.replace(": 105", ": 106"), Harm::Hangs),
            (Frailty::DiesOnLongBody, SANE.replace(": 105", ": 1"), Harm::Dies),
            (
                Frailty::DiesOnTruncatedCpim,
                SANE.replace("Content-Type: text/plain\r\n\r\nHello", ""),
                Harm::Dies,
            ),
            (Frailty::DiesOnGarbage, "MESSAGE\r\n\r\n".into(), Harm::Dies),
            (Frailty::ForgetsOnQuote, SANE.replace("ID: 1", "ID: '"), Harm::Forgets),
        ];
        for (frailty, input, expected) in table {
            assert_eq!(harm(frailty, input.as_bytes()), Some(expected), "{frailty:?}");
        }
    }
}
