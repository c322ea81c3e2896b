//! Corrections of slots, and the sale that the cinema closes and reopens.

use chrono::TimeDelta;
use ticketly_domain::{
    Capacity, Entity, Error, Genre, Refusal, Revision, Sales, SingleSeats, SlotChange, SlotDescription, SlotDraft,
    SlotId, SlotName, SlotQuery, Target, TicketSlot,
};

use crate::Cinema;
use crate::cinema::{
    NOW, SHOW_END, SHOW_START, draft, minutes, race, refused, request_of, rng, seated_draft, skyfall, split,
};

const STUDIO: &str = "legend . standard\nrow A 1 1 ....\nrow B 1 1 ....\n";

fn renamed(name: &str) -> SlotChange {
    SlotChange { name: Some(SlotName::parse(name).unwrap()), ..SlotChange::default() }
}

fn described(text: &str) -> SlotChange {
    SlotChange {
        description: Some(SlotDescription::parse(text).unwrap()),
        genre: Some(Genre::Saga),
        ..SlotChange::default()
    }
}

fn sale(sales: Sales) -> SlotChange {
    SlotChange { sales: Some(sales), ..SlotChange::default() }
}

async fn change(cinema: &Cinema, slot: SlotId, change: SlotChange) -> Result<TicketSlot, Error> {
    cinema.ticketing.change_slot(slot, change, None, None, NOW).await
}

async fn listed(cinema: &Cinema, query: SlotQuery) -> Vec<SlotId> {
    cinema.ticketing.slots(&query, NOW).await.unwrap().items.iter().map(TicketSlot::id).collect()
}

pub async fn a_slot_that_nobody_booked_is_corrected_everywhere(mut cinema: Cinema) {
    let auditorium = cinema.auditorium(STUDIO, SingleSeats::Refused).await;
    let slots = [cinema.slot(9).await, cinema.slot_of(&seated_draft("Skyfall", &auditorium)).await];
    for slot in slots {
        let (start, end) = (SHOW_START + TimeDelta::hours(1), SHOW_END + TimeDelta::hours(2));
        let all = SlotChange { start: Some(start), end: Some(end), ..described("Later") };
        let changed = change(&cinema, slot, SlotChange { name: renamed("Spectre").name, ..all }).await.unwrap();
        assert_eq!((changed.showing().name().as_str(), changed.showing().start()), ("Spectre", start));
        assert_eq!((changed.details().description.as_str(), changed.details().genre), ("Later", Genre::Saga));
        assert_eq!(changed.revision(), Revision(1));
    }
    let cinema = cinema.reopened().await;
    let names = |name: &str| SlotQuery { name: renamed(name).name, ..SlotQuery::default() };
    let genres = |genre| SlotQuery { genre: Some(genre), ..SlotQuery::default() };
    for query in [names("Skyfall"), genres(Genre::Action)] {
        assert_eq!(listed(&cinema, query).await, []);
    }
    for query in [names("Spectre"), genres(Genre::Saga), SlotQuery::default()] {
        assert_eq!(listed(&cinema, query).await, slots);
    }
    assert_eq!(
        cinema.ticketing.slots_of(&skyfall()).await.map(drop).map_err(|error| refused::<()>(Err(error))),
        Err(Refusal::Unknown(Entity::Slot))
    );
    for slot in slots {
        let found = cinema.ticketing.slot(slot).await.unwrap();
        assert_eq!(
            (found.showing().name().as_str(), found.showing().end()),
            ("Spectre", SHOW_END + TimeDelta::hours(2))
        );
    }
}

pub async fn a_booked_slot_keeps_its_showing(mut cinema: Cinema) {
    for slot in [cinema.slot(9).await, cinema.seated(STUDIO).await] {
        let booking = cinema.book(slot, 2).await.unwrap();
        for ticket in booking.tickets() {
            cinema.cancel(ticket.id()).await.unwrap();
        }
        let later = SlotChange { start: Some(SHOW_START + TimeDelta::minutes(1)), ..SlotChange::default() };
        for wanted in [renamed("Spectre"), later] {
            assert_eq!(refused(change(&cinema, slot, wanted).await), Refusal::SlotBooked, "although all is canceled");
        }
        let changed = change(&cinema, slot, described("Newly described")).await.unwrap();
        assert_eq!((changed.details().genre, changed.revision()), (Genre::Saga, Revision(1)));
        let same = change(&cinema, slot, described("Newly described")).await.unwrap();
        assert_eq!(same.revision(), Revision(1), "nothing changed");
        let found = cinema.ticketing.slot(slot).await.unwrap();
        assert_eq!((found.details().description.as_str(), found.revision()), ("Newly described", Revision(1)));
        cinema.book(slot, 2).await.unwrap();
        assert_eq!(cinema.balanced(slot).await, 2);
    }
}

pub async fn a_closed_sale_sells_nothing_and_keeps_its_tickets(mut cinema: Cinema) {
    let (plain, seated) = (cinema.slot(9).await, cinema.seated(STUDIO).await);
    cinema.at_the_box_office();
    for slot in [plain, seated] {
        let ticket = cinema.ticket(slot).await;
        assert_eq!(change(&cinema, slot, sale(Sales::Closed)).await.unwrap().sales(), Sales::Closed);
        assert_eq!(refused(cinema.book(slot, 1).await), Refusal::SalesClosed);
        let elsewhere = cinema.slot_of(&draft("Elsewhere", 3)).await;
        let other = cinema.ticket(elsewhere).await;
        assert_eq!(refused(cinema.shift(other.id(), slot).await), Refusal::SalesClosed);
        assert_eq!(cinema.ticketing.ticket(&ticket.id()).await.unwrap(), ticket);
        cinema.cancel(ticket.id()).await.unwrap();
        assert_eq!(change(&cinema, slot, sale(Sales::Open)).await.unwrap().sales(), Sales::Open);
        cinema.book(slot, 2).await.unwrap();
        assert_eq!(cinema.balanced(slot).await, 2);
    }
    let cinema = cinema.reopened().await;
    for slot in [plain, seated] {
        assert_eq!(cinema.ticketing.slot(slot).await.unwrap().revision(), Revision(2));
    }
}

pub async fn by_name_and_start_a_closed_sale_is_passed_over(mut cinema: Cinema) {
    let (first, second) = cinema.twins(5).await;
    change(&cinema, first, sale(Sales::Closed)).await.unwrap();
    assert_eq!(cinema.book(skyfall(), 3).await.unwrap().key().slot, second);
    assert_eq!(refused(cinema.book(skyfall(), 3).await), Refusal::SoldOut { available: 2 });
    change(&cinema, second, sale(Sales::Closed)).await.unwrap();
    assert_eq!(refused(cinema.book(skyfall(), 1).await), Refusal::SalesClosed);
}

pub async fn reopening_does_not_reopen_what_expiry_closed(mut cinema: Cinema) {
    for slot in [cinema.slot(9).await, cinema.seated(STUDIO).await] {
        change(&cinema, slot, sale(Sales::Closed)).await.unwrap();
        assert_eq!(cinema.expire_by(SHOW_END).await, 0);
        change(&cinema, slot, sale(Sales::Open)).await.unwrap();
        let minted = cinema.minted(slot, 1).await;
        let refusal = crate::cinema::store_refused(cinema.store().book(&minted).await);
        assert_eq!(refusal, Refusal::SlotEnded);
        assert_eq!(refused(change(&cinema, slot, renamed("Spectre")).await), Refusal::SlotEnded);
    }
}

pub async fn a_corrected_showing_needs_its_auditorium_free(mut cinema: Cinema) {
    let auditorium = cinema.auditorium(STUDIO, SingleSeats::Refused).await;
    let larger = cinema.auditorium("legend . standard\nrow A 1 1 .........\n", SingleSeats::Refused).await;
    let first = cinema.slot_of(&seated_draft("Skyfall", &auditorium)).await;
    let (start, end) = (SHOW_END + TimeDelta::hours(1), SHOW_END + TimeDelta::hours(2));
    let second = cinema.slot_of(&SlotDraft { start, end, ..seated_draft("Spectre", &auditorium) }).await;
    let times = |start, end| SlotChange { start: Some(start), end: Some(end), ..SlotChange::default() };
    let refusal = refused(change(&cinema, second, times(SHOW_END, end)).await);
    assert!(matches!(refusal, Refusal::AuditoriumOccupied { slot, .. } if slot == first), "{refusal:?}");
    let moved = change(&cinema, second, times(start + TimeDelta::minutes(5), end)).await.unwrap();
    assert_eq!(moved.id(), second, "its own time is not in its way");
    cinema.ticketing.change_slot(first, SlotChange::default(), Some(larger.id), None, NOW).await.unwrap();
    assert_eq!(cinema.available(first).await, 9);
    change(&cinema, second, times(SHOW_START, SHOW_END)).await.unwrap();
    let in_either = |auditorium: &ticketly_domain::Auditorium| {
        let (ticketing, id) = (cinema.ticketing.clone(), auditorium.id);
        async move {
            let showings = ticketing.timetable(id, NOW, NOW + TimeDelta::days(2)).await.unwrap();
            showings.iter().map(|showing| showing.id()).collect::<Vec<_>>()
        }
    };
    assert_eq!((in_either(&auditorium).await, in_either(&larger).await), (vec![second], vec![first]));
    let plain = cinema.slot(5).await;
    let error = cinema.ticketing.change_slot(plain, SlotChange::default(), Some(larger.id), None, NOW).await;
    assert!(matches!(refused(error), Refusal::Invalid(invalid) if invalid.field == "auditoriumId"));
    let unknown = SlotId::mint(NOW, &mut cinema.rng);
    assert_eq!(refused(change(&cinema, unknown, renamed("Spectre")).await), Refusal::Unknown(Entity::Slot));
    assert_eq!(cinema.ticketing.slot(plain).await.unwrap().seats().capacity(), Capacity::new(5).unwrap());
}

pub async fn corrections_race_with_buyers(mut cinema: Cinema) {
    for slot in [cinema.slot(30).await, cinema.seated(STUDIO).await] {
        let ticketing = cinema.ticketing.clone();
        let outcomes = race(12, |number| {
            let ticketing = ticketing.clone();
            async move {
                let who = format!("Buyer {number}");
                match number {
                    0..4 => ticketing
                        .change_slot(slot, renamed(&format!("Film {number}")), None, None, NOW)
                        .await
                        .map(|_| None),
                    4 => ticketing.change_slot(slot, sale(Sales::Closed), None, None, NOW).await.map(|_| None),
                    _ => ticketing.book(request_of(&who, slot, 1), NOW, &mut rng(number)).await.map(Some),
                }
            }
        });
        let (done, refusals) = split(outcomes.await);
        let name = cinema.ticketing.slot(slot).await.unwrap().showing().name().clone();
        for booking in done.iter().flatten() {
            assert_eq!(*booking.showing().name(), name, "nobody bought what was corrected afterwards");
        }
        for refusal in refusals {
            assert!(matches!(refusal, Refusal::SalesClosed | Refusal::SlotBooked), "{refusal:?}");
        }
        let target = Target::Slot(slot);
        assert_eq!(refused(cinema.ask(request_of("Late", target, 1), minutes(1)).await), Refusal::SalesClosed);
        let booked = u32::try_from(done.iter().flatten().count()).unwrap();
        assert_eq!(cinema.balanced(slot).await, booked);
    }
}
