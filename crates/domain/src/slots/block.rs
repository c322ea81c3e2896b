//! Blocks: seats of a slot that the public cannot book, such as house seats and defects.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use rand::CryptoRng;

use crate::{
    BlockId, BlockReason, Entity, Invalid, Plan, Refusal, Revision, SeatLabel, SeatNo, SeatSet, SeatsDelta, Showing,
    SlotId, TicketSlot,
};

/// Seats of a slot in an auditorium that the public cannot book. The box office books them by naming the block.
///
/// A seat that is not available belongs to one ticket or to one block. Seats that are booked leave the block, and so a block
/// without seats does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    id: BlockId,
    showing: Arc<Showing>,
    seats: Vec<SeatNo>,
    reason: BlockReason,
    released_at: Option<DateTime<Utc>>,
}

impl Block {
    /// The greatest number of blocks of a slot. Several servers that add blocks at the same time may exceed it by a few.
    pub const MAX_PER_SLOT: usize = 100;
    /// The greatest number of seats of a block.
    pub const MAX_SEATS: usize = 1000;

    /// Restores a block from a store, with the output of [`Self::seat_bytes`]. `None` when these are not seats of the
    /// showing's plan.
    #[must_use]
    pub fn restore(
        id: BlockId,
        showing: &Arc<Showing>,
        seats: &[u8],
        reason: BlockReason,
        released_at: Option<DateTime<Utc>>,
    ) -> Option<Self> {
        let seats = SeatNo::read_all(&showing.seating()?.plan, seats)?;
        Some(Self { id, showing: Arc::clone(showing), seats, reason, released_at })
    }

    /// Returns the block's identifier.
    #[must_use]
    pub const fn id(&self) -> BlockId {
        self.id
    }

    /// Returns the slot of the block.
    #[must_use]
    pub fn slot(&self) -> SlotId {
        self.showing.id()
    }

    /// Returns the showing whose plan the seats are of.
    #[must_use]
    pub const fn showing(&self) -> &Arc<Showing> {
        &self.showing
    }

    /// Returns the block's seats, in the order of the plan.
    #[must_use]
    pub fn seats(&self) -> &[SeatNo] {
        &self.seats
    }

    /// Returns the labels of the block's seats, in the order of the plan.
    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        self.plan().into_iter().flat_map(|plan| self.seats.iter().map(|seat| plan.label(*seat))).collect()
    }

    /// Returns the seats for a store.
    #[must_use]
    pub fn seat_bytes(&self) -> Vec<u8> {
        SeatNo::write_all(&self.seats)
    }

    /// Returns why the seats are blocked.
    #[must_use]
    pub const fn reason(&self) -> &BlockReason {
        &self.reason
    }

    /// Returns the time at which the seats become available. `None` for a block that lasts until it is deleted.
    #[must_use]
    pub const fn released_at(&self) -> Option<DateTime<Utc>> {
        self.released_at
    }

    /// Returns the change that makes the block's seats available.
    pub fn release(&self) -> SeatsDelta {
        self.plan().map_or_else(SeatsDelta::default, |plan| SeatsDelta::of(plan, &[], &self.seats))
    }

    /// Returns whether the block is of this slot, and of the plan that the slot has.
    #[must_use]
    pub fn is_of(&self, slot: &TicketSlot) -> bool {
        let plan = |showing: &Showing| showing.seating().map(|seating| (seating.auditorium, seating.version));
        slot.id() == self.slot() && plan(slot.showing()) == plan(&self.showing)
    }

    /// Returns the block's seats as a set. Refuses with [`Refusal::Unknown`] when the block is not of this slot and its plan.
    pub(crate) fn seats_in(&self, slot: &TicketSlot) -> Result<SeatSet, Refusal> {
        let plan = self.plan().filter(|_| self.is_of(slot)).ok_or(Refusal::Unknown(Entity::Block))?;
        Ok(SeatSet::of(plan, &self.seats))
    }

    /// Returns the block without the seats that are booked. `None` when none of them is the block's.
    pub(crate) fn sell(&self, chosen: &[SeatNo]) -> Option<BlockSale> {
        let seats: Vec<_> = self.seats.iter().filter(|seat| !chosen.contains(seat)).copied().collect();
        let sold = seats.len() < self.seats.len();
        sold.then(|| BlockSale { before: self.clone(), after: Self { seats, ..self.clone() } })
    }

    fn plan(&self) -> Option<&Plan> {
        self.showing.seating().map(|seating| &*seating.plan)
    }
}

/// Seats of a block that a booking takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockSale {
    /// The block that the decision was made on. The store does not write the booking when the block is another by then.
    pub before: Block,
    /// The block without the seats. The store deletes it when it has none left.
    pub after: Block,
}

/// When a block's seats become available.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// At this time.
    At(DateTime<Utc>),
    /// This time before the start of the showing.
    BeforeStart(TimeDelta),
}

impl Release {
    /// The greatest number of minutes before the start: about ten weeks.
    pub const MAX_MINUTES_BEFORE_START: u32 = 100_000;

    /// Creates a release so many minutes before the start. More than [`Self::MAX_MINUTES_BEFORE_START`] are [`Invalid`].
    pub fn before_start(minutes: u32) -> Result<Self, Invalid> {
        if minutes > Self::MAX_MINUTES_BEFORE_START {
            let reason = format!("give 0 to {} minutes", Self::MAX_MINUTES_BEFORE_START);
            return Err(Invalid::new("releasedMinutesBeforeStart", reason));
        }
        Ok(Self::BeforeStart(TimeDelta::minutes(minutes.into())))
    }

    /// Returns the name of the field in requests.
    const fn field(self) -> &'static str {
        match self {
            Self::At(_) => "releasedAt",
            Self::BeforeStart(_) => "releasedMinutesBeforeStart",
        }
    }

    /// Returns the time of the release. A time that is over, or that is after the end of the showing, is [`Invalid`].
    fn of(self, showing: &Showing, now: DateTime<Utc>) -> Result<DateTime<Utc>, Invalid> {
        let at = match self {
            Self::At(at) => at,
            Self::BeforeStart(before) => showing.start().checked_sub_signed(before).unwrap_or(now),
        };
        let at = at.trunc_subsecs(3);
        if at <= now {
            return Err(Invalid::new(self.field(), "give a time that is still to come"));
        }
        if at > showing.end() {
            return Err(Invalid::new(self.field(), "give a time before the showing ends"));
        }
        Ok(at)
    }
}

/// Seats to block, as a client names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockDraft {
    seats: Vec<SeatLabel>,
    reason: BlockReason,
    release: Option<Release>,
}

impl BlockDraft {
    /// Creates a draft. None, more than [`Block::MAX_SEATS`], or a seat that is named twice are [`Invalid`].
    pub fn new(seats: Vec<SeatLabel>, reason: BlockReason, release: Option<Release>) -> Result<Self, Invalid> {
        if !(1..=Block::MAX_SEATS).contains(&seats.len()) {
            return Err(Invalid::new("seats", format!("give 1 to {} seats", Block::MAX_SEATS)));
        }
        SeatLabel::check_once(&seats)?;
        Ok(Self { seats, reason, release })
    }
}

/// A block to create. Everything but its seats is decided.
#[derive(Debug, Clone)]
pub struct NewBlock {
    /// The block's identifier.
    pub id: BlockId,
    /// The slot.
    pub slot: SlotId,
    /// The request.
    pub draft: BlockDraft,
    /// The time of the request.
    pub at: DateTime<Utc>,
}

/// A block with its seats: a store writes it in one step.
#[derive(Debug, Clone)]
pub struct BlockAllocation {
    /// The block to write.
    pub block: Block,
    /// The seats that the block takes from its slot.
    pub seats: SeatsDelta,
    /// The revision of the slot that the decision was made on.
    pub revision: Revision,
}

impl NewBlock {
    /// Mints the identifier of a block.
    #[must_use]
    pub fn mint(slot: SlotId, draft: BlockDraft, at: DateTime<Utc>, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        Self { id: BlockId::mint(at, rng), slot, draft, at }
    }

    /// Allocates the seats in the slot, which has `others` blocks already.
    ///
    /// Pure and repeatable. Refuses with [`Refusal::NoSeatingPlan`], [`Refusal::SlotCanceled`], [`Refusal::SlotMoved`], [`Refusal::SlotEnded`],
    /// [`Refusal::UnknownSeat`], [`Refusal::SeatsTaken`] and [`Refusal::TooManyBlocks`]. A release that is over, or that is after the end of the
    /// showing, is [`Refusal::Invalid`].
    pub fn allocate(&self, slot: &TicketSlot, others: usize) -> Result<BlockAllocation, Refusal> {
        let (showing, seats) = (slot.showing(), slot.seats());
        let (Some(seating), Some(taken)) = (showing.seating(), seats.taken()) else {
            return Err(Refusal::NoSeatingPlan);
        };
        slot.check_takes_place()?;
        if seats.closed() || self.at >= showing.end() {
            return Err(Refusal::SlotEnded);
        }
        if seats.release_due(self.at) {
            return Err(Refusal::BlocksDue { slot: slot.id() });
        }
        let (plan, labels) = (&*seating.plan, &self.draft.seats);
        let find = |label: &SeatLabel| {
            plan.find(label.as_str()).ok_or_else(|| Refusal::UnknownSeat { seat: label.as_str().into() })
        };
        let mut chosen = labels.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        let in_the_way = chosen.iter().filter(|seat| taken.has(plan, **seat));
        let in_the_way: Vec<_> = in_the_way.map(|seat| plan.label(*seat)).collect();
        if !in_the_way.is_empty() {
            return Err(Refusal::SeatsTaken { seats: in_the_way, alternative: None });
        }
        if others >= Block::MAX_PER_SLOT {
            return Err(Refusal::TooManyBlocks { limit: Block::MAX_PER_SLOT });
        }
        let released_at = self.draft.release.map(|release| release.of(showing, self.at)).transpose()?;
        let delta = SeatsDelta::of(plan, &chosen, &[]);
        chosen.sort_unstable();
        let reason = self.draft.reason.clone();
        let block = Block { id: self.id, showing: Arc::clone(showing), seats: chosen, reason, released_at };
        Ok(BlockAllocation { block, seats: delta, revision: slot.revision() })
    }
}
