//! Envelopes: who can open one, and what it holds.

use openssl::cms::CmsContentInfo;

use crate::certificate::Certificate;
use crate::error::said;
use crate::keyring::Keyring;
use crate::layers::Obstacle;

/// What OpenSSL says of algorithms that it does not know, or does not use any more.
const UNKNOWN: [&str; 2] = ["unsupported", "unknown cipher"];

/// What is in an envelope, and whose key opened it.
///
/// # Errors
/// None does, or the library does not know how.
pub(crate) fn decrypt(der: &[u8], keyring: &Keyring) -> Result<(Vec<u8>, Certificate), Obstacle> {
    let cms = CmsContentInfo::from_der(der).map_err(|error| Obstacle::Unreadable(said(&error)))?;
    let mut obstacle = Obstacle::NoKey;
    for own in keyring.identities() {
        // The certificate says which of the recipients is meant; without one the library would try to guess.
        match cms.decrypt(&own.key, &own.certificate.x509) {
            Ok(content) => return Ok((content, own.certificate.clone())),
            Err(error) => {
                let why = said(&error);
                if UNKNOWN.iter().any(|unknown| why.contains(unknown)) {
                    obstacle = Obstacle::Unreadable(why);
                }
            }
        }
    }
    Err(obstacle)
}
