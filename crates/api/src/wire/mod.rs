//! The wire format of both interfaces, with a file for the requests and answers of each resource. Its field names are
//! those of the legacy interface.

pub mod bookings;
mod enumerations;
mod fields;
pub mod health;
pub mod legacy;
pub mod slots;
pub mod sweeps;
pub mod tickets;
pub mod users;

use std::fmt;

fn text(value: impl fmt::Display) -> String {
    value.to_string()
}
