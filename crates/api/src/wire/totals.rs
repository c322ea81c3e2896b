//! The totals of slots: what was sold, paid back and kept.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, SecondsFormat, Utc};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use ticketly_domain::{Invalid, SlotCursor, SlotTotals, TicketSlot, TotalsKey, TotalsLine, TotalsQuery};

use super::fields::{cursor, page_size};
use super::text;
use ticketly_http::fields::{Count, Field, Optional, RequestBody, Validator};
use ticketly_http::zone::Zone;

/// The totals of a slot as a store or the server has computed them.
pub(crate) struct Computed<'a> {
    pub(crate) slot: &'a TicketSlot,
    pub(crate) totals: &'a SlotTotals,
    pub(crate) at: DateTime<Utc>,
    pub(crate) is_final: bool,
}

/// The totals of tickets of one type in one zone. Amounts are in minor units, such as cents.
#[derive(Debug, Default, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct TicketTotals {
    /// The ticket type. Absent for free tickets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ticket_type: Option<String>,
    /// The zone of the seats. Absent where seats have no numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) zone: Option<String>,
    /// The currency, by its code in ISO 4217. Absent for free tickets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) currency: Option<String>,
    /// The number of tickets that are sold and not canceled.
    pub(super) sold_tickets: u64,
    /// The number of tickets that were canceled.
    pub(super) canceled_tickets: u64,
    /// The sum of the prices of the sold tickets, with the tax.
    pub(super) takings: u64,
    /// The tax in the takings: the sum of that of each ticket.
    pub(super) included_tax: u64,
    /// What is paid back for canceled tickets.
    pub(super) refunded: u64,
    /// What is kept of the prices of canceled tickets.
    pub(super) kept: u64,
}

impl TicketTotals {
    /// Adds those of other tickets of the same currency.
    fn add(&mut self, other: &Self) {
        self.currency.clone_from(&other.currency);
        self.sold_tickets += other.sold_tickets;
        self.canceled_tickets += other.canceled_tickets;
        self.takings += other.takings;
        self.included_tax += other.included_tax;
        self.refunded += other.refunded;
        self.kept += other.kept;
    }

    fn of(key: &TotalsKey, line: &TotalsLine) -> Self {
        Self {
            ticket_type: key.ticket_type.as_ref().map(|its| its.as_str().to_owned()),
            zone: key.zone.as_ref().map(|its| its.as_str().to_owned()),
            currency: key.currency.map(text),
            sold_tickets: line.tickets,
            canceled_tickets: line.canceled,
            takings: line.takings,
            included_tax: line.tax,
            refunded: line.refunded,
            kept: line.kept,
        }
    }
}

/// The totals of a slot. The takings, what is refunded and what is kept are together the prices of all tickets that were paid.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
#[openapi(rename = "SlotTotals")]
pub struct Totals {
    /// The identifier of the slot.
    pub(super) slot_id: String,
    /// The name of the showing.
    pub(super) slot_name: String,
    /// The start of the showing.
    #[serde(serialize_with = "super::time")]
    pub(super) start_time: DateTime<FixedOffset>,
    /// Whether they change no more, since the tickets have expired.
    #[serde(rename = "final")]
    pub(super) is_final: bool,
    /// When they were computed. Later sales may be missing.
    #[serde(serialize_with = "super::time")]
    pub(super) computed_at: DateTime<FixedOffset>,
    /// The sums of all tickets by currency, and those of free tickets. None before the first ticket is sold.
    pub(super) sums: Vec<TicketTotals>,
    /// The totals by ticket type and zone. Tickets that were moved are counted in the slot to which they went.
    pub(super) by_type_and_zone: Vec<TicketTotals>,
}

impl Totals {
    pub(crate) fn of(computed: &Computed<'_>, zone: Zone) -> Self {
        let Computed { slot, totals, at, is_final } = computed;
        let sums = totals
            .by_currency()
            .into_iter()
            .map(|(currency, line)| TicketTotals::of(&TotalsKey { currency, ..TotalsKey::default() }, &line));
        Self {
            slot_id: text(slot.id()),
            slot_name: slot.showing().name().as_str().to_owned(),
            start_time: zone.show(slot.showing().start()),
            is_final: *is_final,
            computed_at: zone.show(*at),
            by_type_and_zone: totals.lines().map(|(key, line)| TicketTotals::of(key, line)).collect(),
            sums: sums.collect(),
        }
    }
}

/// The sums of the slots of a day.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct DayTotals {
    /// The day.
    day: String,
    /// The sums of all tickets by currency, and those of free tickets.
    sums: Vec<TicketTotals>,
}

impl DayTotals {
    /// Returns the sums of slots, which are in order of start.
    fn of(totals: &[Totals]) -> Vec<Self> {
        let day = |slot: &Totals| slot.start_time.date_naive();
        let sums = |slots: &[Totals]| {
            let mut sums: BTreeMap<Option<&str>, TicketTotals> = BTreeMap::new();
            for sum in slots.iter().flat_map(|slot| &slot.sums) {
                sums.entry(sum.currency.as_deref()).or_default().add(sum);
            }
            sums.into_values().collect()
        };
        let days = totals.chunk_by(|one, next| day(one) == day(next));
        days.filter_map(|slots| Some(Self { day: day(slots.first()?).to_string(), sums: sums(slots) })).collect()
    }
}

/// A page of totals.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct TotalsPage {
    /// The totals of slots, in order of start. A page with a `nextCursor` may have fewer than `limit`, even none.
    pub(super) totals: Vec<Totals>,
    /// The sums of these slots by the day of their start, in the cinema's time zone. The last day goes on on the next page, if there
    /// is one.
    pub(super) days: Vec<DayTotals>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_cursor: Option<String>,
}

impl TotalsPage {
    pub(crate) fn new(totals: Vec<Totals>, next: Option<SlotCursor>) -> Self {
        Self { days: DayTotals::of(&totals), totals, next_cursor: next.map(text) }
    }
}

/// The format of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON.
    Json,
    /// CSV.
    Csv,
}

fn format(check: &mut Validator<'_>, given: Optional<String>) -> Format {
    let read = |text: String| match &*text {
        "json" => Ok(Format::Json),
        "csv" => Ok(Format::Csv),
        _ => Err(Invalid { field: "format", reason: "give json or csv".to_owned() }),
    };
    check.optional("format", given, read).unwrap_or(Format::Json)
}

/// A query for the totals of a slot.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ShowTotals {
    /// `csv` for a table, instead of `json`.
    format: Optional<String>,
}

impl RequestBody for ShowTotals {
    type Meaning = Format;

    fn read(self, check: &mut Validator<'_>) -> Option<Format> {
        Some(format(check, self.format))
    }
}

/// A query for the totals of the slots that start in a time.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ListTotals {
    /// Only slots that start at this time or later: `YYYY-MM-DD HH:MM` in the cinema's time zone, or RFC 3339.
    from: Field<String>,
    /// Only slots that start before this time, at most 31 days later.
    until: Field<String>,
    /// The `nextCursor` of the previous page.
    cursor: Optional<String>,
    /// The maximum number of items on a page.
    limit: Optional<Count>,
    /// `csv` for a table, instead of `json`.
    format: Optional<String>,
}

impl RequestBody for ListTotals {
    type Meaning = (TotalsQuery, Format);

    fn read(self, check: &mut Validator<'_>) -> Option<(TotalsQuery, Format)> {
        let zone = *check.zone;
        let from = check.required("from", self.from, |text| zone.read(&text));
        let until = check.required("until", self.until, |text| zone.read(&text));
        let after = check.optional("cursor", self.cursor, |text| cursor(&text));
        let limit = page_size(check, self.limit);
        let format = format(check, self.format);
        Some((TotalsQuery { from: from?, until: until?, after, limit }, format))
    }
}

/// Returns the path of the next page of a table.
pub(crate) fn next_page(query: &TotalsQuery, next: SlotCursor) -> String {
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    let (from, until, limit) = (time(query.from), time(query.until), query.limit.get());
    format!("/v1/totals?from={from}&until={until}&limit={limit}&cursor={next}&format=csv")
}
