//! The erasure of a person.

use paperclip::actix::api_v2_operation;

use super::{App, answer};
use crate::wire::erasures::{Erase, Erasure};
use ticketly_http::extract::Body;
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::Problem;
use ticketly_http::reply::Json;

/// Erase a person
///
/// Removes a name with its telephone number from all bookings and payments that do not need them any more; they get the name `erased` and the
/// number `000` instead. Tickets, seats, prices and totals stay. A booking keeps its person while it has valid tickets, so that these must be
/// canceled first or expire, and while money is due: cancel, pay or refund, and call it again. A repetition changes nothing.
#[api_v2_operation(operation_id = "erase", tags(Upkeep))]
pub async fn erase(app: App, rows: RowsRead, person: Body<Erase>) -> Result<Json<Erasure>, Problem> {
    let (name, phone) = person.0;
    answer(app.ticketing.erase(name, phone, app.now()).await, |erasure| {
        rows.add(erasure.kept.len() + usize::try_from(erasure.bookings).unwrap_or(usize::MAX));
        Json(Erasure::of(&erasure, app.zone))
    })
}
