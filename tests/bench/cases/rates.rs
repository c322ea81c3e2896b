//! The rates of single operations, each compared with an echo of the same sizes. In every round each case follows its
//! echo at once, so that other load of the machine affects both.

use anyhow::Context as _;
use serde_json::json;

use super::{Bench, Case, figure, read, sell};
use crate::cinema::{ARENA, Cinema};
use crate::closed_loop::{Load, Write};
use crate::report::{ECHO_RATE, Figures, OF_CONSTANT, OF_ECHO, OF_UNKEYED, OF_UNNUMBERED, RATE, Section};
use crate::requests::{Order, bookings, reads, reads_with};
use crate::service::Service;

/// The number of slots that spread bookings use.
pub const SPREAD: u64 = 200;
/// The number of tickets that are read.
const TICKETS: u64 = 2000;

/// The cases of this file.
const CASES: [Case; 11] = [
    Case::Echo,
    Case::Constant,
    Case::BookOneSlot,
    Case::BookManySlots,
    Case::BookSeats,
    Case::BookWithKey,
    Case::ReadTicket,
    Case::ReadSlot,
    Case::ListGenre,
    Case::ShowShowing,
    Case::ShowCompressed,
];

/// A case with its echo and the figures of its rounds.
struct Contender {
    case: Case,
    echo: Service,
    rounds: Vec<Figures>,
}

/// What is read: slots, tickets, and showings in an auditorium of 300 seats.
struct Stock {
    slots: Vec<String>,
    tickets: Vec<String>,
    showings: Vec<String>,
}

pub async fn run(bench: &mut Bench) -> anyhow::Result<Option<Section>> {
    let cases = selected(bench);
    if cases.is_empty() {
        return Ok(None);
    }
    bench.progress.step("rates: scheduling slots");
    let mut cinema = Cinema::open(&bench.options)?;
    let (slots, tickets) = (cinema.schedule(SPREAD).await?, cinema.tickets(TICKETS).await?);
    let stock = Stock { slots, tickets, showings: cinema.schedule_in_auditorium(SPREAD, (15, 20)).await? };
    if cases.contains(&Case::ListGenre) {
        list(&cinema, bench.options.slots).await?;
    }
    let mut contenders = Vec::new();
    for case in cases {
        let mut sample = Vec::new();
        let write = if books(case) { sales(case, &mut cinema, 1).await? } else { reading(case, &stock) };
        write(0, &mut sample);
        let echo = Service::echo_like(&cinema.service, &sample, bench.options.workers).await?;
        // The sample of a booking was sold when the sizes of its answer were asked for.
        cinema.sell(u64::from(sample.starts_with(b"POST")));
        contenders.push(Contender { case, echo, rounds: Vec::new() });
    }
    for round in 0..bench.options.rounds {
        for contender in &mut contenders {
            bench.progress.round(round, bench.options.rounds, contender.case);
            let figures = play(bench, contender, &cinema, &stock).await?;
            contender.rounds.push(figures);
        }
        compare(&mut contenders);
    }
    bench.progress.step("rates: counting the seats");
    cinema.check().await?;
    let mut section = Section::new("rates", "Rates in a closed loop");
    for contender in contenders {
        section.add(contender.case.name(), &contender.rounds);
    }
    Ok(Some(section))
}

/// Returns the selected cases and those that they are compared with.
fn selected(bench: &Bench) -> Vec<Case> {
    let selects = |case| bench.options.selects(case);
    let needed = |case| match case {
        Case::Constant => [Case::ReadTicket, Case::ReadSlot, Case::ListGenre].into_iter().any(selects),
        Case::BookOneSlot => selects(Case::BookWithKey),
        Case::BookManySlots => selects(Case::BookSeats),
        _ => false,
    };
    CASES.into_iter().filter(|case| selects(*case) || needed(*case)).collect()
}

/// Measures the echo, then the case. Bookings begin with an empty store, so that their rate does not depend on the cases
/// and rounds before.
async fn play(bench: &Bench, contender: &Contender, cinema: &Cinema, stock: &Stock) -> anyhow::Result<Figures> {
    let seconds = bench.options.seconds;
    let mut empty = if books(contender.case) { Some(Cinema::open(&bench.options)?) } else { None };
    let write = match &mut empty {
        // One slot per second: no machine books that many seats in one second.
        Some(empty) => sales(contender.case, empty, seconds.as_secs() + 1).await?,
        None => reading(contender.case, stock),
    };
    let echo = read(&contender.echo, Load::lasting(seconds, contender.echo.address, write.clone())).await?;
    let load = |cinema: &Cinema| Load::lasting(seconds, cinema.service.address, write);
    let mut figures = match (contender.case, &mut empty) {
        (Case::Echo, _) => return Ok(echo),
        (_, Some(empty)) => {
            let load = load(empty);
            let figures = sell(empty, load).await?;
            empty.check().await?;
            figures
        }
        (_, None) => read(&cinema.service, load(cinema)).await?,
    };
    let echo = figure(&echo, RATE);
    let share = figure(&figures, RATE) / echo;
    figures.extend([(ECHO_RATE, echo), (OF_ECHO, share)]);
    Ok(figures)
}

/// Adds the shares of the round that has just ended.
fn compare(contenders: &mut [Contender]) {
    let rate = |contender: &Contender| contender.rounds.last().map_or(f64::NAN, |figures| figure(figures, RATE));
    let rates: Vec<_> = contenders.iter().map(|contender| (contender.case, rate(contender))).collect();
    for contender in contenders {
        let (column, base) = match contender.case {
            Case::ReadTicket | Case::ReadSlot | Case::ListGenre => (OF_CONSTANT, Case::Constant),
            Case::BookWithKey => (OF_UNKEYED, Case::BookOneSlot),
            Case::BookSeats => (OF_UNNUMBERED, Case::BookManySlots),
            _ => continue,
        };
        let base = rates.iter().find(|(case, _)| *case == base).map_or(f64::NAN, |(_, rate)| *rate);
        let share = rate(contender) / base;
        if let Some(figures) = contender.rounds.last_mut() {
            figures.push((column, share));
        }
    }
}

/// Returns whether a case sends bookings.
fn books(case: Case) -> bool {
    matches!(case, Case::Echo | Case::BookOneSlot | Case::BookManySlots | Case::BookSeats | Case::BookWithKey)
}

/// Schedules the slots of a case that books, `hot` of them for a case of one slot, which is followed by the next when it
/// is full. Returns the bookings.
async fn sales(case: Case, cinema: &mut Cinema, hot: u64) -> anyhow::Result<Write> {
    Ok(match case {
        Case::BookOneSlot => bookings(&cinema.schedule(hot).await?, Order::OneByOne, false),
        Case::BookWithKey => bookings(&cinema.schedule(hot).await?, Order::OneByOne, true),
        Case::BookSeats => bookings(&cinema.schedule_in_auditorium(SPREAD, ARENA).await?, Order::InTurn, false),
        _ => bookings(&cinema.schedule(SPREAD).await?, Order::InTurn, false),
    })
}

/// Returns the reads of a case.
fn reading(case: Case, stock: &Stock) -> Write {
    match case {
        Case::ReadTicket => reads(stock.tickets.iter().map(|ticket| format!("/v1/tickets/{ticket}"))),
        Case::ReadSlot => reads(stock.slots.iter().map(|slot| format!("/v1/slots/{slot}"))),
        Case::ListGenre => reads(["/v1/slots?genre=Drama&limit=25".to_owned()]),
        Case::ShowShowing => reads(showings(stock)),
        Case::ShowCompressed => reads_with(showings(stock), "Accept-Encoding: gzip\r\n"),
        _ => reads(["/health/live".to_owned()]),
    }
}

fn showings(stock: &Stock) -> impl Iterator<Item = String> {
    stock.showings.iter().map(|slot| format!("/showings/{slot}"))
}

/// Schedules a programme of five genres, one slot an hour.
async fn list(cinema: &Cinema, count: u64) -> anyhow::Result<()> {
    const GENRES: [&str; 5] = ["Drama", "Comedy", "Crime", "Romance", "Action"];
    let describe = |number: u64| {
        let genre = usize::try_from(number).ok().and_then(|number| GENRES.get(number % GENRES.len()));
        let (year, month, day) = (2030 + number / 24 / 28 / 12, number / 24 / 28 % 12 + 1, number / 24 % 28 + 1);
        let date = format!("{year}-{month:02}-{day:02}T{:02}", number % 24);
        json!({
            "slotName": format!("Film {number}"), "slotType": "Movie", "genre": genre, "capacity": 120,
            "startTime": format!("{date}:00:00Z"), "endTime": format!("{date}:59:00Z"),
        })
    };
    let slots = cinema.post_slots(count, describe).await?;
    slots.last().context("no slots were scheduled").map(drop)
}
