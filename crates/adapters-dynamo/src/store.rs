//! The store: how a table is opened, and what may be set.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;

use crate::client::error::OpenError;
use crate::client::setup;
use crate::client::table::{self, Table};
use crate::items::slots::Known;
use crate::operations::coalescer::Coalescer;

/// What may be set of a store.
#[derive(Debug, Clone, Copy)]
pub struct Tuning {
    /// So many seats of a slot share an item. It counts for slots that are scheduled from now on.
    pub seats_a_shard: NonZeroU32,
    /// How long a change is tried, all attempts and pauses together, before it is answered as contended or unknown.
    pub timeout: Duration,
    /// How often a server checks that the table's layout still allows it, apart from every readiness check.
    pub layout_check: Duration,
}

impl Default for Tuning {
    fn default() -> Self {
        Self { seats_a_shard: SEATS_A_SHARD, timeout: Duration::from_secs(5), layout_check: LAYOUT_CHECK }
    }
}

const SEATS_A_SHARD: NonZeroU32 = NonZeroU32::new(500).unwrap();
const LAYOUT_CHECK: Duration = Duration::from_secs(10);

/// The store.
pub struct DynamoStore {
    pub(crate) table: Arc<Table>,
    pub(crate) coalescer: Coalescer,
    pub(crate) known: Known,
    pub(crate) seats_a_shard: u32,
}

impl DynamoStore {
    /// Opens a table. One with the right keys and indexes that tells no layout, since a template made it, gets the newest.
    ///
    /// # Errors
    ///
    /// Refuses a table that is missing, that is no table of Ticketly, or that has a layout that this program may not use or
    /// does not write.
    pub async fn open(client: &Client, table: &str, tuning: &Tuning) -> Result<Self, OpenError> {
        let stamp = setup::claim(client, table).await?;
        let table = Arc::new(Table::new(client, table, tuning.timeout, stamp));
        table::watch(&table, tuning.layout_check);
        let coalescer = Coalescer::new(&table);
        Ok(Self { table, coalescer, known: Known::default(), seats_a_shard: tuning.seats_a_shard.get() })
    }

    /// The layout that this server writes: the table's, up to the newest that the program knows.
    #[must_use]
    pub fn layout_version(&self) -> u32 {
        self.table.layout.version()
    }
}
