//! Whatever comes, the agent answers and goes on.

use proptest::prelude::*;

use super::*;

/// A message that asks for a report, with some octets replaced.
fn spoiled() -> impl Strategy<Value = Vec<u8>> {
    let lines = "imdn.Original-From: <sip:o@127.0.0.1:5061>\r\nRequire: imdn.Message-ID\r\ncc: <sip:c@h>\r\n";
    let cpim = marked("m", lines).into_bytes();
    let spots = prop::collection::vec((0..cpim.len(), any::<u8>()), 0..12);
    spots.prop_map(move |spots| {
        let mut cpim = cpim.clone();
        for (at, octet) in spots {
            cpim[at] = octet;
        }
        cpim
    })
}

proptest! {
    #[test]
    fn any_message_is_answered(cpim in spoiled(), how in prop::sample::select(vec!["read", "deny", "not-displayed"])) {
        let mut subject = Subject::new(None);
        subject.ask(policy("allow"));
        let (response, _) = subject.agent.receive(&request(&cpim));
        prop_assert!((200..700).contains(&response.unwrap().status));
        subject.ask(dispose(how));
        let log = subject.ask(log());
        prop_assert!(log.is_object());
    }

    #[test]
    fn any_line_is_a_command_or_a_failure(line in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Line::parse(&line).command.is_err());
    }
}
