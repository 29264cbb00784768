//! `${name.selector}` and `that: selector`.

use std::ops::Range;

use super::Checker;
use super::document::of_kinds;
use super::names::Meaning;
use crate::control::{self, Form, Member};
use crate::strict::{Content, Node, closest, listed};
use crate::text::{Segment, Text};

/// Parts of a message: the word before the dot, what may stand behind it, and whether header names may stand there too.
const PARTS: &[(&str, &[&str], bool)] = &[
    ("sip", &["method", "status", "reason", "request-uri", "body", "octets"], true),
    ("msrp", &["method", "status", "body", "octets"], true),
    ("outer", &["type", "method"], false),
    ("cpim", &["From", "To", "cc", "DateTime", "Subject", "NS", "Require"], true),
    ("imdn", &[], true),
    ("entity", &["Content-Type", "Content-ID", "Content-Disposition", "Content-Transfer-Encoding"], true),
    ("content", &["type", "text"], false),
    ("document", &["root"], true),
];

/// SIP headers that scenarios are likely to name, so that slips are found; others may be named as well.
const SIP_HEADERS: &[&str] = &[
    "Accept",
    "Allow",
    "Call-ID",
    "Contact",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Length",
    "Content-Type",
    "CSeq",
    "Date",
    "Expires",
    "From",
    "Max-Forwards",
    "Record-Route",
    "Require",
    "Route",
    "Subject",
    "Supported",
    "To",
    "Unsupported",
    "User-Agent",
    "Via",
    "Warning",
];

/// MSRP headers (RFC 4975 section 9).
const MSRP_HEADERS: &[&str] = &[
    "Byte-Range",
    "Content-Disposition",
    "Content-ID",
    "Content-Type",
    "Failure-Report",
    "From-Path",
    "Message-ID",
    "Status",
    "Success-Report",
    "To-Path",
];

/// Parts of a peer or of the IUT.
const PARTY: &[&str] = &["uri", "address", "user", "host", "port", "certificate", "key", "authority"];

/// Parts of a crowd.
const CROWD: &[&str] = &["members"];

/// Parts of what the IUT may not fetch.
const TRAPS: &[&str] = &["url", "file"];

/// Words of the IUT's own document.
const WORDS: &[&str] = &["document", "message-id"];

/// Parts of what carries a message.
const CARRIERS: &[&str] = &["sip.", "msrp.", "outer."];

/// Keys whose texts are filled in when the scenario runs.
const FILLED_IN: &[&str] = &[
    "peer", "to", "receipts", "set", "add", "document", "text", "body", "octets", "with", "each", "is", "in",
    "not", "uri", "contains", "omits", "lists", "lacks", "tolerate", "markup",
];

impl Checker<'_> {
    /// All `${…}` below the keys of a step or of an assertion. Lists of steps and assertions see to their own.
    pub(super) fn references(&mut self, node: &Node) {
        for entry in node.entries() {
            match entry.key.as_str() {
                "assert" | "steps" | "answer" | "missing" => {}
                "cpim" | "entity" | "msrp" | "sip" => self.references(&entry.value),
                key if FILLED_IN.contains(&key) => self.filled_in(&entry.value),
                key => self.not_filled_in(&entry.value, key),
            }
        }
    }

    fn filled_in(&mut self, node: &Node) {
        if let Content::Text(text) = &node.content {
            return self.text(text, node);
        }
        let values = node.entries().iter().map(|entry| &entry.value);
        for inner in node.items().iter().chain(values) {
            self.filled_in(inner);
        }
    }

    fn not_filled_in(&mut self, node: &Node, key: &str) {
        if let Content::Text(text) = &node.content
            && let Some(at) = text.find("${")
        {
            let span = self.place(node, &text[at..]);
            self.report(span, format!("`${{…}}` stands for nothing in `{key}`"));
        }
        for item in node.items() {
            self.not_filled_in(item, key);
        }
    }

    fn text(&mut self, text: &str, node: &Node) {
        let holder = Text(text.to_owned());
        match holder.segments() {
            Err(bad) => {
                let span = self.place(node, text.get(bad.at..).unwrap_or_default());
                let help = "write `${name}` or `${name.selector}`, and `$${` for the characters themselves";
                self.report_with(span, "this `${` has no end or nothing in it", help);
            }
            Ok(segments) => {
                for segment in segments {
                    if let Segment::Reference { name, selector } = segment {
                        self.reference(name, selector, node);
                    }
                }
            }
        }
    }

    fn reference(&mut self, name: &str, selector: Option<&str>, node: &Node) {
        let written = selector.map_or_else(|| format!("${{{name}}}"), |part| format!("${{{name}.{part}}}"));
        let span = self.place(node, &written);
        let Some(meaning) = self.lookup(name, span.clone()) else { return };
        match (meaning, selector) {
            (Meaning::Value, Some(_)) => {
                self.report_with(
                    span,
                    format!("`{name}` is a value and has no parts"),
                    format!("write `${{{name}}}`"),
                );
            }
            (Meaning::Value | Meaning::Message, None) => {}
            (meaning, None) => {
                let message = format!("`{name}` is {}; say what of it is meant", meaning.describe());
                self.report_with(span, message, self.parts_of(meaning));
            }
            (meaning, Some(part)) => self.selector(meaning, part, span),
        }
    }

    fn parts_of(&self, meaning: Meaning) -> String {
        match meaning {
            Meaning::Peer | Meaning::List | Meaning::Iut => format!("its parts are {}", listed(PARTY)),
            Meaning::Trap => format!("its parts are {}", listed(TRAPS)),
            Meaning::Terms => format!("its parts are {}", listed(WORDS)),
            Meaning::Crowd(_) => "`members` is the list of its addresses; its peers have a number".into(),
            Meaning::Reply(Some(command)) => {
                let names: Vec<_> = command.reply.iter().map(|member| member.name).collect();
                format!("the reply to `{}` has {}", command.name, listed(&names))
            }
            _ => "such as `id`, `sip.From`, `cpim.To`, `imdn.Message-ID`, `content.text`, `document.disposition`".into(),
        }
    }

    /// Whether something has that part.
    pub(super) fn selector(&mut self, of: Meaning, selector: &str, span: Range<usize>) {
        let known: Vec<_> = match of {
            Meaning::Message => return self.message_part(selector, span),
            Meaning::Peer | Meaning::List | Meaning::Iut => PARTY.to_vec(),
            Meaning::Crowd(_) => CROWD.to_vec(),
            Meaning::Trap => TRAPS.to_vec(),
            Meaning::Terms => WORDS.to_vec(),
            Meaning::Reply(Some(command)) => command.reply.iter().map(|member| member.name).collect(),
            Meaning::Reply(None) | Meaning::Value => return,
        };
        if !known.contains(&selector) {
            let message = format!("{} has no part `{selector}`", of.describe());
            self.report_with(span, message, meant(selector, &known).unwrap_or_else(|| self.parts_of(of)));
        }
    }

    fn message_part(&mut self, selector: &str, span: Range<usize>) {
        if selector == "id" {
            return;
        }
        // What is said of the innermost enclosed object is said in the same words; only the outermost is carried.
        let inner = selector
            .strip_prefix("inner.")
            .filter(|inner| !CARRIERS.iter().any(|carrier| inner.starts_with(carrier)));
        let selector = inner.unwrap_or(selector);
        let (prefix, part) = selector.split_once('.').unwrap_or((selector, ""));
        let Some((_, fixed, open)) = PARTS.iter().find(|(name, ..)| *name == prefix) else {
            let prefixes: Vec<_> = PARTS.iter().map(|(name, ..)| *name).collect();
            let help = meant(prefix, &prefixes).unwrap_or_else(|| self.parts_of(Meaning::Message));
            return self.report_with(span, format!("a message has no part `{selector}`"), help);
        };
        let mut known = fixed.to_vec();
        known.extend(self.names_of_profile(prefix));
        let is_known = known.iter().any(|name| name.eq_ignore_ascii_case(part));
        let meant = meant(part, &known);
        if part.is_empty() || (!is_known && (!open || meant.is_some())) {
            let help = meant.unwrap_or_else(|| format!("behind `{prefix}.` stand {}", listed(&known)));
            self.report_with(span, format!("a message has no part `{selector}`"), help);
        }
    }

    /// Names that the profile puts behind a prefix.
    fn names_of_profile(&self, prefix: &str) -> Vec<&'static str> {
        match (prefix, self.profile) {
            ("sip", _) => SIP_HEADERS.to_vec(),
            ("msrp", _) => MSRP_HEADERS.to_vec(),
            ("imdn", Some(profile)) => {
                profile.headers.defined().chain(profile.headers.undefined.iter().copied()).collect()
            }
            ("document", Some(profile)) => {
                let children = profile.report.children.iter().map(|child| child.name);
                children.chain(of_kinds(profile)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The keys of `lists` and `lacks` against the members that entries of the list have.
    pub(super) fn list_members(&mut self, of: Meaning, list: &str, node: &Node) {
        let Meaning::Reply(Some(command)) = of else { return };
        let Some(Member { form: Form::List(Form::Object(members)), .. }) = control::find(command.reply, list)
        else {
            return;
        };
        let known: Vec<_> = members.iter().map(|member| member.name).collect();
        for entry in node.entries() {
            if !known.contains(&entry.key.as_str()) {
                let help =
                    meant(&entry.key, &known).unwrap_or_else(|| format!("they have {}", listed(&known)));
                let message = format!("entries of `{list}` have no member `{}`", entry.key);
                self.report_with(entry.key_span.clone(), message, help);
            }
        }
    }

    /// The place of a part of a text, as far as it is written as it is meant; else the whole text.
    fn place(&self, node: &Node, part: &str) -> Range<usize> {
        let written = self.source.slice(&node.span);
        match written.find(part).filter(|_| !part.is_empty()) {
            Some(at) => node.span.start + at..node.span.start + at + part.len(),
            None => node.span.clone(),
        }
    }
}

/// "did you mean …", if something near enough is known.
pub(super) fn meant(word: &str, known: &[&str]) -> Option<String> {
    closest(word, known.iter().copied()).map(|meant| format!("did you mean `{meant}`?"))
}
