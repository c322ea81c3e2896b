//! What is erased is in no part of the file.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_domain::{
    BookingRequest, Error, PhoneNumber, Selection, SlotId, Target, TicketCount, Ticketing, UserName,
};

use super::{now, open, scheduled_with};
use crate::SqliteStore;

const PEOPLE: u64 = 300;

/// Counts the names and the numbers of the people in all files of a folder.
fn found(folder: &Path) -> usize {
    let files = fs::read_dir(folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
    let bytes: Vec<u8> = files.flatten().collect();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let places = bytes.windows(5).enumerate().filter(|(_, window)| window.starts_with(b"User "));
    places.filter(|(at, _)| is_digit(at + 5)).count()
}

fn person(who: u64) -> (UserName, PhoneNumber) {
    (UserName::parse(&format!("User {who}")).unwrap(), PhoneNumber::parse(&format!("5550{who:04}")).unwrap())
}

async fn book(ticketing: &Ticketing, slot: SlotId, who: u64) -> Result<(), Error> {
    let (user_name, phone) = person(who);
    let (selection, target) = (Selection::any(TicketCount::ONE), Target::Slot(slot));
    let request = BookingRequest { user_name, phone, selection, target, payment: None, key: None };
    ticketing.book(request, now(), &mut StdRng::seed_from_u64(who)).await.map(drop)
}

async fn erase_all(ticketing: &Ticketing) {
    for who in 0..PEOPLE {
        let (name, phone) = person(who);
        let erased = ticketing.erase(name, phone, now() + TimeDelta::days(9)).await.unwrap();
        assert_eq!((erased.bookings, erased.kept.len()), (1, 0), "{who}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_purge_overwrites_what_pages_keep() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ticketly.db");
    let store = Arc::new(SqliteStore::open(&file).unwrap());
    let (ticketing, mut rng) = (open(&store).await, StdRng::seed_from_u64(4));
    let mut slots = Vec::new();
    for _ in 0..20 {
        slots.push(scheduled_with(&ticketing, 90, now(), &mut rng).await);
    }
    for who in 0..PEOPLE {
        let slot = slots[usize::try_from(who * 7 % 20).unwrap()];
        book(&ticketing, slot, who).await.unwrap();
    }
    assert!(found(folder.path()) >= 300);
    ticketing.expire(now() + TimeDelta::days(1)).await.unwrap();
    erase_all(&ticketing).await;
    assert!(found(folder.path()) > 0, "old pages have them");
    ticketing.purge(false).await.unwrap();
    assert_eq!(found(folder.path()), 0);
    let seen = fs::metadata(&file).unwrap().modified().unwrap();
    ticketing.purge(false).await.unwrap();
    assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), seen, "nothing was erased since");

    // The store goes on, also beside what was purged.
    book(&ticketing, slots[0], 1).await.unwrap_err();
    let next = scheduled_with(&ticketing, 9, now(), &mut rng).await;
    book(&ticketing, next, PEOPLE).await.unwrap();
    drop((ticketing, store));
    assert!(found(folder.path()) > 0, "the new one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_waits_for_the_end_of_an_old_state() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ticketly.db");
    let store = Arc::new(SqliteStore::open(&file).unwrap());
    let ticketing = open(&store).await;
    let slot = scheduled_with(&ticketing, 9, now(), &mut StdRng::seed_from_u64(4)).await;
    book(&ticketing, slot, 1).await.unwrap();
    let reader = rusqlite::Connection::open(&file).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM bookings;").unwrap();
    let purge = {
        let ticketing = ticketing.clone();
        tokio::spawn(async move { ticketing.purge(true).await })
    };
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(!purge.is_finished());
    book(&ticketing, slot, 2).await.unwrap();
    reader.execute_batch("COMMIT").unwrap();
    purge.await.unwrap().unwrap();
}
