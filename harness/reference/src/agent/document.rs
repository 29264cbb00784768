//! IMDN documents that this agent writes (section 10).

use quick_xml::escape::escape;

/// Namespace of the elements (section 10).
pub(crate) const XML_NAMESPACE: &str = "urn:ietf:params:xml:ns:imdn";
/// The media type of a report (section 11.1).
pub(crate) const MEDIA_TYPE: &str = "application/imdn+xml";

/// A child of the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: &'static str,
    /// Its own namespace, if it is not the document's.
    pub(crate) namespace: Option<&'static str>,
    pub(crate) text: String,
}

/// A document before it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) root: &'static str,
    pub(crate) namespace: Option<&'static str>,
    pub(crate) elements: Vec<Element>,
    /// Whether characters that mean something in XML are escaped.
    pub(crate) escaped: bool,
    /// What stands on both sides of every text that is not empty.
    pub(crate) padding: &'static str,
}

impl Default for Document {
    fn default() -> Self {
        Self {
            root: "imdn",
            namespace: Some(XML_NAMESPACE),
            elements: Vec::new(),
            escaped: true,
            padding: "",
        }
    }
}

impl Document {
    /// Adds an element behind the others.
    pub(crate) fn add(&mut self, name: &'static str, text: impl Into<String>) {
        self.elements.push(Element { name, namespace: None, text: text.into() });
    }

    /// The text of the first element of that name.
    pub(crate) fn text(&mut self, name: &str) -> Option<&mut String> {
        self.elements.iter_mut().find(|element| element.name == name).map(|element| &mut element.text)
    }

    /// Gives the first element of that name another text, if there is one.
    pub(crate) fn replace(&mut self, name: &str, text: impl Into<String>) {
        if let Some(old) = self.text(name) {
            *old = text.into();
        }
    }

    /// Takes all elements of that name out.
    pub(crate) fn remove(&mut self, name: &str) {
        self.elements.retain(|element| element.name != name);
    }

    /// The document as text, in UTF-8 and without white space between elements.
    pub(crate) fn encode(&self) -> String {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n");
        text.push_str(&start_tag(self.root, self.namespace));
        for element in &self.elements {
            text.push_str(&start_tag(element.name, element.namespace));
            text.push_str(&self.character_data(&element.text));
            text.push_str(&format!("</{}>", element.name));
        }
        text.push_str(&format!("</{}>\r\n", self.root));
        text
    }

    fn character_data(&self, text: &str) -> String {
        let padding = if text.is_empty() { "" } else { self.padding };
        let text = text.replace(is_no_character, "\u{fffd}");
        let text = if self.escaped { escape(&text) } else { text.as_str().into() };
        format!("{padding}{text}{padding}")
    }
}

/// Whether XML 1.0 has no such character, escaped or not (section 2.2 there); a sender may have put one into a header.
fn is_no_character(character: char) -> bool {
    matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

fn start_tag(name: &str, namespace: Option<&str>) -> String {
    match namespace {
        Some(namespace) => format!("<{name} xmlns=\"{namespace}\">"),
        None => format!("<{name}>"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_foreign_headers_cannot_break_the_document() {
        let mut document = Document::default();
        document.add("original-message-id", "a&b'c<d>\"e\u{1}");
        let text = document.encode();
        let profile = wire::profile::by_name("imdn-03").unwrap();
        let decoded = wire::imdn::decode(text.as_bytes(), 0..text.len(), profile).value;
        assert!(decoded.is_well_formed(), "{text}");
        assert_eq!(decoded.value("original-message-id", profile), Some("a&b'c<d>\"e\u{fffd}"));
    }
}
