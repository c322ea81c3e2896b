//! How the store speaks to DynamoDB: the client, the table, its set-up, and what a request that failed may have done.

pub(crate) mod connection;
pub(crate) mod failure;
pub(crate) mod layout;
pub(crate) mod retry;
pub(crate) mod setup;
pub(crate) mod table;
pub(crate) mod write;
