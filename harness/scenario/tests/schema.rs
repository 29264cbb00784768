//! The JSON schema that editors get.

use imdnspec_scenario::{control, schema};
use serde_json::{Value, json};

fn every_object<'a>(schema: &'a Value, seen: &mut dyn FnMut(&'a Value)) {
    match schema {
        Value::Object(members) => {
            seen(schema);
            members.values().for_each(|inner| every_object(inner, seen));
        }
        Value::Array(items) => items.iter().for_each(|inner| every_object(inner, seen)),
        _ => {}
    }
}

#[test]
fn every_key_has_a_description_and_no_key_takes_null() {
    let schema = schema();
    every_object(&schema, &mut |object| {
        let properties = object.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let variant = object["required"] == json!([name]) && object.get("description").is_some();
            assert!(variant || property.get("description").is_some(), "{name}: {property}");
            assert!(property["type"].as_array().is_none(), "{name}: {property}");
            assert!(property.get("default") != Some(&Value::Null), "{name}: {property}");
        }
    });
}

#[test]
fn editors_can_offer_the_words() {
    let schema = schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["properties"]["document"]["enum"][0], "imdn-03");
    let definitions = &schema["$defs"];
    assert_eq!(definitions["Command"]["properties"]["ask"]["enum"], json!(control::command_names()));
    assert_eq!(definitions["Scenario"]["properties"]["role"]["enum"][1], "reporting-uas");
    assert_eq!(definitions["Assertion"]["properties"]["that"]["examples"][0], "imdn.Message-ID");
    assert_eq!(definitions["Ids"]["examples"][0], "IMDN-9.1-1");
}

/// Where a null means something of its own it stays: an element of a report that is left out.
#[test]
fn null_stays_where_it_says_something() {
    let element = &schema()["$defs"]["Send"]["properties"]["document"]["additionalProperties"];
    assert_eq!(element["anyOf"][1], json!({"type": "null"}));
}
