//! Puts layers on.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;
use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::stack::Stack;
use openssl::symm::Cipher;
use wire::mime;

use crate::certificate::{Certificate, Identity};
use crate::error::Error;

/// Characters in a line of base64 (RFC 2045 section 6.8).
const LINE: usize = 76;

/// How a signature is put on (RFC 8551 section 3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Beside the content, in `multipart/signed`.
    Detached,
    /// Around the content, in `application/pkcs7-mime`.
    Opaque,
}

/// An entity with a layer on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its Content-Type.
    pub label: String,
    /// Its content, octet by octet.
    pub content: Vec<u8>,
}

impl Part {
    /// The whole entity, with headers, for MIME: what is no text is in base64.
    pub fn entity(&self) -> Vec<u8> {
        let entity = mime::Builder::default().header("Content-Type", &self.label);
        if self.label.starts_with("multipart/") {
            return entity.content(self.content.clone()).encode();
        }
        let entity = entity.header("Content-Transfer-Encoding", "base64");
        entity.content(lines(&self.content)).encode()
    }
}

/// Signs an entity, headers included, whose line ends are CRLF.
///
/// # Errors
/// The library refuses the key.
pub fn sign(entity: &[u8], signer: &Identity, form: Form, with_certificate: bool) -> Result<Part, Error> {
    let mut flags = CMSOptions::BINARY;
    flags.set(CMSOptions::DETACHED, form == Form::Detached);
    flags.set(CMSOptions::CMS_NOCERTS, !with_certificate);
    let (certificate, key) = (&signer.certificate.x509, &signer.key);
    let cms = CmsContentInfo::sign(Some(certificate), Some(key), None, Some(entity), flags)?.to_der()?;
    Ok(match form {
        Form::Opaque => Part {
            label: "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m".to_owned(),
            content: cms,
        },
        Form::Detached => beside(entity, &cms),
    })
}

/// Encrypts an entity, headers included, for all of these.
///
/// # Errors
/// There is nobody to encrypt for, or a certificate has a key that cannot be used for that.
pub fn encrypt(entity: &[u8], recipients: &[&Certificate]) -> Result<Part, Error> {
    if recipients.is_empty() {
        return Err(Error::NoRecipient);
    }
    let mut stack = Stack::new()?;
    for recipient in recipients {
        stack.push(recipient.x509.clone())?;
    }
    let cms = CmsContentInfo::encrypt(&stack, entity, Cipher::aes_128_cbc(), CMSOptions::BINARY)?;
    Ok(Part {
        label: "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m".to_owned(),
        content: cms.to_der()?,
    })
}

fn beside(entity: &[u8], signature: &[u8]) -> Part {
    let is_free = |boundary: &String| memmem::find(entity, boundary.as_bytes()).is_none();
    // An entity holds finitely many of them.
    let boundary = (1_u64..).map(|number| format!("signed-{number}-end")).find(is_free).unwrap_or_default();
    let signature = mime::Builder::default()
        .header("Content-Type", "application/pkcs7-signature; name=smime.p7s")
        .header("Content-Transfer-Encoding", "base64")
        .content(lines(signature))
        .encode();
    Part {
        label: format!(
            "multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256; boundary=\"{boundary}\""
        ),
        content: mime::multipart(&boundary, &[entity.to_vec(), signature]),
    }
}

fn lines(octets: &[u8]) -> Vec<u8> {
    let text = STANDARD.encode(octets);
    text.as_bytes().chunks(LINE).collect::<Vec<_>>().join(&b"\r\n"[..])
}
