//! What the server, the notifier and the handle of a demo provider share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use chrono::{DateTime, Utc};
use ticketly_domain::PaymentId;
use tokio::sync::Notify;

use crate::faults::{Delivery, Outages};
use crate::ledger::Ledger;
use crate::outbox::{Notification, Outbox, after};
use crate::settings::Settings;

pub(crate) struct Shared {
    pub(crate) settings: Settings,
    /// The URL below which buyers find the page, without a `/` at the end.
    pub(crate) public_url: String,
    ledger: Mutex<Ledger>,
    outbox: Mutex<Outbox>,
    outages: Mutex<Outages>,
    /// Tells the notifier that there is something to send, or that it is to stop.
    pub(crate) wake: Notify,
    stopped: AtomicBool,
}

impl Shared {
    pub(crate) fn new(settings: Settings, public_url: String) -> Self {
        Self {
            settings,
            public_url,
            ledger: Mutex::default(),
            outbox: Mutex::default(),
            outages: Mutex::default(),
            wake: Notify::new(),
            stopped: AtomicBool::new(false),
        }
    }

    /// Changes or reads the books, after what has lapsed. What happens is put into the outbox before anyone else sees it; the
    /// change's own events are delivered as set, or otherwise.
    pub(crate) fn books<T>(
        &self,
        delivery: Option<Delivery>,
        change: impl FnOnce(&mut Ledger, DateTime<Utc>) -> T,
    ) -> T {
        let now = (self.settings.clock)();
        let mut ledger = lock(&self.ledger);
        ledger.lapse(now);
        self.notify(&mut ledger, None);
        let outcome = change(&mut ledger, now);
        self.notify(&mut ledger, delivery);
        outcome
    }

    fn notify(&self, ledger: &mut Ledger, delivery: Option<Delivery>) {
        let events = ledger.events();
        if events.is_empty() {
            return;
        }
        let now = Instant::now();
        let mut outbox = self.outbox();
        for event in events {
            if let Some(notification) = Notification::of(&event, after(now, self.settings.retry_for)) {
                outbox.add(notification, delivery, now);
            }
        }
        drop(outbox);
        self.wake.notify_one();
    }

    pub(crate) fn outbox(&self) -> MutexGuard<'_, Outbox> {
        lock(&self.outbox)
    }

    pub(crate) fn outages(&self) -> MutexGuard<'_, Outages> {
        lock(&self.outages)
    }

    /// Returns the URL of the page at which a payment is made.
    pub(crate) fn page(&self, id: PaymentId) -> String {
        format!("{}/pay/{id}", self.public_url)
    }

    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.wake.notify_one();
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// Locks. A thread that panicked meanwhile has left whole entries.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
