//! The table: reads with all their pages, and changes that are retried until their outcome is known.

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
use aws_sdk_dynamodb::types::{
    CancellationReason, ConsumedCapacity, Get, KeysAndAttributes, PutRequest, ReturnConsumedCapacity, TransactGetItem,
    WriteRequest,
};
use futures_util::future::try_join_all;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use ticketly_domain::StoreError;
use tokio::time::sleep;

use crate::client::attributes::{self, Item};
use crate::client::counted::Counted;
use crate::client::error::Corrupt;
use crate::client::failure::Failure;
use crate::client::key::Key;
use crate::client::layout::{Seen, Stamp, schema};
use crate::client::retry::{AttemptError, RetryBudget, read_failed};
use crate::client::write::{CommitOutcome, Write, invalid, refused};
use crate::metrics::StoreMetrics;

/// The most items of one batch of reads, and of one transaction.
pub(crate) const MAX_BATCH: usize = 100;

/// The most items of one batch of writes.
const MAX_PUTS: usize = 25;
/// The most batches of writes at once.
const PUTS_AT_ONCE: usize = 8;
/// The units of writing that an item takes: most are in an index too.
const UNITS_OF_A_PUT: f64 = 2.0;

/// Sorts before every sort key: DynamoDB refuses an empty sort key, even as the start of a range.
const FIRST: &str = " ";

/// A table and its clients.
pub(crate) struct Table {
    pub(crate) name: String,
    /// The client for reads, which retries: a repeated read does no harm.
    reader: Client,
    /// The client for changes, which does not retry: this file decides what a failed attempt may have done.
    writer: Client,
    timeout: Duration,
    /// The layout that was last read.
    pub(crate) layout: Seen,
    pub(crate) metrics: Arc<StoreMetrics>,
}

/// A range of keys, in the table or in an index.
pub(crate) struct Range {
    pub(crate) index: Index,
    pub(crate) pk: String,
    /// The first sort key of the range. Empty for the first of the partition.
    pub(crate) low: String,
    /// The last sort key of the range.
    pub(crate) high: String,
}

/// The table or one of its indexes.
#[derive(Clone, Copy)]
pub(crate) enum Index {
    /// The table, which is read consistently.
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

    /// Returns the key condition of a range.
    const fn condition(self) -> &'static str {
        match self {
            Self::None => "pk = :pk AND sk BETWEEN :low AND :high",
            Self::Users => "g1pk = :pk AND g1sk BETWEEN :low AND :high",
            Self::Due => "g2pk = :pk AND g2sk BETWEEN :low AND :high",
        }
    }
}

/// Why a transaction failed.
pub(crate) enum TransactionError {
    /// Nothing was done. There is a reason for every write, in order.
    Canceled { reasons: Vec<CancellationReason>, failure: Failure },
    /// The request failed.
    Failed(AttemptError),
}

/// A page of all items of the table.
pub(crate) struct Scanned {
    pub(crate) items: Vec<Item>,
    /// The key of the last item, unless it is the last of the table.
    pub(crate) last: Option<Key>,
    /// The units of reading that it took.
    pub(crate) units: f64,
}

/// The first items of a range, in order.
pub(crate) struct Found {
    pub(crate) items: Vec<Item>,
    /// Whether the range may have more items.
    pub(crate) more: bool,
}

impl Table {
    pub(crate) fn new(client: &Client, name: &str, timeout: Duration, stamp: Stamp) -> Self {
        let metrics = Arc::new(StoreMetrics::default());
        let counted = || client.config().to_builder().interceptor(Counted(Arc::clone(&metrics)));
        let reader = Client::from_conf(counted().build());
        let writer = Client::from_conf(counted().retry_config(RetryConfig::disabled()).build());
        Self { name: name.to_owned(), reader, writer, timeout, layout: Seen::new(stamp), metrics }
    }

    /// Creates the retry budget of a change.
    pub(crate) fn budget(&self) -> RetryBudget {
        RetryBudget::within(self.timeout, &self.metrics)
    }

    /// Reads the table's layout again, and refuses one that this program may not use.
    pub(crate) async fn check_layout(&self) -> Result<(), StoreError> {
        let found = self.named(schema()).await?;
        self.layout.update(Stamp::read(&found)?);
        self.layout.permits()
    }

    /// Reads an item consistently.
    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let get =
            self.reader.get_item().table_name(&self.name).set_key(Some(attributes::key(key))).consistent_read(true);
        Ok(get.send().await.map_err(read_failed)?.item)
    }

    /// Reads an item that another item refers to.
    pub(crate) async fn named(&self, key: Key) -> Result<Item, StoreError> {
        Ok(self.get(&key).await?.ok_or_else(|| Corrupt::missing(key))?)
    }

    /// Reads items by key, each consistently. Returns them in the order of the keys.
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

    /// Reads items by key, at most [`MAX_BATCH`], all as of one moment.
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

    /// Reads the first items of a range, at most `limit`.
    pub(crate) async fn query(&self, range: &Range, limit: usize) -> Result<Found, StoreError> {
        let mut found = Found { items: Vec::new(), more: false };
        // The engine refuses a range that ends before it begins, and a limit of 0.
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

    /// Reads the next items of the whole table after a key, each consistently. Only verification and copies do.
    pub(crate) async fn scan(&self, after: Option<&Key>, limit: i32) -> Result<Scanned, StoreError> {
        let scan = self.reader.scan().table_name(&self.name).consistent_read(true).limit(limit);
        let scan = scan.set_exclusive_start_key(after.map(attributes::key));
        let answer = scan.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.map_err(read_failed)?;
        let units = answer.consumed_capacity().and_then(ConsumedCapacity::capacity_units);
        let last = answer.last_evaluated_key.filter(|key| !key.is_empty());
        Ok(Scanned {
            items: answer.items.unwrap_or_default(),
            last: last.map(|key| attributes::Attributes(&key).key()),
            units: units.unwrap_or_else(|| f64::from(limit)),
        })
    }

    /// Writes items, whatever was there before. Returns the units that it took, roughly. Only copies do.
    pub(crate) async fn put_all(&self, items: Vec<Item>) -> Result<f64, StoreError> {
        let units = f64::from(u32::try_from(items.len()).unwrap_or(u32::MAX)) * UNITS_OF_A_PUT;
        // No request may have two writes of one item.
        let items: HashMap<Key, Item> =
            items.into_iter().map(|item| (attributes::Attributes(&item).key(), item)).collect();
        let puts: Result<Vec<_>, _> = items.into_values().map(put).collect();
        let puts = puts.map_err(unbuilt)?;
        let batches: Vec<_> = puts.chunks(MAX_PUTS).map(<[_]>::to_vec).collect();
        let batches = stream::iter(batches).map(|batch| self.put_batch(batch));
        batches.buffer_unordered(PUTS_AT_ONCE).try_collect::<Vec<()>>().await?;
        Ok(units)
    }

    async fn put_batch(&self, mut puts: Vec<WriteRequest>) -> Result<(), StoreError> {
        let mut budget = self.budget();
        while !puts.is_empty() {
            let answer = self.reader.batch_write_item().request_items(&self.name, puts).send().await;
            let left = answer.map_err(read_failed)?.unprocessed_items;
            puts = left.into_iter().flat_map(HashMap::into_values).flatten().collect();
            if !puts.is_empty() {
                budget.again(AttemptError::Busy).await?;
            }
        }
        Ok(())
    }

    /// Returns how many items the engine has counted, which it does every six hours.
    pub(crate) async fn counted(&self) -> Result<u64, StoreError> {
        let answer = self.reader.describe_table().table_name(&self.name).send().await.map_err(read_failed)?;
        let count = answer.table.and_then(|table| table.item_count).unwrap_or_default();
        Ok(count.unsigned_abs())
    }

    /// Commits all writes in one transaction, or none. A refusal reports the first write whose condition failed.
    pub(crate) async fn commit(&self, writes: &[Write], budget: &mut RetryBudget) -> Result<CommitOutcome, StoreError> {
        self.layout.permits()?;
        let token = Self::token();
        loop {
            let error = match self.attempt(writes.iter().collect(), &token).await {
                Ok(()) => return Ok(CommitOutcome::Done),
                Err(TransactionError::Canceled { reasons, failure }) => match refused(&reasons) {
                    Some(outcome) => return Ok(outcome),
                    None => match invalid(&reasons) {
                        Some(reason) => AttemptError::Broken(failure.because(reason).into()),
                        None => AttemptError::Busy,
                    },
                },
                Err(TransactionError::Failed(error)) => error,
            };
            budget.again(error).await?;
        }
    }

    /// Returns the token of a new transaction. Every attempt has the same, by which the engine recognises a transaction
    /// that it has done.
    pub(crate) fn token() -> String {
        format!("{:032x}", fastrand::u128(..))
    }

    /// Sends a transaction once.
    pub(crate) async fn attempt(&self, writes: Vec<&Write>, token: &str) -> Result<(), TransactionError> {
        let actions: Result<Vec<_>, _> = writes.into_iter().map(|write| write.action(&self.name)).collect();
        let actions = actions.map_err(|error| TransactionError::Failed(AttemptError::Broken(error.into())))?;
        let transaction = self.writer.transact_write_items().set_transact_items(Some(actions));
        let Err(error) = transaction.client_request_token(token).send().await else { return Ok(()) };
        Err(match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                let reasons = canceled.cancellation_reasons().to_vec();
                let codes = reasons.iter().filter_map(CancellationReason::code);
                self.metrics.count_canceled(codes.into_iter().find(|code| *code != "None"));
                TransactionError::Canceled { reasons, failure: Failure::of(&error) }
            }
            _ => TransactionError::Failed(AttemptError::of(&error)),
        })
    }

    /// Changes one item outside a transaction, at half the cost.
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

/// Checks the layout at an interval, as long as the table is in use.
pub(crate) fn watch(table: &Arc<Table>, every: Duration) {
    let table = Arc::downgrade(table);
    tokio::spawn(async move {
        loop {
            sleep(every).await;
            let Some(table) = table.upgrade() else { return };
            // The next change or readiness check reports the error.
            drop(table.check_layout().await);
        }
    });
}

fn put(item: Item) -> Result<WriteRequest, BuildError> {
    let put = PutRequest::builder().set_item(Some(item)).build()?;
    Ok(WriteRequest::builder().put_request(put).build())
}

/// Converts the error of a request that lacks a field. The SDK's error contains only the field's name.
fn unbuilt(error: BuildError) -> StoreError {
    StoreError::Failed(error.into())
}
