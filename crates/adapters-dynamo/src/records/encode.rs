//! The items of a record, as the store leaves them.

use chrono::NaiveTime;
use ticketly_domain::{
    Booking, Hold, IdempotencyRecord, KeyRecord, Record, StoredPlan, StoredPrices, StoredRequest, StoredSlot,
};

use crate::client::attributes::{Attributes, Item, bytes, item, millis, number, text};
use crate::items::keyspace::{self, due};
use crate::items::promotions::Waiting;
use crate::items::seats::shards_for;
use crate::items::{
    auditoriums, blocks, bookings, cancellations, idempotency, keys, payments, price_lists, promotions, reseatings,
    slots, totals,
};

/// Returns all items of a record, but for days and counts, which other records share.
pub(super) fn items(record: &Record, seats_a_shard: u32) -> Vec<Item> {
    let one = match record {
        Record::Installation(secret) => installation(*secret.as_bytes()),
        Record::ApiKey(key) => return vec![keys::written(key), label(key)],
        Record::Auditorium(auditorium) => auditoriums::written(auditorium),
        Record::Plan(StoredPlan { auditorium, version, plan }) => auditoriums::plan_item(*auditorium, *version, plan),
        Record::PriceList(list) => price_lists::written(list),
        Record::Prices(StoredPrices { price_list, version, list }) => {
            price_lists::prices_item(*price_list, *version, list)
        }
        Record::Promotion(promotion) => promotions::written(promotion),
        Record::Slot(stored) => return slot(stored, seats_a_shard),
        Record::Block(block) => blocks::written(block),
        Record::Booking(its) => booking(its),
        Record::Payment(payment) => payments::payment_item(payment),
        Record::Refund(refund) => payments::refund_item(refund),
        Record::Request(request) => self::request(request),
        Record::Cancellation(cancellation) => cancellations::written(cancellation),
        Record::Reseating(reseating) => reseatings::written(reseating),
        // Expiry begins again.
        Record::RunningTotals { .. } => return Vec::new(),
        Record::FinalTotals(its) => totals::written(its),
    };
    vec![one]
}

/// Returns the items of a slot: its own, those in lists, and its shards.
fn slot(StoredSlot { slot, is_expiry_due }: &StoredSlot, seats_a_shard: u32) -> Vec<Item> {
    let shards = shards_for(slot, seats_a_shard);
    let mut items = vec![slots::written(&keyspace::slot(slot.id()), slot, shards)];
    items.extend(slots::listings(slot).map(|key| slots::written(&key, slot, shards)));
    for mut shard in slots::shard_items(slot, shards) {
        if !is_expiry_due {
            shard.remove("g2pk");
            shard.remove("g2sk");
        }
        // A shard may say that a block is released earlier than its own are.
        let release = slot.seats().next_release().filter(|_| slot.showing().seating().is_some());
        shard.extend(release.map(|at| ("next_release".to_owned(), millis(at))));
        items.push(shard);
    }
    items
}

/// Returns the item of the record of a request, which counts as long as if it was made at the end of its day.
fn request(StoredRequest { key, request, day, outcome }: &StoredRequest) -> Item {
    let end = NaiveTime::from_hms_milli_opt(23, 59, 59, 999).unwrap_or_default();
    let record = IdempotencyRecord { key: *key, request: *request, at: day.and_time(end).and_utc() };
    idempotency::written(&record, outcome)
}

/// Returns the item of a booking, whatever has happened to it.
pub(super) fn booking(booking: &Booking) -> Item {
    let mut written = bookings::written(booking);
    if let Some(settled) = booking.settled_at() {
        let [partition, position] = due::booking(settled, booking.key());
        extend(&mut written, [("g2pk", text(partition)), ("g2sk", text(position))]);
    }
    if let Some(ended) = booking.hold_ended_at() {
        // In seconds, as the engine requires.
        extend(&mut written, [("expires", number((ended + Hold::KEPT).timestamp()))]);
    }
    written
}

/// Returns the item of a booking as it should be when it was found like this: there are several ways to write the same one.
pub(super) fn booking_like(found: &Item, its: &Booking) -> Item {
    let mut expected = booking(its);
    // Old items have the user only as a key of the index.
    if !found.contains_key("user") && found.contains_key("g1pk") {
        expected.remove("user");
    }
    if is_waiting(found)
        && let Some(waiting) = Waiting::of(its)
    {
        expected.remove("expires");
        let position = due::lapsed_use(&waiting.code, waiting.hold, waiting.lapsed_at);
        extend(&mut expected, [("g2pk", text(due::USES)), ("g2sk", text(position))]);
    }
    expected
}

/// Returns whether an item is a hold that has lapsed and still counts as a use of its promotion.
pub(super) fn is_waiting(found: &Item) -> bool {
    Attributes(found).optional("g2pk").is_ok_and(|partition| partition == Some(due::USES))
}

/// Returns the item of an API key of a version before named keys.
pub(super) fn old_key(found: &Item, key: &KeyRecord) -> Item {
    let at = Attributes(found).key();
    let attributes = [("role", text(key.role.as_str())), ("digest", bytes(key.hash.0)), ("made", millis(key.created))];
    let mut expected = item(&at, attributes);
    expected.extend(key.used.map(|used| ("used".to_owned(), millis(used))));
    expected
}

/// Returns the item of an API key's label.
pub(super) fn label(key: &KeyRecord) -> Item {
    keys::label_item(key)
}

/// Returns the item of the installation's secret.
pub(super) fn installation(secret: [u8; 64]) -> Item {
    item(&keyspace::installation(), [("secret", bytes(secret))])
}

fn extend<const N: usize>(written: &mut Item, attributes: [(&str, aws_sdk_dynamodb::types::AttributeValue); N]) {
    written.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
}
