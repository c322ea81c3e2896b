//! The ports. Each change has one retry budget, which concludes its answer.

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

use crate::client::attributes::Item;
use crate::items::{cancellations, erasures, keyspace, payments, reseatings};
use crate::store::DynamoStore;

#[async_trait]
impl Installation for DynamoStore {
    async fn installation_key(&self, fresh: &InstallationKey) -> Result<InstallationKey, StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.keep_installation_key(fresh, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.table.check_layout().await
    }
}

#[async_trait]
impl Catalogue for DynamoStore {
    async fn add_slot(&self, slot: &TicketSlot) -> Result<(), StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.schedule(slot, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn change_slot(&self, id: SlotId, change: &SlotChange) -> Result<TicketSlot, StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.correct(id, change, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn slot(&self, id: SlotId) -> Result<Option<TicketSlot>, StoreError> {
        self.slot_with_seats(id).await
    }

    async fn slots_of(&self, target: &Target) -> Result<Vec<TicketSlot>, StoreError> {
        self.slots_with_seats(target).await
    }

    async fn slots(&self, query: &SlotQuery) -> Result<Page<TicketSlot, SlotCursor>, StoreError> {
        self.page_of_slots(query).await
    }
}

#[async_trait]
impl Auditoriums for DynamoStore {
    async fn add_auditorium(&self, auditorium: &Auditorium) -> Result<(), StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.insert_auditorium(auditorium, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn auditorium(&self, id: AuditoriumId) -> Result<Option<Auditorium>, StoreError> {
        self.auditorium_at(id).await
    }

    async fn auditoriums(&self) -> Result<Vec<Auditorium>, StoreError> {
        self.all_auditoriums().await
    }

    async fn replace_plan(&self, id: AuditoriumId, plan: &Arc<Plan>) -> Result<Auditorium, StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.exchange_plan(id, plan, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn plan(&self, id: AuditoriumId, version: PlanVersion) -> Result<Option<Arc<Plan>>, StoreError> {
        self.plans.find(&self.table, (id, version)).await
    }

    async fn timetable(
        &self,
        id: AuditoriumId,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Arc<Showing>>, StoreError> {
        self.showings_in(id, from, until).await
    }
}

#[async_trait]
impl PriceLists for DynamoStore {
    async fn add_price_list(&self, list: &StoredPriceList) -> Result<(), StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.insert_price_list(list, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn price_list(&self, id: PriceListId) -> Result<Option<StoredPriceList>, StoreError> {
        self.price_list_at(id).await
    }

    async fn price_lists(&self) -> Result<Vec<StoredPriceList>, StoreError> {
        self.all_price_lists().await
    }

    async fn replace_prices(&self, id: PriceListId, list: &Arc<PriceList>) -> Result<StoredPriceList, StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.exchange_prices(id, list, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn prices(&self, id: PriceListId, version: PriceListVersion) -> Result<Option<Arc<PriceList>>, StoreError> {
        self.price_lists.find(&self.table, (id, version)).await
    }
}

#[async_trait]
impl Promotions for DynamoStore {
    async fn add_promotion(&self, promotion: &Promotion) -> Result<(), StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.insert_promotion(promotion, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn promotion(&self, code: &PromotionCode) -> Result<Option<Promotion>, StoreError> {
        self.promotion_of(code).await
    }

    async fn promotions(&self) -> Result<Vec<Promotion>, StoreError> {
        self.all_promotions().await
    }

    async fn change_promotion(&self, code: &PromotionCode, change: &PromotionChange) -> Result<Promotion, StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.exchange_promotion(code, change, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn give_back_uses(&self, code: Option<PromotionCode>, limit: usize) -> Result<usize, StoreError> {
        self.give_back(code.as_ref(), limit).await
    }
}

#[async_trait]
impl Blocks for DynamoStore {
    async fn add_block(&self, new: &NewBlock) -> Result<Block, StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.insert_block(new, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn delete_block(&self, slot: SlotId, id: BlockId) -> Result<Block, StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.remove_block(slot, id, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn blocks(&self, slot: SlotId) -> Result<Vec<Block>, StoreError> {
        match self.scheduled(slot).await? {
            Some(slot) => self.blocks_of(slot.empty()).await,
            None => Ok(Vec::new()),
        }
    }

    async fn release_blocks(&self, slot: SlotId, by: DateTime<Utc>) -> Result<(), StoreError> {
        let release = Box::pin(self.release_blocks_of(slot, by));
        self.recent.releases.read(slot, release).await.map(|_| ())
    }

    async fn slots_to_release(&self, by: DateTime<Utc>, limit: usize) -> Result<Vec<SlotId>, StoreError> {
        self.slots_with_due_blocks(by, limit).await
    }
}

#[async_trait]
impl Bookings for DynamoStore {
    async fn book(&self, new: &NewBooking) -> Result<Booking, StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.book_within(new, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn rebook(&self, rebooking: &Rebooking) -> Result<MovedBooking, StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.rebook_within(rebooking, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn change(&self, change: &Change) -> Result<Booking, StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.change_within(change, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn booking(&self, key: BookingKey) -> Result<Option<Booking>, StoreError> {
        self.booking_at(key).await
    }

    async fn booking_in(&self, no: BookingNo, slots: &[SlotId]) -> Result<Option<Booking>, StoreError> {
        self.booking_among(no, slots).await
    }

    async fn bookings_of_slot(
        &self,
        slot: SlotId,
        from: Option<BookingNo>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError> {
        self.bookings_in_order(slot, from, limit).await
    }

    async fn bookings_of_user(
        &self,
        user: UserId,
        from: Option<BookingKey>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError> {
        self.bookings_of(user, from, limit).await
    }
}

#[async_trait]
impl Cancellations for DynamoStore {
    async fn cancel_slot(&self, slot: SlotId, at: DateTime<Utc>) -> Result<Cancellation, StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.cancel(slot, at, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn cancellation(&self, slot: SlotId) -> Result<Option<Cancellation>, StoreError> {
        self.cancellation_of(slot).await
    }

    async fn replace_cancellation(&self, before: &Cancellation, after: &Cancellation) -> Result<bool, StoreError> {
        let write = cancellations::replace(before, after);
        self.replaced(write, |found| cancellations::read(found).is_ok_and(|found| found == *after)).await
    }

    async fn cancellations_due(&self, limit: usize) -> Result<Vec<Cancellation>, StoreError> {
        self.unfinished_cancellations(limit).await
    }
}

#[async_trait]
impl Holds for DynamoStore {
    async fn holds(&self, slot: SlotId) -> Result<Vec<HeldSeats>, StoreError> {
        Ok(self.holds_now(slot).await?.to_vec())
    }

    async fn lapse_holds(&self, slot: SlotId, by: DateTime<Utc>) -> Result<(), StoreError> {
        let lapse = Box::pin(self.lapse_holds_of(slot, by));
        self.recent.lapses.read(slot, lapse).await.map(|_| ())
    }

    async fn slots_to_lapse(
        &self,
        by: DateTime<Utc>,
        after: Option<SlotId>,
        limit: usize,
    ) -> Result<Vec<SlotId>, StoreError> {
        self.slots_with_due_holds(by, after, limit).await
    }
}

#[async_trait]
impl Payments for DynamoStore {
    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, StoreError> {
        self.payment_of(id).await
    }

    async fn replace_payment(&self, before: &Payment, after: &Payment) -> Result<bool, StoreError> {
        let is_after = |found: &Item| payments::payment(found).is_ok_and(|found| found == *after);
        self.replaced(payments::replace_payment(before, after), is_after).await
    }

    async fn payments_due(&self, by: DateTime<Utc>, limit: usize) -> Result<Vec<Payment>, StoreError> {
        self.due_payments(by, limit).await
    }

    async fn unpaid_payments(&self, after: Option<PaymentCursor>, limit: usize) -> Result<Vec<Payment>, StoreError> {
        self.unpaid(after, limit).await
    }

    async fn refund(&self, id: RefundId) -> Result<Option<Refund>, StoreError> {
        self.refund_of(id).await
    }

    async fn refunds_of(&self, ids: &[RefundId]) -> Result<Vec<Option<Refund>>, StoreError> {
        self.refunds_by_id(ids).await
    }

    async fn replace_refund(&self, before: &Refund, after: &Refund) -> Result<bool, StoreError> {
        let is_after = |found: &Item| payments::refund(found).is_ok_and(|found| found == *after);
        self.replaced(payments::replace_refund(before, after), is_after).await
    }

    async fn refunds_due(&self, by: DateTime<Utc>, limit: usize) -> Result<Vec<Refund>, StoreError> {
        self.due_refunds(by, limit).await
    }

    async fn refunds(
        &self,
        state: RefundState,
        after: Option<RefundCursor>,
        limit: usize,
    ) -> Result<Vec<Refund>, StoreError> {
        self.refunds_in(state, after, limit).await
    }
}

#[async_trait]
impl Reseatings for DynamoStore {
    async fn move_slot(
        &self,
        reseating: &Reseating,
        target: &TicketSlot,
        revision: Revision,
    ) -> Result<Reseating, StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.move_to(reseating, target, revision, &mut budget).await;
        budget.concluded(outcome)
    }

    async fn reseating(&self, slot: SlotId) -> Result<Option<Reseating>, StoreError> {
        self.reseating_of(slot).await
    }

    async fn replace_reseating(&self, before: &Reseating, after: &Reseating) -> Result<bool, StoreError> {
        let write = reseatings::replace(before, after);
        self.replaced(write, |found| reseatings::read(found).is_ok_and(|found| found == *after)).await
    }

    async fn reseatings_due(&self, limit: usize) -> Result<Vec<Reseating>, StoreError> {
        self.unfinished_reseatings(limit).await
    }
}

#[async_trait]
impl Erasures for DynamoStore {
    async fn erased_to(&self) -> Result<Option<ErasurePosition>, StoreError> {
        self.table.get(&keyspace::erasure()).await?.map(|found| erasures::read(&found)).transpose()
    }

    async fn note_erased_to(&self, position: &ErasurePosition) -> Result<(), StoreError> {
        self.table.change(&erasures::note(position), &mut self.table.budget()).await.map(drop)
    }

    /// An item that is written has nothing of the earlier one.
    async fn purge(&self, _: bool) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl Totals for DynamoStore {
    async fn final_totals(&self, slots: &[SlotId]) -> Result<Vec<FinalTotals>, StoreError> {
        self.final_totals_of(slots).await
    }
}

#[async_trait]
impl Sweeps for DynamoStore {
    async fn expire(&self, sweep: &Sweep) -> Result<Swept, StoreError> {
        self.expire_step(sweep).await
    }

    async fn archive(&self, sweep: &Sweep) -> Result<Swept, StoreError> {
        self.archive_step(sweep).await
    }
}
