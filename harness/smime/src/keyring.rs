//! What somebody has to verify and decrypt with.

use openssl::stack::Stack;
use openssl::x509::X509;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::X509VerifyFlags;

use crate::certificate::{Certificate, Identity};
use crate::error::Error;

/// Keys of one's own, certificates of others, and whom to believe.
#[derive(Clone, Debug, Default)]
pub struct Keyring {
    identities: Vec<Identity>,
    certificates: Vec<Certificate>,
    known: Vec<Certificate>,
    authorities: Vec<Certificate>,
    ignores_embedded: bool,
}

impl Keyring {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.identities.is_empty() && self.certificates.is_empty() && self.authorities.is_empty()
    }

    /// Adds a key to decrypt with. Its certificate is known from then on, but not believed.
    pub fn add_identity(&mut self, identity: Identity) {
        if !self.identities.iter().any(|known| known.certificate == identity.certificate) {
            self.identities.push(identity);
        }
    }

    /// Adds the certificate of somebody who is believed.
    pub fn add_certificate(&mut self, certificate: Certificate) {
        if !self.certificates.contains(&certificate) {
            self.certificates.push(certificate);
        }
    }

    /// Adds the certificate of somebody who is believed only if an authority vouches for him.
    pub fn add_known(&mut self, certificate: Certificate) {
        if !self.known.contains(&certificate) {
            self.known.push(certificate);
        }
    }

    /// Adds somebody whose certificates are believed.
    pub fn add_authority(&mut self, authority: Certificate) {
        if !self.authorities.contains(&authority) {
            self.authorities.push(authority);
        }
    }

    /// The same, to which a certificate that comes with a signature means nothing.
    #[must_use]
    pub const fn ignoring_embedded(mut self, ignores: bool) -> Self {
        self.ignores_embedded = ignores;
        self
    }

    pub(crate) const fn ignores_embedded(&self) -> bool {
        self.ignores_embedded
    }

    pub(crate) fn identities(&self) -> &[Identity] {
        &self.identities
    }

    /// All certificates that may be those of a signer.
    pub(crate) fn known(&self) -> Result<Stack<X509>, Error> {
        let mut stack = Stack::new()?;
        let own = self.identities.iter().map(|identity| &identity.certificate);
        for certificate in own.chain(&self.certificates).chain(&self.known) {
            stack.push(certificate.x509.clone())?;
        }
        Ok(stack)
    }

    /// Whom to believe, whatever the time of day.
    pub(crate) fn store(&self) -> Result<X509Store, Error> {
        let mut store = X509StoreBuilder::new()?;
        for certificate in self.authorities.iter().chain(&self.certificates) {
            store.add_cert(certificate.x509.clone())?;
        }
        store.set_flags(X509VerifyFlags::NO_CHECK_TIME | X509VerifyFlags::PARTIAL_CHAIN)?;
        Ok(store.build())
    }
}
