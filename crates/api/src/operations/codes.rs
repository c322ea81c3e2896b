//! The operations on ticket codes.

use paperclip::actix::api_v2_operation;
use ticketly_domain::TicketId;

use super::{App, answer};
use crate::wire::codes::{CodeKeys, CodeVerification, TicketCode, VerifyCode};
use ticketly_http::extract::{Body, Id};
use ticketly_http::problem::Problem;
use ticketly_http::reply::Json;

/// Get the code of a ticket
///
/// The code to show at the entrance, as a QR code. It contains neither the ticket's identifier nor anything about the person. That of a
/// ticket that was moved is the code of the ticket that has replaced it. A ticket that is not booked has no code.
#[api_v2_operation(operation_id = "getTicketCode", tags(Codes))]
pub async fn sign(app: App, id: Id<TicketId>) -> Result<Json<TicketCode>, Problem> {
    answer(app.ticketing.ticket_code(&id.0, app.now()).await, |signed| Json(TicketCode::of(&signed, app.zone)))
}

/// List the public keys of ticket codes
///
/// A device checks codes with them without asking the server. Another key signs every 90 days; it is listed 90 days before, and for two
/// years after. A device that gets the keys daily may be offline for 90 days.
#[api_v2_operation(operation_id = "listCodeKeys", tags(Codes))]
pub async fn keys(app: App) -> Result<Json<CodeKeys>, Problem> {
    answer(app.ticketing.code_keys(app.now()), |keys| Json(CodeKeys::of(&keys, app.zone)))
}

/// Verify a ticket code
///
/// Checks the signature, and reads what became of the ticket. Every text has an answer, also a forged code: an error says nothing of the
/// code. Only `booked` is a ticket that is valid now; compare its showing and its seat. Verifying changes nothing and admits nobody.
#[api_v2_operation(operation_id = "verifyCode", tags(Codes))]
pub async fn verify(app: App, code: Body<VerifyCode>) -> Result<Json<CodeVerification>, Problem> {
    answer(app.ticketing.verify_code(&code.0, app.now()).await, |verified| {
        Json(CodeVerification::of(&verified, app.zone))
    })
}
