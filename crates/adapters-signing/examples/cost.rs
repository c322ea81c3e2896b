//! Measures what a ticket code costs: `cargo run --release -p ticketly-adapters-signing --example cost`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for developers")]

use std::hint::black_box;
use std::time::Instant;

use ticketly_adapters_signing::Ed25519;
use ticketly_domain::CodeSigner as _;

/// The number of bytes of a code that are signed.
const MESSAGE: [u8; 21] = [1; 21];
const TIMES: u32 = 20_000;

fn main() {
    let seed = [7; 32];
    let public_key = Ed25519.public_key(&seed).unwrap();
    let signature = Ed25519.sign(&seed, &MESSAGE).unwrap();
    measure("sign", || Ed25519.sign(black_box(&seed), black_box(&MESSAGE)).is_ok());
    measure("public key", || Ed25519.public_key(black_box(&seed)).is_ok());
    measure("verify", || Ed25519.verify(black_box(&public_key), black_box(&MESSAGE), black_box(&signature)));
}

fn measure(what: &str, does: impl Fn() -> bool) {
    let begun = Instant::now();
    for _ in 0..TIMES {
        assert!(does());
    }
    println!("{what}: {:.1} us", (begun.elapsed() / TIMES).as_secs_f64() * 1e6);
}
