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
mod items;
mod operations;
mod ports;
mod store;

use crate::client::error;

pub use crate::client::connection::{client, client_of};
pub use crate::client::error::OpenError;
pub use crate::client::layout::{LAYOUT, Layout, upgrade};
pub use crate::client::setup::{Description, create, describe};
pub use crate::store::{DynamoStore, Tuning};
