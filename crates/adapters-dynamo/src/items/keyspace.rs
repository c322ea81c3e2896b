//! Where things live: keys of the table and of its two indexes. The whole layout is in `docs/dynamodb.md`.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use ticketly_domain::{BookingKey, BookingNo, Genre, KeyHash, KeyLabel, SlotId, SlotName, SlotType, UserId};

pub(crate) use crate::client::key::Key;

/// Over how many partitions the bookings of a slot are spread. A booking's number alone tells which is its own, so that
/// a ticket's identifier leads to one item. Never to be changed in a table that has bookings.
pub(crate) const SPREAD: u64 = 4;

/// Comes after every character of a key, so that a prefix followed by it is the end of that prefix's range.
pub(crate) const LAST: char = '~';

/// The installation's secret.
pub(crate) fn installation() -> Key {
    Key::new("TICKETLY", "INSTALLATION")
}

/// What never changes of a slot.
pub(crate) fn slot(id: SlotId) -> Key {
    Key::new(format!("SLOT#{id}"), "META")
}

/// Some of a slot's seats.
pub(crate) fn shard(id: SlotId, number: usize) -> Key {
    Key::new(format!("SLOT#{id}#I{number}"), "SEATS")
}

/// The slot whose seats these are.
pub(crate) fn slot_of_shard(pk: &str) -> Option<SlotId> {
    pk.strip_prefix("SLOT#")?.split_once('#')?.0.parse().ok()
}

/// A booking with its tickets.
pub(crate) fn booking(key: BookingKey) -> Key {
    Key::new(bookings(key.slot, key.no.as_u64() % SPREAD), no(key.no))
}

/// One of the partitions of a slot's bookings; in it they go by number.
pub(crate) fn bookings(slot: SlotId, partition: u64) -> String {
    format!("SLOT#{slot}#B{partition}")
}

/// The booking that lives there.
pub(crate) fn booking_of(key: &Key) -> Option<BookingKey> {
    let slot = key.pk.strip_prefix("SLOT#")?.split_once('#')?.0.parse().ok()?;
    Some(BookingKey { slot, no: BookingNo::from_u64(u64::from_str_radix(&key.sk, 16).ok()?)? })
}

/// A booking's number; it sorts as the number does.
pub(crate) fn no(no: BookingNo) -> String {
    format!("{:015x}", no.as_u64())
}

/// What was done once.
pub(crate) fn idempotency(key: [u8; 16]) -> Key {
    Key::new(format!("ONCE#{:032x}", u128::from_be_bytes(key)), "ONCE")
}

/// A key of the programming interface.
pub(crate) fn api_key(hash: &KeyHash) -> Key {
    let digits = hash.0.iter().fold(String::with_capacity(64), |mut digits, byte| {
        // Writing into a text does not fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    });
    Key::new(format!("KEY#{digits}"), "KEY")
}

/// The partition of the labels of keys, which is the list of all keys too.
pub(crate) const LABELS: &str = "LABELS";

/// A label of a key. The sign before it keeps every label before [`LAST`].
pub(crate) fn label(label: &KeyLabel) -> Key {
    Key::new(LABELS, format!("#{label}"))
}

/// How many keys there are.
pub(crate) fn key_count() -> Key {
    Key::new("TICKETLY", "KEYS")
}

/// The partition in which versions before named keys put theirs, at `<role>#0` and `<role>#1`.
pub(crate) const OLD_KEYS: &str = "KEYS";

/// The number of an old key in its role.
pub(crate) fn old_key_number(key: &Key) -> Option<u32> {
    key.sk.rsplit_once('#')?.1.parse().ok()
}

/// A list of slots, in order of start and then of identifier. Every slot is in four.
#[derive(Debug, Clone, Copy)]
pub(crate) enum List<'a> {
    All,
    Genre(Genre),
    Type(SlotType),
    Name(&'a SlotName),
}

impl List<'_> {
    pub(crate) fn pk(self) -> String {
        match self {
            Self::All => "LIST#all".to_owned(),
            Self::Genre(genre) => format!("LIST#genre#{genre}"),
            Self::Type(slot_type) => format!("LIST#type#{slot_type}"),
            Self::Name(name) => format!("LIST#name#{}", name.as_str()),
        }
    }
}

/// A slot's place in a list.
pub(crate) fn listed(start: DateTime<Utc>, id: SlotId) -> String {
    format!("{}#{id}", time(start))
}

/// A time, in milliseconds; it sorts as the time does, also before 1970.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    format!("{:016x}", at.timestamp_millis().cast_unsigned() ^ (1 << 63))
}

/// The first index: the bookings of a user, in order of number and then of slot.
pub(crate) mod users {
    use super::{BookingKey, UserId, no};

    pub(crate) fn pk(user: UserId) -> String {
        user.to_string()
    }

    pub(crate) fn sk(key: BookingKey) -> String {
        format!("{}#{}", no(key.no), key.slot)
    }
}

/// The second index: what a sweep has still to do. Most items are not in it.
pub(crate) mod due {
    use super::{BookingKey, DateTime, SPREAD, SlotId, Utc, no, time};

    /// Slots that have not been swept, in order of end.
    pub(crate) const SLOTS: &str = "EXPIRE";

    pub(crate) fn slot(end: DateTime<Utc>, id: SlotId) -> String {
        format!("{}#{id}", time(end))
    }

    /// Bookings with tickets that wait for the archive, in order of the time at which the first was settled.
    pub(crate) fn bookings(partition: u64) -> String {
        format!("ARCHIVE#{partition}")
    }

    pub(crate) fn booking(settled: DateTime<Utc>, key: BookingKey) -> [String; 2] {
        let partition = bookings(key.no.as_u64() % SPREAD);
        [partition, format!("{}#{}#{}", time(settled), key.slot, no(key.no))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_what_they_stand_for() {
        let at = |millis| DateTime::from_timestamp_millis(millis).unwrap();
        let times = [i64::from(i32::MIN), -1, 0, 1, 1_604_233_320_000].map(|millis| time(at(millis)));
        assert!(times.is_sorted(), "{times:?}");
        let numbers = [0, 9, 10, 255, 256, (1 << 60) - 1].map(|number| no(BookingNo::from_u64(number).unwrap()));
        assert!(numbers.is_sorted(), "{numbers:?}");
    }

    #[test]
    fn a_bookings_key_reads_back() {
        for number in [0, 7, 1 << 59] {
            let slot = SlotId::from_u64(77).unwrap();
            let key = BookingKey { slot, no: BookingNo::from_u64(number).unwrap() };
            assert_eq!(booking_of(&booking(key)), Some(key));
            assert_eq!(slot_of_shard(&shard(slot, 3).pk), Some(slot));
        }
        assert_eq!(booking_of(&slot(SlotId::from_u64(77).unwrap())), None);
    }
}
