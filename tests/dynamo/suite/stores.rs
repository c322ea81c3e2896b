//! The contract and the model on the store, with its default shards and with many small ones.

use std::sync::Arc;

use ticketly_dynamo_tests::Engine;
use ticketly_store_contract::{Subject, contract};

contract!(dynamo, on_an_engine(500).await);
contract!(dynamo_in_small_shards, on_an_engine(3).await);

async fn on_an_engine(seats_a_shard: u32) -> Subject {
    let engine = Arc::new(Engine::with_table().await);
    Subject::opened(move || {
        let engine = Arc::clone(&engine);
        async move { engine.store(seats_a_shard).await }
    })
    .await
}
