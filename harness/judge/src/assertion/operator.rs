//! The operators of an assertion.

use std::collections::BTreeMap;

use regex::Regex;
use scenario::Text;
use scenario::model::{Assertion, Value as Template};
use serde_json::{Map, Value as Json};

use super::encoded;
use crate::evidence::{quote, quote_json};
use crate::select::{Environment, Unresolved, Value};
use crate::uri;

/// An operator with everything filled in.
#[derive(Debug)]
pub(super) struct Operator {
    demand: Demand,
    tolerate: Vec<String>,
}

#[derive(Debug)]
enum Demand {
    Is(String),
    In(Vec<String>),
    Not(String),
    Matches(Regex, String),
    Uri(String),
    Present(bool),
    Count(usize),
    Contains(String),
    Omits(String),
    Lists(Json),
    Lacks(Json),
}

/// What an operator says of a value.
#[derive(Debug, PartialEq)]
pub(super) enum Judged {
    Met,
    Tolerated,
    /// How it is, as the rest of a sentence.
    Broken(String),
}

impl Operator {
    /// The operator of an assertion.
    ///
    /// # Errors
    /// A text in it cannot be filled in, or there is no operator that could be used.
    pub(super) fn of(assertion: &Assertion, environment: &Environment) -> Result<Self, Unresolved> {
        let fill = |text: &Text| environment.resolve(text);
        let tolerate = assertion.tolerate.iter().map(fill).collect::<Result<_, _>>()?;
        Ok(Self { demand: demand(assertion, environment)?, tolerate })
    }

    /// Operators that look at all values together; `None` for the others.
    pub(super) fn on_all(&self, values: &[Value]) -> Option<Judged> {
        let judged = match &self.demand {
            Demand::Present(wanted) => match (*wanted, values.is_empty()) {
                (true, true) => Judged::Broken("is missing".into()),
                (false, false) => Judged::Broken("is there".into()),
                _ => Judged::Met,
            },
            Demand::Count(wanted) if values.len() == *wanted => Judged::Met,
            Demand::Count(wanted) => Judged::Broken(format!("occurs {} times, not {wanted}", values.len())),
            Demand::Lists(entry) if values.iter().any(|value| includes(value, entry)) => Judged::Met,
            Demand::Lists(entry) => Judged::Broken(format!("has no entry with {}", quote_json(entry))),
            Demand::Lacks(entry) if values.iter().any(|value| includes(value, entry)) => {
                Judged::Broken(format!("has an entry with {}", quote_json(entry)))
            }
            Demand::Lacks(_) => Judged::Met,
            _ => return None,
        };
        Some(judged)
    }

    /// What the operator says of one value.
    pub(super) fn on_one(&self, value: &Value) -> Judged {
        let text = &value.text;
        let met = match &self.demand {
            Demand::Is(wanted) => text == wanted,
            Demand::In(wanted) => wanted.contains(text),
            Demand::Not(unwanted) => text != unwanted,
            Demand::Matches(pattern, _) => pattern.is_match(text),
            Demand::Uri(wanted) => uri::same(text, wanted),
            Demand::Contains(wanted) => {
                text.contains(wanted.as_str())
                    || memchr::memmem::find(value.octets(), wanted.as_bytes()).is_some()
            }
            Demand::Omits(unwanted) => !encoded::occurs(unwanted.as_bytes(), value.octets()),
            _ => true,
        };
        let uris = matches!(self.demand, Demand::Uri(_));
        let tolerated = |other: &String| if uris { uri::same(text, other) } else { text == other };
        match met {
            true => Judged::Met,
            false if self.tolerate.iter().any(tolerated) => Judged::Tolerated,
            false => Judged::Broken(self.broken(text)),
        }
    }

    fn broken(&self, text: &str) -> String {
        match &self.demand {
            Demand::Contains(wanted) => format!("does not contain {}", quote(wanted)),
            Demand::Omits(unwanted) => format!("contains {}", quote(unwanted)),
            _ => format!("is {}", quote(text)),
        }
    }

    /// What would have been right, for an assertion that does not say it.
    pub(super) fn admissible(&self, selector: &str) -> String {
        match &self.demand {
            Demand::Is(wanted) if wanted.is_empty() => format!("`{selector}` is empty."),
            Demand::Is(wanted) => format!("`{selector}` is {}.", quote(wanted)),
            Demand::In(wanted) => {
                let words: Vec<String> = wanted.iter().map(|word| quote(word)).collect();
                format!("`{selector}` is one of {}.", words.join(", "))
            }
            Demand::Not(unwanted) => format!("`{selector}` is anything but {}.", quote(unwanted)),
            Demand::Matches(_, pattern) => format!("`{selector}` matches {}.", quote(pattern)),
            Demand::Uri(wanted) => format!("`{selector}` holds a URI equivalent to {}.", quote(wanted)),
            Demand::Present(true) => format!("`{selector}` is there."),
            Demand::Present(false) => format!("There is no `{selector}`."),
            Demand::Count(wanted) => format!("`{selector}` occurs {wanted} times."),
            Demand::Contains(wanted) => format!("`{selector}` contains {}.", quote(wanted)),
            Demand::Omits(unwanted) => {
                format!("`{selector}` holds {} nowhere, not even encoded.", quote(unwanted))
            }
            Demand::Lists(entry) => format!("`{selector}` has an entry with {}.", quote_json(entry)),
            Demand::Lacks(entry) => format!("`{selector}` has no entry with {}.", quote_json(entry)),
        }
    }
}

fn demand(assertion: &Assertion, environment: &Environment) -> Result<Demand, Unresolved> {
    let fill = |text: &Text| environment.resolve(text);
    let entry = |members: &BTreeMap<String, Template>| object(members, environment);
    Ok(match assertion {
        Assertion { is: Some(text), .. } => Demand::Is(fill(text)?),
        Assertion { one_of: Some(texts), .. } => {
            Demand::In(texts.iter().map(fill).collect::<Result<_, _>>()?)
        }
        Assertion { not: Some(text), .. } => Demand::Not(fill(text)?),
        Assertion { matches: Some(pattern), .. } => {
            let whole = Regex::new(&format!("^(?s:{pattern})$"));
            let whole = whole.map_err(|_| Unresolved::NoText(pattern.clone()))?;
            Demand::Matches(whole, pattern.clone())
        }
        Assertion { uri: Some(text), .. } => Demand::Uri(fill(text)?),
        Assertion { present: Some(wanted), .. } => Demand::Present(*wanted),
        Assertion { count: Some(wanted), .. } => Demand::Count(*wanted as usize),
        Assertion { contains: Some(text), .. } => Demand::Contains(fill(text)?),
        Assertion { omits: Some(text), .. } => Demand::Omits(fill(text)?),
        Assertion { lists: Some(members), .. } => Demand::Lists(entry(members)?),
        Assertion { lacks: Some(members), .. } => Demand::Lacks(entry(members)?),
        _ => return Err(Unresolved::NoText("the assertion".into())),
    })
}

/// Whether an entry of a list has these members, with these values.
fn includes(value: &Value, members: &Json) -> bool {
    let (Some(entry), Some(members)) = (&value.json, members.as_object()) else { return false };
    members.iter().all(|(name, wanted)| match (entry.get(name), wanted) {
        (Some(Json::Number(number)), Json::String(text)) => number.to_string() == *text,
        (Some(there), wanted) => there == wanted,
        (None, wanted) => wanted.is_null(),
    })
}

fn object(members: &BTreeMap<String, Template>, environment: &Environment) -> Result<Json, Unresolved> {
    let mut object = Map::new();
    for (name, value) in members {
        object.insert(name.clone(), filled(value, environment)?);
    }
    Ok(Json::Object(object))
}

/// A member of a command or of a list entry, with its texts filled in.
///
/// # Errors
/// The first reference that stands for nothing.
pub fn filled(value: &Template, environment: &Environment) -> Result<Json, Unresolved> {
    Ok(match value {
        Template::Bool(value) => Json::Bool(*value),
        Template::Number(value) => Json::from(*value),
        Template::Text(text) => environment.fill(text)?,
        Template::List(values) => {
            Json::Array(values.iter().map(|value| filled(value, environment)).collect::<Result<_, _>>()?)
        }
        Template::Object(members) => object(members, environment)?,
    })
}
