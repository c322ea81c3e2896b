//! The figures of a run, and how they are collected over the rounds.

use std::io::{self, Write as _};
use std::time::Instant;

use crate::cases::Case;
use crate::machine::Machine;

/// A kind of figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in JSON.
    pub key: &'static str,
    /// Its head in tables.
    pub head: &'static str,
    /// The digits after the point.
    pub digits: usize,
}

/// Defines the columns, and their order in tables.
macro_rules! columns {
    ($($name:ident: $key:literal, $head:literal, $digits:literal;)+) => {
        $(pub const $name: Column = Column { key: $key, head: $head, digits: $digits };)+
        const COLUMNS: &[Column] = &[$($name),+];
    };
}

columns! {
    RATE: "perSecond", "a second", 0;
    ECHO_RATE: "echoPerSecond", "echo's", 0;
    OF_ECHO: "ofEcho", "of echo", 3;
    OF_CONSTANT: "ofConstant", "of constant", 3;
    OF_UNKEYED: "ofUnkeyed", "of no key", 3;
    OF_UNNUMBERED: "ofUnnumbered", "of no numbers", 3;
    OF_UNWATCHED: "ofUnwatched", "of unwatched", 3;
    OF_ALONE: "ofAlone", "of alone", 3;
    OF_EMPTY: "ofEmpty", "of empty", 3;
    OF_PEAK: "ofPeak", "of peak", 3;
    REFUSED: "refusedPerSecond", "refused", 0;
    BROKEN: "broken", "broken", 0;
    START: "startMs", "start ms", 1;
    P50: "p50Ms", "p50 ms", 2;
    P99: "p99Ms", "p99 ms", 2;
    P999: "p999Ms", "p99.9 ms", 2;
    CPU: "cpuUs", "CPU us", 1;
    CPU_OF_EMBEDDED: "cpuOfEmbedded", "of embedded", 2;
    REQUESTS: "requests", "requests", 3;
    READ_UNITS: "readUnits", "read units", 3;
    WRITE_UNITS: "writeUnits", "write units", 2;
    PAGES: "pages", "pages", 2;
    WRITTEN: "writtenKb", "written KB", 1;
    LOG: "logMb", "log MB", 1;
    MEMORY: "memoryMb", "memory MB", 1;
    ADDED: "addedMb", "added MB", 1;
    PEAK_MEMORY: "peakMemoryMb", "most MB", 1;
    NORMAL: "normalAfterS", "normal after s", 1;
}

/// Figures of one kind each.
pub type Figures = Vec<(Column, f64)>;

/// A line of a table.
pub struct Row {
    pub name: String,
    pub figures: Figures,
}

/// The table of one case, or of the cases that are measured in turns.
pub struct Section {
    pub name: &'static str,
    pub title: &'static str,
    pub rows: Vec<Row>,
    pub notes: Vec<String>,
}

impl Section {
    pub fn new(name: &'static str, title: &'static str) -> Self {
        Self { name, title, rows: Vec::new(), notes: Vec::new() }
    }

    /// Adds a row with the medians of all rounds.
    pub fn add(&mut self, name: impl Into<String>, rounds: &[Figures]) {
        let mut figures = Figures::new();
        for (column, _) in rounds.iter().flatten() {
            if figures.iter().all(|(known, _)| known != column) {
                figures.push((*column, median_of(rounds, *column)));
            }
        }
        figures.retain(|(_, figure)| figure.is_finite());
        self.rows.push(Row { name: name.into(), figures });
    }

    /// Returns the columns that have a figure.
    pub fn columns(&self) -> Vec<Column> {
        let used = |column: &Column| self.rows.iter().any(|row| row.figure(*column).is_some());
        COLUMNS.iter().copied().filter(used).collect()
    }
}

impl Row {
    pub fn figure(&self, column: Column) -> Option<f64> {
        self.figures.iter().find(|(known, _)| *known == column).map(|(_, figure)| *figure)
    }
}

/// Returns the median of the figures of a column.
pub fn median_of(rounds: &[Figures], column: Column) -> f64 {
    let figures = rounds.iter().flatten().filter(|(known, figure)| *known == column && figure.is_finite());
    median(figures.map(|(_, figure)| *figure).collect())
}

pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// All tables of a run.
pub struct Report {
    pub machine: Machine,
    /// The extent of the measurements.
    pub extent: String,
    pub sections: Vec<Section>,
}

impl Report {
    /// Returns a figure by its section, its row and its column.
    pub fn figure(&self, section: &str, row: &str, column: Column) -> Option<f64> {
        let section = self.sections.iter().find(|known| known.name == section)?;
        section.rows.iter().find(|known| known.name == row)?.figure(column)
    }
}

/// The progress of a run, on the standard error: one line a step.
pub struct Progress(Instant);

impl Progress {
    pub fn new() -> Self {
        Self(Instant::now())
    }

    pub fn step(&self, what: &str) {
        // If nobody reads it, the run goes on.
        let _ = writeln!(io::stderr(), "{:>4.0} s  {what}", self.0.elapsed().as_secs_f64());
    }

    pub fn round(&self, round: u16, rounds: u16, case: Case) {
        self.step(&format!("round {} of {rounds}: {}", round + 1, case.name()));
    }
}
