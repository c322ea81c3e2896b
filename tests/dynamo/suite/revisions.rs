//! A slot that was corrected while a server remembers its old version.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_domain::{Error, Refusal, SlotId, Target};
use ticketly_dynamo_tests::{Engine, patiently};
use ticketly_store_contract::{Cinema, SHOW_END, SHOW_START, Subject, draft, request};

/// Moves a slot to another time, as a later version of the program will: in the slot and in each of its shards.
async fn correct(client: &Client, table: &str, slot: SlotId, shards: usize, start: DateTime<Utc>, revision: u32) {
    let text = |text: String| AttributeValue::S(text);
    let number = |number: i64| AttributeValue::N(number.to_string());
    let change = |pk: String, sk: &str| {
        client.update_item().table_name(table).key("pk", text(pk)).key("sk", text(sk.to_owned()))
    };
    let end = start + TimeDelta::hours(2);
    change(format!("SLOT#{slot}"), "META")
        .update_expression("SET starts = :starts, ends = :ends, revision = :revision")
        .expression_attribute_values(":starts", number(start.timestamp_millis()))
        .expression_attribute_values(":ends", number(end.timestamp_millis()))
        .expression_attribute_values(":revision", number(revision.into()))
        .send()
        .await
        .unwrap();
    for shard in 0..shards {
        change(format!("SLOT#{slot}#I{shard}"), "SEATS")
            .update_expression("SET revision = :revision")
            .expression_attribute_values(":revision", number(revision.into()))
            .send()
            .await
            .unwrap();
    }
}

async fn an_old_start_is_never_sold(seats_a_shard: u32, shards: usize) {
    let engine = Engine::with_table().await;
    let subject = Subject::resident(engine.store_by(&engine.client(), &patiently(seats_a_shard)).await);
    let mut cinema = Cinema::over(subject).await;
    let slot = cinema.slot_of(&draft("Skyfall", 40)).await;
    let before = cinema.book(slot, 1).await.unwrap();
    assert_eq!(before.showing().start(), SHOW_START, "now this server remembers the slot");

    let later = SHOW_START + TimeDelta::minutes(95);
    correct(&engine.client(), engine.table(), slot, shards, later, 1).await;
    let ticketing = cinema.ticketing.clone();
    let book = async |seed| {
        let rng = &mut StdRng::seed_from_u64(seed);
        ticketing.book(request(Target::Slot(slot), 2), SHOW_START + TimeDelta::hours(1), rng).await
    };
    let (one, two) = tokio::join!(book(1), book(2));
    for booking in [one.unwrap(), two.unwrap()] {
        assert_eq!(booking.showing().start(), later, "at the old start booking would have closed");
    }
    correct(&engine.client(), engine.table(), slot, shards, SHOW_START - TimeDelta::days(1), 2).await;
    let ended = book(3).await;
    assert!(matches!(ended, Err(Error::Refused(Refusal::SlotEnded))), "{ended:?}");
    assert_eq!(cinema.balanced(slot).await, 5);
    assert!(later < SHOW_END, "the last one was refused by its new end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_slot_is_sold_as_corrected() {
    an_old_start_is_never_sold(500, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_slot_is_sold_as_corrected() {
    an_old_start_is_never_sold(20, 2).await;
}
