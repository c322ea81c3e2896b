//! Slots that the cinema cancels.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use ticketly_domain::{
    Action, BlockDraft, BlockReason, Booking, BookingRequest, CallListQuery, CanceledBooking, Cancellation,
    CancellationState, Change, Channel, Entity, Error, Genre, HoldRequest, HoldState, InstallationKey, PageSize, Paid,
    PaymentDraft, PaymentId, PaymentMethod, Refund, RefundRule, RefundState, Refusal, Rules, Sales, SeatLabel,
    Selection, SingleSeats, SlotChange, SlotId, SlotQuery, Target, TicketCount, TicketStatus, Tickets,
};

use crate::cinema::{
    Cinema, NOW, SHOW_END, SHOW_START, confirmation, hall, idempotency, keyed, minutes, person, race, refused, request,
    request_of, rng, seated_draft, skyfall, split,
};
use crate::sales::{priced_slot, refunds, sold};

/// When the projector fails.
const FAILURE: DateTime<Utc> = DateTime::from_timestamp(1_604_233_320 + 300, 7_000_000).unwrap();

async fn canceled(cinema: &Cinema, slot: SlotId) -> Cancellation {
    cinema.ticketing.cancel_slot(slot, FAILURE).await.unwrap()
}

async fn worked_off(cinema: &Cinema, slot: SlotId) -> Cancellation {
    let done = cinema.ticketing.continue_cancellation(slot, minutes(11)).await.unwrap();
    assert_eq!(done.state(), CancellationState::Done);
    done
}

async fn calls(cinema: &Cinema, slot: SlotId) -> Vec<CanceledBooking> {
    let (mut calls, mut after) = (Vec::new(), None);
    loop {
        let query = CallListQuery { after, limit: PageSize::new(7).unwrap() };
        let page = cinema.ticketing.call_list(slot, &query).await.unwrap();
        calls.extend(page.items);
        after = page.next;
        if after.is_none() {
            return calls;
        }
    }
}

/// Books one free ticket for each of so many people.
async fn many(cinema: &mut Cinema, slot: SlotId, people: u64) -> Vec<Booking> {
    let mut bookings = Vec::new();
    for number in 0..people {
        let request = request_of(&format!("Person {number}"), slot, 1);
        bookings.push(cinema.ask(request, NOW).await.unwrap());
    }
    bookings
}

pub async fn a_canceled_slot_sells_nothing(mut cinema: Cinema) {
    let (plain, hall) = (cinema.slot(9).await, cinema.seated("legend . standard\nrow A 1 1 .....").await);
    let other = cinema.slot(9).await;
    let ticket = cinema.ticket(other).await;
    for slot in [plain, hall] {
        let begun = canceled(&cinema, slot).await;
        assert_eq!(begun, Cancellation::begun(slot, FAILURE));
        assert_eq!(cinema.ticketing.cancel_slot(slot, minutes(30)).await.unwrap(), begun, "a repetition");
        assert_eq!(refused(cinema.book(slot, 1).await), Refusal::SlotCanceled);
        assert_eq!(refused(cinema.hold(slot, 1, NOW).await), Refusal::SlotCanceled);
        assert_eq!(refused(cinema.shift(ticket.id(), slot).await), Refusal::SlotCanceled);
        let at_the_till = cinema.ticketing.through(Channel::BoxOffice);
        let late = at_the_till.book(request(slot, 1), SHOW_END + TimeDelta::hours(1), &mut cinema.rng).await;
        assert_eq!(refused(late), Refusal::SlotCanceled, "whatever else is in the way");
    }
    let cinema = cinema.reopened().await;
    for slot in [plain, hall] {
        assert_eq!(cinema.ticketing.slot(slot).await.unwrap().sales(), Sales::Canceled);
        assert_eq!(worked_off(&cinema, slot).await.bookings, 0);
    }
    let listed = cinema.ticketing.slots(&SlotQuery::default(), NOW).await.unwrap().items;
    let shown: Vec<_> = listed.iter().map(|slot| (slot.id() == other, slot.sales())).collect();
    assert_eq!(shown.iter().filter(|its| **its == (false, Sales::Canceled)).count(), 2, "{shown:?}");
    assert!(shown.contains(&(true, Sales::Open)));
    assert_eq!(cinema.balanced(other).await, 1, "the ticket stayed where it was");
}

pub async fn a_canceled_slot_is_not_changed(mut cinema: Cinema) {
    let slot = cinema.seated("legend . standard\nrow A 1 1 .....").await;
    let open = cinema.ticketing.cancellation(slot).await;
    assert_eq!(refused(open), Refusal::Unknown(Entity::Cancellation));
    canceled(&cinema, slot).await;
    let sale = |sales| SlotChange { sales: Some(sales), ..SlotChange::default() };
    let described = SlotChange { genre: Some(Genre::Romance), ..SlotChange::default() };
    for change in [sale(Sales::Open), sale(Sales::Closed), described] {
        let outcome = cinema.ticketing.change_slot(slot, change, None, None, NOW).await;
        assert_eq!(refused(outcome), Refusal::SlotCanceled);
    }
    let seats = vec![SeatLabel::parse("A2").unwrap()];
    let reason = BlockReason::parse("House seats").unwrap();
    let draft = BlockDraft::new(seats, reason, None).unwrap();
    let blocked = cinema.ticketing.block(slot, draft, NOW, &mut cinema.rng).await;
    assert_eq!(refused(blocked), Refusal::SlotCanceled);
    let unknown = SlotId::mint(NOW, &mut cinema.rng);
    assert_eq!(refused(cinema.ticketing.cancel_slot(unknown, NOW).await), Refusal::Unknown(Entity::Slot));
    assert_eq!(refused(cinema.ticketing.cancellation(unknown).await), Refusal::Unknown(Entity::Slot));
}

pub async fn by_name_and_start_a_canceled_slot_is_passed_over(mut cinema: Cinema) {
    let (first, second) = cinema.twins(4).await;
    canceled(&cinema, first).await;
    assert_eq!(cinema.book(skyfall(), 3).await.unwrap().key().slot, second);
    assert_eq!(refused(cinema.book(skyfall(), 2).await), Refusal::SoldOut { available: 1 });
    canceled(&cinema, second).await;
    assert_eq!(refused(cinema.book(skyfall(), 1).await), Refusal::SlotCanceled);
}

pub async fn every_ticket_of_a_canceled_slot_is_paid_back_in_full(mut cinema: Cinema) {
    let rule = RefundRule { percent: 50, before_start: TimeDelta::hours(40) };
    cinema.under(Rules { refunds: rule, ..Rules::default() }).await;
    let slot = priced_slot(&mut cinema, "Faust", "1211, adult\n815, child\n0, club").await;
    let family = sold(&mut cinema, slot, "adult child adult").await;
    let couple = sold(&mut cinema, slot, "adult adult").await;
    let alone = sold(&mut cinema, slot, "adult").await;
    let members = sold_to_members(&mut cinema, slot).await;
    let held = cinema.hold_of(hold_of_adult(slot), NOW).await.unwrap();
    let given_up = cinema.hold_of(hold_of_adult(slot), NOW).await.unwrap();
    cinema.ticketing.release(given_up.id(), None, minutes(1)).await.unwrap();
    cinema.ticketing.cancel(couple.tickets()[0].id(), None, minutes(2)).await.unwrap();
    let whole = Tickets::OfBooking { id: alone.id(), tickets: None };
    cinema.ticketing.cancel_tickets(whole, None, minutes(3)).await.unwrap();
    assert!(refunds(&cinema, RefundState::Due).await.is_empty(), "by the rule it was too late");

    canceled(&cinema, slot).await;
    let mut cinema = cinema.reopened().await;
    let done = worked_off(&cinema, slot).await;
    assert_eq!((done.bookings, done.tickets, done.holds), (3, 6, 1));
    assert_eq!((done.refunded.to_string(), done.at, done.done_at), ("EUR=4448".to_owned(), FAILURE, Some(minutes(11))));
    assert_eq!(worked_off(&cinema, slot).await, done, "a repetition");
    assert_eq!(cinema.ticketing.cancel_slot(slot, minutes(40)).await.unwrap(), done);
    assert_eq!(cinema.balanced(slot).await, 0);
    let due = refunds(&cinema, RefundState::Due).await;
    let mut amounts: Vec<_> = due.iter().map(|refund| (refund.booking, refund.amount)).collect();
    amounts.sort_unstable_by_key(|(_, amount)| *amount);
    assert_eq!(amounts, [(couple.key(), 1211), (family.key(), 3237)]);
    assert!(due.iter().all(|refund| refund.method == PaymentMethod::Cash && refund.made_at == FAILURE));
    let released = cinema.ticketing.held(held.id()).await.unwrap();
    assert_eq!(released.hold_state(minutes(5)), Some(HoldState::Released));

    let calls = calls(&cinema, slot).await;
    let expected = [(&family, 3, Some(3237)), (&couple, 1, Some(1211)), (&members, 2, None)];
    assert_eq!(calls.len(), expected.len());
    for call in &calls {
        let found = expected.iter().find(|(booking, ..)| booking.key() == call.booking.key());
        let (booking, tickets, amount) = found.unwrap_or_else(|| panic!("nobody calls {call:?}"));
        assert_eq!((call.tickets.len(), call.refund.as_ref().map(|its| its.amount)), (*tickets, *amount));
        assert_eq!(call.booking.user(), booking.user());
        assert!(
            call.tickets.iter().all(|ticket| ticket.status() == TicketStatus::Canceled && ticket.since() == FAILURE)
        );
    }
    cinema.at_the_box_office();
    let paid = cinema.ticketing.complete_refund(due[0].id, minutes(50)).await.unwrap();
    let shown = calls_of(&cinema, slot, &paid).await;
    assert_eq!(shown, paid, "the list tells what was paid since");
}

async fn calls_of(cinema: &Cinema, slot: SlotId, refund: &Refund) -> Refund {
    let found = calls(cinema, slot).await.into_iter().filter_map(|call| call.refund);
    found.into_iter().find(|found| found.id == refund.id).unwrap()
}

/// Two people who pay nothing.
async fn sold_to_members(cinema: &mut Cinema, slot: SlotId) -> Booking {
    let selection = crate::sales::typed(crate::sales::best(2), crate::sales::each("club club"));
    cinema.ask(BookingRequest { selection, ..request(slot, 2) }, NOW).await.unwrap()
}

fn hold_of_adult(slot: SlotId) -> HoldRequest {
    let selection = crate::sales::typed(crate::sales::best(1), crate::sales::each("adult"));
    HoldRequest { selection, target: Target::Slot(slot), key: None }
}

pub async fn a_canceled_slot_frees_its_auditorium(mut cinema: Cinema) {
    let auditorium = cinema.auditorium("legend . standard\nrow A 1 1 .....", SingleSeats::Allowed).await;
    let slot = cinema.slot_of(&seated_draft("Skyfall", &auditorium)).await;
    let booking = cinema.book_seats(slot, "A2 A3").await.unwrap();
    let replacement = seated_draft("Spectre", &auditorium);
    let occupied = cinema.ticketing.schedule(&replacement, NOW, &mut cinema.rng).await;
    assert!(matches!(refused(occupied), Refusal::AuditoriumOccupied { .. }));
    canceled(&cinema, slot).await;
    let other = cinema.slot_of(&replacement).await;
    let timetable = cinema.ticketing.timetable(auditorium.id, NOW, NOW + TimeDelta::days(2)).await.unwrap();
    assert_eq!(timetable.iter().map(|showing| showing.id()).collect::<Vec<_>>(), [other]);
    worked_off(&cinema, slot).await;
    assert_eq!((cinema.taken(slot).await, cinema.balanced(slot).await), (String::new(), 0));
    let ticket = cinema.ticketing.ticket(&booking.tickets()[0].id()).await.unwrap();
    assert_eq!(ticket.seat().map(|seat| seat.number), Some(2), "it tells which seat it was");
    let over = seated_draft("Moonraker", &auditorium);
    let occupied = cinema.ticketing.schedule(&over, NOW, &mut cinema.rng).await;
    assert!(matches!(refused(occupied), Refusal::AuditoriumOccupied { slot, .. } if slot == other));
    cinema
        .ticketing
        .add_auditorium(&hall("legend . standard\nrow A 1 1 .", SingleSeats::Allowed), NOW, &mut rng(3))
        .await
        .unwrap();
}

pub async fn a_hold_of_a_canceled_slot_is_not_confirmed(mut cinema: Cinema) {
    let slot = cinema.slot(9).await;
    let [early, late, earlier] = [
        cinema.hold(slot, 2, NOW).await.unwrap(),
        cinema.hold(slot, 1, NOW).await.unwrap(),
        cinema.hold(slot, 1, NOW).await.unwrap(),
    ];
    let confirm = |hold: &Booking, key: &str| {
        let (ticketing, id) = (cinema.ticketing.clone(), hold.id());
        let request = confirmation(person("Jane"), Some(idempotency(key)));
        async move { ticketing.confirm(id, request, minutes(6)).await }
    };
    let confirmed = confirm(&earlier, "earlier").await.unwrap();
    canceled(&cinema, slot).await;
    assert_eq!(refused(confirm(&early, "early").await), Refusal::SlotCanceled, "before the job comes to it");
    assert_eq!(confirm(&earlier, "earlier").await.unwrap(), confirmed, "a repetition");
    let done = worked_off(&cinema, slot).await;
    assert_eq!((done.holds, done.tickets), (2, 1));
    assert_eq!(refused(confirm(&late, "late").await), Refusal::SlotCanceled);
    assert_eq!(refused(confirm(&early, "early").await), Refusal::SlotCanceled);
    assert_eq!(cinema.balanced(slot).await, 0);
}

pub async fn who_cancels_a_ticket_of_a_canceled_slot_is_paid_back_in_full(mut cinema: Cinema) {
    let rule = RefundRule { percent: 0, before_start: TimeDelta::hours(1) };
    cinema.under(Rules { refunds: rule, ..Rules::default() }).await;
    let slot = priced_slot(&mut cinema, "Faust", "1211, adult").await;
    let booking = sold(&mut cinema, slot, "adult adult").await;
    canceled(&cinema, slot).await;
    for _ in 0..2 {
        let ticket = cinema.ticketing.cancel(booking.tickets()[1].id(), None, SHOW_START + TimeDelta::minutes(1)).await;
        let ticket = ticket.unwrap();
        assert_eq!((ticket.status(), ticket.since()), (TicketStatus::Canceled, FAILURE));
    }
    let done = worked_off(&cinema, slot).await;
    assert_eq!((done.bookings, done.tickets, done.refunded.to_string()), (1, 2, "EUR=2422".to_owned()));
    assert_eq!(refunds(&cinema, RefundState::Due).await.iter().map(|its| its.amount).collect::<Vec<_>>(), [2422]);
}

pub async fn what_was_paid_online_is_due_online(mut cinema: Cinema) {
    let slot = priced_slot(&mut cinema, "Faust", "1000, adult").await;
    let held = cinema.hold_of(hold_of_adult(slot), NOW).await.unwrap();
    let open = cinema.hold_of(hold_of_adult(slot), NOW).await.unwrap();
    let kept = cinema.store().installation_key(&InstallationKey::mint(&mut rng(4))).await.unwrap();
    let (name, phone) = person("Jane");
    let user = Arc::new(kept.user(name, phone));
    let pay = |hold: &Booking, id: u8| {
        let payment =
            PaymentDraft { id: PaymentId::from_bytes([id; 16]), method: PaymentMethod::Online, reference: None };
        let action =
            Action::Pay { hold: hold.id(), user: Arc::clone(&user), payment, replaces: None, until: minutes(9) };
        Change { booking: hold.key(), action, at: minutes(1), idempotency: None }
    };
    for (hold, id) in [(&held, 3), (&open, 4)] {
        cinema.store().change(&pay(hold, id)).await.unwrap();
    }
    let started = cinema.ticketing.payment(PaymentId::from_bytes([3; 16])).await.unwrap();
    let action = Action::Confirm { hold: held.id(), user, payment: Paid::Online(Box::new(started)) };
    let confirm = Change { booking: held.key(), action, at: minutes(2), idempotency: None };
    cinema.store().change(&confirm).await.unwrap();
    canceled(&cinema, slot).await;
    let done = worked_off(&cinema, slot).await;
    assert_eq!((done.tickets, done.holds, done.refunded.to_string()), (1, 1, "EUR=1000".to_owned()));
    let due = cinema.store().refunds_due(FAILURE, 9).await.unwrap();
    assert_eq!(
        due.iter().map(|its| (its.amount, its.method, its.due)).collect::<Vec<_>>(),
        [(1000, PaymentMethod::Online, Some(FAILURE))]
    );
    let released = cinema.ticketing.held(open.id()).await.unwrap();
    assert_eq!(released.hold_state(minutes(30)), Some(HoldState::Released), "its payment finds no hold");
}

pub async fn a_slot_is_canceled_until_expiry_closes_it(mut cinema: Cinema) {
    let (during, over) = (cinema.slot(5).await, cinema.slot(5).await);
    for slot in [during, over] {
        cinema.book(slot, 2).await.unwrap();
    }
    let last = SHOW_END + TimeDelta::hours(7);
    cinema.ticketing.cancel_slot(during, last).await.unwrap();
    let done = cinema.ticketing.continue_cancellation(during, last).await.unwrap();
    assert_eq!((done.tickets, done.done_at), (2, Some(last)), "after the end, too");
    assert_eq!(cinema.expire_by(SHOW_END).await, 2, "those of the other");
    let late = cinema.ticketing.cancel_slot(over, SHOW_END + TimeDelta::hours(9)).await;
    assert_eq!(refused(late), Refusal::SlotEnded);
    assert_eq!((cinema.count(over, TicketStatus::Expired).await, cinema.balanced(during).await), (2, 0));
}

pub async fn expiry_passes_a_canceled_slot_over(mut cinema: Cinema) {
    let slot = priced_slot(&mut cinema, "Faust", "1000, adult").await;
    sold(&mut cinema, slot, "adult adult").await;
    canceled(&cinema, slot).await;
    assert_eq!(cinema.expire_by(SHOW_END + TimeDelta::days(3)).await, 0, "the server was down for days");
    let due = cinema.store().cancellations_due(9).await.unwrap();
    assert_eq!(due.iter().map(|its| its.slot).collect::<Vec<_>>(), [slot]);
    let late = SHOW_END + TimeDelta::days(3);
    assert_eq!(cinema.ticketing.continue_cancellations(late).await.unwrap(), 1);
    assert_eq!(cinema.ticketing.continue_cancellations(late).await.unwrap(), 0);
    let done = cinema.ticketing.cancellation(slot).await.unwrap();
    assert_eq!((done.tickets, done.refunded.to_string(), done.done_at), (2, "EUR=2000".to_owned(), Some(late)));
    assert_eq!(cinema.count(slot, TicketStatus::Canceled).await, 2);
    let moved = cinema.archive_by(late).await;
    assert_eq!(moved, 2, "they are archived as others");
}

pub async fn people_to_call_come_in_pages(mut cinema: Cinema) {
    let slot = cinema.slot(99).await;
    let bookings = many(&mut cinema, slot, 20).await;
    cinema.cancel(bookings[4].tickets()[0].id()).await.unwrap();
    cinema.hold(slot, 3, NOW).await.unwrap();
    let unknown = cinema.ticketing.call_list(slot, &CallListQuery::default()).await;
    assert_eq!(refused(unknown), Refusal::Unknown(Entity::Cancellation));
    canceled(&cinema, slot).await;
    assert!(calls(&cinema, slot).await.is_empty(), "nothing is done yet");
    worked_off(&cinema, slot).await;
    let called: Vec<_> = calls(&cinema, slot).await.iter().map(|call| call.booking.key()).collect();
    let mut expected: Vec<_> = bookings.iter().map(Booking::key).filter(|key| *key != bookings[4].key()).collect();
    expected.sort_unstable();
    assert_eq!(called, expected);
    let other = cinema.slot(5).await;
    canceled(&cinema, other).await;
    let after =
        cinema.ticketing.call_list(slot, &CallListQuery { limit: PageSize::new(2).unwrap(), after: None }).await;
    let query = CallListQuery { after: after.unwrap().next, limit: PageSize::LARGEST };
    let outcome = cinema.ticketing.call_list(other, &query).await;
    assert!(matches!(outcome, Err(Error::Invalid(invalid)) if invalid.field == "cursor"));
}

pub async fn bookings_race_with_a_cancellation(mut cinema: Cinema) {
    for slot in [cinema.slot(40).await, cinema.seated("legend . standard\nrow A 1 1 ....................").await] {
        let ticketing = cinema.ticketing.clone();
        let outcomes = race(24, |number| {
            let ticketing = ticketing.clone();
            async move {
                let who = format!("Buyer {number}");
                let now = NOW + TimeDelta::seconds(i64::try_from(number).unwrap());
                match number {
                    7 => ticketing.cancel_slot(slot, FAILURE).await.map(|_| None),
                    8 => ticketing.cancel_slot(slot, minutes(10)).await.map(|_| None),
                    9..12 => {
                        let selection = Selection::any(TicketCount::ONE);
                        let target = Target::Slot(slot);
                        let request = HoldRequest { selection, target, key: None };
                        ticketing.hold(request, now, &mut rng(number)).await.map(Some)
                    }
                    _ => ticketing
                        .book(keyed(&format!("{slot}-{number}"), request_of(&who, slot, 1)), now, &mut rng(number))
                        .await
                        .map(Some),
                }
            }
        });
        let (made, refusals) = split(outcomes.await);
        for refusal in &refusals {
            let is_so = matches!(
                refusal,
                Refusal::SlotCanceled | Refusal::LeavesSingleSeat { .. } | Refusal::SeatsTaken { .. }
            );
            assert!(is_so, "{refusal:?}");
        }
        let made: BTreeSet<_> = made.into_iter().flatten().map(|booking| booking.key()).collect();
        let done = worked_off(&cinema, slot).await;
        let kept: BTreeSet<_> = cinema.bookings(slot).await.iter().map(Booking::key).collect();
        assert_eq!(made, kept, "what was acknowledged is there, and nothing else");
        assert_eq!(done.bookings + done.holds, made.len() as u64, "and all of it is canceled");
        assert_eq!((cinema.balanced(slot).await, cinema.count(slot, TicketStatus::Booked).await), (0, 0));
    }
}

pub async fn racing_jobs_cancel_each_booking_once(mut cinema: Cinema) {
    let slot = priced_slot(&mut cinema, "Faust", "1000, adult").await;
    let free = cinema.slot(100).await;
    for _ in 0..10 {
        sold(&mut cinema, slot, "adult adult").await;
    }
    many(&mut cinema, free, 70).await;
    for slot in [slot, free] {
        canceled(&cinema, slot).await;
    }
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(4, |_| {
        let ticketing = ticketing.clone();
        async move { ticketing.continue_cancellations(minutes(11)).await }
    });
    for outcome in outcomes.await {
        // One that lost every race to the others is continued.
        assert!(outcome.is_ok() || matches!(outcome, Err(Error::Store(_))), "{outcome:?}");
    }
    let (paid, free) = (worked_off(&cinema, slot).await, worked_off(&cinema, free).await);
    assert_eq!((paid.bookings, paid.tickets, paid.refunded.to_string()), (10, 20, "EUR=20000".to_owned()));
    assert_eq!((free.bookings, free.tickets), (70, 70));
    let due = refunds(&cinema, RefundState::Due).await;
    assert_eq!((due.len(), due.iter().map(|refund| refund.amount).sum::<u64>()), (10, 20_000));
    assert_eq!((cinema.balanced(slot).await, cinema.balanced(free.slot).await), (0, 0));
}

pub async fn a_job_that_stops_anywhere_is_continued(mut cinema: Cinema) {
    let slot = cinema.slot(100).await;
    many(&mut cinema, slot, 90).await;
    canceled(&cinema, slot).await;
    let mut stopped = 0;
    for millis in 1..40 {
        let job = cinema.ticketing.continue_cancellation(slot, minutes(11));
        stopped += usize::from(tokio::time::timeout(Duration::from_millis(millis), job).await.is_err());
        let seen = cinema.ticketing.cancellation(slot).await.unwrap();
        assert!(seen.tickets == seen.bookings && seen.tickets <= 90, "{seen:?}");
    }
    let cinema = cinema.reopened().await;
    let done = worked_off(&cinema, slot).await;
    assert_eq!((done.bookings, done.tickets), (90, 90), "{stopped} were stopped");
    assert_eq!((cinema.balanced(slot).await, calls(&cinema, slot).await.len()), (0, 90));
}

pub async fn racing_cancellations_begin_once(mut cinema: Cinema) {
    let slot = cinema.slot(5).await;
    cinema.book(slot, 1).await.unwrap();
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(8, |number| {
        let ticketing = ticketing.clone();
        async move { ticketing.cancel_slot(slot, minutes(i64::try_from(number).unwrap())).await }
    });
    let (begun, refusals) = split(outcomes.await);
    assert!(refusals.is_empty(), "{refusals:?}");
    let times: BTreeSet<_> = begun.iter().map(|its| its.at).collect();
    assert_eq!((begun.len(), times.len()), (8, 1));
    assert_eq!(worked_off(&cinema, slot).await.tickets, 1);
    assert_eq!(cinema.ticketing.slot(slot).await.unwrap().revision().0, 1);
}
