//! The strict loader with types of other rooms' kinds.

use std::collections::BTreeMap;
use std::net::IpAddr;

use imdnspec_scenario::strict;
use schemars::JsonSchema;
use serde::Deserialize;

#[expect(dead_code, reason = "only loading is of interest")]
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Profile {
    name: String,
    #[serde(default)]
    listen: Option<IpAddr>,
    #[serde(default)]
    scale: f64,
    #[serde(default)]
    small: u8,
    #[serde(default)]
    ports: Vec<u16>,
    #[serde(default)]
    driver: Driver,
    #[serde(default)]
    reasons: BTreeMap<String, Option<String>>,
}

#[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Driver {
    #[default]
    None,
    Exec {
        program: String,
    },
}

fn mistakes(text: &str) -> Vec<(String, String)> {
    let found = strict::load::<Profile>("iut.yaml", text).err().unwrap_or_default();
    found.iter().map(|one| (one.message.clone(), one.source.slice(&one.span).to_owned())).collect()
}

#[test]
fn enums_are_words_or_mappings_with_one_key() {
    let load = |driver: &str| {
        let text = format!("name: x\ndriver: {driver}\n");
        strict::load::<Profile>("iut.yaml", &text).unwrap().value.driver
    };
    assert_eq!(load("none"), Driver::None);
    assert_eq!(load("{exec: {program: ua}}"), Driver::Exec { program: "ua".into() });
}

#[test]
fn what_only_the_type_refuses_is_located() {
    let found = mistakes("name: x\nlisten: nowhere\n");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1, "nowhere");
    let found = mistakes("name: x\nreasons: {a: b}\ndriver: {exec: {program: 5}}");
    assert_eq!(found, [("`program` has to be a text".to_owned(), "5".to_owned())]);
}

#[test]
fn numbers_have_the_bounds_of_their_types() {
    let found = mistakes("name: x\nsmall: 256\nports: [1, 70000, -1, 1.5]\nscale: 2\n");
    let expected = [
        ("`small` has to be at most 255", "256"),
        ("an item of `ports` has to be at most 65535", "70000"),
        ("an item of `ports` has to be at least 0", "-1"),
        ("an item of `ports` has to be a whole number", "1.5"),
    ];
    assert_eq!(found, expected.map(|(message, text)| (message.to_owned(), text.to_owned())));
}

#[test]
fn words_and_variants_are_told_apart() {
    for (driver, underlined, message) in [
        ("nothing", "nothing", "`driver` cannot be `nothing`"),
        ("{run: {}}", "run", "unknown driver `run`"),
        ("exec", "exec", "`driver` cannot be `exec`"),
        ("{exec: {}}", "{}", "key `program` is missing"),
    ] {
        let found = mistakes(&format!("name: x\ndriver: {driver}\n"));
        assert_eq!(found, [(message.to_owned(), underlined.to_owned())], "{driver}");
    }
}

#[test]
fn parts_are_found_by_their_pointer() {
    let text = "name: x\nports: [1, 22]\nreasons: {a/b: c}\n";
    let loaded = strict::load::<Profile>("iut.yaml", text).unwrap();
    let at = |pointer: &str| loaded.source.slice(&loaded.span(pointer));
    assert_eq!(at("/name"), "x");
    assert_eq!(at("/ports/1"), "22");
    assert_eq!(at("/ports/7"), "[1, 22]");
    assert_eq!(at("/reasons/a~1b"), "c");
    assert_eq!(at(""), text.trim_end());
    assert_eq!(at("/nothing/here"), text.trim_end());
}

#[test]
fn a_key_without_a_value_is_a_mistake_unless_null_says_something() {
    assert_eq!(mistakes("name: x\nlisten:\n"), [("`listen` has to be a text".into(), "listen".into())]);
    assert_eq!(mistakes("name: x\nreasons: {a: null}\n"), []);
}
