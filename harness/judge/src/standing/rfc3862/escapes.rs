//! How characters are escaped (2.2, 2.3).

use wire::cpim::rule;

use super::found::{is_in, line_of, object};
use super::values::is_string;
use crate::capture::{Line, View};
use crate::evidence::quote;
use crate::standing::observation::one;
use crate::standing::{Check, Context, Look, LooksAt, Observation, policy};

pub(super) const CHECKS: &[Check] = &[Check {
    name: "escapes",
    looks_at: LooksAt::Message,
    requirements: &[SEQUENCES, QUOTES, DELIMITERS, FOUR_DIGITS, NEEDLESS, OTHER],
    run: escapes,
}];

/// Backslash, backspace, tab, line feed and carriage return.
const SEQUENCES: &str = "C3862-2.3.1-1";
const QUOTES: &str = "C3862-2.3.1-2";
const DELIMITERS: &str = "C3862-2.3.1-4";
const FOUR_DIGITS: &str = "C3862-2.3.1-5";
const OTHER: &str = "C3862-2.2-12";
const NEEDLESS: &str = "C3862-2.3.1-6";

/// Characters with a sequence of their own.
const OWN_SEQUENCE: &[u32] = &[0x08, 0x09, 0x0a, 0x0d, 0x5c];

/// What is wrong with an escape, by what follows its backslash; `None` if it is right.
fn fault(rest: &str, quoted: bool) -> Option<&'static str> {
    let mut characters = rest.chars();
    match characters.next() {
        None => Some(SEQUENCES),
        Some('\\' | 'b' | 't' | 'n' | 'r') => None,
        Some('"') if quoted => None,
        Some('u') => match rest.get(1..5).filter(|digits| digits.bytes().all(|d| d.is_ascii_hexdigit())) {
            None => Some(FOUR_DIGITS),
            Some(digits) => match u32::from_str_radix(digits, 16) {
                Ok(code) if OWN_SEQUENCE.contains(&code) => Some(SEQUENCES),
                Ok(0x00..=0x1f | 0x7f) => None,
                _ => Some(NEEDLESS),
            },
        },
        Some('x' | 'e' | '0'..='9') => Some(FOUR_DIGITS),
        Some(character) if character.is_alphanumeric() || character == ' ' => Some(SEQUENCES),
        Some(_) => Some(NEEDLESS),
    }
}

/// The first fault in a value, and where its backslash stands.
fn first_fault(value: &str) -> Option<(usize, &'static str)> {
    let (mut at, mut quoted) = (0, false);
    while let Some(character) = value[at..].chars().next() {
        match character {
            '"' => quoted = !quoted,
            '\\' => {
                let rest = &value[at + 1..];
                if let Some(fault) = fault(rest, quoted) {
                    return Some((at, fault));
                }
                at += rest.chars().next().map_or(0, char::len_utf8);
            }
            _ => {}
        }
        at += character.len_utf8();
    }
    None
}

/// Whether a header holds text or an address, in which characters may need an escape.
fn holds_text(line: &Line<'_>) -> bool {
    line.prefix.is_none() && matches!(&*line.local, "From" | "To" | "cc" | "Subject")
}

/// The part of a value in which characters may be escaped: a text, or the name in front of an address.
fn text_of<'t>(line: &Line<'_>, value: &'t str) -> &'t str {
    match value.find('<') {
        _ if &*line.local == "Subject" => value,
        Some(end) => &value[..end],
        None => "",
    }
}

fn escapes(context: &Context<'_>) -> Look {
    let view = object(context)?;
    let lines: Vec<Line<'_>> = view.lines().into_iter().filter(holds_text).collect();
    if lines.iter().all(|line| text_of(line, &line.text()).trim().is_empty()) {
        return one(Observation::unclear("The message has neither a Subject nor names.").seen(view.message));
    }
    let found = lines.iter().filter_map(|line| ill_escaped(view, line));
    Ok(found.chain(other_notation(context, view)).collect())
}

fn ill_escaped(view: &View<'_>, line: &Line<'_>) -> Option<Observation> {
    let text = line.text();
    let address = &*line.local != "Subject";
    let name = text_of(line, &text).trim();
    let delimiters = address && name.starts_with("\\\"") && name.ends_with('"');
    let (at, owner) = if delimiters {
        (0, DELIMITERS)
    } else if address && is_string(line) && is_badly_quoted(view, line) {
        (0, QUOTES)
    } else {
        first_fault(text_of(line, &text))?
    };
    let message = format!("{} is not escaped as it should be: {}.", quote(&line.full_name()), quote(&text));
    let start = (line.value.start + at).min(line.value.end);
    let right = "Control characters, backslashes and inner quotes escaped, each by its own sequence, and nothing else.";
    let observation = Observation::fail(message).right(right).reading("R-30").charge(&[owner]);
    Some(observation.in_body(view, start..(start + 2).min(line.value.end), "here"))
}

/// A name in quotes in which quotes stand unescaped.
fn is_badly_quoted(view: &View<'_>, line: &Line<'_>) -> bool {
    let lines = std::slice::from_ref(line);
    let rules = [&rule::FORMAL_NAME];
    view.cpim_deviations.iter().any(|found| is_in(found, &rules) && line_of(lines, &found.span).is_some())
}

/// Other ways of writing a character by its code.
fn notations(code: u32) -> [String; 5] {
    [
        format!("%{code:02x}"),
        format!("&#{code};"),
        format!("&#x{code:x};"),
        format!("={code:02x}"),
        format!("%{code:x};"),
    ]
}

fn other_notation(context: &Context<'_>, view: &View<'_>) -> Option<Observation> {
    let told = told(context, view);
    let controls: Vec<u32> = told.chars().filter(|c| c.is_control()).map(u32::from).collect();
    view.lines().into_iter().filter(holds_text).find_map(|line| {
        let text = line.text().to_ascii_lowercase();
        let other = controls.iter().flat_map(|code| notations(*code));
        let other = other.filter(|other| !told.to_ascii_lowercase().contains(&**other));
        let shown = other.into_iter().find(|other| text.contains(&**other))?;
        let message = format!("A control character is written as {}.", quote(&shown));
        let right = "An escape of RFC 3862 section 2.3, or no such character.";
        Some(
            Observation::fail(message)
                .right(right)
                .reading("R-30")
                .charge(&[OTHER])
                .in_body(view, line.value, "here"),
        )
    })
}

/// The texts of headers that the IUT was last told to send.
fn told(context: &Context<'_>, view: &View<'_>) -> String {
    let send = policy::last_send(context, view.message.event);
    let texts = ["subject", "display_name"].into_iter().filter_map(|name| send?.get(name)?.as_str());
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_an_owner() {
        for right in
            ["C:\\\\dir\\tx\\ny", "a\\u001bb\\u000B", "\"Bo \\\"B\\\" \\\\ x\"", "it's a/b é 雪", "a\\u007fb"]
        {
            assert_eq!(first_fault(right), None, "{right}");
        }
        for (wrong, owner) in [
            ("C:\\dir", SEQUENCES),
            ("a\\u0009b", SEQUENCES),
            ("end\\", SEQUENCES),
            ("a\\x1bb", FOUR_DIGITS),
            ("a\\033b", FOUR_DIGITS),
            ("a\\u{1b}", FOUR_DIGITS),
            ("it\\'s", NEEDLESS),
            ("a\\/b", NEEDLESS),
            ("\\u00e9", NEEDLESS),
            ("say \\\"a\\\"", NEEDLESS),
        ] {
            assert_eq!(first_fault(wrong).map(|(_, owner)| owner), Some(owner), "{wrong}");
        }
    }
}
