//! What RFC 3862 demands of a Message/CPIM object.

crate::mime::rules! {
    LABEL_INSIDE: "cpim.label-inside", "The header that names the type Message/CPIM stands outside the object.", "RFC 3862 2, 2.1";
    LEADING_BLANK: "cpim.leading-blank", "The object starts with its first message header.", "RFC 3862 2";
    SEPARATOR_MISSING: "cpim.separator-missing", "An empty line parts the message headers from the encapsulated MIME entity.", "RFC 3862 2";
    CONTENT_HEADER_MISPLACED: "cpim.content-header-misplaced", "MIME headers stand below the empty line.", "RFC 3862 2, 2.4";
    CONTENT_TYPE_MISSING: "cpim.content-type-missing", "The encapsulated entity has a Content-Type.", "RFC 3862 2.4";
    CONTENT_HEADER_FOLDED: "cpim.content-header-folded", "Content headers of the object should not be folded.", "49th IETF IMPP minutes; I-64";
    HEADER_MALFORMED: "cpim.header-malformed", "A line of the message headers is a name, a colon and a value.", "RFC 3862 2.2, 3";
    HEADER_FOLDED: "cpim.header-folded", "A message header stands on a single line.", "RFC 3862 2.2";
    TOO_MANY_HEADERS: "cpim.too-many-headers", "A message has a sane number of headers.", "limit of this harness";
    BARE_LF: "cpim.bare-lf", "CR LF ends each line of the message headers.", "RFC 3862 2.2";
    LINE_SPACE: "cpim.line-space", "No white space begins or ends a line.", "RFC 3862 2.2";
    SPACE: "cpim.space", "A single space follows name, colon and parameters.", "RFC 3862 2.2, 3.6";
    SPACE_MISSING: "cpim.space-missing", "A single space follows name, colon and parameters.", "RFC 3862 2.2, 3.6";
    SPACE_MISSING_EMPTY: "cpim.space-missing-empty", "A single space follows the colon even if the value is empty.", "RFC 3862 3.6; I-04";
    CONTROL: "cpim.control-character", "A header has no control characters but as escapes.", "RFC 3862 2.2, 2.3";
    NOT_UTF8: "cpim.not-utf8", "Message headers are in UTF-8.", "RFC 3862 2.2";
    NAME: "cpim.name", "A header name has name characters only and at most one full stop, behind a prefix.", "RFC 3862 3.1, 3.6";
    NAME_SPACE: "cpim.name-space", "The colon follows the header name at once.", "RFC 3862 3.6";
    NAME_CASE: "cpim.name-case", "Header names match exactly, case included.", "RFC 3862 2.2, 4";
    PARAMETER: "cpim.parameter", "A parameter is a semicolon, a name, an equals sign and a token or string.", "RFC 3862 3.6";
    LANGUAGE_TAG: "cpim.language-tag", "The value of lang is a language tag.", "RFC 3862 3.3, 3.6; RFC 3066 2.1";
    ESCAPE: "cpim.escape", "Exactly control characters, backslashes and inner quotes are escaped, each by the sequence meant for it.", "RFC 3862 2.3, 2.3.1";
    ADDRESS: "cpim.address", "From, To and cc hold an optional formal name and a URI in angle brackets.", "RFC 3862 4.1 to 4.3";
    ADDRESS_BRACKETS: "cpim.address-brackets", "The URI stands in angle brackets.", "RFC 3862 4.1 to 4.3";
    FORMAL_NAME: "cpim.formal-name", "A formal name is a quoted string, or tokens with one space behind each.", "RFC 3862 3.6";
    URI: "cpim.uri", "An address is an absolute URI.", "RFC 3862 3.6; RFC 2396 3";
    FROM_MISSING: "cpim.from-missing", "A message has a From header.", "49th IETF IMPP minutes; I-62";
    TO_MISSING: "cpim.to-missing", "A message has a To header.", "49th IETF IMPP minutes; I-62";
    REPEATED: "cpim.header-repeated", "From and DateTime stand once.", "RFC 3862 2.2, 4.1, 4.4";
    NAMESPACE_FORM: "cpim.ns-form", "NS holds an optional prefix and a URI in angle brackets.", "RFC 3862 3.4, 4.6; R-02";
    NAMESPACE_URI: "cpim.ns-uri", "A namespace is named by an absolute URI without fragment.", "RFC 3862 3.4";
    PREFIX_UNBOUND: "cpim.prefix-unbound", "An NS header binds every prefix that is used.", "RFC 3862 3.4";
    PREFIX_BOUND_LATE: "cpim.prefix-bound-late", "A prefix is declared above its first use.", "RFC 3862 3.4";
    REQUIRE: "cpim.require", "Require lists header names parted by commas alone.", "RFC 3862 4.7";
}
