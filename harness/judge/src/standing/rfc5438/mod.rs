//! Checks of RFC 5438, theme by theme.

mod carriage;
mod composed;
mod copies;
mod counting;
mod document;
mod forwarding;
mod hidden;
mod identifiers;
mod kind;
mod marks;
mod order;
mod protected;
mod requests;
mod target;
mod values;

use super::Check;

pub(super) const TABLES: &[&[Check]] = &[
    requests::CHECKS,
    carriage::CHECKS,
    identifiers::CHECKS,
    marks::CHECKS,
    target::CHECKS,
    document::CHECKS,
    values::CHECKS,
    counting::CHECKS,
    order::CHECKS,
    copies::CHECKS,
    composed::CHECKS,
    forwarding::CHECKS,
    hidden::CHECKS,
    protected::CHECKS,
];
