//! Identifiers of copies: a new one of their own, and the first one beside it.

use wire::cpim::is_token;

use super::action::{Action, action};
use super::observation::{nothing, one};
use super::{Check, Context, Look, LooksAt, Observation};
use crate::capture::{Line, Message, View};
use crate::evidence::{self, quote};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "fresh-message-id",
        looks_at: LooksAt::Copy,
        requirements: &["IMDN-8.1.4-5"],
        run: fresh_message_id,
    },
    Check {
        name: "original-message-id-forwarded",
        looks_at: LooksAt::Copy,
        requirements: &[KEEP, CREATE, EXPECTED],
        run: original_message_id_forwarded,
    },
    Check {
        name: "original-message-id-syntax",
        looks_at: LooksAt::Copy,
        requirements: &["IMDN-8.1.5-4"],
        run: original_message_id_syntax,
    },
];

const KEEP: &str = "IMDN-8.1.5-1";
const CREATE: &str = "IMDN-8.1.5-2";
const EXPECTED: &str = "IMDN-8.1-4";

/// The spelling of sections 8.1 and 11.3 (I-75).
const OTHER_SPELLING: &str = "Original-Message-Id";

fn identifier(view: &View<'_>, label: &str) -> Option<crate::Evidence> {
    let line = view.extension(view.profile.headers.message_id).into_iter().next()?;
    Some(evidence::at(view.message, view.message.in_body(line.line), label))
}

fn fresh_message_id(context: &Context<'_>) -> Look {
    let (view, source) = context.pair()?;
    let Some(line) = view.extension(view.profile.headers.message_id).into_iter().next() else {
        return one(Observation::unclear("The copy has no identifier.").seen(view.message));
    };
    let id = line.text().trim().to_owned();
    let first = view.profile.headers.original_message_id.and_then(|name| source.extension_value(name));
    if source.id().is_some_and(|sent| sent == id) || first.is_some_and(|first| first == id) {
        let message = format!("The copy bears the identifier {} of the message it comes from.", quote(&id));
        let observation =
            Observation::fail(message).right("A new identifier, since the copy is a new message.");
        let observation = observation.in_body(view, line.line, "not new");
        return one(observation.beside(identifier(source, "the message it comes from")));
    }
    let Some(other) = sibling(context, view.message, &id) else { return nothing() };
    let message = format!("Two copies of one message bear the identifier {}.", quote(&id));
    let observation = Observation::warn(message).right("An identifier for every copy.");
    let observation = observation.in_body(view, line.line, "the same identifier");
    one(observation.beside(identifier(&View::new(other, context.profile()), "the other copy")))
}

/// An earlier copy of the same message to another peer that bears the same identifier.
fn sibling<'c>(context: &Context<'c>, copy: &Message, id: &str) -> Option<&'c Message> {
    let capture = context.scene.capture;
    let first = capture.get(capture.first_copy(id)?)?;
    let same = capture.copy_of(first.event) == capture.copy_of(copy.event);
    (same && first.event < copy.event && first.peer != copy.peer).then_some(first)
}

fn original_message_id_forwarded(context: &Context<'_>) -> Look {
    let (view, source) = context.pair()?;
    let Some(name) = view.profile.headers.original_message_id else { return nothing() };
    match action(source) {
        Action::Final => {}
        Action::First(_) => {
            let why =
                "The message asks for the report of the first recipient, which may rule the header out.";
            return one(Observation::unclear(why).reading("I-11").seen(source.message));
        }
        Action::Unclear => {
            let why = "It is open what the List-Action of the message asks for.";
            return one(Observation::unclear(why).reading("I-70").seen(source.message));
        }
    }
    let first = source.extension_value(name).filter(|id| !id.is_empty());
    let kept = first.is_some();
    let Some(wanted) = first.or_else(|| source.id()) else {
        return one(Observation::unclear("The message has no identifier.").seen(source.message));
    };
    let lines = original_ids(view, name);
    if lines.iter().any(|line| meant(line) == wanted) {
        return nothing();
    }
    let message = match lines.first() {
        None => format!("The copy has no {name}."),
        Some(line) => format!("{name} of the copy holds {}.", quote(&line.text())),
    };
    let finish = |observation: Observation| {
        let observation = observation.right(format!("{name} with {}.", quote(&wanted)));
        let observation = match lines.first() {
            Some(line) => observation.in_body(view, line.line.clone(), "not the first identifier"),
            None => observation.seen(view.message),
        };
        observation.beside([evidence::whole(source.message, "the message it comes from")])
    };
    if kept {
        return one(finish(Observation::fail(message).charge(&[KEEP])));
    }
    // The same duty twice: a MUST in 8.1.5, a SHOULD in 8.1.
    let strong = finish(Observation::fail(message.clone()).charge(&[CREATE]));
    Ok(vec![strong, finish(Observation::warn(message).charge(&[EXPECTED]))])
}

/// The lines that mean the header, in either spelling.
fn original_ids<'a>(view: &View<'a>, name: &str) -> Vec<Line<'a>> {
    let lines = view.extension(name);
    if lines.is_empty() { view.extension(OTHER_SPELLING) } else { lines }
}

/// The identifier that a line is meant to hold, however it is written: how is for the check of its syntax.
fn meant(line: &Line<'_>) -> String {
    let text = line.text();
    let unfolded: String = match line.folded {
        true => text.chars().filter(|c| !c.is_whitespace()).collect(),
        false => text.trim().to_owned(),
    };
    let bare = |open, close| unfolded.strip_prefix(open)?.strip_suffix(close);
    bare('"', '"').or_else(|| bare('<', '>')).map_or(unfolded.clone(), str::to_owned)
}

fn original_message_id_syntax(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let Some(name) = view.profile.headers.original_message_id else { return nothing() };
    let lines = original_ids(view, name);
    let source = context.subject;
    match &lines[..] {
        [] => one(Observation::unclear(format!("The copy has no {name}.")).seen(view.message)),
        [line] => Ok(ill_formed(view, line, name, source).into_iter().collect()),
        [_, second, ..] => one(malformed(view, second, format!("{name} stands {} times.", lines.len()))),
    }
}

fn ill_formed(
    view: &View<'_>,
    line: &Line<'_>,
    name: &str,
    source: Option<&View<'_>>,
) -> Option<Observation> {
    let text = quote(&line.text());
    let fail = |why: &str| Some(malformed(view, line, format!("{name} holds {text}: {why}.")));
    if line.folded {
        return fail("it is folded");
    }
    if line.blanks == 0 {
        return fail("no blank follows its colon");
    }
    if !line.parameters.is_empty() {
        return fail("it has a parameter");
    }
    if line.local == OTHER_SPELLING {
        let observation = Observation::warn(format!("The header is spelled {OTHER_SPELLING}."));
        let observation = observation.right(format!("{name}.")).reading("I-75");
        return Some(observation.in_body(view, line.name.clone(), "here"));
    }
    if is_token(line.raw()) || source.is_some_and(|source| is_handed_on(line, source, name)) {
        return None;
    }
    let without_at: Vec<u8> = line.raw().iter().copied().filter(|octet| *octet != b'@').collect();
    if is_token(&without_at) {
        let observation = Observation::warn(format!("{name} holds {text}, with an at sign in it."));
        return Some(observation.right(GRAMMAR).reading("I-19").in_body(view, line.line.clone(), "here"));
    }
    fail("it is no token")
}

const GRAMMAR: &str = "The name, a colon, one blank and one token.";

fn malformed(view: &View<'_>, line: &Line<'_>, message: String) -> Observation {
    Observation::fail(message).right(GRAMMAR).reading("I-75").in_body(view, line.line.clone(), "here")
}

/// Whether an identifier is that of the peer, as he wrote it.
fn is_handed_on(line: &Line<'_>, source: &View<'_>, name: &str) -> bool {
    let mut sent =
        source.extension(name).into_iter().chain(source.extension(source.profile.headers.message_id));
    sent.any(|sent| sent.raw() == line.raw())
}
