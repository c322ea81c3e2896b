//! Creates tables, and refuses those that cannot be used.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use ticketly_adapters_dynamo::{DynamoStore, LAYOUT, OpenError, Tuning, create, describe, upgrade};
use ticketly_domain::{
    Installation as _, InstallationKey, PriceListId, PriceListName, PriceListVersion, PriceLists as _, Refusal,
    StoreError, StoredPriceList,
};
use ticketly_dynamo_tests::{Engine, settings};
use ticketly_store_contract::prices;

const TABLE: &str = "ticketly";

#[tokio::test]
async fn creating_a_table_twice_changes_nothing() {
    let engine = Engine::own().await;
    let client = engine.client();
    create(&client, TABLE).await.unwrap();
    create(&client, TABLE).await.unwrap();
    let found = describe(&client, TABLE).await.unwrap();
    assert_eq!((found.table.as_str(), found.version), (TABLE, LAYOUT.version));
    assert_eq!(found.oldest_reader, LAYOUT.oldest_reader);
    assert!(found.on_demand && found.deletion_protection, "{found:?}");
    assert!(client.delete_table().table_name(TABLE).send().await.is_err(), "it is protected");
    let expected =
        format!("layout version          {}\noldest reader           {}\n", found.version, found.oldest_reader);
    assert!(found.to_string().starts_with(&format!("table                   ticketly\n{expected}")), "{found}");
}

/// Creates a table as a template does: with the keys and indexes, and nothing else.
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
async fn a_table_from_a_template_gets_its_layout_when_opened() {
    let engine = Engine::own().await;
    let client = engine.client();
    bare(&client).await;
    let line = describe(&client, TABLE).await.err().unwrap().to_string();
    assert!(line.contains("it has no layout version"), "{line}");
    let tuning = Tuning::default();
    let (one, two) =
        tokio::join!(DynamoStore::open(&client, TABLE, &tuning), DynamoStore::open(&client, TABLE, &tuning));
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(describe(&client, TABLE).await.unwrap().version, LAYOUT.version);
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

/// Overwrites the layout of the table.
async fn relayout(client: &Client, version: u32, oldest_reader: Option<u32>) {
    let number = |number: u32| AttributeValue::N(number.to_string());
    let item = client.put_item().table_name(TABLE).item("pk", AttributeValue::S("TICKETLY".into()));
    let mut item = item.item("sk", AttributeValue::S("SCHEMA".into())).item("version", number(version));
    if let Some(oldest_reader) = oldest_reader {
        item = item.item("oldest_reader", number(oldest_reader));
    }
    item.send().await.unwrap();
}

/// Says in the item of the layout that there are auditoriums, as the first one does.
async fn note_auditoriums(client: &Client) {
    let update = client.update_item().table_name(TABLE).key("pk", AttributeValue::S("TICKETLY".into()));
    let update = update.key("sk", AttributeValue::S("SCHEMA".into())).update_expression("SET auditoriums = :yes");
    update.expression_attribute_values(":yes", AttributeValue::Bool(true)).send().await.unwrap();
}

/// Returns the item of the layout.
async fn schema(client: &Client) -> HashMap<String, AttributeValue> {
    let get = client.get_item().table_name(TABLE).key("pk", AttributeValue::S("TICKETLY".into()));
    get.key("sk", AttributeValue::S("SCHEMA".into())).send().await.unwrap().item.unwrap()
}

#[tokio::test]
async fn a_table_has_no_prices_before_it_excludes_programs_without() {
    let engine = Engine::own().await;
    let client = engine.client();
    create(&client, TABLE).await.unwrap();
    relayout(&client, 1, Some(1)).await;
    let store = DynamoStore::open(&client, TABLE, &Tuning::default()).await.unwrap();
    let list = StoredPriceList {
        id: PriceListId::from_u64(17).unwrap(),
        name: PriceListName::parse("Weekday").unwrap(),
        version: PriceListVersion::FIRST,
        list: prices("1270, adult"),
    };
    let refused = store.add_price_list(&list).await;
    assert!(matches!(refused, Err(StoreError::Refused(Refusal::LayoutTooOld))), "{refused:?}");
    assert_eq!(store.price_lists().await.unwrap(), []);

    assert_eq!(upgrade(&client, TABLE).await.unwrap(), 1);
    assert!(describe(&client, TABLE).await.unwrap().oldest_reader > 1, "a program without prices is excluded");
    store.ready().await.unwrap();
    store.add_price_list(&list).await.unwrap();
    assert_eq!(store.price_lists().await.unwrap(), [list]);
}

#[tokio::test]
async fn a_newer_table_that_excludes_this_program_is_refused() {
    let engine = Engine::own().await;
    let client = engine.client();
    create(&client, TABLE).await.unwrap();
    let newer = LAYOUT.version + 1;
    for (version, oldest_reader) in [(newer, None), (newer + 4, Some(newer))] {
        relayout(&client, version, oldest_reader).await;
        for error in [
            DynamoStore::open(&client, TABLE, &Tuning::default()).await.err().unwrap(),
            describe(&client, TABLE).await.err().unwrap(),
            create(&client, TABLE).await.err().unwrap(),
            upgrade(&client, TABLE).await.err().unwrap(),
        ] {
            let line = error.to_string();
            assert!(line.contains(&format!("has layout {version}, which needs a program")), "{line}");
        }
    }
}

#[tokio::test]
async fn a_newer_table_that_allows_this_program_is_used() {
    let engine = Engine::own().await;
    let client = engine.client();
    create(&client, TABLE).await.unwrap();
    relayout(&client, LAYOUT.version + 3, Some(LAYOUT.version)).await;
    let store = DynamoStore::open(&client, TABLE, &Tuning::default()).await.unwrap();
    store.ready().await.unwrap();
    store.installation_key(&InstallationKey::from_bytes([3; 64])).await.unwrap();
    assert_eq!(store.layout_version(), LAYOUT.version);
    assert_eq!(upgrade(&client, TABLE).await.unwrap(), LAYOUT.version + 3, "it is not lowered");
    assert_eq!(describe(&client, TABLE).await.unwrap().version, LAYOUT.version + 3);
}

#[tokio::test]
async fn a_table_is_upgraded_once() {
    let engine = Engine::own().await;
    let client = engine.client();
    create(&client, TABLE).await.unwrap();
    let older = LAYOUT.oldest_written - 1;
    relayout(&client, older, None).await;
    note_auditoriums(&client).await;
    let line = DynamoStore::open(&client, TABLE, &Tuning::default()).await.err().unwrap().to_string();
    assert!(line.contains(&format!("has layout {older}, ")) && line.contains("ticketly table upgrade"), "{line}");
    assert_eq!(describe(&client, TABLE).await.unwrap().version, older);

    let (one, two) = tokio::join!(upgrade(&client, TABLE), upgrade(&client, TABLE));
    assert!([one.unwrap(), two.unwrap()].contains(&older));
    let found = describe(&client, TABLE).await.unwrap();
    assert_eq!((found.version, found.oldest_reader), (LAYOUT.version, LAYOUT.oldest_reader));
    assert_eq!(upgrade(&client, TABLE).await.unwrap(), LAYOUT.version);
    let found = schema(&client).await;
    assert_eq!(found.get("auditoriums"), Some(&AttributeValue::Bool(true)), "there are still auditoriums: {found:?}");
}

/// Returns whether a store refuses changes because its program is too old.
async fn is_excluded(store: &DynamoStore) -> bool {
    match store.installation_key(&InstallationKey::from_bytes([5; 64])).await {
        Err(StoreError::Failed(cause)) => cause.to_string().contains("update this server"),
        _ => false,
    }
}

#[tokio::test]
async fn a_running_server_notices_that_it_is_excluded() {
    let engine = Engine::own().await;
    let client = engine.client();
    create(&client, TABLE).await.unwrap();
    let (asked, alone) = (Tuning::default(), Tuning { layout_check: Duration::from_millis(20), ..Tuning::default() });
    let asked = DynamoStore::open(&client, TABLE, &asked).await.unwrap();
    let alone = DynamoStore::open(&client, TABLE, &alone).await.unwrap();
    asked.ready().await.unwrap();
    relayout(&client, LAYOUT.version + 1, None).await;

    assert!(matches!(asked.ready().await, Err(StoreError::Failed(_))), "the readiness check fails");
    assert!(is_excluded(&asked).await);
    let noticed = async { while !is_excluded(&alone).await {} };
    tokio::time::timeout(Duration::from_secs(30), noticed).await.unwrap();
    // A server also notices when the layout is changed back by hand.
    relayout(&client, LAYOUT.version, None).await;
    asked.ready().await.unwrap();
    assert!(!is_excluded(&asked).await);
}

#[tokio::test]
async fn a_foreign_table_is_refused() {
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
async fn an_unreachable_engine_is_reported_in_one_line() {
    let settings = settings("http://127.0.0.1:9");
    let error = DynamoStore::open(&ticketly_adapters_dynamo::client_of(&settings), TABLE, &Tuning::default())
        .await
        .err()
        .unwrap();
    let line = error.to_string();
    assert!(line.starts_with("cannot use the table ticketly: ") && !line.contains('\n') && line.len() < 300, "{line}");
}
