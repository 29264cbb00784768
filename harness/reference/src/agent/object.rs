//! Message/CPIM objects that this agent writes (RFC 3862 section 2).

use super::document::Document;

/// Namespace of the IMDN headers (section 7).
pub(crate) const NAMESPACE: &str = "urn:ietf:params:cpim-headers:imdn";
/// The prefix that this agent binds to it.
pub(crate) const PREFIX: &str = "imdn";

/// The name of a message header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    /// One of RFC 3862.
    Core(&'static str),
    /// One of the IMDN namespace, written with the prefix (section 7).
    Imdn(&'static str),
}

/// One message header. What stands in it is written as it is: values made of foreign text are escaped before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) name: Name,
    /// `;name=value` parameters, which stand between the colon and the space.
    pub(crate) parameters: Vec<u8>,
    pub(crate) value: Vec<u8>,
}

/// What a message carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    Octets(Vec<u8>),
    /// A whole entity as it came from somebody else, its headers included; the object's content type is not written.
    Entity(Vec<u8>),
    Document(Document),
}

/// A Message/CPIM object before it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) headers: Vec<Header>,
    /// Whole header lines of others, passed on behind the headers.
    pub(crate) passed_on: Vec<u8>,
    pub(crate) content_type: String,
    pub(crate) content: Content,
}

impl Object {
    /// An object without headers.
    pub(crate) fn new(content_type: impl Into<String>, content: Content) -> Self {
        Self {
            headers: Vec::with_capacity(12),
            passed_on: Vec::new(),
            content_type: content_type.into(),
            content,
        }
    }

    /// Adds a header behind the others.
    pub(crate) fn add(&mut self, name: Name, value: impl Into<Vec<u8>>) {
        self.headers.push(Header { name, parameters: Vec::new(), value: value.into() });
    }

    /// The first header of that name.
    pub(crate) fn header(&mut self, name: Name) -> Option<&mut Header> {
        self.headers.iter_mut().find(|header| header.name == name)
    }

    /// Gives the first header of that name another value, if there is one.
    pub(crate) fn replace(&mut self, name: Name, value: impl Into<Vec<u8>>) {
        if let Some(header) = self.header(name) {
            header.value = value.into();
        }
    }

    /// Takes all headers of that name out and says whether there were any.
    pub(crate) fn remove(&mut self, name: Name) -> bool {
        let before = self.headers.len();
        self.headers.retain(|header| header.name != name);
        self.headers.len() < before
    }

    /// The report that it carries, if it is one.
    pub(crate) fn document(&mut self) -> Option<&mut Document> {
        match &mut self.content {
            Content::Document(document) => Some(document),
            Content::Octets(_) | Content::Entity(_) => None,
        }
    }

    /// The octets on the wire: message headers, blank line, content headers, blank line, content.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut octets = Vec::with_capacity(1024);
        for header in &self.headers {
            header.encode(&mut octets);
        }
        octets.extend_from_slice(&self.passed_on);
        octets.extend_from_slice(b"\r\n");
        match &self.content {
            Content::Entity(entity) => octets.extend_from_slice(entity),
            Content::Octets(content) => octets.extend(entity(&self.content_type, content)),
            Content::Document(document) => {
                octets.extend(entity(&self.content_type, document.encode().as_bytes()));
            }
        }
        octets
    }
}

impl Header {
    fn encode(&self, octets: &mut Vec<u8>) {
        let name = match self.name {
            Name::Core(name) => name.to_owned(),
            Name::Imdn(name) => format!("{PREFIX}.{name}"),
        };
        octets.extend_from_slice(name.as_bytes());
        octets.push(b':');
        octets.extend_from_slice(&self.parameters);
        octets.push(b' ');
        octets.extend_from_slice(&self.value);
        octets.extend_from_slice(b"\r\n");
    }
}

/// An entity with no header but its type.
pub(crate) fn entity(content_type: &str, content: &[u8]) -> Vec<u8> {
    [b"Content-type: ", content_type.as_bytes(), b"\r\n\r\n", content].concat()
}

/// An address as it stands in From, To and cc: an optional formal name, and the URI in angle brackets.
pub(crate) fn address(name: Option<&str>, uri: &str) -> String {
    match name {
        Some(name) => format!("{} <{uri}>", wire::cpim::quote(name)),
        None => format!("<{uri}>"),
    }
}
