//! Addresses of users.

use wire::uri::Uri;

/// A user wherever he is: `user@host`. Scheme, port and parameters are left out, since agents on the way may change
/// or drop them; the control protocol tells peers apart by the user part.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Party(String);

impl Party {
    /// Who that URI means. What is no URI means whoever has the same text.
    pub(crate) fn of(uri: &str) -> Self {
        Self(match Uri::parse(uri.as_bytes()) {
            Some(parsed) if !parsed.host().is_empty() => {
                let user = String::from_utf8_lossy(parsed.user().unwrap_or_default());
                let host = String::from_utf8_lossy(parsed.host()).to_ascii_lowercase();
                format!("{user}@{host}")
            }
            _ => uri.to_owned(),
        })
    }
}

impl Party {
    /// Whether some text has that user's address in it.
    pub(crate) fn is_named_in(&self, text: &[u8]) -> bool {
        let wanted = self.0.as_bytes();
        text.windows(wanted.len().max(1)).any(|window| window.eq_ignore_ascii_case(wanted))
    }
}

/// The URI without parameters and headers: as it stands in From and To, while the Request-URI keeps the parameters
/// (RFC 3261 section 19.1.1, table 1).
pub(crate) fn without_parameters(uri: &str) -> &str {
    let length = match Uri::parse(uri.as_bytes()) {
        Some(parsed) if !parsed.host().is_empty() => {
            let headers = parsed.headers().map_or(0, |headers| headers.len() + 1);
            uri.len() - headers - parsed.params().text().len()
        }
        _ => uri.len(),
    };
    uri.get(..length).unwrap_or(uri)
}

/// The URI without its headers, which have no place in a Request-URI.
pub(crate) fn without_headers(uri: &str) -> &str {
    let headers =
        Uri::parse(uri.as_bytes()).and_then(|parsed| parsed.headers().map(|headers| headers.len() + 1));
    uri.get(..uri.len() - headers.unwrap_or(0)).unwrap_or(uri)
}

/// Whether a text from elsewhere can be written as a URI into a header without becoming something else there.
pub(crate) fn is_writable(uri: &str) -> bool {
    uri.bytes().all(|octet| octet.is_ascii_graphic() && !matches!(octet, b'<' | b'>' | b'"'))
        && Uri::parse(uri.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_party_is_the_same_under_any_scheme_and_port() {
        let alice = Party::of("sip:alice.7f3a@127.0.0.1:41080;transport=tcp");
        assert_eq!(alice, Party::of("im:alice.7f3a@127.0.0.1"));
        assert_ne!(alice, Party::of("sip:Alice.7f3a@127.0.0.1"));
        assert_eq!(Party::of("sip:a@Example.ORG"), Party::of("sip:a@example.org"));
    }

    #[test]
    fn parameters_and_headers_come_off() {
        assert_eq!(without_parameters("sip:a;x@h:5;transport=tcp?Subject=b"), "sip:a;x@h:5");
        assert_eq!(without_headers("sip:a@h:5;transport=tcp?Subject=b"), "sip:a@h:5;transport=tcp");
        assert_eq!(without_parameters("sip:a@h"), "sip:a@h");
    }

    #[test]
    fn what_breaks_out_of_brackets_is_not_writable() {
        assert!(is_writable("im:p@example.org"));
        for text in ["sip:a@b>\r\nX: y", "sip:a b@c", "alice", "sip:a@b\u{e9}"] {
            assert!(!is_writable(text), "{text}");
        }
    }
}
