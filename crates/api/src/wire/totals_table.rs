//! Totals as a table: CSV by RFC 4180, for spreadsheets.

use std::fmt::Write as _;

use chrono::SecondsFormat;
use ticketly_domain::Currency;
use ticketly_http::csv::cell;

use super::totals::{TicketTotals, Totals};

/// The names of the columns. Amounts are in major units, such as euros.
const COLUMNS: &str = "slotId,slotName,startTime,final,computedAt,ticketType,zone,currency,soldTickets,canceledTickets,\
                       takings,includedTax,refunded,kept\r\n";

/// Returns a table with a row for each slot, ticket type and zone. A slot without tickets has one row.
pub(crate) fn table(totals: &[Totals]) -> String {
    let mut table = COLUMNS.to_owned();
    for slot in totals {
        for line in &slot.by_type_and_zone {
            row(&mut table, slot, line);
        }
        if slot.by_type_and_zone.is_empty() {
            row(&mut table, slot, &TicketTotals::default());
        }
    }
    table
}

fn row(table: &mut String, slot: &Totals, line: &TicketTotals) {
    let currency = line.currency.as_deref().and_then(|code| code.parse::<Currency>().ok());
    let amount = |minor| currency.map_or_else(String::new, |currency| currency.major(minor));
    let cells = [
        cell(&slot.slot_id),
        cell(&slot.slot_name),
        slot.start_time.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        slot.is_final.to_string(),
        slot.computed_at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        cell(line.ticket_type.as_deref().unwrap_or_default()),
        cell(line.zone.as_deref().unwrap_or_default()),
        line.currency.clone().unwrap_or_default(),
        line.sold_tickets.to_string(),
        line.canceled_tickets.to_string(),
        amount(line.takings),
        amount(line.included_tax),
        amount(line.refunded),
        amount(line.kept),
    ];
    // Writing to a `String` does not fail.
    let _ = write!(table, "{}\r\n", cells.join(","));
}
