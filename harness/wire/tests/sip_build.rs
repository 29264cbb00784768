//! Building, answering and spoiling messages: what is built decodes to what was asked for, and what is spoilt is spoilt
//! in no other place.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use imdnspec_wire::sip::build::{BuildError, RequestBuilder, ResponseBuilder};
use imdnspec_wire::sip::edit::{Edit, apply};
use imdnspec_wire::sip::{self, HeaderId, Method, Reply, respond, rule};

fn request() -> RequestBuilder {
    RequestBuilder::new("MESSAGE", "sip:bob@[2001:db8::1]:5060")
        .via("UDP", "192.0.2.1:5060", "z9hG4bK1;rport")
        .max_forwards(70)
        .from("\"Alice\" <sip:alice@example.com>;tag=1")
        .to("<im:bob@example.com>")
        .call_id("abc@192.0.2.1")
        .cseq(7)
}

fn octets() -> Vec<u8> {
    request().body("text/plain", *b"\x00\xff\r\nbinary").build().unwrap()
}

fn names(octets: &[u8]) -> Vec<&'static str> {
    sip::decode(octets).deviations.iter().map(|deviation| deviation.rule.name).collect()
}

#[test]
fn a_request_is_written_as_asked() {
    let expected = "MESSAGE sip:bob@[2001:db8::1]:5060 SIP/2.0\r\n\
        Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport\r\n\
        Max-Forwards: 70\r\n\
        From: \"Alice\" <sip:alice@example.com>;tag=1\r\n\
        To: <im:bob@example.com>\r\n\
        Call-ID: abc@192.0.2.1\r\n\
        CSeq: 7 MESSAGE\r\n\
        Subject: hi\r\n\
        X-Own: 1\r\n\
        Content-Length: 0\r\n\r\n";
    let built = request().header("s", "hi").header("X-Own", " 1 ").build().unwrap();
    assert_eq!(String::from_utf8(built).unwrap(), expected);
}

#[test]
fn a_body_is_not_touched() {
    let octets = octets();
    let decoded = sip::decode(&octets);
    assert_eq!(decoded.deviations, []);
    assert_eq!(decoded.value.body(), b"\x00\xff\r\nbinary");
    assert_eq!(decoded.value.content_length(), Some(10));
}

#[test]
fn what_is_not_well_formed_is_not_built() {
    let value = |value: &str| request().header("Subject", value).build();
    assert!(matches!(value("a\r\nVia: x"), Err(BuildError::HeaderValue(name, _)) if name == "Subject"));
    assert!(matches!(value("a\0"), Err(BuildError::HeaderValue(..))));
    assert_eq!(request().header("a b", "c").build(), Err(BuildError::HeaderName("a b".into())));
    assert_eq!(request().header("l", "5").build(), Err(BuildError::ContentLength));
    assert_eq!(RequestBuilder::new("M S", "sip:a@b").build(), Err(BuildError::Method("M S".into())));
    for uri in ["", "bob", "sip:a b@c", "sip:a@b\r\n", "<sip:a@b>"] {
        assert_eq!(RequestBuilder::new("MESSAGE", uri).build(), Err(BuildError::Uri(uri.into())));
    }
    assert_eq!(ResponseBuilder::new(99).build(), Err(BuildError::Status(99)));
    assert!(ResponseBuilder::new(200).reason("a\nb").build().is_err());
}

#[test]
fn a_response_is_written_as_asked() {
    let octets = octets();
    let request = sip::decode(&octets).value;
    let built = ResponseBuilder::to_request(&request, 415).header("Accept", "message/cpim").build().unwrap();
    let decoded = sip::decode(&built);
    assert_eq!(names(&built), ["sip.to-tag"]);
    assert_eq!(
        (decoded.value.status(), decoded.value.reason()),
        (Some(415), Some(&b"Unsupported Media Type"[..]))
    );
    assert_eq!(decoded.value.header_named(b"accept").unwrap().value(), &b"message/cpim"[..]);
    assert_eq!(decoded.value.via_branch(), request.via_branch());
    let own = ResponseBuilder::new(299).reason("Fine by me").body("a/b", "x").build().unwrap();
    assert!(own.starts_with(b"SIP/2.0 299 Fine by me\r\nContent-Type: a/b\r\n"));
}

#[test]
fn a_reply_copies_what_it_has_to() {
    let text = "MESSAGE sip:b@b SIP/2.0\r\n\
        v: SIP/2.0/UDP p.example.com;branch=z9hG4bKp ,\r\n SIP/2.0/TCP q.example.com;branch=z9hG4bKq\r\n\
        Via: SIP/2.0/UDP r.example.com;branch=z9hG4bKr\r\n\
        f: \"\u{e9}\" <sip:a@a>;tag=1\r\n\
        Record-Route: <sip:p.example.com;lr>\r\n\
        Max-Forwards: 70\r\n\
        To: <sip:b@b>\r\n\
        i: x\r\n\
        CSeq: 1 MESSAGE\r\n\
        Content-Length: 0\r\n\r\n";
    let request = sip::decode(text.as_bytes());
    assert_eq!(request.deviations, []);
    let expected = "SIP/2.0 200 OK\r\n\
        v: SIP/2.0/UDP p.example.com;branch=z9hG4bKp , SIP/2.0/TCP q.example.com;branch=z9hG4bKq\r\n\
        Via: SIP/2.0/UDP r.example.com;branch=z9hG4bKr\r\n\
        f: \"\u{e9}\" <sip:a@a>;tag=1\r\n\
        To: <sip:b@b>;tag=me\r\n\
        i: x\r\n\
        CSeq: 1 MESSAGE\r\n\
        Server: imdnspec\r\n\
        Content-Length: 0\r\n\r\n";
    let reply = respond(&request.value, 200, Some("me"), &[("Server", "imdnspec")]);
    assert_eq!(String::from_utf8(reply.clone()).unwrap(), expected);
    assert_eq!(names(&reply), [""; 0]);
}

#[test]
fn a_tag_is_added_only_where_it_is_due() {
    let octets = octets();
    let request = sip::decode(&octets).value;
    assert_eq!(sip::decode(&respond(&request, 100, Some("me"), &[])).value.to_tag(), None);
    assert_eq!(sip::decode(&respond(&request, 200, Some("me"), &[])).value.to_tag(), Some(&b"me"[..]));
    let tagged = apply(&octets, &[Edit::Set("To".into(), b"<sip:b@b>;Tag=old".to_vec())]);
    let reply = respond(&sip::decode(&tagged).value, 200, Some("me"), &[]);
    assert_eq!(sip::decode(&reply).value.to().unwrap().params.text(), b";Tag=old");
    let plain = apply(&octets, &[Edit::Set("To".into(), b"sip:b@b".to_vec())]);
    assert_eq!(
        sip::decode(&respond(&sip::decode(&plain).value, 200, Some("me"), &[])).value.to_tag(),
        Some(&b"me"[..])
    );
}

#[test]
fn a_reply_says_where_the_request_came_from() {
    for (via, source, expected) in [
        ("SIP/2.0/UDP 192.0.2.1;branch=x", "192.0.2.1:5060", "SIP/2.0/UDP 192.0.2.1;branch=x"),
        (
            "SIP/2.0/UDP 192.0.2.1;branch=x",
            "192.0.2.2:5060",
            "SIP/2.0/UDP 192.0.2.1;branch=x;received=192.0.2.2",
        ),
        (
            "SIP/2.0/UDP airport.example ; rport ;\r\n branch = x, SIP/2.0/UDP b;branch=y;rport",
            "[2001:db8::1]:99",
            "SIP/2.0/UDP airport.example ;rport=99;branch=x;received=2001:db8::1, SIP/2.0/UDP b;branch=y;rport",
        ),
        ("SIP/2.0/UDP 192.0.2.1;rport", "192.0.2.1:99", "SIP/2.0/UDP 192.0.2.1;rport=99;received=192.0.2.1"),
        ("SIP/2.0/UDP a;received=1.1.1.1", "192.0.2.1:99", "SIP/2.0/UDP a;received=1.1.1.1"),
        ("nonsense", "192.0.2.1:99", "nonsense"),
    ] {
        let request = apply(&octets(), &[Edit::Set("Via".into(), via.into())]);
        let reply = Reply { status: 200, source: Some(source.parse().unwrap()), ..Reply::default() };
        let reply = reply.to(&sip::decode(&request).value);
        let found = sip::decode(&reply).value.header(HeaderId::VIA).unwrap().value().into_owned();
        assert_eq!(String::from_utf8(found).unwrap(), expected);
    }
}

#[test]
fn a_reply_may_have_a_body_and_a_reason() {
    let octets = octets();
    let headers = [("Content-Type", "text/plain")];
    let reply =
        Reply { status: 403, reason: Some("Go away"), headers: &headers, body: b"\xff", ..Reply::default() };
    let reply = reply.to(&sip::decode(&octets).value);
    let message = sip::decode(&reply).value;
    assert_eq!((message.reason(), message.body()), (Some(&b"Go away"[..]), &b"\xff"[..]));
}

#[test]
fn a_dialog_keeps_its_route() {
    let edits = [
        Edit::StartLine(b"SUBSCRIBE sip:b@b SIP/2.0".to_vec()),
        Edit::Set("CSeq".into(), b"7 SUBSCRIBE".to_vec()),
        Edit::Add("Record-Route".into(), b"<sip:p;lr>".to_vec()),
    ];
    let octets = apply(&octets(), &edits);
    let request = sip::decode(&octets).value;
    let routes = |status| {
        sip::decode(&respond(&request, status, None, &[])).value.headers(HeaderId::RECORD_ROUTE).count()
    };
    assert_eq!((routes(100), routes(202), routes(403)), (0, 1, 0));
}

#[test]
fn each_edit_changes_one_thing() {
    let text = String::from_utf8_lossy(&octets()).into_owned();
    let octets = text.as_bytes();
    let replaced = |from: &str, to: &str| {
        assert!(text.contains(from), "{from:?}");
        text.replacen(from, to, 1)
    };
    let from = "From: \"Alice\" <sip:alice@example.com>;tag=1\r\n";
    for (edit, expected) in [
        (Edit::Drop("f".into()), replaced(from, "")),
        (Edit::Set("FROM".into(), b"x".to_vec()), replaced(from, "From: x\r\n")),
        (Edit::Set("X".into(), b"y".to_vec()), replaced("\r\n\r\n", "\r\nX: y\r\n\r\n")),
        (Edit::Add("From".into(), b"y".to_vec()), replaced("\r\n\r\n", "\r\nFrom: y\r\n\r\n")),
        (Edit::AddFirst("v".into(), b"y".to_vec()), replaced("Via:", "v: y\r\nVia:")),
        (Edit::Rename("from".into(), "f".into()), replaced("From:", "f:")),
        (Edit::Line(b"no colon\n".to_vec()), replaced("\r\n\r\n", "\r\nno colon\n\r\n")),
        (Edit::ContentLength(9999), replaced("Content-Length: 10", "Content-Length: 9999")),
        (Edit::StartLine(b"HELLO".to_vec()), replaced("MESSAGE sip:bob@[2001:db8::1]:5060 SIP/2.0", "HELLO")),
        (Edit::NoEmptyLine, replaced("\r\n\r\n", "\r\n")),
        (Edit::Prefix(b"\r\n".to_vec()), format!("\r\n{text}")),
        (Edit::Suffix(b"more".to_vec()), format!("{text}more")),
        (Edit::Truncate(10), text[..10].to_owned()),
        (Edit::Truncate(100_000), text.clone()),
        (Edit::Raw(b"raw".to_vec()), "raw".to_owned()),
    ] {
        assert_eq!(
            String::from_utf8(apply(octets, std::slice::from_ref(&edit))).unwrap(),
            expected,
            "{edit:?}"
        );
    }
}

#[test]
fn edits_follow_each_other() {
    let edits = [Edit::Body(b"12345".to_vec()), Edit::ContentLength(3), Edit::LineEnd(b"\n".to_vec())];
    let edited = apply(&octets(), &edits);
    let decoded = sip::decode(&edited);
    assert!(
        decoded.breaks(&rule::BODY_SURPLUS) && decoded.breaks(&rule::BARE_LF),
        "{:?}",
        decoded.deviations
    );
    assert_eq!(decoded.value.body(), b"123");
    let once = apply(
        &octets(),
        &[Edit::Add("X".into(), vec![]), Edit::Add("X".into(), vec![]), Edit::Set("x".into(), b"1".to_vec())],
    );
    assert_eq!(sip::decode(&once).value.headers_named(b"X").count(), 1);
    let right = apply(&octets(), &[Edit::Body(b"12345".to_vec())]);
    assert_eq!(names(&right), [""; 0]);
}

#[test]
fn lines_that_are_no_headers_survive_edits() {
    let octets = apply(&octets(), &[Edit::Line(b"stray\r\n".to_vec()), Edit::Add("Z".into(), b"1".to_vec())]);
    let edited = apply(&octets, &[Edit::Drop("Subject".into())]);
    assert_eq!(edited, octets);
    let method = sip::decode(&edited).value.method();
    assert_eq!(method, Some(Method::MESSAGE));
}
