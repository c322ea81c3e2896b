//! The tests of the distributed store, which are a workspace of their own: `cargo test --workspace` runs them too.

use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

#[test]
fn the_distributed_store_passes_its_tests() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("dynamo").join("Cargo.toml");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("dynamo");
    let mut tests = Command::new(env!("CARGO"));
    tests.args(["test", "--locked", "--manifest-path"]).arg(manifest).arg("--target-dir").arg(target);
    // Past the test harness, like all that the tests themselves say.
    writeln!(io::stderr().lock(), "runs cargo test --locked --manifest-path tests/dynamo/Cargo.toml").unwrap();
    let ended = tests.status().expect("cargo can be started");
    assert!(ended.success(), "cargo test --locked --manifest-path tests/dynamo/Cargo.toml: {ended}");
}
