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

pub(crate) use selector::is_of_other_carrier;
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
    /// What holds for names that are not bound here.
    outer: Option<Arc<Environment>>,
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
        Self { profile, names: HashMap::new(), outer: None }
    }

    /// No names beside those of another environment. What is bound here stays here.
    pub fn within(outer: Arc<Self>) -> Self {
        Self { outer: Some(outer.clone()), ..Self::new(outer.profile) }
    }

    /// Binds everything that `inner` binds beside its outer names.
    pub fn absorb(&mut self, inner: Self) {
        self.names.extend(inner.names);
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
        let outer = || self.outer.as_ref().and_then(|outer| outer.get(name));
        self.names.get(name).or_else(outer)
    }

    /// The message of that name.
    pub fn message(&self, name: &str) -> Option<&Arc<Message>> {
        match self.get(name)? {
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

    /// The text with everything filled in; a list or an object where the text refers to one and is nothing else.
    ///
    /// # Errors
    /// The first reference that stands for nothing.
    pub fn fill(&self, text: &Text) -> Result<Json, Unresolved> {
        if let Some((name, Some(selector))) = text.reference()
            && let Some(Binding::Value(value)) = self.get(name)
            && let Some(part @ (Json::Array(_) | Json::Object(_))) = value.get(selector)
        {
            return Ok(part.clone());
        }
        self.resolve(text).map(Json::String)
    }

    /// All values that a selector gives of what a name stands for.
    ///
    /// # Errors
    /// Nothing has the name, or the selector makes no sense for it.
    pub fn select(&self, name: &str, selector: &str) -> Result<Vec<Value>, Unresolved> {
        match self.get(name).ok_or_else(|| Unresolved::Unknown(name.to_owned()))? {
            Binding::Value(object) => Ok(of_object(object, selector)),
            Binding::Message(message) => Ok(of_message(&View::new(message, self.profile), selector)?),
        }
    }

    fn reference(&self, name: &str, selector: Option<&str>) -> Result<String, Unresolved> {
        let binding = self.get(name).ok_or_else(|| Unresolved::Unknown(name.to_owned()))?;
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

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use record::{EventId, Purpose, Recorder, Transport};
    use serde_json::json;
    use wire::profile::IMDN_03;

    use super::*;

    const IM: &str = "MESSAGE sip:b@h SIP/2.0\r\nc: message/cpim\r\ni: 77\r\n\r\n\
        From: <im:a@x>\r\nTo: <im:b@x>\r\nTo: <im:c@x>\r\nNS: z <urn:ietf:params:cpim-headers:imdn>\r\n\
        z.Message-ID:  two\r\n\r\nContent-Type: text/plain;charset=utf-8\r\n\r\nhello";

    fn environment() -> Environment {
        let recorder = Recorder::begin("s", "udp");
        let to = ([127, 0, 0, 1], 5060).into();
        recorder.push(EventKind::Bound { name: "P".into(), value: json!({"uri": "sip:p@h:1", "user": "p"}) });
        recorder.push(EventKind::Bound { name: "n".into(), value: json!(4095) });
        recorder.push(EventKind::Bound { name: "n".into(), value: json!(7) });
        recorder.push(EventKind::Bound {
            name: "log".into(),
            value: json!({"shown": [{"text": "a"}], "none": null}),
        });
        let octets = Bytes::from_static(IM.as_bytes());
        let sent = EventKind::Sent {
            peer: "P".into(),
            transport: Transport::Udp,
            to,
            purpose: Purpose::Request,
            octets,
        };
        let event = recorder.push(sent);
        recorder.push(EventKind::Named { name: "im".into(), event });
        recorder.push(EventKind::Named { name: "gone".into(), event: EventId(99) });
        let (mut capture, mut environment) = (Capture::new(&IMDN_03), Environment::new(&IMDN_03));
        for (id, event) in recorder.finish().iter() {
            capture.observe(id, event);
            environment.observe(event, &capture);
        }
        environment
    }

    #[test]
    fn references_are_filled_in() {
        let environment = environment();
        for (text, filled) in [
            ("a ${n} $$", "a 7 $"),
            ("${P}", "sip:p@h:1"),
            ("${P.address} ${P.user}", "<sip:p@h:1> p"),
            // One blank belongs to the syntax, the other one to the value.
            ("[${im}] [${im.id}] [${im.imdn.Message-ID}]", "[ two] [ two] [ two]"),
            ("${im.cpim.To} ${im.sip.Call-ID} ${im.sip.method}", "<im:b@x> 77 MESSAGE"),
            ("${im.content.type} ${im.content.text}", "text/plain hello"),
            ("${im.entity.Content-Type}", "text/plain;charset=utf-8"),
        ] {
            assert_eq!(environment.resolve(&Text(text.into())).as_deref(), Ok(filled), "{text}");
        }
    }

    #[test]
    fn what_stands_for_nothing_is_said() {
        let environment = environment();
        let fails = |text: &str| environment.resolve(&Text(text.into())).unwrap_err();
        assert_eq!(fails("x${"), Unresolved::Broken(1));
        assert_eq!(fails("${gone}"), Unresolved::Unknown("gone".into()));
        assert_eq!(fails("${log}"), Unresolved::NoText("log".into()));
        assert_eq!(fails("${log.none}"), Unresolved::Absent("log".into(), "none".into()));
        assert_eq!(fails("${im.cpim.cc}"), Unresolved::Absent("im".into(), "cpim.cc".into()));
        assert!(matches!(fails("${im.cc}"), Unresolved::Selector(_)));
        assert!(matches!(fails("${im.content.colour}"), Unresolved::Selector(_)));
    }

    #[test]
    fn a_text_that_is_a_reference_to_a_list_is_that_list() {
        let environment = environment();
        assert_eq!(environment.fill(&Text("${log.shown}".into())), Ok(json!([{"text": "a"}])));
        assert_eq!(environment.fill(&Text("${P.uri}".into())), Ok(json!("sip:p@h:1")));
        assert!(environment.fill(&Text("${gone}".into())).is_err());
    }

    #[test]
    fn what_is_bound_inside_stays_inside_until_it_is_absorbed() {
        let mut outer = environment();
        let mut inner = Environment::within(Arc::new(outer.clone()));
        inner.bind("n", json!(8));
        inner.bind("own", json!("x"));
        let read = |environment: &Environment, text: &str| environment.resolve(&Text(text.into())).ok();
        assert_eq!(read(&inner, "${n} ${own} ${P.user}").as_deref(), Some("8 x p"));
        assert_eq!((read(&outer, "${n}").as_deref(), read(&outer, "${own}")), (Some("7"), None));
        outer.absorb(inner);
        assert_eq!(read(&outer, "${n} ${own}").as_deref(), Some("8 x"));
    }

    #[test]
    fn a_selector_gives_every_value_with_its_place() {
        let values = environment().select("im", "cpim.To").unwrap();
        let places: Vec<&[u8]> = values.iter().map(Value::octets).collect();
        assert_eq!(places, [&b"<im:b@x>"[..], b"<im:c@x>"]);
        assert_eq!(environment().select("log", "shown").unwrap()[0].json, Some(json!({"text": "a"})));
    }
}
