//! The look of a cinema: its colours and letters, its logo, and the sites that may show its pages in frames.

mod contrast;
mod logo;
mod theme;

use std::fmt::Write as _;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use actix_web::web::Bytes;
use sha2::{Digest as _, Sha256};
use ticketly_http::cors::Origin;

pub use self::logo::Logo;
pub use self::theme::Theme;
use crate::assets::FOR_EVER;

/// What a cinema changes of its pages. By default nothing.
#[derive(Debug, Clone, Default)]
pub struct Look {
    pub(crate) theme: Option<Theme>,
    pub(crate) logo: Option<Logo>,
    /// The policy of pages that other sites may show in frames.
    embedded: Option<HeaderValue>,
}

/// Writes a content security policy: no foreign resources, no inline script or style, and the sites that may show the page in a frame.
macro_rules! policy {
    ($sites:literal) => {
        concat!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; ",
            "form-action 'self'; base-uri 'none'; frame-ancestors ",
            $sites
        )
    };
}

impl Look {
    /// Creates a look. The pages of these sites may show those of customers in frames.
    #[must_use]
    pub fn new(theme: Option<Theme>, logo: Option<Logo>, sites: &[Origin]) -> Self {
        let sites: Vec<_> = sites.iter().map(Origin::as_str).collect();
        let policy = || HeaderValue::from_str(&format!(policy!("{}"), sites.join(" "))).ok();
        Self { theme, logo, embedded: if sites.is_empty() { None } else { policy() } }
    }

    /// Returns whether other sites may show the pages of customers in frames.
    pub(crate) fn allows_embedding(&self) -> bool {
        self.embedded.is_some()
    }

    /// Returns the content security policy of a page.
    pub(crate) fn policy(&self, may_be_embedded: bool) -> HeaderValue {
        match &self.embedded {
            Some(policy) if may_be_embedded => policy.clone(),
            _ => HeaderValue::from_static(policy!("'none'")),
        }
    }

    /// Returns the file of a path.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        let files = self.theme.iter().map(|theme| &theme.0).chain(self.logo.iter().map(|logo| &logo.0));
        files.into_iter().find(|file| &*file.path == path)
    }
}

/// A file of a cinema, which its browsers keep for ever under a name with a hash of its content.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub path: Arc<str>,
    media_type: &'static str,
    content: Bytes,
}

/// A picture that is opened by itself runs nothing and loads nothing.
const HARMLESS: HeaderValue = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");

impl File {
    fn new(stem: &str, ending: &str, media_type: &'static str, content: Vec<u8>) -> Self {
        let digest = Sha256::digest(&content);
        let mut path = format!("/assets/{stem}-");
        for byte in digest.iter().take(6) {
            // A string takes all that is written to it.
            let _ = write!(path, "{byte:02x}");
        }
        let path = format!("{path}.{ending}").into();
        Self { path, media_type, content: content.into() }
    }

    pub(crate) fn answer(&self) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        answer.content_type(self.media_type).insert_header(FOR_EVER).insert_header((CONTENT_SECURITY_POLICY, HARMLESS));
        answer.body(self.content.clone())
    }
}
