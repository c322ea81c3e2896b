//! What tickets cost, payments at the till, and refunds.

use chrono::{DateTime, TimeDelta, Utc};
use ticketly_domain::{
    Action, Booking, BookingRequest, Change, ConfirmRequest, Entity, Error, HoldRequest, IdempotencyKey,
    InstallationKey, Invalid, PageSize, Paid, Payment, PaymentDraft, PaymentMethod, PaymentReference, PaymentState,
    PricesChange, Refund, RefundQuery, RefundRule, RefundState, Refusal, Rules, Selection, SlotChange, SlotDraft,
    SlotId, Target, Ticket, TicketCount, TicketTypeName, TicketTypes, Tickets, TillPayment,
};

use crate::cinema::{
    Cinema, NOW, SHOW_END, SHOW_START, draft, idempotency, minutes, named, person, priced_draft, prices, race, refused,
    request, seated_draft, split, store_refused,
};

const HALL: &str = "legend . standard\nlegend L lounge\nrow A 1 1 ......\nrow B 1 1 LLLLLL";
const EVENING: &str = "1210, adult\n810, child\n1660, adult, lounge\n0, club";

pub fn each(types: &str) -> TicketTypes {
    TicketTypes::Each(types.split(' ').map(|name| TicketTypeName::parse(name).unwrap()).collect())
}

fn counts(counts: &[(&str, u8)]) -> TicketTypes {
    TicketTypes::Counts(counts.iter().map(|(name, count)| (TicketTypeName::parse(name).unwrap(), *count)).collect())
}

pub fn typed(selection: Selection, types: TicketTypes) -> Selection {
    Selection { ticket_types: Some(types), ..selection }
}

pub fn best(count: u32) -> Selection {
    Selection::any(TicketCount::new(count).unwrap())
}

fn till(method: PaymentMethod) -> TillPayment {
    TillPayment { method, reference: Some(PaymentReference::parse("Receipt 4711").unwrap()) }
}

fn hold(slot: SlotId, selection: Selection) -> HoldRequest {
    HoldRequest { selection, target: Target::Slot(slot), key: None }
}

/// Jane confirms, and has paid so.
fn confirmed(payment: Option<TillPayment>, key: Option<IdempotencyKey>) -> ConfirmRequest {
    let (user_name, phone) = person("Jane");
    ConfirmRequest { user_name, phone, payment, key }
}

/// Returns the types and prices of tickets, in order.
fn priced(booking: &Booking) -> Vec<(&str, u32)> {
    let price = |ticket: &Ticket| ticket.price().map(|price| price.amount.minor()).unwrap();
    booking.tickets().iter().map(|its| (its.price().unwrap().ticket_type.as_str(), price(its))).collect()
}

#[track_caller]
fn wrong<T: std::fmt::Debug>(outcome: Result<T, Error>) -> (&'static str, String) {
    match outcome {
        Err(
            Error::Invalid(Invalid { field, reason }) | Error::Refused(Refusal::Invalid(Invalid { field, reason })),
        ) => (field, reason),
        other => panic!("expected a wrong field, not {other:?}"),
    }
}

/// A slot in an auditorium with the prices of the evening.
async fn evening(cinema: &mut Cinema) -> SlotId {
    let list = cinema.price_list("Evening", EVENING).await;
    let hall = cinema.auditorium(HALL, ticketly_domain::SingleSeats::Allowed).await;
    let draft = SlotDraft { prices: Some(list.id), ..seated_draft("Skyfall", &hall) };
    cinema.slot_of(&draft).await
}

/// A slot without numbered seats and with these prices.
pub async fn priced_slot(cinema: &mut Cinema, name: &str, list: &str) -> SlotId {
    let list = cinema.price_list(name, list).await;
    cinema.slot_of(&priced_draft(name, 30, &list)).await
}

/// The box office books tickets of these types, and takes the money.
pub async fn sold(cinema: &mut Cinema, slot: SlotId, types: &str) -> Booking {
    let types = each(types);
    let TicketTypes::Each(names) = &types else { unreachable!("they are named") };
    let count = u32::try_from(names.len()).unwrap();
    let selection = typed(best(count), types);
    let payment = Some(till(PaymentMethod::Cash));
    cinema.at_the_box_office();
    cinema.ask(BookingRequest { selection, payment, ..request(slot, count) }, NOW).await.unwrap()
}

pub async fn payment_of(cinema: &Cinema, booking: &Booking) -> Payment {
    cinema.ticketing.payment(booking.sale().unwrap().payment.unwrap().id).await.unwrap()
}

/// Returns all refunds in a state.
pub async fn refunds(cinema: &Cinema, state: RefundState) -> Vec<Refund> {
    let query = RefundQuery { state, after: None, limit: PageSize::LARGEST };
    cinema.ticketing.refunds(&query).await.unwrap().items
}

pub async fn a_hold_has_the_prices_of_its_seats(mut cinema: Cinema) {
    let slot = evening(&mut cinema).await;
    let selection = typed(named("A1 B1 A2"), each("adult adult child"));
    let held = cinema.hold_of(hold(slot, selection), NOW).await.unwrap();
    assert_eq!(priced(&held), [("adult", 1210), ("adult", 1660), ("child", 810)]);
    let sale = held.sale().unwrap();
    assert_eq!((sale.total(), sale.currency.as_str(), sale.payment), (3680, "EUR", None));
    assert!(sale.tickets.iter().all(|price| price.tax.hundredths() == 700));
    let selection = typed(named("A4 A5"), counts(&[("child", 1), ("club", 1)]));
    let other = cinema.hold_of(hold(slot, selection), NOW).await.unwrap();
    assert_eq!(priced(&other), [("child", 810), ("club", 0)]);
    let cinema = cinema.reopened().await;
    assert_eq!(cinema.ticketing.held(held.id()).await.unwrap(), held);
    assert_eq!(cinema.ticketing.held(other.id()).await.unwrap(), other);
}

pub async fn ticket_types_must_fit_the_seats_and_the_prices(mut cinema: Cinema) {
    let slot = evening(&mut cinema).await;
    let free = cinema.slot(9).await;
    let simple = priced_slot(&mut cinema, "Simple", "950, adult").await;
    let one_of = "give for each ticket one of adult, child, club";
    for (selection, reason) in [
        (best(2), one_of),
        (typed(best(2), each("adult")), "give one for each of the 2 seats"),
        (typed(best(2), counts(&[("adult", 1), ("child", 2)])), "give types of 2 tickets in all"),
        (typed(best(1), each("senior")), "there is no senior; give for each ticket one of adult, child, club"),
    ] {
        assert_eq!(wrong(cinema.hold_of(hold(slot, selection), NOW).await), ("ticketTypes", reason.to_owned()));
    }
    let lounge = cinema.price_list("Lounge", "1660, adult, lounge\n900, child, standard\n1200, adult").await;
    let prices = Some(PricesChange::List(lounge.id));
    cinema.ticketing.change_slot(slot, SlotChange::default(), None, prices, NOW).await.unwrap();
    let selection = typed(named("B1"), each("child"));
    let (field, reason) = wrong(cinema.hold_of(hold(slot, selection), NOW).await);
    assert_eq!(
        (field, &*reason),
        ("ticketTypes", "child is not sold in zone lounge; give another type or other seats")
    );
    let typed_free = cinema.hold_of(hold(free, typed(best(1), each("adult"))), NOW).await;
    assert_eq!(wrong(typed_free), ("ticketTypes", "this slot is free; leave it out".to_owned()));
    let only = cinema.hold_of(hold(simple, best(2)), NOW).await.unwrap();
    assert_eq!(priced(&only), [("adult", 950), ("adult", 950)], "there is one type only");
    assert_eq!(cinema.available(slot).await, 12);
}

pub async fn other_prices_change_no_held_or_sold_ticket(mut cinema: Cinema) {
    let slot = priced_slot(&mut cinema, "Faust", "1000, adult").await;
    let held = cinema.hold_of(hold(slot, best(2)), NOW).await.unwrap();
    let booked = sold(&mut cinema, slot, "adult").await;
    let id = cinema.ticketing.slot(slot).await.unwrap().prices().unwrap().id;
    cinema.ticketing.replace_prices(id, &prices("1400, adult")).await.unwrap();
    let newest = Some(PricesChange::List(id));
    cinema.ticketing.change_slot(slot, SlotChange::default(), None, newest, NOW).await.unwrap();
    let request = confirmed(Some(till(PaymentMethod::Terminal)), None);
    let confirmed = cinema.ticketing.confirm(held.id(), request, minutes(1)).await.unwrap();
    assert_eq!(priced(&confirmed), [("adult", 1000), ("adult", 1000)]);
    assert_eq!(payment_of(&cinema, &confirmed).await.amount, 2000);
    assert_eq!(cinema.ticketing.booking(&booked.id()).await.unwrap(), booked);
    assert_eq!(priced(&sold(&mut cinema, slot, "adult").await), [("adult", 1400)]);
}

pub async fn a_hold_with_prices_is_confirmed_at_the_till(mut cinema: Cinema) {
    let slot = evening(&mut cinema).await;
    let held = cinema.hold_of(hold(slot, typed(named("A1 B1"), each("adult adult"))), NOW).await.unwrap();
    let unpaid = cinema.ticketing.confirm(held.id(), confirmed(None, None), NOW).await;
    assert_eq!(refused(unpaid), Refusal::PaymentRequired);
    let by_the_public =
        cinema.ticketing.confirm(held.id(), confirmed(Some(till(PaymentMethod::Cash)), None), NOW).await;
    assert_eq!(wrong(by_the_public).0, "paymentMethod");
    cinema.at_the_box_office();
    let online = cinema.ticketing.confirm(held.id(), confirmed(Some(till(PaymentMethod::Online)), None), NOW).await;
    assert_eq!(wrong(online).0, "paymentMethod");
    let request = || confirmed(Some(till(PaymentMethod::Terminal)), Some(idempotency("paid")));
    let booking = cinema.ticketing.confirm(held.id(), request(), minutes(2)).await.unwrap();
    assert_eq!(cinema.ticketing.confirm(held.id(), request(), minutes(3)).await.unwrap(), booking);
    let payment = payment_of(&cinema, &booking).await;
    let (name, _) = person("Jane");
    assert_eq!((payment.booking, payment.amount, payment.currency.as_str()), (booking.key(), 2870, "EUR"));
    assert_eq!((payment.method, payment.state, payment.due), (PaymentMethod::Terminal, PaymentState::Captured, None));
    assert_eq!((payment.started_at, &payment.user.name), (minutes(2), &name));
    assert_eq!(payment.reference.as_ref().unwrap().as_str(), "Receipt 4711");
    let cinema = cinema.reopened().await;
    assert_eq!(payment_of(&cinema, &booking).await, payment);
    assert_eq!(cinema.ticketing.booking(&booking.id()).await.unwrap(), booking);
}

pub async fn the_box_office_books_and_takes_the_money(mut cinema: Cinema) {
    let slot = priced_slot(&mut cinema, "Faust", EVENING_WITHOUT_ZONES).await;
    let free = cinema.slot(4).await;
    let types = || typed(best(2), each("adult child"));
    let ask = |slot, payment, key: Option<&str>| BookingRequest {
        selection: types(),
        payment,
        key: key.map(idempotency),
        ..request(slot, 2)
    };
    assert_eq!(refused(cinema.ask(ask(slot, None, None), NOW).await), Refusal::PaymentRequired);
    cinema.at_the_box_office();
    assert_eq!(refused(cinema.ask(ask(slot, None, None), NOW).await), Refusal::PaymentRequired);
    let cash = || Some(till(PaymentMethod::Cash));
    let booking = cinema.ask(ask(slot, cash(), Some("one")), NOW).await.unwrap();
    assert_eq!(cinema.ask(ask(slot, cash(), Some("one")), minutes(1)).await.unwrap(), booking);
    let other = cinema.ask(ask(slot, Some(till(PaymentMethod::Terminal)), Some("one")), NOW).await;
    assert_eq!(refused(other), Refusal::KeyReused);
    assert_eq!(priced(&booking), [("adult", 1210), ("child", 810)]);
    let payment = payment_of(&cinema, &booking).await;
    assert_eq!((payment.amount, payment.state), (2020, PaymentState::Captured));
    let unpriced = BookingRequest { payment: cash(), ..request(free, 1) };
    assert_eq!(wrong(cinema.ask(unpriced, NOW).await).0, "paymentMethod");
    assert_eq!((cinema.balanced(slot).await, cinema.available(free).await), (2, 4));
}

const EVENING_WITHOUT_ZONES: &str = "1210, adult\n810, child\n0, club";

pub async fn what_costs_nothing_needs_no_payment(mut cinema: Cinema) {
    let slot = priced_slot(&mut cinema, "Faust", EVENING_WITHOUT_ZONES).await;
    let selection = || typed(best(2), each("club club"));
    let booking = cinema.ask(BookingRequest { selection: selection(), ..request(slot, 2) }, NOW).await.unwrap();
    assert_eq!((booking.sale().unwrap().total(), booking.sale().unwrap().payment), (0, None));
    let held = cinema.hold_of(hold(slot, selection()), NOW).await.unwrap();
    let confirmed = cinema.ticketing.confirm(held.id(), confirmed(None, None), NOW).await.unwrap();
    cinema.cancel(confirmed.tickets()[0].id()).await.unwrap();
    assert!(refunds(&cinema, RefundState::Due).await.is_empty());
    assert_eq!(cinema.balanced(slot).await, 3);
}

pub async fn canceled_tickets_are_refunded_by_the_rule(mut cinema: Cinema) {
    let rule = RefundRule { percent: 75, before_start: TimeDelta::minutes(30) };
    cinema.under(Rules { refunds: rule, ..Rules::default() }).await;
    let slot = priced_slot(&mut cinema, "Faust", "1211, adult\n815, child").await;
    let booking = sold(&mut cinema, slot, "adult child adult").await;
    let ticket = |index: usize| booking.tickets()[index].id();
    let last = SHOW_START - TimeDelta::minutes(30) - TimeDelta::milliseconds(1);
    for _ in 0..2 {
        cinema.ticketing.cancel(ticket(0), None, NOW).await.unwrap();
    }
    cinema.ticketing.cancel(ticket(1), Some(idempotency("child")), last).await.unwrap();
    cinema.ticketing.cancel(ticket(1), Some(idempotency("child")), last).await.unwrap();
    let all = Tickets::OfBooking { id: booking.id(), tickets: None };
    cinema.ticketing.cancel_tickets(all, None, SHOW_START - TimeDelta::minutes(30)).await.unwrap();
    let due = refunds(&cinema, RefundState::Due).await;
    let amounts: Vec<_> = due.iter().map(|refund| (refund.amount, refund.made_at)).collect();
    assert_eq!(amounts, [(908, NOW), (611, last)], "rounded down, and the last came too late");
    let payment = payment_of(&cinema, &booking).await;
    for refund in &due {
        assert_eq!((refund.payment, refund.booking, refund.due), (payment.id, booking.key(), None));
        assert_eq!((refund.currency.as_str(), refund.method), ("EUR", PaymentMethod::Cash));
    }
    assert_eq!(cinema.balanced(slot).await, 0);
}

pub async fn the_till_pays_refunds_and_they_are_listed(mut cinema: Cinema) {
    let slot = priced_slot(&mut cinema, "Faust", "1000, adult").await;
    let mut made = Vec::new();
    for number in 0..5 {
        let booking = sold(&mut cinema, slot, "adult").await;
        cinema.ticketing.cancel(booking.tickets()[0].id(), None, minutes(number % 3)).await.unwrap();
        made.push(booking.key());
    }
    let due = refunds(&cinema, RefundState::Due).await;
    assert!(due.is_sorted_by_key(|refund| (refund.made_at, refund.id)) && due.len() == 5, "{due:?}");
    let paid = cinema.ticketing.complete_refund(due[1].id, minutes(9)).await.unwrap();
    assert_eq!((paid.state, paid.since, paid.amount), (RefundState::Paid, minutes(9), 1000));
    assert_eq!(cinema.ticketing.complete_refund(due[1].id, minutes(11)).await.unwrap(), paid);
    assert_eq!(refunds(&cinema, RefundState::Paid).await, [paid]);
    let (mut left, mut after) = (Vec::new(), None);
    loop {
        let query = RefundQuery { state: RefundState::Due, after, limit: PageSize::new(3).unwrap() };
        let page = cinema.ticketing.refunds(&query).await.unwrap();
        left.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let expected: Vec<_> = due.iter().filter(|refund| refund.id != due[1].id).cloned().collect();
    assert_eq!(left, expected);
    let unknown = ticketly_domain::RefundId::from_bytes([9; 16]);
    let complete = cinema.ticketing.complete_refund(unknown, NOW).await;
    assert_eq!(refused(complete), Refusal::Unknown(Entity::Refund));
}

pub async fn racing_cancels_refund_each_ticket_once(mut cinema: Cinema) {
    let slot = priced_slot(&mut cinema, "Faust", "1000, adult").await;
    let booking = sold(&mut cinema, slot, "adult adult adult adult").await;
    let ids: Vec<_> = booking.tickets().iter().map(Ticket::id).collect();
    let (ticketing, id) = (cinema.ticketing.clone(), booking.id());
    let outcomes = race(20, |number| {
        let (ticketing, ticket) = (ticketing.clone(), ids[usize::try_from(number % 4).unwrap()]);
        async move {
            if number < 4 {
                let all = Tickets::OfBooking { id, tickets: None };
                return ticketing.cancel_tickets(all, None, NOW).await.map(drop);
            }
            ticketing.cancel(ticket, None, NOW).await.map(drop)
        }
    })
    .await;
    let (_, refusals) = split(outcomes);
    assert!(refusals.is_empty(), "{refusals:?}");
    let due = refunds(&cinema, RefundState::Due).await;
    assert_eq!(due.iter().map(|refund| refund.amount).sum::<u64>(), 4000, "{due:?}");
    assert_eq!((cinema.balanced(slot).await, payment_of(&cinema, &booking).await.amount), (0, 4000));
}

pub async fn a_moved_ticket_keeps_its_price_and_its_payment(mut cinema: Cinema) {
    let from = priced_slot(&mut cinema, "Faust", "1000, adult\n700, child").await;
    let cheaper = priced_slot(&mut cinema, "Golem", "900, adult\n800, child").await;
    let dearer = priced_slot(&mut cinema, "Lulu", "1100, adult").await;
    let free = cinema.slot(9).await;
    let booking = sold(&mut cinema, from, "adult child adult").await;
    let [adult, child, last] = [0, 1, 2].map(|index| booking.tickets()[index].id());
    let difference = |difference| Refusal::PriceDiffers { difference, currency: "EUR".parse().unwrap() };
    assert_eq!(refused(cinema.shift(adult, dearer).await), difference(100));
    assert_eq!(refused(cinema.shift(child, cheaper).await), difference(100));
    let moved = cinema.shift(adult, cheaper).await.unwrap();
    assert_eq!(moved.new.price(), moved.old.price());
    let new = cinema.store().booking(moved.new.id().booking).await.unwrap().unwrap();
    assert_eq!(new.sale().unwrap().payment, booking.sale().unwrap().payment);
    let to_free = cinema.shift(last, free).await.unwrap();
    assert_eq!(to_free.new.price().unwrap().amount.minor(), 1000);
    assert!(refunds(&cinema, RefundState::Due).await.is_empty(), "a cheaper place pays nothing back");
    cinema.cancel(to_free.new.id()).await.unwrap();
    let due = refunds(&cinema, RefundState::Due).await;
    let payment = payment_of(&cinema, &booking).await.id;
    assert_eq!(due.iter().map(|its| (its.amount, its.payment)).collect::<Vec<_>>(), [(1000, payment)]);

    let unpaid = cinema.ticket(free).await;
    assert_eq!(refused(cinema.shift(unpaid.id(), cheaper).await), Refusal::PaymentRequired);
}

pub async fn a_moved_ticket_keeps_the_earlier_end_of_refunds(mut cinema: Cinema) {
    let list = cinema.price_list("Weekday", "1000, adult").await;
    let early = cinema.slot_of(&priced_draft("Faust", 9, &list)).await;
    let late = SlotDraft { start: SHOW_START + TimeDelta::hours(1), ..priced_draft("Golem", 9, &list) };
    let late = cinema.slot_of(&late).await;
    let (first, second) = (sold(&mut cinema, early, "adult").await, sold(&mut cinema, late, "adult").await);
    let there = cinema.shift(first.tickets()[0].id(), late).await.unwrap().new;
    let back = cinema.shift(second.tickets()[0].id(), early).await.unwrap().new;
    let end = SHOW_START - TimeDelta::hours(1);
    for ticket in [&there, &back] {
        cinema.ticketing.cancel(ticket.id(), None, end).await.unwrap();
    }
    assert!(refunds(&cinema, RefundState::Due).await.is_empty(), "the earlier end was over");
    let other = sold(&mut cinema, early, "adult").await;
    let moved = cinema.shift(other.tickets()[0].id(), late).await.unwrap().new;
    cinema.ticketing.cancel(moved.id(), None, end - TimeDelta::milliseconds(1)).await.unwrap();
    assert_eq!(refunds(&cinema, RefundState::Due).await.len(), 1);
}

/// Starts an online payment of a hold.
async fn start(cinema: &mut Cinema, held: &Booking, until: DateTime<Utc>, at: DateTime<Utc>) -> Payment {
    let key = cinema.store().installation_key(&InstallationKey::mint(&mut cinema.rng)).await.unwrap();
    let (name, phone) = person("Jane");
    let payment =
        PaymentDraft { id: key.online_payment(held.id(), None), method: PaymentMethod::Online, reference: None };
    let user = key.user(name, phone).into();
    let action = Action::Pay { hold: held.id(), user, payment, replaces: None, until };
    let change = Change { booking: held.key(), action, at, idempotency: None };
    let booking = cinema.store().change(&change).await.unwrap();
    payment_of(cinema, &booking).await
}

pub async fn a_started_payment_extends_the_hold_once(mut cinema: Cinema) {
    let slot = priced_slot(&mut cinema, "Faust", "1000, adult").await;
    let held = cinema.hold_of(hold(slot, best(2)), NOW).await.unwrap();
    let payment = start(&mut cinema, &held, minutes(16), minutes(6)).await;
    assert_eq!((payment.state, payment.amount, payment.due), (PaymentState::Started, 2000, Some(minutes(7))));
    assert_eq!(cinema.ticketing.held(held.id()).await.unwrap().hold().unwrap().until, minutes(16));
    assert_eq!(start(&mut cinema, &held, minutes(19), minutes(9)).await, payment);
    assert_eq!(cinema.ticketing.held(held.id()).await.unwrap().hold().unwrap().until, minutes(16), "only once");
    assert_eq!(cinema.store().payments_due(minutes(7), 9).await.unwrap(), std::slice::from_ref(&payment));
    assert!(cinema.store().payments_due(minutes(7) - TimeDelta::milliseconds(1), 9).await.unwrap().is_empty());
    let late = payment.tried(minutes(7), None);
    assert!(cinema.store().replace_payment(&payment, &late).await.unwrap());
    assert!(!cinema.store().replace_payment(&payment, &late).await.unwrap(), "it is not as it was read");
    assert!(cinema.store().payments_due(minutes(7), 9).await.unwrap().is_empty());
    assert_eq!(cinema.ticketing.payment(payment.id).await.unwrap(), late);
}

pub async fn an_authorised_payment_confirms_its_hold(mut cinema: Cinema) {
    let slot = priced_slot(&mut cinema, "Faust", "1000, adult").await;
    let held = cinema.hold_of(hold(slot, best(1)), NOW).await.unwrap();
    let payment = start(&mut cinema, &held, minutes(12), minutes(2)).await;
    let confirm = |before: &Payment| {
        let user = before.user.clone();
        let action = Action::Confirm { hold: held.id(), user, payment: Paid::Online(Box::new(before.clone())) };
        Change { booking: held.key(), action, at: minutes(3), idempotency: None }
    };
    let other = payment.tried(minutes(3), None);
    assert!(cinema.store().change(&confirm(&other)).await.is_err(), "the payment is another");
    let booking = cinema.store().change(&confirm(&payment)).await.unwrap();
    assert_eq!(booking.user().map(|user| user.id), Some(payment.user.id));
    let authorised = cinema.ticketing.payment(payment.id).await.unwrap();
    assert_eq!((authorised.state, authorised.due), (PaymentState::Authorised, Some(minutes(3))));
    let captured = authorised.settled(minutes(4)).unwrap();
    assert!(cinema.store().replace_payment(&authorised, &captured).await.unwrap());
    assert!(cinema.store().payments_due(SHOW_END, 9).await.unwrap().is_empty());
    cinema.cancel(booking.tickets()[0].id()).await.unwrap();
    let due = cinema.store().refunds_due(NOW, 9).await.unwrap();
    assert_eq!(due.iter().map(|its| (its.amount, its.payment)).collect::<Vec<_>>(), [(1000, payment.id)]);
    let tried = due[0].tried(NOW);
    assert!(cinema.store().replace_refund(&due[0], &tried).await.unwrap());
    assert!(!cinema.store().replace_refund(&due[0], &due[0].paid(NOW)).await.unwrap());
    assert!(cinema.store().refunds_due(NOW, 9).await.unwrap().is_empty());
    assert_eq!(refused(cinema.ticketing.complete_refund(tried.id, NOW).await), Refusal::RefundOnline);
    assert_eq!(refunds(&cinema, RefundState::Due).await, std::slice::from_ref(&tried));
    assert!(cinema.store().replace_refund(&tried, &tried.paid(minutes(5))).await.unwrap());
    assert_eq!(refunds(&cinema, RefundState::Paid).await, [tried.paid(minutes(5))]);
    let free = draft("Nosferatu", 3);
    let unpriced = cinema.slot_of(&free).await;
    let nothing = cinema.hold(unpriced, 1, NOW).await.unwrap();
    let action = Action::Pay {
        hold: nothing.id(),
        user: payment.user.clone(),
        payment: PaymentDraft { id: payment.id, method: PaymentMethod::Online, reference: None },
        replaces: None,
        until: minutes(9),
    };
    let change = Change { booking: nothing.key(), action, at: NOW, idempotency: None };
    assert!(matches!(store_refused(cinema.store().change(&change).await), Refusal::Invalid(_)));
}
