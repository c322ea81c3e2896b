//! The demo provider through the bridge, as the cinema uses both.

use chrono::TimeDelta;
use ticketly_demo_payments::Outage;
use ticketly_domain::{PaymentError, PaymentEvent, PaymentProvider as _, PaymentStatus};

use crate::cinema::{NOW, Stage, TOKEN, euros, order, refund, run};
use crate::http::{Message, exchange};

fn refusal<T: std::fmt::Debug>(outcome: Result<T, PaymentError>) -> String {
    match outcome {
        Err(PaymentError::Refused { code }) => code,
        other => panic!("it should be refused, but is {other:?}"),
    }
}

#[test]
fn a_payment_is_authorised_captured_and_refunded() {
    let stage = Stage::new();
    let order = order(1, 2400);
    let id = order.payment;
    run(async {
        let page = stage.bridge.authorise(&order).await.unwrap();
        assert_eq!(page.as_str(), format!("http://{}/pay/{id}", stage.provider.address()));
        let report = stage.bridge.payment(id).await.unwrap().unwrap();
        assert_eq!((report.status(), report.total()), (PaymentStatus::Pending, euros(2400)));
        stage.provider.pay(id);
        assert_eq!(stage.notified().event, PaymentEvent::Authorised { total: euros(2400) });
        stage.bridge.capture(id).await.unwrap();
        assert_eq!(stage.notified().event, PaymentEvent::Captured { total: euros(2400) });
        let refund = refund(7, id, 700);
        stage.bridge.refund(&refund).await.unwrap();
        let event = PaymentEvent::Refunded { refund: refund.id, amount: euros(700) };
        assert_eq!(stage.notified().event, event);
        let report = stage.bridge.payment(id).await.unwrap().unwrap();
        assert_eq!((report.status(), report.refunded()), (PaymentStatus::Captured, euros(700)));
    });
    let entry = stage.provider.entry(id).unwrap();
    assert_eq!((entry.authorised, entry.captured, entry.voided, entry.refunded), (2400, 2400, 0, 700));
    assert_eq!(stage.provider.check(), Ok(()));
}

#[test]
fn repeated_requests_take_effect_once() {
    let stage = Stage::new();
    let order = order(2, 1800);
    let id = order.payment;
    run(async {
        let first = stage.bridge.authorise(&order).await.unwrap();
        assert_eq!(stage.bridge.authorise(&order).await.unwrap(), first);
        stage.provider.pay(id);
        let (refund, other) = (refund(8, id, 900), refund(9, id, 900));
        for _ in 0..2 {
            stage.bridge.capture(id).await.unwrap();
            stage.bridge.refund(&refund).await.unwrap();
        }
        stage.bridge.refund(&other).await.unwrap();
        stage.bridge.capture(id).await.expect("a refunded payment is still captured");
        assert_eq!(stage.bridge.authorise(&order).await.unwrap(), first);
    });
    let entry = stage.provider.entry(id).unwrap();
    assert_eq!((entry.captured, entry.refunds.len(), entry.refunded), (1800, 2, 1800));
    assert_eq!(stage.provider.check(), Ok(()));
}

#[test]
fn what_cannot_be_is_refused_for_good() {
    let stage = Stage::new();
    let [first, second, third, unknown] = [3, 4, 5, 6].map(|seed| order(seed, 1000));
    run(async {
        let bridge = &stage.bridge;
        for order in [&first, &second, &third] {
            bridge.authorise(order).await.unwrap();
        }
        assert_eq!(refusal(bridge.capture(first.payment).await), "payment_pending");
        assert_eq!(refusal(bridge.refund(&refund(1, first.payment, 1)).await), "payment_pending");
        stage.provider.pay(first.payment);
        bridge.void(first.payment).await.unwrap();
        assert_eq!(refusal(bridge.capture(first.payment).await), "payment_voided");
        stage.provider.pay(second.payment);
        bridge.capture(second.payment).await.unwrap();
        assert_eq!(refusal(bridge.void(second.payment).await), "payment_captured");
        assert_eq!(refusal(bridge.refund(&refund(2, second.payment, 1001)).await), "exceeds_captured");
        bridge.refund(&refund(3, second.payment, 400)).await.unwrap();
        assert_eq!(refusal(bridge.refund(&refund(3, second.payment, 401)).await), "refund_reused");
        assert_eq!(refusal(bridge.authorise(&order(3, 1001)).await), "payment_reused");
        stage.provider.decline(third.payment);
        bridge.void(third.payment).await.expect("nothing is reserved");
        assert_eq!(refusal(bridge.capture(third.payment).await), "payment_declined");
        for outcome in [bridge.capture(unknown.payment).await, bridge.void(unknown.payment).await] {
            assert_eq!(refusal(outcome), "unknown_payment");
        }
        assert_eq!(bridge.payment(unknown.payment).await.unwrap(), None);
    });
    let entry = stage.provider.entry(first.payment).unwrap();
    assert_eq!((entry.authorised, entry.voided, entry.captured), (1000, 1000, 0));
    assert_eq!(stage.provider.entry(second.payment).unwrap().refunded, 400);
    assert_eq!(stage.provider.entries().len(), 3);
}

#[test]
fn an_outage_tells_whether_the_outcome_is_known() {
    for (seed, outage, is_known, is_captured) in [
        (11, Outage::Unavailable, true, false),
        (12, Outage::SilentBefore, false, false),
        (13, Outage::SilentAfter, false, true),
        (14, Outage::CutBefore, false, false),
        (15, Outage::CutAfter, false, true),
    ] {
        let stage = Stage::new();
        let order = order(seed, 1200);
        run(async {
            stage.bridge.authorise(&order).await.unwrap();
            stage.provider.pay(order.payment);
            stage.provider.fail(outage, 1);
            let error = stage.bridge.capture(order.payment).await.unwrap_err();
            assert_eq!(matches!(error, PaymentError::Unavailable(_)), is_known, "{outage:?} {error:?}");
            assert_eq!(matches!(error, PaymentError::OutcomeUnknown(_)), !is_known, "{outage:?} {error:?}");
            let captured = stage.provider.entry(order.payment).unwrap().captured;
            assert_eq!(captured, if is_captured { 1200 } else { 0 }, "{outage:?}");
            stage.bridge.capture(order.payment).await.expect("the repetition has its outcome");
        });
        assert_eq!(stage.provider.entry(order.payment).unwrap().captured, 1200, "{outage:?}");
        assert_eq!(stage.provider.check(), Ok(()));
    }
}

#[test]
fn all_requests_fail_until_the_provider_recovers() {
    let stage = Stage::new();
    let order = order(16, 500);
    stage.provider.fail_all(Outage::Unavailable);
    run(async {
        for _ in 0..3 {
            let error = stage.bridge.authorise(&order).await.unwrap_err();
            assert!(matches!(error, PaymentError::Unavailable(_)), "{error:?}");
            assert!(stage.bridge.payment(order.payment).await.is_err());
        }
        assert_eq!(stage.provider.entry(order.payment), None);
        stage.provider.recover();
        assert!(stage.bridge.authorise(&order).await.is_ok());
    });
}

#[test]
fn a_payment_lapses_with_the_hold_and_that_is_notified() {
    let stage = Stage::new();
    let order = order(17, 600);
    run(async {
        stage.bridge.authorise(&order).await.unwrap();
        stage.clock.set(NOW + TimeDelta::seconds(601));
        let notification = stage.notified();
        assert_eq!((notification.payment, notification.event), (order.payment, PaymentEvent::Declined));
        stage.provider.pay(order.payment);
        let report = stage.bridge.payment(order.payment).await.unwrap().unwrap();
        assert_eq!(report.status(), PaymentStatus::Declined);
    });
    assert_eq!(stage.provider.entry(order.payment).unwrap().authorised, 0);
}

#[test]
fn concurrent_requests_take_effect_once() {
    let stage = Stage::new();
    let order = order(18, 3200);
    let id = order.payment;
    let refund = refund(19, id, 1700);
    run(async {
        stage.bridge.authorise(&order).await.unwrap();
        stage.provider.pay(id);
        let bridge = std::sync::Arc::new(stage.bridge);
        let requests: Vec<_> = (0..20)
            .map(|_| {
                let bridge = std::sync::Arc::clone(&bridge);
                tokio::spawn(async move {
                    bridge.capture(id).await.unwrap();
                    bridge.refund(&refund).await.unwrap();
                })
            })
            .collect();
        for request in requests {
            request.await.unwrap();
        }
    });
    let entry = stage.provider.entry(id).unwrap();
    assert_eq!((entry.captured, entry.refunded), (3200, 1700));
    assert_eq!(stage.provider.check(), Ok(()));
}

#[test]
fn an_authorisation_lapses_after_a_week() {
    let stage = Stage::new();
    let order = order(20, 900);
    run(async {
        stage.bridge.authorise(&order).await.unwrap();
        stage.provider.pay(order.payment);
        assert_eq!(stage.notified().event, PaymentEvent::Authorised { total: euros(900) });
        stage.clock.set(NOW + TimeDelta::days(7));
        assert_eq!(stage.notified().event, PaymentEvent::Voided);
        assert_eq!(refusal(stage.bridge.capture(order.payment).await), "payment_voided");
    });
    assert_eq!(stage.provider.check(), Ok(()));
}

#[test]
fn requests_without_the_token_or_a_key_or_of_any_size_have_no_effect() {
    let stage = Stage::new();
    let order = order(21, 800);
    run(stage.bridge.authorise(&order)).unwrap();
    stage.provider.pay(order.payment);
    let post = |token: &str, key: &str, body: &str| {
        let start = format!("POST /payments/{}/capture HTTP/1.1", order.payment);
        let request = Message::parse(&format!("{start}\nHost: pay.example\nAuthorization: {token}\n{key}\n\n{body}"));
        let answer = exchange(stage.provider.address(), &request);
        (answer.status(), answer.body)
    };
    let (right, key) = (format!("Bearer {TOKEN}"), "Idempotency-Key: 7");
    for (token, key, body, status, code) in [
        ("Bearer example-token-of-another", key, "", 401, "unauthorised"),
        (right.as_str(), "X: 7", "", 400, "invalid"),
        (right.as_str(), key, "7".repeat(20_000).as_str(), 413, "too_large"),
    ] {
        let (found, answer) = post(token, key, body);
        assert!(found == status && answer.contains(&format!("\"code\":\"{code}\"")), "{found} {answer}");
    }
    assert_eq!(stage.provider.entry(order.payment).unwrap().captured, 0);
    assert_eq!(post(&right, key, "").0, 200);
    assert_eq!(stage.provider.entry(order.payment).unwrap().captured, 800);
}
