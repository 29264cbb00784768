//! Holds a tree against a JSON schema, as far as schemars makes use of JSON Schema, and finds all mistakes.

use std::ops::Range;
use std::sync::Arc;

use schemars::Schema;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Map, Value as Json};

use super::alternative::{Alternative, describe, names, remedy};
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
