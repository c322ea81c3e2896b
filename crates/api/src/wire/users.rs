//! Users.

use std::sync::Arc;

use paperclip::actix::Apiv2Schema;
use serde::Serialize;
use ticketly_domain as domain;

use super::text;

/// A user.
#[derive(Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The identifier.
    user_id: String,
    /// The name, as it was given.
    user_name: String,
    /// The telephone number, as it was given but without separators.
    phone_number: String,
}

impl User {
    pub(crate) fn of(user: &domain::User) -> Self {
        Self {
            user_id: text(user.id),
            user_name: user.name.as_str().to_owned(),
            phone_number: user.phone.as_str().to_owned(),
        }
    }
}

/// Returns the identifier of a booking's user. The use cases never return a booking without one.
pub(super) fn user_id(user: Option<&Arc<domain::User>>) -> String {
    user.map(|user| text(user.id)).unwrap_or_default()
}
