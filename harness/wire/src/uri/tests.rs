use proptest::prelude::*;

use super::*;

fn uri(text: &str) -> Uri<'_> {
    Uri::parse(text.as_bytes()).unwrap()
}

fn rules(text: &str) -> Vec<&'static str> {
    let found = NameAddr::decode(text.as_bytes(), 0..text.len()).deviations;
    found.iter().map(|deviation| deviation.rule.name).collect()
}

#[test]
fn a_sip_uri_has_all_its_parts() {
    let uri = uri("SIP:alice:secret@Example.com:5061;transport=tcp;lr?subject=project%20x&priority=urgent");
    assert_eq!((uri.kind(), uri.scheme()), (Scheme::Sip, &b"SIP"[..]));
    assert_eq!((uri.user(), uri.password()), (Some(&b"alice"[..]), Some(&b"secret"[..])));
    assert_eq!((uri.host(), uri.port()), (&b"Example.com"[..], Some(5061)));
    assert_eq!((uri.params().value(b"Transport"), uri.params().get(b"lr")), (Some(&b"tcp"[..]), Some(None)));
    assert_eq!(uri.headers(), Some(&b"subject=project%20x&priority=urgent"[..]));
}

#[test]
fn other_schemes_are_kept_whole() {
    for text in
        ["tel:+1-201-555-0123;a=b", "urn:ietf:params:cpim-headers:imdn", "mailto:a@b", "msrp://h:7394/x;tcp"]
    {
        let uri = uri(text);
        assert_eq!((uri.kind(), uri.host()), (Scheme::Other, &b""[..]));
        assert_eq!([uri.scheme(), b":", uri.opaque()].concat(), text.as_bytes());
    }
    for text in ["", "alice@example.com", ":x", "1sip:a", "si p:a"] {
        assert_eq!(Uri::parse(text.as_bytes()), None, "{text}");
    }
}

/// The sets of RFC 3261 section 19.1.4.
#[test]
fn uris_are_equivalent_as_the_examples_say() {
    for (one, other) in [
        ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
        ("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"),
        (
            "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
        ),
        (
            "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
        ),
        ("sip:[2001:DB8::1]", "sip:[2001:db8:0::1]"),
        ("im:alice@Example.COM", "IM:alice@example.com"),
        ("tel:+1", "TEL:+1"),
    ] {
        assert!(uri(one).equivalent(&uri(other)) && uri(other).equivalent(&uri(one)), "{one} {other}");
    }
}

/// The sets of RFC 3261 section 19.1.4.
#[test]
fn uris_differ_as_the_examples_say() {
    for (one, other) in [
        ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
        ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
        ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
        ("sip:a@b", "sips:a@b"),
        ("sip:a@b", "sip:b"),
        ("sip:a:x@b", "sip:a@b"),
        ("sip:a%3Bb@c", "sip:a;b@c"),
        ("sip:a@b;maddr=c", "sip:a@b"),
        ("im:Alice@example.com", "im:alice@example.com"),
        ("im:a@b", "pres:a@b"),
        ("tel:+1", "tel:1"),
        ("sip:a@b?x=1&x=1", "sip:a@b?x=1&x=2"),
    ] {
        assert!(!uri(one).equivalent(&uri(other)) && !uri(other).equivalent(&uri(one)), "{one} {other}");
    }
}

/// RFC 3261 section 20.10 and 25.1.
#[test]
fn name_addrs_are_taken_apart() {
    for (text, display, address, tag) in [
        (
            "\"Mr. Watson\" <sip:watson@worcester.bell-telephone.com>;q=0.7",
            Some("Mr. Watson"),
            "watson",
            None,
        ),
        ("Anonymous <sip:c8oqz84zk7z@privacy.org>;tag=hyh8", Some("Anonymous"), "c8oqz84zk7z", Some("hyh8")),
        ("sip:+12125551212@phone2net.com;tag=887s", None, "+12125551212", Some("887s")),
        ("<im:a@b>", None, "a", None),
        ("\"a \\\" < b\" <sip:c;d=e@f>;x=\"y;tag=no\";TAG = z", Some("a \" < b"), "c;d=e", Some("z")),
    ] {
        assert_eq!(rules(text), [""; 0], "{text}");
        let parsed = NameAddr::parse(text.as_bytes()).unwrap();
        assert_eq!(parsed.display_name().as_deref(), display.map(str::as_bytes), "{text}");
        assert_eq!(parsed.uri.user(), Some(address.as_bytes()), "{text}");
        assert_eq!(parsed.tag(), tag.map(str::as_bytes), "{text}");
        assert_eq!(&text.as_bytes()[parsed.uri_span.clone()], parsed.uri.text());
    }
}

#[test]
fn what_is_wrong_with_a_name_addr_is_said() {
    for (text, expected) in [
        ("", "uri.scheme"),
        ("alice", "uri.scheme"),
        ("<sip:a@b", "uri.brackets"),
        ("\"open <sip:a@b>", "uri.display-name"),
        ("a, b <sip:a@b>", "uri.display-name"),
        ("sip:a@b?c=d", "uri.addr-spec"),
        ("<sip:a@b> tag=1", "uri.parameters"),
        ("<sip:a@b>;;tag=1", "uri.parameters"),
        ("<sip:a@b_c>", "uri.host"),
        ("<sip:a@>", "uri.host"),
        ("<sip:a@b:port>", "uri.host"),
        ("<sip:a @b>", "uri.characters"),
        ("<sip:\u{e9}@b>", "uri.characters"),
    ] {
        assert_eq!(rules(text), [expected], "{text}");
    }
}

proptest! {
    #[test]
    fn any_octets_are_read(octets in proptest::collection::vec(any::<u8>(), 0..64)) {
        let decoded = NameAddr::decode(&octets, 0..octets.len());
        prop_assert!(decoded.deviations.iter().all(|deviation| deviation.span.end <= octets.len()));
        if let Some(address) = decoded.value {
            prop_assert!(address.uri.equivalent(&address.uri));
            prop_assert_eq!(&octets[address.uri_span.clone()], address.uri.text());
        }
    }

    #[test]
    fn uri_shaped_octets_are_read(text in "[a-z]{1,4}:[]a:@;?&=%\\[\"<>,. 0-9-]{0,40}") {
        let parsed = uri(&text);
        prop_assert!(parsed.equivalent(&parsed));
        let _ = (parsed.port(), parsed.host_port().address(), parsed.params().iter().count());
    }

    #[test]
    fn display_names_round_trip(name in "[ -~\u{e0}-\u{ff}]{0,20}") {
        let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
        let text = format!("\"{quoted}\" <sip:a@b>;tag=1");
        prop_assert_eq!(rules(&text), Vec::<&str>::new());
        let parsed = NameAddr::parse(text.as_bytes()).unwrap();
        prop_assert_eq!(parsed.display_name().unwrap(), name.as_bytes());
        prop_assert_eq!(parsed.tag(), Some(&b"1"[..]));
    }
}
