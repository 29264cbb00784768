//! Everything that an endpoint does, in small pieces.

use std::collections::HashSet;

use serde_json::json;

use super::{ALICE, BOB, Subject, asking, confirming, im, incoming, receipt};
use crate::carrier::Mode::{self, Page, Session};

pub(super) type Episode = (&'static str, Mode, fn(&mut Subject));

const OTHER: &str = "sip:relay@127.0.0.1:5061";

/// Everything that an endpoint does, in small pieces.
pub(super) static EPISODES: &[Episode] = &[
    ("delivered", Page, |s| s.take(&asking("m", "positive-delivery"))),
    ("negative", Page, |s| {
        s.policy(json!({"on_arrival": "hold-delivery"}));
        s.take(&asking("m", "negative-delivery"));
        s.dispose("not-delivered");
    }),
    ("read", Page, |s| {
        s.take(&asking("m", "read"));
        s.dispose("read");
    }),
    ("everything", Page, |s| {
        s.take(&asking("a&b'c", "positive-delivery, negative-delivery,read"));
        s.dispose("read");
        s.dispose("read");
    }),
    ("negative first", Page, |s| s.take(&asking("m", "negative-delivery, positive-delivery"))),
    ("held", Page, |s| {
        s.policy(json!({"on_arrival": "hold-delivery"}));
        s.take(&asking("m", "positive-delivery"));
        s.log();
        s.dispose("delivered");
        s.log();
    }),
    ("no Message-ID", Page, |s| {
        s.take(&im(""));
        s.log();
        s.dispose("read");
    }),
    ("empty request", Page, |s| {
        s.take(&asking("m", ""));
        s.dispose("read");
    }),
    ("render or not", Page, |s| {
        s.take(&im(""));
        s.take(&im("").replace("Content-type", "Content-Disposition: render\r\nContent-type"));
        s.log();
    }),
    ("unknown read state", Page, |s| {
        s.policy(json!({"read_state": "unknown"}));
        s.take(&asking("m", "read"));
        s.dispose("read");
    }),
    ("refused", Page, |s| {
        s.policy(json!({"reject_next": 486}));
        s.take(&asking("m", "negative-delivery"));
    }),
    ("ignore", Page, |s| {
        s.policy(json!({"reports": "ignore"}));
        s.take(&asking("m", "positive-delivery, negative-delivery, read"));
        s.dispose("read");
    }),
    ("several addressees", Page, |s| {
        let more = "To: <sip:bob@127.0.0.1:5070>\r\nTo: <sip:x@127.0.0.1:5062>\r\ncc: <sip:y@127.0.0.1:5063>";
        s.take(&asking("m", "positive-delivery").replacen("To: <sip:bob@127.0.0.1:5070>", more, 1));
    }),
    ("outer disposition", Page, |s| {
        let mut message = incoming(Page, ALICE, BOB, &im(""));
        message.disposition = Some("confirm".to_owned());
        s.take_as(&message);
        s.dispose("read");
        s.log();
    }),
    ("send read", Page, |s| drop(s.send(&["read"]))),
    ("send delivery", Page, |s| drop(s.send(&["positive-delivery", "negative-delivery"]))),
    ("send nothing", Page, |s| drop(s.send(&[]))),
    ("send and restart", Page, |s| {
        for _ in 0..20 {
            s.send(&["read"]);
        }
        s.ask(json!({"command": "restart"}));
        s.send(&["read"]);
        let distinct: HashSet<_> = s.ids.iter().collect();
        let usual = s.ids.iter().all(|id| id.len() == 32);
        s.said = vec![format!("{} identifiers, all of 32 digits: {usual}", distinct.len())];
    }),
    ("receipt", Page, |s| {
        let id = s.send(&["positive-delivery"]);
        s.take(&confirming("delivery", &id));
        s.log();
    }),
    ("read receipt", Page, |s| {
        let id = s.send(&["positive-delivery", "read"]);
        s.take(&confirming("read", &id));
        s.log();
    }),
    ("late receipt", Page, |s| {
        let id = s.send(&["positive-delivery"]);
        s.ask(json!({"command": "advance_clock", "seconds": 400}));
        s.take(&confirming("delivery", &id));
        s.log();
    }),
    ("silence", Page, |s| {
        s.send(&["positive-delivery"]);
        s.ask(json!({"command": "advance_clock", "seconds": 90}));
        s.wake();
        s.log();
    }),
    ("receipt with the name of another", Page, |s| {
        let (a, b) =
            (s.send(&["positive-delivery"]), s.send_with(json!({"receipts": ["read"], "to": OTHER})));
        s.take(&receipt(ALICE, BOB, ("delivery", &a, 200), ALICE, &format!("Message-ID: {b}\r\n")));
        let log = s.log();
        s.said.push(format!("the right one: {}", log["reports"][0]["message_id"] == a));
    }),
    ("receipt that asks", Page, |s| {
        let id = s.send(&["positive-delivery"]);
        let lines = "Message-ID: r\r\nReceipt-Request: positive-delivery, read\r\n";
        s.take(&receipt(ALICE, BOB, ("delivery", &id, 200), ALICE, lines));
        s.ask(json!({"command": "dispose", "message_id": "r", "how": "read"}));
    }),
    ("receipt by another type", Page, |s| {
        let id = s.send(&["positive-delivery"]);
        s.take(&confirming("delivery", &id).replace("message/status-receipt+xml", "application/xml"));
        let log = s.log();
        s.said = vec![format!("{} messages, {} receipts", count(&log["shown"]), count(&log["reports"]))];
    }),
    ("receipt without its mark", Page, |s| {
        let id = s.send(&["positive-delivery"]);
        s.take(&confirming("delivery", &id).replace("Content-Disposition: confirm\r\n", ""));
        s.log();
    }),
    ("second of three", Page, |s| {
        let ids: Vec<_> = (0..3).map(|_| s.send(&["positive-delivery"])).collect();
        s.take(&confirming("delivery", &ids[1]));
        let log = s.log();
        s.said.push(format!("the right one: {}", log["reports"][0]["message_id"] == ids[1]));
    }),
    ("one of two recipients", Page, |s| {
        let recipients = json!([{"uri": "sip:c@127.0.0.1:1"}, {"uri": "sip:d@127.0.0.1:2;transport=tcp"}]);
        let id = s.send_with(json!({"receipts": ["positive-delivery"], "recipients": recipients}));
        s.take(&receipt(ALICE, BOB, ("delivery", &id, 200), "sip:d@127.0.0.1:2", ""));
        s.log();
    }),
    ("receipt for a member", Page, |s| {
        let id = s.send(&["negative-delivery"]);
        s.take(&receipt(ALICE, BOB, ("delivery", &id, 404), "sip:d@127.0.0.1:2", ""));
        s.log();
    }),
    ("receipt from elsewhere", Page, |s| {
        let id = s.send(&["positive-delivery"]);
        s.take_from(OTHER, &confirming("delivery", &id));
        s.log();
    }),
    ("read receipt from elsewhere", Page, |s| {
        let id = s.send(&["read"]);
        s.take_from(OTHER, &confirming("read", &id));
        s.log();
    }),
    ("unknown receipt", Page, |s| {
        s.send(&["positive-delivery"]);
        s.take(&confirming("delivery", "bogus"));
        s.log();
    }),
    ("session read", Session, |s| {
        s.take(&asking("m", "read"));
        s.dispose("read");
    }),
    ("session send", Session, |s| {
        s.send(&["positive-delivery", "read"]);
        s.send(&["negative-delivery"]);
    }),
    ("session send to a room", Session, |s| {
        s.send_with(json!({"to": "sip:room.7f3a@127.0.0.1:5060", "receipts": ["read"]}));
    }),
    ("session receipt", Session, |s| {
        let id = s.send(&["read"]);
        s.take(&confirming("read", &id));
        s.log();
    }),
    ("session receipt in chunks", Session, |s| {
        let id = s.send(&["read"]);
        s.send(&["read"]);
        let mut message = incoming(Session, ALICE, BOB, &confirming("read", &id));
        message.first_chunk = 20;
        s.take_as(&message);
        s.log();
    }),
    ("session receipt that asks", Session, |s| {
        let id = s.send(&["read"]);
        let lines = "Message-ID: r\r\nReceipt-Request: positive-delivery, read\r\n";
        s.take(&receipt(ALICE, BOB, ("read", &id, 200), ALICE, lines));
        s.ask(json!({"command": "dispose", "message_id": "r", "how": "read"}));
    }),
];

fn count(list: &serde_json::Value) -> usize {
    list.as_array().map_or(0, Vec::len)
}
