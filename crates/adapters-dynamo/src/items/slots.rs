//! The items that describe a slot, without its seats: one by identifier, and one in each of the slot's lists.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::types::AttributeValue;
use ticketly_domain::{
    AuditoriumId, Capacity, Plan, PlanVersion, PriceList, PriceListId, PriceListVersion, Revision, Sales, Seating,
    Seats, Showing, SlotCursor, SlotDescription, SlotDetails, SlotId, SlotName, SlotPrices, StoreError, TicketSlot,
    Turnaround,
};

use crate::client::attributes::{Attributes, Item, flag, item, millis, number, text};
use crate::client::error::Corrupt;
use crate::client::write::{EXISTS, IS_NEW, Write};
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

    /// Returns whether these are its shards. After a correction, a slot and shards that were read apart may not fit.
    pub(crate) fn has(&self, shards: &[Shard]) -> bool {
        let is_of = |shard: &Shard| shard.revision == self.slot.revision();
        shards.len() == self.shards as usize && shards.iter().all(is_of)
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

/// Returns an item of a slot: its own, or that in a list.
pub(crate) fn written(key: &Key, slot: &TicketSlot, shards: u32) -> Item {
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
    if slot.sales() != Sales::Open {
        // A program of a version without canceled and moved slots takes them for closed.
        written.insert("sales".to_owned(), text(Sales::Closed.as_str()));
    }
    if slot.sales().is_final() {
        written.insert("withdrawn".to_owned(), text(slot.sales().as_str()));
    }
    if let Some(seating) = showing.seating() {
        let seating = [
            ("auditorium", text(seating.auditorium.to_string())),
            ("plan", number(seating.version.0)),
            ("turnaround", number(seating.turnaround.minutes())),
            ("single_seats", text(seating.single_seats.as_str())),
        ];
        written.extend(seating.map(|(name, value)| (name.to_owned(), value)));
    }
    if let Some(prices) = slot.prices() {
        written.insert("price_list".to_owned(), text(prices.id.to_string()));
        written.insert("price_version".to_owned(), number(prices.version.0));
    }
    written
}

/// Returns the writes of a new slot. The condition of the first refuses an identifier that is taken.
pub(crate) fn scheduled(slot: &TicketSlot, seats_a_shard: u32) -> Vec<Write> {
    let shards = seats::shards_for(slot, seats_a_shard);
    let mut writes = vec![Write::put(written(&keyspace::slot(slot.id()), slot, shards)).only_if(IS_NEW)];
    writes.extend(listings(slot).map(|key| Write::put(written(&key, slot, shards))));
    writes.extend(shard_items(slot, shards).into_iter().map(Write::put));
    writes
}

/// Returns the keys of a slot in its lists.
pub(crate) fn listings(slot: &TicketSlot) -> [Key; 4] {
    let (id, showing, details) = (slot.id(), slot.showing(), slot.details());
    let lists = [List::All, List::Genre(details.genre), List::Type(details.slot_type), List::Name(showing.name())];
    lists.map(|list| Key { pk: list.pk(id.is_seated()), sk: keyspace::listed(showing.start(), id) })
}

/// Returns the items of a slot's shards.
pub(crate) fn shard_items(slot: &TicketSlot, shards: u32) -> Vec<Item> {
    let (id, end) = (slot.id(), slot.showing().end());
    let item = |(number, shard): (usize, &Shard)| {
        let mut seats = seats::written(&keyspace::shard(id, number), shard);
        // The first shard is in the index of slots that are to be swept.
        if number == 0 {
            seats.insert("g2pk".to_owned(), text(due::slots(id.is_seated())));
            seats.insert("g2sk".to_owned(), text(due::slot(end, id)));
        }
        seats
    };
    seats::split(slot, shards).iter().enumerate().map(item).collect()
}

/// Returns the writes that make one slot of another, unless it has changed since it was read: it, its lists, and its
/// shards, which were read as `shards`. The condition of the first refuses another revision.
pub(crate) fn changed(old: &TicketSlot, new: &TicketSlot, shards: &[Shard], seats_a_shard: u32) -> Vec<Write> {
    let id = new.id();
    let count = u32::try_from(shards.len()).unwrap_or(1);
    let same_seats = old.seats() == new.seats();
    let new_count = if same_seats { count } else { seats::shards_for(new, seats_a_shard) };
    let mut writes = vec![unchanged(Write::put(written(&keyspace::slot(id), new, new_count)), old.revision(), "")];
    let (before, after) = (listings(old), listings(new));
    writes.extend(before.iter().filter(|key| !after.contains(key)).map(Write::delete));
    writes.extend(after.iter().map(|key| Write::put(written(key, new, new_count))));
    let key = |number| keyspace::shard(id, number);
    if same_seats {
        let due = text(due::slot(new.showing().end(), id));
        for (index, shard) in shards.iter().enumerate() {
            let is_due = index == 0 && old.showing() != new.showing();
            let update = if is_due { "SET revision = :new, g2sk = :due" } else { "SET revision = :new" };
            let write = Write::update(&key(index), update).with(":new", number_of(new.revision()));
            let write = if is_due { write.with(":due", due.clone()) } else { write };
            let keeps_bookings = old.showing() == new.showing() && old.prices().is_some() == new.prices().is_some();
            writes.push(if keeps_bookings {
                unchanged(write, old.revision(), "")
            } else {
                not_booked(write, shard, old.revision())
            });
        }
        return writes;
    }
    for (index, item) in shard_items(new, new_count).into_iter().enumerate() {
        let write = Write::put(item);
        writes.push(match shards.get(index) {
            Some(shard) => not_booked(write, shard, old.revision()),
            None => write.only_if(IS_NEW),
        });
    }
    writes.extend((new_count as usize..shards.len()).map(|number| Write::delete(&key(number)).only_if(EXISTS)));
    writes
}

/// Returns the writes that make a slot one that was canceled or moved, unless it has changed since it was read: it, its lists, and its
/// shards, which are closed, and if it is canceled never swept. The condition of the first refuses another revision.
pub(crate) fn withdrawn(old: &TicketSlot, new: &TicketSlot, shards: usize) -> Vec<Write> {
    let (id, count) = (new.id(), u32::try_from(shards).unwrap_or(1));
    let mut writes = vec![unchanged(Write::put(written(&keyspace::slot(id), new, count)), old.revision(), "")];
    writes.extend(listings(new).map(|key| Write::put(written(&key, new, count))));
    writes.extend((0..shards).map(|number| {
        let is_swept = new.sales() == Sales::Moved;
        let update = "SET closed = :yes, revision = :new";
        let update = if is_swept { update.to_owned() } else { format!("{update} REMOVE g2pk, g2sk, swept") };
        let write = Write::update(&keyspace::shard(id, number), update).with(":new", number_of(new.revision()));
        let write = write.with(":yes", flag(true));
        // One that was moved before is closed.
        match old.sales() {
            Sales::Moved => unchanged(write, old.revision(), ""),
            _ => unchanged(write.with(":no", flag(false)), old.revision(), " AND closed = :no"),
        }
    }));
    writes
}

fn number_of(revision: Revision) -> AttributeValue {
    number(revision.0)
}

/// Adds the condition that nobody has booked since a shard was read.
fn not_booked(write: Write, shard: &Shard, revision: Revision) -> Write {
    let write = write.with(":read", number(shard.available));
    if shard.block_sales == 0 {
        return unchanged(write, revision, " AND available = :read AND attribute_not_exists(block_sales)");
    }
    let write = write.with(":sales", number(shard.block_sales));
    unchanged(write, revision, " AND available = :read AND block_sales = :sales")
}

/// Adds the condition that an item of a slot has a revision, and another condition.
fn unchanged(write: Write, revision: Revision, also: &str) -> Write {
    if revision == Revision::default() {
        return write.only_if(format!("attribute_exists(pk) AND attribute_not_exists(revision){also}"));
    }
    write.only_if(format!("revision = :revision{also}")).with(":revision", number_of(revision))
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

/// Parses which version of which price list a slot has. `None` for a free slot.
pub(crate) fn prices(found: &Item) -> Result<Option<(PriceListId, PriceListVersion)>, StoreError> {
    let found = Attributes(found);
    if found.optional("price_list")?.is_none() {
        return Ok(None);
    }
    let list = found.text("price_list", |text| text.parse().ok())?;
    Ok(Some((list, found.number("price_version", |version| Some(PriceListVersion(version)))?)))
}

/// Parses a slot from any of its items. `plan` is that of [`plan()`], and `list` that of [`prices()`].
pub(crate) fn read(
    found: &Item,
    plan: Option<Arc<Plan>>,
    list: Option<Arc<PriceList>>,
) -> Result<Scheduled, StoreError> {
    let (named, prices) = (self::plan(found)?, prices(found)?);
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
    let sales = match (found.optional("withdrawn")?, found.optional("sales")?) {
        (Some(_), _) => found.text("withdrawn", |text| text.parse().ok())?,
        (None, None) => Sales::Open,
        (None, Some(_)) => found.text("sales", |text| text.parse().ok())?,
    };
    let slot = TicketSlot::restore(showing.into(), details.into(), revision, seats).with_sales(sales);
    let prices = prices.zip(list).map(|((id, version), list)| Arc::new(SlotPrices { id, version, list }));
    let slot = slot.with_prices(prices);
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
