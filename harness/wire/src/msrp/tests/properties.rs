//! What holds for any octets.

use proptest::prelude::*;

use super::super::stream::{Frame, Framer};
use super::*;

/// Calls everything that reads a message; none of it may panic.
fn look_at(octets: &[u8]) {
    let decoded = decode(octets);
    let inside = |span: crate::deviation::Span| assert!(span.start <= span.end && span.end <= octets.len());
    decoded.deviations.iter().for_each(|found| inside(found.span.clone()));
    let message = decoded.value;
    let mut at = message.start_line_span().end;
    for header in message.headers() {
        assert!(
            at <= header.line_span().start
                && header.name_span().end <= header.value_span().start.max(header.name_span().end)
        );
        at = header.line_span().end;
        inside(header.value_span());
    }
    inside(message.head_span());
    inside(message.end_line_span());
    if let Some(body) = message.body_span() {
        assert!(message.head_span().end <= body.start && body.end <= message.end_line_span().start);
    }
    let _ =
        (message.to_path().count(), message.byte_range(), message.report_status(), format!("{message:?}"));
    let _ = (respond(&message, 200), is_due(&message, 400), check_response(&message, &message));
    let unchecked = crate::msrp::read(octets);
    assert_eq!(format!("{unchecked:?}"), format!("{message:?}"));
    assert_eq!((unchecked.body_span(), unchecked.flag()), (message.body_span(), message.flag()));
    let _ = Reassembly::new().take(&message);
    for uri in message.to_path() {
        assert!(uri.equivalent(&uri));
        let _ = (uri.port(), uri.transport(), uri.parameters().count(), uri.is_secure());
    }
}

proptest! {
    #[test]
    fn any_octets_are_survived(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        look_at(&octets);
    }

    #[test]
    fn msrp_like_octets_are_survived(text in "MSRP abcd (SEND|REPORT|200|2 x)?(\r\n|\n| |:|-------abcd[$#+]|To-Path: |From-Path: |msrp://|\\[|\\]|[a:/;=%@]|Byte-Range: |[0-9*]{1,3}|-|Content-Type: |Status: ){0,40}") {
        look_at(text.as_bytes());
    }

    #[test]
    fn mutated_messages_are_survived(
        which in 0_usize..3,
        at in 0_usize..300,
        with in proptest::collection::vec(any::<u8>(), 0..4),
        cut in 0_usize..4,
    ) {
        let mut octets = [SEND, OK, REPORT][which].as_bytes().to_vec();
        let at = at.min(octets.len());
        octets.splice(at..(at + cut).min(octets.len()), with);
        look_at(&octets);
    }

    #[test]
    fn what_is_written_is_read(
        id in "[A-Za-z0-9][A-Za-z0-9.+%=-]{3,31}",
        value in "[!-~\u{e0}-\u{ff}]([ -~\u{e0}-\u{ff}]{0,30}[!-~])?",
        body in proptest::collection::vec(any::<u8>(), 0..2048),
        random in any::<u128>(),
    ) {
        let range = ByteRange { start: 1, end: Some(body.len() as u64), total: Some(body.len() as u64) };
        let octets = Builder::request("SEND", TransactionId::free_in(random, &body), TO, FROM)
            .message_id(&id)
            .byte_range(range)
            .failure_report(FailureReport::No)
            .success_report(true)
            .header("X-Other", &value)
            .body("application/octet-stream", body.clone())
            .encode();
        let decoded = decode(&octets);
        prop_assert_eq!(&decoded.deviations, &[]);
        let message = decoded.value;
        prop_assert_eq!(message.message_id(), Some(id.as_bytes()));
        prop_assert_eq!(message.header_named(b"x-other").unwrap().raw_value(), value.as_bytes());
        prop_assert_eq!(message.body(), Some(&body[..]));
        prop_assert_eq!(message.byte_range(), Some(range));
        prop_assert_eq!((message.failure_report(), message.success_report()), (FailureReport::No, true));
        prop_assert_eq!(&decode(&respond(&message, 200)).deviations, &[]);
    }

    #[test]
    fn chunks_come_back_as_the_message(
        body in proptest::collection::vec(any::<u8>(), 0..400),
        size in 1_usize..300,
        total in any::<bool>(),
        segment in 1_usize..200,
    ) {
        let message = Builder::request("SEND", "unused", TO, FROM).message_id("abcd").body("a/b", body.clone());
        let mut number = 0;
        let stream = message.chunks(Chunking { total, ..Chunking::of(size) }, || { number += 1; number }).collect::<Vec<_>>().concat();
        let (mut framer, mut reassembly, mut whole) = (Framer::new(), Reassembly::new(), None);
        for octets in stream.chunks(segment) {
            framer.push(octets);
            for frame in framer.by_ref() {
                let Frame::Message(octets) = frame else { panic!("{frame:?}") };
                let decoded = decode(&octets);
                prop_assert!(decoded.deviations.iter().all(|found| found.rule == &rule::CHUNK_SMALL));
                let taken = reassembly.take(&decoded.value);
                prop_assert_eq!(&taken.deviations, &[]);
                if let Progress::Complete(done) = taken.value {
                    prop_assert!(whole.is_none());
                    whole = Some(done.octets);
                }
            }
        }
        prop_assert_eq!(whole, Some(body));
        prop_assert_eq!(reassembly.held(), 0);
    }
}
