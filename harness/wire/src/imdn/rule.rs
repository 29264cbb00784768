//! What draft-burger-simple-imdn-03 demands of a report and of its request's headers. The rules about structure
//! are the substitute schema of I-26.

use crate::cpim::Qualified;
use crate::{document, extension};

crate::mime::rules! {
    NOT_WELL_FORMED: "imdn.not-well-formed", "The document is well-formed XML with namespaces.", "draft-burger-simple-imdn-03 10; XML 1.0 2.1";
    DOCTYPE: "imdn.doctype", "The document has no document type declaration.", "draft-burger-simple-imdn-03 10; I-26";
    TOO_LARGE: "imdn.too-large", "The document is of a sane size.", "limit of this harness";
    TOO_DEEP: "imdn.too-deep", "Elements are nested to a sane depth.", "limit of this harness";
    ENCODING: "imdn.encoding", "The octets are in the encoding that the document declares, UTF-8 by default.", "XML 1.0 4.3.3";
    ENCODING_UNREAD: "imdn.encoding-unread", "The document is in an encoding that this harness reads.", "limit of this harness";
    CHARSET: "imdn.charset", "A charset parameter agrees with the encoding that is used.", "draft-burger-simple-imdn-03 10, 11.1; RFC 3023 3.2";
    ROOT: "imdn.root", "The root element is the one of the document type.", "draft-burger-simple-imdn-03 10";
    NAMESPACE_MISSING: "imdn.namespace-missing", "Root and known elements are in the XML namespace.", "draft-burger-simple-imdn-03 10; I-27";
    NAMESPACE_CASE: "imdn.namespace-case", "Namespace names are compared octet by octet, case included.", "draft-burger-simple-imdn-03 10; I-27";
    NAMESPACE_WRONG: "imdn.namespace-wrong", "Root and known elements are in the XML namespace and no other.", "draft-burger-simple-imdn-03 10; I-27";
    CHILD_MISSING: "imdn.child-missing", "Every mandatory element is there.", "draft-burger-simple-imdn-03 10.1 to 10.6; I-26";
    CHILD_REPEATED: "imdn.child-repeated", "No element of the namespace stands more often than the document type allows.", "draft-burger-simple-imdn-03 10; I-26";
    CHILD_UNKNOWN: "imdn.child-unknown", "The namespace has no other elements than those defined.", "draft-burger-simple-imdn-03 10; I-26";
    CHILD_MISPLACED: "imdn.child-misplaced", "Known elements are children of the root.", "draft-burger-simple-imdn-03 10; I-26";
    ORDER: "imdn.order", "Elements stand in the order of the document type.", "I-26";
    ROOT_TEXT: "imdn.root-text", "No text stands directly under the root.", "I-26";
    ATTRIBUTE: "imdn.attribute", "Known elements have no attributes.", "draft-burger-simple-imdn-03 10.1; I-26";
    ELEMENT_IN_TEXT: "imdn.element-in-text", "An element that holds text holds no elements.", "I-26";
    PADDED: "imdn.padded", "No white space surrounds a value.", "draft-burger-simple-imdn-03 11.1; I-28";
    EMPTY: "imdn.empty", "A value is not empty, unless it may be null.", "draft-burger-simple-imdn-03 10.1 to 10.6; I-07";
    VALUE: "imdn.value", "The disposition is one of the words of the document.", "draft-burger-simple-imdn-03 10.1; I-14";

    HEADER_BARE: "imdn.header-bare", "Headers of the extension have a prefix.", "draft-burger-simple-imdn-03 1, 7";
    HEADER_UNBOUND: "imdn.header-unbound", "An NS line above binds the prefix of the extension's headers.", "draft-burger-simple-imdn-03 7; RFC 3862 3.4";
    HEADER_URN: "imdn.header-urn", "The prefix is bound to exactly the URN of the extension.", "draft-burger-simple-imdn-03 7; I-27";
    HEADER_URN_CASE: "imdn.header-urn-case", "The URN is written as in the document, case included.", "draft-burger-simple-imdn-03 7; I-27";
    HEADER_DEFAULT: "imdn.header-default", "Headers of the extension have a prefix, even if the default namespace is moved.", "draft-burger-simple-imdn-03 1; R-04";
    HEADER_REPEATED: "imdn.header-repeated", "A header of the extension stands once.", "draft-burger-simple-imdn-03 8.1; R-08";
    HEADER_UNDEFINED: "imdn.header-undefined", "No header is sent under a name that no section defines.", "draft-burger-simple-imdn-03 8.1, 9.1, 9.3.2; I-01, I-75";
    REQUEST_NO_SPACE: "imdn.request-no-space", "A space follows the colon of an empty request header.", "draft-burger-simple-imdn-03 8.1.1; I-04";
    REQUEST_TOKEN: "imdn.request-token", "No token is defined for the request header.", "draft-burger-simple-imdn-03 8.1.1; I-04";
    REQUEST_VALUE: "imdn.request-value", "The request header holds nothing, or tokens parted by single blanks.", "draft-burger-simple-imdn-03 8.1.1; I-04";
    NULL_WORD: "imdn.null-word", "A null value is an empty one, not the word NULL.", "draft-burger-simple-imdn-03 8.1.1, 8.1.3; I-07";
    TOKEN: "imdn.token", "An identifier is one token.", "draft-burger-simple-imdn-03 8.1.4, 8.1.5; RFC 3862 3.6";
    TOKEN_AT: "imdn.token-at", "A token has no at sign in it.", "RFC 3862 3.6; I-19";
    TOKEN_EMPTY: "imdn.token-empty", "An identifier is not empty.", "draft-burger-simple-imdn-03 8.1.4, 8.1.5";
    LIST_ACTION: "imdn.list-action", "List-Action holds one token, or nothing.", "draft-burger-simple-imdn-03 8.1.2; I-70";
    ADDRESS_BRACKETS: "imdn.address-brackets", "The URI stands in angle brackets.", "draft-burger-simple-imdn-03 8.1.3; I-21";
    ADDRESS: "imdn.address", "The value is an optional formal name and a URI in angle brackets, or nothing where null is allowed.", "draft-burger-simple-imdn-03 8.1.3; I-21";
}

/// The rules about the document, by the faults they stand for.
pub static DOCUMENT: document::Rules = document::Rules {
    not_well_formed: &NOT_WELL_FORMED,
    doctype: &DOCTYPE,
    too_large: &TOO_LARGE,
    too_deep: &TOO_DEEP,
    encoding: &ENCODING,
    encoding_unread: &ENCODING_UNREAD,
    charset: &CHARSET,
    root: &ROOT,
    namespace_missing: &NAMESPACE_MISSING,
    namespace_case: &NAMESPACE_CASE,
    namespace_wrong: &NAMESPACE_WRONG,
    child_missing: &CHILD_MISSING,
    child_repeated: &CHILD_REPEATED,
    child_unknown: &CHILD_UNKNOWN,
    child_misplaced: &CHILD_MISPLACED,
    order: &ORDER,
    root_text: &ROOT_TEXT,
    attribute: &ATTRIBUTE,
    element_in_text: &ELEMENT_IN_TEXT,
    padded: &PADDED,
    empty: &EMPTY,
    value: &VALUE,
    choice: None,
    needs: None,
    not_empty: None,
    extension_misplaced: None,
};

/// The rules about the headers, by the faults they stand for.
pub static HEADERS: extension::Rules = extension::Rules {
    qualified: &[
        (Qualified::ByDefault, &HEADER_DEFAULT),
        (Qualified::UrnCase, &HEADER_URN_CASE),
        (Qualified::OtherUrn, &HEADER_URN),
        (Qualified::BoundLate, &HEADER_UNBOUND),
        (Qualified::Unbound, &HEADER_UNBOUND),
        (Qualified::Bare, &HEADER_BARE),
    ],
    repeated: &HEADER_REPEATED,
    undefined: &HEADER_UNDEFINED,
    request_value: &REQUEST_VALUE,
    request_word: &REQUEST_TOKEN,
    request_case: None,
    request_twice: None,
    request_empty: None,
    request_no_space: Some(&REQUEST_NO_SPACE),
    null_word: Some(&NULL_WORD),
    token: &TOKEN,
    token_at: &TOKEN_AT,
    token_empty: &TOKEN_EMPTY,
    list_action: Some(&LIST_ACTION),
    address_brackets: Some(&ADDRESS_BRACKETS),
    address: Some(&ADDRESS),
};
