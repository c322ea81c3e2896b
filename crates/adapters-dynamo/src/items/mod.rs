//! The layout of entities as items of the table. `docs/dynamodb.md` describes the whole layout.

pub(crate) mod auditoriums;
pub(crate) mod blocks;
pub(crate) mod bookings;
pub(crate) mod cancellations;
pub(crate) mod erasures;
pub(crate) mod hints;
pub(crate) mod holds;
pub(crate) mod idempotency;
pub(crate) mod keys;
pub(crate) mod keyspace;
pub(crate) mod payments;
pub(crate) mod price_lists;
pub(crate) mod promotions;
pub(crate) mod reseatings;
pub(crate) mod seats;
pub(crate) mod slots;
pub(crate) mod totals;
