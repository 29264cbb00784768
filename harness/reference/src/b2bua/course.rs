//! What is done about a request for reports (section 9.3).

use super::B2bua;
use super::inbound::Inbound;
use crate::agent::item::Reason;
use crate::common::policy::Reach;
use crate::control::command::{ListAction, Reports};
use crate::faults::{Conduct, Defect};

/// What is done about a request for reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    /// Nothing: there is no request, or policy is to ignore it.
    Silence,
    /// Policy is to deny it.
    Denial(Reason),
    /// The B2BUA reports what it did itself (section 9.3.1).
    First,
    /// The members report, and the B2BUA hands their reports on (section 9.3.2).
    Final,
}

impl B2bua {
    /// What to do about the request in a message to a list. A machine has nobody to ask for consent; it reports unless
    /// policy says otherwise.
    pub(super) fn course(&self, inbound: &Inbound) -> Course {
        if !matches!(inbound.received.asked, Ok(Some(_))) {
            return Course::Silence;
        }
        match self.host.policies.reports(&inbound.received.parties) {
            Some((Reports::Deny, Reach::Peer)) => Course::Denial(Reason::SenderPolicy),
            Some((Reports::Deny, Reach::General)) => Course::Denial(Reason::Policy),
            Some((Reports::Ignore, _)) => Course::Silence,
            Some((Reports::Allow | Reports::Ask, _)) | None => {
                procedure(inbound.list_action.as_deref(), self.host.conduct)
            }
        }
    }
}

/// Values of List-Action are compared exactly (I-70); all but one mean first-recipient, and so does none (sections
/// 9.3.3 and 9.3.4).
fn procedure(list_action: Option<&str>, conduct: Conduct) -> Course {
    let (first, last) = (ListAction::FirstRecipient.value(), ListAction::FinalRecipient.value());
    let is_final = match conduct.defect() {
        Some(Defect::ListActionIgnored) => true,
        Some(Defect::DefaultFinal) => list_action.is_none_or(|value| value == last),
        Some(Defect::UnknownListActionAsFinal) => {
            list_action.is_some_and(|value| !["", first].contains(&value))
        }
        Some(Defect::PrefixMatchListAction) => list_action.is_some_and(|value| value.starts_with(last)),
        _ => list_action == Some(last),
    };
    if is_final { Course::Final } else { Course::First }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Fault;
    use crate::serve::Role;

    /// Values of List-Action; the dash stands for none.
    const VALUES: [&str; 7] =
        ["-", "", "first-recipient", "final-recipient", "Final-Recipient", "final-recipients", "other"];

    fn finals(fault: Option<&str>) -> Vec<&'static str> {
        let conduct = Conduct::new(fault.and_then(Fault::by_name), Role::B2bua);
        let is_final =
            |value: &str| procedure(Some(value).filter(|value| *value != "-"), conduct) == Course::Final;
        VALUES.into_iter().filter(|value| is_final(value)).collect()
    }

    #[test]
    fn only_the_exact_word_means_final_recipient() {
        assert_eq!(finals(None), ["final-recipient"]);
    }

    #[test]
    fn faults_take_other_values_for_it() {
        assert_eq!(finals(Some("list-action-ignored")), VALUES);
        assert_eq!(finals(Some("default-final")), ["-", "final-recipient"]);
        assert_eq!(finals(Some("prefix-match-list-action")), ["final-recipient", "final-recipients"]);
        assert_eq!(
            finals(Some("unknown-list-action-as-final")),
            ["final-recipient", "Final-Recipient", "final-recipients", "other"]
        );
    }
}
