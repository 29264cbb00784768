//! What a deployed stack (liblinphone 5.1.65) puts on the wire, with the verdicts that Part C of the readings gives it.

mod common;

use common::receipts::expect;
use common::rfc::{
    IM, asking, blames, blames_format, blames_request, notified_run, notified_scenario, owned, user,
};
use common::{Run, edit, response, scenario, wire};
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
fn a_lost_fraction_is_a_warning() {
    let warned = [("I5438-7.2.1-11", Fail), ("I5438-11.1.2-2", Warning)];
    let im = edit(IM, "12:34:56Z", "12:34:56.789Z");
    expect("fraction", &blames(&im, &[DELIVERED]), &warned);
    let rounded = edit(DELIVERED, "12:34:56Z", "12:34:57Z");
    expect("rounded", &blames(&im, &[&rounded]), &[("I5438-7.2.1-11", Fail), ("I5438-11.1.2-2", Fail)]);
    let moved = edit(IM, "12:34:56Z", "14:34:56.789+02:00");
    expect("other notation", &blames(&moved, &[DELIVERED]), &warned);
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

/// A text without Message/CPIM, in a call of its own.
const PLAIN: &str = "\
MESSAGE sip:bob@127.0.0.1:5062 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:41080;branch=z9hG4bK7
Max-Forwards: 70
From: <sip:p.7f3a@127.0.0.1:41080>;tag=1
To: <sip:bob@127.0.0.1:5062>
Call-ID: c7
CSeq: 1 MESSAGE
Content-Type: text/plain;charset=utf-8

Hello";

/// Messages of a peer with the answers to them, then one notification about the last.
fn about_the_last(messages: &[(&str, u16)], notification: &str) -> Vec<(String, imdnspec_judge::Verdict)> {
    let mut run = Run::new();
    for (index, (message, status)) in messages.iter().enumerate() {
        run.exchange(index as u32, &format!("m{index}"), message, *status);
    }
    run.expect(&[(messages.len() as u32, 0)], wire(notification));
    let sends: String =
        (0..messages.len()).map(|at| format!("{{send: {{message: im, as: m{at}}}}}, ")).collect();
    let scenario = scenario(&format!(
        "{{id: s, title: t, role: im-recipient, peers: [P, X], steps: [{sends}{{expect: {{message: report}}}}]}}"
    ));
    owned(&run.judge_by(&wire::profile::RFC5438, &scenario, &user()))
}

/// What it names and repeats is wrong because it could read nothing; the wrong is that it reports at all.
#[test]
fn a_notification_about_a_refused_message_is_charged_once() {
    let refused = edit(IM, "Call-ID: c1", "Call-ID: c9");
    let refused = edit(&refused, "M1xyzABCDEF", "M9otherOTHER");
    let refused = edit(&refused, "z9hG4bK1", "z9hG4bK9");
    let refused = edit(
        &refused,
        "positive-delivery, negative-delivery, display\n",
        "negative-delivery, display\nimdn.Original-To: <sip:list@h>\nimdn.IMDN-Record-Route: <sip:p.7f3a@127.0.0.1:41080>\n",
    );
    let refused =
        edit(&refused, "To: <sip:bob@127.0.0.1:5062>\nDate", "To: \"Bob\" <sip:bob@127.0.0.1:5062>\nDate");
    let notification =
        edit(&edit(&failed(), "M1xyzABCDEF", "c9"), "2026-06-15T12:34:56Z", "2026-11-20T17:27:15Z");
    let alone = [("I5438-7.2.1-11", Fail), ("I5438-11.1.9-3", Warning), ("I5438-12.1.3.1-5", Fail)];
    expect("alone", &about_the_last(&[(&refused, 488)], &notification), &alone);
    expect("behind another", &about_the_last(&[(IM, 200), (&refused, 488)], &notification), &alone);
    let unasked = edit(&refused, "negative-delivery, display", "display");
    let alone = [("I5438-3-1", Fail), ("I5438-7.2.1-11", Fail), ("I5438-11.1.9-3", Warning)];
    expect("not asked for", &about_the_last(&[(IM, 200), (&unasked, 488)], &notification), &alone);
}

/// The rest of a notification about an accepted message counts as ever.
#[test]
fn a_notification_about_an_accepted_message_is_compared_with_it() {
    let notification = edit(&edit(DELIVERED, "M1xyzABCDEF", "c1"), "Content-Length: 257\n", "");
    expect(
        "accepted",
        &about_the_last(&[(IM, 200)], &notification),
        &[("I5438-7.2.1-11", Fail), ("I5438-11.1.1-1", Fail)],
    );
}

#[test]
fn a_notification_on_a_plain_text_is_charged_for_not_being_asked_for() {
    let notification = edit(&edit(DELIVERED, "M1xyzABCDEF", "c7"), "Content-Length: 257\n", "");
    let once = [("I5438-3-1", Fail), ("I5438-7.2.1-11", Fail)];
    expect("plain", &about_the_last(&[(PLAIN, 200)], &notification), &once);
    expect("behind another", &about_the_last(&[(IM, 200), (PLAIN, 200)], &notification), &once);
}

/// A notification that it could not read is a notification all the same, and has none.
#[test]
fn a_refused_notification_is_not_reported_on() {
    let (peer, user) = ("p.7f3a@127.0.0.1:41080", "bob@127.0.0.1:5062");
    let own = common::rfc::again(common::rfc::DELIVERED, "c5");
    let own = own.replace(peer, "nobody").replace(user, peer).replace("nobody", user);
    let notification = edit(&failed(), "M1xyzABCDEF", "c5");
    expect(
        "for a notification",
        &about_the_last(&[(&own, 488)], &notification),
        &[("I5438-7.2.1-10", Fail), ("I5438-7.2.1-11", Fail), ("I5438-11.1.9-3", Warning)],
    );
}
