//! Revoking a key, with a confirmation.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::html;
use ticketly_domain::Role::Admin;
use ticketly_domain::{Entity, Error, KeyRecord, Refusal};
use ticketly_http::authorization::SIGN_IN;
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::session::Session;

use super::area::{Area, Done, Part};
use super::keys::{LIST, facts};
use crate::locale::texts;
use crate::page::{Page, add_cookie, alert, see_other};

/// The field of a person who has seen the question.
const SURE: &str = "sure";

/// A key that may be revoked.
struct Found {
    key: KeyRecord,
    /// Whether it opened the session of the person who asks.
    is_own: bool,
    /// Whether no other key opens the manager's pages.
    is_last: bool,
}

impl Found {
    async fn read(area: &Area, label: &str) -> Result<Self, Error> {
        let keys = area.web.ticketing.keys().await?;
        let now = area.now();
        let key = keys.iter().find(|key| key.label.as_str() == label).cloned();
        let key = key.ok_or(Refusal::Unknown(Entity::ApiKey))?;
        let opens = |key: &KeyRecord| key.role_at(now) == Some(Admin);
        let is_last = opens(&key) && !keys.iter().any(|other| other.hash != key.hash && opens(other));
        Ok(Self { is_own: key.hash == area.session.key, is_last, key })
    }
}

/// Asks whether a key is to be revoked.
fn question(area: &Area, Found { key, is_own, is_last }: &Found) -> Page {
    let title = area.words.tell(texts::MANAGE_KEY_REVOKE_TITLE, [("label", key.label.as_str().into())]);
    let content = html! {
        h1 { (title) }
        (facts(area, key))
        @if *is_last {
            (alert(&area.say(texts::MANAGE_KEY_LAST)))
            div.actions {
                a.button href=(format!("{LIST}/new")) { (area.say(texts::MANAGE_KEY_ADD)) }
                a href=(LIST) { (area.say(texts::MANAGE_CANCEL_NOT)) }
            }
        } @else {
            @if *is_own { (alert(&area.say(texts::MANAGE_KEY_REVOKE_OWN))) }
            p { (area.say(texts::MANAGE_KEY_CONSEQUENCES)) }
            form.actions method="post" action=(format!("{LIST}/revoke")) {
                (area.token())
                input type="hidden" name="label" value=(key.label);
                input type="hidden" name=(SURE) value="1";
                button.danger { (area.say(texts::MANAGE_KEY_REVOKE)) }
                a href=(LIST) { (area.say(texts::MANAGE_CANCEL_NOT)) }
            }
        }
    };
    area.page(Part::Keys, title.as_str(), content)
}

/// Revokes a key, after a question. The label is in forms only, since it may be the name of a person. A person who revokes their own is
/// signed out. The last one of an admin is not revoked: no key would open these pages any more.
pub(crate) async fn submit(request: HttpRequest, area: Area, form: Form) -> Result<HttpResponse, Problem> {
    let found = Found::read(&area, form.one("label").unwrap_or_default()).await.map_err(refused)?;
    if !form.has(SURE) {
        return Ok(question(&area, &found).respond_to(&request));
    }
    if found.is_last {
        return Ok(question(&area, &found).with_status(StatusCode::CONFLICT).respond_to(&request));
    }
    area.web.ticketing.revoke_key(&found.key.hash).await.map_err(refused)?;
    if found.is_own {
        return add_cookie(see_other(SIGN_IN), &Session::end(&request));
    }
    Ok(see_other(&Done::Revoked.on(LIST)))
}
