//! Canceling: a seat comes back once.

use chrono::TimeDelta;
use ticketly_domain::{BookingKey, Channel, Entity, Refusal, Secret, TicketId, TicketStatus};

use crate::Cinema;
use crate::cinema::{NOW, SHOW_END, SHOW_START, minutes, race, refused, request_of, rng, split};

pub async fn a_canceled_ticket_frees_its_seat_exactly_once(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let booking = cinema.book(slot, 3).await.unwrap();
    let id = booking.tickets()[1].id();
    let canceled = cinema.ticketing.cancel(id, None, minutes(5)).await.unwrap();
    assert_eq!((canceled.id(), canceled.status(), canceled.since()), (id, TicketStatus::Canceled, minutes(5)));
    assert_eq!(cinema.available(slot).await, 18);
    let again = cinema.ticketing.cancel(id, None, minutes(9)).await.unwrap();
    assert_eq!(again, canceled, "a canceled ticket stays as it is");
    assert_eq!(cinema.available(slot).await, 18);
    assert_eq!(cinema.ticketing.ticket(&id).await.unwrap(), canceled);
    let [first, _, last] = &cinema.tickets(slot).await[..] else { panic!("three tickets stay three") };
    assert_eq!([first, last], [&booking.tickets()[0], &booking.tickets()[2]]);
}

pub async fn sixteen_racing_cancels_of_a_ticket_free_one_seat(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let id = cinema.book(slot, 3).await.unwrap().tickets()[0].id();
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(16, |number| {
        let ticketing = ticketing.clone();
        async move { ticketing.cancel(id, None, minutes(i64::try_from(number).unwrap())).await }
    });
    let (answers, refusals) = split(outcomes.await);
    assert_eq!(refusals, []);
    let kept = cinema.ticketing.ticket(&id).await.unwrap();
    assert_eq!(kept.status(), TicketStatus::Canceled);
    assert_eq!(answers, vec![kept; 16], "all are told of the one cancel that happened");
    assert_eq!((cinema.available(slot).await, cinema.balanced(slot).await), (18, 2));
}

pub async fn racing_cancels_of_the_tickets_of_one_booking_lose_none(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let booking = cinema.book(slot, 10).await.unwrap();
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(10, |number| {
        let (ticketing, id) = (ticketing.clone(), booking.tickets()[usize::try_from(number).unwrap()].id());
        async move { ticketing.cancel(id, None, NOW).await }
    });
    let (answers, _) = split(outcomes.await);
    assert_eq!(answers.len(), 10);
    assert_eq!(cinema.count(slot, TicketStatus::Canceled).await, 10);
    assert_eq!((cinema.available(slot).await, cinema.balanced(slot).await), (20, 0));
}

pub async fn an_unknown_ticket_is_not_canceled(mut cinema: Cinema) {
    let (slot, other) = (cinema.slot(20).await, cinema.slot(20).await);
    let booking = cinema.book(slot, 2).await.unwrap();
    let [one, two] = [booking.tickets()[0].id(), booking.tickets()[1].id()];
    let elsewhere = BookingKey { slot: other, ..one.booking };
    let unheld = [
        TicketId { secret: Secret::mint(&mut cinema.rng), ..one },
        TicketId { secret: booking.id().secret, ..one },
        TicketId { secret: two.secret, ..one },
        TicketId { index: 2, ..one },
        TicketId { index: u8::MAX, ..one },
        TicketId { booking: elsewhere, ..one },
    ];
    let before = cinema.everything().await;
    for id in unheld {
        assert_eq!(refused(cinema.cancel(id).await), Refusal::Unknown(Entity::Ticket));
        assert_eq!(refused(cinema.cancel_once("key", id, NOW).await), Refusal::Unknown(Entity::Ticket));
        assert_eq!(refused(cinema.ticketing.ticket(&id).await), Refusal::Unknown(Entity::Ticket));
    }
    assert_eq!(cinema.everything().await, before);
}

pub async fn a_freed_seat_is_sold_again(mut cinema: Cinema) {
    let slot = cinema.slot(2).await;
    let first = cinema.book(slot, 2).await.unwrap();
    cinema.cancel(first.tickets()[0].id()).await.unwrap();
    assert_eq!(refused(cinema.book(slot, 2).await), Refusal::SoldOut { available: 1 });
    cinema.book(slot, 1).await.unwrap();
    assert_eq!(refused(cinema.book(slot, 1).await), Refusal::SoldOut { available: 0 });
    assert_eq!((cinema.balanced(slot).await, cinema.count(slot, TicketStatus::Canceled).await), (2, 1));
}

pub async fn cancels_racing_with_buyers_neither_lose_nor_invent_seats(mut cinema: Cinema) {
    let slot = cinema.slot(10).await;
    let held = cinema.book(slot, 10).await.unwrap();
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(30, |number| {
        let (ticketing, held) = (ticketing.clone(), held.tickets().get(usize::try_from(number).unwrap()).cloned());
        async move {
            match held {
                Some(ticket) => ticketing.cancel(ticket.id(), None, NOW).await.map(|_| false),
                None => ticketing.book(request_of("Mary", slot, 1), NOW, &mut rng(number)).await.map(|_| true),
            }
        }
    });
    let (done, refusals) = split(outcomes.await);
    let bought = done.iter().filter(|bought| **bought).count();
    assert_eq!(done.len() - bought, 10, "every cancel succeeds");
    assert!(refusals.iter().all(|refusal| matches!(refusal, Refusal::SoldOut { .. })), "{refusals:?}");
    assert_eq!(usize::try_from(cinema.balanced(slot).await).unwrap(), bought);
}

pub async fn the_box_office_cancels_longer_than_the_public(mut cinema: Cinema) {
    let slot = cinema.slot(5).await;
    let booking = cinema.book(slot, 3).await.unwrap();
    let box_office = cinema.ticketing.through(Channel::BoxOffice);
    let id = |index: usize| booking.tickets()[index].id();
    cinema.ticketing.cancel(id(0), None, SHOW_START - TimeDelta::milliseconds(1)).await.unwrap();
    assert_eq!(refused(cinema.ticketing.cancel(id(1), None, SHOW_START).await), Refusal::ChangesClosed);
    box_office.cancel(id(1), None, SHOW_END - TimeDelta::milliseconds(1)).await.unwrap();
    assert_eq!(refused(box_office.cancel(id(2), None, SHOW_END).await), Refusal::SlotEnded, "the film was seen");
    cinema.ticketing.cancel(id(0), None, SHOW_END).await.expect("it is canceled already");
    assert_eq!(cinema.balanced(slot).await, 1);
}
