//! A running demo provider.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Instant;

use actix_web::dev::ServerHandle;
use ticketly_domain::PaymentId;

use crate::faults::{Delivery, Outage};
use crate::ledger::Entry;
use crate::server;
use crate::settings::Settings;
use crate::shared::Shared;

/// A running demo provider. It stops when this is dropped.
pub struct DemoProvider {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: ServerHandle,
}

impl DemoProvider {
    /// Starts a provider on threads of its own.
    ///
    /// # Errors
    ///
    /// When the socket cannot be used or no thread can be started.
    pub fn start(listener: TcpListener, settings: Settings) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let public_url = settings.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
        let shared = Arc::new(Shared::new(settings, public_url.unwrap_or_else(|| format!("http://{address}"))));
        let server = server::start(listener, Arc::clone(&shared))?;
        Ok(Self { address, shared, server })
    }

    /// Returns the address on which it listens. The contract's endpoint is `http://` and the address.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Pays, as the buyer does at the page. It has no effect unless the payment is pending.
    pub fn pay(&self, id: PaymentId) {
        let _ = self.shared.books(None, |ledger, now| ledger.pay(id, now));
    }

    /// Declines, as the buyer does at the page. It has no effect unless the payment is pending.
    pub fn decline(&self, id: PaymentId) {
        let _ = self.shared.books(None, |ledger, now| ledger.decline(id, now));
    }

    /// Lets the next requests of the contract fail, after those that are to fail already. It has no effect when 100 of these
    /// orders wait.
    pub fn fail(&self, outage: Outage, requests: u32) {
        self.shared.outages().fail(outage, requests);
    }

    /// Lets all requests of the contract fail until [`Self::recover`].
    pub fn fail_all(&self, outage: Outage) {
        self.shared.outages().fail_all(outage);
    }

    /// Ends all outages.
    pub fn recover(&self) {
        self.shared.outages().recover();
    }

    /// Sets how the next notifications are delivered. It is prompt at first.
    pub fn deliver(&self, delivery: Delivery) {
        self.shared.outbox().deliver(delivery, Instant::now());
        self.shared.wake.notify_one();
    }

    /// Returns what became of a payment. `None` if it does not know the payment.
    #[must_use]
    pub fn entry(&self, id: PaymentId) -> Option<Entry> {
        self.shared.books(None, |ledger, _| ledger.entry(id).ok().cloned())
    }

    /// Returns all payments.
    #[must_use]
    pub fn entries(&self) -> Vec<(PaymentId, Entry)> {
        self.shared.books(None, |ledger, _| ledger.entries().map(|(id, entry)| (id, entry.clone())).collect())
    }

    /// Checks that the books add up: at most what was authorised is captured or voided, never both, and at most what was captured
    /// is refunded.
    ///
    /// # Errors
    ///
    /// The payments that do not.
    pub fn check(&self) -> Result<(), Vec<PaymentId>> {
        let wrong = self.shared.books(None, |ledger, _| ledger.wrong());
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// Returns the number of notifications that are still to be sent, or that were not accepted yet and are not given up.
    #[must_use]
    pub fn undelivered(&self) -> usize {
        self.shared.outbox().len()
    }
}

impl Drop for DemoProvider {
    fn drop(&mut self) {
        self.shared.stop();
        // The command is sent by the call; nobody waits for its end.
        drop(self.server.stop(false));
    }
}

impl fmt::Debug for DemoProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DemoProvider").field("address", &self.address).finish_non_exhaustive()
    }
}
