//! Checks of RFC 5438, theme by theme.

mod counting;
mod document;
mod identifiers;
mod kind;
mod marks;
mod order;
mod requests;
mod target;
mod values;

use super::Check;

pub(super) const TABLES: &[&[Check]] = &[
    requests::CHECKS,
    identifiers::CHECKS,
    marks::CHECKS,
    target::CHECKS,
    document::CHECKS,
    values::CHECKS,
    counting::CHECKS,
    order::CHECKS,
];
