//! The limits of the cost of each operation, in requests and in the units that the engine reports.

use std::collections::HashMap;

use ticketly_dynamo_tests::meter::Bill;
use ticketly_dynamo_tests::{Engine, costs, crowds};

/// The most that an operation may cost: requests that read, requests that write, and units of writing.
const LIMITS: [(&str, u32, u32, f64); 77] = [
    ("book 1 ticket, the server's first in the slot", 1, 1, 5.0),
    ("book 1 ticket", 0, 1, 5.0),
    ("book 3 tickets", 0, 1, 5.0),
    ("book 10 tickets", 0, 1, 5.0),
    ("book 3 tickets, a new user", 0, 1, 5.0),
    // The idempotency record is another item, which costs two units.
    ("book 3 tickets, with a key", 0, 1, 7.0),
    ("book 3 tickets, with that key again", 1, 1, 0.0),
    ("book 3 tickets by name and start", 1, 1, 5.0),
    ("book 3 tickets by name and start, two slots", 2, 1, 5.0),
    // The read looks for holds that have lapsed.
    ("book a sold-out slot", 1, 1, 0.0),
    ("hold 2 tickets, the server's first in a second", 1, 1, 5.0),
    ("hold 2 tickets", 0, 1, 5.0),
    ("a hold by identifier", 1, 0, 0.0),
    ("extend a hold", 1, 1, 3.0),
    ("confirm a hold", 1, 1, 3.0),
    ("confirm it again", 1, 0, 0.0),
    ("confirm a hold, with a key", 1, 1, 6.0),
    ("release a hold", 1, 1, 5.0),
    // Three units for the hold that has lapsed.
    ("book 3 tickets that are held no longer", 1, 2, 8.0),
    ("hold the 3 best seats", 0, 1, 5.0),
    ("hold 2 named seats", 0, 1, 5.0),
    ("confirm held seats", 1, 1, 3.0),
    ("book 2 seats that are held no longer", 2, 1, 8.0),
    ("the same beside a seat of another shard", 3, 1, 10.0),
    ("cancel the first ticket of a booking", 1, 1, 5.0),
    ("cancel a canceled ticket", 1, 0, 0.0),
    ("cancel another ticket of it, with a key", 1, 1, 7.0),
    ("cancel that ticket, with that key again", 2, 1, 0.0),
    ("move the ticket of a booking of one", 1, 1, 10.0),
    ("move a ticket of a booking, others moved or canceled", 1, 1, 10.0),
    ("move another ticket of it, with a key", 1, 1, 12.0),
    ("move another ticket of it, by name and start", 2, 1, 10.0),
    ("move the last of its ten tickets", 1, 1, 10.0),
    ("a ticket by identifier, its user with it", 1, 0, 0.0),
    ("a booking by identifier", 1, 0, 0.0),
    ("a slot by identifier", 1, 0, 0.0),
    ("a slot by identifier, the server's first look at it", 1, 0, 0.0),
    // One query of the list, one batch of the seats.
    ("50 slots of a genre", 2, 0, 0.0),
    ("50 slots of a genre, again within a second", 1, 0, 0.0),
    ("check a key", 1, 0, 0.0),
    ("note the hour of a key's use", 0, 1, 1.0),
    // Slots to expire, the four parts of the list of holds, and the uses of promotions to give back.
    ("a sweep that finds nothing to expire", 6, 0, 0.0),
    // The seats are read, in case that the slot is free by now.
    ("refuse to book a slot with prices", 1, 0, 0.0),
    // The version of the price list is read once.
    ("a slot with prices by identifier, the server's first look at it", 2, 0, 0.0),
    // The payment is another item, which costs two units. The refund has an entry in an index.
    ("book 2 tickets that are paid at the till", 0, 1, 7.0),
    ("confirm a hold that is paid at the till", 1, 1, 6.0),
    ("cancel a ticket that was paid for", 1, 1, 8.0),
    ("complete a refund", 1, 1, 4.0),
    ("start to pay for a hold online", 3, 1, 5.0),
    ("learn that it is paid, and confirm the hold", 3, 1, 8.0),
    ("capture a payment", 0, 1, 3.0),
    ("cancel a slot", 4, 1, 16.0),
    // Five units for a booking or a hold, and three for the progress.
    ("cancel 3 bookings of it, and release a hold", 11, 5, 23.0),
    ("find no cancellation", 1, 0, 0.0),
    // The promotion is another item, which costs two units, as the payment does.
    ("hold 2 tickets with a promotion", 1, 1, 7.0),
    ("book 2 tickets with a promotion, paid at the till", 1, 1, 9.0),
    ("release a hold with a promotion", 1, 1, 7.0),
    // Both slots and their lists, the days of both auditoriums, and what the job does.
    ("move a slot to another auditorium", 12, 1, 38.0),
    // The job looks again when it has done something.
    ("move 2 bookings of it", 20, 5, 39.0),
    ("give a slot the newest prices of its list", 4, 1, 12.0),
    ("book the best seat", 0, 1, 5.0),
    ("book the 3 best seats", 0, 1, 5.0),
    ("book the 10 best seats", 0, 1, 5.0),
    ("book the 32 best seats", 0, 1, 5.0),
    ("book 2 named seats", 0, 1, 5.0),
    ("book 2 named seats, with a key", 0, 1, 7.0),
    ("book seats in two shards", 0, 1, 7.0),
    ("cancel a seat", 1, 1, 5.0),
    // Both seats of a shard change in one update.
    ("move a seat within its shard", 2, 1, 8.0),
    ("move 2 seats to another shard of the slot", 2, 1, 10.0),
    ("move 2 seats to another slot", 2, 1, 10.0),
    ("block 4 seats", 2, 1, 4.0),
    ("block 2 seats until a time", 2, 1, 5.0),
    ("delete a block", 1, 1, 4.0),
    // The block is another item. Seats of a block alone are taken under the guard that the slot is on sale.
    ("book 2 seats of a block", 2, 1, 7.0),
    ("book the other 2, and a free seat", 2, 1, 7.0),
    // The block is deleted, the shard learns of it, and the seats are booked.
    ("book 2 seats whose block is due", 5, 3, 11.0),
];

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_exceeds_its_cost() {
    let lines = costs::measure(&Engine::that_tells_charges().await).await;
    let bills: HashMap<&str, Bill> = lines.into_iter().map(|line| (line.what, line.bill)).collect();
    for (what, reads, writes, write_units) in LIMITS {
        let bill = bills[what];
        assert!(bill.reads <= reads && bill.writes <= writes && bill.write_units <= write_units, "{what}: {bill:?}");
        let charged =
            (bill.reads == 0 || bill.read_units > 0.0) && (writes == 0 || write_units == 0.0 || bill.write_units > 0.0);
        assert!(charged, "the engine should report its units: {what}: {bill:?}");
    }
    assert!(bills["check a key"].read_units <= 1.0, "{:?}", bills["check a key"]);
    let units = |what| bills[what].write_units;
    assert_eq!((units("book 1 ticket"), units("book 10 tickets")), (units("book 3 tickets"), units("book 3 tickets")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_costs_are_the_measured_ones() {
    let documented = include_str!("../../../docs/dynamodb.md");
    for line in costs::measure(&Engine::that_tells_charges().await).await {
        assert!(documented.lines().any(|documented| documented == line.to_string()), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_none_costs_more_than_the_documentation_says() {
    let documented = include_str!("../../../docs/dynamodb.md");
    for crowd in crowds::measure(&Engine::that_tells_charges().await).await {
        assert!(crowd.is_within_limits(), "{crowd}: {:?}", crowd.each);
        assert!(documented.lines().any(|documented| documented == crowd.to_string()), "{crowd}");
    }
}
