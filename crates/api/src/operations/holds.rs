//! The operations on holds.

use paperclip::actix::api_v2_operation;
use ticketly_domain::{self as domain, ConfirmRequest, Entity, Error, HoldRequest, Refusal};

use super::App;
use crate::wire::bookings::Booking;
use crate::wire::holds::{Confirm, Hold, HoldSeats};
use ticketly_http::extract::{Body, Id, Key, Through};
use ticketly_http::hold_limit::MayHold;
use ticketly_http::path_id::HoldId;
use ticketly_http::problem::{Part, Problem};
use ticketly_http::refused::{refused, refused_in};
use ticketly_http::reply::{Created, Json};

/// Hold seats
///
/// Keeps seats for some minutes (10 by default), so that a buyer can type a name and pay. It takes the seats as a booking does, all
/// or none. The hold becomes a booking of the same identifier when it is confirmed; otherwise its seats are available again at
/// `heldUntil`, at once and without a sweep.
#[api_v2_operation(operation_id = "holdSeats", tags(Holds))]
pub async fn hold(
    app: App,
    through: Through,
    _may: MayHold,
    key: Key,
    request: Body<HoldSeats>,
) -> Result<Created<Hold>, Problem> {
    let request = HoldRequest { key: key.0, ..request.0 };
    let hold = app.ticketing.through(through.0).hold(request, app.now(), &mut rand::rng()).await;
    let hold = hold.map_err(|error| refused_in(Part::Body, error))?;
    Ok(Created { location: format!("/v1/holds/{}", hold.id()), body: shown_held(&app, &hold)? })
}

/// Show a hold
///
/// Also after it was confirmed, and for some days after it has lapsed or was released.
#[api_v2_operation(operation_id = "getHold", tags(Holds))]
pub async fn show(app: App, id: Id<HoldId>) -> Result<Json<Hold>, Problem> {
    rendered(&app, app.ticketing.held(id.0.0).await)
}

/// Confirm a hold
///
/// Makes it a booking of a person. A repetition with the same person is answered with the booking, so that it needs no
/// Idempotency-Key.
#[api_v2_operation(operation_id = "confirmHold", tags(Holds))]
pub async fn confirm(
    app: App,
    through: Through,
    id: Id<HoldId>,
    key: Key,
    person: Body<Confirm>,
) -> Result<Created<Booking>, Problem> {
    let request = ConfirmRequest { key: key.0, ..person.0 };
    let booking = app.ticketing.through(through.0).confirm(id.0.0, request, app.now()).await;
    let booking = booking.map_err(|error| refused_in(Part::Body, error))?;
    Ok(Created { location: format!("/v1/bookings/{}", booking.id()), body: Booking::of(&booking, app.zone) })
}

/// Extend a hold
///
/// Lets it last as long from now on as a new one would: at most 30 minutes from its creation, and never shorter than before.
#[api_v2_operation(operation_id = "extendHold", tags(Holds))]
pub async fn extend(app: App, id: Id<HoldId>, key: Key) -> Result<Json<Hold>, Problem> {
    let hold = app.ticketing.extend(id.0.0, key.0, app.now()).await.map_err(refused)?;
    shown_held(&app, &hold).map(Json)
}

/// Release a hold
///
/// Its seats are available again at once. A hold that has lapsed or was released does not change.
#[api_v2_operation(operation_id = "releaseHold", tags(Holds))]
pub async fn release(app: App, id: Id<HoldId>, key: Key) -> Result<Json<Hold>, Problem> {
    rendered(&app, app.ticketing.release(id.0.0, key.0, app.now()).await)
}

fn rendered(app: &App, hold: Result<domain::Booking, Error>) -> Result<Json<Hold>, Problem> {
    shown(app, &hold.map_err(refused)?).map(Json)
}

/// Shows a hold as it was after a request that succeeded, also to a repetition after it has lapsed or was confirmed.
fn shown_held(app: &App, hold: &domain::Booking) -> Result<Hold, Problem> {
    Hold::of(hold, hold.made_at(), app.zone).ok_or_else(|| refused(Refusal::Unknown(Entity::Hold).into()))
}

fn shown(app: &App, hold: &domain::Booking) -> Result<Hold, Problem> {
    Hold::of(hold, app.now(), app.zone).ok_or_else(|| refused(Refusal::Unknown(Entity::Hold).into()))
}
