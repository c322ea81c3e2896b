//! Opens and uses stores of older versions: one fixture for each version of the schema.

use std::fs;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rusqlite::Connection;
use tempfile::TempDir;
use ticketly_domain::{
    Erasures, KeyHash, KeyStore, PageSize, PriceListVersion, RefundQuery, RefundState, Rules, SlotId, Target, TicketId,
    TicketStatus, Ticketing, verify,
};

use crate::{SqliteStore, schema};

#[path = "../../examples/fixture/described.rs"]
mod described;

use described::{Fixture, Sales, key, request};

/// An opened copy of a fixture.
struct Opened {
    fixture: Fixture,
    at: DateTime<Utc>,
    store: Arc<SqliteStore>,
    ticketing: Ticketing,
    folder: TempDir,
}

impl Opened {
    async fn version(version: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ticketly.db");
        fs::copy(format!("{}.db", described::path(version)), &file).unwrap();
        let fixture = fs::read_to_string(format!("{}.json", described::path(version))).unwrap();
        let fixture: Fixture = serde_json::from_str(&fixture).unwrap();
        let at = DateTime::from_timestamp_millis(fixture.at).unwrap();
        let store = Arc::new(SqliteStore::open(&file).unwrap());
        let rng = &mut StdRng::seed_from_u64(1);
        let ticketing = Ticketing::open(Arc::clone(&store) as _, Rules::default(), rng).await.unwrap();
        Self { fixture, at, store, ticketing, folder }
    }

    fn slot(&self, name: &str) -> SlotId {
        self.fixture.slots[name].0.parse().unwrap()
    }

    async fn available(&self, name: &str) -> u32 {
        self.ticketing.slot(self.slot(name)).await.unwrap().seats().available()
    }

    /// Asserts that the store has all the data of the fixture.
    async fn is_complete(&self) {
        for (name, (_, seats)) in &self.fixture.slots {
            let slot = self.ticketing.slot(self.slot(name)).await.unwrap();
            assert_eq!(slot.seats().available(), *seats, "{name}");
            assert_eq!(slot.prices().map(|prices| prices.version.0), self.fixture.priced.get(name).copied(), "{name}");
        }
        if self.fixture.slots.contains_key("Seated") {
            let blocks = self.ticketing.blocks(self.slot("Seated"), self.at).await.unwrap();
            assert_eq!(blocks.iter().map(described::block).collect::<Vec<_>>(), self.fixture.blocks);
        }
        if let Some((id, texts)) = &self.fixture.price_list {
            for (text, version) in texts.iter().zip(1..) {
                let stored = self.ticketing.price_list_at(id.parse().unwrap(), PriceListVersion(version)).await;
                assert_eq!(stored.unwrap().list.to_string(), *text);
            }
        }
        let promotions = self.ticketing.promotions().await.unwrap();
        assert_eq!(promotions.iter().map(described::promotion).collect::<Vec<_>>(), self.fixture.promotions);
        if let Some(sales) = &self.fixture.sales {
            self.has_sold(sales).await;
        }
        if let Some(described) = &self.fixture.cancellation {
            let cancellation = self.ticketing.cancellation(self.slot("Off")).await.unwrap();
            assert_eq!(described::cancellation(&cancellation), *described);
            assert_eq!(self.ticketing.slot(self.slot("Off")).await.unwrap().sales(), ticketly_domain::Sales::Canceled);
        }
        for (id, tickets) in &self.fixture.bookings {
            let booking = self.ticketing.booking(&id.parse().unwrap()).await.unwrap();
            assert_eq!(described::booking(&booking), *tickets);
        }
        // Those that expired in a version without totals are totalled from their bookings, archived ones too.
        for (name, sold, canceled) in [("Archived", 2, 0), ("Expired", 2, 1)] {
            let (slot, totals) = self.ticketing.final_totals(self.slot(name)).await.unwrap();
            let totals = match totals {
                Some(totals) => totals.totals,
                None => self.ticketing.running_totals(slot.showing(), self.at).await.unwrap().totals,
            };
            let found: Vec<_> = totals.lines().map(|(_, line)| (line.tickets, line.canceled)).collect();
            assert_eq!(found, [(sold, canceled)], "{name}");
        }
        assert_eq!(self.store.keys().await.unwrap().len(), self.fixture.keys.len());
        for (key, role) in &self.fixture.keys {
            let found = self.store.key(&KeyHash::of(key)).await.unwrap();
            assert_eq!(found.map(|key| key.role.as_str()), Some(role.as_str()));
        }
    }

    async fn has_sold(&self, sales: &Sales) {
        let booking = self.ticketing.booking(&sales.booking.0.parse().unwrap()).await.unwrap();
        assert_eq!(booking.sale().unwrap().to_string(), sales.booking.1);
        let payment = self.ticketing.payment(booking.sale().unwrap().payment.unwrap().id).await.unwrap();
        assert_eq!(described::payment(&payment), sales.payment);
        let query = RefundQuery { state: RefundState::Due, after: None, limit: PageSize::default() };
        let refunds = self.ticketing.refunds(&query).await.unwrap().items;
        assert_eq!(refunds.iter().map(described::refund).collect::<Vec<_>>(), sales.refunds);
        let hold = self.ticketing.held(sales.hold.0.parse().unwrap()).await.unwrap();
        assert_eq!(hold.hold().unwrap().until.timestamp_millis(), sales.hold.1);
    }

    /// Asserts that repeated requests get their first answers.
    async fn repeats(&self, rng: &mut StdRng) {
        let later = self.at + TimeDelta::minutes(50);
        let (slot, answer) = &self.fixture.booked;
        let again = request(Target::Slot(slot.parse().unwrap()), 3, 4, Some(key("book")));
        assert_eq!(described::booking(&self.ticketing.book(again, later, rng).await.unwrap()), *answer);
        let (ticket, slot, answer) = &self.fixture.moved;
        let target = Target::Slot(slot.parse().unwrap());
        let moved = self.ticketing.move_ticket(ticket.parse().unwrap(), target, Some(key("move")), later, rng).await;
        assert_eq!(described::moved(&moved.unwrap()), *answer);
        let (ticket, answer) = &self.fixture.canceled;
        let canceled = self.ticketing.cancel(ticket.parse().unwrap(), Some(key("cancel")), later).await;
        assert_eq!(described::ticket(&canceled.unwrap()), *answer);
    }

    /// Books, moves, cancels, expires and archives, with old and new tickets.
    async fn works(&self, rng: &mut StdRng) {
        let old = self.booked_tickets();
        assert_eq!(old.len(), 4);
        let target = |name| Target::Slot(self.slot(name));
        let new = self.ticketing.book(request(target("Tonight"), 5, 2, None), self.at, rng).await.unwrap();
        self.ticketing.cancel(old[0], None, self.at).await.unwrap();
        self.ticketing.cancel(new.tickets()[0].id(), None, self.at).await.unwrap();
        let [seats, left] = ["Tonight", "Tomorrow"].map(|name| self.fixture.slots[name].1);
        let changed = self.available("Tonight").await + self.available("Tomorrow").await;
        assert_eq!(changed, seats + left, "two were booked, two canceled");
        let moved =
            self.ticketing.move_ticket(new.tickets()[1].id(), target("Tomorrow"), None, self.at, rng).await.unwrap();
        assert_eq!(moved.new.moved_from(), Some(new.tickets()[1].id()));
        assert_eq!(self.ticketing.expire(self.at + TimeDelta::days(2)).await.unwrap().tickets, 4 + self.sold());
        let promotions = self.ticketing.promotions().await.unwrap();
        assert!(promotions.iter().all(|promotion| promotion.used == 0), "the hold has lapsed: {promotions:?}");
        for ticket in [moved.new.id(), old[3]] {
            assert_eq!(self.ticketing.ticket(&ticket).await.unwrap().status(), TicketStatus::Expired);
        }
        let archived = self.ticketing.archive(self.at + TimeDelta::days(200)).await.unwrap();
        // Four tickets are not in the fixture's bookings, and those of spring are archived already.
        let lines = self.fixture.bookings.values().flatten();
        let before = lines.filter(|line| !line.contains(" Archived ")).count();
        assert_eq!(archived.tickets, u64::try_from(before + 4).unwrap() + 2 * self.sold());
    }

    /// Asserts that a verification finds nothing wrong, also in what older versions have written.
    async fn is_whole(&self, version: usize) {
        let verified = verify(&*self.store, &mut |_| ()).await.unwrap();
        let findings: Vec<_> = verified.findings.list().iter().map(ToString::to_string).collect();
        assert_eq!(findings, Vec::<String>::new(), "version {version}");
    }

    /// Returns how many bookings were sold: each has a booked ticket and a canceled one.
    fn sold(&self) -> u64 {
        u64::from(self.fixture.sales.is_some())
    }

    fn booked_tickets(&self) -> Vec<TicketId> {
        let lines = self.fixture.bookings.values().flatten().chain(&self.fixture.moved.2[..1]);
        let booked = lines.filter(|line| line.contains(" Booked "));
        booked.map(|line| line.split(' ').next().unwrap().parse().unwrap()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_every_version_works() {
    for version in 1..=usize::try_from(schema::VERSION).unwrap() {
        let opened = Opened::version(version).await;
        let rng = &mut StdRng::seed_from_u64(3);
        opened.is_complete().await;
        opened.repeats(rng).await;
        opened.is_complete().await;
        opened.is_whole(version).await;
        opened.works(rng).await;
        opened.is_whole(version).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_version_leads_to_the_same_schema() {
    let expected = include_str!("../../fixtures/schema.sql");
    let new = tempfile::tempdir().unwrap();
    drop(SqliteStore::open(&new.path().join("ticketly.db")).unwrap());
    let mut folders = vec![new];
    for version in 1..=usize::try_from(schema::VERSION).unwrap() {
        folders.push(Opened::version(version).await.folder);
    }
    for folder in folders {
        let db = Connection::open(folder.path().join("ticketly.db")).unwrap();
        assert_eq!(described::schema(&db), expected, "a released migration was changed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_refuses_a_newer_schema() {
    let opened = Opened::version(usize::try_from(schema::VERSION).unwrap()).await;
    let rng = &mut StdRng::seed_from_u64(3);
    let target = || Target::Slot(opened.slot("Tonight"));
    let other = Connection::open(opened.folder.path().join("ticketly.db")).unwrap();
    let set_version = |version| other.pragma_update(None, "user_version", version).unwrap();
    let rows = || other.query_row("SELECT count(*) FROM bookings", [], |row| row.get::<_, u32>(0)).unwrap();
    let before = rows();

    set_version(schema::VERSION + 1);
    let outcomes = [
        opened.ticketing.book(request(target(), 6, 1, None), opened.at, rng).await.map(drop),
        opened.ticketing.slot(opened.slot("Tonight")).await.map(drop),
        opened.ticketing.ready().await,
        opened.ticketing.expire(opened.at).await.map(drop),
        opened.store.keys().await.map(drop).map_err(Into::into),
    ];
    for outcome in outcomes {
        let error = outcome.unwrap_err();
        let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        let chain = format!("{error}: {source}");
        assert!(chain.contains(&format!("schema {}", schema::VERSION + 1)), "{chain}");
    }
    assert_eq!(rows(), before);

    set_version(schema::VERSION);
    opened.ticketing.book(request(target(), 6, 1, None), opened.at, rng).await.unwrap();
    assert_eq!(rows(), before + 1);
}

#[tokio::test]
async fn payments_that_were_voided_before_the_erasure_lose_their_person() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ticketly.db");
    fs::copy(format!("{}.db", described::path(13)), &file).unwrap();
    let voided = "CREATE TEMP TABLE one AS SELECT * FROM payments LIMIT 1;
        UPDATE one SET id = randomblob(16), state = 'voided', name = 'Vera Void', phone = '5550199';
        INSERT INTO payments SELECT * FROM one;";
    Connection::open(&file).unwrap().execute_batch(voided).unwrap();
    let has_name = || {
        let files = fs::read_dir(folder.path()).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
        files.into_iter().any(|bytes| bytes.windows(9).any(|window| window == b"Vera Void"))
    };
    assert!(has_name());
    let store = SqliteStore::open(&file).unwrap();
    store.purge(false).await.unwrap();
    assert!(!has_name(), "nor is it in an unused part of the file");
    drop(store);
    let of_nobody = "SELECT count(*) FROM payments WHERE name = 'erased' AND phone = '000' AND user = zeroblob(13)";
    let count: u32 = Connection::open(&file).unwrap().query_row(of_nobody, [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1, "and the captured one keeps its person");
}
