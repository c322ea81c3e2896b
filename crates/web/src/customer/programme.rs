//! The programme: what is shown on a day.

use std::collections::BTreeSet;

use actix_web::web::{Data, Query};
use chrono::{Days, NaiveDate};
use maud::{Markup, html};
use serde::Deserialize;
use ticketly_domain::{Genre, Sales, TicketSlot};
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::zone::Zone;

use crate::app::Web;
use crate::day::other_date;
use crate::listing;
use crate::locale::{Words, texts};
use crate::page::Page;

/// The number of days that can be chosen.
const DAYS: u64 = 14;
/// Of the seats of a slot, the share below which few are left.
pub(crate) const FEW: u32 = 10;

/// What is chosen. Values that cannot be read are passed over, since people edit addresses.
#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    day: Option<String>,
    genre: Option<String>,
    title: Option<String>,
}

/// Shows the programme of a day.
pub(crate) async fn show(web: Data<Web>, words: Words, rows: RowsRead, choice: Query<Choice>) -> Result<Page, Problem> {
    let now = web.now();
    let today = listing::today(&web, now, &rows).await.map_err(refused)?;
    let last = today.checked_add_days(Days::new(DAYS - 1)).unwrap_or(today);
    let day = choice.day.as_deref().and_then(|day| day.parse::<NaiveDate>().ok());
    let day = day.filter(|day| (today..=last).contains(day)).unwrap_or(today);
    let genre = choice.genre.as_deref().and_then(|genre| genre.parse::<Genre>().ok());
    let title = choice.title.as_deref().map(str::trim).unwrap_or_default();
    let slots = listing::slots_of(&web, day, now, &rows).await.map_err(refused)?;
    let places = web.places(slots.iter().map(TicketSlot::showing)).await.map_err(refused)?;
    let genres: BTreeSet<_> = slots.iter().map(|slot| slot.details().genre).chain(genre).collect();
    let fits = |slot: &&TicketSlot| {
        let name = slot.showing().name().as_str().to_lowercase();
        genre.is_none_or(|genre| slot.details().genre == genre) && name.contains(&title.to_lowercase())
    };
    let shown: Vec<_> = slots.iter().filter(fits).collect();
    let content = html! {
        h1 { (words.day(day)) }
        (days(words, today, day))
        (filter(words, day, (genre, title), &genres))
        @if shown.is_empty() {
            p.none { strong { (words.say(texts::PROGRAMME_NONE)) } " " (words.say(texts::PROGRAMME_NONE_HINT)) }
        } @else {
            ul.programme { @for slot in shown { li { (card(words, web.zone, day, slot, places.of(slot.showing()))) } } }
        }
    };
    Ok(Page::new(&web, words, words.say(texts::PROGRAMME_TITLE), content))
}

fn days(words: Words, today: NaiveDate, chosen: NaiveDate) -> Markup {
    html! {
        nav.days aria-label=(words.say(texts::PROGRAMME_DAYS)) {
            ul {
                @for day in today.iter_days().take(usize::try_from(DAYS).unwrap_or_default()) {
                    li {
                        a href=(format!("/?day={day}")) aria-current=[(day == chosen).then_some("date")] {
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

fn filter(words: Words, day: NaiveDate, (genre, title): (Option<Genre>, &str), genres: &BTreeSet<Genre>) -> Markup {
    html! {
        form.filter action="/" role="search" aria-label=(words.say(texts::PROGRAMME_FILTER)) {
            input type="hidden" name="day" value=(day);
            label {
                (words.say(texts::PROGRAMME_FILM))
                input type="search" name="title" value=(title) maxlength="100";
            }
            label {
                (words.say(texts::PROGRAMME_GENRE))
                select name="genre" {
                    option value="" { (words.say(texts::PROGRAMME_ALL_GENRES)) }
                    @for one in genres {
                        option value=(one) selected[genre == Some(*one)] { (words.genre(*one)) }
                    }
                }
            }
            button { (words.say(texts::PROGRAMME_SHOW)) }
            @if genre.is_some() || !title.is_empty() {
                a href=(format!("/?day={day}")) { (words.say(texts::PROGRAMME_CLEAR)) }
            }
        }
    }
}

fn card(words: Words, zone: Zone, day: NaiveDate, slot: &TicketSlot, place: Option<&str>) -> Markup {
    let showing = slot.showing();
    let [start, end] = [showing.start(), showing.end()].map(|time| zone.show(time));
    html! {
        a.card href=(format!("/showings/{}", slot.id())) {
            time.start datetime=(start.to_rfc3339()) { (words.time(start.time())) }
            div.what {
                h2 { (showing.name().as_str()) }
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
