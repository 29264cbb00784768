//! What can be asked for, and the header that asks for it (sections 3.1 and 4).

use crate::faults::{Conduct, Defect};

/// The header that asks; sections 3.1 and 3.2 transpose its name in two places (I-39).
pub(crate) const RECEIPT_REQUEST: &str = "Receipt-Request";
/// The header that a receipt refers to.
pub(crate) const MESSAGE_ID: &str = "Message-ID";

/// A receipt that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    PositiveDelivery,
    NegativeDelivery,
    Read,
}

impl Kind {
    const ALL: [Self; 3] = [Self::PositiveDelivery, Self::NegativeDelivery, Self::Read];

    /// The word for it in the header.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::PositiveDelivery => "positive-delivery",
            Self::NegativeDelivery => "negative-delivery",
            Self::Read => "read",
        }
    }

    /// What a word means; literals of a grammar are compared without regard to case (I-55).
    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| word.eq_ignore_ascii_case(kind.word()))
    }
}

/// What a message asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) positive: bool,
    pub(crate) negative: bool,
    pub(crate) read: bool,
}

impl Wanted {
    /// What the values of all headers of that name ask for: words parted by commas, with or without blanks. Other words
    /// ask for nothing, and so does an empty value.
    pub(crate) fn parse<'a>(values: impl Iterator<Item = &'a str>, conduct: Conduct) -> Self {
        let mut wanted = Self::default();
        for value in values {
            if value.trim().is_empty() && conduct.is(Defect::EmptyMeansAll) {
                wanted = Self { positive: true, negative: true, read: true };
            }
            for kind in value.split(',').filter_map(|word| Kind::of(word.trim())) {
                wanted.add(kind, conduct);
            }
        }
        wanted
    }

    fn add(&mut self, kind: Kind, conduct: Conduct) {
        let (first_only, delivery) = (conduct.is(Defect::FirstValueOnly), self.positive || self.negative);
        match kind {
            Kind::Read => self.read = true,
            _ if first_only && delivery => {}
            Kind::PositiveDelivery => self.positive = true,
            Kind::NegativeDelivery => self.negative = true,
        }
    }

    /// Whether nothing is asked for.
    pub(crate) fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// What is left of it where MSRP carries the message: delivery is its own business (sections 7.1.1 and 7.2, I-49).
    pub(crate) fn without_delivery(self) -> Self {
        Self { positive: false, negative: false, ..self }
    }
}

/// The value of the header that asks for these receipts.
pub(crate) fn words(receipts: &[Kind], between: &str) -> String {
    let words: Vec<_> = receipts.iter().map(|kind| kind.word()).collect();
    words.join(between)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Fault;
    use crate::serve::Role;

    fn parse(value: &str, fault: Option<&str>) -> [bool; 3] {
        let conduct = Conduct::new(fault.and_then(Fault::by_name), Role::Endpoint);
        let Wanted { positive, negative, read } = Wanted::parse([value].into_iter(), conduct);
        [positive, negative, read]
    }

    #[test]
    fn words_are_parted_by_commas_in_any_order_and_case() {
        for value in
            ["read,positive-delivery", "positive-delivery , READ", "x, read, Positive-Delivery,, read"]
        {
            assert_eq!(parse(value, None), [true, false, true], "{value}");
        }
        assert_eq!(parse("negative-delivery", None), [false, true, false]);
        for value in ["", " ", "delivery", "read positive-delivery", "read;x", "display"] {
            assert_eq!(parse(value, None), [false; 3], "{value}");
        }
    }

    #[test]
    fn several_headers_ask_for_what_each_of_them_asks_for() {
        let wanted = Wanted::parse(["read", "positive-delivery"].into_iter(), Conduct::default());
        assert!(wanted.read && wanted.positive && !wanted.negative);
        assert_eq!(wanted.without_delivery(), Wanted { read: true, ..Wanted::default() });
    }

    #[test]
    fn faults_misread_what_their_rule_is_about_and_nothing_else() {
        assert_eq!(parse("", Some("empty-means-all")), [true; 3]);
        assert_eq!(parse("read", Some("empty-means-all")), [false, false, true]);
        let fault = Some("first-value-only");
        assert_eq!(parse("negative-delivery, positive-delivery, read", fault), [false, true, true]);
        assert_eq!(parse("read, positive-delivery", fault), [true, false, true]);
    }
}
