//! What goes wrong below the port.

use std::error::Error;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use ticketly_domain::{Source, StoreError};

use crate::client::failure::Failure;
use crate::client::key::Key;

/// Why a table cannot be used or made.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is none.
    #[error("there is no table {table} in this account and region; make it with `ticketly table create`")]
    Missing {
        /// The table.
        table: String,
    },
    /// It holds something else, or lacks a key or an index of ours.
    #[error("{table} is not a table of Ticketly ({what}); give another name")]
    NotOurs {
        /// The table.
        table: String,
        /// What gives it away.
        what: &'static str,
    },
    /// Its layout is newer than this program, and does not allow it.
    #[error(
        "{table} has layout {found}, which needs a program that knows layout {oldest_reader} or later; this one knows \
         {known}: use a newer version"
    )]
    NewerLayout {
        /// The table.
        table: String,
        /// Its layout.
        found: u32,
        /// The oldest program that may use it.
        oldest_reader: u32,
        /// The newest layout that this program knows.
        known: u32,
    },
    /// Its layout is older than what this program writes.
    #[error(
        "{table} has layout {found}, this program writes {oldest} and later; stop all servers of older versions, then \
         run `ticketly table upgrade {table}`"
    )]
    OlderLayout {
        /// The table.
        table: String,
        /// Its layout.
        found: u32,
        /// The oldest layout that this program writes.
        oldest: u32,
    },
    /// The engine did not answer, or refused.
    #[error("cannot use the table {table}: {cause}")]
    Failed {
        /// The table.
        table: String,
        /// Why; printed in the text above, so that it is no source as well.
        cause: Source,
    },
}

impl OpenError {
    /// Why an operation on a table failed.
    pub(crate) fn of<E>(table: &str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        let table = table.to_owned();
        match error.code() {
            Some("ResourceNotFoundException") => Self::Missing { table },
            _ => Self::Failed { table, cause: Failure::of(error).into() },
        }
    }

    pub(crate) fn broken(table: &str, error: impl Into<Source>) -> Self {
        Self::Failed { table: table.to_owned(), cause: error.into() }
    }
}

/// An item that breaks a rule that every written item kept: the table was edited by hand.
#[derive(Debug, thiserror::Error)]
#[error("corrupt item {} / {}: {attribute}", key.pk, key.sk)]
pub(crate) struct Corrupt {
    pub(crate) key: Key,
    pub(crate) attribute: &'static str,
}

impl Corrupt {
    /// Something that another item names, and that is not there.
    pub(crate) fn missing(key: Key) -> Self {
        Self { key, attribute: "the whole item, which another names" }
    }
}

impl From<Corrupt> for StoreError {
    fn from(corrupt: Corrupt) -> Self {
        Self::Failed(Box::new(corrupt))
    }
}
