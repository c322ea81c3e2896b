//! The comparison of a store with the model.

use ticketly_domain::{Block, Booking, SeatNo, Ticket, TicketSlot, TicketStatus};

use super::naive::Known;
use super::{Replay, known, known_block};

/// Which slots are compared.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Which {
    /// Those that the model has changed since they were compared.
    Changed,
    /// All of them.
    All,
}

impl Replay {
    /// Compares slots of the store with the model's: their seats, tickets and blocks.
    pub(super) async fn compare(&mut self, which: Which) {
        for at in 0..self.model.slots.len() {
            let content = self.model.content(at);
            if which == Which::Changed && self.compared.get(at) == Some(&content) {
                continue;
            }
            let slot = &self.model.slots[at];
            let found = self.ticketing.slot_at(slot.id, self.model.now).await.unwrap();
            let seats = found.seats();
            assert_eq!((seats.available(), seats.closed()), (self.model.available(at), slot.closed), "{}", slot.id);
            let blocks = if slot.seated { self.subject.store().blocks(slot.id).await.unwrap() } else { vec![] };
            assert_eq!(blocks.iter().map(known_block).collect::<Vec<_>>(), content.blocks, "{}", slot.id);
            let bookings = self.subject.store().bookings_of_slot(slot.id, None, 1000).await.unwrap();
            assert!(bookings.is_sorted_by_key(|booking| booking.key().no));
            check_seats(&found, &bookings, &blocks, |ticket| {
                ticket.status() == TicketStatus::Booked || self.model.seated.contains(&ticket.id())
            });
            let mut stored: Vec<Known> = bookings.iter().flat_map(Booking::tickets).map(known).collect();
            stored.sort_by_key(|ticket| (ticket.id.booking, ticket.id.index));
            assert_eq!(stored, content.tickets, "{}", slot.id);
            self.compared.resize_with(self.model.slots.len(), Default::default);
            self.compared[at] = content;
        }
    }
}

/// Checks that each seat of an auditorium that is not available belongs to one ticket or to one block.
fn check_seats(slot: &TicketSlot, bookings: &[Booking], blocks: &[Block], holds: impl Fn(&Ticket) -> bool) {
    let (Some(seating), Some(taken)) = (slot.showing().seating(), slot.seats().taken()) else { return };
    let held = bookings.iter().flat_map(Booking::tickets).filter(|ticket| holds(ticket));
    let mut held: Vec<_> = held.map(|ticket| ticket.seat_no().unwrap()).collect();
    held.extend(blocks.iter().flat_map(Block::seats));
    held.sort_unstable();
    let seats = (0..seating.plan.seats()).map(SeatNo);
    assert_eq!(held, seats.filter(|seat| taken.has(&seating.plan, *seat)).collect::<Vec<_>>(), "{}", slot.id());
}
