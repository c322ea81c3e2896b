//! HTTP as this interface speaks it, whatever the operations are.

pub mod authorization;
mod body;
pub mod extract;
pub mod fields;
pub(crate) mod key_cache;
pub mod limit;
pub mod problem;
pub mod reply;
pub mod request_context;
pub mod route;
pub mod watch;
