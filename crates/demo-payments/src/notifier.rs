//! Sends notifications, one at a time, each until it is accepted.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::outbox::Notification;
use crate::post::post;
use crate::shared::Shared;

/// How often payments that lapse are looked for.
const TICK: Duration = Duration::from_millis(100);

/// Notifies until the provider is stopped.
pub(crate) async fn run(shared: Arc<Shared>) {
    while !shared.is_stopped() {
        shared.books(None, |_, _| ());
        let next = shared.outbox().take(Instant::now());
        if let Some(notification) = next {
            send(&shared, notification).await;
        } else {
            let pause = shared.outbox().next().map_or(TICK, |due| due.saturating_duration_since(Instant::now()));
            // Either is a reason to look again.
            drop(timeout(pause.min(TICK), shared.wake.notified()).await);
        }
    }
}

async fn send(shared: &Shared, notification: Notification) {
    let settings = &shared.settings;
    let sent = (settings.clock)().timestamp();
    let signature = settings.secret.sign(&notification.id, sent, &notification.body);
    let timestamp = sent.to_string();
    let headers = [
        ("webhook-id", notification.id.as_str()),
        ("webhook-timestamp", timestamp.as_str()),
        ("webhook-signature", signature.as_str()),
    ];
    let is_accepted = post(&settings.notify, headers, notification.body.clone()).await;
    let mut outbox = shared.outbox();
    if is_accepted {
        outbox.sent();
    } else {
        outbox.failed(notification, settings.retry_pause, Instant::now());
    }
}
