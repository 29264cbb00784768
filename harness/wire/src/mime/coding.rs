//! Transfer encodings and content codings.

use std::borrow::Cow;
use std::io::{self, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};
use thiserror::Error;

/// Why a content could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CodingError {
    /// No coding of this name is known here.
    #[error("the coding {0:?} is not known here")]
    Unknown(String),
    /// The octets are not in the coding that was named.
    #[error("the content is not in the coding that is named: {0}")]
    Malformed(String),
    /// More than so many octets would come out.
    #[error("the decoded content is longer than {0} octets")]
    TooLong(usize),
}

/// Undoes a `Content-Encoding` (RFC 3261 section 20.12): `gzip`, `deflate`, `identity`; case does not count.
///
/// `deflate` is the zlib format (RFC 2616 section 3.5); a raw stream, which some stacks send, is read as well.
///
/// # Errors
/// The coding is unknown, the octets are not in it, or more than `limit` octets would come out.
pub fn inflate(coding: &str, octets: &[u8], limit: usize) -> Result<Vec<u8>, CodingError> {
    match coding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" if octets.len() > limit => Err(CodingError::TooLong(limit)),
        "" | "identity" => Ok(octets.to_vec()),
        "gzip" | "x-gzip" => take(GzDecoder::new(octets), limit),
        "deflate" => match take(ZlibDecoder::new(octets), limit) {
            Err(CodingError::Malformed(why)) => {
                take(DeflateDecoder::new(octets), limit).map_err(|error| match error {
                    CodingError::Malformed(_) => CodingError::Malformed(why),
                    other => other,
                })
            }
            other => other,
        },
        _ => Err(CodingError::Unknown(coding.to_owned())),
    }
}

/// Grows with what really comes out, never with what a header of the stream claims.
fn take(stream: impl Read, limit: usize) -> Result<Vec<u8>, CodingError> {
    let mut out = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let read: io::Result<usize> = stream.take(most).read_to_end(&mut out);
    match read {
        Err(error) => Err(CodingError::Malformed(error.to_string())),
        Ok(length) if length > limit => Err(CodingError::TooLong(limit)),
        Ok(_) => Ok(out),
    }
}

/// Undoes a `Content-Transfer-Encoding`, named in lower case (RFC 2045 section 6).
pub(super) fn transfer_decode<'a>(encoding: &str, content: &'a [u8]) -> Result<Cow<'a, [u8]>, CodingError> {
    match encoding {
        "7bit" | "8bit" | "binary" => Ok(Cow::Borrowed(content)),
        "base64" => {
            let packed: Vec<u8> =
                content.iter().copied().filter(|octet| !octet.is_ascii_whitespace()).collect();
            STANDARD.decode(packed).map(Cow::Owned).map_err(|error| CodingError::Malformed(error.to_string()))
        }
        other => Err(CodingError::Unknown(other.to_owned())),
    }
}
