//! The canceled slots of the naive model.

use ticketly_domain::{Refusal, TicketStatus};

use super::known::State;
use super::naive::Model;

impl Model {
    /// Cancels a slot, its booked tickets and its holds. Returns how many tickets.
    pub(super) fn cancel_slot(&mut self, at: usize) -> Result<u64, Refusal> {
        let now = self.now;
        let slot = &mut self.slots[at];
        if slot.canceled {
            return Ok(0);
        }
        if slot.closed {
            return Err(Refusal::SlotEnded);
        }
        (slot.canceled, slot.closed) = (true, true);
        let (id, mut count) = (slot.id, 0);
        for ticket in self.tickets.iter_mut().filter(|ticket| ticket.slot == id) {
            if ticket.status == TicketStatus::Booked {
                (ticket.status, ticket.since) = (TicketStatus::Canceled, now);
                // In full, whenever it is.
                self.refunds += u32::from(self.sold.contains_key(&ticket.id));
                count += 1;
            }
        }
        for hold in self.holds.iter_mut().filter(|hold| hold.slot == id) {
            if hold.state == State::Held && hold.until > now {
                hold.state = State::Released(now);
            }
        }
        Ok(count)
    }
}
