//! Signing in with a key, and out again.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::html;
use serde::Deserialize;
use ticketly_domain::Role;
use ticketly_http::authorization::SIGN_IN;
use ticketly_http::form::Form;
use ticketly_http::guess_limit::MayGuess;
use ticketly_http::problem::Problem;
use ticketly_http::session::Session;

use crate::app::Web;
use crate::locale::{Text, Words, texts};
use crate::page::{Page, add_cookie, alert, see_other};

/// Where a person wants to go.
#[derive(Debug, Deserialize)]
pub(crate) struct Destination {
    to: Option<String>,
}

/// Returns the first page of a role. `None` for a role without pages.
pub(crate) fn home(role: Role) -> Option<&'static str> {
    match role {
        Role::BoxOffice => Some("/box-office"),
        Role::Admin => Some("/manage"),
        Role::Scheduler => None,
    }
}

/// Returns whether a path is one of the pages of a role, so that nobody is sent elsewhere by a link.
fn is_page_of(role: Role, path: &str) -> bool {
    home(role).is_some_and(|home| path.strip_prefix(home).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// Shows the form.
pub(crate) async fn show(web: Data<Web>, words: Words, destination: Query<Destination>) -> Page {
    form(&web, words, destination.to.as_deref(), None)
}

/// Begins a session.
pub(crate) async fn begin(
    request: HttpRequest,
    web: Data<Web>,
    words: Words,
    attempt: MayGuess,
    fields: Form,
) -> Result<HttpResponse, Problem> {
    let to = fields.one("to");
    let refuse = |text| {
        let page = form(&web, words, to, Some(text)).with_status(StatusCode::FORBIDDEN);
        Ok(page.respond_to(&request))
    };
    let key = fields.one("key").unwrap_or_default();
    let Some((role, cookie)) = Session::begin(&request, key).await? else { return refuse(texts::SIGN_IN_WRONG_KEY) };
    attempt.was_right();
    let Some(home) = home(role) else { return refuse(texts::SIGN_IN_OTHER_ROLE) };
    add_cookie(see_other(to.filter(|to| is_page_of(role, to)).unwrap_or(home)), &cookie)
}

/// Ends the session.
pub(crate) async fn end(request: HttpRequest, _form: Form) -> Result<HttpResponse, Problem> {
    add_cookie(see_other(SIGN_IN), &Session::end(&request))
}

fn form(web: &Web, words: Words, to: Option<&str>, problem: Option<Text>) -> Page {
    let title = words.say(texts::SIGN_IN_TITLE);
    let content = html! {
        h1 { (title) }
        @if let Some(problem) = problem { (alert(&words.say(problem))) }
        form.stack method="post" action=(SIGN_IN) {
            @if let Some(to) = to { input type="hidden" name="to" value=(to); }
            label {
                (words.say(texts::SIGN_IN_KEY))
                input type="password" name="key" required autocomplete="current-password" maxlength="200" autofocus;
            }
            p.hint { (words.say(texts::SIGN_IN_HINT)) }
            button { (words.say(texts::SIGN_IN_SEND)) }
        }
    };
    Page::new(web, words, title.as_str(), content).never_embedded()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site_or_area() {
        for (path, is_page) in [
            ("/box-office", true),
            ("/box-office/find", true),
            ("/box-office-of-another", false),
            ("/manage", false),
            ("//example.com/box-office", false),
            ("https://example.com", false),
            ("", false),
        ] {
            assert_eq!(is_page_of(Role::BoxOffice, path), is_page, "{path}");
        }
        assert!(!is_page_of(Role::Scheduler, "/"));
    }
}
