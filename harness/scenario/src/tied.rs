//! What ties a scenario to SIP, so that it says nothing about messages in sessions.

use ledger::{Document, Family};

use crate::model::{Answer, ExpectedAnswer, Send, Step, Template};
use crate::strict::{Content, Node};
use crate::text::{Segment, Text};

/// Whether a step does something that only SIP knows.
type Sign = fn(&Step) -> bool;

/// Signs in steps, in the words of the reason.
const SIGNS: &[(&str, Sign)] = &[
    ("it sends octets of its own", |step| matches!(step, Step::Raw(_))),
    ("it edits SIP header lines", |step| sends(step, |send| !send.sip.is_empty())),
    ("it sends messages without CPIM", |step| sends(step, |send| send.message == Template::Plain)),
    ("it sends OPTIONS", |step| sends(step, |send| send.message == Template::Options)),
    ("it retransmits a request", |step| sends(step, |send| send.message == Template::Again)),
    ("it wants statuses that only SIP has", |step| {
        sends(step, |send| send.answer.as_ref().is_some_and(wants_statuses_of_sip))
    }),
    ("its peers give answers that only SIP has", |step| {
        matches!(step, Step::Answer(Answer { status: 100..=199 | 300..=399, .. }))
    }),
];

/// The sign in texts.
const SELECTOR: &str = "it refers to parts of SIP messages";

/// Of the RFCs: a mechanism for session mode is announced, and left out.
const LEFT_OUT: &str = "RFC 5438 leaves sessions out (R-38)";

/// Of robustness: what is tried so far.
const IN_PAGES: &str = "robustness is tried in SIP MESSAGE";

/// Why a scenario says nothing about sessions, if so. Its steps are given as values and as they stand in the file.
pub(crate) fn reason(document: Document, steps: &[Step], node: &Node) -> Option<String> {
    match document.family() {
        Family::Rfcs => Some(LEFT_OUT.to_owned()),
        Family::Robustness => Some(IN_PAGES.to_owned()),
        Family::Drafts => to_sip(steps, node).map(|tie| format!("it looks at SIP itself: {tie}")),
    }
}

/// What ties a scenario to SIP, if anything does.
fn to_sip(steps: &[Step], node: &Node) -> Option<&'static str> {
    let steps = Step::all(steps);
    let sign = SIGNS.iter().find(|(_, sign)| steps.iter().any(|step| sign(step)));
    sign.map(|(words, _)| *words).or_else(|| selects_sip(node).then_some(SELECTOR))
}

/// What a step says of its own mode outweighs every sign.
fn sends(step: &Step, has: impl Fn(&Send) -> bool) -> bool {
    matches!(step, Step::Send(send) if send.mode.is_none() && has(send))
}

/// Whether nothing that MSRP can answer is right (RFC 4975 section 10).
fn wants_statuses_of_sip(answer: &ExpectedAnswer) -> bool {
    let has =
        |pattern: &String| pattern.parse::<u16>().is_ok_and(|status| wire::msrp::comment(status).is_empty());
    !answer.is.is_empty() && answer.is.iter().all(has)
}

/// Whether `that` or a `${…}` anywhere below selects a part of a SIP message.
fn selects_sip(node: &Node) -> bool {
    let refers = matches!(&node.content, Content::Text(text) if refers_to_sip(text));
    let entries = node.entries().iter();
    refers
        || node.items().iter().any(selects_sip)
        || entries.clone().any(|entry| entry.key == "that" && is_of_sip(&entry.value))
        || entries.clone().any(|entry| selects_sip(&entry.value))
}

fn is_of_sip(node: &Node) -> bool {
    matches!(&node.content, Content::Text(text) if text.starts_with("sip."))
}

fn refers_to_sip(text: &str) -> bool {
    let text = Text(text.to_owned());
    let of_sip = |segment: &Segment<'_>| matches!(segment, Segment::Reference { selector: Some(selector), .. } if selector.starts_with("sip."));
    text.segments().is_ok_and(|segments| segments.iter().any(of_sip))
}
