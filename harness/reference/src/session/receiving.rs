//! Requests that come in sessions.

use bytes::Bytes;
use wire::msrp::{
    ByteRange, HeaderId, Limits, Message, Method, MsrpUri, Progress, Reassembly, Refusal, TransactionId,
};

use super::media::{CPIM, Side};
use super::{Event, Sessions, Stage};
use crate::carrier::{Answer, Incoming, Origin, SessionId};
use crate::msrp::{ConnectionId, LARGEST_MESSAGE, Parcel};
use crate::sip::{Stack, lossy};

/// Messages that may come at the same time in one session.
const MOST_MESSAGES: usize = 16;

/// What the answer to a message needs.
#[derive(Debug)]
pub(crate) struct Reply {
    connection: ConnectionId,
    /// The chunk that made the message complete.
    chunk: Bytes,
    /// How many octets a success report is about, if one is wanted.
    report: Option<u64>,
}

/// Puts the chunks of one session together.
pub(super) fn reassembly() -> Reassembly {
    // Each piece that stands alone counts for more than its octets.
    Reassembly::with_limits(Limits { octets: 2 * LARGEST_MESSAGE, messages: MOST_MESSAGES })
}

impl Sessions {
    /// Takes a request or response.
    pub(super) fn take_message(&mut self, stack: &mut Stack, connection: ConnectionId, octets: Bytes) {
        let message = wire::msrp::read(&octets);
        if message.is_response() {
            return self.take_response(stack, &message);
        }
        let id = match self.session_of(connection, &message) {
            Ok(id) => id,
            Err(status) => return self.respond(connection, &message, status),
        };
        self.flush(id);
        match message.method() {
            Some(Method::SEND) => self.take_send(connection, id, &octets, &message),
            // Reports are asked for by nobody here, and never answered (RFC 4975 section 7.1.2).
            Some(Method::REPORT) => {}
            _ => self.respond(connection, &message, 501),
        }
    }

    /// The session that a request belongs to. The first request that comes on a connection binds the session to it, if
    /// the other side was to connect (RFC 4975 sections 5.4 and 7.3).
    ///
    /// # Errors
    /// The status that refuses the request.
    fn session_of(&mut self, connection: ConnectionId, request: &Message<'_>) -> Result<SessionId, u16> {
        let mut path = request.to_path();
        let (Some(uri), None) = (path.next(), path.next()) else { return Err(481) };
        let id = self.by_path.get(uri.session_id().unwrap_or_default()).copied().ok_or(481u16)?;
        let session = self.sessions.get(&id).ok_or(481u16)?;
        let own = MsrpUri::parse(session.local.uri.as_bytes());
        let is_own = own.is_some_and(|own| own.equivalent(&uri));
        if !is_own || session.stage != Stage::Open {
            return Err(481);
        }
        match session.connection {
            Some(bound) if bound == connection => Ok(id),
            Some(_) => Err(506),
            None if session.side == Side::This => Err(506),
            None => {
                self.bind_to(id, connection);
                Ok(id)
            }
        }
    }

    fn take_send(&mut self, connection: ConnectionId, id: SessionId, octets: &Bytes, chunk: &Message<'_>) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let key = chunk.message_id().unwrap_or_default();
        if chunk.content_type().is_some_and(|content_type| !is_cpim(content_type.value())) {
            session.reassembly.forget(key);
            session.first_chunks.remove(key);
            return self.respond(connection, chunk, 415);
        }
        let first = chunk.body().unwrap_or_default().len();
        let progress = session.reassembly.take(chunk).value;
        if matches!(progress, Progress::Partial(_)) {
            session.first_chunks.entry(key.to_vec()).or_insert(first);
            return self.respond(connection, chunk, 200);
        }
        let first_chunk = session.first_chunks.remove(key).unwrap_or(first);
        match progress {
            Progress::Complete(message) if message.content_type.is_empty() => {
                self.respond(connection, chunk, 400);
            }
            Progress::Complete(message) => {
                let report = message.success_report.then_some(message.octets.len() as u64);
                let reply = Reply { connection, chunk: octets.clone(), report };
                self.arrived(id, message, first_chunk, reply);
            }
            Progress::Refused(Refusal::Unplaced) => self.respond(connection, chunk, 400),
            Progress::Refused(_) => self.respond(connection, chunk, 413),
            Progress::Nothing | Progress::Partial(_) | Progress::Aborted(_) => {
                self.respond(connection, chunk, 200);
            }
        }
    }

    fn arrived(&mut self, id: SessionId, message: wire::msrp::Assembled, first_chunk: usize, reply: Reply) {
        let Some(session) = self.sessions.get(&id) else { return };
        let Some(source) = session.dialog.source.clone() else { return };
        let chunk = wire::msrp::read(&reply.chunk);
        let incoming = Incoming {
            origin: Origin::Session(id, source),
            sender: session.dialog.remote.clone(),
            target: session.dialog.local.clone(),
            to: session.dialog.local.clone(),
            content_type: Some(lossy(&message.content_type)),
            disposition: chunk.header_named(b"Content-Disposition").map(|header| header.value().into_owned()),
            has_content_id: false,
            body: message.octets.into(),
            first_chunk,
            carrier_id: Some(lossy(&message.message_id)),
            hops: session.hops,
        };
        self.events.push_back(Event::Incoming(Box::new(incoming), reply));
    }

    /// Answers a message, as far as its sender wants that, and reports on it if he wants that.
    pub(crate) fn answer(&mut self, reply: &Reply, answer: Option<&Answer>) {
        let Some(answer) = answer else { return };
        let chunk = wire::msrp::read(&reply.chunk);
        let status = status(answer.status);
        if answer.unwanted {
            self.network.send(reply.connection, Parcel::Whole(wire::msrp::respond(&chunk, status).into()));
        } else {
            self.respond(reply.connection, &chunk, status);
        }
        if let (200, Some(octets)) = (status, reply.report) {
            let range = ByteRange { start: 1, end: Some(octets), total: Some(octets) };
            let transaction = TransactionId::free_in(rand::random(), b"");
            let report = wire::msrp::report(&chunk, status, range, transaction).encode();
            self.network.send(reply.connection, Parcel::Whole(report.into()));
        }
    }

    /// The part of a request that was read is enough to refuse it.
    pub(super) fn refuse_large(&mut self, connection: ConnectionId, octets: &[u8]) {
        let message = wire::msrp::read(octets);
        if !message.is_request() {
            return;
        }
        match self.session_of(connection, &message) {
            Ok(id) => {
                if let (Some(session), Some(key)) = (self.sessions.get_mut(&id), message.message_id()) {
                    session.reassembly.forget(key);
                    session.first_chunks.remove(key);
                }
                self.respond(connection, &message, 413);
            }
            Err(status) => self.respond(connection, &message, status),
        }
    }

    /// Responds if that is due and there is somebody to respond to.
    fn respond(&mut self, connection: ConnectionId, request: &Message<'_>, status: u16) {
        let answerable = request.transaction().is_some() && request.header(HeaderId::FromPath).is_some();
        if answerable && wire::msrp::is_due(request, status) {
            let response = wire::msrp::respond(request, status);
            self.network.send(connection, Parcel::Whole(response.into()));
        }
    }
}

fn is_cpim(content_type: &str) -> bool {
    content_type.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case(CPIM))
}

/// What MSRP has for a status of SIP (RFC 4975 section 10). That an extension of CPIM is required and not known makes a
/// request one that could not be understood, and that may be sent again without it; 415 would forbid CPIM altogether for
/// the rest of the session. What else is refused is not allowed.
fn status(status: u16) -> u16 {
    match status {
        200..300 => 200,
        400 | 420 => 400,
        408 | 413 | 415 | 423 => status,
        _ => 403,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_of_sip_has_one_of_msrp() {
        for (sip, msrp) in
            [(200, 200), (202, 200), (400, 400), (420, 400), (413, 413), (415, 415), (486, 403), (603, 403)]
        {
            assert_eq!(status(sip), msrp, "{sip}");
        }
    }
}
