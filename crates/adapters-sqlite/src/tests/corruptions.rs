//! Planted corruptions: each is named by a verification, and a read that meets it answers an error.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use rusqlite::Connection;
use tempfile::TempDir;
use ticketly_domain::{
    Blocks as _, Bookings as _, Catalogue as _, KeyStore as _, Payments as _, RefundState, Rules, SlotId, StoreError,
    Ticketing, Totals as _, verify,
};
use ticketly_store_contract::Subject;
use ticketly_store_contract::season::Season;
use tokio::runtime::Runtime;

use crate::rows::slot_key;
use crate::{SqliteRecords, SqliteStore};

/// A store with something of every kind. Each corruption is planted in a copy of its own.
struct Whole {
    _folder: TempDir,
    path: PathBuf,
    slots: [(&'static str, SlotId); 8],
    repeatable: ticketly_domain::BookingRequest,
}

static WHOLE: LazyLock<Whole> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("whole.db");
    let store = SqliteStore::open(&path).unwrap();
    let season = Runtime::new().unwrap().block_on(Season::play(Subject::resident(store), 40));
    let slots = [
        ("{free}", season.free),
        ("{other}", season.other),
        ("{sold}", season.sold),
        ("{expired}", season.expired),
        ("{expiring}", season.expiring),
        ("{canceled}", season.canceled),
        ("{moved}", season.moved),
        ("{target}", season.target),
    ];
    let repeatable = season.repeatable.0.clone();
    // Closing the store copies its log into the file.
    drop(season);
    Whole { _folder: folder, path, slots, repeatable }
});

impl Whole {
    fn slot(&self, name: &str) -> SlotId {
        self.slots.iter().find(|(slot, _)| *slot == name).unwrap().1
    }

    /// Copies the store, and plants a corruption in the copy.
    fn copy(&self, plant: impl FnOnce(&Path)) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ticketly.db");
        fs::copy(&self.path, &path).unwrap();
        plant(&path);
        (folder, path)
    }
}

fn findings(path: &Path) -> Vec<String> {
    let runtime = Runtime::new().unwrap();
    let records = SqliteRecords::open(path).unwrap();
    let verified = runtime.block_on(verify(&records, &mut |_| ())).unwrap();
    verified.findings.list().iter().map(ToString::to_string).collect()
}

/// A read that meets a corruption.
#[derive(Debug, Clone, Copy)]
enum Read {
    Slot(&'static str),
    Bookings(&'static str),
    Booking(&'static str),
    Blocks(&'static str),
    Totals(&'static str),
    Unpaid,
    Refunds,
    Keys,
    Repetition,
}

impl Read {
    async fn of(self, store: &Arc<SqliteStore>) -> Result<(), StoreError> {
        let slot = |name| WHOLE.slot(name);
        match self {
            Self::Slot(name) => store.slot(slot(name)).await.map(drop),
            Self::Bookings(name) => store.bookings_of_slot(slot(name), None, 1000).await.map(drop),
            Self::Booking(name) => {
                // All bookings by their keys, as those know them that have them.
                let whole = SqliteStore::open(&WHOLE.copy(|_| ()).1).unwrap();
                for booking in whole.bookings_of_slot(slot(name), None, 1000).await? {
                    store.booking(booking.key()).await?;
                }
                Ok(())
            }
            Self::Blocks(name) => store.blocks(slot(name)).await.map(drop),
            Self::Totals(name) => store.final_totals(&[slot(name)]).await.map(drop),
            Self::Unpaid => store.payments_due(chrono::DateTime::<chrono::Utc>::MAX_UTC, 100).await.map(drop),
            Self::Refunds => store.refunds(RefundState::Due, None, 100).await.map(drop),
            Self::Keys => store.keys().await.map(drop),
            Self::Repetition => {
                let rng = &mut rand::SeedableRng::seed_from_u64(9);
                let rng: &mut rand::rngs::StdRng = rng;
                let ticketing = Ticketing::open(Arc::clone(store) as _, Rules::default(), rng).await.unwrap();
                let at = ticketly_store_contract::NOW;
                match ticketing.book(WHOLE.repeatable.clone(), at, rng).await {
                    Err(ticketly_domain::Error::Store(error)) => Err(error),
                    other => panic!("{other:?}"),
                }
            }
        }
    }
}

/// Plants a corruption by SQL, in which slots are named in braces. Expects a finding that has the texts, and that the read fails.
fn planted(sql: &str, finds: &[&str], read: Option<Read>) {
    let mut script = sql.to_owned();
    for (name, slot) in WHOLE.slots {
        script = script.replace(name, &slot_key(slot).to_string());
    }
    let (_folder, path) = WHOLE.copy(|path| {
        let db = Connection::open(path).unwrap();
        db.execute_batch("PRAGMA ignore_check_constraints = ON;").unwrap();
        let before: i64 = db.query_row("SELECT total_changes()", [], |row| row.get(0)).unwrap();
        db.execute_batch(&script).unwrap();
        let after: i64 = db.query_row("SELECT total_changes()", [], |row| row.get(0)).unwrap();
        assert!(after > before || script.contains("DROP"), "nothing was planted by {sql}");
        db.close().unwrap();
    });
    named(sql, &path, finds, read);
}

fn named(plant: &str, path: &Path, finds: &[&str], read: Option<Read>) {
    let found = findings(path);
    for text in finds {
        let text =
            WHOLE.slots.iter().fold((*text).to_owned(), |text, (name, slot)| text.replace(name, &slot.to_string()));
        assert!(found.iter().any(|finding| finding.contains(&text)), "{plant}\n{text} is not among\n{found:#?}");
    }
    let secrets = ["Guest", "Kim", "Jane", "+90000"];
    let leaks = |finding: &&String| secrets.iter().any(|secret| finding.contains(secret));
    assert_eq!(found.iter().find(leaks), None);
    if let Some(read) = read {
        let outcome = Runtime::new().unwrap().block_on(async {
            let store = Arc::new(SqliteStore::open(path).unwrap());
            read.of(&store).await
        });
        assert!(matches!(outcome, Err(StoreError::Failed(_))), "{plant}\n{read:?} answered {outcome:?}");
    }
}

#[test]
fn nothing_is_wrong_in_a_whole_store() {
    assert_eq!(findings(&WHOLE.path), Vec::<String>::new());
}

#[test]
fn rows_that_are_no_records_are_named() {
    let of_booking = "damaged: slot {free}, booking ";
    for (sql, finds, read) in [
        (
            "UPDATE bookings SET changes = '0X5' WHERE slot = {free}",
            [of_booking, "bookings: changes"],
            Read::Bookings("{free}"),
        ),
        (
            "UPDATE bookings SET secrets = zeroblob(15) WHERE slot = {free}",
            [of_booking, "changes"],
            Read::Bookings("{free}"),
        ),
        (
            "UPDATE bookings SET seats = NULL WHERE slot = {sold}",
            ["damaged: slot {sold}, booking", "seats"],
            Read::Bookings("{sold}"),
        ),
        (
            "UPDATE bookings SET sale = 'EUR' WHERE slot = {sold}",
            ["damaged: slot {sold}, booking", "sale"],
            Read::Bookings("{sold}"),
        ),
        ("UPDATE seats SET taken = NULL WHERE slot = {sold}", ["damaged: slot {sold}", "taken"], Read::Slot("{sold}")),
        (
            "UPDATE seats SET taken = zeroblob(16) WHERE slot = {sold}",
            ["damaged: slot {sold}", "taken"],
            Read::Slot("{sold}"),
        ),
        (
            "UPDATE seats SET available = capacity + 1 WHERE slot = {free}",
            ["damaged: slot {free}", "available"],
            Read::Slot("{free}"),
        ),
        (
            "UPDATE seats SET withdrawn = 'gone' WHERE slot = {free}",
            ["damaged: slot {free}", "withdrawn"],
            Read::Slot("{free}"),
        ),
        ("UPDATE slots SET type = 'opera' WHERE id = {free}", ["damaged: slot {free}", "type"], Read::Slot("{free}")),
        ("UPDATE slots SET ends = starts WHERE id = {free}", ["damaged: slot {free}", "ends"], Read::Slot("{free}")),
        (
            "UPDATE blocks SET seats = x'FFFF' WHERE slot = {sold}",
            ["damaged: slot {sold}", "blocks: seats"],
            Read::Blocks("{sold}"),
        ),
        (
            "UPDATE totals SET totals = 'many' WHERE slot = {expired}",
            ["damaged: slot {expired}", "totals"],
            Read::Totals("{expired}"),
        ),
        ("UPDATE payments SET state = 'lost', due = 1", ["damaged: table payments", "state"], Read::Unpaid),
        ("UPDATE refunds SET currency = 'EUX', state = 'due'", ["damaged: table refunds", "currency"], Read::Refunds),
        ("UPDATE api_keys SET role = 'usher'", ["damaged: table api_keys", "role"], Read::Keys),
        (
            "UPDATE idempotency_records SET slot = -1",
            ["damaged: table idempotency_records", "slot, no, since"],
            Read::Repetition,
        ),
        ("UPDATE plans SET picture = 'row'", ["damaged: slot {sold}", "plans: picture"], Read::Slot("{sold}")),
        ("UPDATE prices SET list = ''", ["damaged: slot {sold}", "prices: list"], Read::Slot("{sold}")),
    ] {
        planted(sql, &finds, Some(read));
    }
}

#[test]
fn rows_that_others_need_are_missed() {
    for (sql, finds, read) in [
        (
            "DELETE FROM slots WHERE id = {free}",
            ["orphan: slot {free}: there are seats of it", "{free}"],
            Some(Read::Booking("{free}")),
        ),
        (
            "DELETE FROM seats WHERE slot = {other}; DELETE FROM slots WHERE id = {other}",
            ["orphan: slot {other}: there are bookings of it", "{other}"],
            Some(Read::Booking("{other}")),
        ),
        (
            "DELETE FROM seats WHERE slot = {free}",
            ["orphan: slot {free}: it has no row of seats", "{free}"],
            Some(Read::Slot("{free}")),
        ),
        (
            "DELETE FROM plans",
            ["damaged: slot {sold}: corrupt row in plans: version", "damaged: table auditoriums, row"],
            Some(Read::Slot("{sold}")),
        ),
        (
            "DELETE FROM prices WHERE version = 2",
            ["damaged: slot {sold}: corrupt row in prices: version", "damaged: table price_lists, row"],
            Some(Read::Slot("{sold}")),
        ),
        ("DELETE FROM auditoriums", ["orphan: plan of auditorium", "but it does not exist"], None),
        ("DELETE FROM payments", ["orphan: slot {sold}, booking", "its payment PAY"], None),
        ("DELETE FROM promotions", ["orphan: promotion SPRING", "orphan: promotion GIFT"], None),
        ("DELETE FROM installation", ["orphan: slot", "there is no secret of the installation"], None),
        (
            "DELETE FROM cancellations WHERE slot = {canceled}",
            ["withdrawal: slot {canceled}", "has no cancellation"],
            None,
        ),
        ("DELETE FROM reseatings", ["withdrawal: slot {moved}", "nothing says where"], None),
        ("DELETE FROM blocks", ["seats: slot {sold}", "no ticket and no block owns it"], None),
        ("DELETE FROM refunds", ["money: slot {sold}, booking", "its refunds of its payment are 0"], None),
    ] {
        planted(sql, &finds, read);
    }
}

#[test]
fn records_that_do_not_fit_each_other_are_named() {
    for (sql, find) in [
        ("DELETE FROM bookings WHERE slot = {sold} AND settled IS NULL", "seats: slot {sold}: seat"),
        ("DELETE FROM bookings WHERE slot = {free} AND settled IS NULL", "seats: slot {free}: "),
        ("UPDATE seats SET available = available + 1 WHERE slot = {free}", "seats: slot {free}: "),
        ("UPDATE seats SET taken = zeroblob(length(taken)) WHERE slot = {target}", "seats: slot {target}: seats"),
        (
            "UPDATE bookings SET seats = (SELECT seats FROM blocks WHERE slot = {sold} LIMIT 1) WHERE slot = {sold} AND length(seats) = 4",
            "belongs to another ticket or block too",
        ),
        (
            "UPDATE bookings SET changes = NULL WHERE slot = {other} AND changes LIKE '%<%'",
            "move: slot {free}, booking",
        ),
        (
            "UPDATE bookings SET changes = '0B' || substr(changes, 3) WHERE changes LIKE '0C%>%'",
            "was moved, but is Booked",
        ),
        ("UPDATE refunds SET amount = amount + 1 WHERE slot = {sold}", "money: slot {sold}, booking"),
        ("UPDATE payments SET amount = amount + 1", "but its payment is one of"),
        ("UPDATE payments SET no = no + 1 WHERE state = 'captured'", "names another payment"),
        ("UPDATE promotions SET used = used + 1", "promotion: promotion SPRING: it says"),
        ("UPDATE slots SET starts = starts - 3600000 * 23 WHERE id = {canceled} + 1 OR id = {target}", "slot {target}"),
        ("UPDATE totals SET totals = '9' || totals WHERE slot = {expired}", "totals: slot {expired}: its final totals"),
        (
            "UPDATE totals SET totals = '99' || totals WHERE slot = {expiring}",
            "totals: slot {expiring}: the totals that expiry has reached",
        ),
        (
            "UPDATE seats SET unexpired = NULL WHERE slot = {free}",
            "expiry: slot {free}: expiry is done with it, but it is open",
        ),
        ("UPDATE cancellations SET done = 1", "its cancellation is done, but not all tickets are canceled"),
    ] {
        planted(sql, &[find], None);
    }
}

#[test]
fn columns_that_are_derived_from_others_are_compared() {
    for (sql, column) in [
        ("UPDATE bookings SET settled = NULL WHERE slot = {free}", "column settled of bookings"),
        ("UPDATE bookings SET settled = settled + 1 WHERE held_until IS NOT NULL", "column settled of bookings"),
        ("UPDATE seats SET available = available - 1 WHERE slot = {sold}", "column available of seats"),
        ("UPDATE seats SET on_sale = 1 WHERE withdrawn IS NOT NULL", "column on_sale of seats"),
        ("UPDATE seats SET unexpired = unexpired + 1", "column unexpired of seats"),
        ("UPDATE seats SET next_release = NULL", "column next_release of seats"),
        ("UPDATE seats SET closed = 2 WHERE closed = 1", "column closed of seats"),
        ("UPDATE bookings SET changes = changes || ' ' WHERE changes IS NOT NULL", "column changes of bookings"),
    ] {
        planted(sql, &[column], None);
    }
}

#[test]
fn the_tables_of_litestream_are_nothing_wrong() {
    let planted = |sql: &str| {
        let (_folder, path) = WHOLE.copy(|path| {
            let db = Connection::open(path).unwrap();
            db.execute_batch(sql).unwrap();
            db.close().unwrap();
        });
        findings(&path)
    };
    let tables = "CREATE TABLE _litestream_lock (id INTEGER);
         CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER);";
    assert_eq!(planted(tables), Vec::<String>::new());
    assert_eq!(planted("CREATE TABLE diary (day)"), ["damaged: schema, diary: this version does not have it"]);
}

#[test]
fn indexes_and_pages_are_checked() {
    planted("DROP INDEX bookings_held", &["schema, bookings_held: it is missing"], None);
    planted(
        "DROP TABLE totals; CREATE TABLE totals (slot, at, totals)",
        &["schema, totals: it is not as this version"],
        None,
    );
    // An index without the entries of some rows: it was away while they were written.
    let (_folder, path) = WHOLE.copy(|path| {
        let db = Connection::open(path).unwrap();
        let row = "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema WHERE name = 'bookings_by_user'";
        let [insert, delete] = [
            "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema SELECT * FROM away;",
            "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'bookings_by_user';",
        ];
        db.execute_batch(&format!("CREATE TABLE away AS {row}; {delete}")).unwrap();
        db.close().unwrap();
        let db = Connection::open(path).unwrap();
        db.execute_batch("UPDATE bookings SET user = zeroblob(13) WHERE user IS NOT NULL").unwrap();
        db.execute_batch(&format!("{insert} DROP TABLE away;")).unwrap();
        db.close().unwrap();
    });
    named("an old index", &path, &["damaged: the file: row 1 missing from index bookings_by_user"], None);
    // A page of bookings full of other bytes.
    let (_folder, path) = WHOLE.copy(|path| {
        let db = Connection::open(path).unwrap();
        let sql = "SELECT pageno FROM dbstat WHERE name = 'bookings' AND pagetype = 'leaf' LIMIT 1";
        let page = db.query_row(sql, [], |row| row.get::<_, usize>(0));
        let page = page.unwrap_or_else(|_| {
            db.query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'bookings'", [], |row| row.get(0)).unwrap()
        });
        db.close().unwrap();
        let mut bytes = fs::read(path).unwrap();
        bytes[(page - 1) * 4096..page * 4096].fill(0xA5);
        fs::write(path, bytes).unwrap();
    });
    named(
        "a page",
        &path,
        &["damaged: the file: ", "damaged: table bookings: a part of it"],
        Some(Read::Bookings("{free}")),
    );
}
