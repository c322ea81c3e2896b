//! What the store counts of its table.
#![expect(clippy::float_cmp, reason = "counters are exact")]

use std::sync::{Arc, Mutex};

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use ticketly_domain::{Error, Refusal, Rules, Target, Ticketing};
use ticketly_dynamo_tests::proxy::{Fault, Weather};
use ticketly_dynamo_tests::{Engine, crowds, undisturbed};
use ticketly_http::metrics::Metrics;

/// Returns the sum of the series that begin so.
fn sum(text: &str, start: &str) -> f64 {
    let samples = text.lines().filter(|line| line.starts_with(start));
    samples.map(|line| line.rsplit_once(' ').unwrap().1.parse::<f64>().unwrap()).sum()
}

#[tokio::test]
async fn capacity_units_are_those_that_the_engine_charges() {
    let engine = Engine::that_tells_charges().await;
    let (client, meter) = engine.metered();
    let store = engine.store_by(&client, &undisturbed()).await;
    let metrics = Metrics::default();
    metrics.register(|registry| store.register(registry));
    // The start is before the store counts.
    let opened = meter.bill();
    let rng = &mut StdRng::seed_from_u64(7);
    let ticketing = Ticketing::open(Arc::new(store), Rules::default(), rng).await.unwrap();
    let slot = crowds::schedule(&ticketing, "Skyfall", 60, 1).await;
    let target = Target::Slot(slot);
    for seed in 0..5 {
        crowds::book(&ticketing, target.clone(), 2, seed).await.unwrap();
    }
    ticketing.slot(slot).await.unwrap();
    let (bill, text) = (meter.bill() - opened, metrics.text().unwrap());
    let units = |kind: &str| sum(&text, &format!("ticketly_dynamodb_capacity_units_total{{kind=\"{kind}\"}}"));
    assert_eq!((units("read"), units("write")), (bill.read_units, bill.write_units), "{text}");
    assert!(bill.write_units > 0.0 && bill.read_units > 0.0, "{bill}");
    let booked = "ticketly_dynamodb_requests_total{operation=\"TransactWriteItems\",class=\"2xx\"}";
    assert!(sum(&text, booked) >= 5.0, "{text}");
    assert_eq!(sum(&text, "ticketly_dynamodb_requests_total"), f64::from(bill.reads + bill.writes), "{text}");
    assert_eq!(sum(&text, "ticketly_dynamodb_request_duration_seconds_count"), f64::from(bill.reads + bill.writes));
    assert_eq!(sum(&text, "ticketly_dynamodb_waiting_bookings"), 0.0);
    assert_eq!(sum(&text, "ticketly_dynamodb_retries_total"), 0.0, "{text}");
}

#[tokio::test]
async fn conflicts_retries_and_lost_answers_are_counted() {
    let engine = Engine::own().await;
    let next = Arc::new(Mutex::new(None));
    let fault = Arc::clone(&next);
    let weather: Weather =
        Arc::new(move |operation| if operation == "TransactWriteItems" { fault.lock().unwrap().take() } else { None });
    let store = engine.store_by(&engine.client_in(weather).await, &undisturbed()).await;
    let metrics = Metrics::default();
    metrics.register(|registry| store.register(registry));
    let ticketing = Ticketing::open(Arc::new(store), Rules::default(), &mut StdRng::seed_from_u64(7)).await.unwrap();
    let target = Target::Slot(crowds::schedule(&ticketing, "Skyfall", 6, 1).await);
    let count = |series: &str| sum(&metrics.text().unwrap(), &format!("ticketly_dynamodb_{series}"));
    let conflicts = "canceled_transactions_total{reason=\"conflict\"}";
    let refusals = "canceled_transactions_total{reason=\"condition\"}";
    let busy = "retries_total{cause=\"busy\"}";
    let unanswered = "requests_total{operation=\"TransactWriteItems\",class=\"none\"}";
    assert_eq!([conflicts, refusals, busy, unanswered].map(count), [0.0; 4]);

    *next.lock().unwrap() = Some(Fault::Conflict);
    crowds::book(&ticketing, target.clone(), 1, 1).await.unwrap();
    assert_eq!([conflicts, refusals, busy, unanswered].map(count), [1.0, 0.0, 1.0, 0.0]);

    *next.lock().unwrap() = Some(Fault::Throttled);
    crowds::book(&ticketing, target.clone(), 1, 2).await.unwrap();
    assert_eq!([conflicts, refusals, busy, unanswered].map(count), [1.0, 0.0, 2.0, 0.0]);

    *next.lock().unwrap() = Some(Fault::CutAfter);
    crowds::book(&ticketing, target.clone(), 1, 3).await.unwrap();
    assert_eq!([conflicts, refusals, busy, unanswered].map(count), [1.0, 0.0, 2.0, 1.0]);
    assert_eq!(count("retries_total{cause=\"ambiguous\"}"), 1.0);

    let refused = crowds::book(&ticketing, target, 4, 4).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(Refusal::SoldOut { available: 3 })), "{refused}");
    assert!(count(refusals) >= 1.0);
}
