//! A record of a file, taken apart key by key so that every mistake in it is found.

use serde::de::DeserializeOwned;
use serde_yaml::{Mapping, Value};

use super::error::Problems;
use super::sources::SourceFile;

/// A value with the place where it stands.
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) file: String,
    line: usize,
    keys: Vec<(String, usize)>,
}

impl<T> Located<T> {
    /// The line of a key, or of the record if the key is missing.
    pub(super) fn line_of(&self, key: &str) -> usize {
        self.keys.iter().find(|(name, _)| name == key).map_or(self.line, |(_, line)| *line)
    }
}

/// A type that a record can be read into.
pub(super) trait FromFields: Sized {
    /// The keys a record may have.
    const KEYS: &'static [&'static str];

    /// Takes the values; `None` if a mistake was noted.
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self>;
}

/// Implements [`FromFields`] for a struct: keys that must be there, keys that may be there, fields set later.
macro_rules! from_fields {
    ($type:ty { $($key:ident),+ } $(optional { $($opt:ident),+ })? $(later { $($late:ident: $value:expr),+ })?) => {
        impl $crate::load::fields::FromFields for $type {
            const KEYS: &'static [&'static str] = &[$(stringify!($key),)+ $($(stringify!($opt)),+)?];

            fn from_fields(fields: &mut $crate::load::fields::Fields<'_>) -> Option<Self> {
                $(let $key = fields.required(stringify!($key));)+
                $($(let $opt = fields.optional(stringify!($opt));)+)?
                Some(Self { $($key: $key?,)+ $($($opt: $opt?,)+)? $($($late: $value,)+)? })
            }
        }
    };
}
pub(super) use from_fields;

/// The keys and values of one record that have not been taken yet.
pub(super) struct Fields<'a> {
    values: Mapping,
    file: &'a str,
    line: usize,
    keys: Vec<(String, usize)>,
    problems: &'a mut Problems,
}

impl Fields<'_> {
    pub(super) fn required<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        let Some(value) = self.values.remove(key) else {
            self.problems.add(self.file, self.line, format!("key `{key}` is missing"));
            return None;
        };
        self.decode(key, value)
    }

    pub(super) fn optional<T: DeserializeOwned + Default>(&mut self, key: &str) -> Option<T> {
        match self.values.remove(key) {
            Some(value) => self.decode(key, value),
            None => Some(T::default()),
        }
    }

    fn decode<T: DeserializeOwned>(&mut self, key: &str, value: Value) -> Option<T> {
        let line = self.keys.iter().find(|(name, _)| name == key).map_or(self.line, |(_, line)| *line);
        if value == Value::String(String::new()) || value.is_null() {
            self.problems.add(self.file, line, format!("`{key}` has no value"));
            return None;
        }
        serde_yaml::from_value(value)
            .map_err(|error| self.problems.add(self.file, line, format!("`{key}`: {error}")))
            .ok()
    }
}

/// Reads all records of a file. A faulty one is left out and its mistakes are noted.
pub(super) fn read_records<T: FromFields>(file: &SourceFile<'_>, problems: &mut Problems) -> Vec<Located<T>> {
    split(file, problems)
        .into_iter()
        .filter_map(|(line, text)| read_record(file.name, line, &text, problems))
        .collect()
}

fn read_record<T: FromFields>(
    file: &str,
    line: usize,
    text: &str,
    problems: &mut Problems,
) -> Option<Located<T>> {
    let keys = key_lines(text, line);
    let mut twice = false;
    for (n, (key, at)) in keys.iter().enumerate() {
        if keys[..n].iter().any(|(earlier, _)| earlier == key) {
            twice = true;
            problems.add(file, *at, format!("key `{key}` stands twice in one record"));
        } else if !T::KEYS.contains(&key.as_str()) {
            problems.add(file, *at, format!("unknown key `{key}`; the keys are {}", T::KEYS.join(", ")));
        }
    }
    if twice {
        return None;
    }
    let values = mapping(file, line, text, problems)?;
    let mut fields = Fields { values, file, line, keys, problems };
    let value = T::from_fields(&mut fields)?;
    Some(Located { value, file: file.to_owned(), line, keys: fields.keys })
}

fn mapping(file: &str, line: usize, text: &str, problems: &mut Problems) -> Option<Mapping> {
    match serde_yaml::from_str::<Vec<Mapping>>(text) {
        Ok(records) => records.into_iter().next(),
        Err(error) => {
            let at = error.location().map_or(line, |location| line + location.line().saturating_sub(1));
            problems.add(file, at, error.to_string());
            None
        }
    }
}

/// Parts a file into its records: first line (counted from 1) and text of each.
fn split(file: &SourceFile<'_>, problems: &mut Problems) -> Vec<(usize, String)> {
    let mut records: Vec<(usize, String)> = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        if line.starts_with("- ") {
            records.push((number, String::new()));
        }
        match records.last_mut() {
            Some((_, text)) => {
                text.push_str(line);
                text.push('\n');
            }
            None if line.trim().is_empty() || line.starts_with('#') => {}
            None => problems.add(file.name, number, "a record begins with `- ` in the first column"),
        }
    }
    records
}

/// The keys of a record with their lines. Only keys stand two columns in; values stand deeper or behind them.
fn key_lines(text: &str, first: usize) -> Vec<(String, usize)> {
    let key = |line: &str| {
        let key = line.strip_prefix("- ").or_else(|| line.strip_prefix("  "))?.split_once(':')?.0;
        (!key.is_empty() && !key.starts_with([' ', '#', ']'])).then(|| key.to_owned())
    };
    (first..).zip(text.lines()).filter_map(|(number, line)| key(line).map(|key| (key, number))).collect()
}
