//! Booking: all or nothing, and never a seat twice.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::TimeDelta;
use ticketly_domain::{
    Action, BookingId, BookingNo, BookingRequest, Change, Channel, Deadline, Entity, NewBooking, PhoneNumber, Refusal,
    Rules, Seats, Secret, SlotDraft, SlotId, Sweep, Target, Ticket, TicketQuery, TicketStatus, Tickets, UserName,
};

use crate::Cinema;
use crate::cinema::{NOW, SHOW_END, SHOW_START, draft, race, refused, request, request_of, rng, skyfall, split, taken};

pub async fn a_booking_is_kept_as_it_was_answered(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let booking = cinema.book(slot, 3).await.unwrap();
    let showing = booking.showing();
    assert_eq!((showing.id(), showing.start(), showing.end()), (slot, SHOW_START, SHOW_END));
    assert_eq!((booking.id().key.slot, booking.made_at()), (slot, NOW));
    assert_eq!(booking.tickets().iter().map(|ticket| ticket.id().index).collect::<Vec<_>>(), [0, 1, 2]);
    for ticket in booking.tickets() {
        assert_eq!((ticket.status(), ticket.since()), (TicketStatus::Booked, NOW));
        assert_eq!((ticket.moved_from(), ticket.moved_to()), (None, None));
        assert_eq!(cinema.ticketing.ticket(&ticket.id()).await.unwrap(), *ticket);
    }
    assert_eq!(cinema.ticketing.booking(&booking.id()).await.unwrap(), booking);
    assert_eq!(cinema.tickets(slot).await, booking.tickets());
    assert_eq!(cinema.available(slot).await, 17);
}

pub async fn a_booking_is_shown_only_to_who_knows_its_secret(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let booking = cinema.book(slot, 1).await.unwrap();
    let guessed = BookingId { secret: Secret::mint(&mut cinema.rng), ..booking.id() };
    assert_eq!(refused(cinema.ticketing.booking(&guessed).await), Refusal::Unknown(Entity::Booking));
    let by_ticket = BookingId { secret: booking.tickets()[0].id().secret, ..booking.id() };
    assert_eq!(refused(cinema.ticketing.booking(&by_ticket).await), Refusal::Unknown(Entity::Booking));
}

pub async fn a_booking_takes_all_its_seats_or_none(mut cinema: Cinema) {
    let slot = cinema.slot(5).await;
    cinema.book(slot, 3).await.unwrap();
    let before = cinema.everything().await;
    assert_eq!(refused(cinema.book(slot, 3).await), Refusal::SoldOut { available: 2 });
    assert_eq!(cinema.everything().await, before);
    assert_eq!(cinema.book(slot, 2).await.unwrap().tickets().len(), 2);
    assert_eq!(refused(cinema.book(slot, 1).await), Refusal::SoldOut { available: 0 });
    assert_eq!(cinema.balanced(slot).await, 5);
}

pub async fn fifty_racing_buyers_of_twenty_seats_get_exactly_twenty(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(50, |number| {
        let ticketing = ticketing.clone();
        async move { ticketing.book(request_of(&format!("Buyer {number}"), slot, 1), NOW, &mut rng(number)).await }
    });
    let (bookings, refusals) = split(outcomes.await);
    assert_eq!((bookings.len(), refusals), (20, vec![Refusal::SoldOut { available: 0 }; 30]));
    assert_eq!(cinema.balanced(slot).await, 20);
    let sold: HashSet<_> = bookings.iter().map(|booking| booking.tickets()[0].id()).collect();
    assert_eq!(cinema.tickets(slot).await.iter().map(Ticket::id).collect::<HashSet<_>>(), sold);
}

pub async fn one_of_ten_racing_buyers_gets_the_last_eight_seats(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    cinema.book(slot, 10).await.unwrap();
    cinema.book(slot, 2).await.unwrap();
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(10, |number| {
        let ticketing = ticketing.clone();
        async move { ticketing.book(request_of(&format!("Buyer {number}"), slot, 8), NOW, &mut rng(number)).await }
    });
    let (bookings, refusals) = split(outcomes.await);
    assert_eq!((bookings.len(), refusals), (1, vec![Refusal::SoldOut { available: 0 }; 9]));
    assert_eq!(cinema.balanced(slot).await, 20);
}

pub async fn by_name_and_start_the_first_slot_that_fits_is_booked(mut cinema: Cinema) {
    let (first, second) = cinema.twins(5).await;
    cinema.slot_of(&draft("Spectre", 50)).await;
    assert_eq!(cinema.book(skyfall(), 3).await.unwrap().key().slot, first);
    assert_eq!(cinema.book(skyfall(), 3).await.unwrap().key().slot, second, "three do not fit into the first");
    assert_eq!(cinema.book(skyfall(), 2).await.unwrap().key().slot, first, "two do");
    assert_eq!((cinema.balanced(first).await, cinema.balanced(second).await), (5, 3));
}

pub async fn racing_bookings_by_name_and_start_fill_every_slot(mut cinema: Cinema) {
    let slots = [cinema.slot(6).await, cinema.slot(6).await, cinema.slot(6).await];
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(24, |number| {
        let ticketing = ticketing.clone();
        async move { ticketing.book(request_of(&format!("Buyer {number}"), skyfall(), 1), NOW, &mut rng(number)).await }
    });
    let (bookings, refusals) = split(outcomes.await);
    assert_eq!((bookings.len(), refusals), (18, vec![Refusal::SoldOut { available: 0 }; 6]));
    for slot in slots {
        assert_eq!(cinema.balanced(slot).await, 6);
    }
}

pub async fn a_refusal_tells_the_most_seats_that_one_slot_has_left(mut cinema: Cinema) {
    let (first, second) = cinema.twins(9).await;
    cinema.book(first, 4).await.unwrap();
    cinema.book(second, 2).await.unwrap();
    assert_eq!(refused(cinema.book(skyfall(), 10).await), Refusal::SoldOut { available: 7 });
    cinema.book(second, 4).await.unwrap();
    assert_eq!(refused(cinema.book(skyfall(), 10).await), Refusal::SoldOut { available: 5 });
    assert_eq!((cinema.balanced(first).await, cinema.balanced(second).await), (4, 6));
}

pub async fn an_unknown_slot_is_not_sold(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let before = cinema.everything().await;
    let other_slot = SlotId::mint(NOW, &mut cinema.rng);
    let Target::Showing { name, start } = skyfall() else { unreachable!("Skyfall is a showing") };
    let later = Target::Showing { name, start: start + TimeDelta::milliseconds(1) };
    let longer = Target::Showing { name: draft("Skyfall 2", 1).name, start };
    for target in [Target::Slot(other_slot), later, longer] {
        assert_eq!(refused(cinema.book(target.clone(), 1).await), Refusal::Unknown(Entity::Slot));
        assert_eq!(refused(cinema.ticketing.slots_of(&target).await), Refusal::Unknown(Entity::Slot));
    }
    assert_eq!(cinema.everything().await, before);
    assert_eq!(refused(cinema.ticketing.slot(other_slot).await), Refusal::Unknown(Entity::Slot));
    assert_eq!(cinema.balanced(slot).await, 0);
}

pub async fn selling_ends_in_the_moment_the_showing_ends(mut cinema: Cinema) {
    cinema.at_the_box_office();
    let slot = cinema.slot(20).await;
    cinema.ask(request(slot, 1), SHOW_END - TimeDelta::milliseconds(1)).await.unwrap();
    let before = cinema.everything().await;
    assert_eq!(refused(cinema.ask(request(slot, 1), SHOW_END).await), Refusal::SlotEnded);
    assert_eq!(refused(cinema.ask(request(skyfall(), 1), SHOW_END).await), Refusal::SlotEnded);
    assert_eq!(cinema.everything().await, before);
}

pub async fn nothing_is_sold_once_expiry_has_closed_the_slot(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    cinema.book(slot, 1).await.unwrap();
    cinema.store().expire(&Sweep { due_by: SHOW_END, at: SHOW_END, limit: 100 }).await.unwrap();
    let before = cinema.everything().await;
    // A buyer whose request was taken before the end and reaches the store after the sweep.
    assert_eq!(refused(cinema.book(slot, 1).await), Refusal::SlotEnded);
    assert_eq!(cinema.everything().await, before);
    assert!(cinema.ticketing.slot(slot).await.unwrap().seats().closed());
}

pub async fn by_name_and_start_a_closed_slot_is_passed_over(mut cinema: Cinema) {
    cinema.at_the_box_office();
    let (short, long) = (draft("Skyfall", 3), SlotDraft { end: SHOW_END + TimeDelta::hours(1), ..draft("Skyfall", 3) });
    let (short, long) = (cinema.slot_of(&short).await, cinema.slot_of(&long).await);
    cinema.book(short, 1).await.unwrap();
    assert_eq!(cinema.ask(request(skyfall(), 2), SHOW_END).await.unwrap().key().slot, long);
    assert_eq!(refused(cinema.ask(request(skyfall(), 2), SHOW_END).await), Refusal::SoldOut { available: 1 });
    assert_eq!((cinema.balanced(short).await, cinema.balanced(long).await), (1, 2));
}

pub async fn twenty_racing_first_bookings_of_a_person_make_one_user(mut cinema: Cinema) {
    let slots = [cinema.slot(20).await, cinema.slot(20).await];
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(20, |number| {
        let ticketing = ticketing.clone();
        let slot = slots[usize::from(number % 2 == 0)];
        async move { ticketing.book(request(slot, 1), NOW, &mut rng(number)).await }
    });
    let (bookings, _) = split(outcomes.await);
    let users: HashSet<_> = bookings.iter().map(|booking| booking.user().unwrap().id).collect();
    assert_eq!((bookings.len(), users.len()), (20, 1));
    let page = cinema.ticketing.tickets_of_user(bookings[0].user().unwrap().id, &TicketQuery::default()).await.unwrap();
    assert_eq!((page.items.len(), page.next), (20, None));
}

pub async fn a_user_is_kept_as_given_and_another_number_is_another_user(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let name = UserName::parse("Žofie O'Brien-Łoś 🎬").unwrap();
    let phone = PhoneNumber::parse("+91 (790) 654-3416").unwrap();
    let asked = BookingRequest { user_name: name.clone(), phone: phone.clone(), ..request(slot, 1) };
    let other_phone = PhoneNumber::parse("917906543416").unwrap();
    let other = BookingRequest { phone: other_phone, ..asked.clone() };
    let booking = cinema.ask(asked, NOW).await.unwrap();
    let kept = cinema.ticketing.booking(&booking.id()).await.unwrap();
    assert_eq!((&kept.user().unwrap().name, &kept.user().unwrap().phone), (&name, &phone));
    let stranger = cinema.ask(other, NOW).await.unwrap();
    assert_ne!(stranger.user().unwrap().id, booking.user().unwrap().id);
    let page = cinema.ticketing.tickets_of_user(booking.user().unwrap().id, &TicketQuery::default()).await.unwrap();
    assert_eq!(page.items, booking.tickets());
}

pub async fn a_taken_booking_number_is_refused(mut cinema: Cinema) {
    let (slot, other) = (cinema.slot(20).await, cinema.slot(20).await);
    let first = cinema.minted(slot, 2).await;
    let made = cinema.store().book(&first).await.unwrap();
    let before = cinema.everything().await;
    let second = NewBooking { no: first.no, ..cinema.minted(slot, 1).await };
    taken(cinema.store().book(&second).await);
    taken(cinema.store().book(&first).await);
    assert_eq!(cinema.everything().await, before);
    assert_eq!(cinema.ticketing.booking(&made.id()).await.unwrap(), made);
    let elsewhere = NewBooking { target: Target::Slot(other), ..second };
    assert_eq!(cinema.store().book(&elsewhere).await.unwrap().id().key.no, first.no);
    assert_eq!((cinema.balanced(slot).await, cinema.balanced(other).await), (2, 1));
}

pub async fn of_eight_racing_bookings_of_one_number_one_is_made(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let no = BookingNo::mint(NOW, &mut cinema.rng);
    let mut rivals = Vec::new();
    for _ in 0..8 {
        rivals.push(NewBooking { no, ..cinema.minted(slot, 1).await });
    }
    let store = cinema.store();
    let outcomes = race(8, |number| {
        let (store, rival) = (Arc::clone(&store), rivals[usize::try_from(number).unwrap()].clone());
        async move { store.book(&rival).await }
    });
    let (made, failed): (Vec<_>, Vec<_>) = outcomes.await.into_iter().partition(Result::is_ok);
    assert_eq!((made.len(), failed.len()), (1, 7));
    for outcome in failed {
        taken(outcome);
    }
    assert_eq!(cinema.tickets(slot).await, made.into_iter().next().unwrap().unwrap().tickets());
    assert_eq!(cinema.balanced(slot).await, 1);
}

pub async fn a_taken_number_makes_the_use_case_mint_another(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let first = cinema.ticketing.book(request(slot, 1), NOW, &mut rng(0)).await.unwrap();
    let second = cinema.ticketing.book(request_of("Mary", slot, 2), NOW, &mut rng(0)).await.unwrap();
    assert_ne!(first.id().key, second.id().key);
    assert_eq!(cinema.ticketing.booking(&first.id()).await.unwrap(), first);
    assert_eq!(cinema.ticketing.booking(&second.id()).await.unwrap(), second);
    assert_eq!(cinema.balanced(slot).await, 3);
}

pub async fn a_slot_is_not_scheduled_over_another(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    cinema.book(slot, 4).await.unwrap();
    let before = cinema.everything().await;
    let kept = cinema.ticketing.slot(slot).await.unwrap();
    let again = kept.with_seats(Seats::new(kept.seats().capacity()));
    taken(cinema.store().add_slot(&again).await);
    assert_eq!(cinema.everything().await, before);
}

pub async fn a_taken_slot_identifier_makes_the_use_case_mint_another(cinema: Cinema) {
    let first = cinema.ticketing.schedule(&draft("Skyfall", 1), NOW, &mut rng(0)).await.unwrap();
    let second = cinema.ticketing.schedule(&draft("Spectre", 2), NOW, &mut rng(0)).await.unwrap();
    assert_ne!(first.id(), second.id());
    assert_eq!(cinema.ticketing.slot(first.id()).await.unwrap(), first);
    assert_eq!(cinema.ticketing.slot(second.id()).await.unwrap(), second);
}

pub async fn the_box_office_books_longer_than_the_public(mut cinema: Cinema) {
    let slot = cinema.slot(5).await;
    let box_office = cinema.ticketing.through(Channel::BoxOffice);
    let closed = SHOW_START + Rules::default().book_after_start;
    cinema.ask(request(slot, 1), closed - TimeDelta::milliseconds(1)).await.unwrap();
    assert_eq!(refused(cinema.ask(request(slot, 1), closed).await), Refusal::BookingClosed);
    assert_eq!(refused(cinema.ask(request(skyfall(), 1), closed).await), Refusal::BookingClosed, "by name too");
    box_office.book(request(slot, 2), SHOW_END - TimeDelta::milliseconds(1), &mut rng(1)).await.unwrap();
    let late = box_office.book(request(slot, 1), SHOW_END, &mut rng(2)).await;
    assert_eq!(refused(late), Refusal::SlotEnded);
    assert_eq!(cinema.balanced(slot).await, 3);
}

pub async fn a_booking_without_a_person_is_kept(mut cinema: Cinema) {
    let slot = cinema.slot(5).await;
    let held = NewBooking { user: None, ..cinema.minted(slot, 2).await };
    let booking = cinema.store().book(&held).await.unwrap();
    assert_eq!((booking.user(), booking.tickets()[1].user()), (None, None));
    let cinema = cinema.reopened().await;
    assert_eq!(cinema.store().booking(booking.key()).await.unwrap().as_ref(), Some(&booking));
    assert_eq!(cinema.bookings(slot).await, std::slice::from_ref(&booking));
    assert_eq!(cinema.available(slot).await, 3);

    let ticket = booking.tickets()[0].id();
    assert_eq!(
        refused(cinema.ticketing.ticket(&ticket).await),
        Refusal::Unknown(Entity::Ticket),
        "nobody holds it yet"
    );
    assert_eq!(refused(cinema.ticketing.booking(&booking.id()).await), Refusal::Unknown(Entity::Booking));
    assert_eq!(cinema.ticketing.tickets_of_slot(slot, &TicketQuery::default()).await.unwrap().items, []);
    let action = Action::Cancel { tickets: Tickets::One(ticket), until: Deadline::End, refund: None };
    let release = Change { booking: booking.key(), action, at: NOW, idempotency: None };
    let released = cinema.store().change(&release).await.unwrap();
    assert_eq!(released.ticket(&ticket).unwrap().status(), TicketStatus::Canceled);
    assert_eq!(cinema.available(slot).await, 4);
}
