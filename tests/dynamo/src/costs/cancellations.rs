//! What canceling a slot costs.

use ticketly_domain::{HoldRequest, Target};

use super::seats::best;
use super::{Measured, NOW};

/// Measures the cancellation of a slot with three bookings and a hold.
pub(super) async fn measure(here: &mut Measured<'_>) {
    let slot = here.slot("Caligari", 30).await;
    for name in ["Ada", "Bo", "Cy"] {
        here.book(name, slot, 2, None).await.unwrap();
    }
    let request = HoldRequest { selection: best(1), target: Target::Slot(slot), key: None };
    here.ticketing.hold(request, NOW, &mut here.rng).await.unwrap();
    here.line("cancel a slot", async |here| here.ticketing.cancel_slot(slot, NOW).await.unwrap()).await;
    here.line("cancel 3 bookings of it, and release a hold", async |here| {
        assert_eq!(here.ticketing.continue_cancellations(NOW).await.unwrap(), 1);
    })
    .await;
    here.line("a cancellation", async |here| here.ticketing.cancellation(slot).await.unwrap()).await;
    here.line("find no cancellation", async |here| {
        assert_eq!(here.ticketing.continue_cancellations(NOW).await.unwrap(), 0);
    })
    .await;
}
