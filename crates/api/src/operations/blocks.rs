//! The operations on blocks, for the box office and the manager.

use paperclip::actix::api_v2_operation;
use ticketly_domain::{BlockId, SlotId};

use super::{App, answer};
use crate::wire::blocks::{AddBlock, Block, BlockList};
use ticketly_http::extract::{Body, Id};
use ticketly_http::problem::{Part, Problem};
use ticketly_http::refused::refused_in;
use ticketly_http::reply::{Created, Json};

/// Block seats of a slot
///
/// The public cannot book them until they are released; the box office books them with `blockId`. All must be free. An
/// Idempotency-Key is ignored here: after an unknown outcome, list the blocks before you block the seats again.
#[api_v2_operation(operation_id = "addBlock", tags(Blocks))]
pub async fn add(app: App, slot: Id<SlotId>, draft: Body<AddBlock>) -> Result<Created<Block>, Problem> {
    let block = app.ticketing.block(slot.0, draft.0, app.now(), &mut rand::rng()).await;
    let block = block.map_err(|error| refused_in(Part::Body, error))?;
    let location = format!("/v1/slots/{}/blocks/{}", block.slot(), block.id());
    Ok(Created { location, body: Block::of(&block, app.zone) })
}

/// List the blocks of a slot
///
/// All of them, in order of creation, with the seats that are still blocked.
#[api_v2_operation(operation_id = "listBlocks", tags(Blocks))]
pub async fn list(app: App, slot: Id<SlotId>) -> Result<Json<BlockList>, Problem> {
    answer(app.ticketing.blocks(slot.0, app.now()).await, |blocks| Json(BlockList::of(&blocks, app.zone)))
}

/// Delete a block
///
/// The public can book its seats again, except those that were sold. Returns the block as it was.
#[api_v2_operation(operation_id = "deleteBlock", tags(Blocks))]
pub async fn delete(app: App, slot: Id<SlotId>, block: Id<BlockId>) -> Result<Json<Block>, Problem> {
    answer(app.ticketing.unblock(slot.0, block.0).await, |block| Json(Block::of(&block, app.zone)))
}
