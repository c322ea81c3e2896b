//! Blocks: seats that the public cannot book.

use chrono::{DateTime, FixedOffset};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use ticketly_domain::{self as domain, BlockDraft, BlockReason, Release, SeatLabel};

use super::text;
use ticketly_http::fields::{Count, Field, Optional, RequestBody, Texts, Validator};
use ticketly_http::zone::Zone;

/// A block: seats of a slot that the public cannot book, such as house seats and defects.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    /// The identifier.
    block_id: String,
    /// The slot.
    slot_id: String,
    /// The seats, without those that were sold.
    seats: Vec<String>,
    /// Why they are blocked.
    reason: String,
    /// The time at which the public can book what is left of them. Absent when that is not before the block is deleted.
    #[serde(serialize_with = "super::optional_time", skip_serializing_if = "Option::is_none")]
    released_at: Option<DateTime<FixedOffset>>,
}

impl Block {
    pub(crate) fn of(block: &domain::Block, zone: Zone) -> Self {
        Self {
            block_id: text(block.id()),
            slot_id: text(block.slot()),
            seats: block.labels(),
            reason: block.reason().as_str().to_owned(),
            released_at: block.released_at().map(|at| zone.show(at)),
        }
    }
}

/// All blocks of a slot.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct BlockList {
    /// The blocks, in order of identifier, which begins with the second of their creation.
    blocks: Vec<Block>,
}

impl BlockList {
    pub(crate) fn of(blocks: &[domain::Block], zone: Zone) -> Self {
        Self { blocks: blocks.iter().map(|block| Block::of(block, zone)).collect() }
    }
}

/// Seats to block.
#[derive(Debug, Default, Deserialize, Apiv2Schema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[openapi(rename = "BlockRequest")]
pub struct AddBlock {
    /// The seats as they are printed.
    seats: Field<Texts>,
    /// Why they are blocked.
    reason: Field<String>,
    /// The time at which the public can book them: `YYYY-MM-DD HH:MM` in the cinema's time zone, or RFC 3339.
    released_at: Optional<String>,
    /// The minutes before the start at which the public can book them.
    released_minutes_before_start: Optional<Count>,
}

impl RequestBody for AddBlock {
    type Meaning = BlockDraft;

    fn read(self, check: &mut Validator<'_>) -> Option<BlockDraft> {
        let zone = *check.zone;
        let seats = check.texts("seats", self.seats, SeatLabel::parse);
        let reason = check.required("reason", self.reason, |text| BlockReason::parse(&text));
        if self.released_at.is_given() && self.released_minutes_before_start.is_given() {
            check.refuse("releasedMinutesBeforeStart", "give either releasedAt or releasedMinutesBeforeStart");
            return None;
        }
        let at = check.optional("releasedAt", self.released_at, |text| zone.read(&text).map(Release::At));
        let before = self.released_minutes_before_start;
        let before =
            check.optional("releasedMinutesBeforeStart", before, |Count(minutes)| Release::before_start(minutes));
        match BlockDraft::new(seats?, reason?, at.or(before)) {
            Ok(draft) => Some(draft),
            Err(invalid) => {
                check.refuse("seats", invalid.reason);
                None
            }
        }
    }
}
