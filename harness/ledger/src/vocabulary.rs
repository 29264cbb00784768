//! The closed word lists of the catalogue: levels, roles, transports and ways of testing.

/// Defines an enum whose variants are words of the catalogue, with the conversions all of them need.
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Every value, in the order of the catalogue's own lists.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word as the catalogue and the machine-readable outputs write it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text).ok_or_else(|| $crate::UnknownWord {
                    text: text.to_owned(),
                    known: Self::ALL.iter().map(|value| value.as_str()).collect(),
                })
            }
        }
    };
}
pub(crate) use vocabulary;

/// A word that is not in the list it should come from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not one of {}", known.join(", "))]
pub struct UnknownWord {
    /// The offending word.
    pub text: String,
    /// The words that would have been admissible.
    pub known: Vec<&'static str>,
}

vocabulary! {
    /// How strongly a document binds (RFC 2119 words, and sentences that bind without one).
    Level {
        /// MUST, and SHALL.
        Must = "MUST",
        /// MUST NOT, and SHALL NOT.
        MustNot = "MUST NOT",
        /// SHOULD.
        Should = "SHOULD",
        /// SHOULD NOT.
        ShouldNot = "SHOULD NOT",
        /// RECOMMENDED.
        Recommended = "RECOMMENDED",
        /// MAY, and OPTIONAL.
        May = "MAY",
        /// REQUIRED.
        Required = "REQUIRED",
        /// Prose that binds although no keyword of RFC 2119 stands in it.
        Prose = "normative-prose",
        /// What no document says and every program on a network is held to: that it withstands its input.
        Robustness = "robustness",
    }
}

/// What a violation of a requirement amounts to (rule G-5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A violation is a failure.
    Failure,
    /// A violation is a warning.
    Warning,
    /// Not using the option is never charged; using it wrongly is a failure.
    OnMisuse,
}

impl Level {
    /// What a violation at this level amounts to, by rule G-5: SHOULD and its kin warn, MAY is charged only when
    /// the option is used wrongly, everything else fails. A reading may lower the verdict of a single finding.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::Must | Self::MustNot | Self::Required | Self::Prose | Self::Robustness => Severity::Failure,
            Self::Should | Self::ShouldNot | Self::Recommended => Severity::Warning,
            Self::May => Severity::OnMisuse,
        }
    }
}

vocabulary! {
    /// Whom a requirement binds. The drafts and the RFCs name the same parts differently.
    Role {
        /// Sends the message and asks for a report (drafts).
        RequestingUac = "requesting-uac",
        /// Receives the message and reports (drafts).
        ReportingUas = "reporting-uas",
        /// Re-originates the message on its way: list, gateway (drafts).
        B2bua = "b2bua",
        /// Sends the message and asks for a report (RFC 5438).
        ImSender = "im-sender",
        /// Receives the message and reports (RFC 5438).
        ImRecipient = "im-recipient",
        /// Stands between the two (RFC 5438).
        Intermediary = "intermediary",
        /// Every user agent.
        UaAny = "ua-any",
        /// Authors of extensions; nothing an implementation could violate.
        SpecAuthor = "spec-author",
    }
}

vocabulary! {
    /// The transports on which a requirement can be judged.
    Transport {
        /// Pager mode, SIP MESSAGE.
        Sip = "sip",
        /// Session mode, MSRP.
        Msrp = "msrp",
        /// Both.
        Any = "any",
    }
}

vocabulary! {
    /// How a requirement can be tested.
    Testability {
        /// From the octets alone.
        Wire = "wire",
        /// From the octets, with commands to the implementation.
        WireControl = "wire+control",
        /// From many observations.
        Statistical = "statistical",
        /// Only by asking the implementer.
        Declaration = "declaration",
        /// Not at all.
        NotTestable = "not-testable",
    }
}

impl Testability {
    /// Whether a scenario can judge the requirement, so that a fault must exist for it.
    #[must_use]
    pub const fn is_testable(self) -> bool {
        matches!(self, Self::Wire | Self::WireControl | Self::Statistical)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_from_their_text() {
        assert!(Level::ALL.iter().all(|level| level.as_str().parse() == Ok(*level)));
        assert!(Role::ALL.iter().all(|role| role.as_str().parse() == Ok(*role)));
    }

    #[test]
    fn an_unknown_word_names_the_known_ones() {
        let error = "udp".parse::<Transport>().unwrap_err();
        assert_eq!(error.to_string(), "`udp` is not one of sip, msrp, any");
    }

    #[test]
    fn severity_follows_rule_g5() {
        let by = |severity| {
            Level::ALL.iter().copied().filter(move |l| l.severity() == severity).collect::<Vec<_>>()
        };
        assert_eq!(by(Severity::Warning), [Level::Should, Level::ShouldNot, Level::Recommended]);
        assert_eq!(by(Severity::OnMisuse), [Level::May]);
        assert_eq!(
            by(Severity::Failure),
            [Level::Must, Level::MustNot, Level::Required, Level::Prose, Level::Robustness]
        );
    }
}
