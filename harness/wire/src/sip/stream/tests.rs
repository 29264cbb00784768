use proptest::prelude::*;

use super::*;

const REQUEST: &str = "MESSAGE sip:b@b SIP/2.0\r\nSubject: x\r\nContent-Length: 5\r\n\r\nhello";
const BODILESS: &str = "SIP/2.0 200 OK\r\nl: 0\r\n\r\n";

fn limits() -> Limits {
    Limits { head: 200, message: 400, garbage: 40 }
}

/// The frames of a stream that comes in these segments and then ends.
fn frames<'a>(segments: impl IntoIterator<Item = &'a [u8]>) -> Vec<Frame> {
    let mut framer = Framer::with_limits(limits());
    let mut frames = Vec::new();
    for segment in segments {
        framer.push(segment);
        frames.extend(framer.by_ref());
    }
    frames.extend(framer.finish());
    assert!(framer.is_empty());
    frames
}

fn whole(text: &str) -> Vec<Frame> {
    frames([text.as_bytes()])
}

fn message(text: &str) -> Frame {
    Frame::Message(text.into())
}

fn garbage(text: &str) -> Frame {
    Frame::Garbage(text.into())
}

#[test]
fn many_messages_come_in_one_segment() {
    let found = whole(&[REQUEST, BODILESS, REQUEST].concat());
    assert_eq!(found, [message(REQUEST), message(BODILESS), message(REQUEST)]);
}

#[test]
fn a_message_is_given_as_soon_as_it_is_whole() {
    let mut framer = Framer::new();
    for octet in REQUEST.as_bytes() {
        assert_eq!(framer.next(), None);
        framer.push(&[*octet]);
    }
    assert_eq!(framer.next(), Some(message(REQUEST)));
    assert!(framer.is_empty());
}

#[test]
fn keep_alives_are_told_apart() {
    assert_eq!(whole(&format!("\r\n\r\n{BODILESS}")), [Frame::Ping, message(BODILESS)]);
    assert_eq!(whole(&format!("\r\n{BODILESS}\r\n")), [Frame::Pong, message(BODILESS), Frame::Pong]);
    assert_eq!(whole("\r\n\r\n\r\n"), [Frame::Ping, Frame::Pong]);
    assert_eq!(whole("\r\n\r"), [Frame::Garbage(b"\r\n\r".to_vec())]);
}

#[test]
fn a_ping_is_given_at_once() {
    let mut framer = Framer::new();
    framer.push(b"\r\n");
    assert_eq!(framer.next(), None);
    framer.push(b"\r\n");
    assert_eq!(framer.next(), Some(Frame::Ping));
}

#[test]
fn without_a_usable_length_a_message_ends_with_its_head() {
    for length in ["", "Content-Length: five\r\n", "Content-Length: -5\r\n", "l: 5\r\nContent-Length: 6\r\n"]
    {
        let head = format!("MESSAGE sip:b@b SIP/2.0\r\n{length}\r\n");
        // Nothing tells a body from the line behind it; that the method is wrong is seen when the message is decoded.
        assert_eq!(
            whole(&format!("{head}hello{REQUEST}")),
            [message(&head), message(&format!("hello{REQUEST}"))]
        );
        let found = whole(&format!("{head}hello\r\n{REQUEST}"));
        assert_eq!(found, [message(&head), garbage("hello\r\n"), message(REQUEST)]);
    }
    let twice = REQUEST.replace("Subject: x", "l: 5");
    assert_eq!(whole(&twice), [message(&twice)]);
}

#[test]
fn garbage_is_bounded_and_left_behind() {
    assert_eq!(whole(&format!("noise\r\n\n{REQUEST}")), [garbage("noise\r\n\n"), message(REQUEST)]);
    let lines = "0123456789\r\n".repeat(5);
    assert_eq!(
        whole(&format!("{lines}{REQUEST}")),
        [garbage(&lines[..48]), garbage(&lines[48..]), message(REQUEST)]
    );
    let endless = "x".repeat(450);
    assert_eq!(
        whole(&endless),
        [garbage(&endless[..200]), garbage(&endless[200..400]), garbage(&endless[400..])]
    );
}

#[test]
fn heads_with_bare_line_feeds_end_too() {
    let text = REQUEST.replace("\r\n", "\n");
    assert_eq!(whole(&text.repeat(2)), [message(&text), message(&text)]);
}

#[test]
fn an_endless_head_is_given_up() {
    let text = format!("MESSAGE sip:b@b SIP/2.0\r\n{}", "X: 0123456789\r\n".repeat(20));
    let found = whole(&format!("{text}\r\n{REQUEST}"));
    assert_eq!(found[0], Frame::TooLarge { octets: text.as_bytes()[..200].to_vec(), claimed: None });
    assert_eq!(found.last(), Some(&message(REQUEST)));
}

#[test]
fn a_claimed_length_is_skipped_but_never_kept() {
    let head = "MESSAGE sip:b@b SIP/2.0\r\nContent-Length: 1000\r\n\r\n";
    let found = whole(&format!("{head}{}{REQUEST}", "x".repeat(1000)));
    assert_eq!(found, [Frame::TooLarge { octets: head.into(), claimed: Some(1000) }, message(REQUEST)]);
    let absurd = head.replace("1000", "18446744073709551615");
    let mut framer = Framer::new();
    framer.push(absurd.as_bytes());
    assert_eq!(framer.next(), Some(Frame::TooLarge { octets: absurd.into(), claimed: Some(u64::MAX) }));
    framer.push(&[b'x'; 100_000]);
    assert_eq!(framer.next(), None);
    assert_eq!(framer.held(), 0);
}

#[test]
fn the_end_of_a_stream_cuts_a_message_short() {
    assert_eq!(
        whole(&REQUEST[..REQUEST.len() - 1]),
        [Frame::Incomplete(REQUEST[..REQUEST.len() - 1].into())]
    );
    assert_eq!(whole(&REQUEST[..40]), [Frame::Incomplete(REQUEST[..40].into())]);
}

/// Pieces of streams, well-formed and not.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => Just(REQUEST.as_bytes().to_vec()),
        2 => Just(BODILESS.as_bytes().to_vec()),
        2 => Just(b"\r\n".to_vec()),
        1 => Just(b"\r".to_vec()),
        1 => Just(b"\n".to_vec()),
        1 => Just(b"noise and more noise\r\n".to_vec()),
        1 => Just(b"MESSAGE sip:b@b SIP/2.0\r\nl: 300\r\n\r\n".to_vec()),
        1 => Just(b"MESSAGE sip:b@b SIP/2.0\r\nl: 99999\r\n\r\n".to_vec()),
        1 => Just(b"MESSAGE sip:b@b SIP/2.0\r\n\r\n".to_vec()),
        1 => Just(vec![b'y'; 150]),
        1 => proptest::collection::vec(any::<u8>(), 0..40),
    ]
}

proptest! {
    #[test]
    fn segments_do_not_matter(
        pieces in proptest::collection::vec(piece(), 0..12),
        lengths in proptest::collection::vec(1usize..80, 1..40),
    ) {
        let stream = pieces.concat();
        let expected = frames([&stream[..]]);
        prop_assert_eq!(&frames(stream.chunks(1)), &expected);
        let mut rest = &stream[..];
        let segments = lengths.iter().cycle().map_while(|&length| {
            let (segment, after) = rest.split_at(length.min(rest.len()));
            rest = after;
            (!segment.is_empty()).then_some(segment)
        });
        prop_assert_eq!(&frames(segments), &expected);
    }

    #[test]
    fn messages_come_out_as_they_went_in(count in 0usize..20, segment in 1usize..200) {
        let stream = [REQUEST, BODILESS].concat().repeat(count);
        let expected: Vec<_> = (0..count).flat_map(|_| [message(REQUEST), message(BODILESS)]).collect();
        prop_assert_eq!(frames(stream.as_bytes().chunks(segment)), expected);
    }

    #[test]
    fn no_octet_is_lost(pieces in proptest::collection::vec(piece(), 0..12)) {
        let stream = pieces.concat();
        let found = frames([&stream[..]]);
        let skipped = found.iter().any(|frame| matches!(frame, Frame::TooLarge { claimed: Some(_), .. }));
        let octets: Vec<u8> = found.iter().flat_map(|frame| match frame {
            Frame::Ping => b"\r\n\r\n",
            Frame::Pong => &b"\r\n"[..],
            Frame::Message(octets) | Frame::Garbage(octets) | Frame::Incomplete(octets) => octets,
            Frame::TooLarge { octets, .. } => octets,
        }).copied().collect();
        prop_assert!(skipped || octets == stream);
    }
}
