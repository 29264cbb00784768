use proptest::prelude::*;

use super::*;
use crate::deviation::Deviation;

/// RFC 4975 section 8.7, figure 9, with the attribute of RFC 6135.
const OFFER: &str = "v=0\r\n\
    o=usera 2890844526 2890844527 IN IP4 alice.example.com\r\n\
    s= -\r\n\
    c=IN IP4 alice.example.com\r\n\
    t=0 0\r\n\
    m=message 7394 TCP/MSRP *\r\n\
    a=accept-types:message/cpim text/plain text/html\r\n\
    a=path:msrp://alice.example.com:7394/2s93i93idj;tcp\r\n\
    a=setup:actpass\r\n";

/// RFC 4975 section 8.7, figure 10.
const ANSWER: &str = "v=0\r\n\
    o=userb 2890844530 2890844532 IN IP4 bob.example.com\r\n\
    s= -\r\n\
    c=IN IP4 bob.example.com\r\n\
    t=0 0\r\n\
    m=message 8493 TCP/MSRP *\r\n\
    a=accept-types:message/cpim text/plain\r\n\
    a=path:msrp://bob.example.com:8493/si438dsaodes;tcp\r\n";

fn read(text: &str) -> Decoded<Session<'_>> {
    decode(text.as_bytes(), 0..text.len())
}

fn found(deviations: &[Deviation]) -> Vec<&'static str> {
    deviations.iter().map(|found| found.rule.name).collect()
}

#[test]
fn the_exchange_of_section_8_7_passes() {
    let offer = read(OFFER);
    assert_eq!(found(&offer.deviations), Vec::<&str>::new());
    let media = offer.value.msrp().next().unwrap();
    assert_eq!((media.kind(), media.port(), media.protocol()), ("message", Some(7394), "TCP/MSRP"));
    assert_eq!(media.path().next().unwrap().to_string(), "msrp://alice.example.com:7394/2s93i93idj;tcp");
    assert_eq!(
        media.accept_types().map(|format| format.0).collect::<Vec<_>>(),
        ["message/cpim", "text/plain", "text/html"]
    );
    assert_eq!((media.setup(), media.max_size()), (Some(Setup::ActPass), None));
    assert_eq!(media.address().unwrap().0, "alice.example.com");
    assert_eq!(offer.value.parsed().unwrap().medias.len(), 1);
    // RFC 4975 knows no setup, RFC 6135 wants it.
    let answer = read(ANSWER);
    assert_eq!(found(&answer.deviations), ["sdp.setup-missing"]);
    assert_eq!(check_offer(&offer.value), []);
    assert_eq!(check_answer(&offer.value, &answer.value), []);
}

#[test]
fn what_the_documents_allow_passes() {
    for (right, as_good) in [
        (
            "c=IN IP4 alice.example.com\r\nt=0 0\r\nm=message 7394 TCP/MSRP *\r\n",
            "t=0 0\r\nm=message 7394 TCP/MSRP *\r\nc=IN IP4 alice.example.com\r\n",
        ),
        ("message/cpim text/plain text/html", "*"),
        ("message/cpim text/plain text/html", "message/cpim text/* text/plain;charset=utf-8"),
        (
            "text/html\r\n",
            "text/html\r\na=accept-wrapped-types:image/png *\r\na=max-size:10240\r\na=sendonly\r\n",
        ),
        ("path:msrp://", "path:msrps://relay.example.org:2855/x;tcp msrp://"),
        ("TCP/MSRP *", "TCP/MSRP *\r\ni=talk"),
        ("t=0 0", "t=0 0\r\nr=7d 1h 0\r\nt=1 2"),
        ("m=message 7394 TCP/MSRP *", "m=audio 4000 RTP/AVP 0\r\nm=message 7394 TCP/MSRP *"),
    ] {
        assert!(OFFER.contains(right), "{right}");
        let text = OFFER.replacen(right, as_good, 1);
        assert_eq!(found(&read(&text).deviations), Vec::<&str>::new(), "{as_good}");
    }
    for text in [
        OFFER.replace("TCP/MSRP", "TCP/TLS/MSRP").replace("msrp:", "msrps:"),
        OFFER
            .replace("IP4 alice.example.com", "IP6 2001:db8::1")
            .replace("//alice.example.com", "//[2001:DB8:0::1]"),
        OFFER.replace("actpass", "active").replace("message 7394", "message 9"),
        // A refused medium needs nothing.
        "v=0\r\no=- 1 1 IN IP4 a\r\ns=-\r\nt=0 0\r\nm=message 0 TCP/MSRP *\r\n".to_owned(),
    ] {
        assert_eq!(found(&read(&text).deviations), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn each_fault_is_named_where_it_stands() {
    let media = "m=message 7394 TCP/MSRP *";
    let path = "msrp://alice.example.com:7394/2s93i93idj;tcp";
    for (right, wrong, rule, octets) in [
        ("t=0 0\r\n", "t=0 0\n", "sdp.line-end", "\n"),
        ("actpass\r\n", "actpass", "sdp.line-end", ""),
        ("s= -\r\n", "", "sdp.line-missing", ""),
        ("t=0 0\r\n", "", "sdp.line-missing", ""),
        (
            "s= -\r\nc=IN IP4 alice.example.com\r\n",
            "c=IN IP4 alice.example.com\r\ns= -\r\n",
            "sdp.order",
            "s= -",
        ),
        ("c=IN IP4 alice.example.com\r\n", "", "sdp.connection-missing", media),
        ("c=IN IP4 alice.example.com", "c=IN IP4 other.example.com", "sdp.address", "other.example.com"),
        ("m=message", "m=audio", "sdp.media", "m=audio 7394 TCP/MSRP *"),
        ("TCP/MSRP *", "tcp/msrp *", "sdp.protocol", "m=message 7394 tcp/msrp *"),
        ("TCP/MSRP *", "TCP/MSRP 0", "sdp.format", "m=message 7394 TCP/MSRP 0"),
        ("TCP/MSRP", "TCP/TLS/MSRP", "sdp.path-scheme", path),
        ("m=message 7394", "m=message 7395", "sdp.port", "m=message 7395 TCP/MSRP *"),
        ("a=path", "a=x-path", "sdp.path-missing", media),
        (
            "a=path:",
            "a=path:msrp://a.example.com:1/b;tcp  ",
            "sdp.path",
            "msrp://a.example.com:1/b;tcp  msrp://alice.example.com:7394/2s93i93idj;tcp",
        ),
        ("7394/2s93i93idj;tcp", "7394/2s93i93idj", "msrp.uri-transport", ""),
        (
            path,
            "msrp://relay.example.com/a;tcp msrp://alice.example.com:7394/b;tcp",
            "sdp.path-port",
            "msrp://relay.example.com/a;tcp msrp://alice.example.com:7394/b;tcp",
        ),
        ("/2s93i93idj", "", "sdp.path-session", "msrp://alice.example.com:7394;tcp"),
        ("a=accept-types", "a=accepts", "sdp.accept-types-missing", media),
        ("text/plain text", "text/plain,text", "sdp.accept-types", "text/plain,text/html"),
        ("text/plain text", "text/plain  text", "sdp.accept-types", ""),
        ("text/plain", "*/*", "sdp.accept-types", "*/*"),
        (
            "a=setup",
            "a=accept-wrapped-types:Text/Plain image/png\r\na=setup",
            "sdp.wrapped-repeated",
            "Text/Plain image/png",
        ),
        ("a=setup", "a=max-size:1k\r\na=setup", "sdp.max-size", "1k"),
        ("a=setup", "a=max-size:1\r\na=max-size:2\r\na=setup", "sdp.attribute-repeated", "a=max-size:2"),
        ("a=setup:actpass\r\n", "", "sdp.setup-missing", media),
        ("actpass", "both", "sdp.setup", "a=setup:both"),
        ("actpass", "holdconn", "sdp.setup-holdconn", "a=setup:holdconn"),
        ("actpass", "active", "sdp.setup-port", media),
        ("a=setup", "a=connection:new\r\na=setup", "sdp.connection", "a=connection:new"),
    ] {
        assert!(OFFER.contains(right), "{right}");
        let text = OFFER.replacen(right, wrong, 1);
        let decoded = read(&text);
        assert_eq!(found(&decoded.deviations), [rule], "{wrong:?}");
        assert_eq!(&text[decoded.deviations[0].span.clone()], octets, "{wrong:?}");
    }
}

#[test]
fn broken_lines_leave_what_can_be_read() {
    for (wrong, rules) in [
        (OFFER.replace("t=0 0", "t=now"), vec!["sdp.syntax"]),
        (OFFER.replace("a=setup", "setup"), vec!["sdp.line", "sdp.syntax", "sdp.setup-missing"]),
        (OFFER.replace("v=0", "v=1"), vec!["sdp.syntax"]),
        (OFFER.replace("s= -", "s = -"), vec!["sdp.line", "sdp.syntax", "sdp.line-missing"]),
    ] {
        let decoded = read(&wrong);
        assert_eq!(found(&decoded.deviations), rules, "{wrong}");
        assert!(decoded.value.parsed().is_none());
        assert_eq!(decoded.value.msrp().next().unwrap().path().count(), 1);
    }
    assert_eq!(read("").value.media().count(), 0);
}

#[test]
fn answers_are_held_against_offers() {
    let with = |text: &str, setup: &str| text.to_owned() + &format!("a=setup:{setup}\r\n");
    let offer_with = |setup| OFFER.replace("actpass", setup);
    for (offered, answered, good) in [
        ("actpass", "active", true),
        ("actpass", "passive", true),
        ("actpass", "actpass", false),
        ("active", "passive", true),
        ("active", "active", false),
        ("passive", "active", true),
        ("passive", "passive", false),
        ("holdconn", "active", true),
    ] {
        let (offer, answer) = (offer_with(offered), with(ANSWER, answered));
        let rules = found(&check_answer(&read(&offer).value, &read(&answer).value));
        assert_eq!(rules.is_empty(), good, "{offered} {answered}");
        assert!(good || rules == ["sdp.answer-setup"]);
    }
    assert_eq!(found(&check_offer(&read(&offer_with("passive")).value)), ["sdp.offer-passive"]);
    let offer = read(OFFER).value;
    for (answer, rules) in [
        (ANSWER.replace("TCP/MSRP", "TCP/TLS/MSRP"), vec!["sdp.answer-protocol"]),
        (
            ANSWER.replace("m=message 8493", "m=audio 4000 RTP/AVP 0\r\nm=message 8493"),
            vec!["sdp.answer-media"; 2],
        ),
        (ANSWER.replace("m=message 8493", "m=message 0"), vec![]),
    ] {
        assert_eq!(found(&check_answer(&offer, &read(&answer).value)), rules, "{answer}");
    }
    let closed = OFFER.replace("7394 TCP", "0 TCP");
    assert_eq!(found(&check_answer(&read(&closed).value, &read(ANSWER).value)), ["sdp.answer-rejected"]);
}

#[test]
fn media_types_are_let_pass_as_listed() {
    let text = OFFER.replace("text/plain text/html\r\n", "text/*\r\na=accept-wrapped-types:image/png\r\n");
    let session = read(&text).value;
    let media = session.msrp().next().unwrap();
    for (media_type, top, wrapped) in [
        ("message/cpim", true, true),
        ("Message/CPIM; a=b", true, true),
        ("text/x-other", true, true),
        ("textual/plain", false, false),
        ("image/png", false, true),
        ("image/gif", false, false),
    ] {
        assert_eq!(
            (media.accepts(media_type, false), media.accepts(media_type, true)),
            (top, wrapped),
            "{media_type}"
        );
    }
    assert!(Format("*").matches("a/b"));
}

#[test]
fn the_builder_writes_what_passes() {
    for path in [
        "msrp://192.0.2.10:7394/2s93i93idj;tcp",
        "msrps://[2001:db8::1]:7394/2s93i93idj;tcp",
        "msrp://relay.example.com:2855/x;tcp msrp://alice.example.com:7394/2s93i93idj;tcp",
    ] {
        let builder = Builder::new(7, path)
            .unwrap()
            .accept_types(&["message/cpim"])
            .accept_wrapped_types(&["text/plain", "*"])
            .max_size(1 << 20)
            .setup(Setup::ActPass);
        let octets = builder.encode();
        let decoded = decode(&octets, 0..octets.len());
        assert_eq!(found(&decoded.deviations), Vec::<&str>::new(), "{path}");
        let media = decoded.value.msrp().next().unwrap();
        assert_eq!(media.path().map(|uri| uri.to_string()).collect::<Vec<_>>().join(" "), path);
        assert_eq!((media.max_size(), media.setup()), (Some(1 << 20), Some(Setup::ActPass)));
        let octets = builder.without("setup").setup(Setup::Active).port(9).version(8).encode();
        assert_eq!(found(&decode(&octets, 0..octets.len()).deviations), Vec::<&str>::new(), "{path}");
    }
    let two =
        || Builder::new(7, "msrp://a.example:1/x;tcp").unwrap().accept_types(&["*"]).setup(Setup::Passive);
    let octets = two().and(two().port(0)).encode();
    assert_eq!(
        decode(&octets, 0..octets.len()).value.msrp().map(|media| media.is_refused()).collect::<Vec<_>>(),
        [false, true]
    );
    assert_eq!(Builder::new(7, "msrp://a/x;tcp"), Err(BuildError::Path("msrp://a/x;tcp".to_owned())));
}

fn look_at(octets: &[u8], within: &Span) {
    let decoded = decode(octets, within.clone());
    for found in &decoded.deviations {
        assert!(
            within.start <= found.span.start
                && found.span.start <= found.span.end
                && found.span.end <= within.end
        );
    }
    for media in decoded.value.media() {
        let _ = (
            media.path().count(),
            media.accepts("a/b", true),
            media.max_size(),
            media.setup(),
            media.address(),
        );
    }
    let _ = (check_offer(&decoded.value), check_answer(&decoded.value, &decoded.value));
}

proptest! {
    #[test]
    fn any_octets_are_survived(octets in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..9) {
        look_at(&octets, &(cut.min(octets.len())..octets.len()));
    }

    #[test]
    fn sdp_like_octets_are_survived(text in "(v=0\r\n)?([vosctma]=|\r\n|\n|message 9 TCP/MSRP \\*|path:|msrp://|accept-types:|setup:|[a-c0-9:/;* \\[\\]@]|IN IP4 ){0,60}") {
        look_at(text.as_bytes(), &(0..text.len()));
    }

    #[test]
    fn mutated_offers_are_survived(at in 0..OFFER.len(), with in proptest::collection::vec(any::<u8>(), 0..4), cut in 0_usize..4) {
        let mut octets = OFFER.as_bytes().to_vec();
        octets.splice(at..(at + cut).min(octets.len()), with);
        octets.splice(0..0, *b"SIP above");
        look_at(&octets, &(9..octets.len()));
    }

    #[test]
    fn what_is_written_is_read(
        session in "[A-Za-z0-9._~+=/-]{1,20}",
        port in 1_u16..,
        secure in any::<bool>(),
        size in any::<u64>(),
    ) {
        let scheme = if secure { "msrps" } else { "msrp" };
        let path = format!("{scheme}://host.example.com:{port}/{session};tcp");
        let octets = Builder::new(1, &path).unwrap().accept_types(&["*"]).setup(Setup::Passive).max_size(size).encode();
        let decoded = decode(&octets, 0..octets.len());
        prop_assert_eq!(&decoded.deviations, &[]);
        let media = decoded.value.msrp().next().unwrap();
        prop_assert_eq!((media.port(), media.is_secure(), media.max_size()), (Some(port), secure, Some(size)));
        prop_assert_eq!(media.path().next().unwrap().session_id(), Some(session.as_bytes()));
    }
}
