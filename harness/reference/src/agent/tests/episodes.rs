//! Everything that an agent does, in small pieces.

use std::collections::HashSet;

use serde_json::json;

use crate::user::TransactionUser;

use super::{ALICE, MARK, NS, Subject, dispose, im, log, marked, parsed, policy, report, send};

pub(super) type Episode = (&'static str, fn(&mut Subject));

/// One message, one policy, one thing that the user does.
pub(super) fn episode(subject: &mut Subject, reports: &str, cpim: &str, how: &[&str]) {
    if !reports.is_empty() {
        subject.ask(policy(reports));
    }
    subject.take(cpim);
    for how in how {
        subject.ask(dispose(how));
    }
}

/// Everything that an agent does, in small pieces.
pub(super) static EPISODES: &[Episode] = &[
    ("read", |s| episode(s, "allow", &marked("aB&'c", ""), &["read"])),
    ("behind a B2BUA", |s| {
        let lines = "imdn.Original-From: <sip:o&x@127.0.0.1:5061>\r\nimdn.Original-To: \"L\" <im:list@l.org>\r\n\
                     imdn.Original-Message-ID: first\r\n";
        episode(s, "allow", &marked("m", lines), &["read"]);
    }),
    ("null Original-From", |s| episode(s, "allow", &marked("m", "imdn.Original-From: \r\n"), &["read"])),
    ("deny", |s| episode(s, "", &marked("m", ""), &["deny", "read"])),
    ("deny by policy", |s| episode(s, "deny", &marked("m", ""), &[])),
    ("ignore", |s| episode(s, "allow", &marked("m", ""), &["ignore", "read"])),
    ("ignore by policy", |s| episode(s, "ignore", &marked("m", ""), &["read"])),
    ("delete unread", |s| episode(s, "allow", &marked("m", ""), &["delete-unread"])),
    ("cannot display", |s| episode(s, "allow", &marked("m", ""), &["not-displayed"])),
    ("consent", |s| episode(s, "", &marked("m", ""), &["read", "consent"])),
    ("read and delete", |s| episode(s, "allow", &marked("m", ""), &["read", "delete", "read"])),
    ("read and log", |s| {
        episode(s, "allow", &marked("m", ""), &["read"]);
        s.ask(log());
    }),
    ("hidden reporter", |s| {
        s.ask(json!({"command": "policy", "hide_reporter": true}));
        episode(s, "allow", &marked("m", ""), &["read"]);
    }),
    ("second To", |s| {
        let cpim = marked("m", "").replace("To: ", "To: <im:one@example.org>\r\nTo: ");
        episode(s, "allow", &cpim, &["read"]);
    }),
    ("token", |s| {
        let cpim = marked("m", "")
            .replace(MARK, &format!("{}sip:x@127.0.0.1:5062\r\n", MARK.trim_end_matches("\r\n")));
        episode(s, "allow", &cpim, &["read"]);
    }),
    ("foreign namespace", |s| {
        let cpim = marked("m", "").replace(NS, "NS: imdn <urn:example:other>\r\n");
        episode(s, "allow", &cpim, &["read"]);
    }),
    ("other prefix", |s| {
        let cpim = marked("m", "").replace("imdn.", "zz9.").replace("NS: imdn", "NS: zz9");
        episode(s, "allow", &cpim, &["read"]);
    }),
    ("unknown Require", |s| {
        s.take(&im("NS: q <urn:example:unknown>\r\nq.Gadget: x\r\nRequire: q.Gadget\r\n"));
        s.ask(log());
    }),
    ("no Message-ID", |s| s.take(&im(&format!("{NS}{MARK}")))),
    ("long Message-ID", |s| episode(s, "allow", &marked(&"k".repeat(4095), ""), &["read"])),
    ("late", |s| {
        episode(s, "allow", &marked("m", ""), &[]);
        s.ask(json!({"command": "advance_clock", "seconds": 20}));
        s.ask(dispose("read"));
    }),
    ("the same again", |s| {
        episode(s, "allow", &marked("m", ""), &["read"]);
        s.take(&marked("m", ""));
        s.ask(dispose("read"));
    }),
    ("send", |s| {
        let members = json!({"require": true, "list_action": "final-recipient", "original_from": true,
            "display_name": "Z \"O\"", "subjects": [{"text": "Allo", "lang": "fr"}], "cc": ["sip:c@h"]});
        s.ask(send(members));
    }),
    ("send hidden", |s| {
        s.ask(send(json!({"hide_sender": true})));
    }),
    ("send to some", |s| {
        let recipients = json!([{"uri": ALICE, "report": true}, {"uri": "sip:carol@127.0.0.1:5060"}]);
        s.ask(send(json!({"recipients": recipients})));
    }),
    ("send three", |s| {
        for _ in 0..3 {
            s.ask(send(json!({"report": false})));
        }
    }),
    ("send many", |s| {
        let id =
            |s: &mut Subject| s.agent.command(parsed(&send(json!({})))).0.unwrap()["message_id"].to_string();
        let ids: HashSet<_> = (0..300).map(|_| id(s)).collect();
        s.said = vec![format!("{} identifiers", ids.len())];
    }),
    ("restart", |s| {
        s.ask(send(json!({})));
        s.ask(json!({"command": "restart"}));
        s.ask(send(json!({})));
        let same = s.ids.len() > 1 && s.ids[0] == s.ids[1];
        s.said = vec![format!("the same identifier again: {same}")];
    }),
    ("report", |s| {
        let id = s.ask(send(json!({})))["message_id"].as_str().unwrap_or_default().to_owned();
        s.take(&report(ALICE, &id, ""));
        s.ask(log());
    }),
    ("report by a relay", |s| {
        let id = s.ask(send(json!({})))["message_id"].as_str().unwrap_or_default().to_owned();
        s.take(&report("sip:relay@relays.example", &id, ""));
        s.ask(log());
    }),
    ("late report", |s| {
        let id = s.ask(send(json!({})))["message_id"].as_str().unwrap_or_default().to_owned();
        s.ask(json!({"command": "advance_clock", "seconds": 290}));
        s.take(&report(ALICE, &id, ""));
        s.ask(log());
    }),
    ("unsolicited report", |s| {
        s.take(&report(ALICE, "bogus", ""));
        s.ask(log());
    }),
    ("report that asks", |s| {
        s.ask(policy("allow"));
        let id = s.ask(send(json!({})))["message_id"].as_str().unwrap_or_default().to_owned();
        s.take(&report(ALICE, &id, MARK));
        s.ask(dispose("read"));
    }),
    ("unsolicited report that asks", |s| {
        s.ask(policy("allow"));
        s.take(&report(ALICE, "bogus", MARK));
        s.ask(dispose("read"));
    }),
    ("silence", |s| {
        s.ask(send(json!({})));
        s.ask(json!({"command": "advance_clock", "seconds": 40}));
        let actions = s.agent.wake();
        s.note(actions);
    }),
];
