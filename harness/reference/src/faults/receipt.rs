//! What can go wrong with a receipt: one function for each defect that shows in what is written.

use wire::document::Builder;

use super::{Conduct, Defect};
use crate::carrier::Mode;
use crate::common::address::{Party, without_parameters};
use crate::receipts::draft::{Content, Draft, Shape};
use crate::receipts::receipt::{About, MEDIA_TYPE, Occasion};
use crate::receipts::received::Received;
use crate::receipts::wanted::{MESSAGE_ID, RECEIPT_REQUEST};

type InMessage = fn(&mut Draft, &Occasion<'_>);
type InDocument = fn(Builder, &Occasion<'_>) -> Builder;

/// Defects of the message around the document, wherever it goes.
static MESSAGES: [(Defect, InMessage); 10] = [
    (Defect::ReceiptWithoutCpim, |draft, _| draft.shape = Shape::Bare),
    (Defect::ReceiptAsApplicationXml, |draft, _| draft.media_type = "application/xml".to_owned()),
    (Defect::SuffixlessType, |draft, _| draft.media_type = "message/status-receipt".to_owned()),
    (Defect::CharsetMismatch, |draft, _| draft.media_type = format!("{MEDIA_TYPE}; charset=iso-8859-1")),
    (Defect::NoConfirm, |draft, _| draft.disposition = None),
    (Defect::ReadReceiptRender, |draft, occasion| {
        if occasion.about == About::Read {
            draft.disposition = Some("render");
        }
    }),
    (Defect::ReceiptHasMessageId, |draft, occasion| {
        draft.object = draft.object.clone().header(MESSAGE_ID, occasion.id);
    }),
    (Defect::Xml11Declaration, |draft, _| {
        rewrite(draft, |text| text.replacen("version=\"1.0\"", "version=\"1.1\"", 1).into_bytes());
    }),
    (Defect::Utf16Document, |draft, _| {
        rewrite(draft, |text| {
            let text = text.replacen("encoding=\"UTF-8\"", "encoding=\"UTF-16\"", 1);
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect()
        });
    }),
    (Defect::FailureReportMissing, |draft, _| draft.reports.failure = None),
];

/// Defects of what a page carries.
static PAGES: [(Defect, InMessage); 3] = [
    (Defect::OuterTypeTextPlain, |draft, _| draft.shape = Shape::Mislabelled),
    (Defect::ReceiptRequestsReceipt, |draft, occasion| {
        request(draft, &occasion.received.requests.join(", "))
    }),
    (Defect::ContactInMessage, |draft, occasion| {
        draft.sip_headers.push(contact(&occasion.received.named.uri));
    }),
];

/// Defects of what goes into a session.
static SESSIONS: [(Defect, InMessage); 3] = [
    (Defect::MsrpBareXmlReceipt, |draft, _| draft.shape = Shape::Bare),
    (Defect::MsrpReceiptRequestsRead, |draft, _| request(draft, "read")),
    (Defect::ReceiptAsksSuccessReport, |draft, _| draft.reports.success = Some(true)),
];

/// Defects of the document.
static DOCUMENTS: [(Defect, InDocument); 5] = [
    (Defect::StatusOmitted, |document, _| document.without("status")),
    (Defect::SuccessStatus0, |document, occasion| match occasion.about {
        About::Delivery if occasion.is_success() => document.set("status", "0"),
        _ => document,
    }),
    (Defect::ReceiptUnescapedAmpersand, |document, occasion| {
        document.set_raw("message-id", occasion.message_id)
    }),
    (Defect::TwoStatusElements, |document, _| document.repeat("status")),
    (Defect::ReceiptNoXmlns, |document, _| document.namespace(None)),
];

/// Spoils a receipt that is otherwise complete.
pub(crate) fn spoil(conduct: Conduct, draft: &mut Draft, occasion: &Occasion<'_>) {
    if let Some((_, spoil)) = DOCUMENTS.iter().find(|(defect, _)| conduct.is(*defect)) {
        draft.edit(|document| spoil(document, occasion));
    }
    let carried: &[(Defect, InMessage)] = match occasion.received.origin.mode() {
        Mode::Page => &PAGES,
        Mode::Session => &SESSIONS,
    };
    if let Some((_, spoil)) = MESSAGES.iter().chain(carried).find(|(defect, _)| conduct.is(*defect)) {
        spoil(draft, occasion);
    }
}

/// Who else gets the receipt: nobody, since it is for the sender alone (section 8).
pub(crate) fn bystanders(conduct: Conduct, received: &Received) -> impl Iterator<Item = &str> {
    let known = [Party::of(&received.from.uri), Party::of(&received.named.uri)];
    let all = received.addressees.iter().filter(move |_| conduct.is(Defect::ReceiptReplyAll));
    all.map(String::as_str).filter(move |uri| !known.contains(&Party::of(uri)))
}

/// A header that a MESSAGE does not have (RFC 3428 section 4).
pub(super) fn contact(uri: &str) -> (&'static str, String) {
    ("Contact", format!("<{}>", without_parameters(uri)))
}

fn request(draft: &mut Draft, value: &str) {
    draft.object = draft.object.clone().header(RECEIPT_REQUEST, value);
}

/// Writes the document as something that no builder writes.
pub(super) fn rewrite(draft: &mut Draft, change: impl FnOnce(&str) -> Vec<u8>) {
    let octets = draft.content.octets();
    draft.content = Content::Octets(change(&String::from_utf8_lossy(&octets)));
}
