//! Doing a thing once: a repetition is answered as the first request was, whatever has happened since.

use chrono::TimeDelta;
use ticketly_domain::{
    Action, Booking, Change, Deadline, Moved, Refusal, SlotDraft, SlotId, Sweep, Ticket, TicketId, TicketStatus,
    Tickets,
};

use crate::Cinema;
use crate::cinema::{NOW, SHOW_END, draft, keyed, minutes, refused, request, request_of, skyfall};

/// Asks again before and after a restart.
async fn booked_again(mut cinema: Cinema, key: &str, slot: SlotId, first: &Booking) -> Cinema {
    let before = cinema.everything().await;
    for _ in 0..2 {
        let again = cinema.ask(keyed(key, request(slot, 2)), minutes(800)).await.unwrap();
        assert_eq!(again, *first);
        assert_eq!(cinema.everything().await, before);
        cinema = cinema.reopened().await;
    }
    cinema
}

pub async fn a_repeated_booking_is_answered_as_the_first_was(mut cinema: Cinema) {
    let (slot, other) = (cinema.slot(3).await, cinema.slot(3).await);
    let first = cinema.ask(keyed("book", request(slot, 2)), NOW).await.unwrap();
    cinema = booked_again(cinema, "book", slot, &first).await;
    cinema.ticketing.cancel(first.tickets()[0].id(), None, minutes(1)).await.unwrap();
    cinema = booked_again(cinema, "book", slot, &first).await;
    cinema.shift(first.tickets()[1].id(), other).await.unwrap();
    cinema = booked_again(cinema, "book", slot, &first).await;
    cinema.book(slot, 3).await.unwrap();
    cinema = booked_again(cinema, "book", slot, &first).await;
    cinema.expire_by(SHOW_END).await;
    cinema = booked_again(cinema, "book", slot, &first).await;
    let archived = cinema.store().archive(&Sweep { due_by: minutes(800), at: minutes(800), limit: 100 }).await.unwrap();
    assert_eq!(archived.tickets, 6);
    booked_again(cinema, "book", slot, &first).await;
}

async fn moved_again(mut cinema: Cinema, ticket: TicketId, there: SlotId, first: &Moved) -> Cinema {
    let before = cinema.everything().await;
    for _ in 0..2 {
        let again = cinema.shift_once("move", ticket, there, minutes(800)).await.unwrap();
        assert_eq!(again, *first);
        assert_eq!(cinema.everything().await, before);
        cinema = cinema.reopened().await;
    }
    cinema
}

pub async fn a_repeated_move_is_answered_as_the_first_was(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(3).await, cinema.slot(3).await);
    let ticket = cinema.ticket(here).await;
    let first = cinema.shift_once("move", ticket.id(), there, minutes(2)).await.unwrap();
    assert_eq!((first.old.since(), first.new.since()), (minutes(2), minutes(2)));
    cinema = moved_again(cinema, ticket.id(), there, &first).await;
    cinema.book(there, 2).await.unwrap();
    cinema = moved_again(cinema, ticket.id(), there, &first).await;
    cinema.ticketing.cancel(first.new.id(), None, minutes(5)).await.unwrap();
    cinema = moved_again(cinema, ticket.id(), there, &first).await;
    cinema.expire_by(SHOW_END).await;
    cinema = moved_again(cinema, ticket.id(), there, &first).await;
    cinema.store().archive(&Sweep { due_by: minutes(800), at: minutes(800), limit: 100 }).await.unwrap();
    assert_eq!(cinema.count(here, TicketStatus::Archived).await, 1);
    moved_again(cinema, ticket.id(), there, &first).await;
}

async fn canceled_again(mut cinema: Cinema, ticket: TicketId, first: &Ticket) -> Cinema {
    let before = cinema.everything().await;
    for _ in 0..2 {
        assert_eq!(cinema.cancel_once("cancel", ticket, minutes(800)).await.unwrap(), *first);
        assert_eq!(cinema.everything().await, before);
        cinema = cinema.reopened().await;
    }
    cinema
}

pub async fn a_repeated_cancel_is_answered_as_the_first_was(mut cinema: Cinema) {
    let slot = cinema.slot(3).await;
    let id = cinema.book(slot, 2).await.unwrap().tickets()[1].id();
    let first = cinema.cancel_once("cancel", id, minutes(2)).await.unwrap();
    assert_eq!((first.status(), first.since()), (TicketStatus::Canceled, minutes(2)));
    cinema = canceled_again(cinema, id, &first).await;
    cinema.book(slot, 2).await.unwrap();
    cinema = canceled_again(cinema, id, &first).await;
    cinema.expire_by(SHOW_END).await;
    cinema = canceled_again(cinema, id, &first).await;
    cinema.store().archive(&Sweep { due_by: minutes(800), at: minutes(800), limit: 100 }).await.unwrap();
    assert_eq!(cinema.ticketing.ticket(&id).await.unwrap().status(), TicketStatus::Archived);
    canceled_again(cinema, id, &first).await;
}

pub async fn a_repetition_is_answered_before_any_other_rule_is_asked(mut cinema: Cinema) {
    let (here, full) = (cinema.slot(2).await, cinema.slot(1).await);
    let first = cinema.ask(keyed("book", request(here, 2)), NOW).await.unwrap();
    let id = first.tickets()[0].id();
    let moved = cinema.shift_once("move", id, full, NOW).await.unwrap();
    cinema.book(here, 1).await.unwrap();
    assert_eq!(cinema.ask(keyed("book", request(here, 2)), NOW).await.unwrap(), first, "though all is sold out");
    assert_eq!(cinema.shift_once("move", id, full, NOW).await.unwrap(), moved, "though the ticket is not booked");
    let late = SHOW_END + TimeDelta::hours(1);
    assert_eq!(cinema.ask(keyed("book", request(here, 2)), late).await.unwrap(), first, "though the slot has ended");
    assert_eq!(cinema.shift_once("move", id, full, late).await.unwrap(), moved, "though the slots have ended");
    let canceled = cinema.cancel_once("cancel", moved.new.id(), NOW).await.unwrap();
    cinema.store().archive(&Sweep { due_by: late, at: late, limit: 100 }).await.unwrap();
    assert_eq!(cinema.cancel_once("cancel", moved.new.id(), late).await.unwrap(), canceled, "though it is archived");
}

pub async fn a_repeated_booking_by_name_and_start_stays_in_its_slot(mut cinema: Cinema) {
    let (one, other) = cinema.twins(2).await;
    let first = cinema.ask(keyed("book", request(skyfall(), 2)), NOW).await.unwrap();
    assert_eq!(first.key().slot, one);
    assert_eq!(cinema.ask(keyed("book", request(skyfall(), 2)), NOW).await.unwrap(), first);
    assert_eq!((cinema.balanced(one).await, cinema.balanced(other).await), (2, 0));
    let moved = cinema.shift_once("move", first.tickets()[0].id(), skyfall(), NOW).await.unwrap();
    assert_eq!(cinema.shift_once("move", first.tickets()[0].id(), skyfall(), NOW).await.unwrap(), moved);
    assert_eq!((cinema.balanced(one).await, cinema.balanced(other).await), (1, 1));
}

pub async fn a_repeated_second_cancel_tells_when_the_first_was(mut cinema: Cinema) {
    let (slot, other) = (cinema.slot(3).await, cinema.slot(3).await);
    let booking = cinema.book(slot, 2).await.unwrap();
    let [gone, moved] = [booking.tickets()[0].id(), booking.tickets()[1].id()];
    cinema.ticketing.cancel(gone, None, minutes(1)).await.unwrap();
    cinema.shift_once("move", moved, other, minutes(2)).await.unwrap();
    let firsts = [
        cinema.cancel_once("gone", gone, minutes(8)).await.unwrap(),
        cinema.cancel_once("moved", moved, minutes(9)).await.unwrap(),
    ];
    assert_eq!(firsts.each_ref().map(Ticket::since), [minutes(1), minutes(2)]);
    cinema.store().archive(&Sweep { due_by: minutes(99), at: minutes(99), limit: 100 }).await.unwrap();
    assert_eq!(cinema.count(slot, TicketStatus::Archived).await, 2);
    assert_eq!(cinema.cancel_once("gone", gone, minutes(100)).await.unwrap(), firsts[0]);
    assert_eq!(cinema.cancel_once("moved", moved, minutes(100)).await.unwrap(), firsts[1]);
}

pub async fn a_repeated_move_does_not_show_a_later_move(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(3).await, cinema.slot(3).await);
    let booking = cinema.ask(keyed("book", request(here, 1)), NOW).await.unwrap();
    let id = booking.tickets()[0].id();
    let first = cinema.shift_once("move", id, there, minutes(1)).await.unwrap();
    let second = cinema.shift_once("onward", first.new.id(), here, minutes(2)).await.unwrap();
    assert_eq!(cinema.shift_once("move", id, there, minutes(3)).await.unwrap(), first);
    assert_eq!(cinema.shift_once("onward", first.new.id(), here, minutes(3)).await.unwrap(), second);
    assert_eq!(cinema.ask(keyed("book", request(here, 1)), minutes(3)).await.unwrap(), booking);
    assert_eq!((cinema.balanced(here).await, cinema.balanced(there).await), (1, 0));
}

pub async fn another_request_with_the_same_key_is_refused(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(20).await, cinema.slot(20).await);
    let booking = cinema.ask(keyed("book", request(here, 3)), NOW).await.unwrap();
    let [one, two, three] = [0, 1, 2].map(|index: usize| booking.tickets()[index].id());
    cinema.shift_once("move", one, there, NOW).await.unwrap();
    cinema.cancel_once("cancel", two, NOW).await.unwrap();
    let before = cinema.everything().await;
    let others = [request(here, 2), request(there, 3), request(skyfall(), 3), request_of("Mary", here, 3)];
    for other in others {
        assert_eq!(refused(cinema.ask(keyed("book", other), NOW).await), Refusal::KeyReused);
    }
    assert_eq!(refused(cinema.shift_once("move", two, there, NOW).await), Refusal::KeyReused);
    assert_eq!(refused(cinema.shift_once("move", one, skyfall(), NOW).await), Refusal::KeyReused);
    assert_eq!(refused(cinema.cancel_once("cancel", three, NOW).await), Refusal::KeyReused);
    for key in ["book", "move"] {
        assert_eq!(refused(cinema.cancel_once(key, two, NOW).await), Refusal::KeyReused);
    }
    for key in ["book", "cancel"] {
        assert_eq!(refused(cinema.shift_once(key, one, there, NOW).await), Refusal::KeyReused);
    }
    for key in ["move", "cancel"] {
        assert_eq!(refused(cinema.ask(keyed(key, request(here, 3)), NOW).await), Refusal::KeyReused);
    }
    assert_eq!(cinema.everything().await, before);
}

pub async fn another_key_makes_another_booking(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let first = cinema.ask(keyed("one", request(slot, 2)), NOW).await.unwrap();
    let second = cinema.ask(keyed("One", request(slot, 2)), NOW).await.unwrap();
    let third = cinema.ask(request(slot, 2), NOW).await.unwrap();
    assert!(first.id() != second.id() && second.id() != third.id() && first.id() != third.id());
    assert_eq!(cinema.balanced(slot).await, 6);
}

pub async fn a_refused_request_leaves_no_record(mut cinema: Cinema) {
    let (slot, other) = (cinema.slot(2).await, cinema.slot(1).await);
    let held = cinema.book(slot, 2).await.unwrap().tickets()[0].id();
    let occupant = cinema.ticket(other).await.id();
    let sold_out = Refusal::SoldOut { available: 0 };
    assert_eq!(refused(cinema.ask(keyed("book", request(slot, 1)), NOW).await), sold_out);
    assert_eq!(refused(cinema.shift_once("move", held, other, NOW).await), sold_out);
    let unknown = TicketId { index: 9, ..held };
    assert!(matches!(refused(cinema.cancel_once("cancel", unknown, NOW).await), Refusal::Unknown(_)));
    cinema.cancel(occupant).await.unwrap();
    let moved = cinema.shift_once("move", held, other, NOW).await.unwrap();
    let booked = cinema.ask(keyed("book", request(slot, 1)), NOW).await.unwrap();
    assert_eq!((booked.key().slot, moved.new.showing().id()), (slot, other));
    let canceled = cinema.cancel_once("cancel", moved.new.id(), NOW).await.unwrap();
    assert_eq!(canceled.status(), TicketStatus::Canceled, "the key was free for another request");
    assert_eq!((cinema.balanced(slot).await, cinema.balanced(other).await), (2, 0));
}

pub async fn a_cancel_that_changed_nothing_is_recorded(mut cinema: Cinema) {
    let slot = cinema.slot(5).await;
    let booking = cinema.book(slot, 2).await.unwrap();
    let [one, two] = [booking.tickets()[0].id(), booking.tickets()[1].id()];
    cinema.cancel(one).await.unwrap();
    cinema.cancel_once("cancel", one, NOW).await.unwrap();
    let before = cinema.everything().await;
    assert_eq!(refused(cinema.cancel_once("cancel", two, NOW).await), Refusal::KeyReused);
    assert_eq!(cinema.everything().await, before);
}

pub async fn records_are_kept_for_a_day_whatever_is_swept(mut cinema: Cinema) {
    cinema.at_the_box_office();
    let slot = cinema.slot(5).await;
    let festival = SlotDraft { start: NOW, end: NOW + TimeDelta::hours(24), ..draft("Festival", 5) };
    let festival = cinema.slot_of(&festival).await;
    let booking = cinema.ask(keyed("book", request(slot, 2)), NOW).await.unwrap();
    let [one, two] = [booking.tickets()[0].id(), booking.tickets()[1].id()];
    let canceled = cinema.cancel_once("cancel", one, NOW).await.unwrap();
    let moved = cinema.shift_once("move", two, festival, NOW).await.unwrap();
    let eve = NOW + TimeDelta::hours(23) + TimeDelta::minutes(59);
    for hour in 1..24 {
        let at = NOW + TimeDelta::hours(hour);
        cinema.store().expire(&Sweep { due_by: at, at, limit: 100 }).await.unwrap();
        cinema.store().archive(&Sweep { due_by: at, at, limit: 100 }).await.unwrap();
        cinema.ask(keyed(&format!("hour-{hour}"), request(festival, 1)), at).await.ok();
    }
    cinema = cinema.reopened().await;
    assert_eq!(cinema.ask(keyed("book", request(slot, 2)), eve).await.unwrap(), booking);
    assert_eq!(cinema.cancel_once("cancel", one, eve).await.unwrap(), canceled);
    assert_eq!(cinema.shift_once("move", two, festival, eve).await.unwrap(), moved);
    // A clock that was set back by a little changes nothing about it.
    let action = Action::Cancel { tickets: Tickets::One(one), until: Deadline::End, refund: None };
    let early = Change { booking: one.booking, action, at: minutes(-5), idempotency: None };
    assert!(cinema.store().change(&early).await.is_err(), "the ticket is archived");
    assert_eq!(cinema.cancel_once("cancel", one, minutes(-5)).await.unwrap(), canceled);
    assert_eq!(cinema.balanced(festival).await, 5);
}
