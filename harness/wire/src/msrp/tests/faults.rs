//! Each fault has its rule and its place.

use super::*;

#[test]
fn each_fault_is_named_where_it_stands() {
    for (right, wrong, rule, octets) in [
        ("MSRP d", "msrp d", "msrp.protocol", "msrp"),
        ("MSRP d93kswow", "MSRP  d93kswow", "msrp.start-line", "MSRP  d93kswow SEND"),
        ("SEND", "SEND now", "msrp.start-line", " now"),
        ("SEND", "Send", "msrp.method", "Send"),
        ("SEND\r\n", "SEND\n", "msrp.bare-lf", "\n"),
        ("plain\r\n\r\n", "plain\r\n\n", "msrp.bare-lf", "\n"),
        ("d93kswow$\r\n", "d93kswow$\n", "msrp.bare-lf", "\n"),
        ("Message-ID:", "Message-ID :", "msrp.header-name", "Message-ID "),
        ("Message-ID: 12", "9x: y\r\nMessage-ID: 12", "msrp.header-name", "9x"),
        ("Message-ID: 12", "Message-ID:12", "msrp.header-space", "12339sdqwer"),
        ("Message-ID: 12", "Message-ID:  12", "msrp.header-space", "  12339sdqwer"),
        ("1-16/16\r\n", "1-16/16 \r\n", "msrp.header-space", " 1-16/16 "),
        ("Byte-Range: 1", "Byte-Range\r\nByte-Range: 1", "msrp.header-malformed", "Byte-Range"),
        ("Byte-Range: 1", "X: y\r\n folded\r\nByte-Range: 1", "msrp.header-folded", " folded"),
        ("Message-ID: 12", "X: a\u{1}b\r\nMessage-ID: 12", "msrp.header-characters", "a\u{1}b"),
        (
            "Byte-Range: 1",
            "Message-ID: abcd\r\nByte-Range: 1",
            "msrp.header-repeated",
            "Message-ID: abcd\r\n",
        ),
        ("Message-ID: 12339sdqwer\r\n", "", "msrp.message-id-missing", ""),
        ("12339sdqwer", "123", "msrp.message-id", "123"),
        ("12339sdqwer", "<1@example.com>", "msrp.message-id", "<1@example.com>"),
        ("Message-ID", "Failure-Report: never\r\nMessage-ID", "msrp.failure-report", "never"),
        ("Message-ID", "Success-Report: partial\r\nMessage-ID", "msrp.success-report", "partial"),
        ("Message-ID", "Status: 200 OK\r\nMessage-ID", "msrp.status", "200 OK"),
        ("Byte-Range: 1-16/16\r\n", "", "msrp.byte-range-missing", ""),
        ("1-16/16", "1-16", "msrp.byte-range", "1-16"),
        ("1-16/16", "1-16/99999999999999999999999", "msrp.byte-range", "1-16/99999999999999999999999"),
        ("1-16/16", "0-15/16", "msrp.byte-range-start", "0-15/16"),
        ("1-16/16", "16-1/*", "msrp.byte-range-end", "16-1/*"),
        ("1-16/16", "1-15/*", "msrp.byte-range-body", "1-15/*"),
        ("1-16/16", "1-16/17", "msrp.flag-final", "-------d93kswow$"),
        ("Content-Type: text/plain\r\n", "", "msrp.content-type-missing", ""),
        (
            "Content-Type: text/plain\r\n",
            "Content-Type: text/plain\r\nContent-ID: <a@b>\r\n",
            "msrp.content-type-last",
            "Content-Type: text/plain\r\n",
        ),
        ("text/plain", "plain", "mime.content-type", "plain"),
        (
            "Content-Type",
            "Content-Transfer-Encoding: binary\r\nContent-Type",
            "msrp.transfer-encoding",
            "binary",
        ),
        ("-------d93kswow$\r\n", "", "msrp.end-line-missing", ""),
        ("-------d93kswow$\r\n", "-------d93kswow$\r\nmore", "msrp.surplus", "more"),
    ] {
        assert!(SEND.contains(right), "{right}");
        let text = SEND.replacen(right, wrong, 1);
        let deviations = read(&text).deviations;
        // A missing end-line makes one more line end a part of the body.
        let more = usize::from(rule == "msrp.end-line-missing");
        assert_eq!(
            (deviations[0].rule.name, deviations.len()),
            (rule, 1 + more),
            "{wrong:?}: {deviations:?}"
        );
        assert_eq!(&text[deviations[0].span.clone()], octets, "{wrong:?}");
    }
}

#[test]
fn faults_of_paths_and_uris_are_named() {
    for (wrong, rule, octets) in [
        ("http://bob.example.com/a;tcp", "msrp.uri-scheme", "http://bob.example.com/a;tcp"),
        ("msrp://bob.example.com:8888/a", "msrp.uri-transport", ""),
        ("msrp://bob.example.com:8888/a;udp", "msrp.uri-transport", ";udp"),
        ("msrp://bob.example.com:8888/a;tcp;=x", "msrp.uri-parameter", ";tcp;=x"),
        ("msrp://192.0.2.1/a;tcp", "msrp.uri-port", "msrp://192.0.2.1/a;tcp"),
        ("msrp://[::1/a;tcp", "msrp.uri-authority", "msrp://[::1/a;tcp"),
        ("msrp://b:99999/a;tcp", "msrp.uri-authority", "msrp://b:99999/a;tcp"),
        ("msrp://u:p@b:1/a;tcp", "msrp.uri-password", "msrp://u:p@b:1/a;tcp"),
        ("msrp://b:1/a*b;tcp", "msrp.uri-session", "a*b"),
        ("msrp://b:1/;tcp", "msrp.uri-session", ""),
        ("msrp://b:1/a;tcp  msrp://b:1/b;tcp", "msrp.path", "msrp://b:1/a;tcp  msrp://b:1/b;tcp"),
    ] {
        let text = SEND.replacen(TO, wrong, 1);
        let decoded = read(&text);
        assert_eq!(found(&decoded.deviations), [rule], "{wrong}");
        assert_eq!(&text[decoded.deviations[0].span.clone()], octets, "{wrong}");
    }
    for (wrong, rules) in [
        (SEND.replace("To-Path", "X-Path"), vec!["msrp.to-path-missing"]),
        (SEND.replace("From-Path", "X-Path"), vec!["msrp.from-path-missing"]),
        (
            SEND.replace("To-Path", "Q").replace("From-Path", "To-Path").replace('Q', "From-Path"),
            vec!["msrp.path-order", "msrp.path-order"],
        ),
        (SEND.replace(TO, ""), vec!["msrp.path"]),
    ] {
        assert_eq!(found(&read(&wrong).deviations), rules, "{wrong}");
    }
}

#[test]
fn faults_around_bodies_and_end_lines_are_named() {
    let bodiless = SEND.replace("Content-Type: text/plain\r\n\r\nHi, I'm Alice!\r\n\r\n", "");
    let plain = bodiless.replace("Byte-Range: 1-16/16\r\n", "");
    let report = |right: &str, wrong: &str| REPORT.replacen(right, wrong, 1);
    for (text, rules) in [
        (
            SEND.replace("\r\n\r\n-------", "-------"),
            vec!["msrp.end-line-crlf", "msrp.byte-range-body", "msrp.flag-final"],
        ),
        (SEND.replace("I'm", "-------d93kswow+").replace("16", "29"), vec!["msrp.end-line-in-body"]),
        (SEND.replace("w$\r\n", "w+\r\n"), vec!["msrp.chunk-small", "msrp.flag-final"]),
        (SEND.replace("w$\r\n", "w#\r\n"), vec![]),
        (plain.replace("-------", "\r\n-------"), vec!["msrp.end-line-spaced"]),
        (plain.replace("-------", "Content-ID: <a@b>\r\n-------"), vec!["msrp.content-header"]),
        (plain.replace("-------d", "-------e"), vec!["msrp.end-line-other"]),
        (plain.replace("w$", "w?"), vec!["msrp.end-line-other"]),
        (plain.replace("-------d93kswow$\r\n", ""), vec!["msrp.end-line-missing"]),
        (bodiless.replace("1-16/16", "17-16/16"), vec!["msrp.byte-range-start"]),
        (report("Status: 000 200 OK\r\n", ""), vec!["msrp.status-missing"]),
        (report("Message-ID: 12339sdqwer\r\n", ""), vec!["msrp.message-id-missing"]),
        (report("Status", "Failure-Report: no\r\nSuccess-Report: no\r\nStatus"), vec!["msrp.report-asks"; 2]),
        (report("sd$", "sd+"), vec!["msrp.flag-chunked"]),
        (OK.replace("w$", "w+"), vec!["msrp.flag-chunked"]),
        (OK.replace("200", "20"), vec!["msrp.status-code"]),
        (OK.replace("-------", "\r\nx\r\n-------"), vec!["msrp.response-body"]),
        ("nonsense".to_owned(), vec!["msrp.start-line", "msrp.end-line-missing"]),
        (
            SEND.replacen("MSRP d93kswow", "MSRP abc", 1),
            vec!["msrp.transaction", "msrp.end-line-missing", "msrp.byte-range-body"],
        ),
    ] {
        assert_eq!(found(&read(&text).deviations), rules, "{text}");
    }
    let large = |size: usize, range: &str| {
        let body = "x".repeat(size);
        SEND.replace("Hi, I'm Alice!\r\n", &body).replace("1-16/16", range)
    };
    assert_eq!(found(&read(&large(2048, "1-2048/2048")).deviations), Vec::<&str>::new());
    assert_eq!(found(&read(&large(2049, "1-2049/2049")).deviations), ["msrp.chunk-large"]);
    assert_eq!(found(&read(&large(2049, "1-*/2049")).deviations), Vec::<&str>::new());
    let report = large(10_241, "1-106/106")
        .replace(" SEND", " REPORT")
        .replace("Message-ID", "Status: 000 200\r\nMessage-ID");
    assert_eq!(found(&read(&report).deviations), ["msrp.body-large"]);
}
