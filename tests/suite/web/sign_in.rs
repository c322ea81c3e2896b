//! Sessions: signing in with a key, and out again.

use super::{BROWSER, app, body, opened};
use crate::http::answer::Answer;
use crate::http::app::{App, Stage};

/// Returns the cookie that an answer sets, as a browser sends it back.
pub fn cookie(answer: &Answer) -> String {
    answer.the("set-cookie").split(';').next().unwrap().to_owned()
}

/// Returns the cookie of a session of a key.
pub fn session(app: &App, key: &str) -> String {
    let answer = app.post("/sign-in").form(&[("key", key)]).send();
    assert_eq!(answer.status, 303, "{answer}");
    cookie(&answer)
}

/// Returns the token of the forms on a page.
pub fn token(page: &str) -> &str {
    let (_, rest) = page.split_once(r#"name="token" value=""#).expect("a form with a token");
    rest.split('"').next().unwrap()
}

#[test]
fn a_key_opens_the_pages_of_its_role() {
    let app = app();
    for (path, key, other) in [("/box-office", &app.box_office, &app.admin), ("/manage", &app.admin, &app.box_office)] {
        let answer = app.get(path).send();
        let to = format!("/sign-in?to={}", path.replace('/', "%2F"));
        assert_eq!((answer.status, answer.the("location")), (303, to.as_str()));
        assert!(opened(&app.get(&to)).contains(&format!(r#"name="to" value="{path}""#)));
        let answer = app.post("/sign-in").form(&[("to", path), ("key", &format!(" {key} "))]).send();
        assert_eq!((answer.status, answer.the("location")), (303, path));
        let set = answer.the("set-cookie");
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict") && !set.contains(key.as_str()), "{set}");
        assert!(opened(&app.get(path).header("Cookie", cookie(&answer))).contains("Sign out"));
        let wrong = app.get(path).header("Cookie", session(&app, other)).send();
        assert_eq!((wrong.status, wrong.the("location")), (303, to.as_str()), "the key of another role");
    }
}

#[test]
fn what_is_no_key_opens_nothing() {
    let app = app();
    for (key, text) in
        [("x", "This key is not valid"), ("", "This key is not valid"), (&app.scheduler, "opens no page")]
    {
        let answer = app.post("/sign-in").header("Accept", BROWSER).form(&[("key", key)]).send();
        assert_eq!((answer.status, answer.header("set-cookie")), (403, None));
        assert!(body(&answer).contains(text), "{answer}");
    }
}

#[test]
fn a_session_ends_when_its_person_signs_out_and_after_a_shift() {
    let app = app();
    let cookie = session(&app, &app.box_office);
    let page = opened(&app.get("/box-office").header("Cookie", &cookie));
    let end = |fields: &[(&str, &str)]| app.post("/sign-out").header("Cookie", &cookie).form(fields).send();
    for foreign in [vec![], vec![("token", "x")]] {
        assert_eq!(end(&foreign).status, 403, "a form of another site");
    }
    let ended = end(&[("token", token(&page))]);
    assert_eq!((ended.status, ended.the("location")), (303, "/sign-in"));
    assert!(ended.the("set-cookie").starts_with("ticketly_session=;") && ended.the("set-cookie").contains("Max-Age=0"));
    app.set_clock("2020-10-01T11:59:59Z");
    assert_eq!(app.get("/box-office").header("Cookie", &cookie).send().status, 200);
    app.set_clock("2020-10-01T12:00:00Z");
    assert_eq!(app.get("/box-office").header("Cookie", &cookie).send().status, 303);
}

#[test]
fn an_address_may_not_guess_keys() {
    guess_on(&App::on(Stage { pages: true, ..Stage::with_rate(1000, 0) }));
    guess_on(&app());
}

/// Tries wrong keys until no more may be tried. Right ones are no guesses.
fn guess_on(app: &App) {
    for _ in 0..15 {
        session(app, &app.box_office);
    }
    let attempt = || app.post("/sign-in").form(&[("key", "x")]).send();
    for _ in 0..10 {
        assert_eq!(attempt().status, 403);
    }
    let refused = attempt();
    assert_eq!(refused.status, 429);
    assert!(refused.the("retry-after").parse::<u64>().unwrap() <= 6);
    assert_eq!(app.post("/sign-in").form(&[("key", &app.admin)]).send().status, 429);
}
