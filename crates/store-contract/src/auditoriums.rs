//! Auditoriums: plans with versions, and timetables without collisions.

use std::sync::Arc;

use chrono::TimeDelta;
use ticketly_domain::{
    AuditoriumId, Entity, Plan, PlanVersion, Refusal, SingleSeats, SlotDraft, SlotQuery, TicketQuery,
};

use crate::Cinema;
use crate::cinema::{
    NOW, SHOW_END, SHOW_START, draft, minutes, race, refused, rng, seated_draft, seats_of, skyfall, split,
};

const STUDIO: &str = "legend . standard\nrow A 1 1 ....\nrow B 1 1 ....\n";

fn plan(text: &str) -> Arc<Plan> {
    Arc::new(Plan::new(text.parse().unwrap()).unwrap())
}

/// A plan of so many seats in one row.
fn row(seats: usize) -> Arc<Plan> {
    plan(&format!("legend . standard\nrow A 1 1 {}\n", ".".repeat(seats)))
}

pub async fn an_auditorium_is_kept_with_every_version_of_its_plan(mut cinema: Cinema) {
    let first = cinema.auditorium(STUDIO, SingleSeats::AllowedAtAisles).await;
    let second = cinema.auditorium(STUDIO, SingleSeats::Refused).await;
    assert_eq!(first.version, PlanVersion(1));
    let same = cinema.ticketing.replace_plan(first.id, &plan(STUDIO)).await.unwrap();
    assert_eq!(same, first, "the same plan is no new version");
    let changed = cinema.ticketing.replace_plan(first.id, &row(7)).await.unwrap();
    assert_eq!((changed.version, changed.plan.seats()), (PlanVersion(2), 7));

    let cinema = cinema.reopened().await;
    assert_eq!(cinema.ticketing.auditorium(first.id).await.unwrap(), changed);
    let mut all = [changed, second.clone()];
    all.sort_by_key(|auditorium| auditorium.id);
    assert_eq!(cinema.ticketing.auditoriums().await.unwrap(), all);
    for (version, seats) in [(1, 8), (2, 7)] {
        assert_eq!(cinema.ticketing.plan(first.id, PlanVersion(version)).await.unwrap().seats(), seats);
    }
    let unknown = |outcome| assert_eq!(refused(outcome), Refusal::Unknown(Entity::Auditorium));
    let missing = AuditoriumId::mint(NOW, &mut rng(5));
    unknown(cinema.ticketing.auditorium(missing).await.map(drop));
    unknown(cinema.ticketing.replace_plan(missing, &row(3)).await.map(drop));
    unknown(cinema.ticketing.plan(missing, PlanVersion(1)).await.map(drop));
    unknown(cinema.ticketing.timetable(missing, NOW, minutes(1)).await.map(drop));
    let later = cinema.ticketing.plan(first.id, PlanVersion(3)).await;
    assert_eq!(refused(later), Refusal::Unknown(Entity::Plan));
}

pub async fn racing_plans_each_get_a_version_of_their_own(mut cinema: Cinema) {
    let auditorium = cinema.auditorium(STUDIO, SingleSeats::Refused).await.id;
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(6, |number| {
        let ticketing = ticketing.clone();
        async move { ticketing.replace_plan(auditorium, &row(20 + usize::try_from(number).unwrap())).await }
    });
    let mut versions = Vec::new();
    for outcome in outcomes.await {
        let answer = outcome.unwrap();
        assert_eq!(cinema.ticketing.plan(auditorium, answer.version).await.unwrap(), answer.plan);
        versions.push(answer.version.0);
    }
    versions.sort_unstable();
    assert_eq!(versions, [2, 3, 4, 5, 6, 7]);
    assert_eq!(cinema.ticketing.auditorium(auditorium).await.unwrap().version, PlanVersion(7));
}

pub async fn a_slot_keeps_the_plan_that_it_was_scheduled_with(mut cinema: Cinema) {
    let auditorium = cinema.auditorium(STUDIO, SingleSeats::Refused).await;
    let slot = cinema.slot_of(&seated_draft("Skyfall", &auditorium)).await;
    assert!(slot.is_seated());
    let larger = cinema.ticketing.replace_plan(auditorium.id, &row(9)).await.unwrap();
    let start = SHOW_END + TimeDelta::hours(1);
    let end = start + TimeDelta::hours(1);
    let next = cinema.slot_of(&SlotDraft { start, end, ..seated_draft("Spectre", &larger) }).await;
    assert_eq!((cinema.available(slot).await, cinema.available(next).await), (8, 9));
    assert_eq!(seats_of(&cinema.book_seats(slot, "B3 B4").await.unwrap()), "B3 B4");
    let refusal = refused(cinema.book_seats(next, "B3 B4").await);
    assert_eq!(refusal, Refusal::UnknownSeat { seat: "B3".into() });
    let cinema = cinema.reopened().await;
    let found = cinema.ticketing.slot(slot).await.unwrap();
    assert_eq!(**found.showing().seating().unwrap(), auditorium.seating());
    assert_eq!((found.seats().capacity().get(), cinema.available(slot).await), (8, 6));
}

pub async fn two_showings_never_share_an_auditorium(mut cinema: Cinema) {
    let auditorium = cinema.auditorium(STUDIO, SingleSeats::Refused).await;
    let other = cinema.auditorium(STUDIO, SingleSeats::Refused).await;
    let slot = cinema.slot_of(&seated_draft("Skyfall", &auditorium)).await;
    cinema.slot_of(&seated_draft("Skyfall", &other)).await;
    cinema.slot_of(&draft("Skyfall", 9)).await;
    let cleaned = SHOW_END + TimeDelta::minutes(20);
    let minute = TimeDelta::minutes(1);
    for (start, end) in [
        (cleaned - minute, cleaned + minute),
        (SHOW_START - minute, SHOW_START - TimeDelta::seconds(1)),
        (SHOW_START - TimeDelta::hours(2), SHOW_START - TimeDelta::minutes(19)),
        (SHOW_START - TimeDelta::hours(9), cleaned + TimeDelta::hours(9)),
    ] {
        let late = SlotDraft { start, end, ..seated_draft("Spectre", &auditorium) };
        let refusal = refused(cinema.ticketing.schedule(&late, NOW, &mut cinema.rng).await);
        let expected = Refusal::AuditoriumOccupied { slot, name: "Skyfall".into(), start: SHOW_START, until: cleaned };
        assert_eq!(refusal, expected, "{start} to {end}");
    }
    for (start, end) in
        [(cleaned, cleaned + minute), (SHOW_START - TimeDelta::hours(1), SHOW_START - TimeDelta::minutes(20))]
    {
        cinema.slot_of(&SlotDraft { start, end, ..seated_draft("Spectre", &auditorium) }).await;
    }
}

pub async fn of_racing_schedulers_one_gets_the_auditorium(mut cinema: Cinema) {
    let auditorium = cinema.auditorium(STUDIO, SingleSeats::Refused).await;
    let ticketing = cinema.ticketing.clone();
    let outcomes = race(8, |number| {
        let ticketing = ticketing.clone();
        // Each begins some minutes later than the last, so that all collide, around midnight of two UTC days.
        let start = NOW + TimeDelta::hours(11) + TimeDelta::minutes(i64::try_from(number).unwrap());
        let end = start + TimeDelta::hours(2);
        let draft = SlotDraft { start, end, ..seated_draft(&format!("Film {number}"), &auditorium) };
        async move { ticketing.schedule(&draft, NOW, &mut rng(number)).await }
    });
    let (slots, refusals) = split(outcomes.await);
    assert_eq!((slots.len(), refusals.len()), (1, 7));
    let name = slots[0].showing().name().as_str();
    for refusal in refusals {
        let Refusal::AuditoriumOccupied { slot, name: found, .. } = refusal else { panic!("{refusal:?}") };
        assert_eq!((slot, found.as_str()), (slots[0].id(), name));
    }
}

pub async fn a_timetable_shows_what_occupies_an_auditorium(mut cinema: Cinema) {
    let auditorium = cinema.auditorium(STUDIO, SingleSeats::Refused).await;
    let other = cinema.auditorium(STUDIO, SingleSeats::Refused).await;
    cinema.slot_of(&seated_draft("Elsewhere", &other)).await;
    let days = TimeDelta::days(1);
    // The second lasts over midnight.
    let midnight = (NOW + days).date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
    let times = [(SHOW_START, SHOW_END), (midnight - TimeDelta::hours(1), midnight + TimeDelta::hours(2))];
    let later = (SHOW_START + days * 2, SHOW_END + days * 2);
    let mut slots = Vec::new();
    for (number, (start, end)) in times.into_iter().chain([later]).enumerate() {
        slots.push(
            cinema.slot_of(&SlotDraft { start, end, ..seated_draft(&format!("Film {number}"), &auditorium) }).await,
        );
    }
    let cleaned = midnight + TimeDelta::hours(2) + TimeDelta::minutes(20);
    let second = TimeDelta::seconds(1);
    for (from, until, expected) in [
        (NOW, NOW + days * 3, &slots[..]),
        (NOW, SHOW_START, &[]),
        (NOW, SHOW_START + second, &slots[..1]),
        (midnight, midnight + second, &slots[1..2]),
        (cleaned - second, cleaned, &slots[1..2]),
        (cleaned, cleaned + second, &[]),
        (cleaned, NOW + days * 8, &slots[2..]),
    ] {
        let showings = cinema.ticketing.timetable(auditorium.id, from, until).await.unwrap();
        let found: Vec<_> = showings.iter().map(|showing| showing.id()).collect();
        assert_eq!(found, expected, "{from} to {until}");
    }
}

pub async fn slots_with_and_without_a_plan_are_listed_together(mut cinema: Cinema) {
    let auditorium = cinema.auditorium(STUDIO, SingleSeats::Refused).await;
    let other = cinema.auditorium(STUDIO, SingleSeats::Refused).await;
    let mut slots = Vec::new();
    for hour in 0..5 {
        let (start, end) =
            (SHOW_START + TimeDelta::hours(hour), SHOW_START + TimeDelta::hours(hour) + TimeDelta::minutes(30));
        for draft in [draft("Saga", 5), seated_draft("Saga", &auditorium), seated_draft("Spectre", &other)] {
            slots.push(cinema.slot_of(&SlotDraft { start, end, ..draft }).await);
        }
    }
    let cinema = cinema.reopened().await;
    for limit in [1, 2, 3, 100] {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let query =
                SlotQuery { after, limit: ticketly_domain::PageSize::new(limit).unwrap(), ..SlotQuery::default() };
            let page = cinema.ticketing.slots(&query, NOW).await.unwrap();
            found.extend(page.items.iter().map(|slot| (slot.showing().start(), slot.id())));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert!(found.is_sorted(), "{limit}");
        assert_eq!(found.len(), slots.len(), "{limit}");
    }
    let saga = SlotQuery { name: Some(draft("Saga", 1).name), min_available: Some(6), ..SlotQuery::default() };
    let page = cinema.ticketing.slots(&saga, NOW).await.unwrap();
    assert_eq!(page.items.len(), 5, "those in the auditorium, which has eight seats");
    assert!(page.items.iter().all(|slot| slot.id().is_seated() && slot.seats().available() == 8));
}

pub async fn tickets_with_and_without_seats_are_listed_together(mut cinema: Cinema) {
    let (plain, seated) = (cinema.slot(5).await, cinema.seated(STUDIO).await);
    let mut tickets = Vec::new();
    for slot in [plain, seated, plain, seated] {
        let booking = cinema.book(slot, 2).await.unwrap();
        tickets.extend(booking.tickets().to_vec());
    }
    let user = tickets[0].user().unwrap().id;
    let cinema = cinema.reopened().await;
    let page = cinema.ticketing.tickets_of_user(user, &TicketQuery::default()).await.unwrap();
    tickets.sort_by_key(|ticket| (ticket.id().booking.no, ticket.id().booking.slot, ticket.id().index));
    assert_eq!(page.items, tickets);
    assert_eq!(cinema.ticketing.slots_of(&skyfall()).await.unwrap().len(), 2);
    assert_eq!(cinema.expire_by(SHOW_END).await, 8);
    assert_eq!(cinema.archive_by(SHOW_END + TimeDelta::days(1)).await, 8);
}
