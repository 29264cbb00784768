//! What no sane peer writes: markup of one's own in a report document, and bodies that inflate.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use scenario::model::{Coding, Compress, Markup, Send};
use wire::sip::edit::{self, Edit};

use super::report::Subject;
use super::{ComposeError, Composer};

/// Octets in a megabyte.
const MEGABYTE: usize = 1 << 20;

/// What names the coding of a body (RFC 3261 section 20.12).
const CONTENT_ENCODING: &str = "Content-Encoding";

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
}

/// A page with its body under a content coding, which Content-Encoding names unless it is there already. This takes a while for a
/// long body.
///
/// # Errors
/// None that an encoder of octets in memory gives.
pub(crate) fn compressed(page: &[u8], compress: Compress) -> io::Result<Vec<u8>> {
    let message = wire::sip::read(page);
    let body = body(message.body(), compress)?;
    let coding = || Edit::Set(CONTENT_ENCODING.to_owned(), compress.coding.word().into());
    let named = message.header_named(CONTENT_ENCODING.as_bytes()).is_some();
    let edits: Vec<_> = [Edit::Body(body)].into_iter().chain((!named).then(coding)).collect();
    Ok(edit::apply(page, &edits))
}

fn body(plain: &[u8], compress: Compress) -> io::Result<Vec<u8>> {
    let best = Compression::best();
    let mut octets = match compress.coding {
        Coding::Gzip => inflated(GzEncoder::new(Vec::new(), best), plain, compress)?.finish()?,
        Coding::Deflate => inflated(ZlibEncoder::new(Vec::new(), best), plain, compress)?.finish()?,
    };
    octets.truncate(octets.len().saturating_sub(compress.cut as usize));
    Ok(octets)
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
        super::body(b"hello", Compress { coding, megabytes, cut }).unwrap()
    }

    #[test]
    fn the_coding_is_named_unless_the_scenario_names_one() {
        let compress = Compress { coding: Coding::Gzip, megabytes: 0, cut: 0 };
        for (own, expected) in [("", "gzip"), ("Content-Encoding: br\r\n", "br")] {
            let page = format!("MESSAGE sip:b@h SIP/2.0\r\n{own}Content-Length: 5\r\n\r\nhello");
            let page = compressed(page.as_bytes(), compress).unwrap();
            let message = wire::sip::read(&page);
            let named = message.header_named(b"Content-Encoding").unwrap();
            assert_eq!(named.value(), expected.as_bytes());
            assert_eq!(message.body(), body(Coding::Gzip, 0, 0));
        }
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
