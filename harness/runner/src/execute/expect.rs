//! Waiting for what has to come, and for what may not.

use std::time::Duration;

use record::{EventKind, StepId};
use scenario::model::{Expect, Kind, Wait, Window};

use super::inbox::Wanted;
use super::scope::{End, Scope};
use super::stage::Stage;
use crate::event::RunEvent;

impl Stage<'_> {
    pub(super) async fn expect(&self, expect: &Expect, id: StepId, scope: &mut Scope) -> End {
        let role = match self.role(expect.peer.as_ref(), scope) {
            Ok(role) => role,
            Err(why) => return End::unsupported(why),
        };
        let about = expect.about.as_deref();
        let subject = about.and_then(|name| scope.names.message(name)).map(|message| message.event);
        if let (Some(name), None) = (about, subject) {
            return End::unsupported(format!("`{name}` is no message"));
        }
        let tolerant = || self.capture().is_tolerant(self.loaded.role, &role.name);
        let loose = expect.message == Kind::Report && tolerant();
        let disposition = expect.disposition.clone();
        let wanted = Wanted { kind: expect.message, about: subject, disposition, loose };
        let window = self.window(expect.within.unwrap_or(Window::Reply));
        let taken = role.inbox.take(wanted, window, self.ixit.window(Window::Quiet), self.captured()).await;
        self.recorder.set_step(Some(id));
        match taken {
            Some(message) => {
                if expect.message == Kind::Report {
                    self.capture().take_as_report(message.event);
                }
                if let Some(name) = &expect.name {
                    self.recorder.push(EventKind::Named { name: name.clone(), event: message.event });
                    scope.names.name(name, message.clone());
                }
                End::done(vec![message.event])
            }
            None if expect.optional => End::elapsed(),
            None => End::elapsed().breaking(format!("what step {id} waited for did not come", id = id.0 + 1)),
        }
    }

    /// Lets real time pass.
    pub(super) async fn wait(&self, wait: &Wait) -> End {
        let length = Duration::from_secs(wait.seconds.into());
        self.recorder.push(EventKind::Window { window: "wait".into(), length });
        let (case, why) = (self.id, wait.why.clone());
        self.events.tell(RunEvent::Waiting { case, length, why }).await;
        tokio::time::sleep(length).await;
        End::elapsed()
    }

    /// Listens on after a case was broken off. What the IUT sends unasked may be on its way still, by another transport than the
    /// answer that broke it off; whether it is judged may not hang on the order in which sockets are read. So the quiet
    /// window passes, counted from what the IUT was sent or asked last.
    pub(super) async fn listen_on(&self) {
        let since = self.recorder.acted().map_or(Duration::ZERO, |acted| self.recorder.now() - acted);
        let length = self.ixit.window(Window::Quiet).saturating_sub(since);
        if !length.is_zero() {
            self.recorder.push(EventKind::Window { window: "quiet".into(), length });
            tokio::time::sleep(length).await;
        }
    }

    /// Lets the quiet window pass; what came in it stands in the record.
    pub(super) async fn quiet(&self) -> End {
        tokio::time::sleep(self.window(Window::Quiet)).await;
        End::elapsed()
    }
}
