//! What RFC 3261 demands of URIs and name-addr values.

use crate::deviation::Rule;

macro_rules! rules {
    ($($id:ident = $name:literal, $source:literal, $text:literal;)*) => {
        $(#[doc = concat!($text, " (", $source, ").")]
        pub static $id: Rule = Rule { name: $name, text: $text, source: $source };)*
        /// Every rule of this module.
        pub static RULES: &[&Rule] = &[$(&$id),*];
    };
}

rules! {
    SCHEME = "uri.scheme", "RFC 3986 3.1", "A URI begins with a scheme and a colon";
    HOST = "uri.host", "RFC 3261 25.1", "A host is a domain name, an IPv4 address or an IPv6 address in square brackets, and a port a number";
    CHARACTERS = "uri.characters", "RFC 3986 2", "A URI has no white space, control characters, angle brackets, quotes or octets beyond ASCII";
    DISPLAY_NAME = "uri.display-name", "RFC 3261 25.1", "A display name is a closed quoted string or a sequence of tokens";
    BRACKETS = "uri.brackets", "RFC 3261 25.1", "Angle brackets around a URI are closed";
    ADDR_SPEC = "uri.addr-spec", "RFC 3261 20.10", "A URI with a comma, question mark or semicolon stands in angle brackets";
    PARAMETERS = "uri.parameters", "RFC 3261 25.1", "Parameters are names, each with or without a value, after one semicolon each";
}
