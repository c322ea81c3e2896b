//! Authorization: roles, and the API keys that prove them.

mod key;
mod label;
mod record;
mod role;

pub use key::ApiKey;
pub use label::KeyLabel;
pub use record::{KeyHash, KeyRecord, MAX_KEYS};
pub use role::Role;
