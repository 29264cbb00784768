//! A list that is called by session.

use super::*;

const FINAL: &str = "imdn.List-Action: final-recipient\r\n";

/// A member that accepts the list's session and connects nowhere: it takes connections.
struct Member {
    sip: TcpListener,
    msrp: TcpListener,
    name: &'static str,
}

impl Member {
    async fn new(name: &'static str) -> Self {
        let bind = || TcpListener::bind("127.0.0.1:0");
        Self { sip: bind().await.unwrap(), msrp: bind().await.unwrap(), name }
    }

    fn uri(&self) -> String {
        format!("sip:{}@{};transport=tcp", self.name, self.sip.local_addr().unwrap())
    }

    /// Answers the INVITE of the list; gives that, and its signalling.
    async fn invited(&self, start: &str) -> (Sip, String) {
        let stream = self.sip.accept().await.unwrap().0;
        let mut sip = Sip { stream, framer: wire::sip::stream::Framer::new() };
        let invite = sip.next().await;
        assert!(invite.starts_with(&format!("INVITE {} SIP/2.0\r\n", self.uri())), "{invite}");
        let body = sdp(self.msrp.local_addr().unwrap(), self.name, Some("passive"));
        let line = |name| format!("{name}: {}\r\n", field(&invite, name));
        let copied: String = ["Via", "From", "Call-ID", "CSeq"].map(line).concat();
        sip.send(&format!(
            "SIP/2.0 {start}\r\n{copied}To: {};tag=m\r\nContact: <{}>\r\nContent-Type: application/sdp\r\n\
             Content-Length: {}\r\n\r\n{body}",
            field(&invite, "To"),
            self.uri(),
            body.len()
        ))
        .await;
        assert!(sip.next().await.starts_with("ACK "));
        (sip, invite)
    }

    async fn connected(&self) -> Msrp {
        Msrp::on(self.msrp.accept().await.unwrap().0)
    }

    fn path(&self) -> String {
        format!("msrp://{}/{};tcp", self.msrp.local_addr().unwrap(), self.name)
    }
}

async fn list(members: &[&Member]) -> (Subject, String) {
    list_by(Profile::Imdn03, members).await
}

async fn list_by(profile: Profile, members: &[&Member]) -> (Subject, String) {
    let mut subject = Subject::play(Options { role: Role::B2bua, profile, fault: None }).await;
    let uri = format!("sip:team@{}", subject.address());
    let members: Vec<_> = members.iter().map(|member| json!({"uri": member.uri()})).collect();
    subject.ask(json!({"command": "list", "uri": uri, "members": members})).await;
    (subject, uri)
}

fn to_list(uri: &str, id: &str, lines: &str) -> String {
    asking(uri, id).replace("\r\n\r\nContent-type", &format!("\r\n{lines}\r\nContent-type"))
}

#[tokio::test]
async fn members_are_called_once_and_their_reports_come_into_the_callers_session() {
    let (carol, dave) = (Member::new("carol").await, Member::new("dave").await);
    let (subject, uri) = list(&[&carol, &dave]).await;
    let mut session = Session::open(&uri, subject.address()).await;
    assert_eq!(session.ask("tr01", "", &to_list(&uri, "m1", FINAL)).await, "200");
    let (_calls, invite) = carol.invited("200 OK").await;
    assert!(field(&invite, "From").starts_with(&format!("<{uri}>;tag=")), "{invite}");
    assert_eq!(field(&invite, "Max-Forwards"), "69");
    let mut below = carol.connected().await;
    let copy = below.message().await;
    assert!(copy.contains(FINAL) && copy.contains("\r\nimdn.Original-Message-ID: m1\r\n"), "{copy}");
    let document = "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><disposition>read</disposition></imdn>";
    let report = asking(&uri, "r1")
        .replace("imdn.Disposition-Notification: ", "imdn.Original-Message-ID: m1")
        .replace("text/plain", "application/imdn+xml")
        .replace("Hello r1", document);
    below
        .send(&send(&field(&invite, "a=path"), &carol.path(), "rep1", "Failure-Report: no\r\n", &report))
        .await;
    let relayed = session.msrp.next().await;
    assert!(relayed.contains("\r\nFailure-Report: no\r\n"), "{relayed}");
    assert!(
        relayed.contains(&format!("\r\n\r\nContent-type: message/cpim\r\n\r\n{report}\r\n-------")),
        "{relayed}"
    );
    // The next message takes the same way.
    assert_eq!(session.ask("tr02", "", &to_list(&uri, "m2", FINAL)).await, "200");
    assert!(below.message().await.contains("\r\nimdn.Original-Message-ID: m2\r\n"));
    dave.invited("200 OK").await;
    subject.end().await;
}

#[tokio::test]
async fn a_call_to_no_list_is_refused() {
    let offer = sdp("127.0.0.1:9".parse().unwrap(), "s", None);
    for profile in [Profile::Imdn03, Profile::Receipts00] {
        let (subject, uri) = list_by(profile, &[]).await;
        for (callee, expected) in [(uri.replace("team", "nobody"), 404), (uri, 200)] {
            let mut caller = Caller::new(&callee, subject.address()).await;
            let answer = caller.ask("INVITE", &offer).await;
            assert_eq!(status(answer.as_bytes()), expected, "{profile:?} {callee}");
        }
        subject.end().await;
    }
}

#[tokio::test]
async fn members_that_refuse_the_call_or_the_message_are_failures() {
    let (carol, dave) = (Member::new("carol").await, Member::new("dave").await);
    let (subject, uri) = list(&[&carol, &dave]).await;
    let mut session = Session::open(&uri, subject.address()).await;
    assert_eq!(session.ask("tr01", "", &to_list(&uri, "m1", "")).await, "200");
    carol.invited("480 Temporarily Unavailable").await;
    let _calls = dave.invited("200 OK").await;
    let mut below = dave.connected().await;
    let copy = below.next().await;
    below.send(&ok_to(&copy).replace("200 OK", "403 Forbidden")).await;
    let own = session.msrp.next().await;
    assert!(own.contains("<disposition>error</disposition>"), "{own}");
    subject.end().await;
}
