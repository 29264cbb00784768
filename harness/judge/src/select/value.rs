//! What a selector gives.

use serde_json::Value as Json;

use crate::capture::Place;

/// One value that a selector gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// The value as text; a list or object of a reply as JSON.
    pub text: String,
    /// The value as it stands in a reply.
    pub json: Option<Json>,
    /// Where it stands in a message.
    pub place: Option<Place>,
}

impl Value {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), json: None, place: None }
    }

    pub(crate) fn at(text: impl Into<String>, place: Place) -> Self {
        Self { text: text.into(), json: None, place: Some(place) }
    }

    /// The octets of a place; what is not UTF-8 becomes U+FFFD.
    pub(crate) fn there(place: Place) -> Self {
        let octets = place.octets.get(place.span.clone()).unwrap_or_default();
        Self { text: String::from_utf8_lossy(octets).into_owned(), json: None, place: Some(place) }
    }

    /// A member of a reply, or an entry of a list in it.
    pub(crate) fn json(value: &Json) -> Self {
        Self { text: plain(value), json: Some(value.clone()), place: None }
    }

    /// The octets that are meant: those of the place, else those of the text.
    pub(crate) fn octets(&self) -> &[u8] {
        match &self.place {
            Some(place) => place.octets.get(place.span.clone()).unwrap_or_default(),
            None => self.text.as_bytes(),
        }
    }
}

/// A JSON value as text: strings without quotes.
pub(crate) fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
