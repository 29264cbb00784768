//! Layers of S/MIME on what peers send.

use scenario::model::{Layer, Place, Protect};
use smime::{Certificate, Form, Part};
use wire::{cpim, mime};

use super::{Body, ComposeError, Composer};
use crate::pki::Holder;

/// What a peer protects its messages with.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'a> {
    /// What it signs with.
    pub own: &'a Holder,
    /// Whom it encrypts for.
    pub recipient: &'a Certificate,
}

impl Composer<'_> {
    /// The body with these layers on it, the innermost first.
    pub(super) fn protected(&self, body: Body, layers: &[Protect]) -> Result<Body, ComposeError> {
        layers.iter().try_fold(body, |body, layer| match layer.place {
            Place::Inside => self.inside(body, layer),
            Place::Around => self.around(body, layer),
        })
    }

    fn inside(&self, body: Body, layer: &Protect) -> Result<Body, ComposeError> {
        let entity = cpim::decode(&body.octets, 0..body.octets.len()).value.mime_entity();
        let (head, entity) = body.octets.split_at(entity.start);
        let octets = [head, &self.layer(entity, layer)?.entity()].concat();
        Ok(Body { octets, ..body })
    }

    fn around(&self, body: Body, layer: &Protect) -> Result<Body, ComposeError> {
        let entity = mime::Builder::new(body.media_type, body.octets).encode();
        let Part { label, content } = self.layer(&entity, layer)?;
        Ok(Body { media_type: label, octets: content })
    }

    fn layer(&self, entity: &[u8], layer: &Protect) -> Result<Part, ComposeError> {
        let Keys { own, recipient } = self.parties.keys.ok_or(ComposeError::NoKeys)?;
        let signer = if layer.stranger { &own.stranger } else { &own.own };
        Ok(match layer.layer {
            Layer::Encrypt => smime::encrypt(entity, &[recipient])?,
            Layer::SignOpaque => smime::sign(entity, signer, Form::Opaque, layer.certificate)?,
            Layer::Sign if layer.broken => broken(
                entity,
                smime::sign(&[entity, b"\r\n"].concat(), signer, Form::Detached, layer.certificate)?,
            ),
            Layer::Sign => smime::sign(entity, signer, Form::Detached, layer.certificate)?,
        })
    }
}

/// What was signed with an empty line behind it, without that line.
fn broken(entity: &[u8], mut part: Part) -> Part {
    if let Some(at) = memchr::memmem::find(&part.content, entity) {
        let end = at + entity.len();
        part.content.drain(end..end + 2);
    }
    part
}
