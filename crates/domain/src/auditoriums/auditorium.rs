//! Auditoriums: rooms with a seating plan.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rand::CryptoRng;

use super::{Plan, SingleSeats};
use crate::{AuditoriumId, AuditoriumName, Invalid};

/// The time that an auditorium needs between two showings, such as for cleaning: 0 to [`Self::MAX`] minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turnaround(u16);

impl Turnaround {
    /// The greatest number of minutes.
    pub const MAX: u16 = 240;
    /// The time of an auditorium that gives none.
    pub const DEFAULT: Self = Self(15);

    /// Creates a time of 0 to [`Self::MAX`] minutes. Any other number is [`Invalid`].
    pub fn new(minutes: u32) -> Result<Self, Invalid> {
        match u16::try_from(minutes) {
            Ok(minutes @ 0..=Self::MAX) => Ok(Self(minutes)),
            _ => Err(Invalid::new("turnaroundMinutes", format!("give 0 to {}", Self::MAX))),
        }
    }

    /// Returns the number of minutes.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// Returns the time.
    #[must_use]
    pub const fn time(self) -> TimeDelta {
        TimeDelta::minutes(self.0 as i64)
    }
}

/// The number of a plan of an auditorium, from 1. A changed plan is a new version; slots keep the version that they were
/// scheduled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlanVersion(pub u32);

impl PlanVersion {
    /// The version of a new auditorium's plan.
    pub const FIRST: Self = Self(1);
    /// The greatest number of versions of an auditorium's plan.
    pub const MAX: Self = Self(1000);

    /// Returns the next version. `None` after [`Self::MAX`].
    #[must_use]
    pub fn next(self) -> Option<Self> {
        (self < Self::MAX).then(|| Self(self.0 + 1))
    }
}

/// An auditorium to add.
#[derive(Debug, Clone)]
pub struct AuditoriumDraft {
    /// The name.
    pub name: AuditoriumName,
    /// The time between two showings.
    pub turnaround: Turnaround,
    /// Whether a booking may leave a single free seat.
    pub single_seats: SingleSeats,
    /// The first version of the plan.
    pub plan: Arc<Plan>,
}

/// An auditorium, with the present version of its plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Auditorium {
    /// The identifier.
    pub id: AuditoriumId,
    /// The name.
    pub name: AuditoriumName,
    /// The time between two showings.
    pub turnaround: Turnaround,
    /// Whether a booking may leave a single free seat.
    pub single_seats: SingleSeats,
    /// The version of the plan that new slots get.
    pub version: PlanVersion,
    /// The plan of that version.
    pub plan: Arc<Plan>,
}

impl Auditorium {
    /// The greatest number of auditoriums of an installation.
    pub const MAX: usize = 500;
    /// The longest time of a timetable.
    pub const MAX_TIMETABLE: TimeDelta = TimeDelta::days(8);

    /// Creates an auditorium with a new identifier and the first version of its plan.
    #[must_use]
    pub fn add(draft: AuditoriumDraft, now: DateTime<Utc>, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let AuditoriumDraft { name, turnaround, single_seats, plan } = draft;
        Self { id: AuditoriumId::mint(now, rng), name, turnaround, single_seats, version: PlanVersion::FIRST, plan }
    }

    /// Returns the auditorium with another plan, which is the next version. The same plan again changes nothing. `None`
    /// when there are [`PlanVersion::MAX`] versions.
    #[must_use]
    pub fn with_plan(&self, plan: &Arc<Plan>) -> Option<Self> {
        if self.plan == *plan {
            return Some(self.clone());
        }
        Some(Self { version: self.version.next()?, plan: Arc::clone(plan), ..self.clone() })
    }

    /// Returns what a slot that is scheduled now gets of the auditorium.
    #[must_use]
    pub fn seating(&self) -> Seating {
        let Self { id, turnaround, single_seats, version, plan, .. } = self;
        Seating {
            auditorium: *id,
            version: *version,
            turnaround: *turnaround,
            single_seats: *single_seats,
            plan: Arc::clone(plan),
        }
    }
}

/// What a slot has of its auditorium, as it was when the slot was scheduled.
#[derive(Debug, Clone, PartialEq)]
pub struct Seating {
    /// The auditorium.
    pub auditorium: AuditoriumId,
    /// The version of the plan.
    pub version: PlanVersion,
    /// The time after the showing for which the auditorium is still occupied.
    pub turnaround: Turnaround,
    /// Whether a booking may leave a single free seat.
    pub single_seats: SingleSeats,
    /// The plan of that version.
    pub plan: Arc<Plan>,
}

impl Eq for Seating {}
