//! Messages by which the IUT asks for notifications: headers, grammar, form (6, 7.1.1, 9, 10, 12.1.1).

use serde_json::Value as Json;
use wire::cpim::{self, Qualified, is_token};

use super::kind::{Binding, asked, items, known, own, read_by, requests, words};
use crate::capture::{Line, View};
use crate::evidence::{self, quote};
use crate::standing::headers::{extension, namespace_declared};
use crate::standing::observation::{nothing, one};
use crate::standing::{Check, Context, Look, LooksAt, Observation, policy};
use crate::uri;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "request-in-cpim",
        looks_at: LooksAt::Im,
        requirements: &["I5438-6.2-1"],
        run: request_in_cpim,
    },
    Check {
        name: "headers-prefixed",
        looks_at: LooksAt::Message,
        requirements: &["I5438-6.1-2"],
        run: headers_prefixed,
    },
    Check {
        name: "namespace-declared",
        looks_at: LooksAt::Message,
        requirements: &["I5438-6.1-1"],
        run: namespace,
    },
    Check {
        name: "header-case",
        looks_at: LooksAt::Message,
        requirements: &["I5438-10-1"],
        run: header_case,
    },
    Check {
        name: "headers-once",
        looks_at: LooksAt::Message,
        requirements: &["I5438-10-10"],
        run: headers_once,
    },
    Check {
        name: "message-id-present",
        looks_at: LooksAt::Request,
        requirements: &[IDENTIFIED, "I5438-7.1.1.1-1"],
        run: message_id_present,
    },
    Check {
        name: "date-time-present",
        looks_at: LooksAt::Request,
        requirements: &["I5438-7.1.1.2-1"],
        run: date_time_present,
    },
    Check {
        name: "request-syntax",
        looks_at: LooksAt::Request,
        requirements: &[GRAMMAR, SEPARATED],
        run: request_syntax,
    },
    Check {
        name: "receipts-as-asked",
        looks_at: LooksAt::Asked,
        requirements: &["I5438-7.1.1.3-8"],
        run: receipts_as_asked,
    },
    Check {
        name: "anonymous-request",
        looks_at: LooksAt::Im,
        requirements: &["I5438-12.1.1-4"],
        run: anonymous_request,
    },
];

const IDENTIFIED: &str = "I5438-6.3-1";
const GRAMMAR: &str = "I5438-10-2";
const SEPARATED: &str = "I5438-7.1.1.3-7";

fn unasked(view: &View<'_>) -> Look {
    one(Observation::unclear("The message asks for no notification.").seen(view.message))
}

/// A request header among the SIP or MIME headers.
fn elsewhere(view: &View<'_>) -> Option<Observation> {
    let request = view.profile.headers.request;
    let fail = |place: &str| Observation::fail(format!("{request} stands among the {place} headers."));
    if let Some(span) = view.request_in_entity() {
        return Some(fail("MIME").in_body(view, span, "here"));
    }
    let span = view.request_in_sip()?;
    Some(fail(view.carrier.protocol()).at(view.message, view.message.in_octets(span), "here"))
}

fn request_in_cpim(context: &Context<'_>) -> Look {
    let view = own(context)?;
    let merged =
        view.cpim_deviations.iter().any(|found| found.rule.name == cpim::rule::SEPARATOR_MISSING.name);
    match elsewhere(view).filter(|_| requests(view).is_empty() && !merged) {
        Some(observation) => one(observation.right("The header among the CPIM message headers.")),
        None if requests(view).is_empty() => unasked(view),
        None => nothing(),
    }
}

fn headers_prefixed(context: &Context<'_>) -> Look {
    let view = own(context)?;
    let lines = extension(view);
    if lines.is_empty() {
        return one(Observation::unclear("The message has no header of the extension.").seen(view.message));
    }
    let id = view.profile.headers.message_id;
    let also = |line: &Line<'_>| lines.iter().any(|o| o.local == line.local && o.prefix.is_some());
    let unprefixed = |line: &Line<'_>| {
        let name = quote(&line.full_name());
        let observation = match line.qualified? {
            // The bare identifier is also a header of its own in another document.
            Qualified::Bare if line.local == id && also(line) => return None,
            Qualified::Bare => Observation::fail(format!("{name} stands without a prefix.")),
            Qualified::ByDefault => Observation::warn(format!(
                "{name} stands bare, in the namespace by an NS line without a prefix."
            )),
            _ => return None,
        };
        let right =
            format!("`{}.{}:` below an NS line that binds the prefix.", view.profile.cpim_prefix, line.local);
        Some(observation.right(right).reading("R-04").in_body(view, line.name.clone(), "here"))
    };
    Ok(lines.iter().filter_map(unprefixed).collect())
}

fn namespace(context: &Context<'_>) -> Look {
    own(context)?;
    read_by(namespace_declared(context), "R-03")
}

fn header_case(context: &Context<'_>) -> Look {
    let view = own(context)?;
    let names: Vec<&str> = view.profile.headers.defined().collect();
    let lines = extension(view);
    if lines.is_empty() {
        return one(Observation::unclear("The message has no header of the extension.").seen(view.message));
    }
    let re_cased =
        lines.iter().filter(|line| !names.contains(&&*line.local)).map(|line| {
            Observation::fail(format!("{} is not spelled as it is printed.", quote(&line.full_name())))
                .in_body(view, line.name.clone(), "another header, by its case")
        });
    let lines = requests(view);
    let known = known(view.profile);
    let wrong = |word: &String| {
        !known.contains(&&**word) && known.iter().any(|known| known.eq_ignore_ascii_case(word))
    };
    let words = lines.iter().filter_map(|line| {
        let word = words(&line.text()).into_iter().find(wrong)?;
        let message = format!("The word {} is not in the case in which it is printed.", quote(&word));
        Some(Observation::fail(message).in_body(view, line.value.clone(), "here"))
    });
    let right = "Names and words in exactly the printed case.";
    Ok(re_cased.chain(words).map(|seen| seen.right(right).reading("R-33")).collect())
}

fn headers_once(context: &Context<'_>) -> Look {
    let view = own(context)?;
    let headers = &view.profile.headers;
    let tied = |name: &str| -> Vec<Line<'_>> {
        let lines = view.extension_all(name).into_iter();
        lines.filter(|line| line.qualified != Some(Qualified::Bare)).collect()
    };
    let (ids, requests) = (tied(headers.message_id), tied(headers.request));
    if ids.is_empty() && requests.is_empty() {
        return one(Observation::unclear("The message has no header of the extension.").seen(view.message));
    }
    let twice = |lines: &[Line<'_>], observation: fn(String) -> Observation, name: &str| {
        let second = lines.get(1)?;
        let observation = observation(format!("The message has {} {name} headers.", lines.len()));
        Some(observation.in_body(view, second.line.clone(), "once more"))
    };
    let found = [
        twice(&ids, Observation::fail, headers.message_id),
        twice(&requests, Observation::warn, headers.request),
    ];
    let right = "Each of them once.";
    Ok(found.into_iter().flatten().map(|seen| seen.right(right).reading("R-08")).collect())
}

fn message_id_present(context: &Context<'_>) -> Look {
    let view = own(context)?;
    let name = view.profile.headers.message_id;
    let lines = view.extension_all(name);
    if requests(view).iter().all(|line| words(&line.text()).is_empty()) {
        return unasked(view);
    }
    let finish = |observation: Observation| {
        let right = format!("One {name} among the CPIM headers.");
        one(observation.right(right).usually(&[IDENTIFIED]))
    };
    let below = view.cpim.as_ref().and_then(|cpim| cpim.entity().header(name)).is_some();
    match &lines[..] {
        [] if below || !view.core(name).is_empty() => {
            one(Observation::unclear(format!("{name} stands elsewhere.")).seen(view.message))
        }
        [] => finish(
            Observation::fail(format!("The message asks for notifications and has no {name}."))
                .seen(view.message),
        ),
        [first, ..] if first.text().trim().is_empty() => {
            finish(Observation::fail(format!("{name} is empty.")).in_body(view, first.line.clone(), "here"))
        }
        _ => nothing(),
    }
}

fn date_time_present(context: &Context<'_>) -> Look {
    let view = own(context)?;
    if view.cpim.is_none() || requests(view).is_empty() {
        return unasked(view);
    }
    let right = "One DateTime among the CPIM headers.";
    let observation = match &view.core("DateTime")[..] {
        [_] => return nothing(),
        [] => Observation::fail("The message asks for notifications and has no DateTime.").seen(view.message),
        [_, second, ..] => Observation::fail("The message has more than one DateTime.").in_body(
            view,
            second.line.clone(),
            "once more",
        ),
    };
    one(observation.right(right).reading("R-10"))
}

fn request_syntax(context: &Context<'_>) -> Look {
    let view = own(context)?;
    let lines = requests(view);
    if lines.is_empty() {
        return unasked(view);
    }
    Ok(lines.iter().filter_map(|line| ill_formed(view, line)).collect())
}

/// What is wrong with how a request is written, if anything is. The spelling of its words is for another check.
fn ill_formed(view: &View<'_>, line: &Line<'_>) -> Option<Observation> {
    let text = line.text();
    let is_known =
        |word: &str| known(view.profile).iter().any(|known| known.eq_ignore_ascii_case(word.trim()));
    let parted_otherwise = |item: &&str| {
        let mut rest = item.split(|c: char| c == ';' || c.is_whitespace()).filter(|word| !word.is_empty());
        rest.next().is_some_and(is_known) && rest.any(is_known)
    };
    let items = items(&text);
    let bare = |item: &str| item.split(';').next().unwrap_or_default().trim().to_owned();
    let (observation, owner) = if text.trim().is_empty() {
        (Observation::warn("The request asks for nothing.").reading("R-05"), GRAMMAR)
    } else if items.iter().any(parted_otherwise) {
        (Observation::fail(format!("{} is not parted by commas.", quote(&text))).reading("R-06"), SEPARATED)
    } else if !line.parameters.is_empty() {
        (Observation::fail("A parameter stands in front of the list.").reading("R-31"), GRAMMAR)
    } else if line.blanks == 0 || text.starts_with([' ', '\t']) || text.contains('\t') {
        (Observation::fail("Not one blank parts the colon from the list.").reading("R-06"), GRAMMAR)
    } else if items.iter().any(|item| item.trim().is_empty()) {
        (Observation::fail(format!("{} has a loose comma.", quote(&text))).reading("R-06"), GRAMMAR)
    } else if !items.iter().all(|item| is_token(bare(item).as_bytes())) {
        (Observation::fail(format!("{} is no list of words.", quote(&text))).reading("R-06"), GRAMMAR)
    } else {
        return None;
    };
    let right = format!("One or more of {}, parted by commas.", known(view.profile).join(", "));
    Some(observation.right(right).charge(&[owner]).in_body(view, line.line.clone(), "here"))
}

/// What the IUT was last told to ask for before the message came.
fn wanted(context: &Context<'_>, view: &View<'_>) -> Option<Vec<String>> {
    let send = policy::last_send(context, view.message.event)?;
    let words = send.get("receipts").and_then(Json::as_array).into_iter().flatten();
    Some(words.filter_map(Json::as_str).map(str::to_owned).collect())
}

/// Whether a request is hidden behind a prefix that holds a period: such a name is parted at the wrong place.
fn is_under_dotted_prefix(view: &View<'_>) -> bool {
    let tail = format!(".{}", view.profile.headers.request);
    view.lines().iter().any(|line| line.prefix.is_some() && line.local.ends_with(&tail))
}

fn receipts_as_asked(context: &Context<'_>) -> Look {
    let view = own(context)?;
    let Some(mut wanted) = wanted(context, view) else {
        return one(Observation::unclear("The IUT was not told to send anything.").seen(view.message));
    };
    if requests(view).is_empty() && elsewhere(view).is_some() {
        return one(Observation::unclear("The request stands elsewhere.").seen(view.message));
    }
    if requests(view).is_empty() && is_under_dotted_prefix(view) {
        let why = "The request stands under a prefix with a period, which RFC 3862 has the say about.";
        return one(Observation::unclear(why).seen(view.message));
    }
    let separators = |c: char| matches!(c, ',' | ';') || c.is_whitespace();
    let text: Vec<String> = requests(view).iter().map(|line| line.text().to_ascii_lowercase()).collect();
    let listed = text.iter().flat_map(|text| match ill_separated(text, known(view.profile)) {
        // How the words are parted is for the check of the grammar.
        true => text.split(separators).filter(|word| !word.is_empty()).map(str::to_owned).collect(),
        false => words(text),
    });
    let mut found: Vec<String> = listed.collect();
    found.sort();
    wanted.sort();
    if found == wanted {
        return nothing();
    }
    let list = |words: &[String]| if words.is_empty() { "nothing".to_owned() } else { words.join(", ") };
    let message = format!("The message asks for {}, not for {}.", list(&found), list(&wanted));
    let observation =
        Observation::fail(message).right(format!("{}: {}.", view.profile.headers.request, list(&wanted)));
    one(match requests(view).first() {
        Some(line) => observation.in_body(view, line.line.clone(), "not what was told"),
        None => observation.seen(view.message),
    })
}

/// Whether a list has more of the known words than its commas part.
fn ill_separated(text: &str, known: &[&str]) -> bool {
    let all = text.split(|c: char| matches!(c, ',' | ';') || c.is_whitespace());
    all.filter(|word| known.contains(word)).count()
        > words(text).iter().filter(|word| known.contains(&&***word)).count()
}

/// Whether a SIP From hides who sends.
fn is_anonymous(from: &str) -> bool {
    let lower = from.to_ascii_lowercase();
    let host = uri::inner(&lower).rsplit('@').next().unwrap_or_default().to_owned();
    let name = lower.split('<').next().unwrap_or_default().trim().trim_matches('"').to_owned();
    host.split([';', '?', ':']).next() == Some("anonymous.invalid") || name == "anonymous"
}

fn anonymous_request(context: &Context<'_>) -> Look {
    let view = own(context)?;
    let from = view.carrier.named("From").into_iter().next();
    let Some(from) = from.filter(|from| view.carrier.sip().is_some() && is_anonymous(&from.value)) else {
        return one(Observation::unclear("The sender is not anonymous.").reading("R-29").seen(view.message));
    };
    if asked(view).1 == Binding::None {
        return nothing();
    }
    let place = evidence::at(view.message, view.message.in_octets(from.value_span), "anonymous");
    one(Observation::warn("An anonymous sender asks for notifications.")
        .right("No request under an anonymous URI.")
        .reading("R-29")
        .seen(view.message)
        .beside([place]))
}
