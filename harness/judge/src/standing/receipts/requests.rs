//! Messages by which the IUT asks for receipts: identifier, header names, grammar (3.1, 4, 9.4).

use record::EventId;
use serde_json::Value as Json;
use wire::cpim::Qualified;
use wire::deviation::Deviation;
use wire::extension;
use wire::receipt::rule;

use super::carriage::wraps;
use super::kind::{NEGATIVE, POSITIVE, READ, in_session, known, named, requests, words};
use crate::capture::{Line, View};
use crate::evidence::quote;
use crate::standing::identifiers::{identifiers_entropy, token, unique};
use crate::standing::observation::{nothing, one};
use crate::standing::{Check, Context, Look, LooksAt, Observation, policy};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "message-id-present",
        looks_at: LooksAt::Request,
        requirements: &[IDENTIFIED, TO_SEVERAL, TO_A_ROOM],
        run: message_id_present,
    },
    Check {
        name: "message-id-token",
        looks_at: LooksAt::Im,
        requirements: &["RCPT-4-2"],
        run: message_id_token,
    },
    Check {
        name: "identifiers-unique",
        looks_at: LooksAt::Record,
        requirements: &["RCPT-3.1-3"],
        run: identifiers_unique,
    },
    Check {
        name: "identifiers-entropy",
        looks_at: LooksAt::Record,
        requirements: &["RCPT-3.1-3"],
        run: identifiers_chance,
    },
    Check { name: "headers-bare", looks_at: LooksAt::Im, requirements: &["RCPT-9.4-1"], run: headers_bare },
    Check {
        name: "request-name",
        looks_at: LooksAt::Im,
        requirements: &[FAILURE, SUCCESS, READING],
        run: request_name,
    },
    Check {
        name: "receipts-as-asked",
        looks_at: LooksAt::Asked,
        requirements: &[FAILURE, SUCCESS, READING, "RCPT-3.1-7", SEPARATED],
        run: receipts_as_asked,
    },
    Check {
        name: "request-syntax",
        looks_at: LooksAt::Request,
        requirements: &[GRAMMAR, SEPARATED],
        run: request_syntax,
    },
    Check {
        name: "request-in-cpim",
        looks_at: LooksAt::Im,
        requirements: &["RCPT-3.1-14"],
        run: request_in_cpim,
    },
    Check {
        name: "no-delivery-request",
        looks_at: LooksAt::Im,
        requirements: &["RCPT-7.1.1-2"],
        run: no_delivery_request,
    },
];

const IDENTIFIED: &str = "RCPT-3.1-2";
const TO_SEVERAL: &str = "RCPT-6.1.1-3";
const TO_A_ROOM: &str = "RCPT-7.1.1-6";
const FAILURE: &str = "RCPT-3.1-5";
const SUCCESS: &str = "RCPT-3.1-6";
const READING: &str = "RCPT-3.1-8";
const SEPARATED: &str = "RCPT-3.1-10";
const GRAMMAR: &str = "RCPT-4-1";

/// Whose rule the header name is, by the word that it holds.
const OWNERS: &[(&str, &str)] = &[(NEGATIVE, FAILURE), (POSITIVE, SUCCESS), (READ, READING)];

/// The message, where the IUT wrote it itself and it can be read.
fn own<'c>(context: &Context<'c>) -> Result<&'c View<'c>, Box<Observation>> {
    let view = context.view()?;
    let unclear = |why: &str| Err(Box::new(Observation::unclear(why).seen(view.message)));
    match () {
        () if context.scene.is_intermediary() => unclear("An intermediary sends on what others wrote."),
        () if view.cpim.is_none() && wraps(view) => unclear("The CPIM object is inside something else."),
        () => Ok(view),
    }
}

fn unasked(view: &View<'_>) -> Look {
    one(Observation::unclear("The message asks for no receipt.").seen(view.message))
}

fn message_id_present(context: &Context<'_>) -> Look {
    let view = own(context)?;
    let name = view.profile.headers.message_id;
    let right = format!("One {name} among the CPIM headers.");
    if words(&requests(view)).is_empty() {
        return unasked(view);
    }
    match &view.extension_all(name)[..] {
        [_] => nothing(),
        [_, second, ..] => {
            let message = format!("The message has more than one {name}.");
            let observation = Observation::fail(message).right(right).charge(&[IDENTIFIED]);
            one(observation.in_body(view, second.line.clone(), "once more"))
        }
        [] if !named(view, name).is_empty() || below(view, name).is_some() => {
            one(Observation::unclear(format!("{name} stands elsewhere or with a prefix.")).seen(view.message))
        }
        [] => {
            // What loses it only when it goes to several recipients loses it because of them.
            let because = has_recipients(context, view.message.event) && others_have(context, view, name);
            let owner = match (because, in_session(view)) {
                (false, _) => IDENTIFIED,
                (true, false) => TO_SEVERAL,
                (true, true) => TO_A_ROOM,
            };
            let message = format!("The message asks for receipts and has no {name}.");
            one(Observation::fail(message).right(right).charge(&[owner]).seen(view.message))
        }
    }
}

/// Whether an earlier request of the IUT has a header of that name.
fn others_have(context: &Context<'_>, view: &View<'_>, name: &str) -> bool {
    let earlier = context.scene.capture.of_iut().filter(|message| message.event < view.message.event);
    let mut earlier = earlier.map(|message| View::new(message, view.profile));
    earlier.any(|other| !words(&requests(&other)).is_empty() && !other.extension_all(name).is_empty())
}

fn message_id_token(context: &Context<'_>) -> Look {
    own(context)?;
    token(context, Observation::fail)
}

fn identifiers_unique(context: &Context<'_>) -> Look {
    several(context)?;
    unique(context, &["RCPT-3.1-3"])
}

fn identifiers_chance(context: &Context<'_>) -> Look {
    several(context)?;
    identifiers_entropy(context)
}

/// What an intermediary sends on bears the identifier of its sender, as often as he sends it.
fn several(context: &Context<'_>) -> Result<(), Box<Observation>> {
    match context.scene.is_intermediary() {
        true => Err(Box::new(Observation::unclear("An intermediary makes no identifiers."))),
        false => Ok(()),
    }
}

fn headers_bare(context: &Context<'_>) -> Look {
    let view = own(context)?;
    let headers = &view.profile.headers;
    let asks = !named(view, headers.request).is_empty();
    // Another document's identifier is none of this one's, unless it stands in for it.
    let names = [(headers.request, true), (headers.message_id, asks)];
    let meant: Vec<(&str, Vec<Line<'_>>)> = names
        .into_iter()
        .filter(|(_, meant)| *meant)
        .map(|(name, _)| (name, named(view, name)))
        .filter(|(_, lines)| !lines.is_empty())
        .collect();
    if meant.is_empty() && view.id().is_none() {
        return one(Observation::unclear("The message has no header of the extension.").seen(view.message));
    }
    Ok(meant.iter().filter_map(|(name, lines)| unbare(view, name, lines)).collect())
}

fn unbare(view: &View<'_>, name: &str, lines: &[Line<'_>]) -> Option<Observation> {
    if view.extension_all(name).iter().any(|line| line.qualified == Some(Qualified::Proper)) {
        return None;
    }
    let line = lines.first()?;
    let message = match line.prefix {
        Some(_) => format!("{} stands with a prefix only.", quote(&line.full_name())),
        None => format!("An NS line moves {} into another namespace.", quote(&line.full_name())),
    };
    let right = format!("`{name}:` without a prefix, in the namespace of RFC 3862.");
    Some(Observation::fail(message).right(right).reading("I-19").in_body(view, line.name.clone(), "here"))
}

fn request_name(context: &Context<'_>) -> Look {
    let view = own(context)?;
    let headers = &view.profile.headers;
    if !named(view, headers.request).is_empty() || elsewhere(view).is_some() {
        return nothing();
    }
    let right = format!("{} among the CPIM headers.", headers.request);
    if let Some(line) = requests(view).first() {
        let found = words(std::slice::from_ref(line));
        let message = format!("The request is made by {}.", quote(&line.full_name()));
        let observation = Observation::fail(message).right(right).reading("I-39").charge(&owners(&found));
        return one(observation.in_body(view, line.name.clone(), "no section defines this header"));
    }
    let wanted = told(context, view.message.event).unwrap_or_default();
    if wanted.is_empty() || view.foreign_profile().is_none() {
        return unasked(view);
    }
    let message = format!("The message has no {}.{}", headers.request, view.foreign_remark());
    let observation = Observation::fail(message).right(right).reading("I-19").charge(&owners(&wanted));
    one(observation.seen(view.message))
}

fn owners(words: &[String]) -> Vec<&'static str> {
    let owners = OWNERS.iter().filter(|(word, _)| words.iter().any(|found| found == word));
    let owners: Vec<&'static str> = owners.map(|(_, owner)| *owner).collect();
    if owners.is_empty() { vec![FAILURE] } else { owners }
}

/// The receipts that the IUT was last told to ask for before that event.
fn told(context: &Context<'_>, before: EventId) -> Option<Vec<String>> {
    let wanted = policy::last_send(context, before)?.get("receipts").and_then(Json::as_array);
    Some(wanted.into_iter().flatten().filter_map(Json::as_str).map(str::to_ascii_lowercase).collect())
}

/// Whether the IUT was told to send to several at once.
fn has_recipients(context: &Context<'_>, before: EventId) -> bool {
    let recipients =
        policy::last_send(context, before).and_then(|command| command.get("recipients")?.as_array());
    recipients.is_some_and(|recipients| recipients.len() > 1)
}

fn receipts_as_asked(context: &Context<'_>) -> Look {
    let view = own(context)?;
    let Some(mut wanted) = told(context, view.message.event) else {
        return one(Observation::unclear("The IUT was not told to send anything.").seen(view.message));
    };
    // In sessions nobody may ask for delivery receipts (7.1.1).
    wanted.retain(|word| !in_session(view) || word == READ);
    wanted.sort();
    let lines = requests(view);
    if lines.is_empty() && elsewhere(view).is_some() {
        return one(Observation::unclear("The request stands elsewhere.").seen(view.message));
    }
    let mut found = words(&lines);
    found.retain(|word| !in_session(view) || word == READ || !known(view.profile).contains(&word.as_str()));
    found.sort();
    found.dedup();
    if found == wanted {
        return nothing();
    }
    let list = |words: &[String]| if words.is_empty() { "nothing".to_owned() } else { words.join(", ") };
    let message = format!("The message asks for {}, not for {}.", list(&found), list(&wanted));
    let observation = Observation::fail(message)
        .right(format!("{}: {}.", view.profile.headers.request, list(&wanted)))
        .reading("I-39");
    one(match lines.first() {
        Some(line) => observation.in_body(view, line.line.clone(), "not what was told"),
        None => observation.seen(view.message),
    })
}

fn request_syntax(context: &Context<'_>) -> Look {
    let view = own(context)?;
    let lines = view.extension(view.profile.headers.request);
    let (Some(cpim), Some(line)) = (&view.cpim, lines.first()) else { return unasked(view) };
    let of_this_line =
        |found: &&Deviation| found.span.start >= line.line.start && found.span.end <= line.line.end;
    let deviations = extension::headers(cpim, view.profile).deviations;
    let by_rule =
        deviations.iter().filter(of_this_line).filter_map(|found| by_rule(context, view, line, found));
    Ok(by_rule.chain(line_form(view, line)).collect())
}

/// What a rule of the decoder is worth here.
fn by_rule(
    context: &Context<'_>,
    view: &View<'_>,
    line: &Line<'_>,
    found: &Deviation,
) -> Option<Observation> {
    let text = quote(line.text().trim());
    let is = |rule: &wire::deviation::Rule| found.rule.name == rule.name;
    let (observation, charged) = match () {
        () if is(&rule::REQUEST_VALUE) && is_badly_parted(view, line) => {
            (Observation::fail(format!("{text} is not parted by commas.")), SEPARATED)
        }
        () if is(&rule::REQUEST_CASE) => (Observation::warn(format!("{text} has capitals in it.")), GRAMMAR),
        () if is(&rule::REQUEST_EMPTY) => {
            // An empty value asks for nothing, which may be what was wanted.
            let meant = told(context, view.message.event).is_some_and(|wanted| wanted.is_empty());
            match meant {
                true => return None,
                false => (Observation::fail("The list of receipts is empty."), GRAMMAR),
            }
        }
        () if [&rule::REQUEST_VALUE, &rule::REQUEST_WORD, &rule::REQUEST_TWICE].into_iter().any(is) => {
            (Observation::fail(format!("{text} does not follow the grammar: {}", found.rule.text)), GRAMMAR)
        }
        () => return None,
    };
    let right = format!("One or more of {}, parted by commas.", known(view.profile).join(", "));
    let span = if found.span.is_empty() { line.line.clone() } else { found.span.clone() };
    Some(observation.right(right).reading("I-55").charge(&[charged]).in_body(view, span, "here"))
}

/// Whether the value would be right if its separators were.
fn is_badly_parted(view: &View<'_>, line: &Line<'_>) -> bool {
    let all = words(std::slice::from_ref(line));
    let parted = line.text().split(',').all(|word| !word.trim().contains([' ', '\t', ';']));
    !parted
        && line.parameters.is_empty()
        && all.iter().all(|word| known(view.profile).contains(&word.as_str()))
}

/// How the line is written.
fn line_form(view: &View<'_>, line: &Line<'_>) -> Option<Observation> {
    let name = quote(&line.full_name());
    let text = line.text();
    let observation = match line.blanks {
        _ if line.folded => Observation::fail(format!("{name} is folded.")),
        0 => Observation::fail(format!("No blank follows the colon of {name}.")),
        _ if text.starts_with([' ', '\t']) || text.ends_with([' ', '\t']) => {
            Observation::warn(format!("{name} has blanks to spare."))
        }
        _ => return None,
    };
    let right = "The name, a colon, one blank, and the list on one line.";
    Some(observation.right(right).reading("I-55").charge(&[GRAMMAR]).in_body(view, line.line.clone(), "here"))
}

/// A request header among the SIP or MIME headers.
fn elsewhere(view: &View<'_>) -> Option<Observation> {
    let request = view.profile.headers.request;
    let fail = |place: &str| Observation::fail(format!("{request} stands among the {place} headers."));
    if let Some(span) = view.request_in_entity() {
        return Some(fail("MIME").in_body(view, span, "here"));
    }
    let span = view.request_in_sip().filter(|_| !in_session(view))?;
    Some(fail("SIP").at(view.message, view.message.in_octets(span), "here"))
}

/// A header among those of the content.
fn below(view: &View<'_>, name: &str) -> Option<wire::deviation::Span> {
    let entity = view.cpim.as_ref()?.entity();
    entity.header(name).map(|header| header.line_span())
}

fn request_in_cpim(context: &Context<'_>) -> Look {
    let view = own(context)?;
    let headers = &view.profile.headers;
    if named(view, headers.request).is_empty() && elsewhere(view).is_none() {
        return unasked(view);
    }
    let mut found: Vec<Observation> =
        elsewhere(view).filter(|_| named(view, headers.request).is_empty()).into_iter().collect();
    let misplaced = below(view, headers.message_id).filter(|_| named(view, headers.message_id).is_empty());
    found.extend(misplaced.map(|span| {
        let message = format!("{} stands among the MIME headers.", headers.message_id);
        Observation::fail(message).in_body(view, span, "here")
    }));
    let absent = ["From", "To"].into_iter().filter(|name| view.core(name).is_empty());
    found.extend(absent.map(|name| {
        Observation::fail(format!("The message has no {name} header.")).reading("I-62").seen(view.message)
    }));
    let right = format!("From, To, {} and {} among the CPIM headers.", headers.message_id, headers.request);
    Ok(found.into_iter().map(|observation| observation.right(&*right)).collect())
}

fn no_delivery_request(context: &Context<'_>) -> Look {
    let view = own(context)?;
    if !in_session(view) {
        return one(Observation::unclear("The message came by SIP, not in a session.").seen(view.message));
    }
    let lines = requests(view);
    let of_delivery = |line: &&Line<'_>| {
        words(std::slice::from_ref(*line)).iter().any(|word| word == POSITIVE || word == NEGATIVE)
    };
    let found = lines.iter().find(of_delivery).map(|line| {
        Observation::fail("A message in a session asks for a delivery receipt.")
            .right("No request but for read receipts; MSRP has reports of its own.")
            .reading("I-49")
            .in_body(view, line.line.clone(), "here")
    });
    Ok(found.into_iter().collect())
}
