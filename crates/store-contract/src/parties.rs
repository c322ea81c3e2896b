//! Moves and cancellations of several tickets of a booking, and moves to other seats of a slot.

use ticketly_domain::{
    Booking, BookingRequest, Channel, Entity, Error, IdempotencyKey, MoveRequest, MovedBooking, Refusal, Selection,
    SingleSeats, SlotId, Target, TicketId, TicketStatus, Tickets,
};

use crate::Cinema;
use crate::cinema::{NOW, idempotency, minutes, named, race, refused, request_of, rng, seated_draft, seats_of, split};

const HALL: &str = "legend . standard\nrow A 1 1 .......\nrow B 1 1 .......\n";

fn all(booking: &Booking) -> Tickets {
    Tickets::OfBooking { id: booking.id(), tickets: None }
}

fn some(booking: &Booking, indexes: &[usize]) -> Tickets {
    let tickets = indexes.iter().map(|index| booking.tickets()[*index].id()).collect();
    Tickets::OfBooking { id: booking.id(), tickets: Some(tickets) }
}

fn to(slot: SlotId, tickets: Tickets, selection: Option<Selection>) -> MoveRequest {
    MoveRequest { tickets, target: Target::Slot(slot), selection, key: None }
}

async fn ask(cinema: &mut Cinema, request: MoveRequest) -> Result<MovedBooking, Error> {
    cinema.ticketing.move_tickets(request, minutes(1), &mut cinema.rng).await
}

async fn canceled(cinema: &Cinema, tickets: Tickets, key: Option<IdempotencyKey>) -> Result<Booking, Error> {
    cinema.ticketing.cancel_tickets(tickets, key, minutes(2)).await
}

fn ids(moved: &MovedBooking) -> Vec<(TicketId, Option<TicketId>, TicketId)> {
    let pairs = moved.new.tickets().iter().zip(&moved.old);
    pairs.map(|(new, old)| (new.id(), new.moved_from(), old.id())).collect()
}

pub async fn a_whole_booking_moves_in_one_step(mut cinema: Cinema) {
    let (slot, plain) = (cinema.seated(HALL).await, cinema.slot(9).await);
    let booking = cinema.book_seats(slot, "A1 A2 A3 A4").await.unwrap();
    let second = booking.tickets()[1].id();
    cinema.cancel(second).await.unwrap();
    let moved = ask(&mut cinema, to(plain, all(&booking), None)).await.unwrap();
    assert_eq!((moved.new.tickets().len(), moved.new.user()), (3, booking.user()), "the canceled one stays");
    for ((new, from, old), index) in ids(&moved).into_iter().zip([0, 2, 3]) {
        assert_eq!((from, old), (Some(booking.tickets()[index].id()), booking.tickets()[index].id()));
        assert_eq!(cinema.ticketing.ticket(&old).await.unwrap().moved_to(), Some(new));
    }
    assert_eq!((cinema.balanced(slot).await, cinema.balanced(plain).await), (0, 3));
    let cinema = cinema.reopened().await;
    assert_eq!(cinema.ticketing.booking(&moved.new.id()).await.unwrap(), moved.new);
}

pub async fn a_group_of_the_box_office_is_moved_by_its_holder(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let auditorium = cinema.auditorium(HALL, SingleSeats::Refused).await;
    let other = cinema.slot_of(&seated_draft("Spectre", &auditorium)).await;
    let twelve = "A1 A2 A3 A4 A5 A6 A7 B1 B2 B3 B4 B5";
    assert!(matches!(cinema.book_seats(slot, twelve).await, Err(Error::Invalid(invalid)) if invalid.field == "seats"));
    cinema.ticketing = cinema.ticketing.through(Channel::BoxOffice);
    let booking = cinema.book_seats(slot, twelve).await.unwrap();
    cinema.ticketing = cinema.ticketing.through(Channel::Public);
    let moved = ask(&mut cinema, to(other, all(&booking), Some(named(twelve)))).await.unwrap();
    assert_eq!(seats_of(&moved.new), twelve);
    assert_eq!((cinema.balanced(slot).await, cinema.balanced(other).await), (0, 12));
}

pub async fn some_tickets_of_a_booking_move_to_named_seats(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let auditorium = cinema.auditorium(HALL, SingleSeats::Refused).await;
    let other = cinema.slot_of(&seated_draft("Spectre", &auditorium)).await;
    let booking = cinema.book_seats(slot, "B1 B2 B3 B4").await.unwrap();
    let moved = ask(&mut cinema, to(other, some(&booking, &[3, 1]), Some(named("A7 A6")))).await.unwrap();
    assert_eq!(seats_of(&moved.new), "A7 A6", "the first seat is for the first ticket that is named");
    assert_eq!(moved.old.iter().map(|ticket| ticket.id().index).collect::<Vec<_>>(), [3, 1]);
    assert_eq!(ids(&moved)[0].1, Some(booking.tickets()[3].id()));
    assert_eq!((cinema.taken(slot).await.as_str(), cinema.taken(other).await.as_str()), ("B1 B3", "A6 A7"));
    let three = ask(&mut cinema, to(other, some(&booking, &[0, 2]), Some(named("B1 B2 B3")))).await;
    assert_eq!(refused(three), Refusal::SeatCount { tickets: 2 });
    let again = ask(&mut cinema, to(other, some(&booking, &[0, 1]), None)).await;
    assert_eq!(refused(again), Refusal::NotBooked { status: TicketStatus::Canceled });
    assert_eq!((cinema.balanced(slot).await, cinema.balanced(other).await), (2, 2));
}

pub async fn a_moved_wheelchair_gets_a_place_again(mut cinema: Cinema) {
    const PLACES: &str =
        "legend . standard\nlegend w wheelchair\nlegend c companion\nrow A 1 1 .....\nrow B 1 1 wc...\n";
    let (slot, plain) = (cinema.seated(PLACES).await, cinema.slot(9).await);
    let auditorium = cinema.auditorium(PLACES, SingleSeats::Refused).await;
    let other = cinema.slot_of(&seated_draft("Spectre", &auditorium)).await;
    let two = Selection { accessible: 1, ..named("B1 B2") };
    let booking = cinema.ask(BookingRequest { selection: two, ..request_of("Ada", slot, 1) }, NOW).await.unwrap();
    let moved = ask(&mut cinema, to(other, all(&booking), None)).await.unwrap();
    assert_eq!(seats_of(&moved.new), "B1 B2");
    let again = ask(&mut cinema, to(plain, all(&moved.new), None)).await.unwrap();
    assert_eq!((again.new.tickets().len(), cinema.taken(other).await.as_str()), (2, ""));
}

pub async fn a_ticket_changes_its_seat_within_its_slot(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let booking = cinema.book_seats(slot, "A1 A2").await.unwrap();
    let one = Tickets::One(booking.tickets()[0].id());
    assert_eq!(refused(ask(&mut cinema, to(slot, one.clone(), None)).await), Refusal::SameSlot);
    let moved = ask(&mut cinema, to(slot, one, Some(named("A3")))).await.unwrap();
    assert_eq!((seats_of(&moved.new), cinema.taken(slot).await.as_str()), ("A3".into(), "A2 A3"));
    assert_eq!(cinema.balanced(slot).await, 2);
    let other =
        cinema.ask(BookingRequest { selection: named("A4 A5"), ..request_of("Jane", slot, 1) }, NOW).await.unwrap();
    let moved = Tickets::One(moved.new.tickets()[0].id());
    let refusal = refused(ask(&mut cinema, to(slot, moved, Some(named("A5")))).await);
    assert!(matches!(&refusal, Refusal::SeatsTaken { seats, .. } if *seats == ["A5"]), "{refusal:?}");
    assert_eq!((cinema.balanced(slot).await, seats_of(&other)), (4, "A4 A5".into()));
}

pub async fn a_party_may_keep_some_of_its_seats(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let booking = cinema.book_seats(slot, "A1 A2 A3").await.unwrap();
    let refusal = refused(ask(&mut cinema, to(slot, all(&booking), Some(named("A2 A3 A4")))).await);
    assert!(matches!(&refusal, Refusal::LeavesSingleSeat { seats, .. } if *seats == ["A1"]), "{refusal:?}");
    let moved = ask(&mut cinema, to(slot, all(&booking), Some(named("A3 A4 A5")))).await.unwrap();
    assert_eq!((seats_of(&moved.new), cinema.taken(slot).await.as_str()), ("A3 A4 A5".into(), "A3 A4 A5"));
    assert_eq!((cinema.balanced(slot).await, cinema.available(slot).await), (3, 11));
    let cinema = cinema.reopened().await;
    assert_eq!(cinema.taken(slot).await, "A3 A4 A5");
}

pub async fn a_whole_booking_is_canceled_in_one_step(mut cinema: Cinema) {
    let (slot, plain) = (cinema.seated(HALL).await, cinema.slot(9).await);
    for slot in [slot, plain] {
        let booking = cinema.book(slot, 4).await.unwrap();
        let kept = cinema.book(slot, 2).await.unwrap();
        let one = canceled(&cinema, some(&booking, &[2]), None).await.unwrap();
        let statuses =
            |booking: &Booking| booking.tickets().iter().map(ticketly_domain::Ticket::status).collect::<Vec<_>>();
        let (booked, gone) = (TicketStatus::Booked, TicketStatus::Canceled);
        assert_eq!(statuses(&one), [booked, booked, gone, booked]);
        for _ in 0..2 {
            let whole = canceled(&cinema, all(&booking), None).await.unwrap();
            assert_eq!(statuses(&whole), [gone; 4]);
            assert_eq!(cinema.balanced(slot).await, 2);
        }
        assert_eq!(statuses(&cinema.ticketing.booking(&kept.id()).await.unwrap()), [booked; 2]);
    }
}

pub async fn tickets_of_another_booking_are_unknown(mut cinema: Cinema) {
    let (slot, plain) = (cinema.seated(HALL).await, cinema.slot(9).await);
    let (mine, other) = (cinema.book(slot, 2).await.unwrap(), cinema.book(slot, 2).await.unwrap());
    let mixed =
        Tickets::OfBooking { id: mine.id(), tickets: Some(vec![mine.tickets()[0].id(), other.tickets()[0].id()]) };
    let mut guessed = mine.id();
    guessed.secret = other.id().secret;
    let guessed = Tickets::OfBooking { id: guessed, tickets: None };
    for (tickets, entity) in [(mixed, Entity::Ticket), (guessed, Entity::Booking)] {
        let unknown = Refusal::Unknown(entity);
        assert_eq!(refused(canceled(&cinema, tickets.clone(), None).await), unknown);
        assert_eq!(refused(ask(&mut cinema, to(plain, tickets, None)).await), unknown);
    }
    assert_eq!((cinema.balanced(slot).await, cinema.balanced(plain).await), (4, 0));
}

pub async fn a_repeated_change_of_a_booking_is_answered_as_the_first(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let booking = cinema.book_seats(slot, "A1 A2 A3").await.unwrap();
    let key = |key: &str| Some(idempotency(key));
    let request = MoveRequest { key: key("move"), ..to(slot, all(&booking), Some(named("B1 B2 B3"))) };
    let first = ask(&mut cinema, request.clone()).await.unwrap();
    let gone = canceled(&cinema, all(&first.new), key("cancel")).await.unwrap();
    assert_eq!(ask(&mut cinema, request.clone()).await.unwrap(), first);
    assert_eq!(canceled(&cinema, all(&first.new), key("cancel")).await.unwrap(), gone);
    let other = MoveRequest { selection: Some(named("B1 B2 B4")), ..request };
    assert_eq!(refused(ask(&mut cinema, other).await), Refusal::KeyReused);
    assert_eq!(refused(canceled(&cinema, some(&first.new, &[0]), key("cancel")).await), Refusal::KeyReused);
    assert_eq!(cinema.balanced(slot).await, 0);
}

pub async fn racing_moves_of_a_booking_make_one_new_booking(mut cinema: Cinema) {
    let slot = cinema.seated(HALL).await;
    let booking = cinema.book_seats(slot, "A1 A2 A3").await.unwrap();
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(9, |number| {
        let (ticketing, booking) = (ticketing.clone(), booking.clone());
        let request = to(slot, all(&booking), Some(named("B1 B2 B3")));
        async move {
            let rng = &mut rng(number);
            match number {
                0..6 => ticketing.move_tickets(request, NOW, rng).await.map(|_| "moved"),
                6 => ticketing.cancel_tickets(all(&booking), None, NOW).await.map(|_| "canceled"),
                _ => ticketing.book(request_of(&format!("Buyer {number}"), slot, 3), NOW, rng).await.map(|_| "booked"),
            }
        }
    });
    let (done, _) = split(outcomes.await);
    assert!(done.iter().filter(|what| **what == "moved").count() <= 1, "{done:?}");
    assert!(done.contains(&"canceled"));
    let booked = u32::try_from(done.iter().filter(|what| **what != "canceled").count() * 3).unwrap();
    assert_eq!(cinema.balanced(slot).await, booked);
}
