//! Verification: what the records of a store say of each other.

mod catalogue;
mod money;
mod moves;
mod owners;
mod slots;
#[cfg(test)]
mod tests;

use crate::records::{Finding, FindingKind, Findings, Place, Record};

use self::catalogue::Catalogue;
use self::money::Money;
use self::moves::Moves;
use self::slots::Slots;

/// A fold over all records of a store, in any order, which finds those that do not fit each other.
///
/// It remembers each slot with the owners of its seats and its totals, each payment, the tickets of moves of which only one was seen, and what
/// is few. So its memory is bounded by the numbers of slots and payments, not by that of tickets.
#[derive(Debug, Default)]
pub struct Verification {
    findings: Findings,
    catalogue: Catalogue,
    slots: Slots,
    moves: Moves,
    money: Money,
}

impl Verification {
    /// Adds a record.
    pub fn add(&mut self, record: &Record) {
        match record {
            Record::Installation(_) => self.catalogue.add_secret(&mut self.findings),
            Record::ApiKey(key) => self.catalogue.add_key(key, &mut self.findings),
            Record::Auditorium(auditorium) => self.catalogue.add_auditorium(auditorium),
            Record::Plan(plan) => self.catalogue.add_plan(plan),
            Record::PriceList(list) => self.catalogue.add_price_list(list),
            Record::Prices(prices) => self.catalogue.add_prices(prices),
            Record::Promotion(promotion) => self.catalogue.add_promotion(promotion),
            Record::Slot(stored) => {
                self.catalogue.add_slot(&stored.slot);
                self.slots.add(stored);
            }
            Record::Block(block) => self.slots.add_block(block, &mut self.findings),
            Record::Booking(booking) => {
                self.catalogue.add_booking(booking);
                self.slots.add_booking(booking, &mut self.findings);
                self.moves.add(booking, &mut self.findings);
                self.money.add_booking(booking, &mut self.findings);
            }
            Record::Payment(payment) => {
                self.slots.name(payment.booking.slot, "a payment is of it");
                self.money.add_payment(payment, &mut self.findings);
            }
            Record::Refund(refund) => {
                self.slots.name(refund.booking.slot, "a refund is of it");
                self.money.add_refund(refund);
            }
            // Its booking may be a hold that was deleted.
            Record::Request(request) => {
                self.slots.name(request.outcome.booking.slot, "the record of a request names it");
            }
            Record::Cancellation(cancellation) => self.slots.add_cancellation(cancellation),
            Record::Reseating(reseating) => self.slots.add_reseating(reseating),
            Record::RunningTotals { slot, totals } => self.slots.add_running_totals(*slot, totals),
            Record::FinalTotals(totals) => self.slots.add_final_totals(totals),
        }
    }

    /// Adds what a store has found in the place of a record.
    pub fn found(&mut self, finding: Finding) {
        if let (FindingKind::Damaged, Place::Slot(slot)) = (finding.kind, &finding.place) {
            self.slots.damaged(*slot);
        }
        self.findings.add(finding);
    }

    /// Returns what is wrong, in an order that does not depend on that of the records.
    #[must_use]
    pub fn finish(self) -> Findings {
        let Self { mut findings, catalogue, slots, moves, money } = self;
        catalogue.finish(&mut findings);
        slots.finish(&mut findings);
        moves.finish(&mut findings);
        money.finish(&mut findings);
        findings.sorted()
    }
}
