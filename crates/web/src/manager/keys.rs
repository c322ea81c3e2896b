//! The API keys: all of them, and a new one. `revocation.rs` ends one.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc};
use maud::{Markup, html};
use ticketly_domain::{ApiKey, KeyDraft, KeyLabel, KeyRecord, Role};
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::area::{Area, Before, Done, Part};
use super::field::{Draft, Input};
use super::refusal::explained;
use crate::day::at_hour;
use crate::locale::{Text, texts};
use crate::page::Page;

pub(super) const LIST: &str = "/manage/keys";
/// The last year that times are written in, with four digits.
const MAX_YEAR: i32 = 9998;

/// Lists the keys. None of their texts are known.
pub(crate) async fn list(area: Area, before: Query<Before>) -> Result<Page, Problem> {
    let keys = area.web.ticketing.keys().await.map_err(refused)?;
    let content = html! {
        h1 { (area.say(texts::MANAGE_KEYS)) }
        (Done::notice(&area, before.done.as_deref()))
        p.hint { (area.say(texts::MANAGE_KEY_HINT)) }
        div.actions { a.button href=(format!("{LIST}/new")) { (area.say(texts::MANAGE_KEY_ADD)) } }
        ul.cards { @for key in &keys { li.card { (card(&area, key)) } } }
    };
    Ok(area.page(Part::Keys, area.say(texts::MANAGE_KEYS), content))
}

fn card(area: &Area, key: &KeyRecord) -> Markup {
    html! {
        h2 { (key.label) }
        (facts(area, key))
        @if key.hash == area.session.key { p { span.badge { (area.say(texts::MANAGE_KEY_OWN)) } } }
        form method="post" action=(format!("{LIST}/revoke")) {
            (area.token())
            input type="hidden" name="label" value=(key.label);
            button.quiet aria-label=(area.words.tell(texts::MANAGE_KEY_REVOKE_LABEL, [("label", key.label.as_str().into())])) {
                (area.say(texts::MANAGE_KEY_REVOKE))
            }
        }
    }
}

/// Returns what is known of a key.
pub(super) fn facts(area: &Area, key: &KeyRecord) -> Markup {
    html! {
        dl.facts {
            dt { (area.say(texts::MANAGE_KEY_ROLE)) }
            dd { (area.say(name_of(key.role))) }
            dt { (area.say(texts::MANAGE_KEY_CREATED)) }
            dd { (area.date(key.created)) }
            dt { (area.say(texts::MANAGE_KEY_ENDS)) }
            dd {
                (key.ends.map_or_else(|| area.say(texts::MANAGE_NO_END), |ends| area.date(ends)))
                @if key.has_ended(area.now()) { " " span.badge.few { (area.say(texts::MANAGE_KEY_ENDED)) } }
            }
            dt { (area.say(texts::MANAGE_KEY_USED)) }
            dd { (key.used.map_or_else(|| area.say(texts::MANAGE_KEY_NEVER), |hour| area.date(hour))) }
        }
    }
}

/// Returns the name of a role.
fn name_of(role: Role) -> Text {
    match role {
        Role::Admin => texts::MANAGE_KEY_ADMIN,
        Role::BoxOffice => texts::MANAGE_KEY_BOX_OFFICE,
        Role::Scheduler => texts::MANAGE_KEY_SCHEDULER,
    }
}

/// Shows the form of a new key.
pub(crate) async fn new(area: Area) -> Page {
    page(&area, &Draft::of([("role", Role::BoxOffice.to_string())]))
}

fn page(area: &Area, draft: &Draft) -> Page {
    let roles = [Role::BoxOffice, Role::Admin, Role::Scheduler].map(|role| {
        let about = match role {
            Role::Admin => texts::MANAGE_KEY_ABOUT_ADMIN,
            Role::BoxOffice => texts::MANAGE_KEY_ABOUT_BOX_OFFICE,
            Role::Scheduler => texts::MANAGE_KEY_ABOUT_SCHEDULER,
        };
        (role.to_string(), area.say(about))
    });
    let content = html! {
        h1 { (area.say(texts::MANAGE_KEY_ADD)) }
        (draft.alert(area))
        form.sheet method="post" action=(format!("{LIST}/new")) {
            (area.token())
            fieldset {
                legend { (area.say(texts::MANAGE_KEY_WHOSE)) }
                (draft.input(area, texts::MANAGE_KEY_LABEL, Input {
                    name: "label", required: true, max: Some(KeyLabel::MAX), hint: Some(texts::MANAGE_KEY_LABEL_HINT),
                    ..Input::default()
                }))
                (draft.select(area, texts::MANAGE_KEY_ROLE, "role", &roles))
                (draft.input(area, texts::MANAGE_KEY_LAST_DAY, Input {
                    name: "until", kind: Some("date"), hint: Some(texts::MANAGE_KEY_LAST_DAY_HINT), ..Input::default()
                }))
            }
            div.actions {
                button { (area.say(texts::MANAGE_KEY_SEND)) }
                a href=(LIST) { (area.say(texts::MANAGE_DISCARD)) }
            }
        }
    };
    area.page(Part::Keys, area.say(texts::MANAGE_KEY_ADD), content)
}

/// Creates a key, and shows its text: this once, in the answer to the form. No address has it and no cache keeps it.
pub(crate) async fn create(request: HttpRequest, area: Area, form: Form) -> Result<HttpResponse, Problem> {
    let mut draft = Draft::sent(form);
    if let Some(key) = read(&mut draft, &area) {
        let label = key.label.clone();
        let created = area.web.ticketing.create_key(key, area.now(), &mut rand::rng()).await;
        match explained(&area, created)? {
            Ok(key) => return Ok(created_page(&area, &label, &key).respond_to(&request)),
            Err(refusal) => draft.refuse(refusal.field, refusal.text),
        }
    }
    Ok(page(&area, &draft).with_status(StatusCode::UNPROCESSABLE_ENTITY).respond_to(&request))
}

fn read(draft: &mut Draft, area: &Area) -> Option<KeyDraft> {
    let label = draft.read(area, "label", KeyLabel::parse);
    let role = draft.read(area, "role", str::parse::<Role>);
    let last_day = draft.value("until").to_owned();
    let ends = end_of(area, &last_day);
    if ends.is_none() && !last_day.is_empty() {
        draft.refuse("until", area.say(texts::MANAGE_KEY_WRONG_DAY));
    }
    if draft.is_refused() {
        return None;
    }
    Some(KeyDraft { role: role?, label: label?, ends })
}

/// Returns the end of the last day on which a key is valid. `None` for a day that is over.
fn end_of(area: &Area, text: &str) -> Option<DateTime<Utc>> {
    let next = text.parse::<NaiveDate>().ok().and_then(|day| day.checked_add_days(Days::new(1)));
    next.and_then(|day| at_hour(area.web.zone, day, 0)).filter(|end| *end > area.now() && end.year() <= MAX_YEAR)
}

fn created_page(area: &Area, label: &KeyLabel, key: &ApiKey) -> Page {
    let title = area.words.tell(texts::MANAGE_KEY_CREATED_TITLE, [("label", label.as_str().into())]);
    let content = html! {
        h1 { (title) }
        p.notice role="status" { strong { (area.say(texts::MANAGE_KEY_ONCE)) } }
        p.secret { code { (key.as_str()) } }
        p { (area.say(texts::MANAGE_KEY_NEXT)) }
        div.actions { a.button href=(LIST) { (area.say(texts::MANAGE_KEY_DONE)) } }
    };
    area.page(Part::Keys, title.as_str(), content)
}
