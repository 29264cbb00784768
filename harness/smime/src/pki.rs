//! A small certification authority for tests, whose certificates are worth nothing outside them.

use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName,
    SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509NameBuilder};

use crate::certificate::{Certificate, Identity};
use crate::error::Error;

/// What every agent of S/MIME takes (RFC 8551 section 4.3; RFC 3851 section 4.1).
const RSA_BITS: u32 = 2048;

/// Times at which certificates begin and end to be valid, far from any test.
const VALID: (&str, &str) = ("20200101000000Z", "20991231235959Z");

/// Octets of a serial number, of which the first is never 0.
const SERIAL_BITS: i32 = 127;

/// The longest commonName (X.520, `ub-common-name`).
const LONGEST_NAME: usize = 64;

/// A private key.
#[derive(Clone)]
pub struct Key(PKey<Private>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// A new one. This takes some tens of milliseconds.
    ///
    /// # Errors
    /// The library has no randomness.
    pub fn new() -> Result<Self, Error> {
        Ok(Self(PKey::from_rsa(Rsa::generate(RSA_BITS)?)?))
    }
}

/// A certification authority.
#[derive(Clone, Debug)]
pub struct Authority {
    own: Identity,
}

impl Authority {
    /// An authority of that name, with that key.
    ///
    /// # Errors
    /// The library refuses the name, or has no randomness.
    pub fn new(name: &str, key: &Key) -> Result<Self, Error> {
        let Key(key) = key.clone();
        let mut builder = begun(name, &key)?;
        let subject = named(name)?.build();
        builder.set_issuer_name(&subject)?;
        builder.append_extension(BasicConstraints::new().critical().ca().pathlen(0).build()?)?;
        builder.append_extension(KeyUsage::new().critical().key_cert_sign().crl_sign().build()?)?;
        let id = SubjectKeyIdentifier::new().build(&builder.x509v3_context(None, None))?;
        builder.append_extension(id)?;
        builder.sign(&key, MessageDigest::sha256())?;
        Ok(Self { own: Identity { certificate: Certificate::of(builder.build())?, key } })
    }

    /// Its certificate.
    pub const fn certificate(&self) -> &Certificate {
        &self.own.certificate
    }

    /// A certificate for that key, for who has these addresses: URIs, of which a `sip` or `im` URI is named as an e-mail
    /// address as well (RFC 8550 section 3, RFC 3862 leaves it open).
    ///
    /// # Errors
    /// The library refuses one of the addresses.
    pub fn issue(&self, key: &Key, addresses: &[&str]) -> Result<Identity, Error> {
        let Key(key) = key;
        let issuer = &self.own.certificate.x509;
        let mut builder = begun(addresses.first().copied().unwrap_or_default(), key)?;
        builder.set_issuer_name(issuer.subject_name())?;
        builder.append_extension(BasicConstraints::new().critical().build()?)?;
        let usage = KeyUsage::new().critical().digital_signature().key_encipherment().build()?;
        builder.append_extension(usage)?;
        builder.append_extension(ExtendedKeyUsage::new().email_protection().client_auth().build()?)?;
        let mut names = SubjectAlternativeName::new();
        for address in addresses {
            names.uri(address);
            if let Some(mailbox) = mailbox(address) {
                names.email(mailbox);
            }
        }
        let context = builder.x509v3_context(Some(issuer), None);
        let extensions = [
            names.build(&context)?,
            SubjectKeyIdentifier::new().build(&context)?,
            AuthorityKeyIdentifier::new().keyid(true).build(&context)?,
        ];
        for extension in extensions {
            builder.append_extension(extension)?;
        }
        builder.sign(&self.own.key, MessageDigest::sha256())?;
        Ok(Identity { certificate: Certificate::of(builder.build())?, key: key.clone() })
    }
}

fn begun(name: &str, key: &PKey<Private>) -> Result<X509Builder, Error> {
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    let mut serial = BigNum::new()?;
    serial.rand(SERIAL_BITS, MsbOption::MAYBE_ZERO, false)?;
    serial.set_bit(SERIAL_BITS - 1)?;
    let serial = serial.to_asn1_integer()?;
    builder.set_serial_number(&serial)?;
    let subject = named(name)?.build();
    builder.set_subject_name(&subject)?;
    let (from, to) = (Asn1Time::from_str(VALID.0)?, Asn1Time::from_str(VALID.1)?);
    builder.set_not_before(&from)?;
    builder.set_not_after(&to)?;
    builder.set_pubkey(key)?;
    Ok(builder)
}

fn named(name: &str) -> Result<X509NameBuilder, Error> {
    let mut builder = X509NameBuilder::new()?;
    let short: String = name.chars().take(LONGEST_NAME).collect();
    builder.append_entry_by_text("CN", &short)?;
    Ok(builder)
}

/// `user@host` of a URI with a user.
fn mailbox(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once(':')?;
    let (user, host) = rest.split_once('@')?;
    let end = host.find([':', ';', '?']).unwrap_or(host.len());
    let length = user.len() + 1 + end;
    rest.get(..length).filter(|mailbox| mailbox.is_ascii())
}
