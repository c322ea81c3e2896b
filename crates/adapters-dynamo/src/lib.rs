//! The distributed store: everything in one DynamoDB table, which any number of servers share.
//!
//! A change is one conditional transaction. It is decided on what was read, and the transaction's conditions hold only if
//! that is still so; if not, it is decided again. A booking of a known slot reads nothing: it takes the seats as free and
//! lets the conditions say otherwise. The table's layout and what each operation costs are in `docs/dynamodb.md`.
//!
//! - [`client`] and [`client_of`] make a client with the time-outs that this store counts on.
//! - [`create`] makes a table, [`describe`] looks at one, [`upgrade`] raises its layout to the newest.
//! - [`DynamoStore::open`] opens one.

mod client;
mod error;
mod items;
mod operations;
mod store;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;

pub use crate::client::connection::{client, client_of};
pub use crate::client::layout::{LAYOUT, Layout, upgrade};
pub use crate::client::setup::{Description, create, describe};
use crate::client::table::Table;
pub use crate::error::OpenError;
use crate::items::slots::Known;
use crate::operations::coalescer::Coalescer;
use crate::operations::recent::RecentReads;

/// What may be set of a store.
#[derive(Debug, Clone, Copy)]
pub struct Tuning {
    /// So many seats of a slot share an item. It counts for slots that are scheduled from now on.
    pub seats_a_shard: NonZeroU32,
    /// How long a change is tried, all attempts and pauses together, before it is answered as contended or unknown.
    pub timeout: Duration,
    /// How old the seats may be that lists show.
    pub list_age: Duration,
    /// How often a server checks that the table's layout still allows it, apart from every readiness check.
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

const SEATS_A_SHARD: NonZeroU32 = NonZeroU32::new(500).unwrap();
const LIST_AGE: Duration = Duration::from_secs(1);
const LAYOUT_CHECK: Duration = Duration::from_secs(10);

/// The store.
pub struct DynamoStore {
    table: Arc<Table>,
    coalescer: Coalescer,
    known: Known,
    recent: RecentReads,
    seats_a_shard: u32,
}

impl DynamoStore {
    /// Opens a table. One with the right keys and indexes that tells no layout, since a template made it, gets the newest.
    ///
    /// # Errors
    ///
    /// Refuses a table that is missing, that is no table of Ticketly, or that has a layout that this program may not use or
    /// does not write.
    pub async fn open(client: &Client, table: &str, tuning: &Tuning) -> Result<Self, OpenError> {
        let stamp = client::setup::claim(client, table).await?;
        let table = Arc::new(Table::new(client, table, tuning.timeout, stamp));
        client::layout::watch(&table, tuning.layout_check);
        let coalescer = Coalescer::new(&table);
        let recent = RecentReads::new(tuning.list_age);
        Ok(Self { table, coalescer, known: Known::default(), recent, seats_a_shard: tuning.seats_a_shard.get() })
    }

    /// The layout that this server writes: the table's, up to the newest that the program knows.
    #[must_use]
    pub fn layout_version(&self) -> u32 {
        self.table.layout.version()
    }
}
