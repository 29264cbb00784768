//! Dates: RFC 3339 timestamps as CPIM and IMDN write them, and the Date header of SIP.
//!
//! The calendar is the `time` crate's. What it refuses, or takes although the document demands otherwise, is named
//! here as a deviation and, where the meaning is plain, read all the same.

use ::time::format_description::BorrowedFormatItem;
use ::time::format_description::well_known::Rfc3339;
use ::time::macros::format_description;
use ::time::{OffsetDateTime, PrimitiveDateTime, UtcOffset, error::Format};

use crate::deviation::{Decoded, Deviation, Rule, Span};

/// The rules of this codec.
pub mod rule {
    crate::mime::rules! {
        MALFORMED: "time.malformed", "A timestamp has the form date-time and names a day and time that exist.", "RFC 3339 5.6, 5.7";
        PADDED: "time.padded", "No white space surrounds a timestamp.", "RFC 3339 5.6";
        SEPARATOR: "time.separator", "The letter T parts date and time.", "RFC 3339 5.6";
        LOWER_CASE: "time.lower-case", "Generators use upper case T and Z.", "RFC 3339 5.6 NOTE";
        FRACTION_EMPTY: "time.fraction-empty", "At least one digit follows the full stop of a fraction.", "RFC 3339 5.6";
        LEAP_SECOND: "time.leap-second", "Second 60 stands only at the end of a month in UTC.", "RFC 3339 5.7";
        OFFSET_MISSING: "time.offset-missing", "A timestamp ends in Z or a numeric offset.", "RFC 3339 5.6";
        OFFSET_HOUR_ONLY: "time.offset-hour-only", "A numeric offset has hours and minutes.", "RFC 3339 5.6";
        OFFSET_FORM: "time.offset-form", "A numeric offset is a sign, two digits, a colon and two digits.", "RFC 3339 5.6";
        NOT_UTC: "time.not-utc", "The time is given in UTC.", "draft-burger-simple-imdn-03 10.6";
        OFFSET_UNKNOWN: "time.offset-unknown", "UTC is written Z or +00:00; -00:00 says that the local offset is unknown.", "RFC 3339 4.3";
        SIP_DATE: "time.sip-date", "Date is an rfc1123-date in GMT with the right day of the week.", "RFC 3261 20.17, 25.1";
    }
}
pub use rule::RULES;

/// How a timestamp relates to UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// `Z` or `+00:00`.
    Utc,
    /// `-00:00`: the instant is known, the local offset is not (RFC 3339 section 4.3).
    Unknown,
    /// Another numeric offset.
    Local,
    /// None is written; the instant was read as if in UTC.
    Missing,
}

/// A timestamp that could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timestamp {
    /// The instant, in the offset that is written; a leap second is the last nanosecond before it.
    pub instant: OffsetDateTime,
    /// How it relates to UTC.
    pub zone: Zone,
    /// Whether second 60 is written.
    pub leap_second: bool,
}

/// Reads an RFC 3339 `date-time`. The value is `None` if no instant can be told from the octets.
pub fn decode(octets: &[u8], within: Span) -> Decoded<Option<Timestamp>> {
    let mut reader = Reader { deviations: Vec::new() };
    let value = reader.read(octets, within);
    Decoded { value, deviations: reader.deviations }
}

/// Reads an RFC 3339 `date-time` that has to be in UTC, as `disposition-time` has (I-24).
pub fn decode_utc(octets: &[u8], within: Span) -> Decoded<Option<Timestamp>> {
    let mut decoded = decode(octets, within.clone());
    let broken = match decoded.value.map(|timestamp| timestamp.zone) {
        Some(Zone::Local) => Some(&rule::NOT_UTC),
        Some(Zone::Unknown) => Some(&rule::OFFSET_UNKNOWN),
        _ => None,
    };
    decoded.deviations.extend(broken.map(|rule| Deviation::new(within, rule)));
    decoded
}

/// Writes an RFC 3339 `date-time`; UTC becomes `Z`.
///
/// # Errors
/// The year is outside 0..=9999, or the offset has seconds.
pub fn encode(instant: OffsetDateTime) -> Result<String, Format> {
    instant.format(&Rfc3339)
}

const SIP_DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// Reads a SIP `Date` value (RFC 3261 section 20.17). Any departure from the one admissible spelling is a deviation.
pub fn decode_sip_date(octets: &[u8], within: Span) -> Decoded<Option<OffsetDateTime>> {
    let text = slice(octets, &within).trim_ascii();
    let parsed =
        std::str::from_utf8(text).ok().and_then(|text| PrimitiveDateTime::parse(text, SIP_DATE).ok());
    let value = parsed.map(PrimitiveDateTime::assume_utc);
    let exact = value.and_then(|date| encode_sip_date(date).ok()).is_some_and(|date| date.as_bytes() == text);
    let deviations = if exact { Vec::new() } else { vec![Deviation::new(within, &rule::SIP_DATE)] };
    Decoded { value, deviations }
}

/// Writes a SIP `Date` value, for example `Sat, 13 Nov 2010 23:29:00 GMT`.
///
/// # Errors
/// The year has more than four digits.
pub fn encode_sip_date(instant: OffsetDateTime) -> Result<String, Format> {
    instant.to_offset(UtcOffset::UTC).format(SIP_DATE)
}

fn slice<'a>(octets: &'a [u8], span: &Span) -> &'a [u8] {
    octets.get(span.clone()).unwrap_or_default()
}

struct Reader {
    deviations: Vec<Deviation>,
}

impl Reader {
    fn read(&mut self, octets: &[u8], within: Span) -> Option<Timestamp> {
        let raw = slice(octets, &within);
        let start = within.start + (raw.len() - raw.trim_ascii_start().len());
        let Ok(text) = std::str::from_utf8(raw.trim_ascii()) else {
            return self.refuse(within, "not UTF-8");
        };
        if text.len() != raw.len() {
            self.note(within.clone(), &rule::PADDED);
        }
        if text.as_bytes().get(10) == Some(&b'T')
            && !text.ends_with('z')
            && let Ok(instant) = OffsetDateTime::parse(text, &Rfc3339)
        {
            return Some(timestamp(instant, text, false));
        }
        let Some((repaired, missing)) = self.repair(text, start) else {
            return self.refuse(within, "");
        };
        match OffsetDateTime::parse(&repaired, &Rfc3339) {
            Ok(instant) => Some(timestamp(instant, &repaired, missing)),
            Err(error) => self.without_leap_second(&repaired, missing, &within).or_else(|| {
                self.deviations.push(Deviation::with_detail(within, &rule::MALFORMED, error.to_string()));
                None
            }),
        }
    }

    /// The strict spelling of `text`, and whether its zone is missing.
    fn repair(&mut self, text: &str, start: usize) -> Option<(String, bool)> {
        let (date, rest) = text.split_at_checked(10)?;
        match rest.bytes().next()? {
            b'T' => {}
            b't' => self.note(start + 10..start + 11, &rule::LOWER_CASE),
            b' ' | b'_' => self.note(start + 10..start + 11, &rule::SEPARATOR),
            _ => return None,
        }
        let rest = rest.get(1..)?;
        let zone_at = rest.find(['Z', 'z', '+', '-', ' ']).unwrap_or(rest.len());
        let (clock, zone) = rest.split_at(zone_at);
        let zone_span = start + 11 + zone_at..start + text.len();
        let clock = match clock.strip_suffix('.') {
            Some(clock) => {
                self.note(zone_span.start - 1..zone_span.start, &rule::FRACTION_EMPTY);
                clock
            }
            None => clock,
        };
        let offset = self.repair_zone(zone, zone_span)?;
        Some((format!("{date}T{clock}{offset}"), zone.is_empty()))
    }

    fn repair_zone(&mut self, zone: &str, span: Span) -> Option<String> {
        match zone {
            "Z" => return Some("Z".to_owned()),
            "z" => {
                self.note(span, &rule::LOWER_CASE);
                return Some("Z".to_owned());
            }
            "" => {
                self.note(span, &rule::OFFSET_MISSING);
                return Some("Z".to_owned());
            }
            _ => {}
        }
        let (sign, digits) = zone.split_at_checked(1).filter(|(sign, _)| matches!(*sign, "+" | "-"))?;
        let (hours, minutes) = match digits.split_once(':') {
            Some(parts) => parts,
            None if digits.len() <= 2 => (digits, ""),
            None => digits.split_at_checked(digits.len() - 2)?,
        };
        let number =
            |text: &str| text.bytes().all(|octet| octet.is_ascii_digit()).then(|| text.parse().unwrap_or(0));
        let (hour, minute): (u8, u8) = (number(hours)?, number(minutes)?);
        if hours.is_empty() || hours.len() > 2 || minutes.len() > 2 {
            return None;
        }
        let strict = format!("{sign}{hour:02}:{minute:02}");
        if minutes.is_empty() {
            self.note(span, &rule::OFFSET_HOUR_ONLY);
        } else if strict != zone {
            self.note(span, &rule::OFFSET_FORM);
        }
        Some(strict)
    }

    fn without_leap_second(&mut self, strict: &str, missing: bool, within: &Span) -> Option<Timestamp> {
        let (head, tail) = (strict.get(..17)?, strict.get(17..)?.strip_prefix("60")?);
        let instant = OffsetDateTime::parse(&format!("{head}59{tail}"), &Rfc3339).ok()?;
        self.note(within.clone(), &rule::LEAP_SECOND);
        Some(Timestamp { leap_second: true, ..timestamp(instant, strict, missing) })
    }

    fn note(&mut self, span: Span, rule: &'static Rule) {
        self.deviations.push(Deviation::new(span, rule));
    }

    fn refuse(&mut self, span: Span, detail: &str) -> Option<Timestamp> {
        self.deviations.push(Deviation::with_detail(span, &rule::MALFORMED, detail));
        None
    }
}

/// `strict` is the spelling that was parsed.
fn timestamp(instant: OffsetDateTime, strict: &str, missing: bool) -> Timestamp {
    let zone = match strict {
        _ if missing => Zone::Missing,
        _ if strict.ends_with("-00:00") => Zone::Unknown,
        _ if instant.offset().is_utc() => Zone::Utc,
        _ => Zone::Local,
    };
    Timestamp { instant, zone, leap_second: strict.get(17..19) == Some("60") }
}

#[cfg(test)]
#[path = "time_tests.rs"]
mod tests;
