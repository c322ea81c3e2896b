//! A store of its own: ordered maps behind one lock.
//!
//! Each change holds the lock from the first row it reads to the last row it writes; that is all of its atomicity. The
//! rules are the domain's. A store with a database under it does the same inside a transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use ticketly_domain::{
    Action, Allocation, Applied, Auditorium, AuditoriumId, Auditoriums, Block, BlockId, Blocks, Booking, BookingKey,
    BookingNo, Bookings, Cancellation, Cancellations, Catalogue, Change, Entity, ErasurePosition, Erasures,
    FinalTotals, Fingerprint, FirstOutcome, HeldSeats, Holds, IdempotencyRecord, Installation, InstallationKey,
    KeyHash, KeyRecord, KeyStore, MoneyChange, MovedBooking, NewBlock, NewBooking, Occupancy, Page, Payment,
    PaymentCursor, PaymentId, PaymentState, Payments, Plan, PlanVersion, PriceList, PriceListId, PriceListVersion,
    PriceLists, Promotion, PromotionChange, PromotionCode, Promotions, Rebooking, Record, RecordCursor, RecordPage,
    Records, Refund, RefundCursor, RefundId, RefundState, Refusal, Reseating, Reseatings, Revision, Sales, SeatsDelta,
    Selection, Showing, SlotChange, SlotCursor, SlotId, SlotQuery, SlotTotals, StoreError, StoredPlan, StoredPriceList,
    StoredPrices, StoredRequest, StoredSlot, Sweep, Sweeps, Swept, Target, TicketSlot, Totals, UserId,
};

/// Keeps everything in memory, for as long as it lives.
#[derive(Default)]
pub struct OwnStore(Mutex<Rows>);

#[derive(Default)]
struct Rows {
    installation: Option<InstallationKey>,
    slots: BTreeMap<SlotId, TicketSlot>,
    bookings: BTreeMap<BookingKey, Booking>,
    /// The bookings of each user; a listing has them by number first.
    users: BTreeMap<UserId, BTreeSet<(BookingNo, SlotId)>>,
    /// The requests that take effect once, by idempotency key, each with what its repetition is answered from.
    done: BTreeMap<[u8; 16], (IdempotencyRecord, FirstOutcome)>,
    keys: Vec<KeyRecord>,
    auditoriums: BTreeMap<AuditoriumId, Auditorium>,
    plans: BTreeMap<(AuditoriumId, PlanVersion), Arc<Plan>>,
    price_lists: BTreeMap<PriceListId, StoredPriceList>,
    prices: BTreeMap<(PriceListId, PriceListVersion), Arc<PriceList>>,
    blocks: BTreeMap<(SlotId, BlockId), Block>,
    payments: BTreeMap<PaymentId, Payment>,
    promotions: BTreeMap<PromotionCode, Promotion>,
    refunds: BTreeMap<RefundId, Refund>,
    cancellations: BTreeMap<SlotId, Cancellation>,
    reseatings: BTreeMap<SlotId, Reseating>,
    erased_to: Option<ErasurePosition>,
    totals: BTreeMap<SlotId, FinalTotals>,
}

impl OwnStore {
    /// A change decides before it writes, so not even a panic leaves half of one.
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rows {
    fn slots_of(&self, target: &Target) -> Vec<TicketSlot> {
        let wanted = |slot: &&TicketSlot| match target {
            Target::Slot(id) => slot.id() == *id,
            Target::Showing { name, start } => slot.showing().name() == name && slot.showing().start() == *start,
        };
        self.slots.values().filter(wanted).take(Target::MAX_SLOTS).cloned().collect()
    }

    fn showings_in(&self, auditorium: AuditoriumId) -> impl Iterator<Item = &Arc<Showing>> {
        let is_there = move |showing: &&Arc<Showing>| showing.seating().is_some_and(|its| its.auditorium == auditorium);
        let takes_place = self.slots.values().filter(|slot| !slot.sales().is_final());
        takes_place.map(TicketSlot::showing).filter(is_there)
    }

    /// Checks that a showing's auditorium is free for it.
    fn check_free(&self, showing: &Showing) -> Result<(), Refusal> {
        let Some(seating) = showing.seating() else { return Ok(()) };
        let others = self.showings_in(seating.auditorium).filter(|other| other.id() != showing.id());
        let others: Vec<_> = others.map(|other| Occupancy::of(other)).collect();
        let Err(in_the_way) = Occupancy::of(showing).check(&others) else { return Ok(()) };
        let missing = || Refusal::Unknown(Entity::Slot);
        let found = |slot| self.slots.get(&slot).map(|slot| Showing::clone(slot.showing())).ok_or_else(missing);
        Err(in_the_way.refusal(found)?)
    }

    fn booking(&self, key: BookingKey) -> Result<&Booking, Refusal> {
        self.bookings.get(&key).ok_or(Refusal::Unknown(Entity::Ticket))
    }

    /// Finds what the first request of this idempotency key did, if this is not the first.
    fn find(&self, idempotency: Option<IdempotencyRecord>) -> Result<Option<FirstOutcome>, Refusal> {
        match idempotency.and_then(|record| Some((record, self.done.get(&record.key)?))) {
            None => Ok(None),
            Some((record, (first, outcome))) if first.request == record.request => Ok(Some(*outcome)),
            Some(_) => Err(Refusal::KeyReused),
        }
    }

    fn remember(&mut self, idempotency: Option<IdempotencyRecord>, booking: BookingKey, since: DateTime<Utc>) {
        self.done.extend(idempotency.map(|record| (record.key, (record, FirstOutcome { booking, since }))));
    }

    fn keep(&mut self, auditorium: &Auditorium) {
        self.plans.insert((auditorium.id, auditorium.version), Arc::clone(&auditorium.plan));
        self.auditoriums.insert(auditorium.id, auditorium.clone());
    }

    /// Checks that the payments that a change replaces are as they were read, and that new ones are new.
    fn check(&self, money: &[MoneyChange]) -> Result<(), StoreError> {
        for change in money {
            match change {
                MoneyChange::Payment { before, .. } if self.payments.get(&before.id) != Some(before) => {
                    return Err(StoreError::Contended);
                }
                MoneyChange::NewPayment(payment) if self.payments.contains_key(&payment.id) => {
                    return Err(StoreError::IdTaken);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes the payments and refunds of a change.
    fn pay(&mut self, money: Vec<MoneyChange>) {
        for change in money {
            match change {
                MoneyChange::NewPayment(payment) => drop(self.payments.insert(payment.id, payment)),
                MoneyChange::Payment { after, .. } => drop(self.payments.insert(after.id, *after)),
                MoneyChange::NewRefund(refund) => drop(self.refunds.insert(refund.id, refund)),
            }
        }
    }

    /// Gives back the use of a hold that has ended.
    fn give_back(&mut self, code: Option<PromotionCode>) {
        if let Some(promotion) = code.and_then(|code| self.promotions.get_mut(&code)) {
            promotion.used -= 1;
        }
    }

    fn keep_prices(&mut self, stored: &StoredPriceList) {
        self.prices.insert((stored.id, stored.version), Arc::clone(&stored.list));
        self.price_lists.insert(stored.id, stored.clone());
    }

    /// Writes a new booking and takes its seats. The first write of a change, since it may refuse.
    fn add(
        &mut self,
        Allocation { booking, seats, block, money, promotion, .. }: &Allocation,
    ) -> Result<(), StoreError> {
        let key = booking.key();
        if self.bookings.contains_key(&key) {
            return Err(StoreError::IdTaken);
        }
        self.apply(key.slot, seats)?;
        self.pay(money.clone());
        if let Some(used) = promotion.as_ref().and_then(|used| self.promotions.get_mut(&used.code)) {
            used.used += 1;
        }
        if let Some(user) = booking.user() {
            self.users.entry(user.id).or_default().insert((key.no, key.slot));
        }
        self.bookings.insert(key, booking.clone());
        if let Some(sale) = block {
            self.blocks.insert((key.slot, sale.after.id()), sale.after.clone());
            self.blocks.retain(|_, block| !block.seats().is_empty());
            self.note_next_release(key.slot);
        }
        Ok(())
    }

    /// Returns the holds of a slot whose seats are taken, in order of the time at which they lapse.
    fn holds_of(&self, slot: SlotId) -> Vec<HeldSeats> {
        let bookings = self.bookings.values().filter(|booking| booking.key().slot == slot);
        let mut holds: Vec<_> = bookings.filter_map(Booking::held_seats).collect();
        holds.sort_by_key(|hold| hold.until);
        holds
    }

    /// Lapses the holds of these slots that are due. Nothing that is decided after it can tell that it was not done before.
    fn lapse(&mut self, slots: &[TicketSlot], at: DateTime<Utc>) -> Result<Vec<TicketSlot>, StoreError> {
        for slot in slots {
            for hold in self.holds_of(slot.id()).into_iter().filter(|hold| hold.until <= at) {
                let key = BookingKey { slot: slot.id(), no: hold.no };
                let Applied { booking, seats, promotion, .. } = self.booking(key)?.apply(&Action::Lapse, at)?;
                self.apply(slot.id(), &seats)?;
                self.give_back(promotion);
                self.bookings.insert(key, booking);
            }
            let held = self.holds_of(slot.id());
            let seats = held.iter().map(|hold| u32::from(hold.tickets)).sum();
            if let Some(slot) = self.slots.get_mut(&slot.id()) {
                *slot = slot.with_seats(slot.seats().clone().with_held(seats, held.first().map(|hold| hold.until)));
            }
        }
        Ok(slots.iter().filter_map(|slot| self.slots.get(&slot.id()).cloned()).collect())
    }

    /// Returns a refusal with the time at which the next hold of these slots lapses.
    fn refused(&self, slots: &[TicketSlot], refusal: Refusal) -> StoreError {
        refusal.while_held(slots.iter().flat_map(|slot| self.holds_of(slot.id())).map(|hold| hold.until).min()).into()
    }

    fn blocks_of(&self, slot: SlotId) -> impl Iterator<Item = &Block> {
        self.blocks.values().filter(move |block| block.slot() == slot)
    }

    /// Returns the block that a selection names, of whichever slot.
    fn named_block(&self, slots: &[TicketSlot], selection: Option<&Selection>) -> Option<&Block> {
        let id = selection?.block?;
        slots.iter().find_map(|slot| self.blocks.get(&(slot.id(), id)))
    }

    /// Deletes a block and releases its seats.
    fn unblock(&mut self, slot: SlotId, id: BlockId) -> Result<Block, StoreError> {
        let block = self.blocks.remove(&(slot, id)).ok_or(Refusal::Unknown(Entity::Block))?;
        self.apply(slot, &block.release())?;
        self.note_next_release(slot);
        Ok(block)
    }

    fn note_next_release(&mut self, id: SlotId) {
        let next = self.blocks_of(id).filter_map(Block::released_at).min();
        if let Some(slot) = self.slots.get_mut(&id) {
            *slot = slot.with_seats(slot.seats().clone().with_next_release(next));
        }
    }

    /// Takes seats of a slot, or gives them back.
    fn apply(&mut self, slot: SlotId, delta: &SeatsDelta) -> Result<(), StoreError> {
        let slot = self.slots.get_mut(&slot).ok_or(Refusal::Unknown(Entity::Slot))?;
        *slot = slot.with_seats(slot.seats().apply(delta)?);
        Ok(())
    }

    /// Applies an action to at most `limit` of the bookings that it would change.
    fn sweep(&mut self, sweep: &Sweep, action: &Action, due: impl Fn(&Booking) -> bool) -> Result<Swept, StoreError> {
        let mut swept = Swept::default();
        let mut left = sweep.limit;
        let due: Vec<_> = self.bookings.values().filter(|booking| due(booking)).cloned().collect();
        for booking in due {
            let Applied { booking: after, changed_tickets, changed, seats, promotion, .. } =
                booking.apply(action, sweep.at)?;
            if !changed {
                continue;
            }
            if left == 0 {
                return Ok(Swept { more: true, ..swept });
            }
            left -= 1;
            swept.tickets += changed_tickets;
            self.apply(after.key().slot, &seats)?;
            self.give_back(promotion);
            self.bookings.insert(after.key(), after);
        }
        Ok(swept)
    }

    /// Writes the totals of the slots whose tickets have expired.
    fn total(&mut self, sweep: &Sweep) {
        for slot in self.slots.values().filter(|slot| slot.showing().end() <= sweep.due_by).map(TicketSlot::id) {
            if self.totals.contains_key(&slot) {
                continue;
            }
            let mut totals = SlotTotals::default();
            for booking in self.bookings.values().filter(|booking| booking.key().slot == slot) {
                totals.add(booking, DateTime::<Utc>::MAX_UTC);
            }
            self.totals.insert(slot, FinalTotals { slot, at: sweep.at, totals });
        }
    }
}

#[async_trait]
impl Installation for OwnStore {
    async fn installation_key(&self, fresh: &InstallationKey) -> Result<InstallationKey, StoreError> {
        Ok(self.rows().installation.get_or_insert_with(|| fresh.clone()).clone())
    }

    async fn ready(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl Catalogue for OwnStore {
    async fn add_slot(&self, slot: &TicketSlot) -> Result<(), StoreError> {
        let mut rows = self.rows();
        if rows.slots.contains_key(&slot.id()) {
            return Err(StoreError::IdTaken);
        }
        rows.check_free(slot.showing())?;
        rows.slots.insert(slot.id(), slot.clone());
        Ok(())
    }

    async fn change_slot(&self, id: SlotId, change: &SlotChange) -> Result<TicketSlot, StoreError> {
        let mut rows = self.rows();
        let slot = rows.slots.get(&id).ok_or(Refusal::Unknown(Entity::Slot))?;
        let is_over = |booking: &Booking| booking.key().slot == id && booking.is_unconfirmed() && !booking.is_held();
        let booked = rows.bookings.values().any(|booking| booking.key().slot == id && !is_over(booking));
        let (changed, other) = (slot.changed(change, booked)?, slot.showing().clone());
        rows.check_free(changed.showing())?;
        if *changed.showing() != other {
            rows.bookings.retain(|_, booking| !is_over(booking));
        }
        rows.slots.insert(id, changed.clone());
        Ok(changed)
    }

    async fn slot(&self, id: SlotId) -> Result<Option<TicketSlot>, StoreError> {
        Ok(self.rows().slots.get(&id).cloned())
    }

    async fn slots_of(&self, target: &Target) -> Result<Vec<TicketSlot>, StoreError> {
        Ok(self.rows().slots_of(target))
    }

    async fn slots(&self, query: &SlotQuery) -> Result<Page<TicketSlot, SlotCursor>, StoreError> {
        let position = |slot: &TicketSlot| SlotCursor { start: slot.showing().start(), id: slot.id() };
        let wanted = |slot: &&TicketSlot| {
            let (showing, details) = (slot.showing(), slot.details());
            query.genre.is_none_or(|genre| details.genre == genre)
                && query.slot_type.is_none_or(|slot_type| details.slot_type == slot_type)
                && query.name.as_ref().is_none_or(|name| showing.name() == name)
                && query.min_available.is_none_or(|least| slot.seats().available() >= least)
                && query.from.is_none_or(|from| showing.start() >= from)
                && query.ends_after.is_none_or(|now| showing.end() > now)
                && query.until.is_none_or(|until| showing.start() < until)
                && query.after.is_none_or(|after| position(slot) > after)
        };
        let rows = self.rows();
        let rows_read = rows.slots.len();
        let mut items: Vec<_> = rows.slots.values().filter(wanted).cloned().collect();
        items.sort_by_key(position);
        let more = items.len() > query.limit.get();
        items.truncate(query.limit.get());
        Ok(Page { next: items.last().filter(|_| more).map(position), items, rows_read })
    }
}

#[async_trait]
impl Auditoriums for OwnStore {
    async fn add_auditorium(&self, auditorium: &Auditorium) -> Result<(), StoreError> {
        let mut rows = self.rows();
        if rows.auditoriums.contains_key(&auditorium.id) {
            return Err(StoreError::IdTaken);
        }
        if rows.auditoriums.len() >= Auditorium::MAX {
            return Err(Refusal::TooManyAuditoriums { limit: Auditorium::MAX }.into());
        }
        rows.keep(auditorium);
        Ok(())
    }

    async fn auditorium(&self, id: AuditoriumId) -> Result<Option<Auditorium>, StoreError> {
        Ok(self.rows().auditoriums.get(&id).cloned())
    }

    async fn auditoriums(&self) -> Result<Vec<Auditorium>, StoreError> {
        Ok(self.rows().auditoriums.values().cloned().collect())
    }

    async fn replace_plan(&self, id: AuditoriumId, plan: &Arc<Plan>) -> Result<Auditorium, StoreError> {
        let mut rows = self.rows();
        let old = rows.auditoriums.get(&id).ok_or(Refusal::Unknown(Entity::Auditorium))?;
        let new = old.with_plan(plan).ok_or(Refusal::TooManyPlans { limit: PlanVersion::MAX.0 })?;
        rows.keep(&new);
        Ok(new)
    }

    async fn plan(&self, id: AuditoriumId, version: PlanVersion) -> Result<Option<Arc<Plan>>, StoreError> {
        Ok(self.rows().plans.get(&(id, version)).cloned())
    }

    async fn timetable(
        &self,
        id: AuditoriumId,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Arc<Showing>>, StoreError> {
        let rows = self.rows();
        let occupies = |showing: &&Arc<Showing>| showing.start() < until && showing.occupied_until() > from;
        let mut showings: Vec<_> = rows.showings_in(id).filter(occupies).cloned().collect();
        showings.sort_by_key(|showing| (showing.start(), showing.id()));
        Ok(showings)
    }
}

#[async_trait]
impl PriceLists for OwnStore {
    async fn add_price_list(&self, list: &StoredPriceList) -> Result<(), StoreError> {
        let mut rows = self.rows();
        if rows.price_lists.contains_key(&list.id) {
            return Err(StoreError::IdTaken);
        }
        if rows.price_lists.len() >= StoredPriceList::MAX {
            return Err(Refusal::TooManyPriceLists { limit: StoredPriceList::MAX }.into());
        }
        rows.keep_prices(list);
        Ok(())
    }

    async fn price_list(&self, id: PriceListId) -> Result<Option<StoredPriceList>, StoreError> {
        Ok(self.rows().price_lists.get(&id).cloned())
    }

    async fn price_lists(&self) -> Result<Vec<StoredPriceList>, StoreError> {
        Ok(self.rows().price_lists.values().cloned().collect())
    }

    async fn replace_prices(&self, id: PriceListId, list: &Arc<PriceList>) -> Result<StoredPriceList, StoreError> {
        let mut rows = self.rows();
        let old = rows.price_lists.get(&id).ok_or(Refusal::Unknown(Entity::PriceList))?;
        let new = old.with_prices(list).ok_or(Refusal::TooManyPrices { limit: PriceListVersion::MAX.0 })?;
        rows.keep_prices(&new);
        Ok(new)
    }

    async fn prices(&self, id: PriceListId, version: PriceListVersion) -> Result<Option<Arc<PriceList>>, StoreError> {
        Ok(self.rows().prices.get(&(id, version)).cloned())
    }
}

#[async_trait]
impl Promotions for OwnStore {
    async fn add_promotion(&self, promotion: &Promotion) -> Result<(), StoreError> {
        let mut rows = self.rows();
        if rows.promotions.contains_key(&promotion.code) {
            return Err(Refusal::PromotionExists.into());
        }
        if rows.promotions.len() >= Promotion::MAX {
            return Err(Refusal::TooManyPromotions { limit: Promotion::MAX }.into());
        }
        rows.promotions.insert(promotion.code.clone(), promotion.clone());
        Ok(())
    }

    async fn promotion(&self, code: &PromotionCode) -> Result<Option<Promotion>, StoreError> {
        Ok(self.rows().promotions.get(code).cloned())
    }

    async fn promotions(&self) -> Result<Vec<Promotion>, StoreError> {
        Ok(self.rows().promotions.values().cloned().collect())
    }

    async fn change_promotion(&self, code: &PromotionCode, change: &PromotionChange) -> Result<Promotion, StoreError> {
        let mut rows = self.rows();
        let promotion = rows.promotions.get_mut(code).ok_or(Refusal::Unknown(Entity::Promotion))?;
        *promotion = promotion.changed(change).map_err(Refusal::from)?;
        Ok(promotion.clone())
    }

    /// Every hold gives its use back in the step in which it ends.
    async fn give_back_uses(&self, _: Option<PromotionCode>, _: usize) -> Result<usize, StoreError> {
        Ok(0)
    }
}

#[async_trait]
impl Blocks for OwnStore {
    async fn add_block(&self, new: &NewBlock) -> Result<Block, StoreError> {
        let mut rows = self.rows();
        let slot = rows.slots.get(&new.slot).ok_or(Refusal::Unknown(Entity::Slot))?;
        let allocation = new.allocate(slot, rows.blocks_of(new.slot).count())?;
        if rows.blocks.contains_key(&(new.slot, new.id)) {
            return Err(StoreError::IdTaken);
        }
        rows.apply(new.slot, &allocation.seats)?;
        rows.blocks.insert((new.slot, new.id), allocation.block.clone());
        rows.note_next_release(new.slot);
        Ok(allocation.block)
    }

    async fn delete_block(&self, slot: SlotId, id: BlockId) -> Result<Block, StoreError> {
        self.rows().unblock(slot, id)
    }

    async fn blocks(&self, slot: SlotId) -> Result<Vec<Block>, StoreError> {
        Ok(self.rows().blocks_of(slot).cloned().collect())
    }

    async fn release_blocks(&self, slot: SlotId, by: DateTime<Utc>) -> Result<(), StoreError> {
        let mut rows = self.rows();
        let due = rows.blocks_of(slot).filter(|block| block.released_at().is_some_and(|at| at <= by));
        for id in due.map(Block::id).collect::<Vec<_>>() {
            rows.unblock(slot, id)?;
        }
        Ok(())
    }

    async fn slots_to_release(&self, by: DateTime<Utc>, limit: usize) -> Result<Vec<SlotId>, StoreError> {
        let rows = self.rows();
        let due = rows.slots.values().filter(|slot| slot.seats().release_due(by));
        Ok(due.map(TicketSlot::id).take(limit).collect())
    }
}

#[async_trait]
impl Bookings for OwnStore {
    async fn book(&self, new: &NewBooking) -> Result<Booking, StoreError> {
        let mut rows = self.rows();
        if let Some(first) = rows.find(new.idempotency)? {
            return Ok(new.repeated(rows.booking(first.booking).map_err(|_| new.deleted())?, &first));
        }
        let slots = rows.slots_of(&new.target);
        let slots = rows.lapse(&slots, new.at)?;
        let promotion = new.selection.promotion.as_ref().and_then(|code| rows.promotions.get(code));
        let allocation = new.allocate(&slots, rows.named_block(&slots, Some(&new.selection)), promotion);
        let allocation = allocation.map_err(|refusal| rows.refused(&slots, refusal))?;
        rows.check(&allocation.money)?;
        rows.add(&allocation)?;
        let FirstOutcome { booking, since } = allocation.booking.first_outcome();
        rows.remember(new.idempotency, booking, since);
        Ok(allocation.booking)
    }

    async fn rebook(&self, rebooking: &Rebooking) -> Result<MovedBooking, StoreError> {
        let mut rows = self.rows();
        let from = rebooking.from();
        if let Some(first) = rows.find(rebooking.idempotency)? {
            return Ok(rebooking.repeated(rows.booking(first.booking)?, rows.booking(from)?, &first));
        }
        let slots = rows.slots_of(&rebooking.target);
        let slots = rows.lapse(&slots, rebooking.at)?;
        let block = rows.named_block(&slots, rebooking.selection.as_ref());
        let rebooked = rebooking.allocate(rows.booking(from)?, &slots, block);
        let rebooked = rebooked.map_err(|refusal| rows.refused(&slots, refusal))?;
        rows.add(&rebooked.new)?;
        rows.apply(from.slot, &rebooked.released)?;
        rows.bookings.insert(from, rebooked.old.clone());
        rows.remember(rebooking.idempotency, rebooked.new.booking.key(), rebooking.at);
        Ok(rebooked.moved())
    }

    async fn change(&self, change: &Change) -> Result<Booking, StoreError> {
        let mut rows = self.rows();
        if let Some(first) = rows.find(change.idempotency)? {
            return Ok(change.repeated(rows.booking(first.booking).map_err(|_| change.unknown())?, &first)?);
        }
        let booking = rows.bookings.get(&change.booking).ok_or(change.unknown())?;
        let user_before = booking.user().map(|user| user.id);
        let is_canceled = rows.cancellations.contains_key(&change.booking.slot);
        let Applied { booking, seats, money, promotion, since, changed, .. } = change.apply_in(booking, is_canceled)?;
        rows.check(&money)?;
        if changed {
            rows.pay(money);
            rows.give_back(promotion);
            rows.apply(change.booking.slot, &seats)?;
            let position = (change.booking.no, change.booking.slot);
            if let Some(user) = user_before {
                // Erased, the booking is no more in the list of its person.
                rows.users.entry(user).or_default().remove(&position);
            }
            if let Some(user) = booking.user() {
                rows.users.entry(user.id).or_default().insert(position);
            }
            rows.bookings.insert(change.booking, booking.clone());
        }
        rows.remember(change.idempotency, change.booking, since);
        Ok(booking)
    }

    async fn booking(&self, key: BookingKey) -> Result<Option<Booking>, StoreError> {
        Ok(self.rows().bookings.get(&key).cloned())
    }

    async fn booking_in(&self, no: BookingNo, slots: &[SlotId]) -> Result<Option<Booking>, StoreError> {
        let rows = self.rows();
        Ok(slots.iter().find_map(|slot| rows.bookings.get(&BookingKey { slot: *slot, no })).cloned())
    }

    async fn bookings_of_slot(
        &self,
        slot: SlotId,
        from: Option<BookingNo>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError> {
        let from = from.or(BookingNo::from_u64(0)).map(|no| BookingKey { slot, no });
        let rows = self.rows();
        let bookings = from.into_iter().flat_map(|from| rows.bookings.range(from..)).map(|(_, booking)| booking);
        Ok(bookings.take_while(|booking| booking.key().slot == slot).take(limit).cloned().collect())
    }

    async fn bookings_of_user(
        &self,
        user: UserId,
        from: Option<BookingKey>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError> {
        let rows = self.rows();
        let positions = rows.users.get(&user).into_iter().flatten();
        let positions = positions.filter(|position| from.is_none_or(|from| **position >= (from.no, from.slot)));
        let bookings = positions.filter_map(|&(no, slot)| rows.bookings.get(&BookingKey { slot, no }));
        Ok(bookings.take(limit).cloned().collect())
    }
}

#[async_trait]
impl Cancellations for OwnStore {
    async fn cancel_slot(&self, slot: SlotId, at: DateTime<Utc>) -> Result<Cancellation, StoreError> {
        let mut rows = self.rows();
        if let Some(cancellation) = rows.cancellations.get(&slot) {
            return Ok(cancellation.clone());
        }
        let canceled = rows.slots.get(&slot).ok_or(Refusal::Unknown(Entity::Slot))?.canceled()?;
        rows.slots.insert(slot, canceled);
        Ok(rows.cancellations.entry(slot).or_insert_with(|| Cancellation::begun(slot, at)).clone())
    }

    async fn cancellation(&self, slot: SlotId) -> Result<Option<Cancellation>, StoreError> {
        Ok(self.rows().cancellations.get(&slot).cloned())
    }

    async fn replace_cancellation(&self, before: &Cancellation, after: &Cancellation) -> Result<bool, StoreError> {
        let mut rows = self.rows();
        let found = rows.cancellations.get_mut(&before.slot).filter(|found| *found == before);
        Ok(found.map(|found| *found = after.clone()).is_some())
    }

    async fn cancellations_due(&self, limit: usize) -> Result<Vec<Cancellation>, StoreError> {
        let rows = self.rows();
        let mut due: Vec<_> = rows.cancellations.values().filter(|its| its.done_at.is_none()).cloned().collect();
        due.sort_by_key(|cancellation| cancellation.at);
        due.truncate(limit);
        Ok(due)
    }
}

#[async_trait]
impl Holds for OwnStore {
    async fn holds(&self, slot: SlotId) -> Result<Vec<HeldSeats>, StoreError> {
        Ok(self.rows().holds_of(slot))
    }

    async fn lapse_holds(&self, slot: SlotId, by: DateTime<Utc>) -> Result<(), StoreError> {
        let mut rows = self.rows();
        let slots = rows.slots_of(&Target::Slot(slot));
        rows.lapse(&slots, by).map(drop)
    }

    async fn slots_to_lapse(
        &self,
        by: DateTime<Utc>,
        after: Option<SlotId>,
        limit: usize,
    ) -> Result<Vec<SlotId>, StoreError> {
        let rows = self.rows();
        let due = |id: &&SlotId| rows.holds_of(**id).first().is_some_and(|hold| hold.until <= by);
        let slots = rows.slots.keys().filter(|id| after.is_none_or(|after| **id > after));
        Ok(slots.filter(due).take(limit).copied().collect())
    }
}

#[async_trait]
impl Payments for OwnStore {
    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, StoreError> {
        Ok(self.rows().payments.get(&id).cloned())
    }

    async fn replace_payment(&self, before: &Payment, after: &Payment) -> Result<bool, StoreError> {
        let mut rows = self.rows();
        let payment = rows.payments.get_mut(&before.id).filter(|payment| *payment == before);
        Ok(payment.map(|payment| *payment = after.clone()).is_some())
    }

    async fn payments_due(&self, by: DateTime<Utc>, limit: usize) -> Result<Vec<Payment>, StoreError> {
        let rows = self.rows();
        let mut due: Vec<_> =
            rows.payments.values().filter(|payment| payment.due.is_some_and(|at| at <= by)).cloned().collect();
        due.sort_by_key(|payment| payment.due);
        due.truncate(limit);
        Ok(due)
    }

    async fn unpaid_payments(&self, after: Option<PaymentCursor>, limit: usize) -> Result<Vec<Payment>, StoreError> {
        let is_next = |payment: &&Payment| {
            payment.state == PaymentState::Unpaid
                && after.is_none_or(|after| (payment.since, payment.id) > (after.since, after.id))
        };
        let mut found: Vec<_> = self.rows().payments.values().filter(is_next).cloned().collect();
        found.sort_by_key(|payment| (payment.since, payment.id));
        found.truncate(limit);
        Ok(found)
    }

    async fn refund(&self, id: RefundId) -> Result<Option<Refund>, StoreError> {
        Ok(self.rows().refunds.get(&id).cloned())
    }

    async fn refunds_of(&self, ids: &[RefundId]) -> Result<Vec<Option<Refund>>, StoreError> {
        let rows = self.rows();
        Ok(ids.iter().map(|id| rows.refunds.get(id).cloned()).collect())
    }

    async fn replace_refund(&self, before: &Refund, after: &Refund) -> Result<bool, StoreError> {
        let mut rows = self.rows();
        let refund = rows.refunds.get_mut(&before.id).filter(|refund| *refund == before);
        Ok(refund.map(|refund| *refund = after.clone()).is_some())
    }

    async fn refunds_due(&self, by: DateTime<Utc>, limit: usize) -> Result<Vec<Refund>, StoreError> {
        let rows = self.rows();
        let mut due: Vec<_> =
            rows.refunds.values().filter(|refund| refund.due.is_some_and(|at| at <= by)).cloned().collect();
        due.sort_by_key(|refund| refund.due);
        due.truncate(limit);
        Ok(due)
    }

    async fn refunds(
        &self,
        state: RefundState,
        after: Option<RefundCursor>,
        limit: usize,
    ) -> Result<Vec<Refund>, StoreError> {
        let is_next =
            |refund: &&Refund| after.is_none_or(|after| (refund.made_at, refund.id) > (after.made_at, after.id));
        let rows = self.rows();
        let found = rows.refunds.values().filter(|refund| refund.state == state).filter(is_next);
        let mut found: Vec<_> = found.cloned().collect();
        found.sort_by_key(|refund| (refund.made_at, refund.id));
        found.truncate(limit);
        Ok(found)
    }
}

#[async_trait]
impl Reseatings for OwnStore {
    async fn move_slot(
        &self,
        reseating: &Reseating,
        target: &TicketSlot,
        revision: Revision,
    ) -> Result<Reseating, StoreError> {
        let mut rows = self.rows();
        if let Some(before) = rows.reseatings.get(&reseating.slot) {
            return Ok(before.clone());
        }
        let slot = rows.slots.get(&reseating.slot).ok_or(Refusal::Unknown(Entity::Slot))?;
        let moved = slot.moved()?;
        if slot.revision() != revision {
            return Err(StoreError::Contended);
        }
        if rows.slots.contains_key(&target.id()) {
            return Err(StoreError::IdTaken);
        }
        rows.check_free(target.showing())?;
        rows.slots.insert(moved.id(), moved);
        rows.slots.insert(target.id(), target.clone());
        rows.reseatings.insert(reseating.slot, reseating.clone());
        Ok(reseating.clone())
    }

    async fn reseating(&self, slot: SlotId) -> Result<Option<Reseating>, StoreError> {
        Ok(self.rows().reseatings.get(&slot).cloned())
    }

    async fn replace_reseating(&self, before: &Reseating, after: &Reseating) -> Result<bool, StoreError> {
        let mut rows = self.rows();
        let found = rows.reseatings.get_mut(&before.slot).filter(|found| *found == before);
        Ok(found.map(|found| *found = after.clone()).is_some())
    }

    async fn reseatings_due(&self, limit: usize) -> Result<Vec<Reseating>, StoreError> {
        let rows = self.rows();
        let mut due: Vec<_> = rows.reseatings.values().filter(|its| its.done_at.is_none()).cloned().collect();
        due.sort_by_key(|reseating| reseating.at);
        due.truncate(limit);
        Ok(due)
    }
}

#[async_trait]
impl Erasures for OwnStore {
    async fn erased_to(&self) -> Result<Option<ErasurePosition>, StoreError> {
        Ok(self.rows().erased_to)
    }

    async fn note_erased_to(&self, position: &ErasurePosition) -> Result<(), StoreError> {
        self.rows().erased_to = Some(*position);
        Ok(())
    }

    async fn purge(&self, _: bool) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl Totals for OwnStore {
    async fn final_totals(&self, slots: &[SlotId]) -> Result<Vec<FinalTotals>, StoreError> {
        let rows = self.rows();
        Ok(slots.iter().filter_map(|slot| rows.totals.get(slot)).cloned().collect())
    }
}

#[async_trait]
impl Sweeps for OwnStore {
    async fn expire(&self, sweep: &Sweep) -> Result<Swept, StoreError> {
        let mut rows = self.rows();
        for slot in rows.slots.values_mut().filter(|slot| slot.showing().end() <= sweep.due_by) {
            *slot = slot.with_seats(slot.seats().close());
        }
        let canceled: BTreeSet<_> = rows.cancellations.keys().copied().collect();
        let is_due = |booking: &Booking| booking.showing().end() <= sweep.due_by;
        let is_due = |booking: &Booking| is_due(booking) && !canceled.contains(&booking.key().slot);
        let swept = rows.sweep(sweep, &Action::Expire, is_due)?;
        if !swept.more {
            rows.total(sweep);
        }
        Ok(swept)
    }

    async fn archive(&self, sweep: &Sweep) -> Result<Swept, StoreError> {
        let mut rows = self.rows();
        rows.done.retain(|_, (record, _)| sweep.at - record.at <= IdempotencyRecord::KEPT);
        rows.sweep(sweep, &Action::Archive { settled_by: sweep.due_by }, |_| true)
    }
}

#[async_trait]
impl KeyStore for OwnStore {
    async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError> {
        Ok(self.rows().keys.clone())
    }

    async fn key(&self, hash: &KeyHash) -> Result<Option<KeyRecord>, StoreError> {
        Ok(self.rows().keys.iter().find(|key| key.hash == *hash).cloned())
    }

    async fn add_key(&self, key: &KeyRecord, limit: u32) -> Result<(), StoreError> {
        let mut rows = self.rows();
        if rows.keys.iter().any(|known| known.hash == key.hash) {
            return Ok(());
        }
        if rows.keys.iter().any(|known| known.label == key.label) {
            return Err(Refusal::LabelTaken.into());
        }
        if usize::try_from(limit).is_ok_and(|limit| rows.keys.len() >= limit) {
            return Err(Refusal::TooManyKeys { limit }.into());
        }
        rows.keys.push(key.clone());
        rows.keys.sort_by_key(|key| key.created);
        Ok(())
    }

    async fn revoke_key(&self, hash: &KeyHash) -> Result<(), StoreError> {
        let mut rows = self.rows();
        let known = rows.keys.len();
        rows.keys.retain(|key| key.hash != *hash);
        if rows.keys.len() == known { Err(Refusal::Unknown(Entity::ApiKey).into()) } else { Ok(()) }
    }

    async fn note_use(&self, hash: &KeyHash, hour: DateTime<Utc>) -> Result<(), StoreError> {
        if let Some(key) = self.rows().keys.iter_mut().find(|key| key.hash == *hash) {
            key.used = key.used.max(Some(hour));
        }
        Ok(())
    }
}

/// All that the store keeps, for a verification.
#[async_trait]
impl Records for OwnStore {
    async fn fingerprint(&self) -> Result<Option<Fingerprint>, StoreError> {
        Ok(self.rows().installation.as_ref().map(Fingerprint::of))
    }

    async fn count(&self) -> Result<u64, StoreError> {
        Ok(u64::try_from(self.rows().bookings.len()).unwrap_or(u64::MAX))
    }

    async fn records(&self, _: Option<&RecordCursor>) -> Result<RecordPage, StoreError> {
        Ok(RecordPage { records: self.rows().records().into_iter().map(Ok).collect(), next: None })
    }

    async fn slot_records(&self, _: SlotId) -> Result<Option<Vec<Record>>, StoreError> {
        Ok(Some(Vec::new()))
    }

    fn is_snapshot(&self) -> bool {
        // All records are one page.
        true
    }
}

impl Rows {
    fn records(&self) -> Vec<Record> {
        let mut all: Vec<Record> = self.installation.iter().cloned().map(Record::Installation).collect();
        all.extend(self.keys.iter().cloned().map(Record::ApiKey));
        all.extend(self.auditoriums.values().cloned().map(Record::Auditorium));
        all.extend(self.plans.iter().map(|(&(auditorium, version), plan)| {
            Record::Plan(StoredPlan { auditorium, version, plan: Arc::clone(plan) })
        }));
        all.extend(self.price_lists.values().cloned().map(Record::PriceList));
        all.extend(self.prices.iter().map(|(&(price_list, version), list)| {
            Record::Prices(StoredPrices { price_list, version, list: Arc::clone(list) })
        }));
        all.extend(self.promotions.values().cloned().map(Record::Promotion));
        all.extend(self.slots.values().map(|slot| {
            let is_expiry_due = !self.totals.contains_key(&slot.id()) && slot.sales() != Sales::Canceled;
            Record::Slot(StoredSlot { slot: slot.clone(), is_expiry_due })
        }));
        all.extend(self.blocks.values().cloned().map(Record::Block));
        all.extend(self.bookings.values().cloned().map(Box::new).map(Record::Booking));
        all.extend(self.payments.values().cloned().map(Box::new).map(Record::Payment));
        all.extend(self.refunds.values().cloned().map(Record::Refund));
        all.extend(self.done.iter().map(|(&key, (record, outcome))| {
            let (request, day) = (record.request, record.at.date_naive());
            Record::Request(StoredRequest { key, request, day, outcome: *outcome })
        }));
        all.extend(self.cancellations.values().cloned().map(Record::Cancellation));
        all.extend(self.reseatings.values().cloned().map(Record::Reseating));
        all.extend(self.totals.values().cloned().map(Record::FinalTotals));
        all
    }
}
