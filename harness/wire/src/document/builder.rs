//! Writes reports.

use std::io;

use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::profile::Profile;

/// A document to be written. What [`Builder::new`] and [`Builder::child`] write is well-formed and in the profile's
/// namespace; the other methods are there to send what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Builder {
    declaration: bool,
    doctype: Option<String>,
    prefix: Option<String>,
    namespace: Option<String>,
    root: String,
    attributes: Vec<(String, String)>,
    children: Vec<Node>,
}

/// A piece of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// An element; it is written with the document's prefix unless its name has one.
    Element {
        /// Name.
        name: String,
        /// Attributes, in their order.
        attributes: Vec<(String, String)>,
        /// What stands between its tags.
        content: Vec<Node>,
    },
    /// Character data, which is escaped.
    Text(String),
    /// Anything, written as it is.
    Raw(String),
    /// A comment.
    Comment(String),
}

impl Node {
    /// An element that holds text.
    pub fn element(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let content = if text.is_empty() { Vec::new() } else { vec![Self::Text(text)] };
        Self::Element { name: name.into(), attributes: Vec::new(), content }
    }

    /// An element whose content is written as it is.
    pub fn raw_element(name: impl Into<String>, raw: impl Into<String>) -> Self {
        Self::Element { name: name.into(), attributes: Vec::new(), content: vec![Self::Raw(raw.into())] }
    }

    fn is(&self, wanted: &str) -> bool {
        matches!(self, Self::Element { name, .. } if name == wanted)
    }
}

impl Builder {
    /// A document with nothing but the profile's root.
    pub fn new(profile: &Profile) -> Self {
        Self {
            declaration: true,
            doctype: None,
            prefix: None,
            namespace: Some(profile.report.namespace.to_owned()),
            root: profile.report.root.to_owned(),
            attributes: Vec::new(),
            children: Vec::new(),
        }
    }

    /// Adds an element with a text behind the others.
    #[must_use]
    pub fn child(self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.push(Node::element(name, text))
    }

    /// Adds a piece behind the others.
    #[must_use]
    pub fn push(mut self, node: Node) -> Self {
        self.children.push(node);
        self
    }

    /// Adds a piece before the others.
    #[must_use]
    pub fn prepend(mut self, node: Node) -> Self {
        self.children.insert(0, node);
        self
    }

    /// Gives the first element of that name another text, or adds it.
    #[must_use]
    pub fn set(self, name: &str, text: impl Into<String>) -> Self {
        self.replace(name, Node::element(name, text))
    }

    /// Gives the first element of that name a content that is written as it is, or adds it.
    #[must_use]
    pub fn set_raw(self, name: &str, raw: impl Into<String>) -> Self {
        self.replace(name, Node::raw_element(name, raw))
    }

    /// Puts a piece in the place of the first element of that name, or adds it.
    #[must_use]
    pub fn replace(mut self, name: &str, node: Node) -> Self {
        match self.children.iter_mut().find(|child| child.is(name)) {
            Some(child) => *child = node,
            None => self.children.push(node),
        }
        self
    }

    /// Leaves out every element of that name.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.children.retain(|child| !child.is(name));
        self
    }

    /// Writes every element of that name twice.
    #[must_use]
    pub fn repeat(mut self, name: &str) -> Self {
        self.children = std::mem::take(&mut self.children)
            .into_iter()
            .flat_map(|child| {
                let copy = child.is(name).then(|| child.clone());
                std::iter::once(child).chain(copy)
            })
            .collect();
        self
    }

    /// Writes elements in the order of `names`; pieces that are not named come last, as they are.
    #[must_use]
    pub fn order(mut self, names: &[&str]) -> Self {
        self.children
            .sort_by_key(|child| names.iter().position(|name| child.is(name)).unwrap_or(names.len()));
        self
    }

    /// Another name for the root.
    #[must_use]
    pub fn root(mut self, name: impl Into<String>) -> Self {
        self.root = name.into();
        self
    }

    /// An attribute of the root.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.push((name.into(), value.into()));
        self
    }

    /// Another namespace, or none.
    #[must_use]
    pub fn namespace(mut self, namespace: Option<&str>) -> Self {
        self.namespace = namespace.map(str::to_owned);
        self
    }

    /// Binds the namespace to a prefix and writes it before the names, which every reading allows.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// Leaves out the XML declaration, which every reading allows.
    #[must_use]
    pub fn without_declaration(mut self) -> Self {
        self.declaration = false;
        self
    }

    /// Adds a document type declaration: what stands behind `<!DOCTYPE`.
    #[must_use]
    pub fn doctype(mut self, text: impl Into<String>) -> Self {
        self.doctype = Some(text.into());
        self
    }

    /// The octets of the document.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new());
        match self.write(&mut writer) {
            // Memory takes whatever is written to it.
            Ok(()) | Err(_) => writer.into_inner(),
        }
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
        if self.declaration {
            writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
            writer.write_event(Event::Text(BytesText::from_escaped("\r\n")))?;
        }
        if let Some(doctype) = &self.doctype {
            writer.write_event(Event::DocType(BytesText::from_escaped(doctype.as_str())))?;
        }
        let namespace = self.namespace.clone().map(|namespace| (self.declaration_name(), namespace));
        let attributes: Vec<_> = namespace.into_iter().chain(self.attributes.iter().cloned()).collect();
        self.element(writer, &self.root, &attributes, &self.children)
    }

    fn node(&self, writer: &mut Writer<Vec<u8>>, node: &Node) -> io::Result<()> {
        match node {
            Node::Text(text) => writer.write_event(Event::Text(BytesText::from_escaped(escaped(text)))),
            Node::Raw(raw) => writer.write_event(Event::Text(BytesText::from_escaped(raw.as_str()))),
            Node::Comment(text) => writer.write_event(Event::Comment(BytesText::from_escaped(text.as_str()))),
            Node::Element { name, attributes, content } => self.element(writer, name, attributes, content),
        }
    }

    fn element(
        &self,
        writer: &mut Writer<Vec<u8>>,
        name: &str,
        attributes: &[(String, String)],
        content: &[Node],
    ) -> io::Result<()> {
        let name = self.qualified(name);
        let mut start = BytesStart::new(name.as_str());
        for (name, value) in attributes {
            start.push_attribute((name.as_str(), value.as_str()));
        }
        if content.is_empty() {
            return writer.write_event(Event::Empty(start));
        }
        writer.write_event(Event::Start(start))?;
        for child in content {
            self.node(writer, child)?;
        }
        writer.write_event(Event::End(BytesEnd::new(name.as_str())))
    }

    fn qualified(&self, name: &str) -> String {
        match &self.prefix {
            Some(prefix) if !name.contains(':') => format!("{prefix}:{name}"),
            _ => name.to_owned(),
        }
    }

    fn declaration_name(&self) -> String {
        self.prefix.as_ref().map_or_else(|| "xmlns".to_owned(), |prefix| format!("xmlns:{prefix}"))
    }
}

/// Character data that a parser gives back as it was. Characters that XML 1.0 section 2.2 has no place for become
/// U+FFFD.
fn escaped(text: &str) -> String {
    let legal = |character: char| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{1_0000}'..);
    let text: String = text
        .chars()
        .map(|character| if legal(character) { character } else { char::REPLACEMENT_CHARACTER })
        .collect();
    escape(text).replace('\r', "&#13;")
}
