//! What each operation costs, measured on an engine.

mod cancellations;
mod holds;
mod prices;
mod seats;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use chrono::{DateTime, TimeDelta, Utc};
use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_adapters_dynamo::Tuning;
use ticketly_domain::{
    ApiKey, Booking, BookingRequest, Capacity, Error, Genre, IdempotencyKey, KeyLabel, KeyStore, MAX_KEYS, PhoneNumber,
    Role, Rules, Selection, SlotDescription, SlotDetails, SlotDraft, SlotId, SlotName, SlotQuery, SlotSeats, SlotType,
    Target, TicketCount, TicketQuery, Ticketing, UserName,
};

use crate::meter::{Bill, Meter};
use crate::{Engine, patiently};

const NOW: DateTime<Utc> = DateTime::from_timestamp(1_794_000_000, 0).unwrap();

/// An operation and what it costs.
pub struct Line {
    /// What was done.
    pub what: &'static str,
    /// What the engine charged.
    pub bill: Bill,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| {} | {} |", self.what, self.bill)
    }
}

/// Operations over a meter.
struct Measured<'e> {
    engine: &'e Engine,
    meter: Meter,
    client: Client,
    ticketing: Ticketing,
    rng: StdRng,
    lines: Vec<Line>,
}

impl<'e> Measured<'e> {
    async fn on(engine: &'e Engine) -> Self {
        let (client, meter) = engine.metered();
        let mut rng = StdRng::seed_from_u64(1);
        let ticketing = opened(engine, &client, &mut rng).await;
        Self { engine, meter, client, ticketing, rng, lines: Vec::new() }
    }

    /// Starts again, remembering nothing.
    async fn reopen(&mut self) {
        self.ticketing = opened(self.engine, &self.client, &mut self.rng).await;
    }

    /// Does something and keeps what it cost.
    async fn line<T>(&mut self, what: &'static str, does: impl AsyncFnOnce(&mut Self) -> T) -> T {
        let before = self.meter.bill();
        let outcome = does(self).await;
        self.lines.push(Line { what, bill: self.meter.bill() - before });
        outcome
    }

    async fn slot(&mut self, name: &str, seats: u32) -> SlotId {
        let draft = draft(name, SlotSeats::Unnumbered(Capacity::new(seats).unwrap()));
        self.ticketing.schedule(&draft, NOW, &mut self.rng).await.unwrap().id()
    }

    async fn book(
        &mut self,
        user: &str,
        slot: SlotId,
        count: u32,
        idempotency: Option<&str>,
    ) -> Result<Booking, Error> {
        self.book_at(user, Target::Slot(slot), count, idempotency).await
    }

    async fn book_at(
        &mut self,
        user: &str,
        target: Target,
        count: u32,
        idempotency: Option<&str>,
    ) -> Result<Booking, Error> {
        let request = BookingRequest {
            user_name: UserName::parse(user).unwrap(),
            phone: PhoneNumber::parse("+919653864514").unwrap(),
            selection: Selection::any(TicketCount::new(count).unwrap()),
            target,
            payment: None,
            key: idempotency.map(key),
        };
        self.ticketing.book(request, NOW, &mut self.rng).await
    }
}

fn draft(name: &str, seats: SlotSeats) -> SlotDraft {
    let about = "A few words about what is shown, as a cinema would write them.";
    SlotDraft {
        name: SlotName::parse(name).unwrap(),
        start: NOW + TimeDelta::hours(2),
        end: NOW + TimeDelta::hours(4),
        details: SlotDetails {
            description: SlotDescription::parse(about).unwrap(),
            slot_type: SlotType::Movie,
            genre: Genre::Action,
        },
        seats,
        prices: None,
    }
}

async fn opened(engine: &Engine, client: &Client, rng: &mut StdRng) -> Ticketing {
    // However long the machine takes, what is asked for within a second is remembered.
    let tuning = Tuning { list_age: Duration::from_hours(1), ..patiently(500) };
    let store = engine.store_by(client, &tuning).await;
    Ticketing::open(Arc::new(store), Rules::default(), rng).await.unwrap()
}

fn skyfall(name: &str) -> Target {
    Target::Showing { name: SlotName::parse(name).unwrap(), start: NOW + TimeDelta::hours(2) }
}

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::parse(text).unwrap()
}

/// Measures everything on a fresh table.
pub async fn measure(engine: &Engine) -> Vec<Line> {
    let mut here = Measured::on(engine).await;
    bookings(&mut here).await;
    changes(&mut here).await;
    holds::measure(&mut here).await;
    reads(&mut here).await;
    sweeps(&mut here).await;
    prices::measure(&mut here).await;
    cancellations::measure(&mut here).await;
    seats::measure(&mut here).await;
    here.lines
}

async fn bookings(here: &mut Measured<'_>) {
    let slot = here.line("schedule a slot of 200 seats", async |here| here.slot("Skyfall", 200).await).await;
    here.line("schedule a slot of 5000 seats", async |here| here.slot("Stadium", 5000).await).await;
    here.reopen().await;
    here.line("book 1 ticket, the server's first in the slot", async |here| {
        here.book("John", slot, 1, None).await.unwrap()
    })
    .await;
    here.line("book 1 ticket", async |here| here.book("John", slot, 1, None).await.unwrap()).await;
    here.line("book 3 tickets", async |here| here.book("John", slot, 3, None).await.unwrap()).await;
    here.line("book 10 tickets", async |here| here.book("John", slot, 10, None).await.unwrap()).await;
    here.line("book 3 tickets, a new user", async |here| here.book("Mary", slot, 3, None).await.unwrap()).await;
    here.line("book 3 tickets, with a key", async |here| here.book("John", slot, 3, Some("one")).await.unwrap()).await;
    here.line("book 3 tickets, with that key again", async |here| {
        here.book("John", slot, 3, Some("one")).await.unwrap()
    })
    .await;
    here.line("book 3 tickets by name and start", async |here| {
        here.book_at("John", skyfall("Skyfall"), 3, None).await.unwrap()
    })
    .await;
    let [one, _] = [here.slot("Twin", 1).await, here.slot("Twin", 9).await];
    here.book("John", one, 1, None).await.unwrap();
    here.line("book 3 tickets by name and start, two slots", async |here| {
        here.book_at("John", skyfall("Twin"), 3, None).await.unwrap()
    })
    .await;
    // Not the twin: of that one the server knows by now that it is full.
    let full = here.slot("Small", 1).await;
    here.book("John", full, 1, None).await.unwrap();
    here.line("book a sold-out slot", async |here| here.book("John", full, 1, None).await.unwrap_err()).await;
}

async fn changes(here: &mut Measured<'_>) {
    let [from, to] = [here.slot("Spectre", 200).await, here.slot("Spectre 2", 200).await];
    let held = here.book("John", from, 10, None).await.unwrap();
    let ids: Vec<_> = held.tickets().iter().map(ticketly_domain::Ticket::id).collect();
    here.book("John", to, 1, None).await.unwrap();
    let single = here.book("John", from, 1, None).await.unwrap().tickets()[0].id();
    here.line("cancel the first ticket of a booking", async |here| {
        here.ticketing.cancel(ids[0], None, NOW).await.unwrap()
    })
    .await;
    here.line("cancel a canceled ticket", async |here| here.ticketing.cancel(ids[0], None, NOW).await.unwrap()).await;
    here.line("cancel another ticket of it, with a key", async |here| {
        here.ticketing.cancel(ids[1], Some(key("two")), NOW).await.unwrap()
    })
    .await;
    here.line("cancel that ticket, with that key again", async |here| {
        here.ticketing.cancel(ids[1], Some(key("two")), NOW).await.unwrap()
    })
    .await;
    here.line("move the ticket of a booking of one", async |here| {
        here.ticketing.move_ticket(single, Target::Slot(to), None, NOW, &mut here.rng).await.unwrap()
    })
    .await;
    here.line("move a ticket of a booking, others moved or canceled", async |here| {
        here.ticketing.move_ticket(ids[2], Target::Slot(to), None, NOW, &mut here.rng).await.unwrap()
    })
    .await;
    here.line("move another ticket of it, with a key", async |here| {
        here.ticketing.move_ticket(ids[3], Target::Slot(to), Some(key("three")), NOW, &mut here.rng).await.unwrap()
    })
    .await;
    here.line("move another ticket of it, by name and start", async |here| {
        here.ticketing.move_ticket(ids[4], skyfall("Spectre 2"), None, NOW, &mut here.rng).await.unwrap()
    })
    .await;
    for id in &ids[5..9] {
        here.ticketing.move_ticket(*id, Target::Slot(to), None, NOW, &mut here.rng).await.unwrap();
    }
    here.line("move the last of its ten tickets", async |here| {
        here.ticketing.move_ticket(ids[9], Target::Slot(to), None, NOW, &mut here.rng).await.unwrap()
    })
    .await;
}

async fn reads(here: &mut Measured<'_>) {
    let slot = here.slot("Library", 500).await;
    let mut last = here.book("Reader", slot, 3, None).await.unwrap();
    for _ in 0..120 {
        last = here.book("Reader", slot, 3, None).await.unwrap();
    }
    for number in 0..60 {
        here.slot(&format!("Film {number}"), 20).await;
    }
    here.line("a ticket by identifier, its user with it", async |here| {
        here.ticketing.ticket(&last.tickets()[0].id()).await.unwrap()
    })
    .await;
    here.line("a booking by identifier", async |here| here.ticketing.booking(&last.id()).await.unwrap()).await;
    here.line("a slot by identifier", async |here| here.ticketing.slot(slot).await.unwrap()).await;
    here.reopen().await;
    here.line("a slot by identifier, the server's first look at it", async |here| {
        here.ticketing.slot(slot).await.unwrap()
    })
    .await;
    for what in ["50 slots of a genre", "50 slots of a genre, again within a second"] {
        here.line(what, async |here| {
            let query = SlotQuery { genre: Some(Genre::Action), ..SlotQuery::default() };
            here.ticketing.slots(&query, NOW).await.unwrap()
        })
        .await;
    }
    here.line("50 tickets of a slot of 120 bookings", async |here| {
        here.ticketing.tickets_of_slot(slot, &TicketQuery::default()).await.unwrap()
    })
    .await;
    here.line("50 tickets of a user of 120 bookings", async |here| {
        here.ticketing.tickets_of_user(last.user().unwrap().id, &TicketQuery::default()).await.unwrap()
    })
    .await;
    let store = here.engine.store_by(&here.client, &patiently(500)).await;
    let key = ApiKey::mint(Role::Admin, &mut here.rng).record(KeyLabel::numbered(Role::Admin, 1), NOW);
    here.line("add a key", async |_| store.add_key(&key, MAX_KEYS).await.unwrap()).await;
    here.line("check a key", async |_| store.key(&key.hash).await.unwrap()).await;
    here.line("note the hour of a key's use", async |_| store.note_use(&key.hash, NOW).await.unwrap()).await;
    here.line("revoke a key", async |_| store.revoke_key(&key.hash).await.unwrap()).await;
}

async fn sweeps(here: &mut Measured<'_>) {
    let ended = NOW + TimeDelta::hours(4);
    here.ticketing.expire(ended + TimeDelta::hours(8)).await.unwrap();
    let slot = here.slot("Last", 100).await;
    for _ in 0..20 {
        here.book("John", slot, 2, None).await.unwrap();
    }
    let at = ended + TimeDelta::hours(8);
    here.line("a sweep that finds nothing to expire", async |here| here.ticketing.expire(ended).await.unwrap()).await;
    here.line("expire a slot of 20 bookings", async |here| {
        assert_eq!(here.ticketing.expire(at).await.unwrap().tickets, 40);
    })
    .await;
    here.line("a sweep that finds nothing to archive", async |here| here.ticketing.archive(at).await.unwrap()).await;
    let later = at + Rules::default().archive_after;
    let swept = here.line("archive everything", async |here| here.ticketing.archive(later).await.unwrap()).await;
    assert!(swept.tickets > 40);
}
