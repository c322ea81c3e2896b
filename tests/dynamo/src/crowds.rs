//! What each of many costs who want the same at once, measured on an engine.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_domain::{
    AuditoriumDraft, AuditoriumName, Booking, BookingRequest, Capacity, Error, Genre, PhoneNumber, Plan, Rules,
    Selection, SingleSeats, SlotDescription, SlotDetails, SlotDraft, SlotId, SlotName, SlotSeats, SlotType, Target,
    TicketCount, Ticketing, Turnaround, UserName,
};

use crate::meter::{Bill, Meter};
use crate::{Engine, patiently};

/// When everybody books.
pub const NOW: DateTime<Utc> = DateTime::from_timestamp(1_794_000_000, 0).unwrap();
const START: DateTime<Utc> = DateTime::from_timestamp(1_794_000_000 + 7200, 0).unwrap();

/// What each of a crowd costs on average: how many batches form is chance, so that a limit is kept and no number.
pub struct Crowd {
    /// What they wanted.
    pub what: &'static str,
    /// What each of them cost: requests that read, units of reading, requests that write, units of writing.
    pub each: [f64; 4],
    /// The most that it may be.
    pub limits: [f64; 4],
}

impl Crowd {
    fn new(what: &'static str, bill: Bill, buyers: u64, limits: [f64; 4]) -> Self {
        let whole = [f64::from(bill.reads), bill.read_units, f64::from(bill.writes), bill.write_units];
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        let each = whole.map(|all| all / buyers as f64);
        Self { what, each, limits }
    }

    /// Whether it cost no more than it may.
    #[must_use]
    pub fn is_within_limits(&self) -> bool {
        self.each.iter().zip(self.limits).all(|(each, limit)| *each <= limit)
    }
}

/// The limits, as the documentation has them.
impl fmt::Display for Crowd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [reads, read_units, writes, write_units] = self.limits;
        write!(f, "| {} | {reads} | {read_units} | {writes} | {write_units} |", self.what)
    }
}

/// The showing that everybody wants, by name and start.
#[must_use]
pub fn showing(name: &str) -> Target {
    Target::Showing { name: SlotName::parse(name).unwrap(), start: START }
}

/// Schedules a slot of [`showing`].
pub async fn schedule(ticketing: &Ticketing, name: &str, seats: u32, seed: u64) -> SlotId {
    let draft = draft_of(name, SlotSeats::Unnumbered(Capacity::new(seats).unwrap()));
    ticketing.schedule(&draft, NOW, &mut StdRng::seed_from_u64(seed)).await.unwrap().id()
}

fn draft_of(name: &str, seats: SlotSeats) -> SlotDraft {
    SlotDraft {
        name: SlotName::parse(name).unwrap(),
        start: START,
        end: START + TimeDelta::hours(2),
        details: SlotDetails {
            description: SlotDescription::default(),
            slot_type: SlotType::Movie,
            genre: Genre::Action,
        },
        seats,
        prices: None,
    }
}

/// One buyer's booking.
pub async fn book(ticketing: &Ticketing, target: Target, count: u32, seed: u64) -> Result<Booking, Error> {
    let request = BookingRequest {
        user_name: UserName::parse(&format!("Buyer {seed}")).unwrap(),
        phone: PhoneNumber::parse("9653864514").unwrap(),
        selection: Selection::any(TicketCount::new(count).unwrap()),
        target,
        payment: None,
        key: None,
    };
    ticketing.book(request, NOW, &mut StdRng::seed_from_u64(seed)).await
}

/// Buyers of one ticket each, all at once.
pub async fn rush(ticketing: &Ticketing, target: &Target, buyers: u64) -> Vec<Result<Booking, Error>> {
    let buyer = |number| {
        let (ticketing, target) = (ticketing.clone(), target.clone());
        tokio::spawn(async move { book(&ticketing, target, 1, number).await })
    };
    let buyers: Vec<_> = (1000..1000 + buyers).map(buyer).collect();
    let mut outcomes = Vec::with_capacity(buyers.len());
    for buyer in buyers {
        outcomes.push(buyer.await.unwrap());
    }
    outcomes
}

/// Measures every crowd on a table.
pub async fn measure(engine: &Engine) -> Vec<Crowd> {
    let (client, meter) = engine.metered();
    // So few seats to a shard that 80 are eight shards.
    let opened = async || {
        let store = engine.store_by(&client, &patiently(10)).await;
        Ticketing::open(Arc::new(store), Rules::default(), &mut StdRng::seed_from_u64(1)).await.unwrap()
    };
    let ticketing = opened().await;
    let mut crowds = Vec::new();
    for (seed, what, name, slots, [reads, read_units]) in [
        (10, "a rush of 300 bookings of one slot", "One", 1, [0.0, 0.0]),
        (20, "a rush of 300 bookings by name and start, two slots", "Two", 2, [0.1, 0.2]),
    ] {
        let mut target = showing(name);
        for number in 0..slots {
            let slot = schedule(&ticketing, name, 400, seed + number).await;
            target = if slots == 1 { Target::Slot(slot) } else { target };
        }
        book(&ticketing, target.clone(), 1, seed).await.unwrap();
        let before = meter.bill();
        let sold = rush(&ticketing, &target, 300).await.into_iter().flatten().count();
        assert_eq!(sold, 300);
        crowds.push(Crowd::new(what, meter.bill() - before, 300, [reads, read_units, 0.3, 4.0]));
    }
    crowds.push(many_slots(&ticketing, &meter).await);
    let slot = Target::Slot(schedule(&ticketing, "Three", 80, 30).await);
    for number in 0..8 {
        book(&ticketing, slot.clone(), 10, number).await.unwrap();
    }
    // A server that knows nothing yet.
    let ticketing = opened().await;
    let before = meter.bill();
    let refused = rush(&ticketing, &slot, 100).await.into_iter().filter(Result::is_err).count();
    assert_eq!(refused, 100);
    let bill = meter.bill() - before;
    crowds.push(Crowd::new(
        "a refused buyer of a sold-out slot of 8 shards, of 100 at once",
        bill,
        100,
        [0.5, 4.0, 0.2, 0.0],
    ));
    crowds.push(seats(&ticketing, &meter).await);
    crowds
}

/// Measures a rush for the best seats of an auditorium of 1,000.
async fn seats(ticketing: &Ticketing, meter: &Meter) -> Crowd {
    let rows: Vec<_> = (1..=25).map(|row| format!("row {row}A 1 1 {}", ".".repeat(40))).collect();
    let plan = Plan::new(format!("legend . standard\n{}", rows.join("\n")).parse().unwrap()).unwrap();
    let draft = AuditoriumDraft {
        name: AuditoriumName::parse("Palace").unwrap(),
        turnaround: Turnaround::DEFAULT,
        single_seats: SingleSeats::Refused,
        plan: Arc::new(plan),
    };
    let rng = &mut StdRng::seed_from_u64(40);
    let auditorium = ticketing.add_auditorium(&draft, NOW, rng).await.unwrap();
    let draft = draft_of("Seats", SlotSeats::Auditorium(auditorium.id));
    let slot = Target::Slot(ticketing.schedule(&draft, NOW, rng).await.unwrap().id());
    book(ticketing, slot.clone(), 1, 40).await.unwrap();
    let before = meter.bill();
    let sold = rush(ticketing, &slot, 300).await.into_iter().flatten().count();
    assert_eq!(sold, 300);
    Crowd::new("a rush of 300 bookings of the best seats", meter.bill() - before, 300, [0.0, 0.0, 0.3, 4.0])
}

/// Measures a rush of buyers who each want another slot.
async fn many_slots(ticketing: &Ticketing, meter: &Meter) -> Crowd {
    let mut buyers = Vec::new();
    for seed in 100..300 {
        let slot = schedule(ticketing, "Each", 10, seed).await;
        book(ticketing, Target::Slot(slot), 1, seed).await.unwrap();
        let ticketing = ticketing.clone();
        buyers.push(async move { book(&ticketing, Target::Slot(slot), 1, seed + 1000).await.unwrap() });
    }
    let before = meter.bill();
    for buyer in buyers.into_iter().map(tokio::spawn).collect::<Vec<_>>() {
        buyer.await.unwrap();
    }
    Crowd::new("a rush of 200 bookings of 200 slots", meter.bill() - before, 200, [0.0, 0.0, 0.5, 5.0])
}
