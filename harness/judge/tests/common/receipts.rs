//! Messages and receipts of draft-khartabil-simple-im-receipts-00, written by hand.

use imdnspec_judge::{Ics, Judgement, Verdict};
use ledger::{Document, Role};
use scenario::model::Scenario;
use wire::profile::RECEIPTS_00;

pub use super::runs::{again, answered_run as receipts_run, expect, faults, idle, owned, sending_run};
use super::runs::{answered_scenario, asked_scenario};
use super::{Run, all_roles, edit};

/// A message of a peer that asks for receipts.
pub const IM: &str = concat!(
    to_iut!(),
    "\
Message-ID: M1xyzABCDEF
Receipt-Request: positive-delivery, negative-delivery, read

Content-Type: text/plain; charset=utf-8

Shall we meet at the station at ten?"
);

/// A delivery receipt on it without a fault.
pub const DELIVERY: &str = concat!(
    from_iut!(2),
    "
Content-Type: message/status-receipt+xml
Content-Disposition: confirm

<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<status-receipt xmlns=\"urn:ietf:params:xml:ns:status-receipt\">
<message-id>M1xyzABCDEF</message-id>
<recipient-uri>sip:bob@127.0.0.1:5062</recipient-uri>
<type>delivery</type>
<status>200</status>
</status-receipt>
"
);

/// A message of the IUT that asks for receipts, without a fault.
pub const REQUEST: &str = concat!(
    from_iut!(3),
    "\
Message-ID: S1freshfresh
Receipt-Request: positive-delivery, read

Content-Type: text/plain; charset=utf-8
Content-Length: 16

Lunch at twelve?"
);

/// The read receipt that goes with it.
pub fn read() -> String {
    again(&edit(DELIVERY, ">delivery<", ">read<"), "c3")
}

/// A message that asks for other receipts.
pub fn asking(words: &str) -> String {
    edit(IM, "positive-delivery, negative-delivery, read", words)
}

/// What an end user's agent declares.
pub fn user() -> Ics {
    Ics { documents: vec![Document::Receipts00], ..all_roles() }
}

/// What an intermediary declares.
pub fn relay() -> Ics {
    Ics { roles: vec![Role::B2bua], ..user() }
}

impl Run {
    pub fn judge_receipts(&self, scenario: &Scenario, ics: &Ics) -> Vec<Judgement> {
        self.judge_by(&RECEIPTS_00, scenario, ics)
    }
}

/// A scenario that awaits so many receipts, and asserts something of the last.
pub fn receipts_scenario(receipts: usize, assertions: &str) -> Scenario {
    answered_scenario("reporting-uas", receipts, assertions)
}

pub fn sending_scenario(assertions: &str) -> Scenario {
    asked_scenario("requesting-uac", assertions)
}

/// What is blamed where only standing checks look at a message and the receipts on it.
pub fn blames(im: &str, receipts: &[&str]) -> Vec<(String, Verdict)> {
    owned(&receipts_run(im, receipts).judge_receipts(&receipts_scenario(receipts.len(), ""), &user()))
}
