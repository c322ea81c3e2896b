//! The report.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::time::Duration;

use crate::load::Measured;

/// The results of one measurement over all rounds.
pub struct Row {
    name: &'static str,
    rates: Vec<f64>,
    latencies: Vec<Duration>,
}

impl Row {
    pub fn new(name: &'static str) -> Self {
        Self { name, rates: Vec::new(), latencies: Vec::new() }
    }

    pub fn add(&mut self, measured: Measured) {
        self.rates.push(measured.per_second());
        self.latencies.extend(measured.latencies);
    }

    /// Returns a percentile of the latencies, in milliseconds.
    fn percentile(&mut self, percent: usize) -> f64 {
        let index = (self.latencies.len() * percent / 100).min(self.latencies.len().saturating_sub(1));
        if self.latencies.is_empty() {
            return f64::NAN;
        }
        self.latencies.select_nth_unstable(index).1.as_secs_f64() * 1000.0
    }
}

/// Renders the rows. The first is the baseline.
pub fn of(rows: &mut [Row]) -> String {
    let mut text = format!("{:<34}{:>10}{:>9}{:>9}{:>9}   rounds", "", "a second", "of echo", "p50 ms", "p99 ms");
    let baseline = rows.first().map_or(f64::NAN, |row| median(&row.rates));
    for row in rows {
        let rate = median(&row.rates);
        let (half, most) = (row.percentile(50), row.percentile(99));
        let rounds: Vec<_> = row.rates.iter().map(|rate| format!("{rate:.0}")).collect();
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "\n{:<34}{rate:>10.0}{:>8.0}%{half:>9.2}{most:>9.2}   {}",
            row.name,
            rate / baseline * 100.0,
            rounds.join(" ")
        );
    }
    text
}

pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Prints to the standard output.
pub fn say(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(io::stdout(), "{text}")?)
}
