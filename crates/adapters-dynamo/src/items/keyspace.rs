//! The keys of the table and of its two indexes. `docs/dynamodb.md` describes the whole layout.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, Utc};
use ticketly_domain::{
    AuditoriumId, BlockId, BookingKey, BookingNo, Genre, KeyHash, KeyLabel, PaymentId, PlanVersion, PriceListId,
    PriceListVersion, PromotionCode, RefundId, SlotId, SlotName, SlotType, UserId,
};

pub(crate) use crate::client::key::Key;

/// The number of partitions that the bookings of a slot are spread over. A booking's number determines its partition,
/// so that a ticket's identifier leads to one item. It must never change in a table that has bookings.
pub(crate) const SPREAD: u64 = 4;

/// Sorts after every character of a key, so that a prefix followed by it is the end of that prefix's range.
pub(crate) const LAST: char = '~';

/// Returns the key of the installation's secret.
pub(crate) fn installation() -> Key {
    Key::new("TICKETLY", "INSTALLATION")
}

/// Returns the key of the position of the erasure that follows the archive.
pub(crate) fn erasure() -> Key {
    Key::new("TICKETLY", "ERASURE")
}

/// Returns the key of the item that describes a slot, without its seats.
pub(crate) fn slot(id: SlotId) -> Key {
    Key::new(format!("SLOT#{id}"), "META")
}

/// Returns the key of the cancellation of a slot.
pub(crate) fn cancellation(slot: SlotId) -> Key {
    Key::new(format!("SLOT#{slot}"), "CANCELLATION")
}

/// Returns the key of the move of a slot to another auditorium.
pub(crate) fn reseating(slot: SlotId) -> Key {
    Key::new(format!("SLOT#{slot}"), "RESEATING")
}

/// Returns the key of a slot's final totals.
pub(crate) fn totals(id: SlotId) -> Key {
    Key::new(format!("SLOT#{id}"), "TOTALS")
}

/// Returns the key of a shard of a slot's seats.
pub(crate) fn shard(id: SlotId, number: usize) -> Key {
    Key::new(format!("SLOT#{id}#I{number}"), "SEATS")
}

/// Returns the partition of a slot's blocks.
pub(crate) fn blocks(slot: SlotId) -> String {
    format!("SLOT#{slot}#K")
}

/// Returns the key of a block.
pub(crate) fn block(slot: SlotId, id: BlockId) -> Key {
    Key::new(blocks(slot), id.to_string())
}

/// Parses the slot from the partition key of a shard or a block.
pub(crate) fn slot_of_shard(pk: &str) -> Option<SlotId> {
    pk.strip_prefix("SLOT#")?.split_once('#')?.0.parse().ok()
}

/// Returns the key of a booking with its tickets.
pub(crate) fn booking(key: BookingKey) -> Key {
    Key::new(bookings(key.slot, key.no.as_u64() % SPREAD), no(key.no))
}

/// Returns the key of a partition of a slot's bookings, which sort by number.
pub(crate) fn bookings(slot: SlotId, partition: u64) -> String {
    format!("SLOT#{slot}#B{partition}")
}

/// Parses the booking from its key.
pub(crate) fn booking_of(key: &Key) -> Option<BookingKey> {
    let slot = key.pk.strip_prefix("SLOT#")?.split_once('#')?.0.parse().ok()?;
    Some(BookingKey { slot, no: BookingNo::from_u64(u64::from_str_radix(&key.sk, 16).ok()?)? })
}

/// Formats a booking's number so that it sorts as the number does.
pub(crate) fn no(no: BookingNo) -> String {
    format!("{:015x}", no.as_u64())
}

/// Parses a booking's number.
pub(crate) fn no_of(text: &str) -> Option<BookingNo> {
    BookingNo::from_u64(u64::from_str_radix(text, 16).ok()?)
}

/// Returns the key of a payment.
pub(crate) fn payment(id: PaymentId) -> Key {
    Key::new(format!("PAYMENT#{id}"), id.to_string())
}

/// Returns the key of a refund.
pub(crate) fn refund(id: RefundId) -> Key {
    Key::new(format!("REFUND#{id}"), id.to_string())
}

/// Returns the key of an idempotency record.
pub(crate) fn idempotency(key: [u8; 16]) -> Key {
    Key::new(format!("ONCE#{:032x}", u128::from_be_bytes(key)), "ONCE")
}

/// Returns the key of an API key's item.
pub(crate) fn api_key(hash: &KeyHash) -> Key {
    let digits = hash.0.iter().fold(String::with_capacity(64), |mut digits, byte| {
        // Writing to a String does not fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    });
    Key::new(format!("KEY#{digits}"), "KEY")
}

/// The partition of the labels of API keys, which also serves as the list of all keys.
pub(crate) const LABELS: &str = "LABELS";

/// Returns the key of an API key's label. The sign `#` makes every label sort before [`LAST`].
pub(crate) fn label(label: &KeyLabel) -> Key {
    Key::new(LABELS, format!("#{label}"))
}

/// Returns the key of the number of API keys.
pub(crate) fn key_count() -> Key {
    Key::new("TICKETLY", "KEYS")
}

/// The partition in which versions before named keys stored API keys, at `<role>#0` and `<role>#1`.
pub(crate) const OLD_KEYS: &str = "KEYS";

/// Parses the number of an old API key in its role.
pub(crate) fn old_key_number(key: &Key) -> Option<u32> {
    key.sk.rsplit_once('#')?.1.parse().ok()
}

/// The partition of the auditoriums, in order of identifier.
pub(crate) const AUDITORIUMS: &str = "AUDITORIUMS";

/// Returns the key of an auditorium.
pub(crate) fn auditorium(id: AuditoriumId) -> Key {
    Key::new(AUDITORIUMS, id.to_string())
}

/// Returns the key of the number of auditoriums.
pub(crate) fn auditorium_count() -> Key {
    Key::new("TICKETLY", AUDITORIUMS)
}

/// Returns the key of a version of an auditorium's plan.
pub(crate) fn plan(id: AuditoriumId, version: PlanVersion) -> Key {
    Key::new(timetable(id), format!("PLAN#{:06}", version.0))
}

/// Returns the partition of an auditorium's days and plans.
pub(crate) fn timetable(id: AuditoriumId) -> String {
    format!("AUDITORIUM#{id}")
}

/// Formats the sort key of a UTC day of an auditorium.
pub(crate) fn day(day: NaiveDate) -> String {
    format!("DAY#{day}")
}

/// The partition of the price lists, in order of identifier.
pub(crate) const PRICE_LISTS: &str = "PRICE_LISTS";

/// Returns the key of a price list.
pub(crate) fn price_list(id: PriceListId) -> Key {
    Key::new(PRICE_LISTS, id.to_string())
}

/// Returns the key of the number of price lists.
pub(crate) fn price_list_count() -> Key {
    Key::new("TICKETLY", PRICE_LISTS)
}

/// The partition of promotions, by code.
pub(crate) const PROMOTIONS: &str = "PROMOTIONS";

/// Returns the key of a promotion.
pub(crate) fn promotion(code: &PromotionCode) -> Key {
    Key::new(PROMOTIONS, code.as_str())
}

/// Returns the key of the number of promotions.
pub(crate) fn promotion_count() -> Key {
    Key::new("TICKETLY", PROMOTIONS)
}

/// Returns the key of a version of a price list.
pub(crate) fn prices(id: PriceListId, version: PriceListVersion) -> Key {
    Key::new(format!("PRICE_LIST#{id}"), format!("PRICES#{:06}", version.0))
}

/// A list of slots, in order of start and then of identifier. Every slot is in four lists.
#[derive(Debug, Clone, Copy)]
pub(crate) enum List<'a> {
    All,
    Genre(Genre),
    Type(SlotType),
    Name(&'a SlotName),
}

impl List<'_> {
    /// Returns the list's partition. Slots in an auditorium have one of their own, since a program of a version without
    /// auditoriums cannot read them.
    pub(crate) fn pk(self, seated: bool) -> String {
        let list = if seated { "SEATED" } else { "LIST" };
        match self {
            Self::All => format!("{list}#all"),
            Self::Genre(genre) => format!("{list}#genre#{genre}"),
            Self::Type(slot_type) => format!("{list}#type#{slot_type}"),
            Self::Name(name) => format!("{list}#name#{}", name.as_str()),
        }
    }
}

/// Formats a slot's sort key in a list.
pub(crate) fn listed(start: DateTime<Utc>, id: SlotId) -> String {
    format!("{}#{id}", time(start))
}

/// Formats a time in milliseconds so that it sorts as the time does, also before 1970.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    format!("{:016x}", at.timestamp_millis().cast_unsigned() ^ (1 << 63))
}

/// Parses a time from its text.
pub(crate) fn time_of(text: &str) -> Option<DateTime<Utc>> {
    let millis = u64::from_str_radix(text, 16).ok().filter(|_| text.len() == 16)?;
    DateTime::from_timestamp_millis((millis ^ (1 << 63)).cast_signed())
}

/// The first index: the bookings of a user, in order of number and then of slot.
pub(crate) mod users {
    use super::{BookingKey, UserId, no};

    /// Returns the partition of a user's bookings of slots in an auditorium, or of other slots.
    pub(crate) fn pk(user: UserId, seated: bool) -> String {
        if seated { format!("{user}#S") } else { user.to_string() }
    }

    pub(crate) fn sk(key: BookingKey) -> String {
        format!("{}#{}", no(key.no), key.slot)
    }
}

/// The second index: what the sweeps still have to do. Most items are not in it.
pub(crate) mod due {
    use std::fmt::Write as _;

    use ticketly_domain::HeldSeats;

    use super::{BlockId, BookingKey, DateTime, PromotionCode, SPREAD, SlotId, Utc, no, time};

    /// Returns the partition of slots that have not been swept, in order of end.
    pub(crate) const fn slots(seated: bool) -> &'static str {
        if seated { "EXPIRE#S" } else { "EXPIRE" }
    }

    pub(crate) fn slot(end: DateTime<Utc>, id: SlotId) -> String {
        format!("{}#{id}", time(end))
    }

    /// The partition of blocks that have a time, in order of their release.
    pub(crate) const RELEASES: &str = "RELEASE";

    pub(crate) fn release(at: DateTime<Utc>, slot: SlotId, block: BlockId) -> String {
        format!("{}#{slot}#{block}", time(at))
    }

    /// The partition of canceled slots with bookings that are not canceled yet, in order of cancellation.
    pub(crate) const CANCELLATIONS: &str = "CANCEL";

    /// The partition of slots that were moved, with bookings that may not be moved yet, in order of the move.
    pub(crate) const RESEATINGS: &str = "RESEAT";

    /// The partition of payments on which a job is to work, in order of the time.
    pub(crate) const PAYMENTS: &str = "PAYMENT";
    /// The partition of refunds on which a job is to work, in order of the time.
    pub(crate) const REFUNDS: &str = "REFUND";
    /// The partition of unpaid payments, in order of the time since when they are.
    pub(crate) const UNPAID_PAYMENTS: &str = "PAYMENT#unpaid";
    /// The partition of refunds that are due at the till, in order of creation.
    pub(crate) const TILL_REFUNDS: &str = "REFUND#till";
    /// The partition of refunds that are paid, in order of creation.
    pub(crate) const PAID_REFUNDS: &str = "REFUND#paid";

    /// The partition of holds that have lapsed and still count as uses of their promotions.
    pub(crate) const USES: &str = "USES";

    /// Returns the position of a hold in that partition: the code, the slot, the number, and the time at which it lapsed.
    pub(crate) fn lapsed_use(code: &PromotionCode, hold: BookingKey, at: DateTime<Utc>) -> String {
        format!("{code}#{}#{}#{}", hold.slot, no(hold.no), time(at))
    }

    /// Returns the position of a payment or a refund in its partition.
    pub(crate) fn money(at: DateTime<Utc>, id: &str) -> String {
        format!("{}#{id}", time(at))
    }

    /// Returns a partition of holds whose seats are taken, in order of slot and then of the time at which they lapse.
    pub(crate) fn holds(partition: u64) -> String {
        format!("HOLD#{partition}")
    }

    /// Returns the partition of a slot's holds.
    pub(crate) fn holds_of(slot: SlotId) -> String {
        holds(slot.as_u64() % SPREAD)
    }

    /// Returns the position of a hold in its partition: the slot, the time, the number, two digits of the number of tickets,
    /// four digits of each seat, and the promotion, if it uses one.
    pub(crate) fn hold(slot: SlotId, held: &HeldSeats) -> [String; 2] {
        let mut position = format!("{slot}#{}#{}#{:02x}", time(held.until), no(held.no), held.tickets);
        for seat in &held.seats {
            // Writing to a String does not fail.
            let _ = write!(position, "{:04x}", seat.0);
        }
        if let Some(code) = &held.promotion {
            let _ = write!(position, "#{code}");
        }
        [holds_of(slot), position]
    }

    /// Returns the partition of bookings with tickets to archive, in order of the time at which the first was settled.
    pub(crate) fn bookings(partition: u64, seated: bool) -> String {
        if seated { format!("ARCHIVE#S#{partition}") } else { format!("ARCHIVE#{partition}") }
    }

    pub(crate) fn booking(settled: DateTime<Utc>, key: BookingKey) -> [String; 2] {
        let partition = bookings(key.no.as_u64() % SPREAD, key.slot.is_seated());
        [partition, format!("{}#{}#{}", time(settled), key.slot, no(key.no))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_their_times_and_numbers() {
        let at = |millis| DateTime::from_timestamp_millis(millis).unwrap();
        let times = [i64::from(i32::MIN), -1, 0, 1, 1_604_233_320_000].map(|millis| time(at(millis)));
        assert!(times.is_sorted(), "{times:?}");
        assert_eq!(time_of(&times[1]), Some(at(-1)));
        let numbers = [0, 9, 10, 255, 256, (1 << 60) - 1].map(|number| no(BookingNo::from_u64(number).unwrap()));
        assert!(numbers.is_sorted(), "{numbers:?}");
    }

    #[test]
    fn a_bookings_key_parses_back() {
        for number in [0, 7, 1 << 59] {
            let slot = SlotId::from_u64(77).unwrap();
            let key = BookingKey { slot, no: BookingNo::from_u64(number).unwrap() };
            assert_eq!(booking_of(&booking(key)), Some(key));
            assert_eq!(slot_of_shard(&shard(slot, 3).pk), Some(slot));
        }
        assert_eq!(booking_of(&slot(SlotId::from_u64(77).unwrap())), None);
    }
}
