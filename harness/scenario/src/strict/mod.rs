//! Reading YAML into types without letting anything slip: every key, word and type is checked against the JSON schema
//! of the type, all mistakes are reported at once, and every value is found again in the text.
//!
//! The text is parsed once, into a [tree](tree) that knows where everything stands. The [schema](shape) that schemars
//! derives from the type is held against the tree. Only what passes becomes a value.

mod alternative;
mod shape;
mod suggest;
mod tree;
mod value;

use std::ops::Range;
use std::sync::Arc;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::diagnostic::Diagnostics;
use crate::source::Source;

pub use suggest::closest;
pub(crate) use suggest::listed;
pub(crate) use tree::{Content, Node};

/// Larger files are refused.
pub const MAX_OCTETS: usize = 1 << 20;

/// A value and the text it comes from.
#[derive(Clone, Debug)]
pub struct Loaded<T> {
    /// The value.
    pub value: T,
    /// The text.
    pub source: Arc<Source>,
    pub(crate) tree: Node,
}

impl<T> Loaded<T> {
    /// Where a part of the value stands in the text. `pointer` is a JSON pointer (RFC 6901), such as
    /// `/ixit/endpoints/0`. What is not there gives the innermost part around it that is.
    pub fn span(&self, pointer: &str) -> Range<usize> {
        let parts = pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~"));
        self.tree.find(parts).span.clone()
    }
}

/// Reads YAML into a value.
///
/// # Errors
/// All mistakes at once: bad syntax, keys that stand twice, anchors, aliases and tags (there are none in the language),
/// unknown and missing keys, wrong types, words that are none of those possible, and what the type itself refuses.
pub fn load<T: DeserializeOwned + JsonSchema>(name: &str, text: &str) -> Result<Loaded<T>, Diagnostics> {
    load_source(&Arc::new(Source::new(name, text)))
}

/// The same from a [`Source`].
///
/// # Errors
/// As [`load`].
pub fn load_source<T: DeserializeOwned + JsonSchema>(source: &Arc<Source>) -> Result<Loaded<T>, Diagnostics> {
    load_by(&schema::<T>(), source)
}

/// The same with the schema of the type made before, for many files.
pub(crate) fn load_by<T: DeserializeOwned>(
    schema: &Json,
    source: &Arc<Source>,
) -> Result<Loaded<T>, Diagnostics> {
    let (tree, mut problems) = tree::parse(source)?;
    shape::check(&tree, schema, source, &mut problems);
    if !problems.is_empty() {
        return Err(problems.into_iter().collect());
    }
    let value = value::make(&tree, source)?;
    Ok(Loaded { value, source: Arc::clone(source), tree })
}

/// The JSON schema of a type, for editors and for the check. A key that may be left out takes no null in its place.
pub fn schema<T: JsonSchema>() -> Json {
    let settings = SchemaSettings::draft2020_12().with_transform(shape::NoNulls);
    settings.into_generator().into_root_schema_for::<T>().to_value()
}
