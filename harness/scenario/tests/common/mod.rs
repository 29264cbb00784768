//! What the tests of this room share.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use imdnspec_scenario::{Diagnostic, Diagnostics, Source, Suite, Vocabulary, load_scenarios};
use std::sync::LazyLock;

use ledger::Ledger;

/// Names of checks as the judge might have them.
pub(crate) const CHECKS: &[&str] = &["headers-prefixed", "identifiers-unique", "protected"];

/// Read once; every test of a binary loads many files.
static LEDGER: LazyLock<Ledger> = LazyLock::new(|| Ledger::builtin().unwrap());

/// Loads one file.
pub(crate) fn load(text: &str) -> Result<Suite, Diagnostics> {
    load_all(&[Source::new("test.yaml", text)])
}

/// Loads files.
pub(crate) fn load_all(sources: &[Source]) -> Result<Suite, Diagnostics> {
    load_scenarios(sources, &Vocabulary { ledger: &LEDGER, checks: CHECKS })
}

/// A file with one scenario; `more` are further keys of the scenario, `steps` its steps, not indented.
pub(crate) fn file(more: &str, steps: &str) -> String {
    let indent =
        |text: &str, by: &str| -> String { text.lines().map(|line| format!("{by}{line}\n")).collect() };
    let role = if more.contains("role:") { "" } else { "role: reporting-uas\n" };
    format!(
        "document: imdn-03\nsection: \"9.1\"\ntitle: Test\nscenarios:\n  - id: test\n    title: Test\n{}    steps:\n{}",
        indent(&format!("{role}{more}"), "    "),
        indent(steps, "      "),
    )
}

/// The same for receipts-00.
pub(crate) fn receipts_file(more: &str, steps: &str) -> String {
    file(more, steps)
        .replace("document: imdn-03\nsection: \"9.1\"", "document: receipts-00\nsection: \"6.1.3\"")
}

/// The same for rfc5438.
pub(crate) fn rfc_file(more: &str, steps: &str) -> String {
    let more = if more.contains("role:") { more.to_owned() } else { format!("role: im-recipient\n{more}") };
    file(&more, steps).replace("document: imdn-03\nsection: \"9.1\"", "document: rfc5438\nsection: \"7.2.1\"")
}

/// Messages with the text that is underlined.
pub(crate) fn mistakes(found: &Diagnostics) -> Vec<(String, String)> {
    let pair = |one: &Diagnostic| (one.message.clone(), one.source.slice(&one.span).to_owned());
    found.iter().map(pair).collect()
}

/// The only mistake in a file: message and underlined text.
pub(crate) fn only_mistake(text: &str) -> (String, String) {
    let found = load(text).err().unwrap_or_default();
    let mut all = mistakes(&found);
    assert_eq!(all.len(), 1, "{found}\nin\n{text}");
    all.remove(0)
}
