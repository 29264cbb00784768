//! What a user wrote: the part of a message that no document on notification cares about.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::address::{is_writable, without_parameters};
use crate::control::command::{Failure, Send, Subject};

/// What a text is sent as.
const PLAIN: &str = "text/plain; charset=utf-8";

/// What a user wrote.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Written {
    pub(crate) display_name: Option<String>,
    pub(crate) cc: Vec<String>,
    pub(crate) subjects: Vec<Subject>,
    pub(crate) content_type: String,
    pub(crate) content: Vec<u8>,
}

/// Takes it out of a command.
///
/// # Errors
/// Something cannot be written into a message.
pub(crate) fn written(send: &Send) -> Result<Written, Failure> {
    let cc: Vec<_> = send.cc.iter().map(|uri| without_parameters(uri).to_owned()).collect();
    if !cc.iter().all(|uri| is_writable(uri)) {
        return Err(Failure::Failed("`cc` takes URIs".to_owned()));
    }
    let content_type = send.content_type.clone().unwrap_or_else(|| PLAIN.to_owned());
    if content_type.contains(char::is_control) {
        return Err(Failure::Failed("`content_type` is no media type".to_owned()));
    }
    let (subjects, content) = (subjects(send)?, content(send)?);
    Ok(Written { display_name: send.display_name.clone(), cc, subjects, content_type, content })
}

fn subjects(send: &Send) -> Result<Vec<Subject>, Failure> {
    let single = send.subject.iter().map(|text| Subject { text: text.clone(), lang: None });
    let subjects: Vec<_> = single.chain(send.subjects.iter().cloned()).collect();
    let is_tag = |lang: &str| {
        !lang.is_empty() && lang.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
    };
    if subjects.iter().filter_map(|subject| subject.lang.as_deref()).all(is_tag) {
        return Ok(subjects);
    }
    Err(Failure::Failed("`lang` is a language tag".to_owned()))
}

fn content(send: &Send) -> Result<Vec<u8>, Failure> {
    if let Some(encoded) = &send.content_base64 {
        return BASE64_STANDARD
            .decode(encoded)
            .map_err(|error| Failure::Failed(format!("`content_base64`: {error}")));
    }
    Ok(send.content.as_ref().or(send.text.as_ref()).cloned().unwrap_or_default().into_bytes())
}
