//! Opening and closing sessions by command.

use serde_json::Map;

use super::address::Party;
use super::lists::Lists;
use crate::control::command::{Failure, Session, call};
use crate::user::{Action, Outcome};

/// A user does it, as nobody but himself.
///
/// # Errors
/// Somebody else is named, or there is no way to the other side.
pub(crate) fn of_user(session: Session, address: &str, actions: &mut Vec<Action>) -> Outcome {
    if session.from.as_deref().is_some_and(|from| Party::of(from) != Party::of(address)) {
        return Err(Failure::Failed(format!("`from` can only be {address}")));
    }
    actions.push(Action::Call(call(session, address)?));
    Ok(Map::new())
}

/// A host does it, as itself or as one of its lists.
///
/// # Errors
/// Something else is named, or there is no way to the other side.
pub(crate) fn of_host(session: Session, address: &str, lists: &Lists, actions: &mut Vec<Action>) -> Outcome {
    let own = match session.from.as_deref().map(|from| (from, lists.find(from))) {
        Some((_, Some(list))) => list.uri.clone(),
        Some((from, None)) if Party::of(from) != Party::of(address) => {
            return Err(Failure::Failed(format!("`from` is no list here: {from}")));
        }
        Some((_, None)) | None => address.to_owned(),
    };
    actions.push(Action::Call(call(session, &own)?));
    Ok(Map::new())
}
