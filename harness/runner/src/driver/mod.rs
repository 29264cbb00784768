//! Drivers: how the harness asks an IUT for what only its user could do (control protocol, version 1).
//!
//! A [`Process`] is one IUT that has said it is ready, whatever the driver. Commands go through [`Process::ask`];
//! what the IUT says unasked goes to the case it concerns, see [`ears`].

mod ears;
mod exec;
mod fault;
mod lines;
mod link;
mod manual;
mod none;
mod reply;
mod tail;
mod tcp;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Map, Value};

pub(crate) use ears::user_of;
pub use ears::{Arrival, Awaited, Ear, Ears, Hearing};
pub use fault::Fault;
pub use manual::Console;
pub use reply::{Refusal, Reply};

use crate::iut::{Driver, Facts, Ixit, Placeholders, Ready};
use link::Link;
use manual::Person;

/// What starting an IUT needs beside its driver.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Addresses, windows, limits.
    pub ixit: Arc<Ixit>,
    /// What stands for the harness's address in a program's arguments.
    pub placeholders: Placeholders,
    /// Where a person is asked, for the manual driver.
    pub console: Option<Console>,
}

/// One running IUT.
#[derive(Debug)]
pub struct Process {
    /// Which one, counted from 0.
    pub index: u32,
    /// What is known of it.
    pub facts: Arc<Facts>,
    ears: Arc<Ears>,
    command_bound: Duration,
    channel: Channel,
    speaks_sip: AtomicBool,
}

#[derive(Debug)]
enum Channel {
    Lines(Link),
    Person(Person),
    Nobody,
}

impl Process {
    /// Starts the IUT, or connects to it, and waits until it is ready.
    ///
    /// # Errors
    /// It is not there, ends before it is ready, stays silent, or talks nonsense.
    pub async fn start(index: u32, driver: &Driver, setting: &Setting) -> Result<Self, Fault> {
        let ears = Arc::new(Ears::new(index));
        let ixit = &setting.ixit;
        let (channel, ready) = match driver {
            Driver::Exec(exec) => {
                let link = exec::start(exec, &setting.placeholders, ears.clone())?;
                ready(link, ixit.scaled(ixit.limits.ready)).await?
            }
            Driver::Tcp(tcp) => {
                let bound = ixit.scaled(ixit.limits.ready);
                ready(tcp::connect(tcp, bound, ears.clone()).await?, bound).await?
            }
            Driver::Manual(_) => {
                let console = setting.console.clone().ok_or_else(Fault::no_console)?;
                (Channel::Person(Person::new(console)), manual::ready())
            }
            Driver::None(_) => (Channel::Nobody, none::ready()),
        };
        let facts = Arc::new(Facts::new(ready, ixit));
        ears.set_scoped(facts.scoped);
        Ok(Self {
            index,
            facts,
            ears,
            command_bound: ixit.scaled(ixit.limits.command),
            channel,
            speaks_sip: false.into(),
        })
    }

    /// Sends a command (without `id`) and waits for the reply to it.
    ///
    /// # Errors
    /// The IUT or its driver broke down. That a driver cannot or will not do it is no error, but a [`Reply`].
    pub async fn ask(&self, command: &Map<String, Value>) -> Result<Reply, Fault> {
        match &self.channel {
            Channel::Lines(link) => link.ask(command, self.command_bound).await,
            Channel::Person(person) => person.ask(command).await,
            Channel::Nobody => Ok(none::reply(command)),
        }
    }

    /// Whether the driver said that it can do this command.
    pub fn can(&self, command: &str) -> bool {
        self.facts.commands.contains(command)
    }

    /// How many times the IUT has said that it is ready.
    pub fn readiness(&self) -> u64 {
        match &self.channel {
            Channel::Lines(link) => link.readiness(),
            Channel::Person(_) | Channel::Nobody => 1,
        }
    }

    /// Waits until the IUT has said more often than `seen` times that it is ready, as it does after `restart`.
    ///
    /// # Errors
    /// It did not come back in time, or broke down.
    pub async fn ready_again(&self, seen: u64, bound: Duration) -> Result<(), Fault> {
        match &self.channel {
            Channel::Lines(link) => link.ready(seen, bound).await.map(drop),
            Channel::Person(_) | Channel::Nobody => Ok(()),
        }
    }

    /// Waits until the IUT or its driver has broken down; for ever if it cannot.
    pub async fn broken(&self) -> Fault {
        match &self.channel {
            Channel::Lines(link) => link.broken().await,
            Channel::Person(_) | Channel::Nobody => std::future::pending().await,
        }
    }

    /// Whether it has broken down already.
    pub fn is_broken(&self) -> bool {
        matches!(&self.channel, Channel::Lines(link) if link.fault().is_some())
    }

    /// Stops the IUT at once, as if it had broken down with that fault. Somebody else's program goes on; only the
    /// control connection is closed.
    pub async fn condemn(&self, fault: Fault) {
        if let Channel::Lines(link) = &self.channel {
            link.condemn(fault).await;
        }
    }

    /// Whether a program answers its commands, and not a person or nobody.
    pub fn answers_by_itself(&self) -> bool {
        matches!(self.channel, Channel::Lines(_))
    }

    /// Takes note of a sign of life over SIP.
    pub fn spoke_sip(&self) {
        self.speaks_sip.store(true, Ordering::Relaxed);
    }

    /// Whether the IUT has shown any sign of life over SIP.
    pub fn speaks_sip(&self) -> bool {
        self.speaks_sip.load(Ordering::Relaxed)
    }

    /// Who listens to what the IUT says unasked.
    pub fn ears(&self) -> &Arc<Ears> {
        &self.ears
    }

    /// Ends the IUT: closes the control channel and waits up to two seconds for a program to exit, then kills it.
    /// Gives back what a person may want to know about its end.
    pub async fn close(self) -> Option<String> {
        match self.channel {
            Channel::Lines(link) => link.close().await,
            Channel::Person(_) | Channel::Nobody => None,
        }
    }
}

async fn ready(link: Link, bound: Duration) -> Result<(Channel, Ready), Fault> {
    match link.ready(0, bound).await {
        Ok(ready) => Ok((Channel::Lines(link), ready)),
        Err(fault) => {
            link.close().await;
            Err(fault)
        }
    }
}

#[cfg(test)]
mod tests;
