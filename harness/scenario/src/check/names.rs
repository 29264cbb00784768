//! What stands behind `${name}`, `about` and `of`: who defines it, who uses it.

use std::ops::Range;

use super::Checker;
use crate::control;
use crate::strict::{Node, closest};

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A generated value, or the number of a round.
    Value,
    /// A scripted peer.
    Peer,
    /// The implementation under test.
    Iut,
    /// A message that was sent or received.
    Message,
    /// The reply to a command; `None` where the command is unknown.
    Reply(Option<&'static control::Command>),
}

impl Meaning {
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Value => "a value",
            Self::Peer => "a peer",
            Self::Iut => "the IUT",
            Self::Message => "a message",
            Self::Reply(_) => "the reply to a command",
        }
    }
}

#[derive(Clone, Debug)]
struct Name {
    text: String,
    meaning: Meaning,
    at: Range<usize>,
    /// What to do if nobody uses it.
    unused: Option<&'static str>,
}

/// The names that are known at a point of a scenario.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<Name>);

/// Where a scope begins.
#[derive(Clone, Copy)]
pub(super) struct Scope(usize);

impl Names {
    pub(super) fn enter(&self) -> Scope {
        Scope(self.0.len())
    }

    /// A name of the language, which need not be used.
    pub(super) fn bind(&mut self, name: &str, meaning: Meaning) {
        self.0.push(Name { text: name.to_owned(), meaning, at: 0..0, unused: None });
    }

    fn get(&mut self, name: &str) -> Option<&mut Name> {
        self.0.iter_mut().rev().find(|one| one.text == name)
    }
}

impl Checker<'_> {
    /// Ends a scope and reports what nobody has used.
    pub(super) fn leave(&mut self, scope: Scope) {
        for name in self.names.0.split_off(scope.0) {
            if let Some(help) = name.unused {
                self.report_with(name.at, format!("nobody uses `{}`", name.text), help);
            }
        }
    }

    /// Defines a name that may stay unused.
    pub(super) fn define(&mut self, name: &str, meaning: Meaning, at: &Range<usize>) {
        self.add(name, meaning, at, None);
    }

    /// Defines a name that somebody has to use.
    pub(super) fn define_used(
        &mut self,
        name: &str,
        meaning: Meaning,
        at: &Range<usize>,
        unused: &'static str,
    ) {
        self.add(name, meaning, at, Some(unused));
    }

    fn add(&mut self, name: &str, meaning: Meaning, at: &Range<usize>, unused: Option<&'static str>) {
        if let Some(earlier) = self.names.get(name).map(|earlier| earlier.clone()) {
            let message = format!("`{name}` is {} already", earlier.meaning.describe());
            let mut problem = self.error(at.clone(), message).help("choose another name");
            if !earlier.at.is_empty() {
                problem = problem.related(self.source, earlier.at, "it is defined here");
            }
            self.problems.push(problem);
        } else {
            self.names.0.push(Name { text: name.to_owned(), meaning, at: at.clone(), unused });
        }
    }

    /// The meaning of a name that is used at `span`; an unknown one is reported.
    pub(super) fn lookup(&mut self, name: &str, span: Range<usize>) -> Option<Meaning> {
        if let Some(known) = self.names.get(name) {
            known.unused = None;
            return Some(known.meaning);
        }
        let known: Vec<_> = self.names.0.iter().map(|one| one.text.as_str()).collect();
        let help = match closest(name, known.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("known up to here: {}", known.join(", ")),
        };
        self.report_with(span, format!("nothing before this defines `{name}`"), help);
        None
    }

    /// Looks up a name that has to mean a message.
    pub(super) fn message_named(&mut self, name: Option<&String>, key: &str, step: &Node) {
        let Some(name) = name else { return };
        let span = step.at(key).span.clone();
        match self.lookup(name, span.clone()) {
            None | Some(Meaning::Message) => {}
            Some(other) => {
                let help = "name a message by `as` in a `send` or `expect` before this step";
                let message = format!("`{key}` has to name a message; `{name}` is {}", other.describe());
                self.report_with(span, message, help);
            }
        }
    }

    /// Looks up a name that has to mean a peer.
    pub(super) fn peer_named(&mut self, name: &str, node: &Node) {
        let span = node.span.clone();
        match self.lookup(name, span.clone()) {
            None | Some(Meaning::Peer) => {}
            Some(other) => {
                let message = format!("`{name}` is {}, not a peer", other.describe());
                self.report_with(span, message, "peers are listed in `peers` of the scenario");
            }
        }
    }
}
