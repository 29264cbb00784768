//! What was found around a content.

use crate::certificate::Certificate;
use crate::signature::Signature;

/// One layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Where it was.
    pub place: Place,
    /// What it does.
    pub protection: Protection,
}

/// Where a layer sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Around the body, and so around the CPIM object if there is one.
    Around,
    /// Around the entity inside the CPIM object, whose headers stay outside.
    Inside,
}

/// What a layer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Protection {
    /// It signs, and this is what the signature is worth.
    Signed(Signature),
    /// It encrypts, and this one's key opened it.
    Encrypted(Certificate),
}

/// Why a layer could not be taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It is encrypted, and none of the keys opens it.
    NoKey,
    /// It cannot be read: it is damaged, or of a kind that is not known here, or holds its content in a signature that does not
    /// open without the certificate of the signer.
    Unreadable(String),
    /// More layers than are taken off, or a layer larger than is looked at.
    TooMuch,
}

impl Layer {
    /// What its signature is worth, if it signs.
    pub const fn signature(&self) -> Option<&Signature> {
        match &self.protection {
            Protection::Signed(signature) => Some(signature),
            Protection::Encrypted(_) => None,
        }
    }

    /// Whether it encrypts.
    pub const fn is_encryption(&self) -> bool {
        matches!(self.protection, Protection::Encrypted(_))
    }
}
