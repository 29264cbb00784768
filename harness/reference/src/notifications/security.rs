//! S/MIME: what an agent signs, encrypts, verifies and decrypts (RFC 5438 section 14, RFC 3862 section 5.2).
//!
//! What comes may be protected inside or around its CPIM object. What goes is protected inside, so that its headers can be
//! read on the way.

use std::collections::HashMap;

use smime::{Certificate, Form, Identity, Keyring, Layer, Obstacle, Opened};
use wire::cpim;

use crate::carrier::{Answer, Incoming, Outgoing};
use crate::common::address::Party;
use crate::control::command::{Adopt, Failure, Trust};
use crate::faults::{Conduct, Flaw};

/// The media type of what is protected here.
const OBJECT: &str = "message/cpim";

/// Keys and certificates.
#[derive(Debug, Default)]
pub(crate) struct Security {
    identity: Option<Identity>,
    keyring: Keyring,
    /// For whom one can encrypt.
    certificates: HashMap<Party, Certificate>,
}

/// How a message that came was protected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Protection {
    pub(crate) is_encrypted: bool,
    /// Of every signature those whom its certificate names, if it is good.
    signatures: Vec<Option<Vec<Party>>>,
}

/// What is to be put on a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Layers {
    pub(crate) sign: bool,
    pub(crate) encrypt: bool,
}

impl Protection {
    pub(crate) fn is_signed(&self) -> bool {
        !self.signatures.is_empty()
    }

    /// Whether all signatures are good and by one of these; `None` without any.
    pub(crate) fn verified(&self, parties: &[Party]) -> Option<bool> {
        let is_theirs = |named: &Option<Vec<Party>>| {
            named.as_ref().is_some_and(|named| named.iter().any(|party| parties.contains(party)))
        };
        self.is_signed().then(|| self.signatures.iter().all(is_theirs))
    }

    fn of(layers: &[Layer]) -> Self {
        let named = |layer: &Layer| {
            let signature = layer.signature()?;
            let signer = signature.signer().filter(|_| signature.is_valid());
            Some(signer.map(|signer| signer.addresses().iter().map(|address| Party::of(address)).collect()))
        };
        Self {
            is_encrypted: layers.iter().any(Layer::is_encryption),
            signatures: layers.iter().filter_map(named).collect(),
        }
    }
}

impl Security {
    /// The user gets a certificate of his own.
    ///
    /// # Errors
    /// Certificate and key cannot be used.
    pub(crate) fn adopt(&mut self, adopt: &Adopt) -> Result<(), Failure> {
        let identity =
            Identity::from_pem(&adopt.certificate_pem, &adopt.key_pem).map_err(|error| failed(&error))?;
        if let Some(authority) = &adopt.ca_pem {
            self.keyring.add_authority(certificate(authority)?);
        }
        self.keyring.add_identity(identity.clone());
        self.identity = Some(identity);
        Ok(())
    }

    /// Somebody else's certificate, or that of an authority.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn trust(&mut self, trust: &Trust) -> Result<(), Failure> {
        let certificate = certificate(&trust.certificate_pem)?;
        match &trust.address {
            Some(address) => {
                self.certificates.insert(Party::of(address), certificate.clone());
                self.keyring.add_certificate(certificate);
            }
            None => self.keyring.add_authority(certificate),
        }
        Ok(())
    }

    /// Whether there is a key to sign with.
    pub(crate) const fn can_sign(&self) -> bool {
        self.identity.is_some()
    }

    /// Whether one can encrypt for that party.
    pub(crate) fn can_encrypt_for(&self, party: &Party) -> bool {
        self.certificates.contains_key(party)
    }

    /// The message without its layers, if it has any.
    ///
    /// # Errors
    /// The answer to what cannot be read (RFC 3261 section 23.2).
    pub(crate) fn open(
        &self,
        message: &Incoming,
        conduct: Conduct,
    ) -> Result<Option<(Incoming, Protection)>, Answer> {
        let keyring = self.keyring.clone().ignoring_embedded(conduct.has(Flaw::IgnoreEmbeddedCertificate));
        let label = message.content_type.as_deref().unwrap_or_default();
        let Some(opened) = smime::open(label, None, &message.body, &keyring) else { return Ok(None) };
        let Opened { label, body, layers, obstacle } = opened;
        match obstacle {
            Some(Obstacle::NoKey) => return Err(Answer::new(493, "Undecipherable")),
            Some(_) => return Err(Answer::new(400, "Bad Request: a layer of S/MIME cannot be read")),
            None => {}
        }
        let plain = Incoming { content_type: Some(label), body: body.into(), ..message.clone() };
        Ok(Some((plain, Protection::of(&layers))))
    }

    /// The message with these layers on its content, as far as there are keys; `None` if it cannot be encrypted for whom
    /// it is for and has to be.
    pub(crate) fn close(
        &self,
        mut outgoing: Outgoing,
        layers: Layers,
        recipient: &Party,
    ) -> Option<Outgoing> {
        if outgoing.content_type != OBJECT {
            return Some(outgoing);
        }
        let start = cpim::decode(&outgoing.body, 0..outgoing.body.len()).value.mime_entity().start;
        let mut entity = outgoing.body.split_off(start);
        if let Some(signer) = self.identity.as_ref().filter(|_| layers.sign) {
            entity = smime::sign(&entity, signer, Form::Detached, true).ok()?.entity();
        }
        if layers.encrypt {
            entity = smime::encrypt(&entity, &[self.certificates.get(recipient)?]).ok()?.entity();
        }
        outgoing.body.extend(entity);
        Some(outgoing)
    }
}

fn certificate(pem: &str) -> Result<Certificate, Failure> {
    Certificate::from_pem(pem).map_err(|error| failed(&error))
}

fn failed(error: &smime::Error) -> Failure {
    Failure::Failed(error.to_string())
}
