//! What stands behind `${name}`, `about` and `of`: who defines it, who uses it.

use std::ops::Range;

use super::Checker;
use crate::control;
use crate::strict::{Node, closest};
use crate::text::{Segment, Text};

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A generated value, or the number of a round.
    Value,
    /// A scripted peer.
    Peer,
    /// That many scripted peers, whose names are that of the crowd and a number.
    Crowd(u32),
    /// The address of a list at the IUT.
    List,
    /// The implementation under test.
    Iut,
    /// A message that was sent or received.
    Message,
    /// What the IUT may not fetch.
    Trap,
    /// The words of the IUT's own document.
    Terms,
    /// The reply to a command; `None` where the command is unknown.
    Reply(Option<&'static control::Command>),
}

impl Meaning {
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Value => "a value",
            Self::Peer => "a peer",
            Self::Crowd(_) => "a crowd",
            Self::List => "a list",
            Self::Iut => "the IUT",
            Self::Message => "a message",
            Self::Trap => "a trap",
            Self::Terms => "the words of a document",
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

    /// Whether that is a crowd.
    pub(super) fn is_crowd(&mut self, name: &str) -> bool {
        matches!(self.meaning(name), Some(Meaning::Crowd(_)))
    }

    /// Whether that is a peer of a crowd.
    fn is_in_crowd(&self, name: &str) -> bool {
        let crowd = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = &name[crowd.len()..];
        let number: Option<u32> = digits.parse().ok().filter(|_| !digits.starts_with('0'));
        let holds =
            |one: &Name| matches!(one.meaning, Meaning::Crowd(size) if number.is_some_and(|n| n <= size));
        self.0.iter().any(|one| one.text == crowd && holds(one))
    }

    /// What a name means, if anything.
    fn meaning(&mut self, name: &str) -> Option<Meaning> {
        let known = self.get(name).map(|known| {
            known.unused = None;
            known.meaning
        });
        known.or_else(|| self.is_in_crowd(name).then_some(Meaning::Peer))
    }

    /// Takes out what was defined since; nobody sees it until it is put back.
    fn hide(&mut self, since: Scope) -> Vec<Name> {
        self.0.split_off(since.0)
    }
}

impl Checker<'_> {
    /// Ends a scope and reports what nobody has used.
    pub(super) fn leave(&mut self, scope: Scope) {
        for name in self.names.hide(scope) {
            if let Some(help) = name.unused {
                self.report_with(name.at, format!("nobody uses `{}`", name.text), help);
            }
        }
    }

    /// Goes through things that happen at once: what one of them defines, the others do not see.
    pub(super) fn apart<T>(&mut self, all: impl IntoIterator<Item = T>, mut check: impl FnMut(&mut Self, T)) {
        let mut defined = Vec::new();
        for one in all {
            let scope = self.names.enter();
            check(self, one);
            defined.extend(self.names.hide(scope));
        }
        for name in defined {
            self.add(&name.text, name.meaning, &name.at, name.unused);
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
        if let Some(known) = self.names.meaning(name) {
            return Some(known);
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

    /// The peer of a step: a name, or one for each round.
    pub(super) fn peer(&mut self, peer: Option<&Text>, step: &Node) {
        let Some(peer) = peer else { return };
        let node = step.at("peer");
        let Ok(segments) = peer.segments() else { return };
        let variables: Vec<&str> = segments
            .iter()
            .filter_map(|segment| match segment {
                Segment::Reference { name, selector: None } => Some(*name),
                _ => None,
            })
            .collect();
        match variables.as_slice() {
            [] if !peer.0.contains("${") => self.peer_named(&peer.0, node),
            [variable] => self.peers_of_rounds(peer, variable, node),
            _ => {
                let help = "write `${round}`, or a name of `each`, once";
                self.report_with(node.span.clone(), "which peer this is cannot be told", help);
            }
        }
    }

    fn peers_of_rounds(&mut self, peer: &Text, variable: &str, node: &Node) {
        if self.names.meaning(variable).is_none() {
            // That nobody defines it is said where all references are looked at.
            return;
        }
        let Some((_, values)) = self.rounds.iter().rev().find(|(name, _)| name == variable) else {
            let help = "it takes the number of a round, or a name of `each`";
            return self.report_with(node.span.clone(), "which peer this is cannot be told", help);
        };
        let reference = format!("${{{variable}}}");
        let names: Vec<String> = values.iter().map(|value| peer.0.replace(&reference, value)).collect();
        if let Some(unknown) = names.iter().find(|name| self.names.meaning(name) != Some(Meaning::Peer)) {
            let help = "a peer or a member of a crowd is needed for every round";
            let message = format!("in one of the rounds this is `{unknown}`, which is no peer");
            self.report_with(node.span.clone(), message, help);
        }
    }
}
