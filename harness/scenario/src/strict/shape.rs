//! Holds a tree against a JSON schema, as far as schemars makes use of JSON Schema, and finds all mistakes.

use std::ops::Range;
use std::sync::Arc;

use schemars::Schema;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Map, Value as Json};

use super::suggest::{instead, listed};
use super::tree::{Content, Entry, Node};
use crate::diagnostic::Diagnostic;
use crate::source::Source;

/// References and alternatives inside each other, at most; a schema that refers to itself ends here.
const MAX_INDIRECTIONS: usize = 16;

/// Notes every place at which `tree` is not what `schema` describes.
pub(super) fn check(tree: &Node, schema: &Json, source: &Arc<Source>, problems: &mut Vec<Diagnostic>) {
    let mut checker = Checker { definitions: schema.get("$defs"), source, problems };
    checker.value(tree, schema, "the file");
}

/// Takes `null` out of the alternatives of keys that may as well be left out.
#[derive(Clone, Debug)]
pub(super) struct NoNulls;

impl Transform for NoNulls {
    fn transform(&mut self, schema: &mut Schema) {
        let required = schema.get("required").cloned().unwrap_or_default();
        if let Some(properties) = schema.get_mut("properties").and_then(Json::as_object_mut) {
            let optional = |name: &str| !names(&required).any(|one| one == name);
            for (_, property) in properties.iter_mut().filter(|(name, _)| optional(name)) {
                drop_null(property);
            }
        }
        transform_subschemas(self, schema);
    }
}

fn names(list: &Json) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Json::as_str)
}

fn drop_null(property: &mut Json) {
    let Some(property) = property.as_object_mut() else { return };
    if property.get("default").is_some_and(Json::is_null) {
        property.remove("default");
    }
    for key in ["type", "anyOf"] {
        let Some(alternatives) = property.get_mut(key).and_then(Json::as_array_mut) else { continue };
        alternatives.retain(|one| one != "null" && one.get("type").is_none_or(|name| name != "null"));
        if let [only] = alternatives.as_slice() {
            let only = only.clone();
            property.remove(key);
            match only {
                Json::Object(members) => property.extend(members),
                name => drop(property.insert(key.to_owned(), name)),
            }
        }
    }
}

/// One of the things a value may be.
#[derive(Clone, Copy)]
struct Alternative<'s> {
    schema: &'s Map<String, Json>,
    /// Name of the type, for messages.
    noun: Option<&'s str>,
}

struct Checker<'a, 'p> {
    definitions: Option<&'a Json>,
    source: &'a Arc<Source>,
    problems: &'p mut Vec<Diagnostic>,
}

impl<'a> Checker<'a, '_> {
    /// `called` is what messages call the value.
    fn value(&mut self, node: &Node, schema: &'a Json, called: &str) {
        let mut alternatives = Vec::new();
        self.alternatives(schema, None, 0, &mut alternatives);
        let fitting: Vec<_> = alternatives.iter().copied().filter(|one| one.takes(&node.content)).collect();
        match (&node.content, fitting.as_slice()) {
            (Content::Refused, _) => {}
            (_, []) if alternatives.is_empty() => {}
            (_, []) => self.wrong_type(node, &alternatives, called),
            (Content::Text(text), fitting) => self.word(node, text, fitting, &alternatives, called),
            (Content::Integer(value), fitting) => self.range(node, *value, fitting, called),
            (Content::List(items), [first, ..]) => self.items(items, *first, called),
            (Content::Map(entries), fitting) => self.mapping(node, entries, fitting, &alternatives),
            _ => {}
        }
    }

    /// Follows references and takes alternatives apart.
    fn alternatives(
        &self,
        schema: &'a Json,
        noun: Option<&'a str>,
        depth: usize,
        found: &mut Vec<Alternative<'a>>,
    ) {
        let Some(schema) = schema.as_object().filter(|_| depth < MAX_INDIRECTIONS) else { return };
        if let Some(name) =
            schema.get("$ref").and_then(Json::as_str).and_then(|path| path.strip_prefix("#/$defs/"))
        {
            let target = self.definitions.and_then(|definitions| definitions.get(name));
            return target.into_iter().for_each(|target| {
                self.alternatives(target, Some(name), depth + 1, found);
            });
        }
        match ["oneOf", "anyOf"].iter().find_map(|key| schema.get(*key)?.as_array()) {
            Some(several) => several.iter().for_each(|one| self.alternatives(one, noun, depth + 1, found)),
            None => found.push(Alternative { schema, noun }),
        }
    }

    fn report(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    fn error(&self, span: Range<usize>, message: String) -> Diagnostic {
        Diagnostic::error(self.source, span, message)
    }

    fn wrong_type(&mut self, node: &Node, alternatives: &[Alternative<'_>], called: &str) {
        let mut wanted: Vec<_> = alternatives.iter().flat_map(|one| one.wants()).collect();
        wanted.dedup();
        let problem = self.error(node.head(), format!("{called} has to be {}", wanted.join(" or ")));
        let problem = problem.label(format!("this is {}", describe(&node.content)));
        let problem = match remedy(node, alternatives, self.source) {
            Some(help) => problem.help(help),
            None => problem,
        };
        self.report(problem);
    }

    fn word(
        &mut self,
        node: &Node,
        text: &str,
        fitting: &[Alternative<'a>],
        alternatives: &[Alternative<'a>],
        called: &str,
    ) {
        let Some(words) = fitting.iter().map(|one| one.words()).collect::<Option<Vec<_>>>() else { return };
        let mut words = words.concat();
        if words.contains(&text) {
            return;
        }
        let problem = self.error(node.span.clone(), format!("{called} cannot be `{text}`"));
        let help = remedy(node, alternatives, self.source).unwrap_or_else(|| {
            words.extend(alternatives.iter().filter_map(|one| Some(one.variant()?.0)));
            instead(text, &words, "the words are")
        });
        self.report(problem.help(help));
    }

    fn range(&mut self, node: &Node, value: i128, fitting: &[Alternative<'_>], called: &str) {
        if fitting.iter().any(|one| one.holds(value)) {
            return;
        }
        let Some((least, most)) = fitting.first().map(|one| one.bounds()) else { return };
        let message = match () {
            () if value < least => format!("{called} has to be at least {least}"),
            () => format!("{called} has to be at most {most}"),
        };
        let problem = self.error(node.span.clone(), message);
        self.report(problem);
    }

    fn items(&mut self, items: &[Node], list: Alternative<'a>, called: &str) {
        let Some(schema) = list.schema.get("items") else { return };
        for item in items {
            self.value(item, schema, &format!("an item of {called}"));
        }
    }

    fn mapping(
        &mut self,
        node: &Node,
        entries: &[Entry],
        fitting: &[Alternative<'a>],
        alternatives: &[Alternative<'a>],
    ) {
        let variants: Vec<_> = fitting.iter().filter_map(|one| one.variant()).collect();
        if alternatives.len() > 1 && variants.len() == fitting.len() {
            return self.variant(node, entries, &variants, fitting.first().and_then(|one| one.noun));
        }
        let best = fitting.iter().map(|one| {
            let mut problems = Vec::new();
            let mut checker =
                Checker { definitions: self.definitions, source: self.source, problems: &mut problems };
            checker.object(node, entries, one.schema);
            problems
        });
        let best = best.min_by_key(Vec::len).unwrap_or_default();
        self.problems.extend(best);
    }

    /// An enum with data: one key, which says what the value is.
    fn variant(
        &mut self,
        node: &Node,
        entries: &[Entry],
        variants: &[(&'a str, &'a Json)],
        noun: Option<&str>,
    ) {
        let noun = noun.map_or_else(|| "value".to_owned(), str::to_lowercase);
        let words: Vec<_> = variants.iter().map(|(name, _)| *name).collect();
        for entry in entries {
            match variants.iter().find(|(name, _)| *name == entry.key) {
                Some((_, schema)) => self.entry(entry, schema),
                None => {
                    let message = format!("unknown {noun} `{}`", entry.key);
                    let problem = self.error(entry.key_span.clone(), message);
                    self.report(problem.help(instead(&entry.key, &words, &format!("{noun}s are"))));
                }
            }
        }
        match entries {
            [] => {
                let problem = self.error(node.span.clone(), format!("a {noun} has to have one key"));
                self.report(problem.help(format!("it is one of {}", listed(&words))));
            }
            [first, second, ..] if words.contains(&second.key.as_str()) => {
                let problem = self
                    .error(second.key_span.clone(), format!("a second key in one {noun}"))
                    .related(self.source, first.key_span.clone(), format!("the {noun} begins here"))
                    .help(format!("begin another {noun} with `- {}:`", second.key));
                self.report(problem);
            }
            _ => {}
        }
    }

    fn object(&mut self, node: &Node, entries: &[Entry], schema: &'a Map<String, Json>) {
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Json::as_object);
        let others = schema.get("additionalProperties");
        for entry in entries {
            match (properties.and_then(|known| known.get(&entry.key)), others) {
                (Some(property), _) => self.entry(entry, property),
                (None, Some(Json::Bool(false))) => {
                    let known: Vec<_> = properties.unwrap_or(&empty).keys().map(String::as_str).collect();
                    let problem = self.error(entry.key_span.clone(), format!("unknown key `{}`", entry.key));
                    self.report(problem.help(instead(&entry.key, &known, "the keys here are")));
                }
                (None, Some(other)) => self.entry(entry, other),
                (None, None) => {}
            }
        }
        for missing in schema.get("required").into_iter().flat_map(names) {
            if node.entry(missing).is_none() {
                let property = properties.and_then(|known| known.get(missing));
                self.missing(node, missing, property);
            }
        }
    }

    fn missing(&mut self, node: &Node, key: &str, property: Option<&Json>) {
        let problem = self.error(node.head(), format!("key `{key}` is missing")).label("in here");
        let about = property.and_then(|property| property.get("description")).and_then(Json::as_str);
        self.report(match about {
            Some(about) => problem.help(format!("`{key}`: {}", about.replace('\n', " "))),
            None => problem,
        });
    }

    /// A key whose value is missing is reported at the key.
    fn entry(&mut self, entry: &Entry, schema: &'a Json) {
        let called = format!("`{}`", entry.key);
        if entry.value.content == Content::Null && entry.value.span.is_empty() {
            let named = Node { span: entry.key_span.clone(), content: Content::Null };
            self.value(&named, schema, &called);
        } else {
            self.value(&entry.value, schema, &called);
        }
    }
}

impl<'s> Alternative<'s> {
    /// Names of JSON types; none for "anything".
    fn types(&self) -> Vec<&'s str> {
        match self.schema.get("type") {
            Some(Json::String(name)) => vec![name],
            Some(several) => names(several).collect(),
            None if self.words().is_some() => vec!["string"],
            None => vec![],
        }
    }

    fn takes(&self, content: &Content) -> bool {
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
    fn wants(&self) -> Vec<&'static str> {
        let words =
            self.types().into_iter().filter_map(|name| Some(TYPES.iter().find(|(json, _)| *json == name)?.1));
        words.collect()
    }

    /// The words that are possible, where they are counted up.
    fn words(&self) -> Option<Vec<&'s str>> {
        match (self.schema.get("const"), self.schema.get("enum")) {
            (Some(word), _) => Some(word.as_str().into_iter().collect()),
            (None, Some(several)) => Some(names(several).collect()),
            (None, None) => None,
        }
    }

    /// Name and content, if it is one variant of an enum with data.
    fn variant(&self) -> Option<(&'s str, &'s Json)> {
        let properties = self.schema.get("properties")?.as_object()?;
        let required: Vec<_> = names(self.schema.get("required")?).collect();
        let (name, content) = properties.iter().next()?;
        (properties.len() == 1 && required == [name.as_str()]).then_some((name.as_str(), content))
    }

    fn holds(&self, value: i128) -> bool {
        let (least, most) = self.bounds();
        (least..=most).contains(&value)
    }

    /// Smallest and largest whole number, from the bounds or from the format, which schemars takes from the type.
    fn bounds(&self) -> (i128, i128) {
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

fn describe(content: &Content) -> &'static str {
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
fn remedy(node: &Node, alternatives: &[Alternative<'_>], source: &Source) -> Option<String> {
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
