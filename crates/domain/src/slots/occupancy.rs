//! The time for which showings occupy an auditorium.

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::Showing;
use crate::{Refusal, SlotId};

/// The time for which a showing occupies its auditorium: from its start until the auditorium is ready for the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occupancy {
    /// The start.
    pub start: DateTime<Utc>,
    /// The showing's slot.
    pub slot: SlotId,
    /// The end, with the time between two showings.
    pub until: DateTime<Utc>,
}

/// What is in the way of a showing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InTheWay {
    /// Another showing, by its slot. [`Showing::in_the_way`] is the refusal.
    Slot(SlotId),
    /// The number of showings on one day.
    Full,
}

impl Occupancy {
    /// The greatest number of showings that occupy an auditorium on one UTC day.
    pub const MAX_A_DAY: usize = 96;

    /// Returns the occupancy of a showing's auditorium.
    #[must_use]
    pub fn of(showing: &Showing) -> Self {
        Self { start: showing.start(), slot: showing.id(), until: showing.occupied_until() }
    }

    /// Returns the UTC days of the occupancy: four at most.
    pub fn days(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let last = self.until.date_naive();
        let next = move |day: &NaiveDate| day.checked_add_days(Days::new(1)).filter(|day| *day <= last);
        std::iter::successors(Some(self.start.date_naive()), next)
    }

    /// Checks that the auditorium is free. `others` are all other occupancies of it on [`Self::days`].
    pub fn check(&self, others: &[Self]) -> Result<(), InTheWay> {
        let collides = |other: &&Self| self.start < other.until && other.start < self.until;
        if let Some(other) = others.iter().filter(collides).min() {
            return Err(InTheWay::Slot(other.slot));
        }
        let on = |day| others.iter().filter(|other| other.days().any(|its| its == day)).count();
        if self.days().any(|day| on(day) >= Self::MAX_A_DAY) { Err(InTheWay::Full) } else { Ok(()) }
    }
}

impl InTheWay {
    /// Returns the refusal, where `showing` finds the showing of a slot.
    pub fn refusal<E>(self, showing: impl FnOnce(SlotId) -> Result<Showing, E>) -> Result<Refusal, E> {
        match self {
            Self::Slot(slot) => Ok(showing(slot)?.in_the_way()),
            Self::Full => Ok(Refusal::TooManyShowings { limit: Occupancy::MAX_A_DAY }),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn occupancy(slot: u64, start: i64, minutes: i64) -> Occupancy {
        let start = DateTime::UNIX_EPOCH + TimeDelta::minutes(start);
        Occupancy { start, slot: SlotId::from_u64(slot).unwrap(), until: start + TimeDelta::minutes(minutes) }
    }

    #[test]
    fn an_auditorium_is_free_from_the_end_of_cleaning_on() {
        let others = [occupancy(3, 300, 60), occupancy(2, 60, 60)];
        for (start, minutes, expected) in
            [(0, 60, None), (120, 180, None), (0, 61, Some(2)), (119, 5, Some(2)), (0, 600, Some(2))]
        {
            let found = occupancy(1, start, minutes).check(&others);
            let expected = expected.map_or(Ok(()), |slot| Err(InTheWay::Slot(SlotId::from_u64(slot).unwrap())));
            assert_eq!(found, expected, "{start} {minutes}");
        }
    }

    #[test]
    fn a_day_has_a_limit() {
        let mut day: Vec<_> =
            (0..95).map(|number| occupancy(number + 5, i64::try_from(number).unwrap() * 10, 5)).collect();
        let late = occupancy(1, 23 * 60, 5);
        assert_eq!(late.check(&day), Ok(()));
        day.push(occupancy(2, 22 * 60, 5));
        assert_eq!(late.check(&day), Err(InTheWay::Full));
        assert_eq!(occupancy(1, 24 * 60, 5).check(&day), Ok(()), "the next day");
        assert_eq!(occupancy(1, 23 * 60, 28 * 60).days().count(), 3);
    }
}
