//! The rows of a record, as the store writes them.

use chrono::{DateTime, Utc};
use rusqlite::types::Value;
use ticketly_domain::{
    Block, Booking, Cancellation, Discount, KeyRecord, Payment, PaymentReference, Promotion, Record, Refund, Reseating,
    Sales, SlotId, SlotTotals, StoredPlan, StoredPrices, StoredRequest, StoredSlot, Uses,
};

use crate::db::{auditorium_key, price_list_key};
use crate::rows::{self, block_key, no_key, slot_key};
use crate::{idempotency, keys, payments, promotions};

/// A row.
pub(super) struct Row {
    pub(super) table: &'static str,
    /// The columns that are derived from the record. The others have no meaning without the work that goes on in the store.
    pub(super) columns: &'static str,
    /// Their values, in this order.
    pub(super) values: Vec<Value>,
}

pub(super) const INSTALLATION: &str = "only, key";
pub(super) const PLAN: &str = "auditorium, version, picture";
pub(super) const PRICES: &str = "price_list, version, list";
pub(super) const SLOT: &str = "id, name, description, starts, ends, type, genre, auditorium, plan_version, turnaround, single_seats, \
                               price_list, price_version";
pub(super) const SEATS: &str = "slot, capacity, available, closed, unexpired, revision, taken, on_sale, withdrawn";
/// The columns of both rows of a slot.
pub(super) const SLOT_AND_SEATS: &str = "id, name, description, starts, ends, type, genre, auditorium, plan_version, turnaround, \
                                         single_seats, price_list, price_version, \
                                         slot, capacity, available, closed, unexpired, revision, taken, on_sale, withdrawn";
pub(super) const BLOCK: &str = "slot, id, seats, reason, released_at";
pub(super) const BOOKING: &str =
    "slot, user, name, phone, no, at, secrets, changes, seats, held_until, confirmed, sale, settled";
pub(super) const REQUEST: &str = "day, key, request, slot, no, since";
pub(super) const TOTALS: &str = "slot, at, totals";

/// Returns the rows of a record.
pub(super) fn rows(record: &Record) -> Vec<Row> {
    let one = |table, columns, values: Vec<Value>| vec![Row { table, columns, values }];
    match record {
        Record::Installation(key) => {
            one("installation", INSTALLATION, vec![1.into(), Value::Blob(key.as_bytes().to_vec())])
        }
        Record::ApiKey(key) => one("api_keys", keys::COLUMNS, api_key(key)),
        Record::Auditorium(its) => {
            let name = its.name.as_str().to_owned().into();
            let (turnaround, rule) = (its.turnaround.minutes().into(), its.single_seats.as_str().to_owned().into());
            let values = vec![auditorium_key(its.id).into(), name, turnaround, rule, its.version.0.into()];
            one("auditoriums", rows::AUDITORIUM, values)
        }
        Record::Plan(StoredPlan { auditorium, version, plan }) => {
            let picture = plan.picture().to_string().into();
            one("plans", PLAN, vec![auditorium_key(*auditorium).into(), version.0.into(), picture])
        }
        Record::PriceList(list) => {
            let values =
                vec![price_list_key(list.id).into(), list.name.as_str().to_owned().into(), list.version.0.into()];
            one("price_lists", rows::PRICE_LIST, values)
        }
        Record::Prices(StoredPrices { price_list, version, list }) => {
            one("prices", PRICES, vec![price_list_key(*price_list).into(), version.0.into(), list.to_string().into()])
        }
        Record::Promotion(promotion) => one("promotions", promotions::PROMOTION, self::promotion(promotion)),
        Record::Slot(stored) => vec![
            Row { table: "slots", columns: SLOT, values: slot(stored) },
            Row { table: "seats", columns: SEATS, values: seats(stored) },
        ],
        Record::Block(block) => one("blocks", BLOCK, self::block(block)),
        Record::Booking(booking) => one("bookings", BOOKING, self::booking(booking)),
        Record::Payment(payment) => one("payments", payments::PAYMENT, self::payment(payment)),
        Record::Refund(refund) => one("refunds", payments::REFUND, self::refund(refund)),
        Record::Request(request) => one("idempotency_records", REQUEST, self::request(request)),
        Record::Cancellation(cancellation) => {
            one("cancellations", rows::CANCELLATION, self::cancellation(cancellation))
        }
        Record::Reseating(reseating) => one("reseatings", rows::RESEATING, self::reseating(reseating)),
        Record::RunningTotals { slot, totals } => one("totals", TOTALS, self::totals(*slot, None, totals)),
        Record::FinalTotals(its) => one("totals", TOTALS, totals(its.slot, Some(its.at), &its.totals)),
    }
}

fn text(text: &str) -> Value {
    text.to_owned().into()
}

fn time(at: DateTime<Utc>) -> Value {
    at.timestamp_millis().into()
}

fn maybe_time(at: Option<DateTime<Utc>>) -> Value {
    at.map_or(Value::Null, time)
}

/// Returns a number that the store keeps in 64 bits.
fn number(number: u64) -> Value {
    number.cast_signed().into()
}

fn api_key(KeyRecord { role, hash, label, created, ends, used }: &KeyRecord) -> Vec<Value> {
    let (hash, label) = (Value::Blob(hash.0.to_vec()), text(label.as_str()));
    vec![hash, text(role.as_str()), label, time(*created), maybe_time(*ends), maybe_time(*used)]
}

fn promotion(promotion: &Promotion) -> Vec<Value> {
    let (percent, amount, currency) = match promotion.discount {
        Discount::Percent(percent) => (percent.into(), Value::Null, Value::Null),
        Discount::Off { amount, currency } => (Value::Null, amount.minor().into(), text(currency.as_str())),
    };
    vec![
        text(promotion.code.as_str()),
        percent,
        amount,
        currency,
        promotion.uses.map(Uses::get).into(),
        promotion.used.into(),
        maybe_time(promotion.valid_from),
        maybe_time(promotion.valid_until),
        promotion.active.into(),
        time(promotion.made_at),
        promotion.revision.into(),
    ]
}

fn slot(StoredSlot { slot, .. }: &StoredSlot) -> Vec<Value> {
    let (showing, details, prices) = (slot.showing(), slot.details(), slot.prices());
    let seating = showing.seating();
    vec![
        slot_key(slot.id()).into(),
        text(showing.name().as_str()),
        text(details.description.as_str()),
        time(showing.start()),
        time(showing.end()),
        text(details.slot_type.as_str()),
        text(details.genre.as_str()),
        seating.map(|seating| auditorium_key(seating.auditorium)).into(),
        seating.map(|seating| seating.version.0).into(),
        seating.map(|seating| seating.turnaround.minutes()).into(),
        seating.map_or(Value::Null, |seating| text(seating.single_seats.as_str())),
        prices.map(|prices| price_list_key(prices.id)).into(),
        prices.map(|prices| prices.version.0).into(),
    ]
}

fn seats(StoredSlot { slot, is_expiry_due }: &StoredSlot) -> Vec<Value> {
    let (seats, sales) = (slot.seats(), slot.sales());
    vec![
        slot_key(slot.id()).into(),
        seats.capacity().get().into(),
        seats.available().into(),
        seats.closed().into(),
        maybe_time(is_expiry_due.then(|| slot.showing().end())),
        slot.revision().0.into(),
        rows::taken(seats).into(),
        (sales == Sales::Open).into(),
        if sales.is_final() { text(sales.as_str()) } else { Value::Null },
    ]
}

fn block(block: &Block) -> Vec<Value> {
    vec![
        slot_key(block.slot()).into(),
        block_key(block.id()).into(),
        block.seat_bytes().into(),
        text(block.reason().as_str()),
        maybe_time(block.released_at()),
    ]
}

fn booking(booking: &Booking) -> Vec<Value> {
    let (key, user, hold) = (booking.key(), booking.user(), booking.hold());
    vec![
        slot_key(key.slot).into(),
        user.map(|user| user.id.as_bytes().to_vec()).into(),
        user.map_or(Value::Null, |user| text(user.name.as_str())),
        user.map_or(Value::Null, |user| text(user.phone.as_str())),
        no_key(key.no).into(),
        time(booking.made_at()),
        booking.secrets().into(),
        booking.changes().into(),
        booking.seats().into(),
        maybe_time(hold.map(|hold| hold.until)),
        maybe_time(hold.and_then(|hold| hold.confirmed_at)),
        booking.sale().map(ToString::to_string).into(),
        maybe_time(booking.settled_at().or(booking.hold_ended_at())),
    ]
}

fn payment(payment: &Payment) -> Vec<Value> {
    vec![
        payment.id.to_bytes().to_vec().into(),
        slot_key(payment.booking.slot).into(),
        no_key(payment.booking.no).into(),
        text(payment.method.as_str()),
        payment.reference.as_ref().map(PaymentReference::as_str).map_or(Value::Null, text),
        text(payment.currency.as_str()),
        number(payment.amount),
        payment.user.id.as_bytes().to_vec().into(),
        text(payment.user.name.as_str()),
        text(payment.user.phone.as_str()),
        text(payment.state.as_str()),
        time(payment.started_at),
        time(payment.since),
        maybe_time(payment.due),
        payment.failures.into(),
        payment.other_seats.into(),
    ]
}

fn refund(refund: &Refund) -> Vec<Value> {
    vec![
        refund.id.to_bytes().to_vec().into(),
        refund.payment.to_bytes().to_vec().into(),
        slot_key(refund.booking.slot).into(),
        no_key(refund.booking.no).into(),
        text(refund.method.as_str()),
        text(refund.currency.as_str()),
        number(refund.amount),
        text(refund.state.as_str()),
        time(refund.made_at),
        time(refund.since),
        maybe_time(refund.due),
        refund.failures.into(),
    ]
}

fn request(StoredRequest { key, request, day, outcome }: &StoredRequest) -> Vec<Value> {
    vec![
        idempotency::day_key(*day).into(),
        key.to_vec().into(),
        request.to_vec().into(),
        slot_key(outcome.booking.slot).into(),
        no_key(outcome.booking.no).into(),
        time(outcome.since),
    ]
}

fn cancellation(cancellation: &Cancellation) -> Vec<Value> {
    vec![
        slot_key(cancellation.slot).into(),
        time(cancellation.at),
        cancellation.reached.map(no_key).into(),
        number(cancellation.bookings),
        number(cancellation.tickets),
        number(cancellation.holds),
        cancellation.refunded.to_string().into(),
        maybe_time(cancellation.done_at),
    ]
}

fn reseating(reseating: &Reseating) -> Vec<Value> {
    vec![
        slot_key(reseating.slot).into(),
        slot_key(reseating.target).into(),
        time(reseating.at),
        reseating.is_sold.into(),
        number(reseating.bookings),
        number(reseating.tickets),
        number(reseating.impossible),
        maybe_time(reseating.done_at),
    ]
}

fn totals(slot: SlotId, at: Option<DateTime<Utc>>, totals: &SlotTotals) -> Vec<Value> {
    vec![slot_key(slot).into(), maybe_time(at), totals.to_string().into()]
}
