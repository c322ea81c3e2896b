//! Seating plans in files: those of Ticketly in JSON, and those of pretix, which are imported. Pure: it reads and writes texts.

mod file;
mod pretix;
mod unreadable;

pub use crate::file::{PlanFile, read, write};
pub use crate::pretix::{Imported, LabelConflict, Note, Relabeled, import};
pub use crate::unreadable::Unreadable;
