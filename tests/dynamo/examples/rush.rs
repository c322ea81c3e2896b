//! Prints how many bookings a second one server makes of a slot, and of a name and start with two slots:
//! `cargo run --release -p ticketly-dynamo-tests --example rush`. It takes about 20 s.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "it is there to print, and fails aloud")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_domain::{Rules, Target, Ticketing};
use ticketly_dynamo_tests::crowds::{book, schedule, showing};
use ticketly_dynamo_tests::{Engine, undisturbed};

const BUYERS: u64 = 64;
const ROUNDS: u64 = 5;
const ROUND: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() {
    let engine = Engine::own().await;
    let store = Arc::new(engine.store_by(&engine.client(), &undisturbed()).await);
    let ticketing = Ticketing::open(store, Rules::default(), &mut StdRng::seed_from_u64(1)).await.unwrap();
    println!("| round | by slot | by name and start, two slots | ratio |");
    println!("|---|---|---|---|");
    let (mut slot_total, mut name_total) = (0.0, 0.0);
    for round in 0..ROUNDS {
        let name = format!("Round {round}");
        let slot = schedule(&ticketing, &format!("{name} by slot"), 100_000, 3 * round + 2).await;
        for number in 3..5 {
            schedule(&ticketing, &name, 100_000, 3 * round + number).await;
        }
        let by_slot = rate(&ticketing, &Target::Slot(slot), 2 * round).await;
        let by_name = rate(&ticketing, &showing(&name), 2 * round + 1).await;
        println!("| {round} | {by_slot:.0}/s | {by_name:.0}/s | {:.2} |", by_name / by_slot);
        (slot_total, name_total) = (slot_total + by_slot, name_total + by_name);
    }
    println!("| all | | | {:.2} |", name_total / slot_total);
}

/// Bookings a second of buyers who each book again as soon as they have booked.
async fn rate(ticketing: &Ticketing, target: &Target, run: u64) -> f64 {
    let began = Instant::now();
    let buyers = (0..BUYERS).map(|buyer| {
        let (ticketing, target) = (ticketing.clone(), target.clone());
        tokio::spawn(async move {
            let first = (run * BUYERS + buyer) << 32;
            let mut made = 0_u32;
            while began.elapsed() < ROUND {
                book(&ticketing, target.clone(), 1, first + u64::from(made)).await.unwrap();
                made += 1;
            }
            made
        })
    });
    let made: u32 = join_all(buyers).await.into_iter().map(Result::unwrap).sum();
    f64::from(made) / began.elapsed().as_secs_f64()
}
