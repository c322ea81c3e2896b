//! The contract and the model on the store, with its default shards and with many small ones.

use std::sync::Arc;

use ticketly_contract::{Subject, contract};
use ticketly_dynamo_tests::Engine;

/// Defines a module of this name with the contract and the model.
macro_rules! store {
    ($name:ident, $subject:expr) => {
        mod $name {
            use super::*;

            contract!(contract, $subject);

            #[test]
            fn agrees_with_the_model_whatever_happens() {
                crate::model::agree(async || $subject);
            }
        }
    };
}

store!(dynamo, on_an_engine(500).await);
store!(dynamo_in_small_shards, on_an_engine(3).await);

async fn on_an_engine(seats_a_shard: u32) -> Subject {
    let engine = Arc::new(Engine::with_table().await);
    Subject::opened(move || {
        let engine = Arc::clone(&engine);
        async move { engine.store(seats_a_shard).await }
    })
    .await
}
