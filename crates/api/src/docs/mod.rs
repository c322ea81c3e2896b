//! The API document and its pages. paperclip records the routes and their types; [`openapi`] finishes what it records.

mod alternatives;
pub mod openapi;
pub(crate) mod pages;
mod parts;
mod patterns;
mod vocabulary;

use paperclip::v2::models::{DefaultApiRaw, Info, License, Tag};
use paperclip::v2::schema::Apiv2Schema;
use serde_json::Value;

use self::openapi::Drift;
use crate::wire::answers::{Slot, Ticket};
use crate::wire::{Genre, SlotType, TicketStatus};
use ticketly_http::route::{Route, entries, record};

const ABOUT: &str = "Sells a cinema's seats, each of them once. Anyone may look at slots and book; whoever knows a \
                     ticket's identifier holds the ticket. What needs a role needs a key: press Authorize.";

const TAGS: [(&str, &str); 6] = [
    ("Slots", "Showings, and the seats that are left."),
    ("Bookings", "The tickets of one purchase."),
    ("Tickets", "One seat in one showing."),
    ("Upkeep", "What cron asks for."),
    ("Legacy", "The nine operations of the legacy Python interface, at their own paths and in their own shapes."),
    ("Health", "For load balancers."),
];

fn seed() -> DefaultApiRaw {
    let tag = |(name, text): (&str, &str)| Tag {
        name: name.to_owned(),
        description: Some(text.to_owned()),
        external_docs: None,
    };
    let mut seed = DefaultApiRaw {
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
    // Types that stand only inside others, which paperclip would copy into each.
    let nested = [
        Genre::schema_with_ref(),
        SlotType::schema_with_ref(),
        TicketStatus::schema_with_ref(),
        Slot::schema_with_ref(),
        Ticket::schema_with_ref(),
    ];
    for mut schema in nested {
        schema.remove_refs();
        if let Some(name) = schema.name.take() {
            seed.definitions.insert(name, schema);
        }
    }
    seed
}

/// The published OpenAPI 3 document of these routes.
///
/// # Errors
///
/// When the vocabulary no longer fits the code.
pub fn document(routes: fn() -> Vec<Route>) -> Result<Value, Drift> {
    openapi::finish(record(routes(), seed()), &entries(&routes()))
}
