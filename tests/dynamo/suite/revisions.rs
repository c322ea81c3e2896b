//! A slot that was corrected while a server remembers its old version.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_domain::{
    AuditoriumId, BlockDraft, BlockId, BlockReason, BookingRequest, Channel, Error, PriceListDraft, PriceListName,
    PricesChange, Refusal, Rules, SeatLabel, SeatNo, Selection, SingleSeats, SlotChange, SlotDraft, SlotId, SlotSeats,
    Target, TicketCount, Ticketing,
};
use ticketly_dynamo_tests::{Engine, patiently};
use ticketly_store_contract::{Cinema, NOW, SHOW_END, SHOW_START, Subject, draft, hall, named, prices, request};

/// Moves a slot to another time, as a later version of the program will: in the slot and in each of its shards.
async fn correct(client: &Client, table: &str, slot: SlotId, shards: usize, start: DateTime<Utc>, revision: u32) {
    let text = |text: String| AttributeValue::S(text);
    let number = |number: i64| AttributeValue::N(number.to_string());
    let change = |pk: String, sk: &str| {
        client.update_item().table_name(table).key("pk", text(pk)).key("sk", text(sk.to_owned()))
    };
    let end = start + TimeDelta::hours(2);
    change(format!("SLOT#{slot}"), "META")
        .update_expression("SET starts = :starts, ends = :ends, revision = :revision")
        .expression_attribute_values(":starts", number(start.timestamp_millis()))
        .expression_attribute_values(":ends", number(end.timestamp_millis()))
        .expression_attribute_values(":revision", number(revision.into()))
        .send()
        .await
        .unwrap();
    for shard in 0..shards {
        change(format!("SLOT#{slot}#I{shard}"), "SEATS")
            .update_expression("SET revision = :revision")
            .expression_attribute_values(":revision", number(revision.into()))
            .send()
            .await
            .unwrap();
    }
}

async fn an_old_start_is_never_sold(seats_a_shard: u32, shards: usize) {
    let engine = Engine::with_table().await;
    let subject = Subject::resident(engine.store_by(&engine.client(), &patiently(seats_a_shard)).await);
    let mut cinema = Cinema::over(subject).await;
    let slot = cinema.slot_of(&draft("Skyfall", 40)).await;
    let before = cinema.book(slot, 1).await.unwrap();
    assert_eq!(before.showing().start(), SHOW_START, "now this server remembers the slot");

    let later = SHOW_START + TimeDelta::minutes(95);
    correct(&engine.client(), engine.table(), slot, shards, later, 1).await;
    let ticketing = cinema.ticketing.clone();
    let book = async |seed| {
        let rng = &mut StdRng::seed_from_u64(seed);
        ticketing.book(request(Target::Slot(slot), 2), SHOW_START + TimeDelta::hours(1), rng).await
    };
    let (one, two) = tokio::join!(book(1), book(2));
    for booking in [one.unwrap(), two.unwrap()] {
        assert_eq!(booking.showing().start(), later, "at the old start booking would have closed");
    }
    correct(&engine.client(), engine.table(), slot, shards, SHOW_START - TimeDelta::days(1), 2).await;
    let ended = book(3).await;
    assert!(matches!(ended, Err(Error::Refused(Refusal::SlotEnded))), "{ended:?}");
    assert_eq!(cinema.balanced(slot).await, 5);
    assert!(later < SHOW_END, "the last one was refused by its new end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_slot_is_sold_as_corrected() {
    an_old_start_is_never_sold(500, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_slot_is_sold_as_corrected() {
    an_old_start_is_never_sold(20, 2).await;
}

/// Adds an auditorium of so many rows of so many seats.
async fn auditorium(ticketing: &Ticketing, rows: usize, seats: usize, rng: &mut StdRng) -> AuditoriumId {
    let rows: Vec<_> = (1..=rows).map(|row| format!("row R{row}N 1 1 {}", ".".repeat(seats))).collect();
    let draft = hall(&format!("legend . standard\n{}", rows.join("\n")), SingleSeats::Allowed);
    ticketing.add_auditorium(&draft, NOW, rng).await.unwrap().id
}

async fn two_servers(engine: &Engine, rng: &mut StdRng) -> [Ticketing; 2] {
    let mut servers = Vec::new();
    for _ in 0..2 {
        let store = engine.store_by(&engine.client(), &patiently(500)).await;
        servers.push(Ticketing::open(Arc::new(store), Rules::default(), rng).await.unwrap());
    }
    <[Ticketing; 2]>::try_from(servers).ok().unwrap()
}

/// Two servers; the second has seen the slot in its first auditorium, and the first has moved it to another and blocked seats
/// of that. Returns the second, the slot and the block.
async fn blocked_after_a_correction(engine: &Engine) -> (Ticketing, SlotId, BlockId) {
    let rng = &mut StdRng::seed_from_u64(7);
    let [first, second] = two_servers(engine, rng).await;
    let (narrow, wide) = (auditorium(&first, 8, 5, rng).await, auditorium(&first, 8, 6, rng).await);
    let of_slot = SlotDraft { seats: SlotSeats::Auditorium(narrow), ..draft("Skyfall", 1) };
    let slot = first.schedule(&of_slot, NOW, rng).await.unwrap().id();
    second.slot(slot).await.unwrap();
    first.change_slot(slot, SlotChange::default(), Some(wide), None, NOW).await.unwrap();
    let seats = ["R2N1", "R2N2"].map(|seat| SeatLabel::parse(seat).unwrap());
    let house = BlockDraft::new(seats.into(), BlockReason::parse("House seats").unwrap(), None).unwrap();
    let block = first.block(slot, house, NOW, rng).await.unwrap().id();
    first
        .book(BookingRequest { selection: named("R2N3 R2N4"), ..request(Target::Slot(slot), 1) }, NOW, rng)
        .await
        .unwrap();
    (second.through(Channel::BoxOffice), slot, block)
}

/// Returns the labels of the seats that are not available.
async fn taken(ticketing: &Ticketing, slot: SlotId) -> Vec<String> {
    let slot = ticketing.slot(slot).await.unwrap();
    let plan = &slot.showing().seating().unwrap().plan;
    let taken = (0..plan.seats()).map(SeatNo).filter(|seat| slot.seats().taken().unwrap().has(plan, *seat));
    taken.map(|seat| plan.label(seat)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_is_deleted_as_the_slot_is_now() {
    let engine = Engine::with_table().await;
    let (second, slot, block) = blocked_after_a_correction(&engine).await;
    assert_eq!(second.unblock(slot, block).await.unwrap().labels(), ["R2N1", "R2N2"]);
    assert_eq!(taken(&second, slot).await, ["R2N3", "R2N4"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_is_sold_as_the_slot_is_now() {
    let engine = Engine::with_table().await;
    let (second, slot, block) = blocked_after_a_correction(&engine).await;
    let selection = Selection { block: Some(block), ..Selection::any(TicketCount::new(2).unwrap()) };
    let asked = BookingRequest { selection, ..request(Target::Slot(slot), 2) };
    let booking = second.book(asked, NOW, &mut StdRng::seed_from_u64(8)).await.unwrap();
    let seats: Vec<_> = booking.tickets().iter().map(|ticket| ticket.seat().unwrap().number).collect();
    assert_eq!((seats, taken(&second, slot).await.len()), (vec![1, 2], 4));
    assert_eq!(second.blocks(slot, NOW).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_remembers_a_free_slot_does_not_sell_it() {
    let engine = Engine::with_table().await;
    let rng = &mut StdRng::seed_from_u64(9);
    let [first, second] = two_servers(&engine, rng).await;
    let (hall, other) = (auditorium(&first, 3, 7, rng).await, auditorium(&first, 3, 6, rng).await);
    // It learns that there are auditoriums.
    second.ready().await.unwrap();
    let weekday = PriceListDraft { name: PriceListName::parse("Weekday").unwrap(), list: prices("1350, adult") };
    let list = first.add_price_list(&weekday, NOW, rng).await.unwrap().id;
    let in_hall = |name, auditorium| SlotDraft { seats: SlotSeats::Auditorium(auditorium), ..draft(name, 1) };
    for (wanted, by_name) in [
        (draft("Skyfall", 9), false),
        (draft("Spectre", 9), true),
        (in_hall("Solaris", hall), false),
        (in_hall("Stalker", other), true),
    ] {
        let slot = first.schedule(&wanted, NOW, rng).await.unwrap().id();
        let target = || {
            let (name, start) = (wanted.name.clone(), wanted.start);
            if by_name { Target::Showing { name, start } } else { Target::Slot(slot) }
        };
        // The second server learns of the slot by a refused request, which looks at its seats.
        let many = second.book(request(target(), 10), NOW, rng).await;
        assert!(matches!(many, Err(Error::Refused(Refusal::SoldOut { .. } | Refusal::NotTogether { .. }))), "{many:?}");
        for _ in 0..2 {
            let change = async |prices| {
                first.change_slot(slot, SlotChange::default(), None, Some(prices), NOW).await.unwrap();
            };
            change(PricesChange::List(list)).await;
            let refused = second.book(request(target(), 2), NOW, rng).await;
            assert!(matches!(refused, Err(Error::Refused(Refusal::PaymentRequired))), "{refused:?}");
            change(PricesChange::Free).await;
        }
        let booking = second.book(request(target(), 2), NOW, rng).await.unwrap();
        assert_eq!(booking.key().slot, slot, "it is free again");
    }
}
