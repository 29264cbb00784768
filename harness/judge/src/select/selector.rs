//! The selectors of `docs/architecture.md` on messages, parties and replies.

use serde_json::Value as Json;
use wire::imdn;
use wire::profile::Content;
use wire::sip::HeaderId;

use super::value::{Value, plain};
use crate::capture::{Line, View};

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
    ("cpim", |view, name| Some(lines(view, view.core(name)))),
    ("imdn", |view, name| Some(lines(view, view.imdn(name)))),
    ("entity", entity),
    ("content", content),
    ("document", document),
];

/// What a selector gives of a message; nothing where it has no such part.
///
/// # Errors
/// The selector is none of a message.
pub fn of_message(view: &View<'_>, selector: &str) -> Result<Vec<Value>, BadSelector> {
    let bad = || BadSelector {
        selector: selector.to_owned(),
        of: "a message",
        hint: "write `sip.…`, `cpim.…`, `imdn.…`, `entity.…`, `content.type`, `content.text`, `document.…` or `id`, \
               with `inner.` in front for the innermost CPIM object",
    };
    if let Some(rest) = selector.strip_prefix("inner.") {
        return if rest.starts_with("sip.") || rest.starts_with("inner.") {
            Err(bad())
        } else {
            of_innermost(view, rest)
        };
    }
    if selector == "id" {
        return Ok(lines(view, view.imdn(view.profile.headers.message_id)));
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
    let (sip, message) = (&view.sip, view.message);
    let lossy = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    let start = || message.in_octets(sip.start_line_span());
    let one = |text: Option<String>| text.map(|text| Value::at(text, start())).into_iter().collect();
    Some(match name {
        "" => return None,
        "method" => one(sip.method().map(|method| lossy(method.0))),
        "status" => one(sip.status().map(|status| status.to_string())),
        "reason" => one(sip.reason().map(lossy)),
        "request-uri" => {
            let place = sip.request_uri_span().map(|span| message.in_octets(span));
            place
                .zip(sip.request_uri())
                .map(|(place, uri)| Value::at(lossy(uri), place))
                .into_iter()
                .collect()
        }
        "body" => {
            vec![Value::there(message.in_body(message.body_span.clone()))]
        }
        "octets" => vec![Value::there(message.in_octets(0..message.octets.len()))],
        name => sip
            .headers_named(name.as_bytes())
            .map(|header| Value::at(lossy(&header.value()), message.in_octets(header.value_span())))
            .collect(),
    })
}

fn entity(view: &View<'_>, name: &str) -> Option<Vec<Value>> {
    if name.is_empty() {
        return None;
    }
    let Some(cpim) = &view.cpim else {
        // Without CPIM the SIP message itself is the entity.
        return HeaderId::of(name.as_bytes())
            .long()
            .starts_with("Content-")
            .then(|| sip(view, name))
            .flatten();
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
    let Some(document) = &view.document else { return Some(Vec::new()) };
    if name == "root" {
        let root = document.root();
        return Some(
            root.map(|root| Value::at(&*root.name, view.in_document(root.span.clone())))
                .into_iter()
                .collect(),
        );
    }
    let elements = document.named(name, view.profile);
    let value = |element: &imdn::Element<'_>| {
        let text = element.trimmed();
        Value::at(known_word(name, text, view).unwrap_or(text), view.in_document(element.content.clone()))
    };
    Some(elements.map(value).collect())
}

/// The word that is meant where the element holds one of a list, however it is capitalised (G-11). That the spelling is
/// wrong is for the check that owns it.
fn known_word(element: &str, text: &str, view: &View<'_>) -> Option<&'static str> {
    match view.profile.report.child(element)?.content {
        Content::Words(words) => words.iter().copied().find(|word| word.eq_ignore_ascii_case(text)),
        _ => None,
    }
}
