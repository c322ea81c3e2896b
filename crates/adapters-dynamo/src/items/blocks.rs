//! The items of blocks: seats that the public cannot book.

use std::sync::Arc;

use ticketly_domain::{Block, BlockId, BlockReason, BlockSale, Showing, StoreError};

use crate::client::attributes::{Attributes, Item, bytes, item, millis, text};
use crate::client::write::{IS_NEW, Write};
use crate::items::bookings;
use crate::items::keyspace::{self, Key, due};

fn key(block: &Block) -> Key {
    keyspace::block(block.slot(), block.id())
}

/// Writes a new block.
pub(crate) fn add(block: &Block) -> Write {
    Write::put(written(block)).only_if(IS_NEW)
}

/// Returns the item of a block.
pub(crate) fn written(block: &Block) -> Item {
    let attributes = [("seats", bytes(block.seat_bytes())), ("reason", text(block.reason().as_str()))];
    let mut written = item(&key(block), attributes);
    written.extend(block.showing().seating().map(|seating| ("plan".to_owned(), text(bookings::plan(seating)))));
    if let Some(at) = block.released_at() {
        let attributes = [
            ("released", millis(at)),
            ("g2pk", text(due::RELEASES)),
            ("g2sk", text(due::release(at, block.slot(), block.id()))),
        ];
        written.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
    }
    written
}

/// Deletes a block, unless it has changed since it was read.
pub(crate) fn delete(block: &Block) -> Write {
    Write::delete(&key(block)).only_if("seats = :read").with(":read", bytes(block.seat_bytes()))
}

/// Takes the seats of a booking from a block, unless the block has changed since it was read.
pub(crate) fn sell(BlockSale { before, after }: &BlockSale) -> Write {
    if after.seats().is_empty() {
        return delete(before);
    }
    let write = Write::update(&key(before), "SET seats = :left").only_if("seats = :read");
    write.with(":left", bytes(after.seat_bytes())).with(":read", bytes(before.seat_bytes()))
}

/// Parses a block of a showing. `None` for seats of another plan than the showing has.
pub(crate) fn read(found: &Item, showing: &Arc<Showing>) -> Result<Option<Block>, StoreError> {
    if !showing.seating().is_some_and(|seating| bookings::is_of(found, seating)) {
        return Ok(None);
    }
    let found = Attributes(found);
    let id: BlockId = found.text("sk", |text| text.parse().ok())?;
    let reason = found.text("reason", |text| BlockReason::parse(text).ok())?;
    let released_at = found.optional_time("released")?;
    let block = found.bytes("seats", |seats| Block::restore(id, showing, seats, reason, released_at))?;
    Ok(Some(block))
}
