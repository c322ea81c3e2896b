//! Paying online: a buyer starts a payment of a hold, and the provider notifies what became of it.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use rand::CryptoRng;

use super::Ticketing;
use crate::{
    Action, Booking, BookingId, Change, Error, Hold, HttpUrl, IdempotencyKey, IdempotencyRecord, Money,
    NotificationError, Payment, PaymentDescription, PaymentDraft, PaymentEvent, PaymentId, PaymentMethod, PaymentOrder,
    PaymentOutcome, PaymentProvider, PaymentState, PhoneNumber, Refusal, SignedNotification, StoreError, User,
    UserName,
};

/// How often a change of a payment is tried again when others change it.
const RETRIES: usize = 5;

/// A request to pay for a hold online.
#[derive(Debug, Clone)]
pub struct PaymentRequest {
    /// The name of the person for whom the hold will be confirmed.
    pub user_name: UserName,
    /// The telephone number of the person.
    pub phone: PhoneNumber,
    /// The page to which the provider sends the browser afterwards, whatever the outcome.
    pub return_url: HttpUrl,
    /// The key of a request that takes effect only once, however often it is sent.
    pub key: Option<IdempotencyKey>,
}

/// A payment that a buyer can make now.
#[derive(Debug, Clone)]
pub struct StartedPayment {
    /// The payment.
    pub payment: Payment,
    /// Until when the seats are held.
    pub held_until: DateTime<Utc>,
    /// The page of the provider at which the buyer pays.
    pub url: HttpUrl,
}

/// What a notification has brought about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notified {
    /// The payment is as it says now, or was before.
    Payment(Payment),
    /// The provider has authorised another sum than was ordered. The payment is voided.
    OtherSum(Payment),
}

/// Why a notification had no effect.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// It is not accepted.
    #[error(transparent)]
    Notification(#[from] NotificationError),
    /// It is accepted, but could not be acted upon. The provider sends it again.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Ticketing {
    /// Returns the use cases with this provider of online payments. Without one, no payment can be made online.
    #[must_use]
    pub fn paid_through(&self, provider: Arc<dyn PaymentProvider>) -> Self {
        Self { provider: Some(provider), ..self.clone() }
    }

    /// Returns whether buyers can pay online.
    #[must_use]
    pub const fn takes_online_payments(&self) -> bool {
        self.provider.is_some()
    }

    pub(super) fn provider(&self) -> Result<&dyn PaymentProvider, Refusal> {
        self.provider.as_deref().ok_or(Refusal::NoOnlinePayments)
    }

    /// Starts a payment of a hold, and lets the hold last for [`Hold::WHILE_PAYING`] the first time. A repetition returns the page of
    /// the same payment, also when it corrects the person, and that of a new payment after one that has failed. Refuses
    /// as [`Booking::apply`] does, with [`Refusal::KeyReused`] and with [`Refusal::NoOnlinePayments`]. Fails with
    /// [`Error::Payment`] when the provider fails: the payment is started then, and the same request finds it.
    pub async fn start_payment(
        &self,
        id: BookingId,
        request: PaymentRequest,
        now: DateTime<Utc>,
    ) -> Result<StartedPayment, Error> {
        let provider = self.provider()?;
        let at = now.trunc_subsecs(3);
        let PaymentRequest { user_name, phone, return_url, key } = request;
        let about = [user_name.as_str(), phone.as_str(), return_url.as_str()];
        let idempotency = key.map(|key| IdempotencyRecord::of_hold(&key, ("pay", id), &about, at));
        let user = Arc::new(self.key.user(user_name, phone));
        let replaces = self.failed_payment(&self.held(id).await?).await?;
        let draft_id = self.key.online_payment(id, replaces);
        let payment = PaymentDraft { id: draft_id, method: PaymentMethod::Online, reference: None };
        let until = at + Hold::WHILE_PAYING;
        let action = Action::Pay { hold: id, user: Arc::clone(&user), payment, replaces, until };
        let hold = self.store.change(&Change { booking: id.key, action, at, idempotency }).await?;
        let started = hold.sale().and_then(|sale| sale.payment).ok_or(StoreError::Contended)?;
        let payment = self.payment_of(started.id, &user).await?;
        let held_until = hold.hold().map_or(at, |hold| hold.until);
        let order = order(&hold, &payment, return_url, held_until)?;
        let url = provider.authorise(&order).await?;
        Ok(StartedPayment { payment, held_until, url })
    }

    /// Returns the identifier of the payment that [`Self::start_payment`] starts or finds, so that the page to return to can name it.
    pub async fn payment_to_start(&self, hold: &Booking) -> Result<PaymentId, Error> {
        let replaces = self.failed_payment(hold).await?;
        let running = hold.sale().and_then(|sale| sale.payment).filter(|payment| Some(payment.id) != replaces);
        Ok(running.map_or_else(|| self.key.online_payment(hold.id(), replaces), |payment| payment.id))
    }

    /// Returns the payment of a hold that is over and has sold nothing: another may follow.
    async fn failed_payment(&self, hold: &Booking) -> Result<Option<PaymentId>, StoreError> {
        let Some(earlier) = hold.sale().and_then(|sale| sale.payment) else { return Ok(None) };
        let payment = self.store.payment(earlier.id).await?;
        Ok(payment.filter(|payment| payment.outcome() == PaymentOutcome::NotBooked).map(|payment| payment.id))
    }

    /// Returns a payment as one of this person, as long as the buyer has not paid.
    async fn payment_of(&self, id: PaymentId, user: &Arc<User>) -> Result<Payment, Error> {
        for _ in 0..RETRIES {
            let before = self.payment(id).await?;
            let corrected = before.of_user(user).filter(|after| after.user.id != before.user.id);
            let Some(after) = corrected else { return Ok(before) };
            if self.store.replace_payment(&before, &after).await? {
                return Ok(after);
            }
        }
        Err(StoreError::Contended.into())
    }

    /// Acts upon a notification of the provider. One that comes again, late or out of order changes nothing that is settled.
    pub async fn notified(
        &self,
        notification: &SignedNotification<'_>,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Notified, NotifyError> {
        let provider = self.provider().map_err(Error::from)?;
        let notification = provider.read_notification(notification, now)?;
        let payment = self.payment(notification.payment).await?;
        match (notification.event, payment.state) {
            (PaymentEvent::Authorised { total } | PaymentEvent::Captured { total }, PaymentState::Started) => {
                if is_total(&payment, total) {
                    return Ok(Notified::Payment(self.sell(&payment, now, rng).await?));
                }
                Ok(Notified::OtherSum(self.void(&payment, now).await?))
            }
            // What was released must not stay reserved.
            (PaymentEvent::Authorised { .. }, PaymentState::Voided)
            | (PaymentEvent::Declined, PaymentState::Started) => Ok(Notified::Payment(self.void(&payment, now).await?)),
            _ => Ok(Notified::Payment(payment)),
        }
    }

    /// Notes that nothing is sold for a payment: a job releases its money.
    pub(super) async fn void(&self, payment: &Payment, now: DateTime<Utc>) -> Result<Payment, Error> {
        let Some(after) = payment.voiding(now.trunc_subsecs(3)) else { return Ok(payment.clone()) };
        if self.store.replace_payment(payment, &after).await? { Ok(after) } else { Err(StoreError::Contended.into()) }
    }
}

/// Returns whether the provider authorised what was ordered.
pub(super) fn is_total(payment: &Payment, total: Money) -> bool {
    (total.minor(), total.currency()) == (payment.amount, payment.currency)
}

/// Returns what is ordered from the provider: the same for each request, but for the page to return to and the time.
fn order(
    hold: &Booking,
    payment: &Payment,
    return_url: HttpUrl,
    held_until: DateTime<Utc>,
) -> Result<PaymentOrder, Error> {
    let (name, count) = (hold.showing().name().as_str(), hold.tickets().len());
    let tickets = if count == 1 { "ticket" } else { "tickets" };
    let description = PaymentDescription::parse(&format!("{name}, {count} {tickets}"))?;
    let total = Money::new(payment.amount, payment.currency)?;
    Ok(PaymentOrder::new(payment.id, total, description, return_url, held_until)?)
}
