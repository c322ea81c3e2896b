//! Payments and refunds.

use chrono::{DateTime, Utc};
use ticketly_domain::{
    Payment, PaymentCursor, PaymentId, PaymentState, Refund, RefundCursor, RefundId, RefundState, StoreError,
};

use crate::client::attributes::Item;
use crate::client::table::{Index, Range};
use crate::client::write::{CommitOutcome, Write};
use crate::items::keyspace::{self, LAST, due};
use crate::items::payments;
use crate::store::DynamoStore;

impl DynamoStore {
    pub(crate) async fn payment_of(&self, id: PaymentId) -> Result<Option<Payment>, StoreError> {
        self.table.get(&keyspace::payment(id)).await?.map(|found| payments::payment(&found)).transpose()
    }

    pub(crate) async fn refund_of(&self, id: RefundId) -> Result<Option<Refund>, StoreError> {
        self.table.get(&keyspace::refund(id)).await?.map(|found| payments::refund(&found)).transpose()
    }

    pub(crate) async fn refunds_by_id(&self, ids: &[RefundId]) -> Result<Vec<Option<Refund>>, StoreError> {
        let keys: Vec<_> = ids.iter().map(|id| keyspace::refund(*id)).collect();
        let found = self.table.get_all(&keys).await?;
        found.iter().map(|found| found.as_ref().map(payments::refund).transpose()).collect()
    }

    /// Writes a replaced row. Returns whether it was as it was read, or is as it was to be written: an earlier attempt may have
    /// written it.
    pub(crate) async fn replaced(&self, write: Write, is_after: impl Fn(&Item) -> bool) -> Result<bool, StoreError> {
        let mut budget = self.table.budget();
        let outcome = self.table.commit(&[write], &mut budget).await;
        match budget.concluded(outcome)? {
            CommitOutcome::Done => Ok(true),
            CommitOutcome::Refused { found, .. } => {
                Ok(budget.ambiguous() && found.is_some_and(|found| is_after(&found)))
            }
        }
    }

    /// Reads the rows that a part of the index names, as they are in the table.
    async fn money<T>(
        &self,
        (partition, low, high): (&str, String, String),
        limit: usize,
        read: impl Fn(&Item) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let range = Range { index: Index::Due, pk: partition.to_owned(), low, high };
        let named = self.table.query(&range, limit).await?.items;
        let found = self.table.get_all(&payments::keys(&named)).await?;
        found.iter().flatten().map(read).collect()
    }

    pub(crate) async fn due_payments(&self, by: DateTime<Utc>, limit: usize) -> Result<Vec<Payment>, StoreError> {
        let high = format!("{}#{LAST}", keyspace::time(by));
        let mut found = self.money((due::PAYMENTS, String::new(), high), limit, payments::payment).await?;
        // The index lags behind.
        found.retain(|payment| payment.due.is_some_and(|at| at <= by));
        Ok(found)
    }

    pub(crate) async fn unpaid(&self, after: Option<PaymentCursor>, limit: usize) -> Result<Vec<Payment>, StoreError> {
        let low = after.map(|after| due::money(after.since, &after.id.to_string())).unwrap_or_default();
        let range = (due::UNPAID_PAYMENTS, low, LAST.to_string());
        let mut found = self.money(range, limit + 1, payments::payment).await?;
        found.retain(|payment| {
            let is_next = after.is_none_or(|after| (payment.since, payment.id) > (after.since, after.id));
            payment.state == PaymentState::Unpaid && is_next
        });
        found.truncate(limit);
        Ok(found)
    }

    pub(crate) async fn due_refunds(&self, by: DateTime<Utc>, limit: usize) -> Result<Vec<Refund>, StoreError> {
        let high = format!("{}#{LAST}", keyspace::time(by));
        let mut found = self.money((due::REFUNDS, String::new(), high), limit, payments::refund).await?;
        found.retain(|refund| refund.due.is_some_and(|at| at <= by));
        Ok(found)
    }

    pub(crate) async fn refunds_in(
        &self,
        state: RefundState,
        after: Option<RefundCursor>,
        limit: usize,
    ) -> Result<Vec<Refund>, StoreError> {
        let partitions: &[&str] = match state {
            RefundState::Due => &[due::REFUNDS, due::TILL_REFUNDS],
            RefundState::Paid => &[due::PAID_REFUNDS],
        };
        let position = |refund: &Refund| (refund.made_at, refund.id);
        let mut found = Vec::new();
        for partition in partitions {
            // Those of the job are in the order of their attempts, none of which is before the refund was made.
            let by_attempt = *partition == due::REFUNDS;
            let low = after.filter(|_| !by_attempt).map(|after| due::money(after.made_at, &after.id.to_string()));
            let most = if by_attempt { MAX_DUE } else { limit + 1 };
            let range = (*partition, low.unwrap_or_default(), LAST.to_string());
            found.extend(self.money(range, most, payments::refund).await?);
        }
        found.retain(|refund| {
            refund.state == state && after.is_none_or(|after| position(refund) > (after.made_at, after.id))
        });
        found.sort_by_key(position);
        found.truncate(limit);
        Ok(found)
    }
}

/// The most refunds that wait for a job and are listed: all of them are read for each page.
const MAX_DUE: usize = 2000;
