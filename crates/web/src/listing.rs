//! Reading the slots of a day of the cinema.

use chrono::{DateTime, NaiveDate, Utc};
use ticketly_domain::{Error, PageSize, Showing, SlotQuery, TicketSlot};
use ticketly_http::limit::RowsRead;

use crate::app::Web;
use crate::day::{day_of, times_of};

/// The greatest number of pages of slots that are read for a day: 500 slots.
const PAGES: usize = 5;

/// Returns the present day of the cinema. After midnight it is that of the evening before until its last showing has ended, and then
/// that of the date.
pub(crate) async fn today(web: &Web, now: DateTime<Utc>, rows: &RowsRead) -> Result<NaiveDate, Error> {
    let (day, date) = (day_of(web.zone, now), web.zone.show(now).date_naive());
    if day == date {
        return Ok(day);
    }
    let slots = read(web, SlotQuery { limit: PageSize::new(1)?, ..of_day(web, day, now) }, 1, now, rows).await?;
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
