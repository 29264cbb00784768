use super::*;
use crate::deviation::Deviation;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use proptest::prelude::*;
use std::io::Write;

fn read_text(text: &str) -> Decoded<Entity<'_>> {
    decode(text.as_bytes(), 0..text.len())
}

fn found(deviations: &[Deviation]) -> Vec<&'static str> {
    deviations.iter().map(|found| found.rule.name).collect()
}

#[test]
fn an_entity_has_headers_and_content() {
    let text = "Content-Type: text/plain;\r\n\tcharset=\"ut\\f-8\" (a comment); x=y\r\nContent-Disposition: render\r\n\
        Content-ID: <1@a>\r\nContent-Length: 2\r\n\r\nhi";
    let decoded = read_text(text);
    assert_eq!(found(&decoded.deviations), Vec::<&str>::new());
    let entity = decoded.value;
    assert!(entity.is("TEXT/plain"));
    let content_type = entity.content_type().unwrap();
    let charset = content_type.parameter("Charset").unwrap();
    assert_eq!((charset.value.as_ref(), &text[charset.value_span]), ("utf-8", "\"ut\\f-8\""));
    assert_eq!(content_type.parameter("x").unwrap().value, "y");
    assert_eq!(entity.disposition().unwrap().value(), "render");
    assert_eq!(entity.content_id().unwrap(), "1@a");
    assert_eq!(entity.content(), b"hi");
    assert!(entity.headers().next().unwrap().is_folded());
    assert_eq!(
        entity.header("content-type").unwrap().value(),
        "text/plain;\tcharset=\"ut\\f-8\" (a comment); x=y"
    );
}

#[test]
fn each_fault_is_named_where_it_stands() {
    for (text, rule, octets) in [
        ("Content-Type: text/plain\r\n<body/>", "mime.separator-missing", ""),
        ("Content-Type: text/plain\n\r\nx", "mime.bare-lf", "\n"),
        ("Content-Type : text/plain\r\n\r\nx", "mime.name-space", " "),
        ("Content-ID: a\r\ncontent-id: b\r\n\r\nx", "mime.header-repeated", "content-id: b\r\n"),
        ("Content-Type: text\r\n\r\nx", "mime.content-type", "text"),
        ("Content-Type: text/\r\n\r\nx", "mime.content-type", "text/"),
        ("Content-Type: text/plain; charset\r\n\r\nx", "mime.parameter", "; charset"),
        ("Content-Type: text/plain; a=\"b\r\n\r\nx", "mime.parameter", "; a=\"b"),
        ("Content-Type: text/plain; p=a/b\r\n\r\nx", "mime.parameter-unquoted", "a/b"),
        ("Content-Length: 3\r\n\r\nx", "mime.content-length", "3"),
    ] {
        let decoded = read_text(text);
        assert_eq!(found(&decoded.deviations), [rule], "{text:?}");
        assert_eq!(&text[decoded.deviations[0].span.clone()], octets, "{text:?}");
        assert!(decoded.value.content().ends_with(b"x") || rule == "mime.separator-missing");
    }
}

/// RFC 2046 section 5.1.1, the example with an implicitly and an explicitly typed part.
#[test]
fn the_multipart_of_rfc_2046_is_split_to_the_octet() {
    let text = "Content-type: multipart/mixed; boundary=\"simple boundary\"\r\n\r\n\
        This is the preamble.\r\n\r\n--simple boundary\r\n\r\nNo linebreak at the end.\r\n--simple boundary \r\n\
        Content-type: text/plain; charset=us-ascii\r\n\r\nA linebreak at the end.\r\n\r\n--simple boundary--\r\n\r\nThe epilogue.";
    let entity = read_text(text).value;
    let parts = entity.parts();
    assert_eq!(found(&parts.deviations), Vec::<&str>::new());
    let contents: Vec<_> =
        parts.value.iter().map(|part| std::str::from_utf8(part.content()).unwrap()).collect();
    assert_eq!(contents, ["No linebreak at the end.", "A linebreak at the end.\r\n"]);
    assert!(parts.value[1].octets().starts_with(b"Content-type"));
    let split = split(text.as_bytes(), entity.content_span(), b"simple boundary").value;
    assert_eq!(&text[split.preamble], "This is the preamble.\r\n");
    assert_eq!(&text[split.epilogue], "\r\nThe epilogue.");
}

#[test]
fn faults_of_multipart_contents_are_named() {
    for (text, rule, parts) in [
        ("Content-Type: multipart/mixed\r\n\r\n--a\r\n\r\nx\r\n--a--", "mime.boundary-missing", 0),
        ("Content-Type: multipart/mixed; boundary=b\r\n\r\n--a\r\n\r\nx\r\n--a--", "mime.parts-missing", 0),
        (
            "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nx\r\n--ab\r\n",
            "mime.close-missing",
            1,
        ),
    ] {
        let decoded = read_text(text).value.parts();
        assert_eq!((found(&decoded.deviations), decoded.value.len()), (vec![rule], parts), "{text:?}");
    }
    let many = format!("Content-Type: multipart/mixed; boundary=a\r\n\r\n{}", "--a\r\n\r\n".repeat(400));
    let decoded = read_text(&many).value.parts();
    assert!(decoded.breaks(&rule::TOO_MANY_PARTS) && decoded.value.len() <= 256);
}

#[test]
fn leaves_come_from_a_limited_depth() {
    let mut entity = Builder::new("text/plain", "leaf").encode();
    for level in 0..4 {
        let boundary = format!("b{level}");
        let other = Builder::new("text/html", format!("{level}")).encode();
        let content = multipart(&boundary, &[entity, other]);
        entity = Builder::new(format!("multipart/mixed; boundary={boundary}"), content).encode();
    }
    let all = decode(&entity, 0..entity.len()).value.leaves(4);
    assert_eq!(found(&all.deviations), Vec::<&str>::new());
    let contents: Vec<_> = all.value.iter().map(Entity::content).collect();
    assert_eq!(contents, [&b"leaf"[..], b"0", b"1", b"2", b"3"]);
    let some = decode(&entity, 0..entity.len()).value.leaves(2);
    assert!(some.breaks(&rule::TOO_DEEP));
    assert_eq!(some.value.len(), 2);
}

#[test]
fn transfer_encodings_are_undone() {
    for (encoding, content, result) in [
        ("8bit", "a\u{e9}", Ok("a\u{e9}")),
        ("BASE64", "aGVs\r\nbG8=\r\n", Ok("hello")),
        ("base64", "a!", Err(true)),
        ("x-other", "a", Err(false)),
    ] {
        let octets =
            Builder::new("text/plain", content).header("Content-Transfer-Encoding", encoding).encode();
        let entity = decode(&octets, 0..octets.len()).value;
        match (entity.decoded_content(), result) {
            (Ok(decoded), Ok(wanted)) => assert_eq!(decoded, wanted.as_bytes()),
            (Err(CodingError::Malformed(_)), Err(true)) | (Err(CodingError::Unknown(_)), Err(false)) => {}
            (got, _) => panic!("{encoding}: {got:?}"),
        }
    }
}

#[test]
fn content_codings_are_undone_up_to_a_limit() {
    let text = b"a message ".repeat(100);
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    let mut raw = DeflateEncoder::new(Vec::new(), Compression::best());
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    zlib.write_all(&text).unwrap();
    raw.write_all(&text).unwrap();
    gzip.write_all(&text).unwrap();
    for (coding, octets) in [
        ("deflate", zlib.finish().unwrap()),
        ("Deflate", raw.finish().unwrap()),
        ("gzip", gzip.finish().unwrap()),
        ("identity", text.clone()),
    ] {
        assert_eq!(inflate(coding, &octets, 1000), Ok(text.clone()), "{coding}");
        assert_eq!(inflate(coding, &octets, 999), Err(CodingError::TooLong(999)), "{coding}");
        if coding != "identity" {
            assert!(
                matches!(inflate(coding, b"no such thing", 999), Err(CodingError::Malformed(_))),
                "{coding}"
            );
        }
    }
    assert_eq!(inflate("br", b"", 1), Err(CodingError::Unknown("br".to_owned())));
}

#[test]
fn a_bomb_is_refused() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(&vec![0; 4 << 20]).unwrap();
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 8192);
    assert_eq!(inflate("gzip", &bomb, 65_536), Err(CodingError::TooLong(65_536)));
}

#[test]
fn the_builder_can_be_overridden() {
    let base = Builder::new("text/plain", "x").header("Content-ID", "<a>");
    assert_eq!(base.encode(), b"Content-Type: text/plain\r\nContent-ID: <a>\r\n\r\nx");
    let octets =
        base.set("content-type", "text/xml").without("Content-Id").raw("X\n").without_separator().encode();
    assert_eq!(octets, b"content-type: text/xml\r\nX\nx");
    assert_eq!(Builder::default().header("A", "1\r\nB: 2").encode(), b"A: 1  B: 2\r\n\r\n");
}

proptest! {
    #[test]
    fn any_octets_are_survived(octets in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..9) {
        let cut = cut.min(octets.len());
        let entity = decode(&octets, cut..octets.len()).value;
        prop_assert_eq!(entity.content_span().end, octets.len());
        split(&octets, cut..octets.len(), b"a");
        let _ = inflate("gzip", &octets, 100);
    }

    #[test]
    fn entity_like_octets_are_survived(text in "(Content-Type: |multipart/x|; ?boundary=\"?a\"?|[a-z;=\"\\\\() ]{0,4}|\r\n|\n|\r\n\r\n|--a|--a--){0,30}") {
        let decoded = read_text(&text);
        for deviation in &decoded.deviations {
            prop_assert!(deviation.span.end <= text.len());
        }
        for header in decoded.value.headers() {
            for parameter in header.parameterised().parameters() {
                prop_assert!(text[parameter.span].starts_with(parameter.name));
            }
        }
        let parts = decoded.value.parts();
        for part in &parts.value {
            prop_assert!(decoded.value.content_span().start <= part.span().start && part.span().end <= text.len());
        }
    }

    #[test]
    fn what_is_written_is_read(contents in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..4)) {
        let parts: Vec<_> = contents.iter().map(|content| Builder::new("a/b", content.clone()).encode()).collect();
        let octets = Builder::new("multipart/mixed; boundary=\"=_limit_=\"", multipart("=_limit_=", &parts)).encode();
        let entity = decode(&octets, 0..octets.len()).value;
        let read = entity.parts();
        if !contents.is_empty() {
            prop_assert!(read.deviations.is_empty());
        }
        prop_assert_eq!(read.value.iter().map(|part| part.content().to_vec()).collect::<Vec<_>>(), contents);
    }
}
