//! The items that the store writes, compared with the files that all stores and the export share.

#[path = "../../golden/story.rs"]
mod story;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_types::base64;
use serde_json::{Value, json};
use ticketly_dynamo_tests::Engine;
use ticketly_store_contract::Subject;

use self::story::Story;
use crate::agreed::assert_agreed;

/// Returns all items of a table, in order of key.
async fn items(client: &Client, table: &str) -> BTreeMap<(String, String), HashMap<String, AttributeValue>> {
    let scanned = client.scan().table_name(table).consistent_read(true).send().await.unwrap();
    assert!(scanned.last_evaluated_key().is_none(), "one page");
    let keyed = |item: HashMap<String, AttributeValue>| {
        let part = |name: &str| item[name].as_s().unwrap().clone();
        ((part("pk"), part("sk")), item)
    };
    scanned.items.unwrap().into_iter().map(keyed).collect()
}

/// Returns an attribute as exports write it.
fn exported(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::B(bytes) => json!({ "B": base64::encode(bytes) }),
        AttributeValue::Bool(flag) => json!({ "BOOL": flag }),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn items_are_as_agreed() {
    let engine = Arc::new(Engine::with_table().await);
    let (client, table) = (engine.client(), engine.table().to_owned());
    let opened = move || {
        let engine = Arc::clone(&engine);
        async move { engine.store(500).await }
    };
    let story = Story::play(Subject::opened(opened).await).await;
    let items = items(&client, &table).await;
    let found = story.bookings(|booking| {
        let no = format!("{:015x}", booking.key().no.as_u64());
        let item = items.iter().find(|((_, sk), _)| *sk == no).unwrap().1;
        item.get("changes").map(|changes| changes.as_s().unwrap().clone())
    });
    assert_agreed("golden/slots.json", &story.slots().await);
    assert_agreed("golden/bookings.json", &found);
    let written = |item: &HashMap<String, AttributeValue>| -> Value {
        item.iter().map(|(name, value)| (name.clone(), exported(value))).collect()
    };
    assert_agreed("golden/items.json", &items.values().map(written).collect());
}
