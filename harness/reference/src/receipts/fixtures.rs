//! Receipts for tests.

pub(super) use crate::common::fixtures::{action, answer, incoming, masked};

/// A receipt from somebody to somebody; `lines` are CPIM headers.
pub(super) fn receipt(
    from: &str,
    to: &str,
    about: (&str, &str, u16),
    recipient: &str,
    lines: &str,
) -> String {
    let (kind, id, status) = about;
    let recipient = if recipient.is_empty() {
        String::new()
    } else {
        format!("<recipient-uri>{recipient}</recipient-uri>")
    };
    format!(
        "From: <{from}>\r\nTo: <{to}>\r\n{lines}\r\nContent-Type: message/status-receipt+xml\r\n\
         Content-Disposition: confirm\r\n\r\n<status-receipt xmlns=\"urn:ietf:params:xml:ns:status-receipt\">\
         <message-id>{id}</message-id>{recipient}<type>{kind}</type><status>{status}</status></status-receipt>"
    )
}
