//! Signatures: what one is worth, and what it holds.

use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::error::ErrorStack;
use openssl::pkcs7::{Pkcs7, Pkcs7Flags};
use openssl::stack::Stack;
use openssl::x509::X509;

use crate::certificate::Certificate;
use crate::error::{Error, said};
use crate::keyring::Keyring;

/// `ERR_LIB_CMS` and `CMS_R_SIGNER_CERTIFICATE_NOT_FOUND` of OpenSSL.
const SIGNER_NOT_FOUND: (i32, i32) = (46, 138);

/// What a signature is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// It fits the octets, and its signer is believed. `None` where the certificate cannot be shown.
    Valid(Option<Certificate>),
    /// It fits the octets, and nobody who is believed vouches for its signer.
    Untrusted(Option<Certificate>),
    /// The signer's certificate is not at hand.
    UnknownSigner,
    /// It does not fit the octets, or is none.
    Broken(String),
}

impl Signature {
    /// Whether it fits the octets and its signer is believed.
    pub const fn is_valid(&self) -> bool {
        matches!(self, Self::Valid(_))
    }

    /// The certificate of who signed, if the signature fits.
    pub const fn signer(&self) -> Option<&Certificate> {
        match self {
            Self::Valid(signer) | Self::Untrusted(signer) => signer.as_ref(),
            Self::UnknownSigner | Self::Broken(_) => None,
        }
    }
}

/// What a detached signature over these octets is worth; where line ends are single line feeds, over what they were before
/// something on the way changed them (RFC 8551 section 3.1.1).
pub(crate) fn verify_detached(der: &[u8], octets: &[u8], keyring: &Keyring) -> Signature {
    let exact = verify(der, Some(octets), keyring).0;
    match canonical(octets).filter(|_| matches!(exact, Signature::Broken(_))) {
        Some(canonical) => match verify(der, Some(&canonical), keyring).0 {
            Signature::Broken(_) => exact,
            other => other,
        },
        None => exact,
    }
}

/// What an opaque signature is worth, and its content.
pub(crate) fn verify_opaque(der: &[u8], keyring: &Keyring) -> (Signature, Option<Vec<u8>>) {
    let (signature, content) = verify(der, None, keyring);
    (
        signature,
        content.or_else(|| attempt(der, None, keyring, CMSOptions::NOVERIFY | CMSOptions::NOSIGS).ok()),
    )
}

fn verify(der: &[u8], detached: Option<&[u8]>, keyring: &Keyring) -> (Signature, Option<Vec<u8>>) {
    let signer = || signer(der, keyring);
    match attempt(der, detached, keyring, CMSOptions::empty()) {
        Ok(content) => return (Signature::Valid(signer()), Some(content)),
        Err(why) if why.is_unknown => return (Signature::UnknownSigner, None),
        Err(_) => {}
    }
    match attempt(der, detached, keyring, CMSOptions::NO_SIGNER_CERT_VERIFY) {
        Ok(content) => (Signature::Untrusted(signer()), Some(content)),
        Err(why) => (Signature::Broken(why.said), None),
    }
}

struct Refusal {
    is_unknown: bool,
    said: String,
}

impl From<ErrorStack> for Refusal {
    fn from(stack: ErrorStack) -> Self {
        let codes = stack.errors().iter().map(|error| (error.library_code(), error.reason_code()));
        let is_unknown = codes.into_iter().any(|code| code == SIGNER_NOT_FOUND);
        Self { is_unknown, said: said(&stack) }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { is_unknown: false, said: error.to_string() }
    }
}

fn attempt(
    der: &[u8],
    detached: Option<&[u8]>,
    keyring: &Keyring,
    flags: CMSOptions,
) -> Result<Vec<u8>, Refusal> {
    let mut cms = CmsContentInfo::from_der(der)?;
    let (known, store) = (keyring.known()?, keyring.store()?);
    let embedded = if keyring.ignores_embedded() { CMSOptions::NOINTERN } else { CMSOptions::empty() };
    let mut content = Vec::new();
    let flags = flags | CMSOptions::BINARY | embedded;
    cms.verify(Some(&known), Some(&store), detached, Some(&mut content), flags)?;
    Ok(content)
}

/// The first of the signers.
fn signer(der: &[u8], keyring: &Keyring) -> Option<Certificate> {
    let pkcs7 = Pkcs7::from_der(der).ok()?;
    let known: Stack<X509> = keyring.known().ok()?;
    let signers = pkcs7.signers(&known, Pkcs7Flags::empty()).ok()?;
    Certificate::of(signers.get(0)?.to_owned()).ok()
}

/// The octets with both characters at every line end, if that is a change.
fn canonical(octets: &[u8]) -> Option<Vec<u8>> {
    let is_bare = |at: usize| at == 0 || octets.get(at - 1) != Some(&b'\r');
    if !memchr::memchr_iter(b'\n', octets).any(is_bare) {
        return None;
    }
    let mut out = Vec::with_capacity(octets.len() + octets.len() / 16);
    for (at, octet) in octets.iter().enumerate() {
        if *octet == b'\n' && is_bare(at) {
            out.push(b'\r');
        }
        out.push(*octet);
    }
    Some(out)
}
