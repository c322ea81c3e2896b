//! The DynamoDB store on a local engine. The engine uses the same processors and is not DynamoDB: the rate is the
//! engine's more than the server's. Requests, units and the server's processor time are what an installation pays for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use ticketly_domain::{Rules, Target, Ticketing};
use ticketly_dynamo_tests::{Engine, crowds, undisturbed};

use super::rates::SPREAD;
use super::{Bench, Case, figure, sell};
use crate::cinema::Cinema;
use crate::closed_loop::{CONNECTIONS, Load, Write};
use crate::report::{CPU, CPU_OF_EMBEDDED, Figures, PAGES, READ_UNITS, REQUESTS, Section, WRITE_UNITS, WRITTEN};
use crate::requests::{Order, bookings, bookings_by_name};
use crate::service::Service;

/// What is booked.
#[derive(Clone, Copy)]
enum What {
    OneSlot,
    ManySlots,
    ByName,
}

impl What {
    const ALL: [Self; 3] = [Self::OneSlot, Self::ManySlots, Self::ByName];

    fn name(self) -> &'static str {
        match self {
            Self::OneSlot => "one slot",
            Self::ManySlots => "200 slots",
            Self::ByName => "by name and start, two slots",
        }
    }

    async fn requests(self, cinema: &mut Cinema, round: u16, time: Duration) -> anyhow::Result<Write> {
        Ok(match self {
            Self::OneSlot => bookings(&cinema.schedule(time.as_secs() + 1).await?, Order::OneByOne, false),
            Self::ManySlots => bookings(&cinema.schedule(SPREAD).await?, Order::InTurn, false),
            Self::ByName => {
                let name = format!("Premiere {round}");
                cinema.schedule_named(&name, 2).await?;
                bookings_by_name(&name)
            }
        })
    }
}

pub async fn run(bench: &mut Bench) -> anyhow::Result<Option<Section>> {
    if !bench.options.selects(Case::Dynamodb) {
        return Ok(None);
    }
    let mut section = Section::new("dynamodb", "Bookings on DynamoDB, on a local engine, in a closed loop");
    if !bench.options.engine.exists() {
        bench.progress.step("dynamodb: not run, since there is no engine; --help says how to build it");
        section.notes.push("not run: there was no engine".to_owned());
        return Ok(Some(section));
    }
    let engine = Service::engine(&bench.options.engine)?;
    let mut cinema = Cinema::on_dynamodb(&bench.options, &engine)?;
    let mut rounds = What::ALL.map(|_| Vec::new());
    let seconds = bench.options.seconds;
    for round in 0..bench.options.rounds {
        bench.progress.round(round, bench.options.rounds, Case::Dynamodb);
        for (what, rounds) in What::ALL.into_iter().zip(&mut rounds) {
            // The table's items do not cost more when there are more of them, but the pages of a large file do.
            let mut embedded = Cinema::open(&bench.options)?;
            let write = what.requests(&mut embedded, round, seconds).await?;
            let load = Load::lasting(seconds, embedded.service.address, write);
            let here = sell(&mut embedded, load).await?;
            embedded.check().await?;
            let write = what.requests(&mut cinema, round, seconds).await?;
            let load = Load::lasting(seconds, cinema.service.address, write);
            let mut figures = sell(&mut cinema, load).await?;
            figures.retain(|(column, _)| ![WRITTEN, PAGES].contains(column));
            figures.push((CPU_OF_EMBEDDED, figure(&figures, CPU) / figure(&here, CPU)));
            rounds.push(figures);
        }
    }
    cinema.check().await?;
    for (what, rounds) in What::ALL.into_iter().zip(&rounds) {
        bench.progress.step(&format!("dynamodb: requests and units, {}", what.name()));
        section.add(what.name(), rounds);
        let bill = bill(&engine, what, seconds).await;
        if let Some(row) = section.rows.last_mut() {
            row.figures.extend(bill);
        }
    }
    Ok(Some(section))
}

/// Counts the requests and the units of each booking. The store runs in this process, where its requests can be told to
/// ask for the capacity that they consume.
async fn bill(engine: &Service, what: What, time: Duration) -> Figures {
    let engine = Engine::at(&format!("http://{}", engine.address)).await;
    let (client, meter) = engine.metered();
    let store = Arc::new(engine.store_by(&client, &undisturbed()).await);
    let mut rng = StdRng::seed_from_u64(1);
    #[expect(clippy::expect_used, reason = "the store was opened a moment ago")]
    let ticketing = Ticketing::open(store, Rules::default(), &mut rng).await.expect("the store is open");
    let mut targets = Vec::new();
    let slots = match what {
        What::OneSlot => 1,
        What::ManySlots => SPREAD,
        What::ByName => 2,
    };
    for number in 0..slots {
        let slot = crowds::schedule(&ticketing, "Premiere", 100_000, number + 2).await;
        targets.push(if matches!(what, What::ByName) { crowds::showing("Premiere") } else { Target::Slot(slot) });
    }
    let before = meter.bill();
    let begun = Instant::now();
    let buyers = (0..CONNECTIONS).map(|buyer| {
        let (ticketing, targets) = (ticketing.clone(), targets.clone());
        tokio::spawn(async move {
            let mut choices = targets.into_iter().cycle().skip(buyer);
            let mut booked = 0;
            while begun.elapsed() < time {
                let number = ((buyer as u64) << 32) + 1000 + booked;
                let Some(target) = choices.next() else { break };
                booked += u64::from(crowds::book(&ticketing, target, 1, number).await.is_ok());
            }
            booked
        })
    });
    let booked: u64 = join_all(buyers).await.into_iter().filter_map(Result::ok).sum();
    let bill = meter.bill() - before;
    let requests = f64::from(bill.reads + bill.writes);
    let units = [(REQUESTS, requests), (READ_UNITS, bill.read_units), (WRITE_UNITS, bill.write_units)];
    units.map(|(column, figure)| (column, figure / booked as f64)).to_vec()
}
