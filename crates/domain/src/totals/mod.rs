//! Totals: what the tickets of slots were sold for.

mod codec;
mod slot_totals;
#[cfg(test)]
mod tests;

pub use slot_totals::{FinalTotals, SlotTotals, TotalsKey, TotalsLine};
