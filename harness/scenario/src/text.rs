//! Texts with `${…}` in them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

/// A text in which `${name}` and `${name.selector}` stand for values of the run; `$$` is one dollar sign.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Text(pub String);

/// A piece of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment<'a> {
    /// Stands for itself.
    Literal(&'a str),
    /// `${name}` or `${name.selector}`.
    Reference {
        /// The name.
        name: &'a str,
        /// What is taken of the named message or reply.
        selector: Option<&'a str>,
    },
}

/// A `${` that has no end, or nothing in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadReference {
    /// Byte offset of the `$` in the text.
    pub at: usize,
}

impl Text {
    /// What the whole text refers to, if it is one reference and nothing else: name and selector.
    pub fn reference(&self) -> Option<(&str, Option<&str>)> {
        match self.segments().ok()?.as_slice() {
            [Segment::Reference { name, selector }] => Some((name, *selector)),
            _ => None,
        }
    }

    /// The pieces in order.
    ///
    /// # Errors
    /// The first reference that is not closed or is empty.
    pub fn segments(&self) -> Result<Vec<Segment<'_>>, BadReference> {
        let mut segments = Vec::new();
        let mut rest = self.0.as_str();
        while let Some(dollar) = rest.find('$') {
            let at = self.0.len() - rest.len() + dollar;
            let (before, from_dollar) = rest.split_at(dollar);
            push_literal(&mut segments, before);
            rest = if let Some(after) = from_dollar.strip_prefix("${") {
                let (inside, after) = after.split_once('}').ok_or(BadReference { at })?;
                segments.push(reference(inside).ok_or(BadReference { at })?);
                after
            } else if let Some(after) = from_dollar.strip_prefix("$$") {
                push_literal(&mut segments, "$");
                after
            } else {
                push_literal(&mut segments, "$");
                &from_dollar[1..]
            };
        }
        push_literal(&mut segments, rest);
        Ok(segments)
    }
}

fn push_literal<'a>(segments: &mut Vec<Segment<'a>>, text: &'a str) {
    if !text.is_empty() {
        segments.push(Segment::Literal(text));
    }
}

fn reference(inside: &str) -> Option<Segment<'_>> {
    let (name, selector) = match inside.split_once('.') {
        Some((name, selector)) => (name, Some(selector)),
        None => (inside, None),
    };
    let complete = !name.is_empty() && selector != Some("");
    complete.then_some(Segment::Reference { name, selector })
}

impl JsonSchema for Text {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_references() {
        let text = Text("a ${im.id} $$5 ${x}".into());
        let expected = [
            Segment::Literal("a "),
            Segment::Reference { name: "im", selector: Some("id") },
            Segment::Literal(" "),
            Segment::Literal("$"),
            Segment::Literal("5 "),
            Segment::Reference { name: "x", selector: None },
        ];
        assert_eq!(text.segments().unwrap(), expected);
    }

    #[test]
    fn says_where_a_reference_is_broken() {
        for (text, at) in [("ab${c", 2), ("${}", 0), ("x${a.}", 1)] {
            assert_eq!(Text(text.into()).segments(), Err(BadReference { at }), "{text}");
        }
    }
}
