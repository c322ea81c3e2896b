//! What a booking costs: statements, prepares, pages of the log, bytes of the file. They are counted and not timed, so
//! that they are the same on every machine.

use std::fmt::Write as _;
use std::fs;
use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;

use rand::SeedableRng;
use rand::rngs::StdRng;
use rusqlite::Connection;
use rusqlite::hooks::{AuthContext, Authorization};
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use ticketly_domain::{SlotId, Target, TicketId, Ticketing};

use super::batches::in_one_batch;
use super::{book, book_target, now, open, scheduled_with};
use crate::SqliteStore;
use crate::error::failed;
use crate::session::Session;

/// The file that holds the agreed costs. `UPDATE_SNAPSHOTS=1` rewrites it; the commit says why the costs changed.
const AGREED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/costs.txt");
/// The number of changes in a batch.
const BATCH: u64 = 64;

/// A store whose writer counts, and what it has counted.
struct Counted {
    store: Arc<SqliteStore>,
    ticketing: Ticketing,
    path: PathBuf,
    statements: Arc<AtomicU64>,
    prepares: Arc<AtomicU64>,
    /// As long as this reads, the log does not start again.
    _reader: Connection,
}

impl Counted {
    async fn open(folder: &Path) -> Self {
        let path = folder.join("ticketly.db");
        let store = Arc::new(SqliteStore::open(&path).unwrap());
        let (statements, prepares) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (ran, parsed) = (Arc::clone(&statements), Arc::clone(&prepares));
        let count = |counter: &AtomicU64| {
            counter.fetch_add(1, Ordering::Relaxed);
        };
        let hooks = move |session: &mut Session| {
            session.db.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(move |_: TraceEvent<'_>| count(&ran)))?;
            let authorize = move |_: AuthContext<'_>| {
                count(&parsed);
                Authorization::Allow
            };
            session.db.authorizer(Some(authorize))
        };
        store.write(move |session| hooks(session).map_err(failed)).await.unwrap();
        let ticketing = open(&store).await;
        let reader = Connection::open(&path).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM slots;").unwrap();
        Self { store, ticketing, path, statements, prepares, _reader: reader }
    }

    fn log(&self) -> u64 {
        fs::metadata(self.path.with_extension("db-wal")).unwrap().len() / (4096 + 24)
    }

    /// Runs changes in one batch. Returns a line of what each of them cost, and their results.
    async fn cost<T>(&self, name: &str, changes: Vec<Pin<Box<dyn Future<Output = T> + '_>>>) -> (String, Vec<T>) {
        let count = changes.len();
        let each = |total: u64| f64::from(u32::try_from(total).unwrap()) / f64::from(u32::try_from(count).unwrap());
        let figures = || [self.statements.load(Ordering::Relaxed), self.prepares.load(Ordering::Relaxed), self.log()];
        let before = figures();
        // The batch before it, which only keeps the writer busy, has a BEGIN, a check and a COMMIT of its own.
        let results = in_one_batch(&self.store, all(changes)).await;
        let after = figures();
        let [statements, prepares, pages] = std::array::from_fn(|index| after[index] - before[index]);
        let [statements, pages] = [statements - 3, pages].map(each);
        (format!("{name:<46}{count:>5}{statements:>13.2}{prepares:>11}{pages:>8.2}\n"), results)
    }
}

/// Waits for all, so that they queue up in order.
async fn all<T>(mut changes: Vec<Pin<Box<dyn Future<Output = T> + '_>>>) -> Vec<T> {
    let mut done: Vec<Option<T>> = changes.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (change, done) in changes.iter_mut().zip(&mut done) {
            if done.is_none()
                && let Poll::Ready(result) = change.as_mut().poll(context)
            {
                *done = Some(result);
            }
        }
        if done.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

type Changes<'a> = Vec<Pin<Box<dyn Future<Output = TicketId> + 'a>>>;

/// Prepares a batch of bookings, by users from `first` on.
fn bookings(ticketing: &Ticketing, first: u64, slot: impl Fn(u64) -> SlotId, keys: bool) -> Changes<'_> {
    let booking = |number| {
        let (slot, who) = (slot(number), first + number);
        let key = keys.then(|| format!("key-{who}"));
        Box::pin(async move { book(ticketing, slot, who, now(), key.as_deref()).await.unwrap().tickets()[0].id() }) as _
    };
    (0..BATCH).map(booking).collect()
}

#[tokio::test]
async fn a_booking_costs_what_was_agreed() {
    let folder = tempfile::tempdir().unwrap();
    let counted = Counted::open(folder.path()).await;
    let ticketing = &counted.ticketing;
    let mut slots = Vec::new();
    for number in 0..BATCH {
        let rng = &mut StdRng::seed_from_u64(100 + number);
        slots.push(scheduled_with(ticketing, 10_000, now(), rng).await);
    }
    let (hot, spread) = (slots[0], |number: u64| slots[usize::try_from(number).unwrap()]);
    let target = ticketing.slot(hot).await.unwrap();
    let target = || Target::Showing { name: target.showing().name().clone(), start: target.showing().start() };
    let by_name: Changes<'_> = (7000..7000 + BATCH)
        .map(|who| {
            let target = target();
            Box::pin(async move { book_target(ticketing, target, who, now(), None).await.unwrap().tickets()[0].id() })
                as _
        })
        .collect();

    // Tables and indexes have some size, and all statements are parsed.
    for round in 0..20 {
        all(bookings(ticketing, 10_000 + round * BATCH, spread, round == 0)).await;
    }
    let warm = all(bookings(ticketing, 20_000, |_| hot, false)).await;
    ticketing.cancel(warm[0], None, now()).await.unwrap();
    ticketing.move_ticket(warm[1], Target::Slot(slots[1]), None, now(), &mut StdRng::seed_from_u64(9)).await.unwrap();
    book_target(ticketing, target(), 30_000, now(), None).await.unwrap();

    let mut table = format!("{:<46}{:>5}{:>13}{:>11}{:>8}\n", "a batch of", "", "statements", "prepares", "pages");
    let (line, _) = counted.cost("bookings of one slot", bookings(ticketing, 1000, |_| hot, false)).await;
    table += &line;
    let (line, booked) = counted.cost("bookings of 64 slots", bookings(ticketing, 2000, spread, false)).await;
    table += &line;
    let keyed = bookings(ticketing, 3000, |_| hot, true);
    table += &counted.cost("bookings of one slot, each with a key", keyed).await.0;
    table += &counted.cost("bookings by name and start", by_name).await.0;
    let mut one = bookings(ticketing, 4000, |_| hot, false);
    one.truncate(1);
    table += &counted.cost("bookings of one slot", one).await.0;
    let (canceled, moved) = booked.split_at(booked.len() / 2);
    let cancel = |id: &TicketId| {
        let id = *id;
        Box::pin(async move { ticketing.cancel(id, None, now()).await.unwrap().id() }) as _
    };
    table += &counted.cost("cancellations in as many slots", canceled.iter().map(cancel).collect()).await.0;
    let mv = |(number, id): (u64, &TicketId)| {
        let (id, to, rng) = (*id, spread(number), StdRng::seed_from_u64(number));
        Box::pin(async move {
            let mut rng = rng;
            ticketing.move_ticket(id, Target::Slot(to), None, now(), &mut rng).await.unwrap().new.id()
        }) as _
    };
    table += &counted.cost("moves to as many slots", (0..).zip(moved).map(mv).collect()).await.0;
    writeln!(table, "\na booking is {} bytes of the file", bytes(&counted).await).unwrap();
    agree(&table);
}

/// Returns the size of the file for each booking in it.
async fn bytes(counted: &Counted) -> u64 {
    let number = |sql: &'static str| {
        counted.store.read(move |db| db.query_row(sql, [], |row| row.get::<_, u64>(0)).map_err(failed))
    };
    let pages = number("SELECT page_count FROM pragma_page_count").await.unwrap();
    pages * 4096 / number("SELECT count(*) FROM bookings").await.unwrap()
}

fn agree(found: &str) {
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some_and(|value| value == "1") {
        fs::write(AGREED, found).unwrap();
    }
    let agreed = fs::read_to_string(AGREED).unwrap_or_default();
    let hint = "if that is intended, run with UPDATE_SNAPSHOTS=1 and say in the commit why";
    assert!(found == agreed, "the costs are\n{found}\nand were\n{agreed}\n{hint}");
}
