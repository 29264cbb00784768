//! In the terms of which document the IUT speaks.

use std::cmp::Reverse;

use wire::document::{self, Document};
use wire::profile::{PROFILES, Profile, RequestValue};

use super::line::Line;
use super::message::Message;
use super::view::{Part, View};

/// Profiles with other terms than that of a run.
fn others(own: &'static Profile) -> impl Iterator<Item = &'static Profile> {
    PROFILES.iter().copied().filter(move |profile| profile.cpim_namespace != own.cpim_namespace)
}

/// Which of the parts is a report in the terms of another document, by its label or the root of its document.
pub(super) fn foreign_report(
    parts: &[Part<'_>],
    message: &Message,
    own: &'static Profile,
) -> Option<(usize, &'static Profile)> {
    let of = |part: &Part<'_>| {
        let fits = |other: &&'static Profile| part.is_labelled(other) || part.has_root(message, other);
        match others(own).filter(fits).collect::<Vec<_>>()[..] {
            [] => None,
            [one] => Some(one),
            ref several => {
                let content = message.body.get(part.content.clone()).unwrap_or_default();
                let document = document::decode(content, 0..content.len(), own).value;
                let fit = |other: &&Profile| Reverse((part.is_labelled(other), known(&document, other)));
                several.iter().copied().min_by_key(fit)
            }
        }
    };
    parts.iter().enumerate().find_map(|(index, part)| Some((index, of(part)?)))
}

/// The profile whose document a report holds although its label is that of this run.
pub(super) fn foreign_root(document: &Document<'_>, own: &'static Profile) -> Option<&'static Profile> {
    let root = document.root()?;
    let is = |profile: &&Profile| {
        root.name == profile.report.root || root.namespace.as_deref() == Some(profile.report.namespace)
    };
    // Where the root is shared, what it says became of the message tells the documents apart.
    let own_root = is(&own);
    if own_root && says(document, own) {
        return None;
    }
    let found = others(own).filter(is).filter(|other| !own_root || says(document, other));
    found.min_by_key(|other| Reverse(known(document, other)))
}

/// Whether a document has the child in which a profile says what became of the message.
fn says(document: &Document<'_>, profile: &Profile) -> bool {
    let report = &profile.report;
    let names = match report.choice {
        [] => std::slice::from_ref(&report.roles.disposition),
        choice => choice,
    };
    document.children().any(|child| names.contains(&&*child.name))
}

/// How many elements of a document a profile knows: some documents share their root.
fn known(document: &Document<'_>, profile: &Profile) -> usize {
    document.children().filter(|element| profile.report.child(&element.name).is_some()).count()
}

impl View<'_> {
    /// The other document in whose terms the IUT reports, or asks for reports, where it does not do so in those of this
    /// run. A message that carries the headers of both documents speaks this run's (I-19). Always `None` for peers: what a
    /// scenario has them send is what it says.
    pub fn foreign_profile(&self) -> Option<&'static Profile> {
        self.foreign
    }

    /// The profile in whose terms the message is to be read.
    pub(crate) fn spoken(&self) -> &'static Profile {
        self.foreign.unwrap_or(self.profile)
    }

    /// A sentence for findings where the message speaks another document's terms, with a blank in front; else nothing.
    pub(crate) fn foreign_remark(&self) -> String {
        self.foreign_profile().map_or_else(String::new, |other| {
            let (other, own) = (other.document, self.profile.document);
            format!(" It is in the terms of {other}; this run judges {own}.")
        })
    }

    pub(super) fn foreign_document(&self) -> Option<&'static Profile> {
        foreign_root(self.document.as_ref()?, self.profile)
    }

    /// The other document by whose header the message asks for reports, where nothing in it asks by that of this run. Two
    /// documents that share the header differ in whether it holds anything.
    pub(super) fn foreign_request(&self) -> Option<&'static Profile> {
        if self.report.is_some() || self.message.is_piece() || self.asks_for_report(self.profile) {
            return None;
        }
        let asks = |other: &'static Profile| {
            let line = self.extension_of(other, other.headers.request).next()?;
            Some((other, has_usual_value(&line, other)))
        };
        let found = others(self.profile).filter_map(asks).min_by_key(|(_, usual)| !usual);
        found.map(|(other, _)| other)
    }
}

fn has_usual_value(line: &Line<'_>, profile: &Profile) -> bool {
    let empty = line.raw().trim_ascii().is_empty();
    empty == (profile.headers.request_value == RequestValue::Nothing)
}
