//! Roles.

use crate::named_enum::named_enum;

named_enum! {
    /// What the holder of a key may do. Everybody else may look at slots, book, and do with a ticket what its holder may.
    Role, "role" { Admin = "admin", BoxOffice = "box_office", Scheduler = "scheduler" }
}
