//! Erased names and telephone numbers are in no item and in no index.

use std::sync::Arc;

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use ticketly_domain::{
    Action, BookingRequest, Change, Channel, ConfirmRequest, HoldRequest, PaymentMethod, PhoneNumber, RefundQuery,
    RefundState, Target, Ticketing, Tickets, TillPayment, UserName,
};
use ticketly_dynamo_tests::Engine;
use ticketly_store_contract::{Cinema, NOW, Subject, draft, priced_draft, request, seats_of};

/// The people, each with a name and a number of their own.
const PEOPLE: [(&str, &str); 5] = [
    ("Amalia Quandt-Booker", "4915500000101"),
    ("Bertram Quandt-Payer", "4915500000202"),
    ("Cordula Quandt-Mover", "4915500000303"),
    ("Dietmar Quandt-Seated", "4915500000404"),
    ("Edeltraud Quandt-Holder", "4915500000505"),
];

fn person(number: usize) -> (UserName, PhoneNumber) {
    let (name, phone) = PEOPLE[number];
    (UserName::parse(name).unwrap(), PhoneNumber::parse(phone).unwrap())
}

fn order(number: usize, request: BookingRequest) -> BookingRequest {
    let (user_name, phone) = person(number);
    BookingRequest { user_name, phone, ..request }
}

/// Returns which names, numbers and identifiers are in items of the table or of one of its indexes.
async fn found(engine: &Engine, secrets: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for index in [None, Some("users"), Some("due")] {
        let scanned = engine.client().scan().table_name(engine.table()).set_index_name(index.map(str::to_owned));
        let scanned = scanned.send().await.unwrap();
        assert!(scanned.last_evaluated_key().is_none(), "one page");
        for item in scanned.items.unwrap() {
            let text = format!("{item:?}");
            let inside = secrets.iter().filter(|secret| text.contains(secret.as_str()));
            found.extend(inside.map(|secret| format!("{secret} in {index:?}")));
        }
    }
    found
}

async fn cancel(ticketing: &Ticketing, booking: &ticketly_domain::Booking) {
    let tickets = Tickets::OfBooking { id: booking.id(), tickets: None };
    ticketing.cancel_tickets(tickets, None, NOW).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_was_erased_is_in_any_item() {
    let engine = Arc::new(Engine::with_table().await);
    let opened = Arc::clone(&engine);
    let open = move || {
        let engine = Arc::clone(&opened);
        async move { engine.store(500).await }
    };
    let mut cinema = Cinema::over(Subject::opened(open).await).await;
    let (slot, other) = (cinema.slot(20).await, cinema.slot_of(&draft("Faust", 20)).await);
    let hall = cinema.seated("legend . standard\nrow A 1 1 ......").await;
    let list = cinema.price_list("Evening", "1000, adult").await;
    let priced = cinema.slot_of(&priced_draft("Sunrise", 20, &list)).await;
    let office = cinema.ticketing.through(Channel::BoxOffice);
    let rng = &mut StdRng::seed_from_u64(5);

    let booked = office.book(order(0, request(slot, 2)), NOW, rng).await.unwrap();
    let payment = Some(TillPayment { method: PaymentMethod::Cash, reference: None });
    let paid = office.book(BookingRequest { payment, ..order(1, request(priced, 2)) }, NOW, rng).await.unwrap();
    let moved = office.book(order(2, request(slot, 1)), NOW, rng).await.unwrap();
    let new = office.move_ticket(moved.tickets()[0].id(), Target::Slot(other), None, NOW, rng).await.unwrap();
    let seated = office.book(order(3, request(hall, 2)), NOW, rng).await.unwrap();
    assert_eq!(seats_of(&seated).split(' ').count(), 2);
    let wish = HoldRequest { selection: request(slot, 1).selection, target: Target::Slot(slot), key: None };
    let held = office.hold(wish, NOW, rng).await.unwrap();
    let (user_name, phone) = person(4);
    let held =
        office.confirm(held.id(), ConfirmRequest { user_name, phone, payment: None, key: None }, NOW).await.unwrap();

    let users = [&booked, &paid, &moved, &seated, &held].map(|booking| booking.user().unwrap().id.to_string());
    let names = PEOPLE.iter().flat_map(|(name, phone)| [(*name).to_owned(), (*phone).to_owned()]);
    let secrets: Vec<String> = names.chain(users).collect();
    let before = found(&engine, &secrets).await;
    assert!(secrets.iter().all(|secret| before.iter().any(|place| place.starts_with(secret))), "{before:?}");

    for booking in [&booked, &paid, &seated, &held] {
        cancel(&office, booking).await;
    }
    office.cancel(new.new.id(), None, NOW).await.unwrap();
    let query = RefundQuery { state: RefundState::Due, after: None, limit: ticketly_domain::PageSize::LARGEST };
    for refund in office.refunds(&query).await.unwrap().items {
        office.complete_refund(refund.id, NOW).await.unwrap();
    }
    for (number, (bookings, payments)) in [(1, 0), (1, 1), (2, 0), (1, 0), (1, 0)].into_iter().enumerate() {
        let (name, phone) = person(number);
        let erased = office.erase(name, phone, NOW).await.unwrap();
        assert_eq!((erased.bookings, erased.payments, erased.kept.len()), (bookings, payments, 0), "{number}");
    }
    assert_eq!(found(&engine, &secrets).await, Vec::<String>::new());
    // A booking that is erased is no hold that has ended: nothing deletes it.
    let change = Change { booking: held.key(), action: Action::Erase, at: NOW, idempotency: None };
    assert!(!cinema.store().change(&change).await.unwrap().is_unconfirmed());
    assert_eq!(cinema.bookings(slot).await.len(), 3);
}
