//! Lengths of time as people write them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// A length of time: a whole number of milliseconds, or a number with its unit, such as `250ms`, `5s` or `2m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Length(pub Duration);

impl Length {
    /// That many milliseconds.
    pub const fn millis(millis: u64) -> Self {
        Self(Duration::from_millis(millis))
    }

    /// That many seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }
}

/// Units, longer names first where one ends in another.
const UNITS: &[(&str, u64)] = &[("ms", 1), ("s", 1_000), ("m", 60_000)];

impl FromStr for Length {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (number, unit) = UNITS
            .iter()
            .find_map(|(name, millis)| Some((text.strip_suffix(name)?, *millis)))
            .unwrap_or((text, 1));
        let number: u64 = number.trim_end().parse().map_err(|_| ())?;
        number.checked_mul(unit).map(Self::millis).ok_or(())
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_millis() {
            millis if millis % 1_000 == 0 => write!(f, "{}s", millis / 1_000),
            millis => write!(f, "{millis}ms"),
        }
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;

        impl Visitor<'_> for Written {
            type Value = Length;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of milliseconds, or a length such as `250ms`, `5s` or `2m`")
            }

            fn visit_u64<E: Error>(self, millis: u64) -> Result<Length, E> {
                Ok(Length::millis(millis))
            }

            fn visit_i64<E: Error>(self, millis: i64) -> Result<Length, E> {
                let unsigned = u64::try_from(millis);
                unsigned.map(Length::millis).map_err(|_| E::invalid_value(Unexpected::Signed(millis), &self))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Length, E> {
                text.parse().map_err(|()| E::invalid_value(Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_any(Written)
    }
}

impl JsonSchema for Length {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Length".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A length of time: milliseconds, or a number with `ms`, `s` or `m`",
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string", "pattern": "^[0-9]+ ?(ms|s|m)?$"}
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        for (text, millis) in [("250ms", 250), ("5s", 5_000), ("2m", 120_000), ("150", 150), ("3 s", 3_000)] {
            assert_eq!(text.parse(), Ok(Length::millis(millis)), "{text}");
        }
        for text in ["", "s", "-1s", "5h", "1.5s", "99999999999999999999s", "18446744073709551615m"] {
            assert_eq!(text.parse::<Length>(), Err(()), "{text}");
        }
    }

    #[test]
    fn numbers_are_milliseconds() {
        assert_eq!(serde_json::from_str::<Length>("150").unwrap(), Length::millis(150));
        assert_eq!(serde_json::from_str::<Length>("\"5s\"").unwrap(), Length::seconds(5));
        let error = serde_json::from_str::<Length>("\"soon\"").unwrap_err();
        assert!(error.to_string().contains("`250ms`, `5s` or `2m`"), "{error}");
        assert!(serde_json::from_str::<Length>("-5").is_err());
    }

    #[test]
    fn lengths_are_shown_with_a_unit() {
        assert_eq!(Length::millis(150).to_string(), "150ms");
        assert_eq!(Length::millis(2_000).to_string(), "2s");
    }
}
