//! Objects that pass through an intermediary: nothing changes but what RFC 5438 orders (2.2, 6, 9; R-15).

use std::ops::Range;

use wire::cpim::unescape;

use crate::capture::{Line, Place, View};
use crate::evidence::{self, quote};
use crate::standing::headers::extension;
use crate::standing::observation::{nothing, one};
use crate::standing::receipts::copies::{first_difference, octets};
use crate::standing::{Check, Context, Look, LooksAt, Observation};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "headers-unchanged",
        looks_at: LooksAt::Copy,
        requirements: &[CHANGED, RE_CODED],
        run: headers_unchanged,
    },
    Check { name: "order-kept", looks_at: LooksAt::Copy, requirements: &["C3862-2.2-18"], run: order_kept },
    Check {
        name: "content-unchanged",
        looks_at: LooksAt::Copy,
        requirements: &["C3862-6-3"],
        run: content_unchanged,
    },
    Check {
        name: "object-unchanged",
        looks_at: LooksAt::Copy,
        requirements: &["C3862-9-1"],
        run: object_unchanged,
    },
];

const CHANGED: &str = "C3862-2.2-1";
const RE_CODED: &str = "C3862-2.2-17";

/// A header line without its end.
struct Row {
    name: String,
    octets: Vec<u8>,
    span: Range<usize>,
}

fn rows(view: &View<'_>) -> Vec<Row> {
    let row = |line: Line<'_>| {
        let octets = view.message.body.get(line.line.clone()).unwrap_or_default();
        let octets = octets.strip_suffix(b"\n").unwrap_or(octets);
        let octets = octets.strip_suffix(b"\r").unwrap_or(octets).to_vec();
        Row { name: line.full_name().into_owned(), octets, span: line.line }
    };
    view.lines().into_iter().map(row).collect()
}

/// Copy and message, as far as both are CPIM objects.
fn both<'c>(context: &Context<'c>) -> Result<(&'c View<'c>, &'c View<'c>), Box<Observation>> {
    let (view, source) = context.pair()?;
    if view.cpim.is_none() || source.cpim.is_none() {
        let why = "There is no CPIM object to compare.";
        return Err(Box::new(Observation::unclear(why).seen(view.message)));
    }
    Ok((view, source))
}

/// Whether the copy has the message's object inside it, as it came.
fn is_wrapped(view: &View<'_>, source: &View<'_>) -> bool {
    let whole = |place: Option<Place>| place.map(|place| octets(&place).to_vec());
    view.enclosed().is_some() && whole(view.payload()) == whole(source.object())
}

/// Headers that an intermediary may change: the addressee.
const MAY_CHANGE: &[&str] = &["To"];

fn headers_unchanged(context: &Context<'_>) -> Look {
    let (view, source) = both(context)?;
    if is_wrapped(view, source) {
        return nothing();
    }
    let (here, sent) = (rows(view), rows(source));
    let sent_rows = sent.iter().filter(|row| !MAY_CHANGE.contains(&&*row.name));
    let found = sent_rows.filter(|row| !here.iter().any(|own| own.octets == row.octets)).map(|row| {
        let own =
            here.iter().find(|own| own.name == row.name && !sent.iter().any(|o| o.octets == own.octets));
        let place = evidence::at(source.message, source.message.in_body(row.span.clone()), "as it came");
        let observation = match own {
            Some(own) => Observation::fail(format!("{} of the copy is not as it came.", quote(&row.name)))
                .charge(&[owner(own, row)])
                .in_body(view, own.span.clone(), "not as in the message"),
            None => Observation::fail(format!("The copy has no {} as it came.", quote(&row.name)))
                .charge(&[CHANGED])
                .seen(view.message),
        };
        observation.right("Every header line as it came, octet for octet.").reading("R-15").beside([place])
    });
    Ok(found.collect())
}

/// A value that means the same, written anew, or one that nobody on the way has to understand.
fn owner(own: &Row, sent: &Row) -> &'static str {
    let text = |row: &Row| {
        let text = String::from_utf8_lossy(&row.octets).into_owned();
        unescape(&text).chars().filter(|c| !c.is_whitespace() && *c != '"').collect::<String>()
    };
    let known = ["From", "To", "cc", "DateTime", "Subject", "NS", "Require"].contains(&&*sent.name);
    if text(own) == text(sent) || !known { RE_CODED } else { CHANGED }
}

fn order_kept(context: &Context<'_>) -> Look {
    let (view, source) = both(context)?;
    if is_wrapped(view, source) {
        return nothing();
    }
    let (here, sent) = (rows(view), rows(source));
    let mut places = Vec::new();
    for row in &sent {
        let place = here.iter().position(|own| own.octets == row.octets);
        places.extend(place.map(|place| (place, row)));
    }
    let swapped =
        places.windows(2).find(|pair| pair[0].0 > pair[1].0 && pair[0].1.octets != pair[1].1.octets);
    let Some(pair) = swapped else { return nothing() };
    let message = format!("{} and {} have changed places.", quote(&pair[0].1.name), quote(&pair[1].1.name));
    let span = here.get(pair[1].0).map_or(0..0, |row| row.span.clone());
    let sent = evidence::whole(source.message, "the message it comes from");
    one(Observation::fail(message)
        .right("The headers in the order in which they came.")
        .reading("R-15")
        .in_body(view, span, "above what it came below")
        .beside([sent]))
}

fn content_unchanged(context: &Context<'_>) -> Look {
    let (view, source) = both(context)?;
    let (Some(here), Some(sent)) = (view.entity(), source.entity()) else { return nothing() };
    if is_wrapped(view, source) {
        return nothing();
    }
    differs(view, source, &here, &sent, "The content of the copy is not that of the message")
}

fn differs(view: &View<'_>, source: &View<'_>, here: &Place, sent: &Place, what: &str) -> Look {
    let Some(at) = first_difference(octets(here), octets(sent)) else { return nothing() };
    let start = (here.span.start + at).min(here.span.end);
    let place = Place { span: start..(start + 1).min(here.span.end), ..here.clone() };
    let sent = evidence::whole(source.message, "the message it comes from");
    one(Observation::fail(format!("{what}: octet {at} differs."))
        .right("MIME headers and content as they came, octet for octet.")
        .reading("R-15")
        .at(view.message, place, "the first octet that differs")
        .beside([sent]))
}

fn object_unchanged(context: &Context<'_>) -> Look {
    let (view, source) = both(context)?;
    let lists = view.address("To") != source.address("To");
    if !extension(source).is_empty() || lists || is_wrapped(view, source) {
        let why = "RFC 5438 may order a change here.";
        return one(Observation::unclear(why).reading("R-15").seen(view.message));
    }
    let (Some(here), Some(sent)) = (view.object(), source.object()) else { return nothing() };
    differs(view, source, &here, &sent, "The object of the copy is not that of the message")
}
