//! Who may do what: roles, the keys that prove one, and the port of the store that keeps them.

mod key;
mod label;
mod port;
mod record;
mod role;

pub use key::ApiKey;
pub use label::KeyLabel;
#[cfg(feature = "mock")]
pub use port::MockKeyStore;
pub use port::{KeyStore, MAX_KEYS};
pub use record::{KeyHash, KeyRecord};
pub use role::Role;
