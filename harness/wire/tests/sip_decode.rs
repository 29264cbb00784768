//! Decoding: what is legal gives no deviation, what is not gives the one that names it, and the value is there anyway.

use imdnspec_wire::sip::{self, CSeq, HeaderId, Method, StartLine, rule};

/// RFC 3428 section 10, F1, with the header that every request needs.
const REQUEST: &str = "MESSAGE sip:user2@domain.com SIP/2.0\r\n\
    Via: SIP/2.0/TCP user1pc.domain.com;branch=z9hG4bK776sgdkse\r\n\
    Max-Forwards: 70\r\n\
    From: sip:user1@domain.com;tag=49583\r\n\
    To: sip:user2@domain.com\r\n\
    Call-ID: asd88asd77a@1.2.3.4\r\n\
    CSeq: 1 MESSAGE\r\n\
    Content-Type: text/plain\r\n\
    Content-Length: 18\r\n\
    \r\n\
    Watson, come here.";

/// RFC 3428 section 10, F4.
const RESPONSE: &str = "SIP/2.0 200 OK\r\n\
    Via: SIP/2.0/TCP user1pc.domain.com;branch=z9hG4bK776sgdkse;received=1.2.3.4\r\n\
    From: sip:user1@domain.com;tag=49583\r\n\
    To: sip:user2@domain.com;tag=ab8asdasd9\r\n\
    Call-ID: asd88asd77a@1.2.3.4\r\n\
    CSeq: 1 MESSAGE\r\n\
    Content-Length: 0\r\n\r\n";

fn names(octets: &[u8]) -> Vec<&'static str> {
    sip::decode(octets).deviations.iter().map(|deviation| deviation.rule.name).collect()
}

/// The request with one text replaced by another.
fn changed(from: &str, to: &str) -> String {
    assert!(REQUEST.contains(from), "{from:?}");
    REQUEST.replacen(from, to, 1)
}

#[test]
fn a_request_is_taken_apart() {
    let decoded = sip::decode(REQUEST.as_bytes());
    assert_eq!(decoded.deviations, []);
    let message = decoded.value;
    assert!(message.is_request() && !message.is_response());
    assert_eq!(message.method(), Some(Method::MESSAGE));
    assert_eq!(message.request_uri(), Some(&b"sip:user2@domain.com"[..]));
    assert_eq!(message.via_branch(), Some(&b"z9hG4bK776sgdkse"[..]));
    assert_eq!(message.via().unwrap().sent_by.host, b"user1pc.domain.com");
    assert_eq!(message.from_tag(), Some(&b"49583"[..]));
    assert_eq!(message.to().unwrap().uri.user(), Some(&b"user2"[..]));
    assert_eq!(message.to_tag(), None);
    assert_eq!(message.call_id(), Some(&b"asd88asd77a@1.2.3.4"[..]));
    assert_eq!(message.cseq(), Some(CSeq { number: 1, method: Method::MESSAGE }));
    assert_eq!(message.content_type().unwrap(), &b"text/plain"[..]);
    assert_eq!(message.content_length(), Some(18));
    assert_eq!(message.body(), b"Watson, come here.");
    assert_eq!((message.status(), message.reason()), (None, None));
}

#[test]
fn a_response_is_taken_apart() {
    let decoded = sip::decode(RESPONSE.as_bytes());
    assert_eq!(decoded.deviations, []);
    let message = decoded.value;
    assert!(message.is_response() && !message.is_request());
    assert_eq!((message.status(), message.reason()), (Some(200), Some(&b"OK"[..])));
    assert_eq!(message.to_tag(), Some(&b"ab8asdasd9"[..]));
    assert_eq!((message.method(), message.cseq().unwrap().method), (None, Method::MESSAGE));
    assert_eq!(message.body(), b"");
}

#[test]
fn headers_keep_their_octets() {
    let message = sip::decode(REQUEST.as_bytes()).value;
    let header = message.header(HeaderId::MAX_FORWARDS).unwrap();
    assert_eq!(header.raw(), b"Max-Forwards: 70\r\n");
    assert_eq!((header.name(), header.raw_value()), (&b"Max-Forwards"[..], &b"70"[..]));
    assert_eq!(&REQUEST[header.value_span()], "70");
}

#[test]
fn legal_variants_are_no_deviations() {
    for (from, to) in [
        ("Via:", "v:"),
        ("From:", "F :"),
        ("To:", "t\t:"),
        ("Call-ID:", "I:"),
        ("Content-Type:", "c:"),
        ("Content-Length: 18", "l:18"),
        ("Max-Forwards:", "mAX-fORWARDS:"),
        ("CSeq: 1 MESSAGE", "CSeq:\r\n 1\r\n\tMESSAGE"),
        ("MESSAGE sip:user2@domain.com", "MESSAGE im:user2@domain.com"),
        ("MESSAGE sip:user2@domain.com", "MESSAGE tel:+15551234"),
        ("MESSAGE sip:user2@domain.com", "MESSAGE urn:service:sos"),
        ("Via: SIP/2.0/TCP user1pc.domain.com", "Via: SIP / 2.0 / UDP [2001:db8::1]:5060"),
        ("Max-Forwards: 70", "Subject: caf\u{e9}\r\nMax-Forwards: 0"),
        ("Max-Forwards: 70", "X-Unknown!: ;;,,\r\nMax-Forwards: 255"),
        ("To: sip:user2@domain.com", "To: \"Two \\\"quotes\\\", a comma <and> more\" <sip:user2@domain.com>"),
    ] {
        let text = changed(from, to);
        assert_eq!(names(text.as_bytes()), [""; 0], "{to}");
        let message = sip::decode(text.as_bytes()).value;
        assert_eq!((message.from_tag(), message.cseq().unwrap().number), (Some(&b"49583"[..]), 1), "{to}");
        assert_eq!(message.body(), b"Watson, come here.", "{to}");
    }
}

#[test]
fn every_rule_has_an_octet_that_breaks_it() {
    for (octets, rule) in [
        (changed("MESSAGE sip", "\r\nMESSAGE sip"), &rule::LEADING_LINE),
        (changed("Max-Forwards: 70\r\n", "Max-Forwards: 70\n"), &rule::BARE_LF),
        (changed("Max-Forwards: 70", "X: 1\r2\r\nMax-Forwards: 70"), &rule::BARE_CR),
        (changed("\r\n\r\nWatson, come here.", "\r\n"), &rule::HEAD_END),
        (changed("MESSAGE sip:user2@domain.com SIP/2.0", "Hello, world"), &rule::START_LINE),
        (changed("com SIP/2.0", "com  SIP/2.0"), &rule::REQUEST_LINE),
        (changed("MESSAGE sip", "MESS@GE sip"), &rule::METHOD),
        (changed("sip:user2@domain.com SIP", "<sip:user2@domain.com> SIP"), &rule::REQUEST_URI),
        (changed("sip:user2@domain.com SIP", "sip:user2@domain.com?a=b SIP"), &rule::REQUEST_URI_HEADERS),
        (changed("com SIP/2.0", "com SIP/3.0"), &rule::VERSION),
        (changed("com SIP/2.0", "com sip/2.0"), &rule::VERSION),
        (changed("Max-Forwards: 70", "Nonsense\r\nMax-Forwards: 70"), &rule::HEADER_COLON),
        (changed("Max-Forwards: 70", "No token: 1\r\nMax-Forwards: 70"), &rule::HEADER_NAME),
        (changed("Max-Forwards: 70", ": empty\r\nMax-Forwards: 70"), &rule::HEADER_NAME),
        (changed("SIP/2.0\r\nVia", "SIP/2.0\r\n fold\r\nVia"), &rule::FOLD_WITHOUT_HEADER),
        (changed("Max-Forwards: 70", "To: sip:a@b\r\nMax-Forwards: 70"), &rule::HEADER_REPEATED),
        (changed("To:", "Too:"), &rule::TO_MISSING),
        (changed("From:", "Form:"), &rule::FROM_MISSING),
        (changed("CSeq:", "C-Seq:"), &rule::CSEQ_MISSING),
        (changed("Call-ID:", "CallID:"), &rule::CALL_ID_MISSING),
        (changed("Max-Forwards:", "Hops:"), &rule::MAX_FORWARDS_MISSING),
        (changed("Via:", "Way:"), &rule::VIA_MISSING),
        (changed("CSeq: 1 ", "CSeq: 2147483648 "), &rule::CSEQ_VALUE),
        (changed("CSeq: 1 ", "CSeq: one "), &rule::CSEQ_VALUE),
        (changed("1 MESSAGE", "1 message"), &rule::CSEQ_METHOD),
        (changed("asd88asd77a@1.2.3.4", "a b"), &rule::CALL_ID_VALUE),
        (changed("asd88asd77a@1.2.3.4", "a@b@c"), &rule::CALL_ID_VALUE),
        (changed("Max-Forwards: 70", "Max-Forwards: 256"), &rule::MAX_FORWARDS_VALUE),
        (changed("Max-Forwards: 70", "Max-Forwards:"), &rule::MAX_FORWARDS_VALUE),
        (changed("SIP/2.0/TCP user1pc", "TCP user1pc"), &rule::VIA_VALUE),
        (changed(";branch=z9hG4bK776sgdkse", ""), &rule::VIA_BRANCH),
        (changed("z9hG4bK776sgdkse", "776sgdkse"), &rule::VIA_COOKIE),
        (changed(";tag=49583", ""), &rule::FROM_TAG),
        (changed("Content-Length: 18", "Content-Length: eighteen"), &rule::CONTENT_LENGTH_VALUE),
        (
            changed("Content-Length: 18", "Content-Length: 99999999999999999999999"),
            &rule::CONTENT_LENGTH_VALUE,
        ),
        (changed("Content-Length: 18", "Content-Length: 18\r\nl: 18"), &rule::CONTENT_LENGTH_CONFLICT),
        (changed("Content-Length: 18", "Content-Length: 19"), &rule::BODY_TRUNCATED),
        (changed("Content-Length: 18", "Content-Length: 17"), &rule::BODY_SURPLUS),
        (changed("Content-Type", "X-Content-Type"), &rule::CONTENT_TYPE_MISSING),
    ] {
        let decoded = sip::decode(octets.as_bytes());
        assert!(decoded.breaks(rule), "{} in {octets:?}: {:?}", rule.name, decoded.deviations);
        let inside = |deviation: &imdnspec_wire::deviation::Deviation| deviation.span.end <= octets.len();
        assert!(decoded.deviations.iter().all(inside));
    }
}

#[test]
fn status_lines_break_rules_of_their_own() {
    for (line, rule) in [
        ("SIP/2.0 200", Some(&rule::STATUS_LINE)),
        ("SIP/2.0 200 ", None),
        ("SIP/2.0 99 Low", Some(&rule::STATUS_CODE)),
        ("SIP/2.0 700 High", Some(&rule::STATUS_CODE)),
        ("SIP/2.0 0200 Long", Some(&rule::STATUS_CODE)),
        ("SIP/2.0 OK", Some(&rule::STATUS_CODE)),
        ("SIP/1.0 200 OK", Some(&rule::VERSION)),
        ("SIP/2.0", Some(&rule::STATUS_LINE)),
    ] {
        let text = RESPONSE.replacen("SIP/2.0 200 OK", line, 1);
        let decoded = sip::decode(text.as_bytes());
        assert!(decoded.value.is_response(), "{line}");
        assert_eq!(decoded.deviations.is_empty(), rule.is_none(), "{line}: {:?}", decoded.deviations);
        assert!(rule.is_none_or(|rule| decoded.breaks(rule)), "{line}: {:?}", decoded.deviations);
    }
    let untagged = RESPONSE.replacen(";tag=ab8asdasd9", "", 1);
    assert_eq!(names(untagged.as_bytes()), ["sip.to-tag"]);
    let trying = untagged.replacen("200 OK", "100 Trying", 1);
    assert_eq!(names(trying.as_bytes()), [""; 0]);
}

#[test]
fn a_deviation_points_at_its_octets() {
    let text = changed("Max-Forwards: 70\r\n", "Max-Forwards: 70\nNo colon here\r\n  and more\r\n");
    let deviations = sip::decode(text.as_bytes()).deviations;
    let found: Vec<_> =
        deviations.iter().map(|deviation| (deviation.rule.name, &text[deviation.span.clone()])).collect();
    assert_eq!(found, [("sip.header-colon", "No colon here\r\n  and more"), ("sip.bare-lf", "\n")]);
    assert_eq!(deviations[1].detail, "1 of 12 lines end with LF alone");
}

#[test]
fn a_message_with_bare_line_feeds_is_read_all_the_same() {
    let text = REQUEST.replace("\r\n", "\n");
    let decoded = sip::decode(text.as_bytes());
    assert_eq!(names(text.as_bytes()), ["sip.bare-lf"]);
    assert_eq!(decoded.value.body(), b"Watson, come here.");
    assert_eq!(decoded.value.from_tag(), Some(&b"49583"[..]));
}

#[test]
fn octets_beyond_utf8_are_kept() {
    let mut octets = REQUEST.as_bytes().to_vec();
    let at = REQUEST.find("Content-Type").unwrap();
    octets.splice(at..at, *b"Subject: \xff\xfe\x00\r\n");
    let decoded = sip::decode(&octets);
    assert_eq!(decoded.deviations, []);
    assert_eq!(decoded.value.header(HeaderId::SUBJECT).unwrap().value(), &b"\xff\xfe\x00"[..]);
}

#[test]
fn what_is_no_sip_is_only_that() {
    for octets in [&b""[..], b"\r\n\r\n", b"\0", b"GET / HTTP/1.1\r\n\r\n", b"SIP", b"MSRP a786hjs2 SEND\r\n"]
    {
        let decoded = sip::decode(octets);
        assert_eq!(*decoded.value.start(), StartLine::Unknown);
        assert!(
            decoded.breaks(&rule::START_LINE) && decoded.deviations.len() <= 3,
            "{:?}",
            decoded.deviations
        );
    }
}

#[test]
fn over_a_stream_a_length_is_due() {
    let text = changed("Content-Length: 18\r\n", "");
    assert_eq!(sip::decode(text.as_bytes()).deviations, []);
    let streamed = sip::decode_streamed(text.as_bytes());
    assert!(streamed.breaks(&rule::CONTENT_LENGTH_MISSING) && streamed.value.body().is_empty());
    assert_eq!(sip::decode_streamed(REQUEST.as_bytes()).deviations, []);
}

#[test]
fn rsip_sees_what_it_would_refuse() {
    let text = changed("From: sip:user1@domain.com;tag=49583", "f :\r\n sip:user1@domain.com\r\n ;tag=49583");
    assert!(rsip::SipMessage::try_from(text.as_bytes()).is_err());
    let typed = sip::typed(&sip::decode(text.as_bytes()).value).unwrap();
    assert_eq!(typed.body(), b"Watson, come here.");
    use rsip::prelude::{HeadersExt, UntypedHeader};
    assert_eq!(typed.from_header().unwrap().value(), "sip:user1@domain.com ;tag=49583");
    let extension = REQUEST.replace("MESSAGE", "FOO");
    assert_eq!(sip::typed(&sip::decode(extension.as_bytes()).value), None);
}

/// Each of these would take minutes if anything in the decoder were quadratic.
#[test]
fn hostile_values_are_read_in_one_pass() {
    for unit in
        ["\\\",", "<,", "\\\";", "<;", "\r\n ", "\r\nX", "\n", ",", ";", "\"", "\r\n\tx", ":", "%", "=;"]
    {
        for name in ["Via: SIP/2.0/UDP a;b", "From: x", "Contact: <sip:a@b>", "CSeq: 1", "Subject:"] {
            let text = format!("MESSAGE sip:a@b SIP/2.0\r\n{name}{}", unit.repeat(100_000));
            let decoded = sip::decode(text.as_bytes());
            assert!(decoded.value.is_request() && !decoded.deviations.is_empty());
        }
    }
}

#[test]
fn rules_have_names_of_their_own() {
    let mut names: Vec<_> =
        sip::RULES.iter().chain(imdnspec_wire::uri::RULES).map(|rule| rule.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(names.iter().all(|name| name.starts_with("sip.") || name.starts_with("uri.")));
}
