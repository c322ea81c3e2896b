//! The item that says how far the erasure has come that follows the archive.

use ticketly_domain::{ErasurePosition, SlotCursor, StoreError};

use crate::client::attributes::{Attributes, Item, item, millis, text};
use crate::client::write::Write;
use crate::items::keyspace;

/// Writes the position, whatever it was.
pub(crate) fn note(position: &ErasurePosition) -> Write {
    let ErasurePosition { slot, booking } = position;
    let key = keyspace::erasure();
    let write = match booking {
        Some(no) => Write::update(&key, "SET starts = :starts, slot = :slot, booking = :booking")
            .with(":booking", text(keyspace::no(*no))),
        None => Write::update(&key, "SET starts = :starts, slot = :slot REMOVE booking"),
    };
    write.with(":starts", millis(slot.start)).with(":slot", text(slot.id.to_string()))
}

/// Returns the item as [`note`] leaves it.
pub(crate) fn written(ErasurePosition { slot, booking }: &ErasurePosition) -> Item {
    let attributes = [("starts", millis(slot.start)), ("slot", text(slot.id.to_string()))];
    let mut written = item(&keyspace::erasure(), attributes);
    written.extend(booking.map(|no| ("booking".to_owned(), text(keyspace::no(no)))));
    written
}

/// Parses the position.
pub(crate) fn read(found: &Item) -> Result<ErasurePosition, StoreError> {
    let found = Attributes(found);
    let slot = SlotCursor { start: found.time("starts")?, id: found.text("slot", |text| text.parse().ok())? };
    let booking = match found.optional("booking")? {
        Some(_) => Some(found.text("booking", keyspace::no_of)?),
        None => None,
    };
    Ok(ErasurePosition { slot, booking })
}
