//! The kinds of items, by their keys.

use chrono::NaiveDate;
use ticketly_domain::{AuditoriumId, BookingKey, Finding, FindingKind, Place, SlotId};

use crate::client::key::Key;
use crate::client::layout::schema;
use crate::items::keyspace::{self, AUDITORIUMS, LABELS, OLD_KEYS, PRICE_LISTS, PROMOTIONS};

/// A kind of item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Schema,
    Installation,
    /// How far the erasure has come that follows the archive.
    Erasure,
    /// The number of the items of a partition.
    Count,
    Auditorium,
    Plan,
    Day(AuditoriumId, NaiveDate),
    PriceList,
    Prices,
    Promotion,
    ApiKey,
    Label,
    /// An API key of a version before named keys.
    OldKey,
    Slot(SlotId),
    /// A slot in a list.
    Listing,
    Shard(SlotId),
    Cancellation,
    Reseating,
    Totals,
    Booking(BookingKey),
    Block(SlotId),
    Payment,
    Refund,
    Request,
}

impl Kind {
    /// Returns the kind of the item with a key. `None` when this version has no such items.
    pub(super) fn of(key: &Key) -> Option<Self> {
        let (pk, sk) = (key.pk.as_str(), key.sk.as_str());
        let counts = [
            keyspace::auditorium_count(),
            keyspace::price_list_count(),
            keyspace::promotion_count(),
            keyspace::key_count(),
        ];
        match pk {
            "TICKETLY" if *key == schema() => Some(Self::Schema),
            "TICKETLY" if *key == keyspace::installation() => Some(Self::Installation),
            "TICKETLY" if *key == keyspace::erasure() => Some(Self::Erasure),
            "TICKETLY" => counts.contains(key).then_some(Self::Count),
            AUDITORIUMS => Some(Self::Auditorium),
            PRICE_LISTS => Some(Self::PriceList),
            PROMOTIONS => Some(Self::Promotion),
            LABELS => Some(Self::Label),
            OLD_KEYS => Some(Self::OldKey),
            _ => Self::by_prefix(key, pk.split_once('#')?, sk),
        }
    }

    fn by_prefix(key: &Key, (prefix, rest): (&str, &str), sk: &str) -> Option<Self> {
        match prefix {
            "SLOT" => Self::of_slot(key, rest),
            "LIST" | "SEATED" => Some(Self::Listing),
            "AUDITORIUM" if sk.starts_with("PLAN#") => Some(Self::Plan),
            "AUDITORIUM" => Some(Self::Day(rest.parse().ok()?, sk.strip_prefix("DAY#")?.parse().ok()?)),
            "PRICE_LIST" if sk.starts_with("PRICES#") => Some(Self::Prices),
            "PAYMENT" => Some(Self::Payment),
            "REFUND" => Some(Self::Refund),
            "ONCE" => Some(Self::Request),
            "KEY" => Some(Self::ApiKey),
            _ => None,
        }
    }

    fn of_slot(key: &Key, rest: &str) -> Option<Self> {
        let Some((slot, part)) = rest.split_once('#') else {
            return match key.sk.as_str() {
                "META" => Some(Self::Slot(rest.parse().ok()?)),
                "CANCELLATION" => Some(Self::Cancellation),
                "RESEATING" => Some(Self::Reseating),
                "TOTALS" => Some(Self::Totals),
                _ => None,
            };
        };
        let slot = slot.parse().ok()?;
        match part.get(..1)? {
            "I" if key.sk == "SEATS" => Some(Self::Shard(slot)),
            "B" => keyspace::booking_of(key).map(Self::Booking),
            "K" if part == "K" => Some(Self::Block(slot)),
            _ => None,
        }
    }
}

/// The most characters of a part of a key that a finding names.
const NAMED: usize = 40;
/// The most characters of a part of a key that may be secret.
const NAMED_OF_SECRETS: usize = 16;

/// Returns where an item is, without what may be a secret.
pub(super) fn place(key: &Key) -> Place {
    match Kind::of(key) {
        Some(Kind::Booking(booking)) => Place::Booking(booking),
        Some(Kind::Slot(slot) | Kind::Shard(slot) | Kind::Block(slot)) => Place::Slot(slot),
        Some(Kind::Cancellation | Kind::Reseating | Kind::Totals) => {
            let slot = key.pk.strip_prefix("SLOT#").and_then(|slot| slot.parse().ok());
            slot.map_or_else(|| other(key, NAMED), Place::Slot)
        }
        Some(Kind::Payment | Kind::Refund | Kind::Request | Kind::ApiKey) => other(key, NAMED_OF_SECRETS),
        _ => other(key, NAMED),
    }
}

fn other(key: &Key, most: usize) -> Place {
    let short = |part: &str| {
        let kept: String = part.chars().take(most).collect();
        if kept.len() < part.len() { format!("{kept}...") } else { kept }
    };
    Place::Other(format!("item {} / {}", short(&key.pk), short(&key.sk)))
}

/// Returns the finding of an item that is not as the store writes it.
pub(super) fn damaged(key: &Key, what: impl Into<String>) -> Finding {
    Finding::new(FindingKind::Damaged, place(key), what)
}

/// Returns the finding of an item that names what does not exist, or that nothing leads to.
pub(super) fn orphan(key: &Key, what: impl Into<String>) -> Finding {
    Finding::orphan(place(key), what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_this_version_does_not_write_has_no_kind() {
        let slot = SlotId::from_u64(77).unwrap();
        let no = ticketly_domain::BookingNo::from_u64(9).unwrap();
        let booking = BookingKey { slot, no };
        assert_eq!(Kind::of(&keyspace::booking(booking)), Some(Kind::Booking(booking)));
        assert_eq!(Kind::of(&keyspace::shard(slot, 3)), Some(Kind::Shard(slot)));
        assert_eq!(Kind::of(&schema()), Some(Kind::Schema));
        let slot = keyspace::slot(slot).pk;
        for (pk, sk) in [
            ("TICKETLY", "OTHER"),
            ("", ""),
            ("SLOT#", "META"),
            (&slot, "META2"),
            (&format!("{slot}#"), "SEATS"),
            (&format!("{slot}#I0"), "OTHER"),
            (&format!("{slot}#B1"), "x"),
            (&format!("{slot}#KK"), "x"),
            ("AUDITORIUM#x", "DAY#2026-01-01"),
            ("PRICE_LIST#x", "x"),
            ("NEW#x", "x"),
        ] {
            assert_eq!(Kind::of(&Key::new(pk, sk)), None, "{pk} {sk}");
        }
    }

    #[test]
    fn a_place_has_no_secret() {
        let place = place(&Key::new("PAYMENT#PAY00112233445566778899AABBCCDD", "PAY00112233445566778899AABBCCDD"));
        assert_eq!(place.to_string(), "item PAYMENT#PAY00112... / PAY0011223344556...");
    }
}
