//! Diagnostics and excerpts as text, in the manner of rustc.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Severity, Style};
use crate::source::Source;

/// Wider lines are cut.
const WIDTH: usize = 120;

/// Message, excerpt with carets, and help.
pub(crate) fn diagnostic(one: &Diagnostic, style: Style) -> String {
    let level = match one.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut here = snippet(&one.source).annotation(annotation(
        AnnotationKind::Primary,
        &one.source,
        &one.span,
        &one.label,
    ));
    let (same, others): (Vec<_>, Vec<_>) =
        one.related.iter().partition(|related| related.source == one.source);
    for related in same {
        let context = annotation(AnnotationKind::Context, &related.source, &related.span, &related.label);
        here = here.annotation(context);
    }
    let mut group = level.primary_title(one.message.as_str()).element(here);
    for related in others {
        let there = annotation(AnnotationKind::Context, &related.source, &related.span, &related.label);
        group = group.element(snippet(&related.source).annotation(there));
    }
    if let Some(help) = &one.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer(style).render(&[group])
}

/// The lines of a range with carets below it.
pub(crate) fn excerpt(source: &Source, span: &Range<usize>, label: &str, style: Style) -> String {
    let annotated = snippet(source).annotation(annotation(AnnotationKind::Primary, source, span, label));
    renderer(style).render(&[Group::with_level(Level::ERROR).element(annotated)])
}

fn snippet<'a>(source: &'a Source) -> Snippet<'a, Annotation<'a>> {
    Snippet::source(source.text.as_str()).path(source.name.as_str()).fold(true)
}

fn annotation<'a>(
    kind: AnnotationKind,
    source: &Source,
    span: &Range<usize>,
    label: &'a str,
) -> Annotation<'a> {
    let label = if label.is_empty() { None } else { Some(label) };
    kind.span(source.clamp(span)).label(label)
}

fn renderer(style: Style) -> Renderer {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colour => Renderer::styled(),
    };
    renderer.term_width(WIDTH)
}
