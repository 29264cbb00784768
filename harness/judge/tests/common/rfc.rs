//! Messages and notifications of RFC 5438, written by hand.

use imdnspec_judge::{Ics, Verdict};
use ledger::{Document, Role};
use scenario::model::Scenario;
use wire::profile::{RFC3862, RFC5438};

pub use super::runs::{again, answered_run as notified_run, owned, sending_run};
use super::runs::{answered_scenario, asked_scenario};
use super::{all_roles, edit};

/// A message of a peer that asks for everything.
pub const IM: &str = concat!(
    to_iut!(),
    "\
DateTime: 2026-06-15T12:34:56Z
NS: imdn <urn:ietf:params:imdn>
imdn.Message-ID: M1xyzABCDEF
imdn.Disposition-Notification: positive-delivery, negative-delivery, display

Content-Type: text/plain; charset=utf-8

Shall we meet at the station at ten?"
);

/// A delivery notification on it without a fault.
pub const DELIVERED: &str = concat!(
    from_iut!(2),
    "\
NS: imdn <urn:ietf:params:imdn>
imdn.Message-ID: D1freshfresh

Content-Type: message/imdn+xml
Content-Disposition: notification

<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">
<message-id>M1xyzABCDEF</message-id>
<datetime>2026-06-15T12:34:56Z</datetime>
<recipient-uri>sip:bob@127.0.0.1:5062</recipient-uri>
<original-recipient-uri>sip:bob@127.0.0.1:5062</original-recipient-uri>
<delivery-notification><status><delivered/></status></delivery-notification>
</imdn>
"
);

/// A message of the IUT that asks for notifications, without a fault.
pub const REQUEST: &str = concat!(
    from_iut!(3),
    "\
DateTime: 2026-03-01T12:00:00Z
NS: imdn <urn:ietf:params:imdn>
imdn.Message-ID: S1freshfresh
imdn.Disposition-Notification: positive-delivery, display

Content-Type: text/plain; charset=utf-8
Content-Length: 16

Lunch at twelve?"
);

/// The notification of display that goes with it.
pub fn displayed() -> String {
    let text = edit(
        DELIVERED,
        "<delivery-notification><status><delivered/>",
        "<display-notification><status><displayed/>",
    );
    let text = edit(&text, "</delivery-notification>", "</display-notification>");
    again(&edit(&text, "D1freshfresh", "E2otherfresh"), "c3")
}

/// A message that asks for other notifications.
pub fn asking(words: &str) -> String {
    edit(IM, "positive-delivery, negative-delivery, display", words)
}

/// What an end user's agent declares.
pub fn user() -> Ics {
    let documents = vec![Document::Rfc5438, Document::Rfc3862];
    Ics { roles: vec![Role::ImSender, Role::ImRecipient], documents, ..all_roles() }
}

/// What an intermediary declares.
pub fn relay() -> Ics {
    Ics { roles: vec![Role::Intermediary], ..user() }
}

/// A scenario that awaits so many notifications, and asserts something of the last.
pub fn notified_scenario(count: usize, assertions: &str) -> Scenario {
    answered_scenario("im-recipient", count, assertions)
}

pub fn sending_scenario(assertions: &str) -> Scenario {
    asked_scenario("im-sender", assertions)
}

/// What is blamed where only standing checks look at a message and the notifications on it.
pub fn blames(im: &str, notifications: &[&str]) -> Vec<(String, Verdict)> {
    let run = notified_run(im, notifications);
    owned(&run.judge_by(&RFC5438, &notified_scenario(notifications.len(), ""), &user()))
}

/// What is blamed where only standing checks look at a message of the IUT.
pub fn blames_request(request: &str) -> Vec<(String, Verdict)> {
    let run = sending_run(&["positive-delivery", "display"], request);
    owned(&run.judge_by(&RFC5438, &sending_scenario(""), &user()))
}

/// The same, by the requirements of RFC 3862.
pub fn blames_format(request: &str) -> Vec<(String, Verdict)> {
    let run = sending_run(&["positive-delivery", "display"], request);
    owned(&run.judge_by(&RFC3862, &sending_scenario(""), &user()))
}
