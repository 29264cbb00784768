//! What the ledger costs at the start of the program.

fn main() {
    divan::main();
}

#[divan::bench]
fn builtin() -> bool {
    imdnspec_ledger::Ledger::builtin().is_ok()
}

#[divan::bench]
fn strict() -> bool {
    imdnspec_ledger::Ledger::load().is_ok()
}
