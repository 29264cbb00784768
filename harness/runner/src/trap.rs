//! What hostile input tells an IUT to fetch: an address on the network and a file, both of which nobody else knows of.

use std::fs::{File, FileTimes};
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use record::{EventKind, Recorder};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::compose::fresh_small;
use crate::driver::Fault;

/// How long the part of an address is that nobody can guess.
const SECRET: usize = 32;

/// Octets of a request for the address that are kept.
const MOST_OCTETS: usize = 4096;

/// How long a request for the address may take to arrive.
const PATIENCE: Duration = Duration::from_secs(2);

/// Fetches that are recorded; more of them show nothing more.
const MOST_FETCHES: usize = 8;

/// What is fetched: well-formed as an entity, as a DTD, and as a schema of nothing, so that nobody tries again.
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml-dtd\r\nContent-Length: 8\r\nConnection: close\r\n\r\n<!-- -->";

/// How long ago a file was read last when it is laid out, so that a system that notes the first reading after a change only does so.
const LONG_AGO: Duration = Duration::from_secs(48 * 60 * 60);

/// A trap for one case. It is gone when dropped.
#[derive(Debug)]
pub(crate) struct Trap {
    url: String,
    listener: AbortHandle,
    file: Bait,
}

impl Trap {
    /// Sets a trap on that address of this machine. What goes into it is recorded.
    ///
    /// # Errors
    /// The machine has no port or no file to give.
    pub(crate) async fn set(ip: IpAddr, recorder: &Recorder) -> Result<Self, Fault> {
        let failed = |error: io::Error| Fault::Harness(format!("no trap can be set: {error}"));
        let listener = TcpListener::bind((ip, 0)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let secret = fresh_small(SECRET);
        let url = format!("http://{address}/{secret}");
        let file = Bait::lay(recorder).map_err(failed)?;
        let task = tokio::spawn(listen(listener, secret, url.clone(), recorder.clone()));
        Ok(Self { url, listener: task.abort_handle(), file })
    }

    /// What texts of the scenario know it by.
    pub(crate) fn named(&self) -> Value {
        json!({"url": self.url, "file": self.file.url()})
    }

    /// Records whether the file was read.
    pub(crate) fn look(&self, recorder: &Recorder) {
        if self.file.was_read() {
            recorder.push(EventKind::Fetched { url: self.file.url(), octets: Bytes::new() });
        }
    }
}

impl Drop for Trap {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

/// Answers requests for the address, one after the other, and records those that know the secret.
async fn listen(listener: TcpListener, secret: String, url: String, recorder: Recorder) {
    let mut fetches = 0;
    while let Ok((mut stream, _)) = listener.accept().await {
        let request = timeout(PATIENCE, request(&mut stream)).await.ok().unwrap_or_default();
        let knows = memchr::memmem::find(&request, secret.as_bytes()).is_some();
        if knows && fetches < MOST_FETCHES {
            fetches += 1;
            recorder.push(EventKind::Fetched { url: url.clone(), octets: request.into() });
        }
        // Whoever does not wait for the answer has asked all the same.
        let _ = timeout(PATIENCE, stream.write_all(ANSWER)).await;
    }
}

/// The head of a request, or as much of it as came.
async fn request(stream: &mut TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    let mut piece = [0; 1024];
    while request.len() < MOST_OCTETS && memchr::memmem::find(&request, b"\r\n\r\n").is_none() {
        match stream.read(&mut piece).await {
            Ok(length @ 1..) => request.extend_from_slice(&piece[..length]),
            _ => break,
        }
    }
    request
}

/// A file that nobody has a reason to read, beside one that nobody knows of at all: where both were read, somebody reads
/// everything, and that is not the IUT.
#[derive(Debug)]
struct Bait {
    folder: TempDir,
    /// Whether this file system shows who reads.
    shows: bool,
}

impl Bait {
    fn lay(recorder: &Recorder) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("imdnspec-").tempdir()?;
        let mut bait = Self { folder, shows: false };
        for name in [Self::KNOWN, Self::UNKNOWN, Self::OWN] {
            lay(&bait.path(name))?;
        }
        std::fs::read(bait.path(Self::OWN))?;
        bait.shows = read_since_laid(&bait.path(Self::OWN));
        if !bait.shows {
            recorder.push(EventKind::Note(
                "this file system does not note who reads a file, so nothing can be said of files".into(),
            ));
        }
        Ok(bait)
    }

    /// The file that hostile input names.
    const KNOWN: &str = "entity";
    /// The one beside it.
    const UNKNOWN: &str = "beside";
    /// One that the harness reads itself, to see whether that shows.
    const OWN: &str = "own";

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn url(&self) -> String {
        format!("file://{}", self.path(Self::KNOWN).display())
    }

    fn was_read(&self) -> bool {
        self.shows && read_since_laid(&self.path(Self::KNOWN)) && !read_since_laid(&self.path(Self::UNKNOWN))
    }
}

/// Writes a file that was read last long ago.
fn lay(path: &Path) -> io::Result<()> {
    std::fs::write(path, "<!-- -->")?;
    let now = SystemTime::now();
    let times = FileTimes::new().set_accessed(now - LONG_AGO).set_modified(now);
    File::options().write(true).open(path)?.set_times(times)
}

fn read_since_laid(path: &Path) -> bool {
    let read = std::fs::metadata(path).and_then(|data| data.accessed());
    read.is_ok_and(|read| read.elapsed().is_ok_and(|ago| ago < LONG_AGO / 2))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    async fn trap(recorder: &Recorder) -> Trap {
        Trap::set(Ipv4Addr::LOCALHOST.into(), recorder).await.unwrap()
    }

    async fn ask(url: &str, path: &str) -> Vec<u8> {
        let address = url.strip_prefix("http://").unwrap().split('/').next().unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(format!("GET {path} HTTP/1.1\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        answer
    }

    fn fetched(recorder: &Recorder) -> Vec<String> {
        let events = recorder.clone().finish().events;
        let url = |event: record::Event| match event.kind {
            EventKind::Fetched { url, .. } => Some(url),
            _ => None,
        };
        events.into_iter().filter_map(url).collect()
    }

    #[tokio::test]
    async fn only_who_knows_the_address_is_caught() {
        let recorder = Recorder::begin("a", "udp");
        let trap = trap(&recorder).await;
        assert_eq!(ask(&trap.url, "/favicon.ico").await, ANSWER);
        assert_eq!(fetched(&recorder), Vec::<String>::new());
        let path = trap.url.splitn(4, '/').last().unwrap();
        assert_eq!(ask(&trap.url, &format!("/{path}")).await, ANSWER);
        assert_eq!(fetched(&recorder), std::slice::from_ref(&trap.url));
    }

    #[tokio::test]
    async fn a_file_that_is_read_is_seen_where_the_system_shows_it() {
        let recorder = Recorder::begin("a", "udp");
        let trap = trap(&recorder).await;
        trap.look(&recorder);
        assert_eq!(fetched(&recorder), Vec::<String>::new());
        std::fs::read(trap.file.path(Bait::KNOWN)).unwrap();
        trap.look(&recorder);
        let expected = if trap.file.shows { vec![trap.file.url()] } else { Vec::new() };
        assert_eq!(fetched(&recorder), expected);
    }

    #[tokio::test]
    async fn who_reads_everything_is_not_the_iut() {
        let recorder = Recorder::begin("a", "udp");
        let trap = trap(&recorder).await;
        for name in [Bait::KNOWN, Bait::UNKNOWN] {
            std::fs::read(trap.file.path(name)).unwrap();
        }
        trap.look(&recorder);
        assert_eq!(fetched(&recorder), Vec::<String>::new());
    }
}
