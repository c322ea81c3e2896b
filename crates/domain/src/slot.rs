//! Slots: what is shown when, and how many seats are left.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use rand::CryptoRng;

use crate::{Invalid, Refusal, SlotDescription, SlotId, SlotName, TicketCount};

/// Declares an enumeration of the seeds with the names that they print.
macro_rules! named_enum {
    ($(#[$doc:meta])* $name:ident, $field:literal { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`")] $variant),+
        }

        impl $name {
            /// All of them, in the seeds' order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name that the seeds print.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(Invalid::new($field, format!("give one of {}", [$($text),+].join(", ")))),
                }
            }
        }
    };
}
pub(crate) use named_enum;

named_enum! {
    /// What kind of thing is shown.
    SlotType, "slotType" { Movie = "Movie", Documentary = "Documentary", Concert = "Concert" }
}

named_enum! {
    /// The genre of what is shown.
    Genre, "genre" {
        Action = "Action", Adventure = "Adventure", Comedy = "Comedy", Crime = "Crime", Drama = "Drama",
        Fantasy = "Fantasy", Historical = "Historical", HistoricalFiction = "Historical Fiction", Horror = "Horror",
        MagicalRealism = "Magical Realism", Mystery = "Mystery", Philosophical = "Philosophical",
        Political = "Political", Romance = "Romance", Saga = "Saga", Satire = "Satire", Scifi = "Scifi",
        Social = "Social", Speculative = "Speculative", Thriller = "Thriller", Urban = "Urban",
        Animation = "Animation",
    }
}

/// One showing: what, from when to when. Never changes once scheduled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Showing {
    id: SlotId,
    name: SlotName,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

impl Showing {
    /// The longest that a showing lasts.
    pub const MAX_LENGTH: TimeDelta = TimeDelta::hours(24);

    /// A showing. Times are cut to milliseconds.
    pub fn new(id: SlotId, name: SlotName, start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Self, Invalid> {
        let (start, end) = (start.trunc_subsecs(3), end.trunc_subsecs(3));
        Self::check_times(start, end)?;
        Ok(Self { id, name, start, end })
    }

    /// A showing starts before it ends, and lasts at most [`Self::MAX_LENGTH`].
    pub fn check_times(start: DateTime<Utc>, end: DateTime<Utc>) -> Result<(), Invalid> {
        if start >= end {
            return Err(Invalid::new("endTime", "give a time after startTime"));
        }
        if end - start > Self::MAX_LENGTH {
            return Err(Invalid::new("endTime", "give a time at most 24 hours after startTime"));
        }
        Ok(())
    }

    /// Its identifier.
    #[must_use]
    pub const fn id(&self) -> SlotId {
        self.id
    }

    /// What is shown.
    #[must_use]
    pub const fn name(&self) -> &SlotName {
        &self.name
    }

    /// When it starts.
    #[must_use]
    pub const fn start(&self) -> DateTime<Utc> {
        self.start
    }

    /// When it ends, and selling with it.
    #[must_use]
    pub const fn end(&self) -> DateTime<Utc> {
        self.end
    }

    /// Refuses once the showing has ended.
    pub fn not_ended(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        if now < self.end { Ok(()) } else { Err(Refusal::SlotEnded) }
    }
}

/// How many seats a slot has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity(u32);

impl Capacity {
    /// The smallest.
    pub const MIN: u32 = 1;
    /// The greatest.
    pub const MAX: u32 = 100_000;
    /// What the original gave every slot.
    pub const DEFAULT: Self = Self(20);

    /// A capacity from [`Self::MIN`] to [`Self::MAX`].
    pub fn new(seats: u32) -> Result<Self, Invalid> {
        if (Self::MIN..=Self::MAX).contains(&seats) {
            Ok(Self(seats))
        } else {
            Err(Invalid::new("capacity", format!("give {} to {}", Self::MIN, Self::MAX)))
        }
    }

    /// As a number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// The seats of a slot: `0 <= available <= capacity`, always.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seats {
    capacity: Capacity,
    available: u32,
    closed: bool,
}

impl Seats {
    /// All free.
    #[must_use]
    pub const fn new(capacity: Capacity) -> Self {
        Self { capacity, available: capacity.0, closed: false }
    }

    /// Back from a store. `None` when more are available than there are.
    #[must_use]
    pub const fn restore(capacity: Capacity, available: u32, closed: bool) -> Option<Self> {
        if available > capacity.0 {
            return None;
        }
        Some(Self { capacity, available, closed })
    }

    /// How many there are.
    #[must_use]
    pub const fn capacity(self) -> Capacity {
        self.capacity
    }

    /// How many are free.
    #[must_use]
    pub const fn available(self) -> u32 {
        self.available
    }

    /// Whether expiry has closed the slot: it sells no more.
    #[must_use]
    pub const fn closed(self) -> bool {
        self.closed
    }

    /// With `count` fewer free.
    pub fn take(self, count: TicketCount) -> Result<Self, Refusal> {
        if self.closed {
            return Err(Refusal::SlotEnded);
        }
        let available =
            self.available.checked_sub(u32::from(count.get())).ok_or(Refusal::SoldOut { available: self.available })?;
        Ok(Self { available, ..self })
    }

    /// With one more free, never more than there are.
    #[must_use]
    pub fn give_back(self) -> Self {
        Self { available: (self.available + 1).min(self.capacity.0), ..self }
    }

    /// Closed.
    #[must_use]
    pub const fn close(self) -> Self {
        Self { closed: true, ..self }
    }
}

/// What somebody wants to show: the words of `scheduleMovie`.
#[derive(Debug, Clone)]
pub struct SlotDraft {
    /// What is shown.
    pub name: SlotName,
    /// A few sentences about it.
    pub description: SlotDescription,
    /// When it starts.
    pub start: DateTime<Utc>,
    /// When it ends: after the start, at most 24 hours.
    pub end: DateTime<Utc>,
    /// What kind of thing it is.
    pub slot_type: SlotType,
    /// Its genre.
    pub genre: Genre,
    /// How many seats it has; [`Capacity::DEFAULT`] unless somebody says otherwise.
    pub capacity: Capacity,
}

/// A slot: one showing, with its seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketSlot {
    /// What is shown when.
    pub showing: Arc<Showing>,
    /// A few sentences about it.
    pub description: SlotDescription,
    /// What kind of thing it is.
    pub slot_type: SlotType,
    /// Its genre.
    pub genre: Genre,
    /// Its seats.
    pub seats: Seats,
}

impl TicketSlot {
    /// A new slot with all its seats free.
    pub fn schedule(
        draft: &SlotDraft,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, Invalid> {
        let id = SlotId::mint(now, rng);
        Ok(Self {
            showing: Arc::new(Showing::new(id, draft.name.clone(), draft.start, draft.end)?),
            description: draft.description.clone(),
            slot_type: draft.slot_type,
            genre: draft.genre,
            seats: Seats::new(draft.capacity),
        })
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
    fn a_showing_starts_before_it_ends_and_lasts_at_most_a_day() {
        assert!(showing(0, 1).is_ok());
        assert!(showing(0, 24 * 60).is_ok());
        for (start, end) in [(1, 1), (2, 1), (0, 24 * 60 + 1)] {
            assert_eq!(showing(start, end).unwrap_err().field, "endTime");
        }
    }

    #[test]
    fn selling_ends_in_the_moment_the_showing_ends() {
        let showing = showing(0, 90).unwrap();
        assert_eq!(showing.not_ended(at(90) - TimeDelta::milliseconds(1)), Ok(()));
        assert_eq!(showing.not_ended(at(90)), Err(Refusal::SlotEnded));
    }

    #[test]
    fn seats_are_taken_all_or_none_and_never_exceed_the_capacity() {
        let three = TicketCount::new(3).unwrap();
        let seats = Seats::new(Capacity::new(5).unwrap());
        let two_left = seats.take(three).unwrap();
        assert_eq!(two_left.available(), 2);
        assert_eq!(two_left.take(three), Err(Refusal::SoldOut { available: 2 }));
        assert_eq!(seats.give_back().available(), 5);
        assert_eq!(seats.close().take(three), Err(Refusal::SlotEnded));
        assert_eq!(Seats::restore(Capacity::DEFAULT, 21, false), None);
    }

    #[test]
    fn every_enumerated_name_reads_back_and_others_are_told_the_choice() {
        for &genre in Genre::ALL {
            assert_eq!(genre.as_str().parse(), Ok(genre));
        }
        assert_eq!(Genre::ALL.len(), 22);
        let error = "movie".parse::<SlotType>().unwrap_err();
        assert_eq!(error.to_string(), "slotType: give one of Movie, Documentary, Concert");
    }
}
