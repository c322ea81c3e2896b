//! Both tickets of a move name each other.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::records::{Finding, FindingKind, Findings, Place};
use crate::{Booking, TicketId, TicketStatus};

/// A ticket of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Old,
    New,
}

/// The moves of which one ticket was seen so far.
#[derive(Debug, Default)]
pub(super) struct Moves(HashMap<(TicketId, TicketId), Side>);

impl Moves {
    /// Adds the tickets of a booking.
    pub(super) fn add(&mut self, booking: &Booking, findings: &mut Findings) {
        for ticket in booking.tickets() {
            if let Some(to) = ticket.moved_to() {
                if !matches!(ticket.status(), TicketStatus::Canceled | TicketStatus::Archived) {
                    let what = format!("ticket {} was moved, but is {}", ticket.id().index, ticket.status());
                    findings.add(Finding::new(FindingKind::Move, Place::Booking(booking.key()), what));
                }
                self.note((ticket.id(), to), Side::Old, findings);
            }
            if let Some(from) = ticket.moved_from() {
                self.note((from, ticket.id()), Side::New, findings);
            }
        }
    }

    fn note(&mut self, tickets: (TicketId, TicketId), side: Side, findings: &mut Findings) {
        match self.0.entry(tickets) {
            Entry::Vacant(entry) => drop(entry.insert(side)),
            Entry::Occupied(entry) if *entry.get() == side => findings.add(finding(tickets, side)),
            Entry::Occupied(entry) => drop(entry.remove()),
        }
    }

    pub(super) fn finish(self, findings: &mut Findings) {
        for (tickets, side) in self.0 {
            findings.add(finding(tickets, side));
        }
    }
}

/// Returns the finding of a move of which only one ticket tells.
fn finding((old, new): (TicketId, TicketId), side: Side) -> Finding {
    let (own, other, verb) = match side {
        Side::Old => (old, new, "was moved to"),
        Side::New => (new, old, "replaces"),
    };
    let place = Place::Booking(other.booking);
    let what = format!("ticket {} {verb} ticket {} of {place}, which does not name it", own.index, other.index);
    Finding::new(FindingKind::Move, Place::Booking(own.booking), what)
}
