//! What can be wrong with the reference: one deliberate defect for every testable requirement.
//!
//! The table is data. A defect is asked for where the conformant code takes the decision it breaks; what it does to
//! a message that is otherwise complete stands in the modules below, one a stage.

pub(crate) mod copy;
pub(crate) mod object;
pub(crate) mod own_report;
pub(crate) mod relay;
pub(crate) mod report;
pub(crate) mod request;

use crate::serve::Role;

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
}

#[cfg(test)]
#[path = "faults/tests.rs"]
mod tests;
