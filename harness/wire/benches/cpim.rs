//! CPIM decoding, held against a bare line scan of the same octets. What is decoded is dropped within the time.

use divan::{Bencher, black_box, counter::BytesCount};
use imdnspec_wire::cpim;

fn main() {
    divan::main();
}

/// A typical request for a report, about 500 octets.
static REQUEST: &[u8] = b"From: Eric Burger <im:eburger@example.com>\r\n\
    To: Hisham Khartabil <im:hisham.khartabil@example.net>\r\n\
    DateTime: 2005-10-18T09:27:22-05:00\r\n\
    Subject: Did you get this?\r\n\
    NS: imdn <urn:ietf:params:cpim-headers:imdn>\r\n\
    imdn.Disposition-Notification: \r\n\
    imdn.Message-ID: 1542af3e8b.Vbx7k.5k2mUQp4\r\n\
    \r\n\
    Content-type: text/plain; charset=utf-8\r\n\
    Content-ID: <1542af3e8b-12@eburger.example.com>\r\n\
    \r\n\
    Did you get this message? It is a text of the usual length,\r\n\
    on the two or three lines that people write when they ask\r\n\
    each other for lunch.\r\n";

/// What any reader of lines has to do.
#[divan::bench(sample_size = 1000)]
fn bare_line_scan(bencher: Bencher<'_, '_>) {
    bencher
        .counter(BytesCount::of_slice(REQUEST))
        .bench(|| memchr::memchr_iter(b'\n', black_box(REQUEST)).fold(0, |sum, at| sum ^ at));
}

#[divan::bench(sample_size = 1000)]
fn decode(bencher: Bencher<'_, '_>) {
    bencher
        .counter(BytesCount::of_slice(REQUEST))
        .bench(|| drop(black_box(cpim::decode(black_box(REQUEST), 0..REQUEST.len()))));
}

#[divan::bench(sample_size = 1000)]
fn decode_and_recognise(bencher: Bencher<'_, '_>) {
    let profile = &imdnspec_wire::profile::IMDN_03;
    bencher.counter(BytesCount::of_slice(REQUEST)).bench(|| {
        let message = cpim::decode(black_box(REQUEST), 0..REQUEST.len()).value;
        message.recognise(profile, "Message-ID").map(|(header, _)| header.value_span())
    });
}
