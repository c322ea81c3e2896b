//! Blocks: seats that the public cannot book.

use chrono::{DateTime, Utc};
use rusqlite::params;
use ticketly_domain::{Block, BlockId, BlockSale, Entity, NewBlock, Refusal, SlotId, StoreError, TicketSlot};

use crate::db::Db;
use crate::error::{Corrupt, failed, is_taken};
use crate::queries::all;
use crate::rows::{self, slot_key};
use crate::session::Session;

pub(crate) fn add(session: &mut Session, new: &NewBlock) -> Result<Block, StoreError> {
    let slot = session.slot(new.slot)?.ok_or(Refusal::Unknown(Entity::Slot))?;
    let allocation = new.allocate(&slot, of_slot(&session.db, &slot)?.len())?;
    let block = allocation.block;
    session
        .execute(
            "INSERT INTO blocks (slot, id, seats, reason, released_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                slot_key(new.slot),
                rows::block_key(new.id),
                block.seat_bytes(),
                block.reason().as_str(),
                block.released_at().map(|at| at.timestamp_millis()),
            ],
        )
        .map_err(|error| if is_taken(&error) { StoreError::IdTaken } else { failed(error) })?;
    session.update_seats(new.slot, &allocation.seats)?;
    note_next_release(session, new.slot)?;
    Ok(block)
}

pub(crate) fn delete(session: &mut Session, slot: SlotId, id: BlockId) -> Result<Block, StoreError> {
    let unknown = || Refusal::Unknown(Entity::Block);
    let found = session.slot(slot)?.ok_or_else(unknown)?;
    let block = one(&session.db, &found, id)?.ok_or_else(unknown)?;
    release(session, &block)?;
    note_next_release(session, slot)?;
    Ok(block)
}

/// Deletes the blocks of a slot that are released at `by` or before.
pub(crate) fn release_due(session: &mut Session, slot: SlotId, by: DateTime<Utc>) -> Result<(), StoreError> {
    let Some(found) = session.slot(slot)? else { return Ok(()) };
    for block in of_slot(&session.db, &found)? {
        if block.released_at().is_some_and(|at| at <= by) {
            release(session, &block)?;
        }
    }
    note_next_release(session, slot)
}

/// Takes the seats of a booking from a block.
pub(crate) fn sell(session: &mut Session, BlockSale { after, .. }: &BlockSale) -> Result<(), StoreError> {
    if after.seats().is_empty() {
        delete_row(session, after)?;
        return note_next_release(session, after.slot());
    }
    let sql = "UPDATE blocks SET seats = ?3 WHERE slot = ?1 AND id = ?2";
    let row = params![slot_key(after.slot()), rows::block_key(after.id()), after.seat_bytes()];
    session.execute(sql, row).map(drop).map_err(failed)
}

fn release(session: &mut Session, block: &Block) -> Result<(), StoreError> {
    delete_row(session, block)?;
    session.update_seats(block.slot(), &block.release())
}

fn delete_row(session: &mut Session, block: &Block) -> Result<(), StoreError> {
    let row = params![slot_key(block.slot()), rows::block_key(block.id())];
    session.execute("DELETE FROM blocks WHERE slot = ?1 AND id = ?2", row).map(drop).map_err(failed)
}

/// Takes note of the time at which the first of a slot's blocks is released.
fn note_next_release(session: &mut Session, id: SlotId) -> Result<(), StoreError> {
    let Some(slot) = session.slot(id)? else { return Ok(()) };
    let next = of_slot(&session.db, &slot)?.iter().filter_map(Block::released_at).min();
    if next == slot.seats().next_release() {
        return Ok(());
    }
    let millis = next.map(|at| at.timestamp_millis());
    session
        .execute("UPDATE seats SET next_release = ?2 WHERE slot = ?1", params![slot_key(id), millis])
        .map_err(failed)?;
    session.replace(slot.with_seats(slot.seats().clone().with_next_release(next)));
    Ok(())
}

/// Returns a block of a slot.
pub(crate) fn one(db: &Db, slot: &TicketSlot, id: BlockId) -> Result<Option<Block>, StoreError> {
    Ok(of_slot(db, slot)?.into_iter().find(|block| block.id() == id))
}

/// Returns the blocks of a slot, in order of identifier.
pub(crate) fn of_slot(db: &Db, slot: &TicketSlot) -> Result<Vec<Block>, StoreError> {
    let sql = "SELECT id, seats, reason, released_at FROM blocks WHERE slot = ?1 ORDER BY id";
    let found = all(db, sql, [slot_key(slot.id())], |_, row| rows::block(row))?;
    let corrupt = || Corrupt { table: "blocks", column: "seats" };
    let restore = |row: rows::BlockRow| {
        let block = Block::restore(row.id, slot.showing(), &row.seats, row.reason, row.released_at);
        Ok(block.ok_or_else(corrupt)?)
    };
    found.into_iter().map(restore).collect()
}

/// Returns slots with blocks that are released at `by` or before.
pub(crate) fn slots_to_release(db: &Db, by: DateTime<Utc>, limit: usize) -> Result<Vec<SlotId>, StoreError> {
    let sql = "SELECT slot FROM seats WHERE next_release <= ?1 ORDER BY next_release LIMIT ?2";
    all(db, sql, params![by.timestamp_millis(), limit], rows::slot_id_only)
}
