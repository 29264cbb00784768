//! Everything that an endpoint does, in small pieces.

use serde_json::{Value, json};

use super::*;
use crate::carrier::Mode::{self, Page, Session};

pub(super) type Episode = (&'static str, Mode, fn(&mut Subject));

const BOTH: &str = "positive-delivery, display";

/// Everything that an endpoint does, in small pieces.
pub(super) static EPISODES: &[Episode] = &[
    // Recipient: what is told.
    ("delivered", Page, |s| s.take(&asking("m", "positive-delivery"))),
    ("displayed", Page, |s| {
        s.take(&asking("m", "display"));
        s.dispose("read");
    }),
    ("both", Page, |s| {
        s.take(&asking("m", BOTH));
        s.dispose("read");
        s.dispose("read");
    }),
    ("both values of delivery", Page, |s| s.take(&asking("m", "positive-delivery, negative-delivery"))),
    ("failed", Page, |s| {
        s.policy(json!({"on_arrival": "hold-delivery"}));
        s.take(&asking("m", "negative-delivery"));
        s.dispose("not-delivered");
    }),
    ("failed, both values", Page, |s| {
        s.policy(json!({"on_arrival": "hold-delivery"}));
        s.take(&asking("m", "positive-delivery, negative-delivery"));
        s.dispose("not-delivered");
    }),
    ("held", Page, |s| {
        s.policy(json!({"on_arrival": "hold-delivery"}));
        s.take(&asking("m", "positive-delivery"));
        s.log();
        s.dispose("delivered");
        s.log();
    }),
    ("negative alone", Page, |s| {
        s.take(&asking("m", "negative-delivery"));
        s.dispose("read");
    }),
    ("processing", Page, |s| {
        s.take(&asking("m", "processing, display"));
        s.dispose("read");
    }),
    ("undetermined", Page, |s| {
        s.policy(json!({"on_arrival": "unknown"}));
        s.take(&asking("m", "positive-delivery, negative-delivery"));
    }),
    ("unknown read state", Page, |s| {
        s.policy(json!({"read_state": "unknown"}));
        s.take(&asking("m", "display"));
        s.dispose("read");
    }),
    ("deny by policy", Page, |s| {
        s.policy(json!({"reports": "deny"}));
        s.take(&asking("m", "positive-delivery"));
    }),
    ("deny a display", Page, |s| {
        s.policy(json!({"reports": "ask"}));
        s.take(&asking("m", "display"));
        s.dispose("deny");
    }),
    ("ignore", Page, |s| {
        s.policy(json!({"reports": "ignore"}));
        s.take(&asking("m", "positive-delivery, negative-delivery, display"));
        s.dispose("read");
    }),
    ("deleted unread", Page, |s| {
        s.take(&asking("m", "positive-delivery, negative-delivery"));
        s.dispose("delete-unread");
    }),
    ("refused with 486", Page, |s| {
        s.policy(json!({"reject_next": 486}));
        s.take(&asking("m", "negative-delivery"));
    }),
    ("refused with 403", Page, |s| {
        s.policy(json!({"reject_next": 403}));
        s.take(&asking("m", "positive-delivery"));
    }),
    ("refused with 480", Page, |s| {
        s.policy(json!({"reject_next": 480}));
        s.take(&asking("m", "display"));
    }),
    ("factory settings", Page, |s| {
        s.ask(json!({"command": "reset"}));
        s.take(&asking("m", BOTH));
        s.dispose("read");
        s.dispose("consent");
    }),
    ("sound", Page, |s| {
        let content = "Content-Type: audio/wav\r\n";
        let sound = asking("m", "display").replace("Content-Type: text/plain; charset=utf-8\r\n", content);
        s.take(&sound);
        s.dispose("read");
    }),
    ("three at once", Page, |s| {
        for id in ["a", "b", "c"] {
            s.take(&asking(id, "positive-delivery"));
        }
        s.wait(2);
    }),
    ("answer in the same breath", Page, |s| {
        s.take(&asking("m", "display"));
        s.dispose("read");
        s.send(&[]);
        s.wait(2);
    }),
    // Recipient: what a request is.
    ("plain text", Page, |s| {
        let mut message = incoming(Page, ALICE, BOB, "Hello");
        message.content_type = Some("text/plain".to_owned());
        s.take_as(&message);
        s.log();
        s.dispose("read");
    }),
    ("no request", Page, |s| {
        s.take(&im(&format!("{NS}imdn.Message-ID: m\r\n")));
        s.dispose("read");
    }),
    ("request, then none", Page, |s| {
        s.take(&asking("m", "display"));
        s.dispose("read");
        s.take(&im(&format!("{NS}imdn.Message-ID: n\r\n")));
        s.dispose_of("h2", "read");
    }),
    ("empty request", Page, |s| {
        s.take(&asking("m", ""));
        s.dispose("read");
    }),
    ("other prefix", Page, |s| {
        s.take(&asking("m", BOTH).replace("imdn.", "m!~^.").replace("NS: imdn", "NS: m!~^"));
        s.dispose("read");
    }),
    ("prefix bound to another namespace", Page, |s| {
        s.take(&asking("m", "display").replace("urn:ietf:params:imdn", "urn:example:other"));
        s.dispose("read");
    }),
    ("no NS", Page, |s| {
        s.take(&asking("m", "display").replace(NS, ""));
        s.dispose("read");
    }),
    ("NS, then none", Page, |s| {
        s.take(&asking("m", "display"));
        s.take(&asking("n", "display").replace(NS, ""));
        s.dispose_of("h2", "read");
    }),
    ("NS without and with a blank", Page, |s| {
        s.take(&asking("m", "positive-delivery").replace("imdn <", "imdn<"));
        s.take(&asking("n", "positive-delivery"));
    }),
    ("NS without a blank", Page, |s| s.take(&asking("m", "positive-delivery").replace("imdn <", "imdn<"))),
    ("moved default namespace", Page, |s| {
        s.take(&im("NS: <urn:ietf:params:imdn>\r\nMessage-ID: q1\r\nDisposition-Notification: display\r\n"));
        s.dispose("read");
    }),
    ("foreign subject", Page, |s| {
        s.take(&im("NS: <urn:example:other>\r\nSubject: foreign\r\n"));
        s.log();
    }),
    ("wrong case", Page, |s| {
        s.take(&im(&format!("{NS}imdn.Message-ID: m\r\nimdn.disposition-notification: display\r\n")));
        s.dispose("read");
    }),
    ("subject in the wrong case", Page, |s| {
        s.take(&im("subject: wrong\r\nSubject: right\r\n"));
        s.log();
    }),
    ("list without blanks", Page, |s| s.take(&asking("m", "display,positive-delivery"))),
    ("list with a stranger", Page, |s| s.take(&asking("m", "x-weather, positive-delivery"))),
    ("list with parameters", Page, |s| {
        s.take(&asking("m", "display ; q=\"a, b;c\", positive-delivery"));
    }),
    ("list in another order", Page, |s| s.take(&asking("m", "display, positive-delivery"))),
    ("no Message-ID", Page, |s| {
        s.take(&im(&format!("{NS}imdn.Disposition-Notification: {BOTH}\r\n")));
        s.log();
        s.dispose("read");
    }),
    ("odd Message-ID", Page, |s| s.take(&asking("!#$%&'*+-^_|~", "positive-delivery"))),
    ("same message again", Page, |s| {
        s.take(&asking("m", BOTH));
        s.take(&asking("m", BOTH));
        s.dispose("read");
        s.log();
    }),
    // Recipient: what is written.
    ("letters to escape", Page, |s| {
        s.take(&asking_with("AbC.&'", "positive-delivery", "Subject: <&\r\n"));
    }),
    ("no DateTime", Page, |s| {
        s.take(&asking("m", "positive-delivery").replace("DateTime: 2026-06-15T12:34:56Z\r\n", ""));
        s.said = vec![first(s).contains("<datetime>2").to_string()];
    }),
    ("Original-To", Page, |s| {
        let lines = "imdn.Original-To: \"List\" <sip:list@127.0.0.1:5066>\r\n";
        s.take(&asking_with("m", "positive-delivery", lines));
    }),
    ("subjects", Page, |s| {
        s.take(&asking_with("m", "positive-delivery", "Subject: one\r\nSubject:;lang=fr deux\r\n"));
        s.log();
    }),
    ("subject with a language", Page, |s| {
        s.take(&asking_with("m", "positive-delivery", "Subject:;lang=fr \u{c9}t\u{e9} & fin\r\n"));
        s.log();
    }),
    ("several addressees", Page, |s| {
        let more = format!(
            "To: <{BOB}>\r\nTo: <sip:x@127.0.0.1:5062>\r\nTo: <sip:z@127.0.0.1:5064>\r\ncc: <sip:y@127.0.0.1:5063>"
        );
        s.take(&asking("m", "positive-delivery").replacen(&format!("To: <{BOB}>"), &more, 1));
    }),
    ("route", Page, |s| {
        let lines = "imdn.IMDN-Record-Route: \"A, B\" <sip:r2@127.0.0.1:5062;p=1>\r\nimdn.IMDN-Record-Route: \
                     <sip:r1@127.0.0.1:5061>\r\nimdn.IMDN-Record-Route: <sip:r0@127.0.0.1:5060;\
                     p=0123456789012345678901234567890123456789>\r\n";
        s.take(&asking_with("m", "positive-delivery", lines));
    }),
    ("second device", Page, |s| {
        let elsewhere = "sip:alice@127.0.0.1:5069";
        s.take_from(elsewhere, &asking("m", "positive-delivery").replace(ALICE, elsewhere));
    }),
    ("to a list, hidden", Page, |s| {
        s.policy(json!({"hide_reporter": true}));
        s.take(
            &asking("m", "positive-delivery").replace(&format!("To: <{BOB}>"), "To: <sip:team@example.org>"),
        );
    }),
    ("hidden", Page, |s| {
        s.policy(json!({"hide_reporter": true}));
        s.take(&asking("m", "positive-delivery"));
    }),
    ("anonymous", Page, |s| {
        let uri = "sip:anonymous@anonymous.invalid";
        s.take_from(uri, &asking("m", "positive-delivery").replace(ALICE, uri));
        s.log();
    }),
    ("many notifications", Page, |s| {
        for id in ["a", "b"] {
            s.take(&asking(id, "positive-delivery"));
        }
    }),
    ("session", Session, |s| {
        s.take(&asking("m", BOTH));
        s.dispose("read");
    }),
    // Sender.
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
            s.take_from(OTHER, &telling("display", "displayed", guess).replace(ALICE, OTHER));
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
    // RFC 3862: writing.
    ("write a subject", Page, |s| drop(s.send_with(json!({"subject": "hello"})))),
    ("write a long subject", Page, |s| drop(s.send_with(json!({"subject": "long ".repeat(30)})))),
    ("write a padded subject", Page, |s| drop(s.send_with(json!({"subject": "padded "})))),
    ("write accents", Page, |s| drop(s.send_with(json!({"subject": "\u{e9}t\u{e9} \u{96ea}"})))),
    ("write a mixture", Page, |s| {
        s.send_with(json!({"subject": "\u{e9} \u{96ea} \u{1f600} it's a/b"}));
    }),
    ("write the last plane", Page, |s| {
        s.send_with(json!({"subject": "\u{1f600}\u{fffd}"}));
        s.said = vec![first(s).contains("\u{1f600}\u{fffd}").to_string()];
    }),
    ("write a tab", Page, |s| drop(s.send_with(json!({"subject": "a\tb"})))),
    ("write a path", Page, |s| drop(s.send_with(json!({"subject": "C:\\dir"})))),
    ("write DEL", Page, |s| drop(s.send_with(json!({"subject": "a\u{7f}b"})))),
    ("write controls", Page, |s| drop(s.send_with(json!({"subject": "a\u{1b}b\u{b}c"})))),
    ("write a language", Page, |s| {
        s.send_with(json!({"subjects": [{"text": "Objet", "lang": "fr"}]}));
    }),
    ("write a name in quotes", Page, |s| drop(s.send_with(json!({"display_name": "Smith, Bob"})))),
    ("write a name with quotes", Page, |s| drop(s.send_with(json!({"display_name": "Bob \"Bo\" B"})))),
    ("write a name with separators", Page, |s| drop(s.send_with(json!({"display_name": "a@b (f)"})))),
    // RFC 3862: reading.
    ("read a length", Page, |s| read(s, "", "Content-Type: text/plain\r\nContent-Length: 3\r\n", "The text")),
    ("read a label", Page, |s| labelled(s, "MESSAGE/Cpim")),
    ("read a label with a parameter", Page, |s| labelled(s, "message/cpim;charset=utf-8")),
    ("read Content-ID", Page, |s| {
        let mut message = incoming(Page, ALICE, BOB, &im(""));
        message.has_content_id = true;
        s.take_as(&message);
    }),
    ("read a folded subject", Page, |s| subject(s, "Subject: first\r\n second\r\n")),
    ("read a long subject", Page, |s| subject(s, &format!("Subject: {}\r\n", "x".repeat(1001)))),
    ("read headers twice", Page, |s| {
        let lines = "To: <sip:x@h>\r\ncc: <sip:y@h>\r\ncc: <sip:z@h>\r\nSubject: a\r\nSubject: b\r\n";
        subject(s, lines);
    }),
    ("read two subjects", Page, |s| subject(s, "Subject: weather\r\nSubject:;lang=fr meteo\r\n")),
    ("read unknown headers", Page, |s| {
        subject(s, "X-Foo: bar\r\nNS: e <urn:example:ext>\r\ne.Flavour: lemon\r\n");
    }),
    ("read escapes", Page, |s| subject(s, "Subject: a\\u001Bb, a\\u001bb and a\\u007Fb\r\n")),
    ("read an octet", Page, |s| subject(s, "Subject: x\\u00e9y\r\n")),
    ("read special escapes", Page, |s| subject(s, "Subject: t\\tn\\nr\\rb\\be\\\\q\\u001b\r\n")),
    ("read needless escapes", Page, |s| subject(s, "Subject: \\u0041\\u00e9 it\\'s\r\n")),
    ("read a path", Page, |s| subject(s, "Subject: C:\\temp\r\n")),
    ("read unknown escapes", Page, |s| subject(s, "Subject: a\\qb\\zc\r\n")),
    ("read a backslash at the end", Page, |s| subject(s, "Subject: end\\\r\ncc: <sip:c@h>\r\n")),
    ("read an odd Content-Type", Page, |s| {
        read(s, "", "CONTENT-TYPE: Text/Plain;CHARSET=\"UTF-8\"\r\n", "Text")
    }),
    ("read a nested object", Page, |s| read(s, "", "Content-Type: message/cpim\r\n", &im(""))),
    ("read base64", Page, |s| {
        read(s, "", "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n", "VGhlIHRleHQ=");
    }),
    ("read quoted-printable", Page, |s| {
        read(
            s,
            "",
            "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n",
            "caf=C3=A9",
        );
    }),
    ("read Latin-1", Page, |s| {
        let mut message = incoming(Page, ALICE, BOB, "");
        let text = im_with("", "Content-Type: text/plain; charset=iso-8859-1\r\n", "caf");
        message.body = [text.as_bytes(), b"\xe9"].concat().into();
        s.take_as(&message);
        s.log();
    }),
    ("read a language", Page, |s| subject(s, "Subject:;lang=fr Objet de test\r\n")),
    ("read parameters", Page, |s| subject(s, "Subject:;lang=en;x=1;y=\"a; b: c\" real text\r\n")),
    ("read other schemes", Page, |s| {
        subject(s, "NS: a <mid:a@b>\r\na.A: b\r\nNS: b <http://example.org/>\r\nb.B: c\r\n");
    }),
    ("read an unused prefix", Page, |s| {
        subject(s, "NS: MyFeatures <mid:MessageFeatures@id.foo.com>\r\nMyFeatures.Wake: up\r\n");
    }),
    ("read prefixed headers", Page, |s| {
        subject(s, "NS: c <urn:ietf:params:cpim-headers:>\r\nc.Subject: prefixed\r\n");
    }),
    ("read no NS", Page, |s| subject(s, "")),
    ("read Require", Page, |s| require(s, "q.Gadget")),
    ("read Require, second", Page, |s| require(s, "Subject,q.Gadget")),
    ("read Require, known", Page, |s| require(s, "Subject,imdn.Disposition-Notification")),
    ("read Require, absent", Page, |s| require(s, "imdn.IMDN-Record-Route")),
    ("read letters", Page, |s| {
        let lines =
            format!("{NS}imdn.Message-ID: \u{43a}\u{43b}.1\r\nimdn.Disposition-Notification: display\r\n");
        s.take(
            &im(&lines).replace(
                &format!("From: <{ALICE}>"),
                &format!("From: \u{418}\u{432}\u{430}\u{43d} <{ALICE}>"),
            ),
        );
        s.log();
    }),
    ("read punctuation", Page, |s| subject(s, "Subject: ()<>@,;:/[]?={} \u{e9} \u{96ea}\r\n")),
    ("read names", Page, |s| {
        for name in ["Winnie the Pooh ", "\"Winnie, P\"", "\"Winnie, P\" ", ""] {
            s.take(&im("").replace(&format!("From: <{ALICE}>"), &format!("From: {name}<{ALICE}>")));
        }
        s.log();
    }),
    ("read an offset", Page, |s| {
        s.take(&im("").replace("12:34:56Z", "12:34:56.5+05:30"));
        s.log();
    }),
    ("read NUL", Page, |s| read(s, "", "Content-Type: text/plain\r\n", "a\0b")),
    ("read octets", Page, |s| {
        let mut message = incoming(Page, ALICE, BOB, "");
        let text = im_with("", "Content-Type: application/octet-stream\r\n", "");
        message.body = [text.as_bytes(), &(0..=255).collect::<Vec<u8>>()].concat().into();
        s.take_as(&message);
        s.log();
    }),
];

/// The first message that went out.
fn first(s: &Subject) -> String {
    s.sent.first().map(|sent| String::from_utf8_lossy(&sent.body).into_owned()).unwrap_or_default()
}

fn read(s: &mut Subject, lines: &str, content: &str, text: &str) {
    s.take(&im_with(lines, content, text));
    s.log();
}

fn subject(s: &mut Subject, lines: &str) {
    s.take(&im(lines));
    s.log();
}

fn labelled(s: &mut Subject, label: &str) {
    let mut message = incoming(Page, ALICE, BOB, &im(""));
    message.content_type = Some(label.to_owned());
    s.take_as(&message);
}

fn require(s: &mut Subject, names: &str) {
    let lines = format!("Subject: s\r\nNS: q <urn:example:unknown>\r\nq.Gadget: x\r\nRequire: {names}\r\n");
    s.take(&asking_with("m", "display", &lines));
    s.dispose("read");
}

fn count(list: &Value) -> usize {
    list.as_array().map_or(0, Vec::len)
}
