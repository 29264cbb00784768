//! Messages by which the IUT asks for a report.

use wire::cpim::{self, Namespace, Required, is_token};
use wire::deviation::{Rule, Span};
use wire::mime;
use wire::sip::HeaderId;
use wire::time;

use super::observation::{nothing, one};
use super::{Check, Context, Look, LooksAt, Observation};
use crate::capture::{Line, View};
use crate::evidence::{self, quote};
use crate::uri;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "request-headers",
        looks_at: LooksAt::Request,
        requirements: &["IMDN-8.1-1"],
        run: request_headers,
    },
    Check {
        name: "request-in-cpim",
        looks_at: LooksAt::Request,
        requirements: &["IMDN-8.1.1-1"],
        run: request_in_cpim,
    },
    Check {
        name: "request-syntax",
        looks_at: LooksAt::Request,
        requirements: &["IMDN-8.1.1-5"],
        run: request_syntax,
    },
    Check {
        name: "request-value-empty",
        looks_at: LooksAt::Request,
        requirements: &["IMDN-8.1.1-10"],
        run: request_value_empty,
    },
    Check {
        name: "require-lists-request",
        looks_at: LooksAt::Asked,
        requirements: &["IMDN-8.1-5"],
        run: require_lists_request,
    },
    Check {
        name: "require-in-cpim",
        looks_at: LooksAt::Asked,
        requirements: &["IMDN-8.1.1-2"],
        run: require_in_cpim,
    },
    Check {
        name: "list-action-syntax",
        looks_at: LooksAt::RequestOrCopy,
        requirements: &["IMDN-8.1.2-7"],
        run: list_action_syntax,
    },
    Check {
        name: "original-from-syntax",
        looks_at: LooksAt::RequestOrCopy,
        requirements: &["IMDN-8.1.3-6"],
        run: original_from_syntax,
    },
    Check {
        name: "original-from-own",
        looks_at: LooksAt::Request,
        requirements: &["IMDN-8.1.3-1"],
        run: original_from_own,
    },
    Check {
        name: "request-shape",
        looks_at: LooksAt::Request,
        requirements: &["IMDN-11.1-1"],
        run: request_shape,
    },
];

/// The token that section 8.1 has `Require` list, literally (I-02).
const LITERAL_TOKEN: &str = "Message-Disposition-To";

fn request_headers(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let names = &view.profile.headers;
    let right = format!("One {} and one {} among the CPIM headers.", names.request, names.message_id);
    let faults = [names.request, names.message_id].into_iter().filter_map(|name| {
        let lines = view.extension(name);
        match &lines[..] {
            [_] => None,
            [] => Some(Observation::fail(format!("The request has no {name} header.")).seen(view.message)),
            [_, second, ..] => {
                let message = format!("The request has {} {name} headers.", lines.len());
                Some(Observation::fail(message).in_body(view, second.line.clone(), "once more"))
            }
        }
    });
    Ok(faults.map(|fault| fault.right(right.clone())).collect())
}

fn request_in_cpim(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let request = view.profile.headers.request;
    if !view.extension(request).is_empty() {
        return nothing();
    }
    let right = format!("{request} among the CPIM message headers.");
    let fail = |message: String| Observation::fail(message).right(right.clone());
    let message = view.message;
    if let Some(span) = view.request_in_sip() {
        let place = message.in_octets(span);
        return one(fail(format!("{request} stands among the SIP headers.")).at(message, place, "here"));
    }
    if let Some(span) = view.request_in_entity() {
        return one(fail(format!("{request} stands among the MIME headers.")).in_body(view, span, "here"));
    }
    let undefined = view.profile.headers.undefined.iter();
    if let Some(line) = undefined.filter_map(|name| view.extension_all(name).into_iter().next()).next() {
        let observation =
            fail(format!("The request is made by {}.", quote(&line.full_name()))).reading("I-01");
        return one(observation.in_body(view, line.line, "no section defines this header"));
    }
    one(fail(format!("The message has no {request} header.")).seen(message))
}

fn request_syntax(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let lines = view.extension(view.profile.headers.request);
    if lines.is_empty() {
        return one(absent(view, view.profile.headers.request));
    }
    Ok(lines.iter().filter_map(|line| request_line(view, line)).collect())
}

fn request_line(view: &View<'_>, line: &Line<'_>) -> Option<Observation> {
    let text = line.text();
    let words = || text.trim_end().split(' ').all(|word| is_token(word.as_bytes()));
    let broken = match &*text {
        _ if line.folded => Some("it is folded"),
        _ if !line.parameters.is_empty() => Some("it has a parameter"),
        word if word.trim().eq_ignore_ascii_case("null") => Some("a null value is an empty one, not a word"),
        value if !value.trim().is_empty() && !words() => Some("its value is no list of tokens"),
        _ => None,
    };
    if let Some(why) = broken {
        let reading = if why.starts_with("a null") { "I-07" } else { "I-04" };
        let message = format!("{} is malformed: {why}.", quote(&line.full_name()));
        return Some(shaped(Observation::fail(message), view, line).reading(reading));
    }
    let odd = match line.blanks {
        0 => Some("no blank follows its colon"),
        _ if text.starts_with([' ', '\t']) || text.ends_with([' ', '\t']) => Some("it has blanks to spare"),
        _ => None,
    };
    let message = odd.map(|why| format!("{} is unusual: {why}.", quote(&line.full_name())))?;
    Some(shaped(Observation::warn(message), view, line).reading("I-04"))
}

fn shaped(observation: Observation, view: &View<'_>, line: &Line<'_>) -> Observation {
    let right = "The name, a colon, one blank, and nothing or tokens parted by single blanks.";
    observation.right(right).in_body(view, line.line.clone(), "here")
}

fn request_value_empty(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let lines = view.extension(view.profile.headers.request);
    if lines.is_empty() {
        return one(absent(view, view.profile.headers.request));
    }
    let filled = lines.iter().filter(|line| !line.text().trim().is_empty() || !line.parameters.is_empty());
    let warn = |line: &Line<'_>| {
        let message = format!("{} holds {}.", line.full_name(), quote(line.text().trim()));
        Observation::warn(message)
            .right("An empty value, as no token or parameter is defined.")
            .reading("I-04")
            .in_body(view, line.value.clone(), "not empty")
    };
    Ok(filled.map(warn).collect())
}

/// How far a message requires its request header to be understood.
struct Insistence<'a> {
    required: Vec<Required<'a>>,
    request: Option<Span>,
    literal: Option<Span>,
}

fn insistence<'a>(view: &View<'a>) -> Insistence<'a> {
    let required = view.cpim.as_ref().map(cpim::Message::require).unwrap_or_default();
    let bare_request = view.extension(view.profile.headers.request).iter().any(|line| line.prefix.is_none());
    let span = |name: &str| {
        let meant = |entry: &&Required<'_>| {
            let prefixed = entry.name.len() > entry.local_name.len();
            entry.local_name == name && ours(&entry.namespace, view) && (prefixed || bare_request)
        };
        required.iter().find(meant).map(|entry| entry.span.clone())
    };
    Insistence {
        request: span(view.profile.headers.request),
        literal: span(LITERAL_TOKEN),
        required: required.clone(),
    }
}

/// Whether a name could be meant in the extension's namespace; what is wrong with that is for other checks (G-11).
fn ours(namespace: &Namespace<'_>, view: &View<'_>) -> bool {
    match namespace {
        Namespace::Bound { uri, .. } => {
            let known = view.profile.cpim_namespace.is_some_and(|urn| uri.eq_ignore_ascii_case(urn));
            known || uri.to_ascii_lowercase().contains(view.profile.cpim_prefix)
        }
        Namespace::Default | Namespace::Unbound => true,
    }
}

fn require_lists_request(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let found = insistence(view);
    let request = view.profile.headers.request;
    let right = format!(
        "A CPIM Require line that lists, prefixed, {request} and, by the letter of 8.1, {LITERAL_TOKEN}."
    );
    match (&found.literal, &found.request) {
        (Some(_), _) => nothing(),
        (None, Some(span)) => {
            let message = "Require lists the request header, but not the literal token of section 8.1.";
            one(Observation::remark(message).right(right).reading("I-02").in_body(
                view,
                span.clone(),
                "read by 8.1.1",
            ))
        }
        (None, None) => one(not_required(view, &found).right(right)),
    }
}

fn require_in_cpim(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let found = insistence(view);
    let right = format!("A CPIM Require line that lists the prefixed {}.", view.profile.headers.request);
    match (&found.request, &found.literal) {
        (Some(_), _) => nothing(),
        (None, Some(span)) => {
            let message = format!("Require lists {LITERAL_TOKEN} alone, a header that no section defines.");
            one(Observation::warn(message).right(right).reading("I-02").in_body(
                view,
                span.clone(),
                "read by 8.1",
            ))
        }
        (None, None) => one(not_required(view, &found).right(right)),
    }
}

fn not_required(view: &View<'_>, found: &Insistence<'_>) -> Observation {
    let observation =
        match found.required.first() {
            Some(first) => Observation::fail(format!("Require lists {} only.", quote(&first.name))).in_body(
                view,
                first.span.clone(),
                "not the request header",
            ),
            None => match view.carrier.sip().and_then(|sip| sip.header(HeaderId::REQUIRE)) {
                Some(header) => Observation::fail("The wish stands in a SIP Require header, not in CPIM.")
                    .at(view.message, view.message.in_octets(header.raw_span()), "a SIP option tag"),
                None => Observation::fail("The message has no CPIM Require header.").seen(view.message),
            },
        };
    observation.reading("I-02")
}

fn list_action_syntax(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let Some(name) = view.profile.headers.list_action else { return nothing() };
    let lines = view.extension(name);
    if is_handed_on(context, name) {
        return nothing();
    }
    let fail = |message: String, line: &Line<'_>| {
        Observation::fail(message)
            .right("The name, a colon, one blank and one token.")
            .reading("I-70")
            .in_body(view, line.line.clone(), "here")
    };
    match &lines[..] {
        [] => one(absent(view, name)),
        [line] => {
            let text = line.text();
            let well_formed = line.parameters.is_empty()
                && !line.folded
                && line.blanks >= 1
                && (text.is_empty() || is_token(text.as_bytes()));
            if well_formed { nothing() } else { one(fail(format!("{name} holds {}.", quote(&text)), line)) }
        }
        [_, second, ..] => one(fail(format!("{name} stands {} times.", lines.len()), second)),
    }
}

fn original_from_syntax(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let Some(name) = view.profile.headers.original_from else { return nothing() };
    let lines = view.extension(name);
    let Some(line) = lines.first() else { return one(absent(view, name)) };
    if is_handed_on(context, name) {
        return nothing();
    }
    let broken = match (lines.len(), &*line.text()) {
        (2.., _) => Some("it stands more than once".to_owned()),
        _ if line.folded => Some("it is folded".to_owned()),
        _ if line.blanks == 0 => Some("no blank follows its colon".to_owned()),
        (_, "") => None,
        (_, word) if word.eq_ignore_ascii_case("null") => {
            return one(Observation::fail(format!("{name} holds the word NULL."))
                .right("A null value is an empty one.")
                .reading("I-07")
                .in_body(view, line.line.clone(), "not empty"));
        }
        _ => {
            let decoded = cpim::decode_address(&view.message.body, line.value.clone());
            decoded.deviations.first().map(|deviation| deviation.rule.text.trim_end_matches('.').to_owned())
        }
    };
    let fail = |why: String| {
        Observation::fail(format!("{name} does not follow its grammar: {why}."))
            .right("The name, a colon, one blank, and nothing or an optional display name and a URI in angle brackets.")
            .in_body(view, line.line.clone(), "here")
    };
    Ok(broken.map(fail).into_iter().collect())
}

/// Whether a header of a copy stands as it came: a fault in it is that of the peer.
fn is_handed_on(context: &Context<'_>, name: &str) -> bool {
    let values = |view: &View<'_>| -> Vec<Vec<u8>> {
        view.extension(name)
            .iter()
            .map(|line| view.message.body[line.parameters.start..line.value.end].to_vec())
            .collect()
    };
    let (Some(view), Some(source)) = (context.view, context.subject) else { return false };
    let values_here = values(view);
    context.scene.is_intermediary() && !values_here.is_empty() && values_here == values(source)
}

fn original_from_own(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let Some(name) = view.profile.headers.original_from else { return nothing() };
    let lines = view.extension(name);
    let Some(line) = lines.first() else { return one(absent(view, name)) };
    let (Some(stated), Some(from)) = (line.uri_text(), view.address("From")) else {
        let why = format!("{name} and From do not both hold a URI.");
        return one(Observation::unclear(why).in_body(view, line.line.clone(), "here"));
    };
    if uri::same(&stated, &from) {
        return nothing();
    }
    let message = format!("{name} holds {}, but the message is from {}.", quote(&stated), quote(&from));
    one(Observation::fail(message).right("The URI of the CPIM From header.").in_body(
        view,
        line.value.clone(),
        "not the sender",
    ))
}

fn request_shape(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let Some(cpim) = &view.cpim else {
        return one(Observation::fail("The request is no Message/CPIM object.").seen(view.message));
    };
    let mut found = Vec::new();
    let missing_line: &[&Rule] = &[&cpim::rule::SEPARATOR_MISSING, &cpim::rule::CONTENT_HEADER_MISPLACED];
    let deviation =
        view.cpim_deviations.iter().find(|d| missing_line.iter().any(|rule| rule.name == d.rule.name));
    if let Some(deviation) = deviation {
        let message = "No empty line parts the message headers from the content headers.";
        found.push(Observation::fail(message).reading("I-69").in_body(
            view,
            deviation.span.clone(),
            "no empty line",
        ));
    }
    found.extend(cpim.entity().headers().filter_map(|header| below_the_line(&header, view)));
    for name in ["From", "To"] {
        if view.core(name).is_empty() {
            found.push(Observation::fail(format!("The request has no {name} header.")).seen(view.message));
        }
    }
    found.extend(date_time(view));
    let right =
        "From, To, DateTime, Subject, NS and the extension's headers, an empty line, then the MIME entity.";
    Ok(found.into_iter().map(|observation| observation.right(right)).collect())
}

/// A header of the extension among the MIME headers. The two that make a request are missed, and charged, above the line.
fn below_the_line(header: &mime::Header<'_, '_>, view: &View<'_>) -> Option<Observation> {
    let headers = &view.profile.headers;
    let (_, local) = header.name().split_once('.')?;
    let name = headers.defined().find(|name| *name == local)?;
    let message = format!("{} stands below the empty line.", quote(header.name()));
    let observation = match name == headers.request || name == headers.message_id {
        true => Observation::unclear(message),
        false => Observation::fail(message),
    };
    Some(observation.in_body(view, header.line_span(), "here"))
}

fn date_time(view: &View<'_>) -> Option<Observation> {
    let lines = view.core("DateTime");
    let Some(line) = lines.first() else {
        let message = "The request has no DateTime, which the sample shows.";
        return Some(Observation::warn(message).reading("I-69").seen(view.message));
    };
    let accepted = [&time::rule::LOWER_CASE, &time::rule::OFFSET_UNKNOWN];
    let decoded = time::decode(&view.message.body, line.value.clone());
    let fault = decoded.deviations.iter().find(|d| accepted.iter().all(|rule| rule.name != d.rule.name))?;
    let message = format!("DateTime is {}: {}", quote(&line.text()), fault.rule.text);
    Some(Observation::fail(message).reading("I-69").in_body(
        view,
        line.value.clone(),
        "no RFC 3339 date-time",
    ))
}

fn absent(view: &View<'_>, name: &str) -> Observation {
    let evidence = evidence::whole(view.message, "not here");
    Observation::unclear(format!("The message has no {name} header among its CPIM headers."))
        .beside([evidence])
}
