//! Whatever comes, the intermediary goes on.

use proptest::prelude::*;

use super::*;

/// A message or a notification with some octets replaced.
fn spoiled() -> impl Strategy<Value = Vec<u8>> {
    let lines =
        "imdn.IMDN-Record-Route: <sip:r@h>\r\nimdn.Original-To: <sip:l@h>\r\nSubject:;lang=fr a\\u0041\r\n";
    let im = asking_with("m", "positive-delivery, negative-delivery, processing, display", lines);
    let hops = format!("imdn.IMDN-Route: <{HOST}>\r\nimdn.IMDN-Route: <{XAVER}>\r\n");
    let told = telling(1, ("display", "displayed", "m"), &hops);
    let spots = prop::collection::vec((0..im.len().min(told.len()), any::<u8>()), 0..12);
    (prop::sample::select(vec![im, told]), spots).prop_map(|(cpim, spots)| {
        let mut cpim = cpim.into_bytes();
        for (at, octet) in spots {
            cpim[at] = octet;
        }
        cpim
    })
}

fn faulty() -> impl Strategy<Value = Option<&'static Fault>> {
    let ours: Vec<_> =
        faults().iter().filter(|fault| fault.shows_in(Role::B2bua, Profile::Rfc5438)).map(Some).collect();
    prop_oneof![Just(None), prop::sample::select(ours)]
}

proptest! {
    #[test]
    fn any_message_is_answered_or_passed_on(
        cpim in spoiled(),
        fault in faulty(),
        session in any::<bool>(),
        secrecy in prop::sample::select(vec![Secrecy::Open, Secrecy::Members, Secrecy::Number]),
        target in prop::sample::select(vec![LIST, HOST, XAVER]),
        status in prop::sample::select(vec![None, Some(200), Some(404), Some(503)]),
    ) {
        let mode = if session { Mode::Session } else { Mode::Page };
        let mut subject = Subject::new(fault, mode, 2, secrecy);
        subject.policy(json!({"record_route": true, "aggregate": true, "store": true, "hide_target": true}));
        subject.take(&asking("m", "negative-delivery, display"));
        let mut message = incoming(mode, UMA, target, "");
        message.body = cpim.into();
        let answer = subject.take_as(&message);
        prop_assert!(answer.is_none_or(|status| (200..700).contains(&status)));
        for number in 1..=2 {
            subject.conclude(number, status);
            subject.confirm(number, "display", "displayed", "m");
        }
        subject.wait(1_000_000);
    }
}
