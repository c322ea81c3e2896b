//! Races about holds: exactly one of confirming, lapsing, extending and releasing wins, by the state of the booking.

use std::sync::Arc;

use chrono::TimeDelta;
use ticketly_domain::{
    Booking, BookingRequest, Error, HoldRequest, HoldState, Refusal, Selection, Target, TicketCount,
};

use crate::cinema::{
    Cinema, NOW, confirmation, idempotency, minutes, named, person, race, refused, request, request_of, rng, split,
};
use crate::holds::hall_of;

const HALL: &str = "legend . standard\nrow A 1 1 ....\nrow B 1 1 ....";

/// Two slots, whose only seats are held: without a plan, and in an auditorium.
async fn held(cinema: &mut Cinema) -> [(Booking, BookingRequest); 2] {
    let (slot, seated) = (cinema.slot(2).await, cinema.seated("legend . standard\nrow A 1 1 ..").await);
    let mut held = Vec::new();
    for slot in [slot, seated] {
        held.push((cinema.hold(slot, 2, NOW).await.unwrap(), request_of("John", slot, 2)));
    }
    held.try_into().expect("there are two")
}

fn won(outcome: &Result<Booking, Error>) -> bool {
    outcome.is_ok()
}

pub async fn of_racing_buyers_of_a_lapsed_hold_one_gets_its_seats(mut cinema: Cinema) {
    for (hold, request) in held(&mut cinema).await {
        let (ticketing, request) = (cinema.ticketing.clone(), Arc::new(request));
        let outcomes = race(24, move |number| {
            let (ticketing, request) = (ticketing.clone(), Arc::clone(&request));
            async move { ticketing.book((*request).clone(), minutes(10), &mut rng(number)).await }
        })
        .await;
        let (booked, refusals) = split(outcomes);
        assert_eq!((booked.len(), refusals.len()), (1, 23));
        assert!(refusals.iter().all(|refusal| *refusal == Refusal::SoldOut { available: 0 }), "{refusals:?}");
        assert_eq!(cinema.ticketing.held(hold.id()).await.unwrap().hold_state(NOW), Some(HoldState::Lapsed));
        let slot = hold.key().slot;
        assert_eq!((cinema.available(slot).await, cinema.tickets(slot).await.len()), (0, 4));
    }
}

pub async fn confirming_races_with_buyers_of_the_lapsed_seats(mut cinema: Cinema) {
    for round in 0..6 {
        for (hold, request) in held(&mut cinema).await {
            let (ticketing, id) = (cinema.ticketing.clone(), hold.id());
            // A clock that is late confirms, others find that the hold has lapsed.
            let outcomes = race(6, move |number| {
                let (ticketing, request) = (ticketing.clone(), request.clone());
                async move {
                    if number % 2 == round % 2 {
                        let late = minutes(10) - TimeDelta::milliseconds(1);
                        return ticketing.confirm(id, confirmation(person("Jane"), None), late).await;
                    }
                    ticketing.book(request, minutes(10), &mut rng(number)).await
                }
            })
            .await;
            let names: Vec<_> = outcomes.iter().flatten().map(|booking| booking.user().unwrap().name.clone()).collect();
            let confirmed = names.iter().filter(|name| name.as_str() == "Jane").count();
            assert!(confirmed == 3 && names.len() == 3 || confirmed == 0 && names.len() == 1, "{names:?}");
            let slot = hold.key().slot;
            assert_eq!((cinema.available(slot).await, cinema.balanced(slot).await), (0, 2));
        }
    }
}

pub async fn confirming_races_with_releasing(mut cinema: Cinema) {
    for _ in 0..6 {
        for (hold, _) in held(&mut cinema).await {
            let (ticketing, id) = (cinema.ticketing.clone(), hold.id());
            let outcomes = race(8, move |number| {
                let ticketing = ticketing.clone();
                async move {
                    match number % 2 {
                        0 => ticketing.confirm(id, confirmation(person("Jane"), None), minutes(1)).await,
                        _ => ticketing.release(id, None, minutes(1)).await,
                    }
                }
            })
            .await;
            let slot = hold.key().slot;
            let left = cinema.available(slot).await;
            assert_eq!(
                outcomes.iter().step_by(2).filter(|outcome| won(outcome)).count(),
                if left == 0 { 4 } else { 0 }
            );
            assert_eq!(outcomes.iter().filter(|outcome| won(outcome)).count(), 4);
            assert_eq!(cinema.balanced(slot).await, 2 - left);
        }
    }
}

pub async fn extending_races_with_lapsing(mut cinema: Cinema) {
    for _ in 0..6 {
        for (hold, request) in held(&mut cinema).await {
            let (ticketing, id) = (cinema.ticketing.clone(), hold.id());
            let outcomes = race(4, move |number| {
                let (ticketing, request) = (ticketing.clone(), request.clone());
                async move {
                    match number % 2 {
                        0 => ticketing.extend(id, None, minutes(10) - TimeDelta::milliseconds(1)).await,
                        _ => ticketing.book(request, minutes(10), &mut rng(number)).await,
                    }
                }
            })
            .await;
            let extended = outcomes.iter().step_by(2).filter(|outcome| won(outcome)).count();
            let booked = outcomes.iter().skip(1).step_by(2).filter(|outcome| won(outcome)).count();
            assert!(matches!((extended, booked), (2, 0) | (0, 1)), "{outcomes:?}");
            let slot = hold.key().slot;
            assert_eq!((cinema.available(slot).await, cinema.balanced(slot).await), (0, 2));
        }
    }
}

pub async fn of_two_racing_people_one_confirms_a_hold(mut cinema: Cinema) {
    for (hold, _) in held(&mut cinema).await {
        let (ticketing, id) = (cinema.ticketing.clone(), hold.id());
        let outcomes = race(10, move |number| {
            let ticketing = ticketing.clone();
            let name = if number % 2 == 0 { "Jane" } else { "John" };
            async move { ticketing.confirm(id, confirmation(person(name), None), minutes(2)).await }
        })
        .await;
        let (confirmed, refusals) = split(outcomes);
        assert_eq!((confirmed.len(), refusals), (5, vec![Refusal::HoldConfirmed; 5]));
        let user = cinema.ticketing.booking(&hold.id()).await.unwrap().user().unwrap().id;
        assert!(confirmed.iter().all(|booking| booking.user().unwrap().id == user));
    }
}

pub async fn racing_holds_never_hold_a_seat_twice(mut cinema: Cinema) {
    cinema.at_the_box_office();
    let (slot, seated) = (cinema.slot(20).await, cinema.seated(&hall_of(20)).await);
    for slot in [slot, seated] {
        let ticketing = cinema.ticketing.clone();
        let outcomes = race(50, move |number| {
            let ticketing = ticketing.clone();
            let selection = Selection::any(TicketCount::ONE);
            let request = HoldRequest { selection, target: Target::Slot(slot), key: None };
            async move { ticketing.hold(request, NOW, &mut rng(number)).await }
        })
        .await;
        let (held, refusals) = split(outcomes);
        assert_eq!((held.len(), refusals.len()), (20, 30));
        let told = Refusal::SoldOut { available: 0 }.while_held(Some(minutes(10)));
        assert!(refusals.iter().all(|refusal| *refusal == told), "{refusals:?}");
        assert_eq!((cinema.available(slot).await, cinema.balanced(slot).await), (0, 20));
    }
}

pub async fn holds_that_lapse_in_a_crowd_are_sold_once(mut cinema: Cinema) {
    let (slot, seated) = (cinema.slot(8).await, cinema.seated(HALL).await);
    for slot in [slot, seated] {
        cinema.at_the_box_office();
        for at in 0..4 {
            cinema.hold(slot, 2, minutes(at)).await.unwrap();
        }
        let ticketing = cinema.ticketing.clone();
        let outcomes = race(40, move |number| {
            let ticketing = ticketing.clone();
            async move { ticketing.book(request(slot, 1), minutes(20), &mut rng(number)).await }
        })
        .await;
        let (booked, refusals) = split(outcomes);
        assert_eq!((booked.len(), refusals), (8, vec![Refusal::SoldOut { available: 0 }; 32]));
        assert_eq!((cinema.available(slot).await, cinema.balanced(slot).await), (0, 8));
    }
}

pub async fn racing_confirmations_with_one_key_confirm_once(mut cinema: Cinema) {
    for ((hold, _), key) in held(&mut cinema).await.into_iter().zip(["one", "other"]) {
        let (ticketing, id) = (cinema.ticketing.clone(), hold.id());
        let outcomes = race(8, move |_| {
            let ticketing = ticketing.clone();
            async move { ticketing.confirm(id, confirmation(person("Jane"), Some(idempotency(key))), minutes(3)).await }
        })
        .await;
        let (confirmed, refusals) = split(outcomes);
        assert!(refusals.is_empty() && confirmed.iter().all(|booking| *booking == confirmed[0]), "{refusals:?}");
        let john = cinema.ticketing.confirm(id, confirmation(person("John"), None), minutes(3)).await;
        assert_eq!(refused(john), Refusal::HoldConfirmed);
    }
    let slot = cinema.seated(HALL).await;
    let selection = named("A1 A2");
    let keyed = HoldRequest { selection, target: Target::Slot(slot), key: Some(idempotency("hold")) };
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(8, move |number| {
        let (ticketing, keyed) = (ticketing.clone(), keyed.clone());
        async move { ticketing.hold(keyed, NOW, &mut rng(number)).await }
    })
    .await;
    let (held, refusals) = split(outcomes);
    assert!(refusals.is_empty() && held.iter().all(|hold| *hold == held[0]), "{refusals:?}");
    assert_eq!(cinema.taken(slot).await, "A1 A2");
}
