//! The seats of a slot, in shards: a larger slot has more items, so that its buyers do not all write the same one.
//!
//! The available seats of the shards add up to those of the slot. It does not matter which shard a seat belongs to.

use std::fmt::Write as _;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use ticketly_domain::{BookingNo, Capacity, Plan, Revision, RowDelta, SeatSet, Seats, SeatsDelta, SlotId, TicketSlot};

use crate::client::attributes::{Attributes, Item, flag, item, millis, number};
use crate::client::error::Corrupt;
use crate::client::write::{EXISTS, Write};
use crate::items::hints::{NextLapse, NextRelease};
use crate::items::keyspace::{self, Key};

/// The most shards that a slot has.
pub(crate) const MAX_SHARDS: u32 = 17;
const _: () = assert!(Plan::MAX_ROWS.div_ceil(ROWS_A_SHARD) == MAX_SHARDS as usize);

/// The most rows of a plan that share a shard, so that its item stays below a kilobyte.
const ROWS_A_SHARD: usize = 30;

/// A part of a slot's seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shard {
    pub(crate) available: u32,
    pub(crate) closed: bool,
    /// The revision of the slot.
    pub(crate) revision: Revision,
    /// The rows of a plan, each with its places that are not available. None of a slot without a plan.
    pub(crate) rows: Vec<(usize, u128)>,
    /// No block of its rows is released before this time.
    pub(crate) next_release: Option<DateTime<Utc>>,
    /// No hold of the shard lapses before this time, as far as servers have noted. It only says when to look for holds that
    /// are due: a refusal looks anyway.
    pub(crate) next_lapse: Option<DateTime<Utc>>,
    /// How many bookings took only seats of blocks, which changes nothing else of a shard. In the first shard.
    pub(crate) block_sales: u32,
}

/// Returns the number of shards of a new slot: 1, 2, 4 or 8, or as many as its plan's rows need.
pub(crate) fn shards_for(slot: &TicketSlot, seats_a_shard: u32) -> u32 {
    let few = |rows: usize| u32::try_from(rows.div_ceil(ROWS_A_SHARD)).unwrap_or(MAX_SHARDS);
    let capacity = slot.seats().capacity().get();
    slot.showing().seating().map_or_else(
        || capacity.div_ceil(seats_a_shard.max(1)).next_power_of_two().min(8),
        |seating| few(seating.plan.rows().len()),
    )
}

/// Splits the seats: the rows of a plan in order, and other seats evenly, where the first shards get one more if the
/// division has a remainder.
pub(crate) fn split(slot: &TicketSlot, shards: u32) -> Vec<Shard> {
    let seats = slot.seats();
    let (closed, revision) = (seats.closed(), slot.revision());
    if let (Some(seating), Some(taken)) = (slot.showing().seating(), seats.taken()) {
        let rows: Vec<_> = taken.rows().iter().copied().enumerate().collect();
        let free = |(row, taken): &(usize, u128)| {
            seating.plan.rows().get(*row).map_or(0, |row| (row.seats() & !taken).count_ones())
        };
        let shard = |rows: &[(usize, u128)]| Shard {
            available: rows.iter().map(free).sum(),
            closed,
            revision,
            rows: rows.to_vec(),
            next_release: seats.next_release(),
            next_lapse: seats.next_lapse(),
            block_sales: 0,
        };
        return rows.chunks(ROWS_A_SHARD).map(shard).collect();
    }
    let (each, rest) = (seats.available() / shards, seats.available() % shards);
    let available = |shard| each + u32::from(shard < rest);
    let shard = |shard| Shard {
        available: available(shard),
        closed,
        revision,
        rows: Vec::new(),
        next_release: None,
        next_lapse: None,
        block_sales: 0,
    };
    (0..shards).map(shard).collect()
}

/// Returns the shard of a row.
pub(crate) const fn shard_of_row(row: usize) -> usize {
    row / ROWS_A_SHARD
}

/// Returns the seats of a plan from a slot's shards, which have all of its rows.
pub(crate) fn of_plan(plan: &Plan, shards: &[Shard]) -> Option<Seats> {
    let rows: Vec<_> = shards.iter().flat_map(|shard| &shard.rows).map(|(_, taken)| *taken).collect();
    let taken = SeatSet::restore(plan, &rows)?;
    let seats = Seats::restore_taken(plan, taken, shards.iter().any(|shard| shard.closed));
    let seats = seats.with_next_release(shards.iter().filter_map(|shard| shard.next_release).min());
    Some(seats.with_held(0, next_lapse(shards)))
}

fn next_lapse(shards: &[Shard]) -> Option<DateTime<Utc>> {
    shards.iter().filter_map(|shard| shard.next_lapse).min()
}

/// Adds up the seats of a slot's shards. If these were read one after another, a seat that moved between two of them
/// meanwhile is counted twice or not at all.
pub(crate) fn together(capacity: Capacity, shards: &[Shard]) -> Seats {
    let available = shards.iter().map(|shard| shard.available).sum::<u32>().min(capacity.get());
    let seats = Seats::restore(capacity, available, shards.iter().any(|shard| shard.closed));
    // The sum is limited to the capacity, so that this does not fail.
    seats.unwrap_or(Seats::new(capacity)).with_held(0, next_lapse(shards))
}

/// Returns the shard that a booking takes its seats from, if possible, and releases them to.
pub(crate) fn home(no: BookingNo, shards: usize) -> usize {
    usize::try_from(no.as_u64()).unwrap_or_default().checked_rem(shards).unwrap_or_default()
}

/// Plans how many seats to take from which shards: from the first that has all of them, beginning at `home`, or from as
/// few as possible. Returns `None` if there are too few seats.
pub(crate) fn plan(shards: &[Shard], home: usize, count: u32) -> Option<Vec<(usize, u32)>> {
    let around = || shards.iter().enumerate().cycle().skip(home).take(shards.len());
    if let Some((shard, _)) = around().find(|(_, shard)| shard.available >= count) {
        return Some(vec![(shard, count)]);
    }
    let mut fullest: Vec<_> = around().map(|(shard, seats)| (shard, seats.available)).collect();
    fullest.sort_by_key(|&(_, available)| std::cmp::Reverse(available));
    let (mut takes, mut left) = (Vec::new(), count);
    for (shard, available) in fullest {
        let take = available.min(left);
        if take > 0 {
            takes.push((shard, take));
            left -= take;
        }
    }
    (left == 0).then_some(takes)
}

/// Returns a shard's item.
pub(crate) fn written(key: &Key, shard: &Shard) -> Item {
    let mut written = item(key, [("available", number(shard.available)), ("closed", flag(shard.closed))]);
    written.extend(revision(shard.revision));
    written.extend(shard.rows.iter().map(|(row, taken)| (format!("r{row}"), number(taken))));
    written
}

/// Returns a slot's revision as an attribute. A slot that was never corrected has none.
pub(crate) fn revision(revision: Revision) -> Option<(String, AttributeValue)> {
    (revision != Revision::default()).then(|| ("revision".to_owned(), number(revision.0)))
}

/// Parses a shard.
pub(crate) fn shard(found: &Item) -> Result<Shard, Corrupt> {
    let found = Attributes(found);
    Ok(Shard {
        available: found.number("available", Some)?,
        closed: found.flag("closed")?,
        revision: found.optional_number("revision", Revision)?,
        rows: rows(found)?,
        next_release: found.optional_time("next_release")?,
        next_lapse: found.optional_time("next_lapse")?,
        block_sales: found.optional_number("block_sales", |sales| sales)?,
    })
}

/// Parses the rows of a plan in order: the attributes `r0`, `r1` and so on.
fn rows(found: Attributes<'_>) -> Result<Vec<(usize, u128)>, Corrupt> {
    let row = |name: &str| name.strip_prefix('r')?.parse::<usize>().ok();
    let mut rows = Vec::new();
    for (name, value) in found.0 {
        let Some(row) = row(name) else { continue };
        let taken = value.as_n().ok().and_then(|number| number.parse().ok()).ok_or_else(|| found.corrupt("r"))?;
        rows.push((row, taken));
    }
    rows.sort_unstable();
    Ok(rows)
}

/// A change of a row of a plan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowChange {
    pub(crate) row: usize,
    pub(crate) before: u128,
    pub(crate) after: u128,
}

impl RowChange {
    /// Returns the change of a row of a shard. `None` when the shard does not have the row.
    pub(crate) fn of(shard: &Shard, delta: &RowDelta) -> Option<Self> {
        let (_, before) = *shard.rows.iter().find(|(row, _)| *row == delta.row)?;
        Some(Self { row: delta.row, before, after: (before & !delta.released) | delta.taken })
    }
}

/// Takes and releases seats of a plan, if each row is as it was read, the slot is open, and its revision is the one that
/// was read. `release` is for the seats of a block, `lapse` for those of holds.
pub(crate) fn take_rows(
    key: &Key,
    rows: &[RowChange],
    revision: Revision,
    release: Option<NextRelease>,
    (lapse, known): (NextLapse, Option<DateTime<Utc>>),
) -> Write {
    let taken = |places: u128| i64::from(places.count_ones());
    let count: i64 = rows.iter().map(|row| taken(row.after) - taken(row.before)).sum();
    let (mut update, mut condition) = (String::from("SET available = available - :count"), is_of(revision));
    for RowChange { row, .. } in rows {
        // Writing to a String does not fail.
        let _ = write!(update, ", r{row} = :n{row}");
        let _ = write!(condition, " AND r{row} = :o{row}");
    }
    if let Some(NextRelease { before, .. }) = release {
        update.push_str(", next_release = :release");
        condition.push_str(if before.is_some() {
            " AND next_release = :read"
        } else {
            " AND attribute_not_exists(next_release)"
        });
    }
    let lapse = lapse.add_to(&mut update, known);
    let mut write =
        Write::update(key, update).only_if(condition).with(":count", number(count)).with(":no", flag(false));
    write = lapse.map(millis).into_iter().fold(write, |write, lapse| write.with(":lapse", lapse));
    if let Some(NextRelease { before, after }) = release {
        write = write.with(":release", millis(after));
        write = before.map(millis).into_iter().fold(write, |write, before| write.with(":read", before));
    }
    for RowChange { row, before, after } in rows {
        write = write.with(&format!(":n{row}"), number(after)).with(&format!(":o{row}"), number(before));
    }
    if revision == Revision::default() { write } else { write.with(":revision", number(revision.0)) }
}

/// Returns the writes that take and release seats of a plan, if its shards are as they were read. `released_at` is for seats of
/// a block that has a time. `None` when the shards do not have one of the rows.
pub(crate) fn take_seats(
    slot: SlotId,
    shards: &[Shard],
    rows: &[RowDelta],
    revision: Revision,
    released_at: Option<DateTime<Utc>>,
    lapse: NextLapse,
) -> Option<Vec<Write>> {
    let write = |rows: &[RowDelta]| {
        let number = shard_of_row(rows.first()?.row);
        let shard = shards.get(number)?;
        let rows = rows.iter().map(|delta| RowChange::of(shard, delta)).collect::<Option<Vec<_>>>()?;
        let release = released_at.map(|at| NextRelease::until(shard.next_release, at));
        Some(take_rows(&keyspace::shard(slot, number), &rows, revision, release, (lapse, shard.next_lapse)))
    };
    by_shard(rows).map(write).collect()
}

/// Notes a booking that takes only seats of blocks, if the slot is open and its revision is the one that was read.
pub(crate) fn note_block_sale(key: &Key, revision: Revision) -> Write {
    let write = Write::update(key, "ADD block_sales :one")
        .only_if(is_of(revision))
        .with(":one", number(1))
        .with(":no", flag(false));
    if revision == Revision::default() { write } else { write.with(":revision", number(revision.0)) }
}

/// Notes when the first hold of a slot lapses, in a shard that says so of a time by `by`.
pub(crate) fn set_next_lapse(key: &Key, by: DateTime<Utc>, after: Option<DateTime<Utc>>) -> Write {
    let write = match after {
        Some(after) => Write::update(key, "SET next_lapse = :lapse").with(":lapse", millis(after)),
        None => Write::update(key, "REMOVE next_lapse"),
    };
    write.only_if("next_lapse <= :by").with(":by", millis(by))
}

/// Notes that a hold lapses at a time, unless the shard says so of an earlier one.
pub(crate) fn note_lapse(key: &Key, at: DateTime<Utc>) -> Write {
    let write = Write::update(key, "SET next_lapse = :lapse").with(":lapse", millis(at));
    write.only_if("attribute_exists(pk) AND (attribute_not_exists(next_lapse) OR next_lapse > :lapse)")
}

/// Sets the time before which no block of a shard is released, unless it has changed since it was read.
pub(crate) fn set_next_release(key: &Key, before: DateTime<Utc>, after: Option<DateTime<Utc>>) -> Write {
    let write = match after {
        Some(after) => Write::update(key, "SET next_release = :release").with(":release", millis(after)),
        None => Write::update(key, "REMOVE next_release"),
    };
    write.only_if("next_release = :read").with(":read", millis(before))
}

/// Returns the condition of an open slot of this revision.
fn is_of(revision: Revision) -> String {
    let own = if revision == Revision::default() { "attribute_not_exists(revision)" } else { "revision = :revision" };
    format!("closed = :no AND {own}")
}

/// Returns the writes that release seats: to the home shard of their booking, or to their rows of a plan.
pub(crate) fn releases(slot: SlotId, shards: usize, no: BookingNo, delta: &SeatsDelta) -> Vec<Write> {
    if delta.rows.is_empty() {
        let home = keyspace::shard(slot, home(no, shards));
        return (delta.released > 0).then(|| release(&home, delta.released)).into_iter().collect();
    }
    release_rows(slot, &delta.rows)
}

/// Returns the parts of a change that are in the same shard.
pub(crate) fn by_shard(rows: &[RowDelta]) -> impl Iterator<Item = &[RowDelta]> {
    rows.chunk_by(|one, other| shard_of_row(one.row) == shard_of_row(other.row))
}

/// Returns the writes that release seats of a plan.
pub(crate) fn release_rows(slot: SlotId, rows: &[RowDelta]) -> Vec<Write> {
    let of_shard = |rows: &[RowDelta]| {
        let shard = rows.first().map_or(0, |row| shard_of_row(row.row));
        release_rows_of(&keyspace::shard(slot, shard), rows)
    };
    by_shard(rows).map(of_shard).collect()
}

/// Releases seats of a plan. The booking or the block that owns them is changed in the same transaction.
fn release_rows_of(key: &Key, rows: &[RowDelta]) -> Write {
    let count: u32 = rows.iter().map(|row| row.released.count_ones()).sum();
    let mut update = String::from("SET available = available + :count");
    for RowDelta { row, .. } in rows {
        let _ = write!(update, ", r{row} = r{row} - :r{row}");
    }
    let write = Write::update(key, update).only_if(EXISTS).with(":count", number(count));
    rows.iter().fold(write, |write, row| write.with(&format!(":r{}", row.row), number(row.released)))
}

/// Takes seats, if enough are available, the slot is open, and its revision is the one that was read. The count is less by
/// those that holds of the shard release in the same transaction.
pub(crate) fn take(key: &Key, count: i64, revision: Revision, lapse: NextLapse) -> Write {
    let mut update = String::from("SET available = available - :count");
    let lapse = lapse.add_to(&mut update, None);
    let write = Write::update(key, update);
    let write = lapse.map(millis).into_iter().fold(write, |write, lapse| write.with(":lapse", lapse));
    let write = if revision == Revision::default() {
        write.only_if("available >= :count AND closed = :no AND attribute_not_exists(revision)")
    } else {
        write
            .only_if("available >= :count AND closed = :no AND revision = :revision")
            .with(":revision", number(revision.0))
    };
    write.with(":count", number(count)).with(":no", flag(false))
}

/// Releases seats.
pub(crate) fn release(key: &Key, count: u32) -> Write {
    Write::update(key, "SET available = available + :count").only_if(EXISTS).with(":count", number(count))
}

/// Closes a shard.
pub(crate) fn close(key: &Key) -> Write {
    Write::update(key, "SET closed = :yes").only_if(EXISTS).with(":yes", flag(true))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use ticketly_domain::{Genre, Showing, SlotDescription, SlotDetails, SlotId, SlotName, SlotType};

    use super::*;

    fn shard_of(available: u32, closed: bool) -> Shard {
        Shard {
            available,
            closed,
            revision: Revision::default(),
            rows: Vec::new(),
            next_release: None,
            next_lapse: None,
            block_sales: 0,
        }
    }

    fn open(available: &[u32]) -> Vec<Shard> {
        available.iter().map(|&available| shard_of(available, false)).collect()
    }

    fn slot(capacity: u32) -> TicketSlot {
        let start = DateTime::from_timestamp(0, 0).unwrap();
        let name = SlotName::parse("Skyfall").unwrap();
        let showing = Showing::new(SlotId::from_u64(1).unwrap(), name, start, start + TimeDelta::hours(1)).unwrap();
        let (description, slot_type) = (SlotDescription::default(), SlotType::Movie);
        let details = SlotDetails { description, slot_type, genre: Genre::Action };
        TicketSlot::restore(showing.into(), details.into(), Revision(3), Seats::new(Capacity::new(capacity).unwrap()))
    }

    #[test]
    fn a_larger_slot_has_more_shards() {
        let shards = [1, 500, 501, 1000, 1001, 2001, 100_000].map(|seats| shards_for(&slot(seats), 500));
        assert_eq!(shards, [1, 1, 2, 2, 4, 8, 8]);
    }

    #[test]
    fn shards_add_up_to_the_slot() {
        for shards in [1, 2, 4, 8] {
            let slot = slot(1003);
            let split = split(&slot, shards);
            let together = together(slot.seats().capacity(), &split);
            assert_eq!((split.len(), &together), (shards as usize, slot.seats()));
        }
        let capacity = Capacity::new(5).unwrap();
        assert_eq!(together(capacity, &open(&[4, 4])).available(), 5, "at most the capacity");
        let half_closed = [shard_of(1, true), shard_of(1, false)];
        assert!(together(capacity, &half_closed).closed());
    }

    #[test]
    fn seats_are_taken_from_as_few_shards_as_possible() {
        assert_eq!(plan(&open(&[9, 9, 9]), 1, 3), Some(vec![(1, 3)]));
        assert_eq!(plan(&open(&[9, 2, 9]), 1, 3), Some(vec![(2, 3)]));
        assert_eq!(plan(&open(&[3, 2, 2]), 1, 3), Some(vec![(0, 3)]), "once around");
        assert_eq!(plan(&open(&[1, 2, 4, 3]), 0, 8), Some(vec![(2, 4), (3, 3), (1, 1)]));
        assert_eq!(plan(&open(&[1, 2, 4]), 0, 8), None);
        assert_eq!(plan(&[], 0, 1), None);
    }
}
