//! What differs between the documents on disposition notification: names, namespaces, media types, document shape, and
//! the rules that stand for faults.
//!
//! Codecs take a [`Profile`] and never ask which one it is. A new document is a new static here.

use crate::deviation::Rule;
use crate::document::{self, XmlRules};
use crate::{extension, imdn, notification, receipt};

/// One document's names.
#[derive(Debug, PartialEq, Eq)]
pub struct Profile {
    /// Short name of the document, as scenarios and catalogues write it.
    pub name: &'static str,
    /// The document itself.
    pub document: &'static str,
    /// The URN that a CPIM `NS` header has to bind; `None` where the headers are bare, that is, in the namespace of RFC
    /// 3862's own.
    pub cpim_namespace: Option<&'static str>,
    /// The prefix the document's own examples use, empty where the headers are bare. Any other one is as good.
    pub cpim_prefix: &'static str,
    /// Media types of a report, the one to send first.
    pub media_types: &'static [MediaType],
    /// The Content-Disposition that marks a report; `None` where the document asks for none.
    pub disposition: Option<&'static str>,
    /// CPIM headers.
    pub headers: Headers,
    /// The XML document of a report.
    pub report: Report,
}

/// A media type that marks a report.
#[derive(Debug, PartialEq, Eq)]
pub struct MediaType {
    /// Type and subtype in lower case.
    pub name: &'static str,
    /// Whether this document asks for it; otherwise it is only recognised.
    pub own: bool,
}

/// Local names of a profile's CPIM headers; `None` where the document has no such header.
#[derive(Debug, PartialEq, Eq)]
pub struct Headers {
    /// Asks for a report.
    pub request: &'static str,
    /// What the request header may hold.
    pub request_value: RequestValue,
    /// Identifies the message.
    pub message_id: &'static str,
    /// Says whose report is wanted behind a list.
    pub list_action: Option<&'static str>,
    /// The first sender, across intermediaries.
    pub original_from: Option<&'static str>,
    /// The first addressee, across intermediaries.
    pub original_to: Option<&'static str>,
    /// The first identifier, across intermediaries.
    pub original_message_id: Option<&'static str>,
    /// An intermediary that wants to see the report; it may stand there several times.
    pub record_route: Option<&'static str>,
    /// An intermediary that a report has to pass; it may stand there several times.
    pub route: Option<&'static str>,
    /// Names that stand in the document without a definition; they mean nothing and are reported.
    pub undefined: &'static [&'static str],
    /// Names that a report should not have.
    pub unwanted: &'static [(&'static str, &'static Rule)],
    /// Which rule stands for which fault.
    pub rules: &'static extension::Rules,
}

impl Headers {
    /// Every header the document defines.
    pub fn defined(&self) -> impl Iterator<Item = &'static str> {
        let others = [
            self.list_action,
            self.original_from,
            self.original_to,
            self.original_message_id,
            self.record_route,
            self.route,
        ];
        [self.request, self.message_id].into_iter().chain(others.into_iter().flatten())
    }
}

/// What a request header may hold.
#[derive(Debug, PartialEq, Eq)]
pub enum RequestValue {
    /// Nothing; its presence is the request. Tokens are reserved (I-04).
    Nothing,
    /// Words parted by commas; an empty value asks for nothing.
    Words(&'static [&'static str]),
    /// The same, and each word may have parameters behind semicolons.
    WordsWithParameters(&'static [&'static str]),
}

/// The shape of a report's XML document.
#[derive(Debug, PartialEq, Eq)]
pub struct Report {
    /// Namespace name of root and elements, compared octet by octet.
    pub namespace: &'static str,
    /// Local name of the root.
    pub root: &'static str,
    /// Children of the root.
    pub children: &'static [Element],
    /// Whether the order of `children` is demanded.
    pub ordered: bool,
    /// Children of which exactly one stands there; empty where there is no such choice.
    pub choice: &'static [&'static str],
    /// Children that need another one beside them: the child, and what it needs.
    pub needs: &'static [(&'static str, &'static str)],
    /// Which child holds what.
    pub roles: Roles,
    /// What is demanded of the document as XML, if it is more than well-formedness.
    pub xml: Option<XmlRules>,
    /// Which rule stands for which fault.
    pub rules: &'static document::Rules,
}

impl Report {
    /// The child of that local name.
    pub fn child(&self, name: &str) -> Option<&'static Element> {
        self.children.iter().find(|element| element.name == name)
    }

    /// Where the children are a choice, what each of them tells about, in one word, and the words of its result.
    pub fn kinds(&self) -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
        let words = |content: &'static Content| match content {
            Content::Elements([Element { content: Content::EmptyElement(words), .. }]) => *words,
            _ => &[],
        };
        self.choice.iter().filter_map(move |name| {
            let kind = name.split_once('-').map_or(*name, |(kind, _)| kind);
            Some((kind, words(&self.child(name)?.content)))
        })
    }
}

/// Local names of the children by what they hold; `None` where the document has no such element.
#[derive(Debug, PartialEq, Eq)]
pub struct Roles {
    /// What became of the message; where the children are a choice, it is inside the chosen one.
    pub disposition: &'static str,
    /// Which message.
    pub message_id: &'static str,
    /// Whom the message was for.
    pub recipient: &'static str,
    /// Who reports.
    pub reporter: Option<&'static str>,
    /// Whom the message was for at first.
    pub original_recipient: Option<&'static str>,
    /// When the disposition happened.
    pub time: Option<&'static str>,
    /// A code that says whether it went well.
    pub status: Option<&'static str>,
    /// A remark for people.
    pub note: Option<&'static str>,
}

/// One element of a report.
#[derive(Debug, PartialEq, Eq)]
pub struct Element {
    /// Local name.
    pub name: &'static str,
    /// Fewest occurrences.
    pub least: usize,
    /// Most occurrences.
    pub most: usize,
    /// What it holds.
    pub content: Content,
    /// Its attributes.
    pub attributes: &'static [Attribute],
}

/// One attribute of an element; it may be in no namespace, or in that of the prefix `xml`.
#[derive(Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Local name.
    pub name: &'static str,
    /// The rule that is broken where it is missing; `None` where it may be.
    pub missing: Option<&'static Rule>,
}

/// What an element holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// Text that is not empty.
    Text,
    /// Text, or nothing for a null value (I-07).
    TextOrNothing,
    /// One of these words.
    Words(&'static [&'static str]),
    /// An RFC 3339 timestamp in UTC.
    UtcTime,
    /// So many digits.
    Digits {
        /// How many.
        count: usize,
        /// The rule about it.
        rule: &'static Rule,
    },
    /// An absolute URI.
    Uri {
        /// The rule about it.
        rule: &'static Rule,
    },
    /// Elements.
    Elements(&'static [Element]),
    /// An empty element of one of these names, and behind it whatever is in other namespaces.
    EmptyElement(&'static [&'static str]),
}

/// draft-burger-simple-imdn-03, with the substitute rules of I-26 for its missing schema.
pub static IMDN_03: Profile = Profile {
    name: "imdn-03",
    document: "draft-burger-simple-imdn-03",
    cpim_namespace: Some("urn:ietf:params:cpim-headers:imdn"),
    cpim_prefix: "imdn",
    media_types: &[
        MediaType { name: "application/imdn+xml", own: true },
        MediaType { name: "message/imdn+xml", own: false },
    ],
    disposition: None,
    headers: Headers {
        request: "Disposition-Notification",
        request_value: RequestValue::Nothing,
        message_id: "Message-ID",
        list_action: Some("List-Action"),
        original_from: Some("Original-From"),
        original_to: Some("Original-To"),
        original_message_id: Some("Original-Message-ID"),
        record_route: None,
        route: None,
        undefined: &[
            "Disposition-Notification-To",
            "Message-Disposition-To",
            "Message-Disposition",
            "Original-Message-Id",
            "Original-Sender",
        ],
        unwanted: &[],
        rules: &imdn::rule::HEADERS,
    },
    report: Report {
        namespace: "urn:ietf:params:xml:ns:imdn",
        root: "imdn",
        children: &[
            one("disposition", Content::Words(&["read", "processed", "error", "denied"])),
            one("original-message-id", Content::Text),
            one("original-recipient-uri", Content::TextOrNothing),
            one("disposition-time", Content::UtcTime),
            optional("reporting-uas-uri", Content::Text),
            optional("original-recipient", Content::Text),
        ],
        ordered: false,
        choice: &[],
        needs: &[],
        roles: Roles {
            disposition: "disposition",
            message_id: "original-message-id",
            recipient: "original-recipient-uri",
            reporter: Some("reporting-uas-uri"),
            original_recipient: Some("original-recipient"),
            time: Some("disposition-time"),
            status: None,
            note: None,
        },
        xml: None,
        rules: &imdn::rule::DOCUMENT,
    },
};

/// draft-khartabil-simple-im-receipts-00, with the substitute rules of I-26 for its empty schema.
pub static RECEIPTS_00: Profile = Profile {
    name: "receipts-00",
    document: "draft-khartabil-simple-im-receipts-00",
    cpim_namespace: None,
    cpim_prefix: "",
    // One sentence of section 3.2 has the name without its suffix (I-40).
    media_types: &[
        MediaType { name: "message/status-receipt+xml", own: true },
        MediaType { name: "message/status-receipt", own: false },
    ],
    disposition: Some("confirm"),
    headers: Headers {
        request: "Receipt-Request",
        request_value: RequestValue::Words(&["negative-delivery", "positive-delivery", "read"]),
        message_id: "Message-ID",
        list_action: None,
        original_from: None,
        original_to: None,
        original_message_id: None,
        record_route: None,
        route: None,
        undefined: &["Request-Receipt"],
        unwanted: &[
            ("Message-ID", &receipt::rule::MESSAGE_ID_ON_RECEIPT),
            ("Receipt-Request", &receipt::rule::REQUEST_ON_RECEIPT),
            ("Request-Receipt", &receipt::rule::REQUEST_ON_RECEIPT),
        ],
        rules: &receipt::rule::HEADERS,
    },
    report: Report {
        namespace: "urn:ietf:params:xml:ns:status-receipt",
        root: "status-receipt",
        children: &[
            one("message-id", Content::Text),
            optional("recipient-uri", Content::Uri { rule: &receipt::rule::RECIPIENT_URI }),
            one("type", Content::Words(&["delivery", "read"])),
            one("status", Content::Digits { count: 3, rule: &receipt::rule::STATUS }),
            Element {
                name: "note",
                least: 0,
                most: usize::MAX,
                content: Content::TextOrNothing,
                attributes: &[Attribute { name: "lang", missing: Some(&receipt::rule::NOTE_LANGUAGE) }],
            },
        ],
        ordered: true,
        choice: &[],
        needs: &[],
        roles: Roles {
            disposition: "type",
            message_id: "message-id",
            recipient: "recipient-uri",
            reporter: None,
            original_recipient: None,
            time: None,
            status: Some("status"),
            note: Some("note"),
        },
        xml: Some(XmlRules {
            version: &receipt::rule::VERSION,
            encoding: &receipt::rule::UTF8,
            mark: &receipt::rule::BYTE_ORDER_MARK,
        }),
        rules: &receipt::rule::DOCUMENT,
    },
};

/// RFC 5438.
pub static RFC5438: Profile = NOTIFICATION;

/// RFC 3862. It has no notifications of its own: those of RFC 5438 serve to show how its format is written and read.
pub static RFC3862: Profile = Profile { name: "rfc3862", document: "RFC 3862", ..NOTIFICATION };

/// The terms of RFC 5438, with the readings of its schema against its prose.
const NOTIFICATION: Profile = Profile {
    name: "rfc5438",
    document: "RFC 5438",
    cpim_namespace: Some("urn:ietf:params:imdn"),
    cpim_prefix: "imdn",
    media_types: &[
        MediaType { name: "message/imdn+xml", own: true },
        MediaType { name: "application/imdn+xml", own: false },
    ],
    disposition: Some("notification"),
    headers: Headers {
        request: "Disposition-Notification",
        request_value: RequestValue::WordsWithParameters(&[
            "positive-delivery",
            "negative-delivery",
            "processing",
            "display",
        ]),
        message_id: "Message-ID",
        list_action: None,
        original_from: None,
        original_to: Some("Original-To"),
        original_message_id: None,
        record_route: Some("IMDN-Record-Route"),
        route: Some("IMDN-Route"),
        undefined: &[],
        unwanted: &[
            ("Disposition-Notification", &notification::rule::REQUEST_ON_NOTIFICATION),
            ("IMDN-Record-Route", &notification::rule::RECORD_ROUTE_ON_NOTIFICATION),
        ],
        rules: &notification::rule::HEADERS,
    },
    report: Report {
        namespace: "urn:ietf:params:xml:ns:imdn",
        root: "imdn",
        children: &[
            one("message-id", Content::Text),
            one("datetime", Content::TextOrNothing),
            optional("recipient-uri", Content::Uri { rule: &notification::rule::URI }),
            optional("original-recipient-uri", Content::Uri { rule: &notification::rule::URI }),
            Element {
                name: "subject",
                least: 0,
                most: 1,
                content: Content::TextOrNothing,
                attributes: &[Attribute { name: "lang", missing: None }],
            },
            notification("delivery-notification", &[status(&["delivered", "failed", "forbidden", "error"])]),
            notification("display-notification", &[status(&["displayed", "forbidden", "error"])]),
            notification(
                "processing-notification",
                &[status(&["processed", "stored", "forbidden", "error"])],
            ),
        ],
        ordered: true,
        choice: &["delivery-notification", "display-notification", "processing-notification"],
        needs: &[
            ("recipient-uri", "original-recipient-uri"),
            ("original-recipient-uri", "recipient-uri"),
            ("subject", "recipient-uri"),
        ],
        roles: Roles {
            disposition: "status",
            message_id: "message-id",
            recipient: "recipient-uri",
            reporter: None,
            original_recipient: Some("original-recipient-uri"),
            time: None,
            status: None,
            note: None,
        },
        xml: Some(XmlRules {
            version: &notification::rule::VERSION,
            encoding: &notification::rule::UTF8,
            mark: &notification::rule::BYTE_ORDER_MARK,
        }),
        rules: &notification::rule::DOCUMENT,
    },
};

/// One of the elements that say which kind of notification this is (RFC 5438 11.1.6).
const fn notification(name: &'static str, content: &'static [Element]) -> Element {
    optional(name, Content::Elements(content))
}

/// The result of what was asked for (RFC 5438 11.1.7).
const fn status(words: &'static [&'static str]) -> Element {
    one("status", Content::EmptyElement(words))
}

/// An element that stands once, without attributes.
const fn one(name: &'static str, content: Content) -> Element {
    Element { name, least: 1, most: 1, content, attributes: &[] }
}

/// An element that stands at most once, without attributes.
const fn optional(name: &'static str, content: Content) -> Element {
    Element { name, least: 0, most: 1, content, attributes: &[] }
}

/// Every profile that has terms of its own.
pub static PROFILES: &[&Profile] = &[&IMDN_03, &RECEIPTS_00, &RFC5438];

/// The profile of the document of that short name.
pub fn by_name(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().copied().chain([&RFC3862]).find(|profile| profile.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_name_children_of_the_report() {
        for profile in PROFILES {
            let roles = &profile.report.roles;
            let optional = [roles.reporter, roles.original_recipient, roles.time, roles.status, roles.note];
            let disposition = profile.report.choice.is_empty().then_some(roles.disposition);
            for name in [roles.message_id, roles.recipient]
                .into_iter()
                .chain(optional.into_iter().flatten())
                .chain(disposition)
                .chain(profile.report.choice.iter().copied())
                .chain(profile.report.needs.iter().flat_map(|(child, other)| [*child, *other]))
            {
                assert!(profile.report.child(name).is_some(), "{}: {name}", profile.name);
            }
            assert!(profile.media_types.first().is_some_and(|media_type| media_type.own));
            assert_eq!(by_name(profile.name), Some(*profile));
        }
    }

    #[test]
    fn notifications_are_of_three_kinds() {
        let kinds: Vec<_> = RFC5438.report.kinds().collect();
        let [("delivery", delivery), ("display", _), ("processing", _)] = kinds[..] else {
            panic!("{kinds:?}")
        };
        assert_eq!(delivery, ["delivered", "failed", "forbidden", "error"]);
        assert_eq!(RECEIPTS_00.report.kinds().count(), 0);
    }

    #[test]
    fn rfc_3862_is_tested_in_the_terms_of_rfc_5438() {
        let profile = by_name("rfc3862").expect("a profile");
        assert_eq!((profile.name, profile.document), ("rfc3862", "RFC 3862"));
        assert_eq!(profile.cpim_namespace, RFC5438.cpim_namespace);
        assert_eq!(profile.report, RFC5438.report);
    }

    #[test]
    fn defined_and_undefined_headers_are_apart() {
        for profile in PROFILES {
            assert!(profile.headers.defined().all(|name| !profile.headers.undefined.contains(&name)));
        }
    }
}
