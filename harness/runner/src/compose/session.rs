//! Messages for sessions, and edits of MSRP header lines.

use peer::{HeaderEdit, OutgoingMessage};
use scenario::model::{Edits, Send};
use wire::msrp::{Chunking, FailureReport};

use super::{Body, ComposeError, Composer, SessionMessage};

impl Composer<'_> {
    /// A message as SEND requests carry it. Reports want no response and no report themselves (RFC 4975 section 7.1.2; I-50).
    pub(super) fn in_session(&self, send: &Send, body: Body) -> Result<SessionMessage, ComposeError> {
        let is_report = send.message.is_report();
        let size = send.chunk.map_or(body.octets.len(), |chunk| chunk as usize);
        let message = OutgoingMessage {
            success_report: is_report.then_some(false),
            failure_report: is_report.then_some(FailureReport::No),
            chunking: Chunking::of(size.max(1)),
            edits: self.header_edits(&send.msrp)?,
            ..OutgoingMessage::new(&body.media_type, body.octets)
        };
        Ok(SessionMessage {
            address: self.parties.iut.to_owned(),
            endpoint: self.parties.endpoint.to_owned(),
            from: self.sip_from(),
            to: self.sip_to(),
            message,
        })
    }

    fn header_edits(&self, edits: &Edits) -> Result<Vec<HeaderEdit>, ComposeError> {
        let named = |line: String| {
            let (name, value) = line.split_once(':').unwrap_or((&line, ""));
            (name.to_owned(), value.trim_start().to_owned())
        };
        let drop = edits.drop.iter().map(|name| HeaderEdit::Drop(name.clone()));
        let set = self.texts(&edits.set)?.into_iter().map(named);
        let add = self.texts(&edits.add)?.into_iter().map(named);
        let set = set.map(|(name, value)| HeaderEdit::Set(name, value));
        Ok(drop.chain(set).chain(add.map(|(name, value)| HeaderEdit::Add(name, value))).collect())
    }
}
