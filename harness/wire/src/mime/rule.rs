//! What MIME demands of an entity.

crate::mime::rules! {
    SEPARATOR_MISSING: "mime.separator-missing", "An empty line parts the headers of an entity from its content.", "RFC 2045 3; RFC 2046 5.1";
    BARE_LF: "mime.bare-lf", "Header lines end in CR LF.", "RFC 2045 2.1";
    NAME_SPACE: "mime.name-space", "No white space stands between a header's name and its colon.", "RFC 2822 2.2";
    TOO_MANY_HEADERS: "mime.too-many-headers", "An entity has a sane number of headers.", "limit of this harness";
    REPEATED: "mime.header-repeated", "A content header stands once in an entity.", "RFC 2045 3";
    CONTENT_TYPE: "mime.content-type", "Content-Type is a type, a slash and a subtype, all tokens.", "RFC 2045 5.1";
    PARAMETER: "mime.parameter", "A parameter is a semicolon, a name, an equals sign and a token or quoted string.", "RFC 2045 5.1";
    PARAMETER_UNQUOTED: "mime.parameter-unquoted", "A parameter value that has special characters in it is quoted.", "RFC 2045 5.1";
    CONTENT_LENGTH: "mime.content-length", "Content-Length is the number of octets of the content.", "draft-khartabil-simple-im-receipts-00 3.1";
    BOUNDARY_MISSING: "mime.boundary-missing", "A multipart type has a boundary parameter.", "RFC 2046 5.1.1";
    PARTS_MISSING: "mime.parts-missing", "A multipart content has a delimiter line before its first part.", "RFC 2046 5.1.1";
    CLOSE_MISSING: "mime.close-missing", "A close delimiter ends a multipart content.", "RFC 2046 5.1.1";
    TOO_MANY_PARTS: "mime.too-many-parts", "A multipart content has a sane number of parts.", "limit of this harness";
    TOO_DEEP: "mime.too-deep", "Multipart contents are nested to a sane depth.", "limit of this harness";
}
