//! Showings, and the deadlines for booking and changing them.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use crate::{Invalid, Refusal, Seating, SlotId, SlotName};

/// A showing: a name, a start and an end. It never changes once it is scheduled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Showing {
    id: SlotId,
    name: SlotName,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    seating: Option<Arc<Seating>>,
}

impl Showing {
    /// The longest duration of a showing.
    pub const MAX_LENGTH: TimeDelta = TimeDelta::hours(24);

    /// Creates a showing. Times are truncated to milliseconds, then checked by [`Self::check_times`].
    pub fn new(id: SlotId, name: SlotName, start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Self, Invalid> {
        let (start, end) = (start.trunc_subsecs(3), end.trunc_subsecs(3));
        Self::check_times(start, end)?;
        Ok(Self { id, name, start, end, seating: None })
    }

    /// Returns the showing in an auditorium.
    #[must_use]
    pub fn seated(self, seating: Arc<Seating>) -> Self {
        Self { seating: Some(seating), ..self }
    }

    /// Checks that `start` is before `end` and that the showing lasts at most [`Self::MAX_LENGTH`]. Other times are
    /// [`Invalid`].
    pub fn check_times(start: DateTime<Utc>, end: DateTime<Utc>) -> Result<(), Invalid> {
        if start >= end {
            return Err(Invalid::new("endTime", "give a time after startTime"));
        }
        if end - start > Self::MAX_LENGTH {
            return Err(Invalid::new("endTime", "give a time at most 24 hours after startTime"));
        }
        Ok(())
    }

    /// Returns the identifier of the showing's slot.
    #[must_use]
    pub const fn id(&self) -> SlotId {
        self.id
    }

    /// Returns the name of the show.
    #[must_use]
    pub const fn name(&self) -> &SlotName {
        &self.name
    }

    /// Returns the start, in whole milliseconds.
    #[must_use]
    pub const fn start(&self) -> DateTime<Utc> {
        self.start
    }

    /// Returns the end, in whole milliseconds.
    #[must_use]
    pub const fn end(&self) -> DateTime<Utc> {
        self.end
    }

    /// Returns what the slot has of its auditorium. `None` for a slot without a plan.
    #[must_use]
    pub const fn seating(&self) -> Option<&Arc<Seating>> {
        self.seating.as_ref()
    }

    /// Returns until when the showing occupies its auditorium.
    #[must_use]
    pub fn occupied_until(&self) -> DateTime<Utc> {
        self.seating.as_ref().map_or(self.end, |seating| self.end + seating.turnaround.time())
    }

    /// Returns the refusal of another showing that this one is in the way of.
    #[must_use]
    pub fn in_the_way(&self) -> Refusal {
        let (name, until) = (self.name.as_str().to_owned(), self.occupied_until());
        Refusal::AuditoriumOccupied { slot: self.id, name, start: self.start, until }
    }

    /// Checks that `now` is before the deadline. Refuses with [`Refusal::SlotEnded`] from the end of the showing on,
    /// and with `late` from the deadline on.
    pub fn before(&self, deadline: Deadline, now: DateTime<Utc>, late: Refusal) -> Result<(), Refusal> {
        if now >= self.end {
            Err(Refusal::SlotEnded)
        } else if now >= deadline.of(self) {
            Err(late)
        } else {
            Ok(())
        }
    }
}

/// A deadline for an operation on a showing. It is never later than the showing's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// This long after the start, or before the start when negative.
    Start(TimeDelta),
    /// The end of the showing.
    End,
}

impl Deadline {
    /// Returns the time of the deadline for a showing.
    #[must_use]
    pub fn of(self, showing: &Showing) -> DateTime<Utc> {
        match self {
            Self::Start(after) => {
                let unreachable = if after < TimeDelta::zero() { DateTime::<Utc>::MIN_UTC } else { showing.end };
                showing.start.checked_add_signed(after).unwrap_or(unreachable).min(showing.end)
            }
            Self::End => showing.end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(minutes * 60, 0).unwrap()
    }

    fn showing(start: i64, end: i64) -> Result<Showing, Invalid> {
        let id = SlotId::from_u64(1).unwrap();
        Showing::new(id, SlotName::parse("Skyfall").unwrap(), at(start), at(end))
    }

    #[test]
    fn a_showing_lasts_up_to_a_day() {
        assert!(showing(0, 1).is_ok());
        assert!(showing(0, 24 * 60).is_ok());
        for (start, end) in [(1, 1), (2, 1), (0, 24 * 60 + 1)] {
            assert_eq!(showing(start, end).unwrap_err().field, "endTime");
        }
    }

    #[test]
    fn a_deadline_is_over_at_its_own_time() {
        let showing = showing(0, 90).unwrap();
        let open = |deadline, now| showing.before(deadline, now, Refusal::BookingClosed);
        let quarter = Deadline::Start(TimeDelta::minutes(15));
        assert_eq!(open(quarter, at(15) - TimeDelta::milliseconds(1)), Ok(()));
        assert_eq!(open(quarter, at(15)), Err(Refusal::BookingClosed));
        assert_eq!(open(Deadline::Start(TimeDelta::minutes(-30)), at(-30)), Err(Refusal::BookingClosed));
        assert_eq!(open(Deadline::End, at(90) - TimeDelta::milliseconds(1)), Ok(()));
        for deadline in [quarter, Deadline::End, Deadline::Start(TimeDelta::MAX)] {
            assert_eq!(open(deadline, at(90)), Err(Refusal::SlotEnded), "never later than the end");
        }
    }
}
