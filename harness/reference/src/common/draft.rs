//! A message that is complete but not yet written.

use wire::{cpim, document, mime};

use crate::carrier::{Outgoing, Reports, Way};
use crate::common::address::{without_headers, without_parameters};
use crate::sip::HOPS;

/// The outer type of every message.
const OBJECT: &str = "message/cpim";
/// Parts the CPIM object from the list of its recipients.
const BOUNDARY: &str = "part-of-a-message-with-its-recipients";

/// A message before it becomes octets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The message headers.
    pub(crate) object: cpim::Builder,
    /// Value of the inner Content-type.
    pub(crate) media_type: String,
    /// Value of the inner Content-Disposition.
    pub(crate) disposition: Option<&'static str>,
    pub(crate) headers: ContentHeaders,
    pub(crate) content: Content,
    /// By how much Content-length is too great.
    pub(crate) excess: usize,
    pub(crate) shape: Shape,
    /// Where the message goes: its Request-URI.
    pub(crate) target: String,
    /// Headers of the SIP request beyond those that every MESSAGE has.
    pub(crate) sip_headers: Vec<(&'static str, String)>,
    /// What MSRP is asked for.
    pub(crate) reports: Reports,
}

/// What a message carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    Octets(Vec<u8>),
    Document(document::Builder),
}

/// The headers of the content, beside its disposition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ContentHeaders {
    /// Type and length.
    Usual,
    /// Those and another line, its end included.
    And(String),
    /// No type, which is wrong.
    Untyped,
    /// None at all, and no line to part them from the content, which is wrong.
    Missing,
}

/// What stands in the body of the request that carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The CPIM object.
    Object,
    /// The CPIM object, and beside it those who are to get it (RFC 5365 section 4).
    WithList(Vec<String>),
    /// The CPIM object under the type of its content, which is wrong.
    Mislabelled,
    /// The content alone, which is wrong.
    Bare,
}

impl Draft {
    /// A message to that URI.
    pub(crate) fn new(
        object: cpim::Builder,
        media_type: &str,
        content: Content,
        target: impl Into<String>,
    ) -> Self {
        Self {
            object,
            media_type: media_type.to_owned(),
            disposition: None,
            headers: ContentHeaders::Usual,
            content,
            excess: 0,
            shape: Shape::Object,
            target: target.into(),
            sip_headers: Vec::new(),
            reports: Reports::default(),
        }
    }

    /// The document, if it carries one.
    pub(crate) fn document(&mut self) -> Option<&mut document::Builder> {
        match &mut self.content {
            Content::Document(document) => Some(document),
            Content::Octets(_) => None,
        }
    }

    /// Changes the document; what carries none stays as it is.
    pub(crate) fn edit(&mut self, change: impl FnOnce(document::Builder) -> document::Builder) {
        if let Some(document) = self.document() {
            *document = change(document.clone());
        }
    }

    /// The message as it goes that way.
    pub(crate) fn into_outgoing(self, from: &str, way: Way) -> Outgoing {
        let (content_type, body) = self.body();
        Outgoing {
            way,
            request_uri: without_headers(&self.target).to_owned(),
            from: without_parameters(from).to_owned(),
            to: without_parameters(&self.target).to_owned(),
            headers: self.sip_headers,
            content_type,
            body,
            hops: HOPS,
            reports: self.reports,
            mark: None,
        }
    }

    /// Outer type and body.
    fn body(&self) -> (String, Vec<u8>) {
        match &self.shape {
            Shape::Object => (OBJECT.to_owned(), self.encode()),
            Shape::Mislabelled => (self.media_type.clone(), self.encode()),
            Shape::Bare => (self.media_type.clone(), self.content.octets()),
            Shape::WithList(uris) => {
                let object = mime::Builder::new(OBJECT, self.encode()).encode();
                let parts = [object, resource_list(uris)];
                (format!("multipart/mixed; boundary={BOUNDARY}"), mime::multipart(BOUNDARY, &parts))
            }
        }
    }

    /// The CPIM object.
    fn encode(&self) -> Vec<u8> {
        self.object.clone().entity(self.entity()).encode()
    }

    /// The content with its headers.
    pub(crate) fn entity(&self) -> Vec<u8> {
        let content = self.content.octets();
        let length = (content.len() + self.excess).to_string();
        let typed = |entity: mime::Builder| entity.header("Content-type", &*self.media_type);
        let entity = mime::Builder::default();
        let entity = match &self.headers {
            ContentHeaders::Usual => typed(entity),
            ContentHeaders::And(line) => typed(entity).raw(line.as_bytes()),
            ContentHeaders::Untyped => entity,
            ContentHeaders::Missing => return content,
        };
        let entity = match self.disposition {
            Some(disposition) => entity.header("Content-Disposition", disposition),
            None => entity,
        };
        entity.header("Content-length", length).content(content).encode()
    }
}

impl Content {
    /// What stands on the wire.
    pub(crate) fn octets(&self) -> Vec<u8> {
        match self {
            Self::Octets(octets) => octets.clone(),
            Self::Document(document) => document.encode(),
        }
    }
}

/// The recipients as a resource list (RFC 4826 section 3, RFC 5365 section 5).
fn resource_list(uris: &[String]) -> Vec<u8> {
    let entries: String = uris
        .iter()
        .map(|uri| format!("<entry uri=\"{}\"/>", quick_xml::escape::escape(uri.as_str())))
        .collect();
    let list = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
         <resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"><list>{entries}</list></resource-lists>\r\n"
    );
    mime::Builder::new("application/resource-lists+xml", list)
        .header("Content-Disposition", "recipient-list")
        .encode()
}
