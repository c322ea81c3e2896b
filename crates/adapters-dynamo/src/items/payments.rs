//! The items of payments and refunds.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use ticketly_domain::{
    BookingKey, MoneyChange, Payment, PaymentId, PaymentReference, PaymentState, PhoneNumber, Refund, RefundId,
    RefundState, StoreError, User, UserName,
};

use crate::client::attributes::{Attributes, Item, flag, item, millis, number, text};
use crate::client::write::{IS_NEW, Write};
use crate::items::keyspace::{self, Key, due};

/// Returns the writes of the payments and refunds of a change.
pub(crate) fn writes(money: &[MoneyChange]) -> Vec<Write> {
    let write = |change: &MoneyChange| match change {
        MoneyChange::NewPayment(payment) => Write::put(payment_item(payment)).only_if(IS_NEW),
        MoneyChange::Payment { before, after } => replace_payment(before, after),
        MoneyChange::NewRefund(refund) => Write::put(refund_item(refund)).only_if(IS_NEW),
    };
    money.iter().map(write).collect()
}

/// Replaces a payment, unless it has changed since it was read.
pub(crate) fn replace_payment(before: &Payment, after: &Payment) -> Write {
    let write = Write::put(payment_item(after)).only_if(format!("{UNCHANGED} AND #user = :user"));
    let write = write.naming("#user", "user").with(":user", text(before.user.id.to_string()));
    unless_changed(write, (before.state.as_str(), before.since, before.failures))
}

/// Replaces a refund, unless it has changed since it was read.
pub(crate) fn replace_refund(before: &Refund, after: &Refund) -> Write {
    let write = Write::put(refund_item(after)).only_if(UNCHANGED);
    unless_changed(write, (before.state.as_str(), before.since, before.failures))
}

const UNCHANGED: &str = "stage = :stage AND since = :since AND failures = :failures";

fn unless_changed(write: Write, (state, since, failures): (&str, DateTime<Utc>, u32)) -> Write {
    write.with(":stage", text(state)).with(":since", millis(since)).with(":failures", number(failures))
}

/// Returns the item of a payment.
pub(crate) fn payment_item(payment: &Payment) -> Item {
    let attributes = [
        ("slot", text(payment.booking.slot.to_string())),
        ("booking", text(keyspace::no(payment.booking.no))),
        ("way", text(payment.method.as_str())),
        ("currency", text(payment.currency.as_str())),
        ("amount", number(payment.amount)),
        ("user", text(payment.user.id.to_string())),
        ("name", text(payment.user.name.as_str())),
        ("phone", text(payment.user.phone.as_str())),
        ("stage", text(payment.state.as_str())),
        ("started", millis(payment.started_at)),
        ("since", millis(payment.since)),
        ("failures", number(payment.failures)),
    ];
    let mut written = item(&keyspace::payment(payment.id), attributes);
    let reference = payment.reference.as_ref();
    written.extend(reference.map(|reference| ("reference".to_owned(), text(reference.as_str()))));
    written.extend(payment.other_seats.then(|| ("other_seats".to_owned(), flag(true))));
    written.extend(payment.due.map(|at| ("due".to_owned(), millis(at))));
    let listed = match (payment.state, payment.due) {
        (PaymentState::Unpaid, _) => Some((due::UNPAID_PAYMENTS, payment.since)),
        (_, at) => at.map(|at| (due::PAYMENTS, at)),
    };
    if let Some((partition, at)) = listed {
        let position = [("g2pk", text(partition)), ("g2sk", text(due::money(at, &payment.id.to_string())))];
        written.extend(position.map(|(name, value)| (name.to_owned(), value)));
    }
    written
}

/// Returns the item of a refund. Those that are due are in the list of the job or, at the till, in the order in which they were made; those that
/// are paid in the order in which they were made.
pub(crate) fn refund_item(refund: &Refund) -> Item {
    let (partition, at) = match (refund.state, refund.due) {
        (RefundState::Due, Some(at)) => (due::REFUNDS, at),
        (RefundState::Due, None) => (due::TILL_REFUNDS, refund.made_at),
        (RefundState::Paid, _) => (due::PAID_REFUNDS, refund.made_at),
    };
    let attributes = [
        ("payment", text(refund.payment.to_string())),
        ("slot", text(refund.booking.slot.to_string())),
        ("booking", text(keyspace::no(refund.booking.no))),
        ("way", text(refund.method.as_str())),
        ("currency", text(refund.currency.as_str())),
        ("amount", number(refund.amount)),
        ("stage", text(refund.state.as_str())),
        ("made", millis(refund.made_at)),
        ("since", millis(refund.since)),
        ("failures", number(refund.failures)),
        ("g2pk", text(partition)),
        ("g2sk", text(due::money(at, &refund.id.to_string()))),
    ];
    let mut written = item(&keyspace::refund(refund.id), attributes);
    written.extend(refund.due.map(|at| ("due".to_owned(), millis(at))));
    written
}

fn booking(found: Attributes<'_>) -> Result<BookingKey, StoreError> {
    let slot = found.text("slot", |text| text.parse().ok())?;
    Ok(BookingKey { slot, no: found.text("booking", keyspace::no_of)? })
}

/// Parses a payment.
pub(crate) fn payment(found: &Item) -> Result<Payment, StoreError> {
    let found = Attributes(found);
    let reference = match found.optional("reference")? {
        Some(_) => Some(found.text("reference", |text| PaymentReference::parse(text).ok())?),
        None => None,
    };
    let user = User {
        id: found.text("user", |text| text.parse().ok())?,
        name: found.text("name", |text| UserName::parse(text).ok())?,
        phone: found.text("phone", |text| PhoneNumber::parse(text).ok())?,
    };
    Ok(Payment {
        id: found.text("sk", |text| text.parse::<PaymentId>().ok())?,
        booking: booking(found)?,
        method: found.text("way", |text| text.parse().ok())?,
        reference,
        currency: found.text("currency", |text| text.parse().ok())?,
        amount: found.number("amount", Some)?,
        user: Arc::new(user),
        state: found.text("stage", |text| text.parse().ok())?,
        started_at: found.time("started")?,
        since: found.time("since")?,
        due: found.optional_time("due")?,
        failures: found.number("failures", Some)?,
        other_seats: found.0.contains_key("other_seats"),
    })
}

/// Parses a refund.
pub(crate) fn refund(found: &Item) -> Result<Refund, StoreError> {
    let found = Attributes(found);
    Ok(Refund {
        id: found.text("sk", |text| text.parse::<RefundId>().ok())?,
        payment: found.text("payment", |text| text.parse().ok())?,
        booking: booking(found)?,
        method: found.text("way", |text| text.parse().ok())?,
        currency: found.text("currency", |text| text.parse().ok())?,
        amount: found.number("amount", Some)?,
        state: found.text("stage", |text| text.parse().ok())?,
        made_at: found.time("made")?,
        since: found.time("since")?,
        due: found.optional_time("due")?,
        failures: found.number("failures", Some)?,
    })
}

/// Returns the keys of the items that entries of the index name.
pub(crate) fn keys(entries: &[Item]) -> Vec<Key> {
    entries.iter().map(|entry| Attributes(entry).key()).collect()
}
