//! What price lists and slots with prices cost.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use ticketly_domain::{
    Booking, BookingRequest, Capacity, Channel, ConfirmRequest, Discount, Error, HoldRequest, HttpUrl, Money,
    NotificationError, PageSize, PaymentError, PaymentId, PaymentMethod, PaymentNotification, PaymentOrder,
    PaymentProvider, PaymentReport, PaymentRequest, PaymentStatus, PriceList, PriceListDraft, PriceListName,
    PricesChange, PromotionCode, PromotionDraft, RefundOrder, RefundQuery, RefundState, Refusal, Selection,
    SignedNotification, SlotChange, SlotDraft, SlotId, SlotSeats, Target, TicketTypeName, TicketTypes, TillPayment,
    Uses,
};

use super::holds::jane;
use super::seats::best;
use super::{Measured, NOW, draft};

/// Returns prices for adults and children, and for adults in the lounge.
fn prices(adult: u32) -> Arc<PriceList> {
    let text =
        format!("currency\tEUR\ntax\t700\nprice\t{adult}\tadult\nprice\t840\tchild\nprice\t1590\tadult\tlounge\n");
    Arc::new(text.parse().unwrap())
}

fn in_cash() -> TillPayment {
    TillPayment { method: PaymentMethod::Cash, reference: None }
}

/// Returns the best seats for adults.
fn adults(count: u32) -> Selection {
    let adult = TicketTypeName::parse("adult").unwrap();
    Selection { ticket_types: Some(TicketTypes::Counts(vec![(adult, u8::try_from(count).unwrap())])), ..best(count) }
}

async fn book(here: &mut Measured<'_>, slot: SlotId) -> Result<Booking, Error> {
    let (user_name, phone) = jane();
    let (selection, target) = (adults(2), Target::Slot(slot));
    let request = BookingRequest { user_name, phone, selection, target, payment: Some(in_cash()), key: None };
    here.ticketing.book(request, NOW, &mut here.rng).await
}

/// Measures what the box office sells and pays back.
async fn sales(here: &mut Measured<'_>, slot: SlotId) {
    let public = here.ticketing.clone();
    here.ticketing = public.through(Channel::BoxOffice);
    let booking =
        here.line("book 2 tickets that are paid at the till", async |here| book(here, slot).await.unwrap()).await;
    let request = HoldRequest { selection: adults(2), target: Target::Slot(slot), key: None };
    let held = here.ticketing.hold(request, NOW, &mut here.rng).await.unwrap();
    here.line("confirm a hold that is paid at the till", async |here| {
        let (user_name, phone) = jane();
        let request = ConfirmRequest { user_name, phone, payment: Some(in_cash()), key: None };
        here.ticketing.confirm(held.id(), request, NOW).await.unwrap()
    })
    .await;
    here.line("cancel a ticket that was paid for", async |here| {
        here.ticketing.cancel(booking.tickets()[0].id(), None, NOW).await.unwrap()
    })
    .await;
    let payment = booking.sale().unwrap().payment.unwrap().id;
    here.line("a payment", async |here| here.ticketing.payment(payment).await.unwrap()).await;
    let query = RefundQuery { state: RefundState::Due, after: None, limit: PageSize::default() };
    let due =
        here.line("the first refunds that are due", async |here| here.ticketing.refunds(&query).await.unwrap()).await;
    here.line("complete a refund", async |here| here.ticketing.complete_refund(due.items[0].id, NOW).await.unwrap())
        .await;
    here.ticketing = public;
}

/// A provider that lets every buyer pay.
struct Generous;

#[async_trait]
impl PaymentProvider for Generous {
    async fn authorise(&self, order: &PaymentOrder) -> Result<HttpUrl, PaymentError> {
        Ok(HttpUrl::parse(&format!("https://pay.example/{}", order.payment)).unwrap())
    }

    async fn capture(&self, _: PaymentId) -> Result<(), PaymentError> {
        Ok(())
    }

    async fn void(&self, _: PaymentId) -> Result<(), PaymentError> {
        Ok(())
    }

    async fn refund(&self, _: &RefundOrder) -> Result<(), PaymentError> {
        Ok(())
    }

    async fn payment(&self, _: PaymentId) -> Result<Option<PaymentReport>, PaymentError> {
        let money = |minor| Money::new(minor, "EUR".parse().unwrap()).unwrap();
        Ok(Some(PaymentReport::new(PaymentStatus::Authorised, money(2580), money(0)).unwrap()))
    }

    fn read_notification(
        &self,
        _: &SignedNotification<'_>,
        _: DateTime<Utc>,
    ) -> Result<PaymentNotification, NotificationError> {
        unreachable!("the job asks")
    }
}

/// Measures what buyers pay online.
async fn online(here: &mut Measured<'_>, slot: SlotId) {
    let without = here.ticketing.clone();
    here.ticketing = without.paid_through(Arc::new(Generous));
    let request = HoldRequest { selection: adults(2), target: Target::Slot(slot), key: None };
    let held = here.ticketing.hold(request, NOW, &mut here.rng).await.unwrap();
    let started = here
        .line("start to pay for a hold online", async |here| {
            let (user_name, phone) = jane();
            let return_url = HttpUrl::parse("https://cinema.example/paid").unwrap();
            let request = PaymentRequest { user_name, phone, return_url, key: None };
            here.ticketing.start_payment(held.id(), request, NOW).await.unwrap().payment
        })
        .await;
    here.line("learn that it is paid, and confirm the hold", async |here| {
        here.ticketing.settle_payment(&started, NOW, &mut here.rng).await.unwrap();
    })
    .await;
    let due = here
        .line("the payments and refunds that are due", async |here| here.ticketing.money_due(NOW, 64).await.unwrap())
        .await;
    assert_eq!(due.0.len(), 1);
    here.line("capture a payment", async |here| {
        here.ticketing.settle_payment(&due.0[0], NOW, &mut here.rng).await.unwrap();
    })
    .await;
    here.ticketing = without;
}

/// Measures holds and sales with a promotion.
async fn promotions(here: &mut Measured<'_>, slot: SlotId) {
    let code: PromotionCode = "AUTUMN-2026".parse().unwrap();
    let (discount, uses) = (Discount::percent(10).unwrap(), Uses::new(3).ok());
    let draft = PromotionDraft { code: code.clone(), discount, uses, valid_from: None, valid_until: None };
    here.line("add a promotion", async |here| here.ticketing.add_promotion(draft.clone(), NOW).await.unwrap()).await;
    let wish = || {
        let selection = Selection { promotion: Some(code.clone()), ..adults(2) };
        HoldRequest { selection, target: Target::Slot(slot), key: None }
    };
    let public = here.ticketing.clone();
    here.ticketing = public.through(Channel::BoxOffice);
    let held = here
        .line("hold 2 tickets with a promotion", async |here| {
            here.ticketing.hold(wish(), NOW, &mut here.rng).await.unwrap()
        })
        .await;
    here.line("release a hold with a promotion", async |here| {
        here.ticketing.release(held.id(), None, NOW).await.unwrap()
    })
    .await;
    here.line("book 2 tickets with a promotion, paid at the till", async |here| {
        let (user_name, phone) = jane();
        let HoldRequest { selection, target, key } = wish();
        let request = BookingRequest { user_name, phone, selection, target, payment: Some(in_cash()), key };
        here.ticketing.book(request, NOW, &mut here.rng).await.unwrap()
    })
    .await;
    for _ in 0..2 {
        here.ticketing.hold(wish(), NOW, &mut here.rng).await.unwrap();
    }
    here.line("refuse a code that is used up", async |here| {
        let refused = here.ticketing.hold(wish(), NOW, &mut here.rng).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::PromotionUsedUp))), "{refused:?}");
    })
    .await;
    here.line("a sweep that lapses 2 holds with a promotion", async |here| {
        here.ticketing.expire(NOW + TimeDelta::minutes(10)).await.unwrap()
    })
    .await;
    here.ticketing = public;
}

/// Measures price lists, and what their prices mean for a slot.
pub(super) async fn measure(here: &mut Measured<'_>) {
    let weekday = PriceListDraft { name: PriceListName::parse("Weekday").unwrap(), list: prices(1230) };
    let list = here
        .line("add a price list", async |here| {
            here.ticketing.add_price_list(&weekday, NOW, &mut here.rng).await.unwrap().id
        })
        .await;
    here.line("replace its prices", async |here| {
        here.ticketing.replace_prices(list, &prices(1270)).await.unwrap();
    })
    .await;
    let slot = SlotDraft { prices: Some(list), ..draft("Golem", SlotSeats::Unnumbered(Capacity::new(200).unwrap())) };
    let slot = here
        .line("schedule a slot of 200 seats with prices", async |here| {
            here.ticketing.schedule(&slot, NOW, &mut here.rng).await.unwrap().id()
        })
        .await;
    here.ticketing.replace_prices(list, &prices(1290)).await.unwrap();
    here.line("give a slot the newest prices of its list", async |here| {
        let newest = Some(PricesChange::List(list));
        here.ticketing.change_slot(slot, SlotChange::default(), None, newest, NOW).await.unwrap();
    })
    .await;
    here.line("refuse to book a slot with prices", async |here| {
        let refused = here.book("John", slot, 2, None).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::PaymentRequired))), "{refused:?}");
    })
    .await;
    sales(here, slot).await;
    online(here, slot).await;
    promotions(here, slot).await;
    here.reopen().await;
    here.line("a slot with prices by identifier, the server's first look at it", async |here| {
        here.ticketing.slot(slot).await.unwrap();
    })
    .await;
    here.line("the price lists", async |here| here.ticketing.price_lists().await.unwrap()).await;
}
