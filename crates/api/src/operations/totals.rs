//! The operations on totals.

use paperclip::actix::api_v2_operation;
use ticketly_domain::{FinalTotals, Page, SlotCursor, SlotId, TicketSlot, TotalsQuery};

use super::{App, TotalsKept};
use crate::wire::totals::{Computed, Format, ListTotals, ShowTotals, Totals, TotalsPage, next_page};
use crate::wire::totals_table::table;
use ticketly_http::extract::{Id, Query};
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::reply::{Csv, JsonOrCsv};

/// The greatest number of bookings that are read for a page, besides those of its last slot.
const BOOKINGS_PER_PAGE: usize = 10_000;

/// Show the totals of a slot
///
/// What was sold, paid back and kept, by ticket type and zone. While a slot is sold they are up to a minute old; they are `final` when its
/// tickets have expired. `format=csv` gives a table with a row for each type and zone, with amounts in major units such as euros.
#[api_v2_operation(operation_id = "getSlotTotals", tags(Totals))]
pub async fn show(
    app: App,
    kept: TotalsKept,
    rows: RowsRead,
    id: Id<SlotId>,
    format: Query<ShowTotals>,
) -> Result<JsonOrCsv<Totals>, Problem> {
    let (slot, totals) = app.ticketing.final_totals(id.0).await.map_err(refused)?;
    let totals = computed(&app, &kept, &rows, &slot, totals).await?.0;
    Ok(match format.0 {
        Format::Json => JsonOrCsv::Json(totals),
        Format::Csv => {
            let name = format!("totals-{}.csv", slot.id());
            JsonOrCsv::Csv(Csv { text: table(&[totals]), name, next: None })
        }
    })
}

/// List the totals of slots
///
/// Returns pages of the slots that start in a time of at most 31 days, in order of start, each as
/// `GET /v1/slots/{slotId}/totals` shows it. In the table that `format=csv` gives, the header `Link` has the path of the next page.
#[api_v2_operation(operation_id = "listTotals", tags(Totals))]
pub async fn list(
    app: App,
    kept: TotalsKept,
    rows: RowsRead,
    query: Query<ListTotals>,
) -> Result<JsonOrCsv<TotalsPage>, Problem> {
    let (query, format) = query.0;
    let page = app.ticketing.list_final_totals(&query).await.map_err(refused)?;
    rows.add(page.rows_read);
    let (totals, next) = page_of(&app, &kept, &rows, page).await?;
    Ok(match format {
        Format::Json => JsonOrCsv::Json(TotalsPage::new(totals, next)),
        Format::Csv => JsonOrCsv::Csv(csv_page(&query, &totals, next)),
    })
}

fn csv_page(query: &TotalsQuery, totals: &[Totals], next: Option<SlotCursor>) -> Csv {
    let name = format!("totals-{}.csv", query.from.format("%Y-%m-%d"));
    Csv { text: table(totals), name, next: next.map(|next| next_page(query, next)) }
}

/// Completes a page. It ends early when many bookings were read.
async fn page_of(
    app: &App,
    kept: &TotalsKept,
    rows: &RowsRead,
    page: Page<(TicketSlot, Option<FinalTotals>), SlotCursor>,
) -> Result<(Vec<Totals>, Option<SlotCursor>), Problem> {
    let (mut totals, mut read, mut last) = (Vec::new(), 0, None);
    for (slot, found) in page.items {
        if read >= BOOKINGS_PER_PAGE {
            return Ok((totals, last));
        }
        let (shown, bookings) = computed(app, kept, rows, &slot, found).await?;
        totals.push(shown);
        read += bookings;
        last = Some(SlotCursor { start: slot.showing().start(), id: slot.id() });
    }
    Ok((totals, page.next))
}

/// Returns the totals of a slot: the final ones, those of the last minute, or new ones, with the number of bookings that were read
/// for them.
async fn computed(
    app: &App,
    kept: &TotalsKept,
    rows: &RowsRead,
    slot: &TicketSlot,
    totals: Option<FinalTotals>,
) -> Result<(Totals, usize), Problem> {
    if let Some(FinalTotals { at, totals, .. }) = totals {
        return Ok((Totals::of(&Computed { slot, totals: &totals, at, is_final: true }, app.zone), 0));
    }
    let found = kept.running(&app.ticketing, slot.showing(), app.now()).await?;
    let bookings = if found.is_new { found.totals.rows_read } else { 0 };
    rows.add(bookings);
    let (totals, at) = (&found.totals.totals, found.totals.at);
    Ok((Totals::of(&Computed { slot, totals, at, is_final: false }, app.zone), bookings))
}
