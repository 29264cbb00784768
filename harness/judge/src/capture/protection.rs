//! Layers of S/MIME: taken off before anything else is looked at, and remembered.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value as Json;
use smime::{Certificate, Identity, Keyring, Layer, Obstacle, Place, Signature};

use super::message::{Head, Opened, Origin};

/// What the scenario calls the IUT.
const IUT: &str = "iut";

/// The layers of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protection {
    /// What was taken off, the outermost first.
    pub layers: Vec<Layer>,
    /// Why there is more.
    pub obstacle: Option<Obstacle>,
    /// The Content-Type of what is left.
    pub(crate) label: String,
}

impl Protection {
    /// Whether something in it is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.obstacle == Some(Obstacle::NoKey) || self.layers.iter().any(Layer::is_encryption)
    }

    /// Whether something in it is signed.
    pub fn is_signed(&self) -> bool {
        self.signatures().next().is_some()
    }

    /// Its signatures, the outermost first.
    pub fn signatures(&self) -> impl Iterator<Item = &Signature> {
        self.layers.iter().filter_map(Layer::signature)
    }

    /// Whether what stands around a CPIM object was signed or encrypted.
    pub(crate) fn is_around(&self) -> bool {
        self.layers.iter().any(|layer| layer.place == Place::Around)
    }
}

/// The keys of everybody, as far as the scenario gave them to the harness.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    authority: Option<Certificate>,
    holders: HashMap<String, Identity>,
}

impl Keys {
    /// Takes in what a name of the scenario stands for.
    pub(super) fn learn(&mut self, name: &str, party: &Json) {
        let pem = |member: &str| party.get(member).and_then(Json::as_str);
        let (Some(certificate), Some(key)) = (pem("certificate"), pem("key")) else { return };
        if let Ok(identity) = Identity::from_pem(certificate, key) {
            self.holders.insert(name.to_owned(), identity);
        }
        self.authority = self.authority.take().or_else(|| Certificate::from_pem(pem("authority")?).ok());
    }

    /// The certificate that the harness made for somebody.
    pub(super) fn certificate(&self, name: &str) -> Option<&Certificate> {
        self.holders.get(name).map(Identity::certificate)
    }

    /// What the receiver of a message has, who knows everybody's certificates; nothing where there are no keys.
    fn of_receiver(&self, name: &str) -> Option<Keyring> {
        let mut keyring = Keyring::default();
        keyring.add_identity(self.holders.get(name)?.clone());
        for holder in self.holders.values() {
            keyring.add_known(holder.certificate().clone());
        }
        self.authority.iter().for_each(|authority| keyring.add_authority(authority.clone()));
        Some(keyring)
    }

    /// The message without its layers, as far as its receiver can take them off.
    pub(super) fn peel(&self, origin: Origin, head: &Head, opened: Opened) -> Opened {
        if self.holders.is_empty() || opened.is_part() {
            return opened;
        }
        let receiver = match origin {
            Origin::Iut(_) => &*head.peer,
            Origin::Peer(_) => IUT,
        };
        let (label, coding) = opened.labels();
        let (label, coding) = (label.unwrap_or_default(), coding.as_deref());
        let body = opened.body.get(opened.body_span.clone()).unwrap_or_default();
        if !smime::may_hold(&label, body) {
            return opened;
        }
        let Some(keyring) = self.of_receiver(receiver) else { return opened };
        let Some(peeled) = smime::open(&label, coding, body, &keyring) else { return opened };
        let smime::Opened { label, body, layers, obstacle } = peeled;
        let protection = Some(Arc::new(Protection { layers, obstacle, label }));
        Opened { body_span: 0..body.len(), body: body.into(), protection, ..opened }
    }
}

impl super::Capture {
    /// Takes in what a name of the scenario stands for, keys among it.
    pub fn learn(&mut self, name: &str, value: &Json) {
        if value.is_object() {
            self.keys.learn(name, value);
        }
    }

    /// The certificate that the harness made for the IUT.
    pub(crate) fn certificate_of_iut(&self) -> Option<&Certificate> {
        self.keys.certificate(IUT)
    }

    /// The certificate that the harness made for a peer.
    pub(crate) fn certificate_of(&self, peer: &str) -> Option<&Certificate> {
        self.keys.certificate(peer)
    }
}
