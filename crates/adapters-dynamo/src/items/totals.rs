//! The totals of slots, and how far the sweep that computes them has come.

use chrono::{DateTime, Utc};
use ticketly_domain::{FinalTotals, SlotId, SlotTotals, StoreError};

use crate::client::attributes::{Attributes, Item, item, millis, text};
use crate::client::write::Write;
use crate::items::keyspace;

/// Writes the final totals of a slot. They are the same whoever writes them: nothing of a slot changes after its tickets have expired.
pub(crate) fn write(slot: SlotId, at: DateTime<Utc>, totals: &SlotTotals) -> Write {
    Write::update(&keyspace::totals(slot), "SET slot = :slot, made = if_not_exists(made, :at), totals = :totals")
        .with(":slot", text(slot.to_string()))
        .with(":at", millis(at))
        .with(":totals", text(totals.to_string()))
}

/// Returns the item of the final totals of a slot.
pub(crate) fn written(FinalTotals { slot, at, totals }: &FinalTotals) -> Item {
    let attributes = [("slot", text(slot.to_string())), ("made", millis(*at)), ("totals", text(totals.to_string()))];
    item(&keyspace::totals(*slot), attributes)
}

/// Parses the final totals of a slot.
pub(crate) fn read(found: &Item) -> Result<FinalTotals, StoreError> {
    let found = Attributes(found);
    Ok(FinalTotals {
        slot: found.text("slot", |text| text.parse().ok())?,
        at: found.time("made")?,
        totals: found.text("totals", |text| text.parse().ok())?,
    })
}

/// How far the sweep of a slot has come.
pub(crate) struct Progress {
    /// The position as it was read, which is the condition of the next one.
    was: Option<String>,
    /// The partition of bookings.
    pub(crate) partition: u64,
    /// The sort key in it.
    pub(crate) after: String,
    /// The totals of the bookings up to there.
    pub(crate) totals: SlotTotals,
    /// Whether the totals were read, and not begun anew.
    pub(crate) is_counted: bool,
}

impl Progress {
    /// Reads the progress from the first shard of a slot.
    pub(crate) fn read(shard: &Item) -> Result<Self, StoreError> {
        let found = Attributes(shard);
        let was = found.optional("swept")?.map(str::to_owned);
        let counted = found.optional("counted")?.and_then(|text| text.split_once('\n'));
        let (partition, after, totals, is_counted) = match (&was, counted) {
            (Some(swept), Some((position, totals))) if swept == position => {
                let corrupt = || found.corrupt("swept, counted");
                let (partition, after) = swept.split_at_checked(1).ok_or_else(corrupt)?;
                let partition = partition.parse().map_err(|_| corrupt())?;
                (partition, after.to_owned(), totals.parse().map_err(|_| corrupt())?, true)
            }
            // None was begun. Or a program without totals went on: its part is not counted, so all are read again.
            _ => (0, String::new(), SlotTotals::default(), false),
        };
        Ok(Self { was, partition, after, totals, is_counted })
    }

    /// Notes the position and the totals that the sweep of a slot has reached, unless another server has gone on from the same position.
    pub(crate) fn write(&self, slot: SlotId, reached: &str) -> Write {
        let write = Write::update(&keyspace::shard(slot, 0), "SET swept = :swept, counted = :counted")
            .with(":swept", text(reached))
            .with(":counted", text(format!("{reached}\n{}", self.totals)));
        match &self.was {
            Some(was) => write.only_if("attribute_exists(g2pk) AND swept = :was").with(":was", text(was)),
            None => write.only_if("attribute_exists(g2pk) AND attribute_not_exists(swept)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(attributes: [(&str, Option<&str>); 2]) -> Item {
        let mut shard = item(&keyspace::shard(SlotId::from_u64(7).unwrap(), 0), []);
        let given = attributes.into_iter().filter_map(|(name, value)| Some((name.to_owned(), text(value?))));
        shard.extend(given);
        shard
    }

    #[test]
    fn totals_go_on_only_from_their_own_position() {
        let line = "3\t3300\t216\t1\t900\t200\tEUR\tadult\t\n";
        let counted = format!("2000abc~\n{line}");
        let read = |swept, counted| Progress::read(&shard([("swept", swept), ("counted", counted)])).unwrap();
        let goes_on = read(Some("2000abc~"), Some(&*counted));
        assert_eq!((goes_on.partition, &*goes_on.after, &*goes_on.totals.to_string()), (2, "000abc~", line));
        // Nothing was begun, or a program without totals has come to a position.
        for (swept, counted) in [(None, None), (Some("3000def~"), None), (Some("3000def~"), Some(&*counted))] {
            let begun = read(swept, counted);
            assert_eq!((begun.partition, &*begun.after, begun.totals), (0, "", SlotTotals::default()));
            assert_eq!(begun.was.as_deref(), swept, "the condition of the next position");
        }
    }

    #[test]
    fn what_cannot_be_read_is_corrupt() {
        for (swept, counted) in [("x", "x\n"), ("", "\n"), ("1", "1\nno totals\n")] {
            let found = Progress::read(&shard([("swept", Some(swept)), ("counted", Some(counted))]));
            assert!(found.is_err(), "{swept:?} {counted:?}");
        }
    }
}
