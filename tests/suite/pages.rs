//! The pages of the documentation.

use crate::http::answer::Answer;
use crate::http::app::{App, DOCUMENT};

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}

#[test]
fn visitors_are_redirected_to_the_pages() {
    let app = App::start();
    let answer = app.get("/").send();
    assert_eq!((answer.status, answer.the("location")), (307, "/docs"));
    let page = app.get(answer.the("location")).send();
    assert!(text(&page).starts_with("<!DOCTYPE html>"), "{page}");
}

#[test]
fn every_page_has_its_media_type() {
    let app = App::start();
    let types = [
        ("/docs", "text/html; charset=utf-8"),
        ("/docs/start.js", "text/javascript"),
        ("/docs/swagger-ui.css", "text/css"),
        ("/docs/swagger-ui-bundle.js", "text/javascript"),
        ("/openapi.json", "application/json"),
    ];
    for (path, media_type) in types {
        let answer = app.get(path).send();
        assert_eq!((answer.status, answer.the("content-type")), (200, media_type), "{path}");
        assert_eq!(answer.the("x-content-type-options"), "nosniff", "{path}");
        assert!(answer.body.len() > 100, "{path}");
        let packed = answer.body.starts_with(b"\x1f\x8b");
        assert_eq!(answer.header("content-encoding"), packed.then_some("gzip"), "{path}");
    }
}

#[test]
fn the_served_document_is_the_published_one() {
    assert_eq!(App::start().get("/openapi.json").send().ok(), *DOCUMENT);
}

#[test]
fn the_page_has_no_foreign_and_no_inline_code() {
    let app = App::start();
    let answer = app.get("/docs").send();
    let policy = answer.the("content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(policy.contains("script-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    for word in ["unsafe", "http:", "https:", "*"] {
        assert!(!policy.contains(word), "{word} in {policy}");
    }
    let html = text(&answer);
    for word in ["http:", "https:", "=\"//", "<style", " style=", " onload=", "javascript:"] {
        assert!(!html.contains(word), "{word} in {html}");
    }
    for script in html.split("<script").skip(1) {
        assert!(script.starts_with(" src=\"/docs/"), "{script}");
        assert!(script.contains("></script>"), "no inline code: {script}");
    }
    let start = text(&app.get("/docs/start.js").send());
    assert!(!start.contains("//"), "{start}");
    assert!(start.contains("validatorUrl: null"), "uses no external validator: {start}");
}

#[test]
fn every_reference_of_the_page_exists() {
    let app = App::start();
    let html = text(&app.get("/docs").send());
    let references: Vec<_> = html.split(['"']).filter(|part| part.starts_with('/')).collect();
    assert_eq!(references.len(), 3, "{html}");
    for path in references {
        let answer = app.get(path).send();
        assert_eq!(answer.status, 200, "{path}");
        assert_ne!(answer.body.len(), 0, "{path}");
    }
}
