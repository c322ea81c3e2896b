//! The item of a canceled slot that says how far the job has come that cancels its bookings.

use ticketly_domain::{Cancellation, StoreError};

use crate::client::attributes::{Attributes, Item, item, millis, number, text};
use crate::client::write::{IS_NEW, Write};
use crate::items::keyspace::{self, due};

/// Writes a cancellation, unless the slot has one.
pub(crate) fn begin(cancellation: &Cancellation) -> Write {
    Write::put(written(cancellation)).only_if(IS_NEW)
}

/// Replaces a cancellation, unless its job is elsewhere than when it was read.
pub(crate) fn replace(before: &Cancellation, after: &Cancellation) -> Write {
    let write = Write::put(written(after));
    match before.reached {
        None => write.only_if("attribute_exists(pk) AND attribute_not_exists(reached) AND attribute_not_exists(done)"),
        Some(no) => {
            write.only_if("reached = :reached AND attribute_not_exists(done)").with(":reached", text(keyspace::no(no)))
        }
    }
}

/// Returns the item of a cancellation.
pub(crate) fn written(cancellation: &Cancellation) -> Item {
    let Cancellation { slot, at, reached, bookings, tickets, holds, refunded, done_at } = cancellation;
    let attributes = [
        ("slot", text(slot.to_string())),
        ("at", millis(*at)),
        ("bookings", number(bookings)),
        ("tickets", number(tickets)),
        ("holds", number(holds)),
        ("refunded", text(refunded.to_string())),
    ];
    let mut written = item(&keyspace::cancellation(*slot), attributes);
    written.extend(reached.map(|no| ("reached".to_owned(), text(keyspace::no(no)))));
    written.extend(done_at.map(|at| ("done".to_owned(), millis(at))));
    if done_at.is_none() {
        written.insert("g2pk".to_owned(), text(due::CANCELLATIONS));
        written.insert("g2sk".to_owned(), text(due::slot(*at, *slot)));
    }
    written
}

/// Parses a cancellation.
pub(crate) fn read(found: &Item) -> Result<Cancellation, StoreError> {
    let found = Attributes(found);
    let reached = match found.optional("reached")? {
        Some(_) => Some(found.text("reached", keyspace::no_of)?),
        None => None,
    };
    Ok(Cancellation {
        slot: found.text("slot", |text| text.parse().ok())?,
        at: found.time("at")?,
        reached,
        bookings: found.number("bookings", Some)?,
        tickets: found.number("tickets", Some)?,
        holds: found.number("holds", Some)?,
        refunded: found.text("refunded", |text| text.parse().ok())?,
        done_at: found.optional_time("done")?,
    })
}
