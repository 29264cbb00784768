//! What draft-khartabil-simple-im-receipts-00 demands of a receipt and of the headers that ask for it. The rules about
//! structure are the substitute schema of I-26.

use crate::cpim::Qualified;
use crate::{document, extension};

crate::mime::rules! {
    NOT_WELL_FORMED: "receipt.not-well-formed", "The document is well-formed XML.", "draft-khartabil-simple-im-receipts-00 5.1";
    VERSION: "receipt.version", "The document is XML 1.0.", "draft-khartabil-simple-im-receipts-00 5.1";
    UTF8: "receipt.utf8", "The document is in UTF-8, and what declares its encoding says so.", "draft-khartabil-simple-im-receipts-00 5.1";
    BYTE_ORDER_MARK: "receipt.byte-order-mark", "The document begins without a byte order mark.", "reading of RCPT-5.1-4";
    DOCTYPE: "receipt.doctype", "The document has no document type declaration.", "draft-khartabil-simple-im-receipts-00 5.1; I-26";
    TOO_LARGE: "receipt.too-large", "The document is of a sane size.", "limit of this harness";
    TOO_DEEP: "receipt.too-deep", "Elements are nested to a sane depth.", "limit of this harness";
    ENCODING: "receipt.encoding", "The octets are in the encoding that the document declares, UTF-8 by default.", "draft-khartabil-simple-im-receipts-00 5.1; XML 1.0 4.3.3";
    ENCODING_UNREAD: "receipt.encoding-unread", "The document is in an encoding that this harness reads.", "limit of this harness";
    CHARSET: "receipt.charset", "A charset parameter agrees with the encoding that is used.", "draft-khartabil-simple-im-receipts-00 9.1; RFC 3023 3.2";
    ROOT: "receipt.root", "The root element is status-receipt.", "draft-khartabil-simple-im-receipts-00 3.2; I-26";
    NAMESPACE_MISSING: "receipt.namespace-missing", "Root and known elements are in the XML namespace.", "draft-khartabil-simple-im-receipts-00 5.1; I-27";
    NAMESPACE_CASE: "receipt.namespace-case", "Namespace names are compared octet by octet, case included.", "draft-khartabil-simple-im-receipts-00 5.1; I-27";
    NAMESPACE_WRONG: "receipt.namespace-wrong", "Root and known elements are in the XML namespace and no other.", "draft-khartabil-simple-im-receipts-00 5.1; I-27";
    CHILD_MISSING: "receipt.child-missing", "message-id, type and status are there.", "draft-khartabil-simple-im-receipts-00 3.2; I-26";
    CHILD_REPEATED: "receipt.child-repeated", "message-id, recipient-uri, type and status stand once at most.", "draft-khartabil-simple-im-receipts-00 3.2; I-26";
    CHILD_UNKNOWN: "receipt.child-unknown", "The namespace has no other elements than those of the sample.", "draft-khartabil-simple-im-receipts-00 5.1; I-26";
    CHILD_MISPLACED: "receipt.child-misplaced", "Known elements are children of the root.", "draft-khartabil-simple-im-receipts-00 3.2; I-26";
    ORDER: "receipt.order", "Elements stand in the order of the sample.", "draft-khartabil-simple-im-receipts-00 3.2; I-26";
    ROOT_TEXT: "receipt.root-text", "No text stands directly under the root.", "I-26";
    ATTRIBUTE: "receipt.attribute", "Known elements have no attributes but the language of a note.", "draft-khartabil-simple-im-receipts-00 3.2; I-26";
    ELEMENT_IN_TEXT: "receipt.element-in-text", "An element that holds text holds no elements.", "I-26";
    PADDED: "receipt.padded", "No white space surrounds a value.", "draft-khartabil-simple-im-receipts-00 3.2; I-28";
    EMPTY: "receipt.empty", "A value is not empty.", "draft-khartabil-simple-im-receipts-00 3.2";
    TYPE: "receipt.type", "The type is delivery or read.", "draft-khartabil-simple-im-receipts-00 3.4";
    STATUS: "receipt.status", "The status is a number of three digits.", "draft-khartabil-simple-im-receipts-00 3.2, 3.3; I-45";
    RECIPIENT_URI: "receipt.recipient-uri", "recipient-uri is an absolute URI.", "draft-khartabil-simple-im-receipts-00 3.4, 6.2; I-53";
    NOTE_LANGUAGE: "receipt.note-language", "A note has a language: lang or xml:lang.", "draft-khartabil-simple-im-receipts-00 3.2; I-54";

    MEDIA_TYPE: "receipt.media-type", "The content of a receipt is message/status-receipt+xml.", "draft-khartabil-simple-im-receipts-00 3.2, 5.2";
    MEDIA_TYPE_SHORT: "receipt.media-type-short", "The registered media type has the suffix +xml.", "draft-khartabil-simple-im-receipts-00 5.2, 9.1; I-40";
    DISPOSITION_MISSING: "receipt.disposition-missing", "A receipt has a Content-Disposition.", "draft-khartabil-simple-im-receipts-00 3.2, 9.5";
    DISPOSITION: "receipt.disposition", "The Content-Disposition of a receipt is confirm.", "draft-khartabil-simple-im-receipts-00 3.2, 9.5";
    MESSAGE_ID_ON_RECEIPT: "receipt.message-id-on-receipt", "A receipt should have no Message-ID.", "draft-khartabil-simple-im-receipts-00 3.2; I-42";
    REQUEST_ON_RECEIPT: "receipt.request-on-receipt", "A receipt should ask for no receipt, by either name of the header.", "draft-khartabil-simple-im-receipts-00 3.2, 7.1.1; I-39";

    HEADER_PREFIX: "receipt.header-prefix", "Headers of the extension stand without a prefix.", "draft-khartabil-simple-im-receipts-00 4, 9.4; I-19";
    HEADER_MOVED: "receipt.header-moved", "No NS line above moves bare names out of the namespace in which the headers are registered.", "draft-khartabil-simple-im-receipts-00 9.4; RFC 3862 3.4";
    HEADER_REPEATED: "receipt.header-repeated", "A header of the extension stands once.", "draft-khartabil-simple-im-receipts-00 4; I-55";
    HEADER_UNDEFINED: "receipt.header-undefined", "The header that asks for receipts is named Receipt-Request.", "draft-khartabil-simple-im-receipts-00 4, 9.4; I-39";
    REQUEST_VALUE: "receipt.request-value", "Receipt-Request holds words parted by commas.", "draft-khartabil-simple-im-receipts-00 4; I-55";
    REQUEST_WORD: "receipt.request-word", "The words are negative-delivery, positive-delivery and read.", "draft-khartabil-simple-im-receipts-00 4";
    REQUEST_CASE: "receipt.request-case", "The words are in lower case.", "draft-khartabil-simple-im-receipts-00 4; I-55";
    REQUEST_TWICE: "receipt.request-twice", "No word stands twice.", "draft-khartabil-simple-im-receipts-00 4";
    REQUEST_EMPTY: "receipt.request-empty", "Receipt-Request holds at least one word.", "draft-khartabil-simple-im-receipts-00 4; I-55";
    TOKEN: "receipt.token", "Message-ID is one token.", "draft-khartabil-simple-im-receipts-00 4; RFC 3862 3.6";
    TOKEN_AT: "receipt.token-at", "A token has no at sign in it.", "draft-khartabil-simple-im-receipts-00 4; RFC 3862 3.6; I-19";
    TOKEN_EMPTY: "receipt.token-empty", "Message-ID is not empty.", "draft-khartabil-simple-im-receipts-00 4";
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
    value: &TYPE,
    choice: None,
    needs: None,
    not_empty: None,
    extension_misplaced: None,
};

/// The rules about the headers, by the faults they stand for.
pub static HEADERS: extension::Rules = extension::Rules {
    qualified: &[(Qualified::Unbound, &HEADER_PREFIX), (Qualified::OtherUrn, &HEADER_MOVED)],
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
    address_brackets: None,
    address: None,
};
