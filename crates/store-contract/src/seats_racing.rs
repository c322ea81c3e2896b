//! Races for seats.

use std::collections::BTreeSet;
use std::time::Duration;

use rand::RngExt as _;
use ticketly_domain::{
    BookingRequest, Error, Plan, Refusal, SeatSet, SingleSeats, StoreError, Ticket, TicketStatus, single_seats_left,
};

use crate::Cinema;
use crate::cinema::{NOW, keyed, named, race, request, request_of, rng, seated_draft, seats_of, split};

/// How long a buyer waits after the answer that the store is overloaded.
const PAUSE: Duration = Duration::from_millis(100);

/// So many rows of so many seats.
fn hall(rows: usize, seats: usize) -> String {
    let rows: Vec<_> = (1..=rows).map(|row| format!("row R{row}N 1 1 {}", ".".repeat(seats))).collect();
    format!("legend . standard\n{}", rows.join("\n"))
}

pub async fn of_three_hundred_buyers_of_one_seat_one_gets_it(mut cinema: Cinema) {
    let slot = cinema.seated(&hall(3, 10)).await;
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(300, |number| {
        let ticketing = ticketing.clone();
        let request = request_of(&format!("Buyer {number}"), slot, 1);
        let request = BookingRequest { selection: named("R2N1"), ..request };
        async move { ticketing.book(request, NOW, &mut rng(number)).await }
    });
    let (bookings, refusals) = split(outcomes.await);
    assert_eq!(bookings.iter().map(seats_of).collect::<Vec<_>>(), ["R2N1"]);
    assert_eq!(refusals.len(), 299);
    for refusal in refusals {
        let Refusal::SeatsTaken { seats, alternative: Some(alternative) } = refusal else { panic!("{refusal:?}") };
        assert_eq!((seats, alternative.len()), (vec!["R2N1".to_owned()], 1));
    }
    assert_eq!(cinema.balanced(slot).await, 1);
}

pub async fn racing_buyers_of_the_best_seats_sell_the_hall_out(mut cinema: Cinema) {
    let slot = cinema.seated(&hall(40, 6)).await;
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(130, |number| {
        let ticketing = ticketing.clone();
        async move { ticketing.book(request_of(&format!("Buyer {number}"), slot, 2), NOW, &mut rng(number)).await }
    });
    let (bookings, refusals) = split(outcomes.await);
    assert_eq!((bookings.len(), refusals.len()), (120, 10), "rows of six hold three parties of two");
    assert!(refusals.iter().all(|refusal| *refusal == Refusal::SoldOut { available: 0 }), "{refusals:?}");
    assert!(bookings.iter().all(|booking| booking.together() == Some(true)));
    let seats: BTreeSet<_> =
        bookings.iter().flat_map(|booking| booking.tickets().to_vec()).map(|ticket| ticket.seat_no()).collect();
    assert_eq!(seats.len(), 240, "each once");
    assert_eq!(cinema.balanced(slot).await, 240);
}

pub async fn of_a_thousand_buyers_three_hundred_get_the_best_seats(mut cinema: Cinema) {
    let slot = cinema.seated(&hall(15, 20)).await;
    let ticketing = cinema.ticketing.clone();
    // A slow machine is overloaded by so many; a buyer who is told so asks again.
    let outcomes = race(1000, |number| {
        let ticketing = ticketing.clone();
        async move {
            loop {
                let request = request_of(&format!("Buyer {number}"), slot, 1);
                match ticketing.book(request, NOW, &mut rng(number)).await {
                    Err(Error::Store(StoreError::Overloaded)) => tokio::time::sleep(PAUSE).await,
                    outcome => return outcome,
                }
            }
        }
    });
    let (bookings, refusals) = split(outcomes.await);
    assert_eq!((bookings.len(), refusals), (300, vec![Refusal::SoldOut { available: 0 }; 700]));
    assert_eq!(cinema.balanced(slot).await, 300);
}

pub async fn two_buyers_together_leave_no_single_seat(mut cinema: Cinema) {
    let slot = cinema.seated(&hall(8, 12)).await;
    let ticketing = cinema.ticketing.clone();
    // Either is allowed in a row of twelve, but the fifth seat would be single after both.
    let outcomes = race(16, |number| {
        let ticketing = ticketing.clone();
        let row = number / 2 + 1;
        let seats = if number % 2 == 0 { format!("R{row}N3 R{row}N4") } else { format!("R{row}N6 R{row}N7") };
        let request = request_of(&format!("Buyer {number}"), slot, 1);
        let request = BookingRequest { selection: named(&seats), ..request };
        async move { ticketing.book(request, NOW, &mut rng(number)).await }
    });
    let outcomes = outcomes.await;
    for pair in outcomes.chunks(2) {
        assert_eq!(pair.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{pair:?}");
    }
    let (_, refusals) = split(outcomes);
    for refusal in refusals {
        let Refusal::LeavesSingleSeat { seats, .. } = refusal else { panic!("{refusal:?}") };
        assert!(seats.len() == 1 && seats[0].ends_with("N5"), "{seats:?}");
    }
    assert_eq!(cinema.balanced(slot).await, 16);
}

/// Returns whether these choices of a plan's seats are allowed in some order, each by the rule against single seats at its turn.
fn allowed_in_some_order(plan: &Plan, free: &SeatSet, choices: &[SeatSet]) -> bool {
    choices.is_empty()
        || (0..choices.len()).any(|next| {
            let (chosen, mut others) = (&choices[next], choices.to_vec());
            others.remove(next);
            single_seats_left(plan, free, chosen, SingleSeats::Refused).is_empty()
                && allowed_in_some_order(plan, &free.clone().without(chosen), &others)
        })
}

pub async fn racing_choices_were_allowed_one_after_another(mut cinema: Cinema) {
    let slot = cinema.seated(&hall(12, 12)).await;
    let ticketing = cinema.ticketing.clone();
    // Couples, since what a party leaves is often excused, however long its row is, when it takes more.
    let outcomes = race(72, |number| {
        let (ticketing, mut rng) = (ticketing.clone(), rng(number));
        let (row, first) = (rng.random_range(1..=12), rng.random_range(1..=11));
        let request = request_of(&format!("Buyer {number}"), slot, 2);
        let selection = named(&format!("R{row}N{first} R{row}N{}", first + 1));
        let request = BookingRequest { selection, ..request };
        async move { ticketing.book(request, NOW, &mut rng).await }
    });
    let (bookings, refusals) = split(outcomes.await);
    let kept: usize = refusals.iter().filter(|refusal| matches!(refusal, Refusal::LeavesSingleSeat { .. })).count();
    assert!(bookings.len() > 24 && kept > 2, "{} booked, {kept} would have left a single seat", bookings.len());
    cinema.balanced(slot).await;
    let slot = cinema.ticketing.slot(slot).await.unwrap();
    let plan = &slot.showing().seating().unwrap().plan;
    let choices = bookings.iter().map(|booking| {
        let seats: Vec<_> = booking.tickets().iter().filter_map(Ticket::seat_no).collect();
        SeatSet::of(plan, &seats)
    });
    let choices: Vec<_> = choices.collect();
    for row in 0..plan.rows().len() {
        let of_row: Vec<_> = choices.iter().filter(|seats| seats.row(row) != 0).cloned().collect();
        assert!(allowed_in_some_order(plan, &SeatSet::all(plan), &of_row), "row {row}: {of_row:?}");
    }
}

pub async fn moves_and_cancels_race_with_buyers_of_seats(mut cinema: Cinema) {
    let slot = cinema.seated(&hall(4, 6)).await;
    let other = cinema.auditorium(&hall(2, 6), SingleSeats::Allowed).await;
    let other = cinema.slot_of(&seated_draft("Spectre", &other)).await;
    let mut tickets = Vec::new();
    for _ in 0..6 {
        tickets.extend(cinema.book(slot, 2).await.unwrap().tickets().to_vec());
    }
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(30, |number| {
        let (ticketing, ticket) = (ticketing.clone(), tickets[usize::try_from(number % 12).unwrap()].id());
        async move {
            let rng = &mut rng(number);
            match number {
                0..12 => ticketing.cancel(ticket, None, NOW).await.map(drop),
                12..24 => {
                    ticketing.move_ticket(ticket, ticketly_domain::Target::Slot(other), None, NOW, rng).await.map(drop)
                }
                _ => ticketing.book(request_of(&format!("Buyer {number}"), slot, 2), NOW, rng).await.map(drop),
            }
        }
    });
    let (_, refusals) = split(outcomes.await);
    for refusal in &refusals {
        let canceled = Refusal::NotBooked { status: TicketStatus::Canceled };
        assert!(
            *refusal == canceled || matches!(refusal, Refusal::SoldOut { .. } | Refusal::NotTogether { .. }),
            "{refusal:?}"
        );
    }
    let moved = cinema.balanced(other).await;
    assert_eq!(cinema.count(slot, TicketStatus::Canceled).await, 12, "all were canceled or moved");
    assert!(cinema.balanced(slot).await <= 12 && moved <= 12);
}

pub async fn racing_bookings_with_one_key_take_seats_once(mut cinema: Cinema) {
    let slot = cinema.seated(&hall(3, 8)).await;
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(12, |number| {
        let ticketing = ticketing.clone();
        async move { ticketing.book(keyed("one", request(slot, 3)), NOW, &mut rng(number)).await }
    });
    let (bookings, refusals) = split(outcomes.await);
    assert_eq!((bookings.len(), refusals), (12, vec![]));
    assert!(bookings.iter().all(|booking| *booking == bookings[0]));
    assert_eq!(cinema.balanced(slot).await, 3);
}
