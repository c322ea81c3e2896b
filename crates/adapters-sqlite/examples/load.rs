//! Books at the store itself, without HTTP: `cargo run --release -p ticketly-adapters-sqlite --example load -- [CALLERS
//! [SLOTS [BOOKINGS [FOLDER]]]]`. Each booking is one ticket of a new user. In a folder with a store it adds to it. With `holds` as
//! the first argument, it also holds and confirms as many, and compares the rates.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a tool for developers")]
#![expect(clippy::cast_precision_loss, reason = "fifteen digits are enough for a report")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_adapters_sqlite::SqliteStore;
use ticketly_domain::{
    BookingRequest, Capacity, ConfirmRequest, Genre, HoldRequest, PhoneNumber, Rules, Selection, SlotDescription,
    SlotDetails, SlotDraft, SlotId, SlotName, SlotSeats, SlotType, Target, TicketCount, Ticketing, UserName,
};

fn main() {
    let mut args: Vec<_> = std::env::args().skip(1).collect();
    let holds = args.first().is_some_and(|first| first == "holds");
    args.drain(..usize::from(holds));
    let number = |index: usize, default| args.get(index).map_or(default, |text| text.parse().unwrap());
    let (callers, slots, bookings) = (number(0, 64), number(1, 100), number(2, 100_000));
    let load = load(callers, slots, bookings, args.get(3), holds);
    // One caller on one thread takes the same steps each time, so that its instructions can be counted.
    let mut runtime = match callers {
        1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    runtime.build().unwrap().block_on(load);
}

async fn load(callers: usize, slots: usize, bookings: usize, folder: Option<&String>, holds: bool) {
    let temporary = tempfile::tempdir().unwrap();
    let folder = folder.map_or(temporary.path(), Path::new);
    let store = Arc::new(SqliteStore::open(&folder.join("ticketly.db")).unwrap());
    let at = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
    let rng = &mut StdRng::from_rng(&mut rand::rng());
    let ticketing = Ticketing::open(store, Rules::default(), rng).await.unwrap();
    let mut scheduled = Vec::new();
    for _ in 0..slots {
        scheduled.push(schedule(&ticketing, at, rng).await);
    }

    let scheduled = Arc::new(scheduled);
    let rate = run(&ticketing, callers, &scheduled, bookings, false).await;
    if holds {
        let pairs = run(&ticketing, callers, &scheduled, bookings, true).await;
        println!("holds with confirmations, of direct bookings: {:.2}", pairs / rate);
    }
}

/// Books, or holds and confirms, and returns how many of these were done in a second.
async fn run(ticketing: &Ticketing, callers: usize, slots: &Arc<Vec<SlotId>>, bookings: usize, holds: bool) -> f64 {
    let at = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
    let (begun, next) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
    let mut tasks = tokio::task::JoinSet::new();
    for caller in 0..callers {
        let (ticketing, slots, next) = (ticketing.clone(), Arc::clone(slots), Arc::clone(&next));
        tasks.spawn(async move {
            let rng = &mut StdRng::from_rng(&mut rand::rng());
            let mut took = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= bookings {
                    return took;
                }
                let sent = Instant::now();
                let request = request(slots[number % slots.len()], caller * 100_000_000 + number);
                if holds {
                    let BookingRequest { user_name, phone, selection, target, key, .. } = request;
                    let hold = ticketing.hold(HoldRequest { selection, target, key }, at, rng).await.unwrap();
                    ticketing
                        .confirm(hold.id(), ConfirmRequest { user_name, phone, payment: None, key: None }, at)
                        .await
                        .unwrap();
                } else {
                    ticketing.book(request, at, rng).await.unwrap();
                }
                took.push(sent.elapsed());
            }
        });
    }
    let mut took: Vec<Duration> = tasks.join_all().await.concat();
    let rate = took.len() as f64 / begun.elapsed().as_secs_f64();
    took.sort_unstable();
    let [half, most] = [50, 99].map(|percent| took[took.len() * percent / 100].as_secs_f64() * 1000.0);
    let what = if holds { "holds with confirmations" } else { "bookings" };
    println!("{callers} callers, {} slots: {rate:.0} {what}/s, p50 {half:.2} ms, p99 {most:.2} ms", slots.len());
    rate
}

fn request(slot: SlotId, person: usize) -> BookingRequest {
    BookingRequest {
        user_name: UserName::parse(&format!("Guest {person}")).unwrap(),
        phone: PhoneNumber::parse(&format!("{person:012}")).unwrap(),
        selection: Selection::any(TicketCount::ONE),
        target: Target::Slot(slot),
        payment: None,
        key: None,
    }
}

async fn schedule(ticketing: &Ticketing, at: DateTime<Utc>, rng: &mut StdRng) -> SlotId {
    let draft = SlotDraft {
        name: SlotName::parse("Metropolis").unwrap(),
        start: at + TimeDelta::days(1),
        end: at + TimeDelta::days(1) + TimeDelta::hours(2),
        details: SlotDetails {
            description: SlotDescription::default(),
            slot_type: SlotType::Movie,
            genre: Genre::Scifi,
        },
        seats: SlotSeats::Unnumbered(Capacity::new(Capacity::MAX).unwrap()),
        prices: None,
    };
    ticketing.schedule(&draft, at, rng).await.unwrap().id()
}
