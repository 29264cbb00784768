//! What a recipient understands, tells and writes.

use super::*;

const BOTH: &str = "positive-delivery, display";

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
];
