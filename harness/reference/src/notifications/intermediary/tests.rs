//! The intermediary without sockets: what goes in, and what comes out.

use std::sync::LazyLock;

use serde_json::json;

use self::episodes::{Episode, episodes};
use super::*;
use crate::carrier::{Mode, Outgoing};
use crate::common::fixtures::{self, incoming};
use crate::control::command::Request as Line;
use crate::faults::{Fault, faults};
use crate::serve::{Profile, Role};

mod behaviour;
mod episodes;
mod hostile;

const LOCAL: &str = "127.0.0.1:5070";
const HOST: &str = "sip:exploder@127.0.0.1:5070";
const LIST: &str = "sip:team@127.0.0.1:5070";
const UMA: &str = "sip:u@127.0.0.1:5060";
const XAVER: &str = "sip:x@127.0.0.1:5062";
const NS: &str = "NS: imdn <urn:ietf:params:imdn>\r\n";

/// What is known of a list of these members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Secrecy {
    #[default]
    Open,
    Members,
    Number,
}

/// An intermediary with a list, and everything it has sent and said so far.
struct Subject {
    machine: Intermediary,
    mode: Mode,
    sent: Vec<Outgoing>,
    said: Vec<String>,
    /// The proxied message that waits for its answer.
    passed: Vec<Proxied>,
}

impl Subject {
    /// With a list of members `sip:d1@…` and so on.
    fn new(fault: Option<&'static Fault>, mode: Mode, members: usize, secrecy: Secrecy) -> Self {
        let machine = Intermediary::new(LOCAL.parse().unwrap(), Conduct::new(fault, Role::B2bua));
        let mut subject = Self { machine, mode, sent: Vec::new(), said: Vec::new(), passed: Vec::new() };
        let members: Vec<_> = (1..=members).map(|number| json!({"uri": member(number)})).collect();
        subject.ask(json!({
            "command": "list", "uri": LIST, "members": members,
            "disclosed": secrecy == Secrecy::Open, "count_disclosed": secrecy != Secrecy::Number,
        }));
        subject
    }

    fn of(members: usize) -> Self {
        Self::new(None, Mode::Page, members, Secrecy::Open)
    }

    fn secret(members: usize) -> Self {
        Self::new(None, Mode::Page, members, Secrecy::Members)
    }

    fn ask(&mut self, command: Value) {
        self.try_to(command).unwrap();
    }

    fn try_to(&mut self, command: Value) -> Outcome {
        let command = Line::parse(command.to_string().as_bytes()).command.unwrap();
        let (outcome, actions) = self.machine.command(command);
        self.note(actions);
        outcome
    }

    fn policy(&mut self, members: Value) {
        let mut command = json!({"command": "policy"});
        command.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        self.ask(command);
    }

    /// A message from Uma to the list, and the status of its answer; none if it was passed on as by a proxy.
    fn take(&mut self, cpim: &str) -> Option<u16> {
        self.take_from(UMA, LIST, cpim)
    }

    fn take_from(&mut self, sender: &str, target: &str, cpim: &str) -> Option<u16> {
        self.take_as(&incoming(self.mode, sender, target, cpim))
    }

    fn take_as(&mut self, message: &Incoming) -> Option<u16> {
        if let Some(proxied) = self.machine.proxied(message) {
            let body = proxied.body.as_deref().map(String::from_utf8_lossy);
            self.said.push(format!("to {:?}: {body:?}", proxied.target));
            self.passed.push(proxied);
            return None;
        }
        let (answer, actions) = self.machine.receive(message);
        self.said.push(fixtures::answer(answer.as_ref()));
        self.note(actions);
        Some(answer.unwrap().status)
    }

    /// A notification from a member, along the route that was recorded in his copy.
    fn confirm(&mut self, number: usize, kind: &str, status: &str, id: &str) -> Option<u16> {
        let copy = self.copies(number).pop().unwrap_or_default();
        let route: Vec<_> = lines(&copy, "imdn.IMDN-Record-Route: ");
        let target = route.first().map_or(UMA.to_owned(), |hop| inner(hop));
        let hops: String = route.iter().map(|hop| format!("imdn.IMDN-Route: {hop}\r\n")).collect();
        self.take_from(&member(number), &target, &telling(number, (kind, status, id), &hops))
    }

    /// The latest copy to a member is answered, or not.
    fn conclude(&mut self, number: usize, status: Option<u16>) {
        let copy = self.sent.iter().rev().find(|sent| sent.request_uri == member(number));
        if let Some(mark) = copy.and_then(|copy| copy.mark) {
            self.answer(mark, status);
        }
    }

    fn answer(&mut self, mark: u64, status: Option<u16>) {
        let actions = self.machine.concluded(mark, status);
        self.note(actions);
    }

    /// Time passes.
    fn wait(&mut self, seconds: u32) {
        self.ask(json!({"command": "advance_clock", "seconds": seconds}));
        if self.machine.wakes_in() == Some(Duration::ZERO) {
            let actions = self.machine.wake();
            self.note(actions);
        }
    }

    fn note(&mut self, actions: Vec<Action>) {
        for action in actions {
            self.said.push(untimed(&fixtures::action(&action)));
            if let Action::Send(outgoing) = action {
                self.said.extend(sent_at(&outgoing));
                self.sent.push(*outgoing);
            }
        }
    }

    /// What was sent there.
    fn to(&self, uri: &str) -> Vec<String> {
        let there = self.sent.iter().filter(|sent| sent.request_uri == uri);
        there.map(|sent| String::from_utf8_lossy(&sent.body).into_owned()).collect()
    }

    fn copies(&self, number: usize) -> Vec<String> {
        self.to(&member(number))
    }

    /// Kind and status of what was sent to Uma, with all documents of a message in one line.
    fn told(&self) -> Vec<String> {
        self.to(UMA).iter().map(|text| statuses(text).join(", ")).collect()
    }
}

fn member(number: usize) -> String {
    format!("sip:d{number}@127.0.0.1:{}", 6000 + number)
}

/// The values of these lines.
fn lines(text: &str, name: &str) -> Vec<String> {
    text.split("\r\n").filter_map(|line| line.strip_prefix(name)).map(str::to_owned).collect()
}

/// The text with `NOW` for times in documents, unless they are those of messages.
fn untimed(text: &str) -> String {
    let Some((before, rest)) = text.split_once("<datetime>") else { return text.to_owned() };
    let (time, behind) = rest.split_once('<').unwrap_or((rest, ""));
    let time = if time.starts_with("2026-06-15") { time } else { "NOW" };
    format!("{before}<datetime>{time}<{}", untimed(behind))
}

/// When the message was sent that a message is a copy of.
fn sent_at(outgoing: &Outgoing) -> Option<String> {
    let times = lines(&String::from_utf8_lossy(&outgoing.body), "DateTime: ");
    times.into_iter().find(|time| time.starts_with("2026-06-15")).map(|time| format!("at {time}"))
}

fn inner(address: &str) -> String {
    address.trim_matches(['<', '>']).to_owned()
}

/// What the documents in a message tell.
fn statuses(text: &str) -> Vec<String> {
    let after_kind = text.split("-notification><status><");
    let kinds: Vec<_> =
        after_kind.clone().map(|before| before.rsplit('<').next().unwrap_or_default()).collect();
    let words = after_kind.skip(1).map(|word| word.split(['/', '>']).next().unwrap_or_default());
    kinds.iter().zip(words).map(|(kind, word)| format!("{kind} {word}")).collect()
}

/// A message from Uma to the list with these header lines behind From, To and DateTime.
fn im(lines: &str) -> String {
    format!(
        "From: \"Uma\" <{UMA}>\r\nTo: \"Team\" <{LIST}>\r\nDateTime: 2026-06-15T14:34:56+02:00\r\n{lines}\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nThe text\r\n of it\r\n\r\n"
    )
}

/// A message that asks for these notifications.
fn asking(id: &str, values: &str) -> String {
    asking_with(id, values, "")
}

/// The same with more header lines above the request, which may use the prefix `imdn`.
fn asking_with(id: &str, values: &str, lines: &str) -> String {
    im(&format!("{NS}imdn.Message-ID: {id}\r\n{lines}imdn.Disposition-Notification: {values}\r\n"))
}

/// A member's notification about the message of that identifier, with more header lines.
fn telling(number: usize, (kind, status, id): (&str, &str, &str), lines: &str) -> String {
    let uri = member(number);
    format!(
        "From: \"Member{number}\" <{uri}>\r\nTo: <{UMA}>\r\n{NS}imdn.Message-ID: n{number}{kind}\r\n{lines}\r\n\
         Content-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n\
         <imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>{id}</message-id>\
         <datetime>2026-06-15T14:34:56+02:00</datetime><recipient-uri>{uri}</recipient-uri>\
         <original-recipient-uri>{LIST}</original-recipient-uri>\
         <{kind}-notification><status><{status}/></status></{kind}-notification></imdn>"
    )
}

fn run(episode: &Episode, fault: Option<&'static Fault>) -> String {
    let Episode { mode, members, secrecy, play, .. } = episode;
    let mut subject = Subject::new(fault, *mode, *members, *secrecy);
    play(&mut subject);
    subject.said.join("\n")
}

/// The episodes that each fault shows in.
static SPOILED: LazyLock<Vec<(&'static str, Vec<&'static str>)>> = LazyLock::new(|| {
    let conformant: Vec<_> = episodes().map(|episode| run(episode, None)).collect();
    let ours = faults().iter().filter(|fault| fault.shows_in(Role::B2bua, Profile::Rfc5438));
    let spoiled = |fault| {
        episodes()
            .zip(&conformant)
            .filter(move |(episode, said)| run(episode, Some(fault)) != **said)
            .map(|(episode, _)| episode.name)
    };
    ours.map(|fault| (fault.name, spoiled(fault).collect())).collect()
});

#[test]
fn every_fault_shows() {
    let hidden: Vec<_> =
        SPOILED.iter().filter(|(_, episodes)| episodes.is_empty()).map(|(name, _)| name).collect();
    assert!(hidden.is_empty(), "{hidden:?} change nothing");
}

#[test]
fn faults_of_other_roles_do_not_show() {
    for fault in faults().iter().filter(|fault| !fault.roles.contains(&Role::B2bua)) {
        for episode in episodes().take(3) {
            assert_eq!(run(episode, Some(fault)), run(episode, None), "{} in {}", fault.name, episode.name);
        }
    }
}

#[test]
fn the_same_intermediary_says_the_same() {
    for episode in episodes() {
        assert_eq!(run(episode, None), run(episode, None), "{}", episode.name);
    }
}

/// Faults that are meant for one occasion show on that occasion alone.
#[test]
fn a_fault_shows_only_where_its_rule_applies() {
    let expected = [
        ("original-to-own-contact", &["passed by"][..]),
        ("second-original-to", &["addressed before"]),
        ("prepend-original-to", &["refused with everything around it", "addressed before"]),
        ("hide-target-ignored", &["hidden target"]),
        ("hide-target-strips-request", &["hidden target"]),
        ("route-not-popped", &["onward"]),
        ("stored-then-processed", &["stored"]),
        ("unknown-fate-as-processed", &["blind"]),
        ("failed-per-retry", &["refused for now", "stored"]),
        ("wait-for-all-forever", &["collected for a time", "collected twice", "uncounted"]),
        ("proxy-sends-failed", &["passed by"]),
        ("reject-after-forwarding", &["uncounted"]),
        ("bundle-per-period-when-count-hidden", &["uncounted"]),
        ("transcode-content", &["another charset"]),
        ("edit-signed-in-place", &["signed"]),
    ];
    let spoiled =
        |name| SPOILED.iter().find(|(own, _)| *own == name).map(|(_, episodes)| episodes.as_slice());
    let wrong: Vec<_> = expected
        .iter()
        .map(|(name, episodes)| (*name, spoiled(*name), *episodes))
        .filter(|(_, spoiled, episodes)| *spoiled != Some(*episodes))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
