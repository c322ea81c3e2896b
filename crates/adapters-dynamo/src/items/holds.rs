//! Holds: bookings without a person, in a list of the second index until they are confirmed or end.
//!
//! The position in the list says all that is needed to lapse a hold, so that its booking is not read first.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use ticketly_domain::{Booking, BookingKey, HeldSeats, Hold, SeatNo, SlotId, StoreError};

use crate::client::attributes::{Attributes, Item, millis, number, text};
use crate::client::write::Write;
use crate::items::keyspace::{self, due, users};

/// The condition of a hold that is as it was read.
const IS_HELD: &str = "held_until = :held AND attribute_not_exists(g1pk) AND attribute_not_exists(changes)";

/// Returns the attributes of a new hold. None for a direct booking.
pub(crate) fn attributes(booking: &Booking) -> Vec<(String, AttributeValue)> {
    let Some(hold) = booking.hold() else { return Vec::new() };
    let mut written = vec![("held_until", millis(hold.until))];
    written.extend(hold.confirmed_at.map(|at| ("confirmed", millis(at))));
    if let Some(held) = booking.held_seats() {
        let [partition, position] = due::hold(booking.key().slot, &held);
        written.extend([("g2pk", text(partition)), ("g2sk", text(position))]);
    }
    written.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Parses the times of a hold from the item of its booking.
pub(crate) fn read(found: Attributes<'_>) -> Result<Option<Hold>, StoreError> {
    let Some(until) = found.optional_time("held_until")? else { return Ok(None) };
    Ok(Some(Hold { until, confirmed_at: found.optional_time("confirmed")? }))
}

/// Confirms, extends or ends a hold, unless another change came first.
pub(crate) fn update(old: &Booking, held: &HeldSeats, new: &Booking) -> Write {
    let (slot, key) = (old.key().slot, keyspace::booking(old.key()));
    let write = match (new.user(), new.held_seats(), new.hold_ended_at()) {
        (Some(user), ..) => {
            let confirmed = new.hold().and_then(|hold| hold.confirmed_at).unwrap_or(old.made_at());
            let sale = new.sale().map(ToString::to_string);
            let price = if sale.is_some() { ", sale = :sale" } else { "" };
            let update = format!(
                "SET #user = :user, #name = :name, phone = :phone, g1pk = :list, g1sk = :position, \
                 confirmed = :confirmed{price} REMOVE g2pk, g2sk"
            );
            let write =
                sale.into_iter().fold(Write::update(&key, update), |write, sale| write.with(":sale", text(sale)));
            write
                .naming("#user", "user")
                .naming("#name", "name")
                .with(":user", text(user.id.to_string()))
                .with(":name", text(user.name.as_str()))
                .with(":phone", text(user.phone.as_str()))
                .with(":list", text(users::pk(user.id, slot.is_seated())))
                .with(":position", text(users::sk(old.key())))
                .with(":confirmed", millis(confirmed))
        }
        (None, Some(longer), _) => match new.sale() {
            Some(sale) => Write::update(&key, "SET held_until = :until, g2sk = :position, sale = :sale")
                .with(":sale", text(sale.to_string())),
            None => Write::update(&key, "SET held_until = :until, g2sk = :position"),
        }
        .with(":until", millis(longer.until))
        .with(":position", text(due::hold(slot, &longer)[1].clone())),
        // What its promotion gets back is written with it.
        (None, None, ended) => return ended_hold(slot, held, ended.unwrap_or(held.until)),
    };
    write.only_if(IS_HELD).with(":held", millis(held.until))
}

/// Lapses a hold, unless another change came first. One that uses a promotion is kept until its use is given back.
pub(crate) fn lapse(slot: SlotId, held: &HeldSeats, at: DateTime<Utc>) -> Write {
    let Some(code) = &held.promotion else { return ended_hold(slot, held, at) };
    let booking = BookingKey { slot, no: held.no };
    Write::update(&keyspace::booking(booking), "SET changes = :new, g2pk = :uses, g2sk = :position")
        .only_if(IS_HELD)
        .with(":new", text(held.lapsed_changes(at)))
        .with(":uses", text(due::USES))
        .with(":position", text(due::lapsed_use(code, booking, at)))
        .with(":held", millis(held.until))
}

/// Ends a hold, unless another change came first. The engine deletes it later.
fn ended_hold(slot: SlotId, held: &HeldSeats, at: DateTime<Utc>) -> Write {
    let key = keyspace::booking(BookingKey { slot, no: held.no });
    Write::update(&key, "SET changes = :new, expires = :expires REMOVE g2pk, g2sk")
        .only_if(IS_HELD)
        .with(":new", text(held.lapsed_changes(at)))
        // In seconds, as the engine requires.
        .with(":expires", number((at + Hold::KEPT).timestamp()))
        .with(":held", millis(held.until))
}

/// Deletes a hold that has ended.
pub(crate) fn delete(booking: &Booking) -> Write {
    Write::delete(&keyspace::booking(booking.key())).only_if(
        "attribute_exists(held_until) AND attribute_not_exists(g1pk) AND attribute_exists(changes) \
                 AND attribute_not_exists(g2pk)",
    )
}

/// Parses a hold from an entry of the list, with its slot.
pub(crate) fn entry(found: &Item) -> Result<(SlotId, HeldSeats), StoreError> {
    let attributes = Attributes(found);
    let key = keyspace::booking_of(&attributes.key()).ok_or_else(|| attributes.corrupt("pk, sk"))?;
    let seats = |text: &str| {
        let mut parts = text.split('#').skip(1);
        let until = keyspace::time_of(parts.next()?)?;
        let (tickets, seats) = parts.nth(1)?.split_at_checked(2)?;
        let promotion = parts.next().map(str::parse).transpose().ok()?;
        let digits = seats.as_bytes().chunks(4);
        let seats = digits.map(|digits| u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok().map(SeatNo));
        let tickets = u8::from_str_radix(tickets, 16).ok()?;
        Some(HeldSeats { no: key.no, until, tickets, seats: seats.collect::<Option<_>>()?, promotion })
    };
    Ok((key.slot, attributes.text("g2sk", seats)?))
}

#[cfg(test)]
mod tests {
    use ticketly_domain::BookingNo;

    use super::*;
    use crate::client::attributes::item;

    #[test]
    fn an_entry_parses_back() {
        let until = DateTime::from_timestamp_millis(1_794_000_600_123).unwrap();
        let no = BookingNo::from_u64(0x1234_5678_9ABC).unwrap();
        let code = || Some("SPRING-26".parse().unwrap());
        for (slot, seats, promotion) in [
            (0x4D, vec![], None),
            (0x4D, vec![], code()),
            (0x4D | 1 << 60, vec![SeatNo(0), SeatNo(4999)], None),
            (0x4D | 1 << 60, vec![SeatNo(0), SeatNo(4999)], code()),
        ] {
            let held = HeldSeats { no, until, tickets: 2, seats, promotion };
            let slot = SlotId::from_u64(slot).unwrap();
            let key = keyspace::booking(BookingKey { slot, no });
            let [partition, position] = due::hold(slot, &held);
            assert_eq!(partition, "HOLD#1");
            assert_eq!(entry(&item(&key, [("g2sk", text(position))])).unwrap(), (slot, held));
        }
    }

    #[test]
    fn malformed_entries_are_corrupt() {
        let key =
            keyspace::booking(BookingKey { slot: SlotId::from_u64(7).unwrap(), no: BookingNo::from_u64(9).unwrap() });
        for position in
            ["", "S#", "S#x#0#01", "S#800001a1b2c3d4e5#0#0", "S#800001a1b2c3d4e5#0#01zz00", "S#800001a1b2c3d4e5"]
        {
            assert!(entry(&item(&key, [("g2sk", text(position))])).is_err(), "{position}");
        }
    }
}
