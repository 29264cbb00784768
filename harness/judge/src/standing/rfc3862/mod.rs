//! Checks of RFC 3862, theme by theme.

mod escapes;
mod found;
mod lines;
mod names;
mod rollups;
mod transit;
mod values;

use super::Check;

pub(super) const TABLES: &[&[Check]] =
    &[lines::CHECKS, names::CHECKS, values::CHECKS, escapes::CHECKS, rollups::CHECKS, transit::CHECKS];
