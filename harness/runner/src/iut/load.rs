//! Reading `iut.yaml`.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use ledger::Ledger;
use scenario::strict::{self, Loaded, closest};
use scenario::{Diagnostic, Diagnostics, Source, control};
use wire::uri::Uri;

use super::{Driver, Iut, Length};
use crate::driver::user_of;

/// Schemes of an endpoint.
const ENDPOINT_SCHEMES: &[&str] = &["sip"];

/// Schemes of a user's or a list's address.
const ADDRESS_SCHEMES: &[&str] = &["sip", "im"];

/// Reads a profile. Relative paths in it count from `folder`.
///
/// # Errors
/// Everything that is wrong with it, each with its place: what [`strict::load`] finds, and what makes no sense.
pub fn load(name: &str, text: &str, folder: &Path, ledger: &Ledger) -> Result<Iut, Diagnostics> {
    let loaded: Loaded<Iut> = strict::load_source(&Arc::new(Source::new(name, text)))?;
    let problems = Checker { loaded: &loaded, ledger, problems: Vec::new() }.check();
    if !problems.is_empty() {
        return Err(problems.into_iter().collect());
    }
    let mut iut = loaded.value;
    iut.driver.relative_to(folder);
    Ok(iut)
}

struct Checker<'a> {
    loaded: &'a Loaded<Iut>,
    ledger: &'a Ledger,
    problems: Vec<Diagnostic>,
}

impl Checker<'_> {
    fn check(mut self) -> Vec<Diagnostic> {
        self.ics();
        self.numbers();
        self.uris("endpoints", ENDPOINT_SCHEMES);
        self.uris("addresses", ADDRESS_SCHEMES);
        self.uris("lists", ADDRESS_SCHEMES);
        self.static_lists();
        self.commands();
        self.driver();
        self.problems
    }

    fn ics(&mut self) {
        let ics = &self.loaded.value.ics;
        if ics.roles.is_empty() {
            self.problem("/ics/roles", "at least one role has to be declared", None);
        }
        if ics.documents.is_empty() {
            self.problem("/ics/documents", "at least one document has to be declared", None);
        }
        for (id, reason) in &ics.absent {
            let pointer = format!("/ics/absent/{id}");
            if self.ledger.get(id).is_none() {
                let known = self.ledger.iter().map(|requirement| requirement.id.as_str());
                let help = closest(id, known).map(|id| format!("did you mean `{id}`?"));
                self.problem(&pointer, &format!("there is no requirement `{id}`"), help);
            } else if reason.trim().is_empty() {
                let help = Some("say why the IUT does not have the option".to_owned());
                self.problem(&pointer, "an absent option needs a reason", help);
            }
        }
    }

    fn numbers(&mut self) {
        let ixit = &self.loaded.value.ixit;
        if !(ixit.scale.is_finite() && ixit.scale > 0.0) {
            self.problem("/ixit/scale", "the scale has to be a positive number", None);
        }
        if ixit.listen.is_unspecified() {
            let help = "name the address by which the IUT reaches this machine".to_owned();
            self.problem("/ixit/listen", "peers cannot be reached at this address", Some(help));
        }
        let counts = [("/ixit/instances", ixit.instances), ("/ixit/limits/parallel", ixit.limits.parallel)];
        for (pointer, _) in counts.into_iter().filter(|(_, count)| *count == 0) {
            self.problem(pointer, "at least one is needed", None);
        }
        let lengths = [
            ("/ixit/windows/reply", ixit.windows.reply),
            ("/ixit/windows/quiet", ixit.windows.quiet),
            ("/ixit/limits/ready", ixit.limits.ready),
            ("/ixit/limits/command", ixit.limits.command),
        ];
        for (pointer, _) in lengths.into_iter().filter(|(_, length)| *length == Length::millis(0)) {
            self.problem(
                pointer,
                "nothing can happen in no time",
                Some("write a length such as `5s`".into()),
            );
        }
    }

    fn uris(&mut self, key: &str, schemes: &[&str]) {
        let ixit = &self.loaded.value.ixit;
        let uris = match key {
            "endpoints" => &ixit.endpoints,
            "addresses" => &ixit.addresses,
            _ => &ixit.lists,
        };
        for (index, uri) in uris.iter().flatten().enumerate() {
            if !is_uri(uri, schemes) {
                let help = format!("write a URI such as `{}:bob@127.0.0.1:5060`", schemes[0]);
                self.problem(
                    &format!("/ixit/{key}/{index}"),
                    &format!("`{uri}` is no URI for this"),
                    Some(help),
                );
            }
        }
    }

    fn static_lists(&mut self) {
        for (index, list) in self.loaded.value.ixit.static_lists.iter().enumerate() {
            let here = format!("/ixit/static-lists/{index}");
            if list.members.is_empty() {
                self.problem(&format!("{here}/members"), "a list has to have a member", None);
            }
            let uris = [(format!("{here}/uri"), &list.uri)].into_iter();
            let members =
                list.members.iter().enumerate().map(|(at, uri)| (format!("{here}/members/{at}"), uri));
            for (pointer, uri) in uris.chain(members) {
                if !is_uri(uri, ADDRESS_SCHEMES) || !uri.contains('@') {
                    let help = Some("write a URI such as `sip:friends@127.0.0.1:5060`".to_owned());
                    self.problem(&pointer, &format!("`{uri}` names no user"), help);
                }
            }
            for (at, member) in list.members.iter().enumerate() {
                if list.members[..at].iter().any(|other| user_of(other) == user_of(member)) {
                    let help = Some("members are told apart by the user part of their address".to_owned());
                    let message = format!("a member with the user `{}` stands here already", user_of(member));
                    self.problem(&format!("{here}/members/{at}"), &message, help);
                }
            }
        }
    }

    fn commands(&mut self) {
        for (index, command) in self.loaded.value.ixit.commands.iter().flatten().enumerate() {
            if control::command(command).is_none() {
                let help =
                    closest(command, control::command_names()).map(|name| format!("did you mean `{name}`?"));
                let message = format!("the control protocol has no command `{command}`");
                self.problem(&format!("/ixit/commands/{index}"), &message, help);
            }
        }
    }

    fn driver(&mut self) {
        let iut = &self.loaded.value;
        let (several, silent) = match &iut.driver {
            Driver::Exec(exec) if exec.program.as_os_str().is_empty() => {
                return self.problem("/driver/exec/program", "a program has to be named", None);
            }
            Driver::Exec(_) => (true, false),
            Driver::Tcp(tcp) => {
                if !is_host_and_port(&tcp.address) {
                    let help = Some("write host and port, such as `127.0.0.1:7000`".to_owned());
                    self.problem("/driver/tcp/address", &format!("`{}` is no address", tcp.address), help);
                }
                (false, false)
            }
            Driver::Manual(_) | Driver::None(_) => (false, true),
        };
        if iut.ixit.instances > 1 && !several {
            self.problem("/ixit/instances", "only the driver `exec` can have several instances", None);
        }
        if silent && iut.ixit.endpoints.as_ref().is_none_or(Vec::is_empty) {
            let help = Some("give `endpoints` under `ixit`".to_owned());
            self.problem("/driver", "this driver cannot say where the IUT is reached", help);
        }
    }

    fn problem(&mut self, pointer: &str, message: &str, help: Option<String>) {
        let problem = Diagnostic::error(&self.loaded.source, self.loaded.span(pointer), message);
        self.problems.push(match help {
            Some(help) => problem.help(help),
            None => problem,
        });
    }
}

fn is_uri(text: &str, schemes: &[&str]) -> bool {
    Uri::parse(text.as_bytes()).is_some()
        && text.split_once(':').is_some_and(|(scheme, rest)| {
            !rest.is_empty() && schemes.iter().any(|known| known.eq_ignore_ascii_case(scheme))
        })
}

fn is_host_and_port(address: &str) -> bool {
    let named = || {
        let (host, port) = address.rsplit_once(':')?;
        (!host.is_empty() && port.parse::<u16>().is_ok()).then_some(())
    };
    address.parse::<SocketAddr>().is_ok() || named().is_some()
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
