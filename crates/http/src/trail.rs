//! What is learnt of a request while it is served, for metrics, traces and the log: its route, the key that was used, the slot that
//! it concerns, and the operation that was asked for. It holds nothing of a person and no secret.

use std::cell::Cell;

use ticketly_domain::{KeyHash, Operation, Role, SlotId};

tokio::task_local! {
    static TRAIL: Trail;
}

/// The trail of the request that the task serves.
#[derive(Default)]
pub(crate) struct Trail {
    route: Cell<Option<Routed>>,
    key: Cell<Option<UsedKey>>,
    slot: Cell<Option<SlotId>>,
    operation: Cell<Option<Operation>>,
}

/// The route of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Routed {
    /// The pattern of its path.
    pub(crate) path: &'static str,
    /// Whether the request is to change the store.
    pub(crate) changes: bool,
}

/// The key of a request, as the log may name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UsedKey {
    pub(crate) role: Role,
    pub(crate) hash: KeyHash,
}

impl Trail {
    /// Serves a request with an empty trail.
    pub(crate) async fn follow<T>(serve: impl Future<Output = T>) -> T {
        TRAIL.scope(Self::default(), serve).await
    }

    /// Returns the route of the request. `None` for one that has none, or did not get that far.
    pub(crate) fn route() -> Option<Routed> {
        read(|trail| trail.route.get())
    }

    /// Returns the key with which the request was authorized.
    pub(crate) fn key() -> Option<UsedKey> {
        read(|trail| trail.key.get())
    }

    /// Returns the slot that the request names or has changed.
    pub(crate) fn slot() -> Option<SlotId> {
        read(|trail| trail.slot.get())
    }

    /// Returns the operation of which an observer was told.
    pub(crate) fn operation() -> Option<Operation> {
        read(|trail| trail.operation.get())
    }

    pub(crate) fn set_route(route: Routed) {
        write(|trail| trail.route.set(Some(route)));
    }

    pub(crate) fn set_key(key: UsedKey) {
        write(|trail| trail.key.set(Some(key)));
    }

    pub(crate) fn set_slot(slot: SlotId) {
        write(|trail| trail.slot.set(Some(slot)));
    }

    pub(crate) fn set_operation(operation: Operation) {
        write(|trail| trail.operation.set(Some(operation)));
    }
}

/// Reads the trail. Outside of a request there is none.
fn read<T>(from: impl FnOnce(&Trail) -> Option<T>) -> Option<T> {
    TRAIL.try_with(from).ok().flatten()
}

fn write(to: impl FnOnce(&Trail)) {
    // Jobs of the server are no requests.
    TRAIL.try_with(to).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trail_ends_with_its_request() {
        let route = Routed { path: "/v1/slots", changes: false };
        actix_web::rt::System::new().block_on(async {
            let seen = Trail::follow(async {
                assert_eq!((Trail::route(), Trail::slot()), (None, None));
                Trail::set_route(route);
                actix_web::rt::task::yield_now().await;
                Trail::route()
            });
            assert_eq!(seen.await, Some(route));
            Trail::set_route(route);
            assert_eq!(Trail::route(), None);
        });
    }
}
