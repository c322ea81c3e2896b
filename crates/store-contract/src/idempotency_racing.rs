//! Doing a thing once, asked for many times at once.

use std::sync::Arc;

use ticketly_domain::{IdempotencyRecord, NewBooking, Refusal, Target, TicketStatus};

use crate::Cinema;
use crate::cinema::{NOW, idempotency, keyed, minutes, race, refused, request, rng, split, taken};

pub async fn sixteen_racing_bookings_with_one_key_make_one_booking(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(16, |number| {
        let ticketing = ticketing.clone();
        async move { ticketing.book(keyed("book", request(slot, 3)), NOW, &mut rng(number)).await }
    });
    let (bookings, refusals) = split(outcomes.await);
    assert_eq!(refusals, []);
    assert_eq!(bookings, vec![bookings[0].clone(); 16]);
    assert_eq!(cinema.tickets(slot).await, bookings[0].tickets());
    assert_eq!(cinema.balanced(slot).await, 3);
}

pub async fn sixteen_racing_moves_with_one_key_make_one_move(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(20).await, cinema.slot(20).await);
    let id = cinema.book(here, 3).await.unwrap().tickets()[1].id();
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(16, |number| {
        let ticketing = ticketing.clone();
        async move { ticketing.move_ticket(id, Target::Slot(there), Some(idempotency("move")), NOW, &mut rng(number)).await }
    });
    let (moves, refusals) = split(outcomes.await);
    assert_eq!(refusals, []);
    assert_eq!(moves, vec![moves[0].clone(); 16]);
    assert_eq!(cinema.tickets(there).await, [moves[0].new.clone()]);
    assert_eq!((cinema.balanced(here).await, cinema.balanced(there).await), (2, 1));
}

pub async fn sixteen_racing_cancels_with_one_key_free_one_seat(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let id = cinema.book(slot, 3).await.unwrap().tickets()[1].id();
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(16, |number| {
        let (ticketing, at) = (ticketing.clone(), minutes(i64::try_from(number).unwrap()));
        async move { ticketing.cancel(id, Some(idempotency("cancel")), at).await }
    });
    let (answers, refusals) = split(outcomes.await);
    assert_eq!(refusals, []);
    assert_eq!(answers, vec![cinema.ticketing.ticket(&id).await.unwrap(); 16]);
    assert_eq!((cinema.available(slot).await, cinema.balanced(slot).await), (18, 2));
}

pub async fn of_racing_requests_with_one_key_one_kind_happens(mut cinema: Cinema) {
    let slot = cinema.slot(100).await;
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(16, |number| {
        let (ticketing, count) = (ticketing.clone(), 1 + u32::try_from(number % 4).unwrap());
        async move { ticketing.book(keyed("book", request(slot, count)), NOW, &mut rng(number)).await }
    });
    let (bookings, refusals) = split(outcomes.await);
    assert_eq!(bookings, vec![bookings[0].clone(); 4], "the first request's four repetitions");
    assert_eq!(refusals, vec![Refusal::KeyReused; 12]);
    assert_eq!(cinema.tickets(slot).await, bookings[0].tickets());
    assert_eq!(usize::try_from(cinema.balanced(slot).await).unwrap(), bookings[0].tickets().len());
}

pub async fn repetitions_race_with_changes_of_what_they_made(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(20).await, cinema.slot(20).await);
    let first = cinema.ask(keyed("book", request(here, 4)), NOW).await.unwrap();
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(12, |number| {
        let (ticketing, first) = (ticketing.clone(), first.clone());
        async move {
            let (ticket, rng) = (first.tickets()[usize::try_from(number % 4).unwrap()].id(), &mut rng(number));
            match number {
                0 | 1 => ticketing.cancel(ticket, None, minutes(1)).await.map(|_| first),
                2 | 3 => ticketing.move_ticket(ticket, Target::Slot(there), None, minutes(1), rng).await.map(|_| first),
                _ => ticketing.book(keyed("book", request(here, 4)), minutes(2), rng).await,
            }
        }
    });
    let (answers, refusals) = split(outcomes.await);
    assert_eq!((answers, refusals), (vec![first; 12], vec![]));
    assert_eq!((cinema.balanced(here).await, cinema.balanced(there).await), (0, 2));
    assert_eq!(cinema.count(here, TicketStatus::Canceled).await, 4);
}

pub async fn a_taken_number_leaves_no_record(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let occupant = cinema.book(slot, 1).await.unwrap();
    let idempotency = Some(IdempotencyRecord { key: [1; 16], request: [2; 16], at: NOW });
    let clash = NewBooking { no: occupant.id().key.no, idempotency, ..cinema.minted(slot, 1).await };
    taken(cinema.store().book(&clash).await);
    let other = Some(IdempotencyRecord { key: [1; 16], request: [3; 16], at: NOW });
    let fresh = NewBooking { idempotency: other, ..cinema.minted(slot, 2).await };
    let made = cinema.store().book(&fresh).await.unwrap();
    assert_eq!(made.tickets().len(), 2, "the key was free for another request");
    let store: Arc<_> = cinema.store();
    // A repetition with other identifiers, one of them taken, is still a repetition.
    let again = NewBooking { idempotency: other, ..clash };
    assert_eq!(store.book(&again).await.unwrap(), made);
    let reused = NewBooking { idempotency, ..fresh };
    assert_eq!(refused(store.book(&reused).await.map_err(Into::into)), Refusal::KeyReused);
    assert_eq!(cinema.balanced(slot).await, 3);
}
