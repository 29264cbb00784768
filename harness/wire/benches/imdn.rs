//! IMDN decoding, held against a bare line scan of the same octets. What is decoded is dropped within the time.

use divan::{Bencher, black_box, counter::BytesCount};
use imdnspec_wire::{imdn, profile::IMDN_03};

fn main() {
    divan::main();
}

static REPORT: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
    <imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">\r\n  \
    <disposition>read</disposition>\r\n  \
    <original-message-id>1542af3e8b.Vbx7k.5k2mUQp4</original-message-id>\r\n  \
    <original-recipient-uri>im:eburger@example.com</original-recipient-uri>\r\n  \
    <disposition-time>2005-10-18T08:30:18Z</disposition-time>\r\n  \
    <reporting-uas-uri>im:hisham.khartabil@example.net</reporting-uas-uri>\r\n\
    </imdn>\r\n";

/// What any reader of lines has to do.
#[divan::bench(sample_size = 1000)]
fn bare_line_scan(bencher: Bencher<'_, '_>) {
    bencher
        .counter(BytesCount::of_slice(REPORT))
        .bench(|| memchr::memchr_iter(b'\n', black_box(REPORT)).fold(0, |sum, at| sum ^ at));
}

/// The gate for well-formedness alone, to see where the time goes.
#[divan::bench(sample_size = 1000)]
fn gate(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::of_slice(REPORT)).bench(|| {
        std::str::from_utf8(black_box(REPORT)).ok().and_then(|text| roxmltree::Document::parse(text).ok())
    });
}

#[divan::bench(sample_size = 1000)]
fn decode(bencher: Bencher<'_, '_>) {
    bencher
        .counter(BytesCount::of_slice(REPORT))
        .bench(|| drop(black_box(imdn::decode(black_box(REPORT), 0..REPORT.len(), &IMDN_03))));
}
