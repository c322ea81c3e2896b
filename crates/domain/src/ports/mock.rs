//! Mocks of a complete store and of a payment provider, for failures that real ones do not show on demand.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    Auditorium, AuditoriumId, Auditoriums, Block, BlockId, Blocks, Booking, BookingKey, BookingNo, Bookings,
    Cancellation, Cancellations, Catalogue, Change, ErasurePosition, Erasures, FinalTotals, HeldSeats, Holds, HttpUrl,
    Installation, InstallationKey, KeyHash, KeyRecord, KeyStore, MovedBooking, NewBlock, NewBooking, NotificationError,
    Page, Payment, PaymentCursor, PaymentError, PaymentId, PaymentNotification, PaymentOrder, PaymentProvider,
    PaymentReport, Payments, Plan, PlanVersion, PriceList, PriceListId, PriceListVersion, PriceLists, Promotion,
    PromotionChange, PromotionCode, Promotions, Rebooking, Refund, RefundCursor, RefundId, RefundOrder, RefundState,
    Reseating, Reseatings, Revision, Showing, SignedNotification, SlotChange, SlotCursor, SlotId, SlotQuery,
    StoreError, StoredPriceList, Sweep, Sweeps, Swept, Target, TicketSlot, Totals, UserId,
};

mockall::mock! {
    /// A store that does what a test sets.
    pub Store {}

    #[async_trait]
    impl Catalogue for Store {
        async fn add_slot(&self, slot: &TicketSlot) -> Result<(), StoreError>;
        async fn change_slot(&self, id: SlotId, change: &SlotChange) -> Result<TicketSlot, StoreError>;
        async fn slot(&self, id: SlotId) -> Result<Option<TicketSlot>, StoreError>;
        async fn slots_of(&self, target: &Target) -> Result<Vec<TicketSlot>, StoreError>;
        async fn slots(&self, query: &SlotQuery) -> Result<Page<TicketSlot, SlotCursor>, StoreError>;
    }

    #[async_trait]
    impl Auditoriums for Store {
        async fn add_auditorium(&self, auditorium: &Auditorium) -> Result<(), StoreError>;
        async fn auditorium(&self, id: AuditoriumId) -> Result<Option<Auditorium>, StoreError>;
        async fn auditoriums(&self) -> Result<Vec<Auditorium>, StoreError>;
        async fn replace_plan(&self, id: AuditoriumId, plan: &Arc<Plan>) -> Result<Auditorium, StoreError>;
        async fn plan(&self, id: AuditoriumId, version: PlanVersion) -> Result<Option<Arc<Plan>>, StoreError>;
        async fn timetable(
            &self,
            id: AuditoriumId,
            from: DateTime<Utc>,
            until: DateTime<Utc>,
        ) -> Result<Vec<Arc<Showing>>, StoreError>;
    }

    #[async_trait]
    impl PriceLists for Store {
        async fn add_price_list(&self, list: &StoredPriceList) -> Result<(), StoreError>;
        async fn price_list(&self, id: PriceListId) -> Result<Option<StoredPriceList>, StoreError>;
        async fn price_lists(&self) -> Result<Vec<StoredPriceList>, StoreError>;
        async fn replace_prices(&self, id: PriceListId, list: &Arc<PriceList>) -> Result<StoredPriceList, StoreError>;
        async fn prices(
            &self,
            id: PriceListId,
            version: PriceListVersion,
        ) -> Result<Option<Arc<PriceList>>, StoreError>;
    }

    #[async_trait]
    impl Promotions for Store {
        async fn add_promotion(&self, promotion: &Promotion) -> Result<(), StoreError>;
        async fn promotion(&self, code: &PromotionCode) -> Result<Option<Promotion>, StoreError>;
        async fn promotions(&self) -> Result<Vec<Promotion>, StoreError>;
        async fn change_promotion(
            &self,
            code: &PromotionCode,
            change: &PromotionChange,
        ) -> Result<Promotion, StoreError>;
        async fn give_back_uses(&self, code: Option<PromotionCode>, limit: usize) -> Result<usize, StoreError>;
    }

    #[async_trait]
    impl Blocks for Store {
        async fn add_block(&self, new: &NewBlock) -> Result<Block, StoreError>;
        async fn delete_block(&self, slot: SlotId, id: BlockId) -> Result<Block, StoreError>;
        async fn blocks(&self, slot: SlotId) -> Result<Vec<Block>, StoreError>;
        async fn release_blocks(&self, slot: SlotId, by: DateTime<Utc>) -> Result<(), StoreError>;
        async fn slots_to_release(&self, by: DateTime<Utc>, limit: usize) -> Result<Vec<SlotId>, StoreError>;
    }

    #[async_trait]
    impl Bookings for Store {
        async fn book(&self, new: &NewBooking) -> Result<Booking, StoreError>;
        async fn rebook(&self, rebooking: &Rebooking) -> Result<MovedBooking, StoreError>;
        async fn change(&self, change: &Change) -> Result<Booking, StoreError>;
        async fn booking(&self, key: BookingKey) -> Result<Option<Booking>, StoreError>;
        async fn booking_in(&self, no: BookingNo, slots: &[SlotId]) -> Result<Option<Booking>, StoreError>;
        async fn bookings_of_slot(
            &self,
            slot: SlotId,
            from: Option<BookingNo>,
            limit: usize,
        ) -> Result<Vec<Booking>, StoreError>;
        async fn bookings_of_user(
            &self,
            user: UserId,
            from: Option<BookingKey>,
            limit: usize,
        ) -> Result<Vec<Booking>, StoreError>;
    }

    #[async_trait]
    impl Cancellations for Store {
        async fn cancel_slot(&self, slot: SlotId, at: DateTime<Utc>) -> Result<Cancellation, StoreError>;
        async fn cancellation(&self, slot: SlotId) -> Result<Option<Cancellation>, StoreError>;
        async fn replace_cancellation(&self, before: &Cancellation, after: &Cancellation) -> Result<bool, StoreError>;
        async fn cancellations_due(&self, limit: usize) -> Result<Vec<Cancellation>, StoreError>;
    }

    #[async_trait]
    impl Holds for Store {
        async fn holds(&self, slot: SlotId) -> Result<Vec<HeldSeats>, StoreError>;
        async fn lapse_holds(&self, slot: SlotId, by: DateTime<Utc>) -> Result<(), StoreError>;
        async fn slots_to_lapse(
            &self,
            by: DateTime<Utc>,
            after: Option<SlotId>,
            limit: usize,
        ) -> Result<Vec<SlotId>, StoreError>;
    }

    #[async_trait]
    impl Payments for Store {
        async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, StoreError>;
        async fn replace_payment(&self, before: &Payment, after: &Payment) -> Result<bool, StoreError>;
        async fn unpaid_payments(&self, after: Option<PaymentCursor>, limit: usize) -> Result<Vec<Payment>, StoreError>;
        async fn payments_due(&self, by: DateTime<Utc>, limit: usize) -> Result<Vec<Payment>, StoreError>;
        async fn refund(&self, id: RefundId) -> Result<Option<Refund>, StoreError>;
        async fn refunds_of(&self, ids: &[RefundId]) -> Result<Vec<Option<Refund>>, StoreError>;
        async fn replace_refund(&self, before: &Refund, after: &Refund) -> Result<bool, StoreError>;
        async fn refunds_due(&self, by: DateTime<Utc>, limit: usize) -> Result<Vec<Refund>, StoreError>;
        async fn refunds(
            &self,
            state: RefundState,
            after: Option<RefundCursor>,
            limit: usize,
        ) -> Result<Vec<Refund>, StoreError>;
    }

    #[async_trait]
    impl Reseatings for Store {
        async fn move_slot(
            &self,
            reseating: &Reseating,
            target: &TicketSlot,
            revision: Revision,
        ) -> Result<Reseating, StoreError>;
        async fn reseating(&self, slot: SlotId) -> Result<Option<Reseating>, StoreError>;
        async fn replace_reseating(&self, before: &Reseating, after: &Reseating) -> Result<bool, StoreError>;
        async fn reseatings_due(&self, limit: usize) -> Result<Vec<Reseating>, StoreError>;
    }

    #[async_trait]
    impl Erasures for Store {
        async fn erased_to(&self) -> Result<Option<ErasurePosition>, StoreError>;
        async fn note_erased_to(&self, position: &ErasurePosition) -> Result<(), StoreError>;
        async fn purge(&self, forced: bool) -> Result<(), StoreError>;
    }

    #[async_trait]
    impl Totals for Store {
        async fn final_totals(&self, slots: &[SlotId]) -> Result<Vec<FinalTotals>, StoreError>;
    }

    #[async_trait]
    impl Sweeps for Store {
        async fn expire(&self, sweep: &Sweep) -> Result<Swept, StoreError>;
        async fn archive(&self, sweep: &Sweep) -> Result<Swept, StoreError>;
    }

    #[async_trait]
    impl Installation for Store {
        async fn installation_key(&self, fresh: &InstallationKey) -> Result<InstallationKey, StoreError>;
        async fn ready(&self) -> Result<(), StoreError>;
        fn overloaded(&self) -> bool;
    }

    #[async_trait]
    impl KeyStore for Store {
        async fn keys(&self) -> Result<Vec<KeyRecord>, StoreError>;
        async fn key(&self, hash: &KeyHash) -> Result<Option<KeyRecord>, StoreError>;
        async fn add_key(&self, key: &KeyRecord, limit: u32) -> Result<(), StoreError>;
        async fn revoke_key(&self, hash: &KeyHash) -> Result<(), StoreError>;
        async fn note_use(&self, hash: &KeyHash, hour: DateTime<Utc>) -> Result<(), StoreError>;
    }
}

mockall::mock! {
    /// A payment provider that does what a test sets.
    pub PaymentProvider {}

    #[async_trait]
    impl PaymentProvider for PaymentProvider {
        async fn authorise(&self, order: &PaymentOrder) -> Result<HttpUrl, PaymentError>;
        async fn capture(&self, payment: PaymentId) -> Result<(), PaymentError>;
        async fn void(&self, payment: PaymentId) -> Result<(), PaymentError>;
        async fn refund(&self, refund: &RefundOrder) -> Result<(), PaymentError>;
        async fn payment(&self, payment: PaymentId) -> Result<Option<PaymentReport>, PaymentError>;
        fn read_notification<'a>(
            &self,
            notification: &SignedNotification<'a>,
            now: DateTime<Utc>,
        ) -> Result<PaymentNotification, NotificationError>;
    }
}
