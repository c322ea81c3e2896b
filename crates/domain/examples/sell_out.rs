//! Sells auditoriums out to simulated parties, and shows how many seats the choice of seats leaves over.
//!
//! Parties of one to six come one after another, until they have asked for 110 % of the seats. Each gets the best seats
//! beside each other, or leaves when there are none. Each figure is the mean of several runs.
//!
//! ```sh
//! cargo run --release -p ticketly-domain --example sell_out
//! ```

#![expect(clippy::print_stdout, reason = "the table is what the example is for")]

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use ticketly_domain::{BestSeats, Invalid, Party, Plan, SeatSet};

/// The figures of a hall that was sold out.
#[derive(Default)]
struct SoldOut {
    /// The share of seats that were sold when a party first found none beside each other.
    first_refusal: f64,
    /// The share of seats that were sold in the end.
    sold: f64,
    /// The number of free seats without a free one beside them, in the end.
    single_seats: f64,
    /// The mean time of a choice.
    choice: Duration,
}

/// Draws a hall of equal rows.
fn hall(rows: usize, places: &str) -> Result<Plan, Invalid> {
    let rows: Vec<_> = (1..=rows).map(|row| format!("row {row}R 1 1 {places}")).collect();
    Plan::new(format!("legend . standard\n{}", rows.join("\n")).parse()?)
}

fn sell_out(plan: &Plan, seed: u64) -> SoldOut {
    let rng = &mut StdRng::seed_from_u64(seed);
    let seats = u32::from(plan.seats());
    let mut free = SeatSet::all(plan);
    let (mut asked, mut first_refusal, mut choices) = (0, None, 0);
    let begun = Instant::now();
    while asked * 10 < seats * 11 {
        let party = Party { seats: rng.random_range(1..=6), wheelchairs: 0, together: true };
        asked += party.seats;
        choices += 1;
        match BestSeats::find(plan, &free, party) {
            Some(found) => {
                for (row, column) in found.seats.into_iter().filter_map(|seat| plan.place(seat)) {
                    free.remove(row, 1 << column);
                }
            }
            None => first_refusal = first_refusal.or(Some(free.len())),
        }
    }
    let choice = begun.elapsed() / choices;
    let share = |left: u32| f64::from(seats - left) / f64::from(seats);
    let single = |row: &u128| (row & !(row << 1) & !(row >> 1)).count_ones();
    SoldOut {
        first_refusal: share(first_refusal.unwrap_or_default()),
        sold: share(free.len()),
        single_seats: free.rows().iter().map(single).sum::<u32>().into(),
        choice,
    }
}

/// Returns the mean of several runs.
fn mean(plan: &Plan, runs: u32) -> SoldOut {
    let mut mean = SoldOut::default();
    for seed in 0..runs {
        let run = sell_out(plan, seed.into());
        mean.first_refusal += run.first_refusal / f64::from(runs);
        mean.sold += run.sold / f64::from(runs);
        mean.single_seats += run.single_seats / f64::from(runs);
        mean.choice += run.choice / runs;
    }
    mean
}

fn halls() -> Result<[(&'static str, Plan); 4], Invalid> {
    Ok([
        ("120 seats: 8 rows of 15", hall(8, "...............")?),
        ("300 seats: 15 rows of 5, 10 and 5", hall(15, "....._.........._.....")?),
        ("1,000 seats: 25 rows of 40", hall(25, &".".repeat(40))?),
        ("5,000 seats: 50 rows of 100", hall(50, &".".repeat(100))?),
    ])
}

fn main() -> Result<(), Invalid> {
    println!("{:<36}{:>16}{:>10}{:>14}{:>12}", "", "first refusal", "sold", "single seats", "a choice");
    for (name, plan) in halls()? {
        let SoldOut { first_refusal, sold, single_seats, choice } = mean(&plan, 200);
        let choice = choice.as_secs_f64() * 1e6;
        println!(
            "{name:<36}{:>14.1} %{:>8.1} %{single_seats:>14.1}{choice:>9.2} us",
            first_refusal * 100.0,
            sold * 100.0
        );
    }
    Ok(())
}

#[test]
fn halls_sell_out_before_many_are_refused() {
    let least = [(0.965, 0.984, 0.9), (0.915, 0.98, 2.5), (0.995, 0.999, 0.1)];
    for ((name, plan), (first_refusal, sold, single_seats)) in halls().unwrap().into_iter().zip(least) {
        let run = mean(&plan, 40);
        assert!(run.first_refusal >= first_refusal, "{name}: {}", run.first_refusal);
        assert!(run.sold >= sold, "{name}: {}", run.sold);
        assert!(run.single_seats <= single_seats, "{name}: {}", run.single_seats);
    }
}
