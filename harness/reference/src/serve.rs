//! The program around the agent: control on two pipes, SIP and MSRP on sockets.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{sleep, timeout};

use crate::agent::Agent;
use crate::b2bua::B2bua;
use crate::carrier::{Carriers, Conclusion, Event};
use crate::control::command::{Command, Request, Scope};
use crate::control::{Line, Lines, Writer, reply};
use crate::faults::{Conduct, Fault};
use crate::frail::Harm;
use crate::notifications;
use crate::receipts::{Endpoint, Intermediary};
use crate::user::{Action, TransactionUser};

/// How long to wait at the end for somebody to read the last lines.
const FAREWELL: Duration = Duration::from_secs(1);

/// What to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// An end user's agent: it asks for reports, and reports.
    Endpoint,
    /// A list exploder. A gateway is a list of one member (section 6.3), and a list may be a member of another.
    B2bua,
}

/// Whose rules to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// draft-burger-simple-imdn-03.
    Imdn03,
    /// draft-khartabil-simple-im-receipts-00.
    Receipts00,
    /// RFC 5438 and RFC 3862.
    Rfc5438,
}

/// What to serve.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// What to be.
    pub role: Role,
    /// Whose rules to follow.
    pub profile: Profile,
    /// The one rule to break, if any.
    pub fault: Option<&'static Fault>,
}

/// Why there is nothing to serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// No port of the loopback address could be bound for both UDP and TCP.
    #[error("the reference cannot bind a port of 127.0.0.1 for UDP and TCP: {0}")]
    Bind(#[source] io::Error),
}

/// Plays an implementation under test on standard input and output until the input ends.
///
/// # Errors
/// No port could be bound.
pub async fn serve(options: Options) -> Result<(), ServeError> {
    serve_on(options, tokio::io::stdin(), tokio::io::stdout()).await
}

/// As [`serve`], with the control protocol on other pipes.
///
/// # Errors
/// No port could be bound.
pub async fn serve_on(
    options: Options,
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Send + Unpin + 'static,
) -> Result<(), ServeError> {
    let Options { role, profile, fault } = options;
    let mut carriers = Carriers::bind().await.map_err(ServeError::Bind)?;
    let conduct = Conduct::new(fault.filter(|fault| fault.goes_by(profile)), role);
    let local = carriers.local();
    let user: Box<dyn TransactionUser> = match (profile, role) {
        (Profile::Imdn03, Role::Endpoint) => Box::new(Agent::new(local, conduct)),
        (Profile::Imdn03, Role::B2bua) => Box::new(B2bua::new(local, conduct)),
        (Profile::Receipts00, Role::Endpoint) => Box::new(Endpoint::new(local, conduct)),
        (Profile::Receipts00, Role::B2bua) => Box::new(Intermediary::new(local, conduct)),
        (Profile::Rfc5438, Role::Endpoint) => Box::new(notifications::Endpoint::new(local, conduct)),
        (Profile::Rfc5438, Role::B2bua) => Box::new(notifications::Intermediary::new(local, conduct)),
    };
    carriers.accept(user.accepts());
    carriers.weaken(conduct.frailty());
    let mut server = Server { user, carriers, writer: Writer::new(output) };
    server.writer.line(&server.user.ready());
    server.run(Lines::new(input)).await;
    // Nobody may be reading; then there is nobody to disappoint.
    let _ = timeout(FAREWELL, server.writer.finish()).await;
    Ok(())
}

struct Server {
    user: Box<dyn TransactionUser>,
    carriers: Carriers,
    writer: Writer,
}

impl Server {
    async fn run(&mut self, mut lines: Lines<impl AsyncRead + Unpin>) {
        loop {
            let wakes = self.user.wakes_in();
            tokio::select! {
                line = lines.next() => match line {
                    Some(line) => self.obey(line),
                    None => return,
                },
                event = self.carriers.next() => match event {
                    // Somebody whose program has ended closes nothing and says nothing.
                    Event::Harmed(Harm::Dies) => return,
                    Event::Harmed(Harm::Hangs) => std::future::pending().await,
                    event => self.handle(event),
                },
                () = sleep(wakes.unwrap_or_default()), if wakes.is_some() => {
                    let actions = self.user.wake();
                    self.perform(actions);
                }
            }
        }
    }

    fn obey(&mut self, line: Line) {
        let request = match line {
            Line::Whole(line) => Request::parse(&line),
            Line::TooLong => Request::rejected("the line is longer than 1 MiB"),
        };
        let restarts = request.command == Ok(Command::Restart);
        let (outcome, actions) = match request.command {
            Ok(command) => self.user.command(command),
            Err(failure) => (Err(failure), Vec::new()),
        };
        self.writer.line(&reply(&request.id, outcome));
        if restarts {
            self.writer.line(&self.user.ready());
        }
        self.perform(actions);
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Incoming(received) => {
                if let Some(proxied) = self.user.proxied(&received.message) {
                    return self.carriers.proxy(*received, proxied);
                }
                let (answer, mut actions) = self.user.receive(&received.message);
                if self.user.answers_last() {
                    self.perform(std::mem::take(&mut actions));
                }
                self.carriers.answer(&received, answer.as_ref());
                self.perform(actions);
            }
            Event::Called(invite) => {
                let refusal = self.user.refusal(&invite.target());
                self.carriers.called(&invite, refusal.as_ref());
            }
            Event::Concluded(conclusion) => self.conclude(&conclusion),
            Event::Harmed(_) => {
                let (_, actions) = self.user.command(Command::Reset(Scope::default()));
                self.perform(actions);
            }
        }
    }

    fn conclude(&mut self, conclusion: &Conclusion) {
        if let Some(text) = conclusion.complaint() {
            self.writer.line(&serde_json::json!({"event": "log", "text": text}));
        }
        if let Some(mark) = conclusion.mark {
            let actions = self.user.concluded(mark, conclusion.status);
            self.perform(actions);
        }
    }

    fn perform(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Send(outgoing) => self.carriers.send(*outgoing),
                Action::Call(call) => self.carriers.call(call),
                Action::Tell(event) => self.writer.line(&event),
            }
        }
    }
}

#[cfg(test)]
mod tests;
