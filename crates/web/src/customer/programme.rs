//! The programme: what is shown on a day.

use std::collections::BTreeSet;

use actix_web::web::{Data, Query};
use chrono::{Datelike as _, NaiveDate};
use maud::{Markup, html};
use serde::Deserialize;
use ticketly_domain::{Error, Genre, Sales, TicketSlot};
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::zone::Zone;

use crate::app::Web;
use crate::day::{day_of, other_date};
use crate::listing;
use crate::locale::{Words, texts};
use crate::page::Page;

/// The number of days that are links.
const DAYS: usize = 14;
/// The last year of which days can be shown.
const LAST_YEAR: i32 = 9998;
/// Of the seats of a slot, the share below which few are left.
pub(crate) const FEW: u32 = 10;

/// What is chosen. Values that cannot be read are passed over, since people edit addresses.
#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    day: Option<String>,
    genre: Option<String>,
    title: Option<String>,
}

/// What is asked for, as it is understood.
struct ProgrammeQuery<'a> {
    day: NaiveDate,
    today: NaiveDate,
    genre: Option<Genre>,
    title: &'a str,
}

impl<'a> ProgrammeQuery<'a> {
    /// Reads a choice. A day that is over, or that cannot be read, is today.
    fn of(choice: &'a Choice, today: NaiveDate) -> Self {
        let day = choice.day.as_deref().and_then(|day| day.parse::<NaiveDate>().ok());
        let day = day.filter(|day| *day >= today && day.year() <= LAST_YEAR).unwrap_or(today);
        let genre = choice.genre.as_deref().and_then(|genre| genre.parse::<Genre>().ok());
        Self { day, today, genre, title: choice.title.as_deref().map(str::trim).unwrap_or_default() }
    }

    /// Names a day, with its year if that is not this one.
    fn name(&self, words: Words, day: NaiveDate) -> String {
        if day.year() == self.today.year() { words.day(day) } else { words.date(day) }
    }

    fn fits(&self, slot: &TicketSlot) -> bool {
        self.genre.is_none_or(|genre| slot.details().genre == genre)
    }
}

/// Shows the programme of a day, or the coming showings with a title.
pub(crate) async fn show(web: Data<Web>, words: Words, rows: RowsRead, choice: Query<Choice>) -> Result<Page, Problem> {
    let today = listing::today(&web, web.now(), &rows).await.map_err(refused)?;
    let query = ProgrammeQuery::of(&choice, today);
    let content = if query.title.is_empty() {
        of_day(&web, words, &query, &rows).await
    } else {
        found(&web, words, &query, &rows).await
    };
    Ok(Page::new(&web, words, words.say(texts::PROGRAMME_TITLE), content.map_err(refused)?))
}

async fn of_day(web: &Web, words: Words, query: &ProgrammeQuery<'_>, rows: &RowsRead) -> Result<Markup, Error> {
    let (day, now) = (query.day, web.now());
    let slots = listing::slots_of(web, day, now, rows).await?;
    let places = web.places(slots.iter().map(TicketSlot::showing)).await?;
    let next = if slots.is_empty() { listing::next_day(web, day, now, rows).await? } else { None };
    let shown: Vec<_> = slots.iter().filter(|slot| query.fits(slot)).collect();
    Ok(html! {
        h1 { (query.name(words, day)) }
        (days(words, query, Some(day)))
        (filter(words, query, &slots))
        @if shown.is_empty() {
            p.none { strong { (words.say(texts::PROGRAMME_NONE)) } " " (words.say(texts::PROGRAMME_NONE_HINT)) }
        }
        @if let Some(next) = next {
            p { a href=(format!("/?day={next}")) { (words.tell(texts::PROGRAMME_NEXT, [("day", query.name(words, next).into())])) } }
        }
        ul.programme {
            @for slot in shown {
                li { (card(words, web.zone, (slot, day), places.of(slot.showing()), &html! { h2 { (slot.showing().name().as_str()) } })) }
            }
        }
    })
}

/// Lists the showings with a title from a day on, by day.
async fn found(web: &Web, words: Words, query: &ProgrammeQuery<'_>, rows: &RowsRead) -> Result<Markup, Error> {
    let found = listing::search(web, query.title, (query.day, query.today), web.now(), rows).await?;
    let places = web.places(found.slots.iter().map(TicketSlot::showing)).await?;
    let shown: Vec<_> = found.slots.iter().filter(|slot| query.fits(slot)).collect();
    let day_of = |slot: &TicketSlot| day_of(web.zone, slot.showing().start());
    Ok(html! {
        h1 { (words.tell(texts::PROGRAMME_FOUND, [("title", query.title.into())])) }
        (days(words, query, None))
        (filter(words, query, &found.slots))
        @if query.day != query.today {
            form.actions action="/" {
                (words.tell(texts::PROGRAMME_FOUND_FROM, [("day", query.name(words, query.day).into())]))
                input type="hidden" name="title" value=(query.title);
                button.quiet { (words.say(texts::PROGRAMME_FOUND_ALL)) }
            }
        }
        @if shown.is_empty() {
            p.none { strong { (words.say(texts::PROGRAMME_FOUND_NONE)) } " " (words.say(texts::PROGRAMME_FOUND_NONE_HINT)) }
        }
        @for slots in shown.chunk_by(|one, next| day_of(one) == day_of(next)) {
            @if let Some(day) = slots.first().map(|slot| day_of(slot)) {
                h2.part { (query.name(words, day)) }
                ul.programme {
                    @for slot in slots {
                        li { (card(words, web.zone, (slot, day), places.of(slot.showing()), &html! { h3 { (slot.showing().name().as_str()) } })) }
                    }
                }
            }
        }
        @if found.has_more { p.notice { (words.say(texts::PROGRAMME_FOUND_MORE)) } }
    })
}

fn days(words: Words, query: &ProgrammeQuery<'_>, chosen: Option<NaiveDate>) -> Markup {
    let today = query.today;
    html! {
        nav.days aria-label=(words.say(texts::PROGRAMME_DAYS)) {
            ul {
                @for day in today.iter_days().take(DAYS) {
                    li {
                        a href=(format!("/?day={day}")) aria-current=[(Some(day) == chosen).then_some("date")] {
                            span { @if day == today { (words.say(texts::PROGRAMME_TODAY)) } @else { (words.weekday(day)) } }
                            " "
                            span.number { (day.format("%-d")) }
                        }
                    }
                }
            }
        }
    }
}

/// Renders the form. The genres are those of some slots, and the chosen one.
fn filter(words: Words, query: &ProgrammeQuery<'_>, slots: &[TicketSlot]) -> Markup {
    let ProgrammeQuery { day, today, genre, title } = *query;
    let genres: BTreeSet<_> = slots.iter().map(|slot| slot.details().genre).chain(genre).collect();
    html! {
        form.filter action="/" role="search" aria-label=(words.say(texts::PROGRAMME_FILTER)) {
            label {
                (words.say(texts::PROGRAMME_FILM))
                input type="search" name="title" value=(title) maxlength="100";
            }
            label {
                (words.say(texts::PROGRAMME_GENRE))
                select name="genre" {
                    option value="" { (words.say(texts::PROGRAMME_ALL_GENRES)) }
                    @for one in genres {
                        option value=(one) selected[genre == Some(one)] { (words.genre(one)) }
                    }
                }
            }
            label {
                (words.say(texts::PROGRAMME_DATE))
                input type="date" name="day" value=(day) min=(today);
            }
            button { (words.say(texts::PROGRAMME_SHOW)) }
            @if genre.is_some() || !title.is_empty() {
                a href=(format!("/?day={day}")) { (words.say(texts::PROGRAMME_CLEAR)) }
            }
        }
    }
}

/// Renders a showing in the list of a day, under a heading with its title.
fn card(
    words: Words,
    zone: Zone,
    (slot, day): (&TicketSlot, NaiveDate),
    place: Option<&str>,
    heading: &Markup,
) -> Markup {
    let showing = slot.showing();
    let [start, end] = [showing.start(), showing.end()].map(|time| zone.show(time));
    html! {
        a.card href=(format!("/showings/{}", slot.id())) {
            time.start datetime=(start.to_rfc3339()) { (words.time(start.time())) }
            div.what {
                (heading)
                @if let Some(date) = other_date(words, zone, day, showing.start()) { p { strong { (date) } } }
                p.facts {
                    @if let Some(place) = place { (place) " · " }
                    (words.genre(slot.details().genre)) " · "
                    (words.tell(texts::SHOWING_UNTIL, [("time", words.time(end.time()).into())]))
                    @if let Some(price) = cheapest(words, slot) { " · " (price) }
                }
                p { (slot.details().description.as_str()) }
            }
            (left(words, slot))
        }
    }
}

/// Returns the lowest price of the seats of a slot. `None` for a slot without prices.
fn cheapest(words: Words, slot: &TicketSlot) -> Option<String> {
    let list = &slot.prices()?.list;
    // Where every zone has a price of its own, no seat costs what the others would.
    let plan = slot.showing().seating().map(|seating| &*seating.plan);
    let lowest = list.of_seats(plan).into_iter().map(|(_, _, amount)| amount.minor()).min()?;
    let price = words.money(lowest.into(), list.currency());
    Some(words.tell(texts::FROM_PRICE, [("price", price.into())]))
}

/// Says how many seats are left, or why none is sold.
pub(crate) fn left(words: Words, slot: &TicketSlot) -> Markup {
    let (available, capacity) = (slot.seats().available(), slot.seats().capacity().get());
    let (class, text) = match slot.sales() {
        Sales::Canceled => ("gone", words.say(texts::SHOWING_CANCELED)),
        Sales::Moved => ("gone", words.say(texts::SHOWING_MOVED)),
        Sales::Closed => ("gone", words.say(texts::SALES_CLOSED)),
        Sales::Open if available == 0 => ("gone", words.say(texts::SEATS_NONE)),
        Sales::Open if available <= (capacity / FEW).max(1) => {
            ("few", words.tell(texts::SEATS_FEW, [("seats", available.into())]))
        }
        Sales::Open => ("free", words.tell(texts::SEATS_FREE, [("seats", available.into())])),
    };
    html! { p.left.(class) { (text) } }
}
