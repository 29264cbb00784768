//! Writes notifications.

use crate::document::{Builder, Node};
use crate::mime;
use crate::profile::RFC5438;

/// What a notification says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification<'a> {
    /// The identifier of the message that it is about.
    pub message_id: &'a str,
    /// The DateTime of that message, literally.
    pub datetime: &'a str,
    /// Whom the message reached, and whom it was for at first; the schema wants both or neither.
    pub recipients: Option<(&'a str, &'a str)>,
    /// Language and text of the Subject of that message; only where `recipients` are there.
    pub subject: Option<(Option<&'a str>, &'a str)>,
    /// Which kind of notification: `delivery`, `display` or `processing`.
    pub kind: &'a str,
    /// The word of the status.
    pub status: &'a str,
}

impl Notification<'_> {
    /// The document, in the namespace and the order of the schema.
    pub fn document(&self) -> Builder {
        let mut builder =
            Builder::new(&RFC5438).child("message-id", self.message_id).child("datetime", self.datetime);
        if let Some((recipient, original)) = self.recipients {
            builder = builder.child("recipient-uri", recipient).child("original-recipient-uri", original);
        }
        if let Some((language, text)) = self.subject {
            let attributes = language.map(|language| ("xml:lang".to_owned(), language.to_owned()));
            builder = builder.push(Node::Element {
                name: "subject".to_owned(),
                attributes: attributes.into_iter().collect(),
                content: vec![Node::Text(text.to_owned())],
            });
        }
        let holding = |name: String, content: Node| Node::Element {
            name,
            attributes: Vec::new(),
            content: vec![content],
        };
        let status = holding("status".to_owned(), Node::element(self.status, ""));
        builder.push(holding(format!("{}-notification", self.kind), status))
    }

    /// The document as an entity with the marks of a notification.
    pub fn entity(&self) -> mime::Builder {
        let media_type = RFC5438.media_types.first().map_or("", |own| own.name);
        let entity = mime::Builder::new(media_type, self.document().encode());
        match RFC5438.disposition {
            Some(disposition) => entity.header("Content-Disposition", disposition),
            None => entity,
        }
    }
}
