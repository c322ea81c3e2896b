//! The goals. They are shares where possible, so that they hold on any machine; docs/performance.md gives the reasons.

use crate::report::{
    ADDED, CPU_OF_EMBEDDED, Column, MEMORY, NORMAL, OF_ALONE, OF_CONSTANT, OF_ECHO, OF_EMPTY, OF_PEAK, OF_UNKEYED,
    OF_UNNUMBERED, OF_UNWATCHED, P99, Report, START,
};
use crate::table::number;

/// A limit of a figure.
pub struct Goal {
    pub what: &'static str,
    /// The section, the row and the column of the figure.
    figure: (&'static str, &'static str, Column),
    limit: Limit,
}

enum Limit {
    AtLeast(f64),
    AtMost(f64),
}
use Limit::{AtLeast, AtMost};

const fn goal(what: &'static str, figure: (&'static str, &'static str, Column), limit: Limit) -> Goal {
    Goal { what, figure, limit }
}

#[rustfmt::skip]
pub const GOALS: &[Goal] = &[
    goal("constant answer, of a bare echo", ("rates", "constant", OF_ECHO), AtLeast(0.9)),
    goal("bookings of one slot, of a bare echo", ("rates", "book-one-slot", OF_ECHO), AtLeast(0.33)),
    goal("bookings of 200 slots, of a bare echo", ("rates", "book-many-slots", OF_ECHO), AtLeast(0.3)),
    goal("bookings with an Idempotency-Key, of those without", ("rates", "book-with-key", OF_UNKEYED), AtLeast(0.75)),
    goal("bookings of numbered seats, of those without numbers", ("rates", "book-seats", OF_UNNUMBERED), AtLeast(0.8)),
    goal("reads of a ticket, of a constant answer", ("rates", "read-ticket", OF_CONSTANT), AtLeast(0.75)),
    goal("reads of a slot, of a constant answer", ("rates", "read-slot", OF_CONSTANT), AtLeast(0.75)),
    goal("lists of 25 slots of a genre, of a constant answer", ("rates", "list-genre", OF_CONSTANT), AtLeast(0.5)),
    goal("pages of a showing with 300 seats, of a bare echo", ("rates", "show-showing", OF_ECHO), AtLeast(0.25)),
    goal("bookings of seats that 2,000 people watch, of those that nobody watches", ("watchers", "watched", OF_UNWATCHED), AtLeast(0.9)),
    goal("memory for 2,000 live pages and the bookings meanwhile, MB", ("watchers", "watched", ADDED), AtMost(100.0)),
    goal("p99 of bookings of one slot, ms", ("rates", "book-one-slot", P99), AtMost(10.0)),
    goal("p99 of bookings of 200 slots, ms", ("rates", "book-many-slots", P99), AtMost(10.0)),
    goal("p99 at 70 % of the peak, ms", ("paced", "70 % of the peak", P99), AtMost(5.0)),
    goal("bookings after a million, of an empty store's", ("growth", "full", OF_EMPTY), AtLeast(0.85)),
    goal("bookings during a backup, of those without", ("backup", "during a backup", OF_ALONE), AtLeast(0.9)),
    goal("bookings from the best number of connections on, of the peak", ("connections", "worst from the peak on", OF_PEAK), AtLeast(0.85)),
    goal("bookings in a flood, of the peak", ("overload", "worst", OF_PEAK), AtLeast(0.85)),
    goal("back to normal after a flood, s", ("overload", "worst", NORMAL), AtMost(5.0)),
    goal("start with an empty store, ms", ("start", "empty", START), AtMost(50.0)),
    goal("start after kill -9 with a million bookings, ms", ("start", "full, killed", START), AtMost(100.0)),
    goal("memory when idle, MB", ("start", "empty", MEMORY), AtMost(30.0)),
    goal("memory with a million bookings, MB", ("growth", "full", MEMORY), AtMost(100.0)),
    goal("CPU a booking of one slot on DynamoDB, of the embedded store's", ("dynamodb", "one slot", CPU_OF_EMBEDDED), AtMost(1.5)),
    goal("CPU a booking of 200 slots on DynamoDB, of the embedded store's", ("dynamodb", "200 slots", CPU_OF_EMBEDDED), AtMost(1.5)),
    goal("CPU a booking of two slots by name on DynamoDB, of the embedded store's", ("dynamodb", "by name and start, two slots", CPU_OF_EMBEDDED), AtMost(1.5)),
];

impl Goal {
    /// Returns the limit as text.
    pub fn limit(&self) -> String {
        match self.limit {
            AtLeast(limit) => format!("at least {limit}"),
            AtMost(limit) => format!("at most {limit}"),
        }
    }

    /// Returns the figure as text, and whether the goal is met.
    pub fn outcome(&self, report: &Report) -> (String, &'static str) {
        let (section, row, column) = self.figure;
        let Some(figure) = report.figure(section, row, column) else { return ("–".to_owned(), "not run") };
        let met = match self.limit {
            AtLeast(limit) => figure >= limit,
            AtMost(limit) => figure <= limit,
        };
        (number(figure, column.digits), if met { "met" } else { "not met" })
    }
}
