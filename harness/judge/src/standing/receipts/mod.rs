//! Checks of draft-khartabil-simple-im-receipts-00, theme by theme.

pub(super) mod carriage;
pub(super) mod copies;
mod counting;
pub(super) mod document;
mod forwarding;
pub(super) mod hidden;
mod kind;
mod marks;
mod msrp;
pub(super) mod negative;
pub(super) mod refusal;
mod requests;
mod values;

use super::Check;

pub(super) const TABLES: &[&[Check]] = &[
    requests::CHECKS,
    carriage::CHECKS,
    marks::CHECKS,
    document::CHECKS,
    values::CHECKS,
    counting::CHECKS,
    refusal::CHECKS,
    msrp::CHECKS,
    copies::CHECKS,
    forwarding::CHECKS,
    negative::CHECKS,
    hidden::CHECKS,
];
