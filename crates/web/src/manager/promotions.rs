//! The promotions: all of them, and a new one. `promotion.rs` shows one.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use chrono::{DateTime, Utc};
use maud::{Markup, html};
use ticketly_domain::{
    Currency, Discount, Error, Invalid, Promotion, PromotionCode, PromotionDraft, StoredPriceList, Uses,
};
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::area::{Area, Before, Done, Part};
use super::field::{Draft, Input};
use super::price_form::read_amount;
use super::refusal::explained;
use crate::locale::{Text, texts};
use crate::page::{Page, see_other};

pub(super) const LIST: &str = "/manage/promotions";
/// The unit of a discount that is a share of the prices.
const PERCENT: &str = "percent";

/// Lists the promotions.
pub(crate) async fn list(area: Area, before: Query<Before>) -> Result<Page, Problem> {
    let promotions = area.web.ticketing.promotions().await.map_err(refused)?;
    let content = html! {
        h1 { (area.say(texts::MANAGE_PROMOTIONS)) }
        (Done::notice(&area, before.done.as_deref()))
        div.actions { a.button href=(format!("{LIST}/new")) { (area.say(texts::MANAGE_PROMOTION_ADD)) } }
        @if promotions.is_empty() { p { (area.say(texts::MANAGE_PROMOTION_NONE)) } }
        ul.cards { @for promotion in &promotions { li { (card(&area, promotion)) } } }
    };
    Ok(area.page(Part::Promotions, area.say(texts::MANAGE_PROMOTIONS), content))
}

fn card(area: &Area, promotion: &Promotion) -> Markup {
    html! {
        a.card href=(format!("{LIST}/{}", promotion.code)) {
            h2 { (promotion.code) }
            p { (discount(area, promotion.discount)) ", " (uses(area, promotion)) }
            p { (state(area, promotion)) }
        }
    }
}

/// Says what a promotion takes off.
pub(super) fn discount(area: &Area, discount: Discount) -> String {
    match discount {
        Discount::Percent(percent) => area.words.tell(texts::MANAGE_PROMOTION_PERCENT, [("percent", percent.into())]),
        Discount::Off { amount, currency } => area.words.money(amount.minor().into(), currency),
    }
}

/// Says how often a promotion was used, and how often it may be.
pub(super) fn uses(area: &Area, promotion: &Promotion) -> String {
    let count = ("used", promotion.used.into());
    match promotion.uses {
        Some(most) => area.words.tell(texts::MANAGE_PROMOTION_USED_OF, [count, ("uses", most.get().into())]),
        None => area.words.tell(texts::MANAGE_PROMOTION_USED, [count]),
    }
}

/// Says whether bookings may use a promotion now, and if not, why.
pub(super) fn state(area: &Area, promotion: &Promotion) -> Markup {
    let now = area.now();
    let (is_valid, text) = if !promotion.active {
        (false, texts::MANAGE_PROMOTION_OFF)
    } else if promotion.valid_until.is_some_and(|until| until <= now) {
        (false, texts::MANAGE_PROMOTION_ENDED)
    } else if promotion.is_used_up() {
        (false, texts::MANAGE_PROMOTION_USED_UP)
    } else if promotion.valid_from.is_some_and(|from| now < from) {
        (false, texts::MANAGE_PROMOTION_NOT_YET)
    } else {
        (true, texts::MANAGE_PROMOTION_VALID)
    };
    html! { span.badge.free[is_valid].gone[!is_valid] { (area.say(text)) } }
}

/// Shows the form of a new promotion.
pub(crate) async fn new(area: Area) -> Result<Page, Problem> {
    let draft = Draft::of([("unit", PERCENT.to_owned())]);
    Ok(page(&area, &draft, &currencies(&area).await.map_err(refused)?))
}

/// Returns the currencies of the cinema's prices, each once.
async fn currencies(area: &Area) -> Result<Vec<Currency>, Error> {
    let lists = area.web.ticketing.price_lists().await?;
    let mut currencies: Vec<_> = lists.iter().map(|StoredPriceList { list, .. }| list.currency()).collect();
    currencies.sort_unstable();
    currencies.dedup();
    Ok(currencies)
}

fn page(area: &Area, draft: &Draft, currencies: &[Currency]) -> Page {
    let units = currencies.iter().map(|currency| (currency.to_string(), currency.to_string()));
    let units: Vec<_> =
        std::iter::once((PERCENT.to_owned(), area.say(texts::MANAGE_PROMOTION_UNIT_PERCENT))).chain(units).collect();
    let content = html! {
        h1 { (area.say(texts::MANAGE_PROMOTION_ADD)) }
        (draft.alert(area))
        form.sheet method="post" action=(format!("{LIST}/new")) {
            (area.token())
            fieldset {
                legend { (area.say(texts::MANAGE_PROMOTION_WHAT)) }
                (draft.input(area, texts::CHOOSE_CODE, Input {
                    name: "code", required: true, max: Some(PromotionCode::MAX), hint: Some(texts::MANAGE_PROMOTION_CODE_HINT),
                    ..Input::default()
                }))
                div.pair {
                    (draft.input(area, texts::MANAGE_PROMOTION_DISCOUNT, Input {
                        name: "off", required: true, keyboard: Some("decimal"), max: Some(12), ..Input::default()
                    }))
                    (draft.select(area, texts::MANAGE_PROMOTION_UNIT, "unit", &units))
                }
                p.hint { (area.say(texts::MANAGE_PROMOTION_DISCOUNT_HINT)) }
            }
            fieldset {
                legend { (area.say(texts::MANAGE_PROMOTION_LIMITS)) }
                (limits(area, draft))
                div.pair.moments {
                    (moment(area, draft, texts::MANAGE_PROMOTION_FROM, "from"))
                    (moment(area, draft, texts::MANAGE_PROMOTION_UNTIL, "until"))
                }
            }
            div.actions {
                button { (area.say(texts::MANAGE_PROMOTION_SEND)) }
                a href=(LIST) { (area.say(texts::MANAGE_DISCARD)) }
            }
        }
    };
    area.page(Part::Promotions, area.say(texts::MANAGE_PROMOTION_ADD), content)
}

/// Returns the field of how many bookings may use a promotion.
pub(super) fn limits(area: &Area, draft: &Draft) -> Markup {
    draft.input(
        area,
        texts::MANAGE_PROMOTION_USES,
        Input {
            name: "uses",
            keyboard: Some("numeric"),
            max: Some(7),
            hint: Some(texts::MANAGE_PROMOTION_USES_HINT),
            ..Input::default()
        },
    )
}

/// Returns the field of a time from or until when a promotion is valid.
pub(super) fn moment(area: &Area, draft: &Draft, label: Text, name: &str) -> Markup {
    draft.input(area, label, Input { name, kind: Some("datetime-local"), ..Input::default() })
}

/// Reads how many bookings may use a promotion.
pub(super) fn read_uses(text: &str) -> Result<Uses, Invalid> {
    Uses::new(text.parse().unwrap_or(u32::MAX))
}

/// Reads a time as browsers send it, by the clocks on the wall.
pub(super) fn read_moment(area: &Area, text: &str) -> Result<DateTime<Utc>, Invalid> {
    // Browsers may send seconds.
    let minutes: String = text.replacen('T', " ", 1).chars().take("YYYY-MM-DD HH:MM".len()).collect();
    area.web.zone.read(&minutes)
}

fn read(draft: &mut Draft, area: &Area, currencies: &[Currency]) -> Option<PromotionDraft> {
    let code = draft.read(area, "code", str::parse::<PromotionCode>);
    let unit = draft.value("unit").to_owned();
    let currency = currencies.iter().copied().find(|currency| currency.as_str() == unit);
    let discount = draft.read(area, "off", |text| match currency {
        Some(currency) => {
            let amount = Discount::off_amount(read_amount(text, currency)?.minor())?;
            Ok(Discount::Off { amount, currency })
        }
        None => Discount::percent(text.trim_end_matches(['%', ' ']).parse().unwrap_or(u32::MAX)),
    });
    let uses = draft.optional(area, "uses", read_uses);
    let valid_from = draft.optional(area, "from", |text| read_moment(area, text));
    let valid_until = draft.optional(area, "until", |text| read_moment(area, text));
    if draft.is_refused() {
        return None;
    }
    Some(PromotionDraft { code: code?, discount: discount?, uses, valid_from, valid_until })
}

/// Adds a promotion.
pub(crate) async fn add(request: HttpRequest, area: Area, form: Form) -> Result<HttpResponse, Problem> {
    let mut draft = Draft::sent(form);
    let currencies = currencies(&area).await.map_err(refused)?;
    if let Some(promotion) = read(&mut draft, &area, &currencies) {
        match explained(&area, area.web.ticketing.add_promotion(promotion, area.now()).await)? {
            Ok(added) => return Ok(see_other(&Done::Added.on(&format!("{LIST}/{}", added.code)))),
            Err(refusal) => draft.refuse(refusal.field, refusal.text),
        }
    }
    Ok(page(&area, &draft, &currencies).with_status(StatusCode::UNPROCESSABLE_ENTITY).respond_to(&request))
}
