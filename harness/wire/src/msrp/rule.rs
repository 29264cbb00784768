//! What RFC 4975 demands of a message, of its URIs, and of the chunks of one message.

crate::mime::rules! {
    BARE_LF: "msrp.bare-lf", "CR LF ends the start line, each header line, the empty line and the end-line.", "RFC 4975 9";
    START_LINE: "msrp.start-line", "The first line is MSRP, a transaction identifier, and a method or a status code, parted by one SP each.", "RFC 4975 9";
    PROTOCOL: "msrp.protocol", "The start line begins with MSRP in capitals.", "RFC 4975 9";
    TRANSACTION: "msrp.transaction", "A transaction identifier has 4 to 32 characters, of which the first is a letter or digit.", "RFC 4975 9";
    METHOD: "msrp.method", "A method is made of capital letters.", "RFC 4975 9";
    STATUS_CODE: "msrp.status-code", "A status code has three digits.", "RFC 4975 9";

    HEADER_MALFORMED: "msrp.header-malformed", "A header line is a name, a colon, one SP and a value.", "RFC 4975 9";
    HEADER_FOLDED: "msrp.header-folded", "A header stands on a single line.", "RFC 4975 9";
    HEADER_NAME: "msrp.header-name", "A header name is a token that begins with a letter, and the colon follows it at once.", "RFC 4975 9; erratum 1282";
    HEADER_SPACE: "msrp.header-space", "One SP follows the colon, and no white space ends the line.", "RFC 4975 9";
    HEADER_CHARACTERS: "msrp.header-characters", "A header value is UTF-8 without control characters.", "RFC 4975 9";
    HEADER_REPEATED: "msrp.header-repeated", "A header that RFC 4975 defines stands once.", "RFC 4975 9";
    TOO_MANY_HEADERS: "msrp.too-many-headers", "A message has a sane number of headers.", "limit of this harness";

    TO_PATH_MISSING: "msrp.to-path-missing", "A message has a To-Path header.", "RFC 4975 7.1, 7.2";
    FROM_PATH_MISSING: "msrp.from-path-missing", "A message has a From-Path header.", "RFC 4975 7.1, 7.2";
    PATH_ORDER: "msrp.path-order", "To-Path is the first header, and From-Path the second.", "RFC 4975 9";
    PATH: "msrp.path", "A path is one or more URIs, parted by one SP each.", "RFC 4975 9";
    RESPONSE_PATH: "msrp.response-path", "To-Path of a response is the first URI of the request's From-Path, or all of it if the request is no SEND.", "RFC 4975 7.2";
    RESPONSE_FROM: "msrp.response-from", "From-Path of a response is the URI that the request was sent to.", "RFC 4975 7.2";
    RESPONSE_TRANSACTION: "msrp.response-transaction", "The transaction identifier of a response is that of the request.", "RFC 4975 7.2";

    URI_SCHEME: "msrp.uri-scheme", "An MSRP URI begins with msrp:// or msrps://.", "RFC 4975 6, 9";
    URI_CHARACTERS: "msrp.uri-characters", "An MSRP URI is printable US-ASCII without brackets and quotes around it.", "RFC 4975 6";
    URI_AUTHORITY: "msrp.uri-authority", "The authority is a host name, an IPv4 address or an IPv6 address in square brackets, and its port a number below 65536.", "RFC 4975 6; RFC 3986 3.2";
    URI_PASSWORD: "msrp.uri-password", "A userinfo part holds no password.", "RFC 4975 6";
    URI_PORT: "msrp.uri-port", "An authority that is a numeric address has a port.", "RFC 4975 6";
    URI_SESSION: "msrp.uri-session", "A session-id is made of unreserved characters, plus, equals sign and slash.", "RFC 4975 9";
    URI_TRANSPORT: "msrp.uri-transport", "A URI for MSRP over TCP has the parameter tcp before all others.", "RFC 4975 6, 9";
    URI_PARAMETER: "msrp.uri-parameter", "A URI parameter is a token, with or without an equals sign and another token.", "RFC 4975 9";

    MESSAGE_ID: "msrp.message-id", "Message-ID has 4 to 32 characters, of which the first is a letter or digit.", "RFC 4975 9";
    MESSAGE_ID_MISSING: "msrp.message-id-missing", "Each chunk of a message, and each REPORT, has a Message-ID.", "RFC 4975 7.1.1, 7.1.2";
    SUCCESS_REPORT: "msrp.success-report", "Success-Report is yes or no.", "RFC 4975 9";
    FAILURE_REPORT: "msrp.failure-report", "Failure-Report is yes, no or partial.", "RFC 4975 9";
    REPORT_ASKS: "msrp.report-asks", "A REPORT has no Success-Report and no Failure-Report.", "RFC 4975 7.1.2";
    STATUS: "msrp.status", "Status is a namespace of three digits, a status code and an optional comment, parted by one SP each.", "RFC 4975 9";
    STATUS_MISSING: "msrp.status-missing", "A REPORT has a Status header.", "RFC 4975 7.1.2";

    BYTE_RANGE: "msrp.byte-range", "Byte-Range is a number, a minus, a number or an asterisk, a slash, and a number or an asterisk.", "RFC 4975 9";
    BYTE_RANGE_MISSING: "msrp.byte-range-missing", "The first chunk should have a Byte-Range.", "RFC 4975 7.1.1";
    BYTE_RANGE_START: "msrp.byte-range-start", "Octets are counted from one, even where there are none.", "RFC 4975 7.1.1";
    BYTE_RANGE_END: "msrp.byte-range-end", "The range does not end before it starts, or behind the total.", "RFC 4975 7.1.1";
    BYTE_RANGE_BODY: "msrp.byte-range-body", "The end of the range is the position of the body's last octet, or an asterisk.", "RFC 4975 7.1.1";
    FLAG_FINAL: "msrp.flag-final", "The flag is $ where the body is the end of the message, and only there.", "RFC 4975 7.1";
    FLAG_CHUNKED: "msrp.flag-chunked", "The flag of a response, and of a request other than SEND, is $, for they are never chunked.", "RFC 4975 5.1, 7.1.2, 7.2";
    CHUNK_LARGE: "msrp.chunk-large", "A SEND with more than 2048 octets of body has an asterisk for the end of its range.", "RFC 4975 7.1.1";
    CHUNK_SMALL: "msrp.chunk-small", "A chunk other than the last should not have less than 2048 octets of body.", "RFC 4975 7.1.1";
    BODY_LARGE: "msrp.body-large", "The body of a request other than SEND has at most 10240 octets.", "RFC 4975 7.1";
    RESPONSE_BODY: "msrp.response-body", "A response has no body.", "RFC 4975 9";
    CONTENT_TYPE_MISSING: "msrp.content-type-missing", "A request with a body has a Content-Type.", "RFC 4975 7.1";
    CONTENT_TYPE_LAST: "msrp.content-type-last", "Content-Type is the last header.", "RFC 4975 7.1";
    CONTENT_HEADER: "msrp.content-header", "A message without a body has no Content-Type and no other MIME header.", "RFC 4975 7.1";
    TRANSFER_ENCODING: "msrp.transfer-encoding", "There is no transfer encoding, since MSRP carries binary bodies.", "RFC 4975 7.1.1";

    END_LINE_MISSING: "msrp.end-line-missing", "An end-line with the transaction identifier of the start line and a flag ends a message.", "RFC 4975 7.1, 9";
    END_LINE_OTHER: "msrp.end-line-other", "The end-line has the transaction identifier of the start line and a flag, $, # or +.", "RFC 4975 7.1, 9";
    END_LINE_CRLF: "msrp.end-line-crlf", "A CR LF that is not part of the body stands before the end-line.", "RFC 4975 7.1; erratum 4177";
    END_LINE_SPACED: "msrp.end-line-spaced", "Without a body, the end-line follows the last header at once.", "RFC 4975 7.1";
    END_LINE_IN_BODY: "msrp.end-line-in-body", "Seven hyphens, the transaction identifier and a flag do not occur in the body.", "RFC 4975 7.1; erratum 4177";
    SURPLUS: "msrp.surplus", "Nothing follows the end-line of a message but the start line of the next.", "RFC 4975 9";

    CHUNK_RANGE_MISSING: "msrp.chunk-range-missing", "All chunks but the first have a Byte-Range.", "RFC 4975 7.1.1";
    CHUNK_ORDER: "msrp.chunk-order", "Chunks are sent in the order of their ranges, each where the one before it ended.", "RFC 4975 7.1.1";
    CHUNK_TOTAL: "msrp.chunk-total", "All chunks of a message state the same total, and it is the one at which the last chunk ends.", "RFC 4975 7.1.1, 7.3.1";
    CHUNK_BEYOND: "msrp.chunk-beyond", "No octets lie behind the end of the message.", "RFC 4975 7.3.1";
    CHUNK_REPORTS: "msrp.chunk-reports", "All chunks of a message have the same Success-Report and Failure-Report.", "RFC 4975 7.1.1";
}
