//! What the pages of the box office have in common.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use maud::{Markup, html};
use ticketly_domain::IdempotencyKey;
use ticketly_http::form::Form;
use ticketly_http::session::Session;

use super::{FIND, REFUNDS, START, UNPAID};
use crate::app::Web;
use crate::assets::{BOX_OFFICE_CSS, BOX_OFFICE_JS};
use crate::locale::{Text, Words, texts};
use crate::page::Page;

/// Creates a page of the box office with the ways to its other pages, each with its access key.
pub(super) fn page(web: &Web, words: Words, session: &Session, title: &str, content: &Markup) -> Page {
    let tasks = [
        (START, "n", texts::OFFICE_TASK_SHOWINGS),
        (FIND, "b", texts::OFFICE_TASK_FIND),
        (REFUNDS, "r", texts::OFFICE_TASK_REFUNDS),
        (UNPAID, "u", texts::OFFICE_TASK_UNPAID),
    ];
    let content = html! {
        nav.tabs aria-label=(words.say(texts::OFFICE_TASKS)) {
            ul { @for (path, key, text) in tasks { li { a href=(path) accesskey=(key) { (with_key(words, text, key)) } } } }
        }
        (content)
        p.keys { (words.say(texts::OFFICE_KEYS)) }
    };
    Page::new(web, words, title, content).in_session(session).styled(BOX_OFFICE_CSS).with(BOX_OFFICE_JS)
}

/// Says what a control does, and shows its access key, which programs that read pages aloud know from the control.
pub(super) fn with_key(words: Words, text: Text, key: &str) -> Markup {
    html! { span { (words.say(text)) " " (shown_key(key)) } }
}

/// Shows an access key.
pub(super) fn shown_key(key: &str) -> Markup {
    html! { kbd aria-hidden="true" { (key.to_uppercase()) } }
}

/// The field with the token of the session, which each form has.
pub(super) fn token(session: &Session) -> Markup {
    html! { input type="hidden" name=(Form::TOKEN) value=(session.token); }
}

/// The field with the key of a request that takes effect only once: that of the form that is shown again, or a new one.
pub(super) fn once(form: &Form) -> Markup {
    let key = form.one(Form::KEY).map_or_else(Form::mint_key, str::to_owned);
    html! { input type="hidden" name=(Form::KEY) value=(key); }
}

/// Returns the key of a form that takes effect only once. `None` for a form without one. After an unknown outcome a cashier may send the
/// form with another sum given: that is the same request, and one with other tickets is refused. So nothing is sold twice.
pub(super) fn key_of(form: &Form) -> Option<IdempotencyKey> {
    IdempotencyKey::parse(form.one(Form::KEY)?).ok()
}

/// Answers a module with a part of a page.
pub(super) fn part(content: Markup) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer.content_type("text/html; charset=utf-8").insert_header((CACHE_CONTROL, "no-store"));
    answer.body(content.into_string())
}
