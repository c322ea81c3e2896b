//! The notifications that are still to be sent.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use chrono::SecondsFormat;
use hyper::body::Bytes;
use serde::Serialize;

use crate::faults::Delivery;
use crate::ledger::Event;

/// The greatest number of notifications that wait. More are never sent, as if they were lost.
const MAX_WAITING: usize = 20_000;
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'a str,
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    payment_id: String,
    amount: u64,
    currency: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_id: Option<String>,
}

/// A notification.
#[derive(Debug, Clone)]
pub(crate) struct Notification {
    pub(crate) id: String,
    pub(crate) body: Bytes,
    attempts: u32,
    give_up: Instant,
}

impl Notification {
    /// Creates the notification of an event. Its identifier is that of the payment or the refund, and what became of it.
    pub(crate) fn of(event: &Event, give_up: Instant) -> Option<Self> {
        let currency = event.amount.currency();
        let body = Body {
            r#type: event.name,
            timestamp: event.at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            data: Data {
                payment_id: event.payment.to_string(),
                amount: event.amount.minor(),
                currency: currency.as_str(),
                refund_id: event.refund.map(|id| id.to_string()),
            },
        };
        let of = event.refund.map_or_else(|| event.payment.to_string(), |refund| refund.to_string());
        let what = event.name.trim_start_matches("payment.");
        Some(Self { id: format!("{of}-{what}"), body: serde_json::to_vec(&body).ok()?.into(), attempts: 0, give_up })
    }
}

/// Returns a later time, by at most a year: the machine's clock does not reach any time.
pub(crate) fn after(now: Instant, pause: Duration) -> Instant {
    const YEAR: Duration = Duration::from_hours(365 * 24);
    now + pause.min(YEAR)
}

/// The queue, in the order of the times at which notifications are due.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    due: BTreeMap<(Instant, u64), Notification>,
    sequence: u64,
    delivery: Delivery,
    overtaken: Option<Notification>,
    sending: usize,
}

impl Outbox {
    /// Sets how the next notifications are delivered.
    pub(crate) fn deliver(&mut self, delivery: Delivery, now: Instant) {
        self.delivery = delivery;
        if delivery != Delivery::OutOfOrder {
            self.release(now);
        }
    }

    /// Adds a notification, which is delivered as set, or otherwise.
    pub(crate) fn add(&mut self, notification: Notification, delivery: Option<Delivery>, now: Instant) {
        match delivery.unwrap_or(self.delivery) {
            Delivery::Late(pause) => self.push(after(now, pause), notification),
            Delivery::Twice => {
                self.push(now, notification.clone());
                self.push(now, notification);
            }
            Delivery::Never => {}
            Delivery::OutOfOrder if self.overtaken.is_none() => {
                self.overtaken = Some(notification);
                return;
            }
            Delivery::Prompt | Delivery::OutOfOrder => self.push(now, notification),
        }
        self.release(now);
    }

    /// Returns the next notification that is due. [`Self::sent`] or [`Self::failed`] follows.
    pub(crate) fn take(&mut self, now: Instant) -> Option<Notification> {
        let (_, notification) = self.due.first_entry().filter(|first| first.key().0 <= now)?.remove_entry();
        self.sending = 1;
        Some(notification)
    }

    pub(crate) fn sent(&mut self) {
        self.sending = 0;
    }

    /// Sends a notification again later, unless that was tried for long enough.
    pub(crate) fn failed(&mut self, mut notification: Notification, first_pause: Duration, now: Instant) {
        self.sending = 0;
        let pause = first_pause.saturating_mul(1 << notification.attempts.min(16)).min(LONGEST_PAUSE);
        notification.attempts += 1;
        let due = after(now, pause);
        if due <= notification.give_up {
            self.push(due, notification);
        }
    }

    /// Returns when the next notification is due.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.due.keys().next().map(|(due, _)| *due)
    }

    /// Returns the number of notifications that the cinema has not accepted yet.
    pub(crate) fn len(&self) -> usize {
        self.due.len() + usize::from(self.overtaken.is_some()) + self.sending
    }

    fn release(&mut self, now: Instant) {
        if let Some(overtaken) = self.overtaken.take() {
            self.push(now, overtaken);
        }
    }

    fn push(&mut self, due: Instant, notification: Notification) {
        if self.due.len() < MAX_WAITING {
            self.sequence += 1;
            self.due.insert((due, self.sequence), notification);
        }
    }
}
