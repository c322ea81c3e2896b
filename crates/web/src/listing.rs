//! Reading slots for lists: those of a day of the cinema, and those that a search finds.

use chrono::{DateTime, NaiveDate, Utc};
use ticketly_domain::{Error, PageSize, Showing, SlotName, SlotQuery, TicketSlot};
use ticketly_http::limit::RowsRead;

use crate::app::Web;
use crate::coming_titles::Matches;
use crate::day::{day_of, start_of, times_of};

/// The greatest number of pages of slots that are read for a day: 500 slots.
const PAGES: usize = 5;
/// The number of slots that are read where one is enough: those that have ended are passed over.
const FOR_ONE: u32 = 50;
/// The greatest number of titles whose showings a search reads.
const MAX_TITLES: usize = 20;
/// The greatest number of showings that a search finds.
const MAX_FOUND: u32 = 100;

/// Returns the present day of the cinema. After midnight it is that of the evening before until its last showing has ended, and then
/// that of the date.
pub(crate) async fn today(web: &Web, now: DateTime<Utc>, rows: &RowsRead) -> Result<NaiveDate, Error> {
    let (day, date) = (day_of(web.zone, now), web.zone.show(now).date_naive());
    if day == date {
        return Ok(day);
    }
    let slots = read(web, SlotQuery { limit: PageSize::new(FOR_ONE)?, ..of_day(web, day, now) }, 1, now, rows).await?;
    Ok(if slots.is_empty() { date } else { day })
}

/// Reads the slots that start on a day of the cinema and have not ended.
pub(crate) async fn slots_of(
    web: &Web,
    day: NaiveDate,
    now: DateTime<Utc>,
    rows: &RowsRead,
) -> Result<Vec<TicketSlot>, Error> {
    read(web, of_day(web, day, now), PAGES, now, rows).await
}

/// Reads the slots of a day that the box office sells. Today's begin with those that started before and have not ended, such as a night of
/// films.
pub(crate) async fn slots_for_office(
    web: &Web,
    (day, today): (NaiveDate, NaiveDate),
    now: DateTime<Utc>,
    rows: &RowsRead,
) -> Result<Vec<TicketSlot>, Error> {
    let mut query = of_day(web, day, now);
    if day == today {
        // No showing is longer.
        query.from = query.from.min(now.checked_sub_signed(Showing::MAX_LENGTH));
    }
    read(web, query, PAGES, now, rows).await
}

/// Returns the first day after another on which a showing starts. `None` when there is none.
pub(crate) async fn next_day(
    web: &Web,
    day: NaiveDate,
    now: DateTime<Utc>,
    rows: &RowsRead,
) -> Result<Option<NaiveDate>, Error> {
    let Some((_, from)) = times_of(web.zone, day) else { return Ok(None) };
    let query =
        SlotQuery { from: Some(from), ends_after: Some(now), limit: PageSize::new(FOR_ONE)?, ..SlotQuery::default() };
    let page = web.ticketing.slots(&query, now).await?;
    rows.add(page.rows_read);
    Ok(page.items.first().map(|slot| day_of(web.zone, slot.showing().start())))
}

/// What of the coming showings has a text in its title.
pub(crate) struct Found {
    /// The slots in the order of their starts.
    pub slots: Vec<TicketSlot>,
    /// Whether there may be more.
    pub has_more: bool,
}

/// Searches the showings from a day on that have not ended for a text in their titles.
pub(crate) async fn search(
    web: &Web,
    text: &str,
    (day, today): (NaiveDate, NaiveDate),
    now: DateTime<Utc>,
    rows: &RowsRead,
) -> Result<Found, Error> {
    // Those of today may have begun before.
    let from = if day == today { None } else { start_of(web.zone, day) };
    let most = usize::try_from(MAX_FOUND).unwrap_or(usize::MAX);
    let limits = (MAX_TITLES + 1, most);
    let Matches { mut names, until } = web.titles.containing(&web.ticketing, (text, from), limits, now).await?;
    let mut found = Found { slots: Vec::new(), has_more: names.len() > MAX_TITLES || until.is_some() };
    // A title that was scheduled in the last minute is found by all of it.
    if let Some(whole) = SlotName::parse(text).ok().filter(|whole| !names.contains(whole)) {
        names.insert(0, whole);
    }
    // Behind the showings that are listed nothing is read.
    let until = until.filter(|until| from.is_none_or(|from| from < *until));
    for name in names.into_iter().take(MAX_TITLES) {
        let (name, limit) = (Some(name), PageSize::new(MAX_FOUND)?);
        let query = SlotQuery { name, from, until, ends_after: Some(now), limit, ..SlotQuery::default() };
        let page = web.ticketing.slots(&query, now).await?;
        rows.add(page.rows_read);
        found.slots.extend(page.items);
        found.has_more |= page.next.is_some();
    }
    found.slots.sort_by_key(|slot| (slot.showing().start(), slot.id()));
    found.has_more |= found.slots.len() > most;
    found.slots.truncate(most);
    Ok(found)
}

fn of_day(web: &Web, day: NaiveDate, now: DateTime<Utc>) -> SlotQuery {
    let (from, until) = times_of(web.zone, day).unzip();
    SlotQuery { from, until, ends_after: Some(now), limit: PageSize::LARGEST, ..SlotQuery::default() }
}

async fn read(
    web: &Web,
    mut query: SlotQuery,
    pages: usize,
    now: DateTime<Utc>,
    rows: &RowsRead,
) -> Result<Vec<TicketSlot>, Error> {
    let mut slots = Vec::new();
    for _ in 0..pages {
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
