//! Archival: what was canceled or expired is put away some months later.

use std::sync::Arc;

use chrono::TimeDelta;
use ticketly_domain::{Refusal, SlotDraft, Sweep, Swept, TicketStatus};

use crate::Cinema;
use crate::cinema::{NOW, SHOW_END, draft, minutes, race, refused};

const WAIT: TimeDelta = TimeDelta::days(90);

pub async fn canceled_and_expired_tickets_are_archived_after_90_days(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let booking = cinema.book(slot, 2).await.unwrap();
    let canceled_at = minutes(7);
    cinema.ticketing.cancel(booking.tickets()[0].id(), None, canceled_at).await.unwrap();
    let expired_at = SHOW_END + TimeDelta::hours(8);
    cinema.ticketing.expire(expired_at).await.unwrap();
    let one = Swept { tickets: 1, more: false };
    for (index, settled) in [(0, canceled_at), (1, expired_at)] {
        let before = cinema.everything().await;
        let early = settled + WAIT - TimeDelta::milliseconds(1);
        assert_eq!(cinema.ticketing.archive(early).await.unwrap(), Swept::default());
        assert_eq!(cinema.everything().await, before);
        assert_eq!(cinema.ticketing.archive(settled + WAIT).await.unwrap(), one);
        let archived = cinema.ticketing.ticket(&booking.tickets()[index].id()).await.unwrap();
        assert_eq!((archived.status(), archived.since()), (TicketStatus::Archived, settled + WAIT));
    }
}

pub async fn a_booked_ticket_is_never_archived(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    cinema.book(slot, 2).await.unwrap();
    let before = cinema.everything().await;
    assert_eq!(cinema.ticketing.archive(SHOW_END + WAIT * 10).await.unwrap(), Swept::default());
    assert_eq!(cinema.everything().await, before);
}

pub async fn the_tickets_of_a_booking_are_archived_each_in_its_time(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let booking = cinema.book(slot, 4).await.unwrap();
    for (index, minute) in [(2, 1), (0, 5), (1, 3)] {
        cinema.ticketing.cancel(booking.tickets()[index].id(), None, minutes(minute)).await.unwrap();
    }
    let mut archived = Vec::new();
    for minute in [1, 2, 3, 4, 5, 6] {
        cinema.archive_by(minutes(minute)).await;
        let tickets = cinema.tickets(slot).await;
        archived.push([0, 1, 2, 3].map(|index: usize| tickets[index].status() == TicketStatus::Archived));
        assert_eq!(tickets[3], booking.tickets()[3], "the booked one stays");
    }
    let (no, yes) = (false, true);
    let [last, only, both, all] = [[no, no, yes, no], [no, no, yes, no], [no, yes, yes, no], [yes, yes, yes, no]];
    assert_eq!(archived, [last, only, both, both, all, all]);
}

pub async fn archival_gives_no_seat_back_and_happens_once(mut cinema: Cinema) {
    let slot = cinema.slot(20).await;
    let booking = cinema.book(slot, 5).await.unwrap();
    cinema.cancel(booking.tickets()[0].id()).await.unwrap();
    cinema.cancel(booking.tickets()[1].id()).await.unwrap();
    assert_eq!(cinema.archive_by(NOW).await, 2);
    assert_eq!((cinema.available(slot).await, cinema.balanced(slot).await), (17, 3));
    let before = cinema.everything().await;
    assert_eq!(cinema.archive_by(NOW).await, 0);
    assert_eq!(cinema.archive_by(minutes(600)).await, 0);
    assert_eq!(cinema.everything().await, before);
    cinema.expire_by(SHOW_END).await;
    assert_eq!(cinema.archive_by(SHOW_END + TimeDelta::hours(8)).await, 3);
    assert_eq!((cinema.available(slot).await, cinema.count(slot, TicketStatus::Archived).await), (17, 5));
}

pub async fn archival_goes_on_in_small_steps_until_nothing_is_left(mut cinema: Cinema) {
    let (slot, other) = (cinema.slot(100).await, cinema.slot(100).await);
    for count in [1, 2, 3, 4, 5, 1, 2] {
        cinema.book(slot, count).await.unwrap();
        let canceled = cinema.book(other, count).await.unwrap().tickets()[0].id();
        cinema.cancel(canceled).await.unwrap();
    }
    cinema.expire_by(SHOW_END).await;
    let due_by = SHOW_END + TimeDelta::hours(8);
    let mut steps = Vec::new();
    while steps.last().is_none_or(|last: &Swept| last.more) {
        cinema = cinema.reopened().await;
        steps.push(cinema.store().archive(&Sweep { due_by, at: due_by, limit: 2 }).await.unwrap());
        assert!(steps.len() < 100, "steps come to an end: {steps:?}");
    }
    assert_eq!(steps.iter().map(|step| step.tickets).sum::<u64>(), 36, "{steps:?}");
    assert!(steps.iter().all(|step| step.tickets <= 10), "two bookings a step: {steps:?}");
    assert_eq!(cinema.count(slot, TicketStatus::Archived).await, 18);
    assert_eq!(cinema.count(other, TicketStatus::Archived).await, 18);
}

pub async fn four_archivists_at_once_archive_each_ticket_once(mut cinema: Cinema) {
    let slot = cinema.slot(100).await;
    for _ in 0..30 {
        let booking = cinema.book(slot, 2).await.unwrap();
        cinema.cancel(booking.tickets()[0].id()).await.unwrap();
    }
    let store = cinema.store();
    let counts = race(4, |_| {
        let store = Arc::clone(&store);
        async move {
            let mut tickets = 0;
            for _ in 0..200 {
                let swept = store.archive(&Sweep { due_by: NOW, at: minutes(1), limit: 3 }).await.unwrap();
                tickets += swept.tickets;
                if !swept.more {
                    break;
                }
            }
            tickets
        }
    });
    assert_eq!(counts.await.iter().sum::<u64>(), 30);
    assert_eq!(cinema.count(slot, TicketStatus::Archived).await, 30);
    assert_eq!(cinema.balanced(slot).await, 30);
}

pub async fn an_archived_ticket_is_neither_canceled_nor_moved(mut cinema: Cinema) {
    let (slot, other) = (cinema.slot(20).await, SlotDraft { end: SHOW_END, ..draft("Spectre", 9) });
    let other = cinema.slot_of(&other).await;
    let booking = cinema.book(slot, 2).await.unwrap();
    let id = booking.tickets()[0].id();
    cinema.cancel(id).await.unwrap();
    cinema.archive_by(NOW).await;
    let before = cinema.everything().await;
    let archived = Refusal::NotBooked { status: TicketStatus::Archived };
    assert_eq!(refused(cinema.cancel(id).await), archived);
    assert_eq!(refused(cinema.shift(id, other).await), archived);
    assert_eq!(cinema.everything().await, before);
}

pub async fn a_moved_ticket_keeps_its_successor_in_the_archive(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(5).await, cinema.slot(5).await);
    let ticket = cinema.ticket(here).await;
    let moved = cinema.shift(ticket.id(), there).await.unwrap();
    assert_eq!(cinema.archive_by(NOW).await, 1);
    let old = cinema.ticketing.ticket(&ticket.id()).await.unwrap();
    assert_eq!((old.status(), old.moved_to()), (TicketStatus::Archived, Some(moved.new.id())));
    assert_eq!(cinema.ticketing.ticket(&moved.new.id()).await.unwrap(), moved.new);
}
