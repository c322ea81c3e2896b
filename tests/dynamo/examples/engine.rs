//! A local engine: `cargo run --manifest-path tests/dynamo/Cargo.toml --example engine -- [ADDRESS] [FILE]`.
//!
//! It listens on 127.0.0.1:8000 unless told otherwise, keeps everything in memory unless given a file, and stops on
//! Ctrl-C.
#![expect(clippy::print_stdout, reason = "a program says where it listens")]

use std::env;
use std::process::ExitCode;

use dynoxide::Database;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8000".to_owned());
    match serve(&address, arguments.next().as_deref()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(address: &str, file: Option<&str>) -> Result<(), String> {
    let opened = file.map_or_else(Database::memory, Database::new);
    let database = opened.map_err(|error| format!("cannot open {}: {error}", file.unwrap_or("a database")))?;
    let listener = TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    println!(
        "listening; point to it by: export AWS_ENDPOINT_URL=http://{address} AWS_REGION=eu-central-1 \
         AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local"
    );
    let stopped = async { drop(tokio::signal::ctrl_c().await) };
    tokio::select! {
        served = dynoxide::server::serve_with_shutdown(listener, database, std::future::pending()) => served,
        () = stopped => Ok(()),
    }
}
