//! The operations on promotions.

use paperclip::actix::api_v2_operation;
use ticketly_domain::PromotionCode;

use super::{App, answer};
use crate::wire::promotions::{AddPromotion, ChangePromotion, Promotion, Promotions};
use ticketly_http::extract::{Body, Id};
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::{Part, Problem};
use ticketly_http::refused::refused_in;
use ticketly_http::reply::{Created, Json};

/// Add a promotion
///
/// Holds and bookings that give its `promotionCode` get the discount. It is rounded to the nearest minor unit and divided among the
/// tickets, so that these sum to the total. A code is added once, so an Idempotency-Key is ignored here.
#[api_v2_operation(operation_id = "addPromotion", tags(Prices))]
pub async fn add(app: App, draft: Body<AddPromotion>) -> Result<Created<Promotion>, Problem> {
    let promotion = app.ticketing.add_promotion(draft.0, app.now()).await;
    let promotion = promotion.map_err(|error| refused_in(Part::Body, error))?;
    let location = format!("/v1/promotions/{}", promotion.code);
    Ok(Created { location, body: Promotion::of(&promotion, app.zone) })
}

/// List all promotions
#[api_v2_operation(operation_id = "listPromotions", tags(Prices))]
pub async fn list(app: App, rows: RowsRead) -> Result<Json<Promotions>, Problem> {
    answer(app.ticketing.promotions().await, |promotions| {
        rows.add(promotions.len());
        Json(Promotions::of(&promotions, app.zone))
    })
}

/// Show a promotion
#[api_v2_operation(operation_id = "getPromotion", tags(Prices))]
pub async fn show(app: App, code: Id<PromotionCode>) -> Result<Json<Promotion>, Problem> {
    answer(app.ticketing.promotion(&code.0).await, |promotion| Json(Promotion::of(&promotion, app.zone)))
}

/// Change a promotion
///
/// Its number of uses, its end, and whether it is active. Holds and bookings that have used it keep their prices.
#[api_v2_operation(operation_id = "changePromotion", tags(Prices))]
pub async fn change(
    app: App,
    code: Id<PromotionCode>,
    change: Body<ChangePromotion>,
) -> Result<Json<Promotion>, Problem> {
    let promotion = app.ticketing.change_promotion(&code.0, &change.0).await;
    let promotion = promotion.map_err(|error| refused_in(Part::Body, error))?;
    Ok(Json(Promotion::of(&promotion, app.zone)))
}
