//! Digests of records, by which two stores are compared that keep them in other forms and in another order.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::{Record, RecordKind, StoredPlan, StoredPrices, StoredRequest, StoredSlot};
use crate::{
    Auditorium, Block, Booking, Cancellation, Discount, FinalTotals, InstallationKey, KeyRecord, Payment,
    PaymentReference, Promotion, Refund, Reseating, StoredPriceList, TicketSlot, Uses,
};

/// How many records there are of a kind, and the sum of their hashes, which does not depend on their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sum {
    count: u64,
    hashes: u128,
}

/// A digest of records, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Digest(BTreeMap<RecordKind, Sum>);

impl Digest {
    /// Adds a record.
    pub fn add(&mut self, record: &Record) {
        let hash = Sha256::digest(canonical(record));
        let half = hash.first_chunk().copied().unwrap_or_default();
        let sum = self.0.entry(record.kind()).or_default();
        sum.count += 1;
        sum.hashes = sum.hashes.wrapping_add(u128::from_be_bytes(half));
    }

    /// Returns the number of records of each kind.
    pub fn counts(&self) -> impl Iterator<Item = (RecordKind, u64)> {
        self.0.iter().map(|(kind, sum)| (*kind, sum.count))
    }

    /// Returns the kinds of which a copy has other records than its source. What stores delete by themselves may have been deleted in
    /// one of them, and running totals are not copied.
    #[must_use]
    pub fn differences(&self, copy: &Self) -> Vec<RecordKind> {
        let of = |digest: &Self, kind| digest.0.get(&kind).copied().unwrap_or_default();
        let differs = |kind: &RecordKind| {
            let (source, copy) = (of(self, *kind), of(copy, *kind));
            source != copy && !(kind.is_deleted() && source.count != copy.count)
        };
        let kinds = RecordKind::ALL.iter().copied().filter(|kind| *kind != RecordKind::RunningTotals);
        kinds.filter(differs).collect()
    }
}

/// Tells a store from others, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(pub String);

impl Fingerprint {
    /// Returns the fingerprint of the store of an installation.
    #[must_use]
    pub fn of(key: &InstallationKey) -> Self {
        let hash = Sha256::new_with_prefix("ticketly copy").chain_update(key.as_bytes()).finalize();
        let half: [u8; 16] = hash.first_chunk().copied().unwrap_or_default();
        Self(format!("{:032x}", u128::from_be_bytes(half)))
    }
}

/// The bytes of a record. The length of each part precedes it, so that two records never have the same.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
        self
    }

    fn text(&mut self, text: impl AsRef<str>) -> &mut Self {
        self.bytes(text.as_ref().as_bytes())
    }

    fn shown(&mut self, shown: &impl ToString) -> &mut Self {
        self.text(shown.to_string())
    }

    fn number(&mut self, number: impl Into<i128>) -> &mut Self {
        self.bytes(&number.into().to_be_bytes())
    }

    fn time(&mut self, at: DateTime<Utc>) -> &mut Self {
        self.number(at.timestamp_millis())
    }

    /// Adds what may be missing.
    fn maybe<T>(&mut self, value: Option<T>, add: impl for<'a> FnOnce(&'a mut Self, T) -> &'a mut Self) -> &mut Self {
        self.number(i128::from(value.is_some()));
        if let Some(value) = value {
            add(self, value);
        }
        self
    }

    fn maybe_time(&mut self, at: Option<DateTime<Utc>>) -> &mut Self {
        self.maybe(at, |bytes, at| bytes.time(at))
    }
}

fn canonical(record: &Record) -> Vec<u8> {
    let mut to = Bytes::default();
    match record {
        Record::Installation(key) => {
            to.bytes(key.as_bytes());
        }
        Record::ApiKey(key) => api_key(&mut to, key),
        Record::Auditorium(auditorium) => self::auditorium(&mut to, auditorium),
        Record::Plan(StoredPlan { auditorium, version, plan }) => {
            to.shown(auditorium).number(version.0).shown(plan.picture());
        }
        Record::PriceList(StoredPriceList { id, name, version, .. }) => {
            to.shown(id).text(name.as_str()).number(version.0);
        }
        Record::Prices(StoredPrices { price_list, version, list }) => {
            to.shown(price_list).number(version.0).shown(list);
        }
        Record::Promotion(promotion) => self::promotion(&mut to, promotion),
        Record::Slot(StoredSlot { slot, is_expiry_due }) => {
            self::slot(&mut to, slot);
            to.number(i128::from(*is_expiry_due));
        }
        Record::Block(block) => self::block(&mut to, block),
        Record::Booking(booking) => self::booking(&mut to, booking),
        Record::Payment(payment) => self::payment(&mut to, payment),
        Record::Refund(refund) => self::refund(&mut to, refund),
        Record::Request(StoredRequest { key, request, day, outcome }) => {
            to.bytes(key).bytes(request).shown(day);
            to.shown(&outcome.booking.slot).number(outcome.booking.no.as_u64()).time(outcome.since);
        }
        Record::Cancellation(cancellation) => self::cancellation(&mut to, cancellation),
        Record::Reseating(reseating) => self::reseating(&mut to, reseating),
        Record::RunningTotals { slot, totals } => {
            to.shown(slot).shown(totals);
        }
        Record::FinalTotals(FinalTotals { slot, at, totals }) => {
            to.shown(slot).time(*at).shown(totals);
        }
    }
    to.0
}

fn api_key(to: &mut Bytes, KeyRecord { role, hash, label, created, ends, used }: &KeyRecord) {
    to.text(role.as_str()).bytes(&hash.0).text(label.as_str()).time(*created).maybe_time(*ends).maybe_time(*used);
}

fn auditorium(to: &mut Bytes, auditorium: &Auditorium) {
    let Auditorium { id, name, turnaround, single_seats, version, plan: _ } = auditorium;
    to.shown(id).text(name.as_str()).number(turnaround.minutes()).text(single_seats.as_str()).number(version.0);
}

fn promotion(to: &mut Bytes, promotion: &Promotion) {
    let Promotion { code, discount, uses, used, valid_from, valid_until, active, made_at, revision } = promotion;
    to.text(code.as_str());
    match discount {
        Discount::Percent(percent) => {
            to.number(*percent);
        }
        Discount::Off { amount, currency } => {
            to.number(amount.minor()).text(currency.as_str());
        }
    }
    to.maybe(uses.map(Uses::get), |to, uses| to.number(uses)).number(*used);
    to.maybe_time(*valid_from).maybe_time(*valid_until).number(i128::from(*active)).time(*made_at).number(*revision);
}

fn slot(to: &mut Bytes, slot: &TicketSlot) {
    let (showing, details, seats) = (slot.showing(), slot.details(), slot.seats());
    to.shown(&slot.id()).text(showing.name().as_str()).time(showing.start()).time(showing.end());
    to.maybe(showing.seating(), |to, its| {
        to.shown(&its.auditorium).number(its.version.0).number(its.turnaround.minutes()).text(its.single_seats.as_str())
    });
    to.text(details.description.as_str()).text(details.slot_type.as_str()).text(details.genre.as_str());
    to.number(slot.revision().0).text(slot.sales().as_str());
    to.maybe(slot.prices(), |to, prices| to.shown(&prices.id).number(prices.version.0));
    to.number(seats.capacity().get()).number(seats.available()).number(i128::from(seats.closed()));
    to.maybe(seats.taken(), |to, taken| {
        let rows: Vec<u8> = taken.rows().iter().flat_map(|row| row.to_be_bytes()).collect();
        to.bytes(&rows)
    });
}

fn block(to: &mut Bytes, block: &Block) {
    to.shown(&block.slot()).shown(&block.id()).bytes(&block.seat_bytes()).text(block.reason().as_str());
    to.maybe_time(block.released_at());
}

/// A hold that has ended may still have the showing that its slot had before it was corrected.
fn booking(to: &mut Bytes, booking: &Booking) {
    let key = booking.key();
    to.shown(&key.slot).number(key.no.as_u64()).time(booking.made_at()).bytes(&booking.secrets());
    to.maybe(booking.user(), |to, user| {
        to.bytes(user.id.as_bytes()).text(user.name.as_str()).text(user.phone.as_str())
    });
    to.maybe(booking.changes(), |to, changes| to.text(changes));
    to.maybe(booking.seats(), |to, seats| to.bytes(&seats));
    to.maybe(booking.hold(), |to, hold| to.time(hold.until).maybe_time(hold.confirmed_at));
    to.maybe(booking.sale(), |to, sale| to.shown(sale));
}

fn payment(to: &mut Bytes, payment: &Payment) {
    let Payment { id, booking, method, reference, currency, amount, user, state, .. } = payment;
    to.shown(id).shown(&booking.slot).number(booking.no.as_u64()).text(method.as_str());
    to.maybe(reference.as_ref().map(PaymentReference::as_str), |to, reference| to.text(reference));
    to.text(currency.as_str()).number(*amount);
    to.bytes(user.id.as_bytes()).text(user.name.as_str()).text(user.phone.as_str());
    let Payment { other_seats, started_at, since, due, failures, .. } = payment;
    to.text(state.as_str()).number(i128::from(*other_seats)).time(*started_at).time(*since).maybe_time(*due);
    to.number(*failures);
}

fn refund(to: &mut Bytes, refund: &Refund) {
    let Refund { id, payment, booking, method, currency, amount, state, made_at, since, due, failures } = refund;
    to.shown(id).shown(payment).shown(&booking.slot).number(booking.no.as_u64()).text(method.as_str());
    to.text(currency.as_str()).number(*amount).text(state.as_str());
    to.time(*made_at).time(*since).maybe_time(*due).number(*failures);
}

fn cancellation(to: &mut Bytes, cancellation: &Cancellation) {
    let Cancellation { slot, at, reached, bookings, tickets, holds, refunded, done_at } = cancellation;
    to.shown(slot).time(*at).maybe(*reached, |to, no| to.number(no.as_u64()));
    to.number(*bookings).number(*tickets).number(*holds).shown(refunded).maybe_time(*done_at);
}

fn reseating(to: &mut Bytes, reseating: &Reseating) {
    let Reseating { slot, target, at, is_sold, bookings, tickets, impossible, done_at } = reseating;
    to.shown(slot).shown(target).time(*at).number(i128::from(*is_sold));
    to.number(*bookings).number(*tickets).number(*impossible).maybe_time(*done_at);
}
