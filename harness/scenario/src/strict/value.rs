//! From the tree to the value, by way of serde_yaml.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_path_to_error::{Deserializer, Segment, Track};
use serde_yaml::{Mapping, Value, with::singleton_map_recursive};

use super::tree::{Content, Node};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Source;

/// The value of a tree.
///
/// # Errors
/// What the type refuses although the schema allows it, such as a text that has a form of its own.
pub(super) fn make<T: DeserializeOwned>(tree: &Node, source: &Arc<Source>) -> Result<T, Diagnostics> {
    let mut track = Track::new();
    let made = singleton_map_recursive::deserialize(Deserializer::new(yaml(tree), &mut track));
    made.map_err(|error: serde_yaml::Error| {
        let path = track.path();
        let parts = path.iter().filter_map(|segment| match segment {
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Map { key } => Some(key.clone()),
            Segment::Enum { variant } => Some(variant.clone()),
            Segment::Unknown => None,
        });
        Diagnostic::error(source, tree.find(parts).span.clone(), error.to_string()).into()
    })
}

fn yaml(node: &Node) -> Value {
    match &node.content {
        Content::Null | Content::Refused => Value::Null,
        Content::Bool(value) => (*value).into(),
        Content::Integer(value) => integer(*value),
        Content::Float(value) => (*value).into(),
        Content::Text(text) => text.as_str().into(),
        Content::List(items) => Value::Sequence(items.iter().map(yaml).collect()),
        Content::Map(entries) => {
            let pairs = entries.iter().map(|entry| (entry.key.as_str().into(), yaml(&entry.value)));
            Value::Mapping(pairs.collect::<Mapping>())
        }
    }
}

/// Numbers that no integer type of the language holds lose precision; the type refuses them anyhow.
fn integer(value: i128) -> Value {
    let signed = i64::try_from(value).map(Value::from);
    signed.or_else(|_| u64::try_from(value).map(Value::from)).unwrap_or_else(|_| (value as f64).into())
}
