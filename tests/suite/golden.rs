//! What the SQLite store keeps of a booking's tickets, compared with the files that all stores share.

#[path = "../golden/story.rs"]
mod story;

use rusqlite::Connection;
use ticketly_adapters_sqlite::SqliteStore;
use ticketly_store_contract::Subject;

use self::story::Story;
use crate::agreed::assert_agreed;

#[tokio::test]
async fn rows_hold_changes_as_agreed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ticketly.db");
    let story = Story::play(Subject::resident(SqliteStore::open(&path).unwrap())).await;
    let rows = Connection::open(&path).unwrap();
    let found = story.bookings(|booking| {
        let no = booking.key().no.as_u64().cast_signed();
        rows.query_row("SELECT changes FROM bookings WHERE no = ?1", [no], |row| row.get(0)).unwrap()
    });
    assert_agreed("golden/slots.json", &story.slots().await);
    assert_agreed("golden/bookings.json", &found);
}
