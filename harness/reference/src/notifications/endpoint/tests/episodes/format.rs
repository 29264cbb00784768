//! CPIM objects (RFC 3862), written and read.

use super::*;

pub(super) static EPISODES: &[Episode] = &[
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
