//! Price lists with their versions, and slots with prices.

use chrono::TimeDelta;
use ticketly_domain::{
    Entity, Error, Invalid, PriceListId, PriceListName, PriceListVersion, PricesChange, Refusal, Revision, Sales,
    SingleSeats, SlotChange, SlotDescription, SlotDraft, SlotId, SlotQuery, StoredPriceList, TicketSlot,
};

use crate::Cinema;
use crate::cinema::{
    NOW, SHOW_END, SHOW_START, draft, keyed, minutes, priced_draft, prices, race, refused, request, request_of, rng,
    seated_draft, skyfall, split, store_refused, taken,
};

const HALL: &str = "legend . standard\nlegend L lounge\nrow A 1 1 .....\nrow B 1 1 .....\nrow C 1 1 LLLL\n";
const EVENING: &str = "1210, adult\n810, child\n1660, adult, lounge";

/// Gives a slot the newest version of a list.
async fn set(cinema: &Cinema, slot: SlotId, list: PriceListId) -> Result<TicketSlot, Error> {
    let prices = Some(PricesChange::List(list));
    cinema.ticketing.change_slot(slot, SlotChange::default(), None, prices, NOW).await
}

async fn make_free(cinema: &Cinema, slot: SlotId) -> Result<TicketSlot, Error> {
    cinema.ticketing.change_slot(slot, SlotChange::default(), None, Some(PricesChange::Free), NOW).await
}

fn closed() -> SlotChange {
    SlotChange { sales: Some(Sales::Closed), ..SlotChange::default() }
}

/// Returns which version of which list a slot has.
async fn pinned(cinema: &Cinema, slot: SlotId) -> Option<(PriceListId, u32)> {
    let slot = cinema.ticketing.slot(slot).await.unwrap();
    slot.prices().map(|prices| (prices.id, prices.version.0))
}

#[track_caller]
fn unfit<T: std::fmt::Debug>(outcome: Result<T, Error>) -> String {
    match outcome {
        Err(Error::Invalid(invalid) | Error::Refused(Refusal::Invalid(invalid))) => {
            let Invalid { field, reason } = invalid;
            assert_eq!(field, "priceListId");
            reason
        }
        other => panic!("expected an invalid list, not {other:?}"),
    }
}

pub async fn a_price_list_is_kept_with_every_version_of_its_prices(mut cinema: Cinema) {
    let weekday = cinema.price_list("Weekday", EVENING).await;
    let weekend = cinema.price_list("Weekend", "1490, adult").await;
    assert_eq!((weekday.version, weekend.name.as_str()), (PriceListVersion::FIRST, "Weekend"));
    let dearer = prices("1310, adult\n890, child");
    let second = cinema.ticketing.replace_prices(weekday.id, &dearer).await.unwrap();
    assert_eq!((second.version.0, &second.list, second.name.as_str()), (2, &dearer, "Weekday"));
    let same = cinema.ticketing.replace_prices(weekday.id, &dearer).await.unwrap();
    assert_eq!(same, second, "the same prices again change nothing");
    let same_id = StoredPriceList { name: weekend.name.clone(), ..second.clone() };
    taken(cinema.store().add_price_list(&same_id).await);

    let cinema = cinema.reopened().await;
    let mut both = vec![second.clone(), weekend.clone()];
    both.sort_by_key(|list| list.id);
    assert_eq!(cinema.ticketing.price_lists().await.unwrap(), both);
    assert_eq!(cinema.ticketing.price_list(weekday.id).await.unwrap(), second);
    for (version, expected) in [(1, &weekday), (2, &second)] {
        let found = cinema.ticketing.price_list_at(weekday.id, PriceListVersion(version)).await.unwrap();
        assert_eq!(&found, expected, "a version never changes");
    }
    let missing = cinema.ticketing.price_list_at(weekday.id, PriceListVersion(3)).await;
    assert_eq!(refused(missing), Refusal::Unknown(Entity::Prices));
    let unknown = PriceListId::mint(NOW, &mut rng(1));
    assert_eq!(refused(cinema.ticketing.price_list(unknown).await), Refusal::Unknown(Entity::PriceList));
    let replaced = cinema.ticketing.replace_prices(unknown, &dearer).await;
    assert_eq!(refused(replaced), Refusal::Unknown(Entity::PriceList));
}

pub async fn racing_prices_each_get_a_version_of_their_own(mut cinema: Cinema) {
    let list = cinema.price_list("Weekday", EVENING).await;
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(8, |number| {
        let ticketing = ticketing.clone();
        async move { ticketing.replace_prices(list.id, &prices(&format!("{}, adult", 1000 + number))).await }
    });
    let (replaced, refusals) = split(outcomes.await);
    assert_eq!(refusals, []);
    let mut versions: Vec<_> = replaced.iter().map(|list| list.version.0).collect();
    versions.sort_unstable();
    assert_eq!(versions, (2..=9).collect::<Vec<_>>());
    let cinema = cinema.reopened().await;
    for stored in replaced {
        assert_eq!(cinema.store().prices(list.id, stored.version).await.unwrap(), Some(stored.list));
    }
    assert_eq!(cinema.ticketing.price_list(list.id).await.unwrap().version.0, 9);
}

pub async fn there_are_limits_to_price_lists_and_their_versions(mut cinema: Cinema) {
    let full = StoredPriceList {
        id: PriceListId::mint(NOW, &mut cinema.rng),
        name: PriceListName::parse("Often corrected").unwrap(),
        version: PriceListVersion::MAX,
        list: prices("990, adult"),
    };
    cinema.store().add_price_list(&full).await.unwrap();
    let replaced = cinema.ticketing.replace_prices(full.id, &prices("995, adult")).await;
    assert_eq!(refused(replaced), Refusal::TooManyPrices { limit: 1000 });
    assert_eq!(cinema.ticketing.replace_prices(full.id, &full.list).await.unwrap(), full);
    for number in 2..=StoredPriceList::MAX {
        cinema.price_list(&format!("List {number}"), EVENING).await;
    }
    let another = StoredPriceList { id: PriceListId::mint(NOW, &mut cinema.rng), ..full };
    let refusal = store_refused(cinema.store().add_price_list(&another).await);
    assert_eq!(refusal, Refusal::TooManyPriceLists { limit: 100 });
    assert_eq!(cinema.ticketing.price_lists().await.unwrap().len(), 100);
}

pub async fn a_slot_keeps_the_prices_that_it_got(mut cinema: Cinema) {
    let weekday = cinema.price_list("Weekday", EVENING).await;
    let matinee = cinema.price_list("Matinee", "710, adult\n460, child").await;
    let auditorium = cinema.auditorium(HALL, SingleSeats::Refused).await;
    let plain = cinema.slot_of(&priced_draft("Skyfall", 30, &weekday)).await;
    let seated = SlotDraft { prices: Some(weekday.id), ..seated_draft("Skyfall", &auditorium) };
    let seated = cinema.slot_of(&seated).await;
    let free = cinema.slot(9).await;
    cinema.ticketing.replace_prices(weekday.id, &prices("1390, adult")).await.unwrap();

    let cinema = cinema.reopened().await;
    let listed = cinema.ticketing.slots(&SlotQuery::default(), NOW).await.unwrap().items;
    for slot in [plain, seated] {
        let found = cinema.ticketing.slot(slot).await.unwrap();
        assert_eq!(found.prices().map(|prices| &prices.list), Some(&weekday.list), "as it was scheduled");
        assert!(listed.contains(&found), "a list shows the prices too");
        let description = Some(SlotDescription::parse("Described anew").unwrap());
        let described =
            SlotChange { description, start: Some(SHOW_START + TimeDelta::minutes(5)), ..Default::default() };
        cinema.ticketing.change_slot(slot, described, None, None, NOW).await.unwrap();
        assert_eq!(pinned(&cinema, slot).await, Some((weekday.id, 1)));
        let newest = set(&cinema, slot, weekday.id).await.unwrap();
        assert_eq!((newest.revision(), pinned(&cinema, slot).await), (Revision(2), Some((weekday.id, 2))));
        assert_eq!(set(&cinema, slot, weekday.id).await.unwrap().revision(), Revision(2), "nothing changed");
        let other = set(&cinema, slot, matinee.id).await.unwrap();
        assert_eq!(other.prices().unwrap().list, matinee.list);
    }
    assert_eq!(pinned(&cinema, free).await, None);
    let cinema = cinema.reopened().await;
    for slot in [plain, seated] {
        let found = cinema.ticketing.slot(slot).await.unwrap();
        assert_eq!((found.revision(), pinned(&cinema, slot).await), (Revision(3), Some((matinee.id, 1))));
    }
}

pub async fn a_slot_becomes_free_or_gets_prices_until_it_is_booked(mut cinema: Cinema) {
    let list = cinema.price_list("Weekday", EVENING).await;
    for slot in [cinema.slot(9).await, cinema.seated(HALL).await] {
        assert_eq!(set(&cinema, slot, list.id).await.unwrap().revision(), Revision(1));
        assert_eq!(refused(cinema.book(slot, 2).await), Refusal::PaymentRequired);
        assert_eq!(make_free(&cinema, slot).await.unwrap().prices(), None);
        assert_eq!(pinned(&cinema, slot).await, None);
        let booking = cinema.book(slot, 2).await.unwrap();
        for ticket in booking.tickets() {
            cinema.cancel(ticket.id()).await.unwrap();
        }
        assert_eq!(refused(set(&cinema, slot, list.id).await), Refusal::SlotBooked, "although all is canceled");
        assert_eq!(make_free(&cinema, slot).await.unwrap().revision(), Revision(2), "it is free already");
    }
    let unknown = PriceListId::mint(NOW, &mut rng(2));
    let slot = cinema.slot(9).await;
    assert_eq!(refused(set(&cinema, slot, unknown).await), Refusal::Unknown(Entity::PriceList));
    let scheduled = SlotDraft { prices: Some(unknown), ..draft("Skyfall", 9) };
    let scheduled = cinema.ticketing.schedule(&scheduled, NOW, &mut cinema.rng).await;
    assert_eq!(refused(scheduled), Refusal::Unknown(Entity::PriceList));
    cinema.expire_by(SHOW_END).await;
    assert_eq!(refused(set(&cinema, slot, list.id).await), Refusal::SlotEnded);
}

pub async fn prices_must_fit_the_seats(mut cinema: Cinema) {
    let (lounge, all) =
        (cinema.price_list("Lounge", "1660, adult, lounge").await, cinema.price_list("All", EVENING).await);
    let hall = cinema.auditorium(HALL, SingleSeats::Refused).await;
    let studio = cinema.auditorium("legend . standard\nrow A 1 1 ....\n", SingleSeats::Refused).await;
    let before = cinema.everything().await;
    let plain = SlotDraft { prices: Some(lounge.id), ..draft("Skyfall", 9) };
    let seated = SlotDraft { prices: Some(lounge.id), ..seated_draft("Skyfall", &hall) };
    for (draft, part) in [(plain, "for all zones"), (seated, "no price in zone standard")] {
        let reason = unfit(cinema.ticketing.schedule(&draft, NOW, &mut cinema.rng).await);
        assert!(reason.contains(part), "{reason}");
    }
    assert_eq!(cinema.everything().await, before);

    let slot = cinema.slot_of(&SlotDraft { prices: Some(all.id), ..seated_draft("Skyfall", &hall) }).await;
    let reason = unfit(set(&cinema, slot, lounge.id).await);
    assert!(reason.contains("no price in zone standard"), "{reason}");
    let moved = cinema.ticketing.change_slot(slot, SlotChange::default(), Some(studio.id), None, NOW).await;
    let reason = unfit(moved);
    assert!(reason.contains("a price in zone lounge"), "{reason}");
    assert_eq!((pinned(&cinema, slot).await, cinema.available(slot).await), (Some((all.id, 1)), 14));
    let plain = cinema.price_list("Plain", "1110, adult").await.id;
    let prices = Some(PricesChange::List(plain));
    cinema.ticketing.change_slot(slot, SlotChange::default(), Some(studio.id), prices, NOW).await.unwrap();
    assert_eq!((pinned(&cinema, slot).await, cinema.available(slot).await), (Some((plain, 1)), 4));
}

pub async fn a_slot_with_prices_is_not_booked_without_payment(mut cinema: Cinema) {
    let list = cinema.price_list("Weekday", EVENING).await;
    let hall = cinema.auditorium(HALL, SingleSeats::Refused).await;
    let plain = cinema.slot_of(&priced_draft("Skyfall", 7, &list)).await;
    let seated = cinema.slot_of(&SlotDraft { prices: Some(list.id), ..seated_draft("Spectre", &hall) }).await;
    let before = cinema.everything().await;
    for _ in 0..2 {
        for slot in [plain, seated] {
            assert_eq!(refused(cinema.book(slot, 3).await), Refusal::PaymentRequired);
        }
        assert_eq!(refused(cinema.book_seats(seated, "C1 C2").await), Refusal::PaymentRequired);
        assert_eq!(
            refused(cinema.book(plain, 8).await),
            Refusal::SoldOut { available: 7 },
            "it has no such seats anyway"
        );
        let once = keyed("one-booking", request(plain, 1));
        assert_eq!(refused(cinema.ask(once, NOW).await), Refusal::PaymentRequired);
        cinema.at_the_box_office();
    }
    assert_eq!(cinema.everything().await, before);
    cinema.ticketing.change_slot(plain, closed(), None, None, NOW).await.unwrap();
    assert_eq!(refused(cinema.book(plain, 1).await), Refusal::SalesClosed);
}

pub async fn no_ticket_moves_into_a_slot_with_prices(mut cinema: Cinema) {
    let list = cinema.price_list("Weekday", EVENING).await;
    let hall = cinema.auditorium(HALL, SingleSeats::Refused).await;
    let plain = cinema.slot_of(&priced_draft("Spectre", 7, &list)).await;
    let seated = cinema.slot_of(&SlotDraft { prices: Some(list.id), ..seated_draft("Spectre", &hall) }).await;
    let elsewhere = cinema.slot(3).await;
    let ticket = cinema.ticket(elsewhere).await.id();
    let before = cinema.everything().await;
    for slot in [plain, seated] {
        assert_eq!(refused(cinema.shift(ticket, slot).await), Refusal::PaymentRequired);
        let once = cinema.shift_once("one-move", ticket, slot, NOW).await;
        assert_eq!(refused(once), Refusal::PaymentRequired);
    }
    cinema.at_the_box_office();
    assert_eq!(refused(cinema.shift(ticket, plain).await), Refusal::PaymentRequired);
    assert_eq!(cinema.everything().await, before);
}

pub async fn by_name_and_start_a_free_slot_is_booked_before_one_with_prices(mut cinema: Cinema) {
    let list = cinema.price_list("Weekday", EVENING).await;
    let (first, second) = cinema.twins(4).await;
    for (priced, free) in [(first, second), (second, first)] {
        make_free(&cinema, free).await.unwrap();
        set(&cinema, priced, list.id).await.unwrap();
        let draft = cinema.minted(skyfall(), 1).await;
        let slots = cinema.ticketing.slots_of(&skyfall()).await.unwrap();
        assert_eq!(draft.allocate(&slots, None, None).unwrap().booking.key().slot, free);
    }
    assert_eq!(cinema.book(skyfall(), 3).await.unwrap().key().slot, first);
    assert_eq!(refused(cinema.book(skyfall(), 2).await), Refusal::PaymentRequired, "the free slot has one seat left");
    assert_eq!(refused(cinema.book(skyfall(), 5).await), Refusal::SoldOut { available: 4 });
    assert_eq!(cinema.book(skyfall(), 1).await.unwrap().key().slot, first);
    assert_eq!(cinema.balanced(first).await, 4);
    assert_eq!(cinema.balanced(second).await, 0);
    let ticket = cinema.tickets(first).await[0].id();
    assert_eq!(refused(cinema.shift(ticket, skyfall()).await), Refusal::PaymentRequired);
    cinema.ticketing.change_slot(first, closed(), None, None, NOW).await.unwrap();
    assert_eq!(refused(cinema.book(skyfall(), 1).await), Refusal::PaymentRequired, "the other is on sale");
}

pub async fn of_racing_buyers_and_prices_one_comes_first(mut cinema: Cinema) {
    let list = cinema.price_list("Weekday", EVENING).await;
    for slot in [cinema.slot(30).await, cinema.seated(HALL).await] {
        let ticketing = cinema.ticketing.clone();
        let outcomes = race(12, |number| {
            let ticketing = ticketing.clone();
            async move {
                let who = format!("Buyer {number}");
                if number % 3 == 0 {
                    let prices = Some(PricesChange::List(list.id));
                    return ticketing.change_slot(slot, SlotChange::default(), None, prices, NOW).await.map(|_| None);
                }
                ticketing.book(request_of(&who, slot, 1), NOW, &mut rng(number)).await.map(Some)
            }
        });
        let (done, refusals) = split(outcomes.await);
        let booked = done.iter().flatten().count();
        let is_free = pinned(&cinema, slot).await.is_none();
        assert_eq!(is_free, booked > 0, "nobody books a slot with prices, and no booked slot gets them");
        let expected = if is_free { Refusal::SlotBooked } else { Refusal::PaymentRequired };
        assert_eq!(refusals, vec![expected; refusals.len()]);
        assert_eq!(cinema.balanced(slot).await, u32::try_from(booked).unwrap());
    }
}

pub async fn a_held_slot_stays_free_until_the_hold_lapses(mut cinema: Cinema) {
    let list = cinema.price_list("Weekday", EVENING).await;
    for slot in [cinema.slot(9).await, cinema.seated(HALL).await] {
        cinema.hold(slot, 2, NOW).await.unwrap();
        assert_eq!(refused(set(&cinema, slot, list.id).await), Refusal::SlotBooked);
        let prices = Some(PricesChange::List(list.id));
        cinema.ticketing.change_slot(slot, SlotChange::default(), None, prices, minutes(11)).await.unwrap();
        assert_eq!(pinned(&cinema, slot).await, Some((list.id, 1)));
        let hold = cinema.hold(slot, 2, minutes(12)).await;
        assert!(matches!(refused(hold), Refusal::Invalid(Invalid { field: "ticketTypes", .. })));
    }
}

pub async fn by_name_and_start_lapsed_seats_are_booked_before_those_with_prices(mut cinema: Cinema) {
    let list = cinema.price_list("Weekday", EVENING).await;
    let (first, second) = cinema.twins(2).await;
    set(&cinema, first, list.id).await.unwrap();
    cinema.hold(second, 2, NOW).await.unwrap();
    assert_eq!(refused(cinema.ask(request(skyfall(), 2), minutes(9)).await), Refusal::PaymentRequired);
    assert_eq!(cinema.ask(request(skyfall(), 2), minutes(10)).await.unwrap().key().slot, second);
}
