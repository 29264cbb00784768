//! What no sane peer writes: markup of one's own in a report document, and bodies that inflate.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use scenario::Text;
use scenario::model::{Coding, Compress, Markup, Send};

use super::report::Subject;
use super::{Body, ComposeError, Composed, Composer};

/// Octets in a megabyte.
const MEGABYTE: usize = 1 << 20;

impl Composer<'_> {
    /// Writes markup into a document that is otherwise complete.
    pub(super) fn marked_up(
        &self,
        document: Vec<u8>,
        subject: &Subject,
        send: &Send,
    ) -> Result<Vec<u8>, ComposeError> {
        let Some(Markup { doctype, id, whole }) = &send.markup else { return Ok(document) };
        if let Some(whole) = whole {
            return Ok(self.text(whole)?.into_bytes());
        }
        let mut text = String::from_utf8_lossy(&document).into_owned();
        if let Some(id) = id {
            text = text.replace(&subject.id, &self.text(id)?);
        }
        if let Some(doctype) = doctype {
            let root = self.profile().report.root;
            let at = text.find("?>").map_or(0, |at| at + 2);
            text.insert_str(at, &format!("<!DOCTYPE {root} {}>", self.text(doctype)?));
        }
        Ok(text.into_bytes())
    }

    /// A page whose body is under a coding, which the SIP message names.
    pub(super) fn compressed(&self, method: &str, body: Body, send: &Send) -> Result<Composed, ComposeError> {
        let Some(compress) = send.compress else {
            return Err(ComposeError::Compress("there is no coding".into()));
        };
        let body = body.compressed(compress).map_err(|error| ComposeError::Compress(error.to_string()))?;
        let mut edits = send.sip.clone();
        edits.set.insert(0, Text(format!("Content-Encoding: {}", compress.coding.word())));
        self.request(method, Some(body), &edits).map(|octets| Composed::Page(octets.into()))
    }
}

impl Body {
    /// The body under a content coding.
    pub(super) fn compressed(self, compress: Compress) -> io::Result<Self> {
        let mut octets = match compress.coding {
            Coding::Gzip => {
                inflated(GzEncoder::new(Vec::new(), Compression::best()), &self.octets, compress)?.finish()?
            }
            Coding::Deflate => {
                inflated(ZlibEncoder::new(Vec::new(), Compression::best()), &self.octets, compress)?
                    .finish()?
            }
        };
        octets.truncate(octets.len().saturating_sub(compress.cut as usize));
        Ok(Self { octets, ..self })
    }
}

/// Writes a body with blanks behind it into an encoder, a megabyte at a time.
fn inflated<W: Write>(mut encoder: W, body: &[u8], compress: Compress) -> io::Result<W> {
    encoder.write_all(body)?;
    let blanks = vec![b' '; if compress.megabytes > 0 { MEGABYTE } else { 0 }];
    for _ in 0..compress.megabytes {
        encoder.write_all(&blanks)?;
    }
    Ok(encoder)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::{GzDecoder, ZlibDecoder};

    use super::*;

    fn body(coding: Coding, megabytes: u32, cut: u32) -> Vec<u8> {
        let body = Body { media_type: "text/plain".into(), octets: b"hello".to_vec() };
        body.compressed(Compress { coding, megabytes, cut }).unwrap().octets
    }

    #[test]
    fn a_short_body_inflates_to_a_long_one() {
        let (gzip, deflate) = (body(Coding::Gzip, 4, 0), body(Coding::Deflate, 4, 0));
        assert!(gzip.len() < 8192 && deflate.len() < 8192);
        let (mut from_gzip, mut from_deflate) = (Vec::new(), Vec::new());
        GzDecoder::new(&gzip[..]).read_to_end(&mut from_gzip).unwrap();
        ZlibDecoder::new(&deflate[..]).read_to_end(&mut from_deflate).unwrap();
        assert_eq!(from_gzip, from_deflate);
        assert_eq!(from_gzip.len(), 5 + 4 * MEGABYTE);
        assert!(from_gzip.starts_with(b"hello  "));
    }

    #[test]
    fn what_is_cut_off_does_not_inflate_to_its_end() {
        let cut = body(Coding::Gzip, 0, 9);
        assert!(GzDecoder::new(&cut[..]).read_to_end(&mut Vec::new()).is_err());
        assert_eq!(body(Coding::Deflate, 0, 1000), Vec::<u8>::new());
    }
}
