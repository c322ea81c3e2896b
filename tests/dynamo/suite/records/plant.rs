//! Plants corruptions in a table, and takes them away again.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use ticketly_adapters_dynamo::DynamoStore;
use ticketly_domain::{
    Blocks as _, Bookings as _, Catalogue as _, Error, KeyStore as _, Payments as _, PriceLists as _, Promotions as _,
    RefundState, Rules, SlotId, StoreError, Ticketing, Totals as _,
};
use ticketly_dynamo_tests::Engine;
use ticketly_store_contract::season::Season;
use ticketly_store_contract::{NOW, Subject};

use super::{lines, verified};

pub type Item = HashMap<String, AttributeValue>;

/// What is done to an item.
#[derive(Debug, Clone)]
pub enum Change {
    Set(&'static str, AttributeValue),
    Remove(&'static str),
    Delete,
    /// It is written a second time, with another partition or sort key.
    Copy(&'static str, &'static str),
}

pub fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

pub fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub fn bytes(bytes: &[u8]) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes.to_vec()))
}

/// A read that meets a corruption.
#[derive(Debug, Clone, Copy)]
pub enum Read {
    Slot(&'static str),
    Bookings(&'static str),
    Blocks(&'static str),
    Totals(&'static str),
    Payments,
    Refunds,
    Keys,
    PriceLists,
    Promotions,
    Repetition,
}

/// A table with something of every kind. Corruptions are planted one after another.
pub struct Whole {
    pub engine: Engine,
    client: Client,
    season: Season,
    slots: [(&'static str, SlotId); 9],
}

impl Whole {
    pub async fn new() -> Self {
        let engine = Engine::with_table().await;
        let season = Season::play(Subject::resident(engine.store(500).await), 24).await;
        let slots = [
            ("{free}", season.free),
            ("{other}", season.other),
            ("{sold}", season.sold),
            ("{expired}", season.expired),
            ("{expiring}", season.expiring),
            ("{canceled}", season.canceled),
            ("{canceling}", season.canceling),
            ("{moved}", season.moved),
            ("{target}", season.target),
        ];
        Self { client: engine.client(), engine, season, slots }
    }

    fn named(&self, text: &str) -> String {
        self.slots.iter().fold(text.to_owned(), |text, (name, slot)| text.replace(name, &slot.to_string()))
    }

    pub async fn items(&self) -> Vec<Item> {
        let mut pages = self.client.scan().table_name(self.engine.table()).into_paginator().items().send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.unwrap());
        }
        items.sort_by_key(|item| (item["pk"].as_s().unwrap().clone(), item["sk"].as_s().unwrap().clone()));
        items
    }

    async fn put(&self, item: &Item) {
        self.client.put_item().table_name(self.engine.table()).set_item(Some(item.clone())).send().await.unwrap();
    }

    async fn delete(&self, item: &Item) {
        let delete = self.client.delete_item().table_name(self.engine.table());
        delete.key("pk", item["pk"].clone()).key("sk", item["sk"].clone()).send().await.unwrap();
    }

    /// Plants a corruption in each item whose key begins so, `<pk>/<sk>`, and that has an attribute that contains a text. Expects
    /// findings with the texts, and that the read fails. Then everything is as it was.
    pub async fn planted(
        &self,
        (key, has): (&str, Option<(&str, &str)>),
        change: Change,
        finds: &[&str],
        read: Option<Read>,
    ) {
        let key = self.named(key);
        let is_wanted = |item: &&Item| {
            let its = format!("{}/{}", item["pk"].as_s().unwrap(), item["sk"].as_s().unwrap());
            let of = |(name, text): (&str, &str)| {
                item.get(name)
                    .is_some_and(|value| value.as_s().is_ok_and(|value| value.contains(text)) || text.is_empty())
            };
            its.starts_with(&key) && has.is_none_or(of)
        };
        let before = self.items().await;
        let chosen: Vec<_> = before.iter().filter(is_wanted).collect();
        assert!(!chosen.is_empty(), "there is no {key} with {has:?}");
        for item in chosen {
            self.plant(item, &change).await;
        }
        let plant = format!("{key} {has:?} {change:?}");
        let found = lines(&verified(&self.engine).await);
        for text in finds {
            let text = self.named(text);
            assert!(found.iter().any(|finding| finding.contains(&text)), "{plant}\n{text} is not among\n{found:#?}");
        }
        let secrets = ["Guest", "Kim", "Jane", "+90000"];
        let leaks = |finding: &&String| secrets.iter().any(|secret| finding.contains(secret));
        assert_eq!(found.iter().find(leaks), None);
        if let Some(read) = read {
            let outcome = self.read(read).await;
            let is_right = matches!(outcome, Err(StoreError::Failed(_) | StoreError::Contended));
            assert!(is_right, "{plant}\n{read:?} answered {outcome:?}");
        }
        self.restore(&before).await;
    }

    async fn plant(&self, item: &Item, change: &Change) {
        let mut planted = item.clone();
        match change {
            Change::Set(name, value) => drop(planted.insert((*name).to_owned(), value.clone())),
            Change::Remove(name) => {
                planted.remove(*name).expect(name);
                // An item has both keys of an index or none.
                if let Some(index) = name.strip_suffix("pk").filter(|index| !index.is_empty()) {
                    planted.remove(&format!("{index}sk"));
                }
            }
            Change::Delete => return self.delete(item).await,
            Change::Copy(name, value) => drop(planted.insert((*name).to_owned(), text(&self.named(value)))),
        }
        assert_ne!(&planted, item, "nothing is planted");
        self.put(&planted).await;
    }

    async fn restore(&self, before: &[Item]) {
        let key = |item: &Item| (item["pk"].as_s().unwrap().clone(), item["sk"].as_s().unwrap().clone());
        let known: HashSet<_> = before.iter().map(key).collect();
        let now: HashMap<_, _> = self.items().await.into_iter().map(|item| (key(&item), item)).collect();
        for item in now.values().filter(|item| !known.contains(&key(item))) {
            self.delete(item).await;
        }
        for item in before.iter().filter(|item| now.get(&key(item)) != Some(*item)) {
            self.put(item).await;
        }
    }

    /// Reads with a server that remembers nothing.
    async fn read(&self, read: Read) -> Result<(), StoreError> {
        let store = Arc::new(self.engine.store(500).await);
        let slot = |name: &str| self.slots.iter().find(|(slot, _)| *slot == name).unwrap().1;
        match read {
            Read::Slot(name) => store.slot(slot(name)).await.map(drop),
            Read::Bookings(name) => store.bookings_of_slot(slot(name), None, 1000).await.map(drop),
            Read::Blocks(name) => store.blocks(slot(name)).await.map(drop),
            Read::Totals(name) => store.final_totals(&[slot(name)]).await.map(drop),
            Read::Payments => self.payments(&store).await,
            Read::Refunds => store.refunds(RefundState::Due, None, 100).await.map(drop),
            Read::Keys => store.keys().await.map(drop),
            Read::PriceLists => store.price_lists().await.map(drop),
            Read::Promotions => store.promotions().await.map(drop),
            Read::Repetition => {
                let mut rng: rand::rngs::StdRng = rand::SeedableRng::seed_from_u64(9);
                let ticketing = Ticketing::open(store, Rules::default(), &mut rng).await.unwrap();
                match ticketing.book(self.season.repeatable.0.clone(), NOW, &mut rng).await {
                    Err(Error::Store(error)) => Err(error),
                    other => panic!("{other:?}"),
                }
            }
        }
    }

    /// Reads all payments by their identifiers.
    async fn payments(&self, store: &DynamoStore) -> Result<(), StoreError> {
        for item in self.items().await {
            if item["pk"].as_s().unwrap().starts_with("PAYMENT#") {
                store.payment(item["sk"].as_s().unwrap().parse().unwrap()).await?;
            }
        }
        Ok(())
    }
}
