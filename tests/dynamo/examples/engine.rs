//! A DynamoDB engine on this machine, to try several servers without AWS. Everything is gone when it ends.
//!
//! usage: engine [IP:PORT]
#![expect(clippy::print_stdout, reason = "a program says where it listens")]

use std::error::Error;

use dynoxide::Database;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8000".to_owned());
    let listener = TcpListener::bind(&address).await.map_err(|error| format!("cannot listen on {address}: {error}"))?;
    println!("in every other window:");
    println!("export AWS_ENDPOINT_URL=http://{} AWS_REGION=eu-central-1", listener.local_addr()?);
    println!("export AWS_ACCESS_KEY_ID=nobody AWS_SECRET_ACCESS_KEY=nobody");
    dynoxide::server::serve_on(listener, Database::memory()?).await;
    Ok(())
}
