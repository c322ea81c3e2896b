//! The ports. Each method passes its work to the writer or to a reader.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use ticketly_domain::{
    Auditorium, AuditoriumId, Auditoriums, Block, BlockId, Blocks, Booking, BookingKey, BookingNo, Bookings,
    Cancellation, Cancellations, Catalogue, Change, ErasurePosition, Erasures, FinalTotals, HeldSeats, Holds,
    Installation, InstallationKey, MovedBooking, NewBlock, NewBooking, Page, Payment, PaymentCursor, PaymentId,
    Payments, Plan, PlanVersion, PriceList, PriceListId, PriceListVersion, PriceLists, Promotion, PromotionChange,
    PromotionCode, Promotions, Rebooking, Refund, RefundCursor, RefundId, RefundState, Reseating, Reseatings, Revision,
    Showing, SlotChange, SlotCursor, SlotId, SlotQuery, StoreError, StoredPriceList, Sweep, Sweeps, Swept, Target,
    TicketSlot, Totals, UserId,
};

use crate::db::Db;
use crate::error::failed;
use crate::rows::no_key;
use crate::store::SqliteStore;
use crate::{
    auditoriums, blocks, cancellations, changes, erasures, holds, payments, price_lists, promotions, queries,
    reseatings, schema, sweeps, totals,
};

#[async_trait]
impl Installation for SqliteStore {
    async fn installation_key(&self, fresh: &InstallationKey) -> Result<InstallationKey, StoreError> {
        let fresh = fresh.clone();
        self.write(move |session| changes::installation_key(session, &fresh)).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        // On a full disk, a transaction that writes nothing would still succeed. An overloaded store is ready.
        self.write_first(|session| schema::write_a_page(&session.db).map_err(failed)).await?;
        self.read_rows(|db| db.query_row("SELECT count(*) FROM installation", [], |_| Ok(())).map_err(failed)).await
    }

    fn overloaded(&self) -> bool {
        self.writer_overloaded()
    }
}

#[async_trait]
impl Catalogue for SqliteStore {
    async fn add_slot(&self, slot: &TicketSlot) -> Result<(), StoreError> {
        let slot = slot.clone();
        self.write(move |session| changes::add_slot(session, &slot)).await
    }

    async fn change_slot(&self, id: SlotId, change: &SlotChange) -> Result<TicketSlot, StoreError> {
        let change = change.clone();
        self.write(move |session| changes::change_slot(session, id, &change)).await
    }

    async fn slot(&self, id: SlotId) -> Result<Option<TicketSlot>, StoreError> {
        self.read_rows(move |db| queries::slot(db, id)).await
    }

    async fn slots_of(&self, target: &Target) -> Result<Vec<TicketSlot>, StoreError> {
        let target = target.clone();
        self.read_rows(move |db| queries::slots_of(db, &target)).await
    }

    async fn slots(&self, query: &SlotQuery) -> Result<Page<TicketSlot, SlotCursor>, StoreError> {
        let (query, known) = (query.clone(), Arc::clone(&self.known));
        let few = queries::reads_few(&query);
        let read = move |db: &Db| queries::slots(db, &known, &query);
        if few { self.read_rows(read).await } else { self.read(read).await }
    }
}

#[async_trait]
impl Auditoriums for SqliteStore {
    async fn add_auditorium(&self, auditorium: &Auditorium) -> Result<(), StoreError> {
        let auditorium = auditorium.clone();
        self.write(move |session| auditoriums::add(session, &auditorium)).await
    }

    async fn auditorium(&self, id: AuditoriumId) -> Result<Option<Auditorium>, StoreError> {
        self.read_rows(move |db| auditoriums::one(db, id)).await
    }

    async fn auditoriums(&self) -> Result<Vec<Auditorium>, StoreError> {
        self.read(auditoriums::list).await
    }

    async fn replace_plan(&self, id: AuditoriumId, plan: &Arc<Plan>) -> Result<Auditorium, StoreError> {
        let plan = Arc::clone(plan);
        self.write(move |session| auditoriums::replace_plan(session, id, &plan)).await
    }

    async fn plan(&self, id: AuditoriumId, version: PlanVersion) -> Result<Option<Arc<Plan>>, StoreError> {
        self.read_rows(move |db| db.plan(id, version)).await
    }

    async fn timetable(
        &self,
        id: AuditoriumId,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Arc<Showing>>, StoreError> {
        self.read(move |db| auditoriums::timetable(db, id, from, until)).await
    }
}

#[async_trait]
impl PriceLists for SqliteStore {
    async fn add_price_list(&self, list: &StoredPriceList) -> Result<(), StoreError> {
        let list = list.clone();
        self.write(move |session| price_lists::add(session, &list)).await
    }

    async fn price_list(&self, id: PriceListId) -> Result<Option<StoredPriceList>, StoreError> {
        self.read_rows(move |db| price_lists::one(db, id)).await
    }

    async fn price_lists(&self) -> Result<Vec<StoredPriceList>, StoreError> {
        self.read(price_lists::list).await
    }

    async fn replace_prices(&self, id: PriceListId, list: &Arc<PriceList>) -> Result<StoredPriceList, StoreError> {
        let list = Arc::clone(list);
        self.write(move |session| price_lists::replace(session, id, &list)).await
    }

    async fn prices(&self, id: PriceListId, version: PriceListVersion) -> Result<Option<Arc<PriceList>>, StoreError> {
        self.read_rows(move |db| db.prices(id, version)).await
    }
}

#[async_trait]
impl Promotions for SqliteStore {
    async fn add_promotion(&self, promotion: &Promotion) -> Result<(), StoreError> {
        let promotion = promotion.clone();
        self.write(move |session| promotions::add(session, &promotion)).await
    }

    async fn promotion(&self, code: &PromotionCode) -> Result<Option<Promotion>, StoreError> {
        let code = code.clone();
        self.read_rows(move |db| promotions::one(db, &code)).await
    }

    async fn promotions(&self) -> Result<Vec<Promotion>, StoreError> {
        self.read(promotions::list).await
    }

    async fn change_promotion(&self, code: &PromotionCode, change: &PromotionChange) -> Result<Promotion, StoreError> {
        let (code, change) = (code.clone(), *change);
        self.write(move |session| promotions::change(session, &code, &change)).await
    }

    /// Every hold gives its use back in the transaction in which it ends.
    async fn give_back_uses(&self, _: Option<PromotionCode>, _: usize) -> Result<usize, StoreError> {
        Ok(0)
    }
}

#[async_trait]
impl Blocks for SqliteStore {
    async fn add_block(&self, new: &NewBlock) -> Result<Block, StoreError> {
        let new = new.clone();
        self.write(move |session| blocks::add(session, &new)).await
    }

    async fn delete_block(&self, slot: SlotId, id: BlockId) -> Result<Block, StoreError> {
        self.write(move |session| blocks::delete(session, slot, id)).await
    }

    async fn blocks(&self, slot: SlotId) -> Result<Vec<Block>, StoreError> {
        self.read(move |db| match queries::slot(db, slot)? {
            Some(slot) => blocks::of_slot(db, &slot),
            None => Ok(Vec::new()),
        })
        .await
    }

    async fn release_blocks(&self, slot: SlotId, by: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(move |session| blocks::release_due(session, slot, by)).await
    }

    async fn slots_to_release(&self, by: DateTime<Utc>, limit: usize) -> Result<Vec<SlotId>, StoreError> {
        self.read(move |db| blocks::slots_to_release(db, by, limit)).await
    }
}

#[async_trait]
impl Bookings for SqliteStore {
    async fn book(&self, new: &NewBooking) -> Result<Booking, StoreError> {
        let new = new.clone();
        self.write(move |session| changes::book(session, &new)).await
    }

    async fn rebook(&self, rebooking: &Rebooking) -> Result<MovedBooking, StoreError> {
        let rebooking = rebooking.clone();
        self.write(move |session| changes::rebook(session, &rebooking)).await
    }

    async fn change(&self, change: &Change) -> Result<Booking, StoreError> {
        let change = change.clone();
        self.write(move |session| changes::change(session, &change)).await
    }

    async fn booking(&self, key: BookingKey) -> Result<Option<Booking>, StoreError> {
        self.read_rows(move |db| queries::booking(db, key)).await
    }

    async fn booking_in(&self, no: BookingNo, slots: &[SlotId]) -> Result<Option<Booking>, StoreError> {
        let slots = slots.to_vec();
        self.read(move |db| queries::booking_in(db, no, &slots)).await
    }

    async fn bookings_of_slot(
        &self,
        slot: SlotId,
        from: Option<BookingNo>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError> {
        self.read(move |db| queries::bookings_of_slot(db, slot, from.map_or(0, no_key), limit)).await
    }

    async fn bookings_of_user(
        &self,
        user: UserId,
        from: Option<BookingKey>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError> {
        self.read(move |db| queries::bookings_of_user(db, user, from, limit)).await
    }
}

#[async_trait]
impl Cancellations for SqliteStore {
    async fn cancel_slot(&self, slot: SlotId, at: DateTime<Utc>) -> Result<Cancellation, StoreError> {
        self.write(move |session| cancellations::cancel(session, slot, at)).await
    }

    async fn cancellation(&self, slot: SlotId) -> Result<Option<Cancellation>, StoreError> {
        self.read_rows(move |db| cancellations::one(db, slot)).await
    }

    async fn replace_cancellation(&self, before: &Cancellation, after: &Cancellation) -> Result<bool, StoreError> {
        let (before, after) = (before.clone(), after.clone());
        self.write(move |session| cancellations::replace(session, &before, &after)).await
    }

    async fn cancellations_due(&self, limit: usize) -> Result<Vec<Cancellation>, StoreError> {
        self.read(move |db| cancellations::due(db, limit)).await
    }
}

#[async_trait]
impl Holds for SqliteStore {
    async fn holds(&self, slot: SlotId) -> Result<Vec<HeldSeats>, StoreError> {
        self.read(move |db| queries::holds_of_slot(db, slot)).await
    }

    async fn lapse_holds(&self, slot: SlotId, by: DateTime<Utc>) -> Result<(), StoreError> {
        self.write(move |session| holds::lapse_due(session, slot, by)).await
    }

    async fn slots_to_lapse(
        &self,
        by: DateTime<Utc>,
        after: Option<SlotId>,
        limit: usize,
    ) -> Result<Vec<SlotId>, StoreError> {
        self.read(move |db| queries::slots_to_lapse(db, by, after, limit)).await
    }
}

#[async_trait]
impl Payments for SqliteStore {
    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, StoreError> {
        self.read_rows(move |db| payments::payment(db, id)).await
    }

    async fn replace_payment(&self, before: &Payment, after: &Payment) -> Result<bool, StoreError> {
        let (before, after) = (before.clone(), after.clone());
        self.write(move |session| payments::replace_payment(session, &before, &after)).await
    }

    async fn payments_due(&self, by: DateTime<Utc>, limit: usize) -> Result<Vec<Payment>, StoreError> {
        self.read(move |db| payments::payments_due(db, by, limit)).await
    }

    async fn unpaid_payments(&self, after: Option<PaymentCursor>, limit: usize) -> Result<Vec<Payment>, StoreError> {
        self.read(move |db| payments::unpaid(db, after, limit)).await
    }

    async fn refund(&self, id: RefundId) -> Result<Option<Refund>, StoreError> {
        self.read_rows(move |db| payments::refund(db, id)).await
    }

    async fn refunds_of(&self, ids: &[RefundId]) -> Result<Vec<Option<Refund>>, StoreError> {
        let ids = ids.to_vec();
        self.read(move |db| payments::refunds_of(db, &ids)).await
    }

    async fn replace_refund(&self, before: &Refund, after: &Refund) -> Result<bool, StoreError> {
        let (before, after) = (before.clone(), after.clone());
        self.write(move |session| payments::replace_refund(session, &before, &after)).await
    }

    async fn refunds_due(&self, by: DateTime<Utc>, limit: usize) -> Result<Vec<Refund>, StoreError> {
        self.read(move |db| payments::refunds_due(db, by, limit)).await
    }

    async fn refunds(
        &self,
        state: RefundState,
        after: Option<RefundCursor>,
        limit: usize,
    ) -> Result<Vec<Refund>, StoreError> {
        self.read(move |db| payments::refunds(db, state, after, limit)).await
    }
}

#[async_trait]
impl Reseatings for SqliteStore {
    async fn move_slot(
        &self,
        reseating: &Reseating,
        target: &TicketSlot,
        revision: Revision,
    ) -> Result<Reseating, StoreError> {
        let (reseating, target) = (reseating.clone(), target.clone());
        self.write(move |session| reseatings::move_slot(session, &reseating, &target, revision)).await
    }

    async fn reseating(&self, slot: SlotId) -> Result<Option<Reseating>, StoreError> {
        self.read_rows(move |db| reseatings::one(db, slot)).await
    }

    async fn replace_reseating(&self, before: &Reseating, after: &Reseating) -> Result<bool, StoreError> {
        let (before, after) = (before.clone(), after.clone());
        self.write(move |session| reseatings::replace(session, &before, &after)).await
    }

    async fn reseatings_due(&self, limit: usize) -> Result<Vec<Reseating>, StoreError> {
        self.read(move |db| reseatings::due(db, limit)).await
    }
}

#[async_trait]
impl Erasures for SqliteStore {
    async fn erased_to(&self) -> Result<Option<ErasurePosition>, StoreError> {
        self.read_rows(erasures::position).await
    }

    async fn note_erased_to(&self, position: &ErasurePosition) -> Result<(), StoreError> {
        let position = *position;
        self.write(move |session| erasures::note(session, &position)).await
    }

    async fn purge(&self, forced: bool) -> Result<(), StoreError> {
        match &self.path {
            Some(path) => erasures::purge(path, forced).await,
            // A store in memory leaves nothing.
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Totals for SqliteStore {
    async fn final_totals(&self, slots: &[SlotId]) -> Result<Vec<FinalTotals>, StoreError> {
        let slots = slots.to_owned();
        self.read_rows(move |db| totals::of_slots(db, &slots)).await
    }
}

#[async_trait]
impl Sweeps for SqliteStore {
    async fn expire(&self, sweep: &Sweep) -> Result<Swept, StoreError> {
        let sweep = *sweep;
        self.write(move |session| sweeps::expire(session, &sweep)).await
    }

    async fn archive(&self, sweep: &Sweep) -> Result<Swept, StoreError> {
        let sweep = *sweep;
        self.write(move |session| sweeps::archive(session, &sweep)).await
    }
}
