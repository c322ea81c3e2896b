//! Lists in pages. A page begins after a cursor, and a cursor names a row, not a number of rows.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::crockford::{self, parse};
use crate::id::STAMP_DIGITS;
use crate::{BookingKey, Genre, Invalid, NotAnId, SlotId, SlotName, SlotType};

/// How many items a page holds at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(u8);

impl PageSize {
    /// The greatest.
    pub const MAX: u8 = 100;
    /// Unless somebody says otherwise.
    pub const DEFAULT: Self = Self(50);
    /// The largest page there is.
    pub const LARGEST: Self = Self(Self::MAX);

    /// A size from 1 to [`Self::MAX`].
    pub fn new(items: u32) -> Result<Self, Invalid> {
        match u8::try_from(items) {
            Ok(items @ 1..=Self::MAX) => Ok(Self(items)),
            _ => Err(Invalid::new("limit", format!("give 1 to {}", Self::MAX))),
        }
    }

    /// As a number.
    #[must_use]
    pub fn get(self) -> usize {
        usize::from(self.0)
    }
}

/// A page of a list.
///
/// A page may hold fewer items than were asked for, even none, and still have a `next`: a store bounds what it reads
/// for one page. The list ends where `next` is `None`.
///
/// A row that the store lists when the first page is read, and that matches the query until the last one is, is listed
/// exactly once. A row that is added meanwhile is listed at most once: rows are not in the order in which they are added
/// (numbers are random within a second, and the clocks of servers differ), so its position may be before the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, C> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Where the next page begins.
    pub next: Option<C>,
    /// How many rows the store looked at for this page, also those that it sifted out.
    pub rows_read: usize,
}

/// Which slots to list, in order of start, then of identifier. Every condition that is given must hold.
#[derive(Debug, Clone, Default)]
pub struct SlotQuery {
    /// Of this genre.
    pub genre: Option<Genre>,
    /// Of this type.
    pub slot_type: Option<SlotType>,
    /// Of exactly this name.
    pub name: Option<SlotName>,
    /// With at least this many seats left.
    pub min_available: Option<u32>,
    /// Starting at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Ending after this time.
    pub ends_after: Option<DateTime<Utc>>,
    /// Starting before this time.
    pub until: Option<DateTime<Utc>>,
    /// After this place in the list.
    pub after: Option<SlotCursor>,
    /// At most so many.
    pub limit: PageSize,
}

impl Default for PageSize {
    fn default() -> Self {
        Self::DEFAULT
    }
}

const MILLIS_DIGITS: u32 = 13;

/// A place in a list of slots: everything after it comes next. Opaque to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SlotCursor {
    /// The start of the last slot given.
    pub start: DateTime<Utc>,
    /// The last slot given.
    pub id: SlotId,
}

impl fmt::Display for SlotCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crockford::write(f, u128::from(self.start.timestamp_millis().cast_unsigned()), MILLIS_DIGITS)?;
        crockford::write(f, u128::from(self.id.as_u64()), STAMP_DIGITS)
    }
}

impl FromStr for SlotCursor {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        parse(text, "", |reader| {
            let millis = u64::try_from(reader.take(MILLIS_DIGITS as usize)?).ok()?.cast_signed();
            Some(Self { start: DateTime::from_timestamp_millis(millis)?, id: SlotId::read(reader)? })
        })
    }
}

/// A place in a list of tickets: everything after it comes next. Opaque to clients, and no ticket's identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketCursor {
    /// The booking of the last ticket looked at.
    pub booking: BookingKey,
    /// That ticket's place.
    pub index: u8,
}

impl fmt::Display for TicketCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.booking.write(f)?;
        crockford::write(f, u128::from(self.index), 1)
    }
}

impl FromStr for TicketCursor {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        parse(text, "", |reader| {
            Some(Self { booking: BookingKey::read(reader)?, index: u8::try_from(reader.take(1)?).ok()? })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BookingNo;

    #[test]
    fn a_cursor_reads_back_from_what_it_shows_and_nothing_else_does() {
        let slot = SlotId::from_u64(77).unwrap();
        let slots = SlotCursor { start: DateTime::from_timestamp_millis(-1).unwrap(), id: slot };
        assert_eq!(slots.to_string().parse(), Ok(slots));
        let booking = BookingKey { slot, no: BookingNo::from_u64(5).unwrap() };
        let tickets = TicketCursor { booking, index: 3 };
        assert_eq!(tickets.to_string().parse(), Ok(tickets));
        assert_eq!("".parse::<SlotCursor>(), Err(NotAnId));
        assert_eq!("ZZZZZZZZZZZZZZZZZZZZZZZZZ".parse::<SlotCursor>(), Err(NotAnId));
    }

    #[test]
    fn a_page_holds_1_to_100_items() {
        assert_eq!(PageSize::new(100), Ok(PageSize::LARGEST));
        for wrong in [0, 101, 256 + 50] {
            assert_eq!(PageSize::new(wrong).unwrap_err().field, "limit");
        }
    }
}
