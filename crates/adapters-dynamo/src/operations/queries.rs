//! What is read. Every read names keys, or a range of them and a limit.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use ticketly_domain::{
    Booking, BookingKey, BookingNo, Page, SeatsDelta, SlotCursor, SlotId, SlotName, SlotQuery, StoreError, Target,
    TicketSlot, UserId,
};

use crate::client::attributes::{Attributes, Item};
use crate::client::error::Corrupt;
use crate::client::table::{Found, Index, Range};
use crate::client::write::Write;
use crate::items::keyspace::{self, Key, LAST, List, SPREAD, users};
use crate::items::slots::{self, Scheduled};
use crate::items::{bookings, seats};
use crate::operations::recent::Showing;
use crate::store::DynamoStore;

/// How many slots one page of a listing looks at; what the list's key cannot tell is sifted out of these.
const SLOTS_A_PAGE: usize = 1000;
/// How many slots are read at once for sifting.
const SIFTED_AT_ONCE: usize = 100;
/// How many bookings more than its share are read of each partition, so that mostly one read of each is enough.
const SPARE: usize = 8;

impl DynamoStore {
    /// What never changes of a slot.
    pub(crate) async fn scheduled(&self, id: SlotId) -> Result<Option<Arc<Scheduled>>, StoreError> {
        if let Some(known) = self.known.slot(id) {
            return Ok(Some(known));
        }
        let read = Box::pin(async {
            let Some(found) = self.table.get(&keyspace::slot(id)).await? else { return Ok(None) };
            Ok(Some(self.known.remember(self.read_slot(&found).await?)))
        });
        Ok(self.recent.slot_reads.read(id, read).await?.0)
    }

    /// Reads those of some slots that this server does not know yet, in batches.
    pub(crate) async fn know(&self, slots: impl IntoIterator<Item = SlotId>) -> Result<(), StoreError> {
        let unknown: BTreeSet<_> = slots.into_iter().filter(|slot| self.known.slot(*slot).is_none()).collect();
        let keys: Vec<Key> = unknown.into_iter().map(keyspace::slot).collect();
        for found in self.table.get_all(&keys).await?.iter().flatten() {
            self.known.remember(self.read_slot(found).await?);
        }
        Ok(())
    }

    /// Parses a slot, with the plan and the price list that it refers to.
    pub(crate) async fn read_slot(&self, found: &Item) -> Result<Scheduled, StoreError> {
        let plan = match slots::plan(found)? {
            Some(version) => Some(self.plans.named(&self.table, version).await?),
            None => None,
        };
        let list = match slots::prices(found)? {
            Some(version) => Some(self.price_lists.named(&self.table, version).await?),
            None => None,
        };
        slots::read(found, plan, list)
    }

    /// Parses a booking, with what its slot has of an auditorium.
    pub(crate) async fn read_booking(&self, found: &Item) -> Result<Booking, StoreError> {
        let slot = bookings::key(found)?.slot;
        if !slot.is_seated() {
            return bookings::read(found, None);
        }
        let mut scheduled = self.scheduled_for(slot).await?;
        if !scheduled.empty().showing().seating().is_some_and(|seating| bookings::is_of(found, seating)) {
            scheduled = self.read_again(slot).await?;
        }
        bookings::read(found, scheduled.empty().showing().seating())
    }

    pub(crate) async fn read_bookings(&self, found: &[Item]) -> Result<Vec<Booking>, StoreError> {
        let mut bookings = Vec::with_capacity(found.len());
        for item in found {
            bookings.push(self.read_booking(item).await?);
        }
        Ok(bookings)
    }

    /// What a slot is by now, after it was corrected.
    pub(crate) async fn read_again(&self, id: SlotId) -> Result<Arc<Scheduled>, StoreError> {
        let found = self.table.named(keyspace::slot(id)).await?;
        Ok(self.known.remember(self.read_slot(&found).await?))
    }

    /// A slot that a booking names.
    pub(crate) async fn scheduled_for(&self, id: SlotId) -> Result<Arc<Scheduled>, StoreError> {
        Ok(self.scheduled(id).await?.ok_or_else(|| Corrupt::missing(keyspace::slot(id)))?)
    }

    /// The writes that give back seats of a booking.
    pub(crate) async fn releases(&self, key: BookingKey, delta: &SeatsDelta) -> Result<Vec<Write>, StoreError> {
        let shards = self.scheduled_for(key.slot).await?.shards().count();
        Ok(seats::releases(key.slot, shards, key.no, delta))
    }

    /// The slots of a name and start.
    pub(crate) async fn scheduled_at(
        &self,
        name: &SlotName,
        start: DateTime<Utc>,
    ) -> Result<Vec<Arc<Scheduled>>, StoreError> {
        let start = keyspace::time(start);
        let (low, high) = (format!("{start}#"), format!("{start}#{LAST}"));
        let range = |seated| {
            let pk = List::Name(name).pk(seated);
            Range { index: Index::None, pk, low: low.clone(), high: high.clone() }
        };
        let mut slots = Vec::new();
        for found in self.of_each_kind(range, Target::MAX_SLOTS).await?.iter().flat_map(|found| &found.items) {
            slots.push(Arc::new(self.read_slot(found).await?));
        }
        slots.truncate(Target::MAX_SLOTS);
        Ok(slots)
    }

    /// Queries a range for slots without a plan and, where there are auditoriums, one for slots in them.
    pub(crate) async fn of_each_kind(
        &self,
        range: impl Fn(bool) -> Range,
        limit: usize,
    ) -> Result<Vec<Found>, StoreError> {
        let ranges: Vec<_> = self.table.layout.kinds().iter().map(|seated| range(*seated)).collect();
        try_join_all(ranges.iter().map(|range| self.table.query(range, limit))).await
    }

    /// Reads the slots of a name and start together with other requests that ask for them at the same time.
    pub(crate) async fn scheduled_together(&self, showing: &Showing) -> Result<Vec<Arc<Scheduled>>, StoreError> {
        let (name, start) = showing;
        let (slots, began) =
            self.recent.list_reads.read(showing.clone(), Box::pin(self.scheduled_at(name, *start))).await?;
        if !slots.is_empty() {
            self.recent.lists.keep(showing.clone(), slots.clone(), began);
        }
        Ok(slots)
    }

    /// Walks the most telling list, and sifts by the other conditions.
    pub(crate) async fn page_of_slots(&self, query: &SlotQuery) -> Result<Page<TicketSlot, SlotCursor>, StoreError> {
        let (by, sifts) = match query {
            SlotQuery { name: Some(name), .. } => {
                (List::Name(name), query.genre.is_some() || query.slot_type.is_some())
            }
            SlotQuery { genre: Some(genre), .. } => (List::Genre(*genre), query.slot_type.is_some()),
            SlotQuery { slot_type: Some(slot_type), .. } => (List::Type(*slot_type), false),
            _ => (List::All, false),
        };
        let wanted = query.limit.get();
        // One more than wanted tells whether there are more.
        let sifts = sifts || query.min_available.is_some();
        let at_once = if sifts { SIFTED_AT_ONCE.max(wanted + 1) } else { wanted + 1 };
        let (mut items, mut seen, mut last) = (Vec::new(), 0, query.after);
        loop {
            let found = self.listed_after(by, query, last, at_once.min(SLOTS_A_PAGE - seen)).await?;
            seen += found.items.len();
            let mut listed = found.items;
            let end = listed.last().map(|slot| slot.position());
            listed.retain(|slot| is_of(slot.empty(), query));
            for slot in self.with_recent_seats(&listed).await? {
                if items.len() == wanted {
                    return Ok(Page { items, next: last, rows_read: seen });
                }
                last = Some(SlotCursor { start: slot.showing().start(), id: slot.id() });
                if query.min_available.is_none_or(|least| slot.seats().available() >= least) {
                    items.push(slot);
                }
            }
            if !found.more {
                return Ok(Page { items, next: None, rows_read: seen });
            }
            last = end.or(last);
            if items.len() == wanted || seen >= SLOTS_A_PAGE {
                return Ok(Page { items, next: last, rows_read: seen });
            }
        }
    }

    /// Reads the first slots of a list after a position: those without a plan and those in auditoriums, in one order.
    async fn listed_after(
        &self,
        by: List<'_>,
        query: &SlotQuery,
        last: Option<SlotCursor>,
        limit: usize,
    ) -> Result<Listed, StoreError> {
        let mut listed = Listed { items: Vec::new(), more: false };
        let mut end = None;
        for seated in self.table.layout.kinds() {
            let found = self.table.query(&slots_from(by, *seated, query, last), limit).await?;
            for item in &found.items {
                listed.items.push(Arc::new(self.read_slot(item).await?));
            }
            if found.more {
                // Behind this, slots of this kind are missing.
                let position = listed.items.last().map(|slot| slot.position());
                end = end.into_iter().chain(position).min();
                listed.more = true;
            }
        }
        listed.items.sort_by_key(|slot| slot.position());
        if let Some(end) = end {
            listed.items.retain(|slot| slot.position() <= end);
        }
        Ok(listed)
    }

    pub(crate) async fn booking_at(&self, key: BookingKey) -> Result<Option<Booking>, StoreError> {
        match self.table.get(&keyspace::booking(key)).await? {
            Some(found) => self.read_booking(&found).await.map(Some),
            None => Ok(None),
        }
    }

    pub(crate) async fn booking_among(&self, no: BookingNo, slots: &[SlotId]) -> Result<Option<Booking>, StoreError> {
        let keys: Vec<_> = slots.iter().map(|slot| keyspace::booking(BookingKey { slot: *slot, no })).collect();
        match self.table.get_all(&keys).await?.into_iter().flatten().next() {
            Some(found) => self.read_booking(&found).await.map(Some),
            None => Ok(None),
        }
    }

    /// Merges the partitions of a slot's bookings, each read by itself and only as far as it is needed.
    pub(crate) async fn bookings_in_order(
        &self,
        slot: SlotId,
        from: Option<BookingNo>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError> {
        let low = from.map(keyspace::no).unwrap_or_default();
        let at_once = limit.div_ceil(4) + SPARE;
        let open = (0..SPREAD).map(|partition| Partition {
            range: Range {
                index: Index::None,
                pk: keyspace::bookings(slot, partition),
                low: low.clone(),
                high: LAST.into(),
            },
            read: VecDeque::new(),
            more: true,
        });
        let mut partitions: Vec<Partition> = open.collect();
        let mut merged = Vec::new();
        while merged.len() < limit {
            // The next in order is known once every partition shows its first.
            try_join_all(partitions.iter_mut().map(|partition| partition.fill(self, at_once))).await?;
            let first = partitions.iter_mut().filter(|partition| !partition.read.is_empty());
            let Some(first) = first.min_by_key(|partition| partition.read.front().map(|first| first.key().no)) else {
                break;
            };
            merged.extend(first.read.pop_front());
        }
        Ok(merged)
    }

    /// The index tells which, the table what they are: an index lags a moment behind.
    pub(crate) async fn bookings_of(
        &self,
        user: UserId,
        from: Option<BookingKey>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError> {
        let range = |seated| {
            // Of one number, bookings of slots without a plan come first.
            let low = from.map(|from| match (from.slot.is_seated(), seated) {
                (false, true) => keyspace::no(from.no),
                (true, false) => format!("{}#{LAST}", keyspace::no(from.no)),
                _ => users::sk(from),
            });
            let pk = users::pk(user, seated);
            Range { index: Index::Users, pk, low: low.unwrap_or_default(), high: LAST.into() }
        };
        let named = self.of_each_kind(range, limit).await?.into_iter().flat_map(|found| found.items);
        let named = named.map(|item| Ok((bookings::key(&item)?, item)));
        let mut named = named.collect::<Result<Vec<_>, StoreError>>()?;
        named.sort_by_key(|(key, _)| (key.no, key.slot));
        named.truncate(limit);
        self.bookings_named(&named.into_iter().map(|(_, item)| item).collect::<Vec<_>>()).await
    }

    /// The bookings that an index names.
    pub(crate) async fn bookings_named(&self, named: &[Item]) -> Result<Vec<Booking>, StoreError> {
        let keys: Vec<Key> = named.iter().map(|named| Attributes(named).key()).collect();
        let named = named.iter().map(|named| Ok(bookings::key(named)?.slot));
        let mut slots = named.collect::<Result<Vec<_>, StoreError>>()?;
        slots.retain(|slot| slot.is_seated());
        self.know(slots).await?;
        let mut found = Vec::with_capacity(keys.len());
        for (item, key) in self.table.get_all(&keys).await?.into_iter().zip(keys) {
            found.push(self.read_booking(&item.ok_or_else(|| Corrupt::missing(key))?).await?);
        }
        Ok(found)
    }
}

/// One of the partitions of a slot's bookings, while they are merged.
struct Partition {
    range: Range,
    read: VecDeque<Booking>,
    /// Whether there may be more than was read.
    more: bool,
}

impl Partition {
    /// Reads on when all that was read is used up.
    async fn fill(&mut self, store: &DynamoStore, limit: usize) -> Result<(), StoreError> {
        if !self.read.is_empty() || !self.more {
            return Ok(());
        }
        let found = store.table.query(&self.range, limit).await?;
        self.more = found.more;
        for booking in store.read_bookings(&found.items).await? {
            self.range.low = format!("{}{LAST}", keyspace::no(booking.key().no));
            self.read.push_back(booking);
        }
        Ok(())
    }
}

/// Slots of a list, in order.
struct Listed {
    items: Vec<Arc<Scheduled>>,
    /// Whether the list may have more.
    more: bool,
}

/// The range of a list of slots of one kind that a query is about, after a position.
fn slots_from(by: List<'_>, seated: bool, query: &SlotQuery, last: Option<SlotCursor>) -> Range {
    let from = query.from.map(keyspace::time).unwrap_or_default();
    let low = from.max(last.map(|position| after(position, seated)).unwrap_or_default());
    // A start's own slots come after the start alone.
    let high = query.until.map_or_else(|| LAST.into(), keyspace::time);
    Range { index: Index::None, pk: by.pk(seated), low, high }
}

/// What comes just after a slot in the list of slots of one kind. Of one start, those without a plan come first.
fn after(last: SlotCursor, seated: bool) -> String {
    match (last.id.is_seated(), seated) {
        (false, true) => keyspace::time(last.start),
        (true, false) => format!("{}#{LAST}", keyspace::time(last.start)),
        _ => format!("{}{LAST}", keyspace::listed(last.start, last.id)),
    }
}

/// Whether a slot is what the query asks for, but for its seats.
fn is_of(slot: &TicketSlot, query: &SlotQuery) -> bool {
    query.genre.is_none_or(|genre| slot.details().genre == genre)
        && query.slot_type.is_none_or(|slot_type| slot.details().slot_type == slot_type)
        && query.ends_after.is_none_or(|now| slot.showing().end() > now)
}
