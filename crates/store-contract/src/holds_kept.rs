//! What stores keep of holds, and the limits on them.

use std::time::Duration;

use chrono::TimeDelta;
use ticketly_domain::{
    Booking, BookingRequest, Entity, Genre, HoldRequest, PageSize, Refusal, Rules, Selection, SingleSeats, SlotChange,
    SlotDetails, SlotDraft, Target, Ticket, TicketCount, TicketQuery,
};

use crate::cinema::{
    Cinema, NOW, SHOW_END, SHOW_START, draft, idempotency, keyed, minutes, named, refused, request, seated_draft,
    seats_of,
};
use crate::holds::{HALL, while_held};

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
    tokio::time::sleep(Duration::from_millis(1100)).await;
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

pub async fn a_hold_is_counted_once_until_it_ends(mut cinema: Cinema) {
    cinema.under(Rules { held_share: Some(25), ..Rules::default() }).await;
    let slot = cinema.slot(80).await;
    let confirmed = cinema.hold(slot, 10, NOW).await.unwrap();
    cinema.confirm(&confirmed, "Jane", minutes(5)).await.unwrap();
    // Holds are counted again when the first was to lapse.
    tokio::time::sleep(COUNTED).await;
    let first = cinema.hold(slot, 10, minutes(11)).await.unwrap();
    cinema.hold(slot, 9, minutes(12)).await.unwrap();
    cinema.hold(slot, 1, minutes(12)).await.unwrap();
    assert!(matches!(refused(cinema.hold(slot, 1, minutes(12)).await), Refusal::WhileHeld { .. }));

    let mut cinema = cinema.reopened().await;
    cinema.under(Rules { held_share: Some(25), ..Rules::default() }).await;
    cinema.confirm(&first, "Jane", minutes(13)).await.unwrap();
    tokio::time::sleep(COUNTED).await;
    cinema.hold(slot, 10, minutes(14)).await.unwrap();
    let refusal = while_held(refused(cinema.hold(slot, 1, minutes(14)).await)).0;
    assert_eq!(refusal, Refusal::TooManyHeld { percent: 25 }, "20 are sold and 20 are held");
}

/// A store for several servers may count held seats once a second.
const COUNTED: Duration = Duration::from_millis(1100);

pub async fn ended_holds_do_not_end_a_list_of_tickets(mut cinema: Cinema) {
    let slot = cinema.slot(40).await;
    let hold = async |cinema: &mut Cinema, number| {
        for at in 0..number {
            let held = cinema.hold(slot, 1, NOW + TimeDelta::seconds(at)).await.unwrap();
            cinema.ticketing.release(held.id(), None, NOW + TimeDelta::seconds(at)).await.unwrap();
        }
    };
    hold(&mut cinema, 130).await;
    let first = cinema.book(slot, 2).await.unwrap();
    hold(&mut cinema, 130).await;
    let second = cinema.ask(request(slot, 2), minutes(3)).await.unwrap();
    let (mut found, mut after) = (Vec::new(), None);
    for _ in 0..3 {
        let query = TicketQuery { status: None, after, limit: PageSize::new(3).unwrap() };
        let page = cinema.ticketing.tickets_of_slot(slot, &query).await.unwrap();
        found.extend(page.items.iter().map(Ticket::id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let mut expected: Vec<_> = [first, second].iter().flat_map(Booking::tickets).map(Ticket::id).collect();
    expected.sort_by_key(|ticket| (ticket.booking.no, ticket.index));
    assert_eq!((found, after), (expected, None));
}

pub async fn a_limited_booking_with_a_key_is_answered_again(mut cinema: Cinema) {
    cinema.under(Rules { tickets_per_person: Some(4), ..Rules::default() }).await;
    let slot = cinema.slot(9).await;
    let booking = cinema.ask(keyed("four", request(slot, 4)), NOW).await.unwrap();
    assert_eq!(cinema.ask(keyed("four", request(slot, 4)), minutes(1)).await.unwrap(), booking);
    let other = cinema.ask(keyed("another", request(slot, 1)), minutes(1)).await;
    assert_eq!(refused(other), Refusal::TooManyTickets { limit: 4 });
    cinema.under(Rules { public_bookings: false, ..Rules::default() }).await;
    assert_eq!(cinema.ask(keyed("four", request(slot, 4)), minutes(2)).await.unwrap(), booking);
    assert_eq!(refused(cinema.ask(request(slot, 1), minutes(2)).await), Refusal::BoxOfficeOnly);
    assert_eq!(cinema.balanced(slot).await, 4);
}

pub async fn a_repeated_request_for_a_deleted_hold_says_so(mut cinema: Cinema) {
    let slot = cinema.slot(9).await;
    let wish = || HoldRequest {
        selection: Selection::any(TicketCount::new(2).unwrap()),
        target: Target::Slot(slot),
        key: Some(idempotency("hold")),
    };
    let held = cinema.hold_of(wish(), NOW).await.unwrap();
    let release =
        async |cinema: &Cinema| cinema.ticketing.release(held.id(), Some(idempotency("release")), minutes(1)).await;
    release(&cinema).await.unwrap();
    let later = SlotChange { start: Some(SHOW_START + TimeDelta::minutes(1)), ..SlotChange::default() };
    cinema.ticketing.change_slot(slot, later, None, None, minutes(2)).await.unwrap();
    assert_eq!(refused(cinema.hold_of(wish(), minutes(3)).await), Refusal::Unknown(Entity::Hold));
    assert_eq!(refused(release(&cinema).await), Refusal::Unknown(Entity::Hold));
}

pub async fn ended_holds_neither_expire_nor_archive(mut cinema: Cinema) {
    let slot = cinema.slot(6).await;
    let lapsed = cinema.hold(slot, 2, NOW).await.unwrap();
    let released = cinema.hold(slot, 1, NOW).await.unwrap();
    cinema.ticketing.release(released.id(), None, minutes(1)).await.unwrap();
    let kept = cinema.hold(slot, 1, NOW).await.unwrap();
    cinema.confirm(&kept, "Jane", minutes(2)).await.unwrap();
    assert_eq!(cinema.expire_by(SHOW_END).await, 1, "the ticket of a person");
    assert_eq!((cinema.available(slot).await, cinema.balanced(slot).await), (5, 0));
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
    let change = async |change: SlotChange, auditorium, at| {
        cinema.ticketing.change_slot(slot, change, auditorium, None, at).await
    };
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
    assert_eq!(refusal, Refusal::TooManyTickets { limit: 4 });
    let held = cinema.hold(slot, 2, NOW).await.unwrap();
    assert_eq!(refused(cinema.confirm(&held, "John", NOW).await), Refusal::TooManyTickets { limit: 4 });
    cinema.confirm(&held, "Jane", NOW).await.unwrap();
    let last = cinema.ticket(slot).await;
    assert_eq!(refused(cinema.book(slot, 1).await), Refusal::TooManyTickets { limit: 4 });
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
