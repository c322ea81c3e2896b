//! The cases. To add one: name it in [`Case`], and measure it in the file of its kind. Cases that are compared with each
//! other share a file and alternate in rounds.

mod backup;
mod connections;
mod dynamodb;
mod growth;
mod overload;
mod paced;
mod rates;
mod start;
mod watchers;

use clap::ValueEnum;

use crate::cinema::Cinema;
use crate::closed_loop::{Load, Measured, Tally};
use crate::machine::Machine;
use crate::options::Options;
use crate::pages::Pages;
use crate::report::{CPU, Figures, MEMORY, P50, P99, P999, PAGES, Progress, RATE, Report, WRITTEN};
use crate::service::Service;

/// What can be measured. The comments are shown to users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Case {
    /// The baseline: a bare server of the same HTTP library that echoes the JSON of a booking
    Echo,
    /// A constant answer of Ticketly, which needs no store: GET /health/live
    Constant,
    /// Bookings of one ticket in one slot
    BookOneSlot,
    /// Bookings of one ticket, over 200 slots in turn
    BookManySlots,
    /// Bookings of the best seat, over 200 slots of 5,000 numbered seats in turn, compared with book-many-slots
    BookSeats,
    /// Bookings in one slot with an Idempotency-Key each, compared with book-one-slot
    BookWithKey,
    /// Reads of a ticket by its identifier, compared with constant
    ReadTicket,
    /// Reads of a slot by its identifier, compared with constant
    ReadSlot,
    /// Lists of 25 slots of a genre, out of 10,000 slots (--slots), compared with constant
    ListGenre,
    /// The page of a showing with 300 seats
    ShowShowing,
    /// The same, compressed
    ShowCompressed,
    /// Bookings of seats while people have pages with live seats open (--watchers), compared with none
    Watchers,
    /// Bookings with a full store (--bookings), compared with an empty one, and on the way there
    Growth,
    /// Bookings while the store is backed up, compared with bookings alone
    Backup,
    /// Bookings over 1, 2, 4, … 1,024 connections (--connections)
    Connections,
    /// Bookings that arrive at 70 % of the peak rate, whether the server keeps up or not (open loop)
    Paced,
    /// Bookings while thousands of connections flood the server (--flood), and afterwards
    Overload,
    /// Starts: with an empty store, and after kill -9 with a full one; memory
    Start,
    /// Bookings on the DynamoDB store, on a local engine (--engine), compared with the embedded store
    Dynamodb,
}

impl Case {
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Returns the names and descriptions of all cases.
    pub fn list() -> String {
        let line = |value: clap::builder::PossibleValue| {
            let help = value.get_help().map(ToString::to_string).unwrap_or_default();
            format!("{:<16} {help}\n", value.get_name())
        };
        Self::value_variants().iter().filter_map(Self::to_possible_value).map(line).collect()
    }
}

/// Everything that a case needs, and what it adds to.
pub struct Bench {
    pub options: Options,
    pub progress: Progress,
    pub report: Report,
    /// The plots, by file name.
    pub plots: Vec<(&'static str, String)>,
    /// The store of the cases growth and start.
    full: Option<growth::Full>,
}

impl Bench {
    pub fn new(options: Options) -> anyhow::Result<Self> {
        let extent = format!(
            "{} workers, {} rounds of {} s; 64 connections where nothing else is said; every booking is one ticket of a new user",
            options.workers,
            options.rounds,
            options.seconds.as_secs_f64()
        );
        let report = Report { machine: Machine::here(&options)?, extent, sections: Vec::new() };
        Ok(Self { options, progress: Progress::new(), report, plots: Vec::new(), full: None })
    }

    /// Runs the selected cases.
    pub async fn run(&mut self) -> anyhow::Result<()> {
        let sections = [
            rates::run(self).await?,
            paced::run(self).await?,
            connections::run(self).await?,
            watchers::run(self).await?,
            overload::run(self).await?,
            dynamodb::run(self).await?,
            backup::run(self).await?,
            growth::run(self).await?,
            start::run(self).await?,
        ];
        self.report.sections.extend(sections.into_iter().flatten());
        Ok(())
    }
}

/// Runs a load of bookings on a cinema and returns its figures, with what the server used for each booking.
async fn sell(cinema: &mut Cinema, load: Load) -> anyhow::Result<Figures> {
    let tally = Tally::new()?;
    let pages = Pages::count(cinema.sqlite_file("-shm"), tally.clone());
    let (mut figures, measured) = measure(&cinema.service, load, &tally).await?;
    figures.extend(pages.per_booking().await.map(|pages| (PAGES, pages)));
    cinema.sell(measured.done);
    Ok(figures)
}

/// Runs a load that changes nothing.
async fn read(service: &Service, load: Load) -> anyhow::Result<Figures> {
    let (mut figures, _) = measure(service, load, &Tally::new()?).await?;
    figures.retain(|(column, _)| *column != WRITTEN);
    Ok(figures)
}

async fn measure(service: &Service, load: Load, tally: &std::sync::Arc<Tally>) -> anyhow::Result<(Figures, Measured)> {
    let before = service.usage();
    let measured = load.run_with(tally).await?;
    let mut figures = latencies(&measured);
    if let (Some(before), Some(after)) = (before, service.usage()) {
        let requests = measured.done as f64;
        figures.push((CPU, (after.cpu - before.cpu) * 1e6 / requests));
        figures.push((WRITTEN, (after.written - before.written) as f64 / 1000.0 / requests));
    }
    figures.extend(service.memory("VmRSS").map(|megabytes| (MEMORY, megabytes)));
    Ok((figures, measured))
}

/// Returns the rate and the latencies.
fn latencies(measured: &Measured) -> Figures {
    let percentiles = [(P50, 50.0), (P99, 99.0), (P999, 99.9)];
    let rate = std::iter::once((RATE, measured.per_second()));
    rate.chain(percentiles.map(|(column, percent)| (column, measured.latencies.percentile(percent)))).collect()
}

/// Returns the figure of a column.
fn figure(figures: &Figures, column: crate::report::Column) -> f64 {
    figures.iter().find(|(known, _)| *known == column).map_or(f64::NAN, |(_, figure)| *figure)
}
