//! Expiry: what was booked and not canceled expires some hours after the slot's end.

use std::sync::Arc;

use chrono::TimeDelta;
use ticketly_domain::{Refusal, SlotDraft, Sweep, Swept, Target, TicketStatus};

use crate::Cinema;
use crate::cinema::{NOW, SHOW_END, SHOW_START, draft, race, refused, request_of, rng, split};

const DUE: TimeDelta = TimeDelta::hours(8);

pub async fn tickets_expire_8_hours_after_the_end_and_not_before(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let booking = cinema.book(slot, 3).await.unwrap();
    let before = cinema.everything().await;
    let early = SHOW_END + DUE - TimeDelta::milliseconds(1);
    assert_eq!(cinema.ticketing.expire(early).await.unwrap(), Swept::default());
    assert_eq!(cinema.everything().await, before);
    assert_eq!(cinema.ticketing.expire(SHOW_END + DUE).await.unwrap(), Swept { tickets: 3, more: false });
    for (now, then) in cinema.tickets(slot).await.iter().zip(booking.tickets()) {
        assert_eq!((now.id(), now.status(), now.since()), (then.id(), TicketStatus::Expired, SHOW_END + DUE));
    }
    let seats = cinema.ticketing.slot(slot).await.unwrap().seats().clone();
    assert_eq!((seats.available(), seats.closed()), (17, true), "an expired ticket's seat was sold");
}

pub async fn only_booked_tickets_expire(mut cinema: Cinema) {
    let later = SlotDraft { end: SHOW_END + TimeDelta::milliseconds(1), ..draft("Spectre", 9) };
    let (slot, later) = (cinema.slot(20).await, cinema.slot_of(&later).await);
    let booking = cinema.book(slot, 3).await.unwrap();
    let canceled = cinema.cancel(booking.tickets()[0].id()).await.unwrap();
    let moved = cinema.shift(booking.tickets()[1].id(), later).await.unwrap();
    cinema.book(later, 2).await.unwrap();
    assert_eq!(cinema.expire_by(SHOW_END).await, 1);
    let tickets = cinema.tickets(slot).await;
    assert_eq!(tickets[..2], [canceled, moved.old]);
    assert_eq!(tickets[2].status(), TicketStatus::Expired);
    assert_eq!(cinema.count(later, TicketStatus::Booked).await, 3, "the other showing ended later");
    assert!(!cinema.ticketing.slot(later).await.unwrap().seats().closed());
    assert_eq!((cinema.balanced(slot).await, cinema.balanced(later).await), (0, 3));
}

pub async fn expiry_happens_once(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    cinema.book(slot, 3).await.unwrap();
    assert_eq!(cinema.expire_by(SHOW_END).await, 3);
    let before = cinema.everything().await;
    for hours in [0, 1, 100] {
        let again = cinema.ticketing.expire(SHOW_END + DUE + TimeDelta::hours(hours)).await.unwrap();
        assert_eq!(again, Swept::default());
    }
    assert_eq!(cinema.everything().await, before);
}

pub async fn expiry_closes_slots_without_bookings_too(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let swept = cinema.store().expire(&Sweep { due_by: SHOW_END, at: SHOW_END, limit: 1 }).await.unwrap();
    assert_eq!(swept.tickets, 0);
    assert!(cinema.ticketing.slot(slot).await.unwrap().seats().closed());
    assert_eq!(refused(cinema.book(slot, 1).await), Refusal::SlotEnded);
}

pub async fn expiry_goes_on_in_small_steps_until_nothing_is_left(mut cinema: Cinema) {
    let slots = [cinema.slot(20).await, cinema.slot(20).await, cinema.slot(20).await];
    for slot in slots {
        for count in [3, 1, 2] {
            cinema.book(slot, count).await.unwrap();
        }
    }
    let mut steps = Vec::new();
    while steps.last().is_none_or(|last: &Swept| last.more) {
        // Whoever took the step before may have stopped for good: a restart is no matter.
        cinema = cinema.reopened().await;
        steps.push(cinema.store().expire(&Sweep { due_by: SHOW_END, at: SHOW_END, limit: 2 }).await.unwrap());
        assert!(steps.len() < 100, "steps come to an end: {steps:?}");
        for slot in slots {
            let closed = cinema.ticketing.slot(slot).await.unwrap().seats().closed();
            assert!(closed || cinema.count(slot, TicketStatus::Expired).await == 0, "closed first");
            cinema.balanced(slot).await;
        }
    }
    assert_eq!(steps.iter().map(|step| step.tickets).sum::<u64>(), 18, "{steps:?}");
    assert!(steps.iter().all(|step| step.tickets <= 5), "two bookings a step: {steps:?}");
    for slot in slots {
        assert_eq!(cinema.count(slot, TicketStatus::Expired).await, 6);
    }
}

pub async fn two_sweepers_at_once_expire_each_ticket_once(mut cinema: Cinema) {
    let slot = cinema.slot(100).await;
    for _ in 0..40 {
        cinema.book(slot, 2).await.unwrap();
    }
    let store = cinema.store();
    let counts = race(2, |_| {
        let store = Arc::clone(&store);
        async move {
            let mut tickets = 0;
            for _ in 0..200 {
                let swept = store.expire(&Sweep { due_by: SHOW_END, at: SHOW_END, limit: 3 }).await.unwrap();
                tickets += swept.tickets;
                if !swept.more {
                    break;
                }
            }
            tickets
        }
    });
    assert_eq!(counts.await.iter().sum::<u64>(), 80);
    assert_eq!((cinema.count(slot, TicketStatus::Expired).await, cinema.available(slot).await), (80, 20));
}

pub async fn while_tickets_expire_other_slots_are_booked(mut cinema: Cinema) {
    let ended = cinema.slot(100).await;
    let tomorrow = SHOW_START + TimeDelta::days(1);
    let ahead = SlotDraft { start: tomorrow, end: tomorrow + TimeDelta::hours(2), ..draft("Spectre", 30) };
    let ahead = cinema.slot_of(&ahead).await;
    for _ in 0..30 {
        cinema.book(ended, 3).await.unwrap();
    }
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(34, |number| {
        let ticketing = ticketing.clone();
        async move {
            if number < 4 {
                return ticketing.expire(SHOW_END + DUE).await.map(|swept| swept.tickets);
            }
            let buyer = request_of(&format!("Buyer {number}"), ahead, 1);
            ticketing.book(buyer, SHOW_END + DUE, &mut rng(number)).await.map(|_| 0)
        }
    });
    let (tickets, refusals) = split(outcomes.await);
    assert_eq!((tickets.iter().sum::<u64>(), refusals), (90, vec![]));
    assert_eq!((cinema.balanced(ended).await, cinema.balanced(ahead).await), (0, 30));
}

pub async fn an_expired_ticket_is_neither_canceled_nor_moved(mut cinema: Cinema) {
    let (slot, later) = (cinema.slot(20).await, SlotDraft { end: SHOW_END + DUE, ..draft("Spectre", 9) });
    let later = cinema.slot_of(&later).await;
    let ticket = cinema.ticket(slot).await;
    cinema.expire_by(SHOW_END).await;
    let before = cinema.everything().await;
    let expired = Refusal::NotBooked { status: TicketStatus::Expired };
    assert_eq!(refused(cinema.cancel(ticket.id()).await), expired);
    assert_eq!(refused(cinema.cancel_once("key", ticket.id(), NOW).await), expired);
    assert_eq!(refused(cinema.shift(ticket.id(), later).await), expired);
    assert_eq!(cinema.everything().await, before);
}

pub async fn a_cancel_that_races_with_expiry_comes_before_or_after_it(mut cinema: Cinema) {
    let (slot, later) = (cinema.slot(20).await, SlotDraft { end: SHOW_END + DUE, ..draft("Spectre", 20) });
    let later = cinema.slot_of(&later).await;
    let held = cinema.book(slot, 10).await.unwrap();
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(12, |number| {
        let (ticketing, held) = (ticketing.clone(), held.tickets().get(usize::try_from(number).unwrap()).cloned());
        async move {
            match held {
                Some(ticket) if number % 2 == 0 => ticketing.cancel(ticket.id(), None, NOW).await.map(|_| 0),
                Some(ticket) => {
                    let (target, rng) = (Target::Slot(later), &mut rng(number));
                    ticketing.move_ticket(ticket.id(), target, None, NOW, rng).await.map(|_| 0)
                }
                None => ticketing.expire(SHOW_END + DUE).await.map(|swept| swept.tickets),
            }
        }
    });
    let (done, refusals) = split(outcomes.await);
    let expired = cinema.count(slot, TicketStatus::Expired).await;
    assert_eq!(refusals, vec![Refusal::NotBooked { status: TicketStatus::Expired }; expired]);
    assert_eq!(done.iter().sum::<u64>(), u64::try_from(expired).unwrap());
    assert_eq!(cinema.count(slot, TicketStatus::Canceled).await + expired, 10);
    assert_eq!(cinema.balanced(slot).await, 0);
    cinema.balanced(later).await;
}
