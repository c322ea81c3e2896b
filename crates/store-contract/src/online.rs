//! Paying online: whatever fails, nobody pays without seats, and nobody has seats that are not paid for or listed as unpaid.

use chrono::TimeDelta;
use ticketly_domain::{
    Action, BookingRequest, Change, ConfirmRequest, Discount, Error, HoldRequest, HoldState, Notified, NotifyError,
    Paid, PaymentError, PaymentMethod, PaymentOutcome, PaymentRequest, PaymentState, PaymentStatus, PromotionCode,
    PromotionDraft, RefundState, Refusal, Selection, SignedNotification, SlotId, Target, Tickets, TillPayment, Uses,
};

use crate::bank::Fault;
use crate::cinema::{
    Cinema, NOW, SHOW_END, SHOW_START, idempotency, minutes, person, priced_draft, race, refused, rng, seats_of,
    store_refused,
};
use crate::shop::{Shop, adults, best, paying};

const BOOKED: (PaymentState, PaymentOutcome) = (PaymentState::Captured, PaymentOutcome::Booked);
const VOIDED: (PaymentState, PaymentOutcome) = (PaymentState::Voided, PaymentOutcome::NotBooked);

pub async fn a_buyer_pays_online_and_the_money_is_captured(cinema: Cinema) {
    let mut shop = Shop::at(cinema);
    let slot = shop.slot(9).await;
    let (held, payment) = shop.started(slot, best(2), NOW).await;
    let started = shop.start(&held, minutes(1)).await.unwrap();
    assert_eq!((&started.payment, shop.bank.orders()), (&payment, 1), "it is the same one");
    assert_eq!(started.url.as_str(), format!("https://bank.example/{}", payment.id));
    assert_eq!((started.held_until, payment.amount), (minutes(10), 2000));
    assert_eq!(shop.became(payment.id).await, (PaymentState::Started, PaymentOutcome::Open));
    shop.notify_paid(&payment, minutes(2)).await;
    let booking = shop.cinema.ticketing.booking(&held.id()).await.unwrap();
    let (jane, _) = person("Jane");
    assert_eq!((&booking.user().unwrap().name, booking.key()), (&jane, held.key()));
    assert_eq!(shop.became(payment.id).await, (PaymentState::Authorised, PaymentOutcome::Booked));
    shop.work(minutes(2)).await;
    assert_eq!((shop.became(payment.id).await, shop.bank.sums()), (BOOKED, (2000, 0)));
    for late in ["authorised", "declined", "captured", "voided"] {
        shop.notify(&format!("{late} {} 2000", payment.id), minutes(3)).await.unwrap();
    }
    shop.work(SHOW_END).await;
    assert_eq!((shop.became(payment.id).await, shop.cinema.balanced(slot).await), (BOOKED, 2));
}

pub async fn without_a_notification_the_bank_is_asked(cinema: Cinema) {
    let mut shop = Shop::at(cinema);
    let slot = shop.slot(9).await;
    let (held, payment) = shop.started(slot, best(1), NOW).await;
    shop.work_from(NOW, minutes(4)).await;
    assert_eq!(shop.became(payment.id).await.0, PaymentState::Started);
    shop.bank.pay(payment.id);
    shop.bank.set_down(true);
    shop.work_from(minutes(4), minutes(6)).await;
    assert_eq!(shop.became(payment.id).await.0, PaymentState::Started, "the bank was closed");
    shop.bank.set_down(false);
    shop.work_from(minutes(6), minutes(10)).await;
    assert_eq!((shop.became(payment.id).await, shop.bank.sums()), (BOOKED, (1000, 0)));
    assert_eq!(shop.cinema.ticketing.booking(&held.id()).await.unwrap().made_at(), NOW);
}

pub async fn who_does_not_pay_loses_the_seats_and_no_money(cinema: Cinema) {
    let mut shop = Shop::at(cinema);
    let slot = shop.slot(2).await;
    let (held, payment) = shop.started(slot, best(2), NOW).await;
    shop.work_from(NOW, minutes(10)).await;
    assert_eq!(shop.became(payment.id).await.0, PaymentState::Started);
    shop.work_from(minutes(10), minutes(11)).await;
    assert_eq!((shop.became(payment.id).await, shop.bank.entry(payment.id).status), (VOIDED, PaymentStatus::Voided));
    shop.bank.pay(payment.id);
    assert_eq!(shop.bank.sums(), (0, 0), "it is too late");
    let (other, second) = shop.started(slot, best(2), minutes(12)).await;
    shop.cinema.ticketing.release(other.id(), None, minutes(13)).await.unwrap();
    shop.work_from(minutes(13), minutes(14)).await;
    assert_eq!((shop.became(second.id).await, shop.cinema.available(slot).await), (VOIDED, 2));
    assert_ne!(held.id(), other.id());
}

pub async fn after_a_declined_payment_another_can_be_made(cinema: Cinema) {
    let mut shop = Shop::at(cinema);
    let slot = shop.slot(9).await;
    let (held, first) = shop.started(slot, best(2), NOW).await;
    shop.bank.decline(first.id);
    shop.notify(&format!("declined {}", first.id), minutes(3)).await.unwrap();
    let second = shop.start(&held, minutes(4)).await.unwrap();
    assert_ne!(second.payment.id, first.id);
    assert_eq!(second.held_until, minutes(10), "a hold is extended once");
    assert_eq!(shop.start(&held, minutes(5)).await.unwrap().payment, second.payment);
    shop.work(minutes(5)).await;
    assert_eq!(shop.became(first.id).await, VOIDED);
    shop.notify_paid(&second.payment, minutes(6)).await;
    shop.notify(&format!("authorised {} 2000", first.id), minutes(7)).await.unwrap();
    shop.work_from(minutes(7), minutes(8)).await;
    assert_eq!((shop.became(first.id).await, shop.became(second.payment.id).await), (VOIDED, BOOKED));
    assert_eq!((shop.bank.sums(), shop.cinema.balanced(slot).await), ((2000, 0), 2));
}

pub async fn who_pays_late_gets_the_same_seats(cinema: Cinema) {
    let mut shop = Shop::at(cinema);
    let slot = shop.seated("legend . standard\nlegend L lounge\nrow A 1 1 .....\nrow B 1 1 LLLLL").await;
    let (held, payment) = shop.started(slot, adults("A2 B3"), NOW).await;
    let another = shop.cinema.hold_of(holding(slot, adults("A3")), minutes(11)).await.unwrap();
    shop.notify_paid(&payment, minutes(12)).await;
    let booking = shop.booking_of(payment.id).await;
    assert_eq!((seats_of(&booking), booking.sale().unwrap().total()), ("A2 B3".to_owned(), 2600));
    assert_eq!((booking.user().unwrap().id, booking.made_at()), (payment.user.id, minutes(12)));
    assert_ne!(booking.key(), held.key());
    assert_eq!(shop.cinema.ticketing.held(held.id()).await.unwrap().hold_state(minutes(12)), Some(HoldState::Lapsed));
    shop.work(minutes(12)).await;
    assert_eq!((shop.became(payment.id).await, shop.bank.sums()), (BOOKED, (2600, 0)));
    assert_eq!(another.hold_state(minutes(12)), Some(HoldState::Held));
}

fn holding(slot: SlotId, selection: Selection) -> HoldRequest {
    HoldRequest { selection, target: Target::Slot(slot), key: None }
}

pub async fn who_pays_late_gets_equally_good_seats(cinema: Cinema) {
    let mut shop = Shop::at(cinema);
    let slot = shop.seated("legend . standard\nlegend L lounge\nrow A 1 1 .....\nrow B 1 1 LLLLL").await;
    let (_, payment) = shop.started(slot, adults("B2 B3"), NOW).await;
    let (_, mixed) = shop.started(slot, adults("A1 B5"), NOW).await;
    shop.cinema.hold_of(holding(slot, adults("B3")), minutes(11)).await.unwrap();
    shop.cinema.hold_of(holding(slot, adults("A1")), minutes(11)).await.unwrap();
    for payment in [&payment, &mixed] {
        shop.notify_paid(payment, minutes(12)).await;
    }
    let booking = shop.booking_of(payment.id).await;
    let seats = seats_of(&booking);
    assert!(["B1 B2", "B4 B5"].contains(&&*seats), "{seats}");
    assert_eq!(booking.sale().unwrap().total(), 3200);
    shop.work(minutes(12)).await;
    assert_eq!(shop.became(payment.id).await, (PaymentState::Captured, PaymentOutcome::OtherSeats));
    assert_eq!(shop.became(mixed.id).await, VOIDED, "no seats are as good as those in two zones");
    assert_eq!(shop.bank.sums(), (3200, 0));
    let cinema = shop.cinema.reopened().await;
    assert!(cinema.ticketing.payment(payment.id).await.unwrap().other_seats);
}

pub async fn who_pays_late_and_finds_no_seats_pays_nothing(cinema: Cinema) {
    let mut shop = Shop::at(cinema);
    let slot = shop.slot(3).await;
    let (_, payment) = shop.started(slot, best(2), NOW).await;
    let rival = shop.cinema.hold(slot, 3, minutes(11)).await.unwrap();
    shop.notify_paid(&payment, minutes(12)).await;
    assert_eq!(shop.became(payment.id).await, (PaymentState::Voiding, PaymentOutcome::NotBooked));
    assert_eq!(shop.bank.sums(), (0, 2000));
    shop.bank.fail(&[Fault::Unavailable, Fault::AnswerLost]);
    shop.work_from(minutes(12), minutes(14)).await;
    assert_eq!((shop.became(payment.id).await, shop.bank.sums()), (VOIDED, (0, 0)));
    shop.cinema.ticketing.release(rival.id(), None, minutes(15)).await.unwrap();
    let (_, second) = shop.started(slot, best(2), minutes(16)).await;
    shop.cinema.hold(slot, 1, minutes(16)).await.unwrap();
    shop.cinema.hold(slot, 3, minutes(30)).await.unwrap();
    shop.bank.take(second.id);
    shop.work_from(minutes(30), minutes(33)).await;
    assert_eq!((shop.became(second.id).await, shop.bank.sums()), (VOIDED, (0, 0)), "what was taken is paid back");
    assert_eq!(shop.bank.entry(second.id).refunds.len(), 1);
}

pub async fn who_pays_late_pays_the_discounted_price_without_another_use(cinema: Cinema) {
    let mut shop = Shop::at(cinema);
    let slot = shop.slot(9).await;
    let code: PromotionCode = "HALF-PRICE".parse().unwrap();
    let (discount, uses) = (Discount::percent(50).unwrap(), Uses::new(1).ok());
    let draft = PromotionDraft { code: code.clone(), discount, uses, valid_from: None, valid_until: Some(minutes(13)) };
    shop.cinema.ticketing.add_promotion(draft, NOW).await.unwrap();
    let cheap = || Selection { promotion: Some(code.clone()), ..best(2) };
    let (held, payment) = shop.started(slot, cheap(), NOW).await;
    assert_eq!((payment.amount, held.sale().unwrap().discount()), (1000, 1000));
    shop.cinema.ticketing.expire(minutes(11)).await.unwrap();
    // The use that it gave back is another's by now, and the promotion is over when it is paid.
    let (_, other) = shop.started(slot, cheap(), minutes(12)).await;
    shop.notify_paid(&payment, minutes(14)).await;
    shop.notify_paid(&other, minutes(14)).await;
    shop.work(minutes(14)).await;
    assert_eq!((shop.became(payment.id).await, shop.bank.sums()), (BOOKED, (2000, 0)));
    let booking = shop.booking_of(payment.id).await;
    assert_eq!((booking.promotion(), booking.sale().unwrap().total()), (Some(&code), 1000));
    shop.cinema.ticketing.expire(minutes(60)).await.unwrap();
    assert_eq!(shop.cinema.ticketing.promotion(&code).await.unwrap().used, 1);
    let tickets = Tickets::OfBooking { id: booking.id(), tickets: None };
    shop.cinema.ticketing.cancel_tickets(tickets, None, minutes(15)).await.unwrap();
    shop.work(minutes(16)).await;
    assert_eq!(shop.bank.sums(), (1000, 0), "what was paid is paid back");
}

pub async fn a_hold_that_the_box_office_sold_is_not_paid_online_too(cinema: Cinema) {
    let mut shop = Shop::at(cinema);
    let slot = shop.slot(9).await;
    let (held, payment) = shop.started(slot, best(2), NOW).await;
    shop.cinema.at_the_box_office();
    let (user_name, phone) = person("Jane");
    let cash = Some(TillPayment { method: PaymentMethod::Cash, reference: None });
    let till = ConfirmRequest { user_name, phone, payment: cash, key: None };
    shop.cinema.ticketing.confirm(held.id(), till, minutes(1)).await.unwrap();
    shop.notify_paid(&payment, minutes(2)).await;
    shop.work(minutes(2)).await;
    assert_eq!((shop.became(payment.id).await, shop.bank.sums()), (VOIDED, (0, 0)));
    let booking = shop.cinema.ticketing.booking(&held.id()).await.unwrap();
    assert_eq!(booking.sale().unwrap().payment.unwrap().method, PaymentMethod::Cash);
    assert_eq!(refused(shop.start(&held, minutes(3)).await), Refusal::HoldConfirmed);
}

pub async fn another_sum_than_ordered_is_released(cinema: Cinema) {
    let mut shop = Shop::at(cinema);
    let slot = shop.slot(9).await;
    let (held, payment) = shop.started(slot, best(2), NOW).await;
    shop.bank.pay(payment.id);
    let notified = shop.notify(&format!("authorised {} 1999", payment.id), minutes(1)).await.unwrap();
    assert!(matches!(notified, Notified::OtherSum(_)), "{notified:?}");
    shop.work(minutes(1)).await;
    assert_eq!((shop.became(payment.id).await, shop.bank.sums()), (VOIDED, (0, 0)));
    assert!(shop.cinema.ticketing.booking(&held.id()).await.is_err());
    let forged = SignedNotification { id: "1", timestamp: "1", signature: "somebody", body: b"" };
    let forged = shop.cinema.ticketing.notified(&forged, minutes(1), &mut shop.rng()).await;
    assert!(matches!(forged, Err(NotifyError::Notification(_))), "{forged:?}");
}

pub async fn an_order_that_fails_is_ordered_again(cinema: Cinema) {
    let mut shop = Shop::at(cinema);
    let slot = shop.slot(9).await;
    let held = shop.cinema.hold(slot, 1, NOW).await.unwrap();
    for fault in [Fault::Unavailable, Fault::AnswerLost] {
        shop.bank.fail(&[fault]);
        let failed = shop.start(&held, minutes(1)).await;
        assert!(matches!(failed, Err(Error::Payment(_))), "{failed:?}");
    }
    let keyed = |name: &str| PaymentRequest { key: Some(idempotency("pay")), ..paying(name) };
    let ticketing = shop.cinema.ticketing.clone();
    let started = ticketing.start_payment(held.id(), keyed("Jane"), minutes(2)).await.unwrap();
    let again = ticketing.start_payment(held.id(), keyed("Jane"), minutes(3)).await.unwrap();
    assert_eq!((&again.payment, again.url, shop.bank.orders()), (&started.payment, started.url, 1));
    let other = ticketing.start_payment(held.id(), keyed("John"), minutes(3)).await;
    assert_eq!(refused(other), Refusal::KeyReused);
    let corrected = ticketing.start_payment(held.id(), paying("Janet"), minutes(4)).await.unwrap().payment;
    assert_eq!((corrected.id, &corrected.user.name), (started.payment.id, &person("Janet").0));
    shop.notify_paid(&corrected, minutes(5)).await;
    assert_eq!(shop.booking_of(corrected.id).await.user().unwrap().id, corrected.user.id);
}

pub async fn without_a_provider_nothing_is_paid_online(mut cinema: Cinema) {
    let list = cinema.price_list("Evening", "1000, adult").await;
    let slot = cinema.slot_of(&priced_draft("Faust", 9, &list)).await;
    let held = cinema.hold(slot, 1, NOW).await.unwrap();
    let started = cinema.ticketing.start_payment(held.id(), paying("Jane"), NOW).await;
    assert_eq!(refused(started), Refusal::NoOnlinePayments);
    assert_eq!(cinema.ticketing.held(held.id()).await.unwrap(), held);
}

pub async fn what_cannot_be_captured_is_listed_as_unpaid(cinema: Cinema) {
    let mut shop = Shop::at(cinema);
    let slot = shop.slot(9).await;
    let mut payments = Vec::new();
    for _ in 0..4 {
        let (_, payment) = shop.started(slot, best(1), NOW).await;
        shop.notify_paid(&payment, minutes(1)).await;
        payments.push(payment.id);
    }
    let [by_cash, after_all, canceled, last] = payments[..] else { unreachable!("there are four") };
    shop.bank.set_down(true);
    shop.work_from(minutes(1), SHOW_START).await;
    assert_eq!((shop.unpaid().await.len(), shop.became(last).await.0), (0, PaymentState::Authorised));
    shop.work_from(SHOW_START, SHOW_START + TimeDelta::minutes(1)).await;
    let mut unpaid = shop.unpaid().await;
    unpaid.sort();
    payments.sort();
    assert_eq!((unpaid, shop.cinema.balanced(slot).await), (payments, 4), "their tickets stay valid");

    shop.cinema.at_the_box_office();
    let till = |method| TillPayment { method, reference: None };
    let ticketing = shop.cinema.ticketing.clone();
    let closed = ticketing.complete_payment(by_cash, till(PaymentMethod::Cash), SHOW_END).await;
    assert!(matches!(closed, Err(Error::Payment(PaymentError::Unavailable(_)))), "who knows what it will take");
    shop.bank.set_down(false);
    let paid = ticketing.complete_payment(by_cash, till(PaymentMethod::Cash), SHOW_END).await.unwrap();
    assert_eq!((paid.state, paid.method, paid.since), (PaymentState::Captured, PaymentMethod::Cash, SHOW_END));
    assert_eq!(shop.bank.entry(by_cash).status, PaymentStatus::Voided);
    assert_eq!(ticketing.complete_payment(by_cash, till(PaymentMethod::Cash), SHOW_END).await.unwrap(), paid);
    let twice = ticketing.complete_payment(by_cash, till(PaymentMethod::Terminal), SHOW_END).await;
    assert_eq!(refused(twice), Refusal::NotUnpaid { state: PaymentState::Captured });
    ticketly_domain::PaymentProvider::capture(&*shop.bank, after_all).await.unwrap();
    let online = ticketing.complete_payment(after_all, till(PaymentMethod::Terminal), SHOW_END).await.unwrap();
    assert_eq!((online.state, online.method), (PaymentState::Captured, PaymentMethod::Online));
    shop.bank.lapse(canceled);
    let paid = ticketing.complete_payment(canceled, till(PaymentMethod::Terminal), SHOW_END).await.unwrap();
    assert_eq!((paid.method, shop.unpaid().await), (PaymentMethod::Terminal, vec![last]));
}

pub async fn what_was_paid_online_is_paid_back_online(cinema: Cinema) {
    let mut shop = Shop::at(cinema);
    let slot = shop.slot(9).await;
    let (_, payment) = shop.started(slot, best(3), NOW).await;
    shop.notify_paid(&payment, minutes(1)).await;
    let booking = shop.booking_of(payment.id).await;
    shop.cinema.ticketing.cancel(booking.tickets()[0].id(), None, minutes(2)).await.unwrap();
    shop.bank.fail(&[Fault::Unavailable]);
    shop.work(minutes(2)).await;
    assert_eq!(shop.bank.sums(), (0, 3000), "it is paid back after it was captured");
    shop.bank.fail(&[Fault::AnswerLost, Fault::AnswerLost]);
    shop.work_from(minutes(2), minutes(6)).await;
    assert_eq!((shop.became(payment.id).await, shop.bank.sums()), (BOOKED, (2000, 0)));
    let all = Tickets::OfBooking { id: booking.id(), tickets: None };
    shop.cinema.ticketing.cancel_tickets(all, None, minutes(7)).await.unwrap();
    shop.bank.fail(&[Fault::AnswerLost]);
    shop.work_from(minutes(7), minutes(9)).await;
    assert_eq!((shop.bank.sums(), shop.bank.entry(payment.id).refunds.len()), ((0, 0), 2));
    assert_eq!((shop.refunds(RefundState::Due).await.len(), shop.refunds(RefundState::Paid).await.len()), (0, 2));
}

pub async fn a_refund_of_what_nobody_captured_is_one_of_the_till(cinema: Cinema) {
    let mut shop = Shop::at(cinema);
    let slot = shop.slot(9).await;
    let (_, payment) = shop.started(slot, best(2), NOW).await;
    shop.notify_paid(&payment, minutes(1)).await;
    let booking = shop.booking_of(payment.id).await;
    shop.cinema.ticketing.cancel(booking.tickets()[1].id(), None, minutes(2)).await.unwrap();
    shop.bank.lapse(payment.id);
    shop.work_from(minutes(2), SHOW_START + TimeDelta::minutes(1)).await;
    assert_eq!(shop.unpaid().await, [payment.id]);
    shop.work_from(SHOW_START, SHOW_START + TimeDelta::hours(2)).await;
    let due = shop.refunds(RefundState::Due).await;
    let shown: Vec<_> = due.iter().map(|its| (its.amount, its.method, its.due)).collect();
    assert_eq!(shown, [(1000, PaymentMethod::Cash, None)]);
    let paid = shop.cinema.ticketing.complete_refund(due[0].id, SHOW_END).await.unwrap();
    assert_eq!(paid.state, RefundState::Paid);
}

pub async fn racing_notifications_jobs_and_releases_sell_once_or_not_at_all(cinema: Cinema) {
    let mut shop = Shop::at(cinema);
    let slot = shop.slot(40).await;
    let mut all = Vec::new();
    for number in 0..6_u64 {
        let (held, payment) = shop.started(slot, best(2), NOW).await;
        shop.bank.pay(payment.id);
        // Of some, the hold has lapsed.
        let at = if number < 3 { minutes(9) } else { minutes(11) };
        let (ticketing, id) = (shop.cinema.ticketing.clone(), payment.id);
        let text = format!("authorised {id} 2000");
        let outcomes = race(9, |racer| {
            let (ticketing, text, held) = (ticketing.clone(), text.clone(), held.id());
            async move {
                match racer % 3 {
                    0 => {
                        let body = text.as_bytes();
                        let one = SignedNotification { id: "1", timestamp: "1", signature: "the bank", body };
                        drop(ticketing.notified(&one, at, &mut rng(1000 + 100 * number + racer)).await);
                    }
                    1 => {
                        let payment = ticketing.payment(id).await.unwrap();
                        drop(ticketing.settle_payment(&payment, at, &mut rng(1000 + 100 * number + racer)).await);
                    }
                    _ if number % 3 == 0 && racer > 5 => drop(ticketing.release(held, None, at).await),
                    _ => drop(ticketing.held(held).await),
                }
            }
        })
        .await;
        assert_eq!(outcomes.len(), 9);
        all.push(id);
    }
    shop.work_from(minutes(11), minutes(20)).await;
    let mut booked = 0;
    for id in all {
        let (state, outcome) = shop.became(id).await;
        assert!(matches!(state, PaymentState::Captured | PaymentState::Voided), "{state:?}");
        booked += u32::from(outcome == PaymentOutcome::Booked);
    }
    assert!(booked >= 4, "only released holds may be lost: {booked}");
    assert_eq!(shop.bank.sums(), (u64::from(booked) * 2000, 0), "what is captured is what is sold");
    shop.cinema.store().lapse_holds(slot, minutes(20)).await.unwrap();
    assert_eq!(shop.cinema.balanced(slot).await, booked * 2);
}

pub async fn several_bookings_at_once_are_paid_by_their_own_payments(cinema: Cinema) {
    let mut shop = Shop::at(cinema);
    let slot = shop.slot(9).await;
    let (held, first) = shop.started(slot, best(1), NOW).await;
    let (_, second) = shop.started(slot, best(2), NOW).await;
    assert_ne!(first.id, second.id);
    let by_another = Paid::Online(Box::new(second.clone()));
    let action = Action::Confirm { hold: held.id(), user: first.user.clone(), payment: by_another };
    let change = Change { booking: held.key(), action, at: minutes(1), idempotency: None };
    assert_eq!(store_refused(shop.cinema.store().change(&change).await), Refusal::PaymentRequired);
    shop.notify_paid(&second, minutes(1)).await;
    assert_eq!(shop.became(first.id).await.0, PaymentState::Started);
    assert_eq!(shop.booking_of(second.id).await.tickets().len(), 2);
    let direct = BookingRequest { selection: best(1), ..crate::cinema::request(slot, 1) };
    assert_eq!(refused(shop.cinema.ask(direct, NOW).await), Refusal::PaymentRequired);
}
