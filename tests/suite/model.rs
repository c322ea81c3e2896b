//! Random operations, replayed against a store and against a model that is too simple to be wrong: plain lists, and the
//! rules once more in other words. Every answer and, after every step, everything there is must agree.

use std::hash::{BuildHasher, Hasher, RandomState};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};
use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_contract::{NOW, Subject};
use ticketly_domain::{
    Booking, BookingRequest, Capacity, Entity, Error, Genre, IdempotencyKey, PhoneNumber, Refusal, Rules, Secret,
    SlotDescription, SlotDraft, SlotId, SlotName, SlotType, Target, Ticket, TicketCount, TicketId, TicketStatus,
    Ticketing, UserName,
};
use tokio::runtime::Runtime;

/// Name, hour of start, hour of end and seats: pairs of one name and start, small enough to sell out.
const PROGRAMME: [(&str, i64, i64, u32); 6] = [
    ("Skyfall", 6, 8, 6),
    ("Skyfall", 6, 9, 3),
    ("Skyfall", 30, 32, 4),
    ("Amélie", 6, 8, 5),
    ("Amélie", 20, 24, 2),
    ("Amélie", 20, 24, 9),
];
const RULES: Rules = Rules { expire_after: TimeDelta::hours(8), archive_after: TimeDelta::hours(12) };
const CASES: u32 = 48;

#[derive(Debug, Clone)]
enum Place {
    Slot(usize),
    /// The name and start of this slot.
    Like(usize),
    Nowhere,
}

#[derive(Debug, Clone)]
enum Operation {
    Book {
        user: u8,
        count: u8,
        index: Place,
        key: Option<u8>,
    },
    Move {
        ticket: usize,
        index: Place,
        key: Option<u8>,
    },
    Cancel {
        ticket: usize,
        key: Option<u8>,
    },
    /// With a secret that nobody was given.
    CancelByGuess {
        ticket: usize,
    },
    /// An earlier operation that had a key, sent once more.
    Repeat(usize),
    Wait {
        minutes: u16,
    },
    Expire,
    Archive,
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let index = prop_oneof![
        8 => (0..PROGRAMME.len()).prop_map(Place::Slot),
        8 => (0..PROGRAMME.len()).prop_map(Place::Like),
        1 => Just(Place::Nowhere),
    ];
    let key = || prop_oneof![2 => Just(None), 1 => (0_u8..4).prop_map(Some)];
    let booking = (0_u8..3, 1_u8..=4, index.clone(), key());
    let operation = prop_oneof![
        6 => booking.prop_map(|(user, count, index, key)| Operation::Book { user, count, index, key }),
        6 => (any::<usize>(), index, key()).prop_map(|(ticket, index, key)| Operation::Move { ticket, index, key }),
        4 => (any::<usize>(), key()).prop_map(|(ticket, key)| Operation::Cancel { ticket, key }),
        1 => any::<usize>().prop_map(|ticket| Operation::CancelByGuess { ticket }),
        4 => any::<usize>().prop_map(Operation::Repeat),
        4 => (0_u16..720).prop_map(|minutes| Operation::Wait { minutes }),
        2 => Just(Operation::Expire),
        2 => Just(Operation::Archive),
    ];
    vec(operation, 1..60)
}

/// What is known of a ticket, by whichever side.
#[derive(Debug, Clone, PartialEq)]
struct Known {
    id: TicketId,
    slot: SlotId,
    user: u8,
    status: TicketStatus,
    since: DateTime<Utc>,
    from: Option<TicketId>,
    to: Option<TicketId>,
}

/// What a change came to: tickets, in the order of the answer, or a refusal.
type Outcome = Result<Vec<Known>, Refusal>;

/// What was asked for; a key's second request is compared with its first by this.
#[derive(Debug, Clone, PartialEq)]
enum Asked {
    Book(u8, u8, Target),
    Move(TicketId, Target),
    Cancel(TicketId),
}

struct Slot {
    id: SlotId,
    name: &'static str,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    seats: u32,
    closed: bool,
}

struct Record {
    key: String,
    asked: Asked,
    answer: Vec<Known>,
    at: DateTime<Utc>,
}

struct Model {
    /// In order of identifier.
    slots: Vec<Slot>,
    /// In order of making.
    tickets: Vec<Known>,
    records: Vec<Record>,
    /// Tickets that sit on a seat though no longer booked: the expired ones, archived or not.
    seated: Vec<TicketId>,
    now: DateTime<Utc>,
}

impl Model {
    fn matching(&self, target: &Target) -> Vec<usize> {
        let wanted = |slot: &Slot| match target {
            Target::Slot(id) => slot.id == *id,
            Target::Showing { name, start } => slot.name == name.as_str() && slot.start == *start,
        };
        (0..self.slots.len()).filter(|&at| wanted(&self.slots[at])).collect()
    }

    fn left(&self, at: usize) -> u32 {
        let slot = &self.slots[at];
        let taken = |ticket: &&Known| {
            ticket.slot == slot.id && (ticket.status == TicketStatus::Booked || self.seated.contains(&ticket.id))
        };
        slot.seats - u32::try_from(self.tickets.iter().filter(taken).count()).unwrap()
    }

    /// Which of these slots gets so many tickets.
    fn seat(&self, slots: &[usize], count: u8) -> Result<SlotId, Refusal> {
        if slots.is_empty() {
            return Err(Refusal::Unknown(Entity::Slot));
        }
        let selling = |at: &&usize| !self.slots[**at].closed && self.now < self.slots[**at].end;
        let open: Vec<usize> = slots.iter().filter(selling).copied().collect();
        let most = open.iter().map(|&at| self.left(at)).max().ok_or(Refusal::SlotEnded)?;
        let fits = open.into_iter().find(|&at| self.left(at) >= u32::from(count));
        fits.map(|at| self.slots[at].id).ok_or(Refusal::SoldOut { available: most })
    }

    fn ticket(&mut self, id: TicketId) -> Option<&mut Known> {
        self.tickets.iter_mut().find(|ticket| ticket.id == id)
    }

    /// What should come of a request; of new tickets the identifiers are taken from the store's own answer.
    fn answer(&mut self, asked: &Asked, key: Option<&String>, store: &Outcome) -> Outcome {
        if let Some(record) = self.records.iter().find(|record| Some(&record.key) == key) {
            return if record.asked == *asked { Ok(record.answer.clone()) } else { Err(Refusal::KeyReused) };
        }
        let given: Vec<TicketId> = store.iter().flatten().map(|ticket| ticket.id).collect();
        let answer = match asked {
            Asked::Book(user, count, target) => self.book(*user, *count, target, &given)?,
            Asked::Move(ticket, target) => self.shift(*ticket, target, &given)?,
            Asked::Cancel(ticket) => self.cancel(*ticket)?,
        };
        let record = |key| Record { key, asked: asked.clone(), answer: answer.clone(), at: self.now };
        self.records.extend(key.cloned().map(record));
        Ok(answer)
    }

    fn book(&mut self, user: u8, count: u8, target: &Target, given: &[TicketId]) -> Outcome {
        let slot = self.seat(&self.matching(target), count)?;
        let (status, since) = (TicketStatus::Booked, self.now);
        let made = |&id| Known { id, slot, user, status, since, from: None, to: None };
        let made: Vec<Known> = given.iter().take(usize::from(count)).map(made).collect();
        assert_eq!(made.len(), usize::from(count), "the store should have sold {count} tickets");
        assert!(given.iter().all(|id| self.ticket(*id).is_none()), "an identifier was given twice");
        self.tickets.extend(made.iter().cloned());
        Ok(made)
    }

    fn shift(&mut self, id: TicketId, target: &Target, given: &[TicketId]) -> Outcome {
        let old = self.ticket(id).ok_or(Refusal::Unknown(Entity::Ticket))?.clone();
        if old.status != TicketStatus::Booked {
            return Err(Refusal::NotBooked { status: old.status });
        }
        if self.slots.iter().any(|slot| slot.id == old.slot && slot.end <= self.now) {
            return Err(Refusal::SlotEnded);
        }
        let all = self.matching(target);
        let elsewhere: Vec<usize> = all.iter().filter(|at| self.slots[**at].id != old.slot).copied().collect();
        if all.len() == 1 && elsewhere.is_empty() {
            return Err(Refusal::SameSlot);
        }
        let slot = self.seat(&elsewhere, 1)?;
        let new = *given.first().expect("the store should have moved the ticket");
        assert!(self.ticket(new).is_none(), "an identifier was given twice");
        let now = self.now;
        let moved = Known { id: new, slot, since: now, from: Some(id), to: None, ..old.clone() };
        let old = Known { status: TicketStatus::Canceled, since: now, to: Some(new), ..old };
        *self.ticket(id).unwrap() = old.clone();
        self.tickets.push(moved.clone());
        Ok(vec![moved, old])
    }

    fn cancel(&mut self, id: TicketId) -> Outcome {
        let now = self.now;
        let ticket = self.ticket(id).ok_or(Refusal::Unknown(Entity::Ticket))?;
        match ticket.status {
            TicketStatus::Booked => (ticket.status, ticket.since) = (TicketStatus::Canceled, now),
            TicketStatus::Canceled => {}
            status => return Err(Refusal::NotBooked { status }),
        }
        Ok(vec![ticket.clone()])
    }

    fn expire(&mut self) -> u64 {
        let mut count = 0;
        for slot in self.slots.iter_mut().filter(|slot| slot.end + RULES.expire_after <= self.now) {
            slot.closed = true;
            for ticket in &mut self.tickets {
                if ticket.slot == slot.id && ticket.status == TicketStatus::Booked {
                    (ticket.status, ticket.since) = (TicketStatus::Expired, self.now);
                    self.seated.push(ticket.id);
                    count += 1;
                }
            }
        }
        count
    }

    fn archive(&mut self) -> u64 {
        let mut count = 0;
        for ticket in &mut self.tickets {
            let waits = [TicketStatus::Canceled, TicketStatus::Expired].contains(&ticket.status);
            if waits && ticket.since + RULES.archive_after <= self.now {
                (ticket.status, ticket.since) = (TicketStatus::Archived, self.now);
                count += 1;
            }
        }
        count
    }
}

/// The store, the model, and what was asked of both.
struct Replay {
    ticketing: Ticketing,
    subject: Subject,
    model: Model,
    rng: StdRng,
    sent: Vec<(Asked, String)>,
}

impl Replay {
    async fn over(subject: Subject) -> Self {
        let mut rng = StdRng::seed_from_u64(1);
        let ticketing = Ticketing::open(subject.store(), RULES, &mut rng).await.unwrap();
        let mut slots = Vec::new();
        for (name, start, end, seats) in PROGRAMME {
            let (start, end) = (NOW + TimeDelta::hours(start), NOW + TimeDelta::hours(end));
            let draft = SlotDraft {
                name: SlotName::parse(name).unwrap(),
                description: SlotDescription::parse("").unwrap(),
                start,
                end,
                slot_type: SlotType::Movie,
                genre: Genre::Drama,
                capacity: Capacity::new(seats).unwrap(),
            };
            let id = ticketing.schedule(&draft, NOW, &mut rng).await.unwrap().showing.id();
            slots.push(Slot { id, name, start, end, seats, closed: false });
        }
        slots.sort_by_key(|slot| slot.id);
        let model = Model { slots, tickets: vec![], records: vec![], seated: vec![], now: NOW };
        Self { ticketing, subject, model, rng, sent: vec![] }
    }

    async fn step(&mut self, operation: &Operation) {
        match operation {
            Operation::Book { user, count, index, key } => {
                self.ask(Asked::Book(*user, *count, self.target(index)), self.key(*key)).await;
            }
            Operation::Move { ticket, index, key } => {
                if let Some(id) = self.pick(*ticket) {
                    self.ask(Asked::Move(id, self.target(index)), self.key(*key)).await;
                }
            }
            Operation::Cancel { ticket, key } => {
                if let Some(id) = self.pick(*ticket) {
                    self.ask(Asked::Cancel(id), self.key(*key)).await;
                }
            }
            Operation::CancelByGuess { ticket } => {
                if let Some(id) = self.pick(*ticket) {
                    let guess = TicketId { secret: Secret::mint(&mut self.rng), ..id };
                    self.ask(Asked::Cancel(guess), None).await;
                }
            }
            Operation::Repeat(which) => {
                // A record may be gone after a day, and then nobody knows what comes of its key.
                let known = |key: &String| self.model.records.iter().any(|record| record.key == *key);
                let sent: Vec<_> = self.sent.iter().filter(|(_, key)| known(key)).cloned().collect();
                if let Some((asked, key)) = which.checked_rem(sent.len()).map(|at| sent[at].clone()) {
                    self.ask(asked, Some(key)).await;
                }
            }
            Operation::Wait { minutes } => {
                self.model.now += TimeDelta::minutes(i64::from(*minutes));
                let now = self.model.now;
                self.model.records.retain(|record| now - record.at < TimeDelta::hours(24));
            }
            Operation::Expire => {
                let swept = self.ticketing.expire(self.model.now).await.unwrap();
                assert_eq!((swept.tickets, swept.more), (self.model.expire(), false));
            }
            Operation::Archive => {
                let swept = self.ticketing.archive(self.model.now).await.unwrap();
                assert_eq!((swept.tickets, swept.more), (self.model.archive(), false));
            }
        }
    }

    /// A key's text changes every twelve hours, so that none is used again when its record may be gone.
    fn key(&self, key: Option<u8>) -> Option<String> {
        key.map(|key| format!("{key}-{}", (self.model.now - NOW).num_hours() / 12))
    }

    fn pick(&self, ticket: usize) -> Option<TicketId> {
        Some(self.model.tickets[ticket.checked_rem(self.model.tickets.len())?].id)
    }

    fn target(&self, index: &Place) -> Target {
        match index {
            Place::Slot(at) => Target::Slot(self.model.slots[*at].id),
            Place::Like(at) => {
                let slot = &self.model.slots[*at];
                Target::Showing { name: SlotName::parse(slot.name).unwrap(), start: slot.start }
            }
            Place::Nowhere => Target::Slot(SlotId::from_u64(0).unwrap()),
        }
    }

    async fn ask(&mut self, asked: Asked, key: Option<String>) {
        let now = self.model.now;
        let idempotency = key.as_ref().map(|key| IdempotencyKey::parse(key).unwrap());
        let outcome = match &asked {
            Asked::Book(user, count, target) => {
                let request = BookingRequest {
                    user_name: UserName::parse(&format!("User {user}")).unwrap(),
                    phone: PhoneNumber::parse("9653864514").unwrap(),
                    count: TicketCount::new(u32::from(*count)).unwrap(),
                    target: target.clone(),
                    key: idempotency,
                };
                self.ticketing.book(request, now, &mut self.rng).await.map(|made: Booking| made.tickets)
            }
            Asked::Move(ticket, target) => {
                let moved = self.ticketing.move_ticket(*ticket, target.clone(), idempotency, now, &mut self.rng).await;
                moved.map(|moved| vec![moved.new, moved.old])
            }
            Asked::Cancel(ticket) => self.ticketing.cancel(*ticket, idempotency, now).await.map(|ticket| vec![ticket]),
        };
        let outcome = match outcome {
            Ok(tickets) => Ok(tickets.iter().map(known).collect()),
            Err(Error::Refused(refusal)) => Err(refusal),
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(outcome, self.model.answer(&asked, key.as_ref(), &outcome), "the answers should agree: {asked:?}");
        self.sent.extend(key.map(|key| (asked, key)));
    }

    /// Compares all there is.
    async fn compare(&self) {
        for (at, slot) in self.model.slots.iter().enumerate() {
            let seats = self.ticketing.slot(slot.id).await.unwrap().seats;
            assert_eq!((seats.available(), seats.closed()), (self.model.left(at), slot.closed), "{}", slot.id);
            let bookings = self.subject.store().bookings_of_slot(slot.id, None, 1000).await.unwrap();
            assert!(bookings.is_sorted_by_key(|booking| booking.id.key.no));
            let mut kept: Vec<Known> = bookings.iter().flat_map(|booking| &booking.tickets).map(known).collect();
            let mut wanted: Vec<_> =
                self.model.tickets.iter().filter(|ticket| ticket.slot == slot.id).cloned().collect();
            for tickets in [&mut kept, &mut wanted] {
                tickets.sort_by_key(|ticket| (ticket.id.booking, ticket.id.index));
            }
            assert_eq!(kept, wanted, "{}", slot.id);
            let sold = kept
                .iter()
                .filter(|ticket| ticket.status == TicketStatus::Booked || self.model.seated.contains(&ticket.id));
            assert_eq!(u32::try_from(sold.count()).unwrap() + seats.available(), seats.capacity().get());
        }
    }
}

fn known(ticket: &Ticket) -> Known {
    Known {
        id: ticket.id,
        slot: ticket.showing.id(),
        user: ticket.user.name.as_str().trim_start_matches("User ").parse().unwrap(),
        status: ticket.status,
        since: ticket.since,
        from: ticket.moved_from,
        to: ticket.moved_to,
    }
}

/// Replays random operations. A failure is shrunk to the fewest operations that show it, and told with its seed;
/// `MODEL_SEED` replays one.
pub fn agree(subject: impl AsyncFn() -> Subject) {
    let told = std::env::var("MODEL_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = told.unwrap_or_else(|| RandomState::new().build_hasher().finish());
    let config = Config {
        cases: CASES,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_time: 30_000,
        ..Config::default()
    };
    let runtime = Runtime::new().unwrap();
    let outcome = TestRunner::new(config).run(&operations(), |operations| {
        runtime.block_on(async {
            let mut replay = Replay::over(subject().await).await;
            for operation in &operations {
                replay.step(operation).await;
                replay.compare().await;
            }
            Ok::<_, TestCaseError>(())
        })
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, operations)) => panic!("MODEL_SEED={seed}\n{operations:#?}\n{reason}"),
        Err(TestError::Abort(reason)) => panic!("MODEL_SEED={seed}\n{reason}"),
    }
}
