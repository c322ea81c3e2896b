//! Promotions: what their codes take off, and that their uses are counted exactly.

use chrono::{DateTime, TimeDelta, Utc};
use ticketly_domain::{
    Booking, BookingRequest, Currency, Discount, Entity, Error, HoldRequest, HoldState, PaymentMethod, Promotion,
    PromotionChange, PromotionCode, PromotionDraft, RefundQuery, RefundState, Refusal, Selection, SingleSeats,
    SlotDraft, SlotId, Target, Ticket, TicketCount, Tickets, TillPayment, Uses,
};

use crate::cinema::{
    Cinema, NOW, confirmation, idempotency, minutes, named, person, priced_draft, race, refused, request, request_of,
    rng, seated_draft, split,
};

const LIST: &str = "995, adult";

fn code(text: &str) -> PromotionCode {
    text.parse().unwrap()
}

fn percent(percent: u32) -> Discount {
    Discount::percent(percent).unwrap()
}

fn off(minor: u32, currency: &str) -> Discount {
    Discount::Off { amount: Discount::off_amount(minor).unwrap(), currency: currency.parse().unwrap() }
}

/// Adds a promotion with a number of uses.
async fn promote(cinema: &Cinema, text: &str, discount: Discount, uses: u32) -> Promotion {
    let draft =
        PromotionDraft { code: code(text), discount, uses: Uses::new(uses).ok(), valid_from: None, valid_until: None };
    cinema.ticketing.add_promotion(draft, NOW).await.unwrap()
}

async fn used(cinema: &Cinema, text: &str) -> u32 {
    cinema.ticketing.promotion(&code(text)).await.unwrap().used
}

/// Two slots whose tickets cost 9.95: without a plan, and in an auditorium.
async fn slots(cinema: &mut Cinema) -> [SlotId; 2] {
    let list = cinema.price_list("Evening", LIST).await;
    let plain = cinema.slot_of(&priced_draft("Faust", 30, &list)).await;
    let hall = cinema
        .auditorium(
            "legend . standard\nrow A 1 1 ..........\nrow B 1 1 ..........\nrow C 1 1 ..........",
            SingleSeats::Allowed,
        )
        .await;
    let seated = cinema.slot_of(&SlotDraft { prices: Some(list.id), ..seated_draft("Faust II", &hall) }).await;
    [plain, seated]
}

fn with_code(count: u32, text: &str) -> Selection {
    Selection { promotion: Some(code(text)), ..Selection::any(TicketCount::new(count).unwrap()) }
}

fn holding(slot: SlotId, count: u32, text: &str) -> HoldRequest {
    HoldRequest { selection: with_code(count, text), target: Target::Slot(slot), key: None }
}

fn cash() -> TillPayment {
    TillPayment { method: PaymentMethod::Cash, reference: None }
}

fn buying(slot: SlotId, count: u32, text: &str) -> BookingRequest {
    BookingRequest { selection: with_code(count, text), payment: Some(cash()), ..request(slot, count) }
}

async fn hold(cinema: &mut Cinema, slot: SlotId, text: &str, at: DateTime<Utc>) -> Result<Booking, Error> {
    cinema.hold_of(holding(slot, 1, text), at).await
}

fn asked(booking: &Booking) -> Vec<u32> {
    booking.tickets().iter().map(|ticket: &Ticket| ticket.price().unwrap().amount.minor()).collect()
}

pub async fn promotions_are_listed_and_changed(cinema: Cinema) {
    let spring = promote(&cinema, "spring-26", percent(15), 2).await;
    let draft = PromotionDraft {
        code: code("AUTUMN"),
        discount: off(500, "EUR"),
        uses: None,
        valid_from: Some(minutes(5)),
        valid_until: Some(minutes(500)),
    };
    let autumn = cinema.ticketing.add_promotion(draft.clone(), minutes(1)).await.unwrap();
    let cinema = cinema.reopened().await;
    let ticketing = &cinema.ticketing;
    assert_eq!(ticketing.promotions().await.unwrap(), [autumn.clone(), spring.clone()]);
    assert_eq!(ticketing.promotion(&code("Spring-26")).await.unwrap(), spring);
    assert_eq!(refused(ticketing.promotion(&code("SPRING")).await), Refusal::Unknown(Entity::Promotion));
    assert_eq!(refused(ticketing.add_promotion(draft, NOW).await), Refusal::PromotionExists);

    let change = PromotionChange { uses: Uses::new(7).ok(), valid_until: Some(minutes(600)), active: Some(false) };
    let changed = ticketing.change_promotion(&autumn.code, &change).await.unwrap();
    assert_eq!(
        changed,
        Promotion { uses: change.uses, valid_until: change.valid_until, active: false, revision: 1, ..autumn }
    );
    assert_eq!(ticketing.change_promotion(&changed.code, &change).await.unwrap(), changed, "the same again");
    assert_eq!(ticketing.promotion(&changed.code).await.unwrap(), changed);
    let early = PromotionChange { valid_until: Some(minutes(4)), ..PromotionChange::default() };
    let wrong = ticketing.change_promotion(&changed.code, &early).await;
    assert!(matches!(refused(wrong), Refusal::Invalid(invalid) if invalid.field == "validUntil"));
    assert_eq!(refused(ticketing.change_promotion(&code("NONE"), &change).await), Refusal::Unknown(Entity::Promotion));
}

pub async fn a_code_discounts_what_is_held_sold_and_paid_back(mut cinema: Cinema) {
    promote(&cinema, "TEN", percent(10), 10).await;
    cinema.at_the_box_office();
    for slot in slots(&mut cinema).await {
        let held = cinema.hold_of(holding(slot, 3, "ten"), NOW).await.unwrap();
        assert_eq!(asked(&held), [895, 895, 896], "10 % of 29.85 are 2.99");
        let sale = held.sale().unwrap();
        assert_eq!((sale.total(), sale.discount(), held.promotion()), (2686, 299, Some(&code("TEN"))));
        let request = ticketly_domain::ConfirmRequest { payment: Some(cash()), ..confirmation(person("Jane"), None) };
        let booking = cinema.ticketing.confirm(held.id(), request, minutes(1)).await.unwrap();
        let payment = cinema.ticketing.payment(booking.sale().unwrap().payment.unwrap().id).await.unwrap();
        assert_eq!((payment.amount, asked(&booking)), (2686, vec![895, 895, 896]));
        let sold = cinema.ask(buying(slot, 2, "TEN"), NOW).await.unwrap();
        assert_eq!((sold.sale().unwrap().total(), sold.promotion()), (1791, Some(&code("TEN"))));
        cinema = cinema.reopened().await;
        cinema.at_the_box_office();
        let shown = cinema.ticketing.booking(&booking.id()).await.unwrap();
        assert_eq!((shown.promotion(), shown.sale().unwrap().discount()), (Some(&code("TEN")), 299));
        let ticket = shown.tickets()[2].id();
        cinema.ticketing.cancel(ticket, None, minutes(2)).await.unwrap();
        let tickets = Tickets::OfBooking { id: sold.id(), tickets: None };
        cinema.ticketing.cancel_tickets(tickets, None, minutes(3)).await.unwrap();
    }
    let query = RefundQuery { state: RefundState::Due, after: None, limit: ticketly_domain::PageSize::LARGEST };
    let refunds = cinema.ticketing.refunds(&query).await.unwrap().items;
    let mut amounts: Vec<_> = refunds.iter().map(|refund| refund.amount).collect();
    amounts.sort_unstable();
    assert_eq!(amounts, [896, 896, 1791, 1791]);
    assert_eq!(used(&cinema, "TEN").await, 4, "a booking is one use, and keeps it when it is canceled");
}

pub async fn what_costs_nothing_after_the_discount_needs_no_payment(mut cinema: Cinema) {
    promote(&cinema, "GIFT", off(5000, "EUR"), 5).await;
    for slot in slots(&mut cinema).await {
        let held = cinema.hold_of(holding(slot, 2, "GIFT"), NOW).await.unwrap();
        assert_eq!(held.sale().unwrap().total(), 0);
        let booking = cinema.confirm(&held, "Jane", minutes(1)).await.unwrap();
        assert_eq!((booking.sale().unwrap().payment, booking.sale().unwrap().discount()), (None, 1990));
    }
    assert_eq!(used(&cinema, "GIFT").await, 2);
}

pub async fn a_code_that_does_not_apply_is_refused_as_an_unknown_one(mut cinema: Cinema) {
    let [slot, seated] = slots(&mut cinema).await;
    let unknown = Refusal::Unknown(Entity::Promotion);
    promote(&cinema, "DOLLARS", off(100, "USD"), 5).await;
    let draft = PromotionDraft {
        code: code("SOON"),
        discount: percent(5),
        uses: None,
        valid_from: Some(minutes(5)),
        valid_until: Some(minutes(7)),
    };
    cinema.ticketing.add_promotion(draft, NOW).await.unwrap();
    promote(&cinema, "ENDED", percent(5), 5).await;
    let end = PromotionChange { active: Some(false), ..PromotionChange::default() };
    cinema.ticketing.change_promotion(&code("ENDED"), &end).await.unwrap();
    for slot in [slot, seated] {
        for (text, minute) in [("NONE", 6), ("DOLLARS", 6), ("SOON", 4), ("SOON", 7), ("ENDED", 6)] {
            assert_eq!(refused(hold(&mut cinema, slot, text, minutes(minute)).await), unknown, "{text}");
        }
        assert_eq!(asked(&hold(&mut cinema, slot, "SOON", minutes(5)).await.unwrap()), [945]);
        // Codes cannot be tried by bookings without a payment, which are not limited as holds are.
        let public = BookingRequest { payment: None, ..buying(slot, 1, "NONE") };
        assert_eq!(refused(cinema.ask(public.clone(), minutes(6)).await), Refusal::PaymentRequired);
        let real = BookingRequest { selection: with_code(1, "SOON"), ..public };
        assert_eq!(refused(cinema.ask(real, minutes(6)).await), Refusal::PaymentRequired);
    }
    let free = cinema.slot(5).await;
    let wrong = hold(&mut cinema, free, "SOON", minutes(6)).await;
    assert!(matches!(refused(wrong), Refusal::Invalid(invalid) if invalid.field == "promotionCode"));
    assert_eq!((used(&cinema, "SOON").await, cinema.available(free).await), (2, 5));
}

pub async fn a_released_hold_gives_its_use_back_once(mut cinema: Cinema) {
    for (slot, text) in slots(&mut cinema).await.into_iter().zip(["ONE", "OTHER"]) {
        promote(&cinema, text, percent(50), 1).await;
        let held = hold(&mut cinema, slot, text, NOW).await.unwrap();
        assert_eq!(refused(hold(&mut cinema, slot, text, NOW).await), Refusal::PromotionUsedUp);
        assert_eq!(used(&cinema, text).await, 1);
        let (ticketing, id) = (cinema.ticketing.clone(), held.id());
        race(6, move |_| {
            let ticketing = ticketing.clone();
            async move { ticketing.release(id, None, minutes(1)).await }
        })
        .await;
        assert_eq!(used(&cinema, text).await, 0);
        cinema.ticketing.expire(minutes(60)).await.unwrap();
        assert_eq!(used(&cinema, text).await, 0);
        let again = hold(&mut cinema, slot, text, minutes(2)).await.unwrap();
        let request = ticketly_domain::ConfirmRequest { payment: Some(cash()), ..confirmation(person("Jane"), None) };
        cinema.at_the_box_office();
        cinema.ticketing.confirm(again.id(), request, minutes(3)).await.unwrap();
        cinema.ticketing.expire(minutes(60)).await.unwrap();
        assert_eq!(used(&cinema, text).await, 1, "a confirmed hold keeps its use");
    }
}

pub async fn a_lapsed_hold_gives_its_use_back_once(mut cinema: Cinema) {
    for (slot, text) in slots(&mut cinema).await.into_iter().zip(["ONE", "OTHER"]) {
        promote(&cinema, text, percent(50), 2).await;
        let held = hold(&mut cinema, slot, text, NOW).await.unwrap();
        let other = hold(&mut cinema, slot, text, minutes(5)).await.unwrap();
        for _ in 0..3 {
            sweep(&cinema, minutes(11)).await;
            assert_eq!(used(&cinema, text).await, 1, "{text}");
        }
        assert_eq!(cinema.ticketing.held(held.id()).await.unwrap().hold_state(minutes(11)), Some(HoldState::Lapsed));
        // Releasing one that has lapsed gives nothing back.
        cinema.ticketing.release(held.id(), None, minutes(11)).await.unwrap();
        assert_eq!(used(&cinema, text).await, 1);
        let ticketing = cinema.ticketing.clone();
        race(4, move |_| {
            let ticketing = ticketing.clone();
            async move { ticketing.expire(minutes(20)).await }
        })
        .await;
        sweep(&cinema, minutes(20)).await;
        assert_eq!(used(&cinema, text).await, 0);
        assert_eq!(
            cinema.ticketing.held(other.id()).await.unwrap().promotion(),
            Some(&code(text)),
            "it shows what it had"
        );
    }
}

/// Sweeps until a list that lags behind shows nothing more.
async fn sweep(cinema: &Cinema, at: DateTime<Utc>) {
    for _ in 0..3 {
        while cinema.ticketing.expire(at).await.unwrap().more {}
    }
}

pub async fn a_buyer_who_takes_the_seats_of_lapsed_holds_gives_their_uses_back(mut cinema: Cinema) {
    cinema.at_the_box_office();
    let list = cinema.price_list("Evening", LIST).await;
    let hall = cinema.auditorium("legend . standard\nrow A 1 1 ....", SingleSeats::Allowed).await;
    let plain = cinema.slot_of(&priced_draft("Faust", 4, &list)).await;
    let seated = cinema.slot_of(&SlotDraft { prices: Some(list.id), ..seated_draft("Faust II", &hall) }).await;
    for (slot, text) in [(plain, "ONE"), (seated, "OTHER")] {
        promote(&cinema, text, percent(20), 2).await;
        for _ in 0..2 {
            cinema.hold_of(holding(slot, 2, text), NOW).await.unwrap();
        }
        let sold = BookingRequest { payment: Some(cash()), ..request(slot, 4) };
        cinema.ask(sold, minutes(11)).await.unwrap();
        sweep(&cinema, minutes(11)).await;
        assert_eq!((used(&cinema, text).await, cinema.available(slot).await), (0, 0), "{text}");
    }
}

pub async fn a_correction_of_a_slot_gives_the_uses_of_its_lapsed_holds_back(mut cinema: Cinema) {
    promote(&cinema, "ONCE", percent(20), 4).await;
    for slot in slots(&mut cinema).await {
        hold(&mut cinema, slot, "ONCE", NOW).await.unwrap();
        cinema.store().lapse_holds(slot, minutes(11)).await.unwrap();
        let start = crate::cinema::SHOW_START + TimeDelta::minutes(5);
        let change = ticketly_domain::SlotChange { start: Some(start), ..ticketly_domain::SlotChange::default() };
        cinema.store().change_slot(slot, &change).await.unwrap();
        sweep(&cinema, minutes(12)).await;
    }
    assert_eq!(used(&cinema, "ONCE").await, 0);
}

pub async fn a_repetition_with_the_same_key_uses_a_code_once(mut cinema: Cinema) {
    cinema.at_the_box_office();
    promote(&cinema, "KEYED", percent(20), 4).await;
    for (slot, (one, other, seed)) in slots(&mut cinema).await.into_iter().zip([("a", "b", 0), ("c", "d", 100)]) {
        let held = HoldRequest { key: Some(idempotency(one)), ..holding(slot, 2, "KEYED") };
        let first = cinema.hold_of(held.clone(), NOW).await.unwrap();
        let ticketing = cinema.ticketing.clone();
        let bought = BookingRequest { key: Some(idempotency(other)), ..buying(slot, 1, "KEYED") };
        let asked = bought.clone();
        let outcomes = race(6, move |number| {
            let (ticketing, asked) = (ticketing.clone(), asked.clone());
            // Payments of both slots have identifiers of their own.
            async move { ticketing.book(asked, NOW, &mut rng(seed + number)).await }
        })
        .await;
        let (booked, refusals) = split(outcomes);
        assert!(refusals.is_empty() && booked.iter().all(|booking| *booking == booked[0]), "{refusals:?}");
        assert_eq!(cinema.hold_of(held.clone(), minutes(1)).await.unwrap(), first);
        let another = HoldRequest { selection: with_code(2, "OTHER"), ..held.clone() };
        assert_eq!(refused(cinema.hold_of(another, minutes(1)).await), Refusal::KeyReused);
        let without = HoldRequest { selection: Selection { promotion: None, ..held.selection.clone() }, ..held };
        assert_eq!(refused(cinema.hold_of(without, minutes(1)).await), Refusal::KeyReused);
    }
    assert_eq!(used(&cinema, "KEYED").await, 4);
}

pub async fn racing_holds_and_sales_never_overdraw_a_code(mut cinema: Cinema) {
    cinema.at_the_box_office();
    let slots = slots(&mut cinema).await;
    promote(&cinema, "RUSH", percent(20), 20).await;
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(50, move |number| {
        let (ticketing, slot) = (ticketing.clone(), slots[usize::try_from(number % 2).unwrap()]);
        async move {
            match number % 4 {
                0 | 1 => ticketing.hold(holding(slot, 1, "RUSH"), NOW, &mut rng(number)).await,
                _ => ticketing.book(buying(slot, 1, "RUSH"), NOW, &mut rng(number)).await,
            }
        }
    })
    .await;
    let (sold, refusals) = split(outcomes);
    assert_eq!((sold.len(), refusals), (20, vec![Refusal::PromotionUsedUp; 30]));
    assert_eq!(used(&cinema, "RUSH").await, 20);
    let mut taken = 0;
    for slot in slots {
        taken += cinema.balanced(slot).await;
    }
    assert_eq!(taken, 20);
}

pub async fn an_administrator_changes_a_code_while_it_is_used(mut cinema: Cinema) {
    cinema.at_the_box_office();
    let slots = slots(&mut cinema).await;
    promote(&cinema, "MORE", percent(20), 1).await;
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(24, move |number| {
        let (ticketing, slot) = (ticketing.clone(), slots[usize::try_from(number % 2).unwrap()]);
        async move {
            if number % 6 == 0 {
                let uses = Uses::new(5 + u32::try_from(number / 6).unwrap()).ok();
                let change = PromotionChange { uses, ..PromotionChange::default() };
                ticketing.change_promotion(&code("MORE"), &change).await.unwrap();
            }
            ticketing.hold(holding(slot, 1, "MORE"), NOW, &mut rng(number)).await
        }
    })
    .await;
    let (held, refusals) = split(outcomes);
    assert!(refusals.iter().all(|refusal| *refusal == Refusal::PromotionUsedUp), "{refusals:?}");
    let promotion = cinema.ticketing.promotion(&code("MORE")).await.unwrap();
    assert_eq!((u32::try_from(held.len()).unwrap(), promotion.revision), (promotion.used, 4));
    assert!(promotion.used <= 8, "{promotion:?}");
}

pub async fn a_moved_ticket_keeps_its_price_and_takes_no_use(mut cinema: Cinema) {
    cinema.at_the_box_office();
    promote(&cinema, "MOVED", percent(20), 1).await;
    let [from, to] = slots(&mut cinema).await;
    let sold = cinema.ask(buying(from, 1, "MOVED"), NOW).await.unwrap();
    let moved = cinema.shift(sold.tickets()[0].id(), to).await.unwrap();
    assert_eq!(moved.new.price().unwrap().amount.minor(), 796);
    let booking = cinema.bookings(to).await.pop().unwrap();
    assert_eq!((booking.promotion(), used(&cinema, "MOVED").await), (Some(&code("MOVED")), 1));
    assert_eq!(refused(hold(&mut cinema, to, "MOVED", NOW).await), Refusal::PromotionUsedUp);
    let other = BookingRequest { selection: named("A1"), payment: Some(cash()), ..request_of("Joe", to, 1) };
    assert_eq!(cinema.ask(other, NOW).await.unwrap().promotion(), None);
    let eur: Currency = "EUR".parse().unwrap();
    assert_eq!(booking.sale().unwrap().currency, eur);
}
