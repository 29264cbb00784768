//! What a peer sends: which keys belong to which template, mode, variant and document.

use wire::profile::RequestValue;

use super::Checker;
use super::names::Meaning;
use super::requirement::Judging;
use super::selector::meant;
use crate::model::{Edits, ExpectedAnswer, Layer, Mode, Place, Send, Template};
use crate::strict::{Node, listed};

/// Whether a key makes sense for a template.
type Fits = fn(Template) -> bool;

/// Keys of `send` that make sense for some templates only.
const KEYS_OF_TEMPLATES: &[(&str, Fits)] = &[
    ("about", Template::is_report),
    ("document", |template| template.is_report() && template != Template::Encrypted),
    ("of", |template| matches!(template, Template::Again | Template::Resent | Template::Wrapped)),
    ("receipts", |template| template == Template::ImReq),
    ("cpim", is_written),
    ("entity", is_written),
    ("msrp", is_message),
    ("chunk", is_message),
    ("protect", is_written),
    ("sip", |template| template != Template::Again),
    ("to", |template| template != Template::Again),
    ("text", |template| matches!(template, Template::ImReq | Template::Im | Template::Plain)),
    ("body", |template| !matches!(template, Template::Again | Template::Resent)),
];

/// Keys of `send` that mean nothing but in one mode.
const KEYS_OF_MODES: &[(&str, Mode)] =
    &[("chunk", Mode::Session), ("msrp", Mode::Session), ("sip", Mode::Page)];

/// What an answer is that does not come.
const NONE: &str = "none";

/// Whether a CPIM object is written for it.
fn is_written(template: Template) -> bool {
    matches!(template, Template::ImReq | Template::Im) || template.is_report()
}

/// Whether it is a message that a session can carry.
fn is_message(template: Template) -> bool {
    !matches!(template, Template::Again | Template::Options)
}

impl Checker<'_> {
    pub(super) fn send(&mut self, send: &Send, node: &Node) {
        self.peer(send.peer.as_ref(), node);
        self.references(node);
        self.message_named(send.about.as_ref(), "about", node);
        self.message_named(send.of.as_ref(), "of", node);
        self.keys_of_template(send, node);
        self.mode(send, node);
        self.receipts(send, node);
        self.protect(send, node);
        self.document(send, node);
        if matches!(send.message, Template::Again | Template::Resent) && send.of.is_none() {
            let help = "name the earlier message: `of: NAME`";
            self.report_with(node.at("message").span.clone(), "which message is sent again?", help);
        }
        if send.of.is_some() && !send.document.is_empty() {
            let message = "the report that `of` names is enclosed as it is";
            self.report_with(node.at("document").head(), message, "leave `document` out, or `of`");
        }
        if send.body.is_some() {
            self.replaced_by_body(send, node);
        }
        self.hostile(send, node);
        if let Some(answer) = &send.answer {
            self.expected_answer(answer, self.modes_of(send), node.at("answer"));
        }
        let asserts = send.answer.as_ref().is_some_and(|answer| !answer.judges.as_slice().is_empty());
        self.save(send.name.as_ref(), Meaning::Message, node, asserts);
    }

    fn keys_of_template(&mut self, send: &Send, node: &Node) {
        for (key, fits) in KEYS_OF_TEMPLATES {
            if let Some(entry) = node.entry(key)
                && !fits(send.message)
            {
                let message = format!("`{key}` means nothing to this `message`");
                let problem = self.error(entry.key_span.clone(), message);
                let to = node.at("message").span.clone();
                self.problems.push(problem.related(self.source, to, "to this one"));
            }
        }
    }

    /// `body` is all there is.
    fn replaced_by_body(&mut self, send: &Send, node: &Node) {
        let replaced = [("text", send.text.is_some()), ("entity", !send.entity.is_empty())];
        for (key, _) in replaced.into_iter().filter(|(_, is_there)| *is_there) {
            let message = format!("`body` takes the place of all there is, `{key}` included");
            self.report(node.at(key).head(), message);
        }
    }

    /// The modes in which it is sent, over all variants of the scenario.
    fn modes_of(&self, send: &Send) -> Vec<Mode> {
        self.variants.iter().map(|variant| send.mode_in(*variant)).collect()
    }

    fn mode(&mut self, send: &Send, node: &Node) {
        if send.mode == Some(Mode::Session) && !is_message(send.message) {
            let help = "retransmissions and OPTIONS are SIP's own; leave `mode` out";
            self.report_with(node.at("mode").span.clone(), "no session carries this `message`", help);
            return;
        }
        let modes = self.modes_of(send);
        for (key, mode) in KEYS_OF_MODES {
            let Some(entry) = node.entry(key) else { continue };
            if is_message(send.message) && !modes.is_empty() && !modes.contains(mode) {
                let help = format!("it travels in {mode} mode where `mode` says so, or the variant");
                let message = format!("`{key}` means nothing, since this never travels in {mode} mode");
                self.report_with(entry.key_span.clone(), message, help);
            }
        }
        if send.chunk == Some(0) {
            self.report(node.at("chunk").span.clone(), "a chunk has at least 1 octet");
        }
    }

    /// `receipts` says what a request asks for where the document's request has values.
    fn receipts(&mut self, send: &Send, node: &Node) {
        let Some(profile) = self.profile.filter(|_| send.message == Template::ImReq) else { return };
        let here = node.entry("receipts");
        match (&profile.headers.request_value, here) {
            (RequestValue::Nothing, Some(entry)) => {
                let message = format!("a request of {} has no values", self.document);
                self.report_with(entry.key_span.clone(), message, "leave `receipts` out");
            }
            (RequestValue::Words(words) | RequestValue::WordsWithParameters(words), Some(entry)) => {
                self.receipt_words(words, send, &entry.value);
            }
            (RequestValue::Words(words) | RequestValue::WordsWithParameters(words), None)
                if send.body.is_none() =>
            {
                let help = format!("add `receipts:` with some of {}", listed(words));
                self.report_with(node.at("message").span.clone(), "which receipts does it ask for?", help);
            }
            _ => {}
        }
    }

    fn receipt_words(&mut self, words: &[&str], send: &Send, node: &Node) {
        for (index, word) in send.receipts.iter().map(|text| text.0.as_str()).enumerate() {
            let span = node.item(index).span.clone();
            if word.contains("${") {
                continue;
            } else if !words.contains(&word) {
                let help = meant(word, words).unwrap_or_else(|| format!("the words are {}", listed(words)));
                let help = format!("{help}; what no document knows stands in `cpim`");
                self.report_with(span, format!("there is no receipt `{word}`"), help);
            } else if send.receipts[..index].iter().any(|other| other.0 == word) {
                self.report(span, format!("`{word}` stands twice"));
            }
        }
        let request = self.profile.map_or("", |profile| profile.headers.request);
        if send.receipts.is_empty() && !writes(&send.cpim, request) {
            let help = format!("write the line `{request}` yourself in `cpim`, or send an `im`");
            self.report_with(node.span.clone(), "this asks for nothing", help);
        }
    }

    fn protect(&mut self, send: &Send, node: &Node) {
        let mut around = false;
        for (index, layer) in send.protect.iter().enumerate() {
            let here = node.at("protect").item(index);
            if around && layer.place == Place::Inside {
                let help = "the innermost layer stands first; what is `inside` comes before what is `around`";
                self.report_with(here.at("place").head(), "this would be inside of nothing", help);
            }
            around |= layer.place == Place::Around;
            let of_signatures = [("certificate", !layer.certificate), ("stranger", layer.stranger)];
            for (key, _) in of_signatures.into_iter().filter(|(_, said)| *said && !layer.signs()) {
                self.report(here.at(key).head(), format!("`{key}` means nothing to what does not sign"));
            }
            if layer.broken && layer.layer != Layer::Sign {
                self.report(here.at("broken").head(), "only a signature of `layer: sign` can be `broken`");
            }
        }
    }

    fn expected_answer(&mut self, answer: &ExpectedAnswer, modes: Vec<Mode>, node: &Node) {
        self.charge(node, &answer.judges, answer.otherwise, answer.reading.as_ref(), Judging::May);
        if answer.is.is_empty() {
            self.report(node.at("is").span.clone(), "`is` has to name a status");
        }
        for (key, statuses) in [("is", &answer.is), ("tolerate", &answer.tolerate)] {
            for (index, status) in statuses.iter().enumerate() {
                let span = node.at(key).item(index).span.clone();
                if status == NONE && modes.contains(&Mode::Page) {
                    let help = "write `mode: session`, or `transports: [msrp]` with the reason";
                    self.report_with(span, "a SIP request is always answered", help);
                } else if status != NONE && !is_status(status) {
                    let help = "a status is three digits from 100 to 699, a class is written `2xx`";
                    self.report_with(span, format!("`{status}` is no status and no class"), help);
                }
            }
        }
    }
}

/// Whether edits write a header, under this name or one that holds it.
fn writes(edits: &Edits, name: &str) -> bool {
    edits.set.iter().chain(&edits.add).any(|line| line.0.contains(name))
}

/// `200` or `2xx`.
fn is_status(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1'..=b'6', b'x', b'x'])
        || matches!(text.as_bytes(), [b'1'..=b'6', tens, ones] if tens.is_ascii_digit() && ones.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::is_status;

    #[test]
    fn statuses_and_classes() {
        assert!(["200", "2xx", "699", "100"].iter().all(|status| is_status(status)));
        assert!(!["20", "2XX", "700", "0xx", "2x0", "2000", ""].iter().any(|status| is_status(status)));
    }
}
