//! The operations. Each handler reads the request, makes one call, and renders the result.

pub mod auditoriums;
pub mod blocks;
pub mod bookings;
pub mod cancellations;
pub mod codes;
pub mod erasures;
pub mod health;
pub mod holds;
pub mod legacy;
pub mod payments;
pub mod price_lists;
pub mod promotions;
pub mod reseatings;
pub mod slots;
pub mod sweeps;
pub mod tickets;
pub mod totals;

use actix_web::web::Data;

use ticketly_domain::{Error, Refusal, SlotId};

use crate::app::Api;
use crate::wire::seat_maps;
use ticketly_http::live::{Live, Pace};
use ticketly_http::problem::Problem;
use ticketly_http::refused::refused;
use ticketly_http::running_totals::Totals;

/// The state as the handlers extract it.
pub(crate) type App = Data<Api>;

/// The seats of slots that clients watch.
pub(crate) type SeatsLive = Live<SlotId>;

/// The totals of slots that are still sold.
pub(crate) type TotalsKept = Data<Totals>;

/// Returns the seats of slots for those who watch them. Each watched slot is read once a second.
pub(crate) fn seats_live(api: Api) -> SeatsLive {
    Live::new(Pace::default(), api.streams, move |slot| {
        let (ticketing, now) = (api.ticketing.clone(), api.now());
        async move {
            match ticketing.seats_at(slot, now).await {
                Ok((slot, holds)) => Ok(seat_maps::event(&slot, &holds)),
                Err(Error::Refused(Refusal::Unknown(_))) => Ok(None),
                Err(error) => Err(refused(error)),
            }
        }
    })
}

/// Renders the result of a use case.
fn answer<T, U>(outcome: Result<T, Error>, render: impl FnOnce(T) -> U) -> Result<U, Problem> {
    outcome.map(render).map_err(refused)
}
