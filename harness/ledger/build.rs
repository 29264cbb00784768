//! Writes the catalogue down in a form that is read in no time: one JSON file in place of sixteen YAML files.
//!
//! Nothing is checked here; the tests load the YAML strictly and compare.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use serde_json::{Map, Value};

/// Files of requirements; their names are the documents'.
const DOCUMENTS: &[&str] =
    &["imdn-03", "receipts-00", "message", "cpim", "imdn-02", "rfc5438", "rfc3862", "robustness"];

/// Other records: the key in the compact form and the files.
const OTHERS: &[(&str, &[&str])] = &[
    ("readings", &["interpretations/drafts", "interpretations/rfcs"]),
    ("rules", &["interpretations/rules"]),
    ("field_forms", &["interpretations/field-forms"]),
    ("groups", &["interpretations/groups"]),
    ("rollups", &["interpretations/rollups"]),
    ("side_effects", &["interpretations/side-effects"]),
    ("left_out", &["left-out"]),
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=requirements");
    let mut catalogue = Map::new();
    catalogue.insert("requirements".to_owned(), requirements()?.into());
    for (key, files) in OTHERS {
        let mut all = Vec::new();
        for file in *files {
            all.extend(records(file)?);
        }
        catalogue.insert((*key).to_owned(), all.into());
    }
    let target = Path::new(&env::var("OUT_DIR")?).join("catalogue.json");
    Ok(fs::write(target, serde_json::to_string(&catalogue)?)?)
}

fn requirements() -> Result<Vec<Map<String, Value>>, Box<dyn Error>> {
    let mut all = Vec::new();
    for document in DOCUMENTS {
        all.extend(records(document)?.into_iter().map(|mut record| {
            record.insert("document".to_owned(), (*document).into());
            record
        }));
    }
    Ok(all)
}

fn records(file: &str) -> Result<Vec<Map<String, Value>>, Box<dyn Error>> {
    let path = format!("requirements/{file}.yaml");
    serde_yaml::from_str(&fs::read_to_string(&path)?).map_err(|error| format!("{path}: {error}").into())
}
