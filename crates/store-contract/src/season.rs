//! A season: a store with something of every kind, for tests of verification and copies.

use chrono::{DateTime, TimeDelta, Utc};
use ticketly_domain::{
    ApiKey, Auditorium, BlockDraft, BlockReason, Booking, BookingRequest, Discount, HoldRequest, IdempotencyKey,
    KeyLabel, PaymentMethod, PromotionCode, PromotionDraft, Release, ReseatRequest, Role, Rules, SeatLabel, Selection,
    SingleSeats, SlotDraft, SlotId, Sweep, Target, Tickets, TillPayment,
};

use crate::Subject;
use crate::cinema::{
    Cinema, NOW, confirmation, draft, idempotency, minutes, named, person, priced_draft, prices, request_of,
    seated_draft,
};
use crate::shop::Shop;

/// Two rows more than a shard of the DynamoDB store has.
const ROWS: usize = 32;

/// A season, with the slots of which each has something of its own.
pub struct Season {
    pub cinema: Cinema,
    /// Free, without numbers, with bookings of one to four tickets, some canceled or moved to another.
    pub free: SlotId,
    /// Free, without numbers, with what was moved from the other.
    pub other: SlotId,
    /// In an auditorium, with prices, promotions, holds of every state, payments online and at the till, refunds and blocks.
    pub sold: SlotId,
    /// Expired, with totals, and archived in part.
    pub expired: SlotId,
    /// Closed, of which expiry has done a part.
    pub expiring: SlotId,
    /// Canceled, of which the bookings are.
    pub canceled: SlotId,
    /// Canceled, of which the job has not begun.
    pub canceling: SlotId,
    /// Moved to another auditorium.
    pub moved: SlotId,
    /// Where it was moved to.
    pub target: SlotId,
    /// A booking with an idempotency key, and what it asked for.
    pub repeatable: (BookingRequest, Booking),
    /// A key of the box office.
    pub key: ApiKey,
}

impl Season {
    /// Plays a season on an empty store, with so many parties that book free tickets.
    pub async fn play(subject: Subject, parties: u32) -> Self {
        let mut cinema = Cinema::over(subject).await;
        let key = keys(&mut cinema).await;
        let halls = [hall(&mut cinema, ROWS).await, hall(&mut cinema, 3).await];
        let expired = expired(&mut cinema, &halls[0]).await;
        let expiring = expiring(&mut cinema).await;
        let (free, other, repeatable) = free(&mut cinema, parties).await;
        // It takes payments at the till.
        cinema.at_the_box_office();
        let (mut cinema, sold) = sold(cinema, &halls[0]).await;
        let (canceled, canceling) = canceled(&mut cinema, &halls[0]).await;
        let (moved, target) = moved(&mut cinema, &halls).await;
        Self { cinema, free, other, sold, expired, expiring, canceled, canceling, moved, target, repeatable, key }
    }
}

fn at_the_till() -> TillPayment {
    TillPayment { method: PaymentMethod::Cash, reference: None }
}

fn on(day: i64, draft: SlotDraft) -> SlotDraft {
    let later = TimeDelta::days(day);
    SlotDraft { start: draft.start + later, end: draft.end + later, ..draft }
}

async fn keys(cinema: &mut Cinema) -> ApiKey {
    let key = ApiKey::mint(Role::BoxOffice, &mut cinema.rng);
    for (key, label) in [(key.clone(), "till-1"), (ApiKey::mint(Role::Admin, &mut cinema.rng), "manager")] {
        let record = key.record(KeyLabel::parse(label).unwrap(), NOW);
        cinema.keys().add_key(&record, 10).await.unwrap();
        cinema.keys().note_use(&record.hash, NOW).await.unwrap();
    }
    key
}

async fn hall(cinema: &mut Cinema, rows: usize) -> Auditorium {
    let labels = "ABCD".chars().flat_map(|letter| (0..10).map(move |digit| format!("{letter}{digit}")));
    let rows: Vec<_> = labels.take(rows).map(|label| format!("row {label} 1 1 ....._.....")).collect();
    let rows = rows.join("\n");
    let plan = format!("legend . standard\nlegend w wheelchair\n{rows}\nrow Z 1 1 ww");
    let hall = cinema.auditorium(&plan, SingleSeats::Allowed).await;
    let other = ticketly_domain::Plan::new(format!("focus 0.5 0.3\n{plan}").parse().unwrap()).unwrap();
    cinema.ticketing.replace_plan(hall.id, &other.into()).await.unwrap()
}

/// Parties of one to four book, and some change their minds.
async fn free(cinema: &mut Cinema, parties: u32) -> (SlotId, SlotId, (BookingRequest, Booking)) {
    let (free, other) = (cinema.slot_of(&draft("Skyfall", 99_999)).await, cinema.slot_of(&draft("Amélie", 700)).await);
    let mut first = None;
    for party in 0..parties {
        let key = IdempotencyKey::parse(&format!("party-{party}")).unwrap();
        let request = BookingRequest { key: Some(key), ..request_of(&format!("Guest {party}"), free, 1 + party % 4) };
        let booking = cinema.ask(request.clone(), NOW).await.unwrap();
        if let [_, .., last] = booking.tickets()
            && party % 7 == 1
        {
            cinema.cancel(last.id()).await.unwrap();
        }
        if party % 11 == 0 {
            cinema.shift(booking.tickets()[0].id(), other).await.unwrap();
        }
        first.get_or_insert((request, booking));
    }
    (free, other, first.unwrap())
}

/// A slot in an auditorium whose tickets are sold in every way.
async fn sold(mut cinema: Cinema, hall: &Auditorium) -> (Cinema, SlotId) {
    let list = cinema.price_list("Evening", "1210, adult").await;
    cinema.ticketing.replace_prices(list.id, &prices("1310, adult")).await.unwrap();
    for (code, discount) in [("SPRING", Discount::percent(20)), ("GIFT", Discount::percent(100))] {
        let (code, discount) = (code.parse().unwrap(), discount.unwrap());
        let draft = PromotionDraft { code, discount, uses: None, valid_from: None, valid_until: None };
        cinema.ticketing.add_promotion(draft, NOW).await.unwrap();
    }
    let draft = SlotDraft { prices: Some(list.id), ..seated_draft("Faust", hall) };
    let slot = cinema.slot_of(&draft).await;
    let buy = |seats: &str, code: &str| BookingRequest {
        selection: with_code(named(seats), code),
        payment: Some(at_the_till()),
        ..request_of("Kim", slot, 1)
    };
    let party = cinema.ask(buy("A01 A02 A03", "SPRING"), NOW).await.unwrap();
    cinema.cancel(party.tickets()[0].id()).await.unwrap();
    // To other seats of the slot, which is no other use of the promotion.
    let tickets = Tickets::One(party.tickets()[1].id());
    let (target, seats) = (Target::Slot(slot), Some(named("C15")));
    let request = ticketly_domain::MoveRequest { tickets, target, selection: seats, key: None };
    cinema.ticketing.move_tickets(request, NOW, &mut cinema.rng).await.unwrap();
    let gift = BookingRequest { payment: None, ..buy("B01 B02", "GIFT") };
    cinema.ask(gift, NOW).await.unwrap();
    block(&mut cinema, slot, ["C25", "D01"], Some(Release::At(minutes(110)))).await;
    block(&mut cinema, slot, ["A110", "Z1"], None).await;

    let mut shop = Shop::at(cinema);
    let hold = |seats: &str, code: &str| HoldRequest {
        selection: with_code(named(seats), code),
        target: Target::Slot(slot),
        key: Some(idempotency(&format!("hold {code}").replace(' ', "-"))),
    };
    // Paid online, and then canceled in part.
    let (_, payment) = shop.started(slot, named("B05 B06"), NOW).await;
    shop.notify_paid(&payment, minutes(1)).await;
    shop.work(minutes(2)).await;
    let paid = shop.booking_of(payment.id).await;
    shop.cinema.ticketing.cancel(paid.tickets()[0].id(), None, minutes(3)).await.unwrap();
    shop.work(minutes(4)).await;
    // Started, and never paid.
    shop.started(slot, named("B07"), NOW).await;
    // One lapses, with its use of a promotion; one is given up; one is held.
    shop.cinema.hold_of(hold("B08", "SPRING"), NOW).await.unwrap();
    let given_up = shop.cinema.hold_seats(slot, "B09", NOW).await.unwrap();
    shop.cinema.ticketing.release(given_up.id(), None, minutes(1)).await.unwrap();
    shop.work_from(minutes(10), minutes(12)).await;
    shop.cinema.store().lapse_holds(slot, minutes(25)).await.unwrap();
    shop.cinema.hold_of(hold("D05 D06", "GIFT"), minutes(26)).await.unwrap();
    let mut cinema = shop.cinema;
    // A booking of the other slot without a plan, which was a hold.
    let plain = cinema.slot_of(&priced_draft("Vampyr", 40, &list)).await;
    let confirmed = cinema.hold(plain, 2, minutes(26)).await.unwrap();
    let paid = ticketly_domain::ConfirmRequest { payment: Some(at_the_till()), ..confirmation(person("Noor"), None) };
    cinema.ticketing.confirm(confirmed.id(), paid, minutes(27)).await.unwrap();
    (cinema, slot)
}

fn with_code(selection: Selection, code: &str) -> Selection {
    Selection { promotion: Some(code.parse::<PromotionCode>().unwrap()), ..selection }
}

async fn block(cinema: &mut Cinema, slot: SlotId, seats: [&str; 2], release: Option<Release>) {
    let seats = seats.map(|seat| SeatLabel::parse(seat).unwrap());
    let draft = BlockDraft::new(seats.into(), BlockReason::parse("House seats").unwrap(), release).unwrap();
    cinema.ticketing.block(slot, draft, NOW, &mut cinema.rng).await.unwrap();
}

/// A slot in an auditorium that is over, with free tickets, of which one was canceled long ago.
async fn expired(cinema: &mut Cinema, hall: &Auditorium) -> SlotId {
    let then = NOW - TimeDelta::days(201);
    let draft = on(-200, seated_draft("Nosferatu", hall));
    let slot = cinema.ticketing.schedule(&draft, then, &mut cinema.rng).await.unwrap().id();
    for (name, seats) in [("Ada", "A01 A02 A03"), ("Bo", "B01 B02")] {
        let request = BookingRequest { selection: named(seats), ..request_of(name, slot, 1) };
        let booking = cinema.ask(request, then).await.unwrap();
        cinema.ticketing.cancel(booking.tickets()[0].id(), None, then).await.unwrap();
    }
    cinema.expire_by(NOW - TimeDelta::days(100)).await;
    let rules = Rules::default();
    cinema.ticketing.archive(then + rules.archive_after + TimeDelta::hours(1)).await.unwrap();
    slot
}

/// A slot of which expiry has done some bookings.
async fn expiring(cinema: &mut Cinema) -> SlotId {
    let then = NOW - TimeDelta::days(4);
    let slot = cinema.ticketing.schedule(&on(-3, draft("Metropolis", 90)), then, &mut cinema.rng).await.unwrap().id();
    for guest in 0..9 {
        let request = request_of(&format!("Guest {guest}"), slot, 2);
        cinema.ask(request, then).await.unwrap();
    }
    let sweep = Sweep { due_by: NOW - TimeDelta::days(1), at: NOW, limit: 4 };
    assert!(cinema.store().expire(&sweep).await.unwrap().more);
    slot
}

/// Two canceled slots: one that is worked off, and one of which nobody has begun to cancel the bookings.
async fn canceled(cinema: &mut Cinema, hall: &Auditorium) -> (SlotId, SlotId) {
    let list = cinema.price_list("Matinee", "990, adult").await;
    let mut slots = Vec::new();
    for day in [1, 2] {
        let draft = SlotDraft { prices: Some(list.id), ..on(day, seated_draft("Faust", hall)) };
        let slot = cinema.slot_of(&draft).await;
        let request = BookingRequest { selection: named("A01 A02"), ..request_of("Lee", slot, 1) };
        let paid = BookingRequest { payment: Some(at_the_till()), ..request };
        cinema.ask(paid, NOW).await.unwrap();
        cinema.hold_seats(slot, "B05", minutes(26)).await.unwrap();
        cinema.ticketing.cancel_slot(slot, canceled_at()).await.unwrap();
        slots.push(slot);
    }
    cinema.ticketing.continue_cancellation(slots[0], canceled_at()).await.unwrap();
    (slots[0], slots[1])
}

fn canceled_at() -> DateTime<Utc> {
    minutes(28)
}

/// A slot that takes place in a smaller auditorium.
async fn moved(cinema: &mut Cinema, halls: &[Auditorium; 2]) -> (SlotId, SlotId) {
    let slot = cinema.slot_of(&on(3, seated_draft("Orphée", &halls[0]))).await;
    for (name, seats) in [("Max", "A01 A02"), ("Ute", "C11 C12 C13")] {
        let request = BookingRequest { selection: named(seats), ..request_of(name, slot, 1) };
        cinema.ask(request, NOW).await.unwrap();
    }
    let request = ReseatRequest { auditorium: halls[1].id, prices: None };
    let begun = cinema.ticketing.reseat(slot, request, minutes(28), &mut cinema.rng).await.unwrap();
    cinema.ticketing.continue_reseating(slot, minutes(29), &mut cinema.rng).await.unwrap();
    (slot, begun.target)
}
