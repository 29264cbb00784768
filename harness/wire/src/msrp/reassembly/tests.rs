use proptest::prelude::*;

use super::*;
use crate::msrp::{Builder, decode};

/// A chunk of the message `id`.
fn chunk(id: &str, range: &str, flag: Flag, body: &[u8]) -> Vec<u8> {
    let request = Builder::request("SEND", "abcd", "msrp://a;tcp", "msrp://b;tcp").message_id(id).flag(flag);
    let request = if range.is_empty() { request } else { request.header("Byte-Range", range) };
    request.body("text/plain", body).encode()
}

fn take(reassembly: &mut Reassembly, octets: &[u8]) -> (Progress, Vec<&'static str>) {
    let decoded = reassembly.take(&decode(octets).value);
    (decoded.value, decoded.deviations.iter().map(|found| found.rule.name).collect())
}

/// Takes these chunks of one message; gives what came of the last, and all that was found.
fn run(chunks: &[(&str, Flag, &[u8])]) -> (Progress, Vec<&'static str>) {
    let mut reassembly = Reassembly::new();
    let (mut last, mut all) = (Progress::Nothing, Vec::new());
    for (range, flag, body) in chunks {
        let (progress, found) = take(&mut reassembly, &chunk("1234", range, *flag, body));
        last = progress;
        all.extend(found);
    }
    assert_eq!(reassembly.held() == 0, reassembly.open().next().is_none());
    (last, all)
}

fn text(progress: &Progress) -> &str {
    match progress {
        Progress::Complete(message) => std::str::from_utf8(&message.octets).unwrap(),
        other => panic!("{other:?}"),
    }
}

use Flag::{Aborted, Final, More};

#[test]
fn chunks_are_put_together() {
    for (chunks, octets, rules) in [
        (vec![("1-*/8", More, &b"abcd"[..]), ("5-8/8", Final, b"EFGH")], "abcdEFGH", vec![]),
        (vec![("", Final, b"abcd")], "abcd", vec![]),
        (vec![("1-*/*", More, b"ab"), ("3-*/*", More, b""), ("3-*/*", Final, b"cd")], "abcd", vec![]),
        (vec![("1-4/4", More, b"abcd"), ("5-4/4", Final, b"")], "abcd", vec![]),
        // Out of order.
        (vec![("3-4/4", Final, b"cd"), ("1-2/4", More, b"ab")], "abcd", vec!["msrp.chunk-order"; 2]),
        // What comes last counts.
        (vec![("1-4/6", More, b"abcd"), ("3-6/6", Final, b"CDEF")], "abCDEF", vec!["msrp.chunk-order"]),
        (
            vec![("3-4/6", More, b"cd"), ("1-5/6", More, b"ABCDE"), ("6-6/6", Final, b"F")],
            "ABCDEF",
            vec!["msrp.chunk-order"; 2],
        ),
        // The sender begins anew.
        (
            vec![("1-2/4", More, b"ab"), ("1-3/3", Final, b"xyz")],
            "xyz",
            vec!["msrp.chunk-total", "msrp.chunk-order"],
        ),
        (vec![("1-2/*", More, b"ab"), ("", Final, b"cd")], "abcd", vec!["msrp.chunk-range-missing"]),
        // The last chunk says where the end is, whatever was claimed or sent.
        (vec![("1-2/9", More, b"ab"), ("3-4/9", Final, b"cd")], "abcd", vec!["msrp.chunk-total"]),
        (
            vec![("5-6/*", More, b"ef"), ("1-2/*", More, b"ab"), ("3-4/*", Final, b"cd")],
            "abcd",
            vec!["msrp.chunk-order", "msrp.chunk-order", "msrp.chunk-beyond"],
        ),
    ] {
        let (progress, found) = run(&chunks);
        assert_eq!((text(&progress), found), (octets, rules), "{chunks:?}");
    }
}

#[test]
fn a_message_may_stay_open_or_be_given_up() {
    assert_eq!(run(&[("1-2/4", More, b"ab")]).0, Progress::Partial(2));
    assert_eq!(run(&[("1-2/4", More, b"ab"), ("4-4/4", Final, b"d")]).0, Progress::Partial(3));
    assert_eq!(run(&[("1-2/2", More, b"ab")]).0, Progress::Partial(2));
    assert_eq!(run(&[("1-2/4", More, b"ab"), ("3-3/4", Aborted, b"c")]).0, Progress::Aborted(3));
    assert_eq!(run(&[("0-2/4", More, b"ab")]).0, Progress::Refused(Refusal::Unplaced));
    assert_eq!(run(&[("x", More, b"ab"), ("1-2/2", Final, b"ab")]).0, Progress::Refused(Refusal::Earlier));
}

#[test]
fn messages_are_interleaved() {
    let mut reassembly = Reassembly::new();
    for (id, range, flag, body) in
        [("aaaa", "1-1/2", More, b"a"), ("bbbb", "1-1/2", More, b"b"), ("bbbb", "2-2/2", Final, b"B")]
    {
        let (progress, found) = take(&mut reassembly, &chunk(id, range, flag, body));
        assert!(found.is_empty());
        assert!(flag == More || text(&progress) == "bB");
    }
    assert_eq!(reassembly.open().collect::<Vec<_>>(), [b"aaaa"]);
    assert_eq!(text(&take(&mut reassembly, &chunk("aaaa", "2-2/2", Final, b"A")).0), "aA");
    assert!(!reassembly.forget(b"aaaa"));
}

#[test]
fn what_chunks_ask_for_must_not_change() {
    let mut reassembly = Reassembly::new();
    let first = Builder::request("SEND", "abcd", "x", "y").message_id("1234").success_report(true);
    let first = first.header("Byte-Range", "1-1/2").body("a/b", "x").flag(More);
    assert!(take(&mut reassembly, &first.encode()).1.is_empty());
    let (progress, found) = take(&mut reassembly, &chunk("1234", "2-2/2", Final, b"y"));
    assert_eq!(found, ["msrp.chunk-reports"]);
    assert!(matches!(progress, Progress::Complete(message) if message.success_report));
}

#[test]
fn what_is_no_chunk_is_passed_over() {
    let mut reassembly = Reassembly::new();
    for octets in [
        Builder::response(200, "abcd", "x", "y").encode(),
        Builder::request("SEND", "abcd", "x", "y").message_id("1234").encode(),
        Builder::request("REPORT", "abcd", "x", "y").message_id("1234").body("a/b", "x").encode(),
    ] {
        assert_eq!(take(&mut reassembly, &octets).0, Progress::Nothing);
    }
    let nameless = Builder::request("SEND", "abcd", "x", "y").body("a/b", "x").encode();
    assert_eq!(take(&mut reassembly, &nameless).0, Progress::Refused(Refusal::Unplaced));
}

#[test]
fn memory_is_bounded() {
    let mut reassembly = Reassembly::with_limits(Limits { octets: 1000, messages: 2 });
    let open = |reassembly: &mut Reassembly, id| take(reassembly, &chunk(id, "1-1/9", More, b"x")).0;
    assert_eq!(open(&mut reassembly, "aaaa"), Progress::Partial(1));
    assert_eq!(open(&mut reassembly, "bbbb"), Progress::Partial(1));
    assert_eq!(open(&mut reassembly, "cccc"), Progress::Refused(Refusal::Messages));
    // A whole message needs no room.
    assert_eq!(text(&take(&mut reassembly, &chunk("dddd", "1-1/1", Final, b"x")).0), "x");
    let much = chunk("aaaa", "2-*/*", More, &[b'x'; 900]);
    assert_eq!(take(&mut reassembly, &much).0, Progress::Refused(Refusal::Octets));
    assert!(reassembly.held() < 300);
    assert_eq!(open(&mut reassembly, "aaaa"), Progress::Refused(Refusal::Earlier));
    let last = chunk("aaaa", "9-9/9", Final, b"x");
    assert_eq!(take(&mut reassembly, &last).0, Progress::Refused(Refusal::Earlier));
    assert!(reassembly.forget(b"bbbb"));
    assert_eq!(reassembly.held(), 0);
}

#[test]
fn pieces_that_stand_alone_are_counted() {
    let mut reassembly = Reassembly::with_limits(Limits { octets: 10_000, messages: 9 });
    let refused = (0..200).find(|number| {
        let range = format!("{}-*/*", number * 2 + 1);
        let (progress, _) = take(&mut reassembly, &chunk("1234", &range, More, b"x"));
        assert!(reassembly.held() <= 10_000);
        progress == Progress::Refused(Refusal::Octets)
    });
    assert!(refused.is_some());
}

#[test]
fn a_claimed_total_takes_no_memory() {
    let mut reassembly = Reassembly::new();
    let vast = 1_u64 << 63;
    for start in [1, vast - 1] {
        let range = format!("{start}-*/{vast}");
        take(&mut reassembly, &chunk("1234", &range, More, b"xy"));
    }
    assert!(reassembly.held() < 1000);
    let last = take(&mut reassembly, &chunk("1234", &format!("{vast}-{vast}/{vast}"), Final, b"z")).0;
    assert_eq!(last, Progress::Partial(4));
    let beyond = chunk("1234", &format!("{}-*/*", u64::MAX), More, b"xyz");
    assert_eq!(take(&mut reassembly, &beyond).0, Progress::Refused(Refusal::Unplaced));
}

proptest! {
    /// Any chunks leave what a plain buffer would hold.
    #[test]
    fn a_message_is_as_in_a_plain_buffer(
        chunks in proptest::collection::vec((0_usize..60, proptest::collection::vec(any::<u8>(), 0..20)), 1..30),
    ) {
        let mut reassembly = Reassembly::new();
        let mut model = [None; 80];
        for (start, body) in &chunks {
            for (at, octet) in body.iter().enumerate() {
                model[start + at] = Some(*octet);
            }
            let there = model.iter().flatten().count();
            let range = format!("{}-*/*", start + 1);
            let (progress, _) = take(&mut reassembly, &chunk("1234", &range, More, body));
            prop_assert_eq!(progress, Progress::Partial(there));
        }
        // An empty last chunk at the end of what stands there in one piece.
        let end = model.iter().position(Option::is_none).unwrap();
        let range = format!("{}-{end}/{end}", end + 1);
        let (progress, _) = take(&mut reassembly, &chunk("1234", &range, Final, b""));
        let expected: Vec<u8> = model[..end].iter().flatten().copied().collect();
        prop_assert!(matches!(&progress, Progress::Complete(message) if message.octets == expected), "{progress:?}");
        prop_assert_eq!(reassembly.held(), 0);
    }

    #[test]
    fn the_order_of_chunks_does_not_matter(
        body in proptest::collection::vec(any::<u8>(), 1..200),
        size in 1_usize..40,
        order in proptest::collection::vec(any::<u32>(), 200),
    ) {
        let mut pieces: Vec<_> = body.chunks(size).enumerate().collect();
        pieces.sort_by_key(|(number, _)| order[*number]);
        let mut reassembly = Reassembly::new();
        let mut whole = None;
        for (number, piece) in &pieces {
            let start = number * size;
            let flag = if start + piece.len() == body.len() { Final } else { More };
            let range = format!("{}-{}/{}", start + 1, start + piece.len(), body.len());
            if let Progress::Complete(message) = take(&mut reassembly, &chunk("1234", &range, flag, piece)).0 {
                whole = Some(message.octets);
            }
        }
        prop_assert_eq!(whole, Some(body));
    }
}
