//! Pages of lists. A page begins after a cursor, and a cursor names a row, not a number of rows.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::crockford::{self, NotAnId, parse};
use crate::id::RANDOM_DIGITS;
use crate::{BookingKey, Genre, Invalid, PaymentId, RefundId, SlotId, SlotName, SlotType};

/// The greatest number of items on a page, from 1 to [`Self::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(u8);

impl PageSize {
    /// The greatest page size.
    pub const MAX: u8 = 100;
    /// The page size of a request that gives none.
    pub const DEFAULT: Self = Self(50);
    /// The page size [`Self::MAX`].
    pub const LARGEST: Self = Self(Self::MAX);

    /// Creates a page size from 1 to [`Self::MAX`]. Any other number is [`Invalid`].
    pub fn new(items: u32) -> Result<Self, Invalid> {
        match u8::try_from(items) {
            Ok(items @ 1..=Self::MAX) => Ok(Self(items)),
            _ => Err(Invalid::new("limit", format!("give 1 to {}", Self::MAX))),
        }
    }

    /// Returns the number.
    #[must_use]
    pub fn get(self) -> usize {
        usize::from(self.0)
    }
}

/// A page of a list.
///
/// A page may have fewer items than requested, even none, and still have a `next`, because a store limits the rows that
/// it reads for one page. The list ends where `next` is `None`.
///
/// A row that exists when the first page is read, and matches the query until the last page is read, is listed exactly
/// once. A row that is added in between is listed at most once: rows are not sorted in the order of their addition
/// (numbers are random within a second, and the clocks of servers differ), so its position may be before the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, C> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// The cursor of the next page. `None` at the end of the list.
    pub next: Option<C>,
    /// The number of rows that the store read for this page, including those that do not match the query.
    pub rows_read: usize,
}

/// A query for slots, in order of start, then of identifier. A slot must meet every condition that is given.
#[derive(Debug, Clone, Default)]
pub struct SlotQuery {
    /// The slot's genre.
    pub genre: Option<Genre>,
    /// The slot's type.
    pub slot_type: Option<SlotType>,
    /// The slot's exact name.
    pub name: Option<SlotName>,
    /// The smallest number of available seats.
    pub min_available: Option<u32>,
    /// The earliest start, inclusive.
    pub from: Option<DateTime<Utc>>,
    /// The time after which the slot ends.
    pub ends_after: Option<DateTime<Utc>>,
    /// The latest start, exclusive.
    pub until: Option<DateTime<Utc>>,
    /// The position in the list after which the page begins.
    pub after: Option<SlotCursor>,
    /// The greatest number of slots to return.
    pub limit: PageSize,
}

impl Default for PageSize {
    fn default() -> Self {
        Self::DEFAULT
    }
}

const MILLIS_DIGITS: u32 = 13;

/// A position in a list of slots: the last slot of a page. Opaque to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SlotCursor {
    /// The start of the page's last slot.
    pub start: DateTime<Utc>,
    /// The identifier of the page's last slot.
    pub id: SlotId,
}

impl fmt::Display for SlotCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crockford::write(f, u128::from(self.start.timestamp_millis().cast_unsigned()), MILLIS_DIGITS)?;
        self.id.write(f)
    }
}

impl FromStr for SlotCursor {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        parse(text, "", |reader| {
            let millis = u64::try_from(reader.take(MILLIS_DIGITS as usize)?).ok()?.cast_signed();
            Some(Self { start: DateTime::from_timestamp_millis(millis)?, id: SlotId::read(reader, 0)? })
        })
    }
}

/// A position in a list of tickets: the last ticket read for a page. Opaque to clients, and without the ticket's
/// secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketCursor {
    /// The key of that ticket's booking.
    pub booking: BookingKey,
    /// The index of that ticket in its booking.
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
            Some(Self { booking: BookingKey::read(reader, 1)?, index: u8::try_from(reader.take(1)?).ok()? })
        })
    }
}

macro_rules! money_cursor {
    ($(#[$doc:meta])* $name:ident, $(#[$time_doc:meta])* $time:ident, $id:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name {
            $(#[$time_doc])*
            pub $time: DateTime<Utc>,
            /// Its identifier.
            pub id: $id,
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                crockford::write(f, u128::from(self.$time.timestamp_millis().cast_unsigned()), MILLIS_DIGITS)?;
                crockford::write(f, u128::from_be_bytes(self.id.to_bytes()), RANDOM_DIGITS)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse(text, "", |reader| {
                    let millis = u64::try_from(reader.take(MILLIS_DIGITS as usize)?).ok()?.cast_signed();
                    Some(Self { $time: DateTime::from_timestamp_millis(millis)?, id: $id::read(reader)? })
                })
            }
        }
    };
}

money_cursor! {
    /// A position in a list of refunds: the last refund of a page. Opaque to clients.
    RefundCursor,
    /// When that refund was made.
    made_at, RefundId
}

money_cursor! {
    /// A position in the list of unpaid payments: the last payment of a page. Opaque to clients.
    PaymentCursor,
    /// Since when that payment was unpaid.
    since, PaymentId
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BookingNo;

    #[test]
    fn displayed_cursors_parse_and_other_texts_do_not() {
        let slot = SlotId::from_u64(77).unwrap();
        let slots = SlotCursor { start: DateTime::from_timestamp_millis(-1).unwrap(), id: slot };
        assert_eq!(slots.to_string().parse(), Ok(slots));
        let booking = BookingKey { slot, no: BookingNo::from_u64(5).unwrap() };
        let tickets = TicketCursor { booking, index: 3 };
        assert_eq!(tickets.to_string().parse(), Ok(tickets));
        let seated = SlotId::from_u64(0b100_1101 | 1 << 60).unwrap();
        let slots = SlotCursor { id: seated, ..slots };
        assert_eq!(slots.to_string().parse(), Ok(slots));
        let tickets = TicketCursor { booking: BookingKey { slot: seated, ..booking }, ..tickets };
        assert_eq!(tickets.to_string().parse(), Ok(tickets));
        let refunds = RefundCursor { made_at: slots.start, id: RefundId::from_bytes([0xF7; 16]) };
        assert_eq!(refunds.to_string().parse(), Ok(refunds));
        let payments = PaymentCursor { since: slots.start, id: PaymentId::from_bytes([0x7F; 16]) };
        assert_eq!(payments.to_string().parse(), Ok(payments));
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
