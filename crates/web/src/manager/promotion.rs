//! A promotion: how often it was used, its limits, and whether bookings may use it.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::{Markup, html};
use ticketly_domain::{Promotion, PromotionChange, PromotionCode, Uses};
use ticketly_http::extract::Id;
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::area::{Area, Before, Done, Part};
use super::field::Draft;
use super::promotions::{LIST, discount, limits, moment, read_moment, read_uses, state, uses};
use super::refusal::explained;
use crate::locale::texts;
use crate::page::{Page, see_other};

/// The value of the button that switches a promotion on again.
const ON: &str = "on";
/// The value of the button that switches it off.
const OFF: &str = "off";

/// Shows a promotion.
pub(crate) async fn show(area: Area, code: Id<PromotionCode>, before: Query<Before>) -> Result<Page, Problem> {
    let promotion = area.web.ticketing.promotion(&code.0).await.map_err(refused)?;
    let draft = Draft::of(known(&area, &promotion));
    Ok(page(&area, &promotion, &draft, before.done.as_deref()))
}

/// Returns the fields of a promotion as they are.
fn known(area: &Area, promotion: &Promotion) -> [(&'static str, String); 2] {
    let until = promotion.valid_until.map(|until| area.web.zone.show(until).format("%Y-%m-%dT%H:%M").to_string());
    [
        ("uses", promotion.uses.map(|uses| uses.get().to_string()).unwrap_or_default()),
        ("until", until.unwrap_or_default()),
    ]
}

fn page(area: &Area, promotion: &Promotion, draft: &Draft, done: Option<&str>) -> Page {
    let path = format!("{LIST}/{}", promotion.code);
    let (value, text) =
        if promotion.active { (OFF, texts::MANAGE_PROMOTION_END) } else { (ON, texts::MANAGE_PROMOTION_RESUME) };
    let content = html! {
        p { a href=(LIST) { (area.say(texts::MANAGE_PROMOTIONS)) } }
        h1 { (promotion.code) }
        (Done::notice(area, done))
        (facts(area, promotion))
        form.actions method="post" action=(format!("{path}/switch")) {
            (area.token())
            button.danger[promotion.active].quiet[!promotion.active] name="switch" value=(value) { (area.say(text)) }
        }
        section aria-labelledby="limits" {
            h2 #limits { (area.say(texts::MANAGE_PROMOTION_LIMITS)) }
            (draft.alert(area))
            p.hint { (area.say(texts::MANAGE_PROMOTION_CHANGE_HINT)) }
            form.sheet method="post" action=(path) {
                (area.token())
                fieldset {
                    (limits(area, draft))
                    (moment(area, draft, texts::MANAGE_PROMOTION_UNTIL, "until"))
                }
                div.actions { button { (area.say(texts::MANAGE_CORRECT_SEND)) } }
            }
        }
    };
    area.page(Part::Promotions, promotion.code.as_str(), content)
}

fn facts(area: &Area, promotion: &Promotion) -> Markup {
    let from = promotion.valid_from.unwrap_or(promotion.made_at);
    let until = promotion.valid_until.map_or_else(|| area.say(texts::MANAGE_NO_END), |until| area.date(until));
    html! {
        dl.facts-list {
            div { dt { (area.say(texts::MANAGE_PROMOTION_STATE)) } dd { (state(area, promotion)) } }
            div { dt { (area.say(texts::MANAGE_PROMOTION_DISCOUNT)) } dd { (discount(area, promotion.discount)) } }
            div { dt { (area.say(texts::MANAGE_PROMOTION_BOOKINGS)) } dd { (uses(area, promotion)) } }
            div { dt { (area.say(texts::MANAGE_PROMOTION_FROM)) } dd { (area.date(from)) } }
            div { dt { (area.say(texts::MANAGE_PROMOTION_UNTIL)) } dd { (until) } }
        }
    }
}

/// Changes the limits of a promotion. What is sent as it was changes nothing.
pub(crate) async fn change(
    request: HttpRequest,
    area: Area,
    code: Id<PromotionCode>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let promotion = area.web.ticketing.promotion(&code.0).await.map_err(refused)?;
    let mut draft = Draft::sent(form);
    if let Some(change) = read(&mut draft, &area, &promotion) {
        let changed = area.web.ticketing.change_promotion(&code.0, &change).await;
        match explained(&area, changed)? {
            Ok(_) => return Ok(see_other(&Done::Saved.on(&format!("{LIST}/{}", code.0)))),
            Err(refusal) => draft.refuse(refusal.field, refusal.text),
        }
    }
    let page = page(&area, &promotion, &draft, None).with_status(StatusCode::UNPROCESSABLE_ENTITY);
    Ok(page.respond_to(&request))
}

fn read(draft: &mut Draft, area: &Area, promotion: &Promotion) -> Option<PromotionChange> {
    let known = Draft::of(known(area, promotion));
    for name in ["uses", "until"] {
        if draft.value(name).is_empty() && !known.value(name).is_empty() {
            draft.refuse(name, area.say(texts::MANAGE_PROMOTION_KEEPS));
        }
    }
    let uses: Option<Uses> = draft.optional(area, "uses", read_uses);
    // An end may be at a second that the form does not have.
    let valid_until = if draft.value("until") == known.value("until") {
        None
    } else {
        draft.optional(area, "until", |text| read_moment(area, text))
    };
    if draft.is_refused() {
        return None;
    }
    Some(PromotionChange { uses, valid_until, active: None })
}

/// Switches a promotion off, or on again.
pub(crate) async fn switch(area: Area, code: Id<PromotionCode>, form: Form) -> Result<HttpResponse, Problem> {
    let is_on = form.one("switch") == Some(ON);
    let change = PromotionChange { active: Some(is_on), ..PromotionChange::default() };
    area.web.ticketing.change_promotion(&code.0, &change).await.map_err(refused)?;
    let done = if is_on { Done::SwitchedOn } else { Done::SwitchedOff };
    Ok(see_other(&done.on(&format!("{LIST}/{}", code.0))))
}
