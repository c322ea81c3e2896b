//! Style sheets, modules and pictures. Their names change with their content, so browsers keep them for ever.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, HeaderMap, HeaderName, HeaderValue, VARY,
};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use ticketly_http::problem::Problem;

use crate::app::Web;

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
    Ok(if accepts_gzip(request.headers()) {
        answer.insert_header((CONTENT_ENCODING, "gzip")).body(asset.gzip)
    } else {
        answer.body(asset.content)
    })
}

/// Returns whether an answer may be compressed by gzip.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(ACCEPT_ENCODING).filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let quality = quality.trim().strip_prefix("q=").and_then(|quality| quality.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("gzip") && quality.is_some_and(|quality| quality > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_accepted_by_its_name() {
        for (accepted, is) in [
            ("gzip, deflate, br, zstd", true),
            ("br, GZIP;q=0.5", true),
            ("gzip; q=0.1", true),
            ("gzip;q=0", false),
            ("gzip;q=x", false),
            ("br", false),
            ("", false),
            ("x-gzip", false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_str(accepted).unwrap())]);
            assert_eq!(accepts_gzip(&headers), is, "{accepted}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
