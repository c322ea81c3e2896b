//! Slots that move to another auditorium with their bookings.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use ticketly_domain::{
    Auditorium, Booking, BookingRequest, CallListQuery, Entity, Error, HoldState, Invalid, PageSize, RefundState,
    Refusal, ReseatRequest, Reseating, ReseatingState, Sales, Selection, SingleSeats, SlotChange, SlotDraft, SlotId,
    Ticket, TicketStatus,
};

use crate::cinema::{
    Cinema, NOW, SHOW_END, SHOW_START, idempotency, minutes, named, race, refused, request, request_of, rng,
    seated_draft, seats_of, split,
};
use crate::sales::{refunds, sold};

/// When the projector of the first auditorium fails.
const FAILURE: DateTime<Utc> = DateTime::from_timestamp(1_604_233_320 + 300, 7_000_000).unwrap();

const LARGE: &str = "legend . standard\nlegend w wheelchair\nlegend c companion\nrow A 1 1 ..........\nrow B 1 1 \
                     ..........\nrow C 1 1 wc......cw";
const OTHER: &str = "legend . standard\nlegend w wheelchair\nlegend c companion\nrow A 1 1 ........\nrow B 1 1 \
                     ........\nrow C 1 1 ........\nrow D 1 1 wc....cw";

/// A showing in the large auditorium, and another auditorium.
async fn halls(cinema: &mut Cinema, other: &str) -> (SlotId, Auditorium) {
    let large = cinema.auditorium(LARGE, SingleSeats::Refused).await;
    let slot = cinema.slot_of(&seated_draft("Skyfall", &large)).await;
    (slot, cinema.auditorium(other, SingleSeats::Refused).await)
}

const fn to(auditorium: &Auditorium) -> ReseatRequest {
    ReseatRequest { auditorium: auditorium.id, prices: None }
}

async fn begun(cinema: &mut Cinema, slot: SlotId, auditorium: &Auditorium) -> Reseating {
    cinema.ticketing.reseat(slot, to(auditorium), FAILURE, &mut cinema.rng).await.unwrap()
}

async fn worked_off(cinema: &mut Cinema, slot: SlotId) -> Reseating {
    let done = cinema.ticketing.continue_reseating(slot, minutes(6), &mut cinema.rng).await.unwrap();
    assert_eq!(done.state(), ReseatingState::Done);
    done
}

async fn left_behind(cinema: &Cinema, slot: SlotId) -> Vec<Booking> {
    let query = CallListQuery { after: None, limit: PageSize::LARGEST };
    let page = cinema.ticketing.left_behind(slot, &query).await.unwrap();
    assert_eq!(page.next, None);
    page.items
}

/// Returns the booking to which another was moved, after checking that each ticket names the other.
async fn successor(cinema: &Cinema, old: &Booking) -> Booking {
    let old = cinema.store().booking(old.key()).await.unwrap().unwrap();
    let to: Vec<_> = old.tickets().iter().filter_map(Ticket::moved_to).collect();
    let new = cinema.store().booking(to[0].booking).await.unwrap().unwrap();
    assert_eq!(new.tickets().iter().map(Ticket::id).collect::<Vec<_>>(), to);
    for (old, new) in old.tickets().iter().filter(|ticket| ticket.moved_to().is_some()).zip(new.tickets()) {
        assert_eq!((new.moved_from(), old.status()), (Some(old.id()), TicketStatus::Canceled));
        assert_eq!(new.user(), old.user());
    }
    new
}

pub async fn a_moved_slot_takes_its_bookings_along(mut cinema: Cinema) {
    let (slot, other) = halls(&mut cinema, OTHER).await;
    let pair = cinema.book_seats(slot, "A5 A6").await.unwrap();
    let wheelchair = Selection { accessible: 1, ..named("C10 C9 C8") };
    let wheelchair = cinema.ask(BookingRequest { selection: wheelchair, ..request(slot, 1) }, NOW).await.unwrap();
    let back = cinema.book_seats(slot, "B1 B2 B3 B4").await.unwrap();
    cinema.cancel(back.tickets()[0].id()).await.unwrap();
    let gone = cinema.book_seats(slot, "B9 B10").await.unwrap();
    for ticket in gone.tickets() {
        cinema.cancel(ticket.id()).await.unwrap();
    }
    let held = cinema.hold_seats(slot, "A1 A2", NOW).await.unwrap();

    let first = begun(&mut cinema, slot, &other).await;
    assert_eq!(first, Reseating::begun(slot, first.target, true, FAILURE));
    assert_eq!(begun(&mut cinema, slot, &other).await, first, "a repetition");
    let third = cinema.auditorium(OTHER, SingleSeats::Refused).await;
    let elsewhere = cinema.ticketing.reseat(slot, to(&third), NOW, &mut cinema.rng).await;
    assert_eq!(refused(elsewhere), Refusal::SlotMoved);
    assert_eq!(refused(cinema.book(slot, 1).await), Refusal::SlotMoved);
    assert_eq!(refused(cinema.book(first.target, 1).await), Refusal::SalesClosed, "until all have their seats");

    let mut cinema = cinema.reopened().await;
    let done = worked_off(&mut cinema, slot).await;
    assert_eq!((done.bookings, done.tickets, done.impossible, done.done_at), (3, 8, 0, Some(minutes(6))));
    assert_eq!(worked_off(&mut cinema, slot).await, done, "a repetition");
    assert_eq!(seats_of(&successor(&cinema, &pair).await), "A4 A5", "the middle is the middle");
    assert_eq!(seats_of(&successor(&cinema, &wheelchair).await), "D8 D7 D6");
    let three = successor(&cinema, &back).await;
    let plan = &three.showing().seating().unwrap().plan;
    let seats: Vec<_> = three.tickets().iter().filter_map(Ticket::seat_no).collect();
    assert!(seats.len() == 3 && plan.are_together(&seats), "{seats:?}");
    let released = cinema.ticketing.held(held.id()).await.unwrap();
    assert_eq!(released.hold_state(minutes(7)), Some(HoldState::Released));
    assert_eq!((cinema.balanced(slot).await, cinema.balanced(done.target).await), (0, 8));
    assert_eq!(cinema.ticketing.slot(slot).await.unwrap().sales(), Sales::Moved);
    assert_eq!(cinema.ticketing.slot(done.target).await.unwrap().sales(), Sales::Open);
    cinema.book(done.target, 2).await.unwrap();
    assert!(left_behind(&cinema, slot).await.is_empty());
}

pub async fn a_moved_slot_frees_its_auditorium_and_takes_the_other(mut cinema: Cinema) {
    let (slot, other) = halls(&mut cinema, OTHER).await;
    let old = cinema.ticketing.slot(slot).await.unwrap();
    let target = begun(&mut cinema, slot, &other).await.target;
    let new = cinema.ticketing.slot(target).await.unwrap();
    assert_eq!((new.showing().name(), new.showing().start()), (old.showing().name(), old.showing().start()));
    assert_eq!((new.details(), new.showing().end()), (old.details(), old.showing().end()));
    let on = |auditorium| {
        let ticketing = cinema.ticketing.clone();
        async move {
            let showings = ticketing.timetable(auditorium, NOW, NOW + TimeDelta::days(2)).await.unwrap();
            showings.iter().map(|showing| showing.id()).collect::<Vec<_>>()
        }
    };
    let first = old.showing().seating().unwrap().auditorium;
    assert_eq!((on(first).await, on(other.id).await), (vec![], vec![target]));
    let hall = cinema.ticketing.auditorium(first).await.unwrap();
    cinema.slot_of(&seated_draft("Spectre", &hall)).await;
    let occupied = cinema.ticketing.schedule(&seated_draft("Moonraker", &other), NOW, &mut cinema.rng).await;
    assert!(matches!(refused(occupied), Refusal::AuditoriumOccupied { slot, .. } if slot == target));
    assert_eq!(worked_off(&mut cinema, slot).await.bookings, 0);
}

pub async fn a_slot_is_not_moved_anywhere(mut cinema: Cinema) {
    let (slot, other) = halls(&mut cinema, OTHER).await;
    let unmoved = cinema.ticketing.reseating(slot).await;
    assert_eq!(refused(unmoved), Refusal::Unknown(Entity::Reseating));
    let own = cinema.ticketing.slot(slot).await.unwrap().showing().seating().unwrap().auditorium;
    let plain = cinema.slot(9).await;
    for (slot, auditorium) in [(slot, own), (plain, other.id)] {
        let request = ReseatRequest { auditorium, prices: None };
        let outcome = cinema.ticketing.reseat(slot, request, NOW, &mut cinema.rng).await;
        assert!(matches!(outcome, Err(Error::Invalid(Invalid { field: "auditoriumId", .. }))), "{outcome:?}");
    }
    let list = cinema.price_list("Weekday", "1000, adult").await;
    let priced = ReseatRequest { prices: Some(list.id), ..to(&other) };
    let free = cinema.ticketing.reseat(slot, priced, NOW, &mut cinema.rng).await;
    assert!(matches!(free, Err(Error::Invalid(Invalid { field: "priceListId", .. }))), "{free:?}");
    let shown = cinema.slot_of(&seated_draft("Spectre", &other)).await;
    let planned = cinema.ticketing.plan_reseating(slot, to(&other), NOW, &mut cinema.rng).await;
    assert!(matches!(refused(planned), Refusal::AuditoriumOccupied { slot, .. } if slot == shown));
    let occupied = cinema.ticketing.reseat(slot, to(&other), NOW, &mut cinema.rng).await;
    assert!(matches!(refused(occupied), Refusal::AuditoriumOccupied { slot, .. } if slot == shown));
    assert_eq!(cinema.ticketing.slot(slot).await.unwrap().sales(), Sales::Open, "nothing changed");
    let over = cinema.ticketing.reseat(slot, to(&other), SHOW_END, &mut cinema.rng).await;
    assert_eq!(refused(over), Refusal::SlotEnded);
    cinema.ticketing.cancel_slot(slot, FAILURE).await.unwrap();
    let canceled = cinema.ticketing.reseat(slot, to(&other), NOW, &mut cinema.rng).await;
    assert_eq!(refused(canceled), Refusal::SlotCanceled);
}

pub async fn a_plan_of_a_move_changes_nothing(mut cinema: Cinema) {
    let (slot, other) = halls(&mut cinema, "legend . standard\nrow A 1 1 ....").await;
    let pair = cinema.book_seats(slot, "A5 A6").await.unwrap();
    let five = cinema.book_seats(slot, "B1 B2 B3 B4 B5").await.unwrap();
    let before = cinema.everything().await;
    let plan = cinema.ticketing.plan_reseating(slot, to(&other), NOW, &mut cinema.rng).await.unwrap();
    let planned: Vec<_> = plan
        .parties
        .iter()
        .map(|party| (party.booking.key(), party.seats.as_ref().map(|seats| plan.labels(seats).join(" "))))
        .collect();
    let mut expected = vec![(pair.key(), Some("A2 A3".to_owned())), (five.key(), None)];
    expected.sort_unstable();
    assert_eq!(planned, expected);
    assert_eq!(cinema.everything().await, before);
    assert_eq!(refused(cinema.ticketing.reseating(slot).await), Refusal::Unknown(Entity::Reseating));
}

pub async fn what_does_not_fit_stays_and_can_be_canceled(mut cinema: Cinema) {
    let list = cinema.price_list("Evening", "1000, adult").await;
    let large = cinema.auditorium(LARGE, SingleSeats::Allowed).await;
    let slot = cinema.slot_of(&SlotDraft { prices: Some(list.id), ..seated_draft("Skyfall", &large) }).await;
    let small = cinema.auditorium("legend . standard\nrow A 1 1 ....\nrow B 1 1 ...", SingleSeats::Allowed).await;
    let (four, five) = (sold(&mut cinema, slot, "adult adult adult adult").await, sold_five(&mut cinema, slot).await);
    let three = sold(&mut cinema, slot, "adult adult adult").await;
    begun(&mut cinema, slot, &small).await;
    let done = worked_off(&mut cinema, slot).await;
    assert_eq!((done.bookings, done.tickets, done.impossible), (2, 7, 1));
    assert_eq!(left_behind(&cinema, slot).await, std::slice::from_ref(&five), "as it was");
    for booking in [&four, &three] {
        let new = successor(&cinema, booking).await;
        assert_eq!(new.sale().unwrap().payment, booking.sale().unwrap().payment);
        assert_eq!(new.sale().unwrap().total(), booking.sale().unwrap().total());
    }
    assert!(refunds(&cinema, RefundState::Due).await.is_empty(), "a move pays nothing back");
    cinema.ticketing.cancel_slot(slot, minutes(10)).await.unwrap();
    let canceled = cinema.ticketing.continue_cancellation(slot, minutes(10)).await.unwrap();
    assert_eq!((canceled.bookings, canceled.tickets, canceled.refunded.to_string()), (1, 5, "EUR=5000".to_owned()));
    assert!(left_behind(&cinema, slot).await.is_empty());
    assert_eq!((cinema.balanced(slot).await, cinema.balanced(done.target).await), (0, 7));
}

async fn sold_five(cinema: &mut Cinema, slot: SlotId) -> Booking {
    sold(cinema, slot, "adult adult adult adult adult").await
}

pub async fn a_move_never_costs_the_buyer(mut cinema: Cinema) {
    let (list, dearer) =
        (cinema.price_list("Evening", "1000, adult").await, cinema.price_list("Gala", "9000, adult").await);
    let large = cinema.auditorium(LARGE, SingleSeats::Allowed).await;
    let slot = cinema.slot_of(&SlotDraft { prices: Some(list.id), ..seated_draft("Skyfall", &large) }).await;
    let other = cinema.auditorium(OTHER, SingleSeats::Allowed).await;
    let booking = sold(&mut cinema, slot, "adult adult").await;
    let request = ReseatRequest { prices: Some(dearer.id), ..to(&other) };
    let target = cinema.ticketing.reseat(slot, request, FAILURE, &mut cinema.rng).await.unwrap().target;
    worked_off(&mut cinema, slot).await;
    let new = successor(&cinema, &booking).await;
    assert_eq!(new.sale().unwrap().total(), 2000);
    let priced = cinema.ticketing.slot(target).await.unwrap().prices().cloned();
    assert_eq!(priced.map(|prices| prices.id), Some(dearer.id), "what is sold from then on");
    let in_time = SHOW_START - TimeDelta::hours(1) - TimeDelta::milliseconds(1);
    cinema.ticketing.cancel(new.tickets()[0].id(), None, in_time).await.unwrap();
    let due = refunds(&cinema, RefundState::Due).await;
    assert_eq!(due.iter().map(|refund| refund.amount).collect::<Vec<_>>(), [1000], "until the same time as before");
}

pub async fn a_slot_that_was_not_sold_is_not_sold_after_its_move(mut cinema: Cinema) {
    let (slot, other) = halls(&mut cinema, OTHER).await;
    cinema.book_seats(slot, "A5 A6").await.unwrap();
    let closed = SlotChange { sales: Some(Sales::Closed), ..SlotChange::default() };
    cinema.ticketing.change_slot(slot, closed, None, None, NOW).await.unwrap();
    begun(&mut cinema, slot, &other).await;
    let due = cinema.store().reseatings_due(9).await.unwrap();
    assert_eq!(due.iter().map(|its| its.slot).collect::<Vec<_>>(), [slot]);
    assert_eq!(cinema.ticketing.continue_reseatings(minutes(6), &mut cinema.rng).await.unwrap(), 1);
    assert_eq!(cinema.ticketing.continue_reseatings(minutes(6), &mut cinema.rng).await.unwrap(), 0);
    let done = cinema.ticketing.reseating(slot).await.unwrap();
    assert_eq!((done.bookings, cinema.ticketing.slot(done.target).await.unwrap().sales()), (1, Sales::Closed));
}

/// Books pairs of seats for so many people.
async fn pairs(cinema: &mut Cinema, slot: SlotId, people: u64) -> Vec<Booking> {
    let mut bookings = Vec::new();
    for number in 0..people {
        bookings.push(cinema.ask(request_of(&format!("Person {number}"), slot, 2), NOW).await.unwrap());
    }
    bookings
}

/// Two auditoriums with so many rows of ten seats.
async fn rows(cinema: &mut Cinema, from: usize, to: usize) -> (SlotId, Auditorium) {
    let plan = |rows: usize| {
        let rows = ('A'..).take(rows).map(|row| format!("row {row} 1 1 .........."));
        format!("legend . standard\n{}", rows.collect::<Vec<_>>().join("\n"))
    };
    let first = cinema.auditorium(&plan(from), SingleSeats::Allowed).await;
    let slot = cinema.slot_of(&seated_draft("Skyfall", &first)).await;
    (slot, cinema.auditorium(&plan(to), SingleSeats::Allowed).await)
}

pub async fn a_moving_job_that_stops_anywhere_is_continued(mut cinema: Cinema) {
    let (slot, other) = rows(&mut cinema, 10, 12).await;
    let bookings = pairs(&mut cinema, slot, 50).await;
    let target = begun(&mut cinema, slot, &other).await.target;
    let mut stopped = 0;
    for millis in 1..30 {
        let job = cinema.ticketing.continue_reseating(slot, minutes(6), &mut cinema.rng);
        stopped += usize::from(tokio::time::timeout(Duration::from_millis(millis), job).await.is_err());
        let seen = cinema.ticketing.reseating(slot).await.unwrap();
        assert!(seen.tickets == 2 * seen.bookings && seen.bookings <= 50, "{seen:?}");
    }
    let mut cinema = cinema.reopened().await;
    let done = worked_off(&mut cinema, slot).await;
    assert_eq!((done.bookings, done.tickets, done.impossible), (50, 100, 0), "{stopped} were stopped");
    let new: BTreeSet<_> = cinema.bookings(target).await.iter().map(Booking::key).collect();
    assert_eq!(new.len(), 50, "each is moved once");
    for booking in &bookings {
        assert!(new.contains(&successor(&cinema, booking).await.key()));
    }
    assert_eq!((cinema.balanced(slot).await, cinema.balanced(target).await), (0, 100));
}

pub async fn racing_jobs_and_holders_move_each_ticket_once(mut cinema: Cinema) {
    let (slot, other) = rows(&mut cinema, 8, 8).await;
    let bookings = pairs(&mut cinema, slot, 40).await;
    let target = begun(&mut cinema, slot, &other).await.target;
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(13, |number| {
        let (ticketing, booking) = (ticketing.clone(), bookings[usize::try_from(number).unwrap()].clone());
        async move {
            if number < 3 {
                let moved = ticketing.continue_reseating(slot, minutes(6), &mut rng(number)).await;
                return moved.map(|_| None);
            }
            let key = Some(idempotency(&format!("cancel-{number}")));
            ticketing.cancel(booking.tickets()[0].id(), key, minutes(6)).await.map(Some)
        }
    });
    // A ticket that was moved is canceled already.
    let canceled = outcomes.await.into_iter().filter_map(|outcome| outcome.ok().flatten());
    let canceled = canceled.filter(|ticket| ticket.moved_to().is_none()).count();
    let done = worked_off(&mut cinema, slot).await;
    let moved = cinema.bookings(target).await;
    let tickets: usize = moved.iter().map(|booking| booking.tickets().len()).sum();
    assert_eq!((done.bookings, done.tickets, done.impossible), (40, tickets as u64, 0));
    assert_eq!(tickets + canceled, 80, "each ticket was moved or canceled by its holder, and none both");
    let booked = u32::try_from(tickets).unwrap();
    assert_eq!((cinema.balanced(slot).await, cinema.balanced(target).await), (0, booked));
}

pub async fn bookings_race_with_a_move(mut cinema: Cinema) {
    let (slot, other) = rows(&mut cinema, 3, 4).await;
    let ticketing = cinema.ticketing.clone();
    let request = to(&other);
    let outcomes = race(20, |number| {
        let ticketing = ticketing.clone();
        async move {
            let who = format!("Buyer {number}");
            match number {
                5..8 => ticketing.reseat(slot, request, FAILURE, &mut rng(number)).await.map(|its| Err(its.target)),
                _ => ticketing.book(request_of(&who, slot, 1), NOW, &mut rng(number)).await.map(Ok),
            }
        }
    });
    let (done, refusals) = split(outcomes.await);
    for refusal in &refusals {
        assert!(matches!(refusal, Refusal::SlotMoved | Refusal::SeatsTaken { .. }), "{refusal:?}");
    }
    let targets: BTreeSet<_> = done.iter().filter_map(|its| its.as_ref().err()).collect();
    assert_eq!(targets.len(), 1, "it is moved once");
    let made: Vec<_> = done.iter().filter_map(|its| its.as_ref().ok()).collect();
    let moved = worked_off(&mut cinema, slot).await;
    assert_eq!((moved.bookings, moved.impossible), (made.len() as u64, 0));
    for booking in made {
        successor(&cinema, booking).await;
    }
    assert_eq!(cinema.balanced(moved.target).await, u32::try_from(moved.tickets).unwrap());
}
