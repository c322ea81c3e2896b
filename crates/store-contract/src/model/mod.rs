//! Property tests that replay random operations against a store and a naive model: plain lists, and the rules written a
//! second time. All answers must agree and, after every operation, so must the slots that it changed, and at the end all.

mod cancellations;
mod compare;
mod holds;
mod known;
mod naive;
mod operations;
mod slots;

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};
use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_domain::{
    AccessibleScope, Block, Booking, BookingRequest, Capacity, Channel, ConfirmRequest, Error, Genre, Hold,
    HoldRequest, IdempotencyKey, PaymentMethod, PhoneNumber, PriceListDraft, PriceListId, PriceListName, RefundRule,
    Rules, Secret, Selection, SingleSeats, SlotDescription, SlotDetails, SlotDraft, SlotId, SlotName, SlotSeats,
    SlotType, Target, Ticket, TicketCount, TicketId, Ticketing, TillPayment, User, UserName, Wanted,
};
use tokio::runtime::Runtime;

use self::compare::Which;
use self::known::{Known, KnownBlock, KnownHold, NOBODY};
use self::naive::{Asked, Content, Model, Slot};
use self::operations::{Choice, Operation, operations};
use crate::cinema::confirmation;
use crate::{NOW, Subject, hall, nothing_is_wrong, prices};

/// The name, hour of start, hour of end and number of seats of each slot, and the rows of those in auditoriums. Some share
/// name and start; all are small enough to sell out. Nobody has to sit together, so that a number of seats is enough for the
/// model.
const PROGRAMME: [(&str, i64, i64, u32, Option<&str>); 8] = [
    ("Skyfall", 6, 8, 6, None),
    ("Skyfall", 6, 9, 3, None),
    ("Skyfall", 6, 10, 5, Some("row A 1 1 .._.\nrow B 1 1 ..")),
    ("Skyfall", 30, 32, 4, None),
    ("Amélie", 6, 8, 5, None),
    ("Amélie", 20, 24, 2, None),
    ("Amélie", 20, 24, 9, None),
    ("Amélie", 20, 25, 7, Some("row A 7 -1 .......")),
];
const RULES: Rules = Rules {
    expire_after: TimeDelta::hours(8),
    archive_after: TimeDelta::hours(12),
    erase_after: None,
    book_after_start: TimeDelta::minutes(40),
    change_before_start: TimeDelta::minutes(70),
    accessible_before_start: TimeDelta::zero(),
    accessible_scope: AccessibleScope::Slot,
    hold_for: TimeDelta::minutes(10),
    held_share: None,
    refunds: RefundRule::DEFAULT,
    public_bookings: true,
    tickets_per_person: None,
};
const CASES: u32 = 48;

/// A replay of operations against a store and the model.
struct Replay {
    ticketing: Ticketing,
    subject: Subject,
    /// The list of all slots with prices.
    price_list: PriceListId,
    model: Model,
    rng: StdRng,
    /// The requests that had an idempotency key, each with its key.
    sent: Vec<(Asked, String)>,
    /// What the model had of each slot when it was compared with the store.
    compared: Vec<Content>,
}

impl Replay {
    async fn over(subject: Subject) -> Self {
        let mut rng = StdRng::seed_from_u64(1);
        let ticketing = Ticketing::open(subject.store(), RULES, &mut rng).await.unwrap();
        let list = PriceListDraft { name: PriceListName::parse("Weekend").unwrap(), list: prices("1310, adult") };
        let price_list = ticketing.add_price_list(&list, NOW, &mut rng).await.unwrap().id;
        let mut slots = Vec::new();
        for (at, (name, start, end, seats, rows)) in PROGRAMME.into_iter().enumerate() {
            // Of the slots of a name and start, some are free and some are not.
            let free = at % 3 != 1;
            let mut slot_seats = SlotSeats::Unnumbered(Capacity::new(seats).unwrap());
            if let Some(rows) = rows {
                let hall = hall(&format!("legend . standard\n{rows}"), SingleSeats::Allowed);
                slot_seats = SlotSeats::Auditorium(ticketing.add_auditorium(&hall, NOW, &mut rng).await.unwrap().id);
            }
            let (start, end) = (NOW + TimeDelta::hours(start), NOW + TimeDelta::hours(end));
            let draft = SlotDraft {
                name: SlotName::parse(name).unwrap(),
                start,
                end,
                details: SlotDetails {
                    description: SlotDescription::default(),
                    slot_type: SlotType::Movie,
                    genre: Genre::Drama,
                },
                seats: slot_seats,
                prices: (!free).then_some(price_list),
            };
            let id = ticketing.schedule(&draft, NOW, &mut rng).await.unwrap().id();
            slots.push(Slot { id, name, start, end, seats, closed: false, canceled: false, free });
        }
        slots.sort_by_key(|slot| slot.id);
        let model = Model {
            slots,
            tickets: vec![],
            records: vec![],
            blocks: vec![],
            holds: vec![],
            seated: vec![],
            sold: HashMap::new(),
            refunds: 0,
            now: NOW,
            channel: Channel::Public,
        };
        Self { ticketing, subject, price_list, model, rng, sent: vec![], compared: vec![] }
    }

    async fn step(&mut self, operation: &Operation) {
        match operation {
            Operation::Book { user, count, choice, block, paid, key } => {
                let block = block.filter(|_| self.model.channel == Channel::BoxOffice);
                let block = block.and_then(|which| self.pick_block(which));
                let target = match (&block, choice) {
                    (Some(block), Choice::Slot(_)) => Target::Slot(block.slot),
                    _ => self.target(choice),
                };
                let paid = *paid && self.model.channel == Channel::BoxOffice;
                self.ask(Asked::Book(*user, *count, target, block.map(|block| block.id), paid), self.key(*key)).await;
            }
            Operation::Block { slot, seats, minutes } => self.block(*slot, *seats, *minutes).await,
            Operation::SetPrices { slot, free } => self.set_prices(*slot, *free).await,
            Operation::DeleteBlock(which) => self.delete_block(*which).await,
            Operation::Move { ticket, choice, key } => {
                if let Some(id) = self.pick(*ticket) {
                    self.ask(Asked::Move(id, self.target(choice)), self.key(*key)).await;
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
            Operation::Hold { .. }
            | Operation::Confirm { .. }
            | Operation::Extend { .. }
            | Operation::Release { .. }
            | Operation::CancelHeld(_) => self.step_of_hold(operation).await,
            Operation::Repeat(which) => {
                // Stores may delete a record after a day, and the outcome of its key is undefined from then on.
                let is_kept = |key: &String| self.model.records.iter().any(|record| record.key == *key);
                // Blocks and the till are for the box office.
                let may = |asked: &Asked| {
                    let special = matches!(
                        asked,
                        Asked::Book(_, _, _, Some(_), _) | Asked::Book(.., true) | Asked::Confirm(.., true)
                    );
                    self.model.channel == Channel::BoxOffice || !special
                };
                let sent: Vec<_> =
                    self.sent.iter().filter(|(asked, key)| is_kept(key) && may(asked)).cloned().collect();
                if let Some((asked, key)) = which.checked_rem(sent.len()).map(|at| sent[at].clone()) {
                    self.ask(asked, Some(key)).await;
                }
            }
            Operation::Wait { minutes } => self.wait(*minutes),
            Operation::WaitShortly(minutes) => self.wait((*minutes).into()),
            Operation::SwitchChannel => {
                self.model.channel = match self.model.channel {
                    Channel::Public => Channel::BoxOffice,
                    Channel::BoxOffice => Channel::Public,
                };
            }
            Operation::Expire => {
                let swept = self.ticketing.expire(self.model.now).await.unwrap();
                assert_eq!((swept.tickets, swept.more), (self.model.expire(), false));
            }
            Operation::CancelSlot(at) => self.cancel_slot(*at).await,
            Operation::Archive => {
                let swept = self.ticketing.archive(self.model.now).await.unwrap();
                assert_eq!((swept.tickets, swept.more), (self.model.archive(), false));
            }
        }
    }

    async fn step_of_hold(&mut self, operation: &Operation) {
        match operation {
            Operation::Hold { count, choice, key } => {
                self.ask(Asked::Hold(*count, self.target(choice)), self.key(*key)).await;
            }
            Operation::Confirm { hold, user, paid, key } => {
                if let Some(hold) = self.pick_hold(*hold) {
                    let paid = *paid && self.model.channel == Channel::BoxOffice;
                    self.ask(Asked::Confirm(hold.id, *user, paid), self.key(*key)).await;
                }
            }
            Operation::Extend { hold, key } => {
                if let Some(hold) = self.pick_hold(*hold) {
                    self.ask(Asked::Extend(hold.id), self.key(*key)).await;
                }
            }
            Operation::Release { hold, key } => {
                if let Some(hold) = self.pick_hold(*hold) {
                    self.ask(Asked::Release(hold.id), self.key(*key)).await;
                }
            }
            Operation::CancelHeld(hold) => {
                if let Some(hold) = self.pick_hold(*hold) {
                    self.ask(Asked::Cancel(hold.tickets[0].0), None).await;
                }
            }
            _ => {}
        }
    }

    fn wait(&mut self, minutes: u16) {
        // The best seats may overlook a hold that lapsed a moment ago.
        self.model.now += TimeDelta::minutes(minutes.into()) + TimeDelta::seconds(3);
        let now = self.model.now;
        self.model.release();
        self.model.records.retain(|record| now - record.at < TimeDelta::hours(24));
    }

    /// Returns a key's text. It changes every twelve hours, so that no key is used again after its record may be
    /// deleted.
    fn key(&self, key: Option<u8>) -> Option<String> {
        key.map(|key| format!("{key}-{}", (self.model.now - NOW).num_hours() / 12))
    }

    fn pick(&self, ticket: usize) -> Option<TicketId> {
        Some(self.model.tickets[ticket.checked_rem(self.model.tickets.len())?].id)
    }

    /// Returns a hold that stores still keep.
    fn pick_hold(&self, which: usize) -> Option<KnownHold> {
        let kept = |hold: &&KnownHold| self.model.now - hold.until < Hold::KEPT;
        let holds: Vec<_> = self.model.holds.iter().filter(kept).collect();
        Some(holds[which.checked_rem(holds.len())?].clone())
    }

    fn target(&self, choice: &Choice) -> Target {
        match choice {
            Choice::Slot(at) => Target::Slot(self.model.slots[*at].id),
            Choice::NameAndStart(at) => {
                let slot = &self.model.slots[*at];
                Target::Showing { name: SlotName::parse(slot.name).unwrap(), start: slot.start }
            }
            Choice::Unknown => Target::Slot(SlotId::from_u64(0).unwrap()),
        }
    }

    async fn ask(&mut self, asked: Asked, key: Option<String>) {
        let now = self.model.now;
        let ticketing = self.ticketing.through(self.model.channel);
        let idempotency = key.as_ref().map(|key| IdempotencyKey::parse(key).unwrap());
        let mut id = None;
        let noted = |booking: Booking| {
            id = Some(booking.id());
            booking.tickets().iter().map(|ticket| Known { until: held_until(&booking), ..known(ticket) }).collect()
        };
        let outcome: Result<Vec<Known>, _> = match &asked {
            Asked::Book(user, count, target, block, paid) => {
                let (user_name, phone) = person(*user);
                let selection = Selection { block: *block, ..apart(*count) };
                let request = BookingRequest {
                    user_name,
                    phone,
                    selection,
                    target: target.clone(),
                    payment: paid.then(in_cash),
                    key: idempotency,
                };
                ticketing.book(request, now, &mut self.rng).await.map(noted)
            }
            Asked::Hold(count, target) => {
                let request = HoldRequest { selection: apart(*count), target: target.clone(), key: idempotency };
                ticketing.hold(request, now, &mut self.rng).await.map(noted)
            }
            Asked::Confirm(hold, user, paid) => {
                let request = confirmation(person(*user), idempotency);
                let request = ConfirmRequest { payment: paid.then(in_cash), ..request };
                ticketing.confirm(*hold, request, now).await.map(noted)
            }
            Asked::Extend(hold) => ticketing.extend(*hold, idempotency, now).await.map(noted),
            Asked::Release(hold) => ticketing.release(*hold, idempotency, now).await.map(noted),
            Asked::Move(ticket, target) => {
                let moved = ticketing.move_ticket(*ticket, target.clone(), idempotency, now, &mut self.rng).await;
                moved.map(|moved| vec![known(&moved.new), known(&moved.old)])
            }
            Asked::Cancel(ticket) => {
                ticketing.cancel(*ticket, idempotency, now).await.map(|ticket| vec![known(&ticket)])
            }
        };
        let outcome = match outcome {
            Ok(tickets) => Ok(tickets),
            Err(Error::Refused(refusal)) => Err(refusal),
            Err(other) => panic!("{other:?}"),
        };
        let expected = self.model.answer(&asked, key.as_ref(), &outcome, id);
        assert_eq!(outcome, expected, "the answers should agree: {asked:?}");
        self.sent.extend(key.map(|key| (asked, key)));
    }
}

/// Returns a request for seats that need not be beside each other.
fn apart(count: u8) -> Selection {
    let count = TicketCount::new(count.into()).unwrap();
    Selection { wanted: Wanted::Best { count, zone: None, together: false }, ..Selection::any(count) }
}

fn in_cash() -> TillPayment {
    TillPayment { method: PaymentMethod::Cash, reference: None }
}

/// Returns the name and phone number of a numbered user.
fn person(user: u8) -> (UserName, PhoneNumber) {
    (UserName::parse(&format!("User {user}")).unwrap(), PhoneNumber::parse("9653864514").unwrap())
}

/// Returns until when a booking's seats are held, or were held, while it has no person.
fn held_until(booking: &Booking) -> Option<DateTime<Utc>> {
    booking.hold().filter(|_| booking.is_unconfirmed()).map(|hold| hold.until)
}

fn known(ticket: &Ticket) -> Known {
    let number = |user: &User| user.name.as_str().trim_start_matches("User ").parse().unwrap();
    Known {
        id: ticket.id(),
        slot: ticket.showing().id(),
        seat: ticket.seat_no(),
        user: ticket.user().map_or(NOBODY, |user| number(user)),
        status: ticket.status(),
        since: ticket.since(),
        from: ticket.moved_from(),
        to: ticket.moved_to(),
        until: None,
    }
}

fn known_block(block: &Block) -> KnownBlock {
    KnownBlock { id: block.id(), slot: block.slot(), seats: block.seats().to_vec(), released_at: block.released_at() }
}

/// Replays random operations. A failure is reduced to the fewest operations that show it, and reported with its seed.
/// The environment variable `MODEL_SEED` repeats a seed.
pub fn agree(subject: impl AsyncFn() -> Subject) {
    let given = std::env::var("MODEL_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = given.unwrap_or_else(|| RandomState::new().build_hasher().finish());
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
                replay.compare(Which::Changed).await;
            }
            replay.compare(Which::All).await;
            nothing_is_wrong(&*replay.subject.records()).await;
            Ok::<_, TestCaseError>(())
        })
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, operations)) => panic!("MODEL_SEED={seed}\n{operations:#?}\n{reason}"),
        Err(TestError::Abort(reason)) => panic!("MODEL_SEED={seed}\n{reason}"),
    }
}
