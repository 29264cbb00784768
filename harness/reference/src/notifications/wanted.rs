//! What can be asked for, and the header that asks for it (RFC 5438 sections 7.1.1.3 and 10).

use crate::faults::{Conduct, Flaw};

/// A notification that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    PositiveDelivery,
    NegativeDelivery,
    Processing,
    Display,
}

impl Kind {
    const ALL: [Self; 4] = [Self::PositiveDelivery, Self::NegativeDelivery, Self::Processing, Self::Display];

    /// The word for it in the header.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::PositiveDelivery => "positive-delivery",
            Self::NegativeDelivery => "negative-delivery",
            Self::Processing => "processing",
            Self::Display => "display",
        }
    }

    /// What a word means; case counts (R-06).
    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What a message asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) positive: bool,
    pub(crate) negative: bool,
    pub(crate) processing: bool,
    pub(crate) display: bool,
}

impl Wanted {
    /// What all values of a header ask for: words parted by commas, with or without blanks. Parameters of a word are
    /// overlooked (R-07), other words ask for nothing (R-06), and so does an empty value (R-05).
    pub(crate) fn parse<'a>(values: impl Iterator<Item = &'a str>, conduct: Conduct) -> Self {
        let mut wanted = Self::default();
        for value in values {
            if value.trim().is_empty() && conduct.has(Flaw::EmptyMeansAll) {
                return Self { positive: true, negative: true, processing: true, display: true };
            }
            for kind in kinds(&items(value, conduct), conduct) {
                wanted.add(kind);
            }
        }
        wanted
    }

    fn add(&mut self, kind: Kind) {
        match kind {
            Kind::PositiveDelivery => self.positive = true,
            Kind::NegativeDelivery => self.negative = true,
            Kind::Processing => self.processing = true,
            Kind::Display => self.display = true,
        }
    }

    /// Whether nothing is asked for.
    pub(crate) fn is_empty(self) -> bool {
        self == Self::default()
    }
}

/// What the items of a list ask for.
fn kinds(items: &[&str], conduct: Conduct) -> Vec<Kind> {
    let known: Vec<_> = items.iter().map(|item| Kind::of(word(item))).collect();
    let unquoted = |item: &&str| item.matches('"').count() % 2 == 1;
    match conduct.flaw() {
        Some(Flaw::FirstValueOnly) => match known.first() {
            Some(Some(first @ (Kind::Display | Kind::NegativeDelivery))) => vec![*first],
            _ => known.into_iter().flatten().collect(),
        },
        Some(Flaw::UnknownValuePoisonsList) if known.contains(&None) => Vec::new(),
        Some(Flaw::CommaInsideStringSplits) if items.iter().any(unquoted) => Vec::new(),
        _ => known.into_iter().flatten().collect(),
    }
}

/// The word of an item, without its parameters.
fn word(item: &str) -> &str {
    item.split(';').next().unwrap_or_default().trim()
}

/// The items of a list. A comma in a quoted string parts nothing.
fn items(value: &str, conduct: Conduct) -> Vec<&str> {
    match conduct.flaw() {
        Some(Flaw::CommaSpaceSplit) => return value.split(", ").collect(),
        Some(Flaw::CommaInsideStringSplits) => return value.split(',').collect(),
        _ => {}
    }
    let (mut quoted, mut escaped) = (false, false);
    value
        .split(|character: char| {
            let literal = escaped;
            escaped = quoted && character == '\\' && !literal;
            quoted ^= character == '"' && !literal;
            character == ',' && !quoted
        })
        .collect()
}

/// The value of the header that asks for these notifications.
pub(crate) fn words(kinds: &[Kind], between: &str) -> String {
    let words: Vec<_> = kinds.iter().map(|kind| kind.word()).collect();
    words.join(between)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Fault;
    use crate::serve::{Profile, Role};

    fn parse(value: &str, fault: Option<&str>) -> [bool; 4] {
        let fault = fault.and_then(|name| Fault::of(Profile::Rfc5438, name));
        let conduct = Conduct::new(fault, Role::Endpoint);
        let Wanted { positive, negative, processing, display } = Wanted::parse([value].into_iter(), conduct);
        [positive, negative, processing, display]
    }

    #[test]
    fn words_are_parted_by_commas_in_any_order() {
        for value in [
            "display,positive-delivery",
            "positive-delivery   ,   display",
            "x-weather, display, positive-delivery;foo=bar",
            r#"display ; q="a, b;\"c, d", positive-delivery"#,
        ] {
            assert_eq!(parse(value, None), [true, false, false, true], "{value}");
        }
        assert_eq!(parse("processing, negative-delivery", None), [false, true, true, false]);
        for value in ["", " ", "Display", "read", "display positive-delivery", "\"display\""] {
            assert_eq!(parse(value, None), [false; 4], "{value}");
        }
    }

    #[test]
    fn faults_misread_what_their_rule_is_about_and_nothing_else() {
        assert_eq!(parse("", Some("empty-means-all")), [true; 4]);
        assert_eq!(parse("display", Some("empty-means-all")), [false, false, false, true]);
        assert_eq!(parse("display, processing", Some("first-value-only")), [false, false, false, true]);
        assert_eq!(parse("display, x", Some("unknown-value-poisons-list")), [false; 4]);
        assert_eq!(parse("display, processing", Some("unknown-value-poisons-list"))[2..], [true; 2]);
        assert_eq!(parse("display,processing", Some("comma-space-split")), [false; 4]);
        assert_eq!(parse("display , processing", Some("comma-space-split"))[2..], [true; 2]);
        assert_eq!(parse("display;q=\"a, b\"", Some("comma-inside-string-splits")), [false; 4]);
        assert_eq!(parse("display, processing", Some("comma-inside-string-splits"))[2..], [true; 2]);
    }
}
