//! What can go wrong with a message or a receipt that an intermediary hands on.

use super::receipt::contact;
use super::{Conduct, Defect};
use crate::carrier::{Mode, Outgoing, Way};
use crate::common::lists::List;

/// Spoils a copy that is otherwise complete.
pub(crate) fn spoil(conduct: Conduct, copy: &mut Outgoing, mode: Mode, list: &List) {
    match (conduct.defect(), mode) {
        (Some(Defect::ListRewritesCpim), Mode::Page) => readdress(&mut copy.body, "To", &copy.to),
        (Some(Defect::RoomEditsCpim), Mode::Session) => readdress(&mut copy.body, "From", &list.uri),
        _ => {}
    }
    in_every_request(conduct, copy);
}

/// Spoils any MESSAGE that is otherwise complete.
pub(crate) fn in_every_request(conduct: Conduct, outgoing: &mut Outgoing) {
    if conduct.is(Defect::ContactInMessage) && matches!(outgoing.way, Way::Page(_)) {
        outgoing.headers.push(contact(&outgoing.from));
    }
}

/// Another address in the first header of that name of a CPIM object.
fn readdress(object: &mut Vec<u8>, name: &str, uri: &str) {
    let span = wire::cpim::decode(object, 0..object.len()).value.header(name).map(|line| line.value_span());
    if let Some(span) = span {
        object.splice(span, format!("<{uri}>").into_bytes());
    }
}
