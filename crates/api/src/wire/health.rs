//! Health checks.

use paperclip::actix::Apiv2Schema;
use serde::Serialize;

/// The health of the server.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct Health {
    /// Always `ok`.
    pub(crate) status: String,
}
