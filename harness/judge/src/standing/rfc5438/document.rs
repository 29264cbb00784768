//! The XML document of a notification (11.1, 15.1).

use wire::deviation::{Deviation, Rule};
use wire::notification::rule;

use super::kind::read_by;
use crate::Verdict;
use crate::capture::View;
use crate::evidence::quote;
use crate::standing::document::{broken, failure, foreign_document, readable, xml_namespace};
use crate::standing::observation::{nothing, one};
use crate::standing::receipts::document::{charset, xml_utf8, xml_version, xml_well_formed};
use crate::standing::{Check, Context, Look, LooksAt, Observation};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "xml-well-formed",
        looks_at: LooksAt::Report,
        requirements: &["I5438-11.1-1"],
        run: well_formed,
    },
    Check {
        name: "document-valid",
        looks_at: LooksAt::Report,
        requirements: &["I5438-11.1-2"],
        run: document_valid,
    },
    Check {
        name: "xml-version",
        looks_at: LooksAt::Report,
        requirements: &["I5438-11.1-3"],
        run: xml_version,
    },
    Check {
        name: "xml-utf8",
        looks_at: LooksAt::Report,
        requirements: &["I5438-11.1-4"],
        run: |context| read_by(xml_utf8(context), "R-27"),
    },
    Check {
        name: "xml-namespace",
        looks_at: LooksAt::Report,
        requirements: &["I5438-11.1-12"],
        run: |context| read_by(xml_namespace(context), "R-26"),
    },
    Check {
        name: "document-order",
        looks_at: LooksAt::Report,
        requirements: &["I5438-11.1-13"],
        run: document_order,
    },
    Check {
        name: "notification-kind",
        looks_at: LooksAt::Report,
        requirements: &["I5438-11.1.6-1"],
        run: notification_kind,
    },
    Check {
        name: "status-word",
        looks_at: LooksAt::Report,
        requirements: &["I5438-11.1.7-1"],
        run: |context| {
            let is = |found: &Deviation| is_in(found, &[&rule::STATUS]) || concerns_status(found);
            failures(context, is, "R-43")
        },
    },
    Check { name: "datatypes", looks_at: LooksAt::Report, requirements: &["I5438-11.1.9-2"], run: datatypes },
    Check {
        name: "extensions",
        looks_at: LooksAt::Report,
        requirements: &["I5438-11.1.9-3"],
        run: extensions,
    },
    Check {
        name: "uri-pair",
        looks_at: LooksAt::Report,
        requirements: &["I5438-11.1.9-1"],
        run: |context| failures(context, |found| is_in(found, &[&rule::NEEDS]), "R-12"),
    },
    Check {
        name: "charset",
        looks_at: LooksAt::Report,
        requirements: &["I5438-15.1-1"],
        run: |context| read_by(charset(context), "R-27"),
    },
];

/// Namespace of schema location hints.
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

fn is_in(found: &Deviation, rules: &[&Rule]) -> bool {
    rules.iter().any(|rule| rule.name == found.rule.name)
}

/// What a deviation is about, where the decoder names an element.
fn is_about(found: &Deviation, names: &[&str]) -> bool {
    names.contains(&&*found.detail)
}

fn concerns_status(found: &Deviation) -> bool {
    is_in(found, &[&rule::CHILD_MISSING, &rule::CHILD_REPEATED]) && is_about(found, &["status"])
}

/// Everything that the decoder found and that belongs to a check, as failures.
fn failures(context: &Context<'_>, is: impl Fn(&Deviation) -> bool, reading: &'static str) -> Look {
    let view = context.view()?;
    readable(view)?;
    let found = view.document_deviations.iter().filter(|found| is(found));
    Ok(found.map(|found| failure(view, found).reading(reading)).collect())
}

fn well_formed(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let declared = broken(view, &[&rule::DOCTYPE])
        .map(|found| Observation { verdict: Verdict::Warning, ..failure(view, found) });
    match declared {
        Some(observation) => one(observation.reading("R-27")),
        None => xml_well_formed(context),
    }
}

/// Attributes, text and repetition that no part of the schema has. What has an entry of its own is for its check.
fn document_valid(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let document = readable(view)?;
    let choice = view.profile.report.choice;
    let found = view.document_deviations.iter().filter_map(|found| {
        let repeated = is_in(found, &[&rule::CHILD_REPEATED]);
        let owned = is_about(found, &["status", "subject"]) || is_about(found, choice);
        if is_in(found, &[&rule::ATTRIBUTE]) {
            let attributes = document.elements().iter().flat_map(|element| &element.attributes);
            let hint = attributes.clone().find(|attribute| attribute.span == found.span);
            let hint = hint.is_some_and(|attribute| attribute.namespace.as_deref() == Some(INSTANCE));
            let observation = failure(view, found).reading("R-12");
            return Some(match hint {
                true => Observation { verdict: Verdict::Warning, ..observation },
                false => observation,
            });
        }
        let text = is_in(found, &[&rule::ROOT_TEXT]) && !is_about(found, &["status"]);
        let broken = repeated && !owned || text || is_in(found, &[&rule::ELEMENT_IN_TEXT]);
        broken.then(|| failure(view, found).reading("R-12"))
    });
    Ok(found.collect())
}

fn document_order(context: &Context<'_>) -> Look {
    let view = context.view()?;
    if let Some(observation) = foreign_document(view) {
        return one(observation);
    }
    let rules = [&rule::ROOT, &rule::ORDER, &rule::CHILD_MISPLACED];
    failures(context, |found| is_in(found, &rules), "R-12")
}

fn notification_kind(context: &Context<'_>) -> Look {
    let view = context.view()?;
    // A document in other terms says what became of the message in another way.
    if view.foreign_profile().is_some() {
        let document = view.document.as_ref().and_then(|document| document.root());
        let own = document.is_some_and(|root| root.name == view.profile.report.root);
        let message = format!("The document has no notification element.{}", view.foreign_remark());
        let observation = if own { Observation::fail(message) } else { Observation::unclear(message) };
        return one(observation.seen(view.message));
    }
    let choice = view.profile.report.choice;
    let twice = |found: &Deviation| is_in(found, &[&rule::CHILD_REPEATED]) && is_about(found, choice);
    failures(context, |found| is_in(found, &[&rule::KIND]) || twice(found), "R-12")
}

fn datatypes(context: &Context<'_>) -> Look {
    let broken = |found: &Deviation| {
        let blank = found.detail.contains(char::is_whitespace);
        is_in(found, &[&rule::NOT_EMPTY]) || is_in(found, &[&rule::URI]) && blank
    };
    failures(context, broken, "R-12")
}

/// Extensions at the places that are open for them, qualified in another namespace; text directly in one is against the
/// pattern of the schema, but not against its comment.
fn extensions(context: &Context<'_>) -> Look {
    let rules = [&rule::EXTENSION_MISPLACED, &rule::CHILD_UNKNOWN];
    let mut found = failures(context, |found| is_in(found, &rules), "R-12")?;
    let view = context.view()?;
    found.extend(text_in_extension(view));
    match found.is_empty() {
        true => nothing(),
        false => Ok(found),
    }
}

fn text_in_extension(view: &View<'_>) -> Option<Observation> {
    let document = view.document.as_ref()?;
    let own = view.profile.report.namespace;
    let foreign = |namespace: Option<&str>| namespace.is_some_and(|namespace| namespace != own);
    let root = document.root().and_then(|root| root.namespace.as_deref());
    let found = document.elements().iter().find(|element| {
        let namespace = element.namespace.as_deref();
        foreign(namespace) && namespace != root && !element.trimmed().is_empty()
    })?;
    let message = format!("Text stands directly in the extension {}.", quote(&found.name));
    let observation =
        Observation::warn(message).right("Attributes and elements in an extension, and no text.");
    Some(observation.reading("R-12").in_document(view, found.span.clone(), "here"))
}
