//! Tests of this store alone. The contract tests what every store must do.

mod batches;
mod corruptions;
mod costs;
mod erasure;
mod log;
mod older_stores;

use std::fs;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rusqlite::Connection;
use ticketly_domain::{
    Booking, BookingRequest, Capacity, Error, Genre, IdempotencyKey, KeyHash, KeyRecord, KeyStore as _, PhoneNumber,
    Revision, Rules, Selection, SlotDescription, SlotDetails, SlotDraft, SlotId, SlotName, SlotQuery, SlotSeats,
    SlotType, StoreError, Target, TicketCount, Ticketing, UserName,
};

use crate::db::Db;
use crate::error::failed;
use crate::{OpenError, SqliteStore, schema};

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(18_567)
}

async fn open(store: &Arc<SqliteStore>) -> Ticketing {
    let rng = &mut StdRng::seed_from_u64(1);
    Ticketing::open(Arc::clone(store) as _, Rules::default(), rng).await.unwrap()
}

async fn scheduled(ticketing: &Ticketing, capacity: u32, at: DateTime<Utc>) -> SlotId {
    scheduled_with(ticketing, capacity, at, &mut StdRng::seed_from_u64(2)).await
}

async fn scheduled_with(ticketing: &Ticketing, capacity: u32, at: DateTime<Utc>, rng: &mut StdRng) -> SlotId {
    let draft = SlotDraft {
        name: SlotName::parse("Skyfall").unwrap(),
        start: at + TimeDelta::hours(1),
        end: at + TimeDelta::hours(3),
        details: SlotDetails {
            description: SlotDescription::default(),
            slot_type: SlotType::Movie,
            genre: Genre::Action,
        },
        seats: SlotSeats::Unnumbered(Capacity::new(capacity).unwrap()),
        prices: None,
    };
    ticketing.schedule(&draft, at, rng).await.unwrap().showing().id()
}

/// Books one ticket. The user and the randomness are derived from `who`.
async fn book(
    ticketing: &Ticketing,
    slot: SlotId,
    who: u64,
    at: DateTime<Utc>,
    key: Option<&str>,
) -> Result<Booking, Error> {
    book_target(ticketing, Target::Slot(slot), who, at, key).await
}

async fn book_target(
    ticketing: &Ticketing,
    target: Target,
    who: u64,
    at: DateTime<Utc>,
    key: Option<&str>,
) -> Result<Booking, Error> {
    let request = BookingRequest {
        user_name: UserName::parse("John").unwrap(),
        phone: PhoneNumber::parse(&format!("{who:010}")).unwrap(),
        selection: Selection::any(TicketCount::ONE),
        target,
        payment: None,
        key: key.map(|key| IdempotencyKey::parse(key).unwrap()),
    };
    ticketing.book(request, at, &mut StdRng::seed_from_u64(who)).await
}

#[test]
fn a_foreign_file_is_refused_and_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.db");
    fs::write(&text, "hello, this is a diary and no database at all").unwrap();
    let other = folder.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE diary (entry TEXT)").unwrap();
    for path in [&text, &other] {
        let before = fs::read(path).unwrap();
        let Err(OpenError::NotOurs { path: refused }) = SqliteStore::open(path) else { panic!("it was opened") };
        assert_eq!((&refused, fs::read(path).unwrap()), (path, before));
    }
}

#[test]
fn a_newer_schema_is_refused_and_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ticketly.db");
    drop(SqliteStore::open(&path).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&path).unwrap();
    let Err(OpenError::Newer { found, known, .. }) = SqliteStore::open(&path) else { panic!("it was opened") };
    assert_eq!((found, known, fs::read(&path).unwrap()), (99, schema::VERSION, before));
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_the_file_and_its_log() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("ticketly.db")).unwrap();
    let modes =
        || fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().metadata().unwrap().permissions().mode());
    assert_eq!(modes().map(|mode| mode & 0o777).collect::<Vec<_>>(), [0o600; 3]);
    drop(store);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_readiness_check_writes_one_page() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(&folder.path().join("ticketly.db")).unwrap());
    let ticketing = open(&store).await;
    let log = || fs::metadata(folder.path().join("ticketly.db-wal")).unwrap().len();
    let before = log();
    for asked in 1..=3 {
        ticketing.ready().await.unwrap();
        assert_eq!(log(), before + asked * (4096 + 24));
    }
}

fn synced(db: &Db) -> Result<[i64; 3], StoreError> {
    let pragma = |name| db.pragma_query_value(None, name, |row| row.get(0)).map_err(failed);
    Ok([pragma("synchronous")?, pragma("fullfsync")?, pragma("checkpoint_fullfsync")?])
}

#[tokio::test(flavor = "multi_thread")]
async fn every_connection_syncs_through_the_drives_cache() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("ticketly.db")).unwrap();
    assert_eq!(store.write(|session| synced(&session.db)).await.unwrap(), [2, 1, 1]);
    assert_eq!(store.read(synced).await.unwrap(), [2, 1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_whole_bookings_until_it_has_space() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(&folder.path().join("ticketly.db")).unwrap());
    let ticketing = open(&store).await;
    let slot = scheduled(&ticketing, 100_000, now()).await;
    let limit = |pages: &'static str| {
        store
            .write(move |session| session.db.execute_batch(&format!("PRAGMA max_page_count = {pages}")).map_err(failed))
    };
    limit("40").await.unwrap();
    let mut booked = 0;
    let refusal = loop {
        match book(&ticketing, slot, booked, now(), None).await {
            Ok(_) => booked += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(refusal, Error::Store(StoreError::StorageFull(_))), "{refusal:?}");
    assert_eq!(u64::from(ticketing.slot(slot).await.unwrap().seats().available()), 100_000 - booked);
    limit("4294967294").await.unwrap();
    book(&ticketing, slot, booked, now(), None).await.unwrap();
    assert_eq!(u64::from(ticketing.slot(slot).await.unwrap().seats().available()), 99_999 - booked);
    assert_eq!(store.write(|session| synced(&session.db)).await.unwrap(), [2, 1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn new_idempotency_records_delete_old_ones() {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let ticketing = open(&store).await;
    for day in 0..4_i64 {
        let at = now() + TimeDelta::days(2 * day);
        let slot = scheduled(&ticketing, 100, at).await;
        for number in 0..30_u64 {
            let who = day.cast_unsigned() * 100 + number;
            book(&ticketing, slot, who, at, Some(&format!("key-{who}"))).await.unwrap();
        }
    }
    let count = store.write(|session| {
        session.db.query_row("SELECT count(*) FROM idempotency_records", [], |row| row.get::<_, u32>(0)).map_err(failed)
    });
    assert_eq!(count.await.unwrap(), 30);
}

#[tokio::test]
async fn keys_of_the_first_schema_are_labelled_by_role_and_age() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ticketly.db");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(include_str!("../migrations/0001_initial.sql")).unwrap();
    old.execute_batch("PRAGMA application_id = 0x544B4C59; PRAGMA user_version = 1;").unwrap();
    for (role, minute) in [("admin", 3), ("box_office", 4), ("admin", 1), ("scheduler", 2), ("scheduler", 5)] {
        let row = (KeyHash::of(&format!("{role} {minute}")).0, role, minute * 60_000);
        old.execute("INSERT INTO api_keys (hash, role, at) VALUES (?1, ?2, ?3)", row).unwrap();
    }
    drop(old);

    let store = SqliteStore::open(&path).unwrap();
    let keys = store.keys().await.unwrap();
    let read = |key: &KeyRecord| (key.label.as_str().to_owned(), key.created.timestamp() / 60, key.ends, key.used);
    let labelled = |label: &str, minute| (label.to_owned(), minute, None, None);
    assert_eq!(
        keys.iter().map(read).collect::<Vec<_>>(),
        [
            labelled("admin-1", 1),
            labelled("scheduler-1", 2),
            labelled("admin-2", 3),
            labelled("box_office-1", 4),
            labelled("scheduler-2", 5)
        ]
    );
    let found = store.key(&KeyHash::of("admin 3")).await.unwrap();
    assert_eq!(found.as_ref(), Some(&keys[2]));
}

#[tokio::test]
async fn a_list_shows_a_corrected_slot() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ticketly.db");
    let store = Arc::new(SqliteStore::open(&path).unwrap());
    let ticketing = open(&store).await;
    let slot = scheduled(&ticketing, 5, now()).await;
    book(&ticketing, slot, 1, now(), None).await.unwrap();
    let listed = async || {
        let query = SlotQuery { genre: Some(Genre::Action), ..SlotQuery::default() };
        let slots = ticketing.slots(&query, now()).await.unwrap().items;
        let [slot] = &slots[..] else { panic!("{slots:?}") };
        (slot.showing().name().as_str().to_owned(), slot.revision(), slot.seats().available())
    };
    assert_eq!(listed().await, ("Skyfall".to_owned(), Revision(0), 4));
    let correction = "BEGIN; UPDATE slots SET name = 'Spectre'; UPDATE seats SET revision = 7, available = 3; COMMIT";
    Connection::open(&path).unwrap().execute_batch(correction).unwrap();
    assert_eq!(listed().await, ("Spectre".to_owned(), Revision(7), 3));
}
