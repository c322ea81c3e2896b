//! Changes that share a transaction, and what the writer keeps in memory between transactions.

use std::future::Future;
use std::sync::{Arc, mpsc};

use chrono::TimeDelta;
use rusqlite::Connection;
use ticketly_domain::{Error, Installation as _, Refusal, SlotId, StoreError, Target, Ticketing};
use tokio::sync::oneshot;

use super::{book, now, open, scheduled};
use crate::error::failed;
use crate::session::Session;
use crate::{SqliteStore, queue};

/// Keeps the writer busy while `changes` queue up, so that they share the next batch.
pub(super) async fn in_one_batch<Changes: Future>(store: &SqliteStore, changes: Changes) -> Changes::Output {
    let (begun, busy) = oneshot::channel();
    let (release, released) = mpsc::channel::<()>();
    let wait = store.write(move |_| {
        begun.send(()).unwrap();
        released.recv().map_err(|error| StoreError::Failed(Box::new(error)))
    });
    let queued = async {
        busy.await.unwrap();
        tokio::join!(changes, async { release.send(()).unwrap() }).0
    };
    let (waited, outcomes) = tokio::join!(wait, queued);
    waited.unwrap();
    outcomes
}

async fn available(ticketing: &Ticketing, slot: SlotId) -> u32 {
    ticketing.slot(slot).await.unwrap().seats().available()
}

/// Returns the seats of a slot by its row, by its bookings, and by what the writer has in memory.
async fn seats(store: &SqliteStore, ticketing: &Ticketing, slot: SlotId) -> [u32; 3] {
    let tickets = ticketing.tickets_of_slot(slot, &ticketly_domain::TicketQuery::default()).await.unwrap().items;
    let booked = tickets.iter().filter(|ticket| ticket.status() == ticketly_domain::TicketStatus::Booked).count();
    let in_memory = store.write(move |session| Ok(session.slot(slot)?.unwrap().seats().clone())).await.unwrap();
    let by_bookings = in_memory.capacity().get() - u32::try_from(booked).unwrap();
    [available(ticketing, slot).await, by_bookings, in_memory.available()]
}

fn write_and_fail(session: &mut Session) -> Result<(), StoreError> {
    let insert = "INSERT INTO installation (only, key) VALUES (1, zeroblob(64)) ON CONFLICT DO UPDATE SET key = key";
    session.execute(insert, []).map_err(failed)?;
    Err(StoreError::Failed("a fault after a write".into()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_change_leaves_its_batch_alone() {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let ticketing = open(&store).await;
    let slot = scheduled(&ticketing, 2, now()).await;
    let booking = |who| book(&ticketing, slot, who, now(), None);
    let outcomes = in_one_batch(&store, Box::pin(async { tokio::join!(booking(1), booking(2), booking(3)) })).await;
    assert!(matches!(outcomes, (Ok(_), Ok(_), Err(Error::Refused(Refusal::SoldOut { available: 0 })))), "{outcomes:?}");
    assert_eq!(seats(&store, &ticketing, slot).await, [0, 0, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_after_a_write_undoes_the_batch() {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let ticketing = open(&store).await;
    let slot = scheduled(&ticketing, 7, now()).await;
    book(&ticketing, slot, 1, now(), None).await.unwrap();
    let booking = |who| book(&ticketing, slot, who, now(), None);
    let outcomes =
        in_one_batch(&store, Box::pin(async { tokio::join!(booking(2), store.write(write_and_fail), booking(3)) }))
            .await;
    // The third runs in a batch of its own.
    let (Err(Error::Store(StoreError::Failed(before))), Err(StoreError::Failed(own)), Ok(_)) = outcomes else {
        panic!("{outcomes:?}")
    };
    let reasons = [before.to_string(), own.to_string()];
    assert_eq!(reasons, ["the failure of another change rolled the batch back", "a fault after a write"]);
    assert_eq!(seats(&store, &ticketing, slot).await, [5, 5, 5]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_commit_leaves_nothing_in_memory() {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    // A deferred foreign key makes the COMMIT fail, as nothing else does on demand.
    let foreign_keys = |session: &mut Session| {
        let sql = "COMMIT; PRAGMA foreign_keys = ON; BEGIN IMMEDIATE;
                   CREATE TABLE child (of INTEGER REFERENCES slots (id) DEFERRABLE INITIALLY DEFERRED)";
        session.db.execute_batch(sql).map_err(failed)
    };
    store.write(foreign_keys).await.unwrap();
    let unsatisfied = |session: &mut Session| session.db.execute_batch("INSERT INTO child VALUES (41)").map_err(failed);
    let ticketing = open(&store).await;
    let slot = scheduled(&ticketing, 9, now()).await;
    book(&ticketing, slot, 1, now(), None).await.unwrap();
    let booking = book(&ticketing, slot, 2, now(), None);
    let outcomes = in_one_batch(&store, Box::pin(async { tokio::join!(booking, store.write(unsatisfied)) })).await;
    assert!(matches!(outcomes.0, Err(Error::Store(StoreError::OutcomeUnknown(_)))), "{outcomes:?}");
    assert_eq!(seats(&store, &ticketing, slot).await, [8, 8, 8]);
    book(&ticketing, slot, 3, now(), None).await.unwrap();
    assert_eq!(seats(&store, &ticketing, slot).await, [7, 7, 7]);
}

#[tokio::test(flavor = "multi_thread")]
async fn moves_cancels_and_bookings_share_a_batch() {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let ticketing = open(&store).await;
    let (here, there) = (scheduled(&ticketing, 4, now()).await, scheduled(&ticketing, 3, now()).await);
    let ticket = async |slot, who| book(&ticketing, slot, who, now(), None).await.unwrap().tickets()[0].id();
    let (moved, canceled, staying) = (ticket(here, 1).await, ticket(here, 2).await, ticket(here, 3).await);
    let full = ticket(there, 4).await;

    let booking = |slot, who| book(&ticketing, slot, who, now(), None);
    let rng = &mut rand::SeedableRng::seed_from_u64(5);
    let rng: &mut rand::rngs::StdRng = rng;
    let changes = Box::pin(async {
        tokio::join!(
            booking(here, 5),
            booking(here, 6),
            ticketing.cancel(canceled, None, now()),
            booking(here, 7),
            ticketing.move_ticket(moved, Target::Slot(there), None, now(), rng),
            booking(here, 8),
            booking(there, 9),
            booking(there, 10),
            ticketing.cancel(canceled, None, now()),
        )
    });
    let outcomes = in_one_batch(&store, changes).await;
    let (fourth, sold_out, first, reopened, swapped, released, last, none, again) = outcomes;
    // In the order of the queue: one seat was left, one was canceled, and one was left by the move.
    let refused = [sold_out.unwrap_err(), none.unwrap_err()].map(|error| format!("{error:?}"));
    assert_eq!(refused, ["Refused(SoldOut { available: 0 })"; 2]);
    assert_eq!(first.unwrap(), again.unwrap());
    assert_eq!(swapped.unwrap().old.id(), moved);
    let sold = [fourth, reopened, released, last].map(|booking| booking.unwrap().key().slot);
    assert_eq!(sold, [here, here, here, there]);
    for id in [staying, full] {
        assert_eq!(ticketing.ticket(&id).await.unwrap().status(), ticketly_domain::TicketStatus::Booked);
    }
    assert_eq!(seats(&store, &ticketing, here).await, [0, 0, 0]);
    assert_eq!(seats(&store, &ticketing, there).await, [0, 0, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_closed_in_a_batch_sells_no_more() {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let ticketing = open(&store).await;
    let slot = scheduled(&ticketing, 6, now()).await;
    book(&ticketing, slot, 1, now(), None).await.unwrap();
    let later = now() + TimeDelta::hours(12);
    // The clock of the second buyer's server is late, so that only the closed slot refuses.
    let late = book(&ticketing, slot, 2, now(), None);
    let outcomes = in_one_batch(&store, Box::pin(async { tokio::join!(ticketing.expire(later), late) })).await;
    assert_eq!(outcomes.0.unwrap().tickets, 1);
    assert!(matches!(outcomes.1, Err(Error::Refused(Refusal::SlotEnded))), "{:?}", outcomes.1);
    assert_eq!(available(&ticketing, slot).await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_in_memory_give_way_to_another_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ticketly.db");
    let store = Arc::new(SqliteStore::open(&path).unwrap());
    let ticketing = open(&store).await;
    let (open_slot, closed) = (scheduled(&ticketing, 8, now()).await, scheduled(&ticketing, 11, now()).await);
    for (slot, who) in [(open_slot, 1), (closed, 2)] {
        book(&ticketing, slot, who, now(), None).await.unwrap();
    }
    // Another process sells seats of one slot and closes the other, between two batches.
    let key = crate::rows::slot_key;
    let other = Connection::open(&path).unwrap();
    other.execute("UPDATE seats SET available = 1 WHERE slot = ?1", [key(open_slot)]).unwrap();
    other.execute("UPDATE seats SET closed = 1 WHERE slot = ?1", [key(closed)]).unwrap();
    book(&ticketing, open_slot, 3, now(), None).await.unwrap();
    let refused = [book(&ticketing, open_slot, 4, now(), None).await, book(&ticketing, closed, 5, now(), None).await];
    let refused = refused.map(|outcome| format!("{:?}", outcome.unwrap_err()));
    assert_eq!(refused, ["Refused(SoldOut { available: 0 })", "Refused(SlotEnded)"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_by_name_sees_the_seats_in_memory() {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let ticketing = open(&store).await;
    let slots = [scheduled(&ticketing, 1, now()).await, scheduled(&ticketing, 2, now() + TimeDelta::zero()).await];
    let details = ticketing.slot(slots[0]).await.unwrap();
    let target = || Target::Showing { name: details.showing().name().clone(), start: details.showing().start() };
    let booking = |who| Box::pin(super::book_target(&ticketing, target(), who, now(), None));
    let outcomes =
        in_one_batch(&store, Box::pin(async { tokio::join!(booking(1), booking(2), booking(3), booking(4)) })).await;
    let sold = [outcomes.0, outcomes.1, outcomes.2].map(|booking| booking.unwrap().key().slot);
    let mut expected = slots;
    expected.sort();
    let seats_of = |slot| if slot == slots[0] { 1 } else { 2 };
    let expected: Vec<_> = expected.into_iter().flat_map(|slot| std::iter::repeat_n(slot, seats_of(slot))).collect();
    assert_eq!(sold.to_vec(), expected);
    assert!(matches!(outcomes.3, Err(Error::Refused(Refusal::SoldOut { available: 0 }))));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_one_file_sell_each_seat_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ticketly.db");
    let stores = [(); 2].map(|()| Arc::new(SqliteStore::open(&path).unwrap()));
    let tills = [open(&stores[0]).await, open(&stores[1]).await];
    let slot = scheduled(&tills[0], 20, now()).await;
    let buyers: Vec<_> = (0..50)
        .map(|who| {
            let till = tills[usize::try_from(who % 2).unwrap()].clone();
            tokio::spawn(async move { book(&till, slot, who, now(), None).await.is_ok() })
        })
        .collect();
    let mut sold = 0;
    for buyer in buyers {
        sold += usize::from(buyer.await.unwrap());
    }
    assert_eq!((sold, tills[1].slot(slot).await.unwrap().seats().available()), (20, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_refuses_callers_and_serves_those_in_it() {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let (release, released) = mpsc::channel::<()>();
    let (begun, busy) = mpsc::channel();
    let first = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            let wait = move |_: &mut Session| {
                begun.send(()).unwrap();
                released.recv().unwrap();
                Ok(())
            };
            store.write(wait).await
        }
    });
    tokio::task::block_in_place(|| busy.recv().unwrap());
    let waiting: Vec<_> = (0..queue::MAX_WAITING)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.write(move |_| Ok(number)).await })
        })
        .collect();
    // The queue is full once it refuses another caller.
    let refused = loop {
        match tokio::time::timeout(std::time::Duration::from_millis(50), store.write(|_| Ok(()))).await {
            Ok(outcome) => break outcome,
            Err(_queued) => {}
        }
    };
    assert!(matches!(refused, Err(StoreError::Overloaded)), "{refused:?}");
    assert!(store.overloaded());
    let probe = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.write_first(|_| Ok(())).await }
    });
    release.send(()).unwrap();
    first.await.unwrap().unwrap();
    probe.await.unwrap().unwrap();
    let mut served = 0;
    for waiter in waiting {
        // A caller of the loop above may have taken the place of one of these.
        served += usize::from(waiter.await.unwrap().is_ok());
    }
    assert!(served > queue::MAX_WAITING - 100, "{served}");
    assert!(!store.overloaded());
}
