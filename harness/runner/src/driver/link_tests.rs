//! The control channel against scripted ends of a pipe.

use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};

use super::*;

const BOUND: Duration = Duration::from_secs(5);
const READY: &str = r#"{"event":"ready","protocol":1}"#;

struct Script;

impl Peer for Script {
    async fn ended(self, fault: Option<Fault>) -> Fault {
        fault.unwrap_or(Fault::Crashed { how: "hung up".into(), stderr: String::new() })
    }

    async fn closed(self) -> Option<String> {
        Some("closed".into())
    }
}

struct Iut {
    commands: tokio::io::Lines<BufReader<DuplexStream>>,
    output: DuplexStream,
}

impl Iut {
    async fn say(&mut self, line: &str) {
        self.output.write_all(format!("{line}\n").as_bytes()).await.unwrap();
    }

    async fn hear(&mut self) -> Value {
        serde_json::from_str(&self.commands.next_line().await.unwrap().unwrap()).unwrap()
    }
}

fn pair() -> (Link, Iut) {
    let (harness_reads, iut_writes) = tokio::io::duplex(1 << 16);
    let (harness_writes, iut_reads) = tokio::io::duplex(1 << 16);
    let link = Link::open(harness_reads, harness_writes, Script, Arc::new(Ears::new(0)));
    (link, Iut { commands: BufReader::new(iut_reads).lines(), output: iut_writes })
}

fn command(name: &str) -> Map<String, Value> {
    Map::from_iter([("command".to_owned(), name.into())])
}

#[tokio::test]
async fn replies_find_their_question_in_any_order() {
    let (link, mut iut) = pair();
    let (first, second) = (command("log"), command("reset"));
    let answer = async {
        let (one, two) = (iut.hear().await, iut.hear().await);
        for heard in [two, one] {
            iut.say(&json!({"id": heard["id"], "ok": true, "was": heard["command"], "x": 1}).to_string())
                .await;
        }
    };
    let (one, two, ()) = tokio::join!(link.ask(&first, BOUND), link.ask(&second, BOUND), answer);
    assert_eq!(one.unwrap().0["was"], "log");
    assert_eq!(two.unwrap().0["was"], "reset");
    assert_eq!(link.close().await.as_deref(), Some("closed"));
}

#[tokio::test]
async fn ready_is_heard_again_after_a_restart() {
    let (link, mut iut) = pair();
    iut.say(r#"{"event":"ready","protocol":1,"commands":["send"],"new":[]}"#).await;
    assert_eq!(link.ready(0, BOUND).await.unwrap().commands, ["send"]);
    let seen = link.readiness();
    iut.say(r#"{"event":"ready"}"#).await;
    assert!(link.ready(seen, BOUND).await.unwrap().commands.is_empty());
}

#[tokio::test]
async fn nonsense_breaks_the_channel_and_every_question() {
    let table = [
        ("hello", "no JSON object"),
        ("{}", "neither `id` nor `event`"),
        (r#"{"id":77,"ok":true}"#, "which no open command has"),
        (r#"{"id":"1","ok":true}"#, "which no open command has"),
        (r#"{"id":1}"#, "has no `ok`"),
        (r#"{"event":"ready","protocol":2}"#, "another version"),
        (r#"{"event":"ready","endpoints":5}"#, "cannot be understood"),
    ];
    for (line, part) in table {
        let (link, mut iut) = pair();
        let question = command("log");
        let (answer, ()) = tokio::join!(link.ask(&question, BOUND), async {
            iut.hear().await;
            iut.say(line).await;
        });
        let fault = answer.unwrap_err();
        assert_eq!(fault.class(), "driver-garbage", "{line}");
        assert!(fault.to_string().contains(part), "{fault}");
        assert_eq!(link.ask(&question, BOUND).await.unwrap_err(), fault);
        assert_eq!(link.fault(), Some(fault));
    }
}

#[tokio::test]
async fn a_second_reply_to_the_same_question_is_nonsense() {
    let (link, mut iut) = pair();
    let question = command("log");
    let (answer, ()) = tokio::join!(link.ask(&question, BOUND), async {
        iut.hear().await;
        iut.say(r#"{"id":1,"ok":true}"#).await;
    });
    answer.unwrap();
    iut.say(r#"{"id":1,"ok":true}"#).await;
    assert_eq!(link.broken().await.class(), "driver-garbage");
}

#[tokio::test]
async fn a_condemned_channel_is_broken_for_everybody() {
    let (link, mut iut) = pair();
    let question = command("log");
    let fault = Fault::Flood("too much".into());
    let (answer, ()) = tokio::join!(link.ask(&question, BOUND), async {
        iut.hear().await;
        link.condemn(fault.clone()).await;
    });
    assert_eq!(answer.unwrap_err(), fault);
    assert_eq!(link.fault(), Some(fault));
}

#[tokio::test]
async fn hanging_up_is_a_crash() {
    let (link, iut) = pair();
    drop(iut);
    let fault = link.ready(0, BOUND).await.unwrap_err();
    assert_eq!(fault.class(), "iut-crashed");
    assert!(fault.to_string().contains("hung up"), "{fault}");
}

#[tokio::test(start_paused = true)]
async fn silence_is_given_up_and_a_late_reply_is_forgiven() {
    let (link, mut iut) = pair();
    let question = command("log");
    assert_eq!(link.ready(0, BOUND).await.unwrap_err().class(), "driver-silent");
    assert_eq!(link.ask(&question, BOUND).await.unwrap_err().class(), "driver-silent");
    iut.say(r#"{"id":1,"ok":true}"#).await;
    iut.say(READY).await;
    link.ready(0, BOUND).await.unwrap();
    assert_eq!(link.fault(), None);
}
