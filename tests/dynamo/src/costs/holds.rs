//! What holds cost.

use chrono::{DateTime, TimeDelta, Utc};
use ticketly_domain::{
    Auditorium, Booking, BookingRequest, Channel, ConfirmRequest, HoldRequest, IdempotencyKey, PhoneNumber, Selection,
    SlotId, Target, TicketCount, UserName,
};

use super::seats::{best, book, named, slot};
use super::{Measured, NOW, key};

async fn hold(here: &mut Measured<'_>, slot: SlotId, selection: Selection, at: DateTime<Utc>) -> Booking {
    let request = HoldRequest { selection, target: Target::Slot(slot), key: None };
    here.ticketing.hold(request, at, &mut here.rng).await.unwrap()
}

fn jane_confirms(key: Option<IdempotencyKey>) -> ConfirmRequest {
    let (user_name, phone) = jane();
    ConfirmRequest { user_name, phone, payment: None, key }
}

pub(super) fn jane() -> (UserName, PhoneNumber) {
    (UserName::parse("Jane").unwrap(), PhoneNumber::parse("+919653864515").unwrap())
}

/// Measures holds in a slot without a plan.
pub(super) async fn measure(here: &mut Measured<'_>) {
    let limited = here.slot("Limited", 100).await;
    here.book("John", limited, 1, None).await.unwrap();
    let slot = here.slot("Held", 100).await;
    here.book("John", slot, 1, None).await.unwrap();
    let two = || best(2);
    here.line("hold 2 tickets, the server's first in a second", async |here| hold(here, limited, two(), NOW).await)
        .await;
    let public = here.ticketing.clone();
    // The share of held seats does not limit the box office.
    here.ticketing = public.through(Channel::BoxOffice);
    let held = here.line("hold 2 tickets", async |here| hold(here, slot, two(), NOW).await).await;
    here.line("a hold by identifier", async |here| here.ticketing.held(held.id()).await.unwrap()).await;
    here.line("extend a hold", async |here| {
        here.ticketing.extend(held.id(), None, NOW + TimeDelta::minutes(3)).await.unwrap()
    })
    .await;
    here.line("confirm a hold", async |here| {
        here.ticketing.confirm(held.id(), jane_confirms(None), NOW).await.unwrap()
    })
    .await;
    here.line("confirm it again", async |here| {
        here.ticketing.confirm(held.id(), jane_confirms(None), NOW).await.unwrap()
    })
    .await;
    let other = hold(here, slot, two(), NOW).await;
    here.line("confirm a hold, with a key", async |here| {
        here.ticketing.confirm(other.id(), jane_confirms(Some(key("confirm"))), NOW).await.unwrap()
    })
    .await;
    let other = hold(here, slot, two(), NOW).await;
    here.line("release a hold", async |here| here.ticketing.release(other.id(), None, NOW).await.unwrap()).await;
    let full = here.slot("Full", 10).await;
    hold(here, full, best(10), NOW).await;
    here.line("book 3 tickets that are held no longer", async |here| {
        let request = BookingRequest {
            user_name: jane().0,
            phone: jane().1,
            selection: best(3),
            target: Target::Slot(full),
            payment: None,
            key: None,
        };
        here.ticketing.book(request, NOW + TimeDelta::minutes(10), &mut here.rng).await.unwrap()
    })
    .await;
    here.ticketing = public;
}

/// Measures holds in auditoriums: one of one shard, and one of two.
pub(super) async fn in_auditoriums(here: &mut Measured<'_>, small: &Auditorium, large: &Auditorium) {
    let first = slot(here, "Lulu", small, 10).await;
    let wide = slot(here, "Asphalt", large, 10).await;
    for slot in [first, wide] {
        book(here, slot, best(1), None).await;
    }
    let public = here.ticketing.clone();
    here.ticketing = public.through(Channel::BoxOffice);
    let three = here.line("hold the 3 best seats", async |here| hold(here, first, best(3), NOW).await).await;
    here.ticketing.confirm(three.id(), jane_confirms(None), NOW).await.unwrap();
    let held = here.line("hold 2 named seats", async |here| hold(here, first, named("2A1 2A2"), NOW).await).await;
    here.line("confirm held seats", async |here| {
        here.ticketing.confirm(held.id(), jane_confirms(None), NOW).await.unwrap()
    })
    .await;
    here.line("the held seats of a slot", async |here| here.ticketing.seats_at(first, NOW).await.unwrap()).await;
    let lapsed = NOW + TimeDelta::minutes(10);
    for (what, slot, held, wanted) in [
        ("book 2 seats that are held no longer", first, "3A1 3A2", "3A1 3A2"),
        ("the same beside a seat of another shard", wide, "40A1 40A2", "1A1 40A1 40A2"),
    ] {
        hold(here, slot, named(held), NOW).await;
        // The first shard has no hold, and so nothing that is due for long.
        here.line(what, async |here| {
            let (user_name, phone) = jane();
            let (selection, target) = (named(wanted), Target::Slot(slot));
            let request = BookingRequest { user_name, phone, selection, target, payment: None, key: None };
            here.ticketing.book(request, lapsed, &mut here.rng).await.unwrap()
        })
        .await;
    }
    let count = TicketCount::ONE;
    hold(here, wide, Selection::any(count), lapsed).await;
    here.line("a sweep that lapses 1 hold", async |here| {
        here.ticketing.expire(lapsed + TimeDelta::minutes(10)).await.unwrap()
    })
    .await;
    here.ticketing = public;
}
