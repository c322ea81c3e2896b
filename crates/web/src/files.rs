//! The files that pages load: assets of the program, and those of the cinema's look.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use ticketly_http::problem::Problem;

use crate::app::Web;
use crate::assets::Asset;

/// Answers with a file.
pub(crate) async fn show(request: HttpRequest, web: Data<Web>) -> Result<HttpResponse, Problem> {
    if let Some(file) = web.look.file(request.path()) {
        return Ok(file.answer());
    }
    let asset = Asset::of(request.path()).ok_or_else(|| Problem::bare(StatusCode::NOT_FOUND))?;
    Ok(asset.answer(request.headers()))
}
