//! Cross-origin requests.

use std::num::NonZeroU32;

use ticketly_api::routes::routes;
use ticketly_http::limit::Rate;
use ticketly_http::route::entries;

use super::answer::Answer;
use super::app::{App, Stage};

const CINEMA: &str = "https://cinema.example";

fn app(rate: Option<Rate>) -> App {
    App::on(Stage { origins: &[CINEMA, "http://127.0.0.1:8080"], rate, ..Stage::new() })
}

fn asked(app: &App, method: &str, path: &str, origin: &str) -> Answer {
    app.call(method, path).header("Origin", origin).send()
}

fn preflight(app: &App, path: &str, origin: &str) -> Answer {
    let call = app.call("OPTIONS", path).header("Origin", origin).header("Access-Control-Request-Method", "POST");
    call.header("Access-Control-Request-Headers", "authorization,content-type").send()
}

#[track_caller]
fn carries(answer: &Answer, origin: Option<&str>) {
    assert_eq!(answer.header("access-control-allow-origin"), origin, "{answer}");
    let exposed = origin.map(|_| "ETag, Location, Link, Retry-After, X-Request-Id");
    assert_eq!(answer.header("access-control-expose-headers"), exposed, "{answer}");
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert_eq!(answer.the("vary"), "Origin", "{answer}");
}

#[test]
fn every_answer_has_the_cors_headers() {
    let open = app(None);
    for (method, path) in [("GET", "/v1/slots"), ("HEAD", "/docs"), ("GET", "/nowhere"), ("POST", "/v1/expirations")] {
        for allowed in [CINEMA, "http://127.0.0.1:8080"] {
            carries(&asked(&open, method, path, allowed), Some(allowed));
        }
        for other in ["https://cinema.example.evil", "http://cinema.example", "null"] {
            carries(&asked(&open, method, path, other), None);
        }
    }
    let strict = app(Some(Rate { per_second: NonZeroU32::MIN, proxies: 0 }));
    let limited = (0..50).map(|_| asked(&strict, "GET", "/v1/slots", CINEMA)).find(|answer| answer.status != 200);
    let limited = limited.unwrap();
    limited.problem(429, "rate_limited");
    carries(&limited, Some(CINEMA));
}

#[test]
fn a_preflight_request_needs_no_key() {
    let app = app(None);
    for path in ["/v1/bookings", "/v1/expirations"] {
        let answer = preflight(&app, path, CINEMA);
        assert_eq!((answer.status, answer.body.len()), (204, 0), "{answer}");
        carries(&answer, Some(CINEMA));
        let allowed: Vec<_> = answer.the("access-control-allow-methods").split(", ").collect();
        assert_eq!(allowed, ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);
        assert!(entries(&routes()).iter().all(|entry| allowed.contains(&entry.method.as_str())));
        let headers = "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, X-Request-Id";
        assert_eq!(answer.the("access-control-allow-headers"), headers);
        assert_eq!(answer.the("access-control-max-age"), "600");
        let refused = preflight(&app, path, "https://evil.example");
        carries(&refused, None);
        refused.problem(405, "method_not_allowed");
    }
}

#[test]
fn no_origin_is_allowed_unless_given() {
    let app = App::start();
    let answer = app.get("/v1/slots").header("Origin", CINEMA).send();
    assert_eq!((answer.header("vary"), answer.header("access-control-allow-origin")), (None, None));
    preflight(&app, "/v1/bookings", CINEMA).problem(405, "method_not_allowed");
}
