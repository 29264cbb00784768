//! Assertions in words, for lists of what is covered.

use crate::model::{Assertion, Charge, Expect, ExpectedAnswer, Kind, Quiet, Unharmed, Value};

/// What an assertion says. Its own words win.
pub fn assertion(assertion: &Assertion) -> String {
    if let Some(say) = &assertion.say {
        return say.clone();
    }
    if let Some(check) = &assertion.check {
        return format!("check {check}");
    }
    let that = assertion.that.as_deref().unwrap_or("the message");
    format!("{that} {}", operator(assertion))
}

fn operator(assertion: &Assertion) -> String {
    let texts = [
        ("is", &assertion.is),
        ("is not", &assertion.not),
        ("is the URI", &assertion.uri),
        ("contains", &assertion.contains),
        ("omits", &assertion.omits),
    ];
    if let Some((word, text)) = texts.iter().find_map(|(word, text)| Some((word, text.as_ref()?))) {
        return format!("{word} \"{}\"", text.0);
    }
    if let Some(words) = &assertion.one_of {
        let words: Vec<_> = words.iter().map(|text| text.0.as_str()).collect();
        return format!("is one of {}", words.join(", "));
    }
    let objects = [("lists", &assertion.lists), ("lacks", &assertion.lacks)];
    if let Some((word, object)) = objects.iter().find_map(|(word, object)| Some((word, object.as_ref()?))) {
        let members: Vec<_> =
            object.iter().map(|(name, value)| format!("{name} {}", self::value(value))).collect();
        return format!("{word} an entry with {}", members.join(", "));
    }
    match (&assertion.matches, assertion.present, assertion.count) {
        (Some(pattern), ..) => format!("matches {pattern}"),
        (None, Some(true), _) => "is present".into(),
        (None, Some(false), _) => "is absent".into(),
        (None, None, Some(count)) => format!("occurs {count} times"),
        (None, None, None) => "is judged".into(),
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => format!("\"{}\"", text.0),
        Value::List(_) => "[…]".into(),
        Value::Object(_) => "{…}".into(),
    }
}

/// What is expected of an answer.
pub fn answer(answer: &ExpectedAnswer) -> String {
    format!("the answer is {}", answer.is.join(" or "))
}

/// What is charged when a message does not come.
pub fn missing(expect: &Expect, charge: &Charge) -> String {
    charge.say.clone().unwrap_or_else(|| format!("{} comes", kind(Some(expect.message))))
}

/// What is charged when a message comes.
pub fn quiet(quiet: &Quiet) -> String {
    quiet.say.clone().unwrap_or_else(|| match quiet.message {
        None => "nothing comes".into(),
        Some(message) => {
            format!("no {} comes", kind(Some(message)).trim_start_matches("a ").trim_start_matches("an "))
        }
    })
}

/// What is looked at after hostile input.
pub fn unharmed(unharmed: &Unharmed) -> String {
    unharmed.say.clone().unwrap_or_else(|| "the IUT is unharmed".into())
}

fn kind(kind: Option<Kind>) -> &'static str {
    match kind {
        Some(Kind::Report) => "a report",
        Some(Kind::Im) => "an instant message",
        Some(Kind::Any) | None => "a request",
    }
}
