//! Whatever comes, the intermediary goes on.

use proptest::prelude::*;

use super::*;

/// A message or a receipt with some octets replaced.
fn spoiled() -> impl Strategy<Value = Vec<u8>> {
    let im = asking("m", "positive-delivery, negative-delivery, read");
    let receipt = receipt(&member(1), UMA, ("read", "m", 200), &member(1), "cc: <sip:c@h>\r\n");
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
    fn any_message_is_answered(cpim in spoiled(), session in any::<bool>(), disclosed in any::<bool>(), status in 100..700u16) {
        let mode = if session { Mode::Session } else { Mode::Page };
        let mut subject = Subject::new(None, mode, 1, disclosed);
        subject.take(&asking("m", "negative-delivery, read"));
        let mut message = incoming(mode, UMA, LIST, "");
        message.first_chunk = cpim.len();
        message.body = cpim.into();
        let (answer, actions) = subject.machine.receive(&message);
        prop_assert!(answer.is_some_and(|answer| (200..700).contains(&answer.status)));
        subject.note(actions);
        subject.conclude(1, Some(status));
        prop_assert!(subject.receipts().len() <= 3);
    }
}
