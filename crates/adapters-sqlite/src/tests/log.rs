//! The log: checkpoints beside the writer, its length, and what is left after a crash.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use ticketly_domain::StoreError;

use super::{book, now, open, scheduled};
use crate::SqliteStore;
use crate::error::failed;

const PAGE: u64 = 4096 + 24;

fn log(folder: &Path) -> u64 {
    fs::metadata(folder.join("ticketly.db-wal")).unwrap().len() / PAGE
}

/// Writes this many pages to the log, each change its own batch.
async fn fill_log(store: &SqliteStore, pages: u32) {
    for _ in 0..pages.div_ceil(500) {
        let fill = |session: &mut crate::session::Session| -> Result<(), StoreError> {
            let sql = "INSERT INTO padding (bytes) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n \
                       WHERE i < 500) SELECT zeroblob(4000) FROM n; DELETE FROM padding";
            session.db.execute_batch(sql).map_err(failed)
        };
        store.write(fill).await.unwrap();
    }
}

async fn padded(folder: &Path) -> Arc<SqliteStore> {
    let store = Arc::new(SqliteStore::open(&folder.join("ticketly.db")).unwrap());
    let sql = "CREATE TABLE padding (bytes BLOB)";
    store.write(move |session| session.db.execute_batch(sql).map_err(failed)).await.unwrap();
    store
}

/// Waits for what happens beside the writer, at most a few seconds.
async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_stays_short_under_load() {
    let folder = tempfile::tempdir().unwrap();
    let store = padded(folder.path()).await;
    // Several times the usual length of the log, without a pause in which a checkpoint would reach its end.
    let fill = || fill_log(&store, 30_000);
    tokio::join!(fill(), fill(), fill(), fill());

    assert!(log(folder.path()) < 40_000, "{} pages of 120,000", log(folder.path()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_grows_beside_a_reader_and_shrinks_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = padded(folder.path()).await;
    let ticketing = open(&store).await;
    let slot = scheduled(&ticketing, 50, now()).await;
    let backup = Connection::open(folder.path().join("ticketly.db")).unwrap();
    backup.execute_batch("BEGIN; SELECT count(*) FROM slots;").unwrap();
    fill_log(&store, 40_000).await;
    book(&ticketing, slot, 1, now(), None).await.unwrap();
    let longest = log(folder.path());
    assert!(longest >= 35_000, "{longest}");
    backup.execute_batch("ROLLBACK").unwrap();
    let limit = 134_217_728 / PAGE + 1;
    let mut who = 2;
    eventually("the log is cut to its limit", async || {
        who += 1;
        who > 50 || {
            book(&ticketing, slot, who, now(), None).await.unwrap();
            log(folder.path()) <= limit
        }
    })
    .await;
    assert!(log(folder.path()) <= limit && longest > limit, "{longest}, then {}", log(folder.path()));
}

/// Copies a store's files while a checkpoint writes to one of them, as a crash would leave them.
fn crash(from: &Path, to: &Path) {
    let path = from.join("ticketly.db");
    // As long as there is a reader, the log does not start again, so that it has all that the copied file may lack.
    let reader = Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM slots;").unwrap();
    let checkpoint = thread::spawn(move || {
        let db = Connection::open(path).unwrap();
        db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).unwrap();
    });
    for name in ["ticketly.db", "ticketly.db-wal"] {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
    checkpoint.join().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_during_a_checkpoint_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = padded(folder.path()).await;
    let ticketing = open(&store).await;
    let slot = scheduled(&ticketing, 1000, now()).await;
    for who in 0..20 {
        fill_log(&store, 1500).await;
        book(&ticketing, slot, who, now(), None).await.unwrap();
        let after = tempfile::tempdir().unwrap();
        crash(folder.path(), after.path());
        let path = after.path().join("ticketly.db");
        let again = Arc::new(SqliteStore::open(&path).unwrap());
        let seats = open(&again).await.slot(slot).await.unwrap();
        assert_eq!(u64::from(seats.seats().available()), 1000 - who - 1);
        let check = again.read(|db| db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).map_err(failed));
        let check: String = check.await.unwrap();
        assert_eq!(check, "ok");
    }
}
