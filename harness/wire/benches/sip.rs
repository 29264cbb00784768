//! Decoding SIP messages against a bare line scan of the same octets, and the peers' other hot paths.

use std::hint::black_box;

use divan::Bencher;
use divan::counter::BytesCount;
use imdnspec_wire::sip::{self, stream::Framer};

fn main() {
    divan::main();
}

/// 700 octets, CPIM body included.
const REQUEST: &str = "MESSAGE sip:bob@192.0.2.20:5060 SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK776sgdkse;rport\r\n\
    Max-Forwards: 70\r\n\
    From: \"Alice\" <sip:alice@example.com>;tag=49583\r\n\
    To: <sip:bob@example.com>\r\n\
    Call-ID: asd88asd77a@192.0.2.10\r\n\
    CSeq: 1 MESSAGE\r\n\
    User-Agent: ExamplePhone/4.2\r\n\
    Content-Type: message/cpim\r\n\
    Content-Length: 370\r\n\
    \r\n\
    From: MR SANDERS <im:piglet@100akerwood.com>\r\n\
    To: Depressed Donkey <im:eeyore@100akerwood.com>\r\n\
    DateTime: 2000-12-13T13:40:00-08:00\r\n\
    Subject: the weather will be fine today\r\n\
    NS: imdn <urn:ietf:params:cpim-headers:imdn>\r\n\
    imdn.Message-ID: 34jk324j\r\n\
    imdn.Disposition-Notification: \r\n\
    \r\n\
    Content-type: text/plain; charset=utf-8\r\n\
    \r\n\
    Hello World, this is all there is to say.\r\n\r\n";

/// 350 octets.
const RESPONSE: &str = "SIP/2.0 200 OK\r\n\
    Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK776sgdkse;rport=5060;received=192.0.2.10\r\n\
    From: \"Alice\" <sip:alice@example.com>;tag=49583\r\n\
    To: <sip:bob@example.com>;tag=ab8asdasd9\r\n\
    Call-ID: asd88asd77a@192.0.2.10\r\n\
    CSeq: 1 MESSAGE\r\n\
    Server: ExamplePhone/4.2 (build 20261120; linux)\r\n\
    Allow: MESSAGE,OPTIONS,ACK\r\n\
    Content-Length: 0\r\n\r\n";

const MESSAGES: [(&str, &str); 2] = [("request", REQUEST), ("response", RESPONSE)];

fn octets(name: &str) -> &'static [u8] {
    MESSAGES.iter().find(|(candidate, _)| *candidate == name).map_or(&[], |(_, text)| text.as_bytes())
}

/// What any decoder has to do at least: find the line ends.
#[divan::bench(args = ["request", "response"])]
fn line_scan(bencher: Bencher<'_, '_>, name: &str) {
    let octets = octets(name);
    bencher.counter(BytesCount::of_slice(octets)).bench(|| {
        let (mut lines, mut from) = (0usize, 0);
        while let Some(feed) = memchr::memchr(b'\n', &black_box(octets)[from..]) {
            lines += black_box(feed);
            from += feed + 1;
        }
        lines
    });
}

#[divan::bench(args = ["request", "response"])]
fn decode(bencher: Bencher<'_, '_>, name: &str) {
    let octets = octets(name);
    assert!(sip::decode(octets).deviations.is_empty());
    bencher.counter(BytesCount::of_slice(octets)).bench(|| sip::decode(black_box(octets)));
}

#[divan::bench(args = ["request", "response"])]
fn read(bencher: Bencher<'_, '_>, name: &str) {
    let octets = octets(name);
    bencher.counter(BytesCount::of_slice(octets)).bench(|| sip::read(black_box(octets)));
}

#[divan::bench]
fn respond(bencher: Bencher<'_, '_>) {
    let request = sip::decode(REQUEST.as_bytes()).value;
    bencher.bench(|| sip::respond(black_box(&request), 200, Some("ab8asdasd9"), &[]));
}

#[divan::bench]
fn decode_and_respond(bencher: Bencher<'_, '_>) {
    bencher.bench(|| sip::respond(&sip::read(black_box(REQUEST.as_bytes())), 200, Some("ab8asdasd9"), &[]));
}

/// A hundred messages in segments of that many octets.
#[divan::bench(args = [1, 100, 1460, 100_000])]
fn frame(bencher: Bencher<'_, '_>, segment: usize) {
    let stream = REQUEST.repeat(100).into_bytes();
    bencher.counter(BytesCount::of_slice(&stream)).bench(|| {
        let mut framer = Framer::new();
        stream
            .chunks(segment)
            .map(|octets| {
                framer.push(octets);
                framer.by_ref().count()
            })
            .sum::<usize>()
    });
}
