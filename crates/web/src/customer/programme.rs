//! The programme: what is shown on a day.

use std::collections::BTreeSet;

use actix_web::web::{Data, Query};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use maud::{Markup, html};
use serde::Deserialize;
use ticketly_domain::{Error, Genre, PageSize, Sales, SlotQuery, TicketSlot};
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::zone::Zone;

use crate::app::Web;
use crate::locale::{Words, texts};
use crate::page::Page;

/// The number of days that can be chosen.
const DAYS: u64 = 14;
/// The greatest number of pages of slots that are read for a day: 500 slots.
const PAGES: usize = 5;
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
    let today = web.zone.show(now).date_naive();
    let last = today.checked_add_days(Days::new(DAYS - 1)).unwrap_or(today);
    let day = choice.day.as_deref().and_then(|day| day.parse::<NaiveDate>().ok());
    let day = day.filter(|day| (today..=last).contains(day)).unwrap_or(today);
    let genre = choice.genre.as_deref().and_then(|genre| genre.parse::<Genre>().ok());
    let title = choice.title.as_deref().map(str::trim).unwrap_or_default();
    let slots = slots_of(&web, day, now, &rows).await.map_err(refused)?;
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
            ul.programme { @for slot in shown { li { (card(words, web.zone, slot)) } } }
        }
    };
    Ok(Page::new(&web, words, words.say(texts::PROGRAMME_TITLE), content))
}

/// Reads the slots that start on a day of the cinema and have not ended.
pub(crate) async fn slots_of(
    web: &Web,
    day: NaiveDate,
    now: DateTime<Utc>,
    rows: &RowsRead,
) -> Result<Vec<TicketSlot>, Error> {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    let [from, until] = [day, next].map(|day| midnight(web.zone, day));
    let mut query = SlotQuery { from, until, ends_after: Some(now), limit: PageSize::LARGEST, ..SlotQuery::default() };
    let mut slots = Vec::new();
    for _ in 0..PAGES {
        let page = web.ticketing.slots(&query, now).await?;
        rows.add(page.rows_read);
        slots.extend(page.items);
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    Ok(slots)
}

/// Returns the first moment of a day. Where the clocks skip midnight, it is an hour later.
fn midnight(zone: Zone, day: NaiveDate) -> Option<DateTime<Utc>> {
    let times = (0..2).filter_map(|hour| NaiveTime::from_hms_opt(hour, 0, 0));
    times.filter_map(|time| day.and_time(time).and_local_timezone(zone.0).earliest()).map(|time| time.to_utc()).next()
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

fn card(words: Words, zone: Zone, slot: &TicketSlot) -> Markup {
    let showing = slot.showing();
    let [start, end] = [showing.start(), showing.end()].map(|time| zone.show(time));
    html! {
        a.card href=(format!("/showings/{}", slot.id())) {
            time.start datetime=(start.to_rfc3339()) { (words.time(start.time())) }
            div.what {
                h2 { (showing.name().as_str()) }
                p.facts {
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

/// Returns the lowest price of a slot. `None` for a slot without prices.
fn cheapest(words: Words, slot: &TicketSlot) -> Option<String> {
    let list = &slot.prices()?.list;
    let lowest = list.prices().iter().map(|price| price.amount.minor()).min()?;
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

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;

    #[test]
    fn a_day_begins_where_its_clocks_do() {
        let midnight = |zone, day: &str| midnight(Zone(zone), day.parse().unwrap()).unwrap().to_rfc3339();
        assert_eq!(midnight(Tz::Europe__Berlin, "2027-03-28"), "2027-03-27T23:00:00+00:00");
        assert_eq!(midnight(Tz::Europe__Berlin, "2027-03-29"), "2027-03-28T22:00:00+00:00");
        // The clocks of Beirut skip midnight.
        assert_eq!(midnight(Tz::Asia__Beirut, "2024-03-31"), "2024-03-30T22:00:00+00:00");
    }
}
