//! Blocking seats, and releasing them.

use chrono::{DateTime, SubsecRound, Utc};
use rand::CryptoRng;

use super::{ID_RETRIES, Ticketing};
use crate::{Block, BlockDraft, BlockId, Error, NewBlock, Refusal, SlotId, StoreError, Target, TicketSlot};

/// How often a request lets the store release blocks before it is answered as contended: of each slot of a name and start once,
/// and a few times more.
const RELEASES: usize = Target::MAX_SLOTS + 3;
/// The greatest number of slots whose blocks a step of a sweep releases.
pub(super) const RELEASE_STEP: usize = 32;
/// The greatest number of such steps in one call of a sweep.
const RELEASE_STEPS: usize = 4;

impl Ticketing {
    /// Blocks seats of a slot. Seats whose hold has lapsed are no hindrance. Refuses as [`NewBlock::allocate`] does, and with [`Refusal::Unknown`].
    pub async fn block(
        &self,
        slot: SlotId,
        draft: BlockDraft,
        now: DateTime<Utc>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Block, Error> {
        let now = now.trunc_subsecs(3);
        let mut retries = ID_RETRIES;
        loop {
            match self.add_block(&NewBlock::mint(slot, draft.clone(), now, rng)).await {
                Err(StoreError::IdTaken) if retries.next().is_some() => {}
                outcome => return Ok(outcome?),
            }
        }
    }

    /// Blocks seats as [`Self::block`] does, and only once, however often it is asked for: a block of this identifier that exists is
    /// returned, whatever the draft says. [`IdempotencyKey::block`](crate::IdempotencyKey::block) is such an identifier.
    pub async fn block_once(
        &self,
        slot: SlotId,
        id: BlockId,
        draft: BlockDraft,
        now: DateTime<Utc>,
    ) -> Result<Block, Error> {
        let new = NewBlock { id, slot, draft, at: now.trunc_subsecs(3) };
        match self.add_block(&new).await {
            // Its own seats may be in the way, or it is the last of as many as there may be.
            Err(refused @ (StoreError::IdTaken | StoreError::Refused(_))) => {
                let known = self.store.blocks(slot).await?.into_iter().find(|block| block.id() == id);
                Ok(known.ok_or(refused)?)
            }
            outcome => Ok(outcome?),
        }
    }

    /// Adds a block. When seats are in the way, holds that have lapsed are released and it is tried again.
    async fn add_block(&self, new: &NewBlock) -> Result<Block, StoreError> {
        let mut lapsed = false;
        loop {
            match self.with_due_blocks_released(new.at, || self.store.add_block(new)).await {
                Err(StoreError::Refused(refusal)) if refusal.is_for_want_of_seats() && !lapsed => {
                    self.store.lapse_holds(new.slot, new.at).await.map_err(StoreError::before_the_change)?;
                    lapsed = true;
                }
                outcome => return outcome,
            }
        }
    }

    /// Deletes a block. The seats that it has left are available again. Refuses with [`Refusal::Unknown`] when there is no
    /// such block. Returns the block as it was.
    pub async fn unblock(&self, slot: SlotId, id: BlockId) -> Result<Block, Error> {
        Ok(self.store.delete_block(slot, id).await?)
    }

    /// Returns the blocks of a slot, in order of creation. Refuses with [`Refusal::Unknown`] when there is no such slot.
    pub async fn blocks(&self, slot: SlotId, now: DateTime<Utc>) -> Result<Vec<Block>, Error> {
        self.slot_at(slot, now).await?;
        Ok(self.store.blocks(slot).await?)
    }

    /// Returns the slot of this identifier. Blocks and holds that are due are released first, if the store can write. Refuses
    /// with [`Refusal::Unknown`] when there is no such slot.
    pub async fn slot_at(&self, id: SlotId, now: DateTime<Utc>) -> Result<TicketSlot, Error> {
        let slot = self.slot(id).await?;
        let released = slot.seats().release_due(now) && self.store.release_blocks(id, now).await.is_ok();
        let lapsed = slot.seats().lapse_due(now) && self.store.lapse_holds(id, now).await.is_ok();
        if released || lapsed { self.slot(id).await } else { Ok(slot) }
    }

    /// Makes a change. When it is refused because blocks are due, they are released and the change is tried again.
    pub(super) async fn with_due_blocks_released<T, Change>(
        &self,
        now: DateTime<Utc>,
        change: impl Fn() -> Change,
    ) -> Result<T, StoreError>
    where
        Change: Future<Output = Result<T, StoreError>>,
    {
        for _ in 0..RELEASES {
            match change().await {
                Err(StoreError::Refused(Refusal::BlocksDue { slot })) => {
                    self.store.release_blocks(slot, now).await.map_err(StoreError::before_the_change)?;
                }
                outcome => return outcome,
            }
        }
        Err(StoreError::Contended)
    }

    /// Releases blocks that are due, of a limited number of slots. Returns whether more may be due. A slot that fails does not
    /// keep the others from it; its error is returned in the end.
    pub(super) async fn release_due_blocks(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        for _ in 0..RELEASE_STEPS {
            let slots = self.store.slots_to_release(now, RELEASE_STEP).await?;
            if slots.is_empty() {
                return Ok(false);
            }
            let mut outcome = Ok(());
            for slot in &slots {
                outcome = outcome.and(self.store.release_blocks(*slot, now).await);
            }
            outcome?;
        }
        Ok(true)
    }
}
