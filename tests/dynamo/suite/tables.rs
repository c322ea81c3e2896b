//! Making a table, and refusing one that is not right.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use ticketly_adapters_dynamo::{DynamoStore, OpenError, Tuning, create, describe};
use ticketly_domain::Store as _;
use ticketly_dynamo_tests::{Engine, settings};

const TABLE: &str = "ticketly";

#[tokio::test]
async fn a_table_is_made_once_and_made_again_stays_as_it_is() {
    let engine = Engine::own().await;
    let client = engine.client();
    create(&client, TABLE).await.unwrap();
    create(&client, TABLE).await.unwrap();
    let found = describe(&client, TABLE).await.unwrap();
    assert_eq!((found.table.as_str(), found.version), (TABLE, 1));
    assert!(found.on_demand && found.deletion_protection, "{found:?}");
    assert!(client.delete_table().table_name(TABLE).send().await.is_err(), "it is protected");
    assert!(found.to_string().starts_with("table                   ticketly\nschema version          1\n"), "{found}");
}

/// A table as others make ours: with the keys and indexes, and nothing else.
async fn bare(client: &Client) {
    create(client, "made").await.unwrap();
    let like = client.describe_table().table_name("made").send().await.unwrap().table.unwrap();
    let mut request = client.create_table().table_name(TABLE).billing_mode(BillingMode::PayPerRequest);
    request = request.set_key_schema(like.key_schema).set_attribute_definitions(like.attribute_definitions);
    for index in like.global_secondary_indexes.unwrap() {
        let bare = GlobalSecondaryIndex::builder().set_index_name(index.index_name).set_key_schema(index.key_schema);
        request = request.global_secondary_indexes(bare.set_projection(index.projection).build().unwrap());
    }
    request.send().await.unwrap();
}

#[tokio::test]
async fn a_table_that_others_made_is_ours_once_it_is_opened() {
    let engine = Engine::own().await;
    let client = engine.client();
    bare(&client).await;
    let line = describe(&client, TABLE).await.err().unwrap().to_string();
    assert!(line.contains("it does not tell a schema version"), "{line}");
    let tuning = Tuning::default();
    let (one, two) =
        tokio::join!(DynamoStore::open(&client, TABLE, &tuning), DynamoStore::open(&client, TABLE, &tuning));
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(describe(&client, TABLE).await.unwrap().version, 1);
    one.unwrap().ready().await.unwrap();
}

#[tokio::test]
async fn a_table_that_was_restored_is_protected_again() {
    let engine = Engine::own().await;
    let client = engine.client();
    bare(&client).await;
    assert_eq!(
        client.describe_table().table_name(TABLE).send().await.unwrap().table.unwrap().deletion_protection_enabled,
        Some(false)
    );
    create(&client, TABLE).await.unwrap();
    assert!(describe(&client, TABLE).await.unwrap().deletion_protection);
}

#[tokio::test]
async fn a_missing_table_is_refused_with_one_line() {
    let engine = Engine::own().await;
    let client = engine.client();
    let error = DynamoStore::open(&client, "nowhere", &Tuning::default()).await.err().unwrap();
    assert!(matches!(error, OpenError::Missing { .. }), "{error:?}");
    let line = error.to_string();
    assert!(line.contains("nowhere") && line.contains("ticketly table create") && !line.contains('\n'), "{line}");
    assert!(matches!(describe(&client, "nowhere").await, Err(OpenError::Missing { .. })));
}

#[tokio::test]
async fn a_table_of_another_version_is_refused() {
    let engine = Engine::own().await;
    let client = engine.client();
    create(&client, TABLE).await.unwrap();
    let newer = client.put_item().table_name(TABLE).item("pk", AttributeValue::S("TICKETLY".into()));
    let newer = newer.item("sk", AttributeValue::S("SCHEMA".into())).item("version", AttributeValue::N("2".into()));
    newer.send().await.unwrap();
    for error in [
        DynamoStore::open(&client, TABLE, &Tuning::default()).await.err().unwrap(),
        describe(&client, TABLE).await.err().unwrap(),
        create(&client, TABLE).await.err().unwrap(),
    ] {
        let line = error.to_string();
        assert!(line.contains("has schema 2, this version knows 1"), "{line}");
    }
}

#[tokio::test]
async fn a_table_of_somebody_else_is_refused() {
    let engine = Engine::own().await;
    let client = engine.client();
    let key = KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash).build().unwrap();
    let id =
        AttributeDefinition::builder().attribute_name("id").attribute_type(ScalarAttributeType::S).build().unwrap();
    let request = client.create_table().table_name("theirs").key_schema(key).attribute_definitions(id);
    request.billing_mode(BillingMode::PayPerRequest).send().await.unwrap();
    for error in [
        DynamoStore::open(&client, "theirs", &Tuning::default()).await.err().unwrap(),
        describe(&client, "theirs").await.err().unwrap(),
        create(&client, "theirs").await.err().unwrap(),
    ] {
        assert!(matches!(error, OpenError::NotOurs { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn an_engine_that_nobody_started_is_told_in_one_line() {
    let settings = settings("http://127.0.0.1:9");
    let error = DynamoStore::open(&ticketly_adapters_dynamo::client_of(&settings), TABLE, &Tuning::default())
        .await
        .err()
        .unwrap();
    let line = error.to_string();
    assert!(line.starts_with("cannot use the table ticketly: ") && !line.contains('\n') && line.len() < 300, "{line}");
}
