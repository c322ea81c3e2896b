//! Scheduling a showing, on one day or on several.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc};
use maud::{Markup, html};
use serde::Deserialize;
use ticketly_domain::{
    Auditorium, Capacity, Entity, Error, SlotDetails, SlotDraft, SlotId, SlotSeats, StoredPriceList, TicketSlot,
};
use ticketly_http::form::Form;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::area::{Area, Done, Part};
use super::field::{Draft, Input};
use super::refusal::{Explained, explained};
use super::showing_fields::{self as fields, UNNUMBERED, about, places, when};
use super::week::Week;
use crate::assets::SCHEDULE_JS;
use crate::day::day_of;
use crate::locale::texts;
use crate::page::{Page, see_other};

/// The greatest number of days on which a showing is scheduled at once.
const MAX_DAYS: usize = 62;

/// The greatest number of days from the first of them to the last.
const MAX_LENGTH: usize = 366;

/// What the form begins with. Values that cannot be read are passed over, since people edit addresses.
#[derive(Debug, Deserialize)]
pub(crate) struct Beginning {
    date: Option<String>,
    start: Option<String>,
    place: Option<String>,
    like: Option<String>,
}

/// Shows the form, filled in like another showing if one is given.
pub(crate) async fn show(area: Area, beginning: Query<Beginning>) -> Result<Page, Problem> {
    let Beginning { date, start, place, like } = beginning.into_inner();
    let like = match like.and_then(|like| like.parse().ok()) {
        Some(id) => Some(area.web.ticketing.slot(id).await.map_err(refused)?),
        None => None,
    };
    let mut known = like.map(|slot| like_another(&area, &slot)).unwrap_or_default();
    let series = SlotId::mint(area.now(), &mut rand::rng());
    // A time is given with the date of the calendar, also after midnight.
    let date = date.unwrap_or_else(|| area.web.zone.show(area.now()).date_naive().to_string());
    known.push(("date", date));
    known.extend(start.map(|start| ("start", start)));
    known.extend(place.map(|place| ("place", place)));
    known.extend([("capacity", Capacity::DEFAULT.get().to_string()), ("series", series.to_string())]);
    let choice = Choice::read(&area).await.map_err(refused)?;
    Ok(page(&area, &Draft::of(known), &choice))
}

/// Returns the fields of a showing like another, without its day.
fn like_another(area: &Area, slot: &TicketSlot) -> Vec<(&'static str, String)> {
    let showing = slot.showing();
    let time = |at: DateTime<Utc>| area.web.zone.show(at).format("%H:%M").to_string();
    let place = showing.seating().map_or(UNNUMBERED.to_owned(), |seating| seating.auditorium.to_string());
    let mut known = vec![
        ("title", showing.name().as_str().to_owned()),
        ("description", slot.details().description.as_str().to_owned()),
        ("type", slot.details().slot_type.to_string()),
        ("genre", slot.details().genre.to_string()),
        ("start", time(showing.start())),
        ("end", time(showing.end())),
        ("place", place),
    ];
    known.extend(slot.prices().map(|prices| ("prices", prices.id.to_string())));
    if showing.seating().is_none() {
        known.push(("capacity", slot.seats().capacity().get().to_string()));
    }
    known
}

/// What a showing is given.
struct Choice {
    auditoriums: Vec<Auditorium>,
    lists: Vec<StoredPriceList>,
}

impl Choice {
    async fn read(area: &Area) -> Result<Self, Error> {
        let auditoriums = area.web.ticketing.auditoriums().await?;
        Ok(Self { auditoriums, lists: area.web.ticketing.price_lists().await? })
    }
}

/// Schedules what the form says.
pub(crate) async fn submit(request: HttpRequest, area: Area, form: Form) -> Result<HttpResponse, Problem> {
    let mut draft = Draft::sent(form);
    let read = read(&mut draft, &area);
    let days = days(&mut draft, &area);
    let series = draft.value("series").parse().unwrap_or_else(|_| SlotId::mint(area.now(), &mut rand::rng()));
    let (Some(first), Some(days)) = (read, days) else { return again(&request, &area, &draft).await };
    let single = days.len() == 1;
    let mut outcomes = Vec::new();
    for (index, day) in days {
        let outcome = match on_day(&mut draft, &area, &first, day) {
            Some(own) => {
                let ticketing = &area.web.ticketing;
                let outcome = ticketing.schedule_once((series, index), &own, area.now(), &mut rand::rng()).await;
                match explained(&area, outcome) {
                    Ok(outcome) => outcome,
                    Err(problem) if single => return Err(problem),
                    // What was made before is said, and is not made again when the form is sent again.
                    Err(_) => Err(Explained { field: "", text: area.say(texts::ERROR_UNAVAILABLE) }),
                }
            }
            None => Err(Explained { field: "start", text: area.say(texts::INVALID_START_TIME) }),
        };
        outcomes.push((day, outcome));
    }
    if !single {
        return Ok(outcomes_page(&area, &outcomes).respond_to(&request));
    }
    match outcomes.pop() {
        Some((_, Ok(slot))) => {
            let week = Week::of(day_of(area.web.zone, slot.showing().start()));
            Ok(see_other(&Done::Scheduled.on(&format!("/manage/timetable?week={week}"))))
        }
        Some((_, Err(Explained { field, text }))) => {
            draft.refuse(field, text);
            again(&request, &area, &draft).await
        }
        None => again(&request, &area, &draft).await,
    }
}

async fn again(request: &HttpRequest, area: &Area, draft: &Draft) -> Result<HttpResponse, Problem> {
    let choice = Choice::read(area).await.map_err(refused)?;
    let page = page(area, draft, &choice).with_status(StatusCode::UNPROCESSABLE_ENTITY);
    Ok(page.respond_to(request))
}

/// Reads the showing on its first day.
fn read(draft: &mut Draft, area: &Area) -> Option<SlotDraft> {
    let about = fields::texts_of(draft, area);
    let slot_type = draft.read(area, "type", str::parse);
    let genre = draft.read(area, "genre", str::parse);
    let times = fields::times(draft, area);
    let seats = seats(draft, area);
    let prices = match draft.value("prices") {
        "" => None,
        _ => Some(draft.id(area, "prices", Entity::PriceList)?),
    };
    let ((name, description), (start, end)) = (about?, times?);
    let details = SlotDetails { description, slot_type: slot_type?, genre: genre? };
    Some(SlotDraft { name, start, end, details, seats: seats?, prices })
}

fn seats(draft: &mut Draft, area: &Area) -> Option<SlotSeats> {
    if draft.value("place") == UNNUMBERED {
        let capacity = |text: &str| Capacity::new(text.parse().unwrap_or_default());
        return draft.read(area, "capacity", capacity).map(SlotSeats::Unnumbered);
    }
    draft.id(area, "place", Entity::Auditorium).map(SlotSeats::Auditorium)
}

/// Reads the days, each with its place in the series.
fn days(draft: &mut Draft, area: &Area) -> Option<Vec<(u32, NaiveDate)>> {
    let first = fields::date(draft.value("date")).ok()?;
    let last = draft.optional(area, "until", fields::date).unwrap_or(first);
    let weekdays: Vec<u32> = draft.form().all("weekday").filter_map(|day| day.parse().ok()).collect();
    let is_chosen = |day: &NaiveDate| weekdays.is_empty() || weekdays.contains(&day.weekday().number_from_monday());
    let days = first.iter_days().take_while(|day| *day <= last).take(MAX_LENGTH);
    let is_long = last.signed_duration_since(first).num_days() >= MAX_LENGTH.try_into().unwrap_or_default();
    let days: Vec<_> = (0..).zip(days).filter(|(index, day)| *index == 0 || is_chosen(day)).collect();
    if last < first || is_long || days.len() > MAX_DAYS {
        let text = area.words.tell(texts::MANAGE_WRONG_UNTIL, [("days", MAX_DAYS.into())]);
        draft.refuse("until", text);
        return None;
    }
    Some(days)
}

/// Returns the showing on another day, at the same times by the clocks on the wall. `None` when the clocks skip one of them.
fn on_day(draft: &mut Draft, area: &Area, first: &SlotDraft, day: NaiveDate) -> Option<SlotDraft> {
    let zone = area.web.zone;
    let first_day = fields::date(draft.value("date")).ok()?;
    let offset = Days::new(u64::try_from((day - first_day).num_days()).ok()?);
    let shifted = |at: DateTime<Utc>| {
        let local = zone.show(at).naive_local().checked_add_days(offset)?;
        zone.read(&local.format("%Y-%m-%d %H:%M").to_string()).ok()
    };
    Some(SlotDraft { start: shifted(first.start)?, end: shifted(first.end)?, ..first.clone() })
}

fn page(area: &Area, draft: &Draft, choice: &Choice) -> Page {
    let mut places = places(area, &choice.auditoriums);
    places.push((UNNUMBERED.to_owned(), area.say(texts::MANAGE_PLACE_UNNUMBERED)));
    let mut lists = vec![(String::new(), area.say(texts::MANAGE_PRICES_FREE))];
    lists.extend(choice.lists.iter().map(|list| (list.id.to_string(), list.name.as_str().to_owned())));
    let content = html! {
        h1 { (area.say(texts::MANAGE_SCHEDULE_TITLE)) }
        (draft.alert(area))
        form.sheet method="post" action="/manage/timetable/new" data-check="/manage/timetable/check" {
            (area.token())
            input type="hidden" name="series" value=(draft.value("series"));
            fieldset { legend { (area.say(texts::MANAGE_SCHEDULE_WHAT)) } (about(area, draft, true)) }
            fieldset {
                legend { (area.say(texts::MANAGE_SCHEDULE_WHEN)) }
                (when(area, draft))
                (draft.select(area, texts::MANAGE_FIELD_PLACE, "place", &places))
                div.only-unnumbered {
                    (draft.input(area, texts::MANAGE_FIELD_CAPACITY, Input {
                        name: "capacity", keyboard: Some("numeric"), max: Some(6), hint: Some(texts::MANAGE_FIELD_CAPACITY_HINT),
                        ..Input::default()
                    }))
                }
                p.in-the-way role="status" {}
            }
            fieldset { legend { (area.say(texts::PRICES_TITLE)) } (draft.select(area, texts::MANAGE_FIELD_PRICES, "prices", &lists)) }
            (repetition(area, draft))
            div.actions {
                button { (area.say(texts::MANAGE_SCHEDULE_SEND)) }
                a href="/manage/timetable" { (area.say(texts::MANAGE_DISCARD)) }
            }
        }
    };
    area.page(Part::Timetable, area.say(texts::MANAGE_SCHEDULE_TITLE), content).with(SCHEDULE_JS)
}

fn repetition(area: &Area, draft: &Draft) -> Markup {
    let chosen: Vec<_> = draft.form().all("weekday").collect();
    html! {
        fieldset {
            legend { (area.say(texts::MANAGE_SCHEDULE_REPEAT)) }
            (draft.input(area, texts::MANAGE_FIELD_UNTIL, Input { name: "until", kind: Some("date"), ..Input::default() }))
            fieldset.boxes {
                legend { (area.say(texts::MANAGE_FIELD_WEEKDAYS)) }
                @for day in Week::of(area.today()).days() {
                    @let number = day.weekday().number_from_monday().to_string();
                    label.choice {
                        input type="checkbox" name="weekday" value=(number) checked[chosen.contains(&number.as_str())];
                        (area.words.weekday(day))
                    }
                }
            }
            p.hint { (area.say(texts::MANAGE_FIELD_WEEKDAYS_HINT)) }
        }
    }
}

/// Says of each day what became of it.
fn outcomes_page(area: &Area, outcomes: &[(NaiveDate, Result<TicketSlot, Explained>)]) -> Page {
    let made = outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).count();
    let numbers = [("made", made.into()), ("all", outcomes.len().into())];
    let week = outcomes.first().map(|(day, _)| Week::of(*day));
    let content = html! {
        h1 { (area.words.tell(texts::MANAGE_SCHEDULE_DONE, numbers)) }
        ul.outcomes {
            @for (day, outcome) in outcomes {
                li.refused[outcome.is_err()] {
                    strong { (area.words.day(*day)) } " "
                    @match outcome {
                        Ok(slot) => {
                            a href=(format!("/manage/showings/{}", slot.id())) { (slot.showing().name().as_str()) ", " (area.time(slot.showing().start())) }
                        }
                        Err(Explained { text, .. }) => { (area.say(texts::MANAGE_SCHEDULE_REFUSED)) " " (text) }
                    }
                }
            }
        }
        p {
            @if let Some(week) = week { a href=(format!("/manage/timetable?week={week}")) { (area.say(texts::MANAGE_SCHEDULE_TO_WEEK)) } }
        }
    };
    area.page(Part::Timetable, area.say(texts::MANAGE_SCHEDULE_TITLE), content)
}
