//! The view of `rsip` on a received message.

use super::message::Message;
use super::names::HeaderId;

/// The message as `rsip` sees it; `None` if `rsip` has no place for it, as for extension methods, IPv6 or octets that
/// are not UTF-8.
///
/// `rsip` is given a normalised head, that is, long names, no folds, and one SP after each colon, and the body as it
/// came. Nothing of this says that the message is well-formed; that is [`super::decode`]'s to say.
pub fn typed(message: &Message<'_>) -> Option<rsip::SipMessage> {
    let mut typed = rsip::SipMessage::try_from(normal_head(message)).ok()?;
    *typed.body_mut() = message.body().to_vec();
    Some(typed)
}

fn normal_head(message: &Message<'_>) -> Vec<u8> {
    let mut head = Vec::with_capacity(message.head_span().len() + 64);
    head.extend_from_slice(&message.octets()[message.start_line_span()]);
    head.extend_from_slice(b"\r\n");
    for header in message.all_headers() {
        match header.id() {
            HeaderId::OTHER => head.extend_from_slice(header.name()),
            known => head.extend_from_slice(known.long().as_bytes()),
        }
        head.extend_from_slice(b": ");
        head.extend_from_slice(&header.value());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}
