//! The agent without sockets: what goes in, and what comes out.

use std::sync::LazyLock;

use serde_json::{Value, json};

use self::episodes::{EPISODES, Episode, episode};
use super::*;
use crate::carrier::{Incoming, Mode, Origin, SessionId, Way};
use crate::control::command::Request as Line;
use crate::faults::{Fault, faults};
use crate::serve::{Profile, Role};
use crate::sip::{Source, Transport};

mod episodes;
mod hostile;

const LOCAL: &str = "127.0.0.1:5070";
const ALICE: &str = "sip:alice@127.0.0.1:5060";

/// An agent and everything it has said so far, with what differs from run to run made equal.
struct Subject {
    agent: Agent,
    /// How messages come and go.
    mode: Mode,
    said: Vec<String>,
    ids: Vec<String>,
}

impl Subject {
    fn new(fault: Option<&'static Fault>) -> Self {
        Self {
            agent: Agent::new(LOCAL.parse().unwrap(), Conduct::new(fault, Role::Endpoint)),
            mode: Mode::Page,
            said: Vec::new(),
            ids: Vec::new(),
        }
    }

    fn ask(&mut self, mut command: Value) -> Value {
        if self.mode == Mode::Session && command["command"] == "send" {
            command["mode"] = "session".into();
        }
        let (outcome, actions) = self.agent.command(parsed(&command));
        let reply = outcome.map_or_else(|failure| json!(format!("{failure:?}")), Value::Object);
        self.ids.extend(reply["message_id"].as_str().map(str::to_owned));
        self.said.push(masked(&reply.to_string()));
        self.note(actions);
        reply
    }

    fn take(&mut self, cpim: &str) {
        let mut message = request(cpim.as_bytes());
        if self.mode == Mode::Session {
            message.origin = Origin::Session(SESSION, source());
        }
        let (answer, actions) = self.agent.receive(&message);
        self.said.push(answer.unwrap().status.to_string());
        self.note(actions);
    }

    fn note(&mut self, actions: Vec<Action>) {
        for action in actions {
            self.said.push(match action {
                Action::Send(outgoing) => masked(&written(&outgoing)),
                Action::Tell(event) => masked(&event.to_string()),
                Action::Call(call) => format!("{call:?}"),
            });
        }
    }

    fn all(self) -> String {
        self.said.join("\n")
    }
}

fn parsed(command: &Value) -> Command {
    Line::parse(command.to_string().as_bytes()).command.unwrap()
}

fn written(outgoing: &Outgoing) -> String {
    let body = String::from_utf8_lossy(&outgoing.body);
    let Outgoing { request_uri, from, to, headers, way, .. } = outgoing;
    let into = matches!(way, Way::Session { into: Some(SESSION), .. });
    let mode = if into { " into the session" } else { "" };
    format!("{request_uri} {from} {to} {headers:?}{mode}\n{body}{}", lateness(&body))
}

/// How long the disposition was reported after it happened, as far as the message tells.
fn lateness(body: &str) -> String {
    let time = |start: &str, end: &str| {
        let text = body.split_once(start)?.1.split_once(end)?.0.trim();
        wire::time::decode(text.as_bytes(), 0..text.len()).value
    };
    let written = time("DateTime: ", "\r\n").zip(time("<disposition-time>", "</disposition-time>"));
    written.map_or(String::new(), |(sent, happened)| {
        let seconds = (sent.instant - happened.instant).whole_seconds();
        format!("\nreported {} the event", if seconds < 10 { "with" } else { "long after" })
    })
}

/// Random identifiers become `ID`, digits `0`.
fn masked(text: &str) -> String {
    let is_hex = |character: char| character.is_ascii_digit() || ('a'..='f').contains(&character);
    let mut masked = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = rest.find(|character| !is_hex(character)).unwrap_or(rest.len());
        let (taken, said) = match run {
            32 => (32, "ID".to_owned()),
            0 => (first.len_utf8(), first.to_string()),
            _ => (run, rest[..run].replace(|character: char| character.is_ascii_digit(), "0")),
        };
        masked.push_str(&said);
        rest = &rest[taken..];
    }
    masked
}

fn request(cpim: &[u8]) -> Incoming {
    Incoming {
        origin: Origin::Page(source()),
        sender: ALICE.into(),
        target: format!("sip:bob@{LOCAL}"),
        to: format!("sip:bob@{LOCAL}"),
        content_type: Some("message/cpim".into()),
        disposition: None,
        has_content_id: false,
        body: cpim.to_vec().into(),
        first_chunk: cpim.len(),
        carrier_id: None,
        hops: 70,
    }
}

fn source() -> Source {
    Source { transport: Transport::Udp, address: "127.0.0.1:5060".parse().unwrap(), link: None }
}

/// The session in which messages come, where they come in one.
const SESSION: SessionId = SessionId(7);
const NS: &str = "NS: imdn <urn:ietf:params:cpim-headers:imdn>\r\n";
const MARK: &str = "imdn.Disposition-Notification: \r\n";

/// A message from Alice with these header lines behind From, To and Subject.
fn im(lines: &str) -> String {
    format!(
        "From: \"Alice\" <{ALICE}>\r\nTo: <sip:bob@{LOCAL}>\r\nSubject:;lang=de Da?\r\n{lines}\r\n\
         Content-type: text/plain\r\n\r\nThe text of the message"
    )
}

/// A message that asks for a report.
fn marked(id: &str, lines: &str) -> String {
    im(&format!("{NS}{MARK}imdn.Message-ID: {id}\r\n{lines}"))
}

/// A report from somebody on the message of that identifier.
fn report(from: &str, about: &str, lines: &str) -> String {
    format!(
        "From: <{from}>\r\nTo: <sip:bob@{LOCAL}>\r\n{NS}imdn.Message-ID: report\r\n{lines}\r\n\
         Content-type: application/imdn+xml\r\n\r\n\
         <imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><disposition>read</disposition>\
         <original-message-id>{about}</original-message-id></imdn>"
    )
}

fn dispose(how: &str) -> Value {
    json!({"id": 1, "command": "dispose", "handle": "h1", "how": how})
}

fn policy(reports: &str) -> Value {
    json!({"id": 1, "command": "policy", "reports": reports})
}

fn send(members: Value) -> Value {
    let mut command = json!({"id": 1, "command": "send", "to": ALICE, "text": "Hi", "report": true});
    command.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    command
}

fn log() -> Value {
    json!({"id": 1, "command": "log", "peer": ALICE})
}

fn run(episode: &Episode, fault: Option<&'static Fault>, mode: Mode) -> String {
    let mut subject = Subject { mode, ..Subject::new(fault) };
    (episode.1)(&mut subject);
    subject.all()
}

fn conformant(name: &str) -> String {
    run(EPISODES.iter().find(|episode| episode.0 == name).unwrap(), None, Mode::Page)
}

/// The episodes that each fault shows in.
fn spoiled(fault: &'static Fault, mode: Mode) -> Vec<&'static str> {
    static CONFORMANT: LazyLock<[Vec<String>; 2]> = LazyLock::new(|| {
        let all = |mode| EPISODES.iter().map(|episode| run(episode, None, mode)).collect();
        [all(Mode::Page), all(Mode::Session)]
    });
    let episodes = EPISODES.iter().zip(&CONFORMANT[usize::from(mode == Mode::Session)]);
    episodes
        .filter(|(episode, said)| run(episode, Some(fault), mode) != **said)
        .map(|(episode, _)| episode.0)
        .collect()
}

/// Faults are made in what is carried, so they show whatever carries it; but for the one that is about that.
#[test]
fn every_fault_shows_whatever_carries_it() {
    for fault in faults().iter().filter(|fault| fault.shows_in(Role::Endpoint, Profile::Imdn03)) {
        let [page, session] = [Mode::Page, Mode::Session].map(|mode| spoiled(fault, mode));
        assert!(!session.is_empty(), "{} changes nothing", fault.name);
        match fault.name {
            "msrp-reports-suppressed" => assert_eq!(page, [""; 0]),
            name => assert_eq!(page, session, "{name}"),
        }
    }
}

#[test]
fn the_same_agent_says_the_same() {
    for (episode, mode) in
        EPISODES.iter().flat_map(|episode| [(episode, Mode::Page), (episode, Mode::Session)])
    {
        assert_eq!(run(episode, None, mode), run(episode, None, mode), "{}", episode.0);
    }
}

#[test]
fn what_comes_in_a_session_is_reported_there_in_the_same_words() {
    for episode in EPISODES.iter().filter(|(name, _)| !name.starts_with("send")) {
        let [page, session] = [Mode::Page, Mode::Session].map(|mode| run(episode, None, mode));
        assert_eq!(session.replace(" into the session", ""), page, "{}", episode.0);
        assert_eq!(
            session.matches("into the session").count(),
            page.matches("<imdn").count(),
            "{}",
            episode.0
        );
    }
}

/// Faults that are meant for one occasion show on that occasion alone.
#[test]
fn a_fault_shows_only_where_its_rule_applies() {
    for (name, expected) in [
        ("null-filled-from-from", &["null Original-From"][..]),
        ("report-own-id-behind-b2bua", &["behind a B2BUA"]),
        ("forget-first-target", &["behind a B2BUA"]),
        ("direct-to-original", &["behind a B2BUA"]),
        ("token-as-address", &["token"]),
        ("literal-prefix", &["other prefix"]),
        ("ignore-namespace", &["foreign namespace"]),
        ("private-uri-still-sent", &["hidden reporter"]),
        ("first-to-only", &["second To"]),
        ("truncate-id-1024", &["long Message-ID"]),
        ("auto-consent", &["consent"]),
        ("deleted-state", &["delete unread"]),
        ("failure-reported-as-processed", &["cannot display"]),
        ("arrival-time-reported", &["late"]),
        ("ignore-sends-denied", &["ignore", "ignore by policy"]),
        ("second-report-on-delete", &["read and delete"]),
        ("match-on-from", &["report by a relay"]),
        ("state-expires-60s", &["late report"]),
        ("resend-on-missing-imdn", &["silence"]),
        ("ignore-require", &["unknown Require"]),
        ("display-then-reject", &["unknown Require"]),
        ("accept-missing-message-id", &["no Message-ID"]),
        ("mixed-request-single-message", &["send to some"]),
        ("null-becomes-from", &["send hidden"]),
        ("message-id-omitted-sometimes", &["send three", "send many"]),
        ("answer-unsolicited-imdn", &["unsolicited report that asks"]),
        ("answer-imdn-with-imdn", &["report that asks", "unsolicited report that asks"]),
        ("unescaped-ampersand", &["read", "behind a B2BUA"]),
        ("id-lowercased", &["read"]),
    ] {
        assert_eq!(spoiled(Fault::by_name(name).unwrap(), Mode::Page), expected, "{name}");
    }
}

#[test]
fn a_report_is_written_as_sections_9_and_10_want_it() {
    let said = conformant("behind a B2BUA");
    let report = said.rsplit_once("\nsip:alice@").unwrap().1;
    let expected = "000.0.0.0:0000 sip:bob@000.0.0.0:0000 sip:alice@000.0.0.0:0000 []\n\
        From: <sip:bob@000.0.0.0:0000>\r\nTo: \"Alice\" <sip:alice@000.0.0.0:0000>\r\n\
        DateTime: 0000-00-00T00:00:00";
    assert!(report.starts_with(expected), "{report}");
    let (_, report) = report.split_once("Z\r\n").unwrap();
    let expected = "Subject:;lang=de Da?\r\nNS: imdn <urn:ietf:params:cpim-headers:imdn>\r\nimdn.Message-ID: ID\r\n\
        \r\nContent-type: application/imdn+xml; charset=utf-0\r\n\r\n\
        <?xml version=\"0.0\" encoding=\"UTF-0\"?>\r\n<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">\
        <disposition>read</disposition><reporting-uas-uri>sip:bob@000.0.0.0:0000</reporting-uas-uri>\
        <original-recipient-uri>sip:o&amp;x@000.0.0.0:0000</original-recipient-uri>\
        <original-recipient>im:list@l.org</original-recipient>\
        <original-message-id>first</original-message-id><disposition-time>0000-00-00T00:00:00";
    assert!(report.starts_with(expected), "{report}");
    assert!(report.ends_with("Z</disposition-time></imdn>\r\n\nreported with the event"), "{report}");
}

#[test]
fn a_request_is_written_as_section_8_wants_it() {
    let said = conformant("send");
    let request = said.split_once("[]\n").unwrap().1;
    let (before, after) = request.split_once("DateTime: ").unwrap();
    assert_eq!(
        before,
        "From: \"Z \\\"O\\\"\" <sip:bob@000.0.0.0:0000>\r\nTo: <sip:alice@000.0.0.0:0000>\r\ncc: <sip:c@h>\r\n"
    );
    let (_, after) = after.split_once("Z\r\n").unwrap();
    assert_eq!(
        after,
        "Subject:;lang=fr Allo\r\nNS: imdn <urn:ietf:params:cpim-headers:imdn>\r\n\
         Require: imdn.Disposition-Notification\r\nimdn.Disposition-Notification: \r\nimdn.Message-ID: ID\r\n\
         imdn.List-Action: final-recipient\r\n\
         imdn.Original-From: \"Z \\\"O\\\"\" <sip:bob@000.0.0.0:0000>\r\n\
         \r\nContent-type: text/plain; charset=utf-0\r\n\r\nHi"
    );
}

#[test]
fn one_message_gives_one_report() {
    for name in ["read and delete", "the same again", "deny", "consent", "late"] {
        assert_eq!(conformant(name).matches("<imdn ").count(), 1, "{name}");
    }
    for name in [
        "ignore",
        "ignore by policy",
        "foreign namespace",
        "report that asks",
        "unsolicited report that asks",
    ] {
        assert_eq!(conformant(name).matches("<imdn ").count(), 0, "{name}");
    }
}

#[test]
fn without_a_preference_the_user_is_asked() {
    let mut subject = Subject::new(None);
    episode(&mut subject, "", &marked("m", ""), &["read"]);
    assert_eq!(subject.said.join("\n").matches("<imdn ").count(), 0);
    subject.ask(dispose("consent"));
    assert_eq!(subject.all().matches("<imdn ").count(), 1);
}

#[test]
fn consent_in_advance_is_consent() {
    let mut subject = Subject::new(None);
    episode(&mut subject, "ask", &marked("m", ""), &["consent", "read"]);
    assert_eq!(subject.all().matches("<disposition>read</disposition>").count(), 1);
}

#[test]
fn what_happens_on_arrival_is_settled_there() {
    for (on_arrival, word) in [("read", "read"), ("delete", "processed"), ("error", "error")] {
        let mut subject = Subject::new(None);
        subject.ask(json!({"command": "policy", "on_arrival": on_arrival}));
        episode(&mut subject, "allow", &marked("m", ""), &[]);
        assert!(subject.all().contains(&format!("<disposition>{word}</disposition>")), "{on_arrival}");
    }
}

#[test]
fn held_messages_are_shown_when_they_are_delivered() {
    let mut subject = Subject::new(None);
    subject.ask(json!({"command": "policy", "on_arrival": "hold-delivery"}));
    subject.take(&marked("m", ""));
    assert_eq!(subject.ask(log())["shown"], json!([]));
    subject.ask(dispose("delivered"));
    assert_eq!(subject.ask(log())["shown"][0]["message_id"], "m");
}

#[test]
fn a_scoped_reset_forgets_one_peer() {
    let carol = "sip:carol@127.0.0.1:5060";
    let mut subject = Subject::new(None);
    subject.take(&marked("a", ""));
    subject.take(&marked("c", "").replace("alice@", "carol@"));
    subject.ask(json!({"command": "reset", "peer": carol}));
    let shown = subject.ask(json!({"command": "log"}))["shown"].clone();
    assert_eq!((shown.as_array().unwrap().len(), &shown[0]["message_id"]), (1, &json!("a")));
    subject.ask(json!({"command": "reset"}));
    assert_eq!(subject.ask(json!({"command": "log"}))["shown"], json!([]));
}

#[test]
fn a_message_can_be_named_in_every_way_the_protocol_has() {
    for (name, value) in [
        ("bare", json!({"message_id": null, "from": ALICE})),
        ("handle", json!({"handle": "h1"})),
        ("id", json!({"message_id": "m"})),
        ("id and sender", json!({"message_id": "m", "from": "im:alice@127.0.0.1"})),
    ] {
        let mut subject = Subject::new(None);
        episode(&mut subject, "allow", &marked("m", ""), &[]);
        let mut command = dispose("read");
        let members = command.as_object_mut().unwrap();
        members.remove("handle");
        members.extend(value.as_object().unwrap().clone());
        assert_eq!(subject.ask(command), json!({}), "{name}");
        assert_eq!(subject.all().matches("<imdn ").count(), 1, "{name}");
    }
    let mut subject = Subject::new(None);
    assert!(subject.ask(dispose("read")).as_str().unwrap().contains("no such message"));
}

#[test]
fn what_an_endpoint_cannot_do_is_said() {
    for members in [
        json!({"profile": "rfc5438"}),
        json!({"receipts": ["read"]}),
        json!({"sign": true}),
        json!({"to": "sip:alice@somewhere.example"}),
        json!({"to": "sip:alice@127.0.0.1>\r\nX: y"}),
        json!({"to": null}),
    ] {
        let reply = Subject::new(None).ask(send(members.clone()));
        assert!(
            reply.as_str().is_some_and(|text| text.contains("ported") || text.contains("Failed")),
            "{members}"
        );
    }
}

#[test]
fn sessions_are_opened_and_closed_by_command() {
    let said = |members: Value| {
        let mut command = json!({"command": "session"});
        command.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let mut subject = Subject::new(None);
        subject.ask(command);
        subject.all()
    };
    let own = format!("sip:bob@{LOCAL}");
    assert!(said(json!({"open": ALICE})).starts_with("{}\nOpen { from: \"sip:bob@"));
    assert!(said(json!({"open": ALICE, "from": own})).contains("\nOpen {"));
    assert_eq!(said(json!({"close": ALICE})), format!("{{}}\nClose(Some({ALICE:?}))"));
    for wrong in [
        json!({}),
        json!({"open": ALICE, "close": ALICE}),
        json!({"open": ALICE, "from": "sip:carol@127.0.0.1"}),
        json!({"open": "sip:alice@somewhere.example"}),
        json!({"open": "sip:alice@127.0.0.1>\r\nX: y"}),
    ] {
        assert!(said(wrong.clone()).starts_with("\"Failed("), "{wrong}");
    }
}
