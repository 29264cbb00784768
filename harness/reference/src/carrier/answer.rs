//! Answers to messages.

/// What is said to a message that came: a status, which stands for itself in SIP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// A final status code of SIP.
    pub(crate) status: u16,
    pub(crate) reason: String,
    /// Headers of the SIP response; MSRP has no use for them.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// A CPIM object in the SIP response, which has no place there (RFC 3428 section 7).
    pub(crate) body: Option<Vec<u8>>,
    /// Whether the answer is given in a session even where the sender wants none, which is wrong.
    pub(crate) unwanted: bool,
}

impl Answer {
    /// An answer without headers of its own.
    pub(crate) fn new(status: u16, reason: impl Into<String>) -> Self {
        Self { status, reason: reason.into(), headers: Vec::new(), body: None, unwanted: false }
    }

    /// The answer that accepts.
    pub(crate) fn ok() -> Self {
        Self::new(200, "OK")
    }

    /// The answer to a message whose Require names what is not known. RFC 3862 section 4.7 demands a refusal and leaves its
    /// form to the transport; SIP's answer to extensions that are required and not known is 420.
    pub(crate) fn not_understood(names: &[String]) -> Self {
        let writable = |name: &&String| name.bytes().all(|octet| octet.is_ascii_graphic() && octet != b',');
        let unsupported: Vec<_> = names.iter().filter(writable).map(String::as_str).collect();
        Self::new(420, "Bad Extension").with("Unsupported", unsupported.join(", "))
    }

    /// The same answer with one more header.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
