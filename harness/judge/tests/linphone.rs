//! What a deployed stack (liblinphone 5.1.65) puts on the wire, with the verdicts that Part C of the readings gives it.

mod common;

use common::receipts::expect;
use common::rfc::{
    IM, asking, blames, blames_format, blames_request, notified_run, notified_scenario, owned, user,
};
use common::{Run, edit, response, wire};
use imdnspec_judge::Verdict::{Fail, Warning};
use record::{Ending, EventKind, Novelty, Purpose, StepOutcome};
use wire::profile::RFC3862;

/// A delivery notification, its compression undone.
const DELIVERED: &str = "\
MESSAGE sip:p.7f3a@127.0.0.1:41080 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:55113;branch=z9hG4bK.tQ9OPteOp;rport
From: <sip:bob@127.0.0.1:5062>;tag=z2et0fJSN
To: sip:p.7f3a@127.0.0.1:41080
CSeq: 20 MESSAGE
Call-ID: 09x7bU4FrG
Max-Forwards: 70
Supported: replaces, outbound, gruu
Date: Fri, 20 Nov 2026 14:26:32 GMT
Content-Type: message/cpim
Priority: non-urgent
User-Agent: Unknown

From: <sip:bob@127.0.0.1:5062>
To: <sip:p.7f3a@127.0.0.1:41080>
DateTime: 2026-11-20T14:26:32Z

Content-Disposition: notification
Content-Type: message/imdn+xml
Content-Length: 257

<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\" ?><imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>M1xyzABCDEF</message-id><datetime>2026-06-15T12:34:56Z</datetime><delivery-notification><status><delivered/></status></delivery-notification></imdn>";

/// What it sends beside a refusal, about the Call-ID where it could read no identifier.
fn failed() -> String {
    let text = edit(
        DELIVERED,
        "<delivered/>",
        "<failed/><imdn:reason code=\"488\">Not acceptable here</imdn:reason>",
    );
    let text = edit(
        &text,
        "xmlns=\"urn:ietf:params:xml:ns:imdn\"",
        "xmlns=\"urn:ietf:params:xml:ns:imdn\" xmlns:imdn=\"http://www.linphone.org/xsds/imdn.xsd\"",
    );
    edit(&text, "Content-Length: 257\n", "")
}

/// A message that asks for everything.
const REQUEST: &str = "\
MESSAGE sip:p.7f3a@127.0.0.1:41080 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:55113;branch=z9hG4bK.x;rport
From: <sip:bob@127.0.0.1:5062>;tag=a
To: sip:p.7f3a@127.0.0.1:41080
CSeq: 20 MESSAGE
Call-ID: abc
Max-Forwards: 70
Content-Type: message/cpim

From: <sip:bob@127.0.0.1:5062>
To: <sip:p.7f3a@127.0.0.1:41080>
DateTime: 2026-11-20T14:28:23Z
NS: imdn <urn:ietf:params:imdn>
imdn.Message-ID: m3IP5pLq2FA9
imdn.Disposition-Notification: positive-delivery, negative-delivery, display

Content-Type: text/plain
Content-Length: 7

Grüße";

#[test]
fn its_notification_lacks_an_identifier() {
    expect("delivered", &blames(IM, &[DELIVERED]), &[("I5438-7.2.1-11", Fail)]);
    let found = notified_run(IM, &[DELIVERED]).judge_by(&RFC3862, &notified_scenario(1, ""), &user());
    expect("the format", &owned(&found), &[]);
}

#[test]
fn its_request_is_right() {
    expect("request", &blames_request(REQUEST), &[]);
    expect("the format", &blames_format(REQUEST), &[]);
}

#[test]
fn its_offset_has_the_wrong_sign() {
    let im = edit(IM, "12:34:56Z", "12:34:56+01:00");
    let notification = edit(DELIVERED, "12:34:56Z", "13:34:56Z");
    expect("offset", &blames(&im, &[&notification]), &[("I5438-7.2.1-11", Fail), ("I5438-11.1.2-2", Fail)]);
}

#[test]
fn an_identifier_from_the_call_is_a_warning() {
    let im = edit(IM, "imdn.Message-ID: M1xyzABCDEF\n", "");
    let notification = edit(&edit(DELIVERED, "M1xyzABCDEF", "c1"), "Content-Length: 257\n", "");
    expect(
        "invented",
        &blames(&im, &[&notification]),
        &[("I5438-7.2.1-11", Fail), ("I5438-11.1.1-2", Warning)],
    );
}

#[test]
fn it_reports_failure_besides_a_refusal() {
    let mut run = Run::new();
    run.begin(&[(0, 0)]);
    let request = run.sent(Purpose::Request, wire(&asking("negative-delivery")));
    run.push(EventKind::Named { name: "im".into(), event: request });
    let answer = run.received(Novelty::Response(request), wire(&response(415)));
    run.push(EventKind::Transaction { request, ending: Ending::Final(answer) });
    run.end(StepOutcome::Done(vec![answer]));
    run.expect(&[(1, 0)], wire(&failed()));
    let found = owned(&run.judge_by(&wire::profile::RFC5438, &notified_scenario(1, ""), &user()));
    expect(
        "failed",
        &found,
        &[("I5438-7.2.1-11", Fail), ("I5438-11.1.9-3", Warning), ("I5438-12.1.3.1-5", Fail)],
    );
}
