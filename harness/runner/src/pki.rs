//! Keys and certificates of a run, made when the first case needs them.

use std::sync::Arc;

use smime::{Authority, Certificate, Error, Identity, Key};
use tokio::sync::OnceCell;

/// Names of the authorities: one that the IUT is told of, and one that nobody is.
const NAMES: (&str, &str) = ("imdnspec test authority", "imdnspec unknown authority");

/// The keys of a run, or of several. Cheap to clone; all clones share them.
#[derive(Clone, Debug, Default)]
pub struct Vault(Arc<OnceCell<Result<Pki, Error>>>);

/// Making keys takes its time, certificates take none: every case has certificates of its own for the same keys.
#[derive(Debug)]
pub(crate) struct Pki {
    authority: Authority,
    stranger: Authority,
    iut: Key,
    peer: Key,
}

/// What somebody signs and decrypts with.
#[derive(Clone, Debug)]
pub struct Holder {
    /// His key, and a certificate that everybody can check.
    pub own: Identity,
    /// The same with a certificate by an authority that nobody knows.
    pub stranger: Identity,
}

impl Vault {
    /// The keys.
    ///
    /// # Errors
    /// The library cannot make them.
    pub(crate) async fn open(&self) -> Result<&Pki, Error> {
        let made = || async {
            let made = tokio::task::spawn_blocking(Pki::new).await;
            made.unwrap_or_else(|error| Err(Error::Library(error.to_string())))
        };
        self.0.get_or_init(made).await.as_ref().map_err(Clone::clone)
    }
}

impl Pki {
    fn new() -> Result<Self, Error> {
        let (iut, peer) = (Key::new()?, Key::new()?);
        // Who vouches for himself needs no key beside his own.
        Ok(Self {
            authority: Authority::new(NAMES.0, &Key::new()?)?,
            stranger: Authority::new(NAMES.1, &peer)?,
            iut,
            peer,
        })
    }

    /// Who vouches for all.
    pub(crate) const fn authority(&self) -> &Certificate {
        self.authority.certificate()
    }

    /// Certificates for the IUT, which goes by these addresses.
    pub(crate) fn iut(&self, addresses: &[&str]) -> Result<Holder, Error> {
        self.holder(&self.iut, addresses)
    }

    /// Certificates for a peer.
    pub(crate) fn peer(&self, address: &str) -> Result<Holder, Error> {
        let bare = address.split(';').next().unwrap_or(address);
        let addresses = if bare == address { vec![address] } else { vec![bare, address] };
        self.holder(&self.peer, &addresses)
    }

    fn holder(&self, key: &Key, addresses: &[&str]) -> Result<Holder, Error> {
        Ok(Holder {
            own: self.authority.issue(key, addresses)?,
            stranger: self.stranger.issue(key, addresses)?,
        })
    }
}
