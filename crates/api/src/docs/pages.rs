//! The document at `/openapi.json` and Swagger UI at `/docs`, both served from memory.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, HttpResponseBuilder};

const BUNDLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui-bundle.js.gz"));
const STYLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui.css.gz"));

/// The content security policy: no foreign resources, no inline script and no `eval`.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

const PAGE: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ticketly API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<script src="/docs/swagger-ui-bundle.js" defer></script>
<script src="/docs/start.js" defer></script>
</head>
<body><div id="swagger-ui"></div></body>
</html>
"#;

const START: &str = r##"SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null
});
"##;

/// Redirects to the documentation page.
pub(crate) async fn home() -> HttpResponse {
    HttpResponse::TemporaryRedirect().insert_header((LOCATION, "/docs")).finish()
}

pub(crate) async fn document(document: Data<Bytes>) -> HttpResponse {
    answer("application/json").body(document.as_ref().clone())
}

pub(crate) async fn page() -> HttpResponse {
    answer("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .body(PAGE)
}

pub(crate) async fn start() -> HttpResponse {
    answer("text/javascript").body(START)
}

pub(crate) async fn style() -> HttpResponse {
    compressed("text/css", STYLE)
}

pub(crate) async fn bundle() -> HttpResponse {
    compressed("text/javascript", BUNDLE)
}

/// Answers with a compressed file. Every browser accepts gzip, so the file exists in no other form.
fn compressed(media_type: &str, body: &'static [u8]) -> HttpResponse {
    answer(media_type).insert_header((CONTENT_ENCODING, "gzip")).body(body)
}

fn answer(media_type: &str) -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer.content_type(media_type).insert_header((CACHE_CONTROL, "no-cache"));
    answer
}
