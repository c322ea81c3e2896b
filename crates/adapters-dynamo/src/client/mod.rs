//! Access to DynamoDB: the client, the table, its set-up, items, and what a failed request may have done.

pub(crate) mod attributes;
pub(crate) mod connection;
mod counted;
pub(crate) mod error;
pub(crate) mod failure;
pub(crate) mod key;
pub(crate) mod layout;
pub(crate) mod retry;
pub(crate) mod setup;
pub(crate) mod table;
#[cfg(test)]
mod tests;
pub(crate) mod write;
