//! An engine as a process that ends with its test.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;

/// Builds the engine once per run, and returns its path. It has its own workspace, since it links another SQLite.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let target = tests.parent().unwrap().join("target/engine");
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--locked", "--manifest-path"]).arg(tests.join("engine/Cargo.toml"));
        let ended = build.arg("--target-dir").arg(&target).status().unwrap();
        assert!(ended.success(), "the engine cannot be built: {ended}");
        target.join("debug/engine")
    })
}

/// An engine in memory, on a local port.
pub(crate) struct Process {
    child: Child,
    /// The engine stops when this is closed, even if this process is killed.
    _stdin: Option<ChildStdin>,
    pub(crate) address: String,
}

impl Process {
    pub(crate) fn start() -> Self {
        let mut command = Command::new(program());
        command.args(["--attached", "127.0.0.1:0"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split_once("AWS_ENDPOINT_URL=").and_then(|(_, rest)| rest.split(' ').next());
        assert!(address.is_some(), "the engine did not start: {line:?}");
        let address = address.unwrap().to_owned();
        Self { _stdin: child.stdin.take(), child, address }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
