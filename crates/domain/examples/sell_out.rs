//! Sells auditoriums out to simulated parties, and shows how many seats the choice of seats leaves over, and how long it
//! takes.
//!
//! Parties of one to six come one after another, until they have asked for 110 % of the seats: most of them couples, or as
//! many of each size. Each gets the best seats beside each other, or leaves when there are none. Each figure is the mean of several runs; the time is the median of
//! several runs, each of which is the mean of all choices while the hall sells out.
//!
//! ```sh
//! cargo run --release -p ticketly-domain --example sell_out
//! ```

#![expect(clippy::print_stdout, reason = "the tables are what the example is for")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use ticketly_domain::{BestSeats, Invalid, Party, Plan, SeatSet};

/// How many of 100 parties are of each size, from one to six.
const COUPLES: [u32; 6] = [20, 40, 15, 15, 5, 5];
/// As many parties of each size.
const EQUAL: [u32; 6] = [1; 6];

/// The figures of a hall that was sold out.
#[derive(Default)]
struct SoldOut {
    /// The share of seats that were sold when a party first found none beside each other.
    first_refusal: f64,
    /// The share of seats that were sold in the end.
    sold: f64,
    /// The number of free seats without a free one beside them, in the end.
    single_seats: f64,
    /// The mean distance to the focus of the quarter of the seats that was sold first.
    first_quarter: f64,
}

/// Draws a hall of equal rows.
fn hall(rows: usize, places: &str) -> Result<Plan, Invalid> {
    let rows: Vec<_> = (1..=rows).map(|row| format!("row {row}R 1 1 {places}")).collect();
    let legend = "legend . standard\nlegend c companion\nlegend w wheelchair\n";
    Plan::new(format!("{legend}{}", rows.join("\n")).parse()?)
}

fn halls() -> Result<[(&'static str, Plan); 5], Invalid> {
    let one_row = format!("focus 0 0\nlegend . standard\nrow A 1 1 {}", ".".repeat(120));
    Ok([
        ("120 seats: 8 rows of 15", hall(8, "...............")?),
        ("300 seats: 15 rows of 5, 10 and 5", hall(15, "....._.........._.....")?),
        ("1,000 seats: 25 rows of 40", hall(25, &".".repeat(40))?),
        ("5,000 seats: 50 rows of 100", hall(50, &".".repeat(100))?),
        // From one end to the other, so that only the last seats are lost: 120 seats in rows cannot do better.
        ("120 seats: 1 row, as a bound", Plan::new(one_row.parse()?)?),
    ])
}

/// Returns the distance of a place to the focus, in seats.
fn distance(plan: &Plan, row: usize, column: u32) -> f64 {
    let float = |count: usize| u32::try_from(count).map_or(f64::MAX, f64::from);
    let [x, y] = plan.picture().focus.unwrap_or_default();
    let width = plan.picture().rows.iter().map(|row| row.places.len()).max().unwrap_or_default();
    let across = f64::from(column) + 0.5 - x * float(width);
    let along = (float(row) + 0.5 - y * float(plan.rows().len())) * 2.0;
    across.hypot(along)
}

/// Draws the size of a party.
fn size(shares: [u32; 6], rng: &mut StdRng) -> u32 {
    let mut drawn = rng.random_range(0..shares.iter().sum());
    let sizes = (1..).zip(shares);
    let found = sizes.into_iter().find(|(_, share)| {
        let here = drawn < *share;
        drawn = drawn.saturating_sub(*share);
        here
    });
    found.map_or(1, |(size, _)| size)
}

/// Sells a hall out, and tells `choice` of each choice before it is made.
fn sell_out(plan: &Plan, shares: [u32; 6], seed: u64, mut choice: impl FnMut(&SeatSet, Party)) -> SoldOut {
    let rng = &mut StdRng::seed_from_u64(seed);
    let seats = u32::from(plan.seats());
    let mut free = SeatSet::all(plan);
    let (mut asked, mut first_refusal, mut first_quarter) = (0, None, Vec::new());
    while asked * 10 < seats * 11 {
        let party = Party { seats: size(shares, rng), wheelchairs: 0, together: true };
        asked += party.seats;
        choice(&free, party);
        match BestSeats::find(plan, &free, party) {
            Some(found) => {
                let early = (seats - free.len()) * 4 < seats;
                for (row, column) in found.seats.into_iter().filter_map(|seat| plan.place(seat)) {
                    free.remove(row, 1 << column);
                    first_quarter.extend(early.then(|| distance(plan, row, column)));
                }
            }
            None => first_refusal = first_refusal.or(Some(free.len())),
        }
    }
    let share = |left: u32| f64::from(seats - left) / f64::from(seats);
    let single = |row: &u128| (row & !(row << 1) & !(row >> 1)).count_ones();
    SoldOut {
        first_refusal: share(first_refusal.unwrap_or_default()),
        sold: share(free.len()),
        single_seats: free.rows().iter().map(single).sum::<u32>().into(),
        first_quarter: mean_of(&first_quarter),
    }
}

fn mean_of(figures: &[f64]) -> f64 {
    figures.iter().sum::<f64>() / f64::from(u32::try_from(figures.len()).unwrap_or(u32::MAX)).max(1.0)
}

/// Returns the mean of several runs.
fn mean(plan: &Plan, shares: [u32; 6], runs: u32) -> SoldOut {
    let runs: Vec<_> = (0..runs).map(|seed| sell_out(plan, shares, seed.into(), |_, _| ())).collect();
    let mean = |figure: fn(&SoldOut) -> f64| mean_of(&runs.iter().map(figure).collect::<Vec<_>>());
    SoldOut {
        first_refusal: mean(|run| run.first_refusal),
        sold: mean(|run| run.sold),
        single_seats: mean(|run| run.single_seats),
        first_quarter: mean(|run| run.first_quarter),
    }
}

/// Returns the median of the mean time of these choices, of several runs after one that warms up.
fn time(plan: &Plan, choices: &[(SeatSet, Party)]) -> Duration {
    let run = || {
        let begun = Instant::now();
        for (free, party) in choices {
            black_box(BestSeats::find(plan, black_box(free), *party));
        }
        begun.elapsed() / u32::try_from(choices.len()).unwrap_or(u32::MAX)
    };
    run();
    let mut times = [(); 101].map(|()| run());
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Returns the choices of several halls that sell out.
fn choices(plan: &Plan, shares: [u32; 6]) -> Vec<(SeatSet, Party)> {
    let mut choices = Vec::new();
    for seed in 0..5 {
        sell_out(plan, shares, seed, |free, party| choices.push((free.clone(), party)));
    }
    choices
}

/// Returns choices that are seldom and slow.
fn slow_choices() -> Result<[(&'static str, Plan, Party); 3], Invalid> {
    let wheelchairs = format!("wccw{}wccw", ".".repeat(92));
    let split = |seats, wheelchairs| Party { seats, wheelchairs, together: false };
    Ok([
        ("5,000 seats, 10 into 10 single seats", hall(50, &"._".repeat(63))?, split(10, 0)),
        ("500 rows of 10, a party of 3", hall(500, &".".repeat(10))?, split(3, 0)),
        ("5,000 seats, 4 in each row for wheelchairs, 10 with 5 of them", hall(50, &wheelchairs)?, split(10, 5)),
    ])
}

fn main() -> Result<(), Invalid> {
    for (parties, shares) in [("Most parties are couples", COUPLES), ("Parties of each size", EQUAL)] {
        println!(
            "{parties:<37}{:>15}{:>10}{:>14}{:>15}{:>12}",
            "first refusal", "sold", "single seats", "first quarter", "a choice"
        );
        for (name, plan) in halls()? {
            let SoldOut { first_refusal, sold, single_seats, first_quarter } = mean(&plan, shares, 200);
            let (first_refusal, sold) = (first_refusal * 100.0, sold * 100.0);
            let choice = time(&plan, &choices(&plan, shares)).as_secs_f64() * 1e6;
            println!(
                "{name:<37}{first_refusal:>13.1} %{sold:>8.1} %{single_seats:>14.1}{first_quarter:>9.1} seats{choice:>9.2} us"
            );
        }
        println!();
    }
    println!("Seldom and slow");
    for (name, plan, party) in slow_choices()? {
        let choice = time(&plan, &[(SeatSet::all(&plan), party)]).as_secs_f64() * 1e6;
        println!("{name:<91}{choice:>9.2} us");
    }
    Ok(())
}

#[test]
fn halls_sell_out_before_many_are_refused() {
    let couples = [(0.985, 0.996, 0.35, 4.2), (0.98, 0.998, 0.5, 5.7), (0.998, 0.9999, 0.02, 9.6)];
    let equal = [(0.968, 0.985, 0.5, 4.2), (0.885, 0.982, 0.8, 5.7), (0.997, 0.9999, 0.05, 9.6)];
    for (shares, limits) in [(COUPLES, couples), (EQUAL, equal)] {
        for ((name, plan), limits) in halls().unwrap().into_iter().zip(limits) {
            let run = mean(&plan, shares, 200);
            let (first_refusal, sold, single_seats, first_quarter) = limits;
            assert!(run.first_refusal >= first_refusal, "{name}: {}", run.first_refusal);
            assert!(run.sold >= sold, "{name}: {}", run.sold);
            assert!(run.single_seats <= single_seats, "{name}: {}", run.single_seats);
            assert!(run.first_quarter <= first_quarter, "{name}: {}", run.first_quarter);
        }
    }
}

#[test]
fn the_first_party_sits_near_the_focus() {
    for (name, plan) in halls().unwrap().into_iter().take(4) {
        let party = Party { seats: 2, wheelchairs: 0, together: true };
        let seats = BestSeats::find(&plan, &SeatSet::all(&plan), party).unwrap().seats;
        let places = seats.into_iter().filter_map(|seat| plan.place(seat));
        let distances: Vec<_> = places.map(|(row, column)| distance(&plan, row, column)).collect();
        assert!(mean_of(&distances) < 4.5, "{name}: {distances:?}");
    }
}
