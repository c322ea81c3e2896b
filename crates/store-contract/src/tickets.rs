//! Listing tickets: of a slot and of a user, in order of booking.

use std::collections::HashSet;

use ticketly_domain::{
    BookingNo, Entity, NewBooking, Page, PageSize, Refusal, SlotId, Ticket, TicketCursor, TicketId, TicketQuery,
    TicketStatus, UserId,
};

use crate::Cinema;
use crate::cinema::{minutes, refused, request, request_of};

/// One page of three.
async fn three(
    cinema: &Cinema,
    slot: SlotId,
    status: Option<TicketStatus>,
    after: Option<TicketCursor>,
) -> Page<Ticket, TicketCursor> {
    let query = TicketQuery { status, after, limit: PageSize::new(3).unwrap() };
    let page = cinema.ticketing.tickets_of_slot(slot, &query).await.unwrap();
    assert!(page.items.len() <= 3);
    page
}

async fn of_user(cinema: &Cinema, user: UserId, limit: u32) -> Vec<TicketId> {
    let (mut ids, mut after) = (Vec::new(), None);
    for _ in 0..1000 {
        let query = TicketQuery { status: None, after, limit: PageSize::new(limit).unwrap() };
        let page = cinema.ticketing.tickets_of_user(user, &query).await.unwrap();
        ids.extend(page.items.iter().map(Ticket::id));
        after = page.next;
        if after.is_none() {
            return ids;
        }
    }
    panic!("the pages come to an end")
}

pub async fn pages_of_a_slots_tickets_are_complete_without_repeats(mut cinema: Cinema) {
    let (slot, other) = (cinema.slot(100).await, cinema.slot(100).await);
    let mut booked = Vec::new();
    for (minute, count) in (0..).zip([1, 5, 2, 3, 10, 1, 4]) {
        let booking = cinema.ask(request(slot, count), minutes(minute)).await.unwrap();
        booked.extend_from_slice(booking.tickets());
        cinema.book(other, 2).await.unwrap();
    }
    let (mut seen, mut after) = (Vec::new(), None);
    for _ in 0..100 {
        let page = three(&cinema, slot, None, after).await;
        seen.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((seen, after), (booked, None));
}

pub async fn lists_by_status_are_complete_while_bookings_are_added(mut cinema: Cinema) {
    let slot = cinema.slot(400).await;
    let mut before = Vec::new();
    for (minute, count) in (0..).zip([4, 1, 7, 3, 10, 2, 5, 6]) {
        let booking = cinema.ask(request(slot, count), minutes(minute)).await.unwrap();
        for ticket in booking.tickets() {
            if (minute + i64::from(ticket.id().index)) % 3 == 0 {
                cinema.cancel(ticket.id()).await.unwrap();
            }
            before.push(ticket.id());
        }
    }
    for status in [TicketStatus::Booked, TicketStatus::Canceled] {
        let tickets = cinema.tickets(slot).await.into_iter().filter(|ticket| ticket.status() == status);
        let wanted: Vec<_> = tickets.map(|ticket| ticket.id()).filter(|id| before.contains(id)).collect();
        let (mut seen, mut after): (Vec<TicketId>, _) = (Vec::new(), None);
        for round in 0..1000 {
            let page = three(&cinema, slot, Some(status), after).await;
            assert!(page.items.iter().all(|ticket| ticket.status() == status));
            seen.extend(page.items.iter().map(Ticket::id));
            after = page.next;
            if after.is_none() {
                break;
            }
            if round < 6 {
                // Before, among and after what the reader has seen.
                for minute in [-5, round, 60] {
                    cinema.ask(request(slot, 2), minutes(minute)).await.unwrap();
                }
            }
        }
        assert_eq!(after, None, "the pages come to an end");
        assert_eq!(seen.iter().collect::<HashSet<_>>().len(), seen.len(), "no ticket comes twice");
        seen.retain(|id| before.contains(id));
        assert_eq!(seen, wanted, "complete and in order");
    }
}

pub async fn tickets_of_a_user_come_in_order_of_booking_over_all_slots(mut cinema: Cinema) {
    let slots = [cinema.slot(50).await, cinema.slot(50).await, cinema.slot(50).await];
    let (mut wanted, mut user) = (Vec::new(), None);
    for (minute, count) in (0..).zip([3, 1, 2, 4, 1, 5, 2]) {
        let slot = slots[usize::try_from(minute * 2 % 3).unwrap()];
        let booking = cinema.ask(request(slot, count), minutes(minute)).await.unwrap();
        cinema.ask(request_of("Mary", slot, 1), minutes(minute)).await.unwrap();
        wanted.extend(booking.tickets().iter().map(Ticket::id));
        user = Some(booking.user().unwrap().id);
    }
    for limit in [1, 3, 4, 100] {
        assert_eq!(of_user(&cinema, user.unwrap(), limit).await, wanted, "in pages of {limit}");
    }
}

pub async fn bookings_of_a_user_in_one_second_go_by_number(mut cinema: Cinema) {
    let (first, second) = cinema.twins(50).await;
    let mut wanted = Vec::new();
    // The lower number goes to the higher slot, and one number lives in both.
    for (no, slot) in [(70, second), (80, first), (90, first), (90, second), (100, first)] {
        let no = BookingNo::from_u64(no).unwrap();
        let new = NewBooking { no, ..cinema.minted(slot, 2).await };
        wanted.push(cinema.store().book(&new).await.unwrap());
    }
    let user = wanted[0].user().unwrap().id;
    assert_eq!(cinema.store().bookings_of_user(user, None, 100).await.unwrap(), wanted);
    for from in 0..wanted.len() {
        let key = Some(wanted[from].id().key);
        let upto = wanted.len().min(from + 2);
        assert_eq!(cinema.store().bookings_of_user(user, key, 2).await.unwrap(), wanted[from..upto]);
    }
    let ids: Vec<_> = wanted.iter().flat_map(|booking| booking.tickets().iter().map(Ticket::id)).collect();
    assert_eq!(of_user(&cinema, user, 3).await, ids);
}

pub async fn bookings_of_a_slot_begin_where_they_are_asked_to(mut cinema: Cinema) {
    let (slot, other) = (cinema.slot(50).await, cinema.slot(50).await);
    let mut wanted = Vec::new();
    for no in [30, 10, 20, 40] {
        let no = BookingNo::from_u64(no).unwrap();
        let new = NewBooking { no, ..cinema.minted(slot, 1).await };
        wanted.push(cinema.store().book(&new).await.unwrap());
        cinema.book(other, 1).await.unwrap();
    }
    wanted.sort_by_key(|booking| booking.id().key.no);
    let store = cinema.store();
    for (from, begin) in [(None, 0), (Some(5), 0), (Some(10), 0), (Some(11), 1), (Some(40), 3), (Some(41), 4)] {
        let from = from.and_then(BookingNo::from_u64);
        assert_eq!(store.bookings_of_slot(slot, from, 100).await.unwrap(), wanted[begin..]);
        let two = store.bookings_of_slot(slot, from, 2).await.unwrap();
        assert_eq!(two, wanted[begin..wanted.len().min(begin + 2)]);
    }
    assert_eq!(store.bookings_of_slot(SlotId::from_u64(3).unwrap(), None, 100).await.unwrap(), []);
    assert_eq!(store.booking(wanted[0].id().key).await.unwrap().as_ref(), Some(&wanted[0]));
}

pub async fn the_holder_of_a_ticket_is_found_by_it_also_after_a_move(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(5).await, cinema.slot(5).await);
    let ticket = cinema.ticket(here).await;
    let moved = cinema.shift(ticket.id(), there).await.unwrap();
    for id in [ticket.id(), moved.new.id()] {
        let found = cinema.ticketing.ticket(&id).await.unwrap();
        assert_eq!((found.id(), &found.user().unwrap()), (id, &ticket.user().unwrap()));
        assert_eq!(
            (found.user().unwrap().name.as_str(), found.user().unwrap().phone.as_str()),
            ("John", ticket.user().unwrap().phone.as_str())
        );
    }
    assert_eq!(of_user(&cinema, ticket.user().unwrap().id, 10).await.len(), 2);
}

pub async fn an_unknown_user_and_an_unknown_slot_are_refused(mut cinema: Cinema) {
    let slot = cinema.slot(1).await;
    let known = cinema.ticket(slot).await.user().unwrap().id;
    let query = TicketQuery::default();
    let mut bytes = *known.as_bytes();
    bytes[12] ^= 1;
    let stranger = UserId::from_bytes(bytes).unwrap();
    assert_eq!(refused(cinema.ticketing.tickets_of_user(stranger, &query).await), Refusal::Unknown(Entity::User));
    // Somebody whose only request was refused has booked nothing and is not known.
    let late = cinema.ask(request_of("Mary", slot, 1), minutes(0)).await;
    assert_eq!(refused(late), Refusal::SoldOut { available: 0 });
    let other = SlotId::from_u64(slot.as_u64() ^ 1).unwrap();
    assert_eq!(refused(cinema.ticketing.tickets_of_slot(other, &query).await), Refusal::Unknown(Entity::Slot));
    let page = cinema.ticketing.tickets_of_user(known, &query).await.unwrap();
    assert_eq!((page.items.len(), page.next), (1, None));
}

pub async fn a_rare_status_in_a_long_list_makes_short_pages_that_end(mut cinema: Cinema) {
    let slot = cinema.slot(2000).await;
    let mut rare = Vec::new();
    for number in 0..1150 {
        let ticket = cinema.ask(request(slot, 1), minutes(number / 100)).await.unwrap().tickets()[0].clone();
        if [0, 500, 1149].contains(&number) {
            rare.push(cinema.cancel(ticket.id()).await.unwrap().id());
        }
    }
    let user = cinema.ticketing.ticket(&rare[0]).await.unwrap().user().unwrap().id;
    for of_user in [false, true] {
        let (mut seen, mut pages, mut after) = (Vec::new(), 0, None);
        loop {
            let query = TicketQuery { status: Some(TicketStatus::Canceled), after, limit: PageSize::new(3).unwrap() };
            let page = if of_user {
                cinema.ticketing.tickets_of_user(user, &query).await.unwrap()
            } else {
                cinema.ticketing.tickets_of_slot(slot, &query).await.unwrap()
            };
            seen.extend(page.items.iter().map(Ticket::id));
            (pages, after) = (pages + 1, page.next);
            if after.is_none() {
                break;
            }
            assert!(pages < 20, "the pages come to an end");
        }
        assert!(pages > 1, "one page does not read it all");
        seen.sort_by_key(|id| id.booking);
        let mut wanted = rare.clone();
        wanted.sort_by_key(|id| id.booking);
        assert_eq!(seen, wanted);
    }
}
