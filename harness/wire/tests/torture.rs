//! The messages of RFC 4475, octet for octet as in its appendix A: which rules each of them breaks, and what has to be
//! found in it all the same.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::net::{IpAddr, Ipv6Addr};

use imdnspec_wire::sip::{self, HeaderId, Message, Method, StartLine};
use imdnspec_wire::uri::{NameAddr, Scheme};

macro_rules! torture {
    ($($name:ident),* $(,)?) => {
        &[$((stringify!($name), include_bytes!(concat!("torture/", stringify!($name), ".dat")))),*]
    };
}

static MESSAGES: &[(&str, &[u8])] = torture![
    badaspec, badbranch, baddate, baddn, badinv01, badvers, bcast, bext01, bigcode, clerr, cparam01,
    cparam02, dblreq, esc01, esc02, escnull, escruri, insuf, intmeth, inv2543, invut, longreq, ltgtruri,
    lwsdisp, lwsruri, lwsstart, mcl01, mismatch01, mismatch02, mpart01, multi01, ncl, noreason, novelsc,
    quotbal, regaut01, regbadct, regescrt, scalar02, scalarlg, sdp01, semiuri, transports, trws, unkscm,
    unksm2, unreason, wsinv, zeromf,
];

/// Which rules a message breaks. Messages that are not listed break none: they are valid by RFC 4475 section 3.1.1, or
/// what is wrong with them lies above the syntax that this decoder checks (`baddate`: the zone in Date).
static BROKEN: &[(&str, &[&str])] = &[
    ("badaspec", &["uri.characters"]),
    ("badbranch", &["sip.via-cookie"]),
    ("baddn", &["sip.head-end", "uri.display-name", "uri.display-name"]),
    (
        "badinv01",
        &[
            "sip.via-value",
            "sip.via-value",
            "sip.via-value",
            "sip.via-value",
            "sip.via-branch",
            "uri.parameters",
        ],
    ),
    ("badvers", &["sip.version"]),
    ("bigcode", &["sip.status-code"]),
    ("clerr", &["sip.body-truncated"]),
    ("dblreq", &["sip.body-surplus"]),
    ("escruri", &["sip.request-uri-headers"]),
    ("insuf", &["sip.to-missing", "sip.from-missing", "sip.call-id-missing", "sip.max-forwards-missing"]),
    ("inv2543", &["sip.max-forwards-missing", "sip.via-branch", "sip.from-tag"]),
    ("longreq", &["sip.via-branch"]),
    ("ltgtruri", &["sip.request-uri", "sip.via-branch"]),
    ("lwsruri", &["sip.request-uri"]),
    ("lwsstart", &["sip.request-line"]),
    ("mcl01", &["sip.content-length-conflict"]),
    ("mismatch01", &["sip.cseq-method"]),
    ("mismatch02", &["sip.cseq-method"]),
    ("multi01", &["sip.header-repeated"; 5]),
    ("ncl", &["sip.content-length-value"]),
    ("quotbal", &["uri.display-name"]),
    ("regbadct", &["uri.addr-spec"]),
    ("scalar02", &["sip.cseq-value", "sip.max-forwards-value"]),
    ("scalarlg", &["sip.to-tag", "sip.cseq-value"]),
    ("trws", &["sip.request-line"]),
    ("wsinv", &["sip.via-cookie"]),
];

fn octets(name: &str) -> &'static [u8] {
    MESSAGES.iter().find(|(candidate, _)| *candidate == name).unwrap().1
}

fn decode(name: &str) -> Message<'static> {
    sip::decode(octets(name)).value
}

fn value(message: &Message<'_>, name: &str) -> String {
    String::from_utf8(message.header_named(name.as_bytes()).unwrap().value().into_owned()).unwrap()
}

#[test]
fn every_message_breaks_its_rules_and_no_others() {
    for (name, octets) in MESSAGES {
        let expected =
            BROKEN.iter().find(|(candidate, _)| candidate == name).map_or(&[][..], |(_, rules)| *rules);
        let decoded = sip::decode(octets);
        let found: Vec<_> = decoded.deviations.iter().map(|deviation| deviation.rule.name).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn spans_cover_every_octet_of_a_head() {
    for (name, octets) in MESSAGES {
        let message = decode(name);
        let mut at = message.start_line_span().end + 2;
        for header in message.all_headers() {
            assert_eq!(header.raw_span().start, at, "{name}");
            assert!(header.name_span().start == at && header.value_span().end <= header.raw_span().end);
            at = header.raw_span().end;
        }
        assert!(
            octets[at..message.head_span().end].is_empty() || &octets[at..message.head_span().end] == b"\r\n",
            "{name}"
        );
    }
}

#[test]
fn wsinv_is_read_through_its_white_space() {
    let message = decode("wsinv");
    assert_eq!(message.request_uri(), Some(&b"sip:vivekg@chair-dnrc.example.com;unknownparam"[..]));
    assert_eq!(message.to_tag(), Some(&b"1918181833n"[..]));
    assert_eq!(message.from().unwrap().display_name().unwrap(), &b"J Rosenberg \\\""[..]);
    assert_eq!(message.from_tag(), Some(&b"98asjd8"[..]));
    assert_eq!(value(&message, "Max-Forwards"), "0068");
    let cseq = message.cseq().unwrap();
    assert_eq!((cseq.number, cseq.method), (9, Method::INVITE));
    assert_eq!(value(&message, "subject"), "");
    assert_eq!(value(&message, "newfangledheader"), "newfangled value continued newfangled value");
    let via = message.via().unwrap();
    assert_eq!(
        (via.transport, via.sent_by.host, via.branch()),
        (&b"UDP"[..], &b"192.0.2.2"[..], Some(&b"390skdjuw"[..]))
    );
    let others: Vec<_> = message.headers(HeaderId::VIA).nth(1).unwrap().list().collect();
    let last = sip::Via::decode(message.octets(), others[1].clone()).value.unwrap();
    assert_eq!((last.transport, last.branch()), (&b"UDP"[..], Some(&b"z9hG4bK30239"[..])));
    let contact = message.contact().unwrap();
    assert_eq!(contact.display_name().unwrap(), &b"Quoted string \"\""[..]);
    assert_eq!(contact.params.value(b"newparam"), Some(&b"newvalue"[..]));
    assert_eq!(
        (contact.params.get(b"secondparam"), contact.params.value(b"q")),
        (Some(None), Some(&b"0.33"[..]))
    );
    assert_eq!(message.body().len(), 150);
}

#[test]
fn intmeth_uses_every_character() {
    let message = decode("intmeth");
    let method = Method(b"!interesting-Method0123456789_*+`.%indeed'~");
    assert_eq!((message.method(), message.cseq().unwrap().method), (Some(method), method));
    let uri = message.request_uri_parts().unwrap();
    assert_eq!(uri.user(), Some(&b"1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"[..]));
    assert_eq!(uri.password(), Some(&b"&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"[..]));
    assert_eq!(uri.host(), b"example.com");
    assert_eq!(message.via_branch(), Some(&b"z9hG4bK-.!%66*_+`'~"[..]));
    assert_eq!(message.to().unwrap().display_name().unwrap(), &b"BEL:\x07 NUL:\x00 DEL:\x7f"[..]);
    let from = message.from().unwrap();
    assert_eq!(from.display, Some(&b"token1~` token2'+_ token3*%!.-"[..]));
    assert_eq!(
        from.params.value(b"fromParam''~+*_!.-%"),
        Some("\"\u{440}\u{430}\u{431}\u{43e}\u{442}\u{430}\u{44e}\u{449}\u{438}\u{439}\"".as_bytes())
    );
    assert_eq!(from.tag(), Some(&b"_token~1'+`*%!-."[..]));
    assert_eq!(message.call_id(), Some(&b"intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"[..]));
    assert_eq!(value(&message, "extensionHeader-!.%*+_`'~"), "\u{feff}\u{5927}\u{505c}\u{96fb}");
}

#[test]
fn escapes_are_kept_and_equal_what_they_escape() {
    let message = decode("esc01");
    let uri = message.request_uri_parts().unwrap();
    assert_eq!((uri.user(), uri.host()), (Some(&b"sips%3Auser%40example.com"[..]), &b"example.net"[..]));
    let to = message.to().unwrap().uri;
    assert!(to.equivalent(&NameAddr::parse(b"sip:user@example.com").unwrap().uri));
    let contact = message.contact().unwrap().uri;
    assert!(
        contact
            .equivalent(&NameAddr::parse(b"<sip:caller@host5.example.net;lr;name=value%2541>").unwrap().uri)
    );
    assert!(
        !contact.equivalent(&NameAddr::parse(b"<sip:caller@host5.example.net;lr;name=valueA>").unwrap().uri)
    );
}

#[test]
fn escaped_nulls_do_not_shorten_a_user() {
    let message = decode("escnull");
    let users: Vec<_> = message
        .headers(HeaderId::CONTACT)
        .map(|header| NameAddr::parse(header.raw_value()).unwrap().uri.user().unwrap().to_vec())
        .collect();
    assert_eq!(users, [b"%00".to_vec(), b"%00%00".to_vec()]);
}

#[test]
fn a_percent_in_a_name_escapes_nothing() {
    let message = decode("esc02");
    assert_eq!(message.method(), Some(Method(b"RE%47IST%45R")));
    assert_eq!(message.headers(HeaderId::CONTACT).count(), 2);
    assert_eq!(value(&message, "C%6Fntact"), "<sip:alias2@host2.example.com>");
    assert_eq!(message.to().unwrap().display_name().unwrap(), &b"%Z%45"[..]);
}

#[test]
fn a_display_name_may_touch_its_bracket() {
    assert_eq!(decode("lwsdisp").from().unwrap().display, Some(&b"caller"[..]));
}

#[test]
fn long_values_and_many_vias_are_found() {
    let message = decode("longreq");
    assert_eq!(message.headers(HeaderId::VIA).count(), 34);
    assert_eq!(message.from_tag().unwrap().len(), 2 + 150 + 3);
    assert_eq!(message.to().unwrap().uri.port(), Some(6000));
    assert_eq!(message.content_length(), Some(150));
}

#[test]
fn octets_behind_the_body_are_not_the_body() {
    let message = decode("dblreq");
    assert_eq!((message.method(), message.body()), (Some(Method::REGISTER), &b""[..]));
}

#[test]
fn a_semicolon_may_stand_in_a_user() {
    let message = decode("semiuri");
    let uri = message.request_uri_parts().unwrap();
    assert_eq!((uri.user(), uri.host()), (Some(&b"user;par=u%40example.net"[..]), &b"example.com"[..]));
    assert!(uri.params().is_empty());
}

#[test]
fn unknown_transports_are_transports() {
    let message = decode("transports");
    let transports: Vec<_> = message
        .headers(HeaderId::VIA)
        .map(|via| sip::Via::decode(message.octets(), via.value_span()).value.unwrap().transport.to_vec())
        .collect();
    assert_eq!(transports, [&b"UDP"[..], b"SCTP", b"TLS", b"UNKNOWN", b"TCP"]);
}

#[test]
fn a_binary_body_stays_whole() {
    let message = decode("mpart01");
    assert_eq!(message.body().len(), 553);
    assert!(memchr::memchr(0, message.body()).is_some());
    let typed = sip::typed(&message).unwrap();
    assert_eq!(typed.body(), message.body());
}

#[test]
fn reason_phrases_are_free_text() {
    let message = decode("unreason");
    let reason = String::from_utf8(message.reason().unwrap().to_vec()).unwrap();
    assert!(message.status() == Some(200) && reason.starts_with("= 2**3 * 5**2 \u{43d}\u{43e}"), "{reason}");
    assert_eq!((decode("noreason").status(), decode("noreason").reason()), (Some(100), Some(&b""[..])));
}

#[test]
fn a_body_shorter_than_announced_is_what_is_there() {
    let message = decode("clerr");
    assert_eq!((message.content_length(), message.body().len()), (Some(9999), 154));
}

#[test]
fn lengths_that_say_nothing_bound_nothing() {
    for name in ["ncl", "mcl01", "inv2543"] {
        let message = decode(name);
        assert_eq!(message.body_span(), message.head_span().end..message.octets().len(), "{name}");
    }
}

#[test]
fn start_lines_are_read_despite_their_faults() {
    let uri = |name| decode(name).request_uri().unwrap().to_vec();
    assert_eq!(uri("ltgtruri"), b"<sip:user@example.com>");
    assert_eq!(uri("lwsruri"), b"sip:user@example.com; lr");
    assert_eq!(uri("lwsstart"), b"sip:user@example.com");
    assert_eq!(uri("trws"), b"sip:remote-target@example.com");
    assert!(matches!(decode("bigcode").start(), StartLine::Status { status: 0, .. }));
}

#[test]
fn addresses_are_read_despite_their_faults() {
    assert_eq!(decode("badaspec").to().unwrap().uri.text(), b"sip:t.watson@example.org");
    assert_eq!(decode("baddn").from().unwrap().uri.text(), b"sip:a.g.bell@example.com");
    assert_eq!(decode("quotbal").to().unwrap().uri.text(), b"sip:j.user@example.com");
    assert_eq!(decode("multi01").to().unwrap().uri.text(), b"sip:user@example.com");
}

#[test]
fn unknown_schemes_are_opaque() {
    let uri = decode("unkscm").request_uri_parts().unwrap();
    assert_eq!((uri.scheme(), uri.opaque()), (&b"nobodyKnowsThisScheme"[..], &b"totallyopaquecontent"[..]));
    assert_eq!(decode("novelsc").request_uri_parts().unwrap().opaque(), b"//192.0.2.103:3002");
    let message = decode("unksm2");
    assert_eq!(message.to().unwrap().uri.kind(), Scheme::Other);
    assert_eq!(message.contact().unwrap().uri.text(), b"name:John_Smith");
}

#[test]
fn brackets_decide_whose_parameters_they_are() {
    let header_param = decode("cparam01").contact().unwrap();
    assert!(header_param.params.get(b"unknownparam").is_some() && header_param.uri.params().is_empty());
    let uri_param = decode("cparam02").contact().unwrap();
    assert!(uri_param.params.is_empty() && uri_param.uri.params().get(b"unknownparam").is_some());
    assert_eq!(
        decode("regescrt").contact().unwrap().uri.headers(),
        Some(&b"Route=%3Csip:sip.example.com%3E"[..])
    );
}

/// RFC 5118 section 4, shortened to what each of its messages is about.
fn ipv6(request_uri: &str, via: &str) -> String {
    format!(
        "REGISTER {request_uri} SIP/2.0\r\nTo: sip:user@example.com\r\nFrom: sip:user@example.com;tag=81x2\r\n\
         Via: {via}\r\nCall-ID: SSG9559905523997077@hlau_4100\r\nMax-Forwards: 70\r\n\
         Contact: \"Caller\" <sip:caller@[2001:db8::1]>\r\nCSeq: 98176 REGISTER\r\nContent-Length: 0\r\n\r\n"
    )
}

#[test]
fn ipv6_addresses_stand_in_brackets() {
    let text = ipv6("sip:[2001:db8::10]", "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111");
    let decoded = sip::decode(text.as_bytes());
    assert_eq!(decoded.deviations, []);
    let address: Ipv6Addr = "2001:db8::9:1".parse().unwrap();
    assert_eq!(decoded.value.via().unwrap().sent_by.address(), Some(IpAddr::V6(address)));
    assert_eq!(decoded.value.request_uri_parts().unwrap().host(), b"[2001:db8::10]");
    assert_eq!(decoded.value.contact().unwrap().uri.host(), b"[2001:db8::1]");
}

#[test]
fn a_port_stands_behind_the_bracket() {
    let via = "SIP/2.0/UDP [2001:db8::9:1]:6050;received=[2001:db8::9:255];branch=z9hG4bKas3-111";
    let inside = ipv6("sip:[2001:db8::10:5070]", via);
    assert_eq!(sip::decode(inside.as_bytes()).value.request_uri_parts().unwrap().port(), None);
    let outside = ipv6("sip:[2001:db8::10]:5070", via);
    let message = sip::decode(outside.as_bytes()).value;
    assert_eq!(message.request_uri_parts().unwrap().port(), Some(5070));
    assert_eq!(message.via().unwrap().sent_by.port_number(), Some(6050));
    assert_eq!(message.via().unwrap().params.value(b"received"), Some(&b"[2001:db8::9:255]"[..]));
}

#[test]
fn ipv6_without_brackets_is_a_deviation() {
    let text = ipv6("sip:2001:db8::10", "SIP/2.0/UDP 2001:db8::9:1;branch=z9hG4bKas3-111");
    let decoded = sip::decode(text.as_bytes());
    let found: Vec<_> = decoded.deviations.iter().map(|deviation| deviation.rule.name).collect();
    assert_eq!(found, ["uri.host", "sip.via-value"]);
    assert_eq!(decoded.value.request_uri(), Some(&b"sip:2001:db8::10"[..]));
}

#[test]
fn addresses_that_embed_ipv4_are_addresses() {
    let via = "SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19";
    let text = ipv6("sip:user@[2001:db8::192.0.2.1]", via);
    assert_eq!(sip::decode(text.as_bytes()).deviations, []);
    let three_colons = ipv6("sip:user@[2001:db8:::192.0.2.1]", via);
    let decoded = sip::decode(three_colons.as_bytes());
    assert_eq!(
        decoded.deviations.iter().map(|deviation| deviation.rule.name).collect::<Vec<_>>(),
        ["uri.host"]
    );
}
