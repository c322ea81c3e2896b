//! Keys of versions before named keys: they stay valid, and servers of both versions run at the same time.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_adapters_dynamo::DynamoStore;
use ticketly_domain::{ApiKey, Error, KeyHash, KeyLabel, KeyRecord, KeyStore as _, MAX_KEYS, Refusal, Role};
use ticketly_dynamo_tests::Engine;

const MADE: DateTime<Utc> = DateTime::from_timestamp(1_794_000_000, 0).unwrap();

/// A table with two keys of admins and one of a scheduler, as an older version wrote them.
struct Table {
    engine: Engine,
    client: Client,
    store: DynamoStore,
}

fn hash(sk: &str) -> KeyHash {
    KeyHash::of(sk)
}

/// Returns the record of an old key, as it is listed now.
fn record(role: Role, number: u32) -> KeyRecord {
    let sk = format!("{role}#{number}");
    let label = KeyLabel::numbered(role, number + 1);
    let created = MADE + TimeDelta::minutes(number.into());
    KeyRecord { role, hash: hash(&sk), label, created, ends: None, used: None }
}

impl Table {
    async fn with_old_keys() -> Self {
        let engine = Engine::own().await;
        let (client, store) = (engine.client(), engine.store(500).await);
        let table = Self { engine, client, store };
        for (role, number) in [(Role::Admin, 0), (Role::Admin, 1), (Role::Scheduler, 0)] {
            table.put(&format!("{role}#{number}"), role, hash(&format!("{role}#{number}")), number).await;
        }
        table
    }

    async fn put(&self, sk: &str, role: Role, hash: KeyHash, minute: u32) {
        let made = (MADE + TimeDelta::minutes(minute.into())).timestamp_millis();
        let request = self.client.put_item().table_name(self.engine.table());
        let request = request.item("pk", AttributeValue::S("KEYS".into())).item("sk", AttributeValue::S(sk.into()));
        let request = request.item("role", AttributeValue::S(role.to_string()));
        let request = request.item("digest", AttributeValue::B(Blob::new(hash.0.to_vec())));
        request.item("made", AttributeValue::N(made.to_string())).send().await.unwrap();
    }

    /// Reads the keys as an older version does: at most six items of the partition, by sort key.
    async fn as_read_before(&self) -> HashMap<String, (String, Vec<u8>, String)> {
        let query = self.client.query().table_name(self.engine.table()).limit(6);
        let query = query.key_condition_expression("pk = :pk AND sk BETWEEN :low AND :high");
        let query = query.expression_attribute_values(":pk", AttributeValue::S("KEYS".into()));
        let query = query.expression_attribute_values(":low", AttributeValue::S(" ".into()));
        let query = query.expression_attribute_values(":high", AttributeValue::S("~".into()));
        let items = query.send().await.unwrap().items.unwrap();
        let read = |item: &HashMap<String, AttributeValue>| {
            let digest = item["digest"].as_b().unwrap().clone().into_inner();
            let role = item["role"].as_s().unwrap().clone();
            (item["sk"].as_s().unwrap().clone(), (role, digest, item["made"].as_n().unwrap().clone()))
        };
        items.iter().map(read).collect()
    }
}

fn minted(role: Role, label: &str) -> KeyRecord {
    let label = KeyLabel::parse(label).unwrap();
    ApiKey::mint(role, &mut StdRng::seed_from_u64(7)).record(label, MADE + TimeDelta::hours(1))
}

#[tokio::test]
async fn keys_of_an_older_version_stay_valid() {
    let table = Table::with_old_keys().await;
    let store = &table.store;
    let old = [record(Role::Admin, 0), record(Role::Admin, 1), record(Role::Scheduler, 0)];
    for key in &old {
        assert_eq!(store.key(&key.hash).await.unwrap().as_ref(), Some(key));
    }
    let new = minted(Role::Admin, "till");
    store.add_key(&new, MAX_KEYS).await.unwrap();
    let mut all = [&old[..], &[new]].concat();
    all.sort_by_key(|key| (key.created, key.hash.0));
    assert_eq!(store.keys().await.unwrap(), all);
}

#[tokio::test]
async fn an_older_server_sees_its_keys_as_they_were() {
    let table = Table::with_old_keys().await;
    let before = table.as_read_before().await;
    let known = KeyRecord { hash: hash("admin#1"), ..minted(Role::Admin, "elsewhere") };
    table.store.add_key(&known, MAX_KEYS).await.unwrap();
    table.store.note_use(&known.hash, MADE).await.unwrap();
    for number in 0..8 {
        let key = KeyRecord { hash: KeyHash([number; 32]), ..minted(Role::Admin, &format!("till-{number}")) };
        table.store.add_key(&key, MAX_KEYS).await.unwrap();
    }
    assert_eq!(table.as_read_before().await, before);
    let noted = table.store.key(&known.hash).await.unwrap();
    assert_eq!(noted, Some(KeyRecord { used: Some(MADE), ..record(Role::Admin, 1) }), "the old key stays");
}

#[tokio::test]
async fn an_old_keys_label_is_taken_and_it_counts() {
    let table = Table::with_old_keys().await;
    let refused = |outcome| match outcome {
        Err(error) => match Error::from(error) {
            Error::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        },
        Ok(()) => panic!("it should be refused"),
    };
    let taken = table.store.add_key(&minted(Role::Admin, "admin-2"), MAX_KEYS).await;
    assert_eq!(refused(taken), Refusal::LabelTaken);
    let fourth = minted(Role::Admin, "admin-3");
    assert_eq!(refused(table.store.add_key(&fourth, 3).await), Refusal::TooManyKeys { limit: 3 });
    table.store.add_key(&fourth, 4).await.unwrap();
    table.store.revoke_key(&hash("admin#1")).await.unwrap();
    assert!(!table.as_read_before().await.contains_key("admin#1"), "its item is deleted");
    assert_eq!(table.store.key(&hash("admin#1")).await.unwrap(), None);
    let again = KeyRecord { hash: KeyHash([9; 32]), ..minted(Role::Admin, "admin-2") };
    table.store.add_key(&again, 4).await.unwrap();
}

#[tokio::test]
async fn a_key_that_both_versions_added_is_one() {
    let table = Table::with_old_keys().await;
    let key = minted(Role::BoxOffice, "till");
    table.store.add_key(&key, MAX_KEYS).await.unwrap();
    table.put("box_office#0", Role::BoxOffice, key.hash, 3).await;
    let listed = table.store.keys().await.unwrap();
    assert_eq!(listed.iter().filter(|listed| listed.hash == key.hash).collect::<Vec<_>>(), [&key]);
    table.store.revoke_key(&key.hash).await.unwrap();
    assert_eq!(table.store.key(&key.hash).await.unwrap(), None);
    assert!(!table.as_read_before().await.contains_key("box_office#0"));
}
