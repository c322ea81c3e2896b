//! Totals of random stories, compared with naive sums.

use std::collections::BTreeMap;
use std::slice;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::{SlotTotals, TotalsKey, TotalsLine};
use crate::{
    Action, Auditorium, AuditoriumDraft, AuditoriumName, Booking, Deadline, Genre, InstallationKey, NewBooking,
    NewPayment, PaymentDraft, PaymentId, PaymentMethod, PhoneNumber, Plan, PriceListDraft, PriceListName, Rebooking,
    RefundId, RefundRule, RefundTerms, SeatsDelta, Selection, SingleSeats, SlotDescription, SlotDetails, SlotDraft,
    SlotName, SlotSeats, SlotType, StoredPriceList, Target, TicketCount, TicketId, TicketSlot, TicketTypeName,
    TicketTypes, Tickets, Turnaround, User, UserName, ZoneName,
};

const PLAN: &str = "legend . standard\nlegend L lounge\nrow A 1 1 ............\nrow B 1 1 LLLLLLLLLLLL";
const PRICES: &str =
    "currency\tEUR\ntax\t700\nprice\t1210\tadult\nprice\t815\tchild\nprice\t1690\tadult\tlounge\nprice\t0\tclub\n";
const TYPES: [&str; 3] = ["adult", "child", "club"];
/// Nothing is archived after it expired.
const NEVER: DateTime<Utc> = DateTime::<Utc>::MAX_UTC;

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_604_233_320 + minutes * 60, 0).unwrap()
}

/// A ticket of the naive ledger.
#[derive(Clone)]
struct Sold {
    slot: usize,
    booking: usize,
    index: u8,
    key: TotalsKey,
    price: u64,
    tax: u64,
    /// What was paid back. `None` while it is not canceled.
    back: Option<u64>,
}

struct Story {
    rng: StdRng,
    slots: Vec<TicketSlot>,
    bookings: Vec<Booking>,
    ledger: Vec<Sold>,
    user: Arc<User>,
}

impl Story {
    fn new(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let hall = AuditoriumDraft {
            name: AuditoriumName::parse("Hall 1").unwrap(),
            turnaround: Turnaround::DEFAULT,
            single_seats: SingleSeats::Allowed,
            plan: Arc::new(Plan::new(PLAN.parse().unwrap()).unwrap()),
        };
        let hall = Auditorium::add(hall, at(0), &mut rng);
        let list =
            PriceListDraft { name: PriceListName::parse("Evening").unwrap(), list: Arc::new(PRICES.parse().unwrap()) };
        let list = StoredPriceList::add(list, at(0), &mut rng);
        let slots = [Some(list.id), Some(list.id), None].map(|prices| {
            let draft = SlotDraft {
                name: SlotName::parse("Metropolis").unwrap(),
                start: at(600),
                end: at(750),
                details: SlotDetails {
                    description: SlotDescription::default(),
                    slot_type: SlotType::Movie,
                    genre: Genre::Action,
                },
                seats: SlotSeats::Auditorium(hall.id),
                prices,
            };
            TicketSlot::schedule(&draft, Some(&hall), Some(&list), at(0), &mut rng).unwrap()
        });
        let user = InstallationKey::mint(&mut rng)
            .user(UserName::parse("Brigitte").unwrap(), PhoneNumber::parse("03012345").unwrap());
        Self { rng, slots: slots.into(), bookings: Vec::new(), ledger: Vec::new(), user: Arc::new(user) }
    }

    fn book(&mut self, minute: i64) {
        let slot = self.rng.random_range(0..self.slots.len());
        let count = self.rng.random_range(1..4);
        let types: Vec<_> = (0..count).map(|_| TYPES[self.rng.random_range(0..TYPES.len())]).collect();
        let mut selection = Selection::any(TicketCount::new(count).unwrap());
        let is_free = self.slots[slot].prices().is_none();
        if !is_free {
            let types = types.iter().map(|name| TicketTypeName::parse(name).unwrap()).collect();
            selection.ticket_types = Some(TicketTypes::Each(types));
        }
        let id = PaymentId::mint(&mut self.rng);
        let paid = PaymentDraft { id, method: PaymentMethod::Cash, reference: None };
        let target = Target::Slot(self.slots[slot].id());
        let user = Some(Arc::clone(&self.user));
        let new = NewBooking::mint(target, selection, user, Deadline::End, at(minute), &mut self.rng);
        let pays = !is_free && types.iter().any(|name| *name != "club");
        let payment = if pays { NewPayment::AtTill(paid) } else { NewPayment::None };
        let new = NewBooking { payment, ..new };
        let Ok(allocation) = new.allocate(slice::from_ref(&self.slots[slot]), None, None) else { return };
        self.take(slot, &allocation.seats);
        let booking = self.bookings.len();
        for (ticket, name) in allocation.booking.tickets().iter().zip(types) {
            let zone = ticket.seat().unwrap().zone.unwrap();
            let price: u64 = match (name, zone) {
                _ if is_free => 0,
                ("adult", "lounge") => 1690,
                ("adult", _) => 1210,
                ("child", _) => 815,
                _ => 0,
            };
            let key = TotalsKey {
                ticket_type: (!is_free).then(|| TicketTypeName::parse(name).unwrap()),
                zone: Some(ZoneName::parse(zone).unwrap()),
                currency: (!is_free).then(|| "EUR".parse().unwrap()),
            };
            let tax = (price * 7 * 2 + 107) / 214;
            self.ledger.push(Sold { slot, booking, index: ticket.id().index, key, price, tax, back: None });
        }
        self.bookings.push(allocation.booking);
    }

    fn take(&mut self, slot: usize, seats: &SeatsDelta) {
        let seats = self.slots[slot].seats().apply(seats).unwrap();
        self.slots[slot] = self.slots[slot].with_seats(seats);
    }

    /// Cancels or moves one ticket.
    fn change(&mut self, minute: i64) {
        let open: Vec<_> = (0..self.ledger.len()).filter(|sold| self.ledger[*sold].back.is_none()).collect();
        if open.is_empty() {
            return;
        }
        let chosen = open[self.rng.random_range(0..open.len())];
        let Sold { booking, index, price, .. } = self.ledger[chosen];
        let ticket = self.bookings[booking].tickets()[usize::from(index)].id();
        if self.rng.random_bool(0.5) {
            let terms = [
                RefundTerms::Full,
                RefundTerms::Rule(RefundRule { percent: 75, before_start: TimeDelta::minutes(300) }),
            ];
            let terms = terms[self.rng.random_range(0..2)];
            let refund = Some((RefundId::from_bytes(self.rng.random()), terms));
            let action = Action::Cancel { tickets: Tickets::One(ticket), until: Deadline::End, refund };
            let before = &self.bookings[booking];
            let applied = before.apply(&action, at(minute)).unwrap();
            self.ledger[chosen].back = Some(match terms {
                RefundTerms::Full => price,
                // Moved tickets keep the earlier end of refunds, which is that of an hour before the start.
                RefundTerms::Rule(_) if minute < 300 => price * 3 / 4,
                RefundTerms::Rule(_) => 0,
            });
            let slot = self.ledger[chosen].slot;
            self.take(slot, &applied.seats);
            self.bookings[booking] = applied.booking;
        } else {
            self.rebook(chosen, ticket, minute);
        }
    }

    fn rebook(&mut self, chosen: usize, ticket: TicketId, minute: i64) {
        let to = self.rng.random_range(0..self.slots.len());
        let until = (Deadline::End, Deadline::End);
        let target = Target::Slot(self.slots[to].id());
        let move_to = Rebooking::mint(Tickets::One(ticket), target, until, at(minute), &mut self.rng);
        let Sold { booking, slot, .. } = self.ledger[chosen];
        let moved = move_to.allocate(&self.bookings[booking], slice::from_ref(&self.slots[to]), None);
        let Ok(rebooked) = moved else { return };
        self.bookings[booking] = rebooked.old;
        self.take(slot, &rebooked.released);
        let zone = rebooked.new.booking.tickets()[0].seat().unwrap().zone.unwrap();
        self.take(to, &rebooked.new.seats);
        let moved = &mut self.ledger[chosen];
        (moved.slot, moved.booking, moved.index) = (to, self.bookings.len(), 0);
        moved.key.zone = Some(ZoneName::parse(zone).unwrap());
        self.bookings.push(rebooked.new.booking);
    }

    fn apply_to_all(&mut self, action: &Action, minute: i64) {
        for booking in &mut self.bookings {
            *booking = booking.apply(action, at(minute)).unwrap().booking;
        }
    }

    /// Compares the totals of all slots with the ledger.
    fn check(&self, expired_from: DateTime<Utc>, moment: &str) {
        for (number, slot) in self.slots.iter().enumerate() {
            let mut totals = SlotTotals::default();
            for booking in self.bookings.iter().filter(|booking| booking.key().slot == slot.id()) {
                totals.add(booking, expired_from);
            }
            let mut naive: BTreeMap<&TotalsKey, TotalsLine> = BTreeMap::new();
            for sold in self.ledger.iter().filter(|sold| sold.slot == number) {
                let line = naive.entry(&sold.key).or_default();
                if let Some(back) = sold.back {
                    line.canceled += 1;
                    line.refunded += back;
                    line.kept += sold.price - back;
                } else {
                    line.tickets += 1;
                    line.takings += sold.price;
                    line.tax += sold.tax;
                }
            }
            let found: Vec<_> = totals.lines().map(|(key, line)| (key, *line)).collect();
            assert_eq!(found, naive.into_iter().collect::<Vec<_>>(), "{moment}");
            assert_eq!(totals.to_string().parse(), Ok(totals));
        }
    }
}

#[test]
fn totals_are_the_sums_of_what_was_sold_canceled_and_moved() {
    let (mut moved, mut canceled) = (0, 0);
    for seed in 0..40 {
        let mut story = Story::new(seed);
        for step in 0..60 {
            if story.rng.random_bool(0.4) { story.book(step * 9) } else { story.change(step * 9) }
        }
        story.check(NEVER, "on sale");
        let settled_by = at(200);
        story.apply_to_all(&Action::Archive { settled_by }, 900);
        story.check(NEVER, "with archived cancellations");
        story.apply_to_all(&Action::Expire, 1230);
        story.check(NEVER, "expired");
        story.apply_to_all(&Action::Archive { settled_by: at(540) }, 1500);
        story.check(NEVER, "with all cancellations archived");
        story.apply_to_all(&Action::Archive { settled_by: at(1230) }, 2000);
        story.check(at(1999), "archived");
        let tickets = || story.bookings.iter().flat_map(Booking::tickets);
        moved += tickets().filter(|ticket| ticket.moved_to().is_some()).count();
        canceled += story.ledger.iter().filter(|sold| sold.back.is_some_and(|back| back > 0)).count();
    }
    assert!(moved > 50 && canceled > 50, "{moved} moved, {canceled} refunded");
}

#[test]
fn types_beyond_the_limit_share_a_line() {
    let (many, extra) = (SlotTotals::MAX_LINES, 7);
    let lines = (0..many).map(|number| format!("1\t100\t7\t0\t0\t0\tEUR\ttype {number:04}\t"));
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut totals: SlotTotals = text.parse().unwrap();
    let mut story = Story::new(3);
    for _ in 0..extra {
        story.book(1);
    }
    let priced = |booking: &&Booking| booking.sale().is_some();
    let sold: Vec<_> = story.bookings.iter().filter(priced).collect();
    for booking in &sold {
        totals.add(booking, NEVER);
    }
    assert_eq!(totals.lines().count(), many + 1);
    let (key, line) = totals.lines().next().unwrap();
    assert_eq!((&key.ticket_type, &key.zone, key.currency.is_some()), (&None, &None, true));
    let paid: u64 = sold.iter().map(|booking| booking.sale().unwrap().total()).sum();
    assert_eq!((line.takings, paid > 0), (paid, true));
    let sums = totals.by_currency();
    assert_eq!(sums[&Some("EUR".parse().unwrap())].takings, paid + 100 * many as u64);
}
