//! Sells seats out of a store of its own: `cargo run -p ticketly-store-contract --example own_store`.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

mod store;

use std::error::Error;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta};
use rand::SeedableRng;
use rand::rngs::StdRng;
use store::OwnStore;
use ticketly_domain::{
    BookingRequest, Capacity, Genre, PhoneNumber, Rules, Selection, SlotDescription, SlotDetails, SlotDraft, SlotName,
    SlotSeats, SlotType, Target, TicketCount, Ticketing, UserName,
};

fn main() -> Result<(), Box<dyn Error>> {
    pollster::block_on(sell())
}

async fn sell() -> Result<(), Box<dyn Error>> {
    // A program takes its clock's time and the operating system's randomness; an example prints the same every time.
    let now = DateTime::UNIX_EPOCH + TimeDelta::days(18_567);
    let rng = &mut StdRng::seed_from_u64(1);
    let ticketing = Ticketing::open(Arc::new(OwnStore::default()), Rules::default(), rng).await?;

    let draft = SlotDraft {
        name: SlotName::parse("Skyfall")?,
        start: now + TimeDelta::hours(6),
        end: now + TimeDelta::hours(9),
        details: SlotDetails {
            description: SlotDescription::parse("Bond's loyalty is tested.")?,
            slot_type: SlotType::Movie,
            genre: Genre::Action,
        },
        seats: SlotSeats::Unnumbered(Capacity::DEFAULT),
        prices: None,
    };
    let slot = ticketing.schedule(&draft, now, rng).await?;
    let request = BookingRequest {
        user_name: UserName::parse("John")?,
        phone: PhoneNumber::parse("+91 790 654 3416")?,
        selection: Selection::any(TicketCount::new(3)?),
        target: Target::Slot(slot.id()),
        payment: None,
        key: None,
    };
    let booking = ticketing.book(request, now, rng).await?;

    println!("{} for {} at {}", booking.id(), booking.showing().name().as_str(), booking.showing().start());
    for ticket in booking.tickets() {
        println!("{}  {}", ticket.id(), ticket.status());
    }
    println!("{} seats are left", ticketing.slot(slot.id()).await?.seats().available());
    Ok(())
}
