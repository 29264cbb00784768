//! Whole processes through real drivers.

use std::collections::BTreeMap;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::iut::{Exec, Length, Nothing, Tcp};

const READY: &str = r#"{"event":"ready","protocol":1,"commands":["log"],"endpoints":["sip:{host}:{port}"]}"#;

fn setting(ready: Length) -> Setting {
    let mut ixit = Ixit::default();
    ixit.limits.ready = ready;
    Setting {
        ixit: Arc::new(ixit),
        placeholders: Placeholders { harness: ([127, 0, 0, 1], 5099).into() },
        console: None,
    }
}

fn shell(script: &str) -> Driver {
    Driver::Exec(Exec {
        program: "sh".into(),
        args: vec!["-c".into(), script.into()],
        env: BTreeMap::from([("READY".to_owned(), READY.to_owned())]),
        directory: None,
    })
}

async fn start(driver: &Driver) -> Result<Process, Fault> {
    Process::start(0, driver, &setting(Length::seconds(60))).await
}

fn log() -> Map<String, Value> {
    Map::from_iter([("command".to_owned(), json!("log"))])
}

#[tokio::test]
async fn a_program_is_started_asked_and_ended() {
    let script = r#"echo "$READY"; while read line; do echo '{"id":1,"ok":true}'; done"#;
    let process = start(&shell(script)).await.unwrap();
    assert_eq!(process.facts.endpoints, ["sip:127.0.0.1:5099"]);
    assert!(process.can("log") && !process.can("send"));
    assert_eq!(process.ask(&log()).await.unwrap().outcome(), Ok(()));
    assert_eq!(process.close().await, None);
}

#[tokio::test]
async fn the_end_of_a_program_is_told_with_its_log() {
    let process = start(&shell(r#"echo "$READY"; read line; echo 'no memory' >&2; exit 7"#)).await.unwrap();
    let fault = process.ask(&log()).await.unwrap_err();
    let expected = Fault::Crashed { how: "exited with status 7".into(), stderr: "no memory".into() };
    assert_eq!(fault, expected);
    assert!(process.is_broken());
}

#[tokio::test]
async fn a_program_that_is_not_there_is_unreachable() {
    let exec =
        Exec { program: "./no/such/program".into(), args: Vec::new(), env: BTreeMap::new(), directory: None };
    let fault = start(&Driver::Exec(exec)).await.unwrap_err();
    assert_eq!(fault.class(), "iut-unreachable");
    assert!(fault.to_string().contains("./no/such/program could not be started"), "{fault}");
}

#[tokio::test]
async fn a_relative_program_is_found_from_here_whatever_its_directory() {
    // Tests run in the folder of their crate.
    let exec = Exec {
        program: "../runner/tests/toy.sh".into(),
        args: Vec::new(),
        env: BTreeMap::from([("READY".to_owned(), READY.to_owned())]),
        directory: Some("/".into()),
    };
    let process = start(&Driver::Exec(exec)).await.unwrap();
    assert_eq!(process.close().await, None);
}

#[tokio::test]
async fn a_program_that_ends_at_once_has_crashed() {
    let fault = start(&shell("echo broken >&2; exit 3")).await.unwrap_err();
    assert_eq!(fault, Fault::Crashed { how: "exited with status 3".into(), stderr: "broken".into() });
}

#[tokio::test]
async fn a_program_that_will_not_end_is_killed() {
    let process = start(&shell(r#"echo "$READY"; exec sleep 600"#)).await.unwrap();
    tokio::time::pause();
    let end = process.close().await.unwrap();
    assert!(end.contains("was killed"), "{end}");
}

#[tokio::test]
async fn a_failing_exit_after_the_run_is_told() {
    let process = start(&shell(r#"echo "$READY"; cat > /dev/null; exit 9"#)).await.unwrap();
    assert_eq!(process.close().await.as_deref(), Some("the IUT exited with status 9 after the run"));
}

#[tokio::test]
async fn a_control_connection_works_and_may_break() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let iut = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(format!("{READY}\n").as_bytes()).await.unwrap();
        // Closing with something unread would tear the reply down with the connection.
        while stream.read_u8().await.unwrap() != b'\n' {}
        stream.write_all(b"{\"id\":1,\"ok\":false,\"error\":\"failed\"}\n").await.unwrap();
    });
    let process = start(&Driver::Tcp(Tcp { address })).await.unwrap();
    assert_eq!(process.ask(&log()).await.unwrap().outcome(), Err(Refusal::Failed(String::new())));
    iut.await.unwrap();
    assert_eq!(process.broken().await.class(), "iut-crashed");
}

#[tokio::test]
async fn nobody_listens_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let fault = start(&Driver::Tcp(Tcp { address })).await.unwrap_err();
    assert_eq!(fault.class(), "iut-unreachable");
}

#[tokio::test]
async fn without_a_driver_nothing_can_be_asked() {
    let process = start(&Driver::None(Nothing {})).await.unwrap();
    assert!(matches!(process.ask(&log()).await.unwrap().outcome(), Err(Refusal::Unsupported(_))));
}

#[tokio::test]
async fn a_person_needs_a_terminal() {
    let fault = start(&Driver::Manual(Nothing {})).await.unwrap_err();
    assert!(fault.to_string().contains("terminal"), "{fault}");
}
