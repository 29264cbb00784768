//! What can go wrong with a notification of RFC 5438: one function for each defect that shows in what is written.

use wire::document::{Builder, Node};

use super::lines::{Lines, folded};
use super::receipt::{contact, rewrite};
use super::{Conduct, Flaw};
use crate::carrier::{Mode, Outgoing, Way};
use crate::clock::timestamp;
use crate::common::address::{Party, is_writable};
use crate::common::draft::Draft;
use crate::notifications::marks::{MESSAGE_ID, RECORD_ROUTE, REQUEST, ROUTE, URN, prefixed};
use crate::notifications::received::Received;
use crate::notifications::report::{About, MEDIA_TYPE, Occasion};
use crate::sip::Route;

type InMessage = fn(&mut Draft, &Occasion<'_>);
type InLines = fn(&mut Lines, &Occasion<'_>);
type InDocument = fn(Builder, &Occasion<'_>) -> Builder;

/// Defects of the message around the document.
static MESSAGES: [(Flaw, InMessage); 11] = [
    (Flaw::NoContentDisposition, |draft, _| draft.disposition = None),
    (Flaw::ApplicationImdnXml, |draft, _| draft.media_type = "application/imdn+xml".to_owned()),
    (Flaw::CharsetMismatch, |draft, _| draft.media_type = format!("{MEDIA_TYPE}; charset=iso-8859-1")),
    (Flaw::Rfc5438SampleLayout, |draft, _| draft.object = draft.object.clone().without_separator()),
    (Flaw::RouteIgnoredForTarget, |draft, occasion| draft.target.clone_from(&occasion.received.sender)),
    (Flaw::ReplyToSourceAddress, |draft, occasion| {
        let received = occasion.received;
        let user = received.sender.split('@').next().unwrap_or_default();
        if received.route.is_empty() {
            draft.target = format!("{user}@{}", received.origin.source().address);
        }
    }),
    (Flaw::AnswerToOriginalTo, |draft, occasion| {
        if let Some(uri) = &occasion.received.original_to {
            draft.target.clone_from(uri);
            Lines::edit(&mut draft.object, |lines| lines.change("To", |_| format!("To: <{uri}>\r\n")));
        }
    }),
    (Flaw::Xml11Declaration, |draft, _| {
        rewrite(draft, |text| text.replacen("version=\"1.0\"", "version=\"1.1\"", 1).into_bytes());
    }),
    (Flaw::Utf16Document, |draft, _| {
        rewrite(draft, |text| {
            let text = text.replacen("encoding=\"UTF-8\"", "encoding=\"UTF-16\"", 1);
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect()
        });
    }),
    (Flaw::UnescapedAmpersand, |draft, _| {
        rewrite(draft, |text| text.replace("&amp;", "&").into_bytes());
    }),
    (Flaw::StatusWordWithText, |draft, occasion| {
        let (empty, full) = (format!("<{}/>", occasion.status), format!("<{0}>true</{0}>", occasion.status));
        rewrite(draft, |text| text.replacen(&empty, &full, 1).into_bytes());
    }),
];

/// Defects of its headers.
static LINES: [(Flaw, InLines); 18] = [
    (Flaw::DraftNamespace, |lines, _| {
        lines.change("NS", |line| line.replace(URN, "urn:ietf:params:cpim-headers:imdn"));
    }),
    (Flaw::BareMessageId, |lines, _| lines.change(&id(), |line| line.replacen(&id(), MESSAGE_ID, 1))),
    (Flaw::MessageIdCase, |lines, _| lines.change(&id(), |line| line.replacen("-ID", "-Id", 1))),
    (Flaw::ReuseImMessageId, |lines, occasion| {
        if !occasion.is_second {
            lines.change(&id(), |_| format!("{}: {}\r\n", id(), occasion.message_id));
        }
    }),
    (Flaw::ImdnWithoutMessageId, |lines, _| {
        lines.remove(&id());
        if !lines.has("imdn") {
            lines.remove("NS");
        }
    }),
    (Flaw::ImdnReplyAll, |lines, occasion| {
        let known = [Party::of(&occasion.received.from.uri), Party::of(&occasion.received.named.uri)];
        for uri in &occasion.received.addressees {
            if is_writable(uri) && !known.contains(&Party::of(uri)) {
                lines.push(format!("cc: <{uri}>\r\n"));
            }
        }
    }),
    (Flaw::CommaJoinedRoutes, |lines, _| lines.join(&prefixed(ROUTE))),
    (Flaw::RoutesReversed, |lines, _| lines.reverse(&prefixed(ROUTE))),
    (Flaw::RouteQuotesLost, |lines, _| lines.change(&prefixed(ROUTE), |line| line.replace('"', ""))),
    (Flaw::RecordRouteInImdn, |lines, occasion| {
        for hop in &occasion.received.route {
            lines.push(format!("{}: {}\r\n", prefixed(RECORD_ROUTE), hop.value));
        }
    }),
    (Flaw::FoldExtensionHeaders, |lines, _| lines.change("imdn", folded)),
    (Flaw::ImdnRequestsImdn, |lines, occasion| {
        lines.push(format!("{}: {}\r\n", prefixed(REQUEST), occasion.received.requests.join(", ")));
    }),
    (Flaw::UnswappedAddresses, |lines, occasion| {
        let (from, to) = (value(&occasion.received.from.value), value(&occasion.received.named.value));
        lines.change("From", |_| format!("From: {from}\r\n"));
        lines.change("To", |_| format!("To: {to}\r\n"));
    }),
    (Flaw::DisplayImdnFromContact, |lines, occasion| {
        if occasion.about == About::Display && occasion.is_second {
            lines.change("From", |_| format!("From: <{};transport=udp>\r\n", occasion.own));
        }
    }),
    (Flaw::NsAfterUse, |lines, occasion| {
        if !occasion.received.route.is_empty() {
            let line = lines.take("NS");
            lines.push(line);
        }
    }),
    (Flaw::AddressWithoutBrackets, |lines, _| lines.change("To", unbracketed)),
    (Flaw::DatetimeWithoutZone, |lines, _| lines.change("DateTime", |line| line.replace('Z', ""))),
    (Flaw::MailStyleId, |lines, occasion| {
        lines.change(&id(), |_| format!("{}: <{}@localhost>\r\n", id(), occasion.id));
    }),
];

/// Defects of the document.
static DOCUMENTS: [(Flaw, InDocument); 17] = [
    (Flaw::NoXmlns, |document, _| document.namespace(None)),
    (Flaw::DatetimeBeforeMessageId, |document, occasion| {
        document
            .without("message-id")
            .without("datetime")
            .prepend(Node::element("message-id", occasion.message_id))
            .prepend(Node::element("datetime", occasion.received.datetime.clone().unwrap_or_default()))
    }),
    (Flaw::IdLowercased, |document, occasion| document.set("message-id", occasion.message_id.to_lowercase())),
    (Flaw::DatetimeOmitted, |document, _| document.without("datetime")),
    (Flaw::DatetimeNow, |document, occasion| {
        document
            .set("datetime", timestamp(occasion.received.arrived.saturating_add(time::Duration::seconds(1))))
    }),
    (Flaw::NoDatetimeNoElement, |document, occasion| match occasion.received.datetime {
        None => document.without("datetime"),
        Some(_) => document,
    }),
    (Flaw::RecipientUriPercentEncoded, |document, occasion| {
        let uri = occasion.received.named.uri.replace(':', "%3A").replace('@', "%40");
        recipient(document, occasion, &uri)
    }),
    (Flaw::OriginalRecipientUriDropped, |document, _| {
        document.without("recipient-uri").without("original-recipient-uri").without("subject")
    }),
    (Flaw::OriginalFromTo, |document, occasion| match occasion.received.original_to {
        Some(_) => document.set("original-recipient-uri", &*occasion.received.named.uri),
        None => document,
    }),
    (Flaw::LoneRecipientUri, |document, _| document.without("original-recipient-uri")),
    (Flaw::OwnUriBehindList, |document, occasion| match occasion.is_hidden {
        true => recipient(document, occasion, occasion.own),
        false => document,
    }),
    (Flaw::SubjectPrefixed, |document, occasion| {
        subject(document, occasion, |first, _| format!("Re: {first}"))
    }),
    (Flaw::SubjectsJoined, |document, occasion| match occasion.received.subjects.len() {
        0 | 1 => document,
        _ => subject(document, occasion, |_, all| all.join(", ")),
    }),
    (Flaw::NoNotificationElement, |document, occasion| document.without(&element(occasion.about))),
    (Flaw::DisplayedUnderDelivery, |document, occasion| {
        let is_asked = occasion.received.wanted.positive;
        match (occasion.about, occasion.status) {
            (About::Display, "displayed") if is_asked => {
                document.replace(&element(About::Display), status(About::Delivery, occasion.status, None))
            }
            _ => document,
        }
    }),
    (Flaw::AttributeOnStatus, |document, occasion| {
        let attribute = vec![("code".to_owned(), "200".to_owned())];
        let status = Node::Element {
            name: "status".to_owned(),
            attributes: attribute,
            content: vec![Node::element(occasion.status, "")],
        };
        document.replace(&element(occasion.about), holding(occasion.about, status))
    }),
    (Flaw::ReasonInImdnNamespace, |document, occasion| {
        let reason = Node::element("reason", "as it is");
        document.replace(&element(occasion.about), status(occasion.about, occasion.status, Some(reason)))
    }),
];

/// Spoils a notification that is otherwise complete.
pub(crate) fn spoil(conduct: Conduct, draft: &mut Draft, occasion: &Occasion<'_>) {
    let Some(flaw) = conduct.flaw() else { return };
    if let Some((_, spoil)) = DOCUMENTS.iter().find(|(own, _)| *own == flaw) {
        draft.edit(|document| spoil(document, occasion));
    }
    if let Some((_, spoil)) = LINES.iter().find(|(own, _)| *own == flaw) {
        Lines::edit(&mut draft.object, |lines| spoil(lines, occasion));
    }
    if let Some((_, spoil)) = MESSAGES.iter().find(|(own, _)| *own == flaw) {
        spoil(draft, occasion);
    }
}

/// The request that carries it, spoiled. It is the last thing that happens to a notification, behind its protection.
pub(crate) fn misdirected(conduct: Conduct, mut outgoing: Outgoing, received: &Received) -> Outgoing {
    let is_page = received.origin.mode() == Mode::Page;
    match conduct.flaw() {
        Some(Flaw::ContactInMessage) if is_page => outgoing.headers.push(contact(&outgoing.from)),
        Some(Flaw::SipTypeImdn) if is_page => outgoing.content_type = MEDIA_TYPE.to_owned(),
        Some(Flaw::ReplyToSourceAddress) if is_page && received.route.is_empty() => {
            outgoing.way = Way::Page(Route::Back(received.origin.source().clone()));
        }
        Some(Flaw::SipToKeepsCallee) => outgoing.to.clone_from(&outgoing.from),
        _ => {}
    }
    outgoing
}

/// An address without its brackets.
pub(super) fn unbracketed(line: &str) -> String {
    line.replace(['<', '>'], "")
}

fn id() -> String {
    prefixed(MESSAGE_ID)
}

fn value(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

/// The document with that recipient, as far as it names one.
fn recipient(document: Builder, occasion: &Occasion<'_>, uri: &str) -> Builder {
    let is_named = !(occasion.is_hidden && occasion.received.named.uri == occasion.own);
    if is_named { document.set("recipient-uri", uri) } else { document }
}

/// The document with another subject, if the message has one.
fn subject(document: Builder, occasion: &Occasion<'_>, text: fn(&str, &[&str]) -> String) -> Builder {
    let all: Vec<_> = occasion.received.subjects.iter().map(|subject| subject.text.as_str()).collect();
    match all.first() {
        Some(first) => document.set("subject", text(first, &all)),
        None => document,
    }
}

fn element(about: About) -> String {
    format!("{}-notification", about.word())
}

fn holding(about: About, content: Node) -> Node {
    Node::Element { name: element(about), attributes: Vec::new(), content: vec![content] }
}

/// The element that says what became of the message, with something behind the word.
fn status(about: About, word: &str, behind: Option<Node>) -> Node {
    let content = [Node::element(word, "")].into_iter().chain(behind).collect();
    holding(about, Node::Element { name: "status".to_owned(), attributes: Vec::new(), content })
}
