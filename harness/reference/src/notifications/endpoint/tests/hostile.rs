//! Whatever comes, the agent goes on.

use proptest::prelude::*;

use super::*;

/// A message or a notification with some octets replaced.
fn spoiled() -> impl Strategy<Value = Vec<u8>> {
    let lines = "imdn.IMDN-Record-Route: <sip:r@127.0.0.1:5061>\r\nimdn.Original-To: <sip:l@h>\r\n\
                 Subject:;lang=fr a\\u0041\\t\r\nRequire: imdn.Message-ID\r\ncc: <sip:c@h>\r\n";
    let im = asking_with("m", "positive-delivery, display;q=\"a\"", lines);
    let told = telling("display", "displayed", "m");
    let bundle = bundle(&[document("display", "displayed", "m", ALICE)]);
    let least = im.len().min(told.len()).min(bundle.len());
    let spots = prop::collection::vec((0..least, any::<u8>()), 0..12);
    (prop::sample::select(vec![im, told, bundle]), spots).prop_map(|(cpim, spots)| {
        let mut cpim = cpim.into_bytes();
        for (at, octet) in spots {
            cpim[at] = octet;
        }
        cpim
    })
}

fn faulty() -> impl Strategy<Value = Option<&'static Fault>> {
    let ours: Vec<_> = faults().iter().filter(|fault| fault.goes_by(Profile::Rfc5438)).map(Some).collect();
    prop_oneof![Just(None), prop::sample::select(ours)]
}

proptest! {
    #[test]
    fn any_message_is_answered(
        cpim in spoiled(),
        fault in faulty(),
        session in any::<bool>(),
        how in prop::sample::select(vec!["read", "not-delivered", "deny"]),
    ) {
        let mode = if session { Mode::Session } else { Mode::Page };
        let mut subject = Subject::new(fault, mode);
        let mut message = incoming(mode, ALICE, BOB, "");
        message.first_chunk = cpim.len();
        message.body = cpim.into();
        let (answer, _) = subject.agent.receive(&message);
        prop_assert!(answer.is_none_or(|answer| (200..700).contains(&answer.status)));
        subject.dispose(how);
        prop_assert!(subject.log().is_object());
    }

    #[test]
    fn any_text_is_sent(fault in faulty(), subject in any::<String>(), name in any::<String>()) {
        let mut agent = Subject::new(fault, Mode::Page);
        agent.send_with(json!({"subject": subject, "display_name": name, "receipts": ["display"]}));
        prop_assert_eq!(agent.sent.len(), 1);
    }
}
