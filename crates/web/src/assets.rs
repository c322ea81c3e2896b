//! Style sheets, modules and pictures. Their names change with their content, so browsers keep them for ever.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, HeaderName, HeaderValue, VARY};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use ticketly_http::problem::Problem;

use crate::app::Web;
use crate::compression;

/// A file that pages load.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asset {
    /// Its path, with a hash of its content.
    pub path: &'static str,
    media_type: &'static str,
    content: &'static [u8],
    /// The content as gzip.
    gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The header of what browsers keep for ever.
pub(crate) const FOR_EVER: (HeaderName, HeaderValue) =
    (CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));

/// Answers with an asset, or with a file of the cinema's look.
pub(crate) async fn show(request: HttpRequest, web: Data<Web>) -> Result<HttpResponse, Problem> {
    if let Some(file) = web.look.file(request.path()) {
        return Ok(file.answer());
    }
    let asset = ALL.iter().find(|asset| asset.path == request.path());
    let asset = asset.ok_or_else(|| Problem::bare(StatusCode::NOT_FOUND))?;
    let mut answer = HttpResponse::Ok();
    answer.content_type(asset.media_type).insert_header(FOR_EVER).insert_header((VARY, "Accept-Encoding"));
    Ok(if compression::is_accepted(request.headers()) {
        answer.insert_header((CONTENT_ENCODING, "gzip")).body(asset.gzip)
    } else {
        answer.body(asset.content)
    })
}
