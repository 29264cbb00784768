//! What RFC 5438 demands of a notification and of the headers that ask for it.

use crate::cpim::Qualified;
use crate::{document, extension};

crate::mime::rules! {
    NOT_WELL_FORMED: "notification.not-well-formed", "The document is well-formed XML.", "RFC 5438 11.1";
    VERSION: "notification.version", "The document is XML 1.0.", "RFC 5438 11.1";
    UTF8: "notification.utf8", "The document is in UTF-8, and what declares its encoding says so.", "RFC 5438 11.1";
    BYTE_ORDER_MARK: "notification.byte-order-mark", "The document begins without a byte order mark.", "RFC 5438 11.1; RFC 3629 6";
    DOCTYPE: "notification.doctype", "The document has no document type declaration.", "RFC 5438 11.1.9";
    TOO_LARGE: "notification.too-large", "The document is of a sane size.", "limit of this harness";
    TOO_DEEP: "notification.too-deep", "Elements are nested to a sane depth.", "limit of this harness";
    ENCODING: "notification.encoding", "The octets are in the encoding that the document declares, UTF-8 by default.", "RFC 5438 11.1; XML 1.0 4.3.3";
    ENCODING_UNREAD: "notification.encoding-unread", "The document is in an encoding that this harness reads.", "limit of this harness";
    CHARSET: "notification.charset", "A charset parameter agrees with the encoding that is used.", "RFC 5438 15.1; RFC 3023 3.2";
    ROOT: "notification.root", "The root element is imdn.", "RFC 5438 11.1, 11.1.9";
    NAMESPACE_MISSING: "notification.namespace-missing", "Root and known elements are in the namespace urn:ietf:params:xml:ns:imdn.", "RFC 5438 11.1";
    NAMESPACE_CASE: "notification.namespace-case", "Namespace names are compared octet by octet, case included.", "RFC 5438 11.1; Namespaces in XML 2.3";
    NAMESPACE_WRONG: "notification.namespace-wrong", "Root and known elements are in no other namespace.", "RFC 5438 11.1";
    CHILD_MISSING: "notification.child-missing", "Every mandatory element is there.", "RFC 5438 11.1.1, 11.1.2, 11.1.7, 11.1.9";
    CHILD_REPEATED: "notification.child-repeated", "No element stands twice.", "RFC 5438 11.1.9";
    CHILD_UNKNOWN: "notification.child-unknown", "The namespace has no other elements than those of the schema.", "RFC 5438 11.1.9; R-12";
    CHILD_MISPLACED: "notification.child-misplaced", "Every element stands where the schema has it.", "RFC 5438 11.1.9";
    ORDER: "notification.order", "Elements stand in the order of the schema.", "RFC 5438 11.1.9";
    ROOT_TEXT: "notification.root-text", "No text stands directly under the root.", "RFC 5438 11.1.9";
    ATTRIBUTE: "notification.attribute", "Known elements have no attributes but the language of a subject.", "RFC 5438 11.1.9; R-12";
    ELEMENT_IN_TEXT: "notification.element-in-text", "An element that holds text holds no elements.", "RFC 5438 11.1.9";
    PADDED: "notification.padded", "No white space surrounds a value.", "RFC 5438 11.1.1 to 11.1.5";
    EMPTY: "notification.empty", "A value is not empty.", "RFC 5438 11.1.1";
    STATUS: "notification.status", "status begins with one word of its kind of notification.", "RFC 5438 11.1.7, 11.1.9; R-43";
    KIND: "notification.kind", "Exactly one of delivery-notification, processing-notification and display-notification is there.", "RFC 5438 11.1.6; R-12";
    NEEDS: "notification.needs", "recipient-uri and original-recipient-uri stand together, and subject only behind them.", "RFC 5438 11.1.9; R-12";
    NOT_EMPTY: "notification.not-empty", "The word of a status is an empty element.", "RFC 5438 11.1.9";
    EXTENSION_MISPLACED: "notification.extension-misplaced", "Extensions stand behind the notification element, or behind the word of the status.", "RFC 5438 11.1.9";
    URI: "notification.uri", "recipient-uri and original-recipient-uri hold an absolute URI.", "RFC 5438 11.1.3, 11.1.4; R-13";

    REQUEST_ON_NOTIFICATION: "notification.request-on-notification", "A notification asks for none.", "RFC 5438 7.2.1";
    RECORD_ROUTE_ON_NOTIFICATION: "notification.record-route-on-notification", "A notification has no IMDN-Record-Route.", "RFC 5438 7.2.1";

    HEADER_BARE: "notification.header-bare", "Headers of the extension have a prefix.", "RFC 5438 6.1";
    HEADER_UNBOUND: "notification.header-unbound", "An NS line above binds the prefix of the extension's headers.", "RFC 5438 6.1; RFC 3862 3.4";
    HEADER_URN: "notification.header-urn", "The prefix is bound to urn:ietf:params:imdn.", "RFC 5438 6.1; R-03";
    HEADER_URN_CASE: "notification.header-urn-case", "The URN is written as in the document, case included.", "RFC 5438 6.1; R-03";
    HEADER_DEFAULT: "notification.header-default", "Headers of the extension have a prefix, even if the default namespace is moved.", "RFC 5438 6.1; R-04";
    HEADER_REPEATED: "notification.header-repeated", "A header of the extension stands once, routes excepted.", "RFC 5438 6.3, 6.4, 10; R-08";
    HEADER_UNDEFINED: "notification.header-undefined", "No header is sent under a name that no section defines.", "RFC 5438 10";
    REQUEST_VALUE: "notification.request-value", "Disposition-Notification holds words parted by commas, each with parameters behind semicolons.", "RFC 5438 10";
    REQUEST_WORD: "notification.request-word", "The defined words are positive-delivery, negative-delivery, processing and display.", "RFC 5438 7.1.1.3, 10";
    REQUEST_CASE: "notification.request-case", "The words are in lower case.", "RFC 5438 10; R-06";
    REQUEST_EMPTY: "notification.request-empty", "Who wants nothing leaves Disposition-Notification out.", "RFC 5438 7.1.1.3; R-05";
    REQUEST_TWICE: "notification.request-twice", "No word stands twice.", "RFC 5438 7.1.1.3";
    TOKEN: "notification.token", "Message-ID is one token.", "RFC 5438 10; RFC 3862 3.6";
    TOKEN_AT: "notification.token-at", "A token has no at sign in it.", "RFC 5438 10; RFC 3862 3.6; R-40";
    TOKEN_EMPTY: "notification.token-empty", "Message-ID is not empty.", "RFC 5438 10";
    ADDRESS_BRACKETS: "notification.address-brackets", "The URI stands in angle brackets.", "RFC 5438 10";
    ADDRESS: "notification.address", "The value is an optional formal name and one URI in angle brackets.", "RFC 5438 10; R-17";
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
    value: &STATUS,
    choice: Some(&KIND),
    needs: Some(&NEEDS),
    not_empty: Some(&NOT_EMPTY),
    extension_misplaced: Some(&EXTENSION_MISPLACED),
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
    request_word: &REQUEST_WORD,
    request_case: Some(&REQUEST_CASE),
    request_twice: Some(&REQUEST_TWICE),
    request_empty: Some(&REQUEST_EMPTY),
    request_no_space: None,
    null_word: None,
    token: &TOKEN,
    token_at: &TOKEN_AT,
    token_empty: &TOKEN_EMPTY,
    list_action: None,
    address_brackets: Some(&ADDRESS_BRACKETS),
    address: Some(&ADDRESS),
};
