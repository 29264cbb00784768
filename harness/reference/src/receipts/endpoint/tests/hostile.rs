//! Whatever comes, the agent goes on.

use proptest::prelude::*;

use super::*;

/// A message or a receipt with some octets replaced.
fn spoiled() -> impl Strategy<Value = Vec<u8>> {
    let lines = "Receipt-Request: positive-delivery, read\r\nRequire: Message-ID\r\ncc: <sip:c@h>\r\n";
    let im = asking("m", "positive-delivery, read");
    let receipt = receipt(ALICE, BOB, ("read", "m", 200), ALICE, lines);
    let spots = prop::collection::vec((0..im.len().min(receipt.len()), any::<u8>()), 0..12);
    (prop::sample::select(vec![im, receipt]), spots).prop_map(|(cpim, spots)| {
        let mut cpim = cpim.into_bytes();
        for (at, octet) in spots {
            cpim[at] = octet;
        }
        cpim
    })
}

proptest! {
    #[test]
    fn any_message_is_answered(cpim in spoiled(), session in any::<bool>(), how in prop::sample::select(vec!["read", "not-delivered"])) {
        let mode = if session { Mode::Session } else { Mode::Page };
        let mut subject = Subject::new(None, mode);
        let mut message = incoming(mode, ALICE, BOB, "");
        message.first_chunk = cpim.len();
        message.body = cpim.into();
        let (answer, _) = subject.agent.receive(&message);
        prop_assert!(answer.is_some_and(|answer| (200..700).contains(&answer.status)));
        subject.dispose(how);
        prop_assert!(subject.log().is_object());
    }
}
