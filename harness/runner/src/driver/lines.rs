//! Lines of JSON objects, however they are cut into reads.

use serde_json::{Map, Value};
use tokio::io::{AsyncBufRead, AsyncBufReadExt};

use super::Fault;

/// Longest line, in octets (control protocol).
const LONGEST: usize = 1 << 20;

/// How much of a bad line is shown.
const SHOWN: usize = 120;

/// The next line as an object; `None` at the end of the stream.
///
/// # Errors
/// The line is too long or no JSON object. A stream that breaks off counts as ended.
pub(super) async fn next<R: AsyncBufRead + Unpin>(
    reader: &mut R,
    line: &mut Vec<u8>,
) -> Result<Option<Map<String, Value>>, Fault> {
    line.clear();
    while !line.ends_with(b"\n") {
        let Ok(available @ [_, ..]) = reader.fill_buf().await else { break };
        let end = available.iter().position(|octet| *octet == b'\n').map_or(available.len(), |at| at + 1);
        line.extend_from_slice(&available[..end]);
        reader.consume(end);
        if line.len() > LONGEST + 1 {
            return Err(Fault::Garbage(format!("a line is longer than {LONGEST} octets: {}", shown(line))));
        }
    }
    if line.is_empty() { Ok(None) } else { object(line).map(Some) }
}

fn object(line: &[u8]) -> Result<Map<String, Value>, Fault> {
    match serde_json::from_slice(line) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Fault::Garbage(format!("a line is JSON, but no object: {}", shown(line)))),
        Err(error) => Err(Fault::Garbage(format!("a line is no JSON object ({error}): {}", shown(line)))),
    }
}

/// The beginning of a line, with everything that could harm a terminal escaped.
pub(super) fn shown(line: &[u8]) -> String {
    let beginning = line.get(..SHOWN).unwrap_or(line).trim_ascii_end();
    let dots = if line.len() > SHOWN { "…" } else { "" };
    format!("`{}{dots}`", beginning.escape_ascii())
}

#[cfg(test)]
mod tests {
    use tokio::io::BufReader;

    use super::*;

    async fn all(octets: &[u8], chunk: usize) -> Result<Vec<Map<String, Value>>, Fault> {
        let (mut reader, mut line, mut objects) =
            (BufReader::with_capacity(chunk, octets), Vec::new(), Vec::new());
        while let Some(object) = next(&mut reader, &mut line).await? {
            objects.push(object);
        }
        Ok(objects)
    }

    #[tokio::test]
    async fn lines_are_whole_however_they_are_cut() {
        let octets = b"{\"a\":1}\r\n{\"b\":\"\xc3\xa4\"}\n{}";
        for chunk in [1, 2, 3, 7, 100] {
            let objects = all(octets, chunk).await.unwrap();
            assert_eq!(objects.len(), 3, "{chunk}");
            assert_eq!(objects[1]["b"], "ä");
        }
    }

    #[tokio::test]
    async fn what_is_no_object_is_shown() {
        for (octets, part) in [
            (&b"hello\n"[..], "`hello`"),
            (b"[1]\n", "but no object: `[1]`"),
            (b"\n", "no JSON object"),
            (b"{\"a\":\"\xff\"}\n", "\\xff"),
            (b"\x1b[2J\n", "\\x1b[2J"),
        ] {
            let Err(Fault::Garbage(text)) = all(octets, 16).await else { panic!("{octets:?}") };
            assert!(text.contains(part), "{text}");
        }
    }

    #[tokio::test]
    async fn an_endless_line_is_given_up() {
        let endless = vec![b'x'; 3 * LONGEST];
        let Err(Fault::Garbage(text)) = all(&endless, 8192).await else { panic!() };
        assert!(text.contains("longer than 1048576") && text.len() < 300, "{text}");
    }
}
