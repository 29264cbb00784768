//! The server transaction for requests other than INVITE (RFC 3261 section 17.2.2).

use std::time::Instant;

use bytes::Bytes;

use super::Timers;

/// One server transaction; its owner is the table's.
#[derive(Debug)]
pub(crate) struct Server {
    state: State,
    reliable: bool,
    /// The last response sent; empty while there is none, and on a reliable transport.
    response: Bytes,
    /// When timer J fires, or when a request that is never answered is forgotten.
    deadline: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Trying,
    Proceeding,
    Completed,
}

impl Server {
    /// A request began a transaction.
    ///
    /// RFC 3261 has no timer for a request that the transaction user never answers. Such a transaction is kept for
    /// 64*T1, in which its client gives up.
    pub(crate) fn start(reliable: bool, now: Instant, timers: &Timers) -> Self {
        Self { state: State::Trying, reliable, response: Bytes::new(), deadline: now + timers.f() }
    }

    /// When the transaction is to be forgotten.
    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// The transaction user answered. Whether the answer is to be sent: nothing follows a final response.
    pub(crate) fn respond(&mut self, status: u16, response: &Bytes, now: Instant, timers: &Timers) -> bool {
        if self.state == State::Completed {
            return false;
        }
        if !self.reliable {
            self.response = response.clone();
        }
        if status < 200 {
            self.state = State::Proceeding;
        } else {
            self.state = State::Completed;
            self.deadline = now + timers.j(self.reliable);
        }
        true
    }

    /// The request came again. What is to be sent again: the last response, if there was one.
    pub(crate) fn repeat(&self) -> Option<Bytes> {
        (self.state != State::Trying && !self.reliable).then(|| self.response.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const TRYING: Bytes = Bytes::from_static(b"SIP/2.0 100 Trying");
    const OK: Bytes = Bytes::from_static(b"SIP/2.0 200 OK");

    #[test]
    fn the_last_response_is_repeated_until_timer_j() {
        let (timers, zero) = (Timers::default(), Instant::now());
        let mut server = Server::start(false, zero, &timers);
        assert_eq!(server.repeat(), None, "Trying absorbs");
        assert!(server.respond(100, &TRYING, zero, &timers));
        assert_eq!(server.repeat(), Some(TRYING));
        let answered = zero + Duration::from_secs(3);
        assert!(server.respond(200, &OK, answered, &timers));
        assert_eq!(server.repeat(), Some(OK));
        assert_eq!(server.deadline(), answered + Duration::from_secs(32));
        assert!(!server.respond(500, &TRYING, answered, &timers), "a second final response is discarded");
        assert_eq!(server.repeat(), Some(OK));
    }

    #[test]
    fn timer_j_is_zero_on_a_reliable_transport() {
        let (timers, zero) = (Timers::default(), Instant::now());
        let mut server = Server::start(true, zero, &timers);
        assert!(server.respond(200, &OK, zero, &timers));
        assert_eq!(server.deadline(), zero);
        assert_eq!(server.repeat(), None);
    }
}
