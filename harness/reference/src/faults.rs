//! What can be wrong with the reference: one deliberate defect for every testable requirement.
//!
//! The table is data. A defect is asked for where the conformant code takes the decision it breaks; what it does to
//! a message that is otherwise complete stands in the modules below, one a stage.

pub(crate) mod object;
pub(crate) mod report;
pub(crate) mod request;

/// A deliberate defect of the reference, named and described as the ledger has it.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// Name in the ledger, in kebab case; what `--fault` takes.
    pub name: &'static str,
    /// The requirement it breaks, and the only one outside its group.
    pub requirement: &'static str,
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
    /// Without a fault everything is as the draft wants it.
    pub(crate) fn new(fault: Option<&'static Fault>) -> Self {
        Self(fault.map(|fault| fault.defect))
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

macro_rules! faults {
    ($($defect:ident: $name:literal, $requirement:literal, $does:literal;)*) => {
        /// What an agent does wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Defect { $($defect),* }

        static FAULTS: &[Fault] = &[$(
            Fault { name: $name, requirement: $requirement, does: $does, defect: Defect::$defect },
        )*];
    };
}

faults! {
    BareImdnHeaders: "bare-imdn-headers", "IMDN-1-1", "drop the namespace prefix when serialising IMDN headers while keeping the NS line";
    ManualSendOnly: "manual-send-only", "IMDN-2-2", "queue the report until an explicit extra command is given";
    MessageIdEightBitCounter: "message-id-eight-bit-counter", "IMDN-3-6", "number messages modulo 256 inside a session";
    EchoOriginal: "echo-original", "IMDN-3-7", "append the received content as an extra part of the report";
    AutoConsent: "auto-consent", "IMDN-4-1", "default the consent preference to granted";
    DirectToOriginal: "direct-to-original", "IMDN-5-1", "address the IMDN to Original-From when present";
    TokenAsAddress: "token-as-address", "IMDN-5-2", "use a URI-shaped token as the report destination";
    ForgetFirstTarget: "forget-first-target", "IMDN-6.1-1", "fill every recipient element with the local URI";
    MatchOnFrom: "match-on-from", "IMDN-6.1-2", "reject a report whose From is not the IM's To";
    ReadOnReceipt: "read-on-receipt", "IMDN-6.2.1-1", "send the read report as soon as the IM is accepted";
    FailureReportedAsProcessed: "failure-reported-as-processed", "IMDN-6.2.3-1", "ignore downstream errors when choosing the state";
    DenialReasonLeak: "denial-reason-leak", "IMDN-6.2.4-1", "add a comment element naming the policy that fired";
    WrongCpimNamespace: "wrong-cpim-namespace", "IMDN-7-1", "declare urn:ietf:params:imdn instead";
    IgnoreNamespace: "ignore-namespace", "IMDN-7-2", "match header names by local part only";
    LiteralPrefix: "literal-prefix", "IMDN-7-3", "look up headers under the fixed string imdn";
    RequestWithoutMessageId: "request-without-message-id", "IMDN-8.1-1", "omit Message-ID when asking for a report";
    ListActionTypo: "list-action-typo", "IMDN-8.1-2", "emit final_recipient with an underscore";
    NoRequireWhenInsisting: "no-require-when-insisting", "IMDN-8.1-5", "ignore the require option";
    ResendOnMissingImdn: "resend-on-missing-imdn", "IMDN-8.1-6", "send the IM again when no report came in 30 seconds";
    MarkerInSipHeader: "marker-in-sip-header", "IMDN-8.1.1-1", "put Disposition-Notification into the MESSAGE header section";
    RequireInSip: "require-in-sip", "IMDN-8.1.1-2", "express the requirement as a SIP Require option tag";
    IgnoreRequire: "ignore-require", "IMDN-8.1.1-3", "accept messages that list unknown required headers";
    DisplayThenReject: "display-then-reject", "IMDN-8.1.1-4", "show the content before checking Require";
    LiteralNullValue: "literal-null-value", "IMDN-8.1.1-5", "write the four letters NULL as value";
    MixedRequestSingleMessage: "mixed-request-single-message", "IMDN-8.1.1-6", "set the header if any addressee wants it and send one message";
    FirstToOnly: "first-to-only", "IMDN-8.1.1-7", "generate a report only if the first To is the local user";
    ImdnRequestsImdn: "imdn-requests-imdn", "IMDN-8.1.1-8", "copy the request header into the report";
    PrivateToken: "private-token", "IMDN-8.1.1-10", "emit the token always";
    ListActionSwapped: "list-action-swapped", "IMDN-8.1.2-1", "emit the opposite of the chosen value";
    QuotedListAction: "quoted-list-action", "IMDN-8.1.2-7", "emit the value in double quotes";
    ForeignOriginalFrom: "foreign-original-from", "IMDN-8.1.3-1", "fill Original-From with the recipient's URI";
    EmptyWhenNoOriginalFrom: "empty-when-no-original-from", "IMDN-8.1.3-2", "emit an empty element if the header is absent";
    NullBecomesFrom: "null-becomes-from", "IMDN-8.1.3-5", "treat an empty Original-From as absent and fill in From";
    UnbracketedOriginalFrom: "unbracketed-original-from", "IMDN-8.1.3-6", "write the URI without angle brackets";
    MessageIdOmittedSometimes: "message-id-omitted-sometimes", "IMDN-8.1.4-1", "omit the header on every third message";
    CounterRestarts: "counter-restarts", "IMDN-8.1.4-2", "number messages from 1 after every start, no host part";
    TruncateId1024: "truncate-id-1024", "IMDN-8.1.4-3", "store at most 1024 octets of the Message-ID";
    AngleBracketId: "angle-bracket-id", "IMDN-8.1.4-4", "wrap the identifier in angle brackets as in mail";
    ReportOwnIdBehindB2bua: "report-own-id-behind-b2bua", "IMDN-8.1.5-3", "if Original-Message-ID is present, emit the report's own Message-ID instead of it";
    ForgetAfterSend: "forget-after-send", "IMDN-8.2-1", "keep no table of sent Message-IDs";
    StateExpires60s: "state-expires-60s", "IMDN-8.2-2", "purge sent-message state after one minute";
    ShowUnsolicitedReports: "show-unsolicited-reports", "IMDN-8.2-3", "display every received IMDN";
    AnswerImdnWithImdn: "answer-imdn-with-imdn", "IMDN-8.2-4", "run the reporting logic on any marked message";
    SilentOnRead: "silent-on-read", "IMDN-9.1-1", "stay silent on read messages although policy allows reports";
    SecondReportOnDelete: "second-report-on-delete", "IMDN-9.1-2", "issue processed when a read message is deleted";
    AnswerUnsolicitedImdn: "answer-unsolicited-imdn", "IMDN-9.1-4", "exempt only correlated reports from the loop guard";
    DispositionNotificationToAdded: "disposition-notification-to-added", "IMDN-9.1-5", "add the mail-style header with the reporter's URI";
    AcceptMissingMessageId: "accept-missing-message-id", "IMDN-9.1-6", "treat the request as an ordinary IM";
    SubjectPrefixed: "subject-prefixed", "IMDN-9.1-7", "prepend Re: to the Subject";
    ReadReportedAsProcessed: "read-reported-as-processed", "IMDN-9.2-1", "map the read event to processed";
    DeletedState: "deleted-state", "IMDN-9.2-2", "report the word deleted";
    DenyReportedAsError: "deny-reported-as-error", "IMDN-9.2-3", "emit error when denial is chosen";
    IgnoreSendsDenied: "ignore-sends-denied", "IMDN-9.2-4", "answer an ignored request with denied";
    PlainTextReport: "plain-text-report", "IMDN-9.2-9", "send text/plain saying the message was read";
    UnescapedAmpersand: "unescaped-ampersand", "IMDN-10-1", "insert values into the document without escaping";
    DuplicateDisposition: "duplicate-disposition", "IMDN-10-2", "emit the disposition element twice";
    NoXmlNamespace: "no-xml-namespace", "IMDN-10-3", "omit the xmlns declaration, as the printed example does";
    RootRenamed: "root-renamed", "IMDN-10-4", "use status-receipt as root element";
    WrongMediaType: "wrong-media-type", "IMDN-10-5", "label the entity text/xml";
    DispositionOmitted: "disposition-omitted", "IMDN-10.1-1", "leave out the element for denied reports";
    CapitalisedState: "capitalised-state", "IMDN-10.1-2", "write Read instead of read";
    IdLowercased: "id-lowercased", "IMDN-10.2-1", "fold the identifier to lower case";
    OriginalRecipientUriOmitted: "original-recipient-uri-omitted", "IMDN-10.3-1", "leave the element out";
    NullFilledFromFrom: "null-filled-from-from", "IMDN-10.3-2", "substitute From when Original-From is empty";
    ReportingUriWithoutScheme: "reporting-uri-without-scheme", "IMDN-10.4-1", "write user@host without a scheme";
    PrivateUriStillSent: "private-uri-still-sent", "IMDN-10.4-2", "ignore the privacy setting";
    OriginalRecipientDropped: "original-recipient-dropped", "IMDN-10.5-1", "never emit the element";
    ArrivalTimeReported: "arrival-time-reported", "IMDN-10.6-1", "stamp the time the IM arrived";
    LocalOffsetTime: "local-offset-time", "IMDN-10.6-2", "emit the local zone offset";
    ExampleDatetime: "example-datetime", "IMDN-11.1-1", "emit an hour-only offset as in the sample";
    UnswappedAddresses: "unswapped-addresses", "IMDN-11.1-2", "keep From and To as in the IM";
    PaddedValues: "padded-values", "IMDN-11.1-4", "pretty-print text content on its own line";
}

#[cfg(test)]
#[path = "faults/tests.rs"]
mod tests;
