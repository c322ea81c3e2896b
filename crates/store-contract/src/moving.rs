//! Moving a ticket: a new one there and the old one canceled, or nothing at all.

use std::collections::HashSet;

use chrono::TimeDelta;
use ticketly_domain::{
    BookingKey, Channel, Entity, Rebooking, Refusal, Secret, SlotDraft, SlotId, Sweep, Target, Ticket, TicketId,
    TicketQuery, TicketStatus,
};

use crate::Cinema;
use crate::cinema::{NOW, SHOW_END, SHOW_START, draft, minutes, race, refused, request_of, rng, skyfall, split, taken};

pub async fn a_move_makes_a_new_ticket_and_cancels_the_old_one(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(5).await, cinema.slot(5).await);
    let ticket = cinema.ticket(here).await;
    let moving = cinema.ticketing.clone();
    let moved = moving.move_ticket(ticket.id(), Target::Slot(there), None, minutes(3), &mut cinema.rng).await.unwrap();
    assert_eq!(
        (moved.old.id(), moved.old.status(), moved.old.since()),
        (ticket.id(), TicketStatus::Canceled, minutes(3))
    );
    assert_eq!((moved.new.status(), moved.new.since()), (TicketStatus::Booked, minutes(3)));
    assert_eq!((moved.old.moved_from(), moved.old.moved_to()), (None, Some(moved.new.id())));
    assert_eq!((moved.new.moved_from(), moved.new.moved_to()), (Some(ticket.id()), None));
    assert_eq!((moved.new.showing().id(), moved.new.id().index), (there, 0));
    assert_eq!(moved.new.user().unwrap(), ticket.user().unwrap(), "the ticket stays its holder's");
    assert_eq!(cinema.ticketing.ticket(&moved.old.id()).await.unwrap(), moved.old);
    assert_eq!(cinema.ticketing.ticket(&moved.new.id()).await.unwrap(), moved.new);
    assert_eq!((cinema.available(here).await, cinema.available(there).await), (5, 4));
}

pub async fn the_other_tickets_of_a_booking_stay_when_one_moves(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(5).await, cinema.slot(5).await);
    let booking = cinema.book(here, 3).await.unwrap();
    let moved = cinema.shift(booking.tickets()[1].id(), there).await.unwrap();
    let kept = cinema.ticketing.booking(&booking.id()).await.unwrap();
    assert_eq!(kept.tickets(), [booking.tickets()[0].clone(), moved.old, booking.tickets()[2].clone()]);
    assert_eq!((cinema.balanced(here).await, cinema.balanced(there).await), (2, 1));
    let page = cinema.ticketing.tickets_of_user(booking.user().unwrap().id, &TicketQuery::default()).await.unwrap();
    assert_eq!(page.items.len(), 4, "the new ticket is among its holder's");
}

pub async fn a_move_into_a_full_slot_leaves_everything_as_it_was(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(5).await, cinema.slot(2).await);
    let ticket = cinema.ticket(here).await;
    cinema.book(there, 2).await.unwrap();
    let before = cinema.everything().await;
    assert_eq!(refused(cinema.shift(ticket.id(), there).await), Refusal::SoldOut { available: 0 });
    assert_eq!(cinema.everything().await, before);
}

pub async fn a_ticket_is_not_moved_to_where_it_is(mut cinema: Cinema) {
    let here = cinema.slot(5).await;
    let ticket = cinema.ticket(here).await;
    let before = cinema.everything().await;
    assert_eq!(refused(cinema.shift(ticket.id(), here).await), Refusal::SameSlot);
    assert_eq!(refused(cinema.shift(ticket.id(), skyfall()).await), Refusal::SameSlot);
    assert_eq!(cinema.everything().await, before);
}

pub async fn by_name_and_start_a_ticket_moves_to_another_slot(mut cinema: Cinema) {
    let (first, second) = cinema.twins(2).await;
    let ticket = cinema.ticket(first).await;
    assert_eq!(cinema.shift(ticket.id(), skyfall()).await.unwrap().new.showing().id(), second);
    let back = cinema.ticket(second).await;
    let moved = cinema.shift(back.id(), skyfall()).await.unwrap();
    assert_eq!(moved.new.showing().id(), first);
    let here = cinema.ticket(first).await;
    cinema.book(second, 1).await.unwrap();
    assert_eq!(refused(cinema.shift(here.id(), skyfall()).await), Refusal::SoldOut { available: 0 });
    assert_eq!((cinema.balanced(first).await, cinema.balanced(second).await), (2, 2));
}

pub async fn an_unknown_ticket_is_not_moved(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(5).await, cinema.slot(5).await);
    let ticket = cinema.ticket(here).await;
    let before = cinema.everything().await;
    let unheld = [
        TicketId { secret: Secret::mint(&mut cinema.rng), ..ticket.id() },
        TicketId { index: 1, ..ticket.id() },
        TicketId { booking: BookingKey { slot: there, ..ticket.id().booking }, ..ticket.id() },
    ];
    for id in unheld {
        assert_eq!(refused(cinema.shift(id, there).await), Refusal::Unknown(Entity::Ticket));
    }
    let nowhere = SlotId::mint(NOW, &mut rng(0));
    assert_eq!(refused(cinema.shift(ticket.id(), nowhere).await), Refusal::Unknown(Entity::Slot));
    assert_eq!(cinema.everything().await, before);
}

pub async fn only_a_booked_ticket_is_moved(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(5).await, cinema.slot(5).await);
    let booking = cinema.book(here, 2).await.unwrap();
    cinema.cancel(booking.tickets()[0].id()).await.unwrap();
    cinema.shift(booking.tickets()[1].id(), there).await.unwrap();
    let before = cinema.everything().await;
    for ticket in booking.tickets() {
        let again = cinema.shift(ticket.id(), there).await;
        assert_eq!(refused(again), Refusal::NotBooked { status: TicketStatus::Canceled });
    }
    assert_eq!(cinema.everything().await, before);
}

pub async fn no_ticket_moves_out_of_or_into_an_ended_showing(mut cinema: Cinema) {
    cinema.at_the_box_office();
    let here = cinema.slot(5).await;
    let tomorrow = SlotDraft { start: SHOW_END, end: SHOW_END + TimeDelta::hours(2), ..draft("Spectre", 5) };
    let tomorrow = cinema.slot_of(&tomorrow).await;
    let (seen, ahead) = (cinema.ticket(here).await, cinema.ticket(tomorrow).await);
    let before = cinema.everything().await;
    let ticketing = cinema.ticketing.clone();
    for (ticket, target) in [(seen.id(), tomorrow), (ahead.id(), here)] {
        let late = ticketing.move_ticket(ticket, Target::Slot(target), None, SHOW_END, &mut cinema.rng).await;
        assert_eq!(refused(late), Refusal::SlotEnded);
    }
    assert_eq!(cinema.everything().await, before);
    cinema.store().expire(&Sweep { due_by: SHOW_END, at: SHOW_END, limit: 100 }).await.unwrap();
    let before = cinema.everything().await;
    // A slow request from before the end meets a closed slot.
    assert_eq!(refused(cinema.shift(ahead.id(), here).await), Refusal::SlotEnded);
    assert_eq!(cinema.everything().await, before);
}

pub async fn a_ticket_is_moved_back_and_forth(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(1).await, cinema.slot(1).await);
    let mut ticket = cinema.ticket(here).await;
    for target in [there, here, there, here] {
        let moved = cinema.shift(ticket.id(), target).await.unwrap();
        assert_eq!((moved.new.moved_from(), moved.old.moved_to()), (Some(ticket.id()), Some(moved.new.id())));
        assert_eq!(moved.old.moved_from(), ticket.moved_from(), "the past is kept");
        ticket = moved.new;
    }
    assert_eq!((cinema.balanced(here).await, cinema.balanced(there).await), (1, 0));
    assert_eq!((cinema.tickets(here).await.len(), cinema.tickets(there).await.len()), (3, 2));
}

pub async fn eight_racing_moves_of_a_ticket_make_one_new_ticket(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(20).await, cinema.slot(20).await);
    let id = cinema.book(here, 3).await.unwrap().tickets()[2].id();
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(8, |number| {
        let ticketing = ticketing.clone();
        async move { ticketing.move_ticket(id, Target::Slot(there), None, NOW, &mut rng(number)).await }
    });
    let (moved, refusals) = split(outcomes.await);
    assert_eq!((moved.len(), refusals), (1, vec![Refusal::NotBooked { status: TicketStatus::Canceled }; 7]));
    assert_eq!(cinema.tickets(there).await, [moved[0].new.clone()]);
    assert_eq!((cinema.balanced(here).await, cinema.balanced(there).await), (2, 1));
}

pub async fn a_move_that_races_with_a_cancel_comes_before_or_not_at_all(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(20).await, cinema.slot(20).await);
    let mut moved = 0;
    for round in 0..10 {
        let id = cinema.ticket(here).await.id();
        let ticketing = cinema.ticketing.clone();
        let outcomes = race(4, |number| {
            let ticketing = ticketing.clone();
            async move {
                if number % 2 == round % 2 {
                    let (target, rng) = (Target::Slot(there), &mut rng(round * 8 + number));
                    ticketing.move_ticket(id, target, None, NOW, rng).await.map(|moved| Some(moved.new.id()))
                } else {
                    ticketing.cancel(id, None, NOW).await.map(|_| None)
                }
            }
        });
        let (done, refusals) = split(outcomes.await);
        let new: Vec<_> = done.iter().flatten().copied().collect();
        let not_booked = Refusal::NotBooked { status: TicketStatus::Canceled };
        assert_eq!(refusals, vec![not_booked; 2 - new.len()], "cancels succeed, and a move at most");
        let old = cinema.ticketing.ticket(&id).await.unwrap();
        assert_eq!((old.status(), old.moved_to()), (TicketStatus::Canceled, new.first().copied()));
        moved += u32::try_from(new.len()).unwrap();
        assert_eq!((cinema.balanced(here).await, cinema.balanced(there).await), (0, moved));
    }
}

pub async fn two_tickets_do_not_swap_between_full_slots(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(1).await, cinema.slot(1).await);
    let (one, other) = (cinema.ticket(here).await.id(), cinema.ticket(there).await.id());
    let before = cinema.everything().await;
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(20, |number| {
        let ticketing = ticketing.clone();
        let (id, target) = if number % 2 == 0 { (one, there) } else { (other, here) };
        async move { ticketing.move_ticket(id, Target::Slot(target), None, NOW, &mut rng(number)).await }
    });
    let (moved, refusals) = split(outcomes.await);
    assert_eq!((moved, refusals), (vec![], vec![Refusal::SoldOut { available: 0 }; 20]));
    assert_eq!(cinema.everything().await, before);
}

pub async fn tickets_bouncing_between_two_slots_never_oversell_them(mut cinema: Cinema) {
    // Seven tickets for eight seats: most moves meet a full slot, and each that succeeds makes room behind it.
    let slots = [cinema.slot(4).await, cinema.slot(4).await];
    let mut held = cinema.book(slots[0], 4).await.unwrap().tickets().to_vec();
    held.extend_from_slice(cinema.book(slots[1], 3).await.unwrap().tickets());
    let ticketing = cinema.ticketing.clone();
    let ends = race(7, |number| {
        let (ticketing, mut ticket) = (ticketing.clone(), held[usize::try_from(number).unwrap()].clone());
        async move {
            let rng = &mut rng(number);
            for _ in 0..20 {
                let target = slots[usize::from(ticket.showing().id() == slots[0])];
                match ticketing.move_ticket(ticket.id(), Target::Slot(target), None, NOW, rng).await {
                    Ok(moved) => ticket = moved.new,
                    outcome => assert_eq!(refused(outcome), Refusal::SoldOut { available: 0 }),
                }
            }
            ticket.id()
        }
    });
    let ends: HashSet<_> = ends.await.into_iter().collect();
    assert_eq!(cinema.balanced(slots[0]).await + cinema.balanced(slots[1]).await, 7);
    let mut booked = cinema.tickets(slots[0]).await;
    booked.extend(cinema.tickets(slots[1]).await);
    booked.retain(|ticket| ticket.status() == TicketStatus::Booked);
    assert_eq!(booked.iter().map(Ticket::id).collect::<HashSet<_>>(), ends);
}

pub async fn movers_and_buyers_race_for_the_last_seats(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(10).await, cinema.slot(5).await);
    let held = cinema.book(here, 10).await.unwrap();
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(20, |number| {
        let (ticketing, held) = (ticketing.clone(), held.tickets().get(usize::try_from(number).unwrap()).cloned());
        async move {
            let rng = &mut rng(number);
            match held {
                Some(ticket) => {
                    let moved = ticketing.move_ticket(ticket.id(), Target::Slot(there), None, NOW, rng).await;
                    moved.map(|moved| moved.new.id())
                }
                None => ticketing.book(request_of("Mary", there, 1), NOW, rng).await.map(|made| made.tickets()[0].id()),
            }
        }
    });
    let (seated, refusals) = split(outcomes.await);
    assert_eq!((seated.len(), refusals), (5, vec![Refusal::SoldOut { available: 0 }; 15]));
    assert_eq!(cinema.balanced(there).await, 5);
    let moved = cinema.tickets(there).await.iter().filter(|ticket| ticket.moved_from().is_some()).count();
    assert_eq!(usize::try_from(cinema.balanced(here).await).unwrap(), 10 - moved);
}

pub async fn a_move_whose_number_is_taken_changes_nothing(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(5).await, cinema.slot(5).await);
    let ticket = cinema.ticket(here).await;
    let occupant = cinema.book(there, 1).await.unwrap();
    let before = cinema.everything().await;
    let moving = Rebooking { no: occupant.id().key.no, ..cinema.minted_move(ticket.id(), there) };
    taken(cinema.store().rebook(&moving).await);
    assert_eq!(cinema.everything().await, before);
}

pub async fn a_taken_number_makes_a_move_mint_another(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(5).await, cinema.slot(5).await);
    let ticket = cinema.ticket(here).await;
    let occupant = cinema.ticketing.book(request_of("Mary", there, 1), NOW, &mut rng(0)).await.unwrap();
    let moved = cinema.ticketing.move_ticket(ticket.id(), Target::Slot(there), None, NOW, &mut rng(0)).await.unwrap();
    assert_ne!(moved.new.id().booking, occupant.id().key);
    assert_eq!(cinema.ticketing.ticket(&occupant.tickets()[0].id()).await.unwrap(), occupant.tickets()[0]);
    assert_eq!((cinema.balanced(here).await, cinema.balanced(there).await), (0, 2));
}

pub async fn the_box_office_moves_longer_than_the_public(mut cinema: Cinema) {
    let (here, there) = (cinema.slot(5).await, cinema.slot_of(&later("Spectre")).await);
    let held = cinema.book(here, 3).await.unwrap();
    let box_office = cinema.ticketing.through(Channel::BoxOffice);
    let id = |index: usize| held.tickets()[index].id();
    let target = || Target::Slot(there);
    let public = &cinema.ticketing;
    public.move_ticket(id(0), target(), None, SHOW_START - TimeDelta::milliseconds(1), &mut rng(1)).await.unwrap();
    let late = public.move_ticket(id(1), target(), None, SHOW_START, &mut rng(2)).await;
    assert_eq!(refused(late), Refusal::ChangesClosed);
    box_office.move_ticket(id(1), target(), None, SHOW_END - TimeDelta::milliseconds(1), &mut rng(3)).await.unwrap();
    let seen = box_office.move_ticket(id(2), target(), None, SHOW_END, &mut rng(4)).await;
    assert_eq!(refused(seen), Refusal::SlotEnded);
    assert_eq!((cinema.balanced(here).await, cinema.balanced(there).await), (1, 2));
}

pub async fn the_target_of_a_move_sells_as_it_sells_to_who_books(mut cinema: Cinema) {
    let (running, to_come) = (cinema.slot(5).await, cinema.slot_of(&later("Spectre")).await);
    let id = cinema.ticket(to_come).await.id();
    let at = SHOW_START + TimeDelta::hours(1);
    let target = Target::Slot(running);
    let late = cinema.ticketing.move_ticket(id, target.clone(), None, at, &mut rng(1)).await;
    assert_eq!(refused(late), Refusal::BookingClosed);
    cinema.ticketing.through(Channel::BoxOffice).move_ticket(id, target, None, at, &mut rng(2)).await.unwrap();
    assert_eq!(cinema.balanced(running).await, 1);
}

/// A showing that starts when the others have ended.
fn later(name: &str) -> SlotDraft {
    SlotDraft { start: SHOW_END + TimeDelta::hours(1), end: SHOW_END + TimeDelta::hours(3), ..draft(name, 5) }
}
