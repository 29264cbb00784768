//! The report document: label, form, structure, disposition, padding.

use wire::deviation::{Deviation, Rule};
use wire::document::{Document, Element, Rules};

use super::observation::{nothing, one};
use super::{Check, Context, Look, LooksAt, Observation, checks};
use crate::capture::{ENVELOPES, View};
use crate::evidence::quote;
use crate::verdict::Verdict;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "xml-well-formed",
        looks_at: LooksAt::Report,
        requirements: &["IMDN-10-1"],
        run: xml_well_formed,
    },
    Check {
        name: "document-structure",
        looks_at: LooksAt::Report,
        requirements: &["IMDN-10-2"],
        run: document_structure,
    },
    Check {
        name: "xml-namespace",
        looks_at: LooksAt::Report,
        requirements: &["IMDN-10-3"],
        run: xml_namespace,
    },
    Check {
        name: "document-root",
        looks_at: LooksAt::Report,
        requirements: &["IMDN-10-4"],
        run: document_root,
    },
    Check { name: "media-type", looks_at: LooksAt::Report, requirements: &["IMDN-10-5"], run: media_type },
    Check {
        name: "disposition-present",
        looks_at: LooksAt::Report,
        requirements: &["IMDN-10.1-1"],
        run: disposition_present,
    },
    Check {
        name: "disposition-word",
        looks_at: LooksAt::Report,
        requirements: &["IMDN-10.1-2"],
        run: disposition_word,
    },
    Check {
        name: "values-unpadded",
        looks_at: LooksAt::Report,
        requirements: &["IMDN-11.1-4"],
        run: values_unpadded,
    },
    Check {
        name: "report-format",
        looks_at: LooksAt::Report,
        requirements: &[END_USER, B2BUA],
        run: report_format,
    },
];

/// The roll-ups of section 10 for the report of an end user and of a B2BUA (G-12).
const END_USER: &str = "IMDN-9.2-9";
const B2BUA: &str = "IMDN-9.3.1-4";

/// What every requirement of section 10 begins with.
const SECTION_10: &str = "IMDN-10";

/// Deviations by which the harness, not the report, is the limit, or on which the text gives no basis.
const fn unread(rules: &Rules) -> [&'static Rule; 4] {
    [rules.encoding_unread, rules.too_large, rules.too_deep, rules.doctype]
}

fn rules(view: &View<'_>) -> &'static Rules {
    view.profile.report.rules
}

/// The report's document, if it can be read; otherwise why nothing about it can be judged.
pub(super) fn readable<'a>(view: &'a View<'_>) -> Result<&'a Document<'a>, Box<Observation>> {
    let unclear = |why: &str| Err(Box::new(Observation::unclear(why).seen(view.message)));
    match &view.document {
        None => unclear("There is no report document to look at."),
        Some(_) if view.foreign_profile().is_some() => {
            unclear(&format!("There is nothing to look at.{}", view.foreign_remark()))
        }
        Some(_) if view.foreign_profile().is_some() => {
            unclear(&format!("There is no document of this profile.{}", view.foreign_remark()))
        }
        Some(_) if broken(view, &unread(rules(view))).is_some() => {
            unclear("The report document is in a form that this harness does not read.")
        }
        Some(document) if !document.is_well_formed() => {
            unclear("The report document is not well-formed XML.")
        }
        Some(document) => Ok(document),
    }
}

/// The first element of that name that could be meant: a child of the root, else one that is misplaced.
pub(super) fn element<'d>(
    view: &View<'_>,
    document: &'d Document<'_>,
    name: &str,
) -> Option<&'d Element<'d>> {
    let child = document.children().find(|element| element.name == name && is_own(view, document, element));
    child.or_else(|| document.elements().iter().find(|e| e.name == name && is_own(view, document, e)))
}

/// Whether an element is the report's own, faults in its namespace aside.
fn is_own(view: &View<'_>, document: &Document<'_>, element: &Element<'_>) -> bool {
    let root = document.root().and_then(|root| root.namespace.as_deref());
    element.namespace.as_deref().is_none_or(|namespace| {
        Some(namespace) == root || namespace.eq_ignore_ascii_case(view.profile.report.namespace)
    })
}

/// The first deviation from one of the rules.
pub(super) fn broken<'v>(view: &'v View<'_>, rules: &[&Rule]) -> Option<&'v Deviation> {
    view.document_deviations.iter().find(|found| rules.iter().any(|rule| rule.name == found.rule.name))
}

/// A rule of the decoder, as a failure.
pub(super) fn failure(view: &View<'_>, found: &Deviation) -> Observation {
    let detail = match &*found.detail {
        "" => String::new(),
        detail => format!(": {}", quote(detail)),
    };
    Observation::fail(format!("The document breaks a rule{detail}.")).right(found.rule.text).in_document(
        view,
        found.span.clone(),
        "here",
    )
}

fn xml_well_formed(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let Some(document) = &view.document else {
        return one(Observation::unclear("There is no report document to look at.").seen(view.message));
    };
    if let Some(observation) = not_well_formed(view) {
        return one(observation);
    }
    // Another encoding is legal where something declares it; octets that are not in it are a fatal error.
    let labelled =
        view.main_part().and_then(|part| part.label.as_ref()).and_then(|label| label.charset.as_deref());
    let labelled = labelled.is_some_and(|charset| !charset.to_ascii_lowercase().contains("utf-8"));
    let not_utf8 = std::str::from_utf8(document.octets()).is_err() && !labelled;
    match broken(view, &[rules(view).encoding]).filter(|_| not_utf8) {
        Some(found) => one(failure(view, found)),
        None => Ok(unreadable(view).into_iter().collect()),
    }
}

/// Where an XML parser stops, if it does.
pub(super) fn not_well_formed(view: &View<'_>) -> Option<Observation> {
    let found = broken(view, &[rules(view).not_well_formed])?;
    let message = format!("The document is not well-formed: {}.", found.detail);
    let observation = Observation::fail(message).right("Well-formed XML 1.0.");
    Some(observation.in_document(view, found.span.clone(), "an XML parser stops here"))
}

/// Why this harness does not read the document, if that is so.
pub(super) fn unreadable(view: &View<'_>) -> Option<Observation> {
    let found = broken(view, &unread(rules(view)))?;
    Some(Observation::unclear(format!("Not read: {}", found.rule.text)).seen(view.message))
}

fn document_structure(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let disposition = view.profile.report.roles.disposition;
    // Whose child the state is, is for the check of the root.
    let misplaced = rules(view).child_misplaced.name;
    let found = ill_structured(view)?;
    let found = found.into_iter().filter(|found| found.rule.name != misplaced || found.detail != disposition);
    let mut observations: Vec<Observation> =
        found.map(|found| failure(view, found).reading("I-26")).collect();
    let documents = view.parts.iter().filter(|part| {
        view.profile.media_types.iter().any(|media_type| media_type.name == part.media_type())
    });
    if documents.count() > 1 {
        let message = "The message holds several report documents.";
        observations
            .push(Observation::warn(message).right("One document.").reading("I-68").seen(view.message));
    }
    Ok(observations)
}

/// What no schema could allow (I-26): elements that are repeated, unknown or misplaced, and text under the root.
pub(super) fn ill_structured<'v>(view: &'v View<'_>) -> Result<Vec<&'v Deviation>, Box<Observation>> {
    let document = readable(view)?;
    let rules = rules(view);
    let structure = [rules.child_repeated, rules.child_unknown, rules.child_misplaced, rules.root_text];
    let found = view.document_deviations.iter();
    let found = found.filter(|found| structure.iter().any(|rule| rule.name == found.rule.name));
    Ok(found.filter(|found| !is_foreign(view, document, found)).collect())
}

/// An unknown element without a namespace, in a document that has one, is no element of the report.
fn is_foreign(view: &View<'_>, document: &Document<'_>, found: &Deviation) -> bool {
    let own_root =
        document.root().and_then(|root| root.namespace.as_deref()) == Some(view.profile.report.namespace);
    let element = document.elements().iter().find(|element| element.span == found.span);
    own_root
        && found.rule.name == rules(view).child_unknown.name
        && element.is_some_and(|e| e.namespace.is_none())
}

pub(super) fn xml_namespace(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let document = readable(view)?;
    let rules = rules(view);
    let rules = [rules.namespace_missing, rules.namespace_case, rules.namespace_wrong];
    // A root that is another element altogether is for the check of the root.
    let other_root = document.root().filter(|root| root.name != view.profile.report.root);
    let found = view.document_deviations.iter().find(|found| {
        let of_other_root = other_root.is_some_and(|root| root.span.start == found.span.start);
        rules.iter().any(|rule| rule.name == found.rule.name) && !of_other_root
    });
    let right = format!("Elements in {}.", quote(view.profile.report.namespace));
    let observation = |found: &Deviation| {
        let message = match &*found.detail {
            "" => "An element is in no namespace.".to_owned(),
            namespace => format!("An element is in the namespace {}.", quote(namespace)),
        };
        Observation::fail(message).right(&*right).reading("I-27").in_document(
            view,
            found.span.clone(),
            "here",
        )
    };
    Ok(found.map(observation).into_iter().collect())
}

fn document_root(context: &Context<'_>) -> Look {
    let view = context.view()?;
    if let Some(observation) = foreign_document(view) {
        return one(observation);
    }
    let foreign = view.document.as_ref().filter(|_| view.foreign_profile().is_some());
    let document = foreign.map_or_else(|| readable(view), Ok)?;
    let report = &view.profile.report;
    let Some(root) = document.root() else { return nothing() };
    let right =
        format!("The root {} with one {} child.", quote(report.root), quote(report.roles.disposition));
    let mut observations = Vec::new();
    if root.name != report.root {
        let tag = root.span.start..root.content.start.max(root.span.start);
        let message = format!("The root element is {}.{}", quote(&root.name), view.foreign_remark());
        observations.push(Observation::fail(message).in_document(view, tag, "the root"));
    }
    let has_child =
        document.children().any(|e| e.name == report.roles.disposition && is_own(view, document, e));
    if !has_child {
        observations.extend(misplaced_disposition(view, document));
    }
    Ok(observations.into_iter().map(|observation| observation.right(&*right)).collect())
}

/// The document of another profile under the label of this one. Under its own label the fault is that of the label.
pub(super) fn foreign_document(view: &View<'_>) -> Option<Observation> {
    view.foreign_profile()?;
    let label = view.main_part()?.media_type().to_owned();
    let labelled = view.profile.media_types.iter().any(|known| known.name == label);
    let root = view.document.as_ref()?.root().filter(|_| labelled)?;
    let message = format!("The root element is {}.{}", quote(&root.name), view.foreign_remark());
    let right = format!("The root {}.", quote(view.profile.report.root));
    Some(Observation::fail(message).right(right).in_document(view, root.span.clone(), "the root"))
}

/// The state, where it stands but not as a child of the root.
fn misplaced_disposition(view: &View<'_>, document: &Document<'_>) -> Option<Observation> {
    let name = view.profile.report.roles.disposition;
    if let Some(element) = element(view, document, name) {
        let message = format!("{} is no child of the root.", quote(name));
        return Some(Observation::fail(message).in_document(view, element.span.clone(), "here"));
    }
    let attribute =
        document.elements().iter().flat_map(|element| &element.attributes).find(|a| a.name == name)?;
    let message = format!("The state is given as the attribute {}.", quote(name));
    Some(Observation::fail(message).in_document(view, attribute.span.clone(), "here"))
}

fn media_type(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let Some(part) = view.main_part() else {
        return one(Observation::unclear("The message has no content.").seen(view.message));
    };
    let label = part.media_type();
    if view.report.is_none() && ENVELOPES.contains(&label) {
        return one(Observation::unclear("The content is enveloped, and there is no key.").seen(view.message));
    }
    let own = view.profile.media_types.iter().find(|media_type| media_type.own).map_or("", |own| own.name);
    let place = match part.label.as_ref().and_then(|label| label.span.clone()) {
        Some(span) => view.message.in_body(span),
        None => view.message.in_octets(view.carrier.content_type().map_or(0..0, |field| field.line)),
    };
    let observation = match view.profile.media_types.iter().find(|known| known.name == label) {
        Some(known) if known.own => return charset(view),
        Some(known) => Observation::warn(format!("The report is labelled {}.", quote(known.name))),
        None if label.is_empty() => Observation::fail("The report has no media type."),
        None => {
            Observation::fail(format!("The report is labelled {}.{}", quote(label), view.foreign_remark()))
        }
    };
    one(observation.right(format!("{own}.")).reading("I-25").at(view.message, place, "the label"))
}

/// A charset parameter that does not agree with the octets.
fn charset(view: &View<'_>) -> Look {
    let Some(found) = broken(view, &[rules(view).charset]) else { return nothing() };
    let observation =
        Observation::warn("The charset parameter does not agree with the encoding of the document.");
    one(observation.right(found.rule.text).in_body(view, found.span.clone(), "here"))
}

fn disposition_present(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let document = readable(view)?;
    let name = view.profile.report.roles.disposition;
    let right = format!("{} with a word in it.", quote(name));
    match element(view, document, name) {
        Some(element) if element.trimmed().is_empty() && !element.has_elements => {
            let observation = Observation::fail(format!("{} is empty.", quote(name)));
            one(observation.right(right).in_document(view, element.span.clone(), "nothing in it"))
        }
        Some(_) => nothing(),
        None if misplaced_disposition(view, document).is_some() => {
            one(Observation::unclear("The state stands elsewhere in the document.").seen(view.message))
        }
        None => one(missing(view, document, name).right(right)),
    }
}

/// An element that is not there, shown at the end of the root.
pub(super) fn missing(view: &View<'_>, document: &Document<'_>, name: &str) -> Observation {
    let end = document.root().map_or(document.span().end, |root| root.content.end);
    Observation::fail(format!("The report has no {}.", quote(name))).in_document(
        view,
        end..end,
        "not in here",
    )
}

fn disposition_word(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let document = readable(view)?;
    let name = view.profile.report.roles.disposition;
    let words = match view.profile.report.child(name).map(|element| &element.content) {
        Some(wire::profile::Content::Words(words)) => *words,
        _ => &[],
    };
    let Some(element) = element(view, document, name).filter(|element| !element.trimmed().is_empty()) else {
        return one(
            Observation::unclear("The report states no disposition as element text.").seen(view.message)
        );
    };
    if words.contains(&element.trimmed()) {
        return nothing();
    }
    let observation = Observation::fail(format!("The disposition is {}.", quote(element.trimmed())));
    let observation = observation.right(format!("One of {}.", words.join(", "))).reading("I-14");
    one(observation.in_document(view, element.content.clone(), "none of the words"))
}

fn values_unpadded(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let document = readable(view)?;
    let leaves = document.elements().iter().filter(|element| {
        !element.has_elements
            && view.profile.report.child(&element.name).is_some()
            && is_own(view, document, element)
    });
    let padded: Vec<&Element<'_>> =
        leaves.filter(|element| element.trimmed().len() != element.text.len()).collect();
    let Some(first) = padded.first() else { return nothing() };
    let names: Vec<String> = padded.iter().map(|element| quote(&element.name)).collect();
    let observation = Observation::warn(format!("White space surrounds the value of {}.", names.join(", ")))
        .right("Values without white space around them.")
        .reading("I-28");
    one(observation.in_document(view, first.content.clone(), "padded"))
}

/// The worst of section 10 (G-12).
fn report_format(context: &Context<'_>) -> Look {
    let charged = if context.scene.is_intermediary() { B2BUA } else { END_USER };
    let section = checks(context.profile()).filter(|check| {
        check.looks_at == LooksAt::Report && check.requirements.iter().any(|id| id.starts_with(SECTION_10))
    });
    let all = section.flat_map(|check| check.look(context).into_iter().map(move |seen| (check, seen)));
    let of_section = all.filter(|(_, seen)| {
        seen.charged.is_empty() || seen.charged.iter().any(|id| id.starts_with(SECTION_10))
    });
    // Several equally bad: the first, since it stands in the order of the section.
    let worst = of_section.reduce(|worst, next| if next.1.verdict > worst.1.verdict { next } else { worst });
    match worst {
        Some((check, seen)) if seen.verdict > Verdict::Inconclusive => {
            let id = seen.charged.first().or(check.requirements.first()).copied().unwrap_or(SECTION_10);
            one(Observation {
                message: format!("{id} is not met: {}", seen.message),
                charged: vec![charged],
                ..seen
            })
        }
        // That some rule of the section had no occasion to be broken does not count against the rest.
        _ if context.view.is_some_and(|view| readable(view).is_ok()) => nothing(),
        Some((_, seen)) => one(Observation { charged: Vec::new(), ..seen }),
        None => nothing(),
    }
}
