//! HTTP as this interface speaks it, whatever the operations are.

mod body;
pub mod door;
pub mod edge;
pub mod extract;
pub mod fields;
pub mod gate;
pub mod limit;
pub mod problem;
pub mod reply;
pub mod watch;
