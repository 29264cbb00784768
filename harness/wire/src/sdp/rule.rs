//! What RFC 8866, RFC 3264, RFC 4975 and RFC 6135 demand of a session description that offers or accepts MSRP.

crate::mime::rules! {
    LINE: "sdp.line", "A line is one lower-case letter, an equals sign and a value, without white space around the equals sign.", "RFC 8866 5";
    LINE_END: "sdp.line-end", "Every line ends in CR LF.", "RFC 8866 5, 9";
    TOO_MANY_LINES: "sdp.too-many-lines", "A session description has a sane number of lines.", "limit of this harness";
    ORDER: "sdp.order", "Lines stand in the order of section 5.", "RFC 8866 5";
    LINE_MISSING: "sdp.line-missing", "A session description has v=, o=, s= and t= lines.", "RFC 8866 5";
    SYNTAX: "sdp.syntax", "Every line follows the grammar.", "RFC 8866 9";
    CONNECTION_MISSING: "sdp.connection-missing", "There is a c= line for the session or for each medium.", "RFC 8866 5.7";

    MEDIA: "sdp.media", "The medium of MSRP is message.", "RFC 4975 8.1";
    PROTOCOL: "sdp.protocol", "The protocol is TCP/MSRP, or TCP/TLS/MSRP for TLS.", "RFC 4975 8.1";
    FORMAT: "sdp.format", "The format list of MSRP is *.", "RFC 4975 8.1";
    PORT: "sdp.port", "The port of the m= line is the port of the endpoint's URI.", "RFC 4975 8.1";
    ADDRESS: "sdp.address", "The address of the c= line is the host of the endpoint's URI.", "RFC 4975 8.1";
    ATTRIBUTE_REPEATED: "sdp.attribute-repeated", "An attribute of MSRP stands once in a medium.", "RFC 4975 8.2, 8.6";
    PATH_MISSING: "sdp.path-missing", "A medium that proposes MSRP has a path.", "RFC 4975 8, 8.2";
    PATH: "sdp.path", "A path is one or more MSRP URIs, parted by one SP each.", "RFC 4975 8.2";
    PATH_PORT: "sdp.path-port", "The URIs of a path have explicit ports.", "RFC 4975 8.2";
    PATH_SESSION: "sdp.path-session", "The last URI of a path names a session.", "RFC 4975 6, 8.2";
    PATH_SCHEME: "sdp.path-scheme", "TCP/TLS/MSRP goes with msrps, and TCP/MSRP with msrp.", "RFC 4975 6, 8.1";
    ACCEPT_TYPES_MISSING: "sdp.accept-types-missing", "A medium that proposes MSRP has accept-types.", "RFC 4975 8.6";
    ACCEPT_TYPES: "sdp.accept-types", "A format list has media types, type/* or *, parted by one SP each.", "RFC 4975 8.6";
    WRAPPED_REPEATED: "sdp.wrapped-repeated", "Entries of accept-types should not be repeated in accept-wrapped-types.", "RFC 4975 8.6";
    MAX_SIZE: "sdp.max-size", "max-size is a number of octets.", "RFC 4975 8.6";
    SETUP_MISSING: "sdp.setup-missing", "An offer or answer has an explicit setup attribute.", "RFC 6135 4.2.1";
    SETUP: "sdp.setup", "setup is active, passive or actpass.", "RFC 6135 4.2.1; RFC 4145 4";
    SETUP_HOLDCONN: "sdp.setup-holdconn", "setup is not holdconn.", "RFC 6135 4.2.1";
    SETUP_PORT: "sdp.setup-port", "The port of an active endpoint should be 9.", "RFC 6135 4.2.2";
    CONNECTION: "sdp.connection", "There is no connection attribute.", "RFC 6135 4.4";

    OFFER_PASSIVE: "sdp.offer-passive", "setup of an offer is not passive.", "RFC 6135 4.2.2";
    ANSWER_MEDIA: "sdp.answer-media", "An answer has as many media as the offer, in the same order and of the same kind.", "RFC 3264 6";
    ANSWER_PROTOCOL: "sdp.answer-protocol", "A medium of the answer has the protocol of the one offered.", "RFC 3264 6.1";
    ANSWER_REJECTED: "sdp.answer-rejected", "A medium that was offered with port zero is answered with port zero.", "RFC 3264 6";
    ANSWER_SETUP: "sdp.answer-setup", "setup of an answer is active or passive, and not what the offerer said of itself.", "RFC 6135 4.2.2; RFC 4145 4.1";
}
