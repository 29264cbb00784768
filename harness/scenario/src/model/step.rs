//! What can happen in a scenario.

use std::collections::BTreeMap;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::{
    Assertion, Charge, Compress, ExpectedAnswer, Ids, Markup, Mode, Protect, Severity, Unharmed, Variant, one,
};
use crate::control;
use crate::text::Text;

/// One step.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::large_enum_variant, reason = "there are few steps, and they are made once")]
pub enum Step {
    /// A peer sends a message, or another SIP request, and waits for its final answer.
    Send(Send),
    /// A peer puts octets on the wire as they are, outside any transaction.
    Raw(Raw),
    /// From here on a peer answers requests in this way.
    Answer(Answer),
    /// Waits for a request of the IUT to a peer.
    Expect(Expect),
    /// Shows that nothing more comes to the peers.
    Quiet(Quiet),
    /// Asks the driver of the IUT for something.
    Command(Command),
    /// Runs steps many times.
    Repeat(Repeat),
    /// Runs steps at once; it ends when all of them have ended.
    Together(Vec<Step>),
    /// Lets real time pass; only in slow scenarios.
    Wait(Wait),
    /// Judges what has happened so far, without waiting.
    Verify(Verify),
    /// Looks whether the IUT has come to harm; only in scenarios of robustness.
    Unharmed(Unharmed),
}

impl Edits {
    /// Whether they change nothing.
    pub const fn is_empty(&self) -> bool {
        self.drop.is_empty() && self.set.is_empty() && self.add.is_empty()
    }
}

impl Step {
    /// All of these steps, with those inside them in their place.
    pub fn all<'s>(steps: &'s [Self]) -> Vec<&'s Self> {
        let inner = |step: &'s Self| match step {
            Self::Repeat(repeat) => Self::all(&repeat.steps),
            Self::Together(steps) => Self::all(steps),
            other => vec![other],
        };
        steps.iter().flat_map(inner).collect()
    }
}

/// A peer sends a message, or another SIP request, and waits for its final answer. In session mode the message goes into the
/// MSRP session between that peer and the address it sends to; where there is none yet, the peer invites.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Send {
    /// The peer that sends; default: the first. In a `repeat` it may be one a round, such as `D${round}`.
    #[serde(default)]
    pub peer: Option<Text>,
    /// The address it sends to, which SIP and CPIM name; default: the IUT's user, for a report behind an intermediary the
    /// sender of the message that it is about. It is the IUT that gets the request all the same.
    #[serde(default)]
    #[schemars(extend("examples" = ["${L.uri}"]))]
    pub to: Option<Text>,
    /// What it sends.
    pub message: Template,
    /// Name under which later steps mean this message.
    #[serde(default, rename = "as")]
    pub name: Option<String>,
    /// For reports: the name of the message it reports on.
    #[serde(default)]
    pub about: Option<String>,
    /// For `message: again` and `resent`: the name of the message that is sent once more. For `wrapped`: the name of the
    /// report that it encloses; default: one that is made for the purpose.
    #[serde(default)]
    pub of: Option<String>,
    /// For `im-req` in documents whose request has values: which receipts it asks for. An empty list writes no request; what is
    /// asked then stands in `cpim`.
    #[serde(default)]
    #[schemars(extend("examples" = [["positive-delivery", "read"]]))]
    pub receipts: Vec<Text>,
    /// How it travels; default: in a session in the variant `msrp`, else as a page.
    #[serde(default)]
    pub mode: Option<Mode>,
    /// In session mode: the most octets of a chunk; default: one chunk for all.
    #[serde(default)]
    #[schemars(extend("examples" = [2048]))]
    pub chunk: Option<u32>,
    /// MSRP header lines of every chunk, as edits of the template. Without any, an instant message has neither `Success-Report`
    /// nor `Failure-Report`; a report has both, set to `no` (I-50).
    #[serde(default)]
    #[schemars(extend("examples" = [{"set": ["Failure-Report: partial"]}]))]
    pub msrp: Edits,
    /// CPIM header lines, as edits of the template.
    #[serde(default)]
    pub cpim: Edits,
    /// MIME header lines of the entity inside the CPIM object, as edits of the template; its content stays as it is.
    #[serde(default)]
    #[schemars(extend("examples" = [{"set": ["Content-Type: image/png"]}]))]
    pub entity: Edits,
    /// SIP header lines, as edits of the template.
    #[serde(default)]
    pub sip: Edits,
    /// For `report`, `wrapped` and `signed`: elements of the document, in place of those of the template; null leaves one
    /// out.
    #[serde(default)]
    pub document: BTreeMap<String, Option<Text>>,
    /// The text of the message, in place of the template's.
    #[serde(default)]
    pub text: Option<Text>,
    /// The whole SIP or MSRP body, in place of the template's.
    #[serde(default)]
    pub body: Option<Text>,
    /// In scenarios of robustness: it may be anything but sane, so nothing is expected of the answer, and none is waited for longer
    /// than the quiet window.
    #[serde(default)]
    pub hostile: bool,
    /// For hostile reports: octets of the document as they are.
    #[serde(default)]
    pub markup: Option<Markup>,
    /// For what is hostile: the coding of the SIP body.
    #[serde(default)]
    pub compress: Option<Compress>,
    /// Layers of S/MIME, the innermost first.
    #[serde(default)]
    #[schemars(extend("examples" = [[{"layer": "sign"}, {"layer": "encrypt"}]]))]
    pub protect: Vec<Protect>,
    /// What the answer has to be. Without it a 2xx is a precondition of the steps that follow.
    #[serde(default)]
    pub answer: Option<ExpectedAnswer>,
    /// Where it stands in its file; filled in by the loader.
    #[serde(skip)]
    pub at: Range<usize>,
}

/// What a peer can send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Template {
    /// A message that asks for a report: IM-req of INTERPRETATIONS part A.
    ImReq,
    /// A message that asks for none, with a Message-ID.
    #[default]
    Im,
    /// A report on a message of the IUT, `read` unless `document` says otherwise.
    Report,
    /// A report that encloses another report whole, as a second list behind the IUT relays it.
    Wrapped,
    /// A report that only the first sender could read: its content is opaque `application/pkcs7-mime`.
    Encrypted,
    /// A report with an opaque signature beside it in `multipart/signed`.
    Signed,
    /// A message with text/plain and no CPIM.
    Plain,
    /// The octets of an earlier message, byte for byte: a retransmission inside its transaction.
    Again,
    /// The CPIM object of an earlier message in a new SIP transaction.
    Resent,
    /// SIP OPTIONS.
    Options,
}

/// Edits of header lines. Lines are written as they travel, `Name: value`, and may contain `${…}`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Edits {
    /// Names of headers that go; carried out first.
    #[serde(default)]
    pub drop: Vec<String>,
    /// Lines that take the place of the header of that name.
    #[serde(default)]
    pub set: Vec<Text>,
    /// Lines that come after all others.
    #[serde(default)]
    pub add: Vec<Text>,
}

/// A peer puts octets on the wire as they are.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Raw {
    /// The peer that sends; default: the first.
    #[serde(default)]
    pub peer: Option<Text>,
    /// The octets. Over TCP every item is one segment; over UDP one datagram.
    #[schemars(extend("examples" = [["OPTIONS sip:b SIP/2.0\r\n\r\n"]]))]
    pub octets: Vec<Text>,
}

/// How a peer answers requests from now on.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Answer {
    /// The peer; default: the first.
    #[serde(default)]
    pub peer: Option<Text>,
    /// The status code; `0` for no answer at all. To what comes in a session, the answer is the same code where RFC 4975 section
    /// 10 defines it, else 403, and 200 for every 2xx.
    pub status: u16,
}

/// Waits for a request of the IUT to a peer.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expect {
    /// The peer at which it has to arrive; default: the first.
    #[serde(default)]
    pub peer: Option<Text>,
    /// What has to arrive.
    pub message: Kind,
    /// Name under which later steps mean it.
    #[serde(default, rename = "as")]
    pub name: Option<String>,
    /// For `message: report`: the name of the message it has to be about.
    #[serde(default)]
    pub about: Option<String>,
    /// For `message: report`: what it tells, as the disposition or type element of its document has it. A report whose document
    /// tells nothing that can be read fits every disposition.
    #[serde(default)]
    #[schemars(extend("examples" = ["delivery", "read"]))]
    pub disposition: Option<String>,
    /// The window; default: `reply`.
    #[serde(default)]
    pub within: Option<Window>,
    /// Who is charged when it does not come. Without it, what follows is inconclusive and nobody is charged.
    #[serde(default)]
    pub missing: Option<Charge>,
    /// Lets the scenario go on when it does not come: assertions of this step are then inconclusive, later steps run.
    #[serde(default)]
    pub optional: bool,
    /// What is judged of it.
    #[serde(default)]
    pub assert: Vec<Assertion>,
    /// Where it stands in its file; filled in by the loader.
    #[serde(skip)]
    pub at: Range<usize>,
}

/// What kind of request of the IUT is meant. Matching is tolerant; assertions are strict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A report, however badly made.
    Report,
    /// An instant message that is no report.
    Im,
    /// Any SIP request in a new transaction, OPTIONS and the like excepted.
    Any,
}

/// A window of IXIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Window {
    /// The reply window: expected traffic has to arrive inside it.
    Reply,
    /// The quiet window: how long nothing may arrive.
    Quiet,
}

/// Shows that nothing more comes. What arrived since the scenario began and no `expect` took counts too.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Quiet {
    /// The peers; default: all.
    #[serde(default)]
    pub peers: Vec<String>,
    /// What may not come; default: anything.
    #[serde(default)]
    pub message: Option<Kind>,
    /// Only messages about this one count.
    #[serde(default)]
    pub about: Option<String>,
    /// Only reports that tell this count, and those that tell nothing that can be read.
    #[serde(default)]
    #[schemars(extend("examples" = ["read"]))]
    pub disposition: Option<String>,
    /// The requirements this decides.
    pub judges: Ids,
    /// Verdict when something comes; default: by the level of the requirement.
    #[serde(default, rename = "else")]
    pub otherwise: Option<Severity>,
    /// The reading on which this rests.
    #[serde(default)]
    pub reading: Option<String>,
    /// What would have been right, in words.
    #[serde(default)]
    pub say: Option<String>,
    /// Where it stands in its file; filled in by the loader.
    #[serde(skip)]
    pub at: Range<usize>,
}

/// Asks the driver of the IUT for something. The command is one of the control protocol, with its members;
/// where the driver is `scoped` and the command allows it, `peer` is added by itself.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Command {
    /// The command's name, such as `dispose`.
    #[schemars(schema_with = "commands")]
    pub ask: String,
    /// Its members. Texts may contain `${…}`.
    #[serde(default)]
    #[schemars(extend("examples" = [{"how": "read"}]))]
    pub with: BTreeMap<String, Value>,
    /// For commands about a received message: its name. Fills in `message_id` and `from`.
    #[serde(default)]
    pub about: Option<String>,
    /// The peer whose address scopes the command; default: the first.
    #[serde(default)]
    pub peer: Option<Text>,
    /// Name under which later steps mean the reply.
    #[serde(default, rename = "as")]
    pub name: Option<String>,
    /// Which IUT process, counted from 0.
    #[serde(default)]
    pub iut: u32,
    /// The scenario goes on without it where the driver lacks the command; silence that may be due to that is then
    /// inconclusive.
    #[serde(default)]
    pub optional: bool,
    /// What is judged of the reply.
    #[serde(default)]
    pub assert: Vec<Assertion>,
    /// Where it stands in its file; filled in by the loader.
    #[serde(skip)]
    pub at: Range<usize>,
}

impl Template {
    /// Whether it is a report of some kind.
    pub const fn is_report(self) -> bool {
        matches!(self, Self::Report | Self::Wrapped | Self::Encrypted | Self::Signed)
    }
}

impl Send {
    /// A template as it is.
    pub fn of(message: Template) -> Self {
        Self { message, ..Self::default() }
    }

    /// How it travels in a variant. OPTIONS and retransmissions are SIP's own.
    pub fn mode_in(&self, variant: Variant) -> Mode {
        let usual = match self.message {
            Template::Options | Template::Again => Mode::Page,
            _ => variant.mode(),
        };
        self.mode.unwrap_or(usual)
    }
}

impl Command {
    /// The mode that it asks for in so many words.
    pub fn mode(&self) -> Option<Mode> {
        let Some(Value::Text(word)) = self.with.get(control::MODE) else { return None };
        Mode::ALL.into_iter().find(|mode| mode.word() == word.0)
    }
}

/// A member of a command.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A text, which may contain `${…}`.
    Text(Text),
    /// A list.
    List(Vec<Value>),
    /// An object.
    Object(BTreeMap<String, Value>),
}

/// Runs steps many times.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Repeat {
    /// How many rounds; `${round}` counts them from 1.
    #[serde(default)]
    pub times: Option<u32>,
    /// One round for each value, under the given name: `each: {length: [1, 255]}`.
    #[serde(default)]
    #[schemars(extend("examples" = [{"length": [1, 255]}]))]
    pub each: BTreeMap<String, Vec<Value>>,
    /// How many rounds may be under way at once.
    #[serde(default = "one")]
    pub parallel: u32,
    /// The steps of a round.
    pub steps: Vec<Step>,
}

/// Lets real time pass.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Wait {
    /// How many seconds; no scale applies.
    pub seconds: u32,
    /// What has to be over, or has to be still there, by then.
    pub why: String,
}

/// Judges what has happened so far.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Verify {
    /// The message or reply that assertions mean where they name none.
    #[serde(default)]
    pub of: Option<String>,
    /// What is judged.
    pub assert: Vec<Assertion>,
}

fn commands(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "enum": control::command_names()})
}
