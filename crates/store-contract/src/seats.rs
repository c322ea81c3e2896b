//! Seats: chosen and taken in one step, by name or as the best that are left.

use chrono::TimeDelta;
use ticketly_domain::{
    AccessibleScope, BookingRequest, Channel, Refusal, Rules, Selection, SingleSeats, SlotId, TicketCount,
    TicketStatus, Wanted, ZoneName,
};

use crate::Cinema;
use crate::cinema::{
    NOW, SHOW_END, SHOW_START, keyed, named, refused, request, request_of, seated_draft, seats_of, skyfall,
};

/// Two rows of seven; a row with places for wheelchairs and a lounge.
const HALL: &str = "legend . standard\nlegend L lounge\nlegend c companion\nlegend w wheelchair\n\
                    row A 1 1 .......\nrow B 1 1 .......\nrow C 1 1 wc.._LLLL\n";

fn best(count: u32) -> Selection {
    Selection::any(TicketCount::new(count).unwrap())
}

fn apart(count: u32) -> Selection {
    let count = TicketCount::new(count).unwrap();
    Selection { wanted: Wanted::Best { count, zone: None, together: false }, ..best(1) }
}

fn in_zone(zone: &str, count: u32) -> Selection {
    let (count, zone) = (TicketCount::new(count).unwrap(), Some(ZoneName::parse(zone).unwrap()));
    Selection { wanted: Wanted::Best { count, zone, together: true }, ..best(1) }
}

async fn ask(cinema: &mut Cinema, slot: SlotId, selection: Selection) -> Result<String, Refusal> {
    let request = BookingRequest { selection, ..request(slot, 1) };
    match cinema.ask(request, NOW).await {
        Ok(booking) => Ok(seats_of(&booking)),
        refusal => Err(refused(refusal)),
    }
}

fn labels(seats: &str) -> Vec<String> {
    seats.split(' ').map(str::to_owned).collect()
}

pub async fn seats_are_booked_as_they_are_named(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let booking = cinema.book_seats(slot, "C8 A1 a2").await.unwrap();
    assert_eq!(seats_of(&booking), "C8 A1 A2");
    assert_eq!((booking.together(), booking.tickets()[0].seat().unwrap().zone), (Some(false), Some("lounge")));
    assert_eq!(cinema.taken(slot).await, "A1 A2 C8");
    let cinema = cinema.reopened().await;
    assert_eq!(cinema.ticketing.booking(&booking.id()).await.unwrap(), booking);
    assert_eq!(cinema.tickets(slot).await, booking.tickets());
    for ticket in booking.tickets() {
        assert_eq!(cinema.ticketing.ticket(&ticket.id()).await.unwrap(), *ticket);
    }
    assert_eq!((cinema.taken(slot).await.as_str(), cinema.available(slot).await), ("A1 A2 C8", 19));
    assert_eq!(cinema.balanced(slot).await, 3);
}

pub async fn a_taken_seat_is_refused_with_the_nearest_free_ones(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    cinema.book_seats(slot, "B3 B4").await.unwrap();
    let before = cinema.everything().await;
    let refusal = ask(&mut cinema, slot, named("B4 B5")).await;
    assert_eq!(refusal, Err(Refusal::SeatsTaken { seats: labels("B4"), alternative: Some(labels("B5 B6")) }));
    assert_eq!(cinema.everything().await, before);
    cinema.book_seats(slot, "A1 A2 A3 A4 A5 A6 A7").await.unwrap();
    cinema.book_seats(slot, "B1 B2").await.unwrap();
    let refusal = ask(&mut cinema, slot, named("A1 A2 A3 A4 A5")).await;
    let seats = labels("A1 A2 A3 A4 A5");
    assert_eq!(refusal, Err(Refusal::SeatsTaken { seats, alternative: None }), "no five are free beside each other");
}

pub async fn the_best_seats_are_beside_each_other(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let mut seats = Vec::new();
    for count in [4, 3, 4, 3, 2, 4] {
        let booking = cinema.ask(BookingRequest { selection: best(count), ..request(slot, 1) }, NOW).await.unwrap();
        assert_eq!(booking.together(), Some(true));
        seats.extend(seats_of(&booking).split(' ').map(str::to_owned).collect::<Vec<_>>());
    }
    seats.sort();
    seats.dedup();
    assert_eq!(seats.len(), 20);
    assert_eq!(refused(cinema.book(slot, 3).await), Refusal::SoldOut { available: 2 });
    assert_eq!(cinema.balanced(slot).await, 20);
}

pub async fn a_party_sits_apart_only_if_it_may(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    assert_eq!(ask(&mut cinema, slot, best(8)).await, Err(Refusal::NotTogether { available: 20 }));
    let booking = cinema.ask(BookingRequest { selection: apart(9), ..request(slot, 1) }, NOW).await.unwrap();
    assert_eq!((booking.together(), booking.tickets().len()), (Some(false), 9));
    assert_eq!(cinema.balanced(slot).await, 9);
}

pub async fn a_choice_that_leaves_a_single_seat_is_refused(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let before = cinema.everything().await;
    let refusal = ask(&mut cinema, slot, named("A2 A3")).await;
    let proposals = [labels("A1 A2"), labels("A3 A4")];
    let Err(Refusal::LeavesSingleSeat { seats, proposals: found }) = refusal else { panic!("{refusal:?}") };
    assert_eq!(seats, labels("A1"));
    assert_eq!(cinema.everything().await, before);
    assert!(proposals.iter().any(|proposal| found.contains(proposal)), "{found:?}");
    for proposal in &found {
        assert_eq!(ask(&mut cinema, slot, named(&proposal.join(" "))).await, Ok(proposal.join(" ")));
        let last = cinema.tickets(slot).await;
        for ticket in last.iter().filter(|ticket| ticket.status() == TicketStatus::Booked) {
            cinema.cancel(ticket.id()).await.unwrap();
        }
    }
    assert_eq!(found.len(), 2);
    let lenient = cinema.auditorium(HALL, SingleSeats::Allowed).await;
    let slot = cinema.slot_of(&seated_draft("Spectre", &lenient)).await;
    assert_eq!(ask(&mut cinema, slot, named("A2 A3")).await, Ok("A2 A3".into()));
}

pub async fn the_box_office_may_leave_single_seats(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let free_choice = Selection { allow_single_seats: true, ..named("B2 B3") };
    let asked = BookingRequest { selection: free_choice.clone(), ..request(slot, 1) };
    assert!(cinema.ask(asked, NOW).await.is_err(), "the public may not");
    cinema.at_the_box_office();
    assert!(matches!(ask(&mut cinema, slot, named("B2 B3")).await, Err(Refusal::LeavesSingleSeat { .. })));
    assert_eq!(ask(&mut cinema, slot, free_choice).await, Ok("B2 B3".into()));
}

pub async fn places_for_wheelchairs_are_kept_for_them(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let refusal = ask(&mut cinema, slot, named("C1 C2")).await;
    assert_eq!(refusal, Err(Refusal::AccessibleSeats { seats: labels("C1 C2") }));
    let none = Selection { accessible: 1, ..named("C3 C4") };
    assert_eq!(ask(&mut cinema, slot, none).await, Err(Refusal::OtherWheelchairs { wheelchairs: 0 }));
    let two = Selection { accessible: 1, ..best(2) };
    assert_eq!(ask(&mut cinema, slot, two.clone()).await, Ok("C1 C2".into()));
    assert!(ask(&mut cinema, slot, two).await.is_err(), "there is one place");
    let named_place = Selection { accessible: 1, ..named("C1") };
    assert!(matches!(ask(&mut cinema, slot, named_place).await, Err(Refusal::SeatsTaken { .. })));
}

pub async fn places_for_wheelchairs_are_released_at_last(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    for seats in ["A1 A2 A3 A4 A5 A6 A7", "B1 B2 B3 B4 B5 B6 B7", "C3 C4 C5 C6 C7"] {
        cinema.book_seats(slot, seats).await.unwrap();
    }
    assert_eq!(ask(&mut cinema, slot, best(2)).await, Err(Refusal::SoldOut { available: 1 }));
    assert_eq!(ask(&mut cinema, slot, best(1)).await, Ok("C8".into()));
    assert_eq!(ask(&mut cinema, slot, named("C2 C1")).await, Ok("C2 C1".into()), "all others are sold");
    let start = cinema.auditorium(HALL, SingleSeats::Refused).await;
    let slot = cinema.slot_of(&seated_draft("Spectre", &start)).await;
    let places = || BookingRequest { selection: named("C1 C2"), ..request(slot, 1) };
    assert!(cinema.ask(places(), SHOW_START - TimeDelta::seconds(1)).await.is_err());
    assert!(cinema.ask(places(), SHOW_START).await.is_ok(), "at the start");
}

pub async fn places_for_wheelchairs_are_released_with_their_zone(mut cinema: Cinema) {
    cinema.under(Rules { accessible_scope: AccessibleScope::Zone, ..Rules::default() }).await;
    let slot = cinema.seated(&format!("{HALL}row D 1 1 LLLwc\n")).await;
    let kept = Err(Refusal::AccessibleSeats { seats: labels("D4 D5") });
    assert_eq!(ask(&mut cinema, slot, named("D4 D5")).await, kept);
    cinema.book_seats(slot, "D1 D2 D3").await.unwrap();
    assert_eq!(ask(&mut cinema, slot, named("D4 D5")).await, kept, "the lounge has other seats in row C");
    assert_eq!(ask(&mut cinema, slot, in_zone("lounge", 4)).await, Ok("C5 C6 C7 C8".into()));
    assert_eq!(ask(&mut cinema, slot, named("C1 C2")).await, Err(Refusal::AccessibleSeats { seats: labels("C1 C2") }));
    assert_eq!(ask(&mut cinema, slot, in_zone("lounge", 2)).await, Ok("D4 D5".into()));
    assert_eq!(ask(&mut cinema, slot, in_zone("lounge", 1)).await, Err(Refusal::SoldOut { available: 0 }));
    cinema.balanced(slot).await;
}

pub async fn a_zone_is_searched_alone(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    assert_eq!(ask(&mut cinema, slot, in_zone("lounge", 4)).await, Ok("C5 C6 C7 C8".into()));
    assert_eq!(ask(&mut cinema, slot, in_zone("lounge", 1)).await, Err(Refusal::SoldOut { available: 0 }));
    let zones = vec!["standard".into(), "lounge".into()];
    assert_eq!(ask(&mut cinema, slot, in_zone("balcony", 1)).await, Err(Refusal::UnknownZone { zones }));
}

pub async fn seats_that_do_not_exist_are_refused(mut cinema: Cinema) {
    let (seated, plain) = (cinema.seated(HALL).await, cinema.slot(5).await);
    assert_eq!(ask(&mut cinema, seated, named("A1 D1")).await, Err(Refusal::UnknownSeat { seat: "D1".into() }));
    for selection in [named("A1"), in_zone("lounge", 1), Selection { accessible: 1, ..best(1) }] {
        assert_eq!(ask(&mut cinema, plain, selection).await, Err(Refusal::NoSeatingPlan));
    }
    let asked = BookingRequest { selection: named("A1"), ..request(skyfall(), 1) };
    assert_eq!(refused(cinema.ask(asked, NOW).await), Refusal::SeveralSlots);
    assert_eq!((cinema.balanced(seated).await, cinema.balanced(plain).await), (0, 0));
}

pub async fn a_canceled_seat_is_free_exactly_once(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let booking = cinema.book_seats(slot, "A1 A2 A3").await.unwrap();
    let second = booking.tickets()[1].id();
    for _ in 0..3 {
        cinema.cancel(second).await.unwrap();
        assert_eq!((cinema.taken(slot).await.as_str(), cinema.available(slot).await), ("A1 A3", 20));
    }
    let other =
        cinema.ask(BookingRequest { selection: named("A2"), ..request_of("Jane", slot, 1) }, NOW).await.unwrap();
    cinema.cancel(second).await.unwrap();
    assert_eq!(cinema.taken(slot).await, "A1 A2 A3", "the seat is Jane's now");
    assert_eq!(seats_of(&other), "A2");
    assert_eq!(cinema.balanced(slot).await, 3);
}

pub async fn a_moved_ticket_frees_its_seat(mut cinema: Cinema) {
    let (seated, plain) = (cinema.seated(HALL).await, cinema.slot(5).await);
    let auditorium = cinema.auditorium(HALL, SingleSeats::Refused).await;
    let other = cinema.slot_of(&seated_draft("Spectre", &auditorium)).await;
    let booking = cinema.book_seats(seated, "A1 A2").await.unwrap();
    let moved = cinema.shift(booking.tickets()[0].id(), other).await.unwrap();
    assert_eq!(cinema.taken(seated).await, "A2");
    let label = moved.new.seat().map(|seat| format!("{}{}", seat.row, seat.number)).unwrap();
    assert_eq!(cinema.taken(other).await, label);
    assert_eq!(moved.old.seat().map(|seat| seat.number), Some(1), "the old ticket says which seat it was");
    let again = cinema.shift(moved.new.id(), plain).await.unwrap();
    assert_eq!((again.new.seat(), cinema.taken(other).await.as_str()), (None, ""));
    let back = cinema.shift(again.new.id(), seated).await.unwrap();
    assert!(back.new.seat().is_some());
    for (slot, booked) in [(seated, 2), (other, 0), (plain, 0)] {
        assert_eq!(cinema.balanced(slot).await, booked);
    }
}

pub async fn by_name_and_start_the_best_seats_come_from_the_first_slot(mut cinema: Cinema) {
    let (one, other) = (cinema.seated(HALL).await, cinema.seated(HALL).await);
    let (first, second) = (one.min(other), one.max(other));
    let plain = cinema.slot(3).await;
    assert!(plain < first, "slots without a plan come first");
    assert_eq!(cinema.book(skyfall(), 3).await.unwrap().key().slot, plain);
    let mut of = Vec::new();
    for _ in 0..6 {
        of.push(
            cinema
                .book(skyfall(), 7)
                .await
                .map(|booking| booking.key().slot)
                .map_err(|error| refused::<()>(Err(error))),
        );
    }
    // Two rows of seven in each.
    let full = Err(Refusal::SoldOut { available: 6 });
    assert_eq!(of, [Ok(first), Ok(first), Ok(second), Ok(second), full.clone(), full]);
}

pub async fn a_repeated_booking_gets_the_seats_of_the_first(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let asked = |seats: &str| keyed("one", BookingRequest { selection: named(seats), ..request(slot, 1) });
    let first = cinema.ask(asked("B1 B2"), NOW).await.unwrap();
    cinema.cancel(first.tickets()[0].id()).await.unwrap();
    assert_eq!(cinema.ask(asked("b1 B2"), NOW).await.unwrap(), first);
    for other in ["B2 B1", "B1 B2 B3", "B6 B7"] {
        assert_eq!(refused(cinema.ask(asked(other), NOW).await), Refusal::KeyReused, "{other}");
    }
    let any = keyed("two", BookingRequest { selection: best(2), ..request(slot, 1) });
    let second = cinema.ask(any.clone(), NOW).await.unwrap();
    assert_eq!(seats_of(&cinema.ask(any, NOW).await.unwrap()), seats_of(&second));
    let lounge = keyed("two", BookingRequest { selection: in_zone("lounge", 2), ..request(slot, 1) });
    assert_eq!(refused(cinema.ask(lounge, NOW).await), Refusal::KeyReused);
    assert_eq!(cinema.balanced(slot).await, 3);
}

pub async fn no_seat_is_sold_once_expiry_has_closed_the_slot(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    cinema.book_seats(slot, "A1 A2").await.unwrap();
    cinema.ticketing = cinema.ticketing.through(Channel::BoxOffice);
    assert_eq!(cinema.ticketing.expire(SHOW_END + Rules::default().expire_after).await.unwrap().tickets, 2);
    let minted = cinema.minted(slot, 1).await;
    let refusal = crate::cinema::store_refused(cinema.store().book(&minted).await);
    assert_eq!(refusal, Refusal::SlotEnded);
    assert_eq!(cinema.balanced(slot).await, 0);
}
