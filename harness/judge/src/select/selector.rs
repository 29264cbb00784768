//! The selectors of `docs/architecture.md` on messages, parties and replies.

use serde_json::Value as Json;
use wire::document::{Document, Element};
use wire::profile::Content;
use wire::{msrp, sip as rfc3261};

use super::value::{Value, plain};
use crate::capture::{Carrier, Field, Line, Message, Place, View};

/// A selector that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{selector}` selects nothing of {of}: {hint}")]
pub struct BadSelector {
    /// The selector.
    pub selector: String,
    /// What it was used on.
    pub of: &'static str,
    /// What to write instead.
    pub hint: &'static str,
}

type Select = fn(&View<'_>, &str) -> Option<Vec<Value>>;

/// Selectors by their first word; the function gets the rest, and gives `None` where that means nothing.
const WORDS: &[(&str, Select)] = &[
    ("sip", sip),
    ("msrp", msrp),
    ("outer", outer),
    ("cpim", |view, name| Some(lines(view, view.core(name)))),
    ("imdn", |view, name| Some(lines(view, view.extension(name)))),
    ("entity", entity),
    ("content", content),
    ("document", document),
];

/// What kind of report a document is, where it has an element for each kind.
const KIND: &str = "notification";

/// What begins a selector that an enclosed object has not.
const OF_THE_WHOLE: &[&str] = &["sip.", "msrp.", "outer.", "inner."];

/// Whether a selector is about SIP and the message came by MSRP, or the other way round: there is nothing to judge then.
pub(crate) fn is_of_other_carrier(selector: &str, message: &Message) -> bool {
    match selector.split_once('.') {
        Some(("sip", _)) => message.piece().is_some(),
        Some(("msrp", _)) => message.piece().is_none(),
        _ => false,
    }
}

/// What a selector gives of a message; nothing where it has no such part.
///
/// # Errors
/// The selector is none of a message.
pub fn of_message(view: &View<'_>, selector: &str) -> Result<Vec<Value>, BadSelector> {
    let bad = || BadSelector {
        selector: selector.to_owned(),
        of: "a message",
        hint: "write `sip.…`, `msrp.…`, `outer.type`, `outer.method`, `cpim.…`, `imdn.…`, `entity.…`, `content.type`, \
               `content.text`, `document.…` or `id`, with `inner.` in front for the innermost CPIM object",
    };
    if let Some(rest) = selector.strip_prefix("inner.") {
        return if OF_THE_WHOLE.iter().any(|word| rest.starts_with(word)) {
            Err(bad())
        } else {
            of_innermost(view, rest)
        };
    }
    if selector == "id" {
        return Ok(lines(view, view.extension(view.profile.headers.message_id)));
    }
    let (word, rest) = selector.split_once('.').ok_or_else(bad)?;
    let (_, select) = WORDS.iter().find(|(name, _)| *name == word).ok_or_else(bad)?;
    select(view, rest).ok_or_else(bad)
}

/// What a selector gives of the innermost CPIM object; the message's own is that where it encloses none.
fn of_innermost(view: &View<'_>, selector: &str) -> Result<Vec<Value>, BadSelector> {
    match view.innermost() {
        Some(inner) => of_message(&View::new(&inner, view.profile), selector),
        None => of_message(view, selector),
    }
}

/// What a selector gives of a party (`uri`, `address`, …) or of a reply (its members).
pub fn of_object(object: &Json, selector: &str) -> Vec<Value> {
    match object.get(selector) {
        Some(Json::Null) => Vec::new(),
        Some(Json::Array(entries)) => entries.iter().map(Value::json).collect(),
        Some(value) => vec![Value::json(value)],
        None if selector == "address" => {
            object.get("uri").map(|uri| Value::text(format!("<{}>", plain(uri)))).into_iter().collect()
        }
        None => Vec::new(),
    }
}

fn lines(view: &View<'_>, lines: Vec<Line<'_>>) -> Vec<Value> {
    let value = |line: &Line<'_>| Value::at(line.text(), view.message.in_body(line.value.clone()));
    lines.iter().map(value).collect()
}

fn sip(view: &View<'_>, name: &str) -> Option<Vec<Value>> {
    let Carrier::Sip(sip) = &view.carrier else { return known(name) };
    let start = |text: Option<&[u8]>| text.map(|text| Value::at(lossy(text), start_line(view)));
    let one = |value: Option<Value>| Some(value.into_iter().collect());
    match name {
        "method" => one(start(sip.method().map(|method| method.0))),
        "status" => one(start(sip.status().map(|status| status.to_string()).as_deref().map(str::as_bytes))),
        "reason" => one(start(sip.reason())),
        "request-uri" => one(request_uri(view, sip)),
        name => of_carrier(view, name),
    }
}

fn request_uri(view: &View<'_>, sip: &rfc3261::Message<'_>) -> Option<Value> {
    Some(Value::at(lossy(sip.request_uri()?), view.message.in_octets(sip.request_uri_span()?)))
}

fn msrp(view: &View<'_>, name: &str) -> Option<Vec<Value>> {
    let Carrier::Msrp(msrp) = &view.carrier else { return known(name) };
    let start =
        |text: Option<String>| Some(text.map(|text| Value::at(text, start_line(view))).into_iter().collect());
    match name {
        "method" => start(msrp.method().map(|method| lossy(method.0))),
        "status" => start(msrp.status().map(|status| status.to_string())),
        name => of_carrier(view, name),
    }
}

/// What is the same for SIP and MSRP.
fn outer(view: &View<'_>, name: &str) -> Option<Vec<Value>> {
    let value = match name {
        "type" => view.outer_type().map(|(text, place)| match place {
            Some(place) => Value::at(text, place),
            None => Value::text(text),
        }),
        "method" => view.carrier.method().map(|method| Value::at(method, start_line(view))),
        _ => return None,
    };
    Some(value.into_iter().collect())
}

/// The body, everything, or the headers of a name.
fn of_carrier(view: &View<'_>, name: &str) -> Option<Vec<Value>> {
    let message = view.message;
    Some(match name {
        "" => return None,
        "body" => vec![Value::there(message.in_body(message.body_span.clone()))],
        "octets" => vec![Value::there(message.in_octets(0..message.octets.len()))],
        name => {
            let value = |field: Field<'_>| Value::at(field.value, message.in_octets(field.value_span));
            view.carrier.named(name).into_iter().map(value).collect()
        }
    })
}

/// Nothing, for a name that means something in another message.
fn known(name: &str) -> Option<Vec<Value>> {
    (!name.is_empty()).then(Vec::new)
}

fn start_line(view: &View<'_>) -> Place {
    view.message.in_octets(view.carrier.start_line_span())
}

fn lossy(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

fn entity(view: &View<'_>, name: &str) -> Option<Vec<Value>> {
    if name.is_empty() {
        return None;
    }
    let Some(cpim) = &view.cpim else {
        // Without CPIM the message itself is the entity.
        let describes = match &view.carrier {
            Carrier::Sip(_) => rfc3261::HeaderId::of(name.as_bytes()).long().starts_with("Content-"),
            Carrier::Msrp(_) => msrp::HeaderId::of(name.as_bytes()).is_mime(),
        };
        return describes.then(|| of_carrier(view, name)).flatten();
    };
    let headers = cpim.entity().headers().filter(|header| header.is(name));
    Some(headers.map(|header| Value::at(header.value(), view.message.in_body(header.value_span()))).collect())
}

fn content(view: &View<'_>, name: &str) -> Option<Vec<Value>> {
    let part = view.main_part();
    match name {
        "type" => {
            let label = part.and_then(|part| part.label.as_ref());
            let value = label.map(|label| match &label.span {
                Some(span) => Value::at(&*label.media_type, view.message.in_body(span.clone())),
                None => Value::text(&*label.media_type),
            });
            Some(value.into_iter().collect())
        }
        "text" => Some(part.map(|part| Value::there(view.content_of(part))).into_iter().collect()),
        _ => None,
    }
}

fn document(view: &View<'_>, name: &str) -> Option<Vec<Value>> {
    if name.is_empty() {
        return None;
    }
    Some(view.documents().iter().flat_map(|document| of_document(view, document, name)).collect())
}

fn of_document(view: &View<'_>, document: &Document<'_>, name: &str) -> Vec<Value> {
    if name == "root" {
        let root = document.root().map(|root| Value::at(&*root.name, view.in_document(root.span.clone())));
        return root.into_iter().collect();
    }
    let report = &view.profile.report;
    if !report.choice.is_empty() && (name == KIND || name == report.roles.disposition) {
        let told = document.told(view.profile);
        let text = told.and_then(|told| if name == KIND { Some(told.kind) } else { told.status });
        let place = report.choice.iter().find_map(|name| document.child(name, view.profile));
        let value = text.zip(place).map(|(text, at)| Value::at(text, view.in_document(at.span.clone())));
        return value.into_iter().collect();
    }
    let elements = document.named(name, view.profile);
    let value = |element: &Element<'_>| {
        let text = element.trimmed();
        Value::at(known_word(name, text, view).unwrap_or(text), view.in_document(element.content.clone()))
    };
    elements.map(value).collect()
}

/// The word that is meant where the element holds one of a list, however it is capitalised (G-11). That the spelling is
/// wrong is for the check that owns it.
fn known_word(element: &str, text: &str, view: &View<'_>) -> Option<&'static str> {
    match view.profile.report.child(element)?.content {
        Content::Words(words) => words.iter().copied().find(|word| word.eq_ignore_ascii_case(text)),
        _ => None,
    }
}
