//! The store that a case is about.

use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;

use ticketly_domain::{KeyStore, Store};

type Opening = Pin<Box<dyn Future<Output = Arc<dyn Store>> + Send>>;

/// A store under the contract, which can be closed and opened again.
pub struct Subject {
    open: Box<dyn Fn() -> Opening + Send + Sync>,
    store: Arc<dyn Store>,
}

impl Subject {
    /// A store that `open` opens. It is called again to open the same store after it was closed; whatever the store
    /// lives in (a folder, a table) is best owned by the closure.
    pub async fn opened<S, Open>(open: impl Fn() -> Open + Send + Sync + 'static) -> Self
    where
        S: Store + 'static,
        Open: Future<Output = S> + Send + 'static,
    {
        let shared = move || {
            let opening = open();
            Box::pin(async { Arc::new(opening.await) as Arc<dyn Store> }) as Opening
        };
        Self { store: shared().await, open: Box::new(shared) }
    }

    /// A store in memory: it lives as long as its subject, and opened again it is itself.
    pub fn resident(store: impl Store + 'static) -> Self {
        let store: Arc<dyn Store> = Arc::new(store);
        let kept = Arc::clone(&store);
        Self { store, open: Box::new(move || Box::pin(ready(Arc::clone(&kept)))) }
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store) as _
    }

    /// The same, as the store of keys.
    #[must_use]
    pub fn keys(&self) -> Arc<dyn KeyStore> {
        Arc::clone(&self.store) as _
    }

    /// Closed and opened again. Closed only if nobody else holds the store.
    #[must_use]
    pub async fn reopened(self) -> Self {
        let Self { open, store } = self;
        drop(store);
        Self { store: open().await, open }
    }
}
