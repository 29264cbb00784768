//! Checks of draft-khartabil-simple-im-receipts-00, theme by theme.

mod carriage;
mod copies;
mod counting;
mod document;
mod forwarding;
mod hidden;
mod kind;
mod marks;
mod msrp;
mod negative;
mod refusal;
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
