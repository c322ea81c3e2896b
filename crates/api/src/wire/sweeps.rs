//! Sweeps: expiry and archival.

use paperclip::actix::Apiv2Schema;
use serde::Serialize;
use ticketly_domain as domain;

/// The result of a sweep.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct Swept {
    /// The number of tickets that were changed.
    changed_tickets: u64,
    /// Whether all due tickets are done. If not, call it again: one call does a bounded part of the work.
    complete: bool,
}

impl Swept {
    pub(crate) fn of(swept: domain::Swept) -> Self {
        Self { changed_tickets: swept.tickets, complete: !swept.more }
    }
}
