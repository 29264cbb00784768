//! Notifications of RFC 5438: what is their own beside other reports.

use scenario::model::{NOTIFICATION, Send};
use wire::notification::Notification;
use wire::uri::NameAddr;

use super::report::{Subject, uri};
use super::{ComposeError, Composer};

impl Composer<'_> {
    /// IMDN(s) of part A, with what the scenario says in `document`, in the order of the schema.
    pub(super) fn notification(&self, subject: &Subject, send: &Send) -> Result<Vec<u8>, ComposeError> {
        let report = &self.profile().report;
        let (kind, status) = self.told(send)?;
        let recipient = subject.recipient.as_deref().unwrap_or(self.parties.peer);
        let original = subject.addressee.as_deref().unwrap_or(recipient);
        let notification = Notification {
            message_id: &subject.id,
            datetime: &subject.time,
            recipients: Some((recipient, original)),
            subject: None,
            kind: &kind,
            status: &status,
        };
        let holder = format!("{kind}-notification");
        let mut document = notification.document();
        for (name, text) in &send.document {
            document = match text {
                Some(_) if is_told(name, report.roles.disposition) => document,
                Some(text) => document.set(name, self.text(text)?),
                None if name == NOTIFICATION => document.without(&holder),
                None if name == report.roles.disposition => match send.document.get(NOTIFICATION) {
                    Some(None) => document,
                    _ => document.set(&holder, ""),
                },
                None => document.without(name),
            };
        }
        let order: Vec<_> = report.children.iter().map(|child| child.name).collect();
        Ok(document.order(&order).encode())
    }

    /// Which kind of notification it is, and the word of its status. What the scenario does not say follows from what it does:
    /// the first kind that has the status, and the first status of the kind.
    fn told(&self, send: &Send) -> Result<(String, String), ComposeError> {
        let report = &self.profile().report;
        let said = |name: &str| {
            let text = send.document.get(name).and_then(Option::as_ref);
            text.map(|text| self.text(text)).transpose()
        };
        let (kind, status) = (said(NOTIFICATION)?, said(report.roles.disposition)?);
        let fits = |one: &str, words: &[&str]| match (&kind, &status) {
            (Some(kind), _) => kind == one,
            (None, Some(status)) => words.contains(&status.as_str()),
            (None, None) => true,
        };
        let mut kinds = report.kinds();
        let found = kinds.find(|(one, words)| fits(one, words)).or_else(|| report.kinds().next());
        let (usual, words) = found.unwrap_or_default();
        let first = words.first().copied().unwrap_or_default();
        Ok((kind.unwrap_or_else(|| usual.to_owned()), status.unwrap_or_else(|| first.to_owned())))
    }

    /// Where a notification from behind an intermediary goes: to the top hop of the route that the message recorded, else to
    /// where the message came from by SIP; in sessions, to its sender.
    pub(super) fn target_of(&self, about: &str) -> Result<Option<String>, ComposeError> {
        let record_route = self.profile().headers.record_route;
        let hop = record_route.map(|name| self.first(about, &format!("imdn.{name}"))).transpose()?.flatten();
        if let Some(hop) = hop {
            return Ok(Some(uri(&hop)));
        }
        let from = self.first(about, "sip.From")?;
        match from.as_deref().and_then(sip_uri) {
            Some(uri) => Ok(Some(uri)),
            None => self.sender_of(about),
        }
    }
}

/// Whether the element with the kind's name says it, in place of an element of this name.
fn is_told(name: &str, status: &str) -> bool {
    name == NOTIFICATION || name == status
}

/// The URI of a SIP From.
fn sip_uri(value: &str) -> Option<String> {
    let address = NameAddr::parse(value.as_bytes())?;
    Some(String::from_utf8_lossy(address.uri.text()).into_owned())
}
