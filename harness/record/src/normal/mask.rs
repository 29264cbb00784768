//! Stable names for what differs from run to run.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

use crate::event::EventKind;
use crate::recorder::Record;

/// Generated values shorter than this are left to the rules: as literals they would hit too much.
const SHORTEST_LITERAL: usize = 6;

/// Kind of value, expression with the value in its first group, in the order in which they are applied. A kind without
/// identity is given one name for all of its values.
const RULES: &[(&str, bool, &str)] = &[
    ("transaction", false, r"(?m)^MSRP (\S+) "),
    ("transaction", false, r"(?m)^-------(\S+)[$+#]$"),
    ("session", true, r"msrps?://[^/\s]+/([^;\s]+)"),
    ("range", false, r"(?mi)^Byte-Range[ \t]*:[ \t]*(\S+)"),
    ("origin", false, r"(?m)^o=(\S+ \d+ \d+) "),
    ("port", false, r"(?m)^m=message (\d+) "),
    ("pem", false, r"(-----BEGIN [A-Z ]+-----[^-]*-----END [A-Z ]+-----)"),
    ("cms", false, r"(?m)^(MI[A-Za-z0-9+/]{50,74}(?:\n[A-Za-z0-9+/=]+)*)$"),
    ("boundary", true, r#"(?i)boundary="?([a-z0-9]{16,})"#),
    ("boundary", true, r"(?mi)^--([a-z0-9]{16,})(?:--)?$"),
    ("branch", true, r#"branch=([^;,\s>"]+)"#),
    ("tag", true, r#"tag=([^;,\s>"]+)"#),
    ("call", true, r"(?mi)^(?:Call-ID|i)[ \t]*:[ \t]*(\S+)"),
    ("cseq", false, r"(?mi)^CSeq[ \t]*:[ \t]*(\d+)"),
    ("rport", false, r"rport=(\d+)"),
    ("length", false, r"(?mi)^(?:Content-Length|l)[ \t]*:[ \t]*(\d+)"),
    ("id", true, r"(?mi)^(?:\w+\.)?(?:Original-)?Message-ID:[ \t]*(\S+)"),
    ("id", true, r"<(?:\w+:)?(?:original-)?message-id>\s*([^<\s]+)\s*</"),
    ("id", true, r#""message_id":"([^"]+)""#),
    // The reply to a `send` of several messages: recipient → identifier.
    ("id", true, r#""sip:[^"]*":"([^"]+)""#),
    ("handle", false, r#""handle":"([^"]+)""#),
    ("marker", true, r"\bMarker ([A-Za-z0-9]{8,})"),
    ("content-id", true, r"(?mi)^Content-ID:[ \t]*(\S+)"),
    ("date", false, r"(?mi)^Date[ \t]*:[ \t]*([^\n]+)"),
    ("time", false, r"(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?)"),
    ("port", false, r"(?:127\.0\.0\.1|\[::1\]|localhost):(\d+)"),
];

/// The rules, made ready once: that takes longer than to apply them to a record.
static READY: LazyLock<Vec<(&str, bool, Regex)>> = LazyLock::new(|| {
    let ready = |(kind, identity, rule): &(&'static str, bool, &str)| {
        Some((*kind, *identity, Regex::new(rule).ok()?))
    };
    RULES.iter().filter_map(ready).collect()
});

/// Names given so far.
pub(super) struct Mask {
    literals: Vec<(String, String)>,
    names: BTreeMap<(&'static str, String), usize>,
}

impl Mask {
    /// The names that the record itself gives: its peers, its ports, its generated values.
    pub(super) fn of(record: &Record) -> Self {
        let mut literals = Vec::new();
        for (_, event) in record.iter() {
            if let EventKind::Bound { name, value } = &event.kind {
                literals.extend(literals_of(name, value));
            }
        }
        literals.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        literals.dedup();
        Self { literals, names: BTreeMap::new() }
    }

    /// The text with every such value replaced by its name.
    pub(super) fn text(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for (literal, name) in &self.literals {
            text = text.replace(literal, name);
        }
        for (kind, identity, rule) in READY.iter() {
            let names = &mut self.names;
            let name =
                |captures: &Captures<'_>| replaced(captures, &name_of(names, kind, *identity, &captures[1]));
            text = rule.replace_all(&text, name).into_owned();
        }
        text
    }
}

fn name_of(
    names: &mut BTreeMap<(&'static str, String), usize>,
    kind: &'static str,
    identity: bool,
    value: &str,
) -> String {
    if value.starts_with('<') && value.ends_with('>') {
        return value.to_owned();
    }
    if !identity {
        return format!("<{kind}>");
    }
    let next = names.keys().filter(|(other, _)| *other == kind).count() + 1;
    let number = *names.entry((kind, unescaped(value))).or_insert(next);
    format!("<{kind}-{number}>")
}

/// Values that stand in XML compare with those that stand in headers.
fn unescaped(value: &str) -> String {
    let table =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    table.iter().fold(value.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The whole match with its first group replaced.
fn replaced(captures: &Captures<'_>, name: &str) -> String {
    let (whole, value) = match (captures.get(0), captures.get(1)) {
        (Some(whole), Some(value)) => (whole, value),
        _ => return String::new(),
    };
    let (start, end) = (value.start() - whole.start(), value.end() - whole.start());
    format!("{}{name}{}", &whole.as_str()[..start], &whole.as_str()[end..])
}

/// A peer's user part and every generated text stand for themselves wherever they occur.
fn literals_of(name: &str, value: &Value) -> Vec<(String, String)> {
    match value {
        Value::String(text) if text.len() >= SHORTEST_LITERAL => vec![(text.clone(), format!("<{name}>"))],
        Value::Object(members) => match (members.get("user"), members.get("port")) {
            (Some(Value::String(user)), Some(_)) if name != "iut" => {
                vec![(user.clone(), format!("<{name}>"))]
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorder::Recorder;

    fn mask() -> Mask {
        let recorder = Recorder::begin("s", "udp");
        let peer = serde_json::json!({"uri": "sip:p.4f8k@127.0.0.1:4000", "user": "p.4f8k", "port": 4000});
        recorder.push(EventKind::Bound { name: "P".into(), value: peer });
        recorder.push(EventKind::Bound { name: "marker".into(), value: "q7w6e5r4".into() });
        Mask::of(&recorder.finish())
    }

    #[test]
    fn all_rules_compile() {
        assert_eq!(READY.len(), RULES.len());
    }

    #[test]
    fn identity_survives_and_values_do_not() {
        let mut mask = mask();
        let text = "To: <sip:p.4f8k@127.0.0.1:4000>;tag=a1\nFrom: <x>;tag=b2\nCall-ID: c9@h\nCSeq: 17 MESSAGE\n\
                    zz.Message-ID: m&1\n\n<original-message-id>m&amp;1</original-message-id> q7w6e5r4 tag=a1";
        let expected = "To: <sip:<P>@127.0.0.1:<port>>;tag=<tag-1>\nFrom: <x>;tag=<tag-2>\nCall-ID: <call-1>\n\
                        CSeq: <cseq> MESSAGE\nzz.Message-ID: <id-1>\n\n\
                        <original-message-id><id-1></original-message-id> <marker> tag=<tag-1>";
        assert_eq!(mask.text(text), expected);
        assert_eq!(mask.text(r#"{"message_id":"m&1"}"#), r#"{"message_id":"<id-1>"}"#);
        assert_eq!(mask.text("<message-id>m&amp;1</message-id>"), "<message-id><id-1></message-id>");
    }

    #[test]
    fn generated_boundaries_go_and_chosen_ones_stay() {
        let text = |boundary: &str| format!("a; boundary={boundary}\n\n--{boundary}\n\nb\n--{boundary}--");
        let name = "<boundary-1>";
        assert_eq!(mask().text(&text("1ee2871f5a0a45b0b0c4fd7860436fd4")), text(name));
        assert_eq!(mask().text(&text("lines")), text("lines"));
    }

    #[test]
    fn keys_and_structures_of_smime_go() {
        let lines = ["A".repeat(76), "B".repeat(76), "Cg==".to_owned()].join("\n");
        let text = format!("base64\n\nMI{}\n{lines}\n--end", "x".repeat(74));
        assert_eq!(mask().text(&text), "base64\n\n<cms>\n--end");
        let pem = r#"{"key_pem":"-----BEGIN PRIVATE KEY-----\nMIIE+/=\n-----END PRIVATE KEY-----\n"}"#;
        assert_eq!(mask().text(pem), r#"{"key_pem":"<pem>\n"}"#);
    }

    #[test]
    fn times_keep_their_zone() {
        assert_eq!(mask().text("at 2026-01-02T03:04:05.678+02:00."), "at <time>+02:00.");
    }
}
