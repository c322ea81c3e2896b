//! The baseline: a minimal server that parses JSON and sends it back.

use std::io::Write as _;
use std::net::TcpListener;

use actix_web::{App, HttpServer, web};
use serde_json::Value;

/// The argument with which this program runs as the echo server.
pub const ARGUMENT: &str = "echo-server";

pub fn serve(workers: usize) -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    writeln!(std::io::stdout(), "  address      http://{}", listener.local_addr()?)?;
    let echo = async |body: web::Json<Value>| body;
    let server = HttpServer::new(move || App::new().route("/v1/bookings", web::post().to(echo)));
    Ok(actix_web::rt::System::new().block_on(server.workers(workers).listen(listener)?.run())?)
}
