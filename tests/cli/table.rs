//! A DynamoDB table, and the program on it.

use std::process::Command;

use ticketly_dynamo_tests::Engine;
use tokio::runtime::Runtime;

use crate::process::{Ended, Folder, Server, program, run};

/// An engine with an empty table.
pub struct Table {
    runtime: Runtime,
    engine: Engine,
}

impl Table {
    pub fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let engine = runtime.block_on(Engine::own());
        Self { runtime, engine }
    }

    pub fn store(&self) -> String {
        format!("dynamodb:{}", self.engine.table())
    }

    /// Returns the program with the settings of the engine.
    pub fn program(&self) -> Command {
        let mut command = program();
        command.env("AWS_ENDPOINT_URL", self.engine.address()).env("AWS_REGION", "eu-central-1");
        command.env("AWS_ACCESS_KEY_ID", "local").env("AWS_SECRET_ACCESS_KEY", "local");
        command
    }

    pub fn copy(&self, from: &str, to: &str, folder: &Folder, units: &str) -> Command {
        let mut command = self.program();
        command.args(["copy", "--from", from, "--to", to, "--max-units", units, "--data"]).arg(folder.path());
        command
    }

    pub fn verify(&self) -> Ended {
        let mut command = self.program();
        command.args(["verify", "--max-units", "100000", "--store", &self.store()]);
        run(command)
    }

    /// Creates a key.
    pub fn new_key(&self, role: &str) -> String {
        let mut command = self.program();
        command.args(["key", "new", "--role", role, "--store", &self.store()]);
        let ended = run(command);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
        ended.stdout.trim_end().to_owned()
    }

    /// Serves this table on a free port.
    pub fn serve(&self, options: &[&str]) -> Server {
        let mut command = self.program();
        command.args(["serve", "--address", "127.0.0.1:0", "--store", &self.store()]).args(options);
        Server::start(command)
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        // The engine's own client needs a runtime until it is gone.
        let _entered = self.runtime.enter();
    }
}
