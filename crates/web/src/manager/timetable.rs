//! The timetable: what is shown in a week, as a picture and as a list.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Query;
use chrono::NaiveDate;
use maud::{Markup, html};
use serde::Deserialize;
use ticketly_domain::{Auditorium, SlotId, TicketSlot};
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;

use super::area::{Area, Done, Part, fragment};
use super::field::Draft;
use super::overview::showings;
use super::refusal::explained;
use super::showing_fields;
use super::timetable_picture::{Lane, Picture};
use super::week::Week;
use crate::assets::TIMETABLE_JS;
use crate::auditorium_names::Places;
use crate::day::day_of;
use crate::locale::texts;
use crate::page::Page;
use crate::refusal::of_refusal;

/// What is chosen. A week that cannot be read is the present one, since people edit addresses.
#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    week: Option<String>,
    done: Option<String>,
}

/// Shows a week.
pub(crate) async fn show(area: Area, choice: Query<Choice>) -> Result<Page, Problem> {
    let week = choice.week.as_deref().and_then(|week| week.parse().ok()).unwrap_or_else(|| Week::of(area.today()));
    let auditoriums = area.web.ticketing.auditoriums().await.map_err(refused)?;
    let (slots, more) = match week.times(area.web.zone) {
        Some((from, until)) => area.slots(from, until).await.map_err(refused)?,
        None => (Vec::new(), false),
    };
    let lanes = lanes(&area, &auditoriums, &slots);
    let picture = Picture::of(&area, &lanes, &slots);
    let names = Places::named(&auditoriums);
    let content = html! {
        h1 { (heading(&area, week)) }
        (Done::notice(&area, choice.done.as_deref()))
        (tools(&area, week))
        @if auditoriums.is_empty() { p.calm { (area.say(texts::MANAGE_TIMETABLE_NO_AUDITORIUM)) } }
        @if more { p.alert { (area.say(texts::MANAGE_TIMETABLE_MORE)) } }
        p.hint hidden data-pointer-hint { (area.say(texts::MANAGE_TIMETABLE_HINT)) }
        p #dragged role="status" {}
        div.timetable data-token=(area.session.token) data-failed=(area.say(texts::MANAGE_TIMETABLE_NOT_MOVED)) {
            @for day in week.days() { (day_section(&area, &picture, day)) }
        }
        section #list aria-labelledby="list-title" {
            h2 #list-title { (area.say(texts::MANAGE_TIMETABLE_LIST)) }
            (list(&area, &names, &slots))
        }
    };
    Ok(area.page(Part::Timetable, area.say(texts::MANAGE_TIMETABLE), content).with(TIMETABLE_JS))
}

fn heading(area: &Area, week: Week) -> String {
    let mut days = week.days();
    let (first, last) = (days.next().unwrap_or_default(), days.last().unwrap_or_default());
    let arguments = [("first", area.words.plain_date(first).into()), ("last", area.words.plain_date(last).into())];
    area.words.tell(texts::MANAGE_TIMETABLE_WEEK, arguments)
}

/// Returns the lanes of the picture: the auditoriums, and that of the showings that are in none.
fn lanes(area: &Area, auditoriums: &[Auditorium], slots: &[TicketSlot]) -> Vec<Lane> {
    let mut lanes: Vec<_> = auditoriums
        .iter()
        .map(|auditorium| Lane {
            place: Some(auditorium.id),
            name: auditorium.name.as_str().to_owned(),
            turnaround: auditorium.turnaround.minutes(),
        })
        .collect();
    if slots.iter().any(|slot| slot.showing().seating().is_none()) || lanes.is_empty() {
        lanes.push(Lane { place: None, name: area.say(texts::MANAGE_PLACE_UNNUMBERED), turnaround: 0 });
    }
    lanes
}

fn tools(area: &Area, week: Week) -> Markup {
    let to = |week: Week| format!("/manage/timetable?week={week}");
    html! {
        div.tools {
            nav.weeks aria-label=(area.say(texts::MANAGE_TIMETABLE_WEEKS)) {
                a.button.quiet href=(to(week.before())) { (area.say(texts::MANAGE_TIMETABLE_BEFORE)) }
                a.button.quiet href=(to(Week::of(area.today()))) { (area.say(texts::MANAGE_TIMETABLE_NOW)) }
                a.button.quiet href=(to(week.after())) { (area.say(texts::MANAGE_TIMETABLE_AFTER)) }
            }
            form.jump action="/manage/timetable" {
                label for="week" { (area.say(texts::MANAGE_TIMETABLE_DAY)) }
                input #week type="date" name="week" required;
                button.quiet { (area.say(texts::MANAGE_TIMETABLE_SHOW)) }
            }
            a href="#list" { (area.say(texts::MANAGE_TIMETABLE_LIST)) }
            a.button.main href="/manage/timetable/new" { (area.say(texts::MANAGE_SCHEDULE_TITLE)) }
        }
    }
}

fn day_section(area: &Area, picture: &Picture<'_>, day: NaiveDate) -> Markup {
    let id = format!("d-{day}");
    html! {
        section.day aria-labelledby=(id) {
            header {
                h2 id=(id) { (area.words.day(day)) }
                a href=(format!("/manage/timetable/new?date={day}")) aria-label={
                    (area.say(texts::MANAGE_SCHEDULE_TITLE)) ": " (area.words.day(day))
                } { (area.say(texts::MANAGE_SCHEDULE_HERE)) }
            }
            (picture.draw(area, day))
        }
    }
}

/// Lists the showings by day, also those that do not take place.
fn list(area: &Area, auditoriums: &Places, slots: &[TicketSlot]) -> Markup {
    let day = |slot: &TicketSlot| day_of(area.web.zone, slot.showing().start());
    html! {
        @if slots.is_empty() { p { (area.say(texts::MANAGE_TIMETABLE_NONE)) } }
        @for slots in slots.chunk_by(|one, next| day(one) == day(next)) {
            @if let Some(day) = slots.first().map(day) {
                h3 { (area.words.day(day)) }
                (showings(area, day, auditoriums, slots))
            }
        }
    }
}

/// A question whether an auditorium is free, with the fields of the form and the slot that is to move.
#[derive(Debug, Deserialize)]
pub(crate) struct Question {
    date: Option<String>,
    start: Option<String>,
    end: Option<String>,
    length: Option<String>,
    place: Option<String>,
    except: Option<String>,
}

/// Answers what is in the way of a showing, as a person fills in its form. Empty when nothing is, or when too little is filled in.
pub(crate) async fn check(area: Area, question: Query<Question>) -> Result<HttpResponse, Problem> {
    let Question { date, start, end, length, place, except } = question.into_inner();
    let fields = [("date", date), ("start", start), ("end", end), ("length", length)];
    let mut draft = Draft::of(fields.map(|(name, value)| (name, value.unwrap_or_default())));
    let times = showing_fields::times(&mut draft, &area);
    let auditorium = place.and_then(|place| place.parse().ok());
    let except = except.and_then(|slot| slot.parse::<SlotId>().ok());
    let text = match times.zip(auditorium) {
        Some(((start, end), auditorium)) => {
            let found = area.web.ticketing.in_the_way(auditorium, start, end, except).await;
            match explained(&area, found)? {
                Ok(found) => found.map(|refusal| of_refusal(area.words, area.web.zone, &refusal)),
                Err(refusal) => Some(refusal.text),
            }
        }
        None => None,
    };
    Ok(fragment(StatusCode::OK, &html! { @if let Some(text) = text { p { (text) } } }))
}
