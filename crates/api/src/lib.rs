//! The JSON interface: handlers of the domain's use cases, and the pages that document them. Everything that does not
//! depend on these operations is in `ticketly_http`.

mod app;
pub mod docs;
mod operations;
mod readiness;
pub mod routes;
mod wire;

use std::sync::Arc;

use actix_web::web::{Bytes, Data};
use serde_json::Value;
use ticketly_domain::{AuditoriumDraft, KeyStore};
use ticketly_http::extract::read_body;
use ticketly_http::metrics::Metrics;
use ticketly_http::problem::Problem;
use ticketly_http::server::Interface;
use ticketly_http::zone::Zone;

pub use crate::app::Api;
use crate::docs::openapi::Drift;
use crate::readiness::Readiness;
use crate::routes::routes;
use crate::wire::auditoriums::AddAuditorium;

/// Generates the published OpenAPI 3 document.
///
/// # Errors
///
/// When the vocabulary does not match the code.
pub fn document() -> Result<Value, Drift> {
    docs::document(routes)
}

/// Reads an auditorium to add, as `POST /v1/auditoriums` does.
///
/// # Errors
///
/// Names every wrong field.
pub fn read_auditorium(json: &str, zone: Zone) -> Result<AuditoriumDraft, Problem> {
    read_body::<AddAuditorium>(json.as_bytes(), &zone)
}

/// Returns this interface, for a server.
#[must_use]
pub fn interface(api: Api, keys: Arc<dyn KeyStore>, document: &Value) -> Interface {
    let (zone, clock) = (api.zone, Arc::clone(&api.clock));
    let ticketing = api.ticketing.clone();
    let live = Data::new(operations::seats_live(api.clone()));
    let (api, document) = (Data::new(api), Bytes::from(document.to_string()));
    let readiness = Readiness::default();
    Interface {
        routes: Arc::new(routes),
        state: Arc::new(move |config| {
            config
                .app_data(Data::clone(&api))
                .app_data(Data::clone(&live))
                .app_data(Data::new(document.clone()))
                .app_data(Data::new(readiness.clone()));
        }),
        overloaded: Arc::new(move || ticketing.overloaded()),
        keys,
        clock,
        zone,
        metrics: Metrics::default(),
        traces: None,
    }
}
