//! Holds: seats kept for some minutes for a booking without a person.

use chrono::{DateTime, TimeDelta, Utc};
use ticketly_domain::{
    BlockDraft, BlockReason, Booking, BookingId, BookingRequest, Entity, HoldRequest, HoldState, Refusal, SeatLabel,
    Secret, Selection, Target, Ticket, TicketCount, TicketQuery, TicketStatus, Tickets,
};

use crate::cinema::{
    Cinema, NOW, SHOW_END, confirmation, idempotency, minutes, named, person, refused, request, request_of, seats_of,
    skyfall,
};

/// The plan of two rows in most cases.
pub(crate) const HALL: &str = "legend . standard\nrow A 1 1 ......\nrow B 1 1 ......";

fn hold_state(state: Option<HoldState>) -> HoldState {
    state.expect("the booking was made as a hold")
}

/// Returns the refusal and the time at which the next hold lapses.
pub(crate) fn while_held(refusal: Refusal) -> (Refusal, DateTime<Utc>) {
    match refusal {
        Refusal::WhileHeld { refusal, next_lapse } => (*refusal, next_lapse),
        other => panic!("expected the next lapse beside {other:?}"),
    }
}

pub async fn a_hold_becomes_a_booking_of_the_same_identifier(mut cinema: Cinema) {
    let slot = cinema.slot(5).await;
    let held = cinema.hold(slot, 3, NOW).await.unwrap();
    let times = held.hold().unwrap();
    assert_eq!((times.until, times.confirmed_at, held.user()), (minutes(10), None, None));
    assert_eq!((cinema.available(slot).await, held.tickets().len()), (2, 3));
    let found = cinema.ticketing.held(held.id()).await.unwrap();
    assert_eq!((&found, found.hold_state(minutes(9))), (&held, Some(HoldState::Held)));

    let booking = cinema.confirm(&held, "Jane", minutes(4)).await.unwrap();
    let (name, phone) = person("Jane");
    let user = booking.user().unwrap();
    assert_eq!((booking.id(), &user.name, &user.phone), (held.id(), &name, &phone));
    assert_eq!(booking.hold().unwrap().confirmed_at, Some(minutes(4)));
    assert_eq!((booking.made_at(), booking.hold_state(minutes(60))), (NOW, Some(HoldState::Confirmed)));
    let ids = |booking: &Booking| booking.tickets().iter().map(Ticket::id).collect::<Vec<_>>();
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
    let states = [&held[0], &held[1]].map(Booking::id);
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
    let statuses: Vec<_> = now.tickets().iter().map(Ticket::status).collect();
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
    let confirm =
        || cinema.ticketing.confirm(id, confirmation(person("Jane"), Some(idempotency("confirm"))), minutes(8));
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
    let confirmed = cinema.ticketing.confirm(held.id(), confirmation(person("Jane"), key()), NOW).await;
    assert_eq!(refused(confirmed), Refusal::KeyReused);
    let two = Some(idempotency("two"));
    cinema.ticketing.confirm(held.id(), confirmation(person("Jane"), two.clone()), NOW).await.unwrap();
    let john = cinema.ticketing.confirm(held.id(), confirmation(person("John"), two), NOW).await;
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
    assert_eq!(refused(cinema.ticketing.confirm(guess, confirmation(person("Jane"), None), NOW).await), unknown);
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
