//! What an IMDN is about, what a message asks for, and how header lines are written.

use wire::cpim::Qualified;
use wire::profile::{Profile, RequestValue};

use crate::capture::{Line, View};
use crate::standing::receipts::carriage::passes_through;
use crate::standing::{Context, Look, Observation};

/// The words of a request.
pub(super) const POSITIVE: &str = "positive-delivery";
pub(super) const NEGATIVE: &str = "negative-delivery";

/// Kinds of notification, as their elements begin.
pub(super) const DELIVERY: &str = "delivery";
pub(super) const DISPLAY: &str = "display";
pub(super) const PROCESSING: &str = "processing";

/// The status of a delivery that did not succeed.
pub(super) const FAILED: &str = "failed";
/// The status of one that did.
pub(super) const DELIVERED: &str = "delivered";
/// The status of a message that was put before the user.
pub(super) const DISPLAYED: &str = "displayed";

/// What the first document of an IMDN tells: kind and status.
pub(super) fn told<'v>(view: &'v View<'_>) -> Option<(&'v str, Option<&'v str>)> {
    let document = view.document.as_ref().filter(|_| view.foreign_profile().is_none())?;
    let told = document.told(view.profile)?;
    Some((told.kind, told.status))
}

/// The kind of an IMDN by the element that its status stands in, where the word of the status belongs to another kind.
pub(super) fn misplaced<'v>(view: &'v View<'_>) -> Option<&'v str> {
    let told = view.document.as_ref()?.told(view.profile)?;
    (told.element != told.kind).then_some(told.element)
}

/// The kind of an IMDN, if it says so.
pub(super) fn kind<'v>(view: &'v View<'_>) -> Option<&'v str> {
    told(view).map(|(kind, _)| kind)
}

/// A message that the IUT itself made; why there is nothing to look at otherwise.
pub(super) fn own<'c>(context: &Context<'c>) -> Result<&'c View<'c>, Box<Observation>> {
    let view = context.view()?;
    match passes_through(context, view) {
        true => {
            let why = "The message is as its sender made it.";
            Err(Box::new(Observation::unclear(why).seen(view.message)))
        }
        false => Ok(view),
    }
}

/// The same observations, resting on another reading.
pub(super) fn read_by(look: Look, reading: &'static str) -> Look {
    let read = |seen: Observation| seen.reading(reading);
    look.map(|all| all.into_iter().map(read).collect()).map_err(|seen| Box::new(read(*seen)))
}

/// Every line by which the message asks for notifications, however badly it is written.
pub(super) fn requests<'a>(view: &View<'a>) -> Vec<Line<'a>> {
    view.extension_all(view.profile.headers.request)
}

/// How well a request is tied to the namespace: what of it a reader has to honour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binding {
    /// As the document demands, or by a default namespace.
    Right,
    /// To something else, or to nothing.
    Wrong,
    /// There is no request.
    None,
}

/// What a message of a peer asks for, and whether its header means anything. Words are as they stand.
pub(super) fn asked(view: &View<'_>) -> (Vec<String>, Binding) {
    let lines = requests(view);
    let right = |line: &&Line<'_>| {
        matches!(line.qualified, Some(Qualified::Proper | Qualified::ByDefault | Qualified::BoundLate))
    };
    let of = |lines: Vec<&Line<'_>>| lines.into_iter().flat_map(|line| words(&line.text())).collect();
    match (lines.iter().filter(right).collect::<Vec<_>>(), lines.is_empty()) {
        (_, true) => (Vec::new(), Binding::None),
        (right, _) if !right.is_empty() => (of(right), Binding::Right),
        _ => (of(lines.iter().collect()), Binding::Wrong),
    }
}

/// The words of a list without their parameters and the blanks around them.
pub(super) fn words(value: &str) -> Vec<String> {
    let bare = |item: &str| item.split(';').next().unwrap_or_default().trim().to_owned();
    items(value).into_iter().map(bare).filter(|word| !word.is_empty()).collect()
}

/// The items of a list; a comma in quotes parts nothing (RFC 5438 section 10).
pub(super) fn items(value: &str) -> Vec<&str> {
    let (mut quoted, mut escaped, mut start) = (false, false, 0);
    let mut items = Vec::new();
    for (at, character) in value.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => {
                items.push(&value[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(&value[start..]);
    items
}

/// The words that a request may hold.
pub(super) fn known(profile: &Profile) -> &'static [&'static str] {
    match profile.headers.request_value {
        RequestValue::Words(words) | RequestValue::WordsWithParameters(words) => words,
        RequestValue::Nothing => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_parted_at_commas_outside_quotes() {
        let two = ["display", "positive-delivery"];
        for list in [
            "display,positive-delivery",
            "display , positive-delivery",
            " display;x=1,\tpositive-delivery ; y=\"a, b;c\"",
            "display;q=\"a\\\", b\", positive-delivery,",
        ] {
            assert_eq!(words(list), two, "{list}");
        }
        assert!(words("").is_empty() && words(" , ").is_empty());
        assert_eq!(words("display; positive-delivery"), ["display"]);
    }
}
