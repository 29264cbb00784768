//! Forms that other stacks write and that are legal: RCS, SIP SIMPLE clients, list servers, the samples of the RFCs. None of
//! them is flagged, be it by RFC 5438 or by RFC 3862.

mod common;

use common::receipts::expect;
use common::rfc::{
    DELIVERED, IM, REQUEST, blames_format, blames_request, displayed, notified_run, notified_scenario, owned,
    user,
};
use common::{Run, edit, wire};
use record::{Ending, EventKind, Purpose, StepOutcome};
use wire::profile::{RFC3862, RFC5438};

/// Nothing is blamed where these notifications come on that message, by either document.
fn assert_clean(label: &str, im: &str, notifications: &[&str]) {
    let run = notified_run(im, notifications);
    for profile in [&RFC5438, &RFC3862] {
        let found = run.judge_by(profile, &notified_scenario(notifications.len(), ""), &user());
        expect(&format!("{label}, {}", profile.name), &owned(&found), &[]);
    }
}

fn assert_clean_request(label: &str, request: &str) {
    expect(label, &blames_request(request), &[]);
    expect(&format!("{label}, format"), &blames_format(request), &[]);
}

/// The notification with something else in place of a part.
fn with(parts: &[(&str, &str)]) -> String {
    parts.iter().fold(DELIVERED.to_owned(), |text, (from, to)| edit(&text, from, to))
}

const DOCUMENT: &str = "\
<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">
<message-id>M1xyzABCDEF</message-id>
<datetime>2026-06-15T12:34:56Z</datetime>
<recipient-uri>sip:bob@127.0.0.1:5062</recipient-uri>
<original-recipient-uri>sip:bob@127.0.0.1:5062</original-recipient-uri>
<delivery-notification><status><delivered/></status></delivery-notification>
</imdn>
";

#[test]
fn documents() {
    let documents = [
        (
            "single quotes and no line ends",
            "<?xml version='1.0' encoding='utf-8'?><imdn xmlns='urn:ietf:params:xml:ns:imdn'><message-id>M1xyzABCDEF</message-id><datetime>2026-06-15T12:34:56Z</datetime><delivery-notification><status><delivered /></status></delivery-notification></imdn>",
        ),
        (
            "no declaration",
            "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>M1xyzABCDEF</message-id><datetime>2026-06-15T12:34:56Z</datetime><delivery-notification><status><delivered></delivered></status></delivery-notification></imdn>",
        ),
        (
            "standalone",
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>M1xyzABCDEF</message-id><datetime>2026-06-15T12:34:56Z</datetime><delivery-notification><status><delivered/></status></delivery-notification></imdn>\n",
        ),
        (
            "a prefix",
            "<?xml version=\"1.0\"?>\n<i:imdn xmlns:i=\"urn:ietf:params:xml:ns:imdn\">\n\t<i:message-id>M1xyzABCDEF</i:message-id>\n\t<i:datetime>2026-06-15T12:34:56Z</i:datetime>\n\t<i:delivery-notification><i:status><i:delivered/></i:status></i:delivery-notification>\n</i:imdn>",
        ),
        (
            "references and CDATA",
            "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>M1xyz&#65;BCD&#x45;F</message-id><datetime><![CDATA[2026-06-15T12:34:56Z]]></datetime><delivery-notification><status><delivered/></status></delivery-notification></imdn>",
        ),
        (
            "comments and instructions",
            "<?xml version=\"1.0\"?><!-- by a phone --><?made by=\"hand\"?><imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><!-- which --><message-id>M1xyzABCDEF</message-id><datetime>2026-06-15T12:34:56Z</datetime><delivery-notification><status><!-- good --><delivered/></status></delivery-notification></imdn><!-- end -->",
        ),
        (
            "extensions",
            "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\" xmlns:x=\"urn:example:x\"><message-id>M1xyzABCDEF</message-id><datetime>2026-06-15T12:34:56Z</datetime><delivery-notification><status><delivered/><x:by how=\"screen\"><x:device/></x:by></status></delivery-notification><x:vendor n=\"1\"/></imdn>",
        ),
        (
            "another declaration of its own",
            "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><message-id>M1xyzABCDEF</message-id><datetime>2026-06-15T12:34:56Z</datetime><delivery-notification><status><delivered/></status></delivery-notification></imdn>",
        ),
    ];
    for (label, document) in documents {
        assert_clean(label, IM, &[&with(&[(DOCUMENT, document)])]);
    }
}

#[test]
fn content_headers() {
    let usual = "Content-Type: message/imdn+xml\nContent-Disposition: notification\n";
    for headers in [
        "Content-type: message/imdn+xml\nContent-disposition: notification\n",
        "CONTENT-TYPE: Message/IMDN+XML; charset=UTF-8\nCONTENT-DISPOSITION: NOTIFICATION\n",
        "Content-Disposition: notification;handling=optional\nContent-Type:message/imdn+xml;charset=\"utf-8\"\n",
        "Content-Type: message/imdn+xml;\n charset=utf-8\nContent-Disposition:\n\tnotification\n",
        "MIME-Version: 1.0\nContent-Type: message/imdn+xml\nContent-Disposition: notification\nContent-ID: <1@h>\n",
        "Content-Type: message/imdn+xml\nContent-Disposition: notification\nContent-Transfer-Encoding: 8bit\n",
        "Content-Type: message/imdn+xml\nContent-Disposition: notification\nContent-Transfer-Encoding: binary\n",
        "Content-Type: message/imdn+xml (a report)\nContent-Disposition: notification\nX-Vendor: a\n",
    ] {
        assert_clean(headers, IM, &[&with(&[(usual, headers)])]);
    }
    let length = format!("{usual}Content-length: {}\n", wire(DOCUMENT).len());
    assert_clean("a true length", IM, &[&with(&[(usual, &length)])]);
}

#[test]
fn message_headers() {
    let usual = "NS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: D1freshfresh\n";
    for headers in [
        "DateTime: 2026-06-15T14:35:01.123456+02:00\nNS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: D1freshfresh\n",
        "NS: imdn<urn:ietf:params:imdn>\nimdn.Message-ID: D1freshfresh\n",
        "NS: i <urn:ietf:params:imdn>\nDateTime: 2026-06-15T12:35:01-00:00\ni.Message-ID: 5d1b1a0e-3c0f-4c7e-9f53-0a8e5b0f2b11\n",
        "NS: x <urn:example:x>\nx.Trace:;lang=en a; b: c, \"d\" <e>\nNS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: *D1.fresh_~!\n",
        "NS: rcs <http://www.gsma.com>\nNS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: D1freshfresh\nrcs.Mstatus: read\n",
        "NS: cpim <urn:ietf:params:cpim-headers:>\nNS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: D1freshfresh\ncpim.Subject: yours\n",
        "Subject:;lang=de Übergrößenträger\nSubject: oversize carrier\nNS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: D1freshfresh\n",
        "X-Vendor: anything\nNS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: Ключ.1\n",
    ] {
        assert_clean(headers, IM, &[&with(&[(usual, headers)])]);
    }
}

#[test]
fn names_and_addresses() {
    let from_to = "From: <sip:bob@127.0.0.1:5062>\nTo: <sip:p.7f3a@127.0.0.1:41080>\nNS";
    for headers in [
        "From: Bob <sip:bob@127.0.0.1:5062>\nTo: Winnie the Pooh <sip:p.7f3a@127.0.0.1:41080>\nNS",
        "From: \"Bob\" <sip:bob@127.0.0.1:5062>\nTo: \"Pooh, Winnie\" <sip:p.7f3a@127.0.0.1:41080>\nNS",
        "From: \"Bob \\\"B\\\"\"<sip:bob@127.0.0.1:5062>\nTo: \"\"<sip:p.7f3a@127.0.0.1:41080>\nNS",
        "To: <sip:p.7f3a@127.0.0.1:41080>\nFrom: <sip:bob@127.0.0.1:5062>\nNS",
    ] {
        assert_clean(headers, IM, &[&with(&[(from_to, headers)])]);
    }
}

/// RCS hides whom the message is from: CPIM says anonymous, and SIP says who it is.
#[test]
fn anonymous_addresses_in_cpim() {
    let hidden = "From: <sip:anonymous@anonymous.invalid>\nTo: <sip:anonymous@anonymous.invalid>\n";
    let im = edit(
        IM,
        "From: <sip:p.7f3a@127.0.0.1:41080>\nTo: <sip:bob@127.0.0.1:5062>\nDate",
        &format!("{hidden}Date"),
    );
    let notification = with(&[
        (
            "From: <sip:bob@127.0.0.1:5062>\nTo: <sip:p.7f3a@127.0.0.1:41080>\nNS",
            &format!("{hidden}DateTime: 2026-06-15T12:35:00Z\nNS"),
        ),
        (
            "<recipient-uri>sip:bob@127.0.0.1:5062</recipient-uri>\n<original-recipient-uri>sip:bob@127.0.0.1:5062</original-recipient-uri>\n",
            "",
        ),
    ]);
    assert_clean("anonymous", &im, &[&notification]);
}

/// A group chat: the focus stays on the way of notifications.
#[test]
fn notifications_along_a_recorded_route() {
    let im = edit(
        IM,
        "imdn.Disposition",
        "imdn.IMDN-Record-Route: Focus <sip:p.7f3a@127.0.0.1:41080>\nimdn.Original-To: <sip:list@example.org>\nimdn.Disposition",
    );
    let notification = with(&[
        (
            "imdn.Message-ID: D1freshfresh\n",
            "imdn.Message-ID: D1freshfresh\nimdn.IMDN-Route: Focus <sip:p.7f3a@127.0.0.1:41080>\n",
        ),
        ("<original-recipient-uri>sip:bob@127.0.0.1:5062<", "<original-recipient-uri>sip:list@example.org<"),
    ]);
    assert_clean("routed", &im, &[&notification]);
}

#[test]
fn sip_around_notifications() {
    for (from, to) in [
        ("Content-Type: message/cpim\n", "c: message/cpim\n"),
        (
            "Content-Type: message/cpim\n",
            "Content-Type: Message/CPIM\nContribution-ID: a\nConversation-ID: b\nP-Preferred-Service: urn:urn-7:3gpp-service.ims.icsi.oma.cpm.msg\nAccept-Contact: *;+g.3gpp.icsi-ref=\"x\"\n",
        ),
        (
            "Max-Forwards: 70\n",
            "Max-Forwards: 70\nRoute: <sip:127.0.0.1:41080;lr>\nP-Asserted-Identity: <sip:bob@127.0.0.1:5062>\nUser-Agent: X/1\nAllow: MESSAGE\nExpires: 3600\n",
        ),
        ("MESSAGE sip:p.7f3a@127.0.0.1:41080 SIP", "MESSAGE sip:p.7f3a@127.0.0.1:41080;transport=udp SIP"),
        ("To: <sip:p.7f3a@127.0.0.1:41080>\nCall", "t: \"Pooh\" <sip:p.7f3a@127.0.0.1:41080>\nCall"),
    ] {
        assert_clean(to, IM, &[&with(&[(from, to)])]);
    }
}

/// The time of a message comes back as it was, however it was written; a notification may come long afterwards.
#[test]
fn times_of_messages() {
    for time in [
        "2026-06-15T12:34:56.123456+00:00",
        "2026-06-15T14:34:56+02:00",
        "2026-06-15T12:34:56-00:00",
        "2026-02-28T23:59:60Z",
    ] {
        let im = edit(IM, "2026-06-15T12:34:56Z", time);
        assert_clean(time, &im, &[&with(&[("2026-06-15T12:34:56Z", time)])]);
    }
}

#[test]
fn both_kinds_in_either_order() {
    assert_clean("delivery first", IM, &[DELIVERED, &displayed()]);
    assert_clean("display first", IM, &[&displayed(), DELIVERED]);
}

#[test]
fn requests() {
    let usual = "imdn.Disposition-Notification: positive-delivery, display\n";
    for headers in [
        "imdn.Disposition-Notification: positive-delivery, display, interworking-sms\n",
        "imdn.Disposition-Notification: display,positive-delivery\n",
        "imdn.Disposition-Notification: display ,  positive-delivery\n",
        "imdn.Disposition-Notification: positive-delivery;x=1, display ; y=\"a, b\"\n",
        "imdn.Disposition-Notification: positive-delivery, display\nNS: rcs <http://www.gsma.com>\nrcs.Reference-ID: abc\nrcs.Reference-Type: Reply\n",
        "imdn.Disposition-Notification: positive-delivery, display\nNS: maap <http://www.gsma.com/rcs/maap/>\nmaap.Traffic-Type: advertisement\n",
        "imdn.Disposition-Notification: positive-delivery, display\nSubject:;lang=en-GB Lunch? \\\\o/\nRequire: imdn.Message-ID\n",
    ] {
        assert_clean_request(headers, &edit(REQUEST, usual, headers));
    }
    for (from, to) in [
        ("S1freshfresh", "5d1b1a0e-3c0f-4c7e-9f53-0a8e5b0f2b11"),
        ("DateTime: 2026-03-01T12:00:00Z", "DateTime: 2026-03-01T13:00:00.000123+01:00"),
        ("NS: imdn <", "NS: imdn<"),
        (
            "To: <sip:p.7f3a@127.0.0.1:41080>\nDate",
            "To: <sip:p.7f3a@127.0.0.1:41080>\nTo: Eeyore <sip:e@h>\ncc: \"Owl\" <sip:owl@h>\nDate",
        ),
        ("From: <sip:bob@127.0.0.1:5062>\nTo", "From: \"Bob é\" <sip:bob@127.0.0.1:5062>\nTo"),
        (
            "Content-Type: text/plain; charset=utf-8\n",
            "Content-type: text/plain;charset=\"UTF-8\";format=flowed\n",
        ),
        (
            "Content-Type: text/plain; charset=utf-8\n",
            "Content-Disposition: render\nContent-Type: text/html\nContent-Language: de\n",
        ),
        (
            "Content-Type: text/plain; charset=utf-8\n",
            "Content-Type: application/vnd.gsma.rcs-ft-http+xml; charset=utf-8\n",
        ),
        ("Content-Length: 16\n", ""),
    ] {
        assert_clean_request(to, &edit(REQUEST, from, to));
    }
}

/// A message that was accepted only when it came again is reported on once.
#[test]
fn reports_on_what_came_again() {
    let mut run = Run::new();
    run.begin(&[(0, 0)]);
    let request = run.sent(Purpose::Request, wire(IM));
    run.push(EventKind::Named { name: "im".into(), event: request });
    run.push(EventKind::Transaction { request, ending: Ending::TimedOut });
    run.end(StepOutcome::Elapsed);
    run.exchange(1, "again", &edit(&edit(IM, "Call-ID: c1", "Call-ID: c9"), "bK1", "bK9"), 202);
    run.expect(&[(2, 0)], wire(DELIVERED));
    for profile in [&RFC5438, &RFC3862] {
        let found = run.judge_by(profile, &notified_scenario(2, ""), &user());
        expect(profile.name, &owned(&found), &[]);
    }
}
