//! One of the things that a value may be, and what to say where it is none of them.

use serde_json::{Map, Value as Json};

use super::tree::{Content, Node};
use crate::source::Source;

/// One of the things a value may be.
#[derive(Clone, Copy)]
pub(super) struct Alternative<'s> {
    pub(super) schema: &'s Map<String, Json>,
    /// Name of the type, for messages.
    pub(super) noun: Option<&'s str>,
}

impl<'s> Alternative<'s> {
    /// Names of JSON types; none for "anything".
    pub(super) fn types(&self) -> Vec<&'s str> {
        match self.schema.get("type") {
            Some(Json::String(name)) => vec![name],
            Some(several) => names(several).collect(),
            None if self.words().is_some() => vec!["string"],
            None => vec![],
        }
    }

    pub(super) fn takes(&self, content: &Content) -> bool {
        let types = self.types();
        let is = |name| types.contains(&name);
        types.is_empty()
            || match content {
                Content::Null => is("null"),
                Content::Bool(_) => is("boolean"),
                Content::Integer(_) => is("integer") || is("number"),
                Content::Float(_) => is("number"),
                Content::Text(_) => is("string"),
                Content::List(_) => is("array"),
                Content::Map(_) => is("object"),
                Content::Refused => true,
            }
    }

    /// In words, what it takes.
    pub(super) fn wants(&self) -> Vec<&'static str> {
        let words =
            self.types().into_iter().filter_map(|name| Some(TYPES.iter().find(|(json, _)| *json == name)?.1));
        words.collect()
    }

    /// The words that are possible, where they are counted up.
    pub(super) fn words(&self) -> Option<Vec<&'s str>> {
        match (self.schema.get("const"), self.schema.get("enum")) {
            (Some(word), _) => Some(word.as_str().into_iter().collect()),
            (None, Some(several)) => Some(names(several).collect()),
            (None, None) => None,
        }
    }

    /// Name and content, if it is one variant of an enum with data.
    pub(super) fn variant(&self) -> Option<(&'s str, &'s Json)> {
        let properties = self.schema.get("properties")?.as_object()?;
        let required: Vec<_> = names(self.schema.get("required")?).collect();
        let (name, content) = properties.iter().next()?;
        (properties.len() == 1 && required == [name.as_str()]).then_some((name.as_str(), content))
    }

    pub(super) fn holds(&self, value: i128) -> bool {
        let (least, most) = self.bounds();
        (least..=most).contains(&value)
    }

    /// Smallest and largest whole number, from the bounds or from the format, which schemars takes from the type.
    pub(super) fn bounds(&self) -> (i128, i128) {
        let format = self.schema.get("format").and_then(Json::as_str);
        let (least, most) = FORMATS
            .iter()
            .find(|(name, ..)| Some(*name) == format)
            .map_or((i128::MIN, i128::MAX), |(_, least, most)| (*least, *most));
        let bound = |key| self.schema.get(key).and_then(Json::as_number)?.as_i128();
        (bound("minimum").unwrap_or(least).max(least), bound("maximum").unwrap_or(most).min(most))
    }
}

/// JSON types in the words of messages.
const TYPES: &[(&str, &str)] = &[
    ("string", "a text"),
    ("integer", "a whole number"),
    ("number", "a number"),
    ("boolean", "true or false"),
    ("array", "a list"),
    ("object", "a mapping"),
    ("null", "null"),
];

/// What the integer formats of schemars hold.
const FORMATS: &[(&str, i128, i128)] = &[
    ("uint8", 0, u8::MAX as i128),
    ("uint16", 0, u16::MAX as i128),
    ("uint32", 0, u32::MAX as i128),
    ("uint64", 0, u64::MAX as i128),
    ("uint", 0, u64::MAX as i128),
    ("int8", i8::MIN as i128, i8::MAX as i128),
    ("int16", i16::MIN as i128, i16::MAX as i128),
    ("int32", i32::MIN as i128, i32::MAX as i128),
    ("int64", i64::MIN as i128, i64::MAX as i128),
    ("int", i64::MIN as i128, i64::MAX as i128),
];

pub(super) fn describe(content: &Content) -> &'static str {
    match content {
        Content::Null | Content::Refused => "without a value",
        Content::Bool(_) => "true or false",
        Content::Integer(_) => "a whole number",
        Content::Float(_) => "a number",
        Content::Text(_) => "a text",
        Content::List(_) => "a list",
        Content::Map(_) => "a mapping",
    }
}

/// What to write instead of a value of the wrong type.
pub(super) fn remedy(node: &Node, alternatives: &[Alternative<'_>], source: &Source) -> Option<String> {
    let wants = |name| alternatives.iter().any(|one| one.types().contains(&name));
    let written = source.slice(&node.span);
    let one_line = !written.contains('\n') && !written.contains('"');
    match &node.content {
        Content::Null => Some("write a value, or leave the key out".into()),
        Content::Bool(_) | Content::Integer(_) | Content::Float(_) if wants("string") => {
            Some(format!("to mean it as a text write it in quotes: \"{written}\""))
        }
        Content::Map(_) if wants("string") && one_line && !written.starts_with('{') => {
            Some(format!("a text with a colon and a blank in it has to be quoted: \"{written}\""))
        }
        Content::Text(text) if wants("integer") && text.parse::<i64>().is_ok() => {
            Some(format!("write it without quotes: {text}"))
        }
        Content::Text(text) if wants("boolean") => {
            let bool = matches!(text.to_lowercase().as_str(), "yes" | "on" | "true");
            Some(format!("write {bool} without quotes"))
        }
        Content::Text(_) | Content::Map(_) if wants("array") => {
            Some("a list is written `[a, b]`, or one item a line after `- `".into())
        }
        Content::Text(_) if wants("object") => {
            let variants: Vec<_> = alternatives.iter().filter_map(|one| Some(one.variant()?.0)).collect();
            let known = variants.iter().find(|name| written == **name);
            known.map(|name| format!("write `{name}:` with its keys below it"))
        }
        _ => None,
    }
}

/// The texts in a list.
pub(super) fn names(list: &Json) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Json::as_str)
}
