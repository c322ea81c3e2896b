use std::sync::Arc;

use chrono::TimeDelta;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::*;
use crate::records::{FindingKind, StoredPlan, StoredPrices, StoredRequest, StoredSlot};
use crate::*;

const NOW: chrono::DateTime<chrono::Utc> = chrono::DateTime::from_timestamp(1_604_233_320, 0).unwrap();

/// Records of a small cinema, which fit each other.
struct Cinema {
    rng: StdRng,
    key: InstallationKey,
    records: Vec<Record>,
    /// A slot without numbers, and one in an auditorium with prices.
    free: TicketSlot,
    seated: TicketSlot,
}

fn user(cinema: &Cinema) -> Arc<User> {
    let (name, phone) = (UserName::parse("John").unwrap(), PhoneNumber::parse("9653864514").unwrap());
    Arc::new(cinema.key.user(name, phone))
}

impl Cinema {
    fn new() -> Self {
        let mut rng = StdRng::seed_from_u64(3);
        let plan =
            Arc::new(Plan::new("legend . standard\nrow A 1 1 ......\nrow B 1 1 ......".parse().unwrap()).unwrap());
        let name = AuditoriumName::parse("Hall").unwrap();
        let single_seats = SingleSeats::Allowed;
        let hall = AuditoriumDraft { name, turnaround: Turnaround::DEFAULT, single_seats, plan: Arc::clone(&plan) };
        let hall = Auditorium::add(hall, NOW, &mut rng);
        let list = Arc::new("currency\tEUR\ntax\t700\nprice\t1100\tadult\n".parse().unwrap());
        let list = PriceListDraft { name: PriceListName::parse("All").unwrap(), list };
        let list = StoredPriceList::add(list, NOW, &mut rng);
        let details =
            SlotDetails { description: SlotDescription::default(), slot_type: SlotType::Movie, genre: Genre::Drama };
        let draft = SlotDraft {
            name: SlotName::parse("Skyfall").unwrap(),
            start: NOW + TimeDelta::hours(2),
            end: NOW + TimeDelta::hours(4),
            details,
            seats: SlotSeats::Unnumbered(Capacity::new(6).unwrap()),
            prices: None,
        };
        let free = TicketSlot::schedule(&draft, None, None, NOW, &mut rng).unwrap();
        let draft = SlotDraft { seats: SlotSeats::Auditorium(hall.id), prices: Some(list.id), ..draft };
        let seated = TicketSlot::schedule(&draft, Some(&hall), Some(&list), NOW, &mut rng).unwrap();
        let key = InstallationKey::mint(&mut rng);
        let records = vec![
            Record::Installation(key.clone()),
            Record::Plan(StoredPlan { auditorium: hall.id, version: hall.version, plan }),
            Record::Auditorium(hall),
            Record::Prices(StoredPrices { price_list: list.id, version: list.version, list: Arc::clone(&list.list) }),
            Record::PriceList(list),
        ];
        Self { rng, key, records, free, seated }
    }

    fn add_booking(&mut self, booking: &Booking) {
        self.records.push(Record::Booking(Box::new(booking.clone())));
    }

    /// Three tickets without numbers.
    fn book(&mut self) -> Booking {
        let wanted = Selection::any(TicketCount::new(3).unwrap());
        let target = Target::Slot(self.free.id());
        let new = NewBooking::mint(target, wanted, Some(user(self)), Deadline::End, NOW, &mut self.rng);
        let allocation = new.allocate(std::slice::from_ref(&self.free), None, None).unwrap();
        self.free = self.free.with_seats(self.free.seats().apply(&allocation.seats).unwrap());
        allocation.booking
    }

    /// Tickets that are paid at the till, with a promotion, for these seats.
    fn sell(&mut self, seats: [&str; 2]) -> Booking {
        let named = seats.map(SeatLabel::parse).into_iter().collect::<Result<_, _>>().unwrap();
        let code: PromotionCode = "SPRING".parse().unwrap();
        let wanted = Selection { promotion: Some(code.clone()), ..Selection::named(named).unwrap() };
        let target = Target::Slot(self.seated.id());
        let draft = PaymentDraft { id: PaymentId::mint(&mut self.rng), method: PaymentMethod::Cash, reference: None };
        let payment = NewPayment::AtTill(draft);
        let new = NewBooking::mint(target, wanted, Some(user(self)), Deadline::End, NOW, &mut self.rng);
        let new = NewBooking { payment, ..new };
        let discount = Discount::percent(50).unwrap();
        let draft = PromotionDraft { code, discount, uses: None, valid_from: None, valid_until: None };
        let promotion = Promotion::add(draft, NOW).unwrap();
        let sold = new.allocate(std::slice::from_ref(&self.seated), None, Some(&promotion)).unwrap();
        self.seated = self.seated.with_seats(self.seated.seats().apply(&sold.seats).unwrap());
        self.records.push(Record::Promotion(Promotion { used: 1, ..promotion }));
        self.add_money(sold.money);
        sold.booking
    }

    fn add_money(&mut self, money: Vec<MoneyChange>) {
        self.records.extend(money.into_iter().map(|change| match change {
            MoneyChange::NewPayment(payment) => Record::Payment(Box::new(payment)),
            MoneyChange::Payment { after, .. } => Record::Payment(after),
            MoneyChange::NewRefund(refund) => Record::Refund(refund),
        }));
    }

    /// Cancels the first ticket, and pays it back.
    fn cancel(&mut self, booking: &Booking) -> Booking {
        let tickets = Tickets::One(booking.tickets()[0].id());
        let refund = Some((RefundId::mint(&mut self.rng), RefundTerms::Full));
        let applied = booking.apply(&Action::Cancel { tickets, until: Deadline::End, refund }, NOW).unwrap();
        let slot = if booking.showing().id() == self.free.id() { &mut self.free } else { &mut self.seated };
        *slot = slot.with_seats(slot.seats().apply(&applied.seats).unwrap());
        self.add_money(applied.money);
        applied.booking
    }

    /// Moves the last ticket to another seat.
    fn move_last(&mut self, booking: &Booking, seat: &str) -> [Booking; 2] {
        let tickets = Tickets::One(booking.tickets().last().unwrap().id());
        let minted = Rebooking::mint(
            tickets,
            Target::Slot(self.seated.id()),
            (Deadline::End, Deadline::End),
            NOW,
            &mut self.rng,
        );
        let wanted = Selection::named(vec![SeatLabel::parse(seat).unwrap()]).unwrap();
        let rebooking = Rebooking { selection: Some(wanted), ..minted };
        let moved = rebooking.allocate(booking, std::slice::from_ref(&self.seated), None).unwrap();
        self.seated = self.seated.with_seats(self.seated.seats().apply(&moved.new.seats).unwrap());
        [moved.old, moved.new.booking]
    }

    fn block(&mut self, seat: &str) -> Block {
        let reason = BlockReason::parse("House").unwrap();
        let at = Release::At(NOW + TimeDelta::hours(1));
        let draft = BlockDraft::new(vec![SeatLabel::parse(seat).unwrap()], reason, Some(at)).unwrap();
        let new = NewBlock::mint(self.seated.id(), draft, NOW, &mut self.rng);
        let allocation = new.allocate(&self.seated, 0).unwrap();
        let seats = self.seated.seats().apply(&allocation.seats).unwrap();
        self.seated = self.seated.with_seats(seats.with_next_release(allocation.block.released_at()));
        self.records.push(Record::Block(allocation.block.clone()));
        allocation.block
    }

    /// A cinema with everything.
    fn whole() -> Self {
        let mut cinema = Self::new();
        let booked = cinema.book();
        let booked = cinema.cancel(&booked);
        cinema.add_booking(&booked);
        let sold = cinema.sell(["A1", "A2"]);
        let sold = cinema.cancel(&sold);
        for booking in cinema.move_last(&sold, "B6") {
            cinema.add_booking(&booking);
        }
        cinema.block("B1");
        cinema
    }

    /// All records, with the slots as they are by now.
    fn all(&self) -> Vec<Record> {
        let slots = [&self.free, &self.seated];
        let slot = |slot: &TicketSlot| Record::Slot(StoredSlot { slot: slot.clone(), is_expiry_due: true });
        self.records.iter().cloned().chain(slots.map(slot)).collect()
    }

    fn findings(&self) -> Vec<(FindingKind, String)> {
        findings(&self.all())
    }

    /// Removes the records that a condition holds for, which must be some.
    fn without(mut self, is_removed: impl Fn(&Record) -> bool) -> Self {
        let before = self.records.len();
        self.records.retain(|record| !is_removed(record));
        assert!(self.records.len() < before);
        self
    }
}

/// Returns what is wrong with records, which must not depend on their order: but for which of two owners of a seat it names.
fn findings(records: &[Record]) -> Vec<(FindingKind, String)> {
    let found = |records: &mut dyn Iterator<Item = &Record>| {
        let mut verification = Verification::default();
        records.for_each(|record| verification.add(record));
        verification.finish().list().iter().map(|found| (found.kind, found.what.clone())).collect::<Vec<_>>()
    };
    let forwards = found(&mut records.iter());
    let kinds = |found: &[(FindingKind, String)]| found.iter().map(|(kind, _)| *kind).collect::<Vec<_>>();
    assert_eq!(kinds(&forwards), kinds(&found(&mut records.iter().rev())));
    forwards
}

fn one(found: &[(FindingKind, String)]) -> (FindingKind, &str) {
    assert_eq!(found.len(), 1, "{found:?}");
    (found[0].0, &found[0].1)
}

#[test]
fn a_whole_cinema_fits_together() {
    assert_eq!(Cinema::whole().findings(), []);
}

#[test]
fn a_seat_without_an_owner_is_named() {
    let cinema = Cinema::whole().without(|record| matches!(record, Record::Block(_)));
    assert_eq!(one(&cinema.findings()), (FindingKind::Seats, "seat B1 is taken, but no ticket and no block owns it"));
}

#[test]
fn an_owned_seat_that_is_free_is_named() {
    let mut cinema = Cinema::whole();
    let block = cinema.records.iter().find_map(|record| match record {
        Record::Block(block) => Some(block.release()),
        _ => None,
    });
    let seats = cinema.seated.seats().apply(&block.unwrap()).unwrap();
    cinema.seated = cinema.seated.with_seats(seats);
    assert_eq!(one(&cinema.findings()), (FindingKind::Seats, "seat B1 is owned by a ticket or a block, but not taken"));
}

#[test]
fn two_owners_of_a_seat_are_found() {
    let mut cinema = Cinema::whole();
    let before = cinema.seated.clone();
    cinema.seated = before.with_seats(Seats::of_plan(&before.showing().seating().unwrap().plan));
    cinema.block("B6");
    cinema.seated = before;
    assert_eq!(cinema.findings()[0].0, FindingKind::Seats);
    assert!(cinema.findings()[0].1.ends_with("seat B6 belongs to another ticket or block too"));
}

#[test]
fn seats_without_numbers_are_counted() {
    let mut cinema = Cinema::whole();
    cinema.free = cinema.free.with_seats(cinema.free.seats().apply(&SeatsDelta::take(1)).unwrap());
    assert_eq!(one(&cinema.findings()), (FindingKind::Seats, "3 seats are taken, but tickets own 2"));
}

#[test]
fn a_ticket_that_its_replacement_names_alone_is_found() {
    let is_moved = |ticket: &Ticket| ticket.moved_to().is_some();
    let cinema = Cinema::whole()
        .without(|record| matches!(record, Record::Booking(booking) if booking.tickets().iter().any(is_moved)));
    let kinds: Vec<_> = cinema.findings().into_iter().map(|(kind, _)| kind).collect();
    // Its payment and its refund are left without it too, and a use of the promotion.
    assert!(kinds.contains(&FindingKind::Move), "{kinds:?}");
    assert!(kinds.contains(&FindingKind::Money) && kinds.contains(&FindingKind::Promotion), "{kinds:?}");
}

#[test]
fn refunds_are_those_that_tickets_say() {
    let cinema = Cinema::whole().without(|record| matches!(record, Record::Refund(_)));
    let what = "its canceled tickets say that 550 are paid back, but its refunds of its payment are 0";
    assert_eq!(one(&cinema.findings()), (FindingKind::Money, what));
}

#[test]
fn a_payment_that_tickets_name_exists() {
    let cinema = Cinema::whole().without(|record| matches!(record, Record::Payment(_)));
    assert_eq!(one(&cinema.findings()).0, FindingKind::Orphan);
}

#[test]
fn a_payment_is_what_its_tickets_cost() {
    let mut cinema = Cinema::whole();
    for record in &mut cinema.records {
        if let Record::Payment(payment) = record {
            payment.amount = 1099;
        }
    }
    let what = "its tickets cost 1100 EUR, but its payment is one of 1099 EUR";
    assert_eq!(one(&cinema.findings()), (FindingKind::Money, what));
}

#[test]
fn a_payment_that_sold_nothing_may_outlive_its_hold() {
    let mut cinema = Cinema::whole();
    let mut outlived = cinema.records.iter().find_map(|record| match record {
        Record::Payment(payment) => Some(payment.clone()),
        _ => None,
    });
    let payment = outlived.as_mut().unwrap();
    payment.id = PaymentId::mint(&mut cinema.rng);
    payment.booking.no = BookingNo::mint(NOW, &mut cinema.rng);
    payment.state = PaymentState::Voided;
    cinema.records.extend(outlived.clone().map(Record::Payment));
    assert_eq!(cinema.findings(), []);
    outlived.as_mut().unwrap().state = PaymentState::Captured;
    cinema.records.pop();
    cinema.records.extend(outlived.map(Record::Payment));
    assert_eq!(one(&cinema.findings()).0, FindingKind::Money);
}

#[test]
fn versions_that_slots_have_exist() {
    for cinema in [
        Cinema::whole().without(|record| matches!(record, Record::Plan(_))),
        Cinema::whole().without(|record| matches!(record, Record::Prices(_))),
    ] {
        let found = cinema.findings();
        assert_eq!(found.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [FindingKind::Orphan; 2], "{found:?}");
    }
    let without = Cinema::whole().without(|record| matches!(record, Record::Auditorium(_)));
    assert_eq!(one(&without.findings()).0, FindingKind::Orphan);
}

#[test]
fn what_names_no_slot_is_found() {
    let cinema = Cinema::whole();
    let all = cinema.all();
    let without: Vec<_> = all.into_iter().filter(|record| !matches!(record, Record::Slot(_))).collect();
    let found = findings(&without);
    assert_eq!(found.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [FindingKind::Orphan; 2], "{found:?}");
}

#[test]
fn two_showings_do_not_share_an_auditorium() {
    let mut cinema = Cinema::whole();
    let hall = cinema.records.iter().find_map(|record| match record {
        Record::Auditorium(hall) => Some(hall.clone()),
        _ => None,
    });
    let draft = SlotDraft {
        name: SlotName::parse("Amélie").unwrap(),
        // While the auditorium is cleaned.
        start: NOW + TimeDelta::hours(4) + TimeDelta::minutes(14),
        end: NOW + TimeDelta::hours(6),
        details: cinema.seated.details().clone(),
        seats: SlotSeats::Auditorium(hall.as_ref().unwrap().id),
        prices: None,
    };
    let other = TicketSlot::schedule(&draft, hall.as_ref(), None, NOW, &mut cinema.rng).unwrap();
    cinema.records.push(Record::Slot(StoredSlot { slot: other.clone(), is_expiry_due: true }));
    assert_eq!(one(&cinema.findings()).0, FindingKind::Overlap);
    cinema.records.pop();
    let moved = StoredSlot { slot: other.canceled().unwrap(), is_expiry_due: false };
    cinema.records.push(Record::Slot(moved));
    cinema.records.push(Record::Cancellation(Cancellation::begun(other.id(), NOW)));
    assert_eq!(cinema.findings(), []);
}

#[test]
fn a_withdrawn_slot_has_its_job() {
    let mut cinema = Cinema::whole();
    cinema.records.push(Record::Cancellation(Cancellation::begun(cinema.free.id(), NOW)));
    let what = "it has a cancellation, but is not canceled";
    assert_eq!(one(&cinema.findings()), (FindingKind::Withdrawal, what));
    cinema.records.pop();
    cinema.free = cinema.free.moved().unwrap();
    let what = "it was moved to another auditorium, but nothing says where";
    assert_eq!(one(&cinema.findings()), (FindingKind::Withdrawal, what));
    let reseating = Reseating::begun(cinema.free.id(), cinema.seated.id(), true, NOW);
    cinema.records.push(Record::Reseating(reseating));
    assert_eq!(cinema.findings(), []);
    cinema.records.push(Record::Cancellation(Cancellation::begun(cinema.seated.id(), NOW).done(NOW)));
    cinema.seated = cinema.seated.canceled().unwrap();
    let found = cinema.findings();
    assert_eq!(found.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [FindingKind::Withdrawal, FindingKind::Expiry]);
}

#[test]
fn final_totals_are_those_of_the_bookings() {
    let mut cinema = Cinema::whole();
    let mut totals = SlotTotals::default();
    let bookings = std::mem::take(&mut cinema.records).into_iter().map(|record| match record {
        Record::Booking(booking) if booking.key().slot == cinema.free.id() => {
            let expired = booking.apply(&Action::Expire, NOW + TimeDelta::hours(5)).unwrap().booking;
            totals.add(&expired, chrono::DateTime::<chrono::Utc>::MAX_UTC);
            // Then nothing tells which of the three was canceled.
            let settled_by = NOW + TimeDelta::hours(5);
            let archived = expired.apply(&Action::Archive { settled_by }, settled_by).unwrap().booking;
            Record::Booking(Box::new(archived))
        }
        other => other,
    });
    cinema.records = bookings.collect();
    cinema.free = cinema.free.with_seats(cinema.free.seats().close());
    let slot = cinema.free.id();
    let with = |totals: &str| {
        let totals = FinalTotals { slot, at: NOW, totals: totals.parse().unwrap() };
        findings(&cinema.all().into_iter().chain([Record::FinalTotals(totals)]).collect::<Vec<_>>())
    };
    assert_eq!(totals.to_string(), "2\t0\t0\t1\t0\t0\t\t\t\n");
    assert_eq!(with(&totals.to_string()), []);
    assert_eq!(with("3\t0\t0\t0\t0\t0\t\t\t\n"), [], "nothing tells");
    assert_eq!(one(&with("3\t0\t0\t1\t0\t0\t\t\t\n")).0, FindingKind::Totals);
    assert_eq!(one(&with("2\t100\t0\t1\t0\t0\t\t\t\n")).0, FindingKind::Totals);
    assert_eq!(one(&with("")).0, FindingKind::Totals);
}

#[test]
fn expiry_leaves_nothing_booked() {
    let cinema = Cinema::whole();
    let found = |slot: &TicketSlot| {
        let done = Record::Slot(StoredSlot { slot: slot.clone(), is_expiry_due: false });
        let others = cinema
            .all()
            .into_iter()
            .filter(|record| !matches!(record, Record::Slot(its) if its.slot.id() == slot.id()));
        findings(&others.chain([done]).collect::<Vec<_>>())
    };
    let closed = cinema.free.with_seats(cinema.free.seats().close());
    assert_eq!(one(&found(&closed)), (FindingKind::Expiry, "expiry is done with it, but tickets are booked or held"));
    assert_eq!(found(&cinema.free)[0], (FindingKind::Expiry, "expiry is done with it, but it is open".to_owned()));
}

#[test]
fn labels_of_keys_are_unique() {
    let mut cinema = Cinema::whole();
    for text in ["tkl_1", "tkl_2"] {
        let label = KeyLabel::parse("till").unwrap();
        let (role, hash) = (Role::BoxOffice, KeyHash::of(text));
        cinema.records.push(Record::ApiKey(KeyRecord { role, hash, label, created: NOW, ends: None, used: None }));
    }
    let mut verification = Verification::default();
    cinema.all().iter().for_each(|record| verification.add(record));
    assert_eq!(verification.finish().list()[0].kind, FindingKind::Key);
}

#[test]
fn no_finding_has_a_secret_or_a_person() {
    let cinema = Cinema::whole();
    let mut secrets = vec!["John".to_owned(), "9653864514".to_owned()];
    let mut texts = Vec::new();
    for removed in 0..cinema.records.len() {
        if let Record::Booking(booking) = &cinema.records[removed] {
            secrets.extend(booking.tickets().iter().map(|ticket| ticket.id().to_string()[28..].to_owned()));
            secrets.push(booking.id().to_string()[25..].to_owned());
        }
        let mut verification = Verification::default();
        let others = cinema.all().into_iter().enumerate().filter(|(at, _)| *at != removed);
        others.for_each(|(_, record)| verification.add(&record));
        texts.extend(verification.finish().list().iter().map(ToString::to_string));
    }
    assert!(texts.len() > 5);
    for text in &texts {
        assert!(secrets.iter().all(|secret| !text.contains(secret)), "{text}");
    }
}

#[test]
fn the_record_of_a_request_may_name_a_booking_that_is_gone() {
    let mut cinema = Cinema::whole();
    let booking = BookingKey { slot: cinema.free.id(), no: BookingNo::mint(NOW, &mut cinema.rng) };
    let outcome = FirstOutcome { booking, since: NOW };
    let record = StoredRequest { key: [1; 16], request: [2; 16], day: NOW.date_naive(), outcome };
    cinema.records.push(Record::Request(record));
    assert_eq!(cinema.findings(), []);
}
