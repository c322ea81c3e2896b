//! The first page of the box office: what is shown on a day, to be chosen by keyboard.

use actix_web::web::{Data, Query};
use chrono::{DateTime, Days, NaiveDate, Utc};
use maud::{Markup, html};
use serde::Deserialize;
use ticketly_domain::{Error, Sales, Showing, TicketSlot};
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::session::Session;

use super::frame::{page, shown_key, with_key};
use super::{START, find};
use crate::app::Web;
use crate::auditorium_names::Places;
use crate::customer::programme;
use crate::day::other_date;
use crate::listing;
use crate::locale::{Text, Words, texts};
use crate::page::Page;

/// The number of showings that a digit chooses.
const NUMBERED: usize = 9;

/// What is chosen. Values that cannot be read are passed over, since people edit addresses.
#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    pub day: Option<String>,
    pub title: Option<String>,
}

/// Showings of a day.
pub(super) struct Day {
    pub day: NaiveDate,
    pub today: NaiveDate,
    pub slots: Vec<TicketSlot>,
    places: Places,
}

impl Day {
    /// Reads the showings of a day that have not ended. A day that is over, or that cannot be read, is today.
    pub(super) async fn read(web: &Web, day: Option<&str>, rows: &RowsRead) -> Result<Self, Error> {
        let now = web.now();
        let today = listing::today(web, now, rows).await?;
        let day = day.and_then(|day| day.parse::<NaiveDate>().ok()).unwrap_or(today).max(today);
        let slots = listing::slots_for_office(web, (day, today), now, rows).await?;
        let places = web.places(slots.iter().map(TicketSlot::showing)).await?;
        Ok(Self { day, today, slots, places })
    }

    /// Returns the name of a showing's auditorium. Empty for one that is in none.
    pub(super) fn auditorium(&self, showing: &Showing) -> &str {
        self.places.of(showing).unwrap_or_default()
    }
}

/// Shows the showings of a day.
pub(crate) async fn show(
    web: Data<Web>,
    words: Words,
    session: Session,
    rows: RowsRead,
    choice: Query<Choice>,
) -> Result<Page, Problem> {
    let mut day = Day::read(&web, choice.day.as_deref(), &rows).await.map_err(refused)?;
    let title = choice.title.as_deref().map(str::trim).unwrap_or_default();
    let wanted = title.to_lowercase();
    day.slots.retain(|slot| slot.showing().name().as_str().to_lowercase().contains(&wanted));
    let content = html! {
        div.split {
            h1 { (words.day(day.day)) }
            (find::by_text(words, &session))
        }
        (choose(words, &day, title))
        @if day.slots.is_empty() {
            p.none { strong { (words.say(texts::PROGRAMME_NONE)) } " " (words.say(texts::OFFICE_NONE_HINT)) }
        } @else {
            (table(words, &web, &day, |slot| format!("{START}/showings/{}", slot.id())))
            p.hint { (words.say(texts::OFFICE_LIST_KEYS)) }
        }
    };
    Ok(page(&web, words, &session, &words.say(texts::BOX_OFFICE_TITLE), &content))
}

/// The form with which a day and a title are chosen.
fn choose(words: Words, day: &Day, title: &str) -> Markup {
    let link = |text: Text, day: Option<NaiveDate>| {
        html! { @if let Some(day) = day { li { a href=(format!("{START}?day={day}")) { (words.say(text)) } } } }
    };
    let before = day.day.checked_sub_days(Days::new(1)).filter(|before| *before >= day.today);
    html! {
        form.choose action=(START) role="search" {
            label {
                (words.say(texts::OFFICE_DAY))
                input type="date" name="day" value=(day.day) min=(day.today);
            }
            label {
                (with_key(words, texts::OFFICE_TITLE, "q"))
                input type="search" name="title" value=(title) maxlength="100" accesskey="q" autocomplete="off";
            }
            button.quiet { (words.say(texts::PROGRAMME_SHOW)) }
            ul {
                (link(texts::OFFICE_DAY_BEFORE, before))
                (link(texts::PROGRAMME_TODAY, (day.day != day.today).then_some(day.today)))
                (link(texts::OFFICE_DAY_AFTER, day.day.checked_add_days(Days::new(1))))
            }
        }
    }
}

/// The table of showings. The first one that is sold and has not started has the focus.
pub(super) fn table(words: Words, web: &Web, day: &Day, link: impl Fn(&TicketSlot) -> String) -> Markup {
    let now = web.now();
    let is_next = |slot: &&TicketSlot| slot.sales() == Sales::Open && slot.showing().start() > now;
    let first = day.slots.iter().find(is_next).or_else(|| day.slots.first()).map(TicketSlot::id);
    html! {
        table.showings data-list {
            thead {
                tr {
                    td {}
                    th scope="col" { (words.say(texts::OFFICE_TIME)) }
                    th scope="col" { (words.say(texts::OFFICE_TITLE)) }
                    th scope="col" { (words.say(texts::OFFICE_AUDITORIUM)) }
                    th.number scope="col" { (words.say(texts::OFFICE_FREE)) }
                    th scope="col" { (words.say(texts::OFFICE_STATE)) }
                }
            }
            tbody {
                @for (index, slot) in day.slots.iter().enumerate() {
                    @let start = web.zone.show(slot.showing().start());
                    tr {
                        td { @if index < NUMBERED { (shown_key(&(index + 1).to_string())) } }
                        td {
                            time datetime=(start.to_rfc3339()) { (words.time(start.time())) }
                            @if let Some(date) = other_date(words, web.zone, day.day, slot.showing().start()) { " " small { (date) } }
                        }
                        th scope="row" {
                            a href=(link(slot)) data-item autofocus[Some(slot.id()) == first] {
                                (slot.showing().name().as_str())
                            }
                        }
                        td { (day.auditorium(slot.showing())) }
                        td.number { (slot.seats().available()) }
                        (state(words, slot, now))
                    }
                }
            }
        }
    }
}

/// Says whether a showing is sold.
fn state(words: Words, slot: &TicketSlot, now: DateTime<Utc>) -> Markup {
    let (available, capacity) = (slot.seats().available(), slot.seats().capacity().get());
    let (class, text) = match slot.sales() {
        Sales::Canceled => ("gone", texts::SHOWING_CANCELED),
        Sales::Moved => ("gone", texts::SHOWING_MOVED),
        Sales::Closed => ("gone", texts::SALES_CLOSED),
        Sales::Open if available == 0 => ("gone", texts::SEATS_NONE),
        Sales::Open if slot.showing().start() <= now => ("few", texts::OFFICE_STARTED),
        Sales::Open if available <= (capacity / programme::FEW).max(1) => ("few", texts::OFFICE_FEW),
        Sales::Open => ("free", texts::OFFICE_OPEN),
    };
    html! { td.(class) { (words.say(text)) } }
}
