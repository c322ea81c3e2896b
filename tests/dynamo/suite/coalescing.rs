//! Bookings of one slot that come at once share transactions.

use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_domain::{
    BookingRequest, Capacity, Genre, PhoneNumber, Selection, SlotDescription, SlotDetails, SlotDraft, SlotName,
    SlotType, Target, TicketCount, UserName,
};
use ticketly_dynamo_tests::{Engine, patiently};
use ticketly_store_contract::Subject;
use ticketly_store_contract::{Cinema, NOW, SHOW_END, SHOW_START};

#[tokio::test(flavor = "multi_thread")]
async fn a_rush_on_one_slot_is_far_fewer_transactions_than_bookings() {
    let engine = Engine::that_tells_charges().await;
    let (client, meter) = engine.metered();
    let subject = Subject::resident(engine.store_by(&client, &patiently(500)).await);
    let mut cinema = Cinema::over(subject).await;
    let draft = SlotDraft {
        name: SlotName::parse("Skyfall").unwrap(),
        start: SHOW_START,
        end: SHOW_END,
        details: SlotDetails {
            description: SlotDescription::default(),
            slot_type: SlotType::Movie,
            genre: Genre::Action,
        },
        capacity: Capacity::new(400).unwrap(),
    };
    let slot = cinema.slot_of(&draft).await;
    cinema.book(slot, 1).await.unwrap();
    let (before, ticketing) = (meter.bill(), Arc::new(cinema.ticketing.clone()));
    let buyers: Vec<_> = (0..300)
        .map(|number| {
            let ticketing = Arc::clone(&ticketing);
            let request = BookingRequest {
                user_name: UserName::parse(&format!("Buyer {number}")).unwrap(),
                phone: PhoneNumber::parse("9653864514").unwrap(),
                selection: Selection::Any(TicketCount::ONE),
                target: Target::Slot(slot),
                key: None,
            };
            tokio::spawn(async move { ticketing.book(request, NOW, &mut StdRng::seed_from_u64(number)).await.unwrap() })
        })
        .collect();
    for buyer in buyers {
        buyer.await.unwrap();
    }
    let bill = meter.bill() - before;
    assert!((300 / 45..=100).contains(&bill.writes), "{bill:?}");
    assert!(bill.write_units < 300.0 * 4.0, "the seats are written once a batch: {bill:?}");
    assert_eq!((cinema.balanced(slot).await, bill.reads), (301, 0));
}
