//! Commands against the table of the control protocol.

use super::Checker;
use super::selector::meant;
use crate::control::{self, Form, Member};
use crate::model::Command;
use crate::strict::{Content, Node, listed};
use crate::text::Text;

/// The members that `about` fills in.
const FILLED_BY_ABOUT: &[&str] = &["message_id", "from"];

impl Checker<'_> {
    pub(super) fn members(&mut self, known: &'static control::Command, command: &Command, node: &Node) {
        if command.peer.is_some() && !known.scoped {
            let message = format!("`{}` cannot be narrowed down to a peer", known.name);
            self.report_with(node.at("peer").span.clone(), message, "leave `peer` out");
        }
        let takes_about = control::find(known.members, "message_id").is_some();
        if command.about.is_some() && !takes_about {
            let message = format!("`{}` is about no message", known.name);
            self.report_with(node.at("about").span.clone(), message, "leave `about` out");
        }
        if let Some(with) = node.entry("with") {
            self.object(known.members, &with.value, &format!("`{}`", known.name));
        }
        for group in known.needs {
            let given = |name: &&str| {
                command.with.contains_key(*name)
                    || (command.about.is_some() && FILLED_BY_ABOUT.contains(name))
            };
            if !group.iter().any(given) {
                let or: Vec<_> = group.iter().map(|name| format!("`{name}`")).collect();
                let message = format!("`{}` needs {}", known.name, or.join(" or "));
                let help = if takes_about && group.contains(&"message_id") {
                    "name the message: `about: NAME`"
                } else {
                    "members of a command stand in `with`"
                };
                self.report_with(node.at("ask").span.clone(), message, help);
            }
        }
    }

    fn object(&mut self, members: &[Member], node: &Node, of: &str) {
        let names: Vec<_> = members.iter().map(|member| member.name).collect();
        for entry in node.entries() {
            match control::find(members, &entry.key) {
                Some(member) => self.form(&member.form, &entry.value, &entry.key),
                None => {
                    let help =
                        meant(&entry.key, &names).unwrap_or_else(|| format!("it has {}", listed(&names)));
                    let message = format!("{of} has no member `{}`", entry.key);
                    self.report_with(entry.key_span.clone(), message, help);
                }
            }
        }
    }

    /// A text with a reference in it may turn out to be anything that is written in one word.
    fn form(&mut self, form: &Form, node: &Node, key: &str) {
        let open = matches!(&node.content, Content::Text(text) if text.contains("${"));
        let wanted = match (form, &node.content) {
            (Form::List(inner), Content::List(items)) => {
                return items.iter().for_each(|item| self.form(inner, item, key));
            }
            (Form::Object(members), Content::Map(_)) => {
                return self.object(members, node, &format!("an entry of `{key}`"));
            }
            (Form::Table(inner), Content::Map(entries)) => {
                return entries.iter().for_each(|entry| self.form(inner, &entry.value, key));
            }
            (Form::List(_), Content::Text(text)) if self.is_list_of_crowd(text) => return,
            (Form::List(_), _) => "a list",
            (Form::Object(_) | Form::Table(_), _) => "a mapping",
            _ if open => return,
            (Form::Text | Form::Uri, Content::Text(_)) => return,
            (Form::Flag | Form::FlagOrWord(_), Content::Bool(_)) => return,
            (Form::Number, Content::Integer(_)) => return,
            (Form::Word(words) | Form::FlagOrWord(words), Content::Text(word)) => {
                return self.word_of(words, word, node, key);
            }
            (Form::Text, _) => "a text",
            (Form::Uri, _) => "a URI",
            (Form::Flag, _) => "true or false",
            (Form::Number, _) => "a whole number",
            (Form::Word(_) | Form::FlagOrWord(_), _) => "a word",
        };
        self.report(node.head(), format!("`{key}` has to be {wanted}"));
    }

    /// Whether the text stands for the members of a crowd.
    fn is_list_of_crowd(&mut self, text: &str) -> bool {
        let text = Text(text.to_owned());
        let crowd = text.reference().filter(|(_, part)| *part == Some("members"));
        crowd.is_some_and(|(name, _)| self.names.is_crowd(name))
    }

    fn word_of(&mut self, words: &[&str], word: &str, node: &Node, key: &str) {
        if !words.contains(&word) {
            let help = meant(word, words).unwrap_or_else(|| format!("the words are {}", listed(words)));
            self.report_with(node.span.clone(), format!("`{key}` cannot be `{word}`"), help);
        }
    }
}
