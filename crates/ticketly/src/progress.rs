//! Progress on the terminal.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use ticketly_domain::Progress;

/// How often the line is written again.
const EVERY: Duration = Duration::from_millis(200);

/// A line on the standard error that is written again and again, if that is a terminal.
pub struct ProgressLine {
    is_shown: bool,
    written: Option<Instant>,
}

impl ProgressLine {
    /// Creates a line, which is empty until [`Self::show`].
    pub fn new() -> Self {
        Self { is_shown: io::stderr().is_terminal(), written: None }
    }

    /// Shows how far something is.
    pub fn show(&mut self, what: &str, progress: Progress) {
        if !self.is_shown || self.written.is_some_and(|at| at.elapsed() < EVERY) {
            return;
        }
        self.written = Some(Instant::now());
        let line = line(what, progress);
        // What cannot be shown is no reason to stop.
        drop(write!(io::stderr(), "\r\x1b[2K{line}"));
        drop(io::stderr().flush());
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        if self.written.is_some() {
            drop(write!(io::stderr(), "\r\x1b[2K"));
        }
    }
}

fn line(what: &str, Progress { done, total }: Progress) -> String {
    let percent = done.saturating_mul(100).checked_div(total).unwrap_or(100).min(100);
    let filled = usize::try_from(percent / 5).unwrap_or_default();
    format!("{what}  [{:-<20}] {percent:3} %  {done} of about {total}", "#".repeat(filled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_how_much_is_done() {
        let half = line("verifying", Progress { done: 5, total: 10 });
        assert_eq!(half, "verifying  [##########----------]  50 %  5 of about 10");
        assert!(line("verifying", Progress { done: 0, total: 0 }).contains("100 %"));
    }
}
