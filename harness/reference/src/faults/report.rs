//! What can go wrong with a report: one function for each defect that shows in what is written.

use time::UtcOffset;
use wire::mime::{Builder, multipart};

use super::{Conduct, Defect, object};
use crate::agent::document::Document;
use crate::agent::draft::Draft;
use crate::agent::item::{Disposition, Reason};
use crate::agent::object::{Content, Name, address};
use crate::agent::received::OriginalFrom;
use crate::agent::report::Occasion;
use crate::clock::timestamp;

const RECIPIENT: &str = "original-recipient-uri";
const IDENTIFIER: &str = "original-message-id";
const STATE: &str = "disposition";
const REPORTER: &str = "reporting-uas-uri";
const TIME: &str = "disposition-time";

type InMessage = fn(&mut Draft, &Occasion<'_>);
type InDocument = fn(&mut Document, &Occasion<'_>);

/// Defects of the message around the document.
static MESSAGES: [(Defect, InMessage); 9] = [
    (Defect::EchoOriginal, echo_original),
    (Defect::PlainTextReport, plain_text),
    (Defect::DirectToOriginal, |draft, occasion| {
        if let OriginalFrom::Uri(uri) = &occasion.asked.original_from {
            readdress(draft, uri);
        }
    }),
    (Defect::TokenAsAddress, |draft, occasion| {
        if occasion.asked.value.contains(':') {
            readdress(draft, &occasion.asked.value);
        }
    }),
    (Defect::UnswappedAddresses, |draft, occasion| {
        draft.object.replace(Name::Core("From"), occasion.received.from.value.clone());
        draft.object.replace(Name::Core("To"), occasion.received.named.address.value.clone());
    }),
    (Defect::ImdnRequestsImdn, |draft, occasion| {
        draft.object.add(Name::Imdn("Disposition-Notification"), occasion.asked.value.as_str());
    }),
    (Defect::DispositionNotificationToAdded, |draft, occasion| {
        draft.object.add(Name::Imdn("Disposition-Notification-To"), address(None, occasion.own));
    }),
    (Defect::SubjectPrefixed, |draft, _| {
        for header in draft.object.headers.iter_mut().filter(|header| header.name == Name::Core("Subject")) {
            header.value.splice(0..0, *b"Re: ");
        }
    }),
    (Defect::WrongMediaType, |draft, _| draft.object.content_type = "text/xml; charset=utf-8".to_owned()),
];

/// Defects of the document.
static DOCUMENTS: [(Defect, InDocument); 22] = [
    (Defect::ForgetFirstTarget, |document, occasion| {
        // Where nothing is known of a first target there is nothing to forget.
        if occasion.asked.original_to.is_some() {
            let local = occasion.received.named.address.uri.as_str();
            document.replace("original-recipient", local);
            if matches!(occasion.asked.original_from, OriginalFrom::Uri(_)) {
                document.replace(RECIPIENT, local);
            }
        }
    }),
    (Defect::FailureReportedAsProcessed, |document, occasion| {
        if occasion.disposition == Disposition::Failed {
            document.replace(STATE, "processed");
        }
    }),
    (Defect::ReadReportedAsProcessed, |document, occasion| {
        if occasion.disposition == Disposition::Read {
            document.replace(STATE, "processed");
        }
    }),
    (Defect::DeletedState, |document, occasion| {
        if occasion.disposition == Disposition::Deleted {
            document.replace(STATE, "deleted");
        }
    }),
    (Defect::DenyReportedAsError, |document, occasion| {
        if matches!(occasion.disposition, Disposition::Denied(_)) {
            document.replace(STATE, "error");
        }
    }),
    (Defect::DispositionOmitted, |document, occasion| {
        if matches!(occasion.disposition, Disposition::Denied(_)) {
            document.remove(STATE);
        }
    }),
    (Defect::CapitalisedState, |document, occasion| match occasion.disposition {
        Disposition::Read => document.replace(STATE, "Read"),
        Disposition::Forwarded => document.replace(STATE, "Processed"),
        _ => {}
    }),
    (Defect::DuplicateDisposition, |document, occasion| document.add(STATE, occasion.disposition.word())),
    (Defect::DenialReasonLeak, leak_reason),
    (Defect::EmptyWhenNoOriginalFrom, |document, occasion| {
        if occasion.asked.original_from == OriginalFrom::Absent {
            document.replace(RECIPIENT, "");
        }
    }),
    (Defect::NullFilledFromFrom, |document, occasion| {
        if occasion.asked.original_from == OriginalFrom::Null {
            document.replace(RECIPIENT, occasion.received.from.uri.as_str());
        }
    }),
    (Defect::OriginalRecipientUriOmitted, |document, occasion| {
        // Null and absent headers have rules, and faults, of their own.
        if matches!(occasion.asked.original_from, OriginalFrom::Uri(_)) {
            document.remove(RECIPIENT);
        }
    }),
    (Defect::OriginalRecipientDropped, |document, _| document.remove("original-recipient")),
    (Defect::ReportOwnIdBehindB2bua, |document, occasion| {
        if occasion.asked.original_message_id.is_some() {
            document.replace(IDENTIFIER, occasion.id);
        }
    }),
    (Defect::IdLowercased, |document, _| {
        if let Some(id) = document.text(IDENTIFIER) {
            *id = id.to_lowercase();
        }
    }),
    (Defect::ReportingUriWithoutScheme, |document, occasion| {
        document.replace(REPORTER, occasion.own.trim_start_matches("sip:"));
    }),
    (Defect::PrivateUriStillSent, |document, occasion| {
        if occasion.hidden {
            document.add(REPORTER, occasion.own);
        }
    }),
    (Defect::ArrivalTimeReported, |document, occasion| {
        document.replace(TIME, timestamp(occasion.received.arrived));
    }),
    (Defect::LocalOffsetTime, |document, occasion| {
        let local = UtcOffset::from_hms(2, 0, 0).map_or(occasion.at, |offset| occasion.at.to_offset(offset));
        document.replace(TIME, timestamp(local));
    }),
    (Defect::NoXmlNamespace, |document, _| document.namespace = None),
    (Defect::RootRenamed, |document, _| document.root = "status-receipt"),
    (Defect::UnescapedAmpersand, |document, _| document.escaped = false),
];

/// Spoils a report that is otherwise complete.
pub(crate) fn spoil(conduct: Conduct, draft: &mut Draft, occasion: &Occasion<'_>) {
    if let Some((_, spoil)) = MESSAGES.iter().find(|(defect, _)| conduct.is(*defect)) {
        spoil(draft, occasion);
    }
    if let (Some((_, spoil)), Some(document)) =
        (DOCUMENTS.iter().find(|(defect, _)| conduct.is(*defect)), draft.object.document())
    {
        spoil(document, occasion);
    }
    if let (true, Some(document)) = (conduct.is(Defect::PaddedValues), draft.object.document()) {
        document.padding = "\r\n    ";
    }
    object::spoil(conduct, draft);
}

/// Sends the report to somebody else, in CPIM and in SIP.
fn readdress(draft: &mut Draft, uri: &str) {
    if crate::common::address::is_writable(uri) {
        draft.object.replace(Name::Core("To"), address(None, uri));
        uri.clone_into(&mut draft.target);
    }
}

/// The message comes back as a second part behind the report.
fn echo_original(draft: &mut Draft, occasion: &Occasion<'_>) {
    let Content::Document(document) = &draft.object.content else { return };
    let boundary = format!("part-{}", occasion.id);
    let report = Builder::new(draft.object.content_type.as_str(), document.encode()).encode();
    let original =
        Builder::new(occasion.received.content_type.as_str(), occasion.received.content.clone()).encode();
    draft.object.content = Content::Octets(multipart(&boundary, &[report, original]));
    draft.object.content_type = format!("multipart/mixed; boundary={boundary}");
}

fn plain_text(draft: &mut Draft, occasion: &Occasion<'_>) {
    let became = match occasion.disposition {
        Disposition::Read => "was read",
        Disposition::Forwarded | Disposition::Deleted => "was processed",
        Disposition::Failed => "could not be processed",
        Disposition::Denied(_) => "is not reported on",
    };
    let whom = occasion.asked.original_to.as_ref().unwrap_or(&occasion.received.named.address.uri);
    draft.object.content = Content::Octets(format!("The message to {whom} {became}.\r\n").into_bytes());
    draft.object.content_type = "text/plain; charset=utf-8".to_owned();
}

/// The element is in a namespace of its own, so that the document stays as valid as it was.
fn leak_reason(document: &mut Document, occasion: &Occasion<'_>) {
    let Disposition::Denied(reason) = occasion.disposition else { return };
    let why = match reason {
        Reason::Policy => "denied to everybody",
        Reason::SenderPolicy => "denied to this sender",
        Reason::Choice => "denied for this message",
    };
    document.add("comment", why);
    if let Some(comment) = document.elements.last_mut() {
        comment.namespace = Some("urn:example:imdnspec:comment");
    }
}
