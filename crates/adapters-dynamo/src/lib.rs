//! The distributed store: all data in one DynamoDB table, which any number of servers share.
//!
//! A change is one conditional transaction. The domain decides it on the items that were read, and the conditions hold
//! only if these are unchanged; otherwise the domain decides again. A booking of a known slot reads nothing: it assumes
//! that seats are available, and the conditions check that. `docs/dynamodb.md` describes the layout and the costs.
//!
//! - [`client()`] and [`client_of`] create a client with the timeouts that this store requires.
//! - [`create`] creates a table, [`describe`] describes one, [`upgrade`] raises its layout to the newest.
//! - [`DynamoStore::open`] opens a table.
//! - [`DynamoRecords::open`] opens one for verification, which scans it at a limited rate. Servers never do.

mod client;
mod items;
mod metrics;
mod operations;
mod ports;
mod records;
mod store;

pub use crate::client::connection::{client, client_of};
pub use crate::client::error::OpenError;
pub use crate::client::layout::{LAYOUT, Layout, upgrade};
pub use crate::client::setup::{Description, create, describe};
pub use crate::records::{DynamoRecords, DynamoTarget};
pub use crate::store::{DynamoStore, Tuning};
