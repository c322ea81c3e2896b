//! The use cases of selling seats, with any store. Each port has a file.

mod auditoriums;
mod blocks;
mod bookings;
mod box_office;
mod cancellations;
mod catalogue;
mod codes;
mod erasures;
mod holds;
mod keys;
mod observing;
mod online;
mod payments;
mod price_lists;
mod promotions;
mod reseatings;
mod settling;
mod successors;
mod sweeps;
mod totals;

use std::ops::Range;
use std::sync::Arc;

use chrono::TimeDelta;
use rand::CryptoRng;

pub use self::bookings::{BookingRequest, MoveRequest, TicketQuery};
pub use self::box_office::Quote;
pub use self::cancellations::CallListQuery;
pub use self::codes::{SignedTicket, VerifiedCode};
pub use self::erasures::{Erasure, KeptBooking, KeptFor};
pub use self::holds::{ConfirmRequest, HoldRequest, TillPayment};
pub use self::keys::KeyDraft;
pub use self::online::{Notified, NotifyError, PaymentRequest, StartedPayment};
pub use self::payments::{RefundQuery, UnpaidQuery};
pub use self::reseatings::ReseatRequest;
pub use self::settling::Step;
pub use self::totals::{RunningTotals, TotalsQuery};
use crate::{
    AccessibleRelease, AccessibleScope, CodeSigner, Deadline, Error, Hold, InstallationKey, Observer, PaymentProvider,
    RefundRule, Store, StoreError,
};

/// The settings of an installation.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// The time from a slot's end until its booked tickets expire: 8 hours in the seed documents.
    pub expire_after: TimeDelta,
    /// The time from a ticket's cancellation or expiry until it is archived.
    pub archive_after: TimeDelta,
    /// The time after which the tickets of a slot are in the archive until names and telephone numbers are erased. `None` for never.
    pub erase_after: Option<TimeDelta>,
    /// The time after a showing's start in which the public can still book it, at most until its end.
    pub book_after_start: TimeDelta,
    /// The time before a showing's start from which the public can no longer move or cancel its tickets.
    pub change_before_start: TimeDelta,
    /// The time before a showing's start from which anyone may take the places for wheelchairs and companions.
    pub accessible_before_start: TimeDelta,
    /// The part of a slot whose other seats are sold before anyone may take such places earlier.
    pub accessible_scope: AccessibleScope,
    /// How long seats are held, and how long an extension lasts: from [`Hold::MIN`] to [`Hold::MAX`].
    pub hold_for: TimeDelta,
    /// The greatest share of a slot's seats that the public may hold at a time, in percent. `None` for no limit. A store for
    /// several servers may exceed it by the holds that are under way at a time, and by those of a second on other servers.
    pub held_share: Option<u8>,
    /// What the cinema pays back for tickets that are canceled.
    pub refunds: RefundRule,
    /// Whether the public books slots without prices. Otherwise only the box office does.
    pub public_bookings: bool,
    /// The greatest number of tickets of a slot without prices that the public books for one person. `None` for no limit. Requests
    /// at the same time may exceed it, and so may moves.
    pub tickets_per_person: Option<u32>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            expire_after: TimeDelta::hours(8),
            archive_after: TimeDelta::days(90),
            erase_after: None,
            book_after_start: TimeDelta::minutes(15),
            change_before_start: TimeDelta::zero(),
            accessible_before_start: TimeDelta::zero(),
            accessible_scope: AccessibleScope::Slot,
            hold_for: Hold::DEFAULT,
            held_share: Some(50),
            refunds: RefundRule::DEFAULT,
            public_bookings: true,
            tickets_per_person: None,
        }
    }
}

impl Rules {
    /// Returns the deadline for booking a showing.
    #[must_use]
    pub fn booking(&self, channel: Channel) -> Deadline {
        match channel {
            Channel::Public => Deadline::Start(self.book_after_start),
            Channel::BoxOffice => Deadline::End,
        }
    }

    /// Returns how long seats are held, within the limits of a hold.
    #[must_use]
    pub fn hold_for(&self) -> TimeDelta {
        self.hold_for.clamp(Hold::MIN, Hold::MAX)
    }

    /// Returns when anyone may take places for wheelchairs and companions.
    #[must_use]
    pub fn accessible(&self) -> AccessibleRelease {
        AccessibleRelease { scope: self.accessible_scope, from: Deadline::Start(-self.accessible_before_start) }
    }

    /// Returns the deadline for moving and canceling tickets of a showing.
    #[must_use]
    pub fn changes(&self, channel: Channel) -> Deadline {
        match channel {
            Channel::Public => Deadline::Start(-self.change_before_start),
            Channel::BoxOffice => Deadline::End,
        }
    }
}

/// The sender of a change, which decides its deadlines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// The public: a customer.
    Public,
    /// The box office, whose staff decide what to book, move and cancel until the showing ends.
    BoxOffice,
}

/// The retries of a change with new identifiers before the store's [`StoreError::IdTaken`] is returned.
const ID_RETRIES: Range<u32> = 0..2;

/// The use cases of selling seats. Clones are cheap and share the store.
///
/// Time and randomness are arguments of every method that needs them: a server gives its clock's time and the operating
/// system's randomness, and a test gives values of its own.
#[derive(Clone)]
pub struct Ticketing {
    store: Arc<dyn Store>,
    provider: Option<Arc<dyn PaymentProvider>>,
    signer: Option<Arc<dyn CodeSigner>>,
    observer: Option<Arc<dyn Observer>>,
    key: InstallationKey,
    rules: Rules,
    channel: Channel,
}

impl Ticketing {
    /// Opens an installation. Mints its secret on the first use of a store, and reads the secret on later uses.
    pub async fn open(
        store: Arc<dyn Store>,
        rules: Rules,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, StoreError> {
        let key = store.installation_key(&InstallationKey::mint(rng)).await?;
        Ok(Self { store, provider: None, signer: None, observer: None, key, rules, channel: Channel::Public })
    }

    /// Returns the use cases for requests of this channel. It is [`Channel::Public`] unless set.
    #[must_use]
    pub fn through(&self, channel: Channel) -> Self {
        Self { channel, ..self.clone() }
    }

    /// Returns 256 secret bits of the installation for the sessions of its pages. Every server of an installation has the same.
    #[must_use]
    pub fn session_secret(&self) -> [u8; 32] {
        self.key.derive("sessions", &[])
    }

    /// Checks that the store works. Fails with the store's error if it does not.
    pub async fn ready(&self) -> Result<(), Error> {
        Ok(self.store.ready().await?)
    }

    /// Returns whether the store would refuse any change now because too many are waiting.
    #[must_use]
    pub fn overloaded(&self) -> bool {
        self.store.overloaded()
    }
}
