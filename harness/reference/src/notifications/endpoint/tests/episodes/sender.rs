//! What a sender asks for, and makes of what it is told.

use super::*;

pub(super) static EPISODES: &[Episode] = &[
    ("send display", Page, |s| drop(s.send(&["display"]))),
    ("send processing", Page, |s| drop(s.send(&["processing"]))),
    ("send delivery", Page, |s| drop(s.send(&["positive-delivery", "negative-delivery"]))),
    ("send everything", Page, |s| {
        s.send(&["positive-delivery", "negative-delivery", "processing", "display", "display"]);
    }),
    ("send nothing", Page, |s| drop(s.send(&[]))),
    ("send and require", Page, |s| drop(s.send_with(json!({"receipts": ["display"], "require": true})))),
    ("send anonymously", Page, |s| {
        s.send_with(json!({"receipts": ["display"], "hide_sender": true}));
    }),
    ("send to two", Page, |s| {
        let recipients = json!([{"uri": "sip:c@127.0.0.1:1"}, {"uri": "sip:d@127.0.0.1:2;transport=tcp"}]);
        s.send_with(json!({"receipts": ["display"], "recipients": recipients}));
    }),
    ("send copies", Page, |s| drop(s.send_with(json!({"cc": ["sip:c@h", "sip:d@h"]})))),
    ("send a copy", Page, |s| drop(s.send_with(json!({"cc": ["sip:c@h"]})))),
    ("send at a time", Page, |s| {
        s.send(&["display"]);
        let body = first(s);
        let written = body.split_once("DateTime: ").and_then(|(_, rest)| rest.split_once("\r\n"));
        let value = written.map(|(value, _)| value.to_owned()).unwrap_or_default();
        let read = wire::time::decode(value.as_bytes(), 0..value.len());
        let age = read.value.map(|read| (time::OffsetDateTime::now_utc() - read.instant).whole_minutes());
        s.said = vec![format!("{:?} old, {:?}", age, read.deviations)];
    }),
    ("send with a required time", Page, |s| {
        s.send_with(json!({"receipts": ["display"], "require": true}));
        s.said = vec![first(s).contains("\r\nDateTime: ").to_string()];
    }),
    ("notification at a time", Page, |s| {
        s.take(&asking("m", "positive-delivery"));
        s.said = vec![first(s).contains("Z\r\nNS: ").to_string()];
    }),
    ("send and restart", Page, |s| {
        let ids: Vec<_> = (0..20).map(|_| s.send(&["display"])).collect();
        s.ask(json!({"command": "restart"}));
        let again = s.send(&["display"]);
        let usual = ids.iter().all(|id| id.len() == 32);
        s.said = vec![format!("of 32 digits: {usual}, repeated: {}", ids.contains(&again))];
    }),
    ("confirmed", Page, |s| {
        let id = s.send(&["positive-delivery", "display"]);
        s.take(&telling("delivery", "delivered", &id));
        s.take(&telling("display", "displayed", &id));
        s.log();
    }),
    ("notification named like a message", Page, |s| {
        let ids: Vec<_> = (0..3).map(|_| s.send(&["display"])).collect();
        s.take(&telling("display", "displayed", &ids[1]).replace(&format!("n-{}", ids[1]), &ids[0]));
        let log = s.log();
        s.said.push(format!("the right one: {}", log["reports"][0]["message_id"] == ids[1]));
    }),
    ("confirmed by two members", Page, |s| {
        let id = s.send(&["display"]);
        for member in ["sip:c@h", "sip:d@h"] {
            s.take(&telling("display", "displayed", &id).replace(ALICE, member));
        }
        s.log();
    }),
    ("odd disposition", Page, |s| {
        let id = s.send(&["display"]);
        let odd = "content-disposition: Notification;handling=optional";
        s.take(&telling("display", "displayed", &id).replace("Content-Disposition: notification", odd));
        s.log();
    }),
    ("confirmed after a restart", Page, |s| {
        let id = s.send(&["display"]);
        s.send(&["display"]);
        s.ask(json!({"command": "restart"}));
        s.take(&telling("display", "displayed", &id));
        s.log();
    }),
    ("silence", Page, |s| {
        s.send(&["display"]);
        s.wait(90);
        s.log();
    }),
    ("unknown notification", Page, |s| {
        s.take(&telling("display", "displayed", "bogus"));
        s.log();
    }),
    ("guesses", Page, |s| {
        s.send(&["display"]);
        for guess in ["a", "b"] {
            s.take(&telling("display", "displayed", guess));
        }
        s.log();
    }),
    ("unknown notification of a partner", Page, |s| {
        s.send(&["display"]);
        s.take(&telling("display", "displayed", "bogus"));
    }),
    ("bundle", Page, |s| {
        let id = s.send(&["display"]);
        let of = |member| document("display", "displayed", &id, member);
        s.take(&bundle(&[of("sip:c@h"), of("sip:d@h")]));
        s.log();
    }),
    ("notification that asks", Page, |s| {
        let id = s.send(&["positive-delivery"]);
        let asks = "imdn.Disposition-Notification: positive-delivery, display\r\nimdn.Message-ID: n";
        s.take(&telling("delivery", "delivered", &id).replace("imdn.Message-ID: n", asks));
        s.ask(json!({"command": "dispose", "message_id": format!("n-{id}"), "how": "read"}));
    }),
    ("notification with a record-route", Page, |s| {
        let id = s.send(&["display"]);
        let line = "imdn.IMDN-Record-Route: <sip:x@127.0.0.1:5061>\r\nimdn.Message-ID: n";
        s.take(&telling("display", "displayed", &id).replace("imdn.Message-ID: n", line));
        s.log();
    }),
    ("document of another type", Page, |s| {
        let id = s.send(&["display"]);
        s.take(&telling("display", "displayed", &id).replace("message/imdn+xml", "application/xml"));
        let log = s.log();
        s.said = vec![format!("{} messages, {} reports", count(&log["shown"]), count(&log["reports"]))];
    }),
    ("document without an outcome", Page, |s| {
        let id = s.send(&["positive-delivery"]);
        let text = telling("delivery", "delivered", &id);
        let (head, tail) = (text.find("<delivery-").unwrap(), text.find("</imdn>").unwrap());
        s.take(&format!("{}{}", &text[..head], &text[tail..]));
        s.log();
    }),
    ("stored", Page, |s| {
        let id = s.send(&["positive-delivery", "processing", "display"]);
        s.take(&telling("processing", "stored", &id));
        s.take(&telling("display", "displayed", &id));
        s.log();
    }),
    ("extensions", Page, |s| {
        let id = s.send(&["display"]);
        let extended = "</display-notification><x xmlns=\"urn:x\"/>";
        s.take(&telling("display", "displayed", &id).replace("</display-notification>", extended));
        s.log();
    }),
    ("forbidden", Page, |s| {
        let id = s.send(&["positive-delivery", "negative-delivery"]);
        s.take(&telling("delivery", "forbidden", &id));
        s.log();
    }),
];

fn count(list: &Value) -> usize {
    list.as_array().map_or(0, Vec::len)
}
