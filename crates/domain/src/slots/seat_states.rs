//! The seats of a slot as those who look for some see them: free, held or taken.

use super::TicketSlot;
use crate::{HeldSeats, Plan, SeatNo, SeatSet};

/// Whether a seat of a slot can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatState {
    /// It is available.
    Free,
    /// It is held, and available again when the hold lapses.
    Held,
    /// It is sold or blocked.
    Taken,
}

/// The states of all seats of a slot in an auditorium.
#[derive(Debug, Clone)]
pub struct SeatStates<'a> {
    plan: &'a Plan,
    taken: &'a SeatSet,
    held: SeatSet,
}

impl TicketSlot {
    /// Returns the states of the slot's seats, some of which are held. `None` for a slot that is in no auditorium.
    #[must_use]
    pub fn seat_states(&self, holds: &[HeldSeats]) -> Option<SeatStates<'_>> {
        let plan = &*self.showing().seating()?.plan;
        let held: Vec<_> = holds.iter().flat_map(|hold| hold.seats.iter().copied()).collect();
        Some(SeatStates { plan, taken: self.seats().taken()?, held: SeatSet::of(plan, &held) })
    }
}

impl<'a> SeatStates<'a> {
    /// Returns the plan of the seats.
    #[must_use]
    pub const fn plan(&self) -> &'a Plan {
        self.plan
    }

    /// Returns the seats that are not available, with those that are held.
    #[must_use]
    pub const fn taken(&self) -> &'a SeatSet {
        self.taken
    }

    /// Returns the seats that were held when the holds were read.
    #[must_use]
    pub const fn held(&self) -> &SeatSet {
        &self.held
    }

    /// Returns the state of the seat at a column of a row.
    #[must_use]
    pub fn at(&self, row: usize, column: u32) -> SeatState {
        let is_in = |set: &SeatSet| set.row(row).checked_shr(column).unwrap_or_default() & 1 == 1;
        match (is_in(self.taken), is_in(&self.held)) {
            // A hold that was read a moment before may have ended since.
            (false, _) => SeatState::Free,
            (true, true) => SeatState::Held,
            (true, false) => SeatState::Taken,
        }
    }

    /// Returns the state of a seat. `None` for a number that the plan does not have.
    #[must_use]
    pub fn of(&self, seat: SeatNo) -> Option<SeatState> {
        self.plan.place(seat).map(|(row, column)| self.at(row, column))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::DateTime;
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    use super::*;
    use crate::{
        Auditorium, AuditoriumDraft, AuditoriumName, BookingNo, Genre, Seats, SeatsDelta, SingleSeats, SlotDescription,
        SlotDetails, SlotDraft, SlotName, SlotSeats, SlotType, Turnaround,
    };

    #[test]
    fn a_seat_is_free_held_or_taken() {
        let (now, rng) = (DateTime::UNIX_EPOCH, &mut StdRng::seed_from_u64(1));
        let plan = Arc::new(Plan::new("legend . standard\nrow A 1 1 .._..".parse().unwrap()).unwrap());
        let hall = AuditoriumDraft {
            name: AuditoriumName::parse("Hall 1").unwrap(),
            turnaround: Turnaround::DEFAULT,
            single_seats: SingleSeats::Allowed,
            plan: Arc::clone(&plan),
        };
        let hall = Auditorium::add(hall, now, rng);
        let draft = SlotDraft {
            name: SlotName::parse("Skyfall").unwrap(),
            start: now,
            end: now + chrono::TimeDelta::hours(3),
            details: SlotDetails {
                description: SlotDescription::default(),
                slot_type: SlotType::Movie,
                genre: Genre::Action,
            },
            seats: SlotSeats::Auditorium(hall.id),
            prices: None,
        };
        let slot = TicketSlot::schedule(&draft, Some(&hall), None, now, rng).unwrap();
        let (sold, kept, ended) = (SeatNo(1), SeatNo(2), SeatNo(3));
        let seats = Seats::of_plan(&plan).apply(&SeatsDelta::of(&plan, &[sold, kept], &[])).unwrap();
        let slot = slot.with_seats(seats);
        let hold = HeldSeats {
            no: BookingNo::from_u64(5).unwrap(),
            until: now,
            tickets: 2,
            seats: vec![kept, ended],
            promotion: None,
        };
        let states = slot.seat_states(&[hold]).unwrap();
        let expected = [SeatState::Free, SeatState::Taken, SeatState::Held, SeatState::Free].map(Some);
        assert_eq!([SeatNo(0), sold, kept, ended].map(|seat| states.of(seat)), expected);
        assert_eq!(
            (states.at(0, 3), states.at(0, 2), states.at(0, 200)),
            (SeatState::Held, SeatState::Free, SeatState::Free)
        );
        assert_eq!(states.of(SeatNo(4)), None);
    }
}
