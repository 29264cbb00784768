//! What differs between the documents on disposition notification: names, namespaces, media types, document shape.
//!
//! Codecs take a [`Profile`] and never ask which one it is. A new document is a new static here.

/// One document's names.
#[derive(Debug, PartialEq, Eq)]
pub struct Profile {
    /// Short name of the document, as scenarios and catalogues write it.
    pub name: &'static str,
    /// The document itself.
    pub document: &'static str,
    /// The URN that a CPIM `NS` header has to bind; `None` where the headers are bare.
    pub cpim_namespace: Option<&'static str>,
    /// The prefix the document's own examples use. Any other one is as good.
    pub cpim_prefix: &'static str,
    /// Media types of a report, the one to send first.
    pub media_types: &'static [MediaType],
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
    /// Names that stand in the document without a definition; they mean nothing and are reported.
    pub undefined: &'static [&'static str],
}

impl Headers {
    /// Every header the document defines.
    pub fn defined(&self) -> impl Iterator<Item = &'static str> {
        [self.request, self.message_id].into_iter().chain(
            [self.list_action, self.original_from, self.original_to, self.original_message_id]
                .into_iter()
                .flatten(),
        )
    }
}

/// What a request header may hold.
#[derive(Debug, PartialEq, Eq)]
pub enum RequestValue {
    /// Nothing; its presence is the request. Tokens are reserved (I-04).
    Nothing,
    /// Words parted by commas; an empty value asks for nothing.
    Words(&'static [&'static str]),
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
    /// Which child holds what.
    pub roles: Roles,
}

impl Report {
    /// The child of that local name.
    pub fn child(&self, name: &str) -> Option<&'static Element> {
        self.children.iter().find(|element| element.name == name)
    }
}

/// Local names of the children by what they hold; `None` where the document has no such element.
#[derive(Debug, PartialEq, Eq)]
pub struct Roles {
    /// What became of the message.
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
    /// Elements.
    Elements(&'static [Element]),
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
    headers: Headers {
        request: "Disposition-Notification",
        request_value: RequestValue::Nothing,
        message_id: "Message-ID",
        list_action: Some("List-Action"),
        original_from: Some("Original-From"),
        original_to: Some("Original-To"),
        original_message_id: Some("Original-Message-ID"),
        undefined: &[
            "Disposition-Notification-To",
            "Message-Disposition-To",
            "Message-Disposition",
            "Original-Message-Id",
            "Original-Sender",
        ],
    },
    report: Report {
        namespace: "urn:ietf:params:xml:ns:imdn",
        root: "imdn",
        children: &[
            Element {
                name: "disposition",
                least: 1,
                most: 1,
                content: Content::Words(&["read", "processed", "error", "denied"]),
            },
            Element { name: "original-message-id", least: 1, most: 1, content: Content::Text },
            Element { name: "original-recipient-uri", least: 1, most: 1, content: Content::TextOrNothing },
            Element { name: "disposition-time", least: 1, most: 1, content: Content::UtcTime },
            Element { name: "reporting-uas-uri", least: 0, most: 1, content: Content::Text },
            Element { name: "original-recipient", least: 0, most: 1, content: Content::Text },
        ],
        ordered: false,
        roles: Roles {
            disposition: "disposition",
            message_id: "original-message-id",
            recipient: "original-recipient-uri",
            reporter: Some("reporting-uas-uri"),
            original_recipient: Some("original-recipient"),
            time: Some("disposition-time"),
        },
    },
};

/// Every profile.
pub static PROFILES: &[&Profile] = &[&IMDN_03];

/// The profile of that short name.
pub fn by_name(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().copied().find(|profile| profile.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_name_children_of_the_report() {
        for profile in PROFILES {
            let roles = &profile.report.roles;
            let optional = [roles.reporter, roles.original_recipient, roles.time];
            for name in [roles.disposition, roles.message_id, roles.recipient]
                .into_iter()
                .chain(optional.into_iter().flatten())
            {
                assert!(profile.report.child(name).is_some(), "{}: {name}", profile.name);
            }
            assert!(profile.media_types.first().is_some_and(|media_type| media_type.own));
            assert_eq!(by_name(profile.name), Some(*profile));
        }
    }

    #[test]
    fn defined_and_undefined_headers_are_apart() {
        for profile in PROFILES {
            assert!(profile.headers.defined().all(|name| !profile.headers.undefined.contains(&name)));
        }
    }
}
