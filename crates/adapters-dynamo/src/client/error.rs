//! The errors of the store.

use std::error::Error;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use ticketly_domain::{Source, StoreError};

use crate::client::failure::Failure;
use crate::client::key::Key;

/// Why a table cannot be used or created.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The table does not exist.
    #[error("there is no table {table} in this account and region; create it with `ticketly table create`")]
    Missing {
        /// The table.
        table: String,
    },
    /// The table has other contents, or lacks a key or an index of Ticketly.
    #[error("{table} is not a table of Ticketly ({what}); give another name")]
    NotOurs {
        /// The table.
        table: String,
        /// What is different.
        what: &'static str,
    },
    /// The table is a copy that is not finished, so that it lacks some of what its source has.
    #[error("{table} is an unfinished copy; go on with `ticketly copy`, or delete the table")]
    Unfinished {
        /// The table.
        table: String,
    },
    /// The layout is newer than this program and excludes it.
    #[error(
        "{table} has layout {found}, which needs a program that supports layout {oldest_reader} or later; this one \
         supports {known}: use a newer version"
    )]
    NewerLayout {
        /// The table.
        table: String,
        /// The table's layout.
        found: u32,
        /// The oldest program that may use the table, by its layout.
        oldest_reader: u32,
        /// The newest layout that this program supports.
        known: u32,
    },
    /// The layout is older than those that this program writes.
    #[error(
        "{table} has layout {found}, but this program writes {oldest} and later; stop all servers of older versions, \
         then run `ticketly table upgrade {table}`"
    )]
    OlderLayout {
        /// The table.
        table: String,
        /// The table's layout.
        found: u32,
        /// The oldest layout that this program writes.
        oldest: u32,
    },
    /// The engine did not answer, or refused the request.
    #[error("cannot use the table {table}: {cause}")]
    Failed {
        /// The table.
        table: String,
        /// The cause. The message above contains it, so it is not also a source.
        cause: Source,
    },
}

impl OpenError {
    /// Converts the failure of a request to a table.
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

    /// Reports that a table cannot be used, for any other cause.
    pub(crate) fn broken(table: &str, error: impl Into<Source>) -> Self {
        Self::Failed { table: table.to_owned(), cause: error.into() }
    }
}

const MISSING: &str = "the item does not exist, but another refers to it";

/// An item that violates a rule that the program keeps: the table was edited by hand.
#[derive(Debug, thiserror::Error)]
#[error("corrupt item {} / {}: {attribute}", key.pk, key.sk)]
pub(crate) struct Corrupt {
    pub(crate) key: Key,
    pub(crate) attribute: &'static str,
}

impl Corrupt {
    /// Reports an item that another item refers to and that does not exist.
    pub(crate) fn missing(key: Key) -> Self {
        Self { key, attribute: MISSING }
    }

    /// Returns whether the item does not exist.
    pub(crate) fn is_missing(&self) -> bool {
        self.attribute == MISSING
    }
}

impl From<Corrupt> for StoreError {
    fn from(corrupt: Corrupt) -> Self {
        Self::Failed(Box::new(corrupt))
    }
}

/// Returns the same error for another caller of a shared request.
pub(crate) fn repeated(error: &StoreError) -> StoreError {
    match error {
        StoreError::Refused(refusal) => StoreError::Refused(refusal.clone()),
        StoreError::IdTaken => StoreError::IdTaken,
        StoreError::Overloaded => StoreError::Overloaded,
        StoreError::Contended => StoreError::Contended,
        StoreError::StorageFull(source) => StoreError::StorageFull(source.to_string().into()),
        StoreError::OutcomeUnknown(source) => StoreError::OutcomeUnknown(source.to_string().into()),
        StoreError::Failed(source) => StoreError::Failed(source.to_string().into()),
    }
}
