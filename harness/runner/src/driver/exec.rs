//! The driver that starts a program.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::link::{Link, Peer};
use super::tail::Tail;
use super::{Ears, Fault};
use crate::iut::{Exec, Placeholders};

/// How long a program may take to exit once its standard input is closed (control protocol, "End").
const GRACE: Duration = Duration::from_secs(2);

/// Starts the program.
///
/// # Errors
/// It could not be started.
pub(super) fn start(exec: &Exec, placeholders: &Placeholders, ears: Arc<Ears>) -> Result<Link, Fault> {
    let unreachable = |error: std::io::Error| {
        Fault::Unreachable(format!("{} could not be started: {error}", exec.program.display()))
    };
    let mut child = command(exec, placeholders).spawn().map_err(unreachable)?;
    let (Some(stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(Fault::Harness("a program was started without its standard streams".into()));
    };
    let tail = Arc::new(Tail::default());
    let log = tokio::spawn({
        let tail = tail.clone();
        async move { tail.fill(stderr).await }
    });
    Ok(Link::open(stdout, stdin, Program { child, tail, log }, ears))
}

fn command(exec: &Exec, placeholders: &Placeholders) -> Command {
    let mut command = Command::new(program(&exec.program));
    command
        .args(exec.args.iter().map(|argument| placeholders.fill(argument)))
        .envs(exec.env.iter().map(|(name, value)| (name, placeholders.fill(value))))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    // Ctrl-C is for the harness, which ends its programs in its own way.
    #[cfg(unix)]
    command.process_group(0);
    if let Some(directory) = &exec.directory {
        command.current_dir(directory);
    }
    command
}

/// A path from here, not from the working directory that the program will have.
fn program(path: &Path) -> PathBuf {
    let is_name = path.components().count() == 1;
    if is_name { path.to_owned() } else { std::path::absolute(path).unwrap_or_else(|_| path.to_owned()) }
}

/// The program behind the channel.
struct Program {
    child: Child,
    tail: Arc<Tail>,
    log: JoinHandle<()>,
}

impl Program {
    /// Waits for the program to exit, and kills it if that takes too long. `None` if it had to be killed.
    async fn exit(&mut self) -> Option<ExitStatus> {
        let status = timeout(GRACE, self.child.wait()).await;
        if status.is_err() {
            let _ = self.child.kill().await;
        }
        // A child of the program may hold the stream open; the rest of the log is not worth waiting for.
        let _ = timeout(Duration::from_millis(50), &mut self.log).await;
        status.ok()?.ok()
    }
}

impl Peer for Program {
    async fn ended(mut self, fault: Option<Fault>) -> Fault {
        if let Some(fault) = fault {
            let _ = self.child.kill().await;
            return fault;
        }
        let how = match self.exit().await {
            Some(status) => how_it_ended(status),
            None => "closed its standard output and did not exit".into(),
        };
        Fault::Crashed { how, stderr: self.tail.text() }
    }

    async fn closed(mut self) -> Option<String> {
        match self.exit().await {
            Some(status) if status.success() => None,
            Some(status) => Some(format!("the IUT {} after the run", how_it_ended(status))),
            None => Some(format!("the IUT did not exit within {GRACE:?} and was killed")),
        }
    }
}

fn how_it_ended(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exited with status {code}"),
        None => format!("was ended by {status}"),
    }
}
