//! The erasure of names and telephone numbers.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use ticketly_domain::{
    Booking, Entity, Erasure, InstallationKey, KeptFor, PageSize, PaymentState, RefundState, Refusal, Rules, Ticket,
    TicketQuery, TicketStatus, User, UserId,
};

use crate::cinema::{Cinema, NOW, SHOW_END, SHOW_START, minutes, person, refused, request_of};
use crate::sales::{payment_of, priced_slot, refunds, sold};
use crate::shop::{Shop, best};

/// When the tickets of the usual showing are expired.
fn expired() -> DateTime<Utc> {
    SHOW_END + TimeDelta::hours(8)
}

async fn erased(cinema: &Cinema, name: &str, at: DateTime<Utc>) -> Erasure {
    let (user_name, phone) = person(name);
    cinema.ticketing.erase(user_name, phone, at).await.unwrap()
}

fn counts(erasure: &Erasure) -> (u64, u64, Vec<KeptFor>, bool) {
    let kept = erasure.kept.iter().map(|kept| kept.reason).collect();
    (erasure.bookings, erasure.payments, kept, erasure.more)
}

async fn read(cinema: &Cinema, booking: &Booking) -> Booking {
    cinema.store().booking(booking.key()).await.unwrap().unwrap()
}

/// What a booking is besides its person.
fn all_else(booking: &Booking) -> impl PartialEq + fmt::Debug + use<> {
    let sale = booking.sale().map(ToString::to_string);
    (booking.secrets(), booking.changes(), booking.seats(), sale, booking.made_at())
}

async fn user_of(cinema: &mut Cinema, name: &str) -> UserId {
    let key = cinema.store().installation_key(&InstallationKey::mint(&mut cinema.rng)).await.unwrap();
    let (name, phone) = person(name);
    key.user(name, phone).id
}

/// Nobody finds a person, by whatever way.
async fn is_gone(cinema: &mut Cinema, name: &str) {
    let user = user_of(cinema, name).await;
    assert_eq!(cinema.store().bookings_of_user(user, None, 9).await.unwrap(), []);
    for user in [user, User::erased().id] {
        let query = TicketQuery { status: None, after: None, limit: PageSize::LARGEST };
        let tickets = cinema.ticketing.tickets_of_user(user, &query).await;
        assert_eq!(refused(tickets), Refusal::Unknown(Entity::User));
    }
}

pub async fn an_erased_booking_loses_nothing_but_its_person(mut cinema: Cinema) {
    let hall = cinema.seated("legend . standard\nrow A 1 1 ......").await;
    let slot = cinema.slot(9).await;
    let ann = cinema.ask(request_of("Ann", hall, 2), NOW).await.unwrap();
    let other = cinema.ask(request_of("Ann", slot, 3), NOW).await.unwrap();
    let john = cinema.book(slot, 1).await.unwrap();
    for ticket in ann.tickets().iter().chain(other.tickets()).chain(john.tickets()) {
        cinema.cancel(ticket.id()).await.unwrap();
    }
    let before = [read(&cinema, &ann).await, read(&cinema, &other).await];
    assert_eq!(counts(&erased(&cinema, "Ann", minutes(1)).await), (2, 0, vec![], false));
    assert_eq!(erased(&cinema, "Ann", minutes(2)).await, Erasure::default(), "a repetition");
    let mut cinema = cinema.reopened().await;
    is_gone(&mut cinema, "Ann").await;
    for old in &before {
        let new = read(&cinema, old).await;
        assert_eq!(**new.user().unwrap(), User::erased());
        assert!(new.tickets().iter().all(|ticket| **ticket.user().unwrap() == User::erased()));
        assert_eq!(all_else(&new), all_else(old));
        assert_eq!(*cinema.ticketing.user_of(&new.tickets()[0].id()).await.unwrap(), User::erased());
    }
    assert_eq!(read(&cinema, &john).await.user(), john.user(), "of somebody else");
    assert_eq!((cinema.balanced(slot).await, cinema.balanced(hall).await), (0, 0));
    let archived = cinema.archive_by(minutes(10)).await;
    assert_eq!((archived, cinema.count(slot, TicketStatus::Archived).await), (6, 4), "archived all the same");
    assert_eq!(**read(&cinema, &ann).await.user().unwrap(), User::erased());
}

pub async fn a_valid_ticket_keeps_its_person_until_it_is_over(mut cinema: Cinema) {
    let (slot, later) = (cinema.slot(9).await, cinema.slot(9).await);
    let held = cinema.hold(slot, 1, NOW).await.unwrap();
    let held = cinema.confirm(&held, "Ann", NOW).await.unwrap();
    let booking = cinema.ask(request_of("Ann", slot, 2), NOW).await.unwrap();
    let moved = cinema.shift(booking.tickets()[0].id(), later).await.unwrap();
    let erasure = erased(&cinema, "Ann", minutes(1)).await;
    assert_eq!(counts(&erasure), (0, 0, vec![KeptFor::Tickets; 3], false));
    let keys: Vec<_> = erasure.kept.iter().map(|kept| kept.key).collect();
    assert!(keys.contains(&booking.key()) && keys.contains(&held.key()) && keys.contains(&moved.new.id().booking));
    assert_eq!(read(&cinema, &held).await.user(), held.user());

    cinema.cancel(booking.tickets()[1].id()).await.unwrap();
    assert_eq!(counts(&erased(&cinema, "Ann", minutes(2)).await), (1, 0, vec![KeptFor::Tickets; 2], false));
    let ticket = cinema.ticketing.ticket(&moved.new.id()).await.unwrap();
    assert_eq!((ticket.status(), ticket.moved_from()), (TicketStatus::Booked, Some(moved.old.id())));
    assert_eq!(counts(&erased(&cinema, "Ann", SHOW_END).await).2.len(), 2, "not yet expired");
    assert_eq!(cinema.ticketing.expire(expired()).await.unwrap().tickets, 2);
    let totals = cinema.ticketing.final_totals(slot).await.unwrap().1;
    assert_eq!(counts(&erased(&cinema, "Ann", expired()).await), (2, 0, vec![], false));
    is_gone(&mut cinema, "Ann").await;
    assert_eq!(cinema.ticketing.final_totals(slot).await.unwrap().1, totals);
    let showing = cinema.ticketing.slot(slot).await.unwrap().showing().clone();
    let again = cinema.ticketing.running_totals(&showing, expired()).await.unwrap().totals;
    assert_eq!(totals.map(|totals| totals.totals), Some(again), "as many as before");
    assert_eq!((cinema.balanced(slot).await, cinema.balanced(later).await), (0, 0));
}

pub async fn a_booking_keeps_its_person_while_money_is_due(mut cinema: Cinema) {
    let slot = priced_slot(&mut cinema, "Faust", "1000, adult").await;
    let booking = sold(&mut cinema, slot, "adult adult").await;
    for ticket in booking.tickets() {
        cinema.ticketing.cancel(ticket.id(), None, minutes(1)).await.unwrap();
    }
    assert_eq!(counts(&erased(&cinema, "John", minutes(2)).await), (0, 0, vec![KeptFor::Refund], false));
    assert!(!payment_of(&cinema, &booking).await.user.is_erased());
    for refund in refunds(&cinema, RefundState::Due).await {
        cinema.ticketing.complete_refund(refund.id, minutes(3)).await.unwrap();
    }
    let (before, paid) = (read(&cinema, &booking).await, payment_of(&cinema, &booking).await);
    assert_eq!(counts(&erased(&cinema, "John", minutes(4)).await), (1, 1, vec![], false));
    let after = payment_of(&cinema, &booking).await;
    assert_eq!(after, paid.erased());
    assert_eq!((after.state, after.user.is_erased()), (PaymentState::Captured, true));
    assert_eq!(all_else(&read(&cinema, &booking).await), all_else(&before));
    assert_eq!(refunds(&cinema, RefundState::Paid).await.len(), 2);
    is_gone(&mut cinema, "John").await;
}

pub async fn what_was_not_sold_names_nobody(cinema: Cinema) {
    let mut shop = Shop::at(cinema);
    let slot = shop.slot(9).await;
    let (held, first) = shop.started(slot, best(2), NOW).await;
    shop.bank.decline(first.id);
    shop.notify(&format!("declined {}", first.id), minutes(1)).await.unwrap();
    assert!(!shop.payment(first.id).await.user.is_erased(), "the bank is still to release it");
    let second = shop.start(&held, minutes(2)).await.unwrap().payment;
    shop.work(minutes(3)).await;
    assert!(shop.payment(first.id).await.user.is_erased());
    shop.notify_paid(&second, minutes(4)).await;
    let booking = shop.booking_of(second.id).await;
    for ticket in booking.tickets() {
        shop.cinema.cancel(ticket.id()).await.unwrap();
    }
    let kept = erased(&shop.cinema, "Jane", minutes(5)).await;
    assert_eq!(counts(&kept), (0, 0, vec![KeptFor::Payment], false), "it is to be captured");
    shop.work_from(minutes(6), minutes(9)).await;
    assert_eq!(shop.refunds(RefundState::Paid).await.len(), 2);
    assert_eq!(counts(&erased(&shop.cinema, "Jane", minutes(10)).await), (1, 1, vec![], false));
    assert!(shop.payment(second.id).await.user.is_erased());
    assert_eq!(shop.bank.sums(), (0, 0), "it is paid back");
    is_gone(&mut shop.cinema, "Jane").await;
}

pub async fn who_never_paid_is_erased_once_no_ticket_is_valid(cinema: Cinema) {
    let mut shop = Shop::at(cinema);
    let slot = shop.slot(9).await;
    let (_, payment) = shop.started(slot, best(1), NOW).await;
    shop.notify_paid(&payment, minutes(1)).await;
    shop.bank.set_down(true);
    shop.work_from(minutes(1), SHOW_START + TimeDelta::minutes(1)).await;
    assert_eq!(shop.unpaid().await, [payment.id]);
    let kept = erased(&shop.cinema, "Jane", SHOW_END).await;
    assert_eq!(counts(&kept), (0, 0, vec![KeptFor::Tickets], false), "the till may still take the money");
    assert_eq!(shop.cinema.ticketing.expire(expired()).await.unwrap().tickets, 1);
    assert_eq!(counts(&erased(&shop.cinema, "Jane", expired()).await), (1, 1, vec![], false));
    let after = shop.payment(payment.id).await;
    assert_eq!((after.state, after.user.is_erased()), (PaymentState::Unpaid, true));
    is_gone(&mut shop.cinema, "Jane").await;
}

pub async fn an_erasure_goes_through_all_bookings_of_a_person(mut cinema: Cinema) {
    let slot = cinema.slot(300).await;
    let mut valid = Vec::new();
    for number in 0..270 {
        let booking = cinema.ask(request_of("Ann", slot, 1), NOW + TimeDelta::seconds(number)).await.unwrap();
        if number % 27 == 0 {
            valid.push(booking.key());
        } else {
            cinema.cancel(booking.tickets()[0].id()).await.unwrap();
        }
    }
    let (first, second) = (erased(&cinema, "Ann", minutes(9)).await, erased(&cinema, "Ann", minutes(9)).await);
    assert_eq!((first.bookings, first.more), (256, true), "a bounded part");
    assert_eq!((second.bookings, second.more), (4, false));
    assert_eq!(second.kept.iter().map(|kept| kept.key).collect::<Vec<_>>(), valid);
    let user = user_of(&mut cinema, "Ann").await;
    let left = cinema.store().bookings_of_user(user, None, 300).await.unwrap();
    assert_eq!(left.iter().map(Booking::key).collect::<Vec<_>>(), valid);
}

pub async fn erasing_and_booking_at_once_harm_nothing(mut cinema: Cinema) {
    let (slot, other) = (cinema.slot(40).await, cinema.slot(40).await);
    let mut bookings = Vec::new();
    for _ in 0..12 {
        bookings.push(cinema.ask(request_of("Ann", slot, 2), NOW).await.unwrap());
    }
    for booking in &bookings[..6] {
        cinema.cancel(booking.tickets()[0].id()).await.unwrap();
        cinema.cancel(booking.tickets()[1].id()).await.unwrap();
    }
    let work = |number: usize| {
        let (ticketing, tickets) = (cinema.ticketing.clone(), bookings[number].tickets().to_vec());
        async move {
            let rng = &mut crate::cinema::rng(number as u64);
            let (name, phone) = person("Ann");
            match number {
                0..4 => drop(ticketing.erase(name, phone, NOW).await.unwrap()),
                6..9 => drop(ticketing.cancel(tickets[0].id(), None, NOW).await.unwrap()),
                9..12 => {
                    let target = ticketly_domain::Target::Slot(other);
                    drop(ticketing.move_ticket(tickets[0].id(), target, None, NOW, rng).await.unwrap());
                }
                _ => drop(ticketing.book(request_of("Ann", slot, 1), NOW, rng).await.unwrap()),
            }
        }
    };
    let tasks: Vec<_> = (0..12).map(|number| tokio::spawn(work(number))).collect();
    for task in tasks {
        task.await.unwrap();
    }
    let all = [cinema.bookings(slot).await, cinema.bookings(other).await].concat();
    let is_valid = |booking: &&Booking| booking.tickets().iter().any(|its| its.status() == TicketStatus::Booked);
    assert!(all.iter().filter(is_valid).all(Booking::names_person), "who has a ticket has a name");
    assert_eq!(erased(&cinema, "Ann", minutes(1)).await.kept.len(), all.iter().filter(is_valid).count());
    let all = [cinema.bookings(slot).await, cinema.bookings(other).await].concat();
    assert!(all.iter().all(|booking| booking.names_person() == is_valid(&booking)));
    let users = |booking: &Booking| booking.tickets().iter().all(|its: &Ticket| its.user() == booking.user());
    assert!(all.iter().all(users));
    assert_eq!((cinema.balanced(slot).await, cinema.balanced(other).await), (6 + 2, 3));
}

pub async fn names_are_erased_some_days_after_the_archive(mut cinema: Cinema) {
    let erase_after = Some(TimeDelta::days(30));
    let (slot, hall) = (cinema.slot(300).await, cinema.seated("legend . standard\nrow A 1 1 ......").await);
    let draft = crate::cinema::draft("Later", 9);
    let week = TimeDelta::days(7);
    let later = ticketly_domain::SlotDraft { start: draft.start + week, end: draft.end + week, ..draft };
    let later = cinema.slot_of(&later).await;
    for number in 0..140 {
        cinema.ask(request_of(&format!("Person {number}"), slot, 1), NOW).await.unwrap();
    }
    let seated = cinema.book(hall, 2).await.unwrap();
    cinema.cancel(seated.tickets()[0].id()).await.unwrap();
    let last = cinema.ask(request_of("Ann", later, 1), NOW).await.unwrap();
    let rules = Rules { erase_after, ..Rules::default() };
    cinema.under(rules).await;
    let due = expired() + TimeDelta::days(90 + 30);
    assert_eq!(cinema.ticketing.erase_archived(due - TimeDelta::days(1)).await.unwrap().tickets, 0, "not yet due");
    cinema.ticketing.expire(expired() + TimeDelta::days(9)).await.unwrap();
    let totals = cinema.ticketing.final_totals(slot).await.unwrap().1;
    // On the next day.
    let swept = cinema.ticketing.erase_archived(due + TimeDelta::days(1)).await.unwrap();
    assert_eq!((swept.tickets, swept.more), (142, false));
    assert_eq!(cinema.ticketing.erase_archived(due + TimeDelta::days(1)).await.unwrap().tickets, 0, "a repetition");
    let mut cinema = cinema.reopened().await;
    let all = [cinema.bookings(slot).await, cinema.bookings(hall).await].concat();
    assert_eq!((all.len(), all.iter().filter(|booking| booking.names_person()).count()), (141, 0));
    assert_eq!(read(&cinema, &last).await.user(), last.user(), "a week later");
    assert_eq!(cinema.ticketing.erase_archived(due + week * 2).await.unwrap().tickets, 0, "unless it is asked for");
    cinema.under(rules).await;
    assert_eq!(cinema.ticketing.erase_archived(due + week + TimeDelta::days(1)).await.unwrap().tickets, 1);
    assert_eq!(cinema.ticketing.final_totals(slot).await.unwrap().1, totals);
    is_gone(&mut cinema, "Ann").await;
    cinema.store().purge(true).await.unwrap();
    assert_eq!(**read(&cinema, &last).await.user().unwrap(), User::erased());
}
