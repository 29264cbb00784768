//! docs/scenarios.md against the language: nothing is left out, and every example is what it says it is.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::{file, load};
use serde_json::Value;

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/scenarios.md");
    std::fs::read_to_string(path).unwrap()
}

/// Fenced blocks: what stands behind the fence, and the content.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let fenced = page.split("```").skip(1).step_by(2);
    fenced.map(|block| block.split_once('\n').unwrap()).collect()
}

/// Every key and every word of a schema.
fn words(schema: &Value, found: &mut BTreeSet<String>) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        found.extend(properties.keys().cloned());
    }
    found.extend(schema.get("const").and_then(Value::as_str).map(String::from));
    match schema {
        Value::Object(members) => members.values().for_each(|inner| words(inner, found)),
        Value::Array(items) => items.iter().for_each(|inner| words(inner, found)),
        _ => {}
    }
}

#[test]
fn every_key_and_word_is_explained() {
    let page = page();
    let mut all = BTreeSet::new();
    words(&imdnspec_scenario::schema(), &mut all);
    assert!(all.len() > 50);
    let explained =
        |word: &String| page.contains(&format!("`{word}`")) || page.contains(&format!("`{{{word}: "));
    let missing: Vec<_> = all.iter().filter(|word| !explained(word)).collect();
    assert!(missing.is_empty(), "docs/scenarios.md does not explain {missing:?}");
}

#[test]
fn examples_load() {
    let page = page();
    let mut count = 0;
    for (kind, text) in blocks(&page) {
        let example = match kind.split_once(' ') {
            None if kind == "yaml" => text.to_owned(),
            Some(("yaml", "steps")) => file("", text),
            Some(("yaml", "steps role=requesting-uac")) => file("role: requesting-uac", text),
            _ => continue,
        };
        count += 1;
        let found = load(&example).err().unwrap_or_default();
        assert!(found.is_empty(), "{found}\nin\n{example}");
    }
    assert!(count >= 6);
}

#[test]
fn mistakes_give_the_diagnostics_that_are_shown() {
    let page = page();
    let blocks = blocks(&page);
    let mut count = 0;
    for pair in blocks.windows(2) {
        if let [("yaml mistake", steps), ("text", diagnostics)] = pair {
            count += 1;
            let found = load(&file("", steps)).err().unwrap_or_default();
            assert_eq!(found.to_string(), diagnostics.trim_end(), "{steps}");
        }
    }
    assert!(count >= 7);
}
