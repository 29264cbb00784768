use proptest::prelude::*;

use super::*;

const SEND: &str = "MSRP abcd SEND\r\nTo-Path: x\r\nContent-Type: a/b\r\n\r\nhello\r\n-------abcd$\r\n";
const BODILESS: &str = "MSRP efgh 200 OK\r\nTo-Path: x\r\n-------efgh$\r\n";
/// Its body has everything in it that looks like an end.
const TRICKY: &str = "MSRP ijkl SEND\r\nTo-Path: x\r\n\r\n\r\n-------abcd$\r\n-------ijkl\r\n-------ijkl+x\r\n\
    MSRP abcd SEND\r\n\r\n------ijkl$\r\n-------ijklm$\r\n--------ijkl+\r\n";

fn limits() -> Limits {
    Limits { head: 120, message: 300, garbage: 40 }
}

/// The frames of a stream that comes in these segments and then ends.
fn frames<'a>(segments: impl IntoIterator<Item = &'a [u8]>) -> Vec<Frame> {
    let mut framer = Framer::with_limits(limits());
    let mut frames = Vec::new();
    for segment in segments {
        framer.push(segment);
        frames.extend(framer.by_ref());
        assert!(framer.held() <= 300 + segment.len());
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

#[test]
fn many_messages_come_in_one_segment() {
    let found = whole(&[SEND, BODILESS, TRICKY, SEND].concat());
    assert_eq!(found, [message(SEND), message(BODILESS), message(TRICKY), message(SEND)]);
}

#[test]
fn a_message_is_given_as_soon_as_it_is_whole() {
    for text in [SEND, BODILESS, TRICKY] {
        let mut framer = Framer::new();
        for octet in text.as_bytes() {
            assert_eq!(framer.next(), None);
            framer.push(&[*octet]);
        }
        assert_eq!(framer.next(), Some(message(text)));
        assert!(framer.is_empty());
    }
}

#[test]
fn broken_ends_end_a_message_too() {
    for text in [
        SEND.replace("\r\n", "\n"),
        SEND.replace("hello\r\n", "hello"),
        BODILESS.replace("-------efgh$", "-------other$"),
        BODILESS.replace("-------efgh$", "-------"),
        SEND.replace("hello\r\n", ""),
    ] {
        assert_eq!(whole(&format!("{text}{SEND}")), [message(&text), message(SEND)], "{text}");
    }
    let endless = BODILESS.replace("-------efgh$\r\n", "");
    assert_eq!(whole(&format!("{endless}{SEND}")), [message(&endless), message(SEND)]);
}

#[test]
fn garbage_is_bounded_and_left_behind() {
    let garbage = |text: &str| Frame::Garbage(text.into());
    assert_eq!(whole(&format!("noise\r\n\r\n{SEND}")), [garbage("noise\r\n\r\n"), message(SEND)]);
    assert_eq!(whole("MSRP abcd\r\n"), [garbage("MSRP abcd\r\n")]);
    let endless = "x".repeat(250);
    assert_eq!(
        whole(&endless),
        [garbage(&endless[..120]), garbage(&endless[120..240]), garbage(&endless[240..])]
    );
}

#[test]
fn what_is_beyond_the_limits_is_skipped() {
    let large = SEND.replace("hello", &"x".repeat(1000));
    let cut = 300 - "-------abcd$\r\n".len();
    let found = whole(&format!("{large}{SEND}"));
    assert_eq!(found, [Frame::TooLarge(large.as_bytes()[..cut].into()), message(SEND)]);
    let head = format!("MSRP abcd SEND\r\n{}", "X: 0123456789\r\n".repeat(20));
    let found = whole(&format!("{head}\r\n{SEND}"));
    assert_eq!(found[0], Frame::TooLarge(head.as_bytes()[..120].into()));
    assert_eq!(found.last(), Some(&message(SEND)));
}

#[test]
fn a_claimed_total_takes_no_memory() {
    let mut framer = Framer::new();
    framer.push(b"MSRP abcd SEND\r\nByte-Range: 1-9223372036854775807/9223372036854775808\r\n\r\n");
    assert_eq!(framer.next(), None);
    assert!(framer.lines.capacity() < 1000);
}

#[test]
fn the_end_of_a_stream_cuts_a_message_short() {
    for cut in [20, SEND.len() - 1, 14] {
        assert_eq!(whole(&SEND[..cut]), [Frame::Incomplete(SEND[..cut].into())]);
    }
}

/// Pieces of streams, well-formed and not.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => Just(SEND.as_bytes().to_vec()),
        2 => Just(BODILESS.as_bytes().to_vec()),
        2 => Just(TRICKY.as_bytes().to_vec()),
        1 => Just(SEND.replace("hello", &"-------abcd+".repeat(30)).into_bytes()),
        1 => (230_usize..260).prop_map(|length| SEND.replace("hello", &"y".repeat(length)).into_bytes()),
        1 => Just(b"MSRP abcd SEND\r\nTo-Path: x\r\n".to_vec()),
        1 => Just(b"MSRP abcd SEND\r\n\r\n".to_vec()),
        1 => Just(b"\r\n-------abcd$".to_vec()),
        1 => Just(b"\r".to_vec()),
        1 => Just(b"\n".to_vec()),
        1 => Just(b"noise and more noise\r\n".to_vec()),
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
    fn no_octet_is_lost(pieces in proptest::collection::vec(piece(), 0..12)) {
        let stream = pieces.concat();
        let found = frames([&stream[..]]);
        let skipped = found.iter().any(|frame| matches!(frame, Frame::TooLarge(_)));
        let octets: Vec<u8> = found.iter().flat_map(|frame| match frame {
            Frame::Message(octets) | Frame::Garbage(octets) | Frame::Incomplete(octets) | Frame::TooLarge(octets) => octets,
        }).copied().collect();
        prop_assert!(skipped || octets == stream);
    }

    #[test]
    fn a_frame_decodes_to_its_end(pieces in proptest::collection::vec(piece(), 0..12)) {
        for frame in frames([&pieces.concat()[..]]) {
            let Frame::Message(octets) = frame else { continue };
            let decoded = crate::msrp::decode(&octets);
            prop_assert!(!decoded.breaks(&crate::msrp::rule::SURPLUS), "{:?}", decoded);
        }
    }
}
