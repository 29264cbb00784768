//! Message-IDs (draft-burger-simple-imdn-03 section 8.1.4, draft-khartabil-simple-im-receipts-00 section 3.1).

use time::OffsetDateTime;

use crate::faults::{Conduct, Defect};

/// Makes identifiers that no other message has.
#[derive(Debug)]
pub(crate) struct Identifiers {
    conduct: Conduct,
    /// How many requests were numbered since the start.
    count: u64,
    session: u64,
    /// The latest identifier that was a time, in seconds.
    second: i64,
}

impl Identifiers {
    /// Identifiers of an agent that has just started.
    pub(crate) fn new(conduct: Conduct) -> Self {
        Self { conduct, count: 0, session: rand::random(), second: 0 }
    }

    /// An identifier for a report.
    pub(crate) fn for_report(&self) -> String {
        unique()
    }

    /// An identifier for an instant message. It is `None` if this agent leaves it out this time.
    pub(crate) fn for_message(&mut self) -> Option<String> {
        self.count += 1;
        let Self { count, session, .. } = self;
        match self.conduct.defect() {
            Some(Defect::MessageIdOmittedSometimes) if *count % 3 == 0 => None,
            Some(Defect::MessageIdEightBitCounter) => Some(format!("{session:016x}{:02x}", *count % 256)),
            Some(Defect::CounterRestarts) => Some(count.to_string()),
            Some(Defect::TimestampSecondsId) => Some(self.next_second().to_string()),
            Some(Defect::AtSignInId) => Some(format!("{}@localhost", unique())),
            Some(Defect::AngleBracketId) => Some(format!("<{}>", unique())),
            _ => Some(unique()),
        }
    }

    /// The current second; a later one where that has been used since the start.
    fn next_second(&mut self) -> i64 {
        self.second = OffsetDateTime::now_utc().unix_timestamp().max(self.second + 1);
        self.second
    }

    /// What a loss of power does: counters start again.
    pub(crate) fn restart(&mut self) {
        *self = Self::new(self.conduct);
    }
}

/// 128 random bits in hexadecimal digits, which are CPIM token characters: unique everywhere and for ever, restarts
/// and set clocks included.
pub(crate) fn unique() -> String {
    format!("{:032x}", rand::random::<u128>())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::faults::Fault;
    use crate::serve::Role;

    fn ids(fault: Option<&str>, count: usize) -> Vec<Option<String>> {
        let mut identifiers = Identifiers::new(Conduct::new(fault.and_then(Fault::by_name), Role::Endpoint));
        (0..count).map(|_| identifiers.for_message()).collect()
    }

    #[test]
    fn identifiers_are_unique_tokens() {
        let ids: HashSet<_> = ids(None, 1000).into_iter().map(Option::unwrap).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| wire::cpim::is_token(id.as_bytes())));
    }

    #[test]
    fn faulty_identifiers_repeat_where_their_rule_says() {
        let counted = ids(Some("message-id-eight-bit-counter"), 257);
        assert_eq!(counted[0], counted[256]);
        assert_ne!(
            counted[0],
            ids(Some("message-id-eight-bit-counter"), 1)[0],
            "another session, other identifiers"
        );
        assert_eq!(ids(Some("counter-restarts"), 2), ids(Some("counter-restarts"), 2));
        assert!(ids(Some("angle-bracket-id"), 1)[0].as_deref().is_some_and(|id| id.starts_with('<')));
        let seconds = ids(Some("timestamp-seconds-id"), 2);
        let second = |id: &Option<String>| id.as_deref().unwrap().parse::<i64>().unwrap();
        assert!(second(&seconds[1]) > second(&seconds[0]), "within one run they do not repeat");
        assert!(ids(Some("at-sign-in-id"), 1)[0].as_deref().is_some_and(|id| id.ends_with("@localhost")));
        let omitted = ids(Some("message-id-omitted-sometimes"), 6);
        assert_eq!(
            omitted.iter().map(Option::is_none).collect::<Vec<_>>(),
            [false, false, true, false, false, true]
        );
    }
}
