//! The store: opens the table and holds the state of one server.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use prometheus_client::registry::Registry;

use crate::client::error::OpenError;
use crate::client::setup;
use crate::client::table::{self, Table};
use crate::items::slots::Known;
use crate::metrics::Waiting;
use crate::operations::coalescer::Coalescer;
use crate::operations::recent::RecentReads;
use crate::operations::versions::{self, Plans, PriceLists};

/// The settings of a store.
#[derive(Debug, Clone, Copy)]
pub struct Tuning {
    /// The number of seats of a slot that share an item. It applies to slots that are scheduled from now on.
    pub seats_a_shard: NonZeroU32,
    /// The time for a change, with all attempts and pauses, before it is answered as contended or unknown.
    pub timeout: Duration,
    /// The age up to which lists may show seats as they were read before.
    pub list_age: Duration,
    /// The interval at which a server checks that it may use the table's layout. Every readiness check does too.
    pub layout_check: Duration,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            seats_a_shard: SEATS_A_SHARD,
            timeout: Duration::from_secs(5),
            list_age: LIST_AGE,
            layout_check: LAYOUT_CHECK,
        }
    }
}

pub(crate) const SEATS_A_SHARD: NonZeroU32 = NonZeroU32::new(500).unwrap();
const LIST_AGE: Duration = Duration::from_secs(1);
const LAYOUT_CHECK: Duration = Duration::from_secs(10);

/// The distributed store.
pub struct DynamoStore {
    pub(crate) table: Arc<Table>,
    pub(crate) coalescer: Coalescer,
    pub(crate) known: Known,
    pub(crate) plans: Plans,
    pub(crate) price_lists: PriceLists,
    pub(crate) recent: RecentReads,
    pub(crate) seats_a_shard: u32,
}

impl DynamoStore {
    /// Opens a table. A table with the right keys and indexes but no layout version, such as one that a template
    /// created, gets the newest.
    ///
    /// # Errors
    ///
    /// Refuses a table that is missing, that is not a table of Ticketly, or whose layout this program may not use or
    /// does not write.
    pub async fn open(client: &Client, table: &str, tuning: &Tuning) -> Result<Self, OpenError> {
        let stamp = setup::claim(client, table).await?;
        let table = Arc::new(Table::new(client, table, tuning.timeout, stamp));
        table::watch(&table, tuning.layout_check);
        Ok(Self::over(table, tuning))
    }

    /// Creates the state of a server over a table.
    pub(crate) fn over(table: Arc<Table>, tuning: &Tuning) -> Self {
        let recent = RecentReads::new(tuning.list_age);
        let coalescer = Coalescer::new(&table, Arc::clone(&recent.maps));
        Self {
            table,
            coalescer,
            known: Known::default(),
            plans: versions::plans(),
            price_lists: versions::price_lists(),
            recent,
            seats_a_shard: tuning.seats_a_shard.get(),
        }
    }

    /// Registers what the store counts: requests, capacity units, conflicts and retries.
    pub fn register(&self, registry: &mut Registry) {
        let waiting = self.coalescer.waiting();
        self.table.metrics.register(Waiting(Arc::new(waiting)), registry);
    }

    /// Returns the layout that this server writes: the table's, up to the newest that the program supports.
    #[must_use]
    pub fn layout_version(&self) -> u32 {
        self.table.layout.version()
    }
}
