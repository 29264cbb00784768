//! What can go wrong with a message that asks for notifications of RFC 5438: one function for each defect that shows in what
//! is written.

use super::lines::{Lines, folded};
use super::notification::unbracketed;
use super::receipt::contact;
use super::{Conduct, Flaw};
use crate::carrier::Mode;
use crate::common::draft::{ContentHeaders, Draft};
use crate::notifications::letter::Letter;
use crate::notifications::marks::{MESSAGE_ID, PREFIX, REQUEST, URN, prefixed};
use crate::notifications::wanted::{Kind, words};

type InMessage = fn(&mut Draft, &Letter);
type InLines = fn(&mut Lines, &Letter);

/// Defects of the message around its headers.
static MESSAGES: [(Flaw, InMessage); 8] = [
    (Flaw::MergedHeaderBlocks, |draft, _| draft.object = draft.object.clone().without_separator()),
    (Flaw::HeadersBeforeBareText, |draft, letter| {
        if !letter.kinds.is_empty() {
            draft.headers = ContentHeaders::Missing;
        }
    }),
    (Flaw::RequestAmongMimeHeaders, |draft, letter| {
        if !letter.kinds.is_empty() {
            let mut line = Vec::new();
            Lines::edit(&mut draft.object, |lines| line = lines.take(&request()));
            draft.headers = ContentHeaders::And(String::from_utf8_lossy(&line).into_owned());
        }
    }),
    (Flaw::ContentTypeOmittedForText, |draft, letter| {
        if letter.written.content_type.starts_with("text/plain") {
            draft.headers = ContentHeaders::Untyped;
        }
    }),
    (Flaw::ContentLengthOffByOne, |draft, _| draft.excess = 1),
    (Flaw::NotificationOnIm, |draft, _| draft.disposition = Some("notification")),
    (Flaw::ContactInMessage, |draft, letter| {
        if letter.mode == Mode::Page {
            draft.sip_headers.push(contact(&letter.from));
        }
    }),
    (Flaw::InnerContentTypeLine, |draft, _| {
        Lines::edit(&mut draft.object, |lines| lines.prepend("Content-type: Message/CPIM\r\n\r\n"));
    }),
];

/// Defects of the headers of RFC 5438.
static MARKS: [(Flaw, InLines); 23] = [
    (Flaw::DraftNamespace, |lines, _| {
        lines.change("NS", |line| line.replace(URN, "urn:ietf:params:cpim-headers:imdn"));
    }),
    (Flaw::BareMessageId, |lines, _| lines.change(&id(), |line| line.replacen(&id(), MESSAGE_ID, 1))),
    (Flaw::MessageIdCase, |lines, _| lines.change(&id(), |line| line.replacen("-ID", "-Id", 1))),
    (Flaw::DoubledMessageId, |lines, _| lines.double(&id())),
    (Flaw::RequestWithoutDatetime, |lines, letter| {
        if !letter.kinds.is_empty() {
            lines.remove("DateTime");
        }
    }),
    (Flaw::NegativeAsFailed, |lines, letter| reword(lines, letter, Kind::NegativeDelivery, "failed")),
    (Flaw::PositiveAsDelivered, |lines, letter| reword(lines, letter, Kind::PositiveDelivery, "delivered")),
    (Flaw::ProcessingAsProcessed, |lines, letter| reword(lines, letter, Kind::Processing, "processed")),
    (Flaw::DisplayAsRead, |lines, letter| reword(lines, letter, Kind::Display, "read")),
    (Flaw::SemicolonList, |lines, letter| ask(lines, &words(&letter.kinds, "; "))),
    (Flaw::OneKindOnly, |lines, letter| {
        ask(lines, &words(&letter.kinds[letter.kinds.len().saturating_sub(1)..], ", "));
    }),
    (Flaw::TrailingComma, |lines, letter| ask(lines, &(words(&letter.kinds, ", ") + ","))),
    (Flaw::ListDropsRequest, |lines, letter| {
        if letter.recipients.len() > 1 {
            lines.remove(&request());
        }
    }),
    (Flaw::SlashInPrefix, |lines, _| rename(lines, "org/imdn")),
    (Flaw::DottedPrefix, |lines, _| rename(lines, "org.imdn")),
    (Flaw::FoldExtensionHeaders, |lines, _| lines.change(PREFIX, folded)),
    // The binding that counts is the one below.
    (Flaw::SchemeLessNamespace, |lines, _| twice(lines, "imdn")),
    (Flaw::FragmentInNamespace, |lines, _| twice(lines, &format!("{URN}#{MESSAGE_ID}"))),
    (Flaw::NsAfterUse, |lines, _| {
        let line = lines.take("NS");
        lines.push(line);
    }),
    (Flaw::NsWithoutBrackets, |lines, _| lines.change("NS", unbracketed)),
    (Flaw::RequiredSpelling, |lines, _| {
        lines.change("Require", |line| line.replacen("Require", "Required", 1));
    }),
    (Flaw::RequireAlways, |lines, letter| {
        if letter.kinds.is_empty() {
            lines.push(format!("NS: {PREFIX} <{URN}>\r\nRequire: {}\r\n", request()));
        }
    }),
    (Flaw::DatetimeOneCapital, |lines, letter| {
        if letter.is_required {
            lines.change("DateTime", |line| line.replacen("DateTime", "Datetime", 1));
        }
    }),
];

/// Defects of the headers of RFC 3862.
static CORE: [(Flaw, InLines); 29] = [
    (Flaw::SpaceBeforeColon, |lines, _| lines.change("Subject", |line| line.replacen(':', " :", 1))),
    (Flaw::FoldAt78, |lines, _| {
        lines.change_all(|line| if line.starts_with(PREFIX) { line.to_owned() } else { folded(line) })
    }),
    (Flaw::ToListOnOneLine, |lines, letter| {
        lines.join("To");
        if let ([], Some(uri)) = (&letter.recipients[..], letter.written.cc.first()) {
            lines.change("To", |line| format!("{}, <{uri}>\r\n", line.trim_end()));
        }
    }),
    (Flaw::CcListOnOneLine, |lines, _| lines.join("cc")),
    (Flaw::TrailingSpace, |lines, letter| {
        if letter.written.subjects.iter().any(|subject| subject.text.ends_with(' ')) {
            lines.change("Subject", |line| format!("{} \r\n", line.trim_end()));
        }
    }),
    (Flaw::Rfc2047Subject, |lines, _| {
        subject(lines, |text| {
            let usual = text.chars().all(|character| character < '\u{fffd}');
            (usual && !text.is_ascii()).then(|| encoded_word(text))
        })
    }),
    (Flaw::BareLf, |lines, _| lines.change_all(|line| line.replace("\r\n", "\n"))),
    (Flaw::RawTabInSubject, |lines, _| subject(lines, |text| Some(text.replace("\\t", "\t")))),
    (Flaw::PercentEscape, |lines, _| subject(lines, |text| Some(text.replace("\\t", "%09")))),
    (Flaw::TwoSpacesAfterColon, |lines, _| lines.change("Subject", |line| line.replacen(' ', "  ", 1))),
    (Flaw::RawDel, |lines, _| subject(lines, |text| Some(text.replace("\\u007f", "\u{7f}")))),
    (Flaw::BackslashUnescaped, |lines, _| subject(lines, |text| Some(text.replace("\\\\", "\\")))),
    (Flaw::DoubledQuotes, |lines, _| lines.change("From", |line| line.replace("\\\"", "\"\""))),
    (Flaw::EscapedDelimiters, |lines, _| {
        let is_plain = |line: &str| !line.contains("\\\"");
        lines.change("From", |line| if is_plain(line) { line.replace('"', "\\\"") } else { line.to_owned() });
    }),
    (Flaw::TwoDigitEscape, |lines, _| {
        subject(lines, |text| Some(text.replace("\\u001b", "\\x1b").replace("\\u000b", "\\x0b")))
    }),
    (Flaw::EscapeNonAscii, |lines, _| {
        subject(lines, |text| {
            let escaped = |character: char| match character {
                '\u{a0}'..='\u{ff}' => format!("\\u{:04x}", u32::from(character)),
                _ => character.to_string(),
            };
            text.contains('\'').then(|| text.chars().map(escaped).collect())
        })
    }),
    (Flaw::CapitalCc, |lines, _| {
        if lines.count("cc") == 1 {
            lines.change("cc", |line| line.replacen("cc", "Cc", 1));
        }
    }),
    (Flaw::CapitalLang, |lines, _| lines.change("Subject", |line| line.replacen(";lang=", ";Lang=", 1))),
    (Flaw::SpaceBeforeLang, |lines, _| {
        lines.change("Subject", |line| line.replacen(":;lang=", ": ;lang=", 1))
    }),
    (Flaw::NeverLang, |lines, _| {
        lines.change("Subject", |line| match (line.strip_prefix("Subject:;"), line.split_once(' ')) {
            (Some(_), Some((_, text))) => format!("Subject: {text}"),
            _ => line.to_owned(),
        });
    }),
    (Flaw::UnquotedSeparators, |lines, _| {
        lines.change("From", |line| match line.contains('(') {
            true => line.replace('"', ""),
            false => line.to_owned(),
        });
    }),
    (Flaw::AddressWithoutScheme, |lines, _| lines.change("From", |line| line.replacen("<sip:", "<", 1))),
    (Flaw::CesuEmoji, |lines, _| {
        lines.change_octets("Subject", |line| {
            let text = String::from_utf8_lossy(line);
            if text.contains('\u{fffd}') { cesu(&text) } else { line.to_vec() }
        })
    }),
    (Flaw::FromWithTag, |lines, _| {
        lines.change("From", |line| format!("{};tag=8a7b6c\r\n", line.trim_end()))
    }),
    (Flaw::ToWithoutBrackets, |lines, _| lines.change("To", unbracketed)),
    (Flaw::AddressWithoutBrackets, |lines, letter| {
        if letter.recipients.len() > 1 {
            lines.change("To", unbracketed);
        }
    }),
    (Flaw::LastToWins, |lines, letter| {
        if letter.recipients.len() > 1 {
            lines.join("To");
        }
    }),
    (Flaw::DatetimeWithoutZone, |lines, _| lines.change("DateTime", |line| line.replace('Z', ""))),
    (Flaw::LocalTimeMarkedUtc, |lines, _| lines.change("DateTime", an_hour_later)),
];

/// Spoils a message that is otherwise complete.
pub(crate) fn spoil(conduct: Conduct, draft: &mut Draft, letter: &Letter) {
    let Some(flaw) = conduct.flaw() else { return };
    if let Some((_, spoil)) = MESSAGES.iter().find(|(own, _)| *own == flaw) {
        spoil(draft, letter);
    }
    if let Some((_, spoil)) = MARKS.iter().chain(&CORE).find(|(own, _)| *own == flaw) {
        Lines::edit(&mut draft.object, |lines| spoil(lines, letter));
    }
}

/// Whether the message goes without a Message-ID, although it asks for something.
pub(crate) fn is_nameless(conduct: Conduct, letter: &Letter) -> bool {
    match conduct.flaw() {
        Some(Flaw::MessageIdMissingOnLists) => letter.kinds.len() > 1,
        Some(Flaw::MessageIdOnlyForDelivery) => {
            matches!(letter.kinds[..], [Kind::Display | Kind::Processing])
        }
        _ => false,
    }
}

fn id() -> String {
    prefixed(MESSAGE_ID)
}

fn request() -> String {
    prefixed(REQUEST)
}

fn ask(lines: &mut Lines, value: &str) {
    lines.change(&request(), |_| format!("{}: {value}\r\n", request()));
}

/// Another word in place of one of those that were chosen.
fn reword(lines: &mut Lines, letter: &Letter, kind: Kind, word: &str) {
    let words = letter.kinds.iter().map(|own| if *own == kind { word } else { own.word() });
    ask(lines, &words.collect::<Vec<_>>().join(", "));
}

/// Another prefix, wherever it stands.
fn rename(lines: &mut Lines, prefix: &str) {
    lines.change("NS", |line| line.replacen(PREFIX, prefix, 1));
    lines.change(PREFIX, |line| line.replacen(PREFIX, prefix, 1));
    lines.change("Require", |line| line.replacen(PREFIX, prefix, 1));
}

/// The prefix bound to something else, and below to what it should be.
fn twice(lines: &mut Lines, uri: &str) {
    lines.change("NS", |line| format!("NS: {PREFIX} <{uri}>\r\n{line}"));
}

/// Another text of each subject, where there is one.
fn subject(lines: &mut Lines, text: impl Fn(&str) -> Option<String>) {
    lines.change("Subject", |line| {
        let Some((name, value)) = line.trim_end_matches("\r\n").split_once(' ') else {
            return line.to_owned();
        };
        text(value).map_or_else(|| line.to_owned(), |value| format!("{name} {value}\r\n"))
    });
}

/// The text as mail has it (RFC 2047 section 2).
fn encoded_word(text: &str) -> String {
    let octets = text.bytes().map(|octet| match octet {
        b' ' => "_".to_owned(),
        _ if octet.is_ascii_alphanumeric() => char::from(octet).to_string(),
        _ => format!("={octet:02X}"),
    });
    format!("=?utf-8?Q?{}?=", octets.collect::<String>())
}

/// The text with each half of a surrogate pair in three octets.
fn cesu(text: &str) -> Vec<u8> {
    let octets = |unit: u16| {
        let bits = |shift: u32| u8::try_from(u32::from(unit) >> shift & 0x3f).unwrap_or_default();
        [0xe0 | bits(12), 0x80 | bits(6), 0x80 | bits(0)]
    };
    let mut out = Vec::new();
    for character in text.chars() {
        let mut units = [0; 2];
        match character.encode_utf16(&mut units) {
            [high, low] => out.extend([octets(*high), octets(*low)].concat()),
            _ => out.extend(character.to_string().into_bytes()),
        }
    }
    out
}

/// The same time of day in the next zone, marked as if it were UTC.
fn an_hour_later(line: &str) -> String {
    let value = line.trim_start_matches("DateTime: ").trim_end();
    let read = wire::time::decode(value.as_bytes(), 0..value.len()).value;
    let later = read.map(|read| read.instant.saturating_add(time::Duration::hours(1)));
    later.map_or_else(|| line.to_owned(), |later| format!("DateTime: {}\r\n", crate::clock::timestamp(later)))
}
