//! What is wrong with a file, where, and what to write instead.

pub(crate) mod render;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::source::{Location, Source};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, and is probably not meant so.
    Warning,
}

/// Whether a rendering has colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Text alone.
    #[default]
    Plain,
    /// With the escape sequences of terminals.
    Colour,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file.
    pub source: Arc<Source>,
    /// The offending text, as a byte range of the file.
    pub span: Range<usize>,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What stands beside the carets; may be empty.
    pub label: String,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// What to write instead.
    pub help: Option<String>,
}

/// Another place that belongs to a mistake, possibly in another file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The file.
    pub source: Arc<Source>,
    /// The byte range.
    pub span: Range<usize>,
    /// What it has to do with the mistake.
    pub label: String,
}

impl Diagnostic {
    /// A mistake that makes a file unusable.
    pub fn error(source: &Arc<Source>, span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            source: Arc::clone(source),
            span,
            severity: Severity::Error,
            message: message.into(),
            label: String::new(),
            related: Vec::new(),
            help: None,
        }
    }

    /// Something that is probably not meant so.
    pub fn warning(source: &Arc<Source>, span: Range<usize>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(source, span, message) }
    }

    /// With a text beside the carets.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With another place.
    #[must_use]
    pub fn related(mut self, source: &Arc<Source>, span: Range<usize>, label: impl Into<String>) -> Self {
        self.related.push(Related { source: Arc::clone(source), span, label: label.into() });
        self
    }

    /// The name of the file.
    pub fn file(&self) -> &str {
        &self.source.name
    }

    /// Line and column of the offending text.
    pub fn location(&self) -> Location {
        self.source.location(&self.span)
    }

    /// Message, excerpt with carets, and help.
    pub fn render(&self, style: Style) -> String {
        render::diagnostic(self, style)
    }
}

/// The mistakes of one or more files: file by file, from top to bottom, none twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

/// More than that many are counted, not shown.
const MOST_SHOWN: usize = 50;

impl Diagnostics {
    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them makes a file unusable.
    pub fn has_errors(&self) -> bool {
        self.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// All of them for people, parted by blank lines; after the first fifty only their number.
    pub fn render(&self, style: Style) -> String {
        let mut shown: Vec<_> = self.iter().take(MOST_SHOWN).map(|one| one.render(style)).collect();
        if let more @ 1.. = self.len().saturating_sub(MOST_SHOWN) {
            shown.push(format!("… and {more} more"));
        }
        shown.join("\n\n")
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(one: Diagnostic) -> Self {
        Self(vec![one])
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(iter: I) -> Self {
        let mut all: Vec<_> = iter.into_iter().collect();
        all.sort_by(|a, b| order(a).cmp(&order(b)));
        all.dedup();
        Self(all)
    }
}

fn order(one: &Diagnostic) -> (&str, usize, usize, Severity) {
    (one.file(), one.span.start, one.span.end, one.severity)
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Style::Plain))
    }
}

impl std::error::Error for Diagnostics {}
