//! Style sheets, modules and pictures. Their names change with their content, so browsers keep them for ever.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, HeaderMap, HeaderName, HeaderValue, VARY};

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

impl Asset {
    /// Returns the asset of a path.
    pub(crate) fn of(path: &str) -> Option<&'static Self> {
        ALL.iter().find(|asset| asset.path == path)
    }

    pub(crate) fn answer(&self, headers: &HeaderMap) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        answer.content_type(self.media_type).insert_header(FOR_EVER).insert_header((VARY, "Accept-Encoding"));
        if compression::is_accepted(headers) {
            answer.insert_header((CONTENT_ENCODING, "gzip")).body(self.gzip)
        } else {
            answer.body(self.content)
        }
    }
}
