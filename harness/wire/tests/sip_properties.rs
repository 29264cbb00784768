//! What holds for any octets.

use proptest::prelude::*;

use imdnspec_wire::sip::build::{RequestBuilder, ResponseBuilder};
use imdnspec_wire::sip::edit::{Edit, apply};
use imdnspec_wire::sip::{self, Message, respond};

const REQUEST: &str = "MESSAGE sip:user2@domain.com SIP/2.0\r\n\
    Via: SIP/2.0/TCP user1pc.domain.com;branch=z9hG4bK776sgdkse\r\n\
    Max-Forwards: 70\r\n\
    From: \"One\" <sip:user1@domain.com>;tag=49583\r\n\
    t: sip:user2@domain.com\r\n\
    Call-ID: asd88asd77a@1.2.3.4\r\n\
    CSeq: 1\r\n MESSAGE\r\n\
    Contact: <sip:user1@[2001:db8::1]:5060;transport=tcp>\r\n\
    Content-Type: text/plain\r\n\
    Content-Length: 18\r\n\
    \r\n\
    Watson, come here.";

/// Calls everything that reads a message; none of it may panic.
fn look_at(message: &Message<'_>) {
    let _ = (message.via_branch(), message.cseq(), message.call_id(), message.contact());
    let _ = (message.from_tag(), message.to_tag(), message.content_type(), message.content_length());
    let _ = (message.request_uri_parts(), message.reason(), message.body(), format!("{message:?}"));
    let _ = (sip::typed(message), respond(message, 200, Some("x"), &[]));
    let source = "192.0.2.1:5060".parse().ok();
    let _ = sip::Reply { status: 200, source, ..sip::Reply::default() }.to(message);
}

/// Checks what holds for every message, and looks at all of it.
fn check(octets: &[u8]) -> Result<(), TestCaseError> {
    let decoded = sip::decode(octets);
    let message = &decoded.value;
    look_at(message);
    for deviation in &decoded.deviations {
        prop_assert!(deviation.span.start <= deviation.span.end && deviation.span.end <= octets.len());
    }
    let mut at = message.start_line_span().end;
    for header in message.all_headers() {
        let (raw, name, value) = (header.raw_span(), header.name_span(), header.value_span());
        prop_assert!(at <= raw.start && raw.start == name.start && name.end <= value.start, "{header:?}");
        prop_assert!(value.start <= value.end && value.end <= raw.end);
        at = raw.end;
    }
    prop_assert!(at <= message.head_span().end && message.head_span().end == message.body_span().start);
    prop_assert_eq!(apply(octets, &[Edit::Drop("No-Such-Header".into())]), octets);
    let same = |one: &Message<'_>, other: &Message<'_>| {
        format!("{one:?}") == format!("{other:?}") && one.body_span() == other.body_span()
    };
    prop_assert!(same(&sip::read(octets), message));
    prop_assert!(same(&sip::read_streamed(octets), &sip::decode_streamed(octets).value));
    Ok(())
}

fn token() -> impl Strategy<Value = String> {
    "[A-Za-z0-9.!%*_+`'~-]{1,12}"
}

proptest! {
    #[test]
    fn any_octets_are_decoded(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        check(&octets)?;
    }

    #[test]
    fn sip_shaped_octets_are_decoded(text in "(SIP/2.0 |M sip:a )?[ a-zA-Z0-9:;,<>\"\\\\@\r\n\t/.=?%\\[\\]-]{0,120}") {
        check(text.as_bytes())?;
    }

    #[test]
    fn mutated_messages_are_decoded(
        changes in proptest::collection::vec((0..REQUEST.len(), prop_oneof![
            any::<u8>(),
            proptest::sample::select(b"\r\n:;,<>\"\\ @[]?".to_vec()),
        ], 0u8..3), 1..8),
    ) {
        let mut octets = REQUEST.as_bytes().to_vec();
        for (at, octet, kind) in changes {
            let at = at.min(octets.len() - 1);
            match kind {
                0 => octets[at] = octet,
                1 => octets.insert(at, octet),
                _ => drop(octets.remove(at)),
            }
        }
        check(&octets)?;
    }

    #[test]
    fn requests_round_trip(
        method in token(),
        user in "[a-z0-9]{1,8}",
        name in "X-[A-Za-z0-9-]{0,10}",
        value in "[!-~\u{e0}-\u{ff}]([ -~\u{e0}-\u{ff}]{0,30}[!-~])?",
        branch in "[A-Za-z0-9]{1,10}",
        tag in token(),
        call_id in token(),
        number in 0u32..1 << 31,
        body in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        let uri = format!("sip:{user}@example.com;lr");
        let branch = format!("z9hG4bK{branch}");
        let octets = RequestBuilder::new(&method, &uri)
            .via("TCP", "[2001:db8::1]:5060", &branch)
            .from(&format!("<{uri}>;tag={tag}"))
            .to(&format!("\"{user}\" <{uri}>"))
            .call_id(&call_id)
            .cseq(number)
            .max_forwards(70)
            .header(&name, &value)
            .body("application/octet-stream", body.clone())
            .build()
            .unwrap();
        let decoded = sip::decode(&octets);
        prop_assert_eq!(&decoded.deviations, &[]);
        let message = decoded.value;
        prop_assert_eq!(message.method().unwrap().0, method.as_bytes());
        prop_assert_eq!(message.request_uri().unwrap(), uri.as_bytes());
        prop_assert_eq!(message.via_branch().unwrap(), branch.as_bytes());
        prop_assert_eq!(message.from_tag().unwrap(), tag.as_bytes());
        prop_assert_eq!(message.to().unwrap().display_name().unwrap(), user.as_bytes());
        prop_assert_eq!(message.call_id().unwrap(), call_id.as_bytes());
        prop_assert_eq!(message.cseq().unwrap().number, number);
        prop_assert_eq!(message.header_named(name.as_bytes()).unwrap().value(), value.as_bytes());
        prop_assert_eq!(message.body(), body);

        let reply = respond(&message, 200, Some("r"), &[]);
        let decoded = sip::decode(&reply);
        prop_assert_eq!(&decoded.deviations, &[]);
        prop_assert_eq!(decoded.value.call_id(), message.call_id());
        prop_assert_eq!(decoded.value.cseq(), message.cseq());
        prop_assert_eq!(decoded.value.via_branch(), message.via_branch());
        prop_assert_eq!(decoded.value.to_tag(), Some(&b"r"[..]));

        let response = ResponseBuilder::to_request(&message, 180).header("Server", "x").build().unwrap();
        prop_assert_eq!(sip::decode(&response).value.cseq(), message.cseq());
    }

    #[test]
    fn respelt_messages_mean_the_same(upper in any::<bool>(), compact in any::<bool>(), fold in any::<bool>()) {
        let plain = sip::decode(REQUEST.as_bytes()).value;
        let mut edits = Vec::new();
        for header in plain.all_headers() {
            let name = String::from_utf8_lossy(header.name()).into_owned();
            let short = header.id().compact().filter(|_| compact).map_or(name.clone(), String::from);
            edits.push(Edit::Rename(name, if upper { short.to_uppercase() } else { short.to_lowercase() }));
        }
        let mut text = String::from_utf8(apply(REQUEST.as_bytes(), &edits)).unwrap();
        if fold {
            text = text.replace(": ", " :\r\n\t");
        }
        let decoded = sip::decode(text.as_bytes());
        prop_assert_eq!(&decoded.deviations, &[]);
        let message = decoded.value;
        let values = |message: &Message<'_>| -> Vec<_> {
            message.all_headers().map(|header| (header.id(), header.value().into_owned())).collect()
        };
        prop_assert_eq!(values(&message), values(&plain));
        prop_assert_eq!(message.from(), plain.from().map(|from| sip_at(from, &message)));
    }
}

/// The same address, said to stand where the other message has it.
fn sip_at<'a>(
    address: imdnspec_wire::uri::NameAddr<'a>,
    message: &Message<'_>,
) -> imdnspec_wire::uri::NameAddr<'a> {
    let uri_span = message.from().map_or(0..0, |from| from.uri_span);
    imdnspec_wire::uri::NameAddr { uri_span, ..address }
}
