//! A showing: what it is, its correction, and its sale.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use maud::{Markup, html};
use ticketly_domain::{
    Auditorium, AuditoriumId, Entity, Error, PriceListId, PricesChange, Sales, SlotChange, SlotId, StoredPriceList,
    TicketSlot,
};
use ticketly_http::extract::Id;
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::area::{Area, Before, Done, Part, fragment};
use super::field::Draft;
use super::overview::occupancy;
use super::refusal::explained;
use super::showing_fields::{self as fields, about, name_of, places, when};
use super::week::Week;
use super::{cancel, reseat};
use crate::assets::{PROGRESS_JS, SCHEDULE_JS};
use crate::auditorium_names::Places;
use crate::day::day_of;
use crate::locale::texts;
use crate::page::{Page, see_other};

/// The value of the prices that a showing keeps.
const KEEP: &str = "keep";
/// The value of prices for a showing that becomes free.
const FREE: &str = "free";

/// A showing with what it can be given.
struct Found {
    slot: TicketSlot,
    auditoriums: Vec<Auditorium>,
    lists: Vec<StoredPriceList>,
    /// How far the jobs of the showing are.
    progress: Markup,
}

impl Found {
    async fn read(area: &Area, id: SlotId) -> Result<Self, Error> {
        let ticketing = &area.web.ticketing;
        let slot = ticketing.slot_at(id, area.now()).await?;
        let progress = match slot.sales() {
            Sales::Canceled => cancel::progress(area, id).await?,
            Sales::Moved => reseat::progress(area, id).await?,
            Sales::Open | Sales::Closed => html! {},
        };
        let auditoriums = ticketing.auditoriums().await?;
        Ok(Self { slot, auditoriums, lists: ticketing.price_lists().await?, progress })
    }
}

/// Shows a showing.
pub(crate) async fn show(area: Area, id: Id<SlotId>, before: Query<Before>) -> Result<Page, Problem> {
    let found = Found::read(&area, id.0).await.map_err(refused)?;
    let draft = Draft::of(known(&area, &found.slot));
    Ok(page(&area, &found, &draft, before.done.as_deref()))
}

/// Returns the fields of a showing as they are.
fn known(area: &Area, slot: &TicketSlot) -> Vec<(&'static str, String)> {
    let showing = slot.showing();
    let [start, end] = [showing.start(), showing.end()].map(|at| area.web.zone.show(at));
    vec![
        ("title", showing.name().as_str().to_owned()),
        ("description", slot.details().description.as_str().to_owned()),
        ("genre", slot.details().genre.to_string()),
        ("date", start.format("%Y-%m-%d").to_string()),
        ("start", start.format("%H:%M").to_string()),
        ("end", end.format("%H:%M").to_string()),
        ("place", showing.seating().map(|seating| seating.auditorium.to_string()).unwrap_or_default()),
        ("prices", slot.prices().map_or(FREE, |_| KEEP).to_owned()),
    ]
}

fn page(area: &Area, found: &Found, draft: &Draft, done: Option<&str>) -> Page {
    let slot = &found.slot;
    let showing = slot.showing();
    let week = Week::of(day_of(area.web.zone, showing.start()));
    let content = html! {
        p { a href=(format!("/manage/timetable?week={week}")) { (area.say(texts::MANAGE_SHOWING_TO_TIMETABLE)) } }
        h1 { (showing.name().as_str()) }
        (Done::notice(area, done))
        (facts(area, found))
        (found.progress)
        @if !slot.sales().is_final() && showing.end() > area.now() {
            (actions(area, found))
            section aria-labelledby="correct" {
                h2 #correct { (area.say(texts::MANAGE_CORRECT_TITLE)) }
                (draft.alert(area))
                (correction(area, found, draft))
            }
        } @else {
            (repeat_link(area, slot.id()))
        }
    };
    let page = area.page(Part::Timetable, showing.name().as_str(), content);
    page.with(SCHEDULE_JS).with(PROGRESS_JS)
}

fn facts(area: &Area, found: &Found) -> Markup {
    let slot = &found.slot;
    let showing = slot.showing();
    let names = Places::named(&found.auditoriums);
    let place = names.of(slot.showing()).map_or_else(|| area.say(texts::MANAGE_PLACE_UNNUMBERED), str::to_owned);
    html! {
        dl.facts-list {
            div { dt { (area.say(texts::MANAGE_SCHEDULE_WHEN)) } dd { (area.moment(showing.start())) "–" (area.time(showing.end())) } }
            div { dt { (area.say(texts::MANAGE_FIELD_PLACE)) } dd { (place) } }
            div {
                dt { (area.say(texts::MANAGE_FIELD_TYPE)) }
                dd { (area.say(name_of(slot.details().slot_type))) ", " (area.words.genre(slot.details().genre)) }
            }
            div { dt { (area.say(texts::PRICES_TITLE)) } dd { (prices(area, found)) } }
            div { dt { (area.say(texts::MANAGE_COLUMN_TAKEN)) } dd { (occupancy(area, slot)) } }
        }
    }
}

/// Names the prices of a showing.
fn prices(area: &Area, found: &Found) -> String {
    let Some(prices) = found.slot.prices() else { return area.say(texts::MANAGE_PRICES_FREE) };
    let name = found.lists.iter().find(|list| list.id == prices.id).map(|list| list.name.as_str());
    let name = name.unwrap_or_default().to_owned();
    area.words.tell(texts::MANAGE_PRICES_VERSION, [("name", name.into()), ("version", prices.version.0.into())])
}

fn repeat_link(area: &Area, id: SlotId) -> Markup {
    html! { a.button.quiet href=(format!("/manage/timetable/new?like={id}")) { (area.say(texts::MANAGE_SHOWING_REPEAT)) } }
}

/// The buttons for what is done with the showing as a whole.
fn actions(area: &Area, found: &Found) -> Markup {
    let id = found.slot.id();
    let (value, text) = match found.slot.sales() {
        Sales::Closed => (Sales::Open, texts::MANAGE_SALE_REOPEN),
        _ => (Sales::Closed, texts::MANAGE_SALE_CLOSE),
    };
    html! {
        div.actions {
            form method="post" action=(format!("/manage/showings/{id}/sale")) {
                (area.token())
                button.quiet name="sales" value=(value) { (area.say(text)) }
            }
            (repeat_link(area, id))
            @if id.is_seated() && found.auditoriums.len() > 1 {
                a.button.quiet href=(format!("/manage/showings/{id}/reseat")) { (area.say(texts::MANAGE_RESEAT_LINK)) }
            }
            a.button.danger href=(format!("/manage/showings/{id}/cancel")) { (area.say(texts::MANAGE_CANCEL_LINK)) }
        }
    }
}

fn correction(area: &Area, found: &Found, draft: &Draft) -> Markup {
    let slot = &found.slot;
    let list = |list: &StoredPriceList| (list.id.to_string(), newest(area, list));
    let mut lists = vec![(FREE.to_owned(), area.say(texts::MANAGE_PRICES_FREE))];
    if slot.prices().is_some() {
        let name = area.words.tell(texts::MANAGE_PRICES_KEEP, [("name", prices(area, found).into())]);
        lists.insert(0, (KEEP.to_owned(), name));
    }
    lists.extend(found.lists.iter().map(list));
    html! {
        p.hint { (area.say(texts::MANAGE_CORRECT_HINT)) }
        form.sheet method="post" action=(format!("/manage/showings/{}", slot.id())) data-check="/manage/timetable/check"
            data-except=(slot.id()) {
            (area.token())
            fieldset { legend { (area.say(texts::MANAGE_SCHEDULE_WHAT)) } (about(area, draft, false)) }
            fieldset {
                legend { (area.say(texts::MANAGE_SCHEDULE_WHEN)) }
                (when(area, draft))
                @if slot.id().is_seated() {
                    (draft.select(area, texts::MANAGE_FIELD_PLACE, "place", &places(area, &found.auditoriums)))
                }
                p.in-the-way role="status" {}
            }
            fieldset { legend { (area.say(texts::PRICES_TITLE)) } (draft.select(area, texts::MANAGE_FIELD_PRICES, "prices", &lists)) }
            div.actions { button { (area.say(texts::MANAGE_CORRECT_SEND)) } }
        }
    }
}

fn newest(area: &Area, list: &StoredPriceList) -> String {
    let (name, version) = (list.name.as_str().to_owned(), list.version.0);
    area.words.tell(texts::MANAGE_PRICES_NEWEST, [("name", name.into()), ("version", version.into())])
}

/// Corrects a showing.
pub(crate) async fn correct(
    request: HttpRequest,
    area: Area,
    id: Id<SlotId>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let found = Found::read(&area, id.0).await.map_err(refused)?;
    let mut draft = Draft::sent(form);
    if let Some(Correction { change, auditorium, prices }) = Correction::read(&mut draft, &area, &found.slot) {
        let outcome = area.web.ticketing.change_slot(id.0, change, auditorium, prices, area.now()).await;
        match explained(&area, outcome)? {
            Ok(_) => return Ok(see_other(&Done::Corrected.on(&format!("/manage/showings/{}", id.0)))),
            Err(refusal) => draft.refuse(refusal.field, refusal.text),
        }
    }
    let page = page(&area, &found, &draft, None).with_status(StatusCode::UNPROCESSABLE_ENTITY);
    Ok(page.respond_to(&request))
}

/// What a form changes of a showing. A field that is sent as it was changes nothing.
struct Correction {
    change: SlotChange,
    auditorium: Option<AuditoriumId>,
    prices: Option<PricesChange<PriceListId>>,
}

impl Correction {
    fn read(draft: &mut Draft, area: &Area, slot: &TicketSlot) -> Option<Self> {
        let known = Draft::of(known(area, slot));
        let is_same = |draft: &Draft, names: &[&str]| names.iter().all(|name| known.value(name) == draft.value(name));
        let about = fields::texts_of(draft, area);
        let genre = draft.read(area, "genre", str::parse);
        let times = fields::times(draft, area);
        let auditorium = if slot.id().is_seated() && !is_same(draft, &["place"]) {
            Some(draft.id(area, "place", Entity::Auditorium)?)
        } else {
            None
        };
        let prices = match draft.value("prices") {
            KEEP => None,
            FREE => Some(PricesChange::Free),
            _ => Some(PricesChange::List(draft.id(area, "prices", Entity::PriceList)?)),
        };
        let ((name, description), (start, end)) = (about?, times?);
        // A showing may begin at a second that the form does not have.
        let same_times = is_same(draft, &["date", "start", "end", "length"]);
        let change = SlotChange {
            name: Some(name),
            description: Some(description),
            genre: Some(genre?),
            start: (!same_times).then_some(start),
            end: (!same_times).then_some(end),
            ..SlotChange::default()
        };
        Some(Self { change, auditorium, prices })
    }
}

/// Closes or reopens the sale of a showing.
pub(crate) async fn sell(area: Area, id: Id<SlotId>, form: Form) -> Result<HttpResponse, Problem> {
    let (sales, done) = match form.one("sales").and_then(|sales| sales.parse().ok()) {
        Some(Sales::Open) => (Sales::Open, Done::Reopened),
        _ => (Sales::Closed, Done::Closed),
    };
    let change = SlotChange { sales: Some(sales), ..SlotChange::default() };
    area.web.ticketing.change_slot(id.0, change, None, None, area.now()).await.map_err(refused)?;
    Ok(see_other(&done.on(&format!("/manage/showings/{}", id.0))))
}

/// Moves a showing to where its bar was dragged. A refusal is answered in words, which the module shows.
pub(crate) async fn drag(area: Area, id: Id<SlotId>, form: Form) -> Result<HttpResponse, Problem> {
    let slot = area.web.ticketing.slot_at(id.0, area.now()).await.map_err(refused)?;
    let showing = slot.showing();
    let refuse = |text: String| Ok(fragment(StatusCode::CONFLICT, &html! { p { (text) } }));
    // The lane of showings without numbers has no place.
    if slot.id().is_seated() && form.has("place") && form.one("place").is_none() {
        return refuse(area.say(texts::MANAGE_DRAG_UNNUMBERED));
    }
    let start = form.one("start").unwrap_or_default();
    let outcome = match area.web.zone.read(start) {
        Ok(start) => {
            let end = start + (showing.end() - showing.start());
            let change = SlotChange { start: Some(start), end: Some(end), ..SlotChange::default() };
            let auditorium = form.one("place").and_then(|place| place.parse().ok());
            let auditorium = auditorium.filter(|id| showing.seating().is_none_or(|seating| seating.auditorium != *id));
            area.web.ticketing.change_slot(id.0, change, auditorium, None, area.now()).await
        }
        Err(invalid) => Err(invalid.into()),
    };
    match explained(&area, outcome)? {
        Ok(_) => Ok(HttpResponse::NoContent().finish()),
        Err(refusal) => refuse(refusal.text),
    }
}
