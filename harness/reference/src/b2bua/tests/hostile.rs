//! Whatever comes, the B2BUA answers and goes on.

use proptest::prelude::*;

use super::episodes::wrapper;
use super::*;

/// A message, or a report on it, with some octets replaced.
fn spoiled() -> impl Strategy<Value = Vec<u8>> {
    let lines = format!("{FINAL}NS: q <urn:example:q>\r\nq.Colour:;a=b red\r\nRequire: imdn.Message-ID\r\n");
    let sound = [
        marked("m", &lines),
        report(1, "m"),
        wrapper(1, "m", "message/cpim", &report(2, "m")),
        wrapper(1, "m", "application/pkcs7-mime", "MIAG"),
    ];
    let spots = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12);
    (prop::sample::select(sound.map(String::into_bytes).to_vec()), spots).prop_map(|(mut cpim, spots)| {
        for (at, octet) in spots {
            let at = at.index(cpim.len());
            cpim[at] = octet;
        }
        cpim
    })
}

proptest! {
    #[test]
    fn any_message_is_answered_and_what_goes_out_is_sound(cpim in spoiled()) {
        let mut subject = Subject::of(2);
        subject.take(&marked("m", FINAL));
        let (response, actions) = subject.b2bua.receive(&request(LIST, &cpim));
        subject.note(actions);
        subject.accept();
        prop_assert!((200..700).contains(&response.unwrap().status));
        for sent in &subject.sent {
            let object = wire::cpim::decode(&sent.body, 0..sent.body.len()).value;
            prop_assert!(object.from().is_some() && object.to().count() == 1);
            prop_assert!(object.namespaced("urn:ietf:params:cpim-headers:imdn", "Message-ID").next().is_some());
            prop_assert!(object.headers().all(|header| !header.is_folded()));
        }
    }
}
