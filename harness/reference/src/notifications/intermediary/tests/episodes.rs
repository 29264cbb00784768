//! Everything that an intermediary does, in small pieces.

use serde_json::json;

use super::{HOST, LIST, Secrecy, Subject, UMA, XAVER, asking, asking_with, im, incoming, member, telling};
use crate::carrier::Mode::{self, Page, Session};

/// Something that an intermediary does.
pub(super) struct Episode {
    pub(super) name: &'static str,
    pub(super) mode: Mode,
    pub(super) members: usize,
    pub(super) secrecy: Secrecy,
    pub(super) play: fn(&mut Subject),
}

pub(super) fn episodes() -> impl Iterator<Item = &'static Episode> {
    EPISODES.iter()
}

const fn page(name: &'static str, members: usize, play: fn(&mut Subject)) -> Episode {
    Episode { name, mode: Page, members, secrecy: Secrecy::Open, play }
}

const fn secret(name: &'static str, secrecy: Secrecy, play: fn(&mut Subject)) -> Episode {
    Episode { name, mode: Page, members: 2, secrecy, play }
}

/// Has the only copy answered.
fn answered(s: &mut Subject, values: &str, status: Option<u16>) {
    let id = format!("m{}", values.len());
    s.take(&asking(&id, values));
    s.conclude(1, status);
}

static EPISODES: &[Episode] = &[
    page("nothing asked", 2, |s| {
        s.take(&im("Subject: a\\u0041\r\n"));
    }),
    page("refused", 1, |s| answered(s, "negative-delivery", Some(404))),
    page("accepted", 1, |s| answered(s, "positive-delivery", Some(200))),
    page("refused, and failure not asked about", 1, |s| answered(s, "positive-delivery, display", Some(404))),
    page("refused for now", 1, |s| {
        answered(s, "negative-delivery", Some(503));
        s.wait(3600);
        s.conclude(1, Some(503));
    }),
    page("refused with everything around it", 1, |s| {
        let lines = format!(
            "cc: <{XAVER}>\r\nSubject: this & that\r\nimdn.Original-To: <sip:first@h>\r\nNS: o <mid:o>\r\n\
             NS: t <tag:t,2026:t>\r\no.X: y\r\nX-Foo: bar\r\nimdn.IMDN-Record-Route: <{XAVER}>\r\n"
        );
        s.take(&asking_with("A&b", "negative-delivery", &lines));
        s.conclude(1, Some(404));
    }),
    page("refused, and without a time", 1, |s| {
        let time = "DateTime: 2026-06-15T14:34:56+02:00\r\n";
        s.take(&asking("m", "negative-delivery").replace(time, ""));
        s.conclude(1, Some(404));
    }),
    page("refused by another prefix", 1, |s| {
        s.take(&asking("m", "negative-delivery").replace("imdn.", "z9.").replace("NS: imdn", "NS: z9"));
        s.conclude(1, Some(404));
    }),
    page("refused, and asked for in many ways", 1, |s| {
        let values = ["", "x-weather, negative-delivery", "display,negative-delivery"];
        for values in values.into_iter().chain(["display;q=\"a, b\", negative-delivery"]) {
            answered(s, values, Some(404));
        }
        s.take(
            &asking("n", "negative-delivery").replace("Disposition-Notification", "disposition-notification"),
        );
        s.conclude(1, Some(404));
    }),
    page("denied failure", 1, |s| {
        s.policy(json!({"reports": "deny"}));
        answered(s, "negative-delivery", Some(404));
    }),
    page("one of two refuses", 2, |s| {
        s.take(&asking("m", "negative-delivery"));
        s.conclude(2, Some(503));
        s.conclude(1, Some(200));
    }),
    page("processed", 1, |s| answered(s, "processing", Some(200))),
    page("everything but processing", 1, |s| {
        answered(s, "positive-delivery, negative-delivery, display", Some(200));
    }),
    page("denied", 1, |s| {
        s.policy(json!({"reports": "deny"}));
        answered(s, "processing", Some(200));
    }),
    page("blind", 1, |s| {
        s.policy(json!({"on_arrival": "unknown"}));
        answered(s, "processing", Some(200));
    }),
    page("stored", 1, |s| {
        s.policy(json!({"store": true}));
        answered(s, "processing", Some(480));
        s.wait(3600);
        s.conclude(1, Some(200));
    }),
    page("addressed before", 1, |s| {
        let lines = "NS: other <urn:ietf:params:imdn>\r\nimdn.Original-To: \"Z\" <sip:first@h>\r\n";
        s.take(&asking_with("m", "display", lines));
    }),
    page("hidden target", 1, |s| {
        s.policy(json!({"hide_target": true}));
        s.take(&asking("m", "display"));
    }),
    page("recorded", 2, |s| {
        s.policy(json!({"record_route": true}));
        s.take(&asking_with("m", "display", "imdn.IMDN-Record-Route: <sip:r0@h>\r\n"));
    }),
    page("back", 1, |s| {
        s.policy(json!({"record_route": true}));
        s.take(&asking("m", "display"));
        s.confirm(1, "display", "displayed", "m");
    }),
    page("back without state", 1, |s| {
        let hop = format!("imdn.IMDN-Route: <{HOST}>\r\n");
        s.take_from(&member(1), HOST, &telling(1, ("display", "displayed", "unknown"), &hop));
    }),
    page("another way by SIP", 1, |s| {
        let hop = format!("imdn.IMDN-Route: <{HOST}>\r\n");
        let mut told = incoming(Page, &member(1), HOST, &telling(1, ("display", "displayed", "m"), &hop));
        told.to = XAVER.to_owned();
        s.take_as(&told);
    }),
    page("onward", 1, |s| {
        let hops = format!("imdn.IMDN-Route: <{HOST}>\r\nimdn.IMDN-Route: <{XAVER}>\r\n");
        s.take_from(&member(1), HOST, &telling(1, ("display", "displayed", "m"), &hops));
    }),
    page("failed later", 1, |s| {
        answered(s, "negative-delivery", Some(200));
        s.confirm(1, "delivery", "failed", "m17");
    }),
    page("collected", 2, |s| {
        s.policy(json!({"aggregate": true}));
        s.take(&asking("m", "display"));
        s.confirm(1, "display", "displayed", "m");
        s.confirm(2, "display", "displayed", "m");
    }),
    page("collected for a time", 2, |s| {
        s.policy(json!({"aggregate": true}));
        s.take(&asking("m", "display"));
        s.confirm(1, "display", "displayed", "m");
        s.wait(3600);
    }),
    page("collected twice", 1, |s| {
        s.policy(json!({"aggregate": true}));
        s.take(&asking("m", "positive-delivery, display"));
        s.confirm(1, "delivery", "delivered", "m");
        s.wait(3600);
        s.confirm(1, "display", "displayed", "m");
        s.wait(3600);
    }),
    page("passed by", 1, |s| {
        s.take_from(UMA, XAVER, &asking("m", "negative-delivery").replace(LIST, XAVER));
        if let Some(mark) = s.passed.pop().and_then(|passed| passed.mark) {
            s.answer(mark, Some(503));
        }
    }),
    page("a notification passed by", 1, |s| {
        s.take_from(&member(1), UMA, &telling(1, ("display", "displayed", "unknown"), ""));
    }),
    page("another charset", 1, |s| {
        s.take(&im("").replace("charset=utf-8", "charset=iso-8859-1"));
    }),
    page("another order", 1, |s| {
        let to = format!("To: \"Team\" <{LIST}>\r\n");
        s.take(&im(&to).replacen(&to, "", 1));
    }),
    page("signed", 1, |s| {
        let mut message = incoming(Page, UMA, LIST, &format!("--b\r\n\r\n{}--b--", asking("m", "display")));
        message.content_type = Some("multipart/signed; boundary=b".to_owned());
        s.take_as(&message);
    }),
    secret("secret", Secrecy::Members, |s| {
        s.take(&asking("m", "positive-delivery, display"));
        for number in 1..=2 {
            s.confirm(number, "delivery", "delivered", "m");
            s.confirm(number, "display", "displayed", "m");
        }
    }),
    secret("secret and refused", Secrecy::Members, |s| {
        s.take(&asking("m", "negative-delivery"));
        s.conclude(1, Some(404));
        s.conclude(2, Some(404));
    }),
    secret("secret and collected", Secrecy::Members, |s| {
        s.policy(json!({"aggregate": true}));
        s.take(&asking("m", "display"));
        s.confirm(1, "display", "displayed", "m");
        s.confirm(2, "display", "displayed", "m");
    }),
    secret("uncounted", Secrecy::Number, |s| {
        s.take(&asking("m", "display"));
        s.confirm(1, "display", "displayed", "m");
        s.wait(3600);
        s.confirm(2, "display", "displayed", "m");
        s.wait(3600);
    }),
    Episode {
        name: "room",
        mode: Session,
        members: 2,
        secrecy: Secrecy::Open,
        play: |s| {
            s.take(&asking("m", "negative-delivery, processing, display"));
            s.conclude(1, Some(413));
            s.take_from(&member(2), LIST, &telling(2, ("display", "displayed", "m"), ""));
        },
    },
];
