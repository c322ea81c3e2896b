//! Faults while auditoriums and price lists are added, and seats are booked, moved and canceled.

use std::fmt::Debug;
use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::TimeDelta;
use futures_util::future::join_all;
use rand::rngs::StdRng;
use ticketly_domain::{
    BookingRequest, Error, MoveRequest, Plan, PriceListDraft, PriceListName, PricesChange, SingleSeats, SlotChange,
    SlotDescription, SlotId, Target, Ticketing, Tickets,
};
use ticketly_dynamo_tests::proxy::Fault;
use ticketly_dynamo_tests::{Engine, patiently};
use ticketly_store_contract::{Cinema, NOW, Subject, hall, named, priced_draft, prices, request, seated_draft};

use crate::faults::{Sky, cinema_in, storm_over};

const PLAN: &str = "legend . standard\nrow A 1 1 ........\nrow B 1 1 ........";

/// Returns a plan whose rows are two shards.
fn two_shards() -> String {
    let row = |row| format!("\nrow {row:02X}N 1 1 ......");
    format!("legend . standard{}", (0..32).map(row).collect::<Vec<_>>().concat())
}

/// What each operation came to.
struct Log<'a> {
    sky: &'a Sky,
    fault: Option<Fault>,
    outcomes: Vec<String>,
}

impl Log<'_> {
    /// Does something whose first request of each kind has the fault.
    async fn of<T: Debug>(&mut self, does: impl Future<Output = Result<T, Error>>) -> T {
        self.sky.once(self.fault);
        let outcome = does.await;
        self.outcomes.push(format!("{outcome:?}"));
        let number = self.outcomes.len();
        outcome.unwrap_or_else(|error| panic!("{:?}: number {number}: {error:?}", self.fault))
    }
}

/// Does everything that auditoriums and price lists are for, each operation with the same fault. Returns the outcomes.
async fn afternoon(cinema: &mut Cinema, sky: &Sky, fault: Option<Fault>) -> Vec<String> {
    let mut log = Log { sky, fault, outcomes: Vec::new() };
    let ticketing = cinema.ticketing.clone();
    let rng = &mut cinema.rng;
    let saal = log.of(ticketing.add_auditorium(&hall(PLAN, SingleSeats::Refused), NOW, rng)).await;
    let other = log.of(ticketing.add_auditorium(&hall(&two_shards(), SingleSeats::Refused), NOW, rng)).await;
    let plan = Arc::new(Plan::new(format!("{PLAN}......").parse().unwrap()).unwrap());
    log.of(ticketing.replace_plan(saal.id, &plan)).await;
    let here = log.of(ticketing.schedule(&seated_draft("Solaris", &saal), NOW, rng)).await.id();
    let there = log.of(ticketing.schedule(&seated_draft("Stalker", &other), NOW, rng)).await.id();
    let party = log.of(ticketing.book(request(here, 5), NOW, rng)).await;
    let wanted = BookingRequest { selection: named("A1 A2"), ..request(here, 2) };
    let pair = log.of(ticketing.book(wanted, NOW, rng)).await;
    let apart = BookingRequest { selection: named("00N1 00N2 1FN5 1FN6"), ..request(there, 4) };
    log.of(ticketing.book(apart, NOW, rng)).await;
    let of = |id| Tickets::OfBooking { id, tickets: None };
    let within =
        MoveRequest { tickets: of(pair.id()), target: Target::Slot(here), selection: Some(named("A2 A1")), key: None };
    let pair = log.of(ticketing.move_tickets(within, NOW, rng)).await.new;
    let away = MoveRequest { tickets: of(party.id()), target: Target::Slot(there), selection: None, key: None };
    let party = log.of(ticketing.move_tickets(away, NOW, rng)).await.new;
    log.of(ticketing.cancel(party.tickets()[2].id(), None, NOW)).await;
    log.of(ticketing.cancel_tickets(of(pair.id()), None, NOW)).await;
    let description = SlotDescription::parse("Restored.").ok();
    log.of(ticketing.change_slot(here, SlotChange { description, ..SlotChange::default() }, None, None, NOW)).await;
    log.of(ticketing.timetable(saal.id, NOW, NOW + TimeDelta::days(1))).await;
    log.of(ticketing.auditoriums()).await;
    set_prices(&mut log, &ticketing, rng).await;
    sky.once(None);
    log.outcomes
}

/// Does everything that price lists are for.
async fn set_prices(log: &mut Log<'_>, ticketing: &Ticketing, rng: &mut StdRng) {
    let name = PriceListName::parse("Weekday").unwrap();
    let draft = PriceListDraft { name, list: prices("1140, adult\n690, child") };
    let list = log.of(ticketing.add_price_list(&draft, NOW, rng)).await;
    let slot = log.of(ticketing.schedule(&priced_draft("Zerkalo", 44, &list), NOW, rng)).await.id();
    log.of(ticketing.replace_prices(list.id, &prices("1180, adult"))).await;
    for prices in [PricesChange::List(list.id), PricesChange::Free, PricesChange::List(list.id)] {
        log.of(ticketing.change_slot(slot, SlotChange::default(), None, Some(prices), NOW)).await;
    }
    assert_eq!(log.of(ticketing.slot(slot)).await.prices().map(|prices| prices.version.0), Some(2));
    log.of(ticketing.price_lists()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_changes_what_becomes_of_seats() {
    let in_weather = async |fault: Option<Fault>| {
        let sky = Sky::default();
        let mut cinema = cinema_in(sky.weather(), patiently(500)).await;
        let outcomes = afternoon(&mut cinema, &sky, fault).await;
        (outcomes, cinema.everything().await, sky.injected())
    };
    let (wanted, everything, _) = in_weather(None).await;
    for (fault, (outcomes, found, injected)) in
        Fault::ALL.into_iter().zip(join_all(Fault::ALL.map(|fault| in_weather(Some(fault)))).await)
    {
        for (number, (outcome, wanted)) in outcomes.iter().zip(&wanted).enumerate() {
            assert_eq!(outcome, wanted, "{fault:?}: number {}", number + 1);
        }
        assert_eq!(found, everything, "{fault:?}");
        assert!(injected >= 12, "every change should have the fault: {fault:?}, {injected}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_over_auditoriums_loses_and_repeats_nothing() {
    for seed in [10, 11, 12] {
        let engine = Engine::own().await;
        let mut cinema = Cinema::over(Subject::resident(engine.store(500).await)).await;
        let slots = vec![cinema.seated(PLAN).await, cinema.slot(20).await, cinema.seated(&two_shards()).await];
        storm_over(&engine, &cinema, slots.clone(), seed).await;
        for slot in slots {
            assert_eq!(counted(&engine, slot).await, cinema.available(slot).await, "the counters are right too");
        }
    }
}

/// Returns the sum of the counters of a slot's shards, which the nightly export reads.
async fn counted(engine: &Engine, slot: SlotId) -> u32 {
    let (client, mut sum) = (engine.client(), 0);
    for shard in 0.. {
        let get = client.get_item().table_name(engine.table()).consistent_read(true);
        let get = get.key("pk", AttributeValue::S(format!("SLOT#{slot}#I{shard}")));
        let Some(found) = get.key("sk", AttributeValue::S("SEATS".into())).send().await.unwrap().item else { break };
        sum += found["available"].as_n().unwrap().parse::<u32>().unwrap();
    }
    sum
}
