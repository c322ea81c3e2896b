//! The port to the final totals of slots.

use async_trait::async_trait;

use crate::{FinalTotals, SlotId, StoreError};

/// Finds the totals that [`Sweeps::expire`](crate::Sweeps::expire) writes. They are never deleted, and change no more.
#[async_trait]
pub trait Totals: Send + Sync {
    /// Returns the final totals of those of these slots that have them, in any order. Callers give at most
    /// [`PageSize::MAX`](crate::PageSize::MAX) slots. A slot that expired in a version without totals has none.
    async fn final_totals(&self, slots: &[SlotId]) -> Result<Vec<FinalTotals>, StoreError>;
}
