//! Seats of auditoriums: what racing servers, lost answers and rushes come to.

use std::collections::BTreeSet;
use std::iter;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::TimeDelta;
use futures_util::future::join_all;
use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_adapters_dynamo::DynamoStore;
use ticketly_domain::{
    Booking, BookingRequest, Error, IdempotencyKey, Installation as _, PageSize, PhoneNumber, Refusal, Rules,
    Selection, SingleSeats, SlotChange, SlotDraft, SlotId, SlotQuery, Target, TicketCount, TicketQuery, Ticketing,
    UserName,
};
use ticketly_dynamo_tests::meter::Bill;
use ticketly_dynamo_tests::proxy::{Fault, Weather};
use ticketly_dynamo_tests::{Engine, patiently};
use ticketly_store_contract::{Cinema, NOW, SHOW_START, Subject, draft, named, request, seated_draft, seats_of};

/// Returns a plan of so many rows of so many seats.
fn rows(rows: usize, seats: usize) -> String {
    let row = |row| format!("row {row:02X}N 1 1 {}", ".".repeat(seats));
    iter::once("legend . standard".to_owned()).chain((0..rows).map(row)).collect::<Vec<_>>().join("\n")
}

fn any(count: u32) -> Selection {
    Selection::any(TicketCount::new(count).unwrap())
}

/// Lets buyers book at once, each what the number says. Servers take turns.
async fn rush(
    servers: &[&Ticketing],
    slot: SlotId,
    buyers: u64,
    wanted: impl Fn(u64) -> (Selection, Option<IdempotencyKey>),
) -> Vec<Result<Booking, Error>> {
    let buyer = |number: u64| {
        let ticketing = servers[usize::try_from(number).unwrap() % servers.len()].clone();
        let (selection, key) = wanted(number);
        let request = BookingRequest {
            user_name: UserName::parse(&format!("Buyer {number}")).unwrap(),
            phone: PhoneNumber::parse("9653864514").unwrap(),
            selection,
            target: Target::Slot(slot),
            payment: None,
            key,
        };
        let book = async move { ticketing.book(request, NOW, &mut StdRng::seed_from_u64(number)).await };
        async { tokio::spawn(book).await.unwrap() }
    };
    join_all((0..buyers).map(buyer)).await
}

/// Opens another server on a table, which remembers nothing of the first.
async fn another(engine: &Engine) -> (Arc<DynamoStore>, Ticketing) {
    let store = Arc::new(engine.store(500).await);
    let ticketing = Ticketing::open(Arc::clone(&store) as _, Rules::default(), &mut StdRng::seed_from_u64(2)).await;
    (store, ticketing.unwrap())
}

async fn cinema_on(engine: &Engine) -> Cinema {
    Cinema::over(Subject::resident(engine.store(500).await)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_sell_each_seat_once() {
    let engine = Engine::with_table().await;
    let mut cinema = cinema_on(&engine).await;
    let (_, other) = another(&engine).await;
    let slot = cinema.seated(&rows(34, 6)).await;
    // Both know the hall as it was empty.
    let first = rush(&[&cinema.ticketing, &other], slot, 2, |_| (any(2), None)).await;
    assert!(first.iter().all(Result::is_ok), "{first:?}");
    let answers = rush(&[&cinema.ticketing, &other], slot, 110, |_| (any(2), None)).await;
    let (sold, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((sold.len(), refused.len()), (100, 10), "204 seats");
    for refusal in refused {
        assert!(matches!(refusal, Err(Error::Refused(Refusal::SoldOut { available: 0 }))), "{refusal:?}");
    }
    assert_eq!(cinema.balanced(slot).await, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_servers_buyers_of_one_seat_one_gets_it() {
    let engine = Engine::with_table().await;
    let mut cinema = cinema_on(&engine).await;
    let (_, other) = another(&engine).await;
    let slot = cinema.seated(&rows(3, 8)).await;
    let warm = |number| (named(["02N1 02N2", "02N3 02N4"][usize::try_from(number).unwrap()]), None);
    let first = rush(&[&cinema.ticketing, &other], slot, 2, warm).await;
    assert!(first.iter().all(Result::is_ok), "now both remember that the seat is free: {first:?}");
    let answers = rush(&[&cinema.ticketing, &other], slot, 40, |_| (named("01N1"), None)).await;
    let (sold, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((sold.len(), refused.len()), (1, 39));
    for refusal in refused {
        assert!(matches!(&refusal, Err(Error::Refused(Refusal::SeatsTaken { seats, .. })) if seats == &["01N1"]));
    }
    assert_eq!(cinema.balanced(slot).await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_that_another_server_released_is_sold() {
    let engine = Engine::with_table().await;
    let mut cinema = cinema_on(&engine).await;
    let (_, other) = another(&engine).await;
    let slot = cinema.seated(&rows(1, 4)).await;
    let held = cinema.book(slot, 4).await.unwrap();
    other.cancel(held.tickets()[1].id(), None, NOW).await.unwrap();
    let sold = cinema.book(slot, 1).await.unwrap();
    assert_eq!(seats_of(&sold), "00N2", "this server remembered a full hall");
    other.cancel(held.tickets()[3].id(), None, NOW).await.unwrap();
    assert_eq!(seats_of(&cinema.book_seats(slot, "00N4").await.unwrap()), "00N4");
    assert_eq!(cinema.balanced(slot).await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rush_for_seats_is_far_fewer_transactions() {
    let engine = Engine::that_tells_charges().await;
    let (client, meter) = engine.metered();
    let store = engine.store_by(&client, &patiently(500)).await;
    let mut cinema = Cinema::over(Subject::resident(store)).await;
    let slot = cinema.seated(&rows(20, 20)).await;
    cinema.book(slot, 1).await.unwrap();
    let before = meter.bill();
    let answers = rush(&[&cinema.ticketing], slot, 300, |_| (any(1), None)).await;
    let bill = meter.bill() - before;
    assert!(answers.iter().all(Result::is_ok));
    assert!((300 / 45..=100).contains(&bill.writes), "{bill:?}");
    assert!(bill.write_units < 300.0 * 4.0 && bill.reads == 0, "the seats are written once a batch: {bill:?}");
    assert_eq!(cinema.balanced(slot).await, 301);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_may_have_keys_and_write_every_shard() {
    let engine = Engine::with_table().await;
    let mut cinema = cinema_on(&engine).await;
    let slot = cinema.seated(&rows(500, 2)).await;
    // Seats that are so far apart that a full batch writes all 17 shards.
    let wanted = |number: u64| {
        let key = IdempotencyKey::parse(&format!("buyer-{number}")).unwrap();
        (named(&format!("{:02X}N1 {:02X}N2", number * 5, number * 5)), Some(key))
    };
    let answers = rush(&[&cinema.ticketing], slot, 100, wanted).await;
    assert!(answers.iter().all(Result::is_ok), "{:?}", answers.iter().find(|answer| answer.is_err()));
    assert_eq!(cinema.balanced(slot).await, 200);
}

/// Makes the first transaction slow, so that bookings wait for it, and loses the answer of the second.
fn second_answer_lost(armed: &Arc<AtomicBool>) -> Weather {
    let (armed, seen) = (Arc::clone(armed), AtomicUsize::new(0));
    Arc::new(move |operation| {
        if !armed.load(Ordering::SeqCst) || operation != "TransactWriteItems" {
            return None;
        }
        match seen.fetch_add(1, Ordering::SeqCst) {
            0 => Some(Fault::Slow),
            1 => Some(Fault::CutAndForgotten),
            _ => None,
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_given_with_the_seats_that_were_taken() {
    let engine = Engine::own().await;
    let armed = Arc::new(AtomicBool::new(false));
    let client = engine.client_in(second_answer_lost(&armed)).await;
    let mut cinema = Cinema::over(Subject::resident(engine.store_by(&client, &patiently(500)).await)).await;
    let slot = cinema.seated(&rows(6, 12)).await;
    cinema.book(slot, 1).await.unwrap();
    armed.store(true, Ordering::SeqCst);
    let answers = rush(&[&cinema.ticketing], slot, 12, |_| (any(2), None)).await;
    let mut seats = BTreeSet::new();
    for answer in answers {
        let booking = answer.unwrap();
        assert_eq!(cinema.store().booking(booking.key()).await.unwrap().unwrap(), booking);
        seats.extend(booking.tickets().iter().map(|ticket| ticket.seat_no().unwrap()));
    }
    assert_eq!((seats.len(), cinema.balanced(slot).await), (24, 25), "each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_servers_list_seats_from_their_next_look_on() {
    let engine = Engine::that_tells_charges().await;
    let mut cinema = cinema_on(&engine).await;
    let (client, meter) = engine.metered();
    let store = Arc::new(engine.store_by(&client, &patiently(500)).await);
    let other =
        Ticketing::open(Arc::clone(&store) as _, Rules::default(), &mut StdRng::seed_from_u64(2)).await.unwrap();
    let plain = cinema.slot(5).await;
    let seated = cinema.seated(&rows(2, 4)).await;
    let user = cinema.book(plain, 1).await.unwrap().user().unwrap().id;
    cinema.book(seated, 2).await.unwrap();
    let cost = |before: Bill| (meter.bill() - before).reads;
    let listed = async || {
        let before = meter.bill();
        let page = other.slots(&SlotQuery::default(), NOW).await.unwrap();
        let slots: Vec<_> = page.items.iter().map(|slot| (slot.id(), slot.seats().available())).collect();
        (slots, other.tickets_of_user(user, &TicketQuery::default()).await.unwrap().items.len(), cost(before))
    };
    assert_eq!(listed().await, (vec![(plain, 4)], 1, 6), "as without auditoriums");
    assert_eq!(other.slot(seated).await.unwrap().seats().available(), 6, "by its identifier it is found at once");
    store.ready().await.unwrap();
    let (slots, tickets, _) = listed().await;
    assert_eq!((slots, tickets), (vec![(plain, 4), (seated, 6)], 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_both_kinds_of_slots_leave_none_out() {
    let engine = Engine::with_table().await;
    let mut cinema = cinema_on(&engine).await;
    let mut all = Vec::new();
    for number in 0..9 {
        let draft = if number % 3 == 0 {
            let auditorium = cinema.auditorium(&rows(1, 4), SingleSeats::Allowed).await;
            seated_draft("Skyfall", &auditorium)
        } else {
            draft("Skyfall", 5)
        };
        all.push(cinema.slot_of(&draft).await);
    }
    all.sort_unstable();
    for limit in 1..=10 {
        let (mut after, mut found) = (None, Vec::new());
        loop {
            let limit = PageSize::new(limit).unwrap();
            let page = cinema.ticketing.slots(&SlotQuery { after, limit, ..SlotQuery::default() }, NOW).await.unwrap();
            found.extend(page.items.iter().map(ticketly_domain::TicketSlot::id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, all, "{limit} at a time: of one start, those without a plan come first");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_servers_sell_what_moved_to_another_hall() {
    let engine = Engine::with_table().await;
    let mut cinema = cinema_on(&engine).await;
    cinema.auditorium(&rows(1, 4), SingleSeats::Allowed).await;
    let (_, other) = another(&engine).await;
    // One shard and two.
    for (number, [before, after]) in [(0, [3, 40]), (1, [40, 3]), (2, [3, 5])] {
        let [from, to] = [before, after].map(|count| rows(count, 4));
        let [slot, unread] = [cinema.seated(&from).await, cinema.seated(&from).await];
        for slot in [slot, unread] {
            assert_eq!(other.slot(slot).await.unwrap().seats().available(), u32::try_from(before).unwrap() * 4);
        }
        let nobody = other.book(request_of(slot, named("FFN1")), NOW, &mut StdRng::seed_from_u64(number)).await;
        assert!(matches!(nobody, Err(Error::Refused(Refusal::UnknownSeat { .. }))), "{nobody:?}");
        for slot in [slot, unread] {
            let hall = cinema.auditorium(&to, SingleSeats::Allowed).await.id;
            cinema.ticketing.change_slot(slot, SlotChange::default(), Some(hall), None, NOW).await.unwrap();
        }
        let last = format!("{:02X}N4", after - 1);
        let sold = other.book(request_of(slot, named(&last)), NOW, &mut StdRng::seed_from_u64(10 + number)).await;
        assert_eq!(seats_of(&sold.unwrap()), last);
        let listed = other.slots(&SlotQuery::default(), NOW).await.unwrap().items;
        let available = listed.iter().find(|listed| listed.id() == unread).unwrap().seats().available();
        assert_eq!((available, cinema.balanced(slot).await), (u32::try_from(after).unwrap() * 4, 1));
        assert_eq!(other.slot(unread).await.unwrap().seats().available(), u32::try_from(after).unwrap() * 4);
    }
}

fn request_of(slot: SlotId, selection: Selection) -> BookingRequest {
    BookingRequest { selection, ..request(slot, 1) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timetable_shows_what_another_server_corrected() {
    let engine = Engine::with_table().await;
    let mut cinema = cinema_on(&engine).await;
    let (_, other) = another(&engine).await;
    let hall = cinema.auditorium(&rows(1, 4), SingleSeats::Allowed).await;
    let slot = cinema.slot_of(&seated_draft("Skyfall", &hall)).await;
    let starts = async || {
        let showings = other.timetable(hall.id, NOW, NOW + TimeDelta::days(2)).await.unwrap();
        showings.iter().map(|showing| (showing.id(), showing.start())).collect::<Vec<_>>()
    };
    assert_eq!(starts().await, [(slot, SHOW_START)]);
    let start = SHOW_START + TimeDelta::minutes(11);
    let later = SlotChange { start: Some(start), ..SlotChange::default() };
    cinema.ticketing.change_slot(slot, later, None, None, NOW).await.unwrap();
    assert_eq!(starts().await, [(slot, start)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_over_many_slots_and_halls_read_them_together() {
    let engine = Engine::that_tells_charges().await;
    let mut cinema = cinema_on(&engine).await;
    let hall = cinema.auditorium(&rows(1, 4), SingleSeats::Allowed).await;
    let mut booking = None;
    for number in 0..12 {
        let (start, end) = (SHOW_START + TimeDelta::hours(number), SHOW_START + TimeDelta::minutes(number * 60 + 30));
        let slot = cinema.slot_of(&SlotDraft { start, end, ..seated_draft("Skyfall", &hall) }).await;
        booking = Some(cinema.book(slot, 1).await.unwrap());
        cinema.auditorium(&rows(2, 4), SingleSeats::Allowed).await;
    }
    let (client, meter) = engine.metered();
    let fresh = async || {
        let store = Arc::new(engine.store_by(&client, &patiently(500)).await);
        let (rules, rng) = (Rules::default(), &mut StdRng::seed_from_u64(2));
        let ticketing = Ticketing::open(store, rules, rng).await.unwrap();
        (ticketing, meter.bill())
    };
    let user = booking.unwrap().user().unwrap().id;
    let (ticketing, before) = fresh().await;
    assert_eq!(ticketing.tickets_of_user(user, &TicketQuery::default()).await.unwrap().items.len(), 12);
    // First whether there is one: two queries, it, its slot and the plan. Then two queries, the bookings, the slots.
    assert_eq!((meter.bill() - before).reads, 9);
    let (ticketing, before) = fresh().await;
    assert_eq!(ticketing.timetable(hall.id, NOW, NOW + TimeDelta::days(2)).await.unwrap().len(), 12);
    // The auditorium and its plan, the days, the slots.
    assert_eq!((meter.bill() - before).reads, 4);
    let (ticketing, before) = fresh().await;
    assert_eq!(ticketing.auditoriums().await.unwrap().len(), 13);
    assert_eq!((meter.bill() - before).reads, 2, "the auditoriums, the plans");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_shard_is_written_for_two_units() {
    let engine = Engine::that_tells_charges().await;
    let (client, meter) = engine.metered();
    let store = engine.store_by(&client, &patiently(500)).await;
    let mut cinema = Cinema::over(Subject::resident(store)).await;
    let slot = cinema.seated(&rows(30, 126)).await;
    let text = |text: String| AttributeValue::S(text);
    let set: Vec<_> = (0..30).map(|row| format!("r{row} = :full")).collect();
    let sold = client.update_item().table_name(engine.table()).key("pk", text(format!("SLOT#{slot}#I0")));
    let sold = sold
        .key("sk", text("SEATS".to_owned()))
        .update_expression(format!("SET {}, r29 = :rest", set[..29].join(", ")));
    let number = |bits: u128| AttributeValue::N(bits.to_string());
    let sold = sold.expression_attribute_values(":full", number((1 << 126) - 1));
    sold.expression_attribute_values(":rest", number((1 << 126) - 4)).send().await.unwrap();
    let before = meter.bill();
    assert_eq!(seats_of(&cinema.book(slot, 2).await.unwrap()), "1DN1 1DN2");
    let bill = meter.bill() - before;
    assert!((bill.write_units - 5.0).abs() < 0.1, "two units more if it is longer than a kilobyte: {bill:?}");
}
