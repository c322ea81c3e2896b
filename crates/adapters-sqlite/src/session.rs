//! The writer's connection, and the slots that it keeps in memory.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rusqlite::{Connection, Params};
use ticketly_domain::{HeldSeats, SeatsDelta, SlotId, StoreError, Target, TicketSlot};

use crate::db::Db;
use crate::error::{Corrupt, OtherSchema};
use crate::{queries, rows, schema};

/// The most slots that are kept in memory; about 2 MB.
const MAX_SLOTS: usize = 4096;

/// The connection on which all changes run, inside the transaction of their batch.
///
/// Slots stay in memory from one batch to the next, with their present seats. This is safe because all of it is
/// forgotten whenever the file may differ: after a commit of another process, and after a batch that was not committed.
pub(crate) struct Session {
    pub(crate) db: Db,
    slots: HashMap<SlotId, TicketSlot>,
    /// The slots whose seats differ from their rows.
    changed: BTreeSet<SlotId>,
    /// The number of rows that were written.
    writes: u64,
    /// The day on which no old idempotency record was left, as [`crate::idempotency`] counts days.
    pub(crate) swept_on: Option<i64>,
    /// SQLite's counter of the commits of other connections, as of the last batch.
    data_version: Option<i64>,
}

impl Session {
    pub(crate) fn new(db: Connection) -> Self {
        Self {
            db: Db::new(db, Arc::default()),
            slots: HashMap::new(),
            changed: BTreeSet::new(),
            writes: 0,
            swept_on: None,
            data_version: None,
        }
    }

    /// Runs a statement that returns no rows. Returns the number of changed rows.
    pub(crate) fn execute(&mut self, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
        let rows = self.db.prepare_cached(sql)?.execute(params)?;
        self.writes = self.writes.saturating_add(rows as u64);
        Ok(rows)
    }

    /// Returns the number of rows and seats that were changed so far.
    pub(crate) fn writes(&self) -> u64 {
        self.writes
    }

    /// Checks, at the beginning of a transaction, whether another process has changed the file since the last one. If
    /// it has changed the data, everything is read again; if it has changed the schema, this program must stop.
    pub(crate) fn refresh(&mut self) -> rusqlite::Result<Option<OtherSchema>> {
        let version = Some(schema::data_version(&self.db)?);
        if version == self.data_version {
            return Ok(None);
        }
        self.forget();
        let other = schema::changed(&self.db)?;
        if other.is_none() {
            self.data_version = version;
        }
        Ok(other)
    }

    /// Forgets all that is in memory and not yet in the file.
    pub(crate) fn forget(&mut self) {
        self.slots.clear();
        self.changed.clear();
        self.db.versions.forget();
        self.swept_on = None;
    }

    /// Returns a slot with its present seats.
    pub(crate) fn slot(&mut self, id: SlotId) -> Result<Option<TicketSlot>, StoreError> {
        if let Some(slot) = self.slots.get(&id) {
            return Ok(Some(slot.clone()));
        }
        let slot = queries::slot(&self.db, id)?;
        if let Some(slot) = &slot {
            self.slots.insert(id, slot.clone());
        }
        Ok(slot)
    }

    /// Returns a target's slots, in order of identifier, with their present seats.
    pub(crate) fn slots_of(&mut self, target: &Target) -> Result<Vec<TicketSlot>, StoreError> {
        let ids = queries::slot_ids_of(&self.db, target)?;
        ids.into_iter().filter_map(|id| self.slot(id).transpose()).collect()
    }

    /// Takes and releases seats of a slot. [`Self::flush`] writes them.
    pub(crate) fn update_seats(&mut self, id: SlotId, delta: &SeatsDelta) -> Result<(), StoreError> {
        let slot = self.slot(id)?.ok_or(Corrupt { table: "seats", column: "slot" })?;
        let seats = slot.seats().apply(delta)?;
        self.slots.insert(id, slot.with_seats(seats));
        self.changed.insert(id);
        self.writes = self.writes.saturating_add(1);
        Ok(())
    }

    /// Takes note of a new hold.
    pub(crate) fn note_hold(&mut self, id: SlotId, hold: &HeldSeats) {
        if let Some(slot) = self.slots.get_mut(&id) {
            let seats = slot.seats().clone();
            let next = seats.next_lapse().map_or(hold.until, |next| next.min(hold.until));
            let count = seats.held() + u32::from(hold.tickets);
            *slot = slot.with_seats(seats.with_held(count, Some(next)));
        }
    }

    /// Takes note of the end of a hold of so many tickets.
    pub(crate) fn note_ended_hold(&mut self, id: SlotId, tickets: usize) {
        if let Some(slot) = self.slots.get_mut(&id) {
            let (seats, tickets) = (slot.seats().clone(), u32::try_from(tickets).unwrap_or(u32::MAX));
            let (held, next) = (seats.held().saturating_sub(tickets), seats.next_lapse());
            *slot = slot.with_seats(seats.with_held(held, next));
        }
    }

    /// Counts again what is held of a slot, and finds when the next hold lapses.
    pub(crate) fn count_held(&mut self, id: SlotId) -> Result<(), StoreError> {
        if let Some(slot) = self.slots.get(&id).cloned() {
            self.slots.insert(id, queries::with_holds_counted(&self.db, &slot)?);
        }
        Ok(())
    }

    /// Takes note of a slot that was written.
    pub(crate) fn replace(&mut self, slot: TicketSlot) {
        self.slots.insert(slot.id(), slot);
    }

    /// Closes a slot: it sells no more seats.
    pub(crate) fn close(&mut self, id: SlotId) -> rusqlite::Result<()> {
        if let Some(slot) = self.slots.get_mut(&id) {
            *slot = slot.with_seats(slot.seats().close());
        }
        self.execute("UPDATE seats SET closed = 1 WHERE slot = ?1", [rows::slot_key(id)]).map(drop)
    }

    /// Writes the seats that changed: one row for each slot, however many bookings the batch has. A CHECK of the table
    /// refuses seats that do not exist.
    pub(crate) fn flush(&mut self) -> rusqlite::Result<()> {
        for id in std::mem::take(&mut self.changed) {
            let Some(seats) = self.slots.get(&id).map(TicketSlot::seats) else { continue };
            let (available, taken) = (seats.available(), rows::taken(seats));
            let rows = match taken {
                None => {
                    self.execute("UPDATE seats SET available = ?2 WHERE slot = ?1", (rows::slot_key(id), available))?
                }
                Some(taken) => {
                    let sql = "UPDATE seats SET available = ?2, taken = ?3 WHERE slot = ?1";
                    self.execute(sql, (rows::slot_key(id), available, taken))?
                }
            };
            if rows == 0 {
                return Err(rusqlite::Error::QueryReturnedNoRows);
            }
        }
        Ok(())
    }

    /// Makes room for other slots, after a batch.
    pub(crate) fn trim(&mut self) {
        if self.slots.len() > MAX_SLOTS {
            self.slots.clear();
        }
    }
}
