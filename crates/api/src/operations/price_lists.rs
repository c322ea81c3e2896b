//! The operations on price lists.

use paperclip::actix::api_v2_operation;
use ticketly_domain::PriceListId;

use super::{App, answer};
use crate::wire::price_lists::{AddPriceList, PriceList, PriceLists, ReplacePrices, ShowPriceList};
use ticketly_http::extract::{Body, Id, Query};
use ticketly_http::limit::RowsRead;
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::reply::{Cacheable, Created, Json};

/// Add a price list
///
/// A slot that gets the list has prices: its tickets are sold only against payment. Several lists may have the same name. So an
/// Idempotency-Key is ignored here: after an unknown outcome, list the price lists before you add it again.
#[api_v2_operation(operation_id = "addPriceList", tags(Prices))]
pub async fn add(app: App, draft: Body<AddPriceList>) -> Result<Created<PriceList>, Problem> {
    answer(app.ticketing.add_price_list(&draft.0, app.now(), &mut rand::rng()).await, |list| Created {
        location: format!("/v1/price-lists/{}", list.id),
        body: PriceList::of(&list),
    })
}

/// List all price lists
#[api_v2_operation(operation_id = "listPriceLists", tags(Prices))]
pub async fn list(app: App, rows: RowsRead) -> Result<Json<PriceLists>, Problem> {
    answer(app.ticketing.price_lists().await, |lists| {
        rows.add(lists.len());
        Json(PriceLists::of(&lists))
    })
}

/// Show a price list
///
/// A version never changes, so caches may keep the answer to a request with `version`.
#[api_v2_operation(operation_id = "getPriceList", tags(Prices))]
pub async fn show(app: App, id: Id<PriceListId>, query: Query<ShowPriceList>) -> Result<Cacheable<PriceList>, Problem> {
    let list = match query.0 {
        Some(version) => app.ticketing.price_list_at(id.0, version).await,
        None => app.ticketing.price_list(id.0).await,
    };
    let list = list.map_err(refused)?;
    Ok(Cacheable { body: PriceList::of(&list), forever: query.0.is_some() })
}

/// Replace the prices of a price list
///
/// The prices are the next version of the list. Slots that are scheduled or corrected with the list from now on get it; slots
/// that have an earlier version keep it. The same prices again change nothing.
#[api_v2_operation(operation_id = "replacePrices", tags(Prices))]
pub async fn replace_prices(
    app: App,
    id: Id<PriceListId>,
    prices: Body<ReplacePrices>,
) -> Result<Json<PriceList>, Problem> {
    answer(app.ticketing.replace_prices(id.0, &prices.0).await, |list| Json(PriceList::of(&list)))
}
