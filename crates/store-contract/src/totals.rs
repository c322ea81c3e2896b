//! The totals of slots: what was sold, refunded and kept, counted once.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use ticketly_domain::{
    Action, Booking, BookingRequest, Change, Error, HoldRequest, PageSize, PaymentMethod, RefundRule, Rules, Selection,
    SingleSeats, SlotDraft, SlotId, Sweep, Target, TicketCount, TicketTypeName, TicketTypes, TillPayment, TotalsLine,
    TotalsQuery,
};

use crate::Cinema;
use crate::cinema::{NOW, SHOW_END, SHOW_START, draft, minutes, named, priced_draft, race, request, seated_draft};

const HALL: &str = "legend . standard\nlegend L lounge\nrow A 1 1 ......\nrow B 1 1 LLLLLL";
const PRICES: &str = "1310, adult\n910, child\n1760, adult, lounge";
/// When tickets have expired.
const EXPIRED: DateTime<Utc> = DateTime::from_timestamp(1_604_233_320 + 12 * 3600, 0).unwrap();

fn types(names: &[&str]) -> TicketTypes {
    TicketTypes::Each(names.iter().map(|name| TicketTypeName::parse(name).unwrap()).collect())
}

/// The box office sells tickets of these types.
async fn sold(cinema: &mut Cinema, slot: SlotId, names: &[&str]) -> Booking {
    let count = TicketCount::new(u32::try_from(names.len()).unwrap()).unwrap();
    sell(cinema, slot, Selection::any(count), names).await
}

async fn sell(cinema: &mut Cinema, slot: SlotId, selection: Selection, names: &[&str]) -> Booking {
    cinema.at_the_box_office();
    let selection = Selection { ticket_types: Some(types(names)), ..selection };
    let payment = Some(TillPayment { method: PaymentMethod::Cash, reference: None });
    cinema.ask(BookingRequest { selection, payment, ..request(slot, 1) }, NOW).await.unwrap()
}

/// Returns the lines of a slot: type, zone and sums, and whether they are final.
async fn lines(cinema: &Cinema, slot: SlotId) -> (bool, Vec<(String, TotalsLine)>) {
    let (found, totals) = cinema.ticketing.final_totals(slot).await.unwrap();
    let (is_final, totals) = match totals {
        Some(totals) => (true, totals.totals),
        None => (false, cinema.ticketing.running_totals(found.showing(), NOW).await.unwrap().totals),
    };
    let named = totals.lines().map(|(key, line)| {
        let ticket_type = key.ticket_type.as_ref().map_or("free", TicketTypeName::as_str);
        let zone = key.zone.as_ref().map_or("anywhere", |zone| zone.as_str());
        (format!("{ticket_type} {zone}"), *line)
    });
    (is_final, named.collect())
}

fn line(sold: [u64; 3], canceled: [u64; 3]) -> TotalsLine {
    let ([tickets, takings, tax], [canceled, refunded, kept]) = (sold, canceled);
    TotalsLine { tickets, takings, tax, canceled, refunded, kept }
}

pub async fn a_running_slot_is_totalled_from_its_bookings(mut cinema: Cinema) {
    let rule = RefundRule { percent: 60, before_start: TimeDelta::minutes(20) };
    cinema.under(Rules { refunds: rule, ..Rules::default() }).await;
    let list = cinema.price_list("Evening", PRICES).await;
    let hall = cinema.auditorium(HALL, SingleSeats::Allowed).await;
    let slot = cinema.slot_of(&SlotDraft { prices: Some(list.id), ..seated_draft("Dr. No", &hall) }).await;
    let free = cinema.slot(11).await;
    let other = cinema.slot_of(&priced_draft("Goldfinger", 12, &list)).await;
    assert_eq!(lines(&cinema, slot).await, (false, vec![]));

    let first = sell(&mut cinema, slot, named("A1 A3 B1"), &["adult", "child", "adult"]).await;
    let elsewhere = sold(&mut cinema, other, &["adult"]).await;
    let adult = Selection { ticket_types: Some(types(&["adult"])), ..Selection::any(TicketCount::ONE) };
    cinema.hold_of(HoldRequest { selection: adult, target: Target::Slot(other), key: None }, NOW).await.unwrap();
    cinema.book(free, 4).await.unwrap();
    let ticket = cinema.ticket(free).await;
    cinema.cancel(ticket.id()).await.unwrap();

    cinema.cancel(first.tickets()[1].id()).await.unwrap();
    let late = SHOW_START - TimeDelta::minutes(20);
    cinema.ticketing.cancel(first.tickets()[0].id(), None, late).await.unwrap();
    cinema.shift(elsewhere.tickets()[0].id(), free).await.unwrap();
    let cinema = cinema.reopened().await;

    let expected = [
        ("adult lounge", line([1, 1760, 115], [0; 3])),
        ("adult standard", line([0; 3], [1, 0, 1310])),
        ("child standard", line([0; 3], [1, 546, 364])),
    ];
    let expected = expected.map(|(name, line)| (name.to_owned(), line)).to_vec();
    assert_eq!(lines(&cinema, slot).await, (false, expected));
    assert_eq!(lines(&cinema, other).await, (false, vec![]), "held and moved");
    let moved = ("adult anywhere".to_owned(), line([1, 1310, 86], [0; 3]));
    let free_tickets = ("free anywhere".to_owned(), line([4, 0, 0], [1, 0, 0]));
    assert_eq!(lines(&cinema, free).await, (false, vec![free_tickets, moved]));
}

pub async fn expiry_writes_the_final_totals(mut cinema: Cinema) {
    let list = cinema.price_list("Late", "700, adult\n500, child").await;
    let slot = cinema.slot_of(&priced_draft("Thunderball", 30, &list)).await;
    let empty = cinema.slot(13).await;
    let booking = sold(&mut cinema, slot, &["adult", "child", "child"]).await;
    cinema.cancel(booking.tickets()[1].id()).await.unwrap();
    let (_, running) = lines(&cinema, slot).await;
    cinema.ticketing.expire(EXPIRED - TimeDelta::milliseconds(1)).await.unwrap();
    assert!(!lines(&cinema, slot).await.0);
    cinema.ticketing.expire(EXPIRED).await.unwrap();
    assert_eq!(lines(&cinema, slot).await, (true, running.clone()));
    assert_eq!(lines(&cinema, empty).await, (true, vec![]));
    assert_eq!(cinema.ticketing.final_totals(slot).await.unwrap().1.unwrap().at, EXPIRED);

    // They stay when the tickets are archived.
    cinema.ticketing.expire(EXPIRED + TimeDelta::hours(3)).await.unwrap();
    cinema.ticketing.archive(EXPIRED + TimeDelta::days(91)).await.unwrap();
    let cinema = cinema.reopened().await;
    assert_eq!(lines(&cinema, slot).await, (true, running.clone()));
    assert_eq!(cinema.ticketing.final_totals(slot).await.unwrap().1.unwrap().at, EXPIRED);
    // And the bookings still tell the same, for slots that expired in a version without totals.
    let showing = cinema.ticketing.slot(slot).await.unwrap().showing().clone();
    let again = cinema.ticketing.running_totals(&showing, NOW).await.unwrap();
    let adult = again.totals.lines().next().unwrap();
    assert_eq!((adult.1.tickets, running[0].1.tickets), (1, 1));
    assert_eq!(again.totals.lines().map(|(_, line)| *line).collect::<Vec<_>>(), [running[0].1, running[1].1]);
}

pub async fn archived_free_tickets_are_told_apart_by_the_time(mut cinema: Cinema) {
    cinema.under(Rules { archive_after: TimeDelta::minutes(30), ..Rules::default() }).await;
    let slot = cinema.slot(15).await;
    let booking = cinema.book(slot, 5).await.unwrap();
    for ticket in &booking.tickets()[..2] {
        cinema.cancel(ticket.id()).await.unwrap();
    }
    cinema.ticketing.archive(minutes(40)).await.unwrap();
    let expected = vec![("free anywhere".to_owned(), line([3, 0, 0], [2, 0, 0]))];
    assert_eq!(lines(&cinema, slot).await, (false, expected.clone()));
    cinema.ticketing.expire(EXPIRED).await.unwrap();
    cinema.ticketing.archive(EXPIRED + TimeDelta::minutes(30)).await.unwrap();
    assert_eq!(lines(&cinema, slot).await, (true, expected.clone()));
    let showing = cinema.ticketing.slot(slot).await.unwrap().showing().clone();
    let again = cinema.ticketing.running_totals(&showing, NOW).await.unwrap();
    assert_eq!(again.totals.lines().map(|(_, line)| *line).collect::<Vec<_>>(), [expected[0].1]);
}

pub async fn a_sweep_that_stops_anywhere_counts_each_booking_once(mut cinema: Cinema) {
    let list = cinema.price_list("Matinee", "610, adult\n410, child").await;
    let slot = cinema.slot_of(&priced_draft("Moonraker", 60, &list)).await;
    for count in 0..17 {
        let booking = sold(&mut cinema, slot, &["adult", "child"]).await;
        if count % 3 == 0 {
            cinema.cancel(booking.tickets()[1].id()).await.unwrap();
        }
    }
    let (_, expected) = lines(&cinema, slot).await;
    assert_eq!(expected.iter().map(|(_, line)| line.tickets).collect::<Vec<_>>(), [17, 11]);
    // The first step was stopped after it had changed some bookings, and before it wrote how far it came.
    for ticket in cinema.tickets(slot).await.iter().step_by(5) {
        let change = Change { booking: ticket.id().booking, action: Action::Expire, at: EXPIRED, idempotency: None };
        cinema.store().change(&change).await.unwrap();
    }
    for step in 0..200 {
        let sweep = Sweep { due_by: SHOW_END, at: EXPIRED, limit: 1 + step % 4 };
        // Each step is that of another process.
        cinema = cinema.reopened().await;
        let (is_final, found) = lines(&cinema, slot).await;
        assert_eq!((found, step < 100), (expected.clone(), true), "at any time, step {step}");
        let more = cinema.store().expire(&sweep).await.unwrap().more;
        assert!(!is_final || !more, "step {step}");
        if !more {
            break;
        }
    }
    assert_eq!(lines(&cinema, slot).await, (true, expected));
}

pub async fn racing_sweeps_count_each_booking_once(mut cinema: Cinema) {
    let list = cinema.price_list("Gala", "2110, adult").await;
    let slot = cinema.slot_of(&priced_draft("Octopussy", 90, &list)).await;
    for _ in 0..40 {
        sold(&mut cinema, slot, &["adult", "adult"]).await;
    }
    let store = cinema.store();
    let sweeps = race(4, |number| {
        let store = Arc::clone(&store);
        async move {
            let limit = 2 + usize::try_from(number).unwrap();
            for _ in 0..400 {
                if !store.expire(&Sweep { due_by: SHOW_END, at: EXPIRED, limit }).await.unwrap().more {
                    return;
                }
            }
            panic!("sweeps come to an end");
        }
    });
    sweeps.await;
    let expected = vec![("adult anywhere".to_owned(), line([80, 80 * 2110, 80 * 138], [0; 3]))];
    assert_eq!(lines(&cinema, slot).await, (true, expected));
}

pub async fn cancels_racing_with_the_sweep_are_counted_as_they_ended(mut cinema: Cinema) {
    let list = cinema.price_list("Preview", "830, adult").await;
    let slot = cinema.slot_of(&priced_draft("Skyfall", 50, &list)).await;
    let mut tickets = Vec::new();
    for _ in 0..12 {
        tickets.push(sold(&mut cinema, slot, &["adult"]).await.tickets()[0].id());
    }
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(14, |number| {
        let (ticketing, ticket) = (ticketing.clone(), tickets.get(usize::try_from(number).unwrap()).copied());
        async move {
            match ticket {
                Some(ticket) => ticketing.cancel(ticket, None, NOW).await.map(|_| 1),
                None => ticketing.expire(EXPIRED).await.map(|_| 0),
            }
        }
    });
    let outcomes = outcomes.await;
    let failures = outcomes.iter().filter(|outcome| !matches!(outcome, Ok(_) | Err(Error::Refused(_))));
    assert_eq!(failures.count(), 0, "{outcomes:?}");
    let canceled: u64 = outcomes.into_iter().filter_map(Result::ok).sum();
    cinema.ticketing.expire(EXPIRED).await.unwrap();
    let expected = line([12 - canceled, (12 - canceled) * 830, (12 - canceled) * 54], [canceled, canceled * 830, 0]);
    assert_eq!(lines(&cinema, slot).await, (true, vec![("adult anywhere".to_owned(), expected)]));
}

pub async fn totals_are_listed_by_start(mut cinema: Cinema) {
    let mut slots = Vec::new();
    for day in 0..4 {
        for hour in 0..3 {
            let start = SHOW_START + TimeDelta::days(day) + TimeDelta::hours(hour);
            let draft = SlotDraft { start, end: start + TimeDelta::hours(2), ..draft("Spectre", 14) };
            slots.push(cinema.slot_of(&draft).await);
        }
    }
    cinema.book(slots[1], 6).await.unwrap();
    // The first two days have ended.
    let ended = SHOW_END + TimeDelta::days(1) + TimeDelta::hours(2 + 8);
    cinema.ticketing.expire(ended).await.unwrap();
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let (from, until) = (SHOW_START + TimeDelta::hours(1), SHOW_START + TimeDelta::days(3));
        let query = TotalsQuery { from, until, after, limit: PageSize::new(3).unwrap() };
        let page = cinema.ticketing.list_final_totals(&query).await.unwrap();
        assert!(page.items.len() <= 3);
        found.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let listed: Vec<_> = found.iter().map(|(slot, totals)| (slot.id(), totals.is_some())).collect();
    let expected: Vec<_> = (1..9).map(|number| (slots[number], number < 6)).collect();
    assert_eq!(listed, expected);
    assert_eq!(found[0].1.as_ref().unwrap().totals.lines().map(|(_, line)| line.tickets).sum::<u64>(), 6);
    let (from, longest) = (SHOW_START, TotalsQuery::MAX_LENGTH);
    for (until, is_fine) in [
        (from, false),
        (from + longest, true),
        (from + longest + TimeDelta::milliseconds(1), false),
        (from - TimeDelta::hours(1), false),
    ] {
        let query = TotalsQuery { from, until, after: None, limit: PageSize::default() };
        assert_eq!(cinema.ticketing.list_final_totals(&query).await.is_ok(), is_fine, "{until}");
    }
}
