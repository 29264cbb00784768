//! What RFC 3261 demands of a message, as far as [`super::decode`] checks it.

use crate::deviation::Rule;

macro_rules! rules {
    ($($(#[$doc:meta])* $id:ident = $name:literal, $source:literal, $text:literal;)*) => {
        $($(#[$doc])* #[doc = concat!($text, " (", $source, ").")]
        pub static $id: Rule = Rule { name: $name, text: $text, source: $source };)*
        /// Every rule of this module.
        pub static RULES: &[&Rule] = &[$(&$id),*];
    };
}

rules! {
    // Lines
    LEADING_LINE = "sip.leading-line", "RFC 3261 7.5", "A message begins with its start line, not with an empty line";
    BARE_LF = "sip.bare-lf", "RFC 3261 7", "The start line, each header line and the empty line end with CRLF";
    BARE_CR = "sip.bare-cr", "RFC 3261 25.1", "CR stands only before LF";
    HEAD_END = "sip.head-end", "RFC 3261 7", "An empty line ends the head, even if there is no body";

    // Start line
    START_LINE = "sip.start-line", "RFC 3261 7", "The first line is a Request-Line or a Status-Line";
    REQUEST_LINE = "sip.request-line", "RFC 3261 7.1", "Method, Request-URI and version are parted by one SP each and nothing else stands in the line";
    METHOD = "sip.method", "RFC 3261 25.1", "The method is a token";
    REQUEST_URI = "sip.request-uri", "RFC 3261 7.1", "The Request-URI has no unescaped spaces or control characters and no angle brackets around it";
    REQUEST_URI_HEADERS = "sip.request-uri-headers", "RFC 3261 19.1.1", "A SIP or SIPS Request-URI carries no header component";
    STATUS_LINE = "sip.status-line", "RFC 3261 7.2", "Version, status code and reason phrase are parted by one SP each";
    STATUS_CODE = "sip.status-code", "RFC 3261 7.2", "The status code has three digits and lies between 100 and 699";
    VERSION = "sip.version", "RFC 3261 7.1", "The version is SIP/2.0";

    // Header lines
    HEADER_COLON = "sip.header-colon", "RFC 3261 7.3.1", "A header line is a field name, a colon and a field value";
    HEADER_NAME = "sip.header-name", "RFC 3261 25.1", "A field name is a token";
    FOLD_WITHOUT_HEADER = "sip.fold-without-header", "RFC 3261 7.3.1", "A line that begins with white space continues the header before it";
    HEADER_REPEATED = "sip.header-repeated", "RFC 3261 7.3.1", "A header that takes a single value stands once";

    // Mandatory headers
    TO_MISSING = "sip.to-missing", "RFC 3261 8.1.1", "A message has a To header";
    FROM_MISSING = "sip.from-missing", "RFC 3261 8.1.1", "A message has a From header";
    CSEQ_MISSING = "sip.cseq-missing", "RFC 3261 8.1.1", "A message has a CSeq header";
    CALL_ID_MISSING = "sip.call-id-missing", "RFC 3261 8.1.1", "A message has a Call-ID header";
    MAX_FORWARDS_MISSING = "sip.max-forwards-missing", "RFC 3261 8.1.1", "A request has a Max-Forwards header";
    VIA_MISSING = "sip.via-missing", "RFC 3261 8.1.1", "A message has a Via header";

    // Header values
    CSEQ_VALUE = "sip.cseq-value", "RFC 3261 8.1.1.5", "CSeq is a sequence number below 2**31 and a method";
    CSEQ_METHOD = "sip.cseq-method", "RFC 3261 8.1.1.5", "The method of CSeq is the method of the request";
    CALL_ID_VALUE = "sip.call-id-value", "RFC 3261 25.1", "Call-ID is a word, or two with @ between them";
    MAX_FORWARDS_VALUE = "sip.max-forwards-value", "RFC 3261 20.22", "Max-Forwards is a number from 0 to 255";
    VIA_VALUE = "sip.via-value", "RFC 3261 20.42", "Via is SIP/2.0/transport, the sent-by and parameters";
    VIA_BRANCH = "sip.via-branch", "RFC 3261 8.1.1.7", "The Via of a request has a branch parameter";
    VIA_COOKIE = "sip.via-cookie", "RFC 3261 8.1.1.7", "The branch begins with z9hG4bK, followed by an identifier";
    FROM_TAG = "sip.from-tag", "RFC 3261 8.1.1.3", "From has a tag parameter";
    TO_TAG = "sip.to-tag", "RFC 3261 8.2.6.2", "To of a response other than 100 has a tag parameter";

    // Body
    CONTENT_LENGTH_VALUE = "sip.content-length-value", "RFC 3261 20.14", "Content-Length is a decimal number of octets";
    CONTENT_LENGTH_CONFLICT = "sip.content-length-conflict", "RFC 3261 20.14", "There is one Content-Length, so that the body has one length";
    CONTENT_LENGTH_MISSING = "sip.content-length-missing", "RFC 3261 20.14", "A message over a stream-based transport has a Content-Length";
    BODY_TRUNCATED = "sip.body-truncated", "RFC 3261 18.3", "The body has as many octets as Content-Length says, not fewer";
    BODY_SURPLUS = "sip.body-surplus", "RFC 3261 18.3", "Nothing follows the octets that Content-Length counts";
    CONTENT_TYPE_MISSING = "sip.content-type-missing", "RFC 3261 20.15", "A message with a body has a Content-Type";
}
