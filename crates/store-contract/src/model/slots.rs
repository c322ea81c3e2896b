//! What administrators do with slots, on a store and on the model.

use chrono::TimeDelta;
use ticketly_domain::{
    BlockDraft, BlockReason, Entity, Error, PricesChange, Refusal, Release, SeatLabel, SeatNo, SlotChange,
};

use super::known::KnownBlock;
use super::naive::Slot;
use super::{Replay, known_block};

impl Replay {
    pub(super) async fn cancel_slot(&mut self, at: usize) {
        let (id, now) = (self.model.slots[at].id, self.model.now);
        let was_canceled = self.model.slots[at].canceled;
        match (self.ticketing.cancel_slot(id, now).await, self.model.cancel_slot(at)) {
            (Ok(_), Ok(tickets)) => {
                let done = self.ticketing.continue_cancellation(id, now).await.unwrap();
                assert!(done.done_at.is_some());
                // A ticket that was canceled at the same time cannot be told from these.
                assert!(was_canceled || done.tickets >= tickets, "{done:?}, not {tickets}");
            }
            (Err(Error::Refused(refusal)), Err(expected)) => assert_eq!(refusal, expected),
            (outcome, expected) => panic!("{outcome:?} instead of {expected:?}"),
        }
    }

    pub(super) async fn set_prices(&mut self, at: usize, free: bool) {
        let (id, now) = (self.model.slots[at].id, self.model.now);
        let prices = if free { PricesChange::Free } else { PricesChange::List(self.price_list) };
        let changed = self.ticketing.change_slot(id, SlotChange::default(), None, Some(prices), now).await;
        match (changed, self.model.set_prices(at, free)) {
            (Ok(slot), Ok(())) => assert_eq!(slot.prices().is_none(), free),
            (Err(Error::Refused(refusal)), Err(expected)) => assert_eq!(refusal, expected),
            (changed, expected) => panic!("{changed:?} instead of {expected:?}"),
        }
    }

    pub(super) async fn delete_block(&mut self, which: usize) {
        if let Some(block) = self.pick_block(which) {
            self.model.blocks.retain(|other| other.id != block.id);
            let deleted = self.ticketing.unblock(block.slot, block.id).await.unwrap();
            assert_eq!(known_block(&deleted), block);
            let again = self.ticketing.unblock(block.slot, block.id).await;
            assert!(matches!(again, Err(Error::Refused(Refusal::Unknown(Entity::Block)))), "{again:?}");
        }
    }

    pub(super) fn pick_block(&self, which: usize) -> Option<KnownBlock> {
        Some(self.model.blocks[which.checked_rem(self.model.blocks.len())?].clone())
    }

    /// Blocks seats of a slot, at most until its end.
    pub(super) async fn block(&mut self, at: usize, seats: u8, minutes: Option<u16>) {
        let (now, Slot { id, end, seats: capacity, closed, canceled, .. }) =
            (self.model.now, self.model.slots[at].clone());
        let numbers: Vec<_> = (0..8_u16).filter(|bit| seats & 1 << bit != 0 && u32::from(*bit) < capacity).collect();
        let plan = self.ticketing.slot(id).await.unwrap().showing().seating().map(|seating| seating.plan.clone());
        let label = |seat: SeatNo| plan.as_ref().map_or_else(|| format!("A{}", seat.0), |plan| plan.label(seat));
        let labels: Vec<_> = numbers.iter().map(|seat| SeatLabel::parse(&label(SeatNo(*seat))).unwrap()).collect();
        let release = minutes.map(|minutes| (now + TimeDelta::minutes(minutes.into())).min(end));
        let reason = BlockReason::parse("House seats").unwrap();
        let Ok(draft) = BlockDraft::new(labels, reason, release.map(Release::At)) else { return };
        let numbers: Vec<_> = numbers.into_iter().map(SeatNo).collect();
        let outcome = self.ticketing.block(id, draft, now, &mut self.rng).await;
        let expected = match self.model.block(at, &numbers) {
            _ if !id.is_seated() => Some(Refusal::NoSeatingPlan),
            _ if canceled => Some(Refusal::SlotCanceled),
            _ if closed || now >= end => Some(Refusal::SlotEnded),
            Err(taken) => {
                Some(Refusal::SeatsTaken { seats: taken.into_iter().map(label).collect(), alternative: None })
            }
            Ok(()) => None,
        };
        match (outcome, expected) {
            (Ok(block), None) => {
                let known = KnownBlock { id: block.id(), slot: id, seats: numbers, released_at: release };
                assert_eq!(known_block(&block), known);
                self.model.blocks.push(known);
            }
            (Err(Error::Refused(refusal)), Some(expected)) => assert_eq!(refusal, expected),
            (outcome, expected) => panic!("{outcome:?} instead of {expected:?}"),
        }
    }
}
