//! What is sold at the counter: a showing with its holds and blocks.

use ticketly_domain::{Block, Error, HeldSeats, Sales, SlotId, TicketSlot};

use crate::app::Web;

/// What the form of a sale is about.
pub(super) struct Counter {
    pub slot: TicketSlot,
    pub holds: Vec<HeldSeats>,
    pub blocks: Vec<Block>,
    /// The name of the auditorium. Empty for a slot that is in none.
    pub auditorium: String,
    /// The slot in another auditorium, if the showing was moved there.
    pub moved_to: Option<SlotId>,
}

impl Counter {
    /// Reads what the form of a sale is about.
    pub(super) async fn read(web: &Web, slot: SlotId) -> Result<Self, Error> {
        let now = web.now();
        let (slot, holds) = web.ticketing.seats_at(slot, now).await?;
        let (blocks, auditorium) = match slot.showing().seating() {
            Some(seating) => {
                let blocks = web.ticketing.blocks(slot.id(), now).await?;
                (blocks, web.ticketing.auditorium(seating.auditorium).await?.name.as_str().to_owned())
            }
            None => (Vec::new(), String::new()),
        };
        let moved_to = match slot.sales() {
            Sales::Moved => Some(web.ticketing.reseating(slot.id()).await?.target),
            Sales::Open | Sales::Closed | Sales::Canceled => None,
        };
        Ok(Self { slot, holds, blocks, auditorium, moved_to })
    }
}
