//! The item of a slot that takes place in another auditorium: what the job has done that moves its bookings.

use ticketly_domain::{Reseating, StoreError};

use crate::client::attributes::{Attributes, Item, flag, item, millis, number, text};
use crate::client::write::{IS_NEW, Write};
use crate::items::keyspace::{self, due};

/// Writes a move, unless the slot has one.
pub(crate) fn begin(reseating: &Reseating) -> Write {
    Write::put(written(reseating)).only_if(IS_NEW)
}

/// Replaces a move, unless its job has done more than when it was read.
pub(crate) fn replace(before: &Reseating, after: &Reseating) -> Write {
    Write::put(written(after))
        .only_if("bookings = :bookings AND tickets = :tickets AND attribute_not_exists(done)")
        .with(":bookings", number(before.bookings))
        .with(":tickets", number(before.tickets))
}

/// Returns the item of a move.
pub(crate) fn written(reseating: &Reseating) -> Item {
    let Reseating { slot, target, at, is_sold, bookings, tickets, impossible, done_at } = reseating;
    let attributes = [
        ("slot", text(slot.to_string())),
        ("target", text(target.to_string())),
        ("at", millis(*at)),
        ("is_sold", flag(*is_sold)),
        ("bookings", number(bookings)),
        ("tickets", number(tickets)),
        ("impossible", number(impossible)),
    ];
    let mut written = item(&keyspace::reseating(*slot), attributes);
    written.extend(done_at.map(|at| ("done".to_owned(), millis(at))));
    if done_at.is_none() {
        written.insert("g2pk".to_owned(), text(due::RESEATINGS));
        written.insert("g2sk".to_owned(), text(due::slot(*at, *slot)));
    }
    written
}

/// Parses a move.
pub(crate) fn read(found: &Item) -> Result<Reseating, StoreError> {
    let found = Attributes(found);
    Ok(Reseating {
        slot: found.text("slot", |text| text.parse().ok())?,
        target: found.text("target", |text| text.parse().ok())?,
        at: found.time("at")?,
        is_sold: found.flag("is_sold")?,
        bookings: found.number("bookings", Some)?,
        tickets: found.number("tickets", Some)?,
        impossible: found.number("impossible", Some)?,
        done_at: found.optional_time("done")?,
    })
}
