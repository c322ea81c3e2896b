//! The use cases of selling seats, over whichever store. A file for each port.

mod bookings;
mod catalogue;
mod sweeps;

use std::ops::Range;
use std::sync::Arc;

use chrono::TimeDelta;
use rand::CryptoRng;

pub use self::bookings::{BookingRequest, TicketQuery};
use crate::{Deadline, Error, InstallationKey, Store, StoreError};

/// What an installation may set.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// How long after a slot's end its booked tickets expire. The seed documents say 8 hours.
    pub expire_after: TimeDelta,
    /// How long canceled and expired tickets wait for the archive.
    pub archive_after: TimeDelta,
    /// How long after the start of a showing the public may still book it, at most until its end.
    pub book_after_start: TimeDelta,
    /// How long before the start of a showing the public moves and cancels its tickets for the last time.
    pub change_before_start: TimeDelta,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            expire_after: TimeDelta::hours(8),
            archive_after: TimeDelta::days(90),
            book_after_start: TimeDelta::minutes(15),
            change_before_start: TimeDelta::zero(),
        }
    }
}

impl Rules {
    /// Returns until when a showing is booked.
    #[must_use]
    pub fn booking(&self, channel: Channel) -> Deadline {
        match channel {
            Channel::Public => Deadline::Start(self.book_after_start),
            Channel::BoxOffice => Deadline::End,
        }
    }

    /// Returns until when tickets of a showing are moved and canceled.
    #[must_use]
    pub fn changes(&self, channel: Channel) -> Deadline {
        match channel {
            Channel::Public => Deadline::Start(-self.change_before_start),
            Channel::BoxOffice => Deadline::End,
        }
    }
}

/// Who asks for a change: it decides until when that may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// A customer.
    Public,
    /// The box office, which decides at its window what it still sells, moves and cancels until the showing ends.
    BoxOffice,
}

/// How often a change is tried again with new identifiers before the store's answer is passed on.
const AGAIN: Range<u32> = 0..2;

/// The use cases of selling seats. Cheap to clone; all clones share the store.
///
/// Time and randomness are arguments of every method that needs them: a caller on a server gives its clock's time and
/// the operating system's randomness, a test gives its own.
#[derive(Clone)]
pub struct Ticketing {
    store: Arc<dyn Store>,
    key: InstallationKey,
    rules: Rules,
    channel: Channel,
}

impl Ticketing {
    /// Opens an installation: makes its secret on the first use of a store, reads it on every other.
    pub async fn open(
        store: Arc<dyn Store>,
        rules: Rules,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, StoreError> {
        let key = store.installation_key(&InstallationKey::mint(rng)).await?;
        Ok(Self { store, key, rules, channel: Channel::Public })
    }

    /// Returns the same use cases for who asks through another channel. It is [`Channel::Public`] unless set.
    #[must_use]
    pub fn through(&self, channel: Channel) -> Self {
        Self { channel, ..self.clone() }
    }

    /// Returns when the store works.
    pub async fn ready(&self) -> Result<(), Error> {
        Ok(self.store.ready().await?)
    }
}
