//! MSRP chunks: decoding against a bare scan for the same end-line, framing, and a large message put together.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use imdnspec_wire::msrp::stream::{Frame, Framer};
use imdnspec_wire::msrp::{self, Builder, Chunking, Flag, Progress, Reassembly};

fn main() {
    divan::main();
}

const TO: &str = "msrp://bob.example.com:8888/9di4eae923wzd;tcp";
const FROM: &str = "msrp://alicepc.example.com:7777/iau39soe2843z;tcp";

/// The chunks of a message of that many octets of text, 2048 each.
fn chunks(octets: usize) -> Vec<Vec<u8>> {
    let line = "It is a text of the usual length -- on the lines that people write.\r\n";
    let text = line.repeat(octets / line.len() + 1);
    let message = Builder::request("SEND", "unused", TO, FROM)
        .message_id("12339sdqwer")
        .body("message/cpim", &text.as_bytes()[..octets]);
    let mut number = 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef;
    message
        .chunks(Chunking { last: Flag::Final, ..Chunking::default() }, move || {
            number += 1;
            number
        })
        .collect()
}

/// What any receiver has to do: find the end-line.
#[divan::bench(sample_size = 1000)]
fn bare_scan(bencher: Bencher<'_, '_>) {
    let chunk = &chunks(2048)[0];
    let end = &chunk[chunk.len() - 36..chunk.len() - 3];
    let finder = memchr::memmem::Finder::new(end);
    bencher.counter(BytesCount::of_slice(chunk)).bench(|| finder.find(black_box(chunk)));
}

/// As `bare_scan`, with the line ends of the head.
#[divan::bench(sample_size = 1000)]
fn bare_scan_of_head_and_body(bencher: Bencher<'_, '_>) {
    let chunk = &chunks(2048)[0];
    let head = chunk.len() - 2048 - 38;
    bencher.counter(BytesCount::of_slice(chunk)).bench(|| {
        let chunk = black_box(chunk);
        let lines = memchr::memchr_iter(b'\n', &chunk[..head]).fold(0, |sum, at| sum ^ at);
        let finder = memchr::memmem::Finder::new(&chunk[chunk.len() - 36..chunk.len() - 3]);
        (lines, finder.find(&chunk[head..]))
    });
}

#[divan::bench(sample_size = 1000)]
fn decode(bencher: Bencher<'_, '_>) {
    let chunk = &chunks(2048)[0];
    assert!(msrp::decode(chunk).deviations.is_empty());
    bencher.counter(BytesCount::of_slice(chunk)).bench(|| drop(black_box(msrp::decode(black_box(chunk)))));
}

#[divan::bench(sample_size = 1000)]
fn respond(bencher: Bencher<'_, '_>) {
    let chunk = &chunks(2048)[0];
    let request = msrp::decode(chunk).value;
    bencher.bench(|| msrp::respond(black_box(&request), 200));
}

/// A megabyte in segments of that many octets.
#[divan::bench(args = [100, 1460, 65_536])]
fn frame(bencher: Bencher<'_, '_>, segment: usize) {
    let stream = chunks(1 << 20).concat();
    bencher.counter(BytesCount::of_slice(&stream)).bench(|| {
        let mut framer = Framer::new();
        let mut count = 0;
        for octets in stream.chunks(segment) {
            framer.push(octets);
            count += framer.by_ref().count();
        }
        count
    });
}

/// From the octets of the connection to the whole message.
#[divan::bench]
fn ten_megabytes_in_chunks(bencher: Bencher<'_, '_>) {
    let stream = chunks(10 << 20).concat();
    bencher.counter(BytesCount::of_slice(&stream)).bench(|| {
        let (mut framer, mut reassembly, mut length) = (Framer::new(), Reassembly::new(), 0);
        for octets in stream.chunks(16_384) {
            framer.push(octets);
            for frame in framer.by_ref() {
                let Frame::Message(octets) = frame else { continue };
                let chunk = msrp::decode(&octets).value;
                if let Progress::Complete(message) = reassembly.take(&chunk).value {
                    length = message.octets.len();
                }
            }
        }
        assert_eq!(length, 10 << 20);
    });
}

/// The chunks of ten megabytes, transaction identifiers included.
#[divan::bench]
fn ten_megabytes_cut(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::new(10_usize << 20)).bench(|| chunks(black_box(10 << 20)).len());
}
