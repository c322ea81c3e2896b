//! The baseline: a minimal server of the same HTTP library. It parses the JSON of a request and sends it back, in an
//! answer that has the size of another server's.

use std::io::Write as _;
use std::net::TcpListener;

use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer, web};
use serde::Serialize;
use serde_json::Value;

/// The argument with which this program runs as the echo server.
pub const ARGUMENT: &str = "echo-server";

/// The sizes of an answer.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// The length of a header that fills up the head; 0 for no such header.
    pub padding: usize,
    pub body: usize,
}

#[derive(Serialize)]
struct Echo<'p> {
    request: Value,
    padding: &'p str,
}

/// Serves until it is killed. The arguments are the number of workers and the sizes of the answers.
pub fn serve(args: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let numbers: Vec<usize> = args.map(|arg| arg.parse()).collect::<Result<_, _>>()?;
    let [workers, padding, body] = numbers.as_slice() else { anyhow::bail!("the echo server needs three numbers") };
    let (size, padding) = (Size { padding: *padding, body: *body }, "-".repeat(*body));
    let listener = TcpListener::bind("127.0.0.1:0")?;
    writeln!(std::io::stdout(), "  address      http://{}", listener.local_addr()?)?;
    let data = Data::new((size, padding));
    let server = HttpServer::new(move || App::new().app_data(data.clone()).default_service(web::to(answer)));
    Ok(actix_web::rt::System::new().block_on(server.workers(*workers).listen(listener)?.run())?)
}

async fn answer(request: Bytes, about: Data<(Size, String)>) -> actix_web::Result<HttpResponse> {
    const FRAME: usize = r#"{"request":,"padding":""}"#.len();
    let (size, padding) = about.get_ref();
    let mut answer = HttpResponse::Ok();
    if size.padding > 0 {
        answer.insert_header(("x-padding", "-".repeat(size.padding)));
    }
    let filled = |used: usize| padding.get(..size.body.saturating_sub(used)).unwrap_or_default();
    if request.is_empty() {
        // The two quotation marks of a JSON string.
        return Ok(answer.json(filled(2)));
    }
    // JSON that this program has written has the same length when it is written again.
    let padding = filled(FRAME + request.len());
    Ok(answer.json(Echo { request: serde_json::from_slice(&request)?, padding }))
}
