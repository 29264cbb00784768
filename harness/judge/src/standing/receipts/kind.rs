//! What a receipt is about, and what a message asks for.

use record::Transport;
use wire::profile::{Profile, RequestValue};

use crate::capture::{Line, View};
use crate::standing::document::element;

/// What a receipt says became of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// It was delivered.
    Positive,
    /// It was not delivered.
    Negative,
    /// It was read.
    Read,
    /// Whether it was read is not known.
    Uncertain,
}

/// The words of a request for receipts.
pub(super) const POSITIVE: &str = "positive-delivery";
pub(super) const NEGATIVE: &str = "negative-delivery";
pub(super) const READ: &str = "read";

/// The status of a read receipt where it cannot be told whether the message was read (3.3).
pub(super) const UNCERTAIN: &str = "485";

impl Kind {
    /// What a document says, as far as it says anything.
    pub(super) fn of(view: &View<'_>) -> Option<Self> {
        let status = value(view, view.profile.report.roles.status?)?;
        match value(view, view.profile.report.roles.disposition)?.to_ascii_lowercase().as_str() {
            "read" if status == UNCERTAIN => Some(Self::Uncertain),
            "read" => Some(Self::Read),
            "delivery" if is_success(status) => Some(Self::Positive),
            "delivery" if is_failure(status) => Some(Self::Negative),
            _ => None,
        }
    }

    /// The word that asks for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Positive => POSITIVE,
            Self::Negative => NEGATIVE,
            Self::Read | Self::Uncertain => READ,
        }
    }
}

/// Whether a status says that all went well (I-45).
pub(super) fn is_success(status: &str) -> bool {
    status.len() == 3 && status.starts_with('2') && status.bytes().all(|octet| octet.is_ascii_digit())
}

/// Whether a status is the code of a failure, of SIP or another one (I-45).
pub(super) fn is_failure(status: &str) -> bool {
    matches!(status.as_bytes(), [b'3'..=b'6', b'0'..=b'9', b'0'..=b'9'])
}

/// The text of an element, whatever else is wrong with the document.
pub(super) fn value<'v>(view: &'v View<'_>, name: &str) -> Option<&'v str> {
    Some(element(view, view.document.as_ref()?, name)?.trimmed())
}

/// Whether a receipt is a read receipt; where it does not say so, whether it can be nothing else.
pub(super) fn is_read(view: &View<'_>, subject: Option<&View<'_>>) -> bool {
    match value(view, view.profile.report.roles.disposition).map(str::to_ascii_lowercase).as_deref() {
        Some("read") => true,
        Some("delivery") => false,
        _ => subject.is_some_and(|subject| asked(subject) == [READ]),
    }
}

/// Every line of that local name, with whatever prefix.
pub(super) fn named<'a>(view: &View<'a>, name: &str) -> Vec<Line<'a>> {
    view.lines().into_iter().filter(|line| line.local == name).collect()
}

/// Every line that asks for receipts, by the right name or, where there is none, by one that means nothing (I-39).
pub(super) fn requests<'a>(view: &View<'a>) -> Vec<Line<'a>> {
    let right = named(view, view.profile.headers.request);
    let others = || view.profile.headers.undefined.iter().flat_map(|name| named(view, name)).collect();
    if right.is_empty() { others() } else { right }
}

/// The words of a request, in lower case and in their order, however they are parted.
pub(super) fn words(lines: &[Line<'_>]) -> Vec<String> {
    let parted = |line: &Line<'_>| {
        let text = line.text().to_ascii_lowercase();
        let words = text.split([',', ';', ' ', '\t', '\r', '\n']).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect::<Vec<_>>()
    };
    lines.iter().flat_map(parted).collect()
}

/// What a message asks for.
pub(super) fn asked(view: &View<'_>) -> Vec<String> {
    words(&named(view, view.profile.headers.request))
}

/// The words that a request may hold.
pub(super) fn known(profile: &Profile) -> &'static [&'static str] {
    match profile.headers.request_value {
        RequestValue::Words(words) | RequestValue::WordsWithParameters(words) => words,
        RequestValue::Nothing => &[],
    }
}

/// Whether a message travelled in an MSRP session.
pub(super) fn in_session(view: &View<'_>) -> bool {
    view.message.transport == Transport::Msrp
}
