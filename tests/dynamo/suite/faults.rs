//! Faults between the store and its engine: whatever is lost, late, doubled or refused, no seat is sold twice, no
//! change is made twice, and no acknowledged change is lost.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};
use ticketly_adapters_dynamo::{DynamoStore, Tuning};
use ticketly_domain::{
    ApiKey, Booking, BookingRequest, Capacity, ConfirmRequest, Error, Genre, HoldRequest, IdempotencyKey,
    InstallationKey, KeyLabel, MAX_KEYS, PhoneNumber, Refusal, Role, Rules, Selection, SlotDescription, SlotDetails,
    SlotDraft, SlotId, SlotName, SlotQuery, SlotSeats, SlotType, StoreError, Target, Ticket, TicketCount, TicketId,
    TicketQuery, TicketStatus, Ticketing, UserName,
};
use ticketly_dynamo_tests::proxy::{Fault, Weather};
use ticketly_dynamo_tests::{Engine, patiently, undisturbed};
use ticketly_store_contract::{Cinema, Everything, NOW, SHOW_END, SHOW_START, Subject};

/// Weather that a test can change.
#[derive(Clone, Default)]
pub struct Sky(Arc<Mutex<Clouds>>);

#[derive(Default)]
struct Clouds {
    fault: Option<Fault>,
    /// The operations that have had the fault. `None` if every request has it.
    seen: Option<HashSet<String>>,
    injected: usize,
}

impl Sky {
    pub fn weather(&self) -> Weather {
        let sky = self.clone();
        Arc::new(move |operation| {
            let mut clouds = sky.0.lock().unwrap();
            let fault = clouds.fault.filter(|fault| suits(*fault, operation))?;
            let hits = clouds.seen.as_mut().is_none_or(|seen| seen.insert(operation.to_owned()));
            clouds.injected += usize::from(hits);
            hits.then_some(fault)
        })
    }

    /// From now on, the first request of each operation has the fault.
    pub fn once(&self, fault: Option<Fault>) {
        let mut clouds = self.0.lock().unwrap();
        (clouds.fault, clouds.seen) = (fault, Some(HashSet::new()));
    }

    /// From now on, every request has the fault.
    fn always(&self, fault: Fault) {
        let mut clouds = self.0.lock().unwrap();
        (clouds.fault, clouds.seen) = (Some(fault), None);
    }

    pub fn injected(&self) -> usize {
        self.0.lock().unwrap().injected
    }
}

/// Returns whether an operation can have a fault: a plain read has no conflicts.
fn suits(fault: Fault, operation: &str) -> bool {
    fault != Fault::Conflict || !["GetItem", "BatchGetItem", "Query"].contains(&operation)
}

pub async fn cinema_in(weather: Weather, tuning: Tuning) -> Cinema {
    // Leaked, since the cinema has to outlive this function.
    let engine: &Engine = Box::leak(Box::new(Engine::own().await));
    let store = engine.store_by(&engine.client_in(weather).await, &tuning).await;
    Cinema::over(Subject::resident(store)).await
}

fn draft(name: &str, seats: u32) -> SlotDraft {
    SlotDraft {
        name: SlotName::parse(name).unwrap(),
        start: SHOW_START,
        end: SHOW_END,
        details: SlotDetails {
            description: SlotDescription::default(),
            slot_type: SlotType::Movie,
            genre: Genre::Action,
        },
        seats: SlotSeats::Unnumbered(Capacity::new(seats).unwrap()),
        prices: None,
    }
}

fn showing(name: &str) -> Target {
    Target::Showing { name: SlotName::parse(name).unwrap(), start: SHOW_START }
}

fn key(text: impl AsRef<str>) -> IdempotencyKey {
    IdempotencyKey::parse(text.as_ref()).unwrap()
}

fn request(user: u64, target: Target, count: u32, key: Option<IdempotencyKey>) -> BookingRequest {
    BookingRequest {
        user_name: UserName::parse(&format!("Visitor {user}")).unwrap(),
        phone: PhoneNumber::parse("9653864514").unwrap(),
        selection: Selection::any(TicketCount::new(count).unwrap()),
        target,
        payment: None,
        key,
    }
}

/// Runs every operation of a cinema, each with the same fault. Returns the outcomes.
async fn afternoon(cinema: &mut Cinema, sky: &Sky, fault: Option<Fault>) -> Vec<String> {
    let mut outcomes = Vec::new();
    macro_rules! did {
        ($does:expr) => {{
            sky.once(fault);
            let outcome = $does;
            outcomes.push(format!("{outcome:?}"));
            outcome.unwrap_or_else(|error| panic!("{fault:?}: {}: {error:?}", stringify!($does)))
        }};
    }
    let ticketing = cinema.ticketing.clone();
    did!(cinema.store().installation_key(&InstallationKey::mint(&mut cinema.rng)).await);
    let here = did!(ticketing.schedule(&draft("Skyfall", 20), NOW, &mut cinema.rng).await).id();
    let there = did!(ticketing.schedule(&draft("Spectre", 20), NOW, &mut cinema.rng).await).id();
    did!(ticketing.schedule(&draft("Spectre", 20), NOW, &mut cinema.rng).await);
    let slot = Target::Slot(here);
    let plain = did!(ticketing.book(request(1, slot.clone(), 3, None), NOW, &mut cinema.rng).await);
    let keyed = request(1, slot, 3, Some(key("book")));
    let first = did!(ticketing.book(keyed.clone(), NOW, &mut cinema.rng).await);
    assert_eq!(did!(ticketing.book(keyed, NOW, &mut cinema.rng).await), first);
    did!(ticketing.book(request(1, showing("Spectre"), 2, None), NOW, &mut cinema.rng).await);
    let [a, b, c] = [0, 1, 2].map(|index: usize| plain.tickets()[index].id());
    did!(ticketing.move_ticket(a, Target::Slot(there), None, NOW, &mut cinema.rng).await);
    did!(ticketing.move_ticket(b, showing("Spectre"), Some(key("move")), NOW, &mut cinema.rng).await);
    did!(ticketing.cancel(c, None, NOW).await);
    did!(ticketing.cancel(first.tickets()[0].id(), Some(key("cancel")), NOW).await);
    did!(ticketing.slot(here).await);
    did!(ticketing.slots(&SlotQuery { min_available: Some(1), ..SlotQuery::default() }, NOW).await);
    did!(ticketing.ticket(&a).await);
    did!(ticketing.tickets_of_slot(here, &TicketQuery::default()).await);
    did!(ticketing.tickets_of_user(first.user().unwrap().id, &TicketQuery::default()).await);
    let admin = ApiKey::mint(Role::Admin, &mut cinema.rng).record(KeyLabel::numbered(Role::Admin, 1), NOW);
    did!(cinema.keys().add_key(&admin, MAX_KEYS).await);
    did!(cinema.keys().key(&admin.hash).await);
    did!(cinema.keys().note_use(&admin.hash, NOW).await);
    did!(cinema.keys().keys().await);
    did!(cinema.keys().revoke_key(&admin.hash).await);
    did!(ticketing.expire(SHOW_END + TimeDelta::hours(8)).await);
    did!(ticketing.archive(SHOW_END + TimeDelta::days(100)).await);
    sky.once(None);
    outcomes
}

/// The number of sweeps at the end of an afternoon.
const SWEEPS: usize = 2;

async fn changes_no_outcome(fault: Fault) {
    let (calm, rough) = (Sky::default(), Sky::default());
    let mut in_calm = cinema_in(calm.weather(), patiently(500)).await;
    let mut in_rough = cinema_in(rough.weather(), patiently(500)).await;
    let wanted = afternoon(&mut in_calm, &calm, None).await;
    let mut outcomes = afternoon(&mut in_rough, &rough, Some(fault)).await;
    if fault == Fault::Twice {
        // A sweep counts its changes. The second arrival finds nothing to change, and its answer is the one returned.
        outcomes.truncate(outcomes.len() - SWEEPS);
    }
    assert_eq!(outcomes, wanted[..outcomes.len()]);
    let all: [Everything; 2] = [in_calm.everything().await, in_rough.everything().await];
    assert_eq!(all[0], all[1]);
    assert!(rough.injected() >= 14, "every change should have the fault: {}", rough.injected());
}

macro_rules! each_fault {
    ($($name:ident: $fault:ident),+ $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            changes_no_outcome(Fault::$fault).await;
        })+

        #[test]
        fn every_fault_has_a_test() {
            assert_eq!(vec![$(Fault::$fault),+], Fault::ALL);
        }
    };
}

each_fault! {
    a_conflict_changes_no_outcome: Conflict,
    throttling_changes_no_outcome: Throttled,
    a_failure_before_the_effect_changes_no_outcome: BrokenBefore,
    a_failure_after_the_effect_changes_no_outcome: BrokenAfter,
    a_lost_request_changes_no_outcome: CutBefore,
    a_lost_answer_changes_no_outcome: CutAfter,
    an_effect_that_the_engine_forgot_is_recognised: CutAndForgotten,
    half_a_request_changes_no_outcome: HalfRequest,
    half_an_answer_changes_no_outcome: HalfAnswer,
    a_request_that_arrives_twice_changes_no_outcome: Twice,
    a_request_after_its_repetition_changes_no_outcome: Delayed,
    slowness_changes_no_outcome: Slow,
    a_late_answer_changes_no_outcome: TooLate,
}

/// Checks the answers under an endless fault, and that afterwards the same keys take effect once.
async fn endless(fault: Fault, expected: fn(&Error) -> bool) {
    let sky = Sky::default();
    let mut cinema = cinema_in(sky.weather(), undisturbed()).await;
    let here = cinema.slot(20).await;
    let there = cinema.slot(20).await;
    let held = cinema.book(here, 2).await.unwrap();
    let [one, two] = [held.tickets()[0].id(), held.tickets()[1].id()];
    let ticketing = cinema.ticketing.clone();
    let book = async |seed| {
        let request = request(1, Target::Slot(here), 2, Some(key("book")));
        ticketing.book(request, NOW, &mut StdRng::seed_from_u64(seed)).await.map(|booking| booking.tickets().to_vec())
    };
    let shift = async |seed| {
        let (target, rng) = (Target::Slot(there), &mut StdRng::seed_from_u64(seed));
        ticketing.move_ticket(one, target, Some(key("move")), NOW, rng).await.map(|moved| vec![moved.new, moved.old])
    };
    let cancel = async || ticketing.cancel(two, Some(key("cancel")), NOW).await.map(|ticket| vec![ticket]);
    sky.always(fault);
    let began = Instant::now();
    for outcome in [book(1).await, shift(2).await, cancel().await] {
        let error = outcome.expect_err("it should not succeed");
        assert!(expected(&error), "{error:?}");
    }
    assert!(began.elapsed() < Duration::from_secs(3 * 7), "each should give up: {:?}", began.elapsed());
    sky.once(None);
    for _ in 0..2 {
        assert_eq!(
            (book(3).await.unwrap().len(), shift(4).await.unwrap().len(), cancel().await.unwrap().len()),
            (2, 2, 1)
        );
    }
    assert_eq!((cinema.balanced(here).await, cinema.balanced(there).await), (2, 1));
    assert_eq!(cinema.tickets(here).await.len(), 4);
}

fn contended(error: &Error) -> bool {
    matches!(error, Error::Store(StoreError::Contended))
}

fn unknown(error: &Error) -> bool {
    matches!(error, Error::Store(StoreError::OutcomeUnknown(_)))
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_conflicts_are_answered_as_contention() {
    endless(Fault::Conflict, contended).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_throttling_is_answered_as_contention() {
    endless(Fault::Throttled, contended).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endlessly_lost_requests_are_answered_as_unknown() {
    endless(Fault::HalfRequest, |error| unknown(error) || matches!(error, Error::Store(StoreError::Failed(_)))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_after_a_lost_answer_is_an_unknown_outcome() {
    let first = Arc::new(Mutex::new(true));
    let armed = Sky::default();
    let (weather, lose_first) = (armed.weather(), Arc::clone(&first));
    let weather: Weather = Arc::new(move |operation| {
        let fault = weather(operation)?;
        Some(if std::mem::take(&mut *lose_first.lock().unwrap()) { Fault::CutBefore } else { fault })
    });
    let mut cinema = cinema_in(weather, undisturbed()).await;
    let slot = cinema.slot(20).await;
    let held = cinema.book(slot, 1).await.unwrap().tickets()[0].id();
    armed.always(Fault::Conflict);
    assert!(unknown(&cinema.book(slot, 1).await.unwrap_err()));
    *first.lock().unwrap() = true;
    assert!(unknown(&cinema.cancel(held).await.unwrap_err()));
    assert!(contended(&cinema.cancel(held).await.unwrap_err()), "this time every attempt was answered");
    armed.once(None);
    assert_eq!(cinema.balanced(slot).await, 1);
}

/// Injects random faults into any request.
fn storm(seed: u64) -> Weather {
    const MILD: [Fault; 12] = [
        Fault::Conflict,
        Fault::Conflict,
        Fault::Throttled,
        Fault::BrokenBefore,
        Fault::BrokenAfter,
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::CutAndForgotten,
        Fault::HalfRequest,
        Fault::HalfAnswer,
        Fault::Twice,
        Fault::Delayed,
    ];
    let rng = Mutex::new(StdRng::seed_from_u64(seed));
    Arc::new(move |operation| {
        let mut rng = rng.lock().unwrap();
        let fault = MILD[rng.random_range(0..MILD.len())];
        (rng.random_range(0..4) == 0 && suits(fault, operation)).then_some(fault)
    })
}

/// Repeats a request with one key until it has an answer.
async fn insistently<T>(ask: impl AsyncFn() -> Result<T, Error>) -> Result<T, Refusal> {
    for _ in 0..50 {
        match ask().await {
            Ok(answer) => return Ok(answer),
            Err(Error::Refused(refusal)) => return Err(refusal),
            Err(Error::Store(_)) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    panic!("one of the attempts should succeed")
}

/// Holds seats, and confirms or releases them. Returns the tickets.
async fn by_a_hold(ticketing: &Ticketing, slot: SlotId, number: u64, step: u64) -> Vec<TicketId> {
    let key = |what: &str| Some(key(format!("{number}-{step}-{what}")));
    let BookingRequest { user_name, phone, selection, target, .. } = request(number, Target::Slot(slot), 2, None);
    let wish = HoldRequest { selection, target, key: key("hold") };
    let rng = || StdRng::seed_from_u64(number * 1000 + step);
    let Ok(hold) = insistently(async || ticketing.hold(wish.clone(), NOW, &mut rng()).await).await else {
        return Vec::new();
    };
    insistently(async || ticketing.extend(hold.id(), key("extend"), NOW + TimeDelta::minutes(1)).await).await.unwrap();
    if step == 3 {
        insistently(async || ticketing.release(hold.id(), key("release"), NOW).await).await.unwrap();
        return Vec::new();
    }
    let person = ConfirmRequest { user_name, phone, payment: None, key: key("confirm") };
    let booking = insistently(async || ticketing.confirm(hold.id(), person.clone(), NOW).await).await.unwrap();
    booking.tickets().iter().map(Ticket::id).collect()
}

/// Holds, books, moves and cancels as one visitor. Returns the tickets that are booked in the end.
async fn visitor(ticketing: Ticketing, slots: [SlotId; 3], number: u64) -> Vec<TicketId> {
    let mut held: Vec<TicketId> = Vec::new();
    for step in 0..8_u64 {
        let key = Some(key(format!("{number}-{step}")));
        let slot = slots[usize::try_from((number + step) % 3).unwrap()];
        let rng = || StdRng::seed_from_u64(number * 1000 + step);
        match (step % 3 != 0).then(|| held.pop()).flatten() {
            None if (number + step) % 2 == 1 => held.extend(by_a_hold(&ticketing, slot, number, step).await),
            None => {
                let count = 1 + u32::try_from((number + step) % 4).unwrap();
                let request = request(number, Target::Slot(slot), count, key);
                let booking = insistently(async || ticketing.book(request.clone(), NOW, &mut rng()).await).await;
                held.extend(booking.iter().flat_map(Booking::tickets).map(Ticket::id));
            }
            Some(ticket) if step % 3 == 1 => {
                let shift =
                    async || ticketing.move_ticket(ticket, Target::Slot(slot), key.clone(), NOW, &mut rng()).await;
                held.push(insistently(shift).await.map_or(ticket, |moved| moved.new.id()));
            }
            Some(ticket) => {
                insistently(async || ticketing.cancel(ticket, key.clone(), NOW).await).await.unwrap();
            }
        }
    }
    held
}

async fn after_a_storm(seed: u64, seats_a_shard: u32, number_of_slots: usize) {
    let engine = Engine::own().await;
    let mut cinema = Cinema::over(Subject::resident(engine.store(seats_a_shard).await)).await;
    let mut slots = Vec::new();
    for seats in [30, 20, 40].into_iter().cycle().take(number_of_slots) {
        slots.push(cinema.slot(seats).await);
    }
    storm_over(&engine, &cinema, slots, seed).await;
}

/// Lets visitors of two servers book, move and cancel in a storm. Checks that they hold what is booked in the end.
pub async fn storm_over(engine: &Engine, cinema: &Cinema, slots: Vec<SlotId>, seed: u64) {
    // Two servers, which remember slots separately, in one storm.
    let mut servers = Vec::new();
    while servers.len() < 2 {
        let client = engine.client_in(storm(seed + servers.len() as u64)).await;
        let Ok(store) = DynamoStore::open(&client, engine.table(), &undisturbed()).await else { continue };
        let rng = &mut StdRng::seed_from_u64(9);
        servers.extend(Ticketing::open(Arc::new(store), Rules::default(), rng).await.ok());
    }
    let server = |number: u64| servers[usize::try_from(number % 2).unwrap()].clone();
    let chosen = |number: usize| [0, 1, 2].map(|other| slots[(number + other) % slots.len()]);
    let numbers = 0..slots.len().max(8) * 2;
    let visitors = join_all(numbers.map(|number| visitor(server(number as u64), chosen(number), number as u64)));
    let held: HashSet<_> = visitors.await.into_iter().flatten().collect();
    let mut booked = HashSet::new();
    for slot in slots {
        cinema.balanced(slot).await;
        let tickets = cinema.tickets(slot).await.into_iter();
        booked.extend(tickets.filter(|ticket| ticket.status() == TicketStatus::Booked).map(|ticket| ticket.id()));
    }
    assert_eq!(booked, held, "the acknowledged tickets, and no others");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_loses_and_repeats_nothing() {
    for seed in [1, 2, 3] {
        after_a_storm(seed, 500, 3).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_over_small_shards_loses_and_repeats_nothing() {
    for seed in [4, 5, 6] {
        after_a_storm(seed, 4, 3).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_over_many_slots_loses_and_repeats_nothing() {
    for seed in [7, 8, 9] {
        after_a_storm(seed, 500, 40).await;
    }
}
