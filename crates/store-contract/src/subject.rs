//! The store that a case is about.

use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;

use ticketly_domain::{KeyStore, Records, Store, verify};

type Opening = Pin<Box<dyn Future<Output = Opened> + Send>>;

/// An open store, also as that of its records.
#[derive(Clone)]
struct Opened {
    store: Arc<dyn Store>,
    records: Arc<dyn Records>,
}

impl Opened {
    fn new<S: Store + Records + 'static>(store: S) -> Self {
        let store = Arc::new(store);
        Self { records: Arc::clone(&store) as _, store }
    }
}

/// A store under the contract, which can be closed and opened again.
pub struct Subject {
    open: Arc<dyn Fn() -> Opening + Send + Sync>,
    opened: Opened,
}

impl Subject {
    /// A store that `open` opens. It is called again to open the same store after it was closed; whatever the store
    /// lives in (a folder, a table) is best owned by the closure.
    pub async fn opened<S, Open>(open: impl Fn() -> Open + Send + Sync + 'static) -> Self
    where
        S: Store + Records + 'static,
        Open: Future<Output = S> + Send + 'static,
    {
        let shared = move || {
            let opening = open();
            Box::pin(async { Opened::new(opening.await) }) as Opening
        };
        Self { opened: shared().await, open: Arc::new(shared) }
    }

    /// A store in memory: it lives as long as its subject, and opened again it is itself.
    pub fn resident(store: impl Store + Records + 'static) -> Self {
        let opened = Opened::new(store);
        let kept = opened.clone();
        Self { opened, open: Arc::new(move || Box::pin(ready(kept.clone()))) }
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.opened.store) as _
    }

    /// The same, as the store of keys.
    #[must_use]
    pub fn keys(&self) -> Arc<dyn KeyStore> {
        Arc::clone(&self.opened.store) as _
    }

    /// The same, as the store of its records.
    #[must_use]
    pub fn records(&self) -> Arc<dyn Records> {
        Arc::clone(&self.opened.records)
    }

    /// Closed and opened again. Closed only if nobody else holds the store.
    #[must_use]
    pub async fn reopened(self) -> Self {
        let Self { open, opened } = self;
        drop(opened);
        Self { opened: open().await, open }
    }

    /// What verifies the store, opened again, at the end of a case.
    pub fn verification(&self) -> impl Future<Output = ()> + Send + use<> {
        let open = Arc::clone(&self.open);
        async move { nothing_is_wrong(&*open().await.records).await }
    }
}

/// Verifies a store in which nothing should be wrong.
pub async fn nothing_is_wrong(records: &dyn Records) {
    let verified = verify(records, &mut |_| ()).await.unwrap();
    let found: Vec<_> = verified.findings.list().iter().map(ToString::to_string).collect();
    assert_eq!((found, verified.unsettled), (Vec::new(), Vec::new()));
}
