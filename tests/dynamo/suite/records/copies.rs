//! Copies from the embedded store to a table and back.

use std::path::Path;
use std::sync::Mutex;

use async_trait::async_trait;
use ticketly_adapters_dynamo::{DynamoRecords, DynamoTarget, OpenError, describe};
use ticketly_adapters_sqlite::{OpenError as FileError, SqliteRecords, SqliteStore, SqliteTarget};
use ticketly_domain::{
    Booking, Copied, CopyError, Digest, Fingerprint, Installation as _, InstallationKey, Record, RecordCursor, Records,
    RecordsTarget, StoreError, TicketStatus, copy,
};
use ticketly_dynamo_tests::Engine;
use ticketly_store_contract::season::Season;
use ticketly_store_contract::{Cinema, NOW, Subject};

use super::UNITS;

async fn copied(from: &dyn Records, to: &dyn RecordsTarget) -> Copied {
    copy(from, to, &mut |_, _| ()).await.unwrap()
}

fn is_right(copied: &Copied) -> &Digest {
    let findings: Vec<_> = copied.verified.findings.list().iter().map(ToString::to_string).collect();
    assert_eq!((findings, &*copied.differences), (Vec::new(), &[][..]));
    &copied.verified.digest
}

async fn table(engine: &Engine) -> DynamoTarget {
    DynamoTarget::open(&engine.client(), engine.table(), UNITS).await.unwrap()
}

async fn from_table(engine: &Engine) -> Result<DynamoRecords, OpenError> {
    DynamoRecords::open(&engine.client(), engine.table(), UNITS).await
}

/// Plays a season into a file.
async fn season(path: &Path, parties: u32) -> Season {
    let store = SqliteStore::open(path).unwrap();
    Season::play(Subject::resident(store), parties).await
}

/// Everything that somebody has of a store before is good after: compares it with another, and asks the other as people would.
async fn is_as_good(season: &mut Season, other: &mut Cinema) {
    let slots = [season.free, season.other, season.sold, season.expired, season.canceled, season.moved, season.target];
    for slot in slots {
        let (before, after) = (season.cinema.bookings(slot).await, other.bookings(slot).await);
        assert!(!before.is_empty() || slot == season.moved, "{slot}");
        assert_eq!(before, after);
        for booking in after.iter().filter(|booking| booking.user().is_some()) {
            for ticket in booking.tickets() {
                // The identifier of a ticket has its secret.
                assert_eq!(other.ticketing.ticket(&ticket.id()).await.unwrap().id(), ticket.id());
            }
        }
        assert_eq!(season.cinema.available(slot).await, other.available(slot).await);
    }
    let key = season.key.hash();
    assert_eq!(other.keys().key(&key).await.unwrap(), season.cinema.keys().key(&key).await.unwrap());
    assert!(other.keys().key(&key).await.unwrap().is_some());
    let (request, booking) = &season.repeatable;
    let repeated = other.ask(request.clone(), NOW).await.unwrap();
    assert_eq!(repeated.id(), booking.id(), "the record of the request is kept");
    let sold: Vec<_> = other.bookings(season.sold).await;
    assert!(sold.iter().any(Booking::is_held), "a hold goes on");
    assert!(sold.iter().any(|booking| booking.sale().is_some_and(|sale| sale.promotion.is_some())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_moves_up_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first.db"), folder.path().join("second.db"));
    let season = &mut season(&first, 2_500).await;
    let engine = Engine::with_table().await;
    assert!(matches!(SqliteRecords::open_alone(&first), Err(FileError::InUse { .. })), "it is open");
    // A snapshot of what is open, as the whole of it is compared with below.
    let up = copied(&SqliteRecords::open(&first).unwrap(), &table(&engine).await).await;
    let bookings = is_right(&up).counts().find(|(kind, _)| kind.as_str() == "bookings").unwrap().1;
    assert!(bookings > 2_500, "{bookings}");
    let mut above = Cinema::over(Subject::resident(engine.store(500).await)).await;
    is_as_good(season, &mut above).await;
    let down = copied(&from_table(&engine).await.unwrap(), &SqliteTarget::open(&second).unwrap()).await;
    assert_eq!(is_right(&down).differences(&up.verified.digest), []);
    assert_eq!(
        is_right(&down).counts().collect::<Vec<_>>(),
        up.source.counts().filter(|(kind, _)| kind.as_str() != "running totals").collect::<Vec<_>>()
    );
    let mut below = Cinema::over(Subject::resident(SqliteStore::open(&second).unwrap())).await;
    is_as_good(season, &mut below).await;
    // All of them go on: what was sold can be canceled, once.
    for cinema in [&mut above, &mut below] {
        let (free, before) = (season.free, cinema.available(season.free).await);
        let booked = cinema.bookings(free).await.into_iter().flat_map(|booking| booking.tickets().to_vec());
        let ticket = booked.into_iter().find(|ticket| ticket.status() == TicketStatus::Booked).unwrap();
        cinema.cancel(ticket.id()).await.unwrap();
        assert_eq!(cinema.available(free).await, before + 1);
        cinema.book(free, 2).await.unwrap();
        assert_eq!(cinema.available(free).await, before - 1);
    }
    ticketly_store_contract::nothing_is_wrong(&from_table(&engine).await.unwrap()).await;
}

/// A target that fails after some pages.
struct Failing<'a> {
    to: &'a dyn RecordsTarget,
    left: Mutex<u32>,
    written: Mutex<usize>,
}

#[async_trait]
impl RecordsTarget for Failing<'_> {
    fn records(&self) -> &dyn Records {
        self.to.records()
    }

    async fn begin(&self, source: &Fingerprint) -> Result<Option<RecordCursor>, CopyError> {
        self.to.begin(source).await
    }

    async fn write(&self, records: &[Record], reached: Option<&RecordCursor>) -> Result<(), StoreError> {
        {
            let mut left = self.left.lock().unwrap();
            *left = left.checked_sub(1).ok_or_else(|| StoreError::Failed("the connection is lost".into()))?;
        }
        *self.written.lock().unwrap() += records.len();
        self.to.write(records, reached).await
    }

    async fn finish(&self) -> Result<(), StoreError> {
        self.to.finish().await
    }
}

/// Copies with an interruption after so many pages, and goes on. Returns how many records each part has written.
async fn interrupted(from: &dyn Records, to: &dyn RecordsTarget, after: u32) -> [usize; 2] {
    let parts = [after, u32::MAX].map(|left| Failing { to, left: Mutex::new(left), written: Mutex::default() });
    assert!(matches!(copy(from, &parts[0], &mut |_, _| ()).await, Err(CopyError::Store(_))));
    is_right(&copied(from, &parts[1]).await);
    parts.map(|part| part.written.into_inner().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_goes_on_and_serves_nobody_before_it_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second, other] = ["first.db", "second.db", "other.db"].map(|name| folder.path().join(name));
    drop(season(&first, 600).await);
    // Seasons have the same secret, so that this is one of another installation.
    let key = InstallationKey::from_bytes([9; 64]);
    SqliteStore::open(&other).unwrap().installation_key(&key).await.unwrap();
    let engine = Engine::with_table().await;
    let source = SqliteRecords::open_alone(&first).unwrap();
    let to = table(&engine).await;
    let failing = Failing { to: &to, left: Mutex::new(18), written: Mutex::default() };
    assert!(copy(&source, &failing, &mut |_, _| ()).await.is_err());
    // Neither a server nor another command takes it for a store, nor another copy for its target.
    let tuning = ticketly_dynamo_tests::patiently(500);
    let opened = ticketly_adapters_dynamo::DynamoStore::open(&engine.client(), engine.table(), &tuning).await;
    assert!(matches!(opened.map(drop), Err(OpenError::Unfinished { .. })));
    assert!(matches!(from_table(&engine).await.map(drop), Err(OpenError::Unfinished { .. })));
    assert!(matches!(describe(&engine.client(), engine.table()).await, Err(OpenError::Unfinished { .. })));
    let others = copy(&SqliteRecords::open_alone(&other).unwrap(), &to, &mut |_, _| ()).await;
    assert!(matches!(others, Err(CopyError::NotEmpty)));
    let rest = Failing { to: &to, left: Mutex::new(u32::MAX), written: Mutex::default() };
    let done = copied(&source, &rest).await;
    is_right(&done);
    let [before, after] = [&failing, &rest].map(|part| *part.written.lock().unwrap());
    assert!(before > 0 && after > 0, "{before} {after}");
    let all: u64 = done.source.counts().map(|(_, count)| count).sum();
    assert!(u64::try_from(after).unwrap() < all, "{after} of {all}");
    // A table that is finished is no target any more, even of the same copy.
    assert!(matches!(copy(&source, &to, &mut |_, _| ()).await, Err(CopyError::NotEmpty)));
    let late = to.write(&[], Some(&RecordCursor("late".to_owned()))).await;
    assert!(matches!(late, Err(StoreError::Contended)), "nor of one that goes on after another has finished it");

    let from = from_table(&engine).await.unwrap();
    let to = SqliteTarget::open(&second).unwrap();
    assert!(matches!(SqliteTarget::open(&second).map(drop), Err(FileError::InUse { .. })));
    let failing = Failing { to: &to, left: Mutex::new(1), written: Mutex::default() };
    assert!(copy(&from, &failing, &mut |_, _| ()).await.is_err());
    drop(to);
    assert!(matches!(SqliteStore::open(&second).map(drop), Err(FileError::Unfinished { .. })));
    assert!(matches!(SqliteRecords::open(&second).map(drop), Err(FileError::Unfinished { .. })));
    let to = SqliteTarget::open(&second).unwrap();
    let [before, after] = interrupted(&from, &to, 1).await;
    assert!(before > 0 && after > 0, "{before} {after}");
    drop(to);
    let to = SqliteTarget::open(&second).unwrap();
    assert!(matches!(copy(&from, &to, &mut |_, _| ()).await, Err(CopyError::NotEmpty)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_changes_meanwhile_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.db");
    let engine = Engine::with_table().await;
    let mut season = Season::play(Subject::resident(engine.store(500).await), 20).await;
    let to = SqliteTarget::open(&file).unwrap();
    let from = from_table(&engine).await.unwrap();
    assert!(matches!(
        copy(&from_table(&Engine::with_table().await).await.unwrap(), &to, &mut |_, _| ()).await,
        Err(CopyError::Unused)
    ));
    // Interrupted after the first page, so that there is a time at which it is changed.
    let failing = Failing { to: &to, left: Mutex::new(1), written: Mutex::default() };
    assert!(copy(&from, &failing, &mut |_, _| ()).await.is_err());
    season.cinema.book(season.free, 2).await.unwrap();
    let done = copied(&from, &to).await;
    assert!(!done.differences.is_empty() || done.verified.findings.count() > 0, "{done:?}");
    drop(to);
    assert!(matches!(SqliteStore::open(&file).map(drop), Err(FileError::Unfinished { .. })), "it is no store");
}
