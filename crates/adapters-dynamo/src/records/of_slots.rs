//! Bookings and blocks: items of slots, which are read with what their slot has of an auditorium.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use ticketly_domain::{Booking, Finding, FindingKind, Place, Record, Showing, SlotId, StoreError, TicketStatus};

use super::compare::{differences, unreadable};
use super::encode;
use super::found::Found;
use super::kinds::Kind;
use super::reader::{Reader, SlotOf};
use crate::client::attributes::{Attributes, Item};
use crate::items::slots::Scheduled;
use crate::items::{blocks, bookings};

impl Reader<'_> {
    /// Reads bookings and blocks, and compares them with what the store would write.
    pub(super) async fn of_slots(&self, items: Vec<(Kind, Item)>, found: &mut Found) -> Result<(), StoreError> {
        let of = |kind: Kind| match kind {
            Kind::Booking(key) => Some(key.slot),
            Kind::Block(slot) => Some(slot),
            _ => None,
        };
        let ids: BTreeSet<_> = items.iter().filter_map(|(kind, _)| of(*kind)).collect();
        let mut slots = self.slots_of(&ids).await?;
        for (kind, item) in items {
            let Some(id) = of(kind) else { continue };
            let slot = self.fitting(id, &item, &mut slots).await?;
            let parsed = match kind {
                Kind::Block(_) => block(&item, slot, found),
                _ => self.booking(&item, slot, found).await,
            };
            match parsed {
                Ok(record) => record.into_iter().for_each(|record| found.record(record)),
                Err(error) => found.wrong([unreadable(&item, error)?]),
            }
            if slot.is_none() && id.is_seated() && matches!(slots.get(&id), Some(SlotOf::Missing)) {
                let what = "there are bookings or blocks of it, but it does not exist";
                found.wrong([Finding::orphan(Place::Slot(id), what)]);
            }
        }
        Ok(())
    }

    /// Returns the slot of an item, which is read again if it has another plan than the item.
    async fn fitting<'s>(
        &self,
        id: SlotId,
        item: &Item,
        slots: &'s mut HashMap<SlotId, SlotOf>,
    ) -> Result<Option<&'s Arc<Scheduled>>, StoreError> {
        if let Some(SlotOf::Read(slot)) = slots.get(&id)
            && slot.empty().showing().seating().is_some_and(|seating| !bookings::is_of(item, seating))
        {
            slots.insert(id, self.slot_again(id).await?);
        }
        Ok(match slots.get(&id) {
            Some(SlotOf::Read(slot)) => Some(slot),
            _ => None,
        })
    }

    /// Parses a booking. `None` for one in an auditorium whose slot cannot be read.
    async fn booking(
        &self,
        item: &Item,
        slot: Option<&Arc<Scheduled>>,
        found: &mut Found,
    ) -> Result<Option<Record>, StoreError> {
        let key = bookings::key(item)?;
        if slot.is_none() && key.slot.is_seated() {
            return Ok(None);
        }
        let seating = slot.and_then(|slot| slot.empty().showing().seating());
        let booking = bookings::read(item, seating)?;
        found.wrong(differences(item, &encode::booking_like(item, &booking)));
        if let Some(slot) = slot
            && !is_of(&booking, slot.empty().showing())
            && let SlotOf::Read(now) = self.slot_again(key.slot).await?
            && !is_of(&booking, now.empty().showing())
        {
            let what = "its name and times are not those of its slot";
            found.wrong([Finding::new(FindingKind::Damaged, Place::Booking(key), what)]);
        }
        Ok(Some(Record::Booking(Box::new(booking))))
    }
}

/// Returns whether a booking shows what its slot is. A slot is corrected only while nobody has booked, so that only holds that have
/// ended, and in a race canceled tickets, may show an earlier one.
fn is_of(booking: &Booking, showing: &Showing) -> bool {
    let its = booking.showing();
    let holds = |status| matches!(status, TicketStatus::Booked | TicketStatus::Expired);
    (its.name(), its.start(), its.end()) == (showing.name(), showing.start(), showing.end())
        || !booking.tickets().iter().any(|ticket| holds(ticket.status()))
}

/// Parses a block. `None` for one whose slot cannot be read.
fn block(item: &Item, slot: Option<&Arc<Scheduled>>, found: &mut Found) -> Result<Option<Record>, StoreError> {
    let Some(slot) = slot else { return Ok(None) };
    let block = blocks::read(item, slot.empty().showing())?;
    let block = block.ok_or_else(|| Attributes(item).corrupt("plan"))?;
    found.wrong(differences(item, &blocks::written(&block)));
    Ok(Some(Record::Block(block)))
}
