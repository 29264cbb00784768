//! The B2BUA over real sockets, with a requester above and members below.

use super::*;

const FINAL: &str = "imdn.List-Action: final-recipient\r\n";

async fn start() -> Subject {
    Subject::play(Options { role: Role::B2bua, profile: Profile::Imdn03, fault: None }).await
}

/// Defines a list `sip:team@…` of these members.
async fn define(subject: &mut Subject, members: &[String]) -> SocketAddr {
    let address = subject.address();
    let members: Vec<_> = members.iter().map(|uri| json!({"uri": uri, "reports": true})).collect();
    let list = json!({"command": "list", "uri": format!("sip:team@{address}"), "members": members});
    assert_eq!(subject.ask(list).await["ok"], true);
    address
}

/// A message from the requester to the list.
fn to_list(via: &str, from: SocketAddr, list: SocketAddr, lines: &str) -> Vec<u8> {
    let request = text(&message(via, from, list, "m1", lines)).replace("sip:bob@", "sip:team@");
    with_body(request.as_bytes(), request.split_once("\r\n\r\n").unwrap().1)
}

/// The request with another body in it.
fn with_body(request: &[u8], body: &str) -> Vec<u8> {
    let request = text(request);
    let (head, _) = request.split_once("\r\n\r\n").unwrap();
    let (head, _) = head.split_once("Content-Length").unwrap();
    format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn report(list: SocketAddr, about: &str, number: usize) -> String {
    format!(
        "From: <sip:d{number}@127.0.0.1>\r\nTo: <sip:team@{list}>\r\n\
         NS: imdn <urn:ietf:params:cpim-headers:imdn>\r\nimdn.Message-ID: r{number}\r\n\
         imdn.Original-Message-ID: {about}\r\n\r\nContent-type: application/imdn+xml\r\n\r\n\
         <imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><disposition>read</disposition>\
         <original-message-id>{about}</original-message-id></imdn>"
    )
}

/// A report in a MESSAGE of its own transaction.
fn sent_report(via: &str, from: SocketAddr, list: SocketAddr, number: usize) -> Vec<u8> {
    let request = message(via, from, list, &format!("r{number}"), "");
    with_body(&request, &report(list, "m1", number))
}

#[tokio::test]
async fn a_list_reports_that_it_sent_a_message_on() {
    let mut subject = start().await;
    let (alice, carol) = (Udp::bind().await, Udp::bind().await);
    let list = define(&mut subject, &[format!("sip:carol@{}", carol.address())]).await;
    alice.send(&to_list("UDP", alice.address(), list, ""), list).await;
    assert_eq!(status(&alice.receive().await), 200);
    let copy = text(&carol.request(list).await);
    assert!(copy.starts_with(&format!("MESSAGE sip:carol@{} SIP/2.0\r\n", carol.address())), "{copy}");
    assert!(copy.contains(&format!("\r\nFrom: <sip:team@{list}>;tag=")), "{copy}");
    assert!(
        copy.contains("\r\nimdn.Original-Message-ID: m1\r\n") && copy.ends_with("\r\n\r\nHello m1"),
        "{copy}"
    );
    let own = text(&alice.request(list).await);
    assert!(own.contains("<disposition>processed</disposition>"), "{own}");
    subject.end().await;
}

#[tokio::test]
async fn a_list_whose_members_refuse_reports_an_error() {
    let mut subject = start().await;
    let (alice, carol) = (Udp::bind().await, Udp::bind().await);
    let list = define(&mut subject, &[format!("sip:carol@{}", carol.address())]).await;
    alice.send(&to_list("UDP", alice.address(), list, ""), list).await;
    assert_eq!(status(&alice.receive().await), 200);
    let refusal = text(&ok(&carol.receive().await)).replace("200 OK", "500 Server Internal Error");
    carol.send(refusal.as_bytes(), list).await;
    let own = text(&alice.request(list).await);
    assert!(own.contains("<disposition>error</disposition>"), "{own}");
    assert!(subject.event("log").await["text"].as_str().unwrap().contains("answered with 500"));
    subject.end().await;
}

#[tokio::test]
async fn a_report_from_below_goes_up_over_tcp_as_it_came() {
    let mut subject = start().await;
    let (above, below) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), Udp::bind().await);
    let alice = above.local_addr().unwrap();
    let list = define(&mut subject, &[format!("sip:carol@{};transport=udp", below.address())]).await;
    let mut stream = TcpStream::connect(list).await.unwrap();
    stream.write_all(&to_list("TCP", alice, list, FINAL)).await.unwrap();
    assert_eq!(status(&streamed(&mut stream).await), 200);
    let copy = text(&below.request(list).await);
    assert!(copy.contains(FINAL) && copy.contains("\r\nimdn.Disposition-Notification: \r\n"), "{copy}");
    below.send(&sent_report("UDP", below.address(), list, 1), list).await;
    assert_eq!(status(&below.receive().await), 200);
    let (mut back, _) = above.accept().await.unwrap();
    let relayed = text(&streamed(&mut back).await);
    assert!(
        relayed.ends_with(&format!("Content-type: message/cpim\r\n\r\n{}", report(list, "m1", 1))),
        "{relayed}"
    );
    subject.end().await;
}

#[tokio::test]
async fn a_thousand_members_get_copies_and_their_reports_go_up() {
    const MEMBERS: usize = 1000;
    let mut subject = start().await;
    let (alice, crowd) = (Udp::bind().await, Udp::bind().await);
    let members: Vec<_> = (0..MEMBERS).map(|number| format!("sip:d{number}@{}", crowd.address())).collect();
    let list = define(&mut subject, &members).await;
    alice.send(&to_list("UDP", alice.address(), list, FINAL), list).await;
    assert_eq!(status(&alice.receive().await), 200);
    let mut served = std::collections::HashSet::new();
    while served.len() < MEMBERS {
        let copy = crowd.request(list).await;
        served.insert(text(&copy).lines().next().unwrap().to_owned());
    }
    let mut relayed = std::collections::HashSet::new();
    for number in 0..MEMBERS {
        crowd.send(&sent_report("UDP", crowd.address(), list, number), list).await;
        crowd.receive().await;
        let up = text(&alice.request(list).await);
        relayed.insert(up.rsplit_once("imdn.Message-ID: ").unwrap().1.lines().next().unwrap().to_owned());
    }
    assert_eq!(relayed.len(), MEMBERS);
    subject.end().await;
}
