//! Payments and refunds.

use chrono::{DateTime, Utc};
use rusqlite::params;
use ticketly_domain::{
    MoneyChange, Payment, PaymentCursor, PaymentId, PaymentReference, Refund, RefundCursor, RefundId, RefundState,
    StoreError,
};

use crate::db::Db;
use crate::erasures;
use crate::error::{failed, is_taken};
use crate::queries::all;
use crate::rows::{self, no_key, slot_key};
use crate::session::Session;

pub(crate) const PAYMENT: &str = "id, slot, no, method, reference, currency, amount, user, name, phone, state, started, since, due, failures, \
    other_seats";
pub(crate) const REFUND: &str = "id, payment, slot, no, method, currency, amount, state, made, since, due, failures";

/// Checks that the payments that a change replaces are as they were read, and that new ones are new. A change decides before it
/// writes: one that fails after that takes the whole batch with it.
pub(crate) fn check(session: &Session, money: &[MoneyChange]) -> Result<(), StoreError> {
    for change in money {
        match change {
            MoneyChange::Payment { before, .. } if payment(&session.db, before.id)?.as_ref() != Some(&**before) => {
                return Err(StoreError::Contended);
            }
            MoneyChange::NewPayment(new) if payment(&session.db, new.id)?.is_some() => return Err(StoreError::IdTaken),
            _ => {}
        }
    }
    Ok(())
}

/// Writes the payments and refunds of a change.
pub(crate) fn write(session: &mut Session, money: &[MoneyChange]) -> Result<(), StoreError> {
    for change in money {
        match change {
            MoneyChange::NewPayment(payment) => insert_payment(session, payment)?,
            MoneyChange::Payment { after, .. } => update_payment(session, after)?,
            MoneyChange::NewRefund(refund) => insert_refund(session, refund)?,
        }
    }
    Ok(())
}

fn insert_payment(session: &mut Session, payment: &Payment) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO payments ({PAYMENT}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
    );
    let row = params![
        payment.id.to_bytes(),
        slot_key(payment.booking.slot),
        no_key(payment.booking.no),
        payment.method.as_str(),
        payment.reference.as_ref().map(PaymentReference::as_str),
        payment.currency.as_str(),
        payment.amount,
        payment.user.id.as_bytes(),
        payment.user.name.as_str(),
        payment.user.phone.as_str(),
        payment.state.as_str(),
        payment.started_at.timestamp_millis(),
        payment.since.timestamp_millis(),
        payment.due.map(|at| at.timestamp_millis()),
        payment.failures,
        payment.other_seats,
    ];
    let taken = |error| if is_taken(&error) { StoreError::IdTaken } else { failed(error) };
    session.execute(&sql, row).map(drop).map_err(taken)
}

fn update_payment(session: &mut Session, payment: &Payment) -> Result<(), StoreError> {
    let sql = "UPDATE payments SET slot = ?2, no = ?3, method = ?4, reference = ?5, user = ?6, name = ?7, phone = ?8, \
               state = ?9, since = ?10, due = ?11, failures = ?12, other_seats = ?13 WHERE id = ?1";
    let row = params![
        payment.id.to_bytes(),
        slot_key(payment.booking.slot),
        no_key(payment.booking.no),
        payment.method.as_str(),
        payment.reference.as_ref().map(PaymentReference::as_str),
        payment.user.id.as_bytes(),
        payment.user.name.as_str(),
        payment.user.phone.as_str(),
        payment.state.as_str(),
        payment.since.timestamp_millis(),
        payment.due.map(|at| at.timestamp_millis()),
        payment.failures,
        payment.other_seats,
    ];
    session.execute(sql, row).map(drop).map_err(failed)
}

fn insert_refund(session: &mut Session, refund: &Refund) -> Result<(), StoreError> {
    let sql = format!("INSERT INTO refunds ({REFUND}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
    let row = params![
        refund.id.to_bytes(),
        refund.payment.to_bytes(),
        slot_key(refund.booking.slot),
        no_key(refund.booking.no),
        refund.method.as_str(),
        refund.currency.as_str(),
        refund.amount,
        refund.state.as_str(),
        refund.made_at.timestamp_millis(),
        refund.since.timestamp_millis(),
        refund.due.map(|at| at.timestamp_millis()),
        refund.failures,
    ];
    let taken = |error| if is_taken(&error) { StoreError::IdTaken } else { failed(error) };
    session.execute(&sql, row).map(drop).map_err(taken)
}

pub(crate) fn replace_payment(session: &mut Session, before: &Payment, after: &Payment) -> Result<bool, StoreError> {
    if payment(&session.db, before.id)?.as_ref() != Some(before) {
        return Ok(false);
    }
    update_payment(session, after)?;
    erasures::note_erased_payment(session, before, after)?;
    Ok(true)
}

pub(crate) fn replace_refund(session: &mut Session, before: &Refund, after: &Refund) -> Result<bool, StoreError> {
    if refund(&session.db, before.id)?.as_ref() != Some(before) {
        return Ok(false);
    }
    let sql = "UPDATE refunds SET state = ?2, since = ?3, due = ?4, failures = ?5, method = ?6 WHERE id = ?1";
    let row = params![
        after.id.to_bytes(),
        after.state.as_str(),
        after.since.timestamp_millis(),
        after.due.map(|at| at.timestamp_millis()),
        after.failures,
        after.method.as_str(),
    ];
    session.execute(sql, row).map_err(failed)?;
    Ok(true)
}

pub(crate) fn payment(db: &Db, id: PaymentId) -> Result<Option<Payment>, StoreError> {
    let sql = format!("SELECT {PAYMENT} FROM payments WHERE id = ?1");
    Ok(all(db, &sql, [id.to_bytes()], |_, row| rows::payment(row))?.pop())
}

pub(crate) fn refund(db: &Db, id: RefundId) -> Result<Option<Refund>, StoreError> {
    let sql = format!("SELECT {REFUND} FROM refunds WHERE id = ?1");
    Ok(all(db, &sql, [id.to_bytes()], |_, row| rows::refund(row))?.pop())
}

pub(crate) fn refunds_of(db: &Db, ids: &[RefundId]) -> Result<Vec<Option<Refund>>, StoreError> {
    ids.iter().map(|id| refund(db, *id)).collect()
}

pub(crate) fn payments_due(db: &Db, by: DateTime<Utc>, limit: usize) -> Result<Vec<Payment>, StoreError> {
    let sql = format!("SELECT {PAYMENT} FROM payments WHERE due <= ?1 ORDER BY due LIMIT ?2");
    all(db, &sql, params![by.timestamp_millis(), limit], |_, row| rows::payment(row))
}

pub(crate) fn unpaid(db: &Db, after: Option<PaymentCursor>, limit: usize) -> Result<Vec<Payment>, StoreError> {
    let sql = format!(
        "SELECT {PAYMENT} FROM payments WHERE state = 'unpaid' AND (since, id) > (?1, ?2) ORDER BY since, id LIMIT ?3"
    );
    let (since, id) = after.map_or((i64::MIN, [0; 16]), |after| (after.since.timestamp_millis(), after.id.to_bytes()));
    all(db, &sql, params![since, id, limit], |_, row| rows::payment(row))
}

pub(crate) fn refunds_due(db: &Db, by: DateTime<Utc>, limit: usize) -> Result<Vec<Refund>, StoreError> {
    let sql = format!("SELECT {REFUND} FROM refunds WHERE due <= ?1 ORDER BY due LIMIT ?2");
    all(db, &sql, params![by.timestamp_millis(), limit], |_, row| rows::refund(row))
}

pub(crate) fn refunds(
    db: &Db,
    state: RefundState,
    after: Option<RefundCursor>,
    limit: usize,
) -> Result<Vec<Refund>, StoreError> {
    let sql =
        format!("SELECT {REFUND} FROM refunds WHERE state = ?1 AND (made, id) > (?2, ?3) ORDER BY made, id LIMIT ?4");
    let (made, id) = after.map_or((i64::MIN, [0; 16]), |after| (after.made_at.timestamp_millis(), after.id.to_bytes()));
    all(db, &sql, params![state.as_str(), made, id, limit], |_, row| rows::refund(row))
}
