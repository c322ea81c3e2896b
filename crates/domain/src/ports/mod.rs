//! The ports to the store of an installation's data, by role, to the payment provider, to the signer of ticket codes and to an observer. [`Store`] states the contract of all
//! those of the store.

mod auditoriums;
mod backlog;
mod blocks;
mod bookings;
mod cancellations;
mod catalogue;
mod code_signer;
mod erasures;
mod holds;
mod installation;
mod keys;
#[cfg(feature = "mock")]
mod mock;
mod observer;
mod payment_provider;
mod payments;
mod price_lists;
mod promotions;
mod records;
mod reseatings;
mod sweeps;
mod totals;

pub use auditoriums::Auditoriums;
pub use backlog::{MAX_WAIT, Pace};
pub use blocks::Blocks;
pub use bookings::Bookings;
pub use cancellations::Cancellations;
pub use catalogue::Catalogue;
pub use code_signer::{CodeSigner, SigningError};
pub use erasures::{ErasurePosition, Erasures};
pub use holds::Holds;
pub use installation::Installation;
pub use keys::KeyStore;
#[cfg(feature = "mock")]
pub use mock::{MockPaymentProvider, MockStore};
pub use observer::{Observer, Operation};
pub use payment_provider::{PaymentError, PaymentProvider};
pub use payments::Payments;
pub use price_lists::PriceLists;
pub use promotions::Promotions;
pub use records::{CopyError, RecordCursor, RecordPage, Records, RecordsTarget};
pub use reseatings::Reseatings;
pub use sweeps::{Sweep, Sweeps, Swept};
pub use totals::Totals;

/// A complete store, with every port.
///
/// # Contract
///
/// Each method has one intention, and each change is one atomic step: all of it happens, and is durable before the
/// answer, or none of it. A change loads the rows that it names, lets the domain decide on them, and writes the result.
/// No other change to these rows happens in between. The mechanism (a single writer, conditions on a transaction) is up
/// to the store, but it must not sell a seat twice under races, crashes and retries.
///
/// `Ok` means that the change is durable. [`StoreError::OutcomeUnknown`](crate::StoreError::OutcomeUnknown) means that
/// it may have happened or may still happen. Every other error means that nothing changed. A change that carries an
/// [`IdempotencyRecord`](crate::IdempotencyRecord) writes it in the same atomic step. A change that finds a record of
/// its key is answered from the record before any other rule is checked, or refused with
/// [`Refusal::KeyReused`](crate::Refusal::KeyReused) when the record is of another request.
pub trait Store:
    Catalogue
    + Auditoriums
    + PriceLists
    + Promotions
    + Blocks
    + Bookings
    + Cancellations
    + Erasures
    + Holds
    + Payments
    + Reseatings
    + Sweeps
    + Totals
    + Installation
    + KeyStore
{
}

impl<S> Store for S where
    S: Catalogue
        + Auditoriums
        + PriceLists
        + Promotions
        + Blocks
        + Bookings
        + Cancellations
        + Erasures
        + Holds
        + Payments
        + Reseatings
        + Sweeps
        + Totals
        + Installation
        + KeyStore
{
}
