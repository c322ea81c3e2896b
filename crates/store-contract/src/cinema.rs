//! The world of a case: a store with an installation on it, and short words for what people do there.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rand::SeedableRng;
use rand::rngs::StdRng;
use ticketly_domain::{
    Auditorium, AuditoriumDraft, AuditoriumName, Block, Booking, BookingRequest, Capacity, Channel, ConfirmRequest,
    Deadline, Error, Genre, HoldRequest, IdempotencyKey, InstallationKey, KeyStore, Moved, NewBooking, PageSize,
    PhoneNumber, Plan, PriceList, PriceListDraft, PriceListName, Rebooking, Rules, SeatLabel, SeatNo, Selection,
    SingleSeats, SlotDescription, SlotDetails, SlotDraft, SlotId, SlotName, SlotQuery, SlotSeats, SlotType, Store,
    StoredPriceList, Target, Ticket, TicketCount, TicketId, TicketSlot, TicketStatus, Ticketing, Tickets, Turnaround,
    UserName,
};

use crate::Subject;
pub use crate::outcomes::{race, refused, rng, split, store_refused, taken};

/// The time at which a case begins.
pub const NOW: DateTime<Utc> = DateTime::from_timestamp(1_604_233_320, 0).unwrap();
/// When a slot starts unless a case says otherwise.
pub const SHOW_START: DateTime<Utc> = DateTime::from_timestamp(1_604_233_320 + 2 * 3600, 0).unwrap();
/// When a slot ends unless a case says otherwise.
pub const SHOW_END: DateTime<Utc> = DateTime::from_timestamp(1_604_233_320 + 4 * 3600, 0).unwrap();

/// A store with an installation on it.
pub struct Cinema {
    subject: Subject,
    /// The use cases over the store.
    pub ticketing: Ticketing,
    /// Where a case's identifiers come from.
    pub rng: StdRng,
}

/// All that can be read of a store's slots and bookings.
#[derive(Debug, PartialEq)]
pub struct Everything {
    slots: Vec<TicketSlot>,
    bookings: Vec<Booking>,
}

impl Cinema {
    /// A new installation on a store.
    pub async fn over(subject: Subject) -> Self {
        let mut rng = StdRng::seed_from_u64(1);
        let ticketing = Ticketing::open(subject.store(), Rules::default(), &mut rng).await.unwrap();
        Self { subject, ticketing, rng }
    }

    /// The same cinema after a restart.
    pub async fn reopened(self) -> Self {
        let Self { subject, ticketing, mut rng } = self;
        drop(ticketing);
        let subject = subject.reopened().await;
        let ticketing = Ticketing::open(subject.store(), Rules::default(), &mut rng).await.unwrap();
        Self { subject, ticketing, rng }
    }

    /// The store, for what no use case does.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        self.subject.store()
    }

    /// The store of keys.
    #[must_use]
    pub fn keys(&self) -> Arc<dyn KeyStore> {
        self.subject.keys()
    }

    /// From now on these rules hold.
    pub async fn under(&mut self, rules: Rules) {
        self.ticketing = Ticketing::open(self.store(), rules, &mut self.rng).await.unwrap();
    }

    /// From now on the box office asks, which may do everything until a showing ends.
    pub fn at_the_box_office(&mut self) {
        self.ticketing = self.ticketing.through(Channel::BoxOffice);
    }

    /// Schedules Skyfall with so many seats.
    pub async fn slot(&mut self, seats: u32) -> SlotId {
        self.slot_of(&draft("Skyfall", seats)).await
    }

    /// Schedules what a draft says.
    pub async fn slot_of(&mut self, draft: &SlotDraft) -> SlotId {
        self.ticketing.schedule(draft, NOW, &mut self.rng).await.unwrap().id()
    }

    /// Adds an auditorium with a plan.
    pub async fn auditorium(&mut self, plan: &str, single_seats: SingleSeats) -> Auditorium {
        let draft = hall(plan, single_seats);
        self.ticketing.add_auditorium(&draft, NOW, &mut self.rng).await.unwrap()
    }

    /// Adds a price list with prices as [`prices`] reads them.
    pub async fn price_list(&mut self, name: &str, text: &str) -> StoredPriceList {
        let draft = PriceListDraft { name: PriceListName::parse(name).unwrap(), list: prices(text) };
        self.ticketing.add_price_list(&draft, NOW, &mut self.rng).await.unwrap()
    }

    /// Schedules Skyfall in a new auditorium with a plan.
    pub async fn seated(&mut self, plan: &str) -> SlotId {
        let auditorium = self.auditorium(plan, SingleSeats::Refused).await;
        self.slot_of(&seated_draft("Skyfall", &auditorium)).await
    }

    /// John books these seats, which are named with spaces between them.
    pub async fn book_seats(&mut self, target: impl Into<Seat>, seats: &str) -> Result<Booking, Error> {
        self.ask(BookingRequest { selection: named(seats), ..request(target, 1) }, NOW).await
    }

    /// Somebody holds so many seats.
    pub async fn hold(&mut self, target: impl Into<Seat>, count: u32, at: DateTime<Utc>) -> Result<Booking, Error> {
        let selection = Selection::any(TicketCount::new(count).unwrap());
        self.hold_of(HoldRequest { selection, target: target.into().0, key: None }, at).await
    }

    /// Somebody holds these seats, which are named with spaces between them.
    pub async fn hold_seats(
        &mut self,
        target: impl Into<Seat>,
        seats: &str,
        at: DateTime<Utc>,
    ) -> Result<Booking, Error> {
        self.hold_of(HoldRequest { selection: named(seats), target: target.into().0, key: None }, at).await
    }

    /// Somebody holds seats.
    pub async fn hold_of(&mut self, request: HoldRequest, at: DateTime<Utc>) -> Result<Booking, Error> {
        self.ticketing.hold(request, at, &mut self.rng).await
    }

    /// A person confirms a hold.
    pub async fn confirm(&self, hold: &Booking, name: &str, at: DateTime<Utc>) -> Result<Booking, Error> {
        self.ticketing.confirm(hold.id(), confirmation(person(name), None), at).await
    }

    /// Returns the labels of the seats that are not available, in order.
    pub async fn taken(&self, slot: SlotId) -> String {
        let slot = self.ticketing.slot(slot).await.unwrap();
        let (plan, taken) = (&slot.showing().seating().unwrap().plan, slot.seats().taken().unwrap());
        let seats = (0..plan.seats()).map(SeatNo).filter(|seat| taken.has(plan, *seat));
        seats.map(|seat| plan.label(seat)).collect::<Vec<_>>().join(" ")
    }

    /// Two slots of one name and start with so many seats each, in order of identifier.
    pub async fn twins(&mut self, seats: u32) -> (SlotId, SlotId) {
        let (one, other) = (self.slot(seats).await, self.slot(seats).await);
        (one.min(other), one.max(other))
    }

    /// John books.
    pub async fn book(&mut self, target: impl Into<Seat>, count: u32) -> Result<Booking, Error> {
        self.ask(request(target, count), NOW).await
    }

    /// John books, and one ticket of it is what matters.
    pub async fn ticket(&mut self, target: impl Into<Seat>) -> Ticket {
        self.book(target, 1).await.unwrap().tickets()[0].clone()
    }

    /// Somebody books at some time.
    pub async fn ask(&mut self, request: BookingRequest, at: DateTime<Utc>) -> Result<Booking, Error> {
        self.ticketing.book(request, at, &mut self.rng).await
    }

    /// A ticket is moved.
    pub async fn shift(&mut self, ticket: TicketId, target: impl Into<Seat>) -> Result<Moved, Error> {
        self.ticketing.move_ticket(ticket, target.into().0, None, NOW, &mut self.rng).await
    }

    /// A ticket is moved once, however often it is asked for.
    pub async fn shift_once(
        &mut self,
        key: &str,
        ticket: TicketId,
        target: impl Into<Seat>,
        at: DateTime<Utc>,
    ) -> Result<Moved, Error> {
        self.ticketing.move_ticket(ticket, target.into().0, Some(idempotency(key)), at, &mut self.rng).await
    }

    /// A ticket is canceled.
    pub async fn cancel(&self, ticket: TicketId) -> Result<Ticket, Error> {
        self.ticketing.cancel(ticket, None, NOW).await
    }

    /// A ticket is canceled once, however often it is asked for.
    pub async fn cancel_once(&self, key: &str, ticket: TicketId, at: DateTime<Utc>) -> Result<Ticket, Error> {
        self.ticketing.cancel(ticket, Some(idempotency(key)), at).await
    }

    /// A new booking as a store sees it, John's.
    pub async fn minted(&mut self, target: impl Into<Seat>, count: u32) -> NewBooking {
        let kept = self.store().installation_key(&InstallationKey::mint(&mut self.rng)).await.unwrap();
        let (name, phone) = person("John");
        let user = Arc::new(kept.user(name, phone));
        let seats = Selection::any(TicketCount::new(count).unwrap());
        NewBooking::mint(target.into().0, seats, Some(user), Deadline::End, NOW, &mut self.rng)
    }

    /// A move as a store sees it.
    pub fn minted_move(&mut self, ticket: TicketId, target: impl Into<Seat>) -> Rebooking {
        Rebooking::mint(Tickets::One(ticket), target.into().0, (Deadline::End, Deadline::End), NOW, &mut self.rng)
    }

    /// Expires whatever is due by some time.
    pub async fn expire_by(&self, due_by: DateTime<Utc>) -> u64 {
        self.ticketing.expire(due_by + Rules::default().expire_after).await.unwrap().tickets
    }

    /// Archives whatever is due by some time.
    pub async fn archive_by(&self, due_by: DateTime<Utc>) -> u64 {
        self.ticketing.archive(due_by + Rules::default().archive_after).await.unwrap().tickets
    }

    /// The bookings of a slot, straight from the store.
    pub async fn bookings(&self, slot: SlotId) -> Vec<Booking> {
        let mut bookings: Vec<Booking> = Vec::new();
        loop {
            let from = bookings.pop().map(|last| last.key().no);
            let read = self.store().bookings_of_slot(slot, from, 128).await.unwrap();
            let full = read.len() == 128;
            bookings.extend(read);
            if !full {
                return bookings;
            }
        }
    }

    /// How many seats a slot has left.
    pub async fn available(&self, slot: SlotId) -> u32 {
        self.ticketing.slot(slot).await.unwrap().seats().available()
    }

    /// The tickets of a slot, straight from the store.
    pub async fn tickets(&self, slot: SlotId) -> Vec<Ticket> {
        self.bookings(slot).await.into_iter().flat_map(|booking| booking.tickets().to_vec()).collect()
    }

    /// How many tickets of a slot are in a status.
    pub async fn count(&self, slot: SlotId, status: TicketStatus) -> usize {
        self.tickets(slot).await.iter().filter(|ticket| ticket.status() == status).count()
    }

    /// Checks that the booked and expired tickets of a slot, its blocked seats and its free ones make up its capacity, and
    /// returns how many tickets are booked.
    pub async fn balanced(&self, slot: SlotId) -> u32 {
        let seats = self.ticketing.slot(slot).await.unwrap().seats().clone();
        let tickets = self.tickets(slot).await;
        let of = |status| u32::try_from(tickets.iter().filter(|ticket| ticket.status() == status).count()).unwrap();
        let (booked, expired) = (of(TicketStatus::Booked), of(TicketStatus::Expired));
        let blocks = self.store().blocks(slot).await.unwrap();
        let blocked: Vec<_> = blocks.iter().flat_map(Block::seats).copied().collect();
        let shown =
            format!("{booked} booked, {expired} expired, {} blocked, {} left", blocked.len(), seats.available());
        let sum = booked + expired + u32::try_from(blocked.len()).unwrap() + seats.available();
        assert_eq!(sum, seats.capacity().get(), "{shown}");
        if slot.is_seated() {
            let holds = |ticket: &&Ticket| matches!(ticket.status(), TicketStatus::Booked | TicketStatus::Expired);
            let mut held: Vec<_> = tickets.iter().filter(holds).map(|ticket| ticket.seat_no().unwrap()).collect();
            held.extend(blocked);
            held.sort_unstable();
            let showing = self.ticketing.slot(slot).await.unwrap().showing().clone();
            let plan = &showing.seating().unwrap().plan;
            let held: Vec<_> = held.into_iter().map(|seat| plan.label(seat)).collect();
            assert_eq!(held.join(" "), self.taken(slot).await, "each taken seat has one ticket or block");
        }
        booked
    }

    /// All that can be read, to be compared with itself later.
    pub async fn everything(&self) -> Everything {
        let mut slots = Vec::new();
        let mut after = None;
        loop {
            let query = SlotQuery { after, limit: PageSize::LARGEST, ..SlotQuery::default() };
            let page = self.store().slots(&query).await.unwrap();
            slots.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let mut bookings = Vec::new();
        for slot in &slots {
            bookings.extend(self.bookings(slot.id()).await);
        }
        Everything { slots, bookings }
    }
}

/// Where to sit, said shortly: a slot, or Skyfall by its start.
pub struct Seat(pub Target);

impl From<SlotId> for Seat {
    fn from(slot: SlotId) -> Self {
        Self(Target::Slot(slot))
    }
}

impl From<Target> for Seat {
    fn from(target: Target) -> Self {
        Self(target)
    }
}

/// Skyfall at its usual start, in whichever slot.
pub fn skyfall() -> Target {
    Target::Showing { name: SlotName::parse("Skyfall").unwrap(), start: SHOW_START }
}

/// A showing of this name at the usual time.
#[must_use]
pub fn draft(name: &str, seats: u32) -> SlotDraft {
    SlotDraft {
        name: SlotName::parse(name).unwrap(),
        start: SHOW_START,
        end: SHOW_END,
        details: SlotDetails {
            description: SlotDescription::parse("About somebody.\nTwice.").unwrap(),
            slot_type: SlotType::Movie,
            genre: Genre::Action,
        },
        seats: SlotSeats::Unnumbered(Capacity::new(seats).unwrap()),
        prices: None,
    }
}

/// An auditorium with a plan and a rule against single seats.
#[must_use]
pub fn hall(plan: &str, single_seats: SingleSeats) -> AuditoriumDraft {
    let plan = Plan::new(plan.parse().unwrap()).unwrap();
    let name = AuditoriumName::parse("Saal 1").unwrap();
    AuditoriumDraft { name, turnaround: Turnaround::new(20).unwrap(), single_seats, plan: Arc::new(plan) }
}

/// Prices in euro, with a line for each: the amount in cents, the ticket type and, in one zone only, the zone, with commas
/// between them.
#[must_use]
pub fn prices(text: &str) -> Arc<PriceList> {
    let lines = text.lines().map(|line| format!("price\t{}\n", line.replace(", ", "\t")));
    let text = format!("currency\tEUR\ntax\t700\n{}", lines.collect::<String>());
    Arc::new(text.parse().unwrap())
}

/// A showing with prices at the usual time.
#[must_use]
pub fn priced_draft(name: &str, seats: u32, list: &StoredPriceList) -> SlotDraft {
    SlotDraft { prices: Some(list.id), ..draft(name, seats) }
}

/// A showing in an auditorium at the usual time.
#[must_use]
pub fn seated_draft(name: &str, auditorium: &Auditorium) -> SlotDraft {
    SlotDraft { seats: SlotSeats::Auditorium(auditorium.id), ..draft(name, 1) }
}

/// These seats, which are named with spaces between them.
#[must_use]
pub fn named(seats: &str) -> Selection {
    Selection::named(seats.split(' ').map(|seat| SeatLabel::parse(seat).unwrap()).collect()).unwrap()
}

/// The labels of the tickets' seats, in the order of the tickets.
#[must_use]
pub fn seats_of(booking: &Booking) -> String {
    let label = |ticket: &Ticket| ticket.seat().map(|seat| format!("{}{}", seat.row, seat.number)).unwrap();
    booking.tickets().iter().map(label).collect::<Vec<_>>().join(" ")
}

/// A person of this name; the phone number follows from it.
pub fn person(name: &str) -> (UserName, PhoneNumber) {
    let digits = name.bytes().fold(9_000_000_000_u64, |number, byte| number + u64::from(byte) * 7919);
    (UserName::parse(name).unwrap(), PhoneNumber::parse(&format!("+{digits}")).unwrap())
}

/// John's request for tickets.
pub fn request(target: impl Into<Seat>, count: u32) -> BookingRequest {
    request_of("John", target, count)
}

/// Somebody's request for tickets.
pub fn request_of(name: &str, target: impl Into<Seat>, count: u32) -> BookingRequest {
    let (user_name, phone) = person(name);
    let selection = Selection::any(TicketCount::new(count).unwrap());
    BookingRequest { user_name, phone, selection, target: target.into().0, payment: None, key: None }
}

/// The confirmation of a hold for a person who has nothing to pay.
pub fn confirmation((user_name, phone): (UserName, PhoneNumber), key: Option<IdempotencyKey>) -> ConfirmRequest {
    ConfirmRequest { user_name, phone, payment: None, key }
}

/// A request that is to be done once.
pub fn keyed(key: &str, request: BookingRequest) -> BookingRequest {
    BookingRequest { key: Some(idempotency(key)), ..request }
}

/// An idempotency key.
pub fn idempotency(key: &str) -> IdempotencyKey {
    IdempotencyKey::parse(key).unwrap()
}

/// So many minutes after the beginning.
pub fn minutes(minutes: i64) -> DateTime<Utc> {
    NOW + TimeDelta::minutes(minutes)
}
