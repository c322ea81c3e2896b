//! Style sheets, modules and pictures. Their names change with their content, so browsers keep them for ever.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use ticketly_http::problem::Problem;

/// A file that pages load.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asset {
    /// Its path, with a hash of its content.
    pub path: &'static str,
    media_type: &'static str,
    content: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Answers with an asset.
pub(crate) async fn show(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let asset = ALL.iter().find(|asset| asset.path == request.path());
    let asset = asset.ok_or_else(|| Problem::bare(StatusCode::NOT_FOUND))?;
    let mut answer = HttpResponse::Ok();
    Ok(answer.content_type(asset.media_type).insert_header((CACHE_CONTROL, FOR_EVER)).body(asset.content))
}
