//! The look of a cinema, and the sites that embed its pages.

use ticketly_http::cors::Origin;
use ticketly_web::{Logo, Look, Theme};

use super::sign_in::session;
use super::{BROWSER, body, opened};
use crate::http::app::{App, Stage};

const SVG: &str = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";

fn app(theme: Option<&str>, logo: Option<&str>, sites: &[&str]) -> App {
    let (theme, logo) = (theme.map(|css| Theme::read(css).unwrap()), logo.map(|svg| Logo::read(svg.into()).unwrap()));
    let sites: Vec<Origin> = sites.iter().map(|origin| origin.parse().unwrap()).collect();
    App::on(Stage { pages: true, look: Look::new(theme, logo, &sites), ..Stage::new() })
}

/// Returns the addresses of the assets that a page names, in their order.
fn assets(page: &str) -> Vec<&str> {
    page.split('"').filter(|part| part.starts_with("/assets/")).collect()
}

#[test]
fn a_theme_comes_after_the_base() {
    let app = app(Some(":root { --accent: #036; }"), None, &[]);
    let page = opened(&app.get("/sign-in"));
    let [base, theme] = assets(&page)[..] else { panic!("{page}") };
    assert!(base.starts_with("/assets/base-") && theme.starts_with("/assets/theme-"), "{page}");
    let answer = app.get(theme).send();
    assert_eq!((answer.status, answer.the("content-type")), (200, "text/css; charset=utf-8"));
    assert_eq!(answer.the("cache-control"), "public, max-age=31536000, immutable");
    assert!(body(&answer).contains("--accent:#036;"));
    let missing = app.get("/nothing").header("Accept", BROWSER).send();
    assert!(body(&missing).contains(theme), "error pages have it too");
}

#[test]
fn a_logo_stands_for_the_name_of_the_cinema() {
    let app = app(None, Some(SVG), &[]);
    let page = opened(&app.get("/"));
    let logo = assets(&page)[1];
    assert!(page.contains(&format!(r#"<a class="cinema" href="/"><img src="{logo}" alt="Roxy"></a>"#)), "{page}");
    let answer = app.get(logo).send();
    assert_eq!((answer.status, answer.the("content-type")), (200, "image/svg+xml"));
    assert_eq!((answer.the("x-content-type-options"), body(&answer).as_str()), ("nosniff", SVG));
}

#[test]
fn a_hostile_logo_does_nothing_when_it_is_opened() {
    let app = app(None, Some(SVG), &[]);
    let page = opened(&app.get("/"));
    let policy = app.get(assets(&page)[1]).send();
    assert_eq!(policy.the("content-security-policy"), "default-src 'none'; style-src 'unsafe-inline'; sandbox");
}

#[test]
fn without_a_look_the_pages_have_the_base_and_the_name() {
    let app = app(None, None, &[]);
    let page = opened(&app.get("/sign-in"));
    assert!(assets(&page).len() == 1 && page.contains(">Roxy</a>"), "{page}");
    assert_eq!(app.get("/assets/theme-000000000000.css").send().status, 404);
}

#[test]
fn only_allowed_sites_embed_the_pages_of_customers() {
    let ancestors = |app: &App, path: &str| {
        let policy = app.get(path).header("Accept", BROWSER).send().the("content-security-policy").to_owned();
        policy.split_once("frame-ancestors ").unwrap().1.to_owned()
    };
    let open = app(None, None, &["https://roxy.example", "http://localhost:8000"]);
    for path in ["/", "/nothing"] {
        assert_eq!(ancestors(&open, path), "https://roxy.example http://localhost:8000", "{path}");
        assert_eq!(ancestors(&app(None, None, &[]), path), "'none'", "{path}");
    }
}

#[test]
fn no_site_embeds_a_session_or_the_form_that_begins_one() {
    let app = app(None, None, &["https://roxy.example"]);
    let cookie = session(&app, &app.box_office);
    for path in ["/sign-in", "/box-office"] {
        let answer = app.get(path).header("Cookie", &cookie).send();
        let policy = answer.the("content-security-policy");
        assert!(answer.status == 200 && policy.ends_with("frame-ancestors 'none'"), "{path}: {policy}");
    }
}
