//! Files as texts with names, and places in them.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics, Style, render};

/// A file: its name as people know it, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Name or path; only shown, never opened.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// A place in a text, as editors count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl Source {
    /// A text under a name.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// A file's octets as text.
    ///
    /// # Errors
    /// Where the octets stop being UTF-8; the text before that place is shown.
    pub fn decode(name: impl Into<String>, octets: Vec<u8>) -> Result<Self, Diagnostics> {
        let name = name.into();
        String::from_utf8(octets).map(|text| Self { name: name.clone(), text }).map_err(|error| {
            let end = error.utf8_error().valid_up_to();
            let source = Arc::new(Self::new(name, String::from_utf8_lossy(error.as_bytes())));
            Diagnostic::error(&source, end..end + 1, "the file is not UTF-8")
                .label("the first octet that is no UTF-8")
                .help("save the file as UTF-8")
                .into()
        })
    }

    /// Where a byte range begins. A range outside of the text is taken to its end.
    pub fn location(&self, span: &Range<usize>) -> Location {
        let before = &self.text[..self.clamp(span).start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Location { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }

    /// The lines of a byte range with carets below it and a label beside them, headed by name, line and column.
    pub fn excerpt(&self, span: &Range<usize>, label: &str, style: Style) -> String {
        render::excerpt(self, span, label, style)
    }

    /// The text of a byte range; what lies outside of the text is left out.
    pub fn slice(&self, span: &Range<usize>) -> &str {
        &self.text[self.clamp(span)]
    }

    /// The range, brought inside the text and to whole characters.
    pub(crate) fn clamp(&self, span: &Range<usize>) -> Range<usize> {
        let boundary = |at: &usize| self.text.is_char_boundary(*at);
        let start = (0..=span.start.min(self.text.len())).rev().find(boundary).unwrap_or(0);
        let end = (span.end.max(start)..self.text.len()).find(boundary).unwrap_or(self.text.len());
        start..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let source = Source::new("a.yaml", "über\nÄ: ö\n");
        let at = source.text.find('ö').unwrap();
        assert_eq!(source.location(&(at..at + 2)), Location { line: 2, column: 4 });
        assert_eq!(source.location(&(0..0)), Location { line: 1, column: 1 });
        assert_eq!(source.location(&(900..901)), Location { line: 3, column: 1 });
    }

    #[test]
    fn octets_that_are_no_text_are_located() {
        let error = Source::decode("a.yaml", b"ab\ncd\xffef".to_vec()).unwrap_err();
        assert_eq!(error.iter().next().unwrap().location(), Location { line: 2, column: 3 });
    }

    #[test]
    fn an_excerpt_underlines_exactly_the_span() {
        let source = Source::new("a.yaml", "é: {a: bcd}\n");
        let at = source.text.find("bcd").unwrap();
        let expected = " --> a.yaml:1:8
  |
1 | é: {a: bcd}
  |        ^^^ here";
        assert_eq!(source.excerpt(&(at..at + 3), "here", Style::Plain), expected);
    }
}
