//! What can go wrong with keys and certificates.

use openssl::error::ErrorStack;
use thiserror::Error;

/// Why something could not be read or made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// It is no certificate in PEM.
    #[error("this is no certificate in PEM: {0}")]
    Certificate(String),
    /// It is no private key in PEM.
    #[error("this is no private key in PEM: {0}")]
    Key(String),
    /// The key is that of another certificate.
    #[error("the key does not belong to the certificate")]
    Mismatch,
    /// There is nobody to encrypt for.
    #[error("there is no certificate to encrypt for")]
    NoRecipient,
    /// OpenSSL could not do it.
    #[error("OpenSSL could not do it: {0}")]
    Library(String),
}

impl From<ErrorStack> for Error {
    fn from(stack: ErrorStack) -> Self {
        Self::Library(said(&stack))
    }
}

/// What the library says, in one line.
pub(crate) fn said(stack: &ErrorStack) -> String {
    let reasons: Vec<&str> = stack.errors().iter().filter_map(|error| error.reason()).collect();
    if reasons.is_empty() { "it gives no reason".to_owned() } else { reasons.join(", ") }
}
