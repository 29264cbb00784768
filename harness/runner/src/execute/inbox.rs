//! Requests that came to a peer and that no step has taken.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use judge::Capture;
use judge::capture::Message;
use record::EventId;
use scenario::model::Kind;
use tokio::sync::{Notify, oneshot};
use tokio::time::sleep;

/// What a step waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) kind: Kind,
    /// The message that it has to be about.
    pub(super) about: Option<EventId>,
    /// What it has to tell, as far as it can be read.
    pub(super) disposition: Option<String>,
    /// Whether, when nothing fits better, every MESSAGE is taken for a report.
    pub(super) loose: bool,
}

/// The requests in the order in which they came, and the steps that wait, in the order in which they began.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    state: Mutex<State>,
    /// Tells that a request is held that no step has taken.
    news: Notify,
}

#[derive(Debug, Default)]
struct State {
    held: VecDeque<Arc<Message>>,
    waiting: Vec<(Wanted, oneshot::Sender<Arc<Message>>)>,
}

impl Inbox {
    /// Gives a request to the first step that waits for one like it, or keeps it.
    pub(super) fn deliver(&self, mut message: Arc<Message>, capture: &Capture) {
        let mut state = self.state();
        while let Some(at) = state.waiting.iter().position(|(wanted, _)| wanted.fits(&message, capture)) {
            let (_, waiting) = state.waiting.remove(at);
            match waiting.send(message) {
                Ok(()) => return,
                // That step has given up.
                Err(back) => message = back,
            }
        }
        state.held.push_back(message);
        drop(state);
        self.news.notify_waiters();
    }

    /// The first request that fits, waiting for it up to `window`. Where only one that fits loosely has come, a better
    /// one is waited for up to `patience`.
    pub(super) async fn take(
        &self,
        wanted: Wanted,
        window: Duration,
        patience: Duration,
        capture: &Mutex<Capture>,
    ) -> Option<Arc<Message>> {
        if let Some(message) = self.remove(capture, |message, capture| wanted.fits(message, capture)) {
            return Some(message);
        }
        let loosely = |message: &Message, capture: &Capture| wanted.fits_loosely(message, capture);
        let (tell, mut told) = oneshot::channel();
        self.state().waiting.push((wanted.clone(), tell));
        let end = sleep(window);
        tokio::pin!(end);
        loop {
            let news = self.news.notified();
            let has_candidate = self.find(capture, loosely).is_some();
            tokio::select! {
                biased;
                Ok(message) = &mut told => return Some(message),
                () = &mut end => break,
                () = sleep(patience), if has_candidate => break,
                () = news, if !has_candidate => {}
            }
        }
        self.remove(capture, loosely)
    }

    fn remove(
        &self,
        capture: &Mutex<Capture>,
        fits: impl Fn(&Message, &Capture) -> bool,
    ) -> Option<Arc<Message>> {
        let at = self.find(capture, fits)?;
        self.state().held.remove(at)
    }

    /// Where the first request stands that fits.
    fn find(&self, capture: &Mutex<Capture>, fits: impl Fn(&Message, &Capture) -> bool) -> Option<usize> {
        let capture = lock(capture);
        self.state().held.iter().position(|message| fits(message, &capture))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Wanted {
    fn fits(&self, message: &Message, capture: &Capture) -> bool {
        self.may_tell(message, capture) && capture.fits(message, self.kind, self.about, false)
    }

    fn fits_loosely(&self, message: &Message, capture: &Capture) -> bool {
        self.loose && self.may_tell(message, capture) && capture.fits(message, self.kind, self.about, true)
    }

    fn may_tell(&self, message: &Message, capture: &Capture) -> bool {
        self.disposition.as_ref().is_none_or(|wanted| capture.may_tell(message.event, wanted))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use record::{Event, EventKind, Novelty, Transport};
    use wire::profile::IMDN_03;

    use super::*;

    const WINDOW: Duration = Duration::from_secs(5);
    const PATIENCE: Duration = Duration::from_secs(1);

    fn message(capture: &Mutex<Capture>, id: u32, content_type: &str) -> Arc<Message> {
        let octets = format!(
            "MESSAGE sip:p@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK{id}\r\nFrom: <sip:b@h>;tag=1\r\nTo: <sip:p@h>\r\n\
             Call-ID: {id}\r\nCSeq: 1 MESSAGE\r\nMax-Forwards: 70\r\nContent-Type: {content_type}\r\n\r\n"
        );
        let kind = EventKind::Received {
            peer: "P".into(),
            transport: Transport::Udp,
            from: ([127, 0, 0, 1], 5060).into(),
            novelty: Novelty::Request,
            octets: octets.into(),
        };
        lock(capture).observe(EventId(id), &Event { at: Duration::ZERO, step: None, kind }).unwrap()
    }

    fn wanted(kind: Kind, loose: bool) -> Wanted {
        Wanted { kind, about: None, disposition: None, loose }
    }

    fn id(message: Option<Arc<Message>>) -> Option<u32> {
        message.map(|message| message.event.0)
    }

    #[tokio::test]
    async fn the_first_that_fits_is_taken_and_the_others_stay() {
        let (inbox, capture) = (Inbox::default(), Mutex::new(Capture::new(&IMDN_03)));
        for (number, media_type) in [(0, "text/plain"), (1, "application/imdn+xml"), (2, "text/plain")] {
            let message = message(&capture, number, media_type);
            inbox.deliver(message, &lock(&capture));
        }
        assert_eq!(id(inbox.take(wanted(Kind::Report, false), WINDOW, PATIENCE, &capture).await), Some(1));
        assert_eq!(id(inbox.take(wanted(Kind::Im, false), WINDOW, PATIENCE, &capture).await), Some(0));
        assert_eq!(id(inbox.take(wanted(Kind::Any, false), WINDOW, PATIENCE, &capture).await), Some(2));
    }

    #[tokio::test]
    async fn steps_that_wait_are_served_in_their_order() {
        let (inbox, capture) = (Inbox::default(), Mutex::new(Capture::new(&IMDN_03)));
        let arrive = async {
            for number in 0..2 {
                let message = message(&capture, number, "text/plain");
                inbox.deliver(message, &lock(&capture));
            }
        };
        let im = || inbox.take(wanted(Kind::Im, false), WINDOW, PATIENCE, &capture);
        let (first, second, ()) = tokio::join!(im(), im(), arrive);
        assert_eq!((id(first), id(second)), (Some(0), Some(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn what_fits_better_is_waited_for() {
        let (inbox, capture) = (Inbox::default(), Mutex::new(Capture::new(&IMDN_03)));
        let arrive = async {
            for (number, media_type) in [(0, "text/plain"), (1, "application/imdn+xml")] {
                sleep(PATIENCE / 2).await;
                let message = message(&capture, number, media_type);
                inbox.deliver(message, &lock(&capture));
            }
        };
        let take = inbox.take(wanted(Kind::Report, true), WINDOW, PATIENCE, &capture);
        let (report, ()) = tokio::join!(take, arrive);
        assert_eq!(id(report), Some(1));
    }

    #[tokio::test(start_paused = true)]
    async fn what_fits_loosely_is_taken_only_when_nothing_better_came() {
        let (inbox, capture) = (Inbox::default(), Mutex::new(Capture::new(&IMDN_03)));
        let plain = message(&capture, 0, "text/plain");
        inbox.deliver(plain, &lock(&capture));
        assert_eq!(id(inbox.take(wanted(Kind::Report, false), WINDOW, PATIENCE, &capture).await), None);
        let began = tokio::time::Instant::now();
        assert_eq!(id(inbox.take(wanted(Kind::Report, true), WINDOW, PATIENCE, &capture).await), Some(0));
        assert_eq!(began.elapsed().as_secs(), PATIENCE.as_secs());
        // The step above has given up and takes nothing any more.
        let report = message(&capture, 1, "application/imdn+xml");
        inbox.deliver(report, &lock(&capture));
        assert_eq!(id(inbox.take(wanted(Kind::Report, false), WINDOW, PATIENCE, &capture).await), Some(1));
    }
}
