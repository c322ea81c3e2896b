//! Bookings that come at once share transactions and reads.

use std::sync::Arc;

use futures_util::future::join_all;
use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_domain::{
    Booking, BookingRequest, Error, IdempotencyKey, PhoneNumber, Refusal, Selection, SlotId, SlotName, SlotQuery,
    Target, TicketCount, UserName,
};
use ticketly_dynamo_tests::meter::{Bill, Meter};
use ticketly_dynamo_tests::{Engine, patiently};
use ticketly_store_contract::{Cinema, NOW, SHOW_START, Subject, draft};

/// A cinema with so many seats to a shard, and the meter of what it costs. The engine lives as long as it is kept.
async fn metered(seats_a_shard: u32) -> (Engine, Meter, Cinema) {
    let engine = Engine::that_tells_charges().await;
    let (client, meter) = engine.metered();
    let subject = Subject::resident(engine.store_by(&client, &patiently(seats_a_shard)).await);
    (engine, meter, Cinema::over(subject).await)
}

/// Lets so many people book a ticket at once, and returns what each was answered and what it cost together.
async fn rush(cinema: &Cinema, meter: &Meter, people: u64, target: &Target) -> (Vec<Result<Booking, Error>>, Bill) {
    rush_for(cinema, meter, (0..people).map(|number| (number, target.clone(), None))).await
}

/// The number of a buyer, what is booked, and perhaps a key.
type Wanted = (u64, Target, Option<IdempotencyKey>);

/// Lets buyers book a ticket each, all at once.
async fn rush_for(
    cinema: &Cinema,
    meter: &Meter,
    wanted: impl Iterator<Item = Wanted>,
) -> (Vec<Result<Booking, Error>>, Bill) {
    let (before, ticketing) = (meter.bill(), Arc::new(cinema.ticketing.clone()));
    let buyers = wanted.map(|(number, target, key)| {
        let ticketing = Arc::clone(&ticketing);
        let request = BookingRequest {
            user_name: UserName::parse(&format!("Buyer {number}")).unwrap(),
            phone: PhoneNumber::parse("9653864514").unwrap(),
            selection: Selection::any(TicketCount::ONE),
            target,
            payment: None,
            key,
        };
        let book = async move { ticketing.book(request, NOW, &mut StdRng::seed_from_u64(number)).await };
        async { tokio::spawn(book).await.unwrap() }
    });
    (join_all(buyers).await, meter.bill() - before)
}

fn by_name() -> Target {
    Target::Showing { name: SlotName::parse("Skyfall").unwrap(), start: SHOW_START }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rush_is_far_fewer_transactions_than_bookings() {
    let (_engine, meter, mut cinema) = metered(500).await;
    let slot = cinema.slot_of(&draft("Skyfall", 400)).await;
    cinema.book(slot, 1).await.unwrap();
    let (answers, bill) = rush(&cinema, &meter, 300, &Target::Slot(slot)).await;
    assert!(answers.iter().all(Result::is_ok));
    assert!((300 / 45..=100).contains(&bill.writes), "{bill:?}");
    assert!(bill.write_units < 300.0 * 4.0, "the seats are written once a batch: {bill:?}");
    assert_eq!((cinema.balanced(slot).await, bill.reads), (301, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rush_by_name_shares_as_one_by_slot_does() {
    let (_engine, meter, mut cinema) = metered(500).await;
    let (first, second) = cinema.twins(200).await;
    let (answers, bill) = rush(&cinema, &meter, 300, &by_name()).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!((cinema.balanced(first).await, cinema.balanced(second).await), (200, 100), "in order, to the last seat");
    assert!(bill.writes <= 120, "{bill:?}");
    assert!(bill.write_units < 300.0 * 4.5 && bill.read_units < 300.0 * 0.5, "{bill:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn those_refused_at_once_share_a_look_at_the_seats() {
    let (_engine, meter, mut cinema) = metered(2).await;
    let slot = cinema.slot_of(&draft("Skyfall", 16)).await;
    for _ in 0..2 {
        cinema.book(slot, 8).await.unwrap();
    }
    let (answers, bill) = rush(&cinema, &meter, 100, &Target::Slot(slot)).await;
    let sold_out = |answer: &Result<_, Error>| matches!(answer, Err(Error::Refused(Refusal::SoldOut { available: 0 })));
    assert!(answers.iter().all(sold_out));
    assert!(bill.read_units <= 100.0 * 5.0, "alone each would read 24 units: {bill:?}");
    cinema.balanced(slot).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_that_is_added_is_sold_at_once() {
    let (_engine, meter, mut cinema) = metered(500).await;
    let (first, second) = cinema.twins(2).await;
    let (answers, _) = rush(&cinema, &meter, 5, &by_name()).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 4);
    let third = cinema.slot(3).await;
    let (answers, _) = rush(&cinema, &meter, 4, &by_name()).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 3);
    for slot in [first, second, third] {
        assert_eq!(cinema.available(slot).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_screen_takes_its_place_in_the_order() {
    let (_engine, _, mut cinema) = metered(500).await;
    let first = cinema.slot(20).await;
    assert_eq!(cinema.book(by_name(), 1).await.unwrap().key().slot, first);
    let mut earlier = cinema.slot(20).await;
    while earlier > first {
        earlier = cinema.slot(20).await;
    }
    assert_eq!(cinema.book(by_name(), 1).await.unwrap().key().slot, earlier, "the remembered slots lack it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_shown_again_reads_no_seats() {
    let (_engine, meter, mut cinema) = metered(500).await;
    let mut slots = Vec::new();
    for _ in 0..10 {
        slots.push(cinema.slot(20).await);
    }
    let shown = async |cinema: &Cinema| {
        let before = meter.bill();
        let page = cinema.ticketing.slots(&SlotQuery::default(), NOW).await.unwrap();
        let seats = page.items.iter().map(|slot| slot.seats().available()).sum::<u32>();
        (seats, meter.bill() - before)
    };
    assert_eq!(shown(&cinema).await.0, 200);
    let (seats, again) = shown(&cinema).await;
    assert_eq!((seats, again.reads), (200, 1), "a query of the list alone");
    cinema.book(slots[3], 2).await.unwrap();
    let (seats, changed) = shown(&cinema).await;
    assert_eq!((seats, changed.reads), (198, 2), "what this server sells shows at once");
}

/// Schedules slots of so many seats each, which the server then knows.
async fn slots(cinema: &mut Cinema, number: usize, seats: u32) -> Vec<SlotId> {
    let mut slots = Vec::new();
    for _ in 0..number {
        let slot = cinema.slot(seats).await;
        cinema.book(slot, 1).await.unwrap();
        slots.push(slot);
    }
    slots
}

/// Requests for each of the slots, with numbers from `first` on.
fn each_of(slots: &[SlotId], first: u64) -> impl Iterator<Item = Wanted> {
    (first..).zip(slots).map(|(number, slot)| (number, Target::Slot(*slot), None))
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_that_are_booked_at_once_share_transactions() {
    let (_engine, meter, mut cinema) = metered(500).await;
    let slots = slots(&mut cinema, 80, 20).await;
    let (answers, bill) = rush_for(&cinema, &meter, each_of(&slots, 0)).await;
    assert!(answers.iter().all(Result::is_ok));
    assert!((80 / 8..=40).contains(&bill.writes), "{bill:?}");
    assert_eq!((bill.reads, bill.write_units), (0, 80.0 * 5.0), "no booking costs more than alone");
    for slot in slots {
        assert_eq!(cinema.balanced(slot).await, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sold_out_slot_refuses_its_own_buyers_only() {
    let (_engine, meter, mut cinema) = metered(500).await;
    let mut open = slots(&mut cinema, 60, 20).await;
    let full = slots(&mut cinema, 4, 1).await;
    for (at, slot) in [10, 24, 38, 52].into_iter().zip(&full) {
        open.insert(at, *slot);
    }
    for round in 1..=2 {
        let (answers, bill) = rush_for(&cinema, &meter, each_of(&open, round * 1000)).await;
        for (slot, answer) in open.iter().zip(&answers) {
            match answer {
                Err(Error::Refused(Refusal::SoldOut { available: 0 })) => assert!(full.contains(slot)),
                answer => assert!(answer.is_ok() && !full.contains(slot), "{answer:?}"),
            }
        }
        assert!((bill.write_units - 60.0 * 5.0).abs() < 0.1, "round {round}: {bill:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_for_two_slots_books_one() {
    let (_engine, meter, mut cinema) = metered(500).await;
    let slots = slots(&mut cinema, 60, 20).await;
    let key = |pair: u64| Some(IdempotencyKey::parse(&format!("pair-{pair}")).unwrap());
    let wanted = (0..).zip(&slots).map(|(number, slot)| (number, Target::Slot(*slot), key(number / 2)));
    let (answers, _) = rush_for(&cinema, &meter, wanted).await;
    for pair in answers.chunks(2) {
        let reused = |answer: &Result<_, Error>| matches!(answer, Err(Error::Refused(Refusal::KeyReused)));
        assert_eq!(pair.iter().filter(|answer| answer.is_ok()).count(), 1, "{pair:?}");
        assert_eq!(pair.iter().filter(|answer| reused(answer)).count(), 1, "{pair:?}");
    }
}
