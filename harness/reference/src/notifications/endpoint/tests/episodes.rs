//! Everything that an endpoint does, in small pieces.

mod format;
mod recipient;
pub(super) mod security;
mod sender;

use serde_json::{Value, json};

use super::*;
use crate::carrier::Mode::{self, Page, Session};

pub(super) type Episode = (&'static str, Mode, fn(&mut Subject));

/// All episodes, in the order of the documents.
pub(super) fn episodes() -> impl Iterator<Item = &'static Episode> {
    [recipient::EPISODES, sender::EPISODES, format::EPISODES, security::EPISODES].into_iter().flatten()
}

/// The first message that went out.
fn first(s: &Subject) -> String {
    s.sent.first().map(|sent| String::from_utf8_lossy(&sent.body).into_owned()).unwrap_or_default()
}
