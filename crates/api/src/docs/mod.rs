//! The OpenAPI document and its pages. paperclip records the routes and their types; [`openapi`] finishes the record.

mod alternatives;
mod codes;
mod limits;
pub mod openapi;
pub(crate) mod pages;
mod parts;
mod patterns;
mod prices;
mod vocabulary;

use paperclip::v2::models::{DefaultApiRaw, Info, License, Tag};
use paperclip::v2::schema::Apiv2Schema;
use serde_json::Value;

use self::openapi::Drift;
use crate::wire::auditoriums::{Auditorium, SingleSeats, TimetableEntry};
use crate::wire::blocks::Block;
use crate::wire::cancellations::{Call, CancellationState, RefundSum};
use crate::wire::codes::{CodeKey, CodeState};
use crate::wire::erasures::{KeptBooking, KeptFor};
use crate::wire::online::{NotifiedPayment, UnpaidPayment};
use crate::wire::payments::Refund;
use crate::wire::plans::{PlanRow, PlanRowRequest};
use crate::wire::price_lists::{Price, PriceListSummary, PriceRequest};
use crate::wire::reseatings::{LeftBehind, ReseatingMove, ReseatingState};
use crate::wire::seat_maps::SeatMapRow;
use crate::wire::slots::{Genre, Sales, Slot, SlotType};
use crate::wire::tickets::{Ticket, TicketStatus};
use crate::wire::totals::{DayTotals, TicketTotals, Totals};
use ticketly_http::route::{Route, entries, record};

const ABOUT: &str = "Sells a cinema's seats, each of them once. All clients may list slots and book tickets. \
                     A ticket's identifier is a secret: its holder may use the ticket. Operations that need a role \
                     need a key: press Authorize.";

const TAGS: [(&str, &str); 13] = [
    ("Auditoriums", "Rooms with a seating plan, which never changes for the slots that have it."),
    ("Prices", "Price lists with their versions. A slot has one version of one list, or is free."),
    ("Slots", "Showings with their available seats."),
    ("Holds", "Seats that are kept for some minutes while a buyer types a name and pays."),
    ("Blocks", "Seats of a slot that the public cannot book, such as house seats and defects."),
    ("Bookings", "The tickets of one purchase."),
    ("Payments", "What was paid for tickets, and what is paid back."),
    ("Tickets", "One seat in one showing."),
    (
        "Codes",
        "What the holder of a ticket shows at the entrance: signed, so that devices check it without the server.",
    ),
    ("Totals", "What the tickets of slots were sold for, for the cinema's management."),
    ("Upkeep", "Expiry and archival, for external schedulers."),
    ("Legacy", "The nine operations of the legacy Python interface, with their own paths and formats."),
    ("Health", "Health checks, for load balancers."),
];

/// Returns the document before its operations are recorded.
fn base() -> DefaultApiRaw {
    let tag = |(name, text): (&str, &str)| Tag {
        name: name.to_owned(),
        description: Some(text.to_owned()),
        external_docs: None,
    };
    let mut base = DefaultApiRaw {
        info: Info {
            title: "Ticketly".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            description: Some(ABOUT.to_owned()),
            license: Some(License {
                name: Some(env!("CARGO_PKG_LICENSE").to_owned()),
                url: Some("https://www.apache.org/licenses/LICENSE-2.0".to_owned()),
            }),
            ..Info::default()
        },
        tags: TAGS.into_iter().map(tag).collect(),
        ..DefaultApiRaw::default()
    };
    // Types that occur only inside other types. paperclip would copy them into each.
    let nested = [
        Genre::schema_with_ref(),
        SlotType::schema_with_ref(),
        TicketStatus::schema_with_ref(),
        SingleSeats::schema_with_ref(),
        Auditorium::schema_with_ref(),
        PlanRow::schema_with_ref(),
        PlanRowRequest::schema_with_ref(),
        Price::schema_with_ref(),
        PriceRequest::schema_with_ref(),
        PriceListSummary::schema_with_ref(),
        SeatMapRow::schema_with_ref(),
        Sales::schema_with_ref(),
        TimetableEntry::schema_with_ref(),
        Slot::schema_with_ref(),
        Block::schema_with_ref(),
        UnpaidPayment::schema_with_ref(),
        NotifiedPayment::schema_with_ref(),
        CancellationState::schema_with_ref(),
        KeptFor::schema_with_ref(),
        KeptBooking::schema_with_ref(),
        CodeKey::schema_with_ref(),
        CodeState::schema_with_ref(),
        RefundSum::schema_with_ref(),
        Refund::schema_with_ref(),
        Call::schema_with_ref(),
        ReseatingState::schema_with_ref(),
        ReseatingMove::schema_with_ref(),
        LeftBehind::schema_with_ref(),
        Ticket::schema_with_ref(),
        TicketTotals::schema_with_ref(),
        DayTotals::schema_with_ref(),
        Totals::schema_with_ref(),
    ];
    for mut schema in nested {
        schema.remove_refs();
        if let Some(name) = schema.name.take() {
            base.definitions.insert(name, schema);
        }
    }
    base
}

/// Generates the published OpenAPI 3 document of these routes.
///
/// # Errors
///
/// When the vocabulary does not match the code.
pub fn document(routes: fn() -> Vec<Route>) -> Result<Value, Drift> {
    openapi::finish(record(routes(), base()), &entries(&routes()))
}
