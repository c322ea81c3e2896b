//! Many at once: a store may gather changes into one commit, but each stands alone.

use std::sync::Arc;

use ticketly_domain::{
    BookingKey, Entity, IdempotencyRecord, NewBooking, Refusal, SlotId, Target, Ticket, TicketStatus,
};

use crate::Cinema;
use crate::cinema::{NOW, minutes, race, refused, request_of, rng, split, taken};

pub async fn failing_jobs_do_not_fail_their_neighbours(mut cinema: Cinema) {
    let (slot, full) = (cinema.slot(1000).await, cinema.slot(1).await);
    let (occupant, other) = (cinema.book(slot, 1).await.unwrap(), cinema.ticket(full).await);
    let idempotency = Some(IdempotencyRecord { key: [9; 16], request: [1; 16], at: NOW });
    let first = NewBooking { idempotency, ..cinema.minted(slot, 1).await };
    cinema.store().book(&first).await.unwrap();
    let mut jobs = Vec::new();
    for number in 0..96 {
        let good = cinema.minted(slot, 1).await;
        jobs.push(match number % 6 {
            0 => NewBooking { no: occupant.id().key.no, ..good },
            1 => NewBooking { target: Target::Slot(full), ..good },
            2 => NewBooking { target: Target::Slot(SlotId::from_u64(1).unwrap()), ..good },
            3 => NewBooking {
                idempotency: idempotency.map(|idempotency| IdempotencyRecord { request: [2; 16], ..idempotency }),
                ..good
            },
            _ => good,
        });
    }
    let store = cinema.store();
    let outcomes = race(96, |number| {
        let (store, job) = (Arc::clone(&store), jobs[usize::try_from(number).unwrap()].clone());
        async move { store.book(&job).await }
    });
    for (number, (outcome, job)) in outcomes.await.into_iter().zip(&jobs).enumerate() {
        match number % 6 {
            0 => taken(outcome),
            1 => assert_eq!(refused(outcome.map_err(Into::into)), Refusal::SoldOut { available: 0 }),
            2 => assert_eq!(refused(outcome.map_err(Into::into)), Refusal::Unknown(Entity::Slot)),
            3 => assert_eq!(refused(outcome.map_err(Into::into)), Refusal::KeyReused),
            _ => assert_eq!(outcome.unwrap().id().key, BookingKey { slot, no: job.no }),
        }
    }
    assert_eq!((cinema.balanced(slot).await, cinema.balanced(full).await), (2 + 32, 1));
    assert_eq!(cinema.tickets(full).await, [other]);
}

pub async fn a_busy_afternoon_leaves_every_seat_accounted_for(mut cinema: Cinema) {
    let slots = [cinema.slot(30).await, cinema.slot(20).await, cinema.slot(10).await];
    let ticketing = cinema.ticketing.clone();
    let visitors = race(24, |number| {
        let ticketing = ticketing.clone();
        async move {
            let (rng, mut held, mut expected) = (&mut rng(number), Vec::new(), 0_i64);
            for step in 0..12 {
                let slot = slots[usize::try_from((number + step) % 3).unwrap()];
                let at = minutes(i64::try_from(step).unwrap());
                let ticket = (step % 3 != 0).then(|| held.pop()).flatten();
                let change = match ticket {
                    None => {
                        let count = 1 + u32::try_from((number + step) % 3).unwrap();
                        let request = request_of(&format!("Visitor {number}"), slot, count);
                        ticketing.book(request, at, rng).await.map(|made| {
                            held.extend(made.tickets().iter().map(Ticket::id));
                            i64::from(count)
                        })
                    }
                    Some(ticket) if step % 3 == 1 => {
                        let moved = ticketing.move_ticket(ticket, Target::Slot(slot), None, at, rng).await;
                        moved.map(|moved| {
                            held.push(moved.new.id());
                            0
                        })
                    }
                    Some(ticket) => ticketing.cancel(ticket, None, at).await.map(|_| -1),
                };
                match change {
                    Ok(change) => expected += change,
                    Err(error) => {
                        let refusal = refused::<()>(Err(error));
                        assert!(matches!(refusal, Refusal::SoldOut { .. } | Refusal::SameSlot), "{refusal:?}");
                    }
                }
            }
            Ok(expected)
        }
    });
    let (expected, _) = split(visitors.await);
    let (mut booked, mut canceled) = (0, 0);
    for slot in slots {
        booked += i64::from(cinema.balanced(slot).await);
        canceled += cinema.count(slot, TicketStatus::Canceled).await;
    }
    assert!(canceled > 0, "it was busy");
    assert_eq!(booked, expected.iter().sum::<i64>());
}
