//! Writes receipts.

use crate::document::{Builder, Node};
use crate::mime;
use crate::profile::RECEIPTS_00;

/// What a receipt says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt<'a> {
    /// The identifier of the message that it is about.
    pub message_id: &'a str,
    /// Whom the message was for; left out for lists whose members are secret.
    pub recipient_uri: Option<&'a str>,
    /// `delivery` or `read`.
    pub kind: &'a str,
    /// 200 for success, 485 where it is not known whether the message was read, or the code of a failure.
    pub status: u16,
    /// Language and text of a note.
    pub note: Option<(&'a str, &'a str)>,
}

impl Receipt<'_> {
    /// The document, in the namespace and the order of the draft.
    pub fn document(&self) -> Builder {
        let mut builder = Builder::new(&RECEIPTS_00).child("message-id", self.message_id);
        if let Some(uri) = self.recipient_uri {
            builder = builder.child("recipient-uri", uri);
        }
        builder = builder.child("type", self.kind).child("status", format!("{:03}", self.status));
        match self.note {
            None => builder,
            Some((language, text)) => builder.push(Node::Element {
                name: "note".to_owned(),
                attributes: vec![("lang".to_owned(), language.to_owned())],
                content: vec![Node::Text(text.to_owned())],
            }),
        }
    }

    /// The document as an entity with the marks of a receipt.
    pub fn entity(&self) -> mime::Builder {
        let media_type = RECEIPTS_00.media_types.first().map_or("", |own| own.name);
        let entity = mime::Builder::new(media_type, self.document().encode());
        match RECEIPTS_00.disposition {
            Some(disposition) => entity.header("Content-Disposition", disposition),
            None => entity,
        }
    }
}
