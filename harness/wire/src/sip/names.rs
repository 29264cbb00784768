//! Header field names: long and compact forms, whatever their case.

use std::fmt;

/// A header field name, folded over case and compact form; [`HeaderId::OTHER`] stands for every name not listed here.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HeaderId(u8);

macro_rules! names {
    ($($id:ident = $name:literal $($compact:literal)?;)*) => {
        names!(@number 1u8; $($id = $name;)*);

        /// Every known name: long form, compact form or 0.
        static NAMES: &[(&str, u8)] = &[("", 0), $(($name, names!(@compact $($compact)?))),*];
    };
    (@compact) => { 0 };
    (@compact $compact:literal) => { $compact };
    (@number $number:expr; $id:ident = $name:literal; $($rest:tt)*) => {
        impl HeaderId {
            #[doc = concat!("`", $name, "`")]
            pub const $id: Self = Self($number);
        }
        names!(@number $number + 1; $($rest)*);
    };
    (@number $number:expr;) => {};
}

// RFC 3261 section 20, then the registry's additions that a messaging agent meets.
names! {
    ACCEPT = "Accept";
    ACCEPT_ENCODING = "Accept-Encoding";
    ACCEPT_LANGUAGE = "Accept-Language";
    ALERT_INFO = "Alert-Info";
    ALLOW = "Allow";
    AUTHENTICATION_INFO = "Authentication-Info";
    AUTHORIZATION = "Authorization";
    CALL_ID = "Call-ID" b'i';
    CALL_INFO = "Call-Info";
    CONTACT = "Contact" b'm';
    CONTENT_DISPOSITION = "Content-Disposition";
    CONTENT_ENCODING = "Content-Encoding" b'e';
    CONTENT_LANGUAGE = "Content-Language";
    CONTENT_LENGTH = "Content-Length" b'l';
    CONTENT_TYPE = "Content-Type" b'c';
    CSEQ = "CSeq";
    DATE = "Date";
    ERROR_INFO = "Error-Info";
    EXPIRES = "Expires";
    FROM = "From" b'f';
    IN_REPLY_TO = "In-Reply-To";
    MAX_FORWARDS = "Max-Forwards";
    MIME_VERSION = "MIME-Version";
    MIN_EXPIRES = "Min-Expires";
    ORGANIZATION = "Organization";
    PRIORITY = "Priority";
    PROXY_AUTHENTICATE = "Proxy-Authenticate";
    PROXY_AUTHORIZATION = "Proxy-Authorization";
    PROXY_REQUIRE = "Proxy-Require";
    RECORD_ROUTE = "Record-Route";
    REPLY_TO = "Reply-To";
    REQUIRE = "Require";
    RETRY_AFTER = "Retry-After";
    ROUTE = "Route";
    SERVER = "Server";
    SUBJECT = "Subject" b's';
    SUPPORTED = "Supported" b'k';
    TIMESTAMP = "Timestamp";
    TO = "To" b't';
    UNSUPPORTED = "Unsupported";
    USER_AGENT = "User-Agent";
    VIA = "Via" b'v';
    WARNING = "Warning";
    WWW_AUTHENTICATE = "WWW-Authenticate";
    ACCEPT_CONTACT = "Accept-Contact" b'a';
    ALLOW_EVENTS = "Allow-Events" b'u';
    CONTENT_ID = "Content-ID";
    EVENT = "Event" b'o';
    IDENTITY = "Identity" b'y';
    IDENTITY_INFO = "Identity-Info" b'n';
    MIN_SE = "Min-SE";
    P_ASSERTED_IDENTITY = "P-Asserted-Identity";
    P_PREFERRED_IDENTITY = "P-Preferred-Identity";
    PATH = "Path";
    PRIVACY = "Privacy";
    RACK = "RAck";
    REFER_TO = "Refer-To" b'r';
    REFERRED_BY = "Referred-By" b'b';
    REJECT_CONTACT = "Reject-Contact" b'j';
    REQUEST_DISPOSITION = "Request-Disposition" b'd';
    RSEQ = "RSeq";
    SESSION_EXPIRES = "Session-Expires" b'x';
    SIP_ETAG = "SIP-ETag";
    SIP_IF_MATCH = "SIP-If-Match";
    SUBSCRIPTION_STATE = "Subscription-State";
}

impl HeaderId {
    /// Any name that is not in the table; compare such names with [`same_name`].
    pub const OTHER: Self = Self(0);

    /// The id of a name as it stands in a message.
    pub fn of(name: &[u8]) -> Self {
        match *name {
            [letter] => Self::of_compact(letter),
            [first, ..] if name.len() < LENGTHS => Self::of_long(name, first),
            _ => Self::OTHER,
        }
    }

    fn of_compact(letter: u8) -> Self {
        let id = INDEX.compact[usize::from(letter & 31)];
        let known = NAMES[usize::from(id)].1;
        if known == letter.to_ascii_lowercase() { Self(id) } else { Self::OTHER }
    }

    fn of_long(name: &[u8], first: u8) -> Self {
        let mut id = INDEX.first[name.len()][usize::from(first & 31)];
        while id != 0 {
            let known = NAMES[usize::from(id)].0.as_bytes();
            // Nearly every peer writes names as they are registered, and comparing octets is quicker.
            if known == name || known.eq_ignore_ascii_case(name) {
                return Self(id);
            }
            id = INDEX.next[usize::from(id)];
        }
        Self::OTHER
    }

    /// The long form as registered; empty for [`HeaderId::OTHER`].
    pub fn long(self) -> &'static str {
        NAMES[usize::from(self.0)].0
    }

    /// The compact form, if there is one.
    pub fn compact(self) -> Option<char> {
        Some(NAMES[usize::from(self.0)].1).filter(|&compact| compact != 0).map(char::from)
    }

    pub(crate) const fn bit(self) -> u128 {
        1 << self.0
    }
}

impl fmt::Debug for HeaderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::OTHER { "OTHER" } else { self.long() })
    }
}

/// Whether two field names mean the same header: same long or compact form, case ignored (RFC 3261 section 7.3.1).
pub fn same_name(one: &[u8], other: &[u8]) -> bool {
    match HeaderId::of(one) {
        HeaderId::OTHER => one.eq_ignore_ascii_case(other),
        known => known == HeaderId::of(other),
    }
}

/// Names are shorter than this.
const LENGTHS: usize = 24;

/// Known names by length and first letter, those that share both chained; compact forms by their letter.
struct Index {
    compact: [u8; 32],
    first: [[u8; 32]; LENGTHS],
    next: [u8; NAMES.len()],
}

static INDEX: Index = index();

const fn index() -> Index {
    let mut index = Index { compact: [0; 32], first: [[0; 32]; LENGTHS], next: [0; NAMES.len()] };
    let mut id = 1;
    while id < NAMES.len() {
        let (long, compact) = NAMES[id];
        let slot = &mut index.first[long.len()][(long.as_bytes()[0] & 31) as usize];
        index.next[id] = *slot;
        *slot = id as u8;
        if compact != 0 {
            index.compact[(compact & 31) as usize] = id as u8;
        }
        id += 1;
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_in_any_case_and_form() {
        for (number, (long, compact)) in NAMES.iter().enumerate().skip(1) {
            let id = HeaderId(u8::try_from(number).unwrap());
            assert_eq!(HeaderId::of(long.as_bytes()), id);
            assert_eq!(HeaderId::of(long.to_uppercase().as_bytes()), id);
            assert_eq!(HeaderId::of(long.to_lowercase().as_bytes()), id);
            if *compact != 0 {
                assert_eq!(HeaderId::of(&[*compact]), id);
                assert_eq!(HeaderId::of(&[compact.to_ascii_uppercase()]), id);
                assert_eq!(id.compact(), Some(char::from(*compact)));
            }
        }
    }

    #[test]
    fn foreign_names_are_other() {
        for name in [
            "",
            "z",
            "\0",
            "Vias",
            "Vi",
            "Content_Type",
            "6",
            "C%6Fntact",
            "X-Very-Long-Name-That-Is-Unknown",
        ] {
            assert_eq!(HeaderId::of(name.as_bytes()), HeaderId::OTHER, "{name:?}");
        }
    }

    #[test]
    fn names_are_compared_over_forms() {
        assert!(same_name(b"t", b"TO"));
        assert!(same_name(b"X-A", b"x-a"));
        assert!(!same_name(b"X-A", b"x-b"));
        assert!(!same_name(b"From", b"To"));
    }
}
