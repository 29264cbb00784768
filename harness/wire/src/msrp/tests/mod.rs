use super::*;
use crate::deviation::{Decoded, Deviation};

mod faults;
mod properties;

const TO: &str = "msrp://bob.example.com:8888/9di4eae923wzd;tcp";
const FROM: &str = "msrp://alicepc.example.com:7777/iau39soe2843z;tcp";

/// RFC 4975 section 11.1, step 4.
const SEND: &str = "MSRP d93kswow SEND\r\n\
    To-Path: msrp://bob.example.com:8888/9di4eae923wzd;tcp\r\n\
    From-Path: msrp://alicepc.example.com:7777/iau39soe2843z;tcp\r\n\
    Message-ID: 12339sdqwer\r\n\
    Byte-Range: 1-16/16\r\n\
    Content-Type: text/plain\r\n\
    \r\n\
    Hi, I'm Alice!\r\n\
    \r\n\
    -------d93kswow$\r\n";

/// RFC 4975 section 11.1, step 5.
const OK: &str = "MSRP d93kswow 200 OK\r\n\
    To-Path: msrp://alicepc.example.com:7777/iau39soe2843z;tcp\r\n\
    From-Path: msrp://bob.example.com:8888/9di4eae923wzd;tcp\r\n\
    -------d93kswow$\r\n";

/// RFC 4975 section 11.6.
const REPORT: &str = "MSRP dkei38sd REPORT\r\n\
    To-Path: msrp://alicepc.example.com:7777/iau39soe2843z;tcp\r\n\
    From-Path: msrp://bob.example.com:8888/9di4eae923wzd;tcp\r\n\
    Message-ID: 12339sdqwer\r\n\
    Byte-Range: 1-106/106\r\n\
    Status: 000 200 OK\r\n\
    -------dkei38sd$\r\n";

fn read(text: &str) -> Decoded<Message<'_>> {
    decode(text.as_bytes())
}

fn found(deviations: &[Deviation]) -> Vec<&'static str> {
    deviations.iter().map(|found| found.rule.name).collect()
}

/// RFC 4975 section 11.1. The body has a line end of its own, else its range of 16 octets would be wrong.
#[test]
fn the_session_of_section_11_passes() {
    let decoded = read(SEND);
    assert_eq!(found(&decoded.deviations), Vec::<&str>::new());
    let message = decoded.value;
    assert_eq!(message.method(), Some(Method::SEND));
    assert_eq!(message.transaction(), Some(&b"d93kswow"[..]));
    assert_eq!(message.to_path().next().unwrap().to_string(), TO);
    assert_eq!(message.from_path().next().unwrap().session_id(), Some(&b"iau39soe2843z"[..]));
    assert_eq!(message.message_id(), Some(&b"12339sdqwer"[..]));
    assert_eq!(message.byte_range(), Some(ByteRange { start: 1, end: Some(16), total: Some(16) }));
    assert!(message.content_type().unwrap().is("text/plain"));
    assert_eq!(message.body(), Some(&b"Hi, I'm Alice!\r\n"[..]));
    assert_eq!(message.flag(), Some(Flag::Final));
    assert_eq!((message.success_report(), message.failure_report()), (false, FailureReport::Yes));
    assert_eq!(&SEND[message.end_line_span()], "-------d93kswow$");

    let decoded = read(OK);
    assert_eq!(found(&decoded.deviations), Vec::<&str>::new());
    assert_eq!((decoded.value.status(), decoded.value.comment()), (Some(200), Some(&b"OK"[..])));
    assert_eq!(decoded.value.body(), None);

    let decoded = read(REPORT);
    assert_eq!(found(&decoded.deviations), Vec::<&str>::new());
    let status = decoded.value.report_status().unwrap();
    assert_eq!((status.namespace, status.code, status.comment), (0, 200, Some(&b"OK"[..])));
}

/// RFC 4975 section 11.4; chunks of that size are only good for print.
#[test]
fn the_chunked_message_of_section_11_is_put_together() {
    let cpim = "To: Bob <sip:bob@example.com>\r\nFrom: Alice <sip:alice@example.com>\r\n\
        DateTime: 2006-05-15T15:02:31-03:00\r\nContent-Type: text/plain\r\n\r\nABCD";
    let head = |transaction, range| {
        SEND.split("Byte-Range").next().unwrap().replace("d93kswow", transaction)
            + &format!("Byte-Range: {range}/148\r\nContent-Type: message/cpim\r\n\r\n")
    };
    let first = head("d93kswow", "1-137") + cpim + "\r\n-------d93kswow+\r\n";
    let second = head("op2nc9a", "138-148") + "1234567890\r\n-------op2nc9a$\r\n";
    let (first, second) = (read(&first), read(&second));
    assert_eq!(found(&first.deviations), ["msrp.chunk-small"]);
    // The body has 137 octets as printed; the second chunk needs a line end for its eleven.
    assert_eq!(found(&second.deviations), ["msrp.byte-range-body", "msrp.flag-final"]);
    let mut reassembly = Reassembly::new();
    assert_eq!(reassembly.take(&first.value).value, Progress::Partial(137));
    let decoded = reassembly.take(&second.value);
    assert_eq!(found(&decoded.deviations), ["msrp.chunk-total"]);
    let Progress::Complete(whole) = decoded.value else { panic!("{decoded:?}") };
    assert_eq!(whole.octets, (cpim.to_owned() + "1234567890").as_bytes());
    assert_eq!((whole.chunks, &whole.content_type[..]), (2, &b"message/cpim"[..]));
    assert_eq!(reassembly.held(), 0);
}

#[test]
fn what_the_grammar_leaves_open_passes() {
    for (right, as_good) in [
        ("To-Path", "to-path"),
        ("Byte-Range: 1-16/16", "Byte-Range: 1-*/16"),
        ("Byte-Range: 1-16/16", "Byte-Range: 1-*/*"),
        ("Byte-Range: 1-16/16", "Byte-Range: 1-16/*"),
        ("Message-ID", "X-Other: \r\nMessage-ID"),
        ("Message-ID", "Failure-Report: partial\r\nSuccess-Report: yes\r\nMessage-ID"),
        ("Content-Type", "Content-Disposition: render\r\nContent-Type"),
        ("text/plain", "text/plain;charset=\"utf-8\""),
        ("Hi, I'm Alice!", "-------abcdefg$"),
        ("Hi, I'm Alice!", "-------d93kswo$"),
        ("d93kswow", "a.-+%=09"),
        ("To-Path: ", "To-Path: msrps://[2001:db8::1]:2855/x;tcp;a=b "),
    ] {
        assert!(SEND.contains(right), "{right}");
        let mut text = SEND.replace(right, as_good);
        if right.starts_with("Hi") {
            text = text.replace("1-16/16", "1-17/17");
        }
        assert_eq!(found(&read(&text).deviations), Vec::<&str>::new(), "{as_good}");
    }
    for text in [
        OK.replace(" OK", ""),
        OK.replace("200 OK", "299 \u{e9} any text"),
        "MSRP d93k AUTH\r\nTo-Path: msrp://a;tcp\r\nFrom-Path: msrp://b;tcp\r\n-------d93k$\r\n".to_owned(),
        // Without a body, with an empty one, and one that refers to nothing.
        SEND.replace("Content-Type: text/plain\r\n\r\nHi, I'm Alice!\r\n\r\n", "")
            .replace("1-16/16", "1-0/0"),
        SEND.replace("\r\nHi, I'm Alice!\r\n\r\n", "\r\n\r\n").replace("1-16/16", "1-0/0"),
    ] {
        assert_eq!(found(&read(&text).deviations), Vec::<&str>::new(), "{text}");
    }
}

/// RFC 4975 section 6.1.
#[test]
fn uris_are_compared_by_the_rules() {
    let same = |one: &str, other: &str| {
        let parse = |text| MsrpUri::parse(str::as_bytes(text)).unwrap();
        parse(one).equivalent(&parse(other))
    };
    for (one, other, equal) in [
        ("msrp://host.example.com:8493/asfd34;tcp", "MSRP://HOST.example.com:8493/asfd34;TCP", true),
        ("msrp://host.example.com:8493/asfd34;tcp", "msrps://host.example.com:8493/asfd34;tcp", false),
        ("msrp://host:8493/asfd34;tcp", "msrp://host:8493/ASFD34;tcp", false),
        ("msrp://host:8493/asfd34;tcp", "msrp://host:8493;tcp", false),
        ("msrp://host:8493/asfd34;tcp", "msrp://host/asfd34;tcp", false),
        ("msrp://host:2855/a;tcp", "msrp://host:02855/a;tcp", true),
        ("msrp://host:8493/a;tcp", "msrp://host:8493/a;sctp", false),
        ("msrp://user@host:8493/a;tcp", "msrp://host:8493/a;tcp", true),
        ("msrp://h%6fst:8493/a;tcp", "msrp://host:8493/a;tcp", true),
        ("msrp://[2001:db8::1]:1/a;tcp", "msrp://[2001:DB8:0:0::1]:1/a;tcp", true),
        ("msrp://192.0.2.1:1/a;tcp", "msrp://192.0.2.2:1/a;tcp", false),
        ("msrp://host:1/a;tcp;x=1", "msrp://host:1/a;tcp;x=2", true),
    ] {
        assert_eq!((same(one, other), same(other, one)), (equal, equal), "{one} {other}");
    }
}

#[test]
fn a_response_goes_back_the_way_the_request_came() {
    let relayed = SEND.replace("From-Path: ", "From-Path: msrps://relay.example.org:9000/h;tcp ");
    let request = read(&relayed).value;
    let octets = respond(&request, 200);
    let decoded = decode(&octets);
    assert_eq!(found(&decoded.deviations), Vec::<&str>::new());
    let response = decoded.value;
    assert_eq!(
        response.to_path().map(|uri| uri.to_string()).collect::<Vec<_>>(),
        ["msrps://relay.example.org:9000/h;tcp"]
    );
    assert_eq!(found(&check_response(&request, &response)), Vec::<&str>::new());
    let whole = format!("msrps://relay.example.org:9000/h;tcp {FROM}");
    let wrong = OK.replace("d93kswow", "other123").replace(FROM, &whole).replace("bob.", "carol.");
    let names = found(&check_response(&request, &read(&wrong).value));
    assert_eq!(names, ["msrp.response-transaction", "msrp.response-path", "msrp.response-from"]);
    // A request that is no SEND is answered along the whole path.
    let other = relayed.replace(" SEND", " AUTH");
    let octets = respond(&read(&other).value, 501);
    assert_eq!(decode(&octets).value.to_path().count(), 2);
    assert!(octets.starts_with(b"MSRP d93kswow 501 Unknown Method\r\n"));

    assert_eq!(respond(&read(SEND).value, 200), OK.as_bytes());
    let range = ByteRange { start: 1, end: Some(106), total: Some(106) };
    assert_eq!(report(&read(SEND).value, 200, range, "dkei38sd").encode(), REPORT.as_bytes());
}

#[test]
fn responses_are_due_as_failure_report_says() {
    for (value, fine, failed) in
        [("", true, true), ("yes", true, true), ("partial", false, true), ("no", false, false)]
    {
        let header = if value.is_empty() { String::new() } else { format!("Failure-Report: {value}\r\n") };
        let text = SEND.replace("Message-ID", &format!("{header}Message-ID"));
        let request = read(&text).value;
        assert_eq!((is_due(&request, 200), is_due(&request, 415)), (fine, failed), "{value}");
    }
    assert!(!is_due(&read(REPORT).value, 400));
    assert!(!is_due(&read(OK).value, 400));
}

#[test]
fn a_transaction_identifier_is_not_in_the_body() {
    let first = TransactionId::free_in(7, b"");
    let body = format!("x-------{first}$\r\ny-------{}", TransactionId::free_in(8, b""));
    let chosen = TransactionId::free_in(7, body.as_bytes());
    assert_eq!(chosen, TransactionId::free_in(9, b""));
    assert!(lex::is_ident(chosen.as_str().as_bytes()));
    assert_eq!(TransactionId::free_in(u128::MAX, b"").as_str().len(), 26);
}

#[test]
fn the_builder_can_be_made_to_write_what_is_wrong() {
    let base = Builder::request("SEND", "abcd", "msrp://a;tcp", "msrp://b;tcp")
        .message_id("1234")
        .body("text/plain", "x");
    assert_eq!(
        base.clone().set("message-id", "5").without("From-Path").raw("X\n").raw_end("\r\n-------efgh$").encode(),
        b"MSRP abcd SEND\r\nTo-Path: msrp://a;tcp\r\nmessage-id: 5\r\nX\nContent-Type: text/plain\r\n\r\nx\r\n-------efgh$"
    );
    let bare = base.without("Content-Type").transaction("wxyz").flag(Flag::Aborted).encode();
    assert!(bare.ends_with(b"Message-ID: 1234\r\n\r\nx\r\n-------wxyz#\r\n"));
}

#[test]
fn chunks_are_cut_as_the_sender_wants() {
    let message =
        Builder::request("SEND", "unused", TO, FROM).message_id("abcd").body("text/plain", "x".repeat(5000));
    let ranges = |chunking| {
        let mut number = 0;
        let chunks: Vec<_> = message
            .chunks(chunking, || {
                number += 1;
                number
            })
            .collect();
        let mut ranges = Vec::new();
        for chunk in &chunks {
            let decoded = decode(chunk);
            assert_eq!(found(&decoded.deviations), Vec::<&str>::new());
            ranges.push(format!(
                "{} {:?}",
                decoded.value.byte_range().unwrap(),
                decoded.value.flag().unwrap()
            ));
        }
        ranges
    };
    assert_eq!(
        ranges(Chunking::default()),
        ["1-2048/5000 More", "2049-4096/5000 More", "4097-5000/5000 Final"]
    );
    assert_eq!(ranges(Chunking { total: false, ..Chunking::of(3000) }), ["1-*/* More", "3001-*/* Final"]);
    assert_eq!(ranges(Chunking { last: Flag::Aborted, ..Chunking::of(9000) }), ["1-*/5000 Aborted"]);
}
