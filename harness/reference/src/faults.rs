//! What can be wrong with the reference: one deliberate defect for every testable requirement of the documents that it
//! follows, but for those about signatures and envelopes, of which it knows nothing.
//!
//! The table is data. A defect is asked for where the conformant code takes the decision it breaks; what it does to
//! a message that is otherwise complete stands in the modules below, one a stage.

pub(crate) mod copy;
pub(crate) mod forwarded;
pub(crate) mod letter;
pub(crate) mod object;
pub(crate) mod own_report;
pub(crate) mod receipt;
pub(crate) mod relay;
pub(crate) mod report;
pub(crate) mod request;

use crate::serve::{Profile, Role};

/// A deliberate defect of the reference, named and described as the ledger has it.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// Name in the ledger, in kebab case; what `--fault` takes.
    pub name: &'static str,
    /// The requirement it breaks, and the only one outside its group.
    pub requirement: &'static str,
    /// Where it shows.
    pub roles: &'static [Role],
    /// What it does, in one line.
    pub does: &'static str,
    defect: Defect,
}

impl Fault {
    /// The fault of that name, if there is one.
    pub fn by_name(name: &str) -> Option<&'static Self> {
        FAULTS.iter().find(|fault| fault.name == name)
    }

    /// Whether it shows in that role by that document.
    pub fn shows_in(&self, role: Role, profile: Profile) -> bool {
        self.roles.contains(&role) && self.profile() == profile
    }

    /// Whose rule it breaks.
    pub fn profile(&self) -> Profile {
        if self.requirement.starts_with("RCPT-") { Profile::Receipts00 } else { Profile::Imdn03 }
    }
}

/// All faults, in the order of the ledger.
pub fn faults() -> &'static [Fault] {
    FAULTS
}

/// The one defect an agent has, or none.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Conduct(Option<Defect>);

impl Conduct {
    /// Without a fault everything is as the draft wants it, and so it is with a fault of another role.
    pub(crate) fn new(fault: Option<&'static Fault>, role: Role) -> Self {
        Self(fault.filter(|fault| fault.roles.contains(&role)).map(|fault| fault.defect))
    }

    /// Whether this is the defect asked for.
    pub(crate) fn is(self, defect: Defect) -> bool {
        self.0 == Some(defect)
    }

    /// As much of a Message-ID as this agent can store.
    pub(crate) fn stored(self, id: &str) -> &str {
        let room = if self.is(Defect::TruncateId1024) { 1024.min(id.len()) } else { id.len() };
        let end = (0..=room).rev().find(|end| id.is_char_boundary(*end));
        &id[..end.unwrap_or_default()]
    }

    /// The defect, for code that looks it up in a table.
    pub(crate) fn defect(self) -> Option<Defect> {
        self.0
    }
}

const ENDPOINT: &[Role] = &[Role::Endpoint];
const B2BUA: &[Role] = &[Role::B2bua];
const BOTH: &[Role] = &[Role::Endpoint, Role::B2bua];

macro_rules! faults {
    ($($defect:ident: $name:literal, $requirement:literal, $roles:ident, $does:literal;)*) => {
        /// What an agent does wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Defect { $($defect),* }

        static FAULTS: &[Fault] = &[$(
            Fault { name: $name, requirement: $requirement, roles: $roles, does: $does, defect: Defect::$defect },
        )*];
    };
}

faults! {
    BareImdnHeaders: "bare-imdn-headers", "IMDN-1-1", BOTH, "drop the namespace prefix when serialising IMDN headers while keeping the NS line";
    MsrpReportsSuppressed: "msrp-reports-suppressed", "IMDN-2-1", BOTH, "generate IMDNs only for messages that arrived over SIP";
    ManualSendOnly: "manual-send-only", "IMDN-2-2", ENDPOINT, "queue the report until an explicit extra command is given";
    MessageIdEightBitCounter: "message-id-eight-bit-counter", "IMDN-3-6", ENDPOINT, "number messages modulo 256 inside a session";
    EchoOriginal: "echo-original", "IMDN-3-7", BOTH, "append the received content as an extra part of the report";
    AutoConsent: "auto-consent", "IMDN-4-1", ENDPOINT, "default the consent preference to granted";
    DirectToOriginal: "direct-to-original", "IMDN-5-1", BOTH, "address the IMDN to Original-From when present";
    TokenAsAddress: "token-as-address", "IMDN-5-2", ENDPOINT, "use a URI-shaped token as the report destination";
    ForgetFirstTarget: "forget-first-target", "IMDN-6.1-1", ENDPOINT, "fill every recipient element with the local URI";
    MatchOnFrom: "match-on-from", "IMDN-6.1-2", ENDPOINT, "reject a report whose From is not the IM's To";
    ReadOnReceipt: "read-on-receipt", "IMDN-6.2.1-1", ENDPOINT, "send the read report as soon as the IM is accepted";
    ProcessedBeforeRelay: "processed-before-relay", "IMDN-6.2.2-1", B2BUA, "emit processed and then drop the copies";
    LateErrorAfterProcessed: "late-error-after-processed", "IMDN-6.2.2-2", B2BUA, "report the D2 failure with an error IMDN after processed was sent";
    FailureReportedAsProcessed: "failure-reported-as-processed", "IMDN-6.2.3-1", BOTH, "ignore downstream errors when choosing the state";
    DenialReasonLeak: "denial-reason-leak", "IMDN-6.2.4-1", BOTH, "add a comment element naming the policy that fired";
    RebuildDownstreamImdn: "rebuild-downstream-imdn", "IMDN-6.3-1", B2BUA, "parse the report and emit a fresh document with the same values";
    GatewayAlwaysFinal: "gateway-always-final", "IMDN-6.3-2", B2BUA, "hard-wire final-recipient when the target set has one element";
    DropOriginalTo: "drop-original-to", "IMDN-6.3-3", B2BUA, "omit Original-To from exploded copies";
    WrongCpimNamespace: "wrong-cpim-namespace", "IMDN-7-1", BOTH, "declare urn:ietf:params:imdn instead";
    IgnoreNamespace: "ignore-namespace", "IMDN-7-2", BOTH, "match header names by local part only";
    LiteralPrefix: "literal-prefix", "IMDN-7-3", BOTH, "look up headers under the fixed string imdn";
    RequestWithoutMessageId: "request-without-message-id", "IMDN-8.1-1", ENDPOINT, "omit Message-ID when asking for a report";
    ListActionTypo: "list-action-typo", "IMDN-8.1-2", ENDPOINT, "emit final_recipient with an underscore";
    NoRequireWhenInsisting: "no-require-when-insisting", "IMDN-8.1-5", ENDPOINT, "ignore the require option";
    ResendOnMissingImdn: "resend-on-missing-imdn", "IMDN-8.1-6", ENDPOINT, "send the IM again when no report came in 30 seconds";
    MarkerInSipHeader: "marker-in-sip-header", "IMDN-8.1.1-1", ENDPOINT, "put Disposition-Notification into the MESSAGE header section";
    RequireInSip: "require-in-sip", "IMDN-8.1.1-2", ENDPOINT, "express the requirement as a SIP Require option tag";
    IgnoreRequire: "ignore-require", "IMDN-8.1.1-3", BOTH, "accept messages that list unknown required headers";
    DisplayThenReject: "display-then-reject", "IMDN-8.1.1-4", ENDPOINT, "show the content before checking Require";
    LiteralNullValue: "literal-null-value", "IMDN-8.1.1-5", ENDPOINT, "write the four letters NULL as value";
    MixedRequestSingleMessage: "mixed-request-single-message", "IMDN-8.1.1-6", ENDPOINT, "set the header if any addressee wants it and send one message";
    FirstToOnly: "first-to-only", "IMDN-8.1.1-7", ENDPOINT, "generate a report only if the first To is the local user";
    ImdnRequestsImdn: "imdn-requests-imdn", "IMDN-8.1.1-8", BOTH, "copy the request header into the report";
    PrivateToken: "private-token", "IMDN-8.1.1-10", ENDPOINT, "emit the token always";
    ListActionSwapped: "list-action-swapped", "IMDN-8.1.2-1", ENDPOINT, "emit the opposite of the chosen value";
    FinalWithoutDownstreamRequest: "final-without-downstream-request", "IMDN-8.1.2-2", B2BUA, "strip Disposition-Notification from the copies";
    FirstWaitsForDownstream: "first-waits-for-downstream", "IMDN-8.1.2-3", B2BUA, "delay the own report until a downstream IMDN arrives";
    UnknownListActionAsFinal: "unknown-list-action-as-final", "IMDN-8.1.2-4", B2BUA, "fall through to the final-recipient branch";
    DefaultFinal: "default-final", "IMDN-8.1.2-6", B2BUA, "default the action to final-recipient";
    QuotedListAction: "quoted-list-action", "IMDN-8.1.2-7", BOTH, "emit the value in double quotes";
    ForeignOriginalFrom: "foreign-original-from", "IMDN-8.1.3-1", ENDPOINT, "fill Original-From with the recipient's URI";
    EmptyWhenNoOriginalFrom: "empty-when-no-original-from", "IMDN-8.1.3-2", BOTH, "emit an empty element if the header is absent";
    OmitOriginalFrom: "omit-original-from", "IMDN-8.1.3-3", B2BUA, "forward without Original-From";
    OverwriteOriginalFrom: "overwrite-original-from", "IMDN-8.1.3-4", B2BUA, "always set it from the inbound From";
    NullBecomesFrom: "null-becomes-from", "IMDN-8.1.3-5", BOTH, "treat an empty Original-From as absent and fill in From";
    UnbracketedOriginalFrom: "unbracketed-original-from", "IMDN-8.1.3-6", BOTH, "write the URI without angle brackets";
    MessageIdOmittedSometimes: "message-id-omitted-sometimes", "IMDN-8.1.4-1", BOTH, "omit the header on every third message";
    CounterRestarts: "counter-restarts", "IMDN-8.1.4-2", BOTH, "number messages from 1 after every start, no host part";
    TruncateId1024: "truncate-id-1024", "IMDN-8.1.4-3", ENDPOINT, "store at most 1024 octets of the Message-ID";
    AngleBracketId: "angle-bracket-id", "IMDN-8.1.4-4", BOTH, "wrap the identifier in angle brackets as in mail";
    ReuseMessageId: "reuse-message-id", "IMDN-8.1.4-5", B2BUA, "copy the inbound Message-ID to every copy";
    OverwriteOriginalId: "overwrite-original-id", "IMDN-8.1.5-1", B2BUA, "set Original-Message-ID to the inbound Message-ID unconditionally";
    OmitOriginalMessageId: "omit-original-message-id", "IMDN-8.1.5-2", B2BUA, "forward without the header";
    ReportOwnIdBehindB2bua: "report-own-id-behind-b2bua", "IMDN-8.1.5-3", ENDPOINT, "if Original-Message-ID is present, emit the report's own Message-ID instead of it";
    FoldedOriginalId: "folded-original-id", "IMDN-8.1.5-4", B2BUA, "fold the header after 78 octets";
    ForgetAfterSend: "forget-after-send", "IMDN-8.2-1", ENDPOINT, "keep no table of sent Message-IDs";
    StateExpires60s: "state-expires-60s", "IMDN-8.2-2", ENDPOINT, "purge sent-message state after one minute";
    ShowUnsolicitedReports: "show-unsolicited-reports", "IMDN-8.2-3", ENDPOINT, "display every received IMDN";
    AnswerImdnWithImdn: "answer-imdn-with-imdn", "IMDN-8.2-4", ENDPOINT, "run the reporting logic on any marked message";
    SilentOnRead: "silent-on-read", "IMDN-9.1-1", ENDPOINT, "stay silent on read messages although policy allows reports";
    SecondReportOnDelete: "second-report-on-delete", "IMDN-9.1-2", ENDPOINT, "issue processed when a read message is deleted";
    RelayUnderFirst: "relay-under-first", "IMDN-9.1-3", B2BUA, "relay downstream IMDNs regardless of List-Action";
    AnswerUnsolicitedImdn: "answer-unsolicited-imdn", "IMDN-9.1-4", BOTH, "exempt only correlated reports from the loop guard";
    DispositionNotificationToAdded: "disposition-notification-to-added", "IMDN-9.1-5", BOTH, "add the mail-style header with the reporter's URI";
    AcceptMissingMessageId: "accept-missing-message-id", "IMDN-9.1-6", BOTH, "treat the request as an ordinary IM";
    SubjectPrefixed: "subject-prefixed", "IMDN-9.1-7", ENDPOINT, "prepend Re: to the Subject";
    ReadReportedAsProcessed: "read-reported-as-processed", "IMDN-9.2-1", ENDPOINT, "map the read event to processed";
    DeletedState: "deleted-state", "IMDN-9.2-2", ENDPOINT, "report the word deleted";
    DenyReportedAsError: "deny-reported-as-error", "IMDN-9.2-3", ENDPOINT, "emit error when denial is chosen";
    IgnoreSendsDenied: "ignore-sends-denied", "IMDN-9.2-4", ENDPOINT, "answer an ignored request with denied";
    PlainTextReport: "plain-text-report", "IMDN-9.2-9", ENDPOINT, "send text/plain saying the message was read";
    ListActionIgnored: "list-action-ignored", "IMDN-9.3-1", B2BUA, "use one procedure for all four";
    ProcessedAsRead: "processed-as-read", "IMDN-9.3.1-1", B2BUA, "report read on behalf of the list";
    ErrorSwallowed: "error-swallowed", "IMDN-9.3.1-2", B2BUA, "report nothing when all copies fail";
    RelayWhenUnspecified: "relay-when-unspecified", "IMDN-9.3.1-3", B2BUA, "suppress relaying only for an explicit first-recipient";
    B2buaMinimalReport: "b2bua-minimal-report", "IMDN-9.3.1-4", B2BUA, "emit only the disposition element";
    ListActionNotForwarded: "list-action-not-forwarded", "IMDN-9.3.2-1", B2BUA, "drop List-Action from copies";
    IncapableMeansSilence: "incapable-means-silence", "IMDN-9.3.2-2", B2BUA, "never report on behalf of an incapable member";
    RefusingMemberAsRead: "refusing-member-as-read", "IMDN-9.3.2-3", B2BUA, "report read for a member that refuses reports";
    RelayToLastRequester: "relay-to-last-requester", "IMDN-9.3.2-4", B2BUA, "send reports to whoever sent the latest message";
    VerifyWrongField: "verify-wrong-field", "IMDN-9.3.2-5", B2BUA, "match on the XML element instead of the header";
    B2buaState60s: "b2bua-state-60s", "IMDN-9.3.2-6", B2BUA, "purge state after one minute";
    RelayUnmatched: "relay-unmatched", "IMDN-9.3.2-7", B2BUA, "forward to the last known requester when the lookup fails";
    NoListActionNoReport: "no-list-action-no-report", "IMDN-9.3.3-1", B2BUA, "skip reporting when the header is absent";
    EmptyListActionRejected: "empty-list-action-rejected", "IMDN-9.3.3-2", B2BUA, "answer 400 to an empty value";
    PrefixMatchListAction: "prefix-match-list-action", "IMDN-9.3.4-1", B2BUA, "compare only the first fifteen characters";
    UnescapedAmpersand: "unescaped-ampersand", "IMDN-10-1", BOTH, "insert values into the document without escaping";
    DuplicateDisposition: "duplicate-disposition", "IMDN-10-2", BOTH, "emit the disposition element twice";
    NoXmlNamespace: "no-xml-namespace", "IMDN-10-3", BOTH, "omit the xmlns declaration, as the printed example does";
    RootRenamed: "root-renamed", "IMDN-10-4", BOTH, "use status-receipt as root element";
    WrongMediaType: "wrong-media-type", "IMDN-10-5", BOTH, "label the entity text/xml";
    DispositionOmitted: "disposition-omitted", "IMDN-10.1-1", BOTH, "leave out the element for denied reports";
    CapitalisedState: "capitalised-state", "IMDN-10.1-2", BOTH, "write Read instead of read";
    IdLowercased: "id-lowercased", "IMDN-10.2-1", BOTH, "fold the identifier to lower case";
    OriginalRecipientUriOmitted: "original-recipient-uri-omitted", "IMDN-10.3-1", BOTH, "leave the element out";
    NullFilledFromFrom: "null-filled-from-from", "IMDN-10.3-2", BOTH, "substitute From when Original-From is empty";
    ReportingUriWithoutScheme: "reporting-uri-without-scheme", "IMDN-10.4-1", BOTH, "write user@host without a scheme";
    PrivateUriStillSent: "private-uri-still-sent", "IMDN-10.4-2", BOTH, "ignore the privacy setting";
    OriginalRecipientDropped: "original-recipient-dropped", "IMDN-10.5-1", BOTH, "never emit the element";
    ArrivalTimeReported: "arrival-time-reported", "IMDN-10.6-1", BOTH, "stamp the time the IM arrived";
    LocalOffsetTime: "local-offset-time", "IMDN-10.6-2", BOTH, "emit the local zone offset";
    ExampleDatetime: "example-datetime", "IMDN-11.1-1", ENDPOINT, "emit an hour-only offset as in the sample";
    UnswappedAddresses: "unswapped-addresses", "IMDN-11.1-2", ENDPOINT, "keep From and To as in the IM";
    PaddedValues: "padded-values", "IMDN-11.1-4", BOTH, "pretty-print text content on its own line";
    GatewayReportsOutboundId: "gateway-reports-outbound-id", "IMDN-11.2-1", B2BUA, "put the new outbound Message-ID into the report";
    PerMemberOriginalTo: "per-member-original-to", "IMDN-11.3-1", B2BUA, "set Original-To to the member URI";
    LeakSenderInFrom: "leak-sender-in-from", "IMDN-11.4-1", B2BUA, "keep U in the CPIM From of the copies";
    UnwrapBeforeRelay: "unwrap-before-relay", "IMDN-11.5-1", B2BUA, "strip one layer before wrapping";
    NeedsReadableXml: "needs-readable-xml", "IMDN-11.6-1", B2BUA, "discard reports whose document cannot be parsed";
    CpimSingleHeaderBlock: "cpim-single-header-block", "RCPT-3.1-1", ENDPOINT, "omit the blank line between message headers and content headers";
    ReceiptWithoutMessageId: "receipt-without-message-id", "RCPT-3.1-2", ENDPOINT, "omit Message-ID when only read is requested";
    TimestampSecondsId: "timestamp-seconds-id", "RCPT-3.1-3", ENDPOINT, "use the current second as the whole identifier";
    MessageIdAlwaysDemanded: "message-id-always-demanded", "RCPT-3.1-4", BOTH, "refuse any IM without Message-ID";
    RequestReceiptName: "request-receipt-name", "RCPT-3.1-5", ENDPOINT, "emit the header under the transposed name Request-Receipt";
    PositiveAsDelivery: "positive-as-delivery", "RCPT-3.1-6", ENDPOINT, "emit delivery instead of positive-delivery";
    FirstValueOnly: "first-value-only", "RCPT-3.1-7", ENDPOINT, "parse only the first listed value";
    ReadAsDisplay: "read-as-display", "RCPT-3.1-8", ENDPOINT, "emit display";
    EmptyMeansAll: "empty-means-all", "RCPT-3.1-9", BOTH, "treat an empty value as a request for every kind";
    SpaceSeparatedValues: "space-separated-values", "RCPT-3.1-10", ENDPOINT, "join values with a blank only";
    AbsentMeansAttachment: "absent-means-attachment", "RCPT-3.1-11", ENDPOINT, "default the disposition to attachment";
    ReceiptTimeout60s: "receipt-timeout-60s", "RCPT-3.1-12", ENDPOINT, "mark the IM as unconfirmed after one minute";
    DropLateReceipts: "drop-late-receipts", "RCPT-3.1-13", ENDPOINT, "discard receipts older than five minutes";
    ContentLengthOffByOne: "content-length-off-by-one", "RCPT-3.1-14", ENDPOINT, "announce one octet too many, as the sample does";
    ReceiptWithoutCpim: "receipt-without-cpim", "RCPT-3.2-1", BOTH, "send the XML directly as the MESSAGE body";
    ReceiptAsApplicationXml: "receipt-as-application-xml", "RCPT-3.2-2", BOTH, "label the document application/xml";
    NoConfirm: "no-confirm", "RCPT-3.2-3", BOTH, "omit Content-Disposition on receipts";
    SilentConfirmation: "silent-confirmation", "RCPT-3.2-4", ENDPOINT, "record the receipt without informing the user";
    ReceiptHasMessageId: "receipt-has-message-id", "RCPT-3.2-5", BOTH, "put a fresh Message-ID on receipts";
    MatchOnHeader: "match-on-header", "RCPT-3.2-6", ENDPOINT, "correlate by the receipt's Message-ID header";
    StatusOmitted: "status-omitted", "RCPT-3.2-7", BOTH, "leave out the status element";
    ReceiptRequestsReceipt: "receipt-requests-receipt", "RCPT-3.2-8", BOTH, "copy the request header onto receipts";
    ReceiptForReceipt: "receipt-for-receipt", "RCPT-3.2-9", ENDPOINT, "apply the request logic to every CPIM message";
    SuccessStatus0: "success-status-0", "RCPT-3.2-10", BOTH, "emit 0 for success";
    ReadReceiptRender: "read-receipt-render", "RCPT-3.3-1", ENDPOINT, "send read receipts with Content-Disposition: render";
    ReadReceiptOnDelivery: "read-receipt-on-delivery", "RCPT-3.3-2", ENDPOINT, "issue it when the IM is delivered";
    UnknownAsRead: "unknown-as-read", "RCPT-3.3-3", ENDPOINT, "report 200 in the uncertain case";
    ClassifyByRootElement: "classify-by-root-element", "RCPT-3.4-1", ENDPOINT, "look at the XML root instead of the media type";
    IgnoreContentDisposition: "ignore-content-disposition", "RCPT-3.4-2", BOTH, "accept receipts without the confirm mark";
    MatchLastSent: "match-last-sent", "RCPT-3.4-3", ENDPOINT, "attribute a receipt to the latest IM to that peer";
    ConfirmAllOnFirst: "confirm-all-on-first", "RCPT-3.4-4", ENDPOINT, "mark the IM delivered to all on the first receipt";
    TypeIgnored: "type-ignored", "RCPT-3.4-5", ENDPOINT, "treat every receipt as a delivery receipt";
    ReceiptRequestNoSpace: "receipt-request-no-space", "RCPT-4-1", ENDPOINT, "write no SP after the colon";
    AtSignInId: "at-sign-in-id", "RCPT-4-2", ENDPOINT, "form identifiers as local@host";
    ReceiptUnescapedAmpersand: "receipt-unescaped-ampersand", "RCPT-5.1-1", BOTH, "insert the identifier without escaping";
    TwoStatusElements: "two-status-elements", "RCPT-5.1-2", BOTH, "emit status twice";
    Xml11Declaration: "xml-11-declaration", "RCPT-5.1-3", BOTH, "declare version 1.1";
    Utf16Document: "utf16-document", "RCPT-5.1-4", BOTH, "serialise the document as UTF-16 with a byte order mark";
    ReceiptNoXmlns: "receipt-no-xmlns", "RCPT-5.1-5", BOTH, "omit the namespace declaration, as in the samples";
    SuffixlessType: "suffixless-type", "RCPT-5.2-1", BOTH, "label receipts message/status-receipt";
    OuterTypeTextPlain: "outer-type-text-plain", "RCPT-6.1.1-1", BOTH, "send receipts with the inner type as SIP Content-Type";
    ContactInMessage: "contact-in-message", "RCPT-6.1.1-2", BOTH, "add a Contact header to MESSAGE";
    ListDropsReceiptRequest: "list-drops-receipt-request", "RCPT-6.1.1-3", ENDPOINT, "omit Receipt-Request when more than one recipient is given";
    NoResponseToReceipt: "no-response-to-receipt", "RCPT-6.1.2-1", ENDPOINT, "apply the MSRP rule and leave receipt MESSAGEs unanswered";
    ClassifyByOuterHeader: "classify-by-outer-header", "RCPT-6.1.3.1-1", ENDPOINT, "decide by a SIP Content-Disposition header";
    NoPositiveReceipt: "no-positive-receipt", "RCPT-6.1.3.1-2", ENDPOINT, "ignore positive-delivery";
    ReceiptWith2xx: "receipt-with-2xx", "RCPT-6.1.3.1-3", ENDPOINT, "send the positive receipt together with the 2xx";
    ReceiptIn2xxBody: "receipt-in-2xx-body", "RCPT-6.1.3.1-4", ENDPOINT, "return the receipt in the response";
    NoNegativeReceipt: "no-negative-receipt", "RCPT-6.1.3.1-5", ENDPOINT, "ignore failures after the 2xx";
    NegativeAfterError: "negative-after-error", "RCPT-6.1.3.1-6", ENDPOINT, "send a negative receipt on every failure";
    ReceiptNeedsSameCallId: "receipt-needs-same-call-id", "RCPT-6.1.3.2-1", ENDPOINT, "accept receipts only with the Call-ID of the IM";
    ReadReceiptFromMustMatch: "read-receipt-from-must-match", "RCPT-6.1.3.3-1", ENDPOINT, "demand that SIP From equals the IM's SIP To";
    ListRewritesCpim: "list-rewrites-cpim", "RCPT-6.2-1", B2BUA, "rewrite the CPIM To header per member";
    ReceiptBeforeResponse: "receipt-before-response", "RCPT-6.2-2", B2BUA, "send the receipt when forwarding";
    PositiveOn2xx: "positive-on-2xx", "RCPT-6.2-3", B2BUA, "turn the downstream 200 into a positive receipt";
    Only5xxNegative: "only-5xx-negative", "RCPT-6.2-4", B2BUA, "react to 5xx alone";
    DownstreamNegativeDropped: "downstream-negative-dropped", "RCPT-6.2-5", B2BUA, "consume downstream negative receipts";
    IntermediaryUriInReceipt: "intermediary-uri-in-receipt", "RCPT-6.2-6", B2BUA, "put the intermediary's own URI there";
    DropUnmatchedReadReceipt: "drop-unmatched-read-receipt", "RCPT-6.2-7", B2BUA, "forward only read receipts with a known message-id";
    MsrpBareXmlReceipt: "msrp-bare-xml-receipt", "RCPT-7.1.1-1", ENDPOINT, "send the receipt XML directly in the SEND body";
    MsrpRequestsDelivery: "msrp-requests-delivery", "RCPT-7.1.1-2", ENDPOINT, "put the same request header on SIP and MSRP messages";
    ReceiptAsksSuccessReport: "receipt-asks-success-report", "RCPT-7.1.1-3", ENDPOINT, "set Success-Report: yes on receipts";
    FailureReportMissing: "failure-report-missing", "RCPT-7.1.1-4", ENDPOINT, "rely on the default for Failure-Report";
    MsrpReceiptRequestsRead: "msrp-receipt-requests-read", "RCPT-7.1.1-5", ENDPOINT, "copy Receipt-Request: read onto the receipt";
    RoomDropsMessageId: "room-drops-message-id", "RCPT-7.1.1-6", ENDPOINT, "omit Message-ID in conference messages";
    MsrpAlways200: "msrp-always-200", "RCPT-7.1.2-1", ENDPOINT, "answer every SEND with 200";
    RespondToReceipt: "respond-to-receipt", "RCPT-7.1.2-2", ENDPOINT, "answer receipt SENDs with 200";
    ClassifyFirstChunkOnly: "classify-first-chunk-only", "RCPT-7.1.3.1-1", ENDPOINT, "classify by the octets of the first chunk";
    MatchOnMsrpMessageId: "match-on-msrp-message-id", "RCPT-7.1.3.2-1", ENDPOINT, "correlate through the MSRP header instead of the XML element";
    MsrpReceiptForReceipt: "msrp-receipt-for-receipt", "RCPT-7.1.3.2-2", ENDPOINT, "honour read requests on receipts over MSRP";
    RoomEditsCpim: "room-edits-cpim", "RCPT-7.2-1", B2BUA, "rewrite the CPIM From to the room";
    MsrpIntermediaryNegativeReceipt: "msrp-intermediary-negative-receipt", "RCPT-7.2-2", B2BUA, "reuse the SIP logic and send a negative receipt";
    ReceiptReplyAll: "receipt-reply-all", "RCPT-8-1", BOTH, "send receipts to every address of the IM";
    UnsolicitedConfirmsLatest: "unsolicited-confirms-latest", "RCPT-8.1-1", ENDPOINT, "apply an unmatched receipt to the newest IM";
    PolicyIgnoredForDelivery: "policy-ignored-for-delivery", "RCPT-8.2-1", ENDPOINT, "apply the privacy policy to read receipts only";
    PerMemberReceipts: "per-member-receipts", "RCPT-8.2-2", B2BUA, "forward each member's receipt";
    RejectAfterForwarding: "reject-after-forwarding", "RCPT-8.2-3", B2BUA, "forward the copies, then refuse";
    CharsetMismatch: "charset-mismatch", "RCPT-9.1-1", BOTH, "declare charset=iso-8859-1 on a UTF-8 document";
    PrefixedReceiptHeaders: "prefixed-receipt-headers", "RCPT-9.4-1", ENDPOINT, "emit and expect imdn.Receipt-Request";
}

#[cfg(test)]
#[path = "faults/tests.rs"]
mod tests;
