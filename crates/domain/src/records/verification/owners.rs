//! Who owns the seats of a slot: each seat that is taken has one owner, a ticket or a block.

use std::sync::Arc;

use crate::records::{Finding, FindingKind, Findings, Place};
use crate::{AuditoriumId, Block, Booking, Plan, PlanVersion, SeatNo, SeatSet, Seating, Seats, Ticket};
use crate::{SlotId, TicketStatus};

/// The greatest number of seats that a finding names.
const NAMED: usize = 12;

/// Whether a ticket owns a seat.
enum Owns {
    Yes,
    No,
    /// It was archived, and does not tell whether it was canceled or expired before.
    Maybe,
}

/// Who owns the seats of a slot.
#[derive(Debug, Default)]
pub(super) struct Owners {
    /// How many seats tickets own.
    pub(super) of_tickets: u64,
    /// How many of these tickets are booked or held, so that they have not expired.
    pub(super) booked: u64,
    blocked: u64,
    maybe: u64,
    /// The seats by number, in an auditorium.
    numbered: Option<Numbered>,
}

#[derive(Debug)]
struct Numbered {
    version: (AuditoriumId, PlanVersion),
    plan: Arc<Plan>,
    owned: SeatSet,
    maybe: SeatSet,
}

impl Owners {
    /// Adds the tickets of a booking.
    pub(super) fn add_booking(&mut self, booking: &Booking, findings: &mut Findings) {
        for ticket in booking.tickets() {
            match owns(booking, ticket) {
                Owns::No => {}
                Owns::Yes => {
                    self.of_tickets += 1;
                    self.booked += u64::from(ticket.status() == TicketStatus::Booked);
                    self.own(booking, ticket, findings);
                }
                Owns::Maybe => {
                    self.maybe += 1;
                    if let (Some(seating), Some(seat)) = (booking.showing().seating(), ticket.seat_no()) {
                        let numbered = self.numbered(seating);
                        insert(&mut numbered.maybe, &seating.plan, seat);
                    }
                }
            }
        }
    }

    fn own(&mut self, booking: &Booking, ticket: &Ticket, findings: &mut Findings) {
        let (Some(seating), Some(seat)) = (booking.showing().seating(), ticket.seat_no()) else { return };
        if let Some(problem) = self.numbered(seating).own(seating, seat) {
            findings.add(Finding::new(FindingKind::Seats, Place::Booking(booking.key()), problem));
        }
    }

    /// Adds the seats of a block.
    pub(super) fn add_block(&mut self, block: &Block, findings: &mut Findings) {
        let Some(seating) = block.showing().seating() else { return };
        for seat in block.seats() {
            self.blocked += 1;
            if let Some(problem) = self.numbered(seating).own(seating, *seat) {
                let problem = format!("{}: {problem}", block.id());
                findings.add(Finding::new(FindingKind::Seats, Place::Slot(block.slot()), problem));
            }
        }
    }

    fn numbered(&mut self, seating: &Seating) -> &mut Numbered {
        self.numbered.get_or_insert_with(|| Numbered {
            version: (seating.auditorium, seating.version),
            plan: Arc::clone(&seating.plan),
            owned: SeatSet::none(&seating.plan),
            maybe: SeatSet::none(&seating.plan),
        })
    }

    /// Compares the owners with the seats that are not available.
    pub(super) fn check(&self, slot: SlotId, seating: Option<&Seating>, seats: &Seats, findings: &mut Findings) {
        let mut wrong = |what: String| findings.add(Finding::new(FindingKind::Seats, Place::Slot(slot), what));
        let (Some(seating), Some(taken)) = (seating, seats.taken()) else {
            let taken = u64::from(seats.capacity().get() - seats.available());
            let owned = self.of_tickets + self.blocked;
            if !(owned..=owned + self.maybe).contains(&taken) {
                let maybe = if self.maybe > 0 { format!(" to {}", owned + self.maybe) } else { String::new() };
                wrong(format!("{taken} seats are taken, but tickets own {owned}{maybe}"));
            }
            return;
        };
        let plan = &*seating.plan;
        let none = || SeatSet::none(plan);
        let (owned, maybe) = match &self.numbered {
            Some(numbered) if numbered.version != (seating.auditorium, seating.version) => {
                wrong("tickets or blocks have seats of another plan than the slot".to_owned());
                return;
            }
            Some(numbered) => (numbered.owned.clone(), numbered.maybe.clone()),
            None => (none(), none()),
        };
        let free = owned.clone().without(taken);
        if !free.is_empty() {
            wrong(format!("{} owned by a ticket or a block, but not taken", named(plan, &free)));
        }
        let unowned = taken.clone().without(&owned).without(&maybe);
        if !unowned.is_empty() {
            wrong(format!("{} taken, but no ticket and no block owns it", named(plan, &unowned)));
        }
    }
}

impl Numbered {
    /// Notes the owner of a seat. Returns what is wrong with it.
    fn own(&mut self, seating: &Seating, seat: SeatNo) -> Option<String> {
        if self.version != (seating.auditorium, seating.version) {
            return Some("it has seats of another plan than others of the slot".to_owned());
        }
        if self.owned.has(&self.plan, seat) {
            return Some(format!("seat {} belongs to another ticket or block too", self.plan.label(seat)));
        }
        insert(&mut self.owned, &self.plan, seat);
        None
    }
}

fn insert(seats: &mut SeatSet, plan: &Plan, number: SeatNo) {
    if let Some((row, column)) = plan.place(number) {
        seats.insert(row, 1 << column);
    }
}

/// Names the first seats of a set, with the verb.
fn named(plan: &Plan, seats: &SeatSet) -> String {
    let all = (0..plan.seats()).map(SeatNo).filter(|seat| seats.has(plan, *seat));
    let labels: Vec<_> = all.take(NAMED).map(|seat| plan.label(seat)).collect();
    match (&labels[..], usize::try_from(seats.len()).unwrap_or(usize::MAX)) {
        ([one], _) => format!("seat {one} is"),
        (some, all) if some.len() < all => format!("seats {} and {} more are", some.join(", "), all - some.len()),
        (some, _) => format!("seats {} are", some.join(", ")),
    }
}

fn owns(booking: &Booking, ticket: &Ticket) -> Owns {
    if booking.is_unconfirmed() {
        return if booking.is_held() { Owns::Yes } else { Owns::No };
    }
    match booking.was_canceled(ticket) {
        Some(true) => Owns::No,
        Some(false) => Owns::Yes,
        None => Owns::Maybe,
    }
}
