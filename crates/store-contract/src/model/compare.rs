//! The comparison of a store with the model.

use ticketly_domain::{
    Block, Booking, Hold, HoldState, PageSize, RefundQuery, RefundState, SeatNo, Ticket, TicketSlot, TicketStatus,
};

use super::known::{Known, State};
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
            // The seats of a hold whose time is over are free for each request, and shown as free once they are released.
            self.subject.store().lapse_holds(slot.id, self.model.now).await.unwrap();
            let found = self.ticketing.slot_at(slot.id, self.model.now).await.unwrap();
            let seats = found.seats();
            assert_eq!((seats.available(), seats.closed()), (self.model.available(at), slot.closed), "{}", slot.id);
            assert_eq!(found.prices().is_none(), slot.free, "{}", slot.id);
            let blocks = if slot.id.is_seated() { self.subject.store().blocks(slot.id).await.unwrap() } else { vec![] };
            assert_eq!(blocks.iter().map(known_block).collect::<Vec<_>>(), content.blocks, "{}", slot.id);
            let bookings = self.subject.store().bookings_of_slot(slot.id, None, 1000).await.unwrap();
            assert!(bookings.is_sorted_by_key(|booking| booking.key().no));
            check_seats(&found, &bookings, &blocks, |ticket| {
                ticket.status() == TicketStatus::Booked || self.model.seated.contains(&ticket.id())
            });
            let of_people = bookings.iter().filter(|booking| !booking.is_unconfirmed());
            let mut stored: Vec<Known> = of_people.flat_map(Booking::tickets).map(known).collect();
            stored.sort_by_key(|ticket| (ticket.id.booking, ticket.id.index));
            assert_eq!(stored, content.tickets, "{}", slot.id);
            for ticket in bookings.iter().filter(|booking| !booking.is_unconfirmed()).flat_map(Booking::tickets) {
                assert_eq!(ticket.price().is_some(), self.model.sold.contains_key(&ticket.id()), "{}", ticket.id());
            }
            self.compare_holds(&bookings, &content);
            self.compared.resize_with(self.model.slots.len(), Default::default);
            self.compared[at] = content;
        }
        if which == Which::All {
            self.compare_refunds().await;
        }
    }

    async fn compare_refunds(&self) {
        let query = RefundQuery { state: RefundState::Due, after: None, limit: PageSize::new(100).unwrap() };
        let due = self.ticketing.refunds(&query).await.unwrap().items;
        assert_eq!(due.iter().map(|refund| refund.amount).sum::<u64>(), 1310 * u64::from(self.model.refunds));
    }
}

impl Replay {
    /// Compares the holds of a slot, as long as a store keeps them.
    fn compare_holds(&self, bookings: &[Booking], content: &super::Content) {
        let now = self.model.now;
        for hold in content.holds.iter().filter(|hold| now - hold.until < Hold::KEPT) {
            let found = bookings.iter().find(|booking| booking.id() == hold.id).unwrap();
            let state = match hold.state {
                State::Confirmed(_) => HoldState::Confirmed,
                State::Released(_) => HoldState::Released,
                State::Held if hold.until <= now => HoldState::Lapsed,
                State::Held => HoldState::Held,
            };
            assert_eq!((found.hold_state(now), found.hold().unwrap().until), (Some(state), hold.until));
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
