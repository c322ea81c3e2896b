//! The items that describe a slot, without its seats: one by identifier, and one in each of the slot's lists.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ticketly_domain::{
    AuditoriumId, Capacity, Plan, PlanVersion, Revision, Seating, Seats, Showing, SlotCursor, SlotDescription,
    SlotDetails, SlotId, SlotName, StoreError, TicketSlot, Turnaround,
};

use crate::client::attributes::{Attributes, Item, item, millis, number, text};
use crate::client::error::Corrupt;
use crate::client::write::{IS_NEW, Write};
use crate::items::keyspace::{self, Key, List, due};
use crate::items::seats::{self, MAX_SHARDS, Shard};

/// A slot without its seats.
#[derive(Debug)]
pub(crate) struct Scheduled {
    /// The slot with all its seats available.
    slot: TicketSlot,
    shards: u32,
}

impl Scheduled {
    pub(crate) fn id(&self) -> SlotId {
        self.slot.id()
    }

    /// Returns the slot with all its seats available.
    pub(crate) const fn empty(&self) -> &TicketSlot {
        &self.slot
    }

    /// Returns the slot with its seats as they were read.
    pub(crate) fn with(&self, shards: &[Shard]) -> Result<TicketSlot, StoreError> {
        let Some(seating) = self.slot.showing().seating() else {
            return Ok(self.slot.with_seats(seats::together(self.slot.seats().capacity(), shards)));
        };
        let corrupt = || Corrupt { key: keyspace::shard(self.id(), 0), attribute: "r" };
        Ok(self.slot.with_seats(seats::of_plan(&seating.plan, shards).ok_or_else(corrupt)?))
    }

    /// Returns the keys of its shards.
    pub(crate) fn shards(&self) -> impl Iterator<Item = Key> {
        let id = self.id();
        (0..self.shards).map(move |shard| keyspace::shard(id, shard as usize))
    }

    /// Returns its position in a list.
    pub(crate) fn position(&self) -> SlotCursor {
        SlotCursor { start: self.slot.showing().start(), id: self.id() }
    }
}

fn written(key: &Key, slot: &TicketSlot, shards: u32) -> Item {
    let (showing, details) = (slot.showing(), slot.details());
    let mut written = item(
        key,
        [
            ("slot", text(slot.id().to_string())),
            ("title", text(showing.name().as_str())),
            ("about", text(details.description.as_str())),
            ("starts", millis(showing.start())),
            ("ends", millis(showing.end())),
            ("type", text(details.slot_type.as_str())),
            ("genre", text(details.genre.as_str())),
            ("capacity", number(slot.seats().capacity().get())),
            ("shards", number(shards)),
        ],
    );
    written.extend(seats::revision(slot.revision()));
    if let Some(seating) = showing.seating() {
        let seating = [
            ("auditorium", text(seating.auditorium.to_string())),
            ("plan", number(seating.version.0)),
            ("turnaround", number(seating.turnaround.minutes())),
            ("single_seats", text(seating.single_seats.as_str())),
        ];
        written.extend(seating.map(|(name, value)| (name.to_owned(), value)));
    }
    written
}

/// Returns the writes of a new slot. The condition of the first refuses an identifier that is taken.
pub(crate) fn scheduled(slot: &TicketSlot, seats_a_shard: u32) -> Vec<Write> {
    let shards = seats::shards_for(slot, seats_a_shard);
    let (id, showing, details) = (slot.id(), slot.showing(), slot.details());
    let mut writes = vec![Write::put(written(&keyspace::slot(id), slot, shards)).only_if(IS_NEW)];
    let lists = [List::All, List::Genre(details.genre), List::Type(details.slot_type), List::Name(showing.name())];
    for list in lists {
        let key = Key { pk: list.pk(id.is_seated()), sk: keyspace::listed(showing.start(), id) };
        writes.push(Write::put(written(&key, slot, shards)));
    }
    for (number, shard) in seats::split(slot, shards).iter().enumerate() {
        let mut seats = seats::written(&keyspace::shard(id, number), shard);
        // The first shard is in the index of slots that are to be swept.
        if number == 0 {
            seats.insert("g2pk".to_owned(), text(due::slots(id.is_seated())));
            seats.insert("g2sk".to_owned(), text(due::slot(showing.end(), id)));
        }
        writes.push(Write::put(seats));
    }
    writes
}

/// Parses which version of which auditorium's plan a slot has. `None` for a slot without a plan.
pub(crate) fn plan(found: &Item) -> Result<Option<(AuditoriumId, PlanVersion)>, StoreError> {
    let found = Attributes(found);
    if found.optional("auditorium")?.is_none() {
        return Ok(None);
    }
    let auditorium = found.text("auditorium", |text| text.parse().ok())?;
    Ok(Some((auditorium, found.number("plan", |version| Some(PlanVersion(version)))?)))
}

/// Parses a slot from any of its items. `plan` is that of [`plan()`].
pub(crate) fn read(found: &Item, plan: Option<Arc<Plan>>) -> Result<Scheduled, StoreError> {
    let named = self::plan(found)?;
    let found = Attributes(found);
    let id = found.text("slot", |text| text.parse().ok())?;
    let name = found.text("title", |text| SlotName::parse(text).ok())?;
    let (starts, ends) = (found.time("starts")?, found.time("ends")?);
    let mut showing = Showing::new(id, name, starts, ends).map_err(|_| found.corrupt("ends"))?;
    if let (Some((auditorium, version)), Some(plan)) = (named, plan.clone()) {
        let turnaround = found.number("turnaround", |minutes| Turnaround::new(minutes).ok())?;
        let single_seats = found.text("single_seats", |text| text.parse().ok())?;
        showing = showing.seated(Arc::new(Seating { auditorium, version, turnaround, single_seats, plan }));
    }
    let details = SlotDetails {
        description: found.text("about", |text| SlotDescription::parse(text).ok())?,
        slot_type: found.text("type", |text| text.parse().ok())?,
        genre: found.text("genre", |text| text.parse().ok())?,
    };
    let revision = found.optional_number("revision", Revision)?;
    let seats = found.number("capacity", |seats| Capacity::new(seats).ok().map(Seats::new))?;
    let seats = plan.map_or(seats, |plan| Seats::of_plan(&plan));
    let slot = TicketSlot::restore(showing.into(), details.into(), revision, seats);
    let shards = found.number("shards", |shards| (1..=MAX_SHARDS).contains(&shards).then_some(shards))?;
    Ok(Scheduled { slot, shards })
}

/// The most slots that a server remembers: about a kilobyte each, unless their descriptions are long.
const MAX_KNOWN: usize = 4096;

/// Slots that were read before. A later correction of a slot is noticed by its revision when its seats are taken.
#[derive(Default)]
pub(crate) struct Known(Mutex<HashMap<SlotId, Arc<Scheduled>>>);

impl Known {
    pub(crate) fn slot(&self, id: SlotId) -> Option<Arc<Scheduled>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    pub(crate) fn remember(&self, slot: Scheduled) -> Arc<Scheduled> {
        let slot = Arc::new(slot);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_KNOWN {
            known.clear();
        }
        known.insert(slot.id(), Arc::clone(&slot));
        slot
    }
}
