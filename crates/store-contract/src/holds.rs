//! Holds: seats kept for some minutes for a booking without a person.

use chrono::{DateTime, TimeDelta, Utc};
use ticketly_domain::{
    BlockDraft, BlockReason, Booking, BookingId, BookingRequest, Entity, Genre, HoldRequest, HoldState, Refusal, Rules,
    SeatLabel, Secret, Selection, SingleSeats, SlotChange, SlotDetails, SlotDraft, Target, TicketCount, TicketQuery,
    TicketStatus, Tickets,
};

use crate::cinema::{
    Cinema, NOW, SHOW_END, SHOW_START, draft, idempotency, minutes, named, person, refused, request, request_of,
    seated_draft, seats_of, skyfall,
};

/// The plan of two rows in most cases.
const HALL: &str = "legend . standard\nrow A 1 1 ......\nrow B 1 1 ......";

fn hold_state(state: Option<HoldState>) -> HoldState {
    state.expect("the booking was made as a hold")
}

/// Returns the refusal and the time at which the next hold lapses.
fn while_held(refusal: Refusal) -> (Refusal, DateTime<Utc>) {
    match refusal {
        Refusal::WhileHeld { refusal, next_lapse } => (*refusal, next_lapse),
        other => panic!("expected the next lapse beside {other:?}"),
    }
}

pub async fn a_hold_becomes_a_booking_of_the_same_identifier(mut cinema: Cinema) {
    let slot = cinema.slot(5).await;
    let held = cinema.hold(slot, 3, NOW).await.unwrap();
    let hold = held.hold().unwrap();
    assert_eq!((hold.until, hold.confirmed_at, held.user()), (minutes(10), None, None));
    assert_eq!((cinema.available(slot).await, held.tickets().len()), (2, 3));
    let found = cinema.ticketing.held(held.id()).await.unwrap();
    assert_eq!((&found, found.hold_state(minutes(9))), (&held, Some(HoldState::Held)));

    let booking = cinema.confirm(&held, "Jane", minutes(4)).await.unwrap();
    let (name, phone) = person("Jane");
    let user = booking.user().unwrap();
    assert_eq!((booking.id(), &user.name, &user.phone), (held.id(), &name, &phone));
    assert_eq!(booking.hold().unwrap().confirmed_at, Some(minutes(4)));
    assert_eq!((booking.made_at(), booking.hold_state(minutes(60))), (NOW, Some(HoldState::Confirmed)));
    let ids = |booking: &Booking| booking.tickets().iter().map(|its| its.id()).collect::<Vec<_>>();
    assert_eq!(ids(&booking), ids(&held));
    assert_eq!(cinema.ticketing.booking(&held.id()).await.unwrap(), booking);
    let of_user = cinema.ticketing.tickets_of_user(user.id, &TicketQuery::default()).await.unwrap();
    assert_eq!(of_user.items, booking.tickets());
    assert_eq!((cinema.available(slot).await, cinema.balanced(slot).await), (2, 3));
}

pub async fn a_hold_is_no_ticket_until_it_is_confirmed(mut cinema: Cinema) {
    let (slot, other) = (cinema.seated(HALL).await, cinema.slot(4).await);
    let held = cinema.hold(slot, 2, NOW).await.unwrap();
    let ticket = held.tickets()[1].id();
    assert_eq!(refused(cinema.ticketing.ticket(&ticket).await), Refusal::Unknown(Entity::Ticket));
    assert_eq!(refused(cinema.ticketing.booking(&held.id()).await), Refusal::Unknown(Entity::Booking));
    assert_eq!(refused(cinema.cancel(ticket).await), Refusal::Unknown(Entity::Ticket));
    assert_eq!(refused(cinema.shift(ticket, other).await), Refusal::Unknown(Entity::Ticket));
    let all = Tickets::OfBooking { id: held.id(), tickets: None };
    let canceled = cinema.ticketing.cancel_tickets(all, None, NOW).await;
    assert_eq!(refused(canceled), Refusal::Unknown(Entity::Booking));
    let listed = cinema.ticketing.tickets_of_slot(slot, &TicketQuery::default()).await.unwrap();
    assert!(listed.items.is_empty());
    assert_eq!((cinema.available(slot).await, cinema.available(other).await), (10, 4));
    let direct = cinema.book(slot, 1).await.unwrap();
    assert_eq!(refused(cinema.ticketing.held(direct.id()).await), Refusal::Unknown(Entity::Hold));
    assert_eq!(refused(cinema.confirm(&direct, "Jane", NOW).await), Refusal::Unknown(Entity::Hold));
}

pub async fn a_hold_lapses_when_its_time_is_over(mut cinema: Cinema) {
    let slot = cinema.slot(2).await;
    let held = cinema.hold(slot, 2, NOW).await.unwrap();
    let last = minutes(10) - TimeDelta::milliseconds(1);
    assert_eq!(while_held(refused(cinema.ask(request(slot, 1), last).await)).0, Refusal::SoldOut { available: 0 });
    assert_eq!(refused(cinema.confirm(&held, "Jane", minutes(10)).await), Refusal::HoldLapsed);
    assert_eq!(refused(cinema.ticketing.extend(held.id(), None, minutes(10)).await), Refusal::HoldLapsed);
    let booking = cinema.ask(request(slot, 2), minutes(10)).await.unwrap();
    assert_eq!((cinema.available(slot).await, booking.tickets().len()), (0, 2));
    let lapsed = cinema.ticketing.held(held.id()).await.unwrap();
    assert_eq!(hold_state(lapsed.hold_state(minutes(10))), HoldState::Lapsed);
    assert!(lapsed.tickets().iter().all(|ticket| ticket.status() == TicketStatus::Canceled));
    assert_eq!(refused(cinema.confirm(&held, "Jane", minutes(9)).await), Refusal::HoldLapsed, "a clock that is late");
    assert_eq!(cinema.ticketing.release(held.id(), None, minutes(11)).await.unwrap(), lapsed);
    assert_eq!((cinema.available(slot).await, cinema.balanced(slot).await), (0, 2));
}

pub async fn seats_of_a_lapsed_hold_are_booked_by_number(mut cinema: Cinema) {
    let slot = cinema.slot(6).await;
    for at in 0..3 {
        cinema.hold(slot, 2, minutes(at)).await.unwrap();
    }
    assert_eq!(
        while_held(refused(cinema.ask(request(slot, 3), minutes(10)).await)),
        (Refusal::SoldOut { available: 2 }, minutes(11))
    );
    cinema.ask(request(slot, 3), minutes(11)).await.unwrap();
    assert_eq!((cinema.available(slot).await, cinema.balanced(slot).await), (1, 5));
    cinema.ask(request(slot, 3), minutes(12)).await.unwrap();
    assert_eq!((cinema.available(slot).await, cinema.balanced(slot).await), (0, 6));
}

pub async fn seats_of_a_lapsed_hold_are_booked_by_name(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    cinema.hold_seats(slot, "A1 A2", NOW).await.unwrap();
    cinema.hold_seats(slot, "B5 B6", minutes(5)).await.unwrap();
    let (refusal, next_lapse) = while_held(refused(cinema.book_seats(slot, "A2 A3").await));
    assert!(matches!(&refusal, Refusal::SeatsTaken { seats, .. } if *seats == ["A2"]), "{refusal:?}");
    assert_eq!(next_lapse, minutes(10));
    let ask = request_of("Jane", slot, 1);
    let jane = BookingRequest { selection: named("A1 A2"), ..ask };
    assert_eq!(seats_of(&cinema.ask(jane, minutes(10)).await.unwrap()), "A1 A2");
    assert_eq!(cinema.taken(slot).await, "A1 A2 B5 B6");
    cinema.balanced(slot).await;
}

pub async fn the_best_seats_are_those_of_a_lapsed_hold(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let best = cinema.hold(slot, 2, NOW).await.unwrap();
    let lapsed = minutes(10) + TimeDelta::seconds(2);
    let booking = cinema.ask(request(slot, 2), lapsed).await.unwrap();
    assert_eq!(seats_of(&booking), seats_of(&best));
    assert_eq!(cinema.balanced(slot).await, 2);
}

pub async fn by_name_and_start_a_lapsed_hold_makes_room(mut cinema: Cinema) {
    let (one, other) = cinema.twins(2).await;
    let held = [cinema.hold(one, 2, minutes(1)).await.unwrap(), cinema.hold(other, 1, minutes(3)).await.unwrap()];
    let (refusal, next_lapse) = while_held(refused(cinema.book(skyfall(), 2).await));
    assert_eq!((refusal, next_lapse), (Refusal::SoldOut { available: 1 }, minutes(11)));
    let booking = cinema.ask(request(skyfall(), 2), minutes(12)).await.unwrap();
    assert_eq!(booking.key().slot, one);
    let states = [&held[0], &held[1]].map(|held| held.id());
    for (id, state) in states.into_iter().zip([HoldState::Lapsed, HoldState::Held]) {
        assert_eq!(cinema.ticketing.held(id).await.unwrap().hold_state(minutes(12)), Some(state));
    }
    assert_eq!((cinema.balanced(one).await, cinema.balanced(other).await), (2, 1));
}

pub async fn a_ticket_moves_to_the_seat_of_a_lapsed_hold(mut cinema: Cinema) {
    let (from, to) = (cinema.slot(3).await, cinema.slot(1).await);
    let ticket = cinema.ticket(from).await;
    cinema.hold(to, 1, NOW).await.unwrap();
    let early = cinema.shift_once("early", ticket.id(), to, minutes(9)).await;
    assert_eq!(while_held(refused(early)), (Refusal::SoldOut { available: 0 }, minutes(10)));
    let moved = cinema.shift_once("in-time", ticket.id(), to, minutes(10)).await.unwrap();
    assert_eq!(moved.new.id().booking.slot, to);
    assert_eq!((cinema.balanced(from).await, cinema.balanced(to).await), (0, 1));
}

pub async fn the_seats_of_a_lapsed_hold_are_blocked(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    cinema.hold_seats(slot, "A1 A2", NOW).await.unwrap();
    let seats = ["A1", "A2"].map(|seat| SeatLabel::parse(seat).unwrap()).to_vec();
    let reason = BlockReason::parse("Defect").unwrap();
    let draft = BlockDraft::new(seats, reason, None).unwrap();
    let blocked = cinema.ticketing.block(slot, draft.clone(), minutes(9), &mut cinema.rng).await;
    assert!(matches!(refused(blocked), Refusal::SeatsTaken { .. }));
    cinema.ticketing.block(slot, draft, minutes(10), &mut cinema.rng).await.unwrap();
    assert_eq!((cinema.taken(slot).await, cinema.balanced(slot).await), ("A1 A2".to_owned(), 0));
}

pub async fn seats_of_many_lapsed_holds_make_room_for_one_booking(mut cinema: Cinema) {
    cinema.at_the_box_office();
    let slots = [cinema.slot(120).await, cinema.seated(&hall_of(120)).await];
    for slot in slots {
        for _ in 0..120 {
            cinema.hold(slot, 1, NOW).await.unwrap();
        }
        assert_eq!(cinema.available(slot).await, 0);
        let booking = cinema.ask(request(slot, 10), minutes(10)).await.unwrap();
        assert_eq!(booking.tickets().len(), 10);
        for _ in 0..11 {
            cinema.ask(request(slot, 10), minutes(10)).await.unwrap();
        }
        assert_eq!(refused(cinema.ask(request(slot, 1), minutes(10)).await), Refusal::SoldOut { available: 0 });
        assert_eq!((cinema.available(slot).await, cinema.balanced(slot).await), (0, 120));
    }
}

/// A plan of rows of 20 seats.
pub(crate) fn hall_of(seats: usize) -> String {
    let rows = (1..=seats / 20).map(|row| format!("row {row}A 1 1 {}", ".".repeat(20)));
    format!("legend . standard\n{}", rows.collect::<Vec<_>>().join("\n"))
}

pub async fn a_refusal_tells_when_the_next_hold_lapses(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    cinema.book_seats(slot, "A1 A2 A3 A4 A5 A6").await.unwrap();
    let first = cinema.hold_seats(slot, "B1 B2 B3", minutes(2)).await.unwrap();
    cinema.hold_seats(slot, "B4 B5", minutes(1)).await.unwrap();
    let refusal = refused(cinema.ask(request(slot, 2), minutes(3)).await);
    assert_eq!(while_held(refusal), (Refusal::SoldOut { available: 1 }, minutes(11)));
    cinema.ticketing.release(first.id(), None, minutes(4)).await.unwrap();
    cinema.ask(request(slot, 3), minutes(4)).await.unwrap();
    cinema.book_seats(slot, "B6").await.unwrap();
    let refusal = refused(cinema.ask(request(slot, 1), minutes(5)).await);
    assert_eq!(while_held(refusal), (Refusal::SoldOut { available: 0 }, minutes(11)));
    let refusal = refused(cinema.ask(request(slot, 3), minutes(11)).await);
    assert_eq!(refusal, Refusal::SoldOut { available: 2 }, "no hold is left");
}

pub async fn a_hold_is_extended_up_to_half_an_hour(mut cinema: Cinema) {
    let slot = cinema.slot(1).await;
    let held = cinema.hold(slot, 1, NOW).await.unwrap();
    for (at, until) in [(1, 11), (9, 19), (18, 28), (27, 30)] {
        let extended = cinema.ticketing.extend(held.id(), None, minutes(at)).await.unwrap();
        assert_eq!(extended.hold().unwrap().until, minutes(until));
        assert_eq!(cinema.ticketing.held(held.id()).await.unwrap(), extended);
    }
    let refusal = refused(cinema.ticketing.extend(held.id(), None, minutes(28)).await);
    assert_eq!(refusal, Refusal::HoldLimit { until: minutes(30) });
    cinema.confirm(&held, "Jane", minutes(30) - TimeDelta::milliseconds(1)).await.unwrap();
    assert_eq!(refused(cinema.ticketing.extend(held.id(), None, minutes(29)).await), Refusal::HoldConfirmed);
    assert_eq!(cinema.balanced(slot).await, 1);
}

pub async fn an_extended_hold_lapses_later(mut cinema: Cinema) {
    let slots = [cinema.slot(1).await, cinema.seated("legend . standard\nrow A 1 1 .").await];
    for slot in slots {
        let held = cinema.hold(slot, 1, NOW).await.unwrap();
        cinema.ticketing.extend(held.id(), None, minutes(8)).await.unwrap();
        let refusal = refused(cinema.ask(request(slot, 1), minutes(17)).await);
        assert_eq!(while_held(refusal), (Refusal::SoldOut { available: 0 }, minutes(18)));
        cinema.ticketing.expire(minutes(17)).await.unwrap();
        assert_eq!(cinema.available(slot).await, 0);
        cinema.ask(request(slot, 1), minutes(18)).await.unwrap();
        assert_eq!(cinema.balanced(slot).await, 1);
    }
}

pub async fn a_released_hold_frees_its_seats_once(mut cinema: Cinema) {
    let (slot, seated) = (cinema.slot(4).await, cinema.seated(HALL).await);
    for (slot, seats) in [(slot, 4), (seated, 12)] {
        let held = cinema.hold(slot, 3, NOW).await.unwrap();
        cinema.book(slot, 1).await.unwrap();
        let released = cinema.ticketing.release(held.id(), None, minutes(1)).await.unwrap();
        assert_eq!(hold_state(released.hold_state(minutes(20))), HoldState::Released);
        assert_eq!(cinema.ticketing.release(held.id(), None, minutes(2)).await.unwrap(), released);
        assert_eq!(refused(cinema.confirm(&held, "Jane", minutes(3)).await), Refusal::HoldReleased);
        assert_eq!(refused(cinema.ticketing.extend(held.id(), None, minutes(3)).await), Refusal::HoldReleased);
        cinema.ticketing.expire(minutes(20)).await.unwrap();
        assert_eq!((cinema.available(slot).await, cinema.balanced(slot).await), (seats - 1, 1));
    }
}

pub async fn a_hold_is_confirmed_by_one_person(mut cinema: Cinema) {
    let slot = cinema.slot(2).await;
    let held = cinema.hold(slot, 2, NOW).await.unwrap();
    let first = cinema.confirm(&held, "Jane", minutes(2)).await.unwrap();
    assert_eq!(cinema.confirm(&held, "Jane", minutes(50)).await.unwrap(), first, "it says the same as before");
    assert_eq!(refused(cinema.confirm(&held, "John", minutes(3)).await), Refusal::HoldConfirmed);
    assert_eq!(refused(cinema.ticketing.release(held.id(), None, minutes(3)).await), Refusal::HoldConfirmed);
    assert_eq!(cinema.ticketing.held(held.id()).await.unwrap(), first);
    let refusal = refused(cinema.ask(request(slot, 1), minutes(11)).await);
    assert_eq!(refusal, Refusal::SoldOut { available: 0 }, "it does not lapse any more");
    cinema.ticketing.expire(minutes(12)).await.unwrap();
    assert_eq!(cinema.balanced(slot).await, 2);
}

pub async fn a_confirmed_hold_is_a_booking_as_any(mut cinema: Cinema) {
    let (slot, other) = (cinema.slot(3).await, cinema.slot(3).await);
    let held = cinema.hold(slot, 3, NOW).await.unwrap();
    let booking = cinema.confirm(&held, "Jane", minutes(1)).await.unwrap();
    let [one, two, three] = [0, 1, 2].map(|at| booking.tickets()[at].id());
    cinema.cancel(one).await.unwrap();
    let moved = cinema.shift(two, other).await.unwrap();
    assert_eq!((moved.new.user(), moved.old.id()), (booking.user(), two));
    assert_eq!((cinema.available(slot).await, cinema.available(other).await), (2, 2));
    let now = cinema.ticketing.booking(&held.id()).await.unwrap();
    let statuses: Vec<_> = now.tickets().iter().map(|ticket| ticket.status()).collect();
    assert_eq!(statuses, [TicketStatus::Canceled, TicketStatus::Canceled, TicketStatus::Booked]);
    assert_eq!(now.hold().unwrap().confirmed_at, Some(minutes(1)), "changes keep the times of the hold");
    assert_eq!(cinema.expire_by(SHOW_END).await, 2);
    assert_eq!(cinema.ticketing.ticket(&three).await.unwrap().status(), TicketStatus::Expired);
}

pub async fn repeated_requests_for_a_hold_are_answered_as_the_first(mut cinema: Cinema) {
    let slot = cinema.slot(4).await;
    let keyed = || HoldRequest {
        selection: Selection::any(TicketCount::new(2).unwrap()),
        target: Target::Slot(slot),
        key: Some(idempotency("hold")),
    };
    let held = cinema.hold_of(keyed(), NOW).await.unwrap();
    let id = held.id();
    let extend = || cinema.ticketing.extend(id, Some(idempotency("extend")), minutes(5));
    let extended = extend().await.unwrap();
    let later = cinema.ticketing.extend(id, Some(idempotency("later")), minutes(7)).await.unwrap();
    assert_eq!(extend().await.unwrap(), extended);
    let confirm = || cinema.ticketing.confirm(id, person("Jane"), Some(idempotency("confirm")), minutes(8));
    let booking = confirm().await.unwrap();
    assert_eq!(later.hold().unwrap().until, minutes(17));
    cinema.cancel(booking.tickets()[0].id()).await.unwrap();
    assert_eq!(confirm().await.unwrap(), booking);
    assert_eq!(extend().await.unwrap(), extended);
    assert_eq!(cinema.hold_of(keyed(), minutes(9)).await.unwrap(), held);

    let other = cinema.hold(slot, 1, NOW).await.unwrap();
    let release = || cinema.ticketing.release(other.id(), Some(idempotency("release")), minutes(1));
    let released = release().await.unwrap();
    assert_eq!(release().await.unwrap(), released);
    assert_eq!((cinema.available(slot).await, cinema.balanced(slot).await), (3, 1));
}

pub async fn another_request_with_the_key_of_a_hold_is_refused(mut cinema: Cinema) {
    let slot = cinema.slot(9).await;
    let keyed = |count| HoldRequest {
        selection: Selection::any(TicketCount::new(count).unwrap()),
        target: Target::Slot(slot),
        key: Some(idempotency("one")),
    };
    let held = cinema.hold_of(keyed(2), NOW).await.unwrap();
    assert_eq!(refused(cinema.hold_of(keyed(3), NOW).await), Refusal::KeyReused);
    let key = || Some(idempotency("one"));
    assert_eq!(refused(cinema.ticketing.extend(held.id(), key(), NOW).await), Refusal::KeyReused);
    assert_eq!(refused(cinema.ticketing.release(held.id(), key(), NOW).await), Refusal::KeyReused);
    let confirmed = cinema.ticketing.confirm(held.id(), person("Jane"), key(), NOW).await;
    assert_eq!(refused(confirmed), Refusal::KeyReused);
    let two = Some(idempotency("two"));
    cinema.ticketing.confirm(held.id(), person("Jane"), two.clone(), NOW).await.unwrap();
    let john = cinema.ticketing.confirm(held.id(), person("John"), two, NOW).await;
    assert_eq!(refused(john), Refusal::KeyReused);
    assert_eq!((cinema.available(slot).await, cinema.balanced(slot).await), (7, 2));
}

pub async fn a_hold_needs_its_secret(mut cinema: Cinema) {
    let slot = cinema.slot(2).await;
    let held = cinema.hold(slot, 1, NOW).await.unwrap();
    let guess = BookingId { secret: Secret::mint(&mut cinema.rng), ..held.id() };
    let unknown = Refusal::Unknown(Entity::Hold);
    assert_eq!(refused(cinema.ticketing.held(guess).await), unknown);
    assert_eq!(refused(cinema.ticketing.extend(guess, None, NOW).await), unknown);
    assert_eq!(refused(cinema.ticketing.release(guess, None, NOW).await), unknown);
    assert_eq!(refused(cinema.ticketing.confirm(guess, person("Jane"), None, NOW).await), unknown);
    assert_eq!(cinema.ticketing.held(held.id()).await.unwrap(), held);
}

pub async fn a_hold_ends_with_its_showing(mut cinema: Cinema) {
    let slot = cinema.slot(2).await;
    cinema.at_the_box_office();
    let early = SHOW_END - TimeDelta::minutes(4);
    let held = cinema.hold(slot, 2, early).await.unwrap();
    assert_eq!(held.hold().unwrap().until, SHOW_END);
    assert_eq!(refused(cinema.ticketing.extend(held.id(), None, early).await), Refusal::HoldLimit { until: SHOW_END });
    assert_eq!(refused(cinema.confirm(&held, "Jane", SHOW_END).await), Refusal::HoldLapsed);
    assert_eq!(refused(cinema.hold(slot, 1, SHOW_END).await), Refusal::SlotEnded);
}

pub async fn a_sweep_lapses_the_holds_of_many_slots(mut cinema: Cinema) {
    let mut slots = Vec::new();
    for number in 0..70 {
        let name = format!("Show {number}");
        let slot = cinema.slot_of(&draft(&name, 3)).await;
        cinema.hold(slot, 2, minutes(number % 2)).await.unwrap();
        slots.push(slot);
    }
    let seated = cinema.seated(HALL).await;
    cinema.hold(seated, 2, NOW).await.unwrap();
    let swept = cinema.ticketing.expire(minutes(10)).await.unwrap();
    assert_eq!((swept.tickets, swept.more), (0, false));
    for (number, slot) in slots.into_iter().enumerate() {
        assert_eq!(cinema.available(slot).await, if number % 2 == 0 { 3 } else { 1 });
    }
    assert_eq!((cinema.available(seated).await, cinema.taken(seated).await), (12, String::new()));
    assert!(cinema.store().slots_to_lapse(minutes(10), None, 10).await.unwrap().is_empty());
    assert_eq!(cinema.store().slots_to_lapse(minutes(11), None, 10).await.unwrap().len(), 10);
}

pub async fn the_held_seats_of_a_slot_are_listed(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let late = cinema.hold_seats(slot, "B1 B2", minutes(3)).await.unwrap();
    let early = cinema.hold_seats(slot, "A1 A2 A3", NOW).await.unwrap();
    let sold = cinema.hold_seats(slot, "A4 A5 A6", minutes(1)).await.unwrap();
    cinema.confirm(&sold, "Jane", minutes(2)).await.unwrap();
    let holds = cinema.ticketing.holds(slot, minutes(4)).await.unwrap();
    let expected = [early.held_seats().unwrap(), late.held_seats().unwrap()];
    assert_eq!(holds, expected);
    assert_eq!(holds[0].tickets, 3);
    assert_eq!(cinema.ticketing.holds(slot, minutes(10)).await.unwrap(), expected[1..]);
    cinema.ticketing.release(late.id(), None, minutes(5)).await.unwrap();
    assert_eq!(cinema.ticketing.holds(slot, minutes(6)).await.unwrap(), expected[..1]);
}

pub async fn a_slot_has_at_most_a_share_of_its_seats_held(mut cinema: Cinema) {
    cinema.under(Rules { held_share: Some(25), ..Rules::default() }).await;
    let (large, small) = (cinema.slot(80).await, cinema.slot(12).await);
    let first = cinema.hold(large, 10, NOW).await.unwrap();
    cinema.hold(large, 7, minutes(1)).await.unwrap();
    let refusal = while_held(refused(cinema.hold(large, 4, minutes(2)).await));
    assert_eq!(refusal, (Refusal::TooManyHeld { percent: 25 }, minutes(10)));
    cinema.hold(large, 3, minutes(2)).await.unwrap();
    cinema.ask(request(large, 10), minutes(2)).await.unwrap();
    cinema.confirm(&first, "Jane", minutes(3)).await.unwrap();
    let later = minutes(3) + TimeDelta::seconds(2);
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    cinema.hold(large, 10, later).await.unwrap();
    assert!(matches!(refused(cinema.hold(large, 1, later).await), Refusal::WhileHeld { .. }));
    let lapsed = minutes(11);
    cinema.hold(large, 7, lapsed).await.unwrap();

    cinema.hold(small, 10, NOW).await.unwrap();
    assert!(matches!(refused(cinema.hold(small, 1, NOW).await), Refusal::WhileHeld { .. }), "ten always may");
    cinema.at_the_box_office();
    cinema.hold(small, 2, NOW).await.unwrap();
    assert_eq!((cinema.available(small).await, cinema.balanced(small).await), (0, 12));
}

pub async fn ended_holds_neither_expire_nor_archive(mut cinema: Cinema) {
    let slot = cinema.slot(6).await;
    let lapsed = cinema.hold(slot, 2, NOW).await.unwrap();
    let released = cinema.hold(slot, 1, NOW).await.unwrap();
    cinema.ticketing.release(released.id(), None, minutes(1)).await.unwrap();
    let kept = cinema.hold(slot, 1, NOW).await.unwrap();
    cinema.confirm(&kept, "Jane", minutes(2)).await.unwrap();
    assert_eq!(cinema.expire_by(SHOW_END).await, 1, "the ticket of a person");
    assert_eq!(cinema.archive_by(SHOW_END + TimeDelta::days(30)).await, 1);
    let swept = cinema.ticketing.archive(SHOW_END + TimeDelta::days(200)).await.unwrap();
    assert_eq!((swept.tickets, swept.more), (0, false));
    assert!(is_gone(&refused(cinema.confirm(&lapsed, "Jane", minutes(3)).await)));
}

/// Returns whether a hold has lapsed. A store may have deleted it by then.
fn is_gone(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::HoldLapsed | Refusal::Unknown(Entity::Hold))
}

pub async fn ended_holds_do_not_keep_a_slot_where_and_when_it_is(mut cinema: Cinema) {
    let hall = cinema.auditorium(HALL, SingleSeats::Allowed).await;
    let plan = "legend . standard\nrow Z 1 1 ...";
    let other = cinema.auditorium(plan, SingleSeats::Allowed).await;
    let slot = cinema.slot_of(&seated_draft("Skyfall", &hall)).await;
    let held = cinema.hold_seats(slot, "B5 B6", NOW).await.unwrap();
    let later = SlotChange { start: Some(SHOW_START + TimeDelta::minutes(1)), ..SlotChange::default() };
    let change =
        async |change: SlotChange, auditorium, at| cinema.ticketing.change_slot(slot, change, auditorium, at).await;
    assert_eq!(refused(change(later.clone(), None, minutes(9)).await), Refusal::SlotBooked);
    let moved = change(later, Some(other.id), minutes(10)).await.unwrap();
    assert_eq!(moved.showing().start(), SHOW_START + TimeDelta::minutes(1));
    assert_eq!(cinema.available(slot).await, 3);
    assert!(is_gone(&refused(cinema.confirm(&held, "Jane", minutes(10)).await)));
    assert!(cinema.bookings(slot).await.iter().all(|booking| booking.id() != held.id()));
    assert_eq!(seats_of(&cinema.ask(request(slot, 3), minutes(11)).await.unwrap()), "Z1 Z2 Z3");
}

pub async fn one_person_books_a_limited_number_of_tickets(mut cinema: Cinema) {
    cinema.under(Rules { tickets_per_person: Some(4), ..Rules::default() }).await;
    let (slot, other) = (cinema.slot(30).await, cinema.slot_of(&late_draft()).await);
    cinema.book(slot, 3).await.unwrap();
    cinema.book(other, 2).await.unwrap();
    let refusal = refused(cinema.book(slot, 2).await);
    assert_eq!(refusal, Refusal::TooManyTickets { limit: 4, booked: 3 });
    let held = cinema.hold(slot, 2, NOW).await.unwrap();
    assert_eq!(refused(cinema.confirm(&held, "John", NOW).await), Refusal::TooManyTickets { limit: 4, booked: 3 });
    cinema.confirm(&held, "Jane", NOW).await.unwrap();
    let last = cinema.ticket(slot).await;
    assert_eq!(refused(cinema.book(slot, 1).await), Refusal::TooManyTickets { limit: 4, booked: 4 });
    cinema.cancel(last.id()).await.unwrap();
    cinema.book(slot, 1).await.unwrap();
    cinema.at_the_box_office();
    cinema.book(slot, 10).await.unwrap();
    assert_eq!(cinema.balanced(slot).await, 16);
}

/// A showing of another name and start.
fn late_draft() -> SlotDraft {
    let details = SlotDetails { genre: Genre::Drama, ..draft("Faust", 1).details };
    SlotDraft { start: SHOW_START + TimeDelta::hours(1), details, ..draft("Faust", 9) }
}

pub async fn the_box_office_may_be_the_only_one_that_books(mut cinema: Cinema) {
    cinema.under(Rules { public_bookings: false, ..Rules::default() }).await;
    let slot = cinema.slot(3).await;
    assert_eq!(refused(cinema.book(slot, 1).await), Refusal::BoxOfficeOnly);
    let held = cinema.hold(slot, 1, NOW).await.unwrap();
    assert_eq!(refused(cinema.confirm(&held, "Jane", NOW).await), Refusal::BoxOfficeOnly);
    cinema.at_the_box_office();
    cinema.confirm(&held, "Jane", NOW).await.unwrap();
    cinema.book(slot, 1).await.unwrap();
    assert_eq!(cinema.balanced(slot).await, 2);
}

pub async fn holds_stay_over_a_restart(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let held = cinema.hold_seats(slot, "A1 A2", NOW).await.unwrap();
    let lapsing = cinema.hold_seats(slot, "B1 B2", minutes(-5)).await.unwrap();
    let mut cinema = cinema.reopened().await;
    assert_eq!(cinema.ticketing.held(held.id()).await.unwrap(), held);
    let request = BookingRequest { selection: named("B1 B2"), ..request(slot, 1) };
    cinema.ask(request, minutes(5)).await.unwrap();
    cinema.confirm(&held, "Jane", minutes(6)).await.unwrap();
    assert_eq!(refused(cinema.confirm(&lapsing, "Jane", minutes(6)).await), Refusal::HoldLapsed);
    assert_eq!((cinema.balanced(slot).await, cinema.taken(slot).await), (4, "A1 A2 B1 B2".to_owned()));
}
