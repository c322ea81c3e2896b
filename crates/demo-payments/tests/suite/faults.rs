//! The bridge's client against servers that are slow, cut, wrong or silent.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use ticketly_domain::{PaymentError, PaymentProvider as _};

use crate::cinema::{PATIENCE, bridge, order, refund, run};
use crate::scripted::{Scripted, Then};

fn payment(seed: u64, status: &str, amount: u64, refunded: u64, more: &str) -> String {
    let id = order(seed, 1).payment;
    format!(
        r#"{{"paymentId":"{id}","paymentStatus":"{status}","amount":{amount},"currency":"EUR","refunded":{refunded}{more}}}"#
    )
}

/// Returns what a failure means, in a word.
fn meaning<T>(outcome: Result<T, PaymentError>) -> &'static str {
    let name = |error| match error {
        PaymentError::Refused { .. } => "refused",
        PaymentError::Unavailable(_) => "unavailable",
        PaymentError::OutcomeUnknown(_) => "unknown",
    };
    outcome.map_or_else(name, |_| "done")
}

/// Captures payment 1 at a server that does this, and returns what the outcome means.
fn capture(then: Then) -> &'static str {
    let server = Scripted::start(vec![then]);
    meaning(run(bridge(server.address).capture(order(1, 1).payment)))
}

#[test]
fn a_capture_is_done_only_if_the_answer_says_so() {
    let captured = payment(1, "captured", 2400, 0, r#","brand":"an unknown member""#);
    assert_eq!(capture(Then::json(200, &captured)), "done");
    assert_eq!(capture(Then::json(200, &payment(1, "authorised", 2400, 0, ""))), "unknown");
    assert_eq!(capture(Then::json(200, &payment(2, "captured", 2400, 0, ""))), "unknown", "another payment");
    assert_eq!(capture(Then::json(200, &payment(1, "captured", 2400, 2401, ""))), "unknown", "refunded too much");
    for garbage in ["", "{}", "null", "[1]", "<html>OK</html>", "\u{0}"] {
        assert_eq!(capture(Then::json(200, garbage)), "unknown", "{garbage}");
    }
}

#[test]
fn an_answer_that_is_too_large_is_not_read() {
    let padding = format!(r#","padding":"{}""#, "x".repeat(70_000));
    assert_eq!(capture(Then::json(200, &payment(1, "captured", 2400, 0, &padding))), "unknown");
    let endless_head = format!("HTTP/1.1 200 x\r\nx: {}\r\n\r\n", "x".repeat(70_000));
    assert_eq!(capture(Then::Send(endless_head.into_bytes())), "unknown");
}

#[test]
fn a_cut_connection_leaves_the_outcome_unknown() {
    let Then::Send(whole) = Then::json(200, &payment(1, "captured", 2400, 0, "")) else { unreachable!() };
    for sent in [0, 1, 20, whole.len() - 1] {
        assert_eq!(capture(Then::Send(whole[..sent].to_vec())), "unknown", "{sent} bytes");
    }
    assert_eq!(capture(Then::Send(b"SMTP ready\r\n".to_vec())), "unknown");
}

#[test]
fn a_slow_answer_leaves_the_outcome_unknown_in_time() {
    let begun = Instant::now();
    assert_eq!(capture(Then::Silence(4 * PATIENCE)), "unknown");
    assert!(begun.elapsed() < 3 * PATIENCE, "{:?}", begun.elapsed());
}

#[test]
fn a_refused_connection_means_that_nothing_happened() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    assert_eq!(meaning(run(bridge(address).capture(order(1, 1).payment))), "unavailable");
}

#[test]
fn statuses_mean_what_the_contract_says() {
    assert_eq!(capture(Then::problem(409, "payment_voided")), "refused");
    assert_eq!(capture(Then::problem(503, "unavailable")), "unavailable");
    assert_eq!(capture(Then::problem(500, "failed")), "unknown");
    let redirected = "HTTP/1.1 307 x\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(capture(Then::Send(redirected.as_bytes().to_vec())), "unavailable");
}

#[test]
fn the_code_of_a_refusal_is_told_and_nothing_else() {
    let body = r#"{"code":"payment_voided","detail":"John Smith, 4111 1111 1111 1111"}"#;
    let server = Scripted::start(vec![Then::of(409, "application/problem+json", body)]);
    let error = run(bridge(server.address).capture(order(1, 1).payment)).unwrap_err();
    assert_eq!(error.to_string(), "the payment provider refused the request: payment_voided");
    assert!(!format!("{error:?}").contains("John"), "{error:?}");
}

#[test]
fn a_query_never_has_an_unknown_outcome() {
    let id = order(1, 1).payment;
    for (then, wanted) in [
        (Then::json(200, &payment(1, "declined", 2400, 0, "")), "done"),
        (Then::json(200, "<html>"), "unavailable"),
        (Then::problem(404, "not_found"), "unavailable"),
        (Then::problem(500, "failed"), "unavailable"),
        (Then::problem(409, "conflict"), "unavailable"),
        (Then::Silence(2 * PATIENCE), "unavailable"),
        (Then::Send(Vec::new()), "unavailable"),
    ] {
        let server = Scripted::start(vec![then.clone()]);
        assert_eq!(meaning(run(bridge(server.address).payment(id))), wanted, "{then:?}");
    }
    let server = Scripted::start(vec![Then::problem(404, "unknown_payment")]);
    assert_eq!(run(bridge(server.address).payment(id)).unwrap(), None);
}

#[test]
fn a_buyer_is_only_sent_to_an_acceptable_page() {
    let ordered = |amount, page: &str| {
        let more = format!(r#","paymentUrl":"{page}""#);
        let server = Scripted::start(vec![Then::json(201, &payment(1, "pending", amount, 0, &more))]);
        run(bridge(server.address).authorise(&order(1, 2400))).map(|page| page.as_str().to_owned())
    };
    assert_eq!(ordered(2400, "https://pay.example/7").unwrap(), "https://pay.example/7");
    assert_eq!(meaning(ordered(2399, "https://pay.example/7")), "unknown", "another amount");
    for wrong in ["", "javascript:alert(1)", "http://pay.example/7", "https://", "/pay/7"] {
        assert_eq!(meaning(ordered(2400, wrong)), "unknown", "{wrong}");
    }
}

#[test]
fn a_refund_is_done_only_if_that_much_is_refunded() {
    let refunded = |refunded| {
        let server = Scripted::start(vec![Then::json(201, &payment(1, "captured", 2400, refunded, ""))]);
        meaning(run(bridge(server.address).refund(&refund(9, order(1, 1).payment, 700))))
    };
    assert_eq!([refunded(699), refunded(700), refunded(1500)], ["unknown", "done", "done"]);
}

#[test]
fn requests_carry_the_token_and_a_key_and_no_secret() {
    let server = Scripted::start(vec![Then::json(200, &payment(1, "voided", 2400, 0, ""))]);
    let bridge = bridge(server.address);
    let id = order(1, 1).payment;
    run(bridge.void(id)).unwrap();
    let request = server.request();
    assert_eq!(request.start, format!("POST /payments/{id}/void HTTP/1.1"));
    assert_eq!(request.header("authorization"), "Bearer example-token-of-the-bridge");
    assert_eq!(request.header("idempotency-key"), format!("{id}-void"));
    let shown = format!("{bridge:?}");
    assert!(!shown.contains("example-token") && !shown.contains("whsec_"), "{shown}");
}

#[test]
fn more_requests_than_the_limit_wait_for_their_turn() {
    let script = vec![Then::json(200, &payment(1, "captured", 2400, 0, "")); 200];
    let server = Scripted::start(script);
    let id = order(1, 1).payment;
    let begun = Instant::now();
    run(async {
        let bridge = std::sync::Arc::new(bridge(server.address));
        let captures: Vec<_> = (0..200)
            .map(|_| {
                let bridge = std::sync::Arc::clone(&bridge);
                tokio::spawn(async move { meaning(bridge.capture(id).await) })
            })
            .collect();
        for capture in captures {
            assert_eq!(capture.await.unwrap(), "done");
        }
    });
    assert!(begun.elapsed() < Duration::from_secs(10));
}
