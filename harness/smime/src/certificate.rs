//! Certificates, and the keys that belong to them.

use std::fmt;

use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use crate::error::{Error, said};

/// The certificate of somebody.
#[derive(Clone)]
pub struct Certificate {
    pub(crate) x509: X509,
    der: Vec<u8>,
}

/// A certificate with its private key.
#[derive(Clone)]
pub struct Identity {
    pub(crate) certificate: Certificate,
    pub(crate) key: PKey<Private>,
}

impl Certificate {
    /// Reads the first certificate in a PEM text.
    ///
    /// # Errors
    /// There is none.
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        let x509 = X509::from_pem(pem.as_bytes()).map_err(|error| Error::Certificate(said(&error)))?;
        Self::of(x509)
    }

    pub(crate) fn of(x509: X509) -> Result<Self, Error> {
        Ok(Self { der: x509.to_der()?, x509 })
    }

    /// The certificate as PEM.
    ///
    /// # Errors
    /// The library cannot write it.
    pub fn pem(&self) -> Result<String, Error> {
        Ok(String::from_utf8_lossy(&self.x509.to_pem()?).into_owned())
    }

    /// Whom it names: URIs, and e-mail addresses, of its subjectAltName.
    pub fn addresses(&self) -> Vec<String> {
        let names = self.x509.subject_alt_names().into_iter().flatten();
        names.filter_map(|name| name.uri().or_else(|| name.email()).map(str::to_owned)).collect()
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Certificate").field(&self.addresses()).finish()
    }
}

impl Identity {
    /// Reads certificate and key, which have to belong together.
    ///
    /// # Errors
    /// One of them cannot be read, or the key is another's.
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self, Error> {
        let certificate = Certificate::from_pem(certificate)?;
        // Without a callback the library would ask the terminal for the pass phrase of a locked key.
        let no_phrase = |_: &mut [u8]| Ok(0);
        let key = PKey::private_key_from_pem_callback(key.as_bytes(), no_phrase)
            .map_err(|error| Error::Key(said(&error)))?;
        let own = certificate.x509.public_key()?;
        if own.public_eq(&key) { Ok(Self { certificate, key }) } else { Err(Error::Mismatch) }
    }

    /// Its certificate.
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Its key as PEM (PKCS #8).
    ///
    /// # Errors
    /// The library cannot write it.
    pub fn key_pem(&self) -> Result<String, Error> {
        Ok(String::from_utf8_lossy(&self.key.private_key_to_pem_pkcs8()?).into_owned())
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Identity").field(&self.certificate).finish()
    }
}
