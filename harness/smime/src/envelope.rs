//! Envelopes: who can open one, and what it holds.

use openssl::cms::CmsContentInfo;

use crate::certificate::Certificate;
use crate::keyring::Keyring;

/// What is in an envelope, and whose key opened it.
pub(crate) fn decrypt(der: &[u8], keyring: &Keyring) -> Option<(Vec<u8>, Certificate)> {
    let cms = CmsContentInfo::from_der(der).ok()?;
    keyring.identities().iter().find_map(|own| {
        // The certificate says which of the recipients is meant; without one the library would try to guess.
        let content = cms.decrypt(&own.key, &own.certificate.x509).ok()?;
        Some((content, own.certificate.clone()))
    })
}
