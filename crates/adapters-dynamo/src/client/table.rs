//! The table: reads that are paged to their end, and changes that are tried until their outcome is known.

use std::collections::HashMap;
use std::slice;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{Get, KeysAndAttributes, TransactGetItem};
use futures_util::future::try_join_all;
use ticketly_domain::StoreError;
use tokio::time::sleep;

use crate::client::attributes::{self, Item};
use crate::client::error::Corrupt;
use crate::client::failure::Failure;
use crate::client::key::Key;
use crate::client::layout::{Seen, Stamp, schema};
use crate::client::retry::{AttemptError, RetryBudget, read_failed};
use crate::client::write::{CommitOutcome, Write, faulty, refused};

/// How many items one batch of reads names at most, and one transaction.
pub(crate) const MAX_BATCH: usize = 100;

/// Before every sort key: DynamoDB takes no empty text for one, not even as the start of a range.
const FIRST: &str = " ";

/// A table and how to speak to it.
pub(crate) struct Table {
    pub(crate) name: String,
    /// Tries again by itself: a read that is done twice does no harm.
    reader: Client,
    /// Does not: what an attempt at a change may have done is decided here.
    writer: Client,
    timeout: Duration,
    /// What the table last told of its layout.
    pub(crate) layout: Seen,
}

/// A range of keys, in the table or in an index.
pub(crate) struct Range {
    pub(crate) index: Index,
    pub(crate) pk: String,
    /// The first sort key of the range; empty for the first that there is.
    pub(crate) low: String,
    /// The last.
    pub(crate) high: String,
}

#[derive(Clone, Copy)]
pub(crate) enum Index {
    /// The table itself, read consistently.
    None,
    Users,
    Due,
}

impl Index {
    pub(crate) const USERS: &str = "users";
    pub(crate) const DUE: &str = "due";

    const fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Users => Some(Self::USERS),
            Self::Due => Some(Self::DUE),
        }
    }

    /// The condition that a range is.
    const fn condition(self) -> &'static str {
        match self {
            Self::None => "pk = :pk AND sk BETWEEN :low AND :high",
            Self::Users => "g1pk = :pk AND g1sk BETWEEN :low AND :high",
            Self::Due => "g2pk = :pk AND g2sk BETWEEN :low AND :high",
        }
    }
}

/// Some of a range's items, in order.
pub(crate) struct Found {
    pub(crate) items: Vec<Item>,
    /// Whether the range may have more.
    pub(crate) more: bool,
}

impl Table {
    pub(crate) fn new(client: &Client, name: &str, timeout: Duration, stamp: Stamp) -> Self {
        let alone = client.config().to_builder().retry_config(RetryConfig::disabled()).build();
        let (reader, writer) = (client.clone(), Client::from_conf(alone));
        Self { name: name.to_owned(), reader, writer, timeout, layout: Seen::new(stamp) }
    }

    /// A new effort to change something.
    pub(crate) fn budget(&self) -> RetryBudget {
        RetryBudget::within(self.timeout)
    }

    /// Reads the table's layout again, and refuses one that this program may not use.
    pub(crate) async fn check_layout(&self) -> Result<(), StoreError> {
        let found = self.named(schema()).await?;
        self.layout.see(Stamp::read(&found)?);
        self.layout.permits()
    }

    /// One item, consistently.
    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let get =
            self.reader.get_item().table_name(&self.name).set_key(Some(attributes::key(key))).consistent_read(true);
        Ok(get.send().await.map_err(read_failed)?.item)
    }

    /// An item that another names.
    pub(crate) async fn named(&self, key: Key) -> Result<Item, StoreError> {
        Ok(self.get(&key).await?.ok_or_else(|| Corrupt::missing(key))?)
    }

    /// Items by key, each consistently, in the order of the keys.
    pub(crate) async fn get_all(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        if let [key] = keys {
            return Ok(vec![self.get(key).await?]);
        }
        let batches = try_join_all(keys.chunks(MAX_BATCH).map(|batch| self.batch(batch))).await?;
        let mut found: HashMap<Key, Item> =
            batches.into_iter().flatten().map(|found| (attributes::Attributes(&found).key(), found)).collect();
        Ok(keys.iter().map(|key| found.remove(key)).collect())
    }

    async fn batch(&self, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::with_capacity(keys.len());
        let mut wanted: Vec<Item> = keys.iter().map(attributes::key).collect();
        let mut budget = self.budget();
        while !wanted.is_empty() {
            let batch = KeysAndAttributes::builder().set_keys(Some(wanted)).consistent_read(true).build();
            let batch = batch.map_err(unbuilt)?;
            let answer = self.reader.batch_get_item().request_items(&self.name, batch).send().await;
            let answer = answer.map_err(read_failed)?;
            found.extend(answer.responses.into_iter().flat_map(HashMap::into_values).flatten());
            wanted =
                answer.unprocessed_keys.into_iter().flat_map(HashMap::into_values).flat_map(|rest| rest.keys).collect();
            if !wanted.is_empty() {
                budget.again(AttemptError::Busy).await?;
            }
        }
        Ok(found)
    }

    /// Items by key, at most [`MAX_BATCH`], all as they stood in one moment.
    pub(crate) async fn snapshot(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        let mut gets = Vec::with_capacity(keys.len());
        for key in keys {
            let get = Get::builder().table_name(&self.name).set_key(Some(attributes::key(key))).build();
            gets.push(TransactGetItem::builder().get(get.map_err(unbuilt)?).build());
        }
        let mut budget = self.budget();
        loop {
            let sent = self.reader.transact_get_items().set_transact_items(Some(gets.clone())).send().await;
            match sent {
                Ok(answer) => {
                    return Ok(answer.responses.into_iter().flatten().map(|response| response.item).collect());
                }
                Err(error) => match error.as_service_error() {
                    Some(TransactGetItemsError::TransactionCanceledException(_)) => {
                        budget.again(AttemptError::Busy).await?;
                    }
                    _ => return Err(read_failed(error)),
                },
            }
        }
    }

    /// The first items of a range, at most `limit`.
    pub(crate) async fn query(&self, range: &Range, limit: usize) -> Result<Found, StoreError> {
        let mut found = Found { items: Vec::new(), more: false };
        // The engine refuses a range that ends before it begins, and a read of nothing.
        if range.low > range.high || limit == 0 {
            return Ok(found);
        }
        let low = if range.low.is_empty() { FIRST } else { &range.low };
        let mut start = None;
        loop {
            let left = i32::try_from(limit - found.items.len()).unwrap_or(i32::MAX);
            let query = self.reader.query().table_name(&self.name).set_index_name(range.index.name().map(Into::into));
            let query = query
                .key_condition_expression(range.index.condition())
                .expression_attribute_values(":pk", attributes::text(&range.pk))
                .expression_attribute_values(":low", attributes::text(low))
                .expression_attribute_values(":high", attributes::text(&range.high))
                .consistent_read(matches!(range.index, Index::None))
                .set_exclusive_start_key(start)
                .limit(left);
            let answer = query.send().await.map_err(read_failed)?;
            found.items.extend(answer.items.into_iter().flatten());
            start = answer.last_evaluated_key.filter(|key| !key.is_empty());
            found.more = start.is_some();
            if !found.more || found.items.len() >= limit {
                return Ok(found);
            }
        }
    }

    /// Writes all or nothing. The writes stand in the order in which their conditions are to be looked at.
    pub(crate) async fn commit(&self, writes: &[Write], budget: &mut RetryBudget) -> Result<CommitOutcome, StoreError> {
        self.layout.permits()?;
        let actions: Result<Vec<_>, _> = writes.iter().map(|write| write.action(&self.name)).collect();
        let actions = actions.map_err(unbuilt)?;
        // The same for every attempt, so that the engine recognises what it has done already.
        let token = format!("{:032x}", fastrand::u128(..));
        loop {
            let transaction = self.writer.transact_write_items().set_transact_items(Some(actions.clone()));
            let Err(error) = transaction.client_request_token(&token).send().await else {
                return Ok(CommitOutcome::Done);
            };
            let error = match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                    match refused(canceled.cancellation_reasons()) {
                        Some(outcome) => return Ok(outcome),
                        None => match faulty(canceled.cancellation_reasons()) {
                            Some(reason) => AttemptError::Broken(Failure::of(&error).because(reason).into()),
                            None => AttemptError::Busy,
                        },
                    }
                }
                _ => AttemptError::of(&error),
            };
            budget.again(error).await?;
        }
    }

    /// Changes one item outside a transaction, at half the price.
    pub(crate) async fn change(&self, write: &Write, budget: &mut RetryBudget) -> Result<CommitOutcome, StoreError> {
        self.layout.permits()?;
        loop {
            let Some(request) = write.alone(&self.writer, &self.name) else {
                return self.commit(slice::from_ref(write), budget).await;
            };
            let Err(error) = request.send().await else { return Ok(CommitOutcome::Done) };
            match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    let found = failed.item().cloned();
                    return Ok(CommitOutcome::Refused { at: 0, found, reasons: Vec::new() });
                }
                _ => budget.again(AttemptError::of(&error)).await?,
            }
        }
    }
}

/// Checks the layout from time to time for as long as the table is in use.
pub(crate) fn watch(table: &Arc<Table>, every: Duration) {
    let table = Arc::downgrade(table);
    tokio::spawn(async move {
        loop {
            sleep(every).await;
            let Some(table) = table.upgrade() else { return };
            // The next change or the readiness check tells what is wrong.
            drop(table.check_layout().await);
        }
    });
}

/// A request that lacks a field cannot be built; the SDK's error names the field alone.
fn unbuilt(error: BuildError) -> StoreError {
    StoreError::Failed(error.into())
}
