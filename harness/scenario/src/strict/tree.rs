//! YAML as a tree in which every value knows where it stands.

use std::ops::Range;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput};

use super::MAX_OCTETS;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Source;

/// Deeper files are refused.
const MAX_DEPTH: usize = 32;

/// A value of a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// The text it is written with.
    pub(crate) span: Range<usize>,
    /// What it is.
    pub(crate) content: Content,
}

/// What a value is, by the core schema of YAML 1.2 as far as JSON shares it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Content {
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// Something that the language does not have and that has been reported.
    Refused,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_span: Range<usize>,
    pub(crate) value: Node,
}

impl Entry {
    /// Key and value.
    pub(crate) fn span(&self) -> Range<usize> {
        self.key_span.start..self.value.span.end.max(self.key_span.end)
    }
}

impl Node {
    /// The keys with their values; none unless it is a mapping.
    pub(crate) fn entries(&self) -> &[Entry] {
        if let Content::Map(entries) = &self.content { entries } else { &[] }
    }

    /// The items; none unless it is a list.
    pub(crate) fn items(&self) -> &[Node] {
        if let Content::List(items) = &self.content { items } else { &[] }
    }

    /// A key with its value.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value of a key; this value itself where the key is not there.
    pub(crate) fn at(&self, key: &str) -> &Node {
        self.entry(key).map_or(self, |entry| &entry.value)
    }

    /// An item; this value itself where there are not so many.
    pub(crate) fn item(&self, index: usize) -> &Node {
        self.items().get(index).unwrap_or(self)
    }

    /// The value at the end of a path of keys and indices, or the last one on the way that is there.
    pub(crate) fn find(&self, path: impl IntoIterator<Item = String>) -> &Node {
        let mut node = self;
        for part in path {
            let entry = node.entry(&part).map(|entry| &entry.value);
            let item = || part.parse::<usize>().ok().and_then(|index| node.items().get(index));
            let Some(next) = entry.or_else(item) else { break };
            node = next;
        }
        node
    }

    /// What to underline when the value as a whole is meant: the first key of a mapping, else the value.
    pub(crate) fn head(&self) -> Range<usize> {
        self.entries().first().map_or_else(|| self.span.clone(), |entry| entry.key_span.clone())
    }
}

/// The tree of a file, with the mistakes that do not hide others.
///
/// # Errors
/// The mistake that makes the rest unreadable.
pub(crate) fn parse(source: &Arc<Source>) -> Result<(Node, Vec<Diagnostic>), Diagnostics> {
    if source.text.len() > MAX_OCTETS {
        let message = format!("the file is larger than {MAX_OCTETS} octets");
        return Err(Diagnostic::error(source, 0..0, message).into());
    }
    let mut builder = Builder {
        parser: Parser::new_from_str(&source.text),
        offsets: Offsets::of(&source.text),
        source,
        problems: Vec::new(),
    };
    let tree = builder.file()?;
    Ok((tree, builder.problems))
}

struct Builder<'a> {
    parser: Parser<'a, StrInput<'a>>,
    offsets: Offsets,
    source: &'a Arc<Source>,
    problems: Vec<Diagnostic>,
}

impl<'a> Builder<'a> {
    /// The one document of the file.
    fn file(&mut self) -> Result<Node, Diagnostics> {
        let mut tree = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
                _ if tree.is_some() => {
                    let message = "a second document in one file";
                    return Err(self.error(span, message).help("put it into a file of its own").into());
                }
                event => tree = Some(self.node(event, span, 0)?),
            }
        }
        tree.ok_or_else(|| Diagnostic::error(self.source, 0..0, "the file is empty").into())
    }

    fn next(&mut self) -> Result<(Event<'a>, Range<usize>), Diagnostics> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, self.offsets.bytes(span))),
            Some(Err(error)) => Err(self.syntax(&error).into()),
            None => Ok((Event::StreamEnd, self.source.text.len()..self.source.text.len())),
        }
    }

    fn node(&mut self, event: Event<'a>, span: Range<usize>, depth: usize) -> Result<Node, Diagnostics> {
        if depth > MAX_DEPTH {
            return Err(self.error(span, format!("nested deeper than {MAX_DEPTH} levels")).into());
        }
        self.refuse_extras(&event, &span);
        Ok(match event {
            Event::Scalar(text, style, ..) => {
                Node { span: self.trimmed(span), content: scalar(&text, style) }
            }
            Event::SequenceStart(..) => self.list(span, depth)?,
            Event::MappingStart(..) => self.map(span, depth)?,
            _ => Node { span, content: Content::Refused },
        })
    }

    /// Anchors, aliases and tags would let one place of a file change the meaning of another.
    fn refuse_extras(&mut self, event: &Event<'a>, span: &Range<usize>) {
        let (anchor, tag) = match event {
            Event::Alias(_) => (1, &None),
            Event::Scalar(_, _, anchor, tag) => (*anchor, tag),
            Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) => (*anchor, tag),
            _ => return,
        };
        if anchor != 0 {
            let problem = self.error(span.clone(), "anchors and aliases are not part of the language");
            self.problems.push(problem.help("write the value out at each place"));
        }
        if tag.is_some() {
            let problem = self.error(span.clone(), "tags are not part of the language");
            self.problems.push(problem.help("leave `!…` out, or write the text in quotes"));
        }
    }

    fn list(&mut self, start: Range<usize>, depth: usize) -> Result<Node, Diagnostics> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                let last = items.last().map(|item: &Node| item.span.end);
                let span = self.collection(start, last, span, "[");
                return Ok(Node { span, content: Content::List(items) });
            }
            items.push(self.node(event, span, depth + 1)?);
        }
    }

    fn map(&mut self, start: Range<usize>, depth: usize) -> Result<Node, Diagnostics> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                let last = entries.last().map(|entry| entry.span().end);
                let span = self.collection(start, last, span, "{");
                return Ok(Node { span, content: Content::Map(entries) });
            }
            let (key, key_span) = self.key(event, span)?;
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            if let Some(earlier) = entries.iter().find(|entry| entry.key == key) {
                let problem = Diagnostic::error(self.source, key_span, format!("key `{key}` stands twice"))
                    .label("and here again")
                    .related(self.source, earlier.key_span.clone(), "it stands here");
                self.problems.push(problem);
            } else {
                entries.push(Entry { key, key_span, value });
            }
        }
    }

    fn key(&mut self, event: Event<'a>, span: Range<usize>) -> Result<(String, Range<usize>), Diagnostics> {
        self.refuse_extras(&event, &span);
        match event {
            Event::Scalar(text, ..) => Ok((text.into_owned(), self.trimmed(span))),
            _ => Err(self.error(span, "a key has to be a word").help(QUOTE).into()),
        }
    }

    /// The parser ends collections at the beginning of what follows them, comments included.
    fn collection(
        &self,
        start: Range<usize>,
        last: Option<usize>,
        end: Range<usize>,
        open: &str,
    ) -> Range<usize> {
        let flow = self.source.slice(&start) == open;
        let end = if flow { end.start + 1 } else { last.unwrap_or(start.end) };
        start.start..end.max(start.start).min(self.source.text.len())
    }

    /// The parser counts the line ends and indentation after a block scalar as part of it.
    fn trimmed(&self, span: Range<usize>) -> Range<usize> {
        span.start..span.start + self.source.slice(&span).trim_end().len()
    }

    fn error(&self, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.source, span, message)
    }

    fn syntax(&self, error: &ScanError) -> Diagnostic {
        let at = self.offsets.byte(error.marker().index());
        let label = if at == self.offsets.end { "the file ends here" } else { "" };
        let problem = self.error(at..at + 1, format!("this is no YAML: {}", error.info())).label(label);
        let remedy = REMEDIES.iter().find(|(part, _)| error.info().contains(part));
        match remedy {
            Some((_, help)) => problem.help(*help),
            None => problem,
        }
    }
}

const QUOTE: &str =
    "a text that holds `${…}`, `: `, ` #`, or begins with a special character has to be quoted";

/// What to do about the syntax errors that happen most, by a part of the parser's words.
const REMEDIES: &[(&str, &str)] = &[
    ("tab", "indent with blanks"),
    ("mapping values are not allowed", QUOTE),
    ("while parsing a flow mapping", QUOTE),
    ("while parsing a flow sequence", QUOTE),
    ("unexpected character", QUOTE),
    ("while parsing a block", "items and keys of one level have to begin in one column"),
    ("unknown escape", "in single quotes a backslash stands for itself"),
];

/// Bool, number or null if it is plain and looks like one; YAML 1.1 words such as `yes` and `on` are texts.
fn scalar(text: &str, style: ScalarStyle) -> Content {
    if !matches!(style, ScalarStyle::Plain) {
        return Content::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" => Content::Null,
        "true" => Content::Bool(true),
        "false" => Content::Bool(false),
        _ => number(text).unwrap_or_else(|| Content::Text(text.to_owned())),
    }
}

/// A number as JSON writes them; so `007`, `+1` and `1_000` are texts.
fn number(text: &str) -> Option<Content> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let leading_zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    if leading_zero || !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let integer = text.parse().map(Content::Integer).ok();
    integer.or_else(|| text.parse().map(Content::Float).ok())
}

/// Byte offsets of characters, since the parser counts characters.
struct Offsets {
    /// `None` where every character is one byte.
    wide: Option<Vec<usize>>,
    /// Where the file ends for people, who do not see a last line that is empty.
    end: usize,
}

impl Offsets {
    fn of(text: &str) -> Self {
        let wide = (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).collect());
        Self { wide, end: text.trim_end().len() }
    }

    fn byte(&self, character: usize) -> usize {
        let at = match &self.wide {
            Some(offsets) => offsets.get(character).copied().unwrap_or(self.end),
            None => character,
        };
        at.min(self.end)
    }

    fn bytes(&self, span: Span) -> Range<usize> {
        let start = self.byte(span.start.index());
        start..self.byte(span.end.index()).max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> (Node, Arc<Source>) {
        let source = Arc::new(Source::new("t.yaml", text));
        let (tree, problems) = parse(&source).unwrap();
        assert_eq!(problems, []);
        (tree, source)
    }

    #[test]
    fn spans_hold_exactly_the_text_of_a_value() {
        let text = "a: \"x y\"\nb:\n  - expect: {p: q}  # hi\n    r: |\n      text\n      more\n\n  - k:\n    z: foo\n      bar\nöl: ü\ne:\n- 1\n- []  # none\n";
        let (tree, source) = tree(text);
        let at = |path: &str| {
            let node = tree.find(path.split('/').map(String::from));
            source.slice(&node.span)
        };
        assert_eq!(at("a"), "\"x y\"");
        assert_eq!(at("b/0/expect"), "{p: q}");
        assert_eq!(at("b/0/r"), "text\n      more");
        assert_eq!(at("b/0"), "expect: {p: q}  # hi\n    r: |\n      text\n      more");
        assert_eq!(at("b/1"), "k:\n    z: foo\n      bar");
        assert_eq!(at("b/1/k"), "");
        assert_eq!(at("öl"), "ü");
        assert_eq!(at("e/1"), "[]");
        assert_eq!(source.slice(&tree.entries()[2].key_span), "öl");
    }

    #[test]
    fn plain_scalars_are_what_json_makes_of_them() {
        let (tree, _) = tree("[~, true, yes, 5, -5, 9.2, 2xx, 007, 1e3, '5', 1_000, +1, .5, 0, -x]");
        let text = |text: &str| Content::Text(text.into());
        let expected = [
            Content::Null,
            Content::Bool(true),
            text("yes"),
            Content::Integer(5),
            Content::Integer(-5),
            Content::Float(9.2),
            text("2xx"),
            text("007"),
            Content::Float(1000.0),
            text("5"),
            text("1_000"),
            text("+1"),
            text(".5"),
            Content::Integer(0),
            text("-x"),
        ];
        for (node, expected) in tree.items().iter().zip(expected) {
            assert_eq!(node.content, expected);
        }
    }

    #[test]
    fn carriage_returns_and_byte_order_marks_shift_nothing() {
        for text in ["\u{feff}a: bcd\n", "x: 1\r\na: bcd\r\n"] {
            let (tree, source) = tree(text);
            assert_eq!(source.slice(&tree.at("a").span), "bcd", "{text:?}");
        }
    }
}
