//! In the terms of which document the IUT speaks.

use wire::document::Document;
use wire::profile::{PROFILES, Profile};

use super::message::Message;
use super::view::{Part, View};

/// Profiles other than that of a run.
pub(super) fn others(own: &'static Profile) -> impl Iterator<Item = &'static Profile> {
    PROFILES.iter().copied().filter(move |profile| profile.name != own.name)
}

/// Which of the parts is a report in the terms of another document, by its label or the root of its document.
pub(super) fn foreign_report(
    parts: &[Part<'_>],
    message: &Message,
    own: &'static Profile,
) -> Option<(usize, &'static Profile)> {
    let of =
        |part: &Part<'_>| others(own).find(|other| part.is_labelled(other) || part.has_root(message, other));
    parts.iter().enumerate().find_map(|(index, part)| Some((index, of(part)?)))
}

/// The profile whose document a report holds although its label is that of this run.
pub(super) fn foreign_root(document: &Document<'_>, own: &'static Profile) -> Option<&'static Profile> {
    let root = document.root()?;
    let is = |profile: &Profile| {
        root.name == profile.report.root || root.namespace.as_deref() == Some(profile.report.namespace)
    };
    others(own).find(|other| is(other) && !is(own))
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
}
