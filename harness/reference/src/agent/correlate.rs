//! Reports that come in (section 8.2).

use serde_json::{Value, json};
use wire::profile::Profile;

use super::received::Received;
use super::sent::SentTable;
use crate::common::address::Party;
use crate::faults::{Conduct, Defect};

/// A report as the user sees it.
#[derive(Debug)]
pub(crate) struct Shown {
    /// Whom it concerns: who sent it, and whom the message was for.
    pub(crate) parties: Vec<Party>,
    about: String,
    reporter: Option<String>,
    disposition: String,
    matched: bool,
}

impl Shown {
    /// The entry of the control protocol's `log`.
    pub(crate) fn entry(&self) -> Value {
        json!({
            "message_id": self.about, "recipient": self.reporter, "type": null,
            "disposition": self.disposition, "matched": self.matched,
        })
    }
}

/// Finds the message that a report is about. What belongs to none is not shown to the user, since anybody could have
/// made it up. Who sent the report does not matter: it may have come through relays (section 6.1).
pub(crate) fn correlate(
    report: &[u8],
    received: &Received,
    sent: &mut SentTable,
    conduct: Conduct,
) -> Option<Shown> {
    let profile = profile()?;
    let document = wire::imdn::decode(report, 0..report.len(), profile).value;
    let text = |name| {
        document.value(name, profile).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let about = text("original-message-id")?;
    let found = sent
        .find(&about, received.arrived)
        .filter(|sent| !conduct.is(Defect::MatchOnFrom) || received.parties.first() == Some(&sent.to));
    let matched = found.is_some();
    if !matched && !conduct.is(Defect::ShowUnsolicitedReports) {
        return None;
    }
    let parties = received.parties.iter().cloned().chain(found.map(|sent| sent.to.clone())).collect();
    sent.reported(&about);
    Some(Shown {
        parties,
        about,
        reporter: text("reporting-uas-uri"),
        disposition: text("disposition").unwrap_or_default(),
        matched,
    })
}

fn profile() -> Option<&'static Profile> {
    wire::profile::by_name("imdn-03")
}
