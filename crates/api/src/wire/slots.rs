//! Slots: showings with their seats.

use chrono::{DateTime, FixedOffset};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use ticketly_domain::{
    self as domain, AuditoriumId, Capacity, PriceListId, PricesChange, Showing, SlotChange, SlotDescription,
    SlotDetails, SlotDraft, SlotName, SlotQuery, SlotSeats,
};

use super::enumerations::enumerations;
use super::fields::{cursor, identifier, page_size};
use super::text;
use ticketly_http::fields::{Count, Field, Flag, Optional, RequestBody, Validator};
use ticketly_http::zone::Zone;

enumerations! {
    SlotType: "The type of a slot.",
    Genre: "The genre of a slot.",
    Sales: "Whether the cinema sells a slot.",
}

/// A slot: one showing, with its number of available seats.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
#[openapi(rename = "TicketSlot")]
pub struct Slot {
    /// The identifier.
    slot_id: String,
    /// The name of the showing.
    slot_name: String,
    /// A short description.
    slot_description: String,
    /// The start of the showing.
    #[serde(serialize_with = "super::time")]
    start_time: DateTime<FixedOffset>,
    /// The end of the showing, and the end of its sale.
    #[serde(serialize_with = "super::time")]
    end_time: DateTime<FixedOffset>,
    slot_type: SlotType,
    genre: Genre,
    /// The number of seats.
    capacity: u32,
    /// The number of available seats.
    avail_tickets: u32,
    /// Whether the cinema sells the slot. Absent while it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    sales: Option<Sales>,
    /// The auditorium. Absent where seats have no numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    auditorium_id: Option<String>,
    /// The version of the auditorium's plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan_version: Option<u32>,
    /// The price list. Absent in a free slot.
    #[serde(skip_serializing_if = "Option::is_none")]
    price_list_id: Option<String>,
    /// The version of the price list.
    #[serde(skip_serializing_if = "Option::is_none")]
    price_list_version: Option<u32>,
}

impl Slot {
    pub(crate) fn of(slot: &domain::TicketSlot, zone: Zone) -> Self {
        let seating = slot.showing().seating();
        Self {
            slot_id: text(slot.id()),
            slot_name: slot.showing().name().as_str().to_owned(),
            slot_description: slot.details().description.as_str().to_owned(),
            start_time: zone.show(slot.showing().start()),
            end_time: zone.show(slot.showing().end()),
            slot_type: SlotType(slot.details().slot_type),
            genre: Genre(slot.details().genre),
            capacity: slot.seats().capacity().get(),
            avail_tickets: slot.seats().available(),
            sales: Some(slot.sales()).filter(|sales| *sales != domain::Sales::Open).map(Sales),
            auditorium_id: seating.map(|seating| text(seating.auditorium)),
            plan_version: seating.map(|seating| seating.version.0),
            price_list_id: slot.prices().map(|prices| text(prices.id)),
            price_list_version: slot.prices().map(|prices| prices.version.0),
        }
    }
}

/// A page of slots.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct SlotPage {
    /// The slots, in order of start. A page with a `nextCursor` may have fewer than `limit`, even none.
    slots: Vec<Slot>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

impl SlotPage {
    pub(crate) fn of(page: &domain::Page<domain::TicketSlot, domain::SlotCursor>, zone: Zone) -> Self {
        Self { slots: page.items.iter().map(|slot| Slot::of(slot, zone)).collect(), next_cursor: page.next.map(text) }
    }
}

/// A correction of a slot. What is not given stays as it is.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "CorrectRequest")]
pub struct Correct {
    /// The name of the showing. It can change while no booking was ever made, as can the times and the auditorium.
    slot_name: Optional<String>,
    /// A short description.
    slot_description: Optional<String>,
    /// The start: `YYYY-MM-DD HH:MM` in the cinema's time zone, or RFC 3339.
    start_time: Optional<String>,
    /// The end, at most 24 hours after the start.
    end_time: Optional<String>,
    genre: Optional<Genre>,
    /// Another auditorium, for a slot that is in one.
    auditorium_id: Optional<String>,
    /// The price list of which the slot gets the newest version. It can be the slot's own.
    price_list_id: Optional<String>,
    /// `true` makes a slot with prices free, instead of `priceListId`.
    free: Optional<Flag>,
}

impl RequestBody for Correct {
    type Meaning = (SlotChange, Option<AuditoriumId>, Option<PricesChange<PriceListId>>);

    fn read(self, check: &mut Validator<'_>) -> Option<Self::Meaning> {
        let zone = *check.zone;
        let is_given = self.auditorium_id.is_given();
        let auditorium = if is_given { identifier(check, "auditoriumId", self.auditorium_id.given()) } else { None };
        let change = SlotChange {
            name: check.optional("slotName", self.slot_name, |text| SlotName::parse(&text)),
            start: check.optional("startTime", self.start_time, |text| zone.read(&text)),
            end: check.optional("endTime", self.end_time, |text| zone.read(&text)),
            auditorium: None,
            description: check.optional("slotDescription", self.slot_description, |text| SlotDescription::parse(&text)),
            genre: check.optional("genre", self.genre, Ok).map(|genre| genre.0),
            sales: None,
            prices: None,
        };
        let has_prices = self.price_list_id.is_given() || self.free.is_given();
        let prices = prices(check, self.price_list_id, self.free);
        if let (Some(start), Some(end)) = (change.start, change.end)
            && let Err(invalid) = Showing::check_times(start, end)
        {
            check.refuse("endTime", invalid.reason);
        }
        let complete = auditorium.is_some() == is_given && prices.is_some() == has_prices;
        complete.then_some((change, auditorium, prices))
    }
}

/// Reads the other prices of a slot. `None` when none are given, or when they are wrong.
fn prices(
    check: &mut Validator<'_>,
    price_list: Optional<String>,
    free: Optional<Flag>,
) -> Option<PricesChange<PriceListId>> {
    if !free.is_given() {
        return price_list
            .is_given()
            .then(|| identifier(check, "priceListId", price_list.given()))?
            .map(PricesChange::List);
    }
    if price_list.is_given() {
        check.refuse("free", "give either priceListId or free");
        return None;
    }
    let free = check.flag("free", free)?;
    if !free {
        check.refuse("free", "give true, or priceListId");
    }
    free.then_some(PricesChange::Free)
}

/// A slot to schedule.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "ScheduleRequest")]
pub struct Schedule {
    /// The name of the showing.
    slot_name: Field<String>,
    /// A short description.
    slot_description: Optional<String>,
    /// The start: `YYYY-MM-DD HH:MM` in the cinema's time zone, or RFC 3339.
    start_time: Field<String>,
    /// The end, at most 24 hours after the start.
    end_time: Field<String>,
    slot_type: Field<SlotType>,
    genre: Field<Genre>,
    /// The number of seats, which then have no numbers.
    capacity: Optional<Count>,
    /// The auditorium, whose plan has the seats, instead of `capacity`.
    auditorium_id: Optional<String>,
    /// The price list, of which the slot gets the newest version; the slot is free unless given.
    price_list_id: Optional<String>,
}

impl RequestBody for Schedule {
    type Meaning = SlotDraft;

    fn read(self, check: &mut Validator<'_>) -> Option<SlotDraft> {
        let zone = *check.zone;
        let name = check.required("slotName", self.slot_name, |text| SlotName::parse(&text));
        let description =
            check.optional("slotDescription", self.slot_description, |text| SlotDescription::parse(&text));
        let start = check.required("startTime", self.start_time, |text| zone.read(&text));
        let end = check.required("endTime", self.end_time, |text| {
            let end = zone.read(&text)?;
            start.map_or(Ok(()), |start| Showing::check_times(start, end))?;
            Ok(end)
        });
        let slot_type = check.required("slotType", self.slot_type, Ok);
        let genre = check.required("genre", self.genre, Ok);
        let seats = seats(check, self.capacity, self.auditorium_id);
        let has_prices = self.price_list_id.is_given();
        let prices = has_prices.then(|| identifier(check, "priceListId", self.price_list_id.given())).flatten();
        if prices.is_some() != has_prices {
            return None;
        }
        Some(SlotDraft {
            name: name?,
            start: start?,
            end: end?,
            details: SlotDetails {
                description: description.unwrap_or_default(),
                slot_type: slot_type?.0,
                genre: genre?.0,
            },
            seats: seats?,
            prices,
        })
    }
}

/// Reads where a slot has its seats from.
fn seats(check: &mut Validator<'_>, capacity: Optional<Count>, auditorium: Optional<String>) -> Option<SlotSeats> {
    if capacity.is_given() && auditorium.is_given() {
        check.refuse("auditoriumId", "give either auditoriumId or capacity");
        return None;
    }
    if auditorium.is_given() {
        return identifier(check, "auditoriumId", auditorium.given()).map(SlotSeats::Auditorium);
    }
    if !capacity.is_given() {
        return Some(SlotSeats::Unnumbered(Capacity::DEFAULT));
    }
    let capacity = check.optional("capacity", capacity, |Count(seats)| Capacity::new(seats));
    capacity.map(SlotSeats::Unnumbered)
}

/// A query for slots. Every given condition must hold.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ListSlots {
    /// Only slots of this genre.
    genre: Optional<Genre>,
    /// Only slots of this type.
    slot_type: Optional<SlotType>,
    /// Only slots of exactly this name.
    slot_name: Optional<String>,
    /// Only slots with at least this number of available seats.
    min_avail_tickets: Optional<Count>,
    /// Only slots that start at this time or later: `YYYY-MM-DD HH:MM` in the cinema's time zone, or RFC 3339.
    from: Optional<String>,
    /// Only slots that start before this time.
    until: Optional<String>,
    /// The `nextCursor` of the previous page.
    cursor: Optional<String>,
    /// The maximum number of items on a page.
    limit: Optional<Count>,
}

impl RequestBody for ListSlots {
    type Meaning = SlotQuery;

    fn read(self, check: &mut Validator<'_>) -> Option<SlotQuery> {
        let zone = *check.zone;
        Some(SlotQuery {
            genre: check.optional("genre", self.genre, Ok).map(|genre| genre.0),
            slot_type: check.optional("slotType", self.slot_type, Ok).map(|kind| kind.0),
            name: check.optional("slotName", self.slot_name, |text| SlotName::parse(&text)),
            min_available: check.optional("minAvailTickets", self.min_avail_tickets, |Count(least)| Ok(least)),
            from: check.optional("from", self.from, |text| zone.read(&text)),
            ends_after: None,
            until: check.optional("until", self.until, |text| zone.read(&text)),
            after: check.optional("cursor", self.cursor, |text| cursor(&text)),
            limit: page_size(check, self.limit),
        })
    }
}
