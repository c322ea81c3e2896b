//! What verification finds wrong.

use std::fmt;

use crate::id::STAMP_DIGITS;
use crate::named_enum::named_enum;
use crate::{BookingKey, SlotId, crockford};

named_enum! {
    /// What is wrong: a page, a row, an item or an index entry is not as the store writes it; something names what does not exist;
    /// seats and their owners do not add up; the two tickets of a move do not name each other; payments, refunds and sales do not add
    /// up; a promotion does not have the uses that bookings make; two showings occupy an auditorium; a slot is withdrawn without a job, or the
    /// job without it; expiry is not where it should be; totals are not those of the bookings; two API keys have one label.
    FindingKind, "finding" {
        Damaged = "damaged", Orphan = "orphan", Seats = "seats", Move = "move", Money = "money", Promotion = "promotion",
        Overlap = "overlap", Withdrawal = "withdrawal", Expiry = "expiry", Totals = "totals", Key = "key",
    }
}

/// Where something is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A slot.
    Slot(SlotId),
    /// A booking.
    Booking(BookingKey),
    /// Something else, such as a table of the store.
    Other(String),
}

/// One thing that is wrong. It has no secret, and no name or telephone number of a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Finding {
    /// What kind of thing.
    pub kind: FindingKind,
    /// Where.
    pub place: Place,
    /// What is wrong there.
    pub what: String,
}

impl Finding {
    /// Creates a finding.
    #[must_use]
    pub fn new(kind: FindingKind, place: Place, what: impl Into<String>) -> Self {
        Self { kind, place, what: what.into() }
    }

    /// Creates a finding about a row or an item that is not as the store writes it.
    #[must_use]
    pub fn damaged(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(FindingKind::Damaged, Place::Other(place.into()), what)
    }

    /// Creates a finding about something that names what does not exist.
    #[must_use]
    pub fn orphan(place: Place, what: impl Into<String>) -> Self {
        Self::new(FindingKind::Orphan, place, what)
    }

    /// Returns the slot where it is wrong, if it is in one.
    #[must_use]
    pub const fn slot(&self) -> Option<SlotId> {
        match &self.place {
            Place::Slot(slot) => Some(*slot),
            Place::Booking(key) => Some(key.slot),
            Place::Other(_) => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slot(slot) => write!(f, "slot {slot}"),
            Self::Booking(BookingKey { slot, no }) => {
                write!(f, "slot {slot}, booking ")?;
                // As in the identifiers of the booking and its tickets, but without the secrets.
                crockford::write(f, u128::from(no.as_u64()), STAMP_DIGITS)
            }
            Self::Other(place) => f.write_str(place),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.kind, self.place, self.what)
    }
}

/// What verification has found: the first [`Self::MAX`], and how many there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    list: Vec<Finding>,
    count: u64,
}

impl Findings {
    /// The greatest number of findings that are listed.
    pub const MAX: usize = 10_000;

    /// Adds a finding.
    pub fn add(&mut self, finding: Finding) {
        self.count += 1;
        if self.list.len() < Self::MAX {
            self.list.push(finding);
        }
    }

    /// Returns those that are listed.
    #[must_use]
    pub fn list(&self) -> &[Finding] {
        &self.list
    }

    /// Returns how many there are, with those that are not listed.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Keeps only some of those that are listed, and forgets the others.
    pub(super) fn retain(&mut self, is_kept: impl FnMut(&Finding) -> bool) {
        let before = self.list.len();
        self.list.retain(is_kept);
        self.count = self.count.saturating_sub(u64::try_from(before - self.list.len()).unwrap_or_default());
    }

    /// Sorts the list, so that it does not depend on the order of the records.
    pub(super) fn sorted(mut self) -> Self {
        self.list.sort_unstable();
        self
    }
}
