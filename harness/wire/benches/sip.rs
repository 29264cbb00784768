//! Decoding SIP messages against a bare line scan of the same octets.

fn main() {
    divan::main();
}
