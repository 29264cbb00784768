//! The XML document of a receipt: form, encoding, namespace, structure (3.2, 5.1, 9.1).

use super::kind::is_read;
use crate::capture::View;
use crate::evidence::quote;
use crate::standing::document::{
    broken, failure, foreign_document, ill_structured, not_well_formed, readable, unreadable, xml_namespace,
};
use crate::standing::observation::{nothing, one};
use crate::standing::{Check, Context, Look, LooksAt, Observation};
use crate::verdict::Verdict;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "xml-well-formed",
        looks_at: LooksAt::Report,
        requirements: &["RCPT-5.1-1"],
        run: xml_well_formed,
    },
    Check {
        name: "document-structure",
        looks_at: LooksAt::Report,
        requirements: &["RCPT-5.1-2"],
        run: document_structure,
    },
    Check { name: "xml-version", looks_at: LooksAt::Report, requirements: &["RCPT-5.1-3"], run: xml_version },
    Check { name: "xml-utf8", looks_at: LooksAt::Report, requirements: &["RCPT-5.1-4"], run: xml_utf8 },
    Check {
        name: "xml-namespace",
        looks_at: LooksAt::Report,
        requirements: &["RCPT-5.1-5"],
        run: xml_namespace,
    },
    Check {
        name: "document-elements",
        looks_at: LooksAt::Report,
        requirements: &["RCPT-3.2-7"],
        run: document_elements,
    },
    Check { name: "charset", looks_at: LooksAt::Report, requirements: &["RCPT-9.1-1"], run: charset },
];

/// That there is a document at all.
fn document<'v>(view: &'v View<'_>) -> Result<&'v wire::document::Document<'v>, Box<Observation>> {
    let why = "There is no receipt document to look at.";
    let own = view.document.as_ref().filter(|_| view.foreign_profile().is_none());
    own.ok_or_else(|| Box::new(Observation::unclear(why).seen(view.message)))
}

fn is_utf8(view: &View<'_>) -> bool {
    view.document.as_ref().is_some_and(|document| std::str::from_utf8(document.octets()).is_ok())
}

pub(in crate::standing) fn xml_well_formed(context: &Context<'_>) -> Look {
    let view = context.view()?;
    document(view)?;
    match not_well_formed(view) {
        Some(_) if !is_utf8(view) => {
            one(Observation::unclear("Octets that are not in UTF-8 hide what the document says.")
                .seen(view.message))
        }
        Some(observation) => one(observation),
        None => Ok(unreadable(view).into_iter().collect()),
    }
}

fn document_structure(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let found = ill_structured(view)?;
    Ok(found.into_iter().map(|found| failure(view, found).reading("I-26")).collect())
}

pub(in crate::standing) fn xml_version(context: &Context<'_>) -> Look {
    let view = context.view()?;
    document(view)?;
    let Some(xml) = &view.profile.report.xml else { return nothing() };
    let found = broken(view, &[xml.version]).map(|found| failure(view, found));
    Ok(found.into_iter().collect())
}

pub(in crate::standing) fn xml_utf8(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let document = document(view)?;
    let Some(xml) = &view.profile.report.xml else { return nothing() };
    // What a parameter of the label says is for the check of that.
    let within = document.span();
    let of_document = |at: &wire::deviation::Span| within.start <= at.start && at.end <= within.end;
    let rules = [xml.encoding.name, view.profile.report.rules.encoding.name];
    let all = &view.document_deviations;
    let wrong = all.iter().find(|found| rules.contains(&found.rule.name) && of_document(&found.span));
    if let Some(found) = wrong {
        return one(failure(view, found));
    }
    let marked = broken(view, &[xml.mark])
        .map(|found| Observation { verdict: Verdict::Warning, ..failure(view, found) });
    Ok(marked.into_iter().collect())
}

fn document_elements(context: &Context<'_>) -> Look {
    let view = context.view()?;
    if let Some(observation) = foreign_document(view) {
        return one(observation);
    }
    readable(view)?;
    let rules = view.profile.report.rules;
    let failing = [rules.root, rules.child_missing, rules.child_repeated];
    let odd = [rules.order, &wire::receipt::rule::NOTE_LANGUAGE];
    let found = view.document_deviations.iter().filter_map(|found| {
        let is = |all: &[&wire::deviation::Rule]| all.iter().any(|rule| rule.name == found.rule.name);
        match () {
            () if is(&failing) => Some(failure(view, found)),
            () if is(&odd) => Some(Observation { verdict: Verdict::Warning, ..failure(view, found) }),
            () => None,
        }
    });
    Ok(found.map(|observation| observation.reading("I-26")).collect())
}

pub(in crate::standing) fn charset(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let document = document(view)?;
    let Some(entity) = view.main_part().and_then(|part| part.entity.as_ref()) else {
        return one(Observation::unclear("The label is not that of a MIME entity.").seen(view.message));
    };
    let Some(label) = entity.content_type() else { return nothing() };
    let right = "No parameter, or charset=utf-8.";
    let kind = if is_read(view, context.subject) { "read" } else { "delivery" };
    if let Some(charset) = label.parameter("charset") {
        let value = charset.value.to_ascii_lowercase();
        let ascii = document.octets().is_ascii();
        let observation = match &*value {
            "utf-8" => return nothing(),
            "us-ascii" if ascii => Observation::warn("The charset of the label is us-ascii, not UTF-8."),
            // A document in another encoding is charged for that alone.
            _ if !is_utf8(view) => return nothing(),
            _ => {
                Observation::fail(format!("The charset of the {kind} receipt is {}.", quote(&charset.value)))
            }
        };
        return one(observation.right(right).in_body(view, charset.span, "not the encoding of the document"));
    }
    let other = label.parameters().next().map(|other| {
        Observation::warn("The label has a parameter that nobody knows.").right(right).in_body(
            view,
            other.span.clone(),
            "here",
        )
    });
    Ok(other.into_iter().collect())
}
