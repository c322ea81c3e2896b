//! Who may do what: roles, and the keys that prove one.

mod key;
mod label;
mod record;
mod role;

pub use key::ApiKey;
pub use label::KeyLabel;
pub use record::{KeyHash, KeyRecord, MAX_KEYS};
pub use role::Role;
