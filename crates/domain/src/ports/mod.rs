//! The ports to whatever keeps an installation's data, by role.
//!
//! Each method is one intention, and each change one atomic step: all of it happens, durably before the answer, or none.
//! A change loads the rows that it names, asks the domain what becomes of them, and writes that, with nothing else
//! happening to those rows in between. How (a single writer, conditions on a transaction) is the store's own business;
//! that no seat is sold twice under races, crashes and retries is not.
//!
//! # Outcomes
//!
//! `Ok` means that the change is durable. [`StoreError::OutcomeUnknown`](crate::StoreError::OutcomeUnknown) means that it
//! may have happened; every other error means that nothing changed. A change that carries an
//! [`IdempotencyRecord`](crate::IdempotencyRecord) leaves it in the same atomic step, and one that meets such a record is
//! answered from it, before any other rule is asked.

mod bookings;
mod catalogue;
mod installation;
mod keys;
#[cfg(feature = "mock")]
mod mock;
mod sweeps;

pub use bookings::Bookings;
pub use catalogue::Catalogue;
pub use installation::Installation;
pub use keys::KeyStore;
#[cfg(feature = "mock")]
pub use mock::MockStore;
pub use sweeps::{Sweep, Sweeps, Swept};

/// A whole store: every port together.
pub trait Store: Catalogue + Bookings + Sweeps + Installation + KeyStore {}

impl<S: Catalogue + Bookings + Sweeps + Installation + KeyStore> Store for S {}
