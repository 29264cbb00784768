//! Names of a scenario and what they stand for: `${name}` and `${name.selector}`.

mod selector;
mod value;

use std::collections::HashMap;
use std::sync::Arc;

use record::{Event, EventKind};
use scenario::{Segment, Text};
use serde_json::Value as Json;
use wire::profile::Profile;

use crate::capture::{Capture, Message, View};

pub use selector::{BadSelector, of_message, of_object};
pub use value::Value;
pub(crate) use value::plain;

/// What the names of a scenario stand for at one moment of its run. Cheap to clone.
///
/// Parties are bound as objects with `uri`, `user`, `host` and `port`, replies as the objects they are, values as
/// strings or numbers. A later binding takes the place of an earlier one.
#[derive(Clone, Debug)]
pub struct Environment {
    profile: &'static Profile,
    names: HashMap<String, Binding>,
}

/// What a name stands for.
#[derive(Clone, Debug)]
pub enum Binding {
    /// A value, a party or a reply.
    Value(Json),
    /// A message of the record.
    Message(Arc<Message>),
}

/// Why a text could not be filled in, or a selector gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// `${` without an end, or with nothing in it.
    #[error("the reference at octet {0} has no name or no closing brace")]
    Broken(usize),
    /// Nothing has that name yet.
    #[error("nothing is named `{0}` here")]
    Unknown(String),
    /// What it stands for has no such part.
    #[error("`{0}` has no `{1}`")]
    Absent(String, String),
    /// A reply or an object cannot stand for a text.
    #[error("`{0}` is no text; select a part of it")]
    NoText(String),
    /// The selector makes no sense.
    #[error(transparent)]
    Selector(#[from] BadSelector),
}

impl Environment {
    /// No names yet.
    pub fn new(profile: &'static Profile) -> Self {
        Self { profile, names: HashMap::new() }
    }

    /// The profile by whose names headers and elements are meant.
    pub fn profile(&self) -> &'static Profile {
        self.profile
    }

    /// Takes in what an event binds; `capture` has to know the messages up to it.
    pub fn observe(&mut self, event: &Event, capture: &Capture) {
        match &event.kind {
            EventKind::Bound { name, value } => self.bind(name, value.clone()),
            EventKind::Named { name, event } => {
                if let Some(message) = capture.get(*event) {
                    self.name(name, message.clone());
                }
            }
            _ => {}
        }
    }

    /// Binds a name to a value, a party or a reply.
    pub fn bind(&mut self, name: &str, value: Json) {
        self.names.insert(name.to_owned(), Binding::Value(value));
    }

    /// Binds a name to a message.
    pub fn name(&mut self, name: &str, message: Arc<Message>) {
        self.names.insert(name.to_owned(), Binding::Message(message));
    }

    /// What a name stands for.
    pub fn get(&self, name: &str) -> Option<&Binding> {
        self.names.get(name)
    }

    /// The message of that name.
    pub fn message(&self, name: &str) -> Option<&Arc<Message>> {
        match self.names.get(name)? {
            Binding::Message(message) => Some(message),
            Binding::Value(_) => None,
        }
    }

    /// The text with everything filled in.
    ///
    /// # Errors
    /// The first reference that stands for nothing.
    pub fn resolve(&self, text: &Text) -> Result<String, Unresolved> {
        let mut filled = String::with_capacity(text.0.len());
        for segment in text.segments().map_err(|bad| Unresolved::Broken(bad.at))? {
            match segment {
                Segment::Literal(literal) => filled.push_str(literal),
                Segment::Reference { name, selector } => filled.push_str(&self.reference(name, selector)?),
            }
        }
        Ok(filled)
    }

    /// All values that a selector gives of what a name stands for.
    ///
    /// # Errors
    /// Nothing has the name, or the selector makes no sense for it.
    pub fn select(&self, name: &str, selector: &str) -> Result<Vec<Value>, Unresolved> {
        match self.names.get(name).ok_or_else(|| Unresolved::Unknown(name.to_owned()))? {
            Binding::Value(object) => Ok(of_object(object, selector)),
            Binding::Message(message) => Ok(of_message(&View::new(message, self.profile), selector)?),
        }
    }

    fn reference(&self, name: &str, selector: Option<&str>) -> Result<String, Unresolved> {
        let binding = self.names.get(name).ok_or_else(|| Unresolved::Unknown(name.to_owned()))?;
        let selector = match (selector, binding) {
            (Some(selector), _) => selector,
            (None, Binding::Message(_)) => "id",
            (None, Binding::Value(Json::Object(object))) if object.contains_key("uri") => "uri",
            (None, Binding::Value(Json::Object(_) | Json::Array(_) | Json::Null)) => {
                return Err(Unresolved::NoText(name.to_owned()));
            }
            (None, Binding::Value(value)) => return Ok(plain(value)),
        };
        let first = self.select(name, selector)?.into_iter().next();
        first.map(|value| value.text).ok_or_else(|| Unresolved::Absent(name.to_owned(), selector.to_owned()))
    }
}
