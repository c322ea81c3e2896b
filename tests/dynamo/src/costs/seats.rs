//! What seats of an auditorium cost. This comes last: from the first auditorium on, every list is read in two parts.

use std::sync::Arc;

use chrono::TimeDelta;
use ticketly_domain::{
    Auditorium, AuditoriumDraft, AuditoriumName, Block, BlockDraft, BlockReason, Booking, BookingRequest, Channel,
    MoveRequest, PhoneNumber, Plan, Release, ReseatRequest, SeatLabel, Selection, SingleSeats, SlotChange, SlotDraft,
    SlotId, SlotSeats, Target, TicketCount, Tickets, Turnaround, UserName, Wanted,
};

use super::{Measured, NOW, draft, holds, key};

/// Draws so many rows of 20 seats: 30 of them share a shard.
fn plan(rows: usize) -> Arc<Plan> {
    let rows: Vec<_> = (1..=rows).map(|row| format!("row {row}A 1 1 {}", ".".repeat(20))).collect();
    Arc::new(Plan::new(format!("legend . standard\n{}", rows.join("\n")).parse().unwrap()).unwrap())
}

pub(super) fn named(seats: &str) -> Selection {
    Selection::named(labels(seats)).unwrap()
}

pub(super) async fn add(here: &mut Measured<'_>, rows: usize) -> Auditorium {
    let draft = AuditoriumDraft {
        name: AuditoriumName::parse("Hall 1").unwrap(),
        turnaround: Turnaround::DEFAULT,
        single_seats: SingleSeats::Refused,
        plan: plan(rows),
    };
    here.ticketing.add_auditorium(&draft, NOW, &mut here.rng).await.unwrap()
}

pub(super) async fn slot(here: &mut Measured<'_>, name: &str, auditorium: &Auditorium, hours: i64) -> SlotId {
    let slot = draft(name, SlotSeats::Auditorium(auditorium.id));
    let (start, end) = (slot.start + TimeDelta::hours(hours), slot.end + TimeDelta::hours(hours));
    here.ticketing.schedule(&SlotDraft { start, end, ..slot }, NOW, &mut here.rng).await.unwrap().id()
}

pub(super) async fn book(
    here: &mut Measured<'_>,
    slot: SlotId,
    selection: Selection,
    idempotency: Option<&str>,
) -> Booking {
    let request = BookingRequest {
        user_name: UserName::parse("Jane").unwrap(),
        phone: PhoneNumber::parse("+919653864515").unwrap(),
        selection,
        target: Target::Slot(slot),
        payment: None,
        key: idempotency.map(key),
    };
    here.ticketing.book(request, NOW, &mut here.rng).await.unwrap()
}

pub(super) fn best(count: u32) -> Selection {
    Selection::any(TicketCount::new(count).unwrap())
}

async fn shift(here: &mut Measured<'_>, tickets: Tickets, slot: SlotId, selection: Option<Selection>) {
    let request = MoveRequest { tickets, target: Target::Slot(slot), selection, key: None };
    here.ticketing.move_tickets(request, NOW, &mut here.rng).await.unwrap();
}

/// Measures auditoriums, and bookings of their seats.
pub(super) async fn measure(here: &mut Measured<'_>) {
    let hall = here.line("add an auditorium, the first", async |here| add(here, 20).await).await;
    let large = here.line("add an auditorium of 800 seats", async |here| add(here, 40).await).await;
    here.line("replace its plan", async |here| here.ticketing.replace_plan(large.id, &plan(41)).await.unwrap()).await;
    let first = here.line("schedule a slot in an auditorium", async |here| slot(here, "Faust", &hall, 0).await).await;
    here.reopen().await;
    here.line("book 2 seats, the server's first in the slot", async |here| book(here, first, best(2), None).await)
        .await;
    here.line("book the best seat", async |here| book(here, first, best(1), None).await).await;
    here.line("book the 3 best seats", async |here| book(here, first, best(3), None).await).await;
    here.line("book the 10 best seats", async |here| book(here, first, best(10), None).await).await;
    let ticketing = here.ticketing.clone();
    here.ticketing = ticketing.through(Channel::BoxOffice);
    let class = Selection {
        wanted: Wanted::Best { count: TicketCount::new(32).unwrap(), zone: None, together: false },
        ..best(1)
    };
    here.line("book the 32 best seats", async |here| book(here, first, class, None).await).await;
    here.ticketing = ticketing;
    here.line("book 2 named seats", async |here| book(here, first, named("2A1 2A2"), None).await).await;
    here.line("book 2 named seats, with a key", async |here| book(here, first, named("2A3 2A4"), Some("seat")).await)
        .await;
    let wide = slot(here, "Metropolis", &large, 0).await;
    book(here, wide, best(2), None).await;
    here.line("book seats in two shards", async |here| book(here, wide, named("1A1 1A2 40A1 40A2"), None).await).await;
    changes(here, first, wide).await;
    blocks(here, first).await;
    let later = slot(here, "Nosferatu", &hall, 5).await;
    let name = draft("Orlac", SlotSeats::Auditorium(hall.id)).name;
    let renamed = SlotChange { name: Some(name), ..SlotChange::default() };
    here.line("rename a slot", async |here| {
        here.ticketing.change_slot(later, renamed, None, None, NOW).await.unwrap();
    })
    .await;
    here.line("a week of an auditorium, 2 slots", async |here| {
        let week = here.ticketing.timetable(hall.id, NOW, NOW + TimeDelta::days(7)).await.unwrap();
        assert_eq!(week.len(), 2);
    })
    .await;
    holds::in_auditoriums(here, &hall, &large).await;
    reseating(here, &large).await;
}

/// Measures the move of a slot to another auditorium.
async fn reseating(here: &mut Measured<'_>, to: &Auditorium) {
    let from = add(here, 8).await;
    let moved = slot(here, "Vampyr", &from, 48).await;
    for _ in 0..2 {
        book(here, moved, best(2), None).await;
    }
    let request = ReseatRequest { auditorium: to.id, prices: None };
    here.line("move a slot to another auditorium", async |here| {
        here.ticketing.reseat(moved, request, NOW, &mut here.rng).await.unwrap();
    })
    .await;
    here.line("move 2 bookings of it", async |here| {
        let done = here.ticketing.continue_reseating(moved, NOW, &mut here.rng).await.unwrap();
        assert_eq!((done.bookings, done.impossible), (2, 0));
    })
    .await;
}

async fn changes(here: &mut Measured<'_>, first: SlotId, wide: SlotId) {
    let second = add(here, 20).await;
    let other = slot(here, "Golem", &second, 0).await;
    let three = book(here, first, named("5A1 5A2 5A3"), None).await;
    let one = book(here, first, named("6A1"), None).await;
    let pair = book(here, wide, named("2A1 2A2"), None).await;
    book(here, other, best(1), None).await;
    here.line("move a seat within its shard", async |here| {
        shift(here, Tickets::One(one.tickets()[0].id()), first, Some(named("7A1"))).await;
    })
    .await;
    here.line("move 2 seats to another shard of the slot", async |here| {
        let all = Tickets::OfBooking { id: pair.id(), tickets: None };
        shift(here, all, wide, Some(named("41A1 41A2"))).await;
    })
    .await;
    here.line("cancel a seat", async |here| here.ticketing.cancel(three.tickets()[2].id(), None, NOW).await.unwrap())
        .await;
    here.line("move 2 seats to another slot", async |here| {
        shift(here, Tickets::OfBooking { id: three.id(), tickets: None }, other, None).await;
    })
    .await;
}

fn labels(seats: &str) -> Vec<SeatLabel> {
    seats.split(' ').map(|seat| SeatLabel::parse(seat).unwrap()).collect()
}

async fn block(here: &mut Measured<'_>, slot: SlotId, seats: &str, release: Option<Release>) -> Block {
    let draft = BlockDraft::new(labels(seats), BlockReason::parse("House seats").unwrap(), release).unwrap();
    here.ticketing.block(slot, draft, NOW, &mut here.rng).await.unwrap()
}

/// Measures blocks, and bookings of their seats.
async fn blocks(here: &mut Measured<'_>, slot: SlotId) {
    let house = here.line("block 4 seats", async |here| block(here, slot, "8A1 8A2 8A3 8A4", None).await).await;
    let ticketing = here.ticketing.clone();
    here.ticketing = ticketing.through(Channel::BoxOffice);
    let of_block = |selection| Selection { block: Some(house.id()), ..selection };
    here.line("book 2 seats of a block", async |here| book(here, slot, of_block(best(2)), None).await).await;
    here.line("book the other 2, and a free seat", async |here| {
        book(here, slot, of_block(named("8A1 8A2 8A5")), None).await
    })
    .await;
    here.ticketing = ticketing;
    let other = block(here, slot, "8A9 8A10", None).await;
    here.line("the blocks of a slot", async |here| here.ticketing.blocks(slot, NOW).await.unwrap()).await;
    here.line("delete a block", async |here| here.ticketing.unblock(slot, other.id()).await.unwrap()).await;
    let until = NOW + TimeDelta::minutes(30);
    let press = async |here: &mut Measured<'_>| block(here, slot, "9A1 9A2", Some(Release::At(until))).await;
    here.line("block 2 seats until a time", press).await;
    here.line("book 2 seats whose block is due", async |here| {
        let request = BookingRequest {
            user_name: UserName::parse("Jane").unwrap(),
            phone: PhoneNumber::parse("+919653864515").unwrap(),
            selection: named("9A1 9A2"),
            target: Target::Slot(slot),
            payment: None,
            key: None,
        };
        here.ticketing.book(request, until, &mut here.rng).await.unwrap()
    })
    .await;
}
