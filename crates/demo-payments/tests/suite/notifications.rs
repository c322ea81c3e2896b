//! Notifications on their way: signed, repeated, late, lost, overtaken and forged.

use std::time::Duration;

use chrono::TimeDelta;
use ticketly_demo_payments::Delivery;
use ticketly_domain::{NotificationError, PaymentEvent, PaymentProvider as _, SignedNotification};

use crate::cinema::{NOW, Stage, euros, order, run, signed};

/// Returns a stage with an ordered payment of 2,400 cents.
fn ordered(seed: u64, stage: Stage) -> (Stage, ticketly_domain::PaymentId) {
    let order = order(seed, 2400);
    run(stage.bridge.authorise(&order)).unwrap();
    (stage, order.payment)
}

/// Returns the field for which a notification is not verified.
fn unverified(stage: &Stage, notification: &SignedNotification<'_>, seconds: i64) -> &'static str {
    match stage.bridge.read_notification(notification, NOW + TimeDelta::seconds(seconds)) {
        Err(NotificationError::Unverified(invalid)) => invalid.field,
        other => panic!("it should not be verified, but is {other:?}"),
    }
}

#[test]
fn a_decline_is_notified() {
    let (stage, id) = ordered(1, Stage::new());
    stage.provider.decline(id);
    let notification = stage.notified();
    assert_eq!((notification.payment, notification.event), (id, PaymentEvent::Declined));
    assert_eq!(notification.at, NOW);
    stage.all_is_delivered();
}

#[test]
fn a_notification_is_sent_again_until_it_is_accepted() {
    let (stage, id) = ordered(2, Stage::refusing(3));
    stage.provider.pay(id);
    let first = stage.received();
    stage.clock.set(NOW + TimeDelta::seconds(400));
    let attempts = [stage.received(), stage.received(), stage.received()];
    let last = attempts.last().unwrap();
    assert_eq!((last.header("webhook-id"), &last.body), (first.header("webhook-id"), &first.body));
    let read = stage.bridge.read_notification(&signed(last), NOW + TimeDelta::seconds(400)).unwrap();
    assert_eq!((read.event, read.at), (PaymentEvent::Authorised { total: euros(2400) }, NOW), "the event is as old");
    assert!(stage.hears_nothing());
}

#[test]
fn a_notification_is_given_up_after_some_time() {
    let stage = Stage::with(usize::MAX, |settings| settings.retry_for = Duration::from_millis(200));
    let (stage, id) = ordered(3, stage);
    stage.provider.decline(id);
    // At once, after 50 ms, and 100 ms later; 200 ms after that it would be too late.
    stage.received();
    stage.received();
    stage.all_is_delivered();
    stage.received();
    assert!(stage.hears_nothing(), "it is given up");
}

#[test]
fn a_replay_reads_the_same_and_later_not_at_all() {
    let (stage, id) = ordered(4, Stage::new());
    stage.provider.pay(id);
    let message = stage.received();
    let signed = signed(&message);
    let read = |seconds| stage.bridge.read_notification(&signed, NOW + TimeDelta::seconds(seconds));
    assert_eq!(read(0).unwrap(), read(300).unwrap());
    assert_eq!(unverified(&stage, &signed, 301), "webhook-timestamp");
    assert_eq!(unverified(&stage, &signed, -301), "webhook-timestamp");
}

#[test]
fn a_forged_notification_is_not_read() {
    let (stage, id) = ordered(5, Stage::new());
    stage.provider.decline(id);
    let message = stage.received();
    let right = signed(&message);
    let forged = message.body.replace("payment.declined", "payment.authorised");
    let wrong = "v1,Qt6l3mib1qShFXRUgR4wPHx6Ro7EldThpKab/K9nzUg=";
    assert_eq!(unverified(&stage, &SignedNotification { body: forged.as_bytes(), ..right }, 0), "webhook-signature");
    assert_eq!(unverified(&stage, &SignedNotification { signature: wrong, ..right }, 0), "webhook-signature");
    assert_eq!(unverified(&stage, &SignedNotification { id: "evt_8", ..right }, 0), "webhook-signature");
    assert_eq!(unverified(&stage, &SignedNotification { id: "", ..right }, 0), "webhook-id");
    assert!(stage.bridge.read_notification(&right, NOW).is_ok());
}

#[test]
fn a_notification_comes_twice_late_or_never() {
    let (stage, id) = ordered(6, Stage::new());
    stage.provider.deliver(Delivery::Twice);
    stage.provider.pay(id);
    assert_eq!(stage.notified(), stage.notified());
    stage.provider.deliver(Delivery::Never);
    run(stage.bridge.capture(id)).unwrap();
    assert!(stage.hears_nothing());
    stage.all_is_delivered();
    let (stage, id) = ordered(7, stage);
    stage.provider.deliver(Delivery::Late(Duration::from_millis(600)));
    stage.provider.decline(id);
    assert!(stage.hears_nothing());
    assert_eq!(stage.notified().event, PaymentEvent::Declined);
}

#[test]
fn a_later_event_is_notified_before_an_earlier_one() {
    let (stage, id) = ordered(8, Stage::new());
    stage.provider.deliver(Delivery::OutOfOrder);
    stage.provider.pay(id);
    assert!(stage.hears_nothing());
    run(stage.bridge.capture(id)).unwrap();
    let total = euros(2400);
    let events = [stage.notified(), stage.notified()].map(|notification| notification.event);
    assert_eq!(events, [PaymentEvent::Captured { total }, PaymentEvent::Authorised { total }]);
}
