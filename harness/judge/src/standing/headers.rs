//! Header lines: how they are qualified, and which may not stand in a report.

use wire::cpim::Qualified;

use super::observation::{nothing, one};
use super::{Check, Context, Look, LooksAt, Observation};
use crate::capture::{Line, View};
use crate::evidence::{self, quote};
use crate::verdict::Evidence;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "headers-prefixed",
        looks_at: LooksAt::Message,
        requirements: &["IMDN-1-1"],
        run: headers_prefixed,
    },
    Check {
        name: "namespace-declared",
        looks_at: LooksAt::Message,
        requirements: &["IMDN-7-1"],
        run: namespace_declared,
    },
    Check {
        name: "no-request-in-report",
        looks_at: LooksAt::Report,
        requirements: &["IMDN-8.1.1-8"],
        run: no_request_in_report,
    },
    Check {
        name: "no-notification-to",
        looks_at: LooksAt::Report,
        requirements: &["IMDN-9.1-5"],
        run: no_notification_to,
    },
    Check {
        name: "subjects-copied",
        looks_at: LooksAt::Report,
        requirements: &["IMDN-9.1-7"],
        run: subjects_copied,
    },
];

/// Banned from reports by name (I-01), though no section defines it.
const BANNED: &str = "Disposition-Notification-To";

/// Leftovers of other versions (I-01): in a report they are worth a warning.
const LEFTOVERS: &[&str] = &["Message-Disposition-To", "Message-Disposition"];

/// All lines that mean a defined header of the extension.
pub(super) fn extension<'a>(view: &View<'a>) -> Vec<Line<'a>> {
    view.profile.headers.defined().flat_map(|name| view.extension_all(name)).collect()
}

/// Whether an NS line binds exactly the extension's URN.
fn declares(view: &View<'_>) -> bool {
    let ns = view.lines();
    let mut ns = ns.iter().filter(|line| line.prefix.is_none() && line.local == "NS");
    ns.any(|line| line.uri_text().as_deref() == view.profile.cpim_namespace)
}

fn headers_prefixed(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let lines = extension(view);
    if lines.is_empty() {
        return one(Observation::unclear("The message has no header of the extension.").seen(view.message));
    }
    Ok(lines.iter().filter_map(|line| unprefixed(view, line, &lines)).collect())
}

fn unprefixed(view: &View<'_>, line: &Line<'_>, all: &[Line<'_>]) -> Option<Observation> {
    let id = view.profile.headers.message_id;
    let speaks_other = view.foreign_profile().is_some();
    let also_prefixed = || all.iter().any(|other| other.local == line.local && other.prefix.is_some());
    let name = quote(&line.full_name());
    let observation = match line.qualified? {
        // The bare name is also a header of its own in another document (I-19).
        Qualified::Bare if line.local == id && (also_prefixed() || speaks_other) => return None,
        Qualified::Bare => Observation::fail(format!("{name} stands without a prefix.")),
        Qualified::ByDefault => {
            Observation::warn(format!("{name} stands bare, in the namespace by an NS line without a prefix."))
        }
        Qualified::BoundLate => {
            Observation::fail(format!("The prefix of {name} is bound only below the line that uses it."))
        }
        // Without any declaration the fault is that of section 7.
        Qualified::Unbound if declares(view) => {
            Observation::fail(format!("No NS line binds the prefix of {name}."))
        }
        Qualified::Unbound | Qualified::Proper | Qualified::UrnCase | Qualified::OtherUrn => return None,
    };
    let right =
        format!("`{}.{}:` below an NS line that binds the prefix.", view.profile.cpim_prefix, line.local);
    Some(observation.right(right).in_body(view, line.name.clone(), "here"))
}

pub(super) fn namespace_declared(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let lines = extension(view);
    let prefixed = lines.iter().any(|line| line.qualified != Some(Qualified::Bare));
    if !prefixed && !declares(view) {
        let why = "No header of the extension stands with a prefix, so there is nothing to declare.";
        return one(Observation::unclear(why).seen(view.message));
    }
    Ok(lines.iter().filter_map(|line| undeclared(view, line)).take(1).collect())
}

fn undeclared(view: &View<'_>, line: &Line<'_>) -> Option<Observation> {
    let urn = view.profile.cpim_namespace?;
    let bound = line.bound.clone();
    let (uri, span) = bound.unwrap_or_else(|| (String::new(), line.name.clone()));
    let observation = match line.qualified? {
        Qualified::UrnCase if re_cased_scheme(&uri, urn) => {
            Observation::warn(format!("The prefix is bound to {}, with the scheme re-cased.", quote(&uri)))
        }
        Qualified::UrnCase | Qualified::OtherUrn => {
            Observation::fail(format!("The prefix is bound to {}.", quote(&uri)))
        }
        Qualified::Unbound if !declares(view) => {
            Observation::fail(format!("No NS line declares the namespace of {}.", quote(&line.full_name())))
        }
        _ => return None,
    };
    let right = format!("`NS: {} <{urn}>`.", view.profile.cpim_prefix);
    Some(observation.right(right).reading("I-27").in_body(view, span, "not the namespace of the draft"))
}

fn re_cased_scheme(uri: &str, urn: &str) -> bool {
    let rest = |text: &str| text.split_once(':').map(|(_, rest)| rest.to_owned());
    rest(uri) == rest(urn)
}

fn no_request_in_report(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let request = view.profile.headers.request;
    if let Some(place) = anywhere(view, request).into_iter().next() {
        let message = format!("The report has a {request} header.");
        return one(Observation::fail(message)
            .right("A report asks for nothing.")
            .reading("I-01")
            .beside([place]));
    }
    let leftover = LEFTOVERS.iter().find_map(|name| Some((name, anywhere(view, name).into_iter().next()?)));
    let observation = leftover.map(|(name, place)| {
        let message = format!("The report has a {name} header, which no section defines.");
        Observation::warn(message).right("A report asks for nothing.").reading("I-01").beside([place])
    });
    Ok(observation.into_iter().collect())
}

fn no_notification_to(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let found = anywhere(view, BANNED).into_iter().next();
    let observation = found.map(|place| {
        let message = format!("The report has a {BANNED} header.");
        let right = "No header of that name, with or without a prefix.";
        Observation::fail(message).right(right).reading("I-01").beside([place])
    });
    Ok(observation.into_iter().collect())
}

/// Headers of that name in CPIM, among the MIME headers and in SIP or MSRP, with or without a prefix.
pub(super) fn anywhere(view: &View<'_>, name: &str) -> Vec<Evidence> {
    let message = view.message;
    let local = |full: &str| full.rsplit('.').next().is_some_and(|local| local.eq_ignore_ascii_case(name));
    let cpim = view.extension_all(name).into_iter().map(|line| message.in_body(line.line));
    let outer = view.carrier.fields().into_iter().filter(|field| local(&field.name));
    let outer = outer.map(|field| message.in_octets(field.line));
    let parts = view.parts.iter().filter_map(|part| part.entity.as_ref());
    let mime = parts.flat_map(|entity| entity.headers()).filter(|header| local(header.name()));
    let mime = mime.map(|header| message.in_body(header.line_span()));
    cpim.chain(mime).chain(outer).map(|place| evidence::at(message, place, "here")).collect()
}

fn subjects_copied(context: &Context<'_>) -> Look {
    let (view, subject) = context.pair()?;
    if view.cpim.is_none() || subject.cpim.is_none() {
        return one(Observation::unclear("There is no CPIM header block to compare.").seen(view.message));
    }
    let (copied, sent) = (view.core("Subject"), subject.core("Subject"));
    let all = |lines: &[Line<'_>]| {
        let mut all: Vec<_> = lines.iter().map(|line| (line.raw().to_vec(), line.parameter_text())).collect();
        all.sort();
        all
    };
    if all(&copied) == all(&sent) {
        return nothing();
    }
    let mut original = sent.iter().map(|line| {
        evidence::at(
            subject.message,
            subject.message.in_body(line.line.clone()),
            "the Subject of the message",
        )
    });
    let message = match (&copied[..], &sent[..]) {
        ([], _) => "The report lacks the Subject of the message.".to_owned(),
        (_, []) => "The report has a Subject, the message has none.".to_owned(),
        ([line, ..], _) => format!("The Subject of the report is {}.", quote(&line.text())),
    };
    let observation = Observation::fail(message)
        .right("Every Subject of the message, verbatim, with its language; none if it has none.")
        .reading("I-33");
    let observation = match copied.first() {
        Some(line) => observation.in_body(view, line.line.clone(), "not as in the message"),
        None => observation.seen(view.message),
    };
    one(observation.beside(original.next()))
}
