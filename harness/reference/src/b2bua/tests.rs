//! The B2BUA without sockets: what goes in, and what comes out.

use std::sync::LazyLock;

use serde_json::json;

use self::episodes::EPISODES;
use super::*;
use wire::msrp::FailureReport;

use crate::carrier::{Call, Mode, Origin, Outgoing, SessionId, Way};
use crate::control::command::Request as Line;
use crate::faults::{Fault, faults};
use crate::serve::{Profile, Role};
use crate::sip::{Source, Transport};

mod episodes;
mod exploding;
mod hostile;
mod relaying;

const LOCAL: &str = "127.0.0.1:5070";
const LIST: &str = "sip:team@127.0.0.1:5070";
const UPSTREAM: &str = "sip:u@127.0.0.1:5060";
/// The session in which messages come, where they come in one.
const SESSION: SessionId = SessionId(7);
const NS: &str = "NS: imdn <urn:ietf:params:cpim-headers:imdn>\r\n";
const MARK: &str = "imdn.Disposition-Notification: \r\n";
const FINAL: &str = "imdn.List-Action: final-recipient\r\n";
const FIRST: &str = "imdn.List-Action: first-recipient\r\n";

/// A B2BUA with a list, and everything it has sent so far.
struct Subject {
    b2bua: B2bua,
    /// How messages come.
    mode: Mode,
    sent: Vec<Outgoing>,
    statuses: Vec<u16>,
}

impl Subject {
    /// With a list of members `sip:d1@…` and so on; abilities are those of the `list` command.
    fn new(fault: Option<&'static Fault>, abilities: &[Value]) -> Self {
        let b2bua = B2bua::new(LOCAL.parse().unwrap(), Conduct::new(fault, Role::B2bua));
        let mut subject = Self { b2bua, mode: Mode::Page, sent: Vec::new(), statuses: Vec::new() };
        subject.define(LIST, abilities);
        subject
    }

    fn of(members: usize) -> Self {
        Self::new(None, &vec![json!(true); members])
    }

    fn define(&mut self, uri: &str, abilities: &[Value]) {
        let member =
            |(place, reports): (usize, &Value)| json!({"uri": member(place + 1), "reports": reports});
        let members: Vec<_> = abilities.iter().enumerate().map(member).collect();
        self.ask(json!({"command": "list", "uri": uri, "members": members})).unwrap();
    }

    fn ask(&mut self, command: Value) -> Outcome {
        let command = Line::parse(command.to_string().as_bytes()).command.unwrap();
        let (outcome, actions) = self.b2bua.command(command);
        let sends = |action: &Action| matches!(action, Action::Send(_));
        assert!(!actions.iter().any(sends), "commands make a B2BUA send nothing");
        outcome
    }

    /// A MESSAGE to the list, and its answer.
    fn take(&mut self, cpim: &str) -> u16 {
        self.take_at(LIST, cpim)
    }

    fn take_at(&mut self, uri: &str, cpim: &str) -> u16 {
        let (response, actions) = self.b2bua.receive(&self.message(uri, cpim));
        self.note(actions);
        let status = response.unwrap().status;
        self.statuses.push(status);
        status
    }

    fn message(&self, uri: &str, cpim: &str) -> Incoming {
        let origin = match self.mode {
            Mode::Page => Origin::Page(source()),
            Mode::Session => Origin::Session(SESSION, source()),
        };
        Incoming { origin, ..request(uri, cpim.as_bytes()) }
    }

    /// Every open copy whose recipient satisfies the test is accepted, or refused.
    fn answer(&mut self, accepted: bool, whose: impl Fn(&str) -> bool) {
        let theirs = self.sent.iter().filter(|sent| whose(&sent.to));
        let marks: Vec<_> = theirs.filter_map(|sent| sent.mark).collect();
        for mark in marks {
            let actions = self.b2bua.concluded(mark, Some(if accepted { 200 } else { 500 }));
            self.note(actions);
        }
    }

    fn accept(&mut self) {
        self.answer(true, |_| true);
    }

    fn note(&mut self, actions: Vec<Action>) {
        for action in actions {
            let Action::Send(outgoing) = action else { panic!("a B2BUA has nothing to tell") };
            self.sent.push(*outgoing);
        }
    }

    /// What was sent to members.
    fn copies(&self) -> Vec<String> {
        self.sent.iter().filter(|sent| sent.to.starts_with("sip:d")).map(body).collect()
    }

    /// What was sent to requesters.
    fn reports(&self) -> Vec<String> {
        self.sent.iter().filter(|sent| sent.to.starts_with("sip:u")).map(body).collect()
    }

    /// The states that its own reports to requesters give.
    fn states(&self) -> Vec<String> {
        let state = |report: String| {
            report
                .contains("Content-type: application/imdn+xml")
                .then(|| between(&report, "<disposition>", "</"))
        };
        self.reports().into_iter().filter_map(state).collect()
    }
}

fn member(number: usize) -> String {
    format!("sip:d{number}@127.0.0.1:{}", 6000 + number)
}

fn body(outgoing: &Outgoing) -> String {
    String::from_utf8_lossy(&outgoing.body).into_owned()
}

fn between(text: &str, start: &str, end: &str) -> String {
    let (_, after) = text.split_once(start).unwrap_or_else(|| panic!("{start:?} is missing in\n{text}"));
    after.split_once(end).map_or(after, |(value, _)| value).to_owned()
}

fn request(uri: &str, cpim: &[u8]) -> Incoming {
    Incoming {
        origin: Origin::Page(source()),
        sender: UPSTREAM.into(),
        target: uri.into(),
        to: uri.into(),
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

/// A message to the list with these header lines behind From, To, DateTime and Subject.
fn im(lines: &str) -> String {
    format!(
        "From: \"Uma\" <{UPSTREAM}>\r\nTo: \"Team\" <{LIST}>\r\nDateTime: 2026-01-01T00:00:00Z\r\n\
         Subject:;lang=de Da?\r\n{lines}\r\nContent-type: text/plain\r\nContent-ID: <1@u>\r\n\r\nThe text\n of it\r\n"
    )
}

/// A message to the list that asks for a report.
fn marked(id: &str, lines: &str) -> String {
    im(&format!("{NS}{MARK}imdn.Message-ID: {id}\r\n{lines}"))
}

/// A report by a member on the message of that identifier: by header, and by element.
fn report_on(reporter: usize, header: &str, element: &str) -> String {
    let header =
        if header.is_empty() { String::new() } else { format!("imdn.Original-Message-ID: {header}\r\n") };
    format!(
        "From: <{}>\r\nTo: <{LIST}>\r\n{NS}imdn.Message-ID: r{reporter}\r\n{header}\r\n\
         Content-Type: application/imdn+xml\r\n\r\n\
         <imdn xmlns='urn:ietf:params:xml:ns:imdn'><disposition>read</disposition>\
         <original-message-id>{element}</original-message-id><original-recipient-uri/>\
         <disposition-time>2026-01-01T00:00:01Z</disposition-time></imdn>",
        member(reporter)
    )
}

fn report(reporter: usize, about: &str) -> String {
    report_on(reporter, about, about)
}

#[test]
fn says_what_it_can_do() {
    let subject = Subject::of(0);
    let ready = subject.b2bua.ready();
    assert_eq!((&ready["scoped"], &ready["lists"]), (&json!(true), &json!([])));
    for command in ["list", "policy", "log", "advance_clock", "reset", "restart"] {
        assert!(ready["commands"].as_array().unwrap().contains(&json!(command)), "{command}");
    }
}

#[test]
fn a_scoped_reset_forgets_what_concerns_the_peer_and_nothing_else() {
    let mut subject = Subject::of(1);
    subject.define("sip:others@127.0.0.1:5070", &[json!(true), json!(true)]);
    subject.take(&marked("m", FINAL));
    subject.ask(json!({"command": "reset", "peer": "sip:u@127.0.0.1:5060"})).unwrap();
    assert_eq!(subject.take(&marked("n", "")), 404);
    assert_eq!(subject.take_at("sip:others@127.0.0.1:5070", &marked("n", "")), 200);
    subject.take(&report(1, "m"));
    assert_eq!(subject.reports(), [""; 0]);
    subject.ask(json!({"command": "reset", "peer": member(2)})).unwrap();
    assert_eq!(subject.take_at("sip:others@127.0.0.1:5070", &marked("n", "")), 404);
}

#[test]
fn a_restart_forgets_requests_and_keeps_lists() {
    let mut subject = Subject::of(1);
    subject.take(&marked("m", FINAL));
    subject.ask(json!({"command": "restart"})).unwrap();
    assert_eq!(subject.take(&report(1, "m")), 200);
    assert_eq!(subject.reports(), [""; 0]);
    assert_eq!(subject.take(&marked("n", "")), 200);
}

/// Everything a subject has said, with what differs from run to run made equal.
fn run(episode: &episodes::Episode, fault: Option<&'static Fault>, mode: Mode) -> String {
    let mut subject = Subject { mode, ..Subject::new(fault, &[json!(true), json!(true)]) };
    (episode.1)(&mut subject);
    let said = subject
        .sent
        .iter()
        .map(|sent| format!("{} {} {}\n{}", sent.from, sent.to, lateness(&body(sent)), body(sent)));
    masked(&format!("{:?}\n{}", subject.statuses, said.collect::<Vec<_>>().join("\n")))
}

/// Whether a disposition was reported long after it happened, as far as the message tells.
fn lateness(body: &str) -> bool {
    let time = |start: &str, end: &str| {
        let text = body.split_once(start)?.1.split_once(end)?.0.trim();
        wire::time::decode(text.as_bytes(), 0..text.len()).value
    };
    let written = time("DateTime: ", "\r\n").zip(time("<disposition-time>", "</disposition-time>"));
    written.is_some_and(|(sent, happened)| (sent.instant - happened.instant).whole_seconds() > 9)
}

/// Random identifiers become `ID`, the time of day goes.
fn masked(text: &str) -> String {
    let mut masked = String::new();
    for line in text.split_inclusive(['\n', '<', ':', '>', ' ']) {
        let bare = line.trim_end_matches(['\n', '\r', '<', '>', ':']);
        let is_id = bare.len() == 32 && bare.bytes().all(|octet| octet.is_ascii_hexdigit());
        masked.push_str(if is_id { "ID\r\n" } else { line });
    }
    let times = masked
        .split("DateTime: ")
        .map(|part| if part.starts_with("2026-01") { part } else { after_time(part) });
    let masked = times.collect::<Vec<_>>().join("DateTime: ");
    let at = masked.split("<disposition-time>").map(|part| match part.split_once("</disposition-time>") {
        Some((time, rest)) if time.starts_with("2026-01") => format!("{time}{rest}"),
        Some((time, rest)) => format!("{}{rest}", if time.ends_with('Z') { "now" } else { time.trim() }),
        None => part.to_owned(),
    });
    at.collect()
}

fn after_time(part: &str) -> &str {
    part.split_once("\r\n").filter(|(time, _)| time.ends_with('Z')).map_or(part, |(_, rest)| rest)
}

/// What is said in all episodes without a fault, whatever carries it.
static CONFORMANT: LazyLock<Vec<String>> =
    LazyLock::new(|| EPISODES.iter().map(|episode| run(episode, None, Mode::Page)).collect());

/// The episodes that each fault shows in.
fn spoiled(fault: &'static Fault, mode: Mode) -> Vec<&'static str> {
    let episodes = EPISODES.iter().zip(CONFORMANT.iter());
    episodes
        .filter(|(episode, said)| run(episode, Some(fault), mode) != **said)
        .map(|(episode, _)| episode.0)
        .collect()
}

#[test]
fn the_same_b2bua_says_the_same_whatever_carries_it() {
    for (episode, said) in EPISODES.iter().zip(CONFORMANT.iter()) {
        assert_eq!(*said, run(episode, None, Mode::Page), "{}", episode.0);
        assert_eq!(*said, run(episode, None, Mode::Session), "{}", episode.0);
    }
}

/// Faults are made in what is carried, so they show whatever carries it; but for the one that is about that.
#[test]
fn every_fault_shows_whatever_carries_it() {
    for fault in faults().iter().filter(|fault| fault.shows_in(Role::B2bua, Profile::Imdn03)) {
        let [page, session] = [Mode::Page, Mode::Session].map(|mode| spoiled(fault, mode));
        assert!(!session.is_empty(), "{} changes nothing", fault.name);
        match fault.name {
            "msrp-reports-suppressed" => assert_eq!(page, [""; 0]),
            name => assert_eq!(page, session, "{name}"),
        }
    }
}

#[test]
fn a_list_goes_on_by_what_it_was_called_by() {
    let mut subject = Subject { mode: Mode::Session, ..Subject::of(2) };
    subject.take(&marked("m", FINAL));
    subject.accept();
    subject.mode = Mode::Page;
    subject.take(&report(1, "m"));
    let ways: Vec<_> = subject.sent.iter().map(|sent| (&sent.way, sent.reports.failure)).collect();
    let [(copy, None), (_, None), (relayed, Some(FailureReport::No))] = ways[..] else { panic!("{ways:?}") };
    assert!(matches!(copy, Way::Session { into: None, route: Some(_) }), "{copy:?}");
    assert!(matches!(relayed, Way::Session { into: Some(SESSION), .. }), "{relayed:?}");
}

#[test]
fn faults_of_other_roles_do_not_show() {
    let of_endpoints = |fault: &&Fault| fault.shows_in(Role::Endpoint, Profile::Imdn03);
    for fault in faults().iter().filter(of_endpoints).filter(|fault| !fault.roles.contains(&Role::B2bua)) {
        assert_eq!(spoiled(fault, Mode::Session), [""; 0], "{}", fault.name);
    }
}

/// Faults that are meant for one occasion show on that occasion alone.
#[test]
fn a_fault_shows_only_where_its_rule_applies() {
    for (name, expected) in [
        ("late-error-after-processed", &["one fails late"][..]),
        ("failure-reported-as-processed", &["all fail"]),
        ("error-swallowed", &["all fail"]),
        ("gateway-always-final", &["gateway"]),
        ("gateway-reports-outbound-id", &["gateway"]),
        ("unknown-list-action-as-final", &["unknown", "near miss"]),
        ("prefix-match-list-action", &["near miss"]),
        ("empty-list-action-rejected", &["empty"]),
        ("default-final", &["unspecified"]),
        ("no-list-action-no-report", &["unspecified"]),
        ("relay-when-unspecified", &["unspecified"]),
        ("relay-under-first", &["first", "gateway"]),
        ("relay-unmatched", &["unmatched", "unmatched and asking"]),
        ("relay-to-last-requester", &["two requesters"]),
        ("verify-wrong-field", &["wrong element", "wrong header"]),
        ("b2bua-state-60s", &["late report"]),
        ("incapable-means-silence", &["mixed abilities"]),
        ("refusing-member-as-read", &["mixed abilities"]),
        ("overwrite-original-from", &["behind another", "null"]),
        ("overwrite-original-id", &["behind another"]),
        ("folded-original-id", &["long Message-ID"]),
        ("null-becomes-from", &["null"]),
        ("leak-sender-in-from", &["hidden sender", "null"]),
        ("unwrap-before-relay", &["wrapped"]),
        ("needs-readable-xml", &["encrypted"]),
        ("answer-unsolicited-imdn", &["unmatched and asking"]),
        ("accept-missing-message-id", &["no Message-ID"]),
        ("ignore-require", &["unknown Require"]),
        ("ignore-namespace", &["foreign namespace"]),
        ("literal-prefix", &["other prefix"]),
        ("arrival-time-reported", &["late"]),
        ("direct-to-original", &["behind another"]),
    ] {
        assert_eq!(spoiled(Fault::by_name(name).unwrap(), Mode::Page), expected, "{name}");
    }
}

#[test]
fn a_session_is_opened_from_a_list_or_from_the_host() {
    let opened = |from: Option<&str>| {
        let command = json!({"command": "session", "open": UPSTREAM, "from": from}).to_string();
        let (outcome, actions) =
            Subject::of(1).b2bua.command(Line::parse(command.as_bytes()).command.unwrap());
        match &actions[..] {
            [Action::Call(Call::Open { from, .. })] => from.clone(),
            _ => format!("{:?}", outcome.unwrap_err()),
        }
    };
    assert_eq!(opened(Some(LIST)), LIST);
    assert_eq!(opened(None), format!("sip:exploder@{LOCAL}"));
    assert!(opened(Some("sip:others@127.0.0.1")).contains("no list here"));
}
