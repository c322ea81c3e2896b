//! Reading the totals of slots.

use ticketly_domain::{FinalTotals, SlotId, StoreError};

use crate::items::{keyspace, totals};
use crate::store::DynamoStore;

impl DynamoStore {
    /// Reads the final totals of those of these slots that have them.
    pub(crate) async fn final_totals_of(&self, slots: &[SlotId]) -> Result<Vec<FinalTotals>, StoreError> {
        let keys: Vec<_> = slots.iter().copied().map(keyspace::totals).collect();
        self.table.get_all(&keys).await?.iter().flatten().map(totals::read).collect()
    }
}
