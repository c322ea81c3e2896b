//! Blocked seats.

use chrono::{DateTime, TimeDelta, Utc};
use ticketly_domain::{
    Auditorium, Block, BlockDraft, BlockId, BlockReason, BookingRequest, Entity, Error, Invalid, MoveRequest, Refusal,
    Release, SeatLabel, Selection, SingleSeats, SlotChange, SlotId, Target, TicketCount, Tickets,
};

use crate::Cinema;
use crate::cinema::{
    NOW, SHOW_START, hall, idempotency, keyed, minutes, named, race, refused, request, request_of, rng, seated_draft,
    seats_of, split,
};

const HALL: &str = "legend . standard\nrow A 1 1 ......\nrow B 1 1 ......";

fn draft(seats: &str, release: Option<Release>) -> BlockDraft {
    let seats = seats.split(' ').map(|seat| SeatLabel::parse(seat).unwrap()).collect();
    BlockDraft::new(seats, BlockReason::parse("Broken").unwrap(), release).unwrap()
}

/// A selection that may take seats of a block.
fn from_block(block: BlockId, selection: Selection) -> Selection {
    Selection { block: Some(block), allow_single_seats: true, ..selection }
}

fn best(count: u32) -> Selection {
    Selection::any(TicketCount::new(count).unwrap())
}

impl Cinema {
    async fn block(&mut self, slot: SlotId, seats: &str, release: Option<Release>) -> Result<Block, Error> {
        self.ticketing.block(slot, draft(seats, release), NOW, &mut self.rng).await
    }

    async fn blocked(&self, slot: SlotId, at: DateTime<Utc>) -> Vec<String> {
        let blocks = self.ticketing.blocks(slot, at).await.unwrap();
        assert!(blocks.is_sorted_by_key(Block::id));
        let mut seats: Vec<_> = blocks.iter().map(|block| block.labels().join(" ")).collect();
        seats.sort();
        seats
    }

    async fn sell(&mut self, slot: SlotId, selection: Selection) -> Result<String, Error> {
        let booking = self.ask(BookingRequest { selection, ..request(slot, 1) }, NOW).await?;
        Ok(seats_of(&booking))
    }
}

pub async fn a_blocked_seat_is_not_sold_until_its_block_is_deleted(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let block = cinema.block(slot, "b2 A1", None).await.unwrap();
    assert_eq!((block.labels().join(" "), block.slot(), block.released_at()), ("A1 B2".to_owned(), slot, None));
    assert_eq!(block.reason().as_str(), "Broken");
    let second = cinema.block(slot, "A5 A6", None).await.unwrap();
    assert!(cinema.ticketing.blocks(slot, NOW).await.unwrap().contains(&second));
    assert_eq!(cinema.blocked(slot, NOW).await, ["A1 B2", "A5 A6"]);
    assert_eq!((cinema.taken(slot).await.as_str(), cinema.available(slot).await), ("A1 A5 A6 B2", 8));
    let Refusal::SeatsTaken { seats, alternative: Some(_) } = refused(cinema.book_seats(slot, "A1 A2").await) else {
        panic!("a blocked seat was sold")
    };
    assert_eq!(seats, ["A1"]);
    let mut cinema = cinema.reopened().await;
    assert_eq!(cinema.balanced(slot).await, 0);
    assert_eq!(cinema.ticketing.unblock(slot, block.id()).await.unwrap(), block);
    assert_eq!(refused(cinema.ticketing.unblock(slot, block.id()).await), Refusal::Unknown(Entity::Block));
    assert_eq!((cinema.taken(slot).await.as_str(), cinema.available(slot).await), ("A5 A6", 10));
    cinema.book_seats(slot, "A1 A2").await.unwrap();
    assert_eq!(cinema.balanced(slot).await, 2);
}

pub async fn a_block_that_is_asked_for_again_is_made_once(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let minted = BlockId::mint(NOW, &mut cinema.rng);
    let id = idempotency("form").block(minted);
    let ask = async |seats| cinema.ticketing.block_once(slot, id, draft(seats, None), NOW).await;
    let first = ask("A1 A2").await.unwrap();
    assert_eq!((first.id(), first.labels().join(" ").as_str()), (id, "A1 A2"));
    for again in ["A1 A2", "B1 B2"] {
        assert_eq!(ask(again).await.unwrap(), first, "whether its seats are in the way or not");
    }
    assert_eq!(cinema.blocked(slot, NOW).await, ["A1 A2"]);
    let other = cinema.ticketing.block_once(slot, idempotency("another").block(minted), draft("A2 A3", None), NOW);
    let in_the_way = Refusal::SeatsTaken { seats: vec!["A2".into()], alternative: None };
    assert_eq!(refused(other.await), in_the_way);
    let ticketing = cinema.ticketing.clone();
    let racing = race(8, |number| {
        let ticketing = ticketing.clone();
        let draft = draft(if number % 2 == 0 { "B1 B2" } else { "B3 B4" }, None);
        async move { ticketing.block_once(slot, idempotency("race").block(minted), draft, NOW).await }
    });
    let (blocks, refusals) = split(racing.await);
    assert_eq!((blocks.len(), refusals.len()), (8, 0));
    assert!(blocks.windows(2).all(|pair| pair[0] == pair[1]), "{blocks:?}");
    assert_eq!(cinema.blocked(slot, NOW).await.len(), 2);
    assert_eq!((cinema.balanced(slot).await, cinema.available(slot).await), (0, 8));
}

pub async fn what_cannot_be_blocked_is_refused(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    cinema.book_seats(slot, "A1 A2").await.unwrap();
    cinema.block(slot, "A5", None).await.unwrap();
    let taken = Refusal::SeatsTaken { seats: vec!["A2".into(), "A5".into()], alternative: None };
    assert_eq!(refused(cinema.block(slot, "A2 A3 A5", None).await), taken);
    assert_eq!(refused(cinema.block(slot, "C1", None).await), Refusal::UnknownSeat { seat: "C1".into() });
    let plain = cinema.slot(5).await;
    assert_eq!(refused(cinema.block(plain, "A1", None).await), Refusal::NoSeatingPlan);
    let missing = SlotId::mint_seated(NOW, &mut rng(1));
    assert_eq!(refused(cinema.block(missing, "A1", None).await), Refusal::Unknown(Entity::Slot));
    assert_eq!(refused(cinema.ticketing.blocks(missing, NOW).await), Refusal::Unknown(Entity::Slot));
    assert_eq!(
        refused(cinema.ticketing.unblock(missing, BlockId::mint(NOW, &mut rng(1))).await),
        Refusal::Unknown(Entity::Block)
    );
    for (release, field) in [
        (Release::At(NOW), "releasedAt"),
        (Release::At(minutes(241)), "releasedAt"),
        (Release::BeforeStart(TimeDelta::hours(2)), "releasedMinutesBeforeStart"),
    ] {
        let Refusal::Invalid(Invalid { field: found, .. }) = refused(cinema.block(slot, "B1", Some(release)).await)
        else {
            panic!("{release:?}")
        };
        assert_eq!(found, field);
    }
    let late = cinema.ticketing.block(slot, draft("B1", None), minutes(240), &mut cinema.rng).await;
    assert_eq!(refused(late), Refusal::SlotEnded);
    assert_eq!(cinema.blocked(slot, NOW).await, ["A5"]);
    assert_eq!(cinema.balanced(slot).await, 2);
}

pub async fn a_slot_has_at_most_a_hundred_blocks(mut cinema: Cinema) {
    let slot = cinema.seated(&format!("legend . standard\nrow A 1 1 {}", ".".repeat(110))).await;
    for seat in 1..=100 {
        cinema.block(slot, &format!("A{seat}"), None).await.unwrap();
    }
    assert_eq!(refused(cinema.block(slot, "A101", None).await), Refusal::TooManyBlocks { limit: 100 });
    assert_eq!((cinema.blocked(slot, NOW).await.len(), cinema.available(slot).await), (100, 10));
}

pub async fn the_box_office_sells_into_a_block_by_naming_it(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let block = cinema.block(slot, "A2 A3 A4", None).await.unwrap().id();
    let other = cinema.block(slot, "B1", None).await.unwrap().id();
    let by_the_public = cinema.sell(slot, Selection { block: Some(block), ..best(1) }).await;
    assert!(matches!(by_the_public, Err(Error::Invalid(Invalid { field: "blockId", .. }))), "{by_the_public:?}");
    cinema.at_the_box_office();
    assert!(matches!(refused(cinema.sell(slot, named("A2")).await), Refusal::SeatsTaken { .. }), "without the block");
    let taken = refused(cinema.sell(slot, from_block(block, named("A2 B1"))).await);
    assert!(matches!(taken, Refusal::SeatsTaken { seats, .. } if seats == ["B1"]), "of another block");
    assert_eq!(refused(cinema.sell(slot, from_block(block, best(4))).await), Refusal::SoldOut { available: 3 });
    assert_eq!(cinema.sell(slot, from_block(block, named("A1 A2"))).await.unwrap(), "A1 A2", "one of them is free");
    assert_eq!((cinema.blocked(slot, NOW).await, cinema.available(slot).await), (vec!["A3 A4".into(), "B1".into()], 7));
    assert_eq!(cinema.sell(slot, from_block(block, best(2))).await.unwrap(), "A3 A4");
    assert_eq!(cinema.blocked(slot, NOW).await, ["B1"], "a block without seats is gone");
    assert_eq!(refused(cinema.sell(slot, from_block(block, best(1))).await), Refusal::Unknown(Entity::Block));
    assert_eq!(refused(cinema.ticketing.unblock(slot, block).await), Refusal::Unknown(Entity::Block));
    assert_eq!(cinema.sell(slot, from_block(other, best(1))).await.unwrap(), "B1");
    assert_eq!((cinema.balanced(slot).await, cinema.available(slot).await), (5, 7));
}

pub async fn by_name_and_start_a_block_tells_the_slot(mut cinema: Cinema) {
    let (one, other) = (cinema.seated(HALL).await, cinema.seated(HALL).await);
    let block = cinema.block(one.max(other), "A1 A2", None).await.unwrap();
    cinema.at_the_box_office();
    for selection in [named("A1"), best(1)] {
        let target = crate::cinema::skyfall();
        let request = BookingRequest { selection: from_block(block.id(), selection), ..request(target, 1) };
        assert_eq!(cinema.ask(request, NOW).await.unwrap().key().slot, one.max(other));
    }
    let elsewhere = from_block(block.id(), named("A3"));
    assert_eq!(refused(cinema.sell(one.min(other), elsewhere).await), Refusal::Unknown(Entity::Block));
    assert_eq!((cinema.balanced(one.max(other)).await, cinema.balanced(one.min(other)).await), (2, 0));
}

pub async fn a_booking_from_a_block_is_repeated_and_canceled_as_any(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let block = cinema.block(slot, "A1 A2", None).await.unwrap().id();
    cinema.at_the_box_office();
    let ask = keyed("k", BookingRequest { selection: from_block(block, best(2)), ..request(slot, 1) });
    let booking = cinema.ask(ask.clone(), NOW).await.unwrap();
    assert_eq!(cinema.ask(ask.clone(), NOW).await.unwrap(), booking);
    let without = BookingRequest { selection: Selection { block: None, ..ask.selection.clone() }, ..ask };
    assert_eq!(refused(cinema.ask(without, NOW).await), Refusal::KeyReused);
    cinema.cancel(booking.tickets()[0].id()).await.unwrap();
    assert_eq!((cinema.taken(slot).await.as_str(), cinema.blocked(slot, NOW).await.len()), ("A2", 0), "it is free");
    assert_eq!(cinema.balanced(slot).await, 1);
}

pub async fn tickets_move_into_a_block(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let block = cinema.block(slot, "A1 A2 A3", None).await.unwrap().id();
    let booking = cinema.book_seats(slot, "B3 B4").await.unwrap();
    let elsewhere = cinema.slot(5).await;
    let other = cinema.book(elsewhere, 1).await.unwrap();
    cinema.at_the_box_office();
    let request = |booking: &ticketly_domain::Booking, seats| MoveRequest {
        tickets: Tickets::OfBooking { id: booking.id(), tickets: None },
        target: Target::Slot(slot),
        selection: Some(from_block(block, named(seats))),
        key: None,
    };
    let within = cinema.ticketing.move_tickets(request(&booking, "A2 B3"), NOW, &mut cinema.rng).await.unwrap();
    assert_eq!(seats_of(&within.new), "A2 B3", "one from the block, and one of its own");
    assert_eq!(
        (cinema.taken(slot).await.as_str(), cinema.blocked(slot, NOW).await),
        ("A1 A2 A3 B3", vec!["A1 A3".into()])
    );
    assert_eq!(cinema.balanced(slot).await, 2);
    // By name and start, the block tells which slot is meant, also the tickets' own.
    cinema.seated(HALL).await;
    let by_name = MoveRequest { target: crate::cinema::skyfall(), ..request(&within.new, "A3 B3") };
    let within = cinema.ticketing.move_tickets(by_name, NOW, &mut cinema.rng).await.unwrap();
    assert_eq!((seats_of(&within.new).as_str(), within.new.key().slot), ("A3 B3", slot));
    assert_eq!(cinema.blocked(slot, NOW).await, ["A1"]);
    let into = cinema.ticketing.move_tickets(request(&other, "A1"), NOW, &mut cinema.rng).await.unwrap();
    assert_eq!((seats_of(&into.new).as_str(), cinema.blocked(slot, NOW).await.len()), ("A1", 0));
    assert_eq!((cinema.balanced(slot).await, cinema.available(elsewhere).await), (3, 5));
}

pub async fn a_block_is_released_in_time(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let at = |minutes| Some(Release::At(self::minutes(minutes)));
    cinema.block(slot, "A1 A2", at(30)).await.unwrap();
    cinema.block(slot, "A3 A4", Some(Release::BeforeStart(TimeDelta::minutes(60)))).await.unwrap();
    cinema.block(slot, "A5", at(90)).await.unwrap();
    cinema.block(slot, "A6", None).await.unwrap();
    let ask = |seats| BookingRequest { selection: named(seats), ..request(slot, 1) };
    let early = minutes(30) - TimeDelta::milliseconds(1);
    assert!(matches!(refused(cinema.ask(ask("A1 A2"), early).await), Refusal::SeatsTaken { .. }));
    cinema.ask(ask("A1 A2"), minutes(30)).await.unwrap();
    assert_eq!(cinema.blocked(slot, minutes(59)).await, ["A3 A4", "A5", "A6"]);
    // Whoever asks first releases it: a booking, a list, a sweep, or another block.
    cinema.ticketing.expire(minutes(60)).await.unwrap();
    assert_eq!(cinema.taken(slot).await, "A1 A2 A5 A6");
    let slot_now = cinema.ticketing.slot_at(slot, minutes(90)).await.unwrap();
    assert_eq!((slot_now.seats().available(), cinema.taken(slot).await.as_str()), (9, "A1 A2 A6"));
    assert_eq!(slot_now.seats().next_release(), None);
    cinema.block(slot, "B1", at(20)).await.unwrap();
    let again = cinema.ticketing.block(slot, draft("B1", None), minutes(20), &mut cinema.rng).await.unwrap();
    assert_eq!(cinema.blocked(slot, minutes(500)).await, ["A6", "B1"]);
    cinema.ticketing.unblock(slot, again.id()).await.unwrap();
    assert_eq!(cinema.balanced(slot).await, 2);
}

pub async fn what_was_sold_from_a_block_is_not_released(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let release = Some(Release::BeforeStart(TimeDelta::minutes(30)));
    let block = cinema.block(slot, "A1 A2 A3", release).await.unwrap();
    assert_eq!(block.released_at(), Some(SHOW_START - TimeDelta::minutes(30)));
    cinema.at_the_box_office();
    cinema.sell(slot, from_block(block.id(), named("A2"))).await.unwrap();
    cinema.ticketing.expire(SHOW_START).await.unwrap();
    assert_eq!((cinema.taken(slot).await.as_str(), cinema.blocked(slot, SHOW_START).await.len()), ("A2", 0));
    let late = BookingRequest { selection: from_block(block.id(), best(1)), ..request(slot, 1) };
    assert_eq!(refused(cinema.ask(late, SHOW_START).await), Refusal::Unknown(Entity::Block));
    assert_eq!(cinema.balanced(slot).await, 1);
}

pub async fn a_sweep_releases_the_blocks_of_many_slots(mut cinema: Cinema) {
    let mut slots = Vec::new();
    for _ in 0..70 {
        let slot = cinema.seated("legend . standard\nrow A 1 1 ...").await;
        cinema.block(slot, "A1", Some(Release::At(minutes(30)))).await.unwrap();
        slots.push(slot);
    }
    assert!(!cinema.ticketing.expire(minutes(30)).await.unwrap().more);
    for slot in slots {
        assert_eq!(cinema.available(slot).await, 3);
    }
}

pub async fn blocks_keep_a_slot_where_and_when_it_is(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let other: Auditorium = cinema.auditorium(HALL, SingleSeats::Allowed).await;
    let block = cinema.block(slot, "A1", Some(Release::At(minutes(30)))).await.unwrap();
    let start = || SlotChange { start: Some(SHOW_START + TimeDelta::minutes(10)), ..SlotChange::default() };
    for (change, auditorium) in [(start(), None), (SlotChange::default(), Some(other.id))] {
        let outcome = cinema.ticketing.change_slot(slot, change, auditorium, None, NOW).await;
        assert_eq!(refused(outcome), Refusal::SlotBlocked);
    }
    // With the slot's own auditorium, as a form sends it.
    let own = cinema.ticketing.slot(slot).await.unwrap().showing().seating().unwrap().auditorium;
    for (name, auditorium) in [("Spectre", None), ("Goldfinger", Some(own))] {
        let name = ticketly_domain::SlotName::parse(name).unwrap();
        let named = SlotChange { name: Some(name), ..SlotChange::default() };
        cinema.ticketing.change_slot(slot, named, auditorium, None, NOW).await.unwrap();
        assert_eq!(
            (cinema.blocked(slot, NOW).await, cinema.taken(slot).await),
            (vec!["A1".to_owned()], "A1".to_owned())
        );
        cinema.balanced(slot).await;
    }
    cinema.ticketing.change_slot(slot, start(), None, None, minutes(30)).await.unwrap();
    assert_eq!(
        refused(cinema.ticketing.unblock(slot, block.id()).await),
        Refusal::Unknown(Entity::Block),
        "it was due"
    );
    cinema.ticketing.change_slot(slot, SlotChange::default(), Some(other.id), None, NOW).await.unwrap();
    assert_eq!(cinema.balanced(slot).await, 0);
}

pub async fn blocks_race_with_buyers(mut cinema: Cinema) {
    let plan: Vec<_> = (1..=40).map(|row| format!("row R{row}N 1 1 ....")).collect();
    let plan = hall(&format!("legend . standard\n{}", plan.join("\n")), SingleSeats::Allowed);
    let auditorium = cinema.ticketing.add_auditorium(&plan, NOW, &mut cinema.rng).await.unwrap();
    let slot = cinema.slot_of(&seated_draft("Skyfall", &auditorium)).await;
    let ticketing = cinema.ticketing.clone();
    // Of a buyer, another and a block that want the same seat, one gets it.
    let outcomes = race(120, |number| {
        let (ticketing, row) = (ticketing.clone(), number / 3 + 1);
        async move {
            let rng = &mut rng(number);
            if number % 3 == 0 {
                let release = (row % 2 == 0).then_some(Release::At(minutes(30)));
                return ticketing
                    .block(slot, draft(&format!("R{row}N1 R{row}N2"), release), NOW, rng)
                    .await
                    .map(|_| true);
            }
            let request = request_of(&format!("Buyer {number}"), slot, 1);
            let request = BookingRequest { selection: named(&format!("R{row}N2 R{row}N3")), ..request };
            ticketing.book(request, NOW, rng).await.map(|_| false)
        }
    });
    let (winners, refusals) = split(outcomes.await);
    assert_eq!((winners.len(), refusals.len()), (40, 80));
    assert!(refusals.iter().all(|refusal| matches!(refusal, Refusal::SeatsTaken { .. })), "{refusals:?}");
    let blocks = winners.iter().filter(|is_block| **is_block).count();
    assert_eq!(cinema.blocked(slot, NOW).await.len(), blocks);
    assert_eq!(cinema.balanced(slot).await as usize, 2 * (40 - blocks));
    cinema.ticketing.expire(minutes(30)).await.unwrap();
    assert!(cinema.ticketing.blocks(slot, NOW).await.unwrap().iter().all(|block| block.released_at().is_none()));
    cinema.balanced(slot).await;
}

pub async fn sales_from_a_block_race_with_its_release(mut cinema: Cinema) {
    let slot = cinema.seated(&format!("legend . standard\nrow A 1 1 {}", ".".repeat(40))).await;
    let mut blocks = Vec::new();
    for first in (1..=40).step_by(4) {
        let seats: Vec<_> = (first..first + 4).map(|seat| format!("A{seat}")).collect();
        blocks.push(cinema.block(slot, &seats.join(" "), Some(Release::At(minutes(30)))).await.unwrap().id());
    }
    cinema.at_the_box_office();
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(60, |number| {
        let (ticketing, block) = (ticketing.clone(), blocks[usize::try_from(number % 10).unwrap()]);
        async move {
            let rng = &mut rng(number);
            match number {
                0..10 => ticketing.unblock(slot, block).await.map(|_| false),
                10..15 => ticketing.expire(minutes(30)).await.map(|_| false),
                _ => {
                    let request = request_of(&format!("Buyer {number}"), slot, 1);
                    let request = BookingRequest { selection: from_block(block, best(1)), ..request };
                    ticketing.book(request, NOW, rng).await.map(|_| true)
                }
            }
        }
    });
    let (made, refusals) = split(outcomes.await);
    let is_gone = |refusal: &Refusal| *refusal == Refusal::Unknown(Entity::Block);
    assert!(refusals.iter().all(is_gone), "{refusals:?}");
    assert_eq!(cinema.blocked(slot, NOW).await.len(), 0);
    let bookings = made.iter().filter(|is_booking| **is_booking).count();
    assert_eq!(cinema.balanced(slot).await as usize, bookings);
}

pub async fn buyers_racing_when_a_block_is_due_get_its_seats(mut cinema: Cinema) {
    let slot = cinema.seated("legend . standard\nrow A 1 1 ....").await;
    cinema.block(slot, "A1 A2 A3 A4", Some(Release::At(minutes(30)))).await.unwrap();
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(12, |number| {
        let ticketing = ticketing.clone();
        let request = request_of(&format!("Buyer {number}"), slot, 2);
        async move { ticketing.book(request, minutes(30), &mut rng(number)).await }
    });
    let (bookings, refusals) = split(outcomes.await);
    assert_eq!((bookings.len(), refusals), (2, vec![Refusal::SoldOut { available: 0 }; 10]));
    assert_eq!(cinema.balanced(slot).await, 4);
}

pub async fn blocks_of_several_slots_are_due_for_one_booking(mut cinema: Cinema) {
    let (seats, mut slots) = ("legend . standard\nrow A 1 1 ..", Vec::new());
    for _ in 0..5 {
        let slot = cinema.seated(seats).await;
        cinema.block(slot, "A1", Some(Release::At(minutes(30)))).await.unwrap();
        slots.push(slot);
    }
    slots.sort_unstable();
    // Only the last has room for two when all blocks are released.
    for slot in &slots[..4] {
        cinema.book_seats(*slot, "A2").await.unwrap();
    }
    let ask = BookingRequest { selection: best(2), ..request(crate::cinema::skyfall(), 1) };
    assert_eq!(cinema.ask(ask, minutes(30)).await.unwrap().key().slot, slots[4]);
}

pub async fn corrections_race_with_sales_from_a_block(mut cinema: Cinema) {
    let mut slots = Vec::new();
    for _ in 0..20 {
        let slot = cinema.seated(HALL).await;
        slots.push((slot, cinema.block(slot, "A1 A2", None).await.unwrap().id()));
    }
    cinema.at_the_box_office();
    let ticketing = cinema.ticketing.clone();
    let slot_of = slots.clone();
    let outcomes = race(40, |number| {
        let (ticketing, (slot, block)) = (ticketing.clone(), slot_of[usize::try_from(number / 2).unwrap()]);
        async move {
            if number % 2 == 0 {
                let name = ticketly_domain::SlotName::parse("Spectre").unwrap();
                let change = SlotChange { name: Some(name), ..SlotChange::default() };
                return ticketing.change_slot(slot, change, None, None, NOW).await.map(|_| None);
            }
            let request = request_of(&format!("Buyer {number}"), slot, 1);
            let request = BookingRequest { selection: from_block(block, best(1)), ..request };
            ticketing.book(request, NOW, &mut rng(number)).await.map(Some)
        }
    });
    let (made, refusals) = split(outcomes.await);
    assert!(refusals.iter().all(|refusal| *refusal == Refusal::SlotBooked), "{refusals:?}");
    let bookings: Vec<_> = made.into_iter().flatten().collect();
    assert_eq!(bookings.len(), 20);
    for booking in bookings {
        let slot = cinema.ticketing.slot(booking.key().slot).await.unwrap();
        assert_eq!(booking.showing().name(), slot.showing().name(), "a booked slot was renamed");
        cinema.balanced(slot.id()).await;
    }
}
