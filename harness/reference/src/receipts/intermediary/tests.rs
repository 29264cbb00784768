//! The intermediary without sockets: what goes in, and what comes out.

use std::sync::LazyLock;

use serde_json::json;

use self::episodes::{EPISODES, Episode};
use super::*;
use crate::carrier::{Mode, Outgoing, Way};
use crate::control::command::Request as Line;
use crate::faults::{Fault, faults};
use crate::receipts::fixtures::{self, incoming, receipt};
use crate::serve::{Profile, Role};

mod behaviour;
mod episodes;
mod hostile;

const LOCAL: &str = "127.0.0.1:5070";
const LIST: &str = "sip:team@127.0.0.1:5070";
const UMA: &str = "sip:u@127.0.0.1:5060";

/// An intermediary with a list, and everything it has sent and said so far.
struct Subject {
    machine: Intermediary,
    mode: Mode,
    sent: Vec<Outgoing>,
    said: Vec<String>,
}

impl Subject {
    /// With a list of members `sip:d1@…` and so on.
    fn new(fault: Option<&'static Fault>, mode: Mode, members: usize, disclosed: bool) -> Self {
        let machine = Intermediary::new(LOCAL.parse().unwrap(), Conduct::new(fault, Role::B2bua));
        let mut subject = Self { machine, mode, sent: Vec::new(), said: Vec::new() };
        let members: Vec<_> = (1..=members).map(|number| json!({"uri": member(number)})).collect();
        subject
            .ask(json!({"command": "list", "uri": LIST, "members": members, "disclosed": disclosed}))
            .unwrap();
        subject
    }

    fn of(members: usize) -> Self {
        Self::new(None, Mode::Page, members, true)
    }

    fn secret(members: usize) -> Self {
        Self::new(None, Mode::Page, members, false)
    }

    fn ask(&mut self, command: Value) -> Outcome {
        let command = Line::parse(command.to_string().as_bytes()).command.unwrap();
        let (outcome, actions) = self.machine.command(command);
        self.note(actions);
        outcome
    }

    /// A message from Uma to the list, and the status of its answer.
    fn take(&mut self, cpim: &str) -> u16 {
        self.take_from(UMA, LIST, cpim)
    }

    fn take_from(&mut self, sender: &str, target: &str, cpim: &str) -> u16 {
        let (answer, actions) = self.machine.receive(&incoming(self.mode, sender, target, cpim));
        self.said.push(fixtures::answer(answer.as_ref()));
        self.note(actions);
        answer.unwrap().status
    }

    /// A receipt from a member to whom the list's message was from.
    fn confirm(&mut self, number: usize, kind: &str, id: &str, status: u16) -> u16 {
        let from = member(number);
        self.take_from(&from, LIST, &receipt(&from, UMA, (kind, id, status), &from, ""))
    }

    /// The latest copy to a member is answered, or not.
    fn conclude(&mut self, number: usize, status: Option<u16>) {
        let copy = self.sent.iter().rev().find(|sent| sent.request_uri == member(number)).unwrap();
        if let Some(mark) = copy.mark {
            let actions = self.machine.concluded(mark, status);
            self.note(actions);
        }
    }

    fn note(&mut self, actions: Vec<Action>) {
        for action in actions {
            self.said.push(fixtures::action(&action));
            if let Action::Send(outgoing) = action {
                self.sent.push(*outgoing);
            }
        }
    }

    /// What was sent to Uma.
    fn receipts(&self) -> Vec<String> {
        let to_uma = self.sent.iter().filter(|sent| sent.request_uri == UMA);
        to_uma.map(|sent| String::from_utf8_lossy(&sent.body).into_owned()).collect()
    }

    /// Type and status of what was sent to Uma.
    fn told(&self) -> Vec<String> {
        let between = |text: &str, start: &str| {
            text.split_once(start)
                .map_or(String::new(), |(_, rest)| rest.split('<').next().unwrap().to_owned())
        };
        let receipts = self.receipts();
        receipts
            .iter()
            .map(|text| format!("{} {}", between(text, "<type>"), between(text, "<status>")))
            .collect()
    }
}

fn member(number: usize) -> String {
    format!("sip:d{number}@127.0.0.1:{}", 6000 + number)
}

/// A message from Uma to the list with these header lines behind From and To.
fn im(lines: &str) -> String {
    format!(
        "From: \"Uma\" <{UMA}>\r\nTo: \"Team\" <{LIST}>\r\n{lines}\r\nContent-type: text/plain\r\n\r\nThe text\n of it"
    )
}

/// A message that asks for these receipts.
fn asking(id: &str, receipts: &str) -> String {
    im(&format!("Message-ID: {id}\r\nReceipt-Request: {receipts}\r\n"))
}

fn run(episode: &Episode, fault: Option<&'static Fault>) -> String {
    let Episode { mode, members, disclosed, play, .. } = episode;
    let mut subject = Subject::new(fault, *mode, *members, *disclosed);
    play(&mut subject);
    subject.said.join("\n")
}

/// The episodes that each fault shows in.
fn spoiled(fault: &'static Fault) -> Vec<&'static str> {
    static CONFORMANT: LazyLock<Vec<String>> =
        LazyLock::new(|| EPISODES.iter().map(|episode| run(episode, None)).collect());
    let episodes = EPISODES.iter().zip(CONFORMANT.iter());
    let shows = |(episode, said): &(&Episode, &String)| run(episode, Some(fault)) != **said;
    episodes.filter(shows).map(|(episode, _)| episode.name).collect()
}

#[test]
fn every_fault_shows() {
    for fault in faults().iter().filter(|fault| fault.shows_in(Role::B2bua, Profile::Receipts00)) {
        assert!(!spoiled(fault).is_empty(), "{} changes nothing", fault.name);
    }
}

#[test]
fn faults_of_other_roles_do_not_show() {
    for fault in faults().iter().filter(|fault| !fault.roles.contains(&Role::B2bua)) {
        assert_eq!(spoiled(fault), [""; 0], "{}", fault.name);
    }
}

#[test]
fn the_same_intermediary_says_the_same() {
    for episode in EPISODES {
        assert_eq!(run(episode, None), run(episode, None), "{}", episode.name);
    }
}

/// Faults that are meant for one occasion show on that occasion alone.
#[test]
fn a_fault_shows_only_where_its_rule_applies() {
    for (name, expected) in [
        ("message-id-always-demanded", &["nothing asked"][..]),
        ("empty-means-all", &["empty request"]),
        ("ignore-content-disposition", &["secret list, receipt without its mark"]),
        ("success-status-0", &["secret list"]),
        ("receipt-before-response", &["refused", "failed later", "failed twice"]),
        ("positive-on-2xx", &["accepted", "receipts of a member"]),
        ("only-5xx-negative", &["one of two refuses", "refused", "redirected", "silence", "failed twice"]),
        ("downstream-negative-dropped", &["failed later"]),
        ("drop-unmatched-read-receipt", &["unknown read receipt"]),
        ("room-edits-cpim", &["room", "room refused"]),
        ("msrp-intermediary-negative-receipt", &["room refused"]),
        ("receipt-reply-all", &["bystander"]),
        ("per-member-receipts", &["secret list", "secret list, receipt without its mark"]),
        ("reject-after-forwarding", &["secret list", "secret list, receipt without its mark"]),
    ] {
        assert_eq!(spoiled(Fault::by_name(name).unwrap()), expected, "{name}");
    }
}
