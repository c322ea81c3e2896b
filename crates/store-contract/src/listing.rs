//! Listing slots: by start, in pages that neither repeat nor skip.

use chrono::{DateTime, TimeDelta, Utc};
use ticketly_domain::{
    Genre, PageSize, SlotCursor, SlotDescription, SlotDetails, SlotDraft, SlotId, SlotName, SlotQuery, SlotType,
    TicketSlot,
};

use crate::Cinema;
use crate::cinema::{NOW, SHOW_END, SHOW_START, draft, skyfall};

/// A slot that starts so many hours after the usual time.
async fn scheduled(cinema: &mut Cinema, name: &str, hours: i64) -> TicketSlot {
    let start = SHOW_START + TimeDelta::hours(hours);
    let draft = SlotDraft { start, end: start + TimeDelta::hours(2), ..draft(name, 20) };
    cinema.ticketing.schedule_any(&draft, NOW, &mut cinema.rng).await.unwrap()
}

fn position(slot: &TicketSlot) -> (DateTime<Utc>, SlotId) {
    (slot.showing().start(), slot.id())
}

/// A draft of another kind.
fn of_kind(slot_type: SlotType, genre: Genre, draft: SlotDraft) -> SlotDraft {
    SlotDraft { details: SlotDetails { slot_type, genre, ..draft.details }, ..draft }
}

/// All pages of a query, followed to their end.
async fn all(cinema: &Cinema, query: SlotQuery) -> Vec<TicketSlot> {
    let (mut slots, mut query) = (Vec::new(), query);
    for _ in 0..1000 {
        let page = cinema.store().slots(&query).await.unwrap();
        assert!(page.items.len() <= query.limit.get());
        slots.extend(page.items);
        match page.next {
            None => return slots,
            next => query.after = next,
        }
    }
    panic!("the pages come to an end")
}

pub async fn slots_are_listed_by_start_and_then_by_identifier(mut cinema: Cinema) {
    let mut slots = Vec::new();
    for hours in [3, 1, 2, 1, 3, 0, 1, -40, 1] {
        slots.push(scheduled(&mut cinema, "Skyfall", hours).await);
    }
    slots.sort_by_key(position);
    assert_eq!(all(&cinema, SlotQuery::default()).await, slots);
    assert_eq!(all(&cinema, SlotQuery { limit: PageSize::new(1).unwrap(), ..SlotQuery::default() }).await, slots);
}

pub async fn each_condition_picks_its_slots(mut cinema: Cinema) {
    let (action, movie) = (scheduled(&mut cinema, "Skyfall", 0).await, scheduled(&mut cinema, "Skyfall 2", 1).await);
    let concert = of_kind(
        SlotType::Concert,
        Genre::Action,
        SlotDraft { start: SHOW_START + TimeDelta::minutes(1), ..draft("Saga", 5) },
    );
    let concert = cinema.ticketing.schedule(&concert, NOW, &mut cinema.rng).await.unwrap();
    let comedy = SlotDraft { start: SHOW_START + TimeDelta::minutes(2), ..draft("Saga", 5) };
    let comedy = of_kind(SlotType::Documentary, Genre::Comedy, comedy);
    let comedy = cinema.ticketing.schedule(&comedy, NOW, &mut cinema.rng).await.unwrap();
    let any = SlotQuery::default;
    let name = |name| Some(SlotName::parse(name).unwrap());
    let picked = [
        (any(), vec![&action, &concert, &comedy, &movie]),
        (SlotQuery { genre: Some(Genre::Action), ..any() }, vec![&action, &concert, &movie]),
        (SlotQuery { genre: Some(Genre::Comedy), ..any() }, vec![&comedy]),
        (SlotQuery { slot_type: Some(SlotType::Concert), ..any() }, vec![&concert]),
        (SlotQuery { slot_type: Some(SlotType::Movie), ..any() }, vec![&action, &movie]),
        (SlotQuery { name: name("Skyfall"), ..any() }, vec![&action]),
        (SlotQuery { name: name("skyfall"), ..any() }, vec![]),
        (SlotQuery { name: name("Sky%"), ..any() }, vec![]),
        (SlotQuery { name: name("Saga"), ..any() }, vec![&concert, &comedy]),
        (SlotQuery { min_available: Some(6), ..any() }, vec![&action, &movie]),
        (SlotQuery { min_available: Some(0), ..any() }, vec![&action, &concert, &comedy, &movie]),
        (SlotQuery { from: Some(concert.showing().start()), ..any() }, vec![&concert, &comedy, &movie]),
        (SlotQuery { until: Some(comedy.showing().start()), ..any() }, vec![&action, &concert]),
        (SlotQuery { until: Some(SHOW_START), ..any() }, vec![]),
    ];
    for (query, slots) in picked {
        let listed = all(&cinema, query.clone()).await;
        assert_eq!(listed.iter().collect::<Vec<_>>(), slots, "{query:?}");
        let listed = all(&cinema, SlotQuery { limit: PageSize::new(1).unwrap(), ..query.clone() }).await;
        assert_eq!(listed.iter().collect::<Vec<_>>(), slots, "one by one, {query:?}");
    }
}

pub async fn all_conditions_together_must_hold(mut cinema: Cinema) {
    let mut slots = Vec::new();
    for (name, seats) in [("Skyfall", 5), ("Spectre", 9)] {
        for (hours, genre) in [(0, Genre::Action), (1, Genre::Comedy), (2, Genre::HistoricalFiction)] {
            for &slot_type in SlotType::ALL {
                let start = SHOW_START + TimeDelta::hours(hours);
                let end = start + TimeDelta::hours(1);
                let draft = of_kind(slot_type, genre, SlotDraft { start, end, ..draft(name, seats) });
                slots.push(cinema.ticketing.schedule(&draft, NOW, &mut cinema.rng).await.unwrap());
            }
        }
    }
    slots.sort_by_key(position);
    for bits in 0_u8..128 {
        let on = |bit: u8| bits & (1 << bit) != 0;
        let query = SlotQuery {
            genre: on(0).then_some(Genre::HistoricalFiction),
            slot_type: on(1).then_some(SlotType::Concert),
            name: on(2).then(|| SlotName::parse("Spectre").unwrap()),
            min_available: on(3).then_some(6),
            from: on(4).then_some(SHOW_START + TimeDelta::hours(1)),
            ends_after: on(6).then_some(SHOW_START + TimeDelta::hours(2)),
            until: on(5).then_some(SHOW_START + TimeDelta::hours(2)),
            after: None,
            limit: PageSize::new(2).unwrap(),
        };
        let wanted = slots.iter().filter(|slot| {
            (!on(0) || slot.details().genre == Genre::HistoricalFiction)
                && (!on(1) || slot.details().slot_type == SlotType::Concert)
                && (!on(2) || slot.showing().name().as_str() == "Spectre")
                && (!on(3) || slot.seats().available() >= 6)
                && (!on(4) || slot.showing().start() >= SHOW_START + TimeDelta::hours(1))
                && (!on(6) || slot.showing().end() > SHOW_START + TimeDelta::hours(2))
                && (!on(5) || slot.showing().start() < SHOW_START + TimeDelta::hours(2))
        });
        assert_eq!(all(&cinema, query.clone()).await, wanted.cloned().collect::<Vec<_>>(), "{query:?}");
    }
}

pub async fn slots_with_enough_seats_left_are_picked_as_they_sell(mut cinema: Cinema) {
    let slot = cinema.slot(3).await;
    let enough = async |cinema: &Cinema, least| {
        let query = SlotQuery { min_available: Some(least), ..SlotQuery::default() };
        all(cinema, query).await.iter().map(|slot| slot.seats().available()).collect::<Vec<_>>()
    };
    assert_eq!((enough(&cinema, 3).await, enough(&cinema, 4).await), (vec![3], vec![]));
    let held = cinema.book(slot, 2).await.unwrap();
    assert_eq!((enough(&cinema, 1).await, enough(&cinema, 2).await), (vec![1], vec![]));
    cinema.cancel(held.tickets()[0].id()).await.unwrap();
    assert_eq!((enough(&cinema, 2).await, enough(&cinema, 3).await), (vec![2], vec![]));
    cinema.book(slot, 2).await.unwrap();
    assert_eq!((enough(&cinema, 0).await, enough(&cinema, 1).await), (vec![0], vec![]));
}

pub async fn pages_of_slots_are_complete_while_slots_are_added(mut cinema: Cinema) {
    let mut before = Vec::new();
    for number in 0..25 {
        before.push(position(&scheduled(&mut cinema, "Skyfall", number % 5).await));
    }
    before.sort_unstable();
    let (mut seen, mut after): (Vec<(DateTime<Utc>, SlotId)>, Option<SlotCursor>) = (Vec::new(), None);
    for round in 0..1000 {
        let query = SlotQuery { after, limit: PageSize::new(4).unwrap(), ..SlotQuery::default() };
        let page = cinema.store().slots(&query).await.unwrap();
        seen.extend(page.items.iter().map(position));
        after = page.next;
        if after.is_none() {
            break;
        }
        // New slots before, at and after where the reader is; a few, so that the list has an end.
        if round < 8 {
            for hours in [-1, round % 5, 4] {
                scheduled(&mut cinema, "Spectre", hours).await;
            }
        }
    }
    assert_eq!(after, None, "the pages come to an end");
    assert!(seen.is_sorted_by(|one, next| one < next), "in order and without repeats");
    assert!(before.iter().all(|slot| seen.binary_search(slot).is_ok()), "complete");
}

pub async fn a_page_counts_the_slots_that_were_looked_at(mut cinema: Cinema) {
    for hours in 0..7 {
        scheduled(&mut cinema, "Skyfall", hours).await;
    }
    let query = |min_available| SlotQuery { min_available, ..SlotQuery::default() };
    for (query, items) in [(query(None), 7), (query(Some(21)), 0)] {
        let page = cinema.ticketing.slots(&query, NOW).await.unwrap();
        assert_eq!((page.items.len(), page.rows_read), (items, 7));
    }
}

pub async fn a_page_never_holds_more_than_was_asked_for(mut cinema: Cinema) {
    for hours in 0..6 {
        scheduled(&mut cinema, "Skyfall", hours).await;
    }
    for limit in 1..=7 {
        let query = SlotQuery { limit: PageSize::new(limit).unwrap(), ..SlotQuery::default() };
        assert_eq!(all(&cinema, query).await.len(), 6);
    }
}

pub async fn a_slot_is_kept_as_it_was_scheduled(mut cinema: Cinema) {
    let draft = SlotDraft {
        start: SHOW_START + TimeDelta::nanoseconds(1_234_567),
        end: SHOW_END + TimeDelta::nanoseconds(7_654_321),
        details: SlotDetails {
            description: SlotDescription::parse("Bond's “loyalty”\n\tis tested; DROP TABLE slots --\r\n— 007").unwrap(),
            slot_type: SlotType::Documentary,
            genre: Genre::MagicalRealism,
        },
        ..draft("Žižkov: l'été à 100 %_", 100_000)
    };
    let slot = cinema.ticketing.schedule(&draft, NOW, &mut cinema.rng).await.unwrap();
    let empty = SlotDraft {
        details: SlotDetails { description: SlotDescription::default(), ..draft.details.clone() },
        ..draft
    };
    let empty = cinema.ticketing.schedule(&empty, NOW, &mut cinema.rng).await.unwrap();
    let cinema = cinema.reopened().await;
    assert_eq!(cinema.ticketing.slot(slot.id()).await.unwrap(), slot);
    assert_eq!(cinema.ticketing.slot(empty.id()).await.unwrap(), empty);
    let listed = all(&cinema, SlotQuery::default()).await;
    assert!(listed.len() == 2 && listed.contains(&slot) && listed.contains(&empty));
}

pub async fn the_slots_of_a_name_and_start_come_in_order_of_identifier(mut cinema: Cinema) {
    let mut ids = Vec::new();
    for _ in 0..35 {
        ids.push(cinema.slot(1).await);
        scheduled(&mut cinema, "Skyfall", 1).await;
        scheduled(&mut cinema, "Spectre", 0).await;
    }
    ids.sort_unstable();
    let slots = cinema.ticketing.slots_of(&skyfall()).await.unwrap();
    assert_eq!(slots.iter().map(TicketSlot::id).collect::<Vec<_>>(), ids[..32]);
}

pub async fn a_list_begins_with_what_has_not_ended(mut cinema: Cinema) {
    let mut slots = Vec::new();
    for hours in [-50, -4, -3, 0, 5] {
        slots.push(scheduled(&mut cinema, "Skyfall", hours).await.id());
    }
    let listed = async |query: SlotQuery, now| {
        let page = cinema.ticketing.slots(&query, now).await.unwrap();
        page.items.iter().map(TicketSlot::id).collect::<Vec<_>>()
    };
    // The third ends 1 h after the beginning, and so runs.
    assert_eq!(listed(SlotQuery::default(), NOW).await, slots[2..]);
    assert_eq!(listed(SlotQuery::default(), SHOW_END).await, slots[4..], "what ends now has ended");
    assert_eq!(listed(SlotQuery { from: Some(DateTime::UNIX_EPOCH), ..SlotQuery::default() }, NOW).await, slots);
}

pub async fn a_number_is_found_among_slots(mut cinema: Cinema) {
    let mut slots = Vec::new();
    for hours in 0..5 {
        slots.push(scheduled(&mut cinema, "Skyfall", hours).await.id());
    }
    let booking = cinema.book(slots[4], 2).await.unwrap();
    let held = cinema.hold(slots[1], 1, NOW).await.unwrap();
    // More than are searched at once.
    let mut many: Vec<_> = (0..250).map(|_| SlotId::mint(NOW, &mut cinema.rng)).collect();
    many.extend(&slots);
    for among in [many.as_slice(), &slots[4..]] {
        let found = cinema.ticketing.booking_numbered(booking.key().no, among).await.unwrap();
        assert_eq!(found.as_ref(), Some(&booking));
    }
    for (no, among) in [(booking.key().no, &slots[..4]), (booking.key().no, &[]), (held.key().no, &slots)] {
        assert_eq!(cinema.ticketing.booking_numbered(no, among).await.unwrap(), None);
    }
}
