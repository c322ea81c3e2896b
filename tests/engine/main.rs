//! A local DynamoDB engine. To run it:
//! `cargo run --manifest-path tests/engine/Cargo.toml --target-dir target/engine -- [ADDRESS] [FILE]`
//!
//! It listens on 127.0.0.1:8000 by default, keeps its data in memory unless a file is given, and stops on Ctrl-C. With
//! `--attached` it also stops when its standard input is closed, and so when the program that started it ends.
#![expect(clippy::print_stdout, reason = "the program prints its address")]

use std::env;
use std::future;
use std::process::ExitCode;

use dynoxide::Database;
use tokio::io::{AsyncReadExt as _, stdin};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    let (flags, mut values): (Vec<_>, Vec<_>) = env::args().skip(1).partition(|argument| argument.starts_with('-'));
    let attached = match flags.as_slice() {
        [] => false,
        [flag] if flag == "--attached" => true,
        _ => {
            eprintln!("usage: engine [--attached] [ADDRESS] [FILE]");
            return ExitCode::FAILURE;
        }
    };
    let file = if values.len() > 1 { values.pop() } else { None };
    let address = values.pop().unwrap_or_else(|| "127.0.0.1:8000".to_owned());
    match serve(&address, file.as_deref(), attached).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(address: &str, file: Option<&str>, attached: bool) -> Result<(), String> {
    let opened = file.map_or_else(Database::memory, Database::new);
    let database = opened.map_err(|error| format!("cannot open {}: {error}", file.unwrap_or("a database")))?;
    let listener = TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    println!(
        "listening; to use it: export AWS_ENDPOINT_URL=http://{address} AWS_REGION=eu-central-1 \
         AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local"
    );
    tokio::select! {
        served = dynoxide::server::serve_with_shutdown(listener, database, future::pending()) => served,
        _ = tokio::signal::ctrl_c() => Ok(()),
        () = input_closed(), if attached => Ok(()),
    }
}

/// Returns when the standard input is closed.
async fn input_closed() {
    let mut read = [0; 64];
    while matches!(stdin().read(&mut read).await, Ok(1..)) {}
}
